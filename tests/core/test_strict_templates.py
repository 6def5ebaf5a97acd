"""The guard of conftest.py: a variable nobody gave is noticed, an optional one is not."""

from __future__ import annotations

import pytest
from django.template import Context, engines
from django.template.loader import render_to_string

from tests import servers


def ours(text: str, **context: object) -> str:
    """Rendered as if it were a file of ours."""
    template = engines["django"].engine.from_string(text)
    template.origin.name = str(servers.ROOT / "templates" / "made-up.html")
    return template.render(Context(context))


@pytest.mark.parametrize(
    "text", ["{{ nobody }}", "{{ row.nobody }}", "{{ nobody|upper }}", "{% include part with a=nobody %}"]
)
def test_an_unknown_variable_fails(text):
    with pytest.raises(AssertionError, match="nobody"):
        ours(text, row={}, part="components/badge.html")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{% if nobody %}a{% else %}b{% endif %}", "b"),
        ('{{ nobody|default:"x" }}', "x"),
        ('{{ nobody|default:"x"|upper }}', "X"),
        ("{% for one in nobody %}a{% endfor %}", ""),
        ("{{ some }}", ""),
    ],
)
def test_an_optional_variable_does_not(text, shown):
    assert ours(text, some=None if shown else "") == shown


def test_templates_of_packages_are_not_ours():
    assert "<" in render_to_string("django/forms/widgets/text.html", {"widget": {"name": "x", "attrs": {}}})
