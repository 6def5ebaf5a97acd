"""The real settings plus a hello-world view to compare with; bare: without the access log and the session's limits."""

import os

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
if os.environ.get("BENCH_BARE"):
    LEFT_OUT = ("accounts.access_log.", "accounts.sessions.SessionClockMiddleware")
    MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith(LEFT_OUT)]
    # In the one process's own memory: nothing is read or written for it.
    SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
