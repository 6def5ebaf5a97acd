"""Organisations, logins, agreements, plans and employers of the demo."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Organisation, User
from agreements.enums import IndicatorCode, PlanStatus
from agreements.models import (
    Agreement,
    BusinessPlan,
    CountingRules,
    Party,
    Site,
    SupportMenu,
    Target,
    TargetGroup,
    TargetGroupStatus,
)
from cases.demo import words
from cases.demo.logins import PASSWORD
from core.periods import fiscal_year, fiscal_year_label
from employers.models import Employer, Vacancy

COPIED_TEXT = "デモのための例。{source}の事業計画の目標をそのまま使っています。"
PUBLISHED_TEXT = "公表された{source}の事業計画の目標です。"


@dataclass
class World:
    """What the case builders need to know of the ground they stand on."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    groups: dict[tuple[str, str], TargetGroup] = field(default_factory=dict)
    sites: dict[str, list[Site]] = field(default_factory=dict)
    menus: list[SupportMenu] = field(default_factory=list)
    employers: list[Employer] = field(default_factory=list)


def build_world(data: dict[str, Any], *, today: dt.date, rng: random.Random) -> World:
    """Write everything that is no personal data."""
    world = World()
    for row in data["organisations"]:
        world.organisations[row["key"]] = Organisation.objects.create(
            kind=row["kind"],
            name=row["name"],
            short_name=row["short"],
            municipality_code=row.get("code", ""),
            parent=world.organisations.get(row.get("parent", "")),
        )
    password = make_password(PASSWORD)
    for row in data["logins"]:
        user = User.objects.create(
            username=row["username"],
            name=row["name"],
            email=f"{row['username']}@example.invalid",
            password=password,
        )
        world.users[row["username"]] = user
        for key in filter(None, (row["at"], row.get("also"))):
            Membership.objects.create(
                user=user,
                organisation=world.organisations[key],
                role=row["role"],
                title=row.get("title", ""),
                valid_from=dt.date(2021, 4, 1),
            )
    world.menus = SupportMenu.objects.bulk_create(
        SupportMenu(name=name, position=position) for position, name in enumerate(data["support_menus"], start=1)
    )
    for row in data["agreements"]:
        _agreement(world, row, today=today)
    _employers(world, today=today, rng=rng)
    return world


def _agreement(world: World, row: dict[str, Any], *, today: dt.date) -> None:
    agreement = Agreement.objects.create(
        code=row["code"],
        name=row["name"],
        purpose=row["purpose"],
        signed_on=row["valid_from"],
        valid_from=row["valid_from"],
        has_mutual_request_clause=row["has_mutual_request_clause"],
    )
    world.agreements[row["code"]] = agreement
    for position, party in enumerate(row["parties"], start=1):
        Party.objects.create(
            agreement=agreement,
            organisation=world.organisations[party["organisation"]],
            side=party["side"],
            signatory=party["signatory"],
            position=position,
        )
    world.sites[row["code"]] = [Site.objects.create(**site) for site in row["sites"]]
    agreement.sites.set(world.sites[row["code"]])
    agreement.participants.set(world.organisations[key] for key in row["participants"])
    for position, group_row in enumerate(row["groups"], start=1):
        group = TargetGroup.objects.create(
            agreement=agreement, code=group_row["code"], name=group_row["name"], position=position
        )
        world.groups[row["code"], group_row["code"]] = group
        for status in group_row["statuses"]:
            TargetGroupStatus.objects.create(group=group, agreement=agreement, status=status)
    first_year = min(plan["fiscal_year"] for plan in row["published"])
    CountingRules.objects.create(
        agreement=agreement, fiscal_year=min(first_year, 2021), decided_on=dt.date(min(first_year, 2021), 4, 1)
    )
    for plan in row["published"]:
        _plan(world, agreement, plan, year=plan["fiscal_year"], text=PUBLISHED_TEXT)
    published_years = {plan["fiscal_year"] for plan in row["published"]}
    living = next(plan for plan in row["published"] if plan["fiscal_year"] == row["living"])
    for year in (fiscal_year(today) - 1, fiscal_year(today)):
        if year not in published_years:
            _plan(world, agreement, living, year=year, text=COPIED_TEXT)


def _plan(world: World, agreement: Agreement, row: dict[str, Any], *, year: int, text: str) -> None:
    plan = BusinessPlan.objects.create(
        agreement=agreement,
        fiscal_year=year,
        text=text.format(source=fiscal_year_label(row["fiscal_year"])),
        navigator_count=row["navigators"],
    )
    targets = []
    for target in row["targets"]:
        rate = Decimal(target["rate"]) if "rate" in target else None
        values: dict[IndicatorCode, tuple[int | None, Decimal | None]] = {}
        if "supported" in target:
            values[IndicatorCode.SUPPORTED] = (target["supported"], None)
        if rate is not None:
            values[IndicatorCode.PLACED] = (target.get("placed"), rate)
        if "placements" in target:
            values[IndicatorCode.PLACEMENTS] = (target["placements"], None)
        if "developed_openings" in target:
            values[IndicatorCode.DEVELOPED_OPENINGS] = (target["developed_openings"], None)
        group = world.groups[agreement.code, target["group"]] if target["group"] else None
        targets += [
            Target(plan=plan, agreement=agreement, group=group, indicator=code, count=count, rate=value)
            for code, (count, value) in values.items()
        ]
    Target.objects.bulk_create(targets)
    plan.status = PlanStatus.AGREED
    plan.agreed_on = dt.date(year, 3, 25)
    plan.agreed_by = world.users[f"{agreement.code}-manager"]
    plan.save()


def _employers(world: World, *, today: dt.date, rng: random.Random) -> None:
    world.employers = Employer.objects.bulk_create(
        Employer(
            name=name,
            name_kana=kana,
            industry=industry,
            note=note,
            address=f"架空町{number}丁目{number}-{number}",
            phone=f"086-000-{1000 + number}",
            registered_by=world.organisations["okayama_hw" if number % 3 else "kurashiki_centre"],
        )
        for number, (name, kana, industry, note) in enumerate(words.EMPLOYERS, start=1)
    )
    start = dt.date(fiscal_year(today) - 1, 4, 1)
    days = (today - start).days
    Vacancy.objects.bulk_create(
        Vacancy(
            employer=rng.choice(world.employers),
            organisation=world.organisations[rng.choice(("kurashiki_centre", "kurashiki_centre", "kurashiki_hw"))],
            job_title=rng.choice(words.JOBS),
            opening_count=rng.randint(1, 4),
            found_on=start + dt.timedelta(days=rng.randrange(days + 1)),
            created_by=world.users["kurashiki-developer"],
        )
        for _ in range(300)
    )
