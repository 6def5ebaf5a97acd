"""A success story begun from what the case says: ages in decades, days as months, no employer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.scope import Actor
from cases.models import Case, Interview, Placement
from core.periods import KnownDate, age_on, era_year


def _month(day: dt.date) -> str:
    return f"{era_year(day)}{day.month}月"


def _age_band(birth: KnownDate, day: dt.date) -> str:
    """'40歳代'; empty when what is known of the birthday leaves two decades open."""
    decades = {age_on(end, day) // 10 * 10 for end in (birth.first, birth.last)}
    return f"{decades.pop()}歳代" if len(decades) == 1 else ""


def story_draft(case: Case, actor: Actor, *, day: dt.date) -> dict[str, Any]:
    """Initial values of the form."""
    person = case.person
    plan = case.plans.order_by("-version_number").prefetch_related("menus__menu").first()
    placed: Placement | None = case.placements.order_by("-started_on").first()
    first = case.introductions.order_by("introduced_on").first()
    applications = case.introductions.count()
    talks = Interview.objects.visible_to(actor).filter(case=case).count()
    benefit = case.benefit_periods.filter(is_primary=True).order_by("-starts_on").first()
    age_band = _age_band(person.birth, day) if person.birth else ""
    group = case.support_group.name if case.support_group else benefit.get_status_display() if benefit else ""
    menus = "、".join(row.menu.name for row in plan.menus.all()) if plan else ""
    end = placed.started_on if placed else day
    begun = case.support_started_on
    months = (end.year - begun.year) * 12 + end.month - begun.month if begun else None
    job = placed.job_title if placed else ""
    result = ""
    if placed:
        left = f"、{_month(placed.separated_on)}に離職" if placed.separated_on else ""
        result = f"{_month(placed.started_on)}、{job}({placed.get_employment_type_display()})に就職{left}。"
    return {
        "title": f"{age_band}の方が{job or '仕事'}に就職" if age_band else f"{job or '仕事'}に就職",
        "age_band": age_band,
        "sex": person.sex,
        "group": group,
        "desired_job": first.job_title if first else "",
        "support_months": max(months, 1) if months is not None else None,
        "application_count": applications or None,
        "challenges": plan.issues if plan else "",
        "support": f"支援メニュー: {menus}。\n面談{talks}回、応募{applications}社。\n" if menus else "",
        "result": result,
    }
