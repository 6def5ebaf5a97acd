"""The Celery application."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

from core.checks import refuse_to_start_around_the_wall

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ittai")
app.set_default()  # in every thread: what is current is known to the thread alone that made it
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["accounts", "cases", "reports"])


@setup_logging.connect
def use_our_logging(**kwargs: Any) -> None:
    """Worker and beat log as web does; Celery's own format would print errors with their texts."""
    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def stand_before_the_wall(**kwargs: Any) -> None:
    """A worker with the rights of the owner would read everything."""
    refuse_to_start_around_the_wall()
