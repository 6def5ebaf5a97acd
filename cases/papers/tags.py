"""All that a layout may do beside showing a value: {% if %}, {% for %}, line breaks, a word for nothing."""

from django.template import Library
from django.template.defaultfilters import default, linebreaksbr
from django.template.defaulttags import do_for, do_if

register = Library()
register.tag("if", do_if)
register.tag("for", do_for)
register.filter("linebreaksbr", linebreaksbr)
register.filter("default", default)
