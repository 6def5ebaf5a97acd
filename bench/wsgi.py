"""The application without the question at its start: the bare server works as a superuser, which no other may."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
