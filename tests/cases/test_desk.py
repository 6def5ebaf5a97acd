"""The first screen and the acts on it: grouped by worker, asked before, taken back, told afterwards (D29–D37)."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role, permissions_of
from accounts.navigation import entries_for
from cases.actions import booking, contact, meeting, plan, team
from cases.actions.contact import AppointmentTaken
from cases.enums import AppointmentStatus, Duty, ItemState, MenuActor, ReleaseKind, Visibility
from cases.models import Appointment, Assignment, Case, CaseMeeting, Cover, Release, SupportPlan
from cases.views import today as first_screen
from core.periods import Month, now, today
from reports import actions as report_actions
from reports.enums import ReportStatus
from reports.models import MonthlyReport
from reports.tasks import count_report
from tests import desk, walls
from tests.cases.test_walls import logged_in
from tests.factories import Programme, actor, make_plan, working_as
from tests.permission_matrix import CITY, MATRIX, NATIONAL
from tests.test_access import client_of

DAY = dt.date(2023, 4, 10)


def page(who, name: str, query: str = "", **kwargs) -> str:
    answer = client_of(who).get(reverse(name, kwargs=kwargs or None) + query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def book(who, case: Case, days: float, **fields) -> Appointment:
    with working_as(who):
        wanted = contact.NextAppointment(now() + dt.timedelta(days=days), who.user, **fields)
        return contact.book(case=case, by=who, at=now(), appointment=wanted)


def assign(programme: Programme, case: Case) -> None:
    """The caseworker is in charge on the city's side."""
    with working_as(programme.caseworker):
        team.assign(
            case=case,
            user=programme.caseworker.user,
            organisation=programme.office,
            duty=Duty.CASEWORKER,
            on=DAY,
            by=programme.caseworker,
            at=now(),
        )


def said(answer) -> list:
    return list(get_messages(answer.wsgi_request))


# -- 今日 of a manager ----------------------------------------------------------------------------------------------


def desk_of(html: str, name: str) -> str:
    """The group of one worker, as text."""
    for group in re.findall(r'<details class="desk".*?</details>', html, re.DOTALL):
        if f"<h3>{name}</h3>" in group:
            return group
    raise AssertionError(f"no desk of {name}")


def test_a_managers_first_screen_is_grouped_by_worker(okayama: Programme):
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    other = desk.colleague(okayama, "other")
    late = okayama.active(DAY, name="遅れ 一郎")
    missed = okayama.active(DAY, name="欠席 二郎")
    book(okayama.navigator, late, -3)
    with working_as(okayama.navigator):
        Assignment.objects.filter(case=missed, user=okayama.navigator.user).update(user=other.user)
    skipped = book(other, missed, -2)
    with working_as(other):
        contact.settle_appointment(appointment=skipped, status=AppointmentStatus.NO_SHOW, by=other, at=now())
    shown = page(chief, "today")
    mine, theirs = desk_of(shown, okayama.navigator.user.name), desk_of(shown, "okayama-otherさん")
    assert "遅れ 一郎" in mine and "欠席 二郎" not in mine
    assert "欠席 二郎" in theirs and "遅れ 一郎" not in theirs
    # Counts in words beside the name; every line says why and carries the one click that deals with it.
    assert "期限超過 2" in plain(mine.split("</summary>")[0])  # the booking without a record, the period
    assert "3日超過" in mine
    assert reverse("interview_new", kwargs={"pk": late.pk}) in mine
    assert "連絡をとりましょう" in theirs and reverse("appointment_followed_up", kwargs={"pk": skipped.pk}) in theirs
    assert "日間連絡なし" in mine
    # A worker's own screen is not grouped, and shows nothing of the colleague.
    own = page(okayama.navigator, "today")
    assert 'class="desk"' not in own and "欠席 二郎" not in own and "遅れ 一郎" in own


def test_a_case_of_nobody_comes_first(okayama: Programme):
    case = okayama.active(DAY, name="担当 なし")
    kept = okayama.active(DAY, name="担当 あり")
    assign(okayama, kept)
    shown = page(okayama.manager, "today")
    names = re.findall(r"<summary><h3>(.*?)</h3>", shown)
    assert names == ["担当のいないケース", okayama.caseworker.user.name], "of the city's own people"
    assert str(case.pk) in desk_of(shown, names[0]) and str(kept.pk) not in desk_of(shown, names[0])


def test_what_somebody_else_does_is_on_no_desk_as_overdue(okayama: Programme):
    """An overdue task of Hello Work's navigator, of our own chief without a case, and of somebody from outside."""
    case = okayama.active(DAY, name="分担 花子")
    assign(okayama, case)
    book(okayama.navigator, case, -3)
    held = desk.hold(okayama, [case])
    item = desk.item_of(okayama, held, case)
    late = today() - dt.timedelta(days=4)
    with working_as(okayama.caseworker):
        meeting.record_item(
            item=item,
            version=item.version,
            state=ItemState.DISCUSSED,
            decision="手分けする",
            tasks=[
                meeting.TaskLine("求人をさがす", user=okayama.navigator.user, until_on=late),
                meeting.TaskLine("予算を確かめる", user=okayama.manager.user, until_on=late),
                meeting.TaskLine("履歴書を書く", somebody="本人", until_on=late),
            ],
            by=okayama.caseworker,
            at=now(),
        )
    shown = page(okayama.manager, "today")
    theirs, chiefs = (desk_of(shown, who.user.name) for who in (okayama.caseworker, okayama.manager))
    assert "予算を確かめる" in chiefs and "予算を確かめる" not in theirs
    assert "期限超過 1" in plain(chiefs.split("</summary>")[0])
    # The period of the case and the task of the person are hers; the navigator's task and booking are waited for.
    assert "期限超過 2" in plain(theirs.split("</summary>")[0]) and "返事待ち 2" in plain(theirs.split("</summary>")[0])
    assert f"求人をさがす(4日超過) する人 {okayama.navigator.user.name}" in theirs
    assert f"会う人 {okayama.hello_work.short_name} {okayama.navigator.user.name}" in theirs
    assert "履歴書を書く(4日超過) する人 本人" in theirs
    assert client_of(okayama.manager).get(f"{reverse('case_list')}?worker={okayama.manager.user.pk}").status_code == 200


def test_an_interpreter_sees_the_bookings_of_whom_they_interpret_for(okayama: Programme):
    """Somebody else holds the talk; nothing on the screen is what an interpreter may not do."""
    case, other = okayama.active(DAY, name="通訳 要子"), okayama.active(DAY, name="担当外 太郎")
    interpreter = actor("okayama-interpreter", okayama.office, Role.INTERPRETER)
    with working_as(okayama.caseworker):
        Assignment.objects.create(
            case=case,
            user=interpreter.user,
            organisation=okayama.office,
            duty=Duty.INTERPRETER,
            starts_on=DAY,
            assigned_by=okayama.caseworker.user,
        )
    visits = [book(okayama.navigator, case, days) for days in (0, 2)]
    book(okayama.navigator, other, 3)
    shown = page(interpreter, "today")
    agenda, ahead = shown.split("これから1週間の予約")
    assert "通訳 要子" in agenda and okayama.navigator.user.name in agenda
    assert "通訳 要子" in ahead and "担当外" not in shown
    assert "無断欠席" not in shown and "appointments/new" not in shown and "代理" not in shown
    for visit in visits:
        assert reverse("appointment_detail", kwargs={"pk": visit.pk}) in page(
            interpreter, "appointment_list", f"?on={timezone.localdate(visit.starts_at)}"
        )


def test_groups_are_native_details_with_counts_and_the_coming_week_names_the_worker(okayama: Programme):
    case = okayama.active(DAY, name="予約 花子")
    for days in (1, 2, 3, 4):
        book(okayama.navigator, case, days)
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    shown = page(chief, "today")
    group = re.search(
        r'<details class="panel group"([^>]*)>\s*<summary><h2>これから1週間の予約 4件.*?</details>', shown, re.DOTALL
    )
    assert group is not None and "open" not in group[1], "four lines are folded"
    assert group[0].count(f"担当 {okayama.navigator.user.name}") == 4
    assert "onclick" not in shown


def test_the_managers_screen_asks_the_same_number_of_questions_for_many_cases(okayama: Programme):
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    client = client_of(chief)
    counts = []
    for numbers in ([1], [2, 3, 4]):
        for number in numbers:
            book(okayama.navigator, okayama.active(DAY, name=f"件数 {number}"), -number)
        client.get(reverse("today"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("today"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 60


NO_OTHERS = "ここに名前のない担当者に、急ぎのことはありません"


def book_on(who, case: Case, on: dt.date, hour: int) -> None:
    with working_as(who):
        wanted = contact.NextAppointment(timezone.make_aware(dt.datetime.combine(on, dt.time(hour))), who.user)
        contact.book(case=case, by=who, at=now(), appointment=wanted)


def test_a_list_that_was_cut_is_never_shown_as_complete(okayama: Programme, monkeypatch: pytest.MonkeyPatch):
    for limit in ("DAY_LINES", "LINES", "STAFF_LINES"):
        monkeypatch.setattr(first_screen, limit, 2)
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    for number in (1, 2):
        book_on(okayama.navigator, okayama.active(DAY, name=f"{number} 人目"), today(), number)
    shown, own = plain(page(chief, "today")), plain(page(okayama.navigator, "today"))
    assert "今日の予約 2件 " in shown and NO_OTHERS in shown
    assert "30日以上連絡がない 2人 " in own and "今日の予約 2件 " in own
    book_on(okayama.navigator, okayama.active(DAY, name="3 人目"), today(), 3)
    shown, own = plain(page(chief, "today")), plain(page(okayama.navigator, "today"))
    assert "今日の予約 2件以上 " in shown
    assert NO_OTHERS not in shown and "ここに名前のない担当者にも、することがある場合があります" in shown
    assert "30日以上連絡がない 2人以上 " in own and "今日の予約 2件以上 " in own


def test_a_full_day_does_not_crowd_out_the_week_ahead(okayama: Programme, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first_screen, "DAY_LINES", 2)
    monkeypatch.setattr(first_screen, "LINES", 2)
    case = okayama.active(DAY)
    for days, hour in ((0, 1), (0, 2), (0, 3), (1, 1), (7, 1), (8, 1)):
        book_on(okayama.navigator, case, today() + dt.timedelta(days=days), hour)
    own = plain(page(okayama.navigator, "today"))
    assert "今日の予約 2件以上 " in own and "これから1週間の予約 2件 " in own
    book_on(okayama.navigator, case, today() + dt.timedelta(days=6), 1)
    assert "これから1週間の予約 2件以上 " in plain(page(okayama.navigator, "today"))


def test_those_nobody_spoke_with_for_longest_come_first_and_are_never_cut(okayama: Programme):
    """By silence, not by the start of support."""
    ago = {days: today() - dt.timedelta(days=days) for days in (40, 50, 60, 100, 200, 300, 400)}
    talked, met, silent, lately = (
        okayama.active(ago[start], name=f"{start}日前 の人") for start in (400, 300, 100, 200)
    )
    okayama.interview(talked, ago[60])
    okayama.interview(talked, ago[40])
    book_on(okayama.navigator, met, ago[50], 10)
    with working_as(okayama.navigator):
        visit = Appointment.objects.select_related("case").get(case=met)
        contact.settle_appointment(appointment=visit, status=AppointmentStatus.KEPT, by=okayama.navigator, at=now())
    okayama.interview(lately, today() - dt.timedelta(days=2))
    with working_as(okayama.navigator):
        cases = Case.objects.visible_to(okayama.navigator).in_support()
        found = first_screen.quiet_cases(okayama.navigator, cases, today(), 2)
        assert [(case.pk, days) for case, days in found] == [(silent.pk, 100), (met.pk, 50)] and found.is_cut
        found = first_screen.quiet_cases(okayama.navigator, cases, today(), 3)
        assert [(case.pk, days) for case, days in found][2:] == [(talked.pk, 40)] and not found.is_cut


def counted(programme: Programme) -> MonthlyReport:
    make_plan(programme, 2023, {(None, "supported"): (10, None), (None, "placed"): (4, None)})
    asked = report_actions.request_report(
        agreement=programme.agreement, month=Month(2023, 12), by=None, at=now(), today=dt.date(2024, 1, 5)
    )
    count_report(report_id=str(asked.pk))
    return MonthlyReport.objects.get(pk=asked.pk)


def test_the_months_figures_stand_above(okayama: Programme):
    assert "まだ集計した月がありません" in page(okayama.manager, "today")
    for number in range(2):
        case = okayama.active(DAY, name=f"就職 {number}")
        okayama.place(case, dt.date(2023, 6, 1))
    counted(okayama)
    shown = plain(
        re.search(r'<section class="panel figures".*?</section>', page(okayama.manager, "today"), re.DOTALL)[0]
    )
    assert "令和5年12月末" in shown and "確認待ち" in shown
    assert "支援対象者数 2 / 目標 10(20.0％)" in shown
    assert "就職者数 2 / 目標 4(50.0％)" in shown
    assert "就職率 100.0％" in shown
    assert "このままなら年度末" in shown
    assert "目標と実績" not in page(okayama.navigator, "today"), "a worker's screen is about the worker's cases"


def test_who_may_not_see_exact_figures_gets_closed_and_withheld_ones(okayama: Programme):
    council = actor("council", okayama.city, Role.COUNCIL)
    for number in range(2):
        okayama.place(okayama.active(DAY, name=f"就職 {number}"), dt.date(2023, 6, 1))
    report = counted(okayama)
    assert "支援対象者数" not in page(council, "today"), "not closed yet"
    for who in (okayama.manager, okayama.bureau_manager):
        with working_as(who):
            report_actions.confirm(report=MonthlyReport.objects.get(pk=report.pk), by=who, at=now())
    shown = plain(page(council, "today"))
    assert "支援対象者数" in shown
    assert "支援対象者数 2 /" not in shown and "就職者数 2 /" not in shown


# -- the menu --------------------------------------------------------------------------------------------------------


def test_nobody_has_more_than_seven_entries():
    for role, kind in itertools.product(Role, OrganisationKind):
        assert 1 <= len(entries_for(permissions_of(role, kind))) <= 7, (role, kind)


def test_what_left_the_menu_is_where_it_belongs(okayama: Programme):
    assert reverse("referral_list") in page(okayama.caseworker, "case_list")
    assert reverse("access_log") in page(okayama.manager, "today")
    nav = re.search(r'<nav class="site-nav".*?</nav>', page(okayama.partner_worker, "referral_list"), re.DOTALL)
    assert nav is not None and "つなぎ" in nav[0], "a partner has nothing else"


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


def planned(programme: Programme, case: Case, goal: str, agreed_on: dt.date | None = DAY) -> SupportPlan:
    """A new version by the navigator."""
    with working_as(programme.navigator):
        return plan.make_plan(
            case=case,
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


def test_a_fresh_count_is_asked_about(okayama: Programme):
    counted(okayama)
    shown = plain(page(okayama.manager, "report_request", "?month=2023-12", code="okayama"))
    assert "確認は無効になり" in shown
    without = client_of(okayama.manager).get(reverse("report_request", kwargs={"code": "okayama"}))
    assert without.status_code == 200 and "エラー：" in without.content.decode()


def test_a_lift_is_approved_after_reading_whose_and_why(okayama: Programme):
    case = okayama.open_case(name="隠す 花子")
    release = walls.asked(okayama, case, ReleaseKind.LIFT)
    url = reverse("release_answer", kwargs={"pk": case.pk, "release_pk": release.pk})
    client = logged_in(okayama.manager)
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
        shown = plain(client_of(operator).get(f"{url}?act={act}").content.decode())
        assert user.name in shown and words in shown
    user.refresh_from_db()
    assert user.is_active
    client_of(operator).post(url, {"act": "disable"})
    user.refresh_from_db()
    assert not user.is_active


# -- taken back ------------------------------------------------------------------------------------------------------


def test_a_no_show_is_one_click_and_can_be_taken_back(okayama: Programme):
    case = okayama.active(DAY, name="来た 花子")
    chief = actor("chief", okayama.hello_work, Role.MANAGER)
    booked = book(okayama.navigator, case, -1)
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
    booked = book(okayama.navigator, case, -1)
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
    booked = book(okayama.navigator, case, -1)
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
    missed = book(okayama.navigator, first, 1)
    with working_as(okayama.navigator):
        contact.settle_appointment(appointment=missed, status=AppointmentStatus.NO_SHOW, by=okayama.navigator, at=now())
        wanted = contact.NextAppointment(missed.starts_at, okayama.navigator.user)
        contact.book(case=second, by=okayama.navigator, at=now(), appointment=wanted)
        with pytest.raises(AppointmentTaken):
            booking.undo_no_show(appointment=missed, by=okayama.navigator, at=now())
        assert Appointment.objects.get(pk=missed.pk).status == AppointmentStatus.NO_SHOW


def test_calling_off_asks_for_a_reason(okayama: Programme):
    booked = book(okayama.navigator, okayama.active(DAY), 2)
    url = reverse("appointment_settle", kwargs={"pk": booked.pk})
    assert client_of(okayama.navigator).post(url, {"status": "cancelled"}).status_code == 404


# -- the bar of the case, the other office's fields, what is told afterwards -----------------------------------------


def test_the_identity_bar_is_complete_on_the_pages_of_a_case(okayama: Programme):
    case = okayama.active(DAY, name="帯 花子", kana="オビ ハナコ")
    assign(okayama, case)
    referral = okayama.refer(case, DAY)
    walls.hide(okayama, case)
    pages = [
        ("case_detail", {}),
        ("plan_list", {}),
        ("plan_new", {}),
        ("interview_new", {}),
        ("visibility", {}),
        ("assessment", {}),
        ("case_papers", {}),
        ("referral_detail", {"referral_pk": referral.pk}),
        ("referral_answer", {"referral_pk": referral.pk}),
        ("plan_confirm", {}),
    ]
    for name, more in pages:
        bar = re.search(
            r'<section class="identity".*?</section>', page(okayama.caseworker, name, pk=case.pk, **more), re.DOTALL
        )
        assert bar is not None, name
        text = plain(bar[0])
        for part in (
            "帯 花子",
            "オビ ハナコ",
            "歳",
            f"{okayama.office.short_name} × {okayama.hello_work.short_name}",
            okayama.caseworker.user.name,
            okayama.navigator.user.name,
            "支援中",
            "支援措置",
            "期限: ",
            "支援期間の目安",
            "日超過",
        ):
            assert part in text, (name, part)
    assert 'class="identity"' not in page(
        okayama.partner_worker, "referral_detail", pk=case.pk, referral_pk=referral.pk
    ), "a partner does not see the case"


def bar_of(who, case: Case) -> str:
    bar = re.search(r'<section class="identity".*?</section>', page(who, "visibility", pk=case.pk), re.DOTALL)
    assert bar is not None
    return plain(bar[0])


def test_break_glass_makes_no_partner_of_an_office_and_no_reader_once_it_ran_out(
    okayama: Programme, soja: Programme, monkeypatch: pytest.MonkeyPatch
):
    case = okayama.active(DAY)
    assert "見える範囲: 2機関" in bar_of(okayama.caseworker, case)
    walls.broken(okayama, case, soja.navigator)
    while_open = bar_of(okayama.caseworker, case)
    assert soja.hello_work.short_name not in while_open and "見える範囲: 3機関" in while_open
    # Nobody may write when it ends, so the clock is put on.
    monkeypatch.setattr("cases.querysets.now", lambda: now() + dt.timedelta(minutes=31))
    afterwards = bar_of(okayama.caseworker, case)
    assert f"{okayama.office.short_name} × {okayama.hello_work.short_name} " in afterwards
    assert soja.hello_work.short_name not in afterwards and "見える範囲: 2機関" in afterwards


CITY_WRITES = ("person_edit", "contact_edit", "case_status", "support_request_new", "consent_new", "case_transfer")
HELLO_WORK_WRITES = ("support_request_answer", "pre_consultation_answer")


def test_fields_of_the_other_office_are_marked_and_not_offered(okayama: Programme):
    for name in CITY_WRITES:
        assert not set(MATRIX[name]) & set(NATIONAL), name
    for name in HELLO_WORK_WRITES:
        assert not set(MATRIX[name]) & set(CITY), name
    case = okayama.active(DAY)
    ours, theirs = (page(who, "case_detail", pk=case.pk) for who in (okayama.caseworker, okayama.navigator))
    for name in ("person_edit", "contact_edit", "case_status"):
        url = reverse(name, kwargs={"pk": case.pk})
        assert url in ours and url not in theirs, name
        assert client_of(okayama.navigator).post(url, {"name": "上書き"}).status_code == 403
    assert "福祉事務所記入" in theirs and "ハローワーク記入" in ours


def test_a_message_says_what_was_saved_and_what_comes_next(okayama: Programme):
    case = okayama.open_case(name="知らせ 花子")
    client = client_of(okayama.caseworker)
    note = {"held_at": "2023/5/1 10:00", "method": "visit", "body": "話した", "visibility": Visibility.SHARED}
    answer = client.post(reverse("interview_new", kwargs={"pk": case.pk}), note)
    assert "面談を記録しました" in str(said(answer)[0]) and "経過" in str(said(answer)[0])


BARE = re.compile(r'(?:messages\.success\(\s*request,\s*|done=)f?"[^"]{0,14}しました。"\s*[,)]')


def bare_messages(code: str) -> list[str]:
    """Messages that end where they began; what a field puts in counts as one letter, whatever the field is called."""
    return BARE.findall(re.sub(r"\{[^{}\n]*\}", "人", code))


def test_no_message_is_bare(settings):
    """「保存しました。」 alone tells neither what nor what next."""
    found = []
    for app in ("accounts", "agreements", "cases", "employers", "reports"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            found += [f"{path.name}: {match}" for match in bare_messages(path.read_text())]
    assert found == []


def test_a_name_in_a_message_says_nothing_of_what_comes_next():
    assert bare_messages('messages.success(request, f"{saved.name}を保存しました。")')
    assert bare_messages('messages.success(\n    request, f"{one.person.name}さん({one.number})を保存しました。"\n)')
    assert bare_messages('done=f"{person.name}さんの{kind.label}を消しました。",')
    assert not bare_messages('done=f"{saved.name}を保存しました。次の面談で使えます。",')
