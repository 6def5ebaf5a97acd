"""Is the service well: database, broker, worker. No personal data."""

from __future__ import annotations

import redis
from celery.exceptions import CeleryError
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from config.celery import app


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        return bool(redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2).ping())
    except redis.exceptions.RedisError:
        return False


def _worker() -> bool:
    try:
        return bool(app.control.ping(timeout=1.0, limit=1))
    except (CeleryError, OperationalError, redis.exceptions.RedisError):
        return False


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all answer, 503 otherwise; each part says ok or down."""
    broker = _broker()
    parts = {"database": _database(), "broker": broker, "worker": broker and _worker()}
    body = {name: "ok" if well else "down" for name, well in parts.items()}
    return JsonResponse(body, status=200 if all(parts.values()) else 503)
