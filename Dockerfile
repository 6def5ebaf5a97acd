# Web, worker and beat are one image with different commands.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
        fonts-morisawa-bizud-gothic fonts-ipaexfont-gothic \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 ittai

WORKDIR /srv/ittai
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .

ENV PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/ittai/static-collected
# Collecting needs settings but no server: the values are for this step only.
RUN SECRET_KEY=build DATABASE_URL=postgres://build@127.0.0.1/build REDIS_URL=redis://127.0.0.1 \
    python manage.py collectstatic --noinput --verbosity 0 \
    && chown -R ittai /srv/ittai/static-collected \
    && install -d -o ittai /home/ittai/anchors

USER ittai
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--timeout", "60"]
