"""The web application."""

import os

from django.core.wsgi import get_wsgi_application

from core.checks import refuse_to_start_around_the_wall

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
refuse_to_start_around_the_wall()
