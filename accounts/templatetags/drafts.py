"""What every form of a page carries: its key, its draft and how long the log-in still lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import template
from django.forms import BaseForm, BooleanField
from django.http import HttpRequest
from django.template.context import Context

from accounts.clock import Remaining, remaining
from accounts.drafts import address, distinct, opened, posted_fields, without_draft, words
from accounts.models import Draft, Submission
from accounts.once import key_of
from accounts.scope import Actor

register = template.Library()


@dataclass(frozen=True)
class Sheet:
    """An open form: its key, the version of its draft, and older drafts of the same form."""

    key: UUID
    version: int
    restored: Draft | None
    offers: list[tuple[Draft, str, int]]  # with the address that takes it up, and its length in characters


@register.simple_tag(takes_context=True)
def once_key(context: Context) -> UUID | None:
    """A new key for a form that is sent once; none before a log-in."""
    return uuid4() if _actor(context["request"]) else None


@register.simple_tag(takes_context=True)
def sheet_of(context: Context, form: BaseForm) -> Sheet | None:
    """The form's sheet; with `?draft=` in the address the form is filled from that draft first."""
    request: HttpRequest = context["request"]
    actor = _actor(request)
    if actor is None:
        return None
    drafts = list(Draft.objects.of(actor.user).filter(path=request.path))
    key = key_of(request) if form.is_bound else _uuid(request.GET.get("draft", ""))
    current = next((draft for draft in drafts if draft.pk == key), None)
    if key is None or (current is None and (not form.is_bound or _was_sent(actor, key))):
        key = uuid4()
    restored = None if form.is_bound or current is None or not _fill(form, current) else current
    shown = opened(restored) if restored else None
    here = words(posted_fields(request.POST) if form.is_bound else shown.fields if shown else {})
    return Sheet(
        key=key,
        version=current.version if current else 0,
        restored=restored,
        offers=[
            (draft, address(draft), sum(len(value) for values in text.fields.values() for value in values))
            for draft, text in distinct(actor.user, request.path)
            if draft.pk != key and not words(text.fields).items() <= here.items()
        ],
    )


@register.simple_tag(takes_context=True)
def log_in_ends(context: Context) -> Remaining | None:
    """Seconds until the idle end and until the absolute end of this log-in."""
    request: HttpRequest = context["request"]
    return remaining(request.session) if request.user.is_authenticated else None


@register.simple_tag(takes_context=True)
def form_query(context: Context) -> str:
    """The query string of this form's address."""
    return without_draft(context["request"].META.get("QUERY_STRING", ""))


def _actor(request: HttpRequest) -> Actor | None:
    actor: Actor | None = getattr(request, "actor", None)
    return actor


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _was_sent(actor: Actor, key: UUID) -> bool:
    return Submission.objects.filter(user=actor.user, key=key).exists()


def _fill(form: BaseForm, draft: Draft) -> bool:
    """Put the draft's words into the fields as they were typed; whether it could be read."""
    text = opened(draft)
    if text is None:
        return False
    for name, field in form.fields.items():
        values = text.fields.get(form.add_prefix(name))
        if isinstance(field, BooleanField):
            form.initial[name] = bool(values)
        elif values is not None:
            form.initial[name] = values if _takes_many(field) else values[-1]
    return True


def _takes_many(field: Any) -> bool:
    return bool(getattr(field.widget, "allow_multiple_selected", False))
