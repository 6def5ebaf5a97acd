"""Reading what was printed, and a case with everything in it, for tests."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import unicodedata

from django.urls import reverse
from pypdf import PdfReader

from cases.actions import circumstance, contact, plan
from cases.enums import FieldGroup, Visibility
from cases.models import Case, SupportPlan
from cases.papers.stamp import Stamp
from tests.clients import client_of
from tests.factories import Programme, at, working_as

DAY = dt.date(2023, 4, 10)
FOOT = Stamp("令和5年4月10日 9:00 見本福祉事務所 見本 太郎", "R05-0001")
CONTACT = {"address": "架空町四丁目5-6", "phone": "090-1234-9876"}


def text_of(pdf: bytes) -> str:
    """The text layer as pdftotext and pypdf read it, without blanks, in one width."""
    pages = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    tool = shutil.which("pdftotext")
    if tool:
        pages += subprocess.run([tool, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return "".join(unicodedata.normalize("NFKC", pages).split())


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def get_pdf(who, name: str, **kwargs) -> bytes:
    answer = client_of(who).get(reverse(name, kwargs=kwargs))
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    return answer.content


def folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def full_case(programme: Programme) -> Case:
    """Every kind of record, own and team notes, a protected source."""
    case = programme.active(contact=CONTACT)
    programme.interview(case, dt.date(2023, 5, 1), body="みんなで話した", homework="履歴書")
    programme.interview(case, dt.date(2023, 5, 2), body="ナビだけの所見", visibility=Visibility.OWN)
    programme.interview(
        case, dt.date(2023, 5, 3), who=programme.caseworker, body="市だけの所見", visibility=Visibility.OWN
    )
    with working_as(programme.caseworker):
        contact.log_interview(
            case=case,
            by=programme.caseworker,
            at=at(dt.date(2023, 5, 4)),
            fields={"held_at": at(dt.date(2023, 5, 4)), "method": "phone", "body": "近所から聞いた話"},
            source="民生委員 内緒太郎",
        )
        circumstance.write_circumstance(
            case=case, group=FieldGroup.FAMILY, body="妹の話", version=0, by=programme.caseworker, at=at(DAY)
        )
    programme.introduce(case, dt.date(2023, 5, 10))
    programme.place(case, dt.date(2023, 6, 1))
    programme.attach(case)
    programme.review(case, dt.date(2023, 7, 1))
    return case


def extend(programme: Programme, case: Case, ends_on: dt.date) -> SupportPlan:
    with working_as(programme.navigator):
        return plan.extend_plan(
            plan=case.plans.latest("version_number"),
            by=programme.navigator,
            at=at(dt.date(2023, 9, 1)),
            ends_on=ends_on,
            review_on=None,
            reason="体調が戻るのを待つ",
            conference_on=dt.date(2023, 8, 30),
        )
