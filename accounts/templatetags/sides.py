"""Whose field it is: what the welfare office writes and what Hello Work writes (D36)."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html

from accounts.enums import MUNICIPAL_ONLY, NATIONAL_ONLY

register = template.Library()

# Side → the words beside its fields.
WORDS = {"municipal": "福祉事務所記入", "national": "ハローワーク記入"}


@register.simple_tag
def whose(side: str) -> str:
    """The mark of a field that "municipal" or "national" alone writes."""
    return format_html('<span class="whose">{}</span>', WORDS[side])


@register.simple_tag(takes_context=True)
def whose_form(context: Context) -> str:
    """The mark of the page's own form; empty when both sides may send it. The page's permission decides."""
    match: Any = context["request"].resolver_match
    permission = getattr(match.func, "permission", None) if match else None
    if permission in MUNICIPAL_ONLY:
        return whose("municipal")
    return whose("national") if permission in NATIONAL_ONLY else ""
