"""Wiring: settings, URLs, Celery, servers."""
