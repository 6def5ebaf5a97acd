"""The calendar: no double booking, other organisations only as taken times, series, moves, no-shows, mails, feed, slip."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from accounts.enums import Role
from accounts.models import AccessSubject
from accounts.scope import Actor
from agreements.models import Desk, Site
from cases import agenda, slips, todo, weeks
from cases.actions import booking, contact, digest, feed, team
from cases.enums import AppointmentStatus, Duty, NoticeKind
from cases.models import Appointment, AppointmentMove, Assignment, CalendarFeed, NoticeSent, NoticeSetting, WorkerSlot
from cases.todo import lists_for
from core.db import scope
from core.periods import now, today
from tests.factories import Programme, actor, at, working_as

MONDAY = dt.date(2026, 11, 16)  # the Monday after it, 2026-11-23, is 勤労感謝の日


@pytest.fixture
def site(okayama: Programme) -> Site:
    made = Site.objects.create(name="就労支援ルーム", nickname="ルーム", address="架空町1", phone="086-000-0000")
    okayama.agreement.sites.add(made)
    return made


def client_of(who: Actor) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def book(who: Actor, case, starts_at: dt.datetime, **fields):
    with working_as(who):
        wanted = contact.NextAppointment(starts_at, fields.pop("worker", who.user), **fields)
        return contact.book(case=case, by=who, at=now(), appointment=wanted)


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
        for worker, hour, constraint in (
            (okayama.navigator.user, 10, "appointment_once|appointment_worker_free"),
            (okayama.caseworker.user, 10, "appointment_desk_free"),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                Appointment.objects.create(
                    worker=worker, starts_at=at(MONDAY, hour) + dt.timedelta(minutes=30 * (worker != worker)), **common
                )
        Appointment.objects.create(worker=okayama.caseworker.user, starts_at=at(MONDAY, 11), **common)
        with pytest.raises(IntegrityError, match="appointment_desk_has_site"), transaction.atomic():
            Appointment.objects.create(
                worker=okayama.caseworker.user, starts_at=at(MONDAY, 14), **{**common, "site": None}
            )


def test_a_desk_belongs_to_its_site(okayama: Programme, site: Site):
    desk = Desk.objects.create(site=Site.objects.create(name="別の窓口"), name="席")
    case = okayama.active()
    with working_as(okayama.navigator), pytest.raises(IntegrityError), transaction.atomic():
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
    assert "予約あり(他機関)" in text
    assert "相談席1" in text
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
    assert "他機関)</" not in page.content.decode()


def test_slots_are_seen_at_a_shared_counter_and_changed_at_home(okayama: Programme, soja: Programme, site: Site):
    row = slot(okayama.navigator, 0, 9, 12, site)
    with working_as(okayama.caseworker):
        assert WorkerSlot.objects.get() == row
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            WorkerSlot.objects.filter(pk=row.pk).update(note="よそから")
    with working_as(soja.caseworker):
        assert not WorkerSlot.objects.exists()


def test_notices_and_feeds_belong_to_their_user(okayama: Programme):
    with working_as(okayama.navigator):
        feed.renew_feed(user=okayama.navigator.user, at=now())
        NoticeSetting.objects.create(user=okayama.navigator.user, has_morning=False)
        assert CalendarFeed.objects.count() == NoticeSetting.objects.count() == 1
    with working_as(okayama.caseworker):
        assert CalendarFeed.objects.count() == NoticeSetting.objects.count() == 0
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
        list(NoticeSetting.objects.all())


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


# -- mails ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailing(okayama: Programme) -> Programme:
    for who in (okayama.navigator, okayama.caseworker):
        type(who.user).objects.filter(pk=who.user.pk).update(email=f"{who.user.username}@example.invalid")
    return okayama


def send(day: dt.date, kind: NoticeKind = NoticeKind.MORNING) -> None:
    for pk in digest.recipients(day):
        digest.send_notice(user_id=pk, kind=kind, day=day, today=day, at=now())


def test_the_digest_goes_once_and_names_nobody(mailing: Programme):
    case = mailing.active(today() - dt.timedelta(days=20), name="名前 非公開", kana="ナマエ ヒコウカイ")
    morning = dt.datetime.combine(today(), dt.time(), tzinfo=now().tzinfo)
    book(mailing.navigator, case, morning + dt.timedelta(hours=9), note="用件の秘密")
    book(mailing.navigator, case, morning + dt.timedelta(hours=10))
    for _ in range(2):
        send(today())
    assert [message.to for message in mail.outbox] == [["okayama-navi@example.invalid"]]
    text = mail.outbox[0].subject + mail.outbox[0].body
    assert "今日の予約 2件" in text
    for leak in ("名前", "ナマエ", "秘密", case.number):
        assert leak not in text
    with scope(organisations=[], user=mailing.navigator.user.pk):
        assert NoticeSent.objects.count() == 1


def test_nobody_is_written_to_who_does_not_want_it_or_has_nothing(mailing: Programme):
    case = mailing.active(today() - dt.timedelta(days=20))
    tomorrow = weeks.next_workday(today())
    book(mailing.navigator, case, at(tomorrow, 10))
    with working_as(mailing.navigator):
        row = NoticeSetting.objects.create(user=mailing.navigator.user)
    assert (row.has_morning, row.has_reminder) == (True, False), "a new row says what no row says"
    send(tomorrow, NoticeKind.REMINDER)
    assert mail.outbox == []
    with working_as(mailing.navigator):
        NoticeSetting.objects.update(has_reminder=True)
    send(tomorrow, NoticeKind.REMINDER)
    assert len(mail.outbox) == 1
    assert "予約 1件" in mail.outbox[0].body


def test_one_mail_a_day_unless_the_second_is_asked_for(mailing: Programme):
    case = mailing.active(today() - dt.timedelta(days=20))
    book(mailing.navigator, case, at(weeks.next_workday(today()), 10))
    send(weeks.next_workday(today()), NoticeKind.REMINDER)
    assert mail.outbox == []
    book(mailing.navigator, case, now() - dt.timedelta(days=1))
    send(today())
    send(today())
    assert [message.to for message in mail.outbox] == [["okayama-navi@example.invalid"]]


def test_the_digest_counts_what_the_first_screen_lists(mailing: Programme):
    """Several kinds, for the worker the own cases and for the manager everybody's; the same text as the preview."""
    chief = actor("okayama-chief", mailing.hello_work, Role.MANAGER)
    type(chief.user).objects.filter(pk=chief.user.pk).update(email="chief@example.invalid")
    other = actor("okayama-other", mailing.hello_work, Role.NAVIGATOR)
    quiet = mailing.active(today() - dt.timedelta(days=40), name="名前 非公開")
    taken = mailing.active(today() - dt.timedelta(days=40), name="別人 非公開")
    mailing.review(quiet, today() - dt.timedelta(days=3), mailing.caseworker)
    book(mailing.navigator, quiet, now() - dt.timedelta(days=2))
    with working_as(mailing.navigator):
        Assignment.objects.filter(case=taken, user=mailing.navigator.user).update(user=other.user)
    with working_as(mailing.navigator):
        lists = lists_for(mailing.navigator, today())
        assert [len(lists[name]) for name in ("unsettled", "reviews_to_confirm", "no_contact", "no_next")] == [1] * 4
    previews = {who: client_of(who).get(reverse("notice_settings")) for who in (mailing.navigator, chief)}
    send(today())
    texts = {message.to[0]: message.body for message in mail.outbox}
    own, all_of_them = texts["okayama-navi@example.invalid"], texts["chief@example.invalid"]
    for line in ("記録のない予約 1件", "見直しの確認 1件", "連絡のないケース 1件", "次回の予約がないケース 1件"):
        assert line in own
    assert "連絡のないケース 2件" in all_of_them and "すべての担当者の分" in all_of_them
    assert "すべての担当者の分" not in own
    for who, text in ((mailing.navigator, own), (chief, all_of_them)):
        assert previews[who].context["preview"] == text
        assert "非公開" not in text and quiet.number not in previews[who].content.decode()


def test_a_list_that_was_cut_is_not_counted_as_complete(mailing: Programme, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(todo, "LINES", 2)
    for _ in range(3):
        mailing.active(today() - dt.timedelta(days=40))
    send(today())
    body = next(message.body for message in mail.outbox if "navi" in message.to[0])
    assert "連絡のないケース 2件以上" in body


def test_the_preview_reads_nobodys_record(mailing: Programme):
    mailing.active(today() - dt.timedelta(days=40))
    client, reviewer = client_of(mailing.navigator), actor("okayama-chief", mailing.hello_work, Role.MANAGER)

    def read() -> int:
        with working_as(reviewer):
            return AccessSubject.objects.count()

    before = read()
    assert "連絡のないケース 1件" in client.get(reverse("notice_settings")).content.decode()
    assert read() == before
    client.get(reverse("today"))
    assert read() > before


def test_who_writes_no_records_is_told_that_no_mail_comes(mailing: Programme):
    interpreter = actor("okayama-interpreter", mailing.office, Role.INTERPRETER)
    assert "いまの役割には送りません" in client_of(interpreter).get(reverse("notice_settings")).content.decode()
    shown = client_of(mailing.caseworker).get(reverse("notice_settings")).content.decode()
    assert "いまは待っていることがない" in shown and "実際には送られません" not in shown
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        shown = client_of(mailing.caseworker).get(reverse("notice_settings")).content.decode()
    assert "実際には送られません" in shown


def test_a_mail_server_that_is_away_loses_nothing(mailing: Programme):
    case = mailing.active(today() - dt.timedelta(days=20))
    book(mailing.navigator, case, now() - dt.timedelta(days=1))
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
    ):
        send(today())
    assert mail.outbox == []
    send(today())
    assert len(mail.outbox) == 1
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
        assert not digest.is_mail_configured()


# -- feed ----------------------------------------------------------------------------------------------------------


def test_the_feed_shows_times_and_no_person(okayama: Programme, site: Site):
    case = okayama.active(today() - dt.timedelta(days=20), name="名前 非公開", kana="ナマエ ヒコウカイ")
    starts_at = at(today() + dt.timedelta(days=3), 10)
    made = book(okayama.navigator, case, starts_at, site=site, note="秘密", bring="秘密の物", place="秘密の場所")
    page = client_of(okayama.navigator).post(reverse("notice_settings"), {"act": "renew"})
    address = page.context["address"]
    path = address.removeprefix("http://testserver")
    answer = Client().get(path)
    text = answer.content.decode()
    for leak in ("名前", "ナマエ", "秘密", str(made.pk), str(case.pk), case.number, "さん"):
        assert leak not in text
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (str(event["summary"]), str(event["location"])) == ("予約(来所)", "ルーム")
    assert event["dtstart"].dt == starts_at
    assert event["dtend"].dt == starts_at + dt.timedelta(hours=1)
    with working_as(okayama.navigator):
        assert path.split("/")[-1].removesuffix(".ics") not in CalendarFeed.objects.get().token_digest
    second = client_of(okayama.navigator).post(reverse("notice_settings"), {"act": "renew"}).context["address"]
    assert Client().get(path).status_code == 404
    assert Client().get(second.removeprefix("http://testserver")).status_code == 200
    client_of(okayama.navigator).post(reverse("notice_settings"), {"act": "end"})
    assert Client().get(second.removeprefix("http://testserver")).status_code == 404
    assert Client().get("/calendar/guess.ics").status_code == 404


def test_the_feed_ends_with_the_work(okayama: Programme):
    with working_as(okayama.navigator):
        token = feed.renew_feed(user=okayama.navigator.user, at=now())
    url = reverse("calendar_feed", kwargs={"token": token})
    assert Client().get(url).status_code == 200
    type(okayama.navigator.user).objects.filter(pk=okayama.navigator.user.pk).update(is_active=False)
    assert Client().get(url).status_code == 404


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
