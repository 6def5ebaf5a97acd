"""Notices of a user's own bookings: the mails of the day and the address of the calendar feed, and no person in either."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client, override_settings
from django.urls import reverse
from icalendar import Calendar

from accounts.enums import Role
from accounts.models import AccessSubject
from agreements.models import Site
from cases import todo, weeks
from cases.actions import digest, feed
from cases.enums import NoticeKind
from cases.models import Assignment, CalendarFeed, NoticeSent, NoticeSetting
from cases.todo import lists_for
from core.db import scope
from core.periods import now, today
from tests.clients import client_of
from tests.desk import book
from tests.factories import Programme, actor, at, working_as

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


def test_notices_and_feeds_belong_to_their_user(okayama: Programme):
    with working_as(okayama.navigator):
        feed.renew_feed(user=okayama.navigator.user, at=now())
        NoticeSetting.objects.create(user=okayama.navigator.user, has_morning=False)
        assert CalendarFeed.objects.count() == NoticeSetting.objects.count() == 1
    with working_as(okayama.caseworker):
        assert CalendarFeed.objects.count() == NoticeSetting.objects.count() == 0
    with pytest.raises(DatabaseError, match="no scope"), transaction.atomic():
        list(NoticeSetting.objects.all())
