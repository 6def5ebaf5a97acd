"""The real settings plus a hello-world view to compare with; bare: without the access log."""

import os

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

ROOT_URLCONF = "bench.urls"
if os.environ.get("BENCH_BARE"):
    MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("accounts.access_log.")]
