"""What is asked before, and what can be taken back: the page repeats whom it concerns and what follows (D35, D37)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from cases.actions import booking, contact, meeting, plan
from cases.actions.contact import AppointmentTaken
from cases.enums import AppointmentStatus, MenuActor, ReleaseKind
from cases.models import Appointment, Assignment, Case, CaseMeeting, Cover, Release, SupportPlan
from core.periods import now
from reports import actions as report_actions
from reports.enums import ReportStatus
from reports.models import MonthlyReport
from reports.tasks import count_report
from tests import desk, walls
from tests.access.worlds import client_of as walls_client
from tests.cases.test_desk import assign, counted, plain, said
from tests.clients import client_of, confirmed, page
from tests.desk import book_in
from tests.factories import Programme, actor, working_as

DAY = dt.date(2023, 4, 10)


# -- asked before ----------------------------------------------------------------------------------------------------


def ready_meeting(programme: Programme, case: Case) -> CaseMeeting:
    held = desk.hold(programme, [case])
    item = desk.item_of(programme, held, case)
    desk.decide(programme, item)
    return held


def test_minutes_are_confirmed_after_a_page_that_says_what_follows(okayama: Programme):
    held = ready_meeting(okayama, okayama.active(DAY))
    url = reverse("meeting_confirm", kwargs={"pk": held.pk})
    assert f'href="{url}"' in page(okayama.caseworker, "meeting_detail", pk=held.pk)
    shown = plain(page(okayama.caseworker, "meeting_confirm", pk=held.pk))
    assert "このあとどうなるか" in shown and "あとから直せません" in shown and "協議した 1件" in shown
    assert okayama.hello_work.name in shown
    with working_as(okayama.caseworker):
        assert CaseMeeting.objects.get(pk=held.pk).confirmed_at is None, "looking confirms nothing"
    client = client_of(okayama.caseworker)
    assert client.post(url, sent_by(client, url)).status_code == 302
    with working_as(okayama.caseworker):
        assert CaseMeeting.objects.get(pk=held.pk).confirmed_at is not None


def sent_by(client: Client, url: str) -> dict[str, str]:
    """What the page sends when its button is pressed."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields}


def test_minutes_that_changed_meanwhile_are_not_confirmed(okayama: Programme):
    case = okayama.active(DAY)
    held = ready_meeting(okayama, case)
    url, client = reverse("meeting_confirm", kwargs={"pk": held.pk}), client_of(okayama.caseworker)
    read = sent_by(client, url)
    desk.decide(okayama, desk.item_of(okayama, held, case), "見学の日を決める", by=okayama.navigator)
    again = client.post(url, read)
    assert "会議録が変わりました(最後の記録 1件目" in again.content.decode()
    assert okayama.navigator.user.name in again.content.decode()
    with working_as(okayama.caseworker):
        assert CaseMeeting.objects.get(pk=held.pk).confirmed_at is None
        with pytest.raises(meeting.MinutesChanged):
            meeting.confirm_minutes(meeting=held, by=okayama.caseworker, at=now(), read=read["read"])
    form = again.context["form"]
    client.post(url, {name: form[name].value() for name in form.fields})
    with working_as(okayama.caseworker):
        assert CaseMeeting.objects.get(pk=held.pk).confirmed_at is not None, "the page carries what it shows now"


def test_minutes_are_read_again_when_somebody_joins(okayama: Programme):
    """The page says who will read them."""
    held = ready_meeting(okayama, okayama.active(DAY))
    with working_as(okayama.caseworker):
        read = meeting.minutes_version(held)
        meeting.add_people(meeting=held, users=[], guests=[], outsider=("山田", "NPO"))
        assert meeting.minutes_version(held) != read


def planned(programme: Programme, case: Case, goal: str, agreed_on: dt.date | None = DAY) -> SupportPlan:
    """A new version by the navigator."""
    with working_as(programme.navigator):
        return plan.make_plan(
            case=case,
            after=case.plans.order_by("-version_number").first(),
            by=programme.navigator,
            at=now(),
            goal=goal,
            issues="",
            starts_on=DAY,
            ends_on=DAY + dt.timedelta(days=180),
            review_on=None,
            person_agreed_on=agreed_on,
            menus=[plan.MenuChoice(programme.menu, MenuActor.PERSON)],
        )


def test_a_plan_is_confirmed_after_reading_whose_it_is_and_what_it_says(okayama: Programme):
    case = okayama.supported(DAY, name="計画 花子")
    planned(okayama, case, "週3日から働きたい")
    shown = plain(page(okayama.caseworker, "plan_confirm", pk=case.pk))
    assert "計画 花子" in shown and "週3日から働きたい" in shown and "「支援中」になります" in shown
    with working_as(okayama.caseworker):
        assert SupportPlan.objects.get(case=case).municipal_confirmed_at is None
    client, url = client_of(okayama.caseworker), reverse("plan_confirm", kwargs={"pk": case.pk})
    answer = client.post(url, sent_by(client, url))
    assert "合意がそろいました" in str(said(answer)[0])
    with working_as(okayama.caseworker):
        assert Case.objects.get(pk=case.pk).state == "active"


@pytest.mark.parametrize("name", ["plan_confirm", "plan_agreed"])
def test_a_version_nobody_read_is_neither_confirmed_nor_agreed_to(okayama: Programme, name: str):
    case = okayama.supported(DAY)
    planned(okayama, case, "週3日から働きたい", agreed_on=None)
    client, url = client_of(okayama.caseworker), reverse(name, kwargs={"pk": case.pk})
    read = sent_by(client, url)
    planned(okayama, case, "毎日働きたい", agreed_on=None)
    again = client.post(url, read)
    assert again.status_code == 200
    shown = plain(again.content.decode())
    assert "第2版が作られました" in shown and okayama.navigator.user.name in shown and "毎日働きたい" in shown
    with working_as(okayama.caseworker):
        kept = SupportPlan.objects.filter(case=case)
        assert not kept.exclude(municipal_confirmed_at=None, person_agreed_on=None).exists()
    form = again.context["form"]
    assert client.post(url, {key: form[key].value() for key in form.fields}).status_code == 302
    with working_as(okayama.caseworker):
        done = kept.exclude(municipal_confirmed_at=None, person_agreed_on=None)
        assert [row.version_number for row in done] == [2], "the page carries what it shows now"


def test_a_version_that_was_replaced_meanwhile_is_not_confirmed(okayama: Programme):
    """Another request may make a version between reading the newest one and confirming it."""
    case = okayama.supported(DAY)
    first = planned(okayama, case, "週3日から働きたい", agreed_on=None)
    planned(okayama, case, "毎日働きたい", agreed_on=None)
    with working_as(okayama.caseworker):
        with pytest.raises(plan.PlanNotPossible, match="新しい版"):
            plan.confirm_plan(plan=first, by=okayama.caseworker, at=now())
        with pytest.raises(plan.PlanNotPossible, match="新しい版"):
            plan.record_agreement(plan=first, by=okayama.caseworker, at=now(), on=DAY)
        first.refresh_from_db()
        assert (first.municipal_confirmed_at, first.person_agreed_on) == (None, None)


def test_the_month_is_closed_after_a_page_with_its_totals(okayama: Programme):
    okayama.active(DAY)
    report = counted(okayama)
    url = reverse("report_confirm", kwargs={"code": "okayama", "month": "2023-12"})
    first = plain(client_of(okayama.manager).get(url).content.decode())
    assert "支援対象者 1人" in first and "okayama労働局: 未確認" in first and "取り消せません" in first
    manager, other = client_of(okayama.manager), client_of(okayama.bureau_manager)
    manager.post(url, sent_by(manager, url))
    assert MonthlyReport.objects.get(pk=report.pk).status == ReportStatus.COUNTED
    last = plain(other.get(url).content.decode())
    assert "これで月が確定します" in last
    other.post(url, sent_by(other, url))
    assert MonthlyReport.objects.get(pk=report.pk).status == ReportStatus.CLOSED


def test_a_count_nobody_read_is_not_confirmed(okayama: Programme):
    okayama.active(DAY)
    read_report = counted(okayama)
    url = reverse("report_confirm", kwargs={"code": "okayama", "month": "2023-12"})
    client = client_of(okayama.manager)
    read = sent_by(client, url)
    okayama.active(DAY, name="もう 一人")
    report_actions.requeue(report=MonthlyReport.objects.get(pk=read_report.pk), by=None, at=now())
    count_report(report_id=str(read_report.pk))
    again = client.post(url, read)
    shown = plain(again.content.decode())
    assert "数え直されました" in shown and "支援対象者 2人" in shown
    report = MonthlyReport.objects.get(pk=read_report.pk)
    assert not report.decisions.exists()
    with working_as(okayama.manager), pytest.raises(report_actions.CountedAgain):
        report_actions.confirm(report=read_report, by=okayama.manager, at=now())
    form = again.context["form"]
    client.post(url, {name: form[name].value() for name in form.fields})
    assert report.decisions.filter(counted_at=report.counted_at).count() == 1, "the page carries what it shows now"


def test_a_count_nobody_read_is_not_sent_back(okayama: Programme):
    okayama.active(DAY)
    read_report = counted(okayama)
    client = client_of(okayama.manager)
    shown = client.get(reverse("report_detail", kwargs={"code": "okayama", "month": "2023-12"}))
    report_actions.requeue(report=MonthlyReport.objects.get(pk=read_report.pk), by=None, at=now())
    count_report(report_id=str(read_report.pk))
    url = reverse("report_return", kwargs={"code": "okayama", "month": "2023-12"})
    sent = {"read": shown.context["return_form"]["read"].value(), "note": "就職の日が違う"}
    again = client.post(url, sent)
    assert "数え直されました" in again.content.decode() and "就職の日が違う" in again.content.decode()
    assert not MonthlyReport.objects.get(pk=read_report.pk).decisions.exists()
    client.post(url, {**sent, "read": again.context["return_form"]["read"].value()})
    assert MonthlyReport.objects.get(pk=read_report.pk).status == ReportStatus.RETURNED


def test_a_fresh_count_is_asked_about(okayama: Programme):
    counted(okayama)
    shown = plain(page(okayama.manager, "report_request", "?month=2023-12", code="okayama"))
    assert "確認は無効になり" in shown
    url = reverse("report_request", kwargs={"code": "okayama"})
    assert client_of(okayama.manager).get(url)["Location"] == reverse("report_list")  # of no month nothing is asked
    assert "エラー：" in page(okayama.manager, "report_request", "?month=2023-99", code="okayama")


def test_a_lift_is_approved_after_reading_whose_and_why(okayama: Programme):
    case = okayama.open_case(name="隠す 花子")
    release = walls.asked(okayama, case, ReleaseKind.LIFT)
    url = reverse("release_answer", kwargs={"pk": case.pk, "release_pk": release.pk})
    client = confirmed(okayama.manager)
    shown = plain(client.get(f"{url}?answer=approve").content.decode())
    assert "隠す 花子" in shown and "裁判所へ出す書類" in shown and "すべての機関に表示されます" in shown
    with working_as(okayama.manager):
        assert Release.objects.get(pk=release.pk).approved_at is None


def test_standing_in_and_being_in_charge_end_after_asking(okayama: Programme):
    case = okayama.active(DAY, name="終わる 花子")
    cover = desk.stand_in(okayama)
    shown = plain(page(okayama.navigator, "cover_withdraw", pk=cover.pk))
    assert "代理を終わりにする" in shown and "「今日」に" in shown
    with working_as(okayama.navigator):
        assert Cover.objects.get(pk=cover.pk).withdrawn_at is None
        mine = Assignment.objects.get(case=case, user=okayama.navigator.user)
    url = reverse("assignment_new", kwargs={"pk": case.pk})
    asked = client_of(okayama.navigator).post(url, {"end": mine.pk})
    assert "担当を終わりにする" in asked.content.decode() and "終わる 花子" in asked.content.decode()
    with working_as(okayama.navigator):
        assert Assignment.objects.get(pk=mine.pk).ends_on is None


def test_an_administrator_is_asked_before_somebody_is_shut_out(okayama: Programme):
    operator = walls.operator()
    user = okayama.navigator.user
    url = reverse("account_detail", kwargs={"pk": user.pk})
    for act, words in (
        ("disable", "ログインできなくなり"),
        ("reset_second_factor", "設定し直します"),
        ("end_sessions", "ログインし直し"),
    ):
        shown = plain(walls_client(operator).get(f"{url}?act={act}").content.decode())
        assert user.name in shown and words in shown
    user.refresh_from_db()
    assert user.is_active
    walls_client(operator).post(url, {"act": "disable"})
    user.refresh_from_db()
    assert not user.is_active


# -- taken back ------------------------------------------------------------------------------------------------------


def test_a_no_show_is_one_click_and_can_be_taken_back(okayama: Programme):
    case = okayama.active(DAY, name="来た 花子")
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    booked = book_in(okayama.navigator, case, -1)
    client = client_of(okayama.navigator)
    settle = reverse("appointment_settle", kwargs={"pk": booked.pk})
    undo = reverse("appointment_undo", kwargs={"pk": booked.pk, "what": "no_show"})
    answer = client.post(settle, {"status": "no_show", "from": "today"}, follow=True)
    assert f'action="{undo}"' in answer.content.decode(), "the message carries the way back"
    for who in (okayama.manager, chief):
        assert "連絡をとりましょう" in page(who, "today")
    assert f'action="{undo}"' in page(okayama.caseworker, "appointment_detail", pk=booked.pk)
    answer = client.post(undo, follow=True)
    assert "無断欠席の記録を取り消しました" in answer.content.decode()
    for who in (okayama.manager, chief, okayama.navigator):
        assert "連絡をとりましょう" not in page(who, "today"), "the notice to the other side is gone, too"
    with working_as(okayama.navigator):
        row = Appointment.objects.get(pk=booked.pk)
        assert (row.status, row.status_by, row.status_note) == (
            AppointmentStatus.BOOKED,
            okayama.navigator.user,
            booking.NO_SHOW_UNDONE,
        )
        kept = list(row.events.order_by("pgh_created_at", "pgh_id").values_list("status", flat=True))
    assert kept == ["booked", "no_show", "booked"], "the history keeps the mistake"
    again = client.post(undo, follow=True)
    assert "いまは無断欠席ではありません" in again.content.decode()


def test_getting_in_touch_can_be_taken_back(okayama: Programme):
    case = okayama.active(DAY)
    booked = book_in(okayama.navigator, case, -1)
    client = client_of(okayama.navigator)
    client.post(reverse("appointment_settle", kwargs={"pk": booked.pk}), {"status": "no_show"})
    client.post(reverse("appointment_followed_up", kwargs={"pk": booked.pk}), {"from": "today"})
    assert "連絡をとりましょう" not in page(okayama.manager, "today")
    client.post(reverse("appointment_undo", kwargs={"pk": booked.pk, "what": "followed_up"}))
    assert "連絡をとりましょう" in page(okayama.manager, "today")
    assert client.post(reverse("appointment_undo", kwargs={"pk": booked.pk, "what": "kept"})).status_code == 404


def test_a_no_show_is_not_taken_back_over_somebodys_follow_up(okayama: Programme):
    case = okayama.active(DAY)
    assign(okayama, case)
    booked = book_in(okayama.navigator, case, -1)
    client = client_of(okayama.navigator)
    client.post(reverse("appointment_settle", kwargs={"pk": booked.pk}), {"status": "no_show"})
    client_of(okayama.caseworker).post(reverse("appointment_followed_up", kwargs={"pk": booked.pk}))
    undo = {
        what: reverse("appointment_undo", kwargs={"pk": booked.pk, "what": what}) for what in ("no_show", "followed_up")
    }
    refused = client.post(undo["no_show"], follow=True).content.decode()
    assert "先に「連絡した」を取り消してから" in refused
    with working_as(okayama.navigator):
        row = Appointment.objects.get(pk=booked.pk)
        assert (row.status, row.followed_up_by) == (AppointmentStatus.NO_SHOW, okayama.caseworker.user)
    assert undo["no_show"] not in page(okayama.navigator, "appointment_detail", pk=booked.pk), "offered when it works"
    client.post(undo["followed_up"])
    client.post(undo["no_show"])
    with working_as(okayama.navigator):
        assert Appointment.objects.get(pk=booked.pk).status == AppointmentStatus.BOOKED


def test_a_no_show_is_not_taken_back_over_another_booking(okayama: Programme):
    first, second = okayama.active(DAY), okayama.active(DAY, name="別の 人")
    missed = book_in(okayama.navigator, first, 1)
    with working_as(okayama.navigator):
        contact.settle_appointment(appointment=missed, status=AppointmentStatus.NO_SHOW, by=okayama.navigator, at=now())
        wanted = contact.NextAppointment(missed.starts_at, okayama.navigator.user)
        contact.book(case=second, by=okayama.navigator, at=now(), appointment=wanted)
        with pytest.raises(AppointmentTaken):
            booking.undo_no_show(appointment=missed, by=okayama.navigator, at=now())
        assert Appointment.objects.get(pk=missed.pk).status == AppointmentStatus.NO_SHOW


def test_calling_off_asks_for_a_reason(okayama: Programme):
    booked = book_in(okayama.navigator, okayama.active(DAY), 2)
    url = reverse("appointment_settle", kwargs={"pk": booked.pk})
    assert client_of(okayama.navigator).post(url, {"status": "cancelled"}).status_code == 404
