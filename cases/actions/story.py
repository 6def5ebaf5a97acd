"""Success stories: written without anything that names the person, shared after another person has read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.scope import Actor
from cases.actions.moves import CaseError, lock
from cases.enums import STORY_TRANSITIONS, StoryStatus
from cases.models import Case, SuccessStory
from cases.papers.anonymous import what_names

TEXTS = (
    "title",
    "age_band",
    "group",
    "desired_job",
    "challenges",
    "support",
    "result",
    "worker_comment",
    "person_comment",
)


class StoryRefused(CaseError):
    pass


def _refuse_names(case: Case, texts: list[str]) -> None:
    found = what_names(case, texts)
    if found:
        raise StoryRefused(" ".join(found))


@transaction.atomic
def write_story(*, case: Case, by: Actor, at: dt.datetime, fields: Mapping[str, Any]) -> SuccessStory:
    """Write the organisation's story of the case, or write it anew; it waits for review.

    Raises StoryRefused, OutOfSight.
    """
    lock(case)  # two who write the first story come one after the other
    if not case.placements.exists():
        raise StoryRefused("就職の記録があるケースだけ、成功例を書けます。先に就職を記録してください。")
    _refuse_names(case, [str(fields.get(name) or "") for name in TEXTS])
    story = SuccessStory.objects.select_for_update(no_key=True).filter(case=case, organisation=by.organisation).first()
    if story is None:
        story = SuccessStory(case=case, agreement=case.agreement, organisation=by.organisation)
    elif story.status == StoryStatus.SHARED:
        raise StoryRefused("この成功例は共有中です。先に管理者が共有を止めてから直してください。")
    else:
        story.version += 1
    for name, value in fields.items():
        setattr(story, name, value)
    story.status = StoryStatus.WAITING
    story.written_by, story.written_at = by.user, at
    story.reviewed_by = story.reviewed_at = None
    story.save()
    return story


@transaction.atomic
def answer_story(*, story: SuccessStory, to: StoryStatus, by: Actor, at: dt.datetime, note: str = "") -> None:
    """Share, return or stop: by another person than the writer when it is shared. Raises StoryRefused."""
    current = (
        SuccessStory.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case__person")
        .get(pk=story.pk)
    )
    if to not in STORY_TRANSITIONS[StoryStatus(current.status)]:
        raise StoryRefused("ほかの人が先に状態を変えました。画面を開き直して確かめてください。")
    if to == StoryStatus.SHARED:
        if current.written_by_id == by.user.pk:
            raise StoryRefused("書いた本人は共有を決められません。ほかの管理者が確かめてください。")
        _refuse_names(current.case, [getattr(current, name) for name in TEXTS])
    current.status, current.review_note = to, note
    current.reviewed_by, current.reviewed_at = by.user, at
    current.save(update_fields=["status", "review_note", "reviewed_by", "reviewed_at"])
