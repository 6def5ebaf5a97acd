"""The table of fields and roles, walked: a canary in every field, every page, file, calendar, mail and log line of every role."""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core import mail
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from accounts.enums import Role
from accounts.scope import Actor
from cases.actions import booking, circumstance, contact, digest, emergency, feed, merge, moves, not_same, sharing, work
from cases.enums import (
    AppointmentStatus,
    CloseReason,
    ConsentMethod,
    ContactMethod,
    Duty,
    EmergencyVerdict,
    FieldGroup,
    NoticeKind,
    OddVerdict,
    RetentionState,
    Visibility,
)
from cases.models import (
    Assignment,
    Attachment,
    Case,
    EmergencyAccess,
    OddReading,
    RetentionCheck,
    SupportRequest,
    WorkerSlot,
)
from config.redact import RedactFilter
from core.periods import Month, now, today
from reports import actions as report_actions
from reports.tasks import count_report
from tests import walls
from tests.access.beside import plant_beside
from tests.access.worlds import assign_interpreter, client_of, neighbours
from tests.crawler import Crawler, Page, readable
from tests.factories import Programme, actor, at, working_as
from tests.field_table import EVERYBODY, HELLO_WORK, NOT_SHOWN, TABLE
from tests.test_access import everyone, odd_reading

DAY = dt.date(2023, 4, 10)
PAPERS = (".pdf", "/slip/")
PHONES = ("PersonContact.phone", "PersonContact.phone:suppressed")
WHEREABOUTS = ("postal_code", "address", "phone", "email", "contact_note", "school", "route", "family")


def canary(name: str) -> str:
    """A text that stands nowhere else, in the shape of its field."""
    number = list(TABLE).index(name)
    kind = name.partition(":")[0].rpartition(".")[2]
    shapes = {
        "name_kana": f"カナリヤ{''.join('アイウエオカキクケコ'[int(digit)] for digit in f'{number:03}')}",
        "postal_code": f"987-7{number:03}",
        "phone": f"086-987-7{number:03}",
        "email": f"canary{number:03}@example.jp",
    }
    return shapes.get(kind, f"金糸雀{number:03}番")


CANARIES = {name: canary(name) for name in TABLE}


def where(suffix: str = "") -> dict[str, str]:
    return {name: CANARIES[f"PersonContact.{name}{suffix}"] for name in WHEREABOUTS}


def plant(programme: Programme) -> list[str]:
    """One record of everything that has words, with a canary in each field; gives where they are shown first."""
    case = programme.active(DAY, contact=where())
    hidden = programme.active(DAY, name="隠す 人", kana="カクス ヒト", contact=where(":suppressed"))
    closed = programme.active(DAY, name="終えた 人", kana="オエタ ヒト")
    _entry, odd = odd_reading(programme, case)
    release = walls.asked(programme, hidden)
    city, navigator = programme.caseworker, programme.navigator
    _notes(programme, case)
    _work(programme, case)
    _bookings(programme, case)
    _people(programme)
    _ended(programme, case)
    plant_beside(programme, case, CANARIES)
    with working_as(navigator):
        moves.suspend_case(case=closed, by=navigator, at=at(DAY), reason=CANARIES["CaseTransition.note"])
        moves.close_case(
            case=Case.objects.get(pk=closed.pk),
            by=navigator,
            at=at(DAY),
            closed_on=DAY,
            reason=CloseReason.OTHER,
            note=CANARIES["Case.close_note"],
        )
    for visibility, name in (("shared", "Attachment.name"), ("own", "Attachment.name:own")):
        programme.attach(case, name=CANARIES[name], visibility=Visibility(visibility))
    taken = programme.attach(case)
    with working_as(navigator):
        Attachment.objects.filter(pk=taken.pk).update(
            removed_at=now(), removed_by=navigator.user, removal_reason=CANARIES["Attachment.removal_reason"]
        )
    with working_as(city):
        withdrawn = sharing.record_consent(
            case=case,
            by=city,
            recipients=[programme.hello_work],
            purpose="前の同意",
            method=ConsentMethod.PAPER,
            given_on=DAY,
        )
        type(withdrawn).objects.filter(pk=withdrawn.pk).update(
            withdrawn_at=now(), withdrawn_by=city.user, withdrawal_note=CANARIES["Consent.withdrawal_note"]
        )
    access = walls.broken(programme, closed)
    with working_as(programme.manager):
        emergency.review_emergency(
            access=access,
            by=programme.manager,
            at=now(),
            verdict=EmergencyVerdict.APPROPRIATE,
            note=CANARIES["EmergencyAccess.review_note"],
        )
        EmergencyAccess.objects.filter(pk=access.pk).update(
            reason=f"{CANARIES['EmergencyAccess.reason']}のための閲覧です"
        )
    report = report_actions.request_report(
        agreement=programme.agreement, month=Month(2023, 12), by=None, at=now(), today=dt.date(2024, 1, 5)
    )
    count_report(report_id=str(report.pk))
    report.refresh_from_db()
    with working_as(programme.manager):
        text = CANARIES["ReportComment.text"]
        report_actions.comment(report=report, by=programme.manager, at=now(), text=text)
    for who in (programme.manager, programme.bureau_manager):
        with working_as(who):
            report_actions.confirm(report=report, by=who, at=now())
    with working_as(programme.manager):
        OddReading.objects.filter(pk=odd).update(
            found=CANARIES["OddReading.found"],
            note=CANARIES["OddReading.note"],
            verdict=OddVerdict.values[0],
            reviewed_at=now(),
            reviewed_by=programme.manager.user,
        )
    _columns(programme, case, release.pk)
    with working_as(programme.caseworker):
        notes = [*case.interviews.all()]
    with working_as(navigator):
        notes += [*case.interviews.filter(organisation=programme.hello_work)]
    return [
        *(reverse("case_detail", kwargs={"pk": each.pk}) for each in (case, hidden, closed)),
        *(reverse("interview_edit", kwargs={"pk": case.pk, "interview_pk": note.pk}) for note in notes),
        reverse("odd_reading_review", kwargs={"pk": odd}),
        reverse("suppression", kwargs={"pk": hidden.pk}),
    ]


def _notes(programme: Programme, case: Case) -> None:
    city, navigator = programme.caseworker, programme.navigator
    notes: tuple[tuple[Actor, str, dict[str, str]], ...] = (
        (navigator, "shared", {"homework": CANARIES["Interview.homework"]}),
        (navigator, "own", {"visibility": "own"}),
        (navigator, "team", {"visibility": "team"}),
        (city, "own of the city", {"visibility": "own"}),
        (city, "health", {"field_group": "health"}),
        (city, "finance", {"field_group": "finance"}),
        (city, "family", {"field_group": "family"}),
    )
    for days, (who, name, fields) in enumerate(notes):
        more = {"other_participants": CANARIES["Interview.other_participants"]} if name == "shared" else {}
        body = CANARIES[f"Interview.body:{name}"]
        programme.interview(case, DAY + dt.timedelta(days=days), who, body=body, **fields, **more)
    with working_as(city):
        fields = {"held_at": at(DAY), "method": "visit", "body": "近所で見かけた"}
        contact.log_interview(case=case, by=city, at=at(DAY), fields=fields, source=CANARIES["NoteSource.name"])
        for group in FieldGroup:
            body = CANARIES[f"Circumstance.body:{group.value}"]
            circumstance.write_circumstance(case=case, group=group, body=body, version=0, by=city, at=now())


def _work(programme: Programme, case: Case) -> None:
    navigator = programme.navigator
    programme.introduce(case, dt.date(2023, 5, 1))
    placement = programme.place(case, dt.date(2023, 6, 1))
    with working_as(navigator):
        check = RetentionCheck.objects.get(placement=placement, month_mark=1)
        work.check_retention(
            check=check,
            by=navigator,
            at=now(),
            state=RetentionState.EMPLOYED,
            on=dt.date(2023, 7, 1),
            method=ContactMethod.PHONE,
            note=CANARIES["RetentionCheck.note"],
        )
        reason = CANARIES["Placement.separation_reason"]
        work.separate(placement=placement, by=navigator, at=now(), on=dt.date(2023, 9, 1), reason=reason)


def _bookings(programme: Programme, case: Case) -> None:
    navigator = programme.navigator
    with working_as(navigator):
        missed, coming = (
            contact.book(
                case=case,
                by=navigator,
                at=now(),
                appointment=contact.NextAppointment(now() + dt.timedelta(days=days), navigator.user),
            )
            for days in (-3, 2)
        )
        note = CANARIES["Appointment.status_note"]
        contact.settle_appointment(
            appointment=missed, status=AppointmentStatus.NO_SHOW, by=navigator, at=now(), note=note
        )
        words = {name: CANARIES[f"Appointment.{name}"] for name in ("place", "bring", "note")}
        later = contact.NextAppointment(now() + dt.timedelta(days=3), navigator.user, **words)
        reason = CANARIES["AppointmentMove.reason"]
        booking.move_appointment(appointment=coming, by=navigator, at=now(), to=later, reason=reason)
    with working_as(programme.caseworker):
        WorkerSlot.objects.create(
            worker=programme.caseworker.user,
            organisation=programme.office,
            weekday=2,
            start_time=dt.time(9),
            end_time=dt.time(12),
            valid_from=DAY,
            note=CANARIES["WorkerSlot.note"],
        )


def _people(programme: Programme) -> None:
    kept, merged = (programme.open_case(name=name, kana="フタゴ アリス") for name in ("双子 有栖", "雙子 有栖"))
    with working_as(programme.caseworker):
        type(merged.person).objects.filter(pk=merged.person_id).update(name=CANARIES["PersonMerge.merged_values"])
        merged.person.refresh_from_db()
        merge.merge_persons(
            kept=kept.person,
            merged=merged.person,
            taken=frozenset(),
            note=CANARIES["PersonMerge.note"],
            agreed_readers=frozenset(),
            by=programme.caseworker,
            at=now(),
        )
    stranger = programme.open_case(name="双子 有栖", kana="フタゴ アリス")
    with working_as(programme.caseworker):
        not_same.say_not_same(
            one=kept.person, other=stranger.person, note=CANARIES["NotSame.note"], by=programme.caseworker, at=now()
        )


def _ended(programme: Programme, case: Case) -> None:
    """Somebody who was in charge of the case for three days."""
    with working_as(programme.caseworker):
        Assignment.objects.create(
            case=case,
            user=programme.caseworker.user,
            organisation=programme.office,
            duty=Duty.values[0],
            starts_on=DAY,
            ends_on=DAY + dt.timedelta(days=3),
            reason=CANARIES["Assignment.reason"],
            end_reason=CANARIES["Assignment.end_reason"],
            assigned_by=programme.caseworker.user,
        )


def _columns(programme: Programme, case: Case, release: Any) -> None:
    """Fields that are simply overwritten; the filter keeps to one row of one case."""
    rows = {
        "Person": {"pk": case.person_id},
        "Case": {"pk": case.pk},
        "Suppression": {},
        "Release": {"pk": release},
        "Consent": {"case": case, "withdrawn_at__isnull": True},
    }
    plain = (
        "Person.name", "Person.name_kana", "Person.birth_note", "Person.language", "Case.intake_note",
        "Consent.purpose", "PlanMenu.content", "SupportPlan.goal", "SupportPlan.issues", "Suppression.reason",
        "Release.reason", "SupportRequest.message",
        "SupportRequest.answer_note", "SupportRequest.offered_instead", "Introduction.job_title",
        "Introduction.result_reason", "Placement.job_title",
    )  # fmt: skip
    with programme.everybody():
        for name in plain:
            model, _dot, column = name.partition(".")
            query = apps.get_model("cases", model).objects.filter(**rows.get(model, {"case": case}))
            assert query.update(**{column: CANARIES[name]}) > 0, name


@dataclass
class Finder(Crawler):
    """A crawler that keeps which canaries stood in a form of the reader's.

    Quick: it sends one form to each view, and takes one paper of each kind, because making one takes a second.
    """

    typed: set[str] = field(default_factory=set)
    printed: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    papers: dict[str, str] = field(default_factory=dict)

    def _look(self, answer: HttpResponse, what: str, url: str, allowed: tuple[int, ...] = ()) -> Page | None:
        page = super()._look(answer, what, url, allowed)
        if answer.get("Content-Type", "") == "application/pdf":
            text = readable(answer)
            self.printed |= {word for word in self.personal if word in text}
        for form in page.forms if page else []:
            self.typed |= {word for word in self.personal for _name, value in form.fields if word in value}
        return page

    def _enough(self, method: str, url: str, names: list[str]) -> bool:
        path = urlsplit(url).path
        is_paper = path.endswith(PAPERS)
        return super()._enough(method, url, names) or (
            is_paper and self.papers.setdefault(resolve(path).view_name, url) != url
        )

    def _send(self, action: str, body: dict[str, list[str]], source: str) -> None:
        name = resolve(urlsplit(action).path).view_name
        if name not in self.posted:
            self.posted.add(name)
            super()._send(action, body, source)


def look_everywhere(who: Actor | None, *starts: str) -> Finder:
    """Pages and files behind every link and form, the search, the calendar address, mails of the morning."""
    finder = Finder(client_of(who) if who else Client(), personal=list(CANARIES.values()), each=3)
    for url in starts:
        finder._look(finder.client.get(url), "start", url, allowed=(403, 404))
    finder.walk("/")
    if who is None:
        return finder
    # What was typed stands on the answer: no canary may be typed.
    for typed in ("カナリヤ", "フタゴ", "カクス", *(CANARIES[name][-4:] for name in PHONES)):
        finder._look(finder.client.post(reverse("case_search"), {"q": typed}), "search", reverse("case_search"))
    with working_as(who):
        token = feed.renew_feed(user=who.user, at=now())
    finder._look(Client().get(reverse("calendar_feed", kwargs={"token": token})), "feed", "/", allowed=(404,))
    for kind in NoticeKind:
        digest.send_notice(user_id=who.user.pk, kind=kind, day=today() + dt.timedelta(days=3), today=today(), at=now())
    return finder


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the configured handler writes at any level."""
    handlers = [h for h in logging.getLogger().handlers if any(isinstance(f, RedactFilter) for f in h.filters)]
    stream, before = io.StringIO(), logging.getLogger().level
    old = handlers[0].setStream(stream)
    logging.disable(logging.NOTSET)
    logging.getLogger().setLevel(logging.INFO)
    yield stream
    logging.getLogger().setLevel(before)
    handlers[0].setStream(old)


def outsiders(programme: Programme, soja: Programme) -> dict[str, Actor]:
    return {
        "t": actor("okayama-t", programme.hello_work, Role.NAVIGATOR),
        "v": neighbours(programme)["c"],
        "x": soja.caseworker,
    }


def test_every_field_reaches_whom_the_table_says(programme: Programme, soja: Programme, log: io.StringIO):
    starts = plant(programme)
    people = {**everyone(programme), **outsiders(programme, soja)}
    people |= {"c": programme.caseworker, "m": programme.manager, "b": programme.bureau_manager}
    assert set(people) == set(EVERYBODY)
    with working_as(programme.caseworker):
        case = Case.objects.get(person__name=CANARIES["Person.name"])
    assign_interpreter(programme, people["i"], case.pk)
    for who in people.values():
        type(who.user).objects.filter(pk=who.user.pk).update(email=f"{who.user.username}@ittai.example")
    wrong = []
    for letter, who in people.items():
        found = look_everywhere(who, *starts)
        assert letter not in "cnm" or {CANARIES["Person.name"], CANARIES["ReportComment.text"]} <= found.printed
        assert letter != "k" or "/reports/okayama/2023-12/r1/public.pdf" in found.visited
        wrong += [f"{letter}: {fault}" for fault in found.faults if "in the address" in fault or "cookie" in fault]
        for name, (writers, readers) in TABLE.items():
            word = CANARIES[name]
            have = "write" if word in found.typed else "read" if word in found.seen_texts else "mask"
            wanted = "write" if letter in writers else "read" if letter in readers else "mask"
            wrong += [f"{letter} {name}: {have}, the table says {wanted}"] if have != wanted else []
    nobody = look_everywhere(None)
    assert not nobody.seen_texts
    assert mail.outbox, "mails were sent and looked at"
    assert "Not Found" in log.getvalue(), "lines were written and looked at"
    texts = {"mail": "\n".join(str(sent.message()) + sent.body for sent in mail.outbox), "log": log.getvalue()}
    wrong += [f"{kind}: {name}" for kind, text in texts.items() for name, word in CANARIES.items() if word in text]
    assert wrong == [], "\n".join(wrong)


def test_the_grounds_of_a_waiting_request_are_read_where_it_is_answered(programme: Programme, soja: Programme):
    """The walk meets an answered request; this is the screen before the answer."""
    case = programme.open_case()
    sent = programme.send(case, DAY)
    columns = ("ability_note", "motivation_note", "no_obstacle_note", "agrees_note", "flexibility_reason")
    words = {column: CANARIES[f"SupportRequest.{column}"] for column in columns}
    with working_as(programme.caseworker):
        assert SupportRequest.objects.filter(pk=sent.pk).update(**words) == 1
    url = reverse("support_request_answer", kwargs={"pk": case.pk})
    for letter, who in {**everyone(programme), **outsiders(programme, soja)}.items():
        answer = client_of(who).get(url)
        assert (answer.status_code == 200) == (letter in HELLO_WORK), letter
        found = [word for word in words.values() if word in answer.content.decode()]
        assert found == (list(words.values()) if letter in HELLO_WORK else []), letter


def test_every_text_of_a_case_is_in_the_table():
    texts = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    found = {
        f"{model.__name__}.{column.name}"
        for model in apps.get_app_config("cases").get_models()
        if not model.__name__.endswith("Event")
        for column in model._meta.concrete_fields
        if isinstance(column, texts) and not column.choices
    }
    told = {name.partition(":")[0] for name in TABLE if not name.startswith("Report")}
    assert found == told | set(NOT_SHOWN)
    assert not told & set(NOT_SHOWN)
    assert all(set(writers + readers) <= set(EVERYBODY) for writers, readers in TABLE.values())


def test_every_canary_is_its_own():
    words = list(CANARIES.values())
    assert not [(a, b) for a in words for b in words if a != b and a in b]
