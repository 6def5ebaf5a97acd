"""Plans, reviews, records and stories as PDF. Reads rows into plain sheets first; the templates see only those."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cases.models import Case, PlanReview, SuccessStory, SupportPlan
from cases.papers.layout import STYLESHEET
from cases.papers.record import VOLUME, Record
from cases.papers.stamp import Stamp
from core.documents import render_pdf
from core.periods import era_date


@dataclass(frozen=True)
class MenuRow:
    actor: str
    menu: str
    content: str = ""
    until: str = ""
    result: str = ""
    note: str = ""


@dataclass(frozen=True)
class PlanSheet:
    """A version of the plan as it is signed; days as text."""

    name: str
    kana: str
    group: str
    version: int
    made: str
    period: str
    review_on: str
    goal: str
    issues: str
    menus: tuple[MenuRow, ...]
    extension_reason: str
    conference_on: str
    earlier_end: str
    agreed: str
    municipal: str
    national: str
    history: tuple[str, ...]


@dataclass(frozen=True)
class ReviewSheet:
    plan: PlanSheet
    title: str
    reviewed_on: str
    reached: str
    items: tuple[MenuRow, ...]
    person_said: str
    outcome: str
    next_step: str
    municipal: str
    national: str


def _day(day: dt.date | None) -> str:
    return era_date(day) if day else ""


def _confirmed(at: dt.datetime | None, by: Any) -> str:
    return f"{era_date(timezone.localtime(at).date())} {by.name}" if at and by else ""


def plan_sheet(case: Case, plan: SupportPlan) -> PlanSheet:
    versions = list(case.plans.filter(version_number__lt=plan.version_number).order_by("version_number"))
    benefit = case.benefit_periods.filter(is_primary=True).order_by("-starts_on").first()
    return PlanSheet(
        name=case.person.name,
        kana=case.person.name_kana,
        group=benefit.get_status_display() if benefit else "",
        version=plan.version_number,
        made=f"{era_date(timezone.localtime(plan.created_at).date())} {plan.organisation.name} {plan.created_by.name}",
        period=f"{era_date(plan.starts_on)}〜{era_date(plan.ends_on)}",
        review_on=_day(plan.review_on),
        goal=plan.goal,
        issues=plan.issues,
        menus=tuple(
            MenuRow(row.get_actor_display(), row.menu.name, row.content, _day(row.until_on))
            for row in plan.menus.select_related("menu").order_by("pk")
        ),
        extension_reason=plan.extension_reason,
        conference_on=_day(plan.conference_on),
        earlier_end=_day(versions[-1].ends_on) if versions else "",
        agreed=_day(plan.person_agreed_on),
        municipal=_confirmed(plan.municipal_confirmed_at, plan.municipal_confirmed_by),
        national=_confirmed(plan.national_confirmed_at, plan.national_confirmed_by),
        history=tuple(f"第{row.version_number}版({_day(row.starts_on)}〜{_day(row.ends_on)})" for row in versions),
    )


def print_plan(case: Case, plan: SupportPlan, stamp: Stamp) -> bytes:
    sheet = plan_sheet(case, plan)
    return _pdf("cases/papers/plan.html", f"支援プラン 第{sheet.version}版", stamp, plan=sheet)


def print_review(case: Case, review: PlanReview, stamp: Stamp) -> bytes:
    items = review.items.select_related("plan_menu__menu").order_by("plan_menu")
    sheet = ReviewSheet(
        plan=plan_sheet(case, review.plan),
        title=review.get_kind_display(),
        reviewed_on=era_date(review.reviewed_on),
        reached=review.reached,
        items=tuple(
            MenuRow(
                row.plan_menu.get_actor_display(),
                row.plan_menu.menu.name,
                result=row.get_result_display(),
                note=row.note,
            )
            for row in items
        ),
        person_said=review.person_said,
        outcome=review.get_outcome_display(),
        next_step=review.next_step,
        municipal=_confirmed(review.municipal_confirmed_at, review.municipal_confirmed_by),
        national=_confirmed(review.national_confirmed_at, review.national_confirmed_by),
    )
    return _pdf("cases/papers/review.html", f"支援プランの{sheet.title}", stamp, review=sheet)


def print_record(record: Record, volume: int, stamp: Stamp, *, title: str, lead: str) -> bytes:
    """One volume of the record; numbers go on through the volumes."""
    first = (volume - 1) * VOLUME + 1
    lines = list(enumerate(record.volume(volume), start=first))
    return _pdf(
        "cases/papers/record.html",
        title,
        stamp,
        record=record,
        lines=lines,
        lead=lead,
        volume=volume,
        volume_count=record.volume_count,
        first=first if lines else 0,
        last=first + len(lines) - 1 if lines else 0,
        is_last=volume == record.volume_count,
    )


@dataclass(frozen=True)
class StorySheet:
    """A story on paper: no name in it, and no number of the case."""

    title: str
    agreement: str
    organisation: str
    who: str
    group: str
    desired_job: str
    length: str
    parts: tuple[tuple[str, str], ...]
    reviewed: str


def story_parts(story: SuccessStory) -> tuple[tuple[str, str], ...]:
    """The five published parts, in order."""
    return tuple(
        (str(SuccessStory._meta.get_field(name).verbose_name), getattr(story, name))  # type: ignore[union-attr]
        for name in ("challenges", "support", "result", "worker_comment", "person_comment")
    )


def story_length(story: SuccessStory) -> str:
    """'23か月、応募18社'; a figure that nobody knows is left out."""
    months = f"{story.support_months}か月" if story.support_months else ""
    count = f"応募{story.application_count}社" if story.application_count else ""
    return "、".join(part for part in (months, count) if part)


def print_story(story: SuccessStory, stamp: Stamp) -> bytes:
    sheet = StorySheet(
        title=story.title,
        agreement=story.agreement.name,
        organisation=story.organisation.name,
        who=" ".join(part for part in (story.age_band, story.get_sex_display()) if part),
        group=story.group,
        desired_job=story.desired_job,
        length=story_length(story),
        parts=story_parts(story),
        reviewed="" if story.status == "shared" else "確認の前です。外に出さないでください。",
    )
    return _pdf("cases/papers/story.html", "就職成功例シート", stamp, story=sheet)


def _pdf(template: str, title: str, stamp: Stamp, **context: Any) -> bytes:
    return render_pdf(template, {"title": title, "stamp": stamp, **context}, stylesheet=STYLESHEET)
