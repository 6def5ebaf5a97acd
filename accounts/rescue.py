"""A long form that arrives after the end of the log-in: kept as a draft, offered after the next log-in."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from accounts.drafts import DraftAlreadySent, DraftOutdated, Text, address, posted_fields, save_draft, without_draft
from accounts.models import Draft
from accounts.once import key_of
from core.db import new_id, scope
from core.periods import now


def rescue(request: HttpRequest) -> str | None:
    """Keep the posted form for the user whose time just ended; the log-in page that leads back to it.

    To be called before the session is ended. None when nothing was typed.
    """
    key = key_of(request) if request.method == "POST" and "keeps_draft" in request.POST else None
    if key is None:
        return None
    user: Any = request.user
    what: dict[str, Any] = {
        "user": user,
        "path": request.path,
        "query": without_draft(request.META.get("QUERY_STRING", "")),
        "text": Text(title="", fields=posted_fields(request.POST)),
        "writer": new_id(),
        "step": 0,
        "at": now(),
    }
    with scope(organisations=[], user=user.pk):
        seen = Draft.objects.of(user).filter(pk=key).values_list("version", flat=True).first() or 0
        try:
            save_draft(key=key, seen=seen, **what)
        except (DraftOutdated, DraftAlreadySent):
            key = new_id()
            save_draft(key=key, seen=0, **what)
        draft = Draft.objects.of(user).get(pk=key)
    return f"{resolve_url(settings.LOGIN_URL)}?next={quote(address(draft))}"
