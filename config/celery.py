"""The Celery application."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ittai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["accounts", "cases", "reports"])


@setup_logging.connect
def use_our_logging(**kwargs: Any) -> None:
    """Worker and beat log as web does; Celery's own format would print errors with their texts."""
    logging.config.dictConfig(settings.LOGGING)
