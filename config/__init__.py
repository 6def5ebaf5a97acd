"""Wiring: settings, URLs, Celery, servers."""

# With the settings comes the application: without it a task is queued with Celery's own default broker, not ours.
from config.celery import app as celery_app

__all__ = ("celery_app",)
