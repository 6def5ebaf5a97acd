"""A suppression works from its own second on: for pages that are open and for work that was queued before (A29)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import mail
from django.urls import reverse

from accounts.enums import AccessAct
from accounts.models import AccessEntry, User
from cases.actions import contact, digest
from cases.enums import NoticeKind
from cases.models import Case, ListExport
from core.periods import Month, now, today
from reports import actions as reports
from reports.models import ReportFile
from reports.tasks import count_report
from tests import walls
from tests.access.test_suppressed import WHEREABOUTS
from tests.access.worlds import ask, client_of
from tests.crawler import readable
from tests.factories import Programme, working_as
from tests.listing import export, sheet, table

NAME, KANA = "秘匿 花子", "ヒトク ハナコ"
BLANK = "(支援措置のため出力していません)"


def test_a_list_approved_before_leaves_the_person_blank(okayama: Programme, settings: Any):
    """Asked, approved, then suppressed, then taken: the row of the file is blank and nobody read the person."""
    settings.EXPORT_LIMIT = 1
    hidden = okayama.active(name=NAME, kana=KANA, contact=WHEREABOUTS)
    okayama.active(name="普通 太郎")
    worker, manager = client_of(okayama.caseworker), client_of(okayama.manager)
    assert export(worker)["Location"] == reverse("export_list")
    with working_as(okayama.manager):
        asked = ListExport.objects.get()
    manager.post(reverse("export_answer", kwargs={"pk": asked.pk}), {"answer": "approve"})
    walls.hide(okayama, hidden)
    file = worker.post(reverse("export_file", kwargs={"pk": asked.pk}))
    assert sorted(row[0] for row in table(file)[1:]) == [BLANK, "普通 太郎"]
    text = str(sheet(file))
    assert "支援措置のため出力していない行: 1件" in text
    assert [word for word in (NAME, KANA, hidden.number, *WHEREABOUTS.values()) if word in text] == []
    with working_as(okayama.manager):
        entry = AccessEntry.objects.get(route="export_file", act=AccessAct.DOWNLOAD)
        assert hidden.person_id not in entry.subjects.values_list("person_id", flat=True)


def test_the_same_list_would_have_named_the_person(okayama: Programme, settings: Any):
    settings.EXPORT_LIMIT = 1
    okayama.active(name=NAME, kana=KANA)
    okayama.active(name="普通 太郎")
    worker = client_of(okayama.caseworker)
    export(worker)
    with working_as(okayama.manager):
        asked = ListExport.objects.get()
    client_of(okayama.manager).post(reverse("export_answer", kwargs={"pk": asked.pk}), {"answer": "approve"})
    file = worker.post(reverse("export_file", kwargs={"pk": asked.pk}))
    assert sorted(row[0] for row in table(file)[1:]) == ["普通 太郎", NAME]


def test_the_next_request_of_an_open_session_shows_nothing(okayama: Programme):
    """Three log-ins that were reading the person; one of them suppresses; the first answer of each is without."""
    case = okayama.active(name=NAME, contact=WHEREABOUTS)
    of_case = {"pk": case.pk}
    readers = [client_of(who) for who in (okayama.caseworker, okayama.navigator, okayama.manager)]
    for client in readers:
        page = readable(ask(client, "get", "case_detail", of_case))
        assert WHEREABOUTS["address"] in page
    assert WHEREABOUTS["address"] in readable(ask(readers[0], "get", "face_sheet_pdf", of_case))
    until = today() + dt.timedelta(days=365)
    form = {"act": "suppress", "suppress-reason": "決定通知を確認", "suppress-valid_to": f"{until}"}
    answer = readers[0].post(reverse("suppression", kwargs=of_case), form)
    assert answer.status_code == 302
    for client in readers:
        for name in ("case_detail", "face_sheet_pdf", "case_record", "contact_edit"):
            kwargs = of_case | ({"volume": 1} if name == "case_record" else {})
            answer = ask(client, "get", name, kwargs)
            assert "pdf" not in answer.get("Content-Type", "")
            text = readable(answer)
            assert [word for word in WHEREABOUTS.values() if word in text] == [], name


def test_what_the_worker_does_later_names_nobody(okayama: Programme):
    """A report and a mail that were queued before: figures and counts, before as after."""
    User.objects.filter(pk=okayama.navigator.user.pk).update(email="navi@example.invalid")
    okayama.navigator.user.refresh_from_db()
    case = okayama.active(name=NAME, kana=KANA, contact=WHEREABOUTS)
    placed = okayama.place(case, dt.date(2023, 6, 1))
    with working_as(okayama.navigator):
        contact.book(
            case=Case.objects.get(pk=case.pk),
            by=okayama.navigator,
            at=now(),
            appointment=contact.NextAppointment(now() + dt.timedelta(minutes=5), okayama.navigator.user),
        )
    report = reports.request_report(
        agreement=okayama.agreement, month=Month(2023, 12), by=None, at=now(), today=dt.date(2024, 1, 5)
    )
    walls.hide(okayama, case)
    count_report(report_id=str(report.pk))
    day = (now() + dt.timedelta(minutes=5)).date()
    digest.send_notice(user_id=okayama.navigator.user.pk, kind=NoticeKind.MORNING, day=day, today=today(), at=now())
    texts = [message.subject + message.body for message in mail.outbox]
    assert len(texts) == 1
    client = client_of(okayama.manager)
    for kind in ReportFile.objects.filter(report=report).values_list("kind", flat=True):
        of_month = {"code": okayama.code, "month": "2023-12", "revision": 1, "kind": kind}
        texts.append(readable(ask(client, "get", "report_file", of_month)))
    report.refresh_from_db()
    texts.append(str(report.figures))
    assert len(texts) == 5
    words = (NAME, KANA, case.number, placed.employer_name, *WHEREABOUTS.values())
    assert [word for word in words for text in texts if word in text] == []
