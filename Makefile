# The two commands of the README are `make demo` and `make test`.
VENV := .venv
PYTHON := $(VENV)/bin/python
STAMPS := .make
export DATA_DIR ?= $(CURDIR)/.data
export PYTHONUNBUFFERED := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A virtualenv of its own (docs/decisions/0016-own-semgrep-rules.md).
SCAN := $(STAMPS)/scan-venv
scan: export SEMGREP_SETTINGS_FILE := $(SCAN)/settings.yml
scan: export SEMGREP_LOG_FILE := $(SCAN)/semgrep.log
# Packages warn about this machine (no XDG_RUNTIME_DIR, worker as root); tests treat warnings as errors themselves.
demo bench: export PYTHONWARNINGS := ignore

ROOMS := accounts agreements cases config core employers reports
# Settings without the demo's ease, for checks that touch no server.
PRODUCTION_LIKE := ITTAI_DEMO= SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \
	DATABASE_URL=postgres://lint@127.0.0.1/lint REDIS_URL=redis://127.0.0.1 ALLOWED_HOSTS=ittai.example

RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-morisawa-bizud-gothic fonts-ipaexfont-gothic fontconfig
TEST_PACKAGES := $(RUN_PACKAGES) chromium poppler-utils postgresql redis-server

.PHONY: demo demo-reset test ready databases lint scan unit e2e walk bench lock audit sbom
.DELETE_ON_ERROR:

demo: $(STAMPS)/run-packages $(STAMPS)/run
	@$(PYTHON) -m config.stack

demo-reset:
	rm -rf "$(DATA_DIR)"
	@$(MAKE) --no-print-directory demo

test: ready unit e2e

# One core for the checks, the other one for the databases that the tests copy.
ready: $(STAMPS)/test-packages $(STAMPS)/dev
	@$(MAKE) --no-print-directory -j 2 lint databases

databases: $(STAMPS)/test-packages $(STAMPS)/dev
	$(PYTHON) -m tests.servers

lint: $(STAMPS)/dev scan sbom
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/djlint templates --lint --quiet
	$(VENV)/bin/lint-imports
	SECRET_KEY=lint DATABASE_URL=postgres://lint@127.0.0.1/lint REDIS_URL=redis://127.0.0.1 ITTAI_DEMO=1 $(VENV)/bin/mypy
	$(VENV)/bin/bandit --quiet --configfile pyproject.toml --severity-level medium --recursive $(ROOMS)
	$(PRODUCTION_LIKE) $(PYTHON) manage.py check --deploy --fail-level WARNING

# Asks the vulnerability service on the network; without it every package is "skipped" and --strict fails.
audit: $(STAMPS)/dev
	$(VENV)/bin/pip-audit --strict --disable-pip --requirement requirements.lock

# Our own rules for Django: first that they find what they should, then the code. Once installed it needs no network.
scan: $(STAMPS)/scan
	$(SCAN)/bin/semgrep scan --test --metrics off --disable-version-check --config config/semgrep tests/semgrep
	$(SCAN)/bin/semgrep scan --error --quiet --metrics off --disable-version-check --no-git-ignore --exclude migrations --exclude demo --config config/semgrep $(ROOMS) templates

# CycloneDX 1.6, of what runs in production: names, versions, hashes.
sbom: $(STAMPS)/scan
	@mkdir -p "$(DATA_DIR)"
	$(SCAN)/bin/cyclonedx-py requirements --validate --output-reproducible --output-file "$(DATA_DIR)/sbom.cdx.json" requirements.lock

unit: $(STAMPS)/test-packages $(STAMPS)/dev
	$(PYTHON) -m pytest -n 2 --dist worksteal --ignore tests/e2e --durations 25

e2e: $(STAMPS)/test-packages $(STAMPS)/dev
	$(PYTHON) -m pytest -n 2 --dist loadfile tests/e2e --durations 25

# 10,000 requests a role; CI walks a part of it (docs/permissions.md).
walk: $(STAMPS)/test-packages $(STAMPS)/dev
	WALK_REQUESTS=10000 $(PYTHON) -m pytest tests/test_random_walk.py -n 2 -rP

bench: $(STAMPS)/run-packages $(STAMPS)/dev
	$(PYTHON) -m bench.run

lock: $(STAMPS)/dev
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade requirements.in -o requirements.lock
	$(PYTHON) -m uv pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade requirements-dev.in -o requirements-dev.lock
	$(PYTHON) -m uv pip compile --quiet --generate-hashes --no-strip-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade requirements-scan.in -o requirements-scan.lock

# The stamps of what is installed by pip are made anew when its lock file changes, those of the system's packages
# when this file does.
$(STAMPS)/run: requirements.lock $(PYTHON)
	$(PYTHON) -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(STAMPS)/dev: requirements-dev.lock $(PYTHON)
	$(PYTHON) -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ $(STAMPS)/run

$(STAMPS)/scan: requirements-scan.lock
	@mkdir -p $(STAMPS)
	@python3 -c 'import ensurepip, venv' 2>/dev/null || config/apt.sh python3-venv
	python3 -m venv --clear $(SCAN)
	$(SCAN)/bin/python -m pip install --quiet --no-compile --require-hashes -r requirements-scan.lock
	@touch $@

$(PYTHON):
	@mkdir -p $(STAMPS)
	@rm -f $(STAMPS)/run $(STAMPS)/dev
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11以上が必要です。"; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null || config/apt.sh python3-venv
	python3 -m venv $(VENV)

$(STAMPS)/run-packages: Makefile
	@mkdir -p $(STAMPS)
	@config/apt.sh $(RUN_PACKAGES)
	@touch $@

$(STAMPS)/test-packages: Makefile
	@mkdir -p $(STAMPS)
	@config/apt.sh $(TEST_PACKAGES)
	@touch $@ $(STAMPS)/run-packages
