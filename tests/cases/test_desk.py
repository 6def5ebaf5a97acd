"""The first screen and the acts on it: grouped by worker, asked before, taken back, told afterwards (D29–D37)."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind, Role, permissions_of
from accounts.models import Membership
from accounts.navigation import entries_for
from cases import todo as first_screen
from cases.actions import contact, meeting, team
from cases.enums import AppointmentStatus, Duty, ItemState, Visibility
from cases.models import Appointment, Assignment, Case
from core.periods import Month, now, today
from reports import actions as report_actions
from reports.models import MonthlyReport
from reports.tasks import count_report
from tests import desk, walls
from tests.clients import client_of, page
from tests.desk import book_in
from tests.factories import Programme, actor, make_plan, working_as

DAY = dt.date(2023, 4, 10)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


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
    book_in(okayama.navigator, late, -3)
    with working_as(okayama.navigator):
        Assignment.objects.filter(case=missed, user=okayama.navigator.user).update(user=other.user)
    skipped = book_in(other, missed, -2)
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
    book_in(okayama.navigator, case, -3)
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
    assert "無断欠席" not in theirs and "記録を書く" not in theirs, "it is the other office's to say"
    assert "履歴書を書く(4日超過) する人 本人" in theirs
    assert client_of(okayama.manager).get(f"{reverse('case_list')}?worker={okayama.manager.user.pk}").status_code == 200


def test_what_a_colleague_who_left_did_not_do_is_overdue_and_not_waited_for(okayama: Programme):
    case = okayama.active(DAY, name="後任 花子")
    assign(okayama, case)
    former = desk.colleague(okayama, role=Role.CASEWORKER)
    book_in(former, case, -3)
    Membership.objects.filter(user=former.user).update(valid_to=today() - dt.timedelta(days=1))
    theirs = desk_of(page(okayama.manager, "today"), okayama.caseworker.user.name)
    assert "会う人" not in theirs and "返事待ち" not in plain(theirs.split("</summary>")[0])


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
    visits = [book_in(okayama.navigator, case, days) for days in (0, 2)]
    book_in(okayama.navigator, other, 3)
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
        book_in(okayama.navigator, case, days)
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
            book_in(okayama.navigator, okayama.active(DAY, name=f"件数 {number}"), -number)
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
