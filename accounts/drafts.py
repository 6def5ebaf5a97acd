"""Drafts of forms: kept on the server, encrypted, for the one who typed them.

A key is derived per user, so that a row moved to another user cannot even be read.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from accounts.ciphers import cipher_for
from accounts.models import Draft, Submission, User
from core.db import hold
from core.forms import LINE_ENDS, blank_my_numbers

KEPT = dt.timedelta(days=7)
# A moment as forms write it themselves: "now", when the form was opened.
MOMENT = re.compile(r"\w{2}\d+年\d+月\d+日 \d{1,2}:\d{2}")
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "once", "draft", "keeps_draft"})


class DraftOutdated(Exception):
    """Another page wrote this draft since; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("別の画面で、この下書きの続きが書かれています。この画面の入力は残っています。")


class DraftAlreadySent(Exception):
    """The form of this draft has been sent."""

    def __init__(self) -> None:
        super().__init__("この画面の内容はすでに送られています。")


@dataclass(frozen=True)
class Text:
    """What a draft holds: the form's title and the values of each field in order."""

    title: str
    fields: dict[str, list[str]]


@dataclass(frozen=True)
class Unfinished:
    """A line of the list 書きかけ."""

    title: str
    path: str
    url: str
    updated_at: dt.datetime


def cipher(user_id: int) -> MultiFernet:
    """The key of the user's drafts."""
    return cipher_for(f"ittai draft {user_id}", settings.DRAFT_KEYS)


def hold_form(key: UUID) -> None:
    """Until the transaction ends nobody else saves, sends or discards this form."""
    hold(str(key))


def kept_fields(items: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """Fields of a form that may stand in a draft: no secrets, and only what UTF-8 can carry."""
    return {
        _sound(name): [_sound(value) for value in values]
        for name, values in items
        if name not in NEVER_KEPT and "password" not in name
    }


def _sound(text: str) -> str:
    # Half a surrogate pair has no UTF-8; browsers send U+FFFD for it, and so do we.
    return blank_my_numbers(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def seal(user_id: int, text: Text) -> bytes:
    content = json.dumps({"title": text.title, "fields": text.fields}, ensure_ascii=False)
    return cipher(user_id).encrypt(content.encode())


def opened(draft: Draft) -> Text | None:
    """The text of a draft; None when its key is gone."""
    try:
        content = json.loads(cipher(draft.user_id).decrypt(bytes(draft.body)))
    except InvalidToken:
        return None
    return Text(title=content["title"], fields=content["fields"])


@transaction.atomic
def save_draft(
    *,
    user: User,
    key: UUID,
    path: str,
    query: str,
    text: Text,
    seen: int,
    writer: UUID,
    step: int,
    at: dt.datetime,
) -> int:
    """Write what stands in an open form; the new version. Raises DraftOutdated, DraftAlreadySent.

    `seen` is the version that the page knows (0: none). The same page may repeat itself when an answer
    was lost: its later step replaces its earlier one.
    """
    hold_form(key)
    if Submission.objects.filter(user=user, key=key).exists():
        raise DraftAlreadySent
    body = seal(user.pk, text)
    mine = Draft.objects.filter(Q(version=seen) | Q(writer=writer, step__lt=step), pk=key, user=user, path=path)
    if mine.update(version=F("version") + 1, body=body, query=query, writer=writer, step=step, updated_at=at):
        return Draft.objects.values_list("version", flat=True).get(pk=key)
    if seen:
        raise DraftOutdated
    try:
        with transaction.atomic():
            Draft.objects.create(
                pk=key, user=user, path=path, query=query, body=body, writer=writer, step=step, updated_at=at
            )
    except IntegrityError as error:
        raise DraftOutdated from error
    return 1


def words(fields: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What tells two drafts of one form apart; nobody typed the moment at which the form was opened."""
    return {
        name: ["" if MOMENT.fullmatch(value) else LINE_ENDS.sub("\n", value) for value in values]
        for name, values in fields.items()
    }


def distinct(user: User, path: str | None = None) -> list[tuple[Draft, Text]]:
    """The user's drafts that can be read, newest first; of those that say the same on one form the newest alone."""
    drafts = Draft.objects.of(user)
    found: list[tuple[Draft, Text]] = []
    said: list[tuple[str, dict[str, list[str]]]] = []
    for draft in drafts if path is None else drafts.filter(path=path):
        text = opened(draft)
        if text is None or (draft.path, words(text.fields)) in said:
            continue
        said.append((draft.path, words(text.fields)))
        found.append((draft, text))
    return found


def discard_sent(*, user: User, path: str, fields: Mapping[str, list[str]]) -> None:
    """Forget the drafts of a form that say what was sent just now: typed twice, it is not to be sent twice.

    A draft that somebody is writing or sending at this moment is left alone; waiting for it could never end.
    """
    sent = words(fields)
    drafts = list(Draft.objects.of(user).filter(path=path).select_for_update(skip_locked=True, no_key=True))
    texts = [(draft.pk, opened(draft)) for draft in drafts]
    same = [pk for pk, text in texts if text is not None and words(text.fields).items() <= sent.items()]
    Draft.objects.filter(user=user, pk__in=same).delete()


@transaction.atomic
def discard_drafts(*, user: User, key: UUID | None = None) -> int:
    """Forget one draft of the user, or all; how many there were."""
    drafts = Draft.objects.filter(user=user)
    if key is not None:
        hold_form(key)
        drafts = drafts.filter(pk=key)
    return drafts.delete()[0]


def without_draft(query: str) -> str:
    """The query string of a form without the parameter that restores a draft."""
    return urlencode([(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "draft"])


def address(draft: Draft) -> str:
    """Where the draft goes on: its form, filled."""
    return f"{draft.path}?{draft.query}{'&' if draft.query else ''}draft={draft.pk}"


def unfinished(user: User) -> list[Unfinished]:
    """The user's drafts, newest first; the title is the form's heading, without anybody's name."""
    return [
        Unfinished(
            title=text.title or "入力の途中の画面", path=draft.path, url=address(draft), updated_at=draft.updated_at
        )
        for draft, text in distinct(user)
    ]


def posted_fields(post: Mapping[str, str]) -> dict[str, list[str]]:
    """The fields of a posted form, each with all its values."""
    return kept_fields((name, post.getlist(name)) for name in post)  # type: ignore[attr-defined]
