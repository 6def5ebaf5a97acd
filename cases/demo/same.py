"""A person registered twice and not yet noticed, two merged, two who only look like one, one barely known."""

from __future__ import annotations

import datetime as dt

from accounts.models import Membership
from accounts.scope import Actor, covered_ids
from agreements.enums import BenefitStatus
from cases.actions.intake import open_case
from cases.actions.merge import merge_persons
from cases.actions.not_same import say_not_same
from cases.demo.course import at, workday
from cases.demo.organisations import World
from cases.enums import Duty
from cases.models import Case
from core.periods import KnownDate


def add_same(world: World, today: dt.date) -> None:
    """By the real actions, so that keys, numbers and grants are what the screens would write."""
    member = Membership.objects.select_related("user", "organisation").get(
        user=world.users["okayama-cw"], organisation=world.organisations["okayama_kita"]
    )
    actor = Actor(user=member.user, membership=member, organisation_ids=covered_ids(member.organisation))

    def register(name: str, kana: str, birth: KnownDate, days: int, phone: str = "") -> Case:
        day = workday(today - dt.timedelta(days=days))
        return open_case(
            by=actor,
            at=at(day),
            holder=member.organisation,
            agreement=world.agreements["okayama"],
            site=None,
            status=BenefitStatus.LIVELIHOOD_PROTECTION,
            opened_on=day,
            intake_note="窓口で相談を受けた。",
            person_fields={
                "name": name,
                "name_kana": kana,
                "birth_on": birth.exact,
                "birth_part": birth.part,
                "is_birth_estimated": birth.is_estimated,
            },
            contact_fields={"phone": phone},
            duty=Duty.CASEWORKER,
        )

    register("渡邉仮 健", "ワタナベカリ ケン", KnownDate(1979, 3, 4), 44, phone="090-0000-7979")
    register("渡辺仮 健", "ワタナベカリ ケン", KnownDate(1979, 4, 3), 30)
    # Only the year is known, and a name whose letters are in no old character set.
    register("葛\U000e0100城仮 𠮷子", "カツラギカリ ヨシコ", KnownDate(1958, is_estimated=True), 46)
    kept = register("髙見本 惠", "タカミホン メグミ", KnownDate(1984, 11, 2), 43)
    merged = register("高見本 恵", "タカミホン メグミ", KnownDate(1984, 11, 2), 37, phone="090-0000-8484")
    merge_persons(
        kept=kept.person,
        merged=merged.person,
        taken=frozenset({"phone"}),
        note="本人に確かめた(旧字は戸籍のとおり)",
        agreed_readers=frozenset(),
        by=actor,
        at=at(workday(today - dt.timedelta(days=36))),
    )
    father = register("双葉仮 一", "フタバカリ ハジメ", KnownDate(1958, 6, 7), 42, phone="090-0000-5858")
    son = register("双葉仮 肇", "フタバカリ ハジメ", KnownDate(1990, 1, 2), 35, phone="090-0000-5858")
    say_not_same(
        one=father.person,
        other=son.person,
        note="父と子。同じ電話を使っている(本人に確かめた)",
        by=actor,
        at=at(workday(today - dt.timedelta(days=34))),
    )
