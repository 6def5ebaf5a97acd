"""What comes onto the first screen of a worker, and what takes it off again: plans, answers, silence."""

from __future__ import annotations

import datetime as dt

from cases.actions import plan
from cases.models import Case, SupportPlan
from cases.needs import needs_of
from cases.views.access import next_due
from core.periods import now, today
from tests.cases.test_desk import assign, desk_of, page
from tests.factories import Programme, working_as

DAY = dt.date(2023, 4, 10)
LOOK_BACK = "プランの見直し"


def days_ago(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


def to_be_reviewed(programme: Programme, days: int = 5) -> Case:
    """A case of both workers whose plan was to be looked back on some days ago."""
    case = programme.active(days_ago(60), name="見直 待子")
    assign(programme, case)
    with working_as(programme.navigator):
        SupportPlan.objects.filter(case=case).update(review_on=days_ago(days))
    return case


def extend(programme: Programme, case: Case, review_on: dt.date) -> SupportPlan:
    with working_as(programme.navigator):
        return plan.extend_plan(
            case=case,
            by=programme.navigator,
            at=now(),
            ends_on=today() + dt.timedelta(days=300),
            review_on=review_on,
            reason="見学を続けるため",
            conference_on=days_ago(1),
        )


def asked_to_look_back(programme: Programme, case: Case) -> list[bool]:
    """Whether each place says so: both workers' 今日, the manager's, the agenda, the bar of the case."""
    with working_as(programme.navigator):
        row = Case.objects.get(pk=case.pk)
        reasons = needs_of([row], programme.navigator, today()).get(case.pk, [])
        due = next_due(row)
    return [
        f"支援{LOOK_BACK} 1件" in page(programme.caseworker, "today"),
        f"支援{LOOK_BACK} 1件" in page(programme.navigator, "today"),
        LOOK_BACK in desk_of(page(programme.manager, "today"), programme.caseworker.user.name),
        f"支援{LOOK_BACK}時期" in reasons,
        due is not None and due[1] == LOOK_BACK,
    ]


def test_a_review_takes_the_plan_off_every_list(okayama: Programme):
    case = to_be_reviewed(okayama)
    assert asked_to_look_back(okayama, case) == [True] * 5
    okayama.review(case, days_ago(6))  # the day before: the plan asked for another one
    assert asked_to_look_back(okayama, case) == [True] * 5
    okayama.review(case, days_ago(5))
    assert asked_to_look_back(okayama, case) == [False] * 5


def test_a_newer_version_takes_the_older_ones_place(okayama: Programme):
    case = to_be_reviewed(okayama)
    newer = extend(okayama, case, today() + dt.timedelta(days=60))
    assert asked_to_look_back(okayama, case) == [False] * 4 + [True], "the bar names the day to come"
    with working_as(okayama.navigator):
        SupportPlan.objects.filter(pk=newer.pk).update(review_on=today())
    assert asked_to_look_back(okayama, case) == [True] * 5


def test_only_the_newest_version_waits_to_be_confirmed(okayama: Programme):
    case = to_be_reviewed(okayama)
    with working_as(okayama.caseworker):
        SupportPlan.objects.filter(case=case).update(municipal_confirmed_at=None, municipal_confirmed_by=None)
    assert page(okayama.caseworker, "today").count("読んで確認") == 1
    extend(okayama, case, today() + dt.timedelta(days=60))
    assert page(okayama.caseworker, "today").count("読んで確認") == 1
    with working_as(okayama.caseworker):
        newest = SupportPlan.objects.newest().get(case=case)
        assert newest.version_number == 2
        plan.confirm_plan(plan=newest, by=okayama.caseworker, at=now())
    assert "読んで確認" not in page(okayama.caseworker, "today")


