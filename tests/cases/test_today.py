"""What comes onto the first screen of a worker, and what takes it off again: plans, answers, silence."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import Actor
from agreements.models import Agreement
from cases.actions import moves, plan, referral, request, review
from cases.actions.digest import COUNTED, STAFF_TASKS
from cases.enums import PreOpinion, ReferralStatus
from cases.models import Assignment, Case, PlanReview, Referral, SupportPlan, SupportRequest
from cases.needs import needs_of
from cases.staff import AFTER_OPINION, lines_of
from cases.todo import lists_for, quiet_cases
from cases.views.access import next_due
from cases.views.today import TO_DECIDE, TO_DO
from core.periods import now, today
from tests.cases.test_desk import assign, desk_of, plain
from tests.cases.test_screening import ask, opine
from tests.clients import client_of, page
from tests.desk import book_in, hold
from tests.factories import Programme, actor, at, working_as
from tests.test_access import questions

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
            plan=case.plans.latest("version_number"),
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
    okayama.review(case, days_ago(6))  # held before its day: it counts from the moment it is written
    assert asked_to_look_back(okayama, case) == [False] * 5


def test_the_next_day_asks_again(okayama: Programme):
    case = to_be_reviewed(okayama)
    okayama.review(case, days_ago(6), again_on=today() + dt.timedelta(days=90))
    assert asked_to_look_back(okayama, case) == [False] * 4 + [True], "the bar names the day to come"
    okayama.review(case, days_ago(5), again_on=days_ago(1))
    assert asked_to_look_back(okayama, case) == [True] * 5
    with working_as(okayama.navigator):
        row = case.plans.get()
        days = list(row.events.order_by("pgh_id").values_list("review_on", flat=True))
    assert days[-3:] == [days_ago(5), today() + dt.timedelta(days=90), days_ago(1)], "the history keeps every day"


def test_the_form_of_a_review_proposes_the_next_day(okayama: Programme):
    case = to_be_reviewed(okayama)
    client = client_of(okayama.navigator)
    url = reverse("plan_review", kwargs={"pk": case.pk, "number": 1})
    form = client.get(url).context["form"]
    proposed = form["next_review_on"].initial
    assert today() < proposed <= form.menus[0].plan.ends_on
    body = {
        "kind": "monitoring", "reviewed_on": f"{days_ago(1):%Y/%m/%d}", "reached": "半分", "outcome": "continue",
        **{name: "partly" for name in form.fields if name.startswith("result_")},
    }  # fmt: skip
    late = client.post(url, {**body, "next_review_on": body["reviewed_on"]})
    assert "次の見直し日は、見直した日より後の日にしてください。" in late.content.decode()
    coming = today() + dt.timedelta(days=40)
    assert client.post(url, {**body, "next_review_on": f"{coming:%Y/%m/%d}"}).status_code == 302
    with working_as(okayama.navigator):
        assert case.plans.get().review_on == coming
    extend(okayama, case, today() + dt.timedelta(days=60))
    assert "next_review_on" not in client.get(url).context["form"].fields, "an older version waits for nothing"
    assert client.post(url, body).status_code == 302
    with working_as(okayama.navigator):
        days = dict(case.plans.values_list("version_number", "review_on"))
    assert days == {1: coming, 2: today() + dt.timedelta(days=60)}


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


def test_a_review_waits_for_the_other_side_until_it_is_confirmed(okayama: Programme):
    case = to_be_reviewed(okayama)
    made = okayama.review(case, days_ago(1))
    url = reverse("plan_review_confirm", kwargs={"pk": case.pk, "review_pk": made.pk})
    assert url in page(okayama.caseworker, "today") and url not in page(okayama.navigator, "today")
    assert url in desk_of(page(okayama.manager, "today"), okayama.caseworker.user.name)
    with working_as(okayama.caseworker):
        review.confirm_review(review=PlanReview.objects.get(pk=made.pk), by=okayama.caseworker, at=now())
    assert url not in page(okayama.caseworker, "today") and url not in page(okayama.manager, "today")


def test_a_plan_waits_for_the_person_on_both_sides(okayama: Programme):
    case = to_be_reviewed(okayama)
    url = reverse("plan_agreed", kwargs={"pk": case.pk})
    both = (okayama.caseworker, okayama.navigator, okayama.manager)
    assert all(url not in page(who, "today") for who in both)
    newer = extend(okayama, case, today() + dt.timedelta(days=60))
    assert all(url in page(who, "today") for who in both)
    with working_as(okayama.navigator):
        plan.record_agreement(plan=newer, by=okayama.navigator, at=now(), on=today())
    assert all(url not in page(who, "today") for who in both)


def declined(programme: Programme) -> Case:
    case = programme.open_case(on=days_ago(9), name="断 られた")
    assign(programme, case)
    sent = programme.send(case, days_ago(8))
    with working_as(programme.navigator):
        request.decline_request(
            request=SupportRequest.objects.get(pk=sent.pk),
            by=programme.navigator,
            at=now(),
            reason="今は治療が先",
            offered_instead="就労準備支援の見学",
        )
    return case


@pytest.mark.parametrize("follow_up", ["refer", "reopen"])
def test_a_declined_request_is_told_until_something_follows(okayama: Programme, follow_up: str):
    case = declined(okayama)
    shown = page(okayama.caseworker, "today")
    assert "対象外の回答" in shown and "代わりの案内: 就労準備支援の見学" in shown
    assert reverse("referral_new", kwargs={"pk": case.pk}) in shown
    assert "就労準備支援の見学" in desk_of(page(okayama.manager, "today"), okayama.caseworker.user.name)
    assert "断 られた" not in page(okayama.navigator, "today"), "Hello Work's view ended"
    if follow_up == "refer":
        okayama.refer(case, today() + dt.timedelta(days=1))
    else:
        with working_as(okayama.caseworker):
            moves.reopen_intake(case=case, by=okayama.caseworker, at=now(), reason="もう一度")
    assert "対象外の回答" not in page(okayama.caseworker, "today")
    assert "対象外の回答" not in page(okayama.manager, "today")


def answered(programme: Programme, status: ReferralStatus, days: int, *, who: Actor | None = None) -> Case:
    """A referral of the caseworker's with an answer of some days ago, of the partner unless `who` wrote it down."""
    case = programme.active(days_ago(60), name="返事 来子")
    assign(programme, case)
    sent = programme.refer(case, days_ago(30))
    by = who or programme.partner_worker
    with working_as(by):
        referral.answer_referral(
            referral=Referral.objects.get(pk=sent.pk),
            by=by,
            at=at(days_ago(days)),
            on=days_ago(days),
            status=status,
            outcome="見学した",
            is_ours=who is not None,
        )
    return case


NEWS = "つなぎの返事あり"


@pytest.mark.parametrize("status", [ReferralStatus.REFUSED, ReferralStatus.USING, ReferralStatus.ENDED])
def test_a_partners_answer_is_told_until_somebody_talks_after_it(okayama: Programme, status: ReferralStatus):
    case = answered(okayama, status, 3)
    shown = page(okayama.caseworker, "today")
    assert NEWS in shown and f"{okayama.partner_worker.organisation.short_name}: {status.label}" in shown
    assert NEWS in desk_of(page(okayama.manager, "today"), okayama.caseworker.user.name)
    assert ("ほかにつなぐ" in shown) is (status == ReferralStatus.REFUSED)
    okayama.interview(case, days_ago(4), okayama.caseworker)
    okayama.interview(case, days_ago(2), okayama.navigator)  # who is not told of the answer
    assert NEWS in page(okayama.caseworker, "today")
    okayama.interview(case, days_ago(2), okayama.caseworker)
    assert NEWS not in page(okayama.caseworker, "today") and NEWS not in page(okayama.manager, "today")


def test_an_old_answer_and_one_written_down_by_us_are_no_news(okayama: Programme):
    answered(okayama, ReferralStatus.USING, 15)
    assert NEWS not in page(okayama.caseworker, "today")
    answered(okayama, ReferralStatus.REFUSED, 1, who=okayama.caseworker)
    assert NEWS not in page(okayama.caseworker, "today")


def test_a_booking_without_a_record_can_be_missed_in_one_click(okayama: Programme):
    case = okayama.active(days_ago(20), name="記録 無子")
    visit = book_in(okayama.navigator, case, -2)
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    settle = reverse("appointment_settle", kwargs={"pk": visit.pk})
    for who in (okayama.navigator, chief):
        shown = page(who, "today")
        assert settle in shown and 'name="status" value="no_show"' in shown
    assert reverse("appointment_detail", kwargs={"pk": visit.pk}) in page(okayama.navigator, "today")
    client_of(okayama.navigator).post(settle, {"status": "no_show", "from": "today"})
    assert settle not in page(okayama.navigator, "today")


@pytest.mark.parametrize(
    ("opinion", "name", "more"),
    [
        (PreOpinion.SUITS, "support_request_new", {}),
        (PreOpinion.AGAIN, "appointment_new", {}),
        (PreOpinion.NOT_NOW, "case_move", {"act": "not-refer"}),
    ],
)
def test_an_opinion_leads_to_what_comes_next(okayama: Programme, opinion: PreOpinion, name: str, more: dict[str, str]):
    case = okayama.open_case(on=days_ago(3), name="意見 待子")
    assign(okayama, case)
    opine(okayama, ask(okayama, case), opinion)
    url = reverse(name, kwargs={"pk": case.pk, **more})
    for who in (okayama.caseworker, okayama.manager):
        line = next(line for line in re.findall(r"<li>.*?</li>", page(who, "today"), re.S) if "の意見:" in line)
        assert url in line


def test_the_new_lists_ask_the_same_for_one_and_many(okayama: Programme):
    def grow() -> None:
        declined(okayama)
        answered(okayama, ReferralStatus.USING, 3)
        case = to_be_reviewed(okayama)
        okayama.review(case, days_ago(1))
        extend(okayama, case, today())

    for who in (okayama.caseworker, okayama.manager):
        counts = []
        for times in (1, 2):
            for _ in range(times):
                grow()
            client = client_of(who)
            client.get(reverse("today"))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("today"))
            counts.append(len(questions(queries)))
        assert counts[0] == counts[1]


# -- after how many days nobody has spoken with the person: the agreement says ----------------------------------------


def silent(programme: Programme, days: int) -> list[bool]:
    """Whether 今日 and the agenda name a case that nobody has spoken with since it began, `days` ago."""
    case = programme.active(days_ago(days), name="静 かな人")
    with working_as(programme.navigator):
        reasons = needs_of([Case.objects.get(pk=case.pk)], programme.navigator, today()).get(case.pk, [])
    return [f"{days}日間連絡なし" in page(programme.navigator, "today"), f"{days}日間連絡なし" in reasons]


@pytest.mark.parametrize(
    ("agreed", "days", "told"), [(30, 29, False), (30, 30, True), (45, 44, False), (45, 45, True), (7, 7, True)]
)
def test_silence_is_told_after_the_days_of_the_agreement(okayama: Programme, agreed: int, days: int, told: bool):
    type(okayama.agreement).objects.filter(pk=okayama.agreement.pk).update(silent_days=agreed)
    assert silent(okayama, days) == [told, told]
    assert (f"{agreed}日以上連絡がない 1人" in page(okayama.navigator, "today")) is told


def test_a_talk_counts_from_its_own_day(okayama: Programme):
    type(okayama.agreement).objects.filter(pk=okayama.agreement.pk).update(silent_days=10)
    spoken, quiet = okayama.active(days_ago(40), name="九日 前"), okayama.active(days_ago(40), name="十日 前")
    okayama.interview(spoken, days_ago(9))
    okayama.interview(quiet, days_ago(10))
    with working_as(okayama.navigator):
        found = quiet_cases(okayama.navigator, Case.objects.visible_to(okayama.navigator), today(), 5)
        assert [(case.pk, days) for case, days in found] == [(quiet.pk, 10)]
        needs = needs_of(Case.objects.all(), okayama.navigator, today())
        assert "10日間連絡なし" in needs[quiet.pk] and not any("連絡なし" in why for why in needs[spoken.pk])


def test_the_days_are_set_on_the_agreement_and_kept_in_its_history(okayama: Programme):
    client, url = client_of(okayama.manager), reverse("agreement_edit", kwargs={"code": okayama.code})
    form = client.get(url).context["form"]
    assert form["silent_days"].value() == 30
    data = {
        "name": "協定",
        "valid_from": "2020/4/1",
        "support_months": "6",
        "publish_minimum": "3",
        "version": form["version"].value(),
    }
    for wrong in ("6", "181", ""):
        answer = client.post(url, {**data, "silent_days": wrong})
        assert answer.status_code == 200 and answer.context["form"].errors["silent_days"]
    assert client.post(url, {**data, "silent_days": "180"}).status_code == 302
    assert "連絡がないと知らせるまで 180日" in plain(page(okayama.manager, "agreement_detail", code=okayama.code))
    events = Agreement.pgh_event_model.objects.filter(pgh_obj=okayama.agreement.pk).order_by("pgh_id")
    assert list(events.values_list("silent_days", flat=True))[-1] == 180
    columns = {"agreements_agreement": "30", "agreements_agreementevent": "30"}
    with connection.cursor() as cursor:  # a server that still runs the code before writes rows without the field
        cursor.execute(
            "SELECT table_name, column_default FROM information_schema.columns WHERE column_name = %s", ["silent_days"]
        )
        assert dict(cursor.fetchall()) == columns
    with pytest.raises(IntegrityError, match="agreement_silent_days_in_range"), transaction.atomic():
        Agreement.objects.update(silent_days=6)


def test_the_agenda_says_the_agreements_days(okayama: Programme):
    type(okayama.agreement).objects.filter(pk=okayama.agreement.pk).update(silent_days=21)
    held = hold(okayama, [])
    assert "21日以上連絡がない" in page(okayama.caseworker, "meeting_detail", pk=held.pk)


class Asked(dict[str, Any]):
    """Remembers which lists were asked for."""

    def __init__(self, lists: dict[str, Any]) -> None:
        super().__init__(lists)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


# What is about the screen itself, and the bookings of the days to come.
NO_LIST = {"day", "everybody", "can_log", "month_end", "running_covers", "covered_workers"}
TEAM_LINES = {"handed_over", "meeting_tasks", "nobody_count"}  # _today_team.html, on both screens
NOT_MAILED = {"ahead"}


def test_every_list_is_shown_counted_and_mailed(okayama: Programme):
    """A list that somebody adds is in the tables: of the worker's screen, of the manager's, and of the morning mail."""
    templates = Path(settings.BASE_DIR) / "templates" / "cases"
    for who, own, name in ((okayama.caseworker, TO_DO, "today.html"), (okayama.manager, TO_DECIDE, "today_staff.html")):
        with working_as(who):
            lists = lists_for(who, today())
            on_desks = Asked(lists)
            list(lines_of(on_desks, today()))
        names = set(lists) - NO_LIST - (set() if lists["everybody"] else set(STAFF_TASKS))
        panels = "".join((templates / part).read_text() for part in (name, "_today_ahead.html", "_today_aside.html"))
        beside = {one for one in names if f"{one}|length" in panels or f" in {one} %}}" in panels}
        on_screen = {*own, *beside, *(on_desks.names if lists["everybody"] else ())}
        assert names - on_screen == set()
        assert [one for one in own if not re.search(rf"\b{one}\b", panels) and one not in TEAM_LINES] == []
        assert names - set(COUNTED) - set(STAFF_TASKS) - NOT_MAILED == set()
    assert set(TO_DO) | set(TO_DECIDE) <= set(COUNTED), "what is to do is in the mail"


def test_a_manager_with_nothing_to_decide_is_told_so(okayama: Programme):
    assert "決めることはありません" in page(okayama.manager, "today")
    okayama.active(DAY)
    with working_as(okayama.manager):
        Assignment.objects.filter(organisation=okayama.office).update(ends_on=days_ago(1))
    assert "決めることはありません" not in page(okayama.manager, "today")


@pytest.mark.parametrize("opinion", list(PreOpinion))
def test_what_follows_an_opinion_is_the_same_on_both_screens(okayama: Programme, opinion: PreOpinion):
    case = okayama.open_case(on=today())
    asked = ask(okayama, case)
    assign(okayama, case)
    opine(okayama, asked, opinion)
    name, more, act = AFTER_OPINION[opinion]
    link = f'href="{reverse(name, args=(case.pk, *more))}">{act}<'
    assert link in page(okayama.caseworker, "today") and link in page(okayama.manager, "today")
