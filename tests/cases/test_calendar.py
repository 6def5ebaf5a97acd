"""The calendar: no double booking, other organisations only as taken times, series, moves, no-shows, slip."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from accounts.enums import Role
from accounts.scope import Actor
from agreements.models import Desk, Site
from cases import agenda, slips, weeks
from cases.actions import booking, contact, team
from cases.enums import AppointmentStatus, Duty
from cases.models import Appointment, AppointmentMove, WorkerSlot
from core.periods import now, today
from tests.clients import client_of
from tests.desk import book
from tests.factories import Programme, actor, at, working_as

MONDAY = dt.date(2026, 11, 16)  # the Monday after it, 2026-11-23, is 勤労感謝の日


def slot(who: Actor, weekday: int, start: int, end: int, site: Site | None = None) -> WorkerSlot:
    with working_as(who):
        return WorkerSlot.objects.create(
            worker=who.user,
            organisation=who.organisation,
            site=site,
            weekday=weekday,
            start_time=dt.time(start),
            end_time=dt.time(end),
            valid_from=dt.date(2020, 4, 1),
        )


# -- no double booking ---------------------------------------------------------------------------------------------


def test_a_worker_is_booked_once_and_the_neighbouring_hour_passes(okayama: Programme):
    first, second = okayama.active(), okayama.active(name="別の 人", kana="ベツノ ヒト")
    book(okayama.navigator, first, at(MONDAY, 10))
    with pytest.raises(contact.AppointmentTaken, match=r"11/16\(月\) 10:00〜11:00\(会う人の予約\)"):
        book(okayama.navigator, second, at(MONDAY, 10) + dt.timedelta(minutes=59))
    book(okayama.navigator, second, at(MONDAY, 11))
    book(okayama.navigator, second, at(MONDAY, 9))


def test_the_database_refuses_what_the_sentence_missed(okayama: Programme, site: Site):
    desk = Desk.objects.create(site=site, name="相談席1")
    case = okayama.active()
    with working_as(okayama.navigator):
        common = {
            "case": case,
            "organisation": okayama.hello_work,
            "created_by": okayama.navigator.user,
            "site": site,
            "desk": desk,
        }
        Appointment.objects.create(worker=okayama.navigator.user, starts_at=at(MONDAY, 10), **common)
        half_past = at(MONDAY, 10) + dt.timedelta(minutes=30)
        for worker, starts_at, at_desk, constraint in (
            (okayama.navigator.user, half_past, None, "appointment_worker_free"),
            (okayama.caseworker.user, half_past, desk, "appointment_desk_free"),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                Appointment.objects.create(worker=worker, starts_at=starts_at, **{**common, "desk": at_desk})
        Appointment.objects.create(worker=okayama.caseworker.user, starts_at=at(MONDAY, 11), **common)
        with pytest.raises(IntegrityError, match="appointment_desk_has_site"), transaction.atomic():
            Appointment.objects.create(
                worker=okayama.caseworker.user, starts_at=at(MONDAY, 14), **{**common, "site": None}
            )


def test_a_desk_belongs_to_its_site(okayama: Programme, site: Site):
    desk = Desk.objects.create(site=Site.objects.create(name="別の窓口"), name="席")
    case = okayama.active()
    with (
        working_as(okayama.navigator),
        pytest.raises(IntegrityError, match="appointment_desk_id_same_site"),
        transaction.atomic(),
    ):
        Appointment.objects.create(
            case=case,
            organisation=okayama.hello_work,
            created_by=okayama.navigator.user,
            worker=okayama.navigator.user,
            starts_at=at(MONDAY, 10),
            site=site,
            desk=desk,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_seminar_takes_several_people_and_a_cancelled_talk_frees_its_hour(okayama: Programme):
    people = [okayama.active(name=f"{number} 人目") for number in range(3)]
    for case in people[:2]:
        book(okayama.navigator, case, at(MONDAY, 10), is_group=True)
    alone = book(okayama.navigator, people[2], at(MONDAY, 13))
    with working_as(okayama.navigator):
        contact.settle_appointment(
            appointment=alone, status=AppointmentStatus.CANCELLED, by=okayama.navigator, at=now(), note="都合"
        )
    book(okayama.navigator, people[0], at(MONDAY, 13))


# -- the wall ------------------------------------------------------------------------------------------------------


def test_others_bookings_at_the_site_are_taken_times_and_nothing_else(okayama: Programme, site: Site):
    """The city's case without a request is invisible to Hello Work; its desk is not free all the same."""
    desk = Desk.objects.create(site=site, name="相談席1")
    secret = okayama.open_case(name="秘匿 太郎", kana="ヒトク タロウ")
    book(okayama.caseworker, secret, at(MONDAY, 10), site=site, desk=desk, place="ひみつの場所", note="ひみつの用件")
    page = client_of(okayama.navigator).get(
        reverse("appointment_list"), {"of": f"s{site.pk}", "on": MONDAY.isoformat()}
    )
    text = page.content.decode()
    assert '<strong>10:00〜11:00</strong> 予約あり(他機関) <span class="hint">相談席1</span>' in text
    for leak in ("秘匿", "ヒトク", "ひみつ", okayama.caseworker.user.name, str(secret.pk), secret.number):
        assert leak not in text
    own = client_of(okayama.caseworker).get(
        reverse("appointment_list"), {"of": f"s{site.pk}", "on": MONDAY.isoformat()}
    )
    assert "秘匿 太郎" in own.content.decode()
    mine = okayama.active()
    with pytest.raises(contact.AppointmentTaken) as error:
        book(okayama.navigator, mine, at(MONDAY, 10), site=site, desk=desk)
    assert "10:00〜11:00(席の予約)" in str(error.value)
    assert "秘匿" not in str(error.value)


def test_taken_times_are_told_only_to_those_who_serve_the_site(okayama: Programme, soja: Programme, site: Site):
    book(okayama.caseworker, okayama.open_case(), at(MONDAY, 10), site=site)
    ask = {
        "sites": [site.pk],
        "workers": [okayama.caseworker.user.pk],
        "first": at(MONDAY, 0),
        "until": at(MONDAY, 23),
    }
    with working_as(soja.caseworker):
        assert agenda.hidden_bookings(**ask) == []
    with working_as(okayama.navigator):
        assert [row.starts_at for row in agenda.hidden_bookings(**ask)] == [at(MONDAY, 10)]
    with working_as(okayama.caseworker):  # sees the booking itself, so it is not hidden
        assert agenda.hidden_bookings(**ask) == []
    page = client_of(soja.caseworker).get(reverse("appointment_list"), {"of": f"s{site.pk}", "on": str(MONDAY)})
    assert page.status_code == 200 and "booking-hidden" not in page.content.decode()


def test_slots_are_seen_at_a_shared_counter_and_changed_at_home(okayama: Programme, soja: Programme, site: Site):
    row = slot(okayama.navigator, 0, 9, 12, site)
    with working_as(okayama.caseworker):
        assert WorkerSlot.objects.get() == row
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            WorkerSlot.objects.filter(pk=row.pk).update(note="よそから")
    with working_as(soja.caseworker):
        assert not WorkerSlot.objects.exists()


# -- weeks ---------------------------------------------------------------------------------------------------------


def test_a_week_names_holidays_and_shows_the_weekend_only_when_used():
    days = [dt.date(2026, 11, 23) + dt.timedelta(days=number) for number in range(7)]
    empty = weeks.lay_out(days, [], [], today=dt.date(2026, 11, 24))
    assert [(day.on.day, day.holiday, day.is_today) for day in empty.days] == [
        (23, "勤労感謝の日", False),
        (24, "", True),
        (25, "", False),
        (26, "", False),
        (27, "", False),
    ]
    assert [row.hour for row in empty.rows] == list(range(9, 17))
    used = weeks.lay_out(days, [weeks.Entry(at(dt.date(2026, 11, 28), 19), 30)], [], today=days[0])
    assert [day.on.day for day in used.days] == [23, 24, 25, 26, 27, 28]
    assert used.rows[-1].hour == 19
    assert [len(cell.entries) for cell in used.rows[-1].cells] == [0, 0, 0, 0, 0, 1]


def test_free_times_lie_in_slots_and_leave_out_holidays_and_bookings(okayama: Programme):
    rows = [slot(okayama.navigator, 0, 9, 12), slot(okayama.navigator, 2, 13, 15)]
    taken = [(at(MONDAY, 9), at(MONDAY, 10))]
    found = weeks.free_times(rows, taken, after=at(MONDAY - dt.timedelta(days=1)), days=16, minutes=60, limit=5)
    assert [start for start, _slot in found] == [
        at(MONDAY, 10),
        at(MONDAY, 11),
        at(dt.date(2026, 11, 18), 13),
        at(dt.date(2026, 11, 18), 14),
        at(dt.date(2026, 11, 25), 13),
    ]
    assert weeks.within_slots(rows, at(MONDAY, 11), 60)
    assert not weeks.within_slots(rows, at(MONDAY, 11), 61)


def test_the_form_books_a_free_time_and_only_warns_outside(okayama: Programme, site: Site):
    case = okayama.active()
    for weekday in range(5):
        slot(okayama.navigator, weekday, 9, 11, site)
    client = client_of(okayama.navigator)
    url = reverse("appointment_new", kwargs={"pk": case.pk})
    form = client.get(url).context["form"]
    assert len(form.fields["suggestion"].choices) == 6
    value = form.fields["suggestion"].choices[0][0]
    data = {"worker": okayama.navigator.user.pk, "method": "visit", "minutes": "60"}
    assert client.post(url, {**data, "suggestion": value}).status_code == 302
    with working_as(okayama.navigator):
        made = Appointment.objects.get()
        assert (made.site, f"{made.starts_at.astimezone():%M}") == (site, "00")
    again = client.post(url, {**data, "suggestion": value})
    assert "いまは空いていません" in again.content.decode()
    day = weeks.next_workday(today() + dt.timedelta(days=60))
    late = client.post(url, {**data, "starts_at": f"{day:%Y/%m/%d} 17:00"}, follow=True)
    assert "窓口にいる時間の外です" in late.content.decode()
    past = client.post(url, {**data, "starts_at": "2020/1/6 10:00"})
    assert "これからの日時" in past.content.decode()


# -- series, moves, no-shows ---------------------------------------------------------------------------------------


def test_a_series_skips_holidays(okayama: Programme):
    case = okayama.active()
    with working_as(okayama.navigator):
        series = booking.book_series(
            case=case,
            by=okayama.navigator,
            at=now(),
            appointment=contact.NextAppointment(at(MONDAY, 10), okayama.navigator.user),
            every_weeks=1,
            count=4,
        )
        assert [row.starts_at for row in series.made] == [
            at(MONDAY, 10),
            at(dt.date(2026, 11, 30), 10),
            at(dt.date(2026, 12, 7), 10),
        ]
    assert series.skipped == [dt.date(2026, 11, 23)]


def test_a_series_is_all_or_nothing_and_names_every_clash(okayama: Programme):
    first, second = okayama.active(), okayama.active(name="別の 人", kana="ベツノ ヒト")
    for day in (dt.date(2026, 11, 30), dt.date(2026, 12, 14)):
        book(okayama.navigator, first, at(day, 10))
    with working_as(okayama.navigator):
        with pytest.raises(contact.AppointmentTaken, match=r"11/30.*12/14"):
            booking.book_series(
                case=second,
                by=okayama.navigator,
                at=now(),
                appointment=contact.NextAppointment(at(MONDAY, 10), okayama.navigator.user),
                every_weeks=2,
                count=3,
            )
        assert not Appointment.objects.filter(case=second).exists()


def test_a_moved_booking_keeps_where_it_was(okayama: Programme):
    case = okayama.active()
    made = book(okayama.navigator, case, at(MONDAY, 10))
    to = contact.NextAppointment(at(MONDAY, 10) + dt.timedelta(minutes=30), okayama.navigator.user, bring="写真")
    with working_as(okayama.navigator):
        booking.move_appointment(appointment=made, by=okayama.navigator, at=now(), to=to, reason="通院")
        move = AppointmentMove.objects.get()
        assert (move.from_starts_at, move.to_starts_at, move.reason) == (at(MONDAY, 10), to.starts_at, "通院")
        assert Appointment.objects.get().bring == "写真"
        with pytest.raises(booking.AppointmentSettled):  # the screen still showed the old time
            booking.move_appointment(
                appointment=made,
                by=okayama.navigator,
                at=now(),
                to=contact.NextAppointment(at(MONDAY, 15), okayama.navigator.user),
                reason="",
            )
    for statement in ("UPDATE cases_appointmentmove SET reason = ''", "DELETE FROM cases_appointmentmove"):
        with (
            working_as(okayama.navigator),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_no_show_rings_both_sides_until_somebody_acts(okayama: Programme):
    case = okayama.active(dt.date(2026, 5, 1))
    stranger = actor("okayama-cw9", okayama.office, Role.CASEWORKER)
    with working_as(okayama.caseworker):
        team.assign(
            case=case,
            user=okayama.caseworker.user,
            organisation=okayama.office,
            duty=Duty.CASEWORKER,
            on=dt.date(2026, 5, 1),
            by=okayama.caseworker,
            at=now(),
        )

    def rings(who: Actor) -> bool:
        return "連絡をとりましょう" in client_of(who).get(reverse("today")).content.decode()

    def miss(days: int) -> Appointment:
        made = book(okayama.navigator, case, now() - dt.timedelta(days=days))
        client_of(okayama.navigator).post(
            reverse("appointment_settle", kwargs={"pk": made.pk}), {"status": "no_show", "from": "booking"}
        )
        return made

    assert not rings(okayama.caseworker)
    missed = miss(30)
    assert (rings(okayama.caseworker), rings(okayama.navigator), rings(stranger)) == (True, True, False)
    url = reverse("appointment_followed_up", kwargs={"pk": missed.pk})
    assert client_of(okayama.caseworker).post(url, {"from": "today"})["Location"] == "/"
    assert (rings(okayama.caseworker), rings(okayama.navigator)) == (False, False)
    again = client_of(okayama.caseworker).post(url, {"from": "today"}, follow=True)
    assert "すでに対応済み" in again.content.decode()
    miss(3)
    assert rings(okayama.caseworker)
    book(okayama.navigator, case, now() + dt.timedelta(days=3))
    assert not rings(okayama.caseworker)


# -- slip ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "expected"), [("", False), ("ポルトガル語", True)])
def test_the_slip_says_when_and_where_and_no_benefit(okayama: Programme, site: Site, language, expected):
    case = okayama.active(language=language, name="マリア・シルバ", kana="マリア シルバ")
    made = book(okayama.navigator, case, at(MONDAY, 13), site=site, bring="履歴書、在留カード", note="生活保護の相談")
    answer = client_of(okayama.navigator).get(reverse("appointment_slip", kwargs={"pk": made.pk}))
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert len(pages) == 1
    assert round(float(pages[0].mediabox.width) / 72 * 25.4) == 148
    for word in ("令和8年11月16日(月曜日)", "午後1時", "就労支援ルーム", "086-000-0000", "履歴書", "マリア・シルバ"):
        assert word in text
    for leak in ("生活保護", "相談の", case.number):
        assert leak not in text
    assert ("segunda-feira" in text) is expected
    assert ("cartão de residência" in text) is expected


def test_a_slip_on_a4_with_long_words_stays_on_one_page(okayama: Programme, site: Site):
    case = okayama.active()
    made = book(okayama.navigator, case, at(MONDAY, 12), site=site, place="場所" * 40, bring="持ち物" * 30)
    with working_as(okayama.navigator):
        slip = slips.slip_of(made, language="pt", size="a4")
    pages = PdfReader(io.BytesIO(slips.pdf(slip))).pages
    assert (len(pages), round(float(pages[0].mediabox.width) / 72 * 25.4)) == (1, 210)


# -- the number of questions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["", "site", "all"])
def test_a_week_asks_the_same_for_1_and_3_bookings(okayama: Programme, site: Site, of):
    client, counts = client_of(okayama.navigator), []
    query = {"of": f"s{site.pk}" if of == "site" else of, "on": MONDAY.isoformat()}
    for hours in ([9], [10, 11]):
        for hour in hours:
            case = okayama.active(name=f"{hour} 人目")
            book(okayama.navigator, case, at(MONDAY, hour), site=site)
            book(okayama.caseworker, okayama.open_case(), at(MONDAY, hour), site=site)
            slot(okayama.navigator, 0, hour, hour + 1, site)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(reverse("appointment_list"), query)
        assert page.content.decode().count("人目") == 2 * len(counts) * 2 + 2
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_desks_are_managed_on_the_site(okayama: Programme, site: Site):
    client = client_of(okayama.manager)
    url = reverse("site_desks", kwargs={"code": "okayama", "pk": site.pk})
    assert client.post(url, {"name": "相談席1"}).status_code == 302
    assert "すでにあります" in client.post(url, {"name": "相談席1"}).content.decode()
    desk = Desk.objects.get()
    client.post(url, {"desk": desk.pk, "act": "disable"})
    assert not Desk.objects.get().is_active
    page = client_of(okayama.navigator).get(reverse("appointment_new", kwargs={"pk": okayama.active().pk}))
    assert "相談席1" not in page.content.decode()
