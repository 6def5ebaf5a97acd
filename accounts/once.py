"""A form counts once: its field `once` names it, the first answer is stored with what was done.

Works inside the transaction of ScopeMiddleware, so that the record and the mark are written together.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac

from accounts.drafts import discard_drafts, discard_sent, hold_form, posted_fields
from accounts.models import Submission
from core.periods import now

REDIRECTS = range(300, 400)
REPEATED = "この内容はすでに受け付けています。同じ送信が2回届いたため、2回目は何も変えていません。"


def key_of(request: HttpRequest, field: str = "once") -> UUID | None:
    """The key that a posted form carries; None for anything that is no key.

    `draft` names a second key, that of words typed after the form had been sent once (the Back button).
    """
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError:
        return None


def digest_of(request: HttpRequest) -> bytes:
    """Of where and what was posted; another text under the same key is another post.

    Keyed (HMAC-SHA-256), so that nobody who reads the table can try out what was typed.
    """
    fields = [
        (name, request.POST.getlist(name))
        for name in sorted(request.POST)
        if name not in ("csrfmiddlewaretoken", "once", "draft")
    ]
    files = [(name, [(file.name, file.size) for file in request.FILES.getlist(name)]) for name in sorted(request.FILES)]
    content = json.dumps([request.get_full_path(), fields, files])
    return salted_hmac("accounts.once", content, algorithm="sha256").digest()


class OnceMiddleware:
    """Answer a repeated post like the first one; forget the draft of a form that arrived."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        key = key_of(request) if request.method == "POST" and actor is not None else None
        if key is None:
            return self.get_response(request)
        hold_form(key)
        digest = digest_of(request)
        earlier = Submission.objects.filter(user=actor.user, key=key, digest=digest).first()
        if earlier is not None:
            messages.info(request, REPEATED)
            response: HttpResponse = HttpResponseRedirect(earlier.location)
            done: set[UUID | None] = {key_of(request, "draft")}
        else:
            response = self.get_response(request)
            done = {key, key_of(request, "draft")} if response.status_code in REDIRECTS else set()
        for sent in [one for one in done if one is not None]:
            discard_drafts(user=actor.user, key=sent)
            Submission.objects.get_or_create(
                user=actor.user,
                key=sent,
                digest=digest if sent == key else b"",
                defaults={"location": response["Location"], "sent_at": now()},
            )
        if done and "keeps_draft" in request.POST:
            discard_sent(user=actor.user, path=request.path, fields=posted_fields(request.POST))
        return response
