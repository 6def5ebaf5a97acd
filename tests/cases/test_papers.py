"""Paper of a case: what stands on it, what must not, how many pages, who may print."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.enums import Role
from cases.actions import circumstance, contact, layout, plan, review, story, suppression
from cases.actions.moves import CaseError
from cases.enums import FieldGroup, FormKind, MenuResult, ReleaseKind, StoryStatus, Visibility
from cases.models import Case, FormTemplate, PlanReview, PlanReviewItem, SuccessStory, SupportPlan
from cases.papers import record as records
from cases.papers.anonymous import what_names
from cases.papers.blacking import MARK, black, black_text
from cases.papers.dictionary import ENTRIES, NAMES, case_values, sample_values
from cases.papers.layout import LayoutError, parse, print_sample, standard_body
from cases.papers.printing import print_record
from cases.papers.record import read_record
from cases.papers.stamp import Stamp
from core.documents import OutsideAddress
from core.periods import now, today
from tests import walls
from tests.factories import Programme, actor, at, make_programme, working_as
from tests.test_access import things

DAY = dt.date(2023, 4, 10)
FOOT = Stamp("令和5年4月10日 9:00 見本福祉事務所 見本 太郎", "R05-0001")
CONTACT = {"address": "架空町四丁目5-6", "phone": "090-1234-9876"}


def client_of(who) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


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


# Forms and the data dictionary ------------------------------------------------------------------------------


def test_the_dictionary_is_what_a_case_gives(okayama: Programme):
    """Every name has a value, with and without a request; every list row has the columns it is said to have."""
    for case in (okayama.open_case(), okayama.active()):
        with working_as(okayama.caseworker):
            values = case_values(case, form_name="様式", by=okayama.caseworker, day=DAY)
        assert set(values) == set(NAMES) == set(sample_values("様式"))
        for entry in ENTRIES:
            value = values[entry.name]
            assert isinstance(value, list if entry.columns else str), entry.name
            for row in [*value, *sample_values("様式")[entry.name]] if entry.columns else ():
                assert set(row) == {name for name, _meaning in entry.columns}


def test_each_form_says_whose_it_is(okayama: Programme):
    case = okayama.active(contact=CONTACT)
    for kind in FormKind:
        pdf = get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind=kind.value)
        text = text_of(pdf)
        assert folded("試験 花子") in text
        assert case.number in text
        assert f"1/{pages_of(pdf)}" in text
        assert folded(f"{okayama.office.name} {okayama.caseworker.user.name}") in text, "who printed it"
        assert "取扱注意" in text
        assert pages_of(pdf) <= 2
        root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "ja", "tagged, as PDF/UA wants it"


def test_a_form_is_printed_empty_before_anything_is_known(okayama: Programme):
    case = okayama.open_case()
    text = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="check-sheet"))
    assert "□該当する" in text and folded("① 稼働能力を有する者") in text


@pytest.mark.parametrize("times", [0, 1, 3])
def test_long_text_flows_and_is_never_cut(okayama: Programme, times: int):
    """D40: with none, the usual and three times the usual text, everything is on the paper and numbered n/N."""
    marker = "配慮してほしいことの文です。"
    case = okayama.open_case()
    with working_as(okayama.caseworker):
        case.support_requests.all()
    okayama.send(case, DAY)
    with working_as(okayama.caseworker):
        case.support_requests.update(message="".join(f"{number:03d}{marker}" for number in range(times * 60)))
    for kind in ("support-request", "personal-sheet"):
        pdf = get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind=kind)
        text = text_of(pdf)
        assert all(f"{number:03d}配慮" in text for number in range(times * 60))
        assert f"{pages_of(pdf)}/{pages_of(pdf)}" in text


def test_facts_outside_the_grant_are_not_printed(okayama: Programme):
    """The consent includes health alone: the navigator's sheet has no word of the household's money."""
    case = okayama.active()
    with working_as(okayama.caseworker):
        for group, body in ((FieldGroup.HEALTH, "腰痛がある"), (FieldGroup.FINANCE, "滞納がある")):
            circumstance.write_circumstance(
                case=case, group=group, body=body, version=0, by=okayama.caseworker, at=at(DAY)
            )
    for name, kwargs in (("case_paper", {"kind": "personal-sheet"}), ("case_record", {"volume": 1})):
        theirs = text_of(get_pdf(okayama.navigator, name, pk=case.pk, **kwargs))
        assert "腰痛がある" in theirs and "滞納" not in theirs
        assert "滞納がある" in text_of(get_pdf(okayama.caseworker, name, pk=case.pk, **kwargs))


def test_a_city_replaces_a_form_for_its_offices_and_goes_back(okayama: Programme, soja: Programme):
    case = okayama.active()
    client = client_of(okayama.manager)
    url = reverse("form_edit", kwargs={"kind": "consent"})
    body = "<h1>わが市の同意書</h1><p>{{ 氏名 }}</p>{% for 行 in 提供先 %}<p>{{ 行.名称 }}</p>{% endfor %}"
    data = {"act": "save", "body": body, "valid_from": f"{today():%Y/%m/%d}", "note": "市の規則の改正"}
    assert client.post(url, data).status_code == 302
    text = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))
    assert "わが市の同意書" in text and folded("試験 花子") in text and okayama.hello_work.name in text
    # The other side and another city keep the standard form.
    assert "わが市" not in text_of(get_pdf(okayama.navigator, "case_paper", pk=case.pk, kind="consent"))
    theirs = soja.open_case()
    assert "わが市" not in text_of(get_pdf(soja.caseworker, "case_paper", pk=theirs.pk, kind="consent"))
    with working_as(soja.manager):
        assert FormTemplate.objects.count() == 0
    later = {**data, "body": "", "note": "標準に戻す"}
    assert client.post(url, later).status_code == 302
    assert "わが市" not in text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))
    with working_as(okayama.manager):
        assert list(FormTemplate.objects.order_by("version_number").values_list("version_number", "note")) == [
            (1, "市の規則の改正"),
            (2, "標準に戻す"),
        ]
    page = client.get(url).content.decode()
    assert "市の規則の改正" in page and all(entry.meaning in page for entry in ENTRIES)


def test_a_form_of_the_future_waits(okayama: Programme):
    with working_as(okayama.manager):
        layout.save_layout(
            kind=FormKind.CONSENT,
            body="<p>来年度の様式</p>",
            valid_from=today() + dt.timedelta(days=1),
            note="来年度",
            by=okayama.manager,
            at=now(),
        )
    case = okayama.open_case()
    assert "来年度" not in text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))


def test_a_layout_is_written_once(okayama: Programme):
    with working_as(okayama.manager):
        layout.save_layout(
            kind=FormKind.CONSENT, body="<p>x</p>", valid_from=DAY, note="理由", by=okayama.manager, at=now()
        )
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            FormTemplate.objects.update(body="<p>y</p>")
    with working_as(okayama.caseworker), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        FormTemplate.objects.create(
            organisation=okayama.city,
            kind="consent",
            version_number=9,
            body="x",
            valid_from=DAY,
            note="下から",
            created_by=okayama.caseworker.user,
        )


HOSTILE = [
    '<img src="http://example.com/x.png">',
    '<img src="file:///etc/passwd">',
    "<script>alert(1)</script>",
    '<link rel="attachment" href="file:///etc/passwd">',
    '<a href="http://example.com/">x</a>',
    '<p onclick="x()">x</p>',
    '<p style="background:url(file:///etc/passwd)">x</p>',
    "<style>@import 'http://example.com/x.css';</style>",
    "<style>p{background:u\\72l(http://example.com/)}</style>",
    "<style>@font-face{font-family:x;src:local(x)}</style>",
    '<object data="file:///etc/passwd"></object>',
    '<svg><image href="file:///etc/passwd"/></svg>',
    "<iframe></iframe>",
    "{% load static %}",
    "{% include 'base.html' %}",
    "{% extends 'base.html' %}",
    "{% debug %}",
    "{% csrf_token %}",
    "{% now 'Y' %}",
    "{% with 氏名 as x %}{{ x }}{% endwith %}",
    "{{ 氏名|safe }}",
    "{{ 氏名|default:'<' }}img src=x>",
    '{{ "<" }}img src=x{{ ">" }}',
    "{{ 氏名.__class__ }}",
    "{{ 氏名.encode }}",
    "{{ 担当者.0.氏名 }}",
    "{{ case.person }}",
    "{{ settings.SECRET_KEY }}",
    "{{ 存在しない項目 }}",
    "{% if 存在しない項目 %}x{% endif %}",
    "{% if 氏名 == 存在しない項目 %}x{% endif %}",
    "{% for 字 in 氏名 %}{{ 字 }}{% endfor %}",
    "{% for a, b in 担当者 %}x{% endfor %}",
    "{% for 行 in 担当者 %}{{ 行.秘密 }}{% endfor %}",
    "{% for a in 担当者 %}{% for b in 担当者 %}{% for c in 担当者 %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% if 氏名 %}閉じていない",
    "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><p>x</p><![CDATA[x]]>",
    "x" * 60_001,
]


def test_a_layout_cannot_reach_out(okayama: Programme):
    """None of these is saved; each is answered with a sentence and what was typed."""
    url = reverse("form_edit", kwargs={"kind": "consent"})
    client = client_of(okayama.manager)
    for body in HOSTILE:
        with pytest.raises(LayoutError) as error:
            parse(body)
        assert error.value.reasons, body
    for body in HOSTILE[:2]:
        answer = client.post(url, {"act": "save", "body": body, "valid_from": "R5.4.1", "note": "理由"})
        assert answer.status_code == 200 and "入力を確かめてください" in answer.content.decode()
    typed = "<h1>x</h1>\n{{ 秘密 }}\n<script>x</script>"
    answer = client.post(url, {"act": "save", "body": typed, "valid_from": "R5.4.1", "note": "理由"}).content.decode()
    for words in ("2行目: 「秘密」という項目はありません", "3行目: &lt;script&gt;は使えません", "{{ 秘密 }}"):
        assert words in answer
    with working_as(okayama.manager):
        assert not FormTemplate.objects.exists()


def test_what_layouts_may_do():
    body = (
        "<style>.a{color:#000}</style><table class='box'><tr><th colspan='2' style='width:3cm'>{{ 氏名|default:\"なし\" }}"
        '</th></tr></table>{% if 要請日 and not 撤回日 %}{{ 要請日 }}{% elif 氏名 == "x" %}x{% else %}なし{% endif %}'
        "{% for 行 in 担当者 %}{{ forloop.counter }} {{ 行.氏名|linebreaksbr }}{% empty %}いない{% endfor %}"
    )
    text = text_of(print_sample(body, FormKind.CONSENT, FOOT))
    assert "令和8年3月10日" in text and "1見本太郎2見本次郎" in text
    for kind in FormKind:
        parse(standard_body(kind))


def test_values_cannot_become_html(okayama: Programme):
    """A name full of markup is printed as it was typed, and nothing is fetched."""
    name = "<img src='http://example.com/x'>{{ 住所 }}"
    case = okayama.open_case(name=name)
    text = text_of(get_pdf(okayama.caseworker, "case_paper", pk=case.pk, kind="consent"))
    assert folded(name) in text


def test_the_fetcher_stands_behind_the_check(okayama: Programme):
    """What would slip past the check is still refused by the renderer: nothing outside is read."""
    assert issubclass(OutsideAddress, ValueError)
    answer = client_of(okayama.manager).post(
        reverse("form_edit", kwargs={"kind": "consent"}), {"act": "sample", "body": "<p>{{ 氏名 }}</p>"}
    )
    assert answer["Content-Type"] == "application/pdf"
    assert folded("見本 花子") in text_of(answer.content)
    with working_as(okayama.manager):
        assert not FormTemplate.objects.exists(), "a sample saves nothing"


# Plans ----------------------------------------------------------------------------------------------------


def extend(programme: Programme, case: Case, ends_on: dt.date) -> SupportPlan:
    with working_as(programme.navigator):
        return plan.extend_plan(
            case=case,
            by=programme.navigator,
            at=at(dt.date(2023, 9, 1)),
            ends_on=ends_on,
            review_on=None,
            reason="体調が戻るのを待つ",
            conference_on=dt.date(2023, 8, 30),
        )


def test_the_plan_on_paper(okayama: Programme):
    case = okayama.active()
    pdf = get_pdf(okayama.caseworker, "plan_paper", pk=case.pk, number=1)
    text = text_of(pdf)
    for words in ("週3日から働きたい", okayama.menu.name, "支援プラン第1版", "署名", "市区町村", "ハローワーク", "1/1"):
        assert folded(words) in text, words
    assert text.count("署名") >= 3
    assert pages_of(pdf) == 1


def test_extension_keeps_the_earlier_version(okayama: Programme):
    case = okayama.active()
    with working_as(okayama.navigator):
        before = case.plans.get()
    later = before.ends_on + dt.timedelta(days=90)
    extended = extend(okayama, case, later)
    assert (extended.version_number, extended.goal, extended.starts_on) == (2, before.goal, before.starts_on)
    assert extended.person_agreed_on is None and extended.municipal_confirmed_at is None
    with working_as(okayama.navigator):
        assert [row.menu_id for row in extended.menus.all()] == [row.menu_id for row in before.menus.all()]
        assert case.plans.get(version_number=1).ends_on == before.ends_on
        plan.record_agreement(plan=extended, by=okayama.navigator, at=at(DAY), on=dt.date(2023, 9, 2))
        assert Case.objects.get(pk=case.pk).support_goal_on != later, "not before everybody agreed"
    with working_as(okayama.caseworker):
        plan.confirm_plan(plan=extended, by=okayama.caseworker, at=at(DAY))
        assert Case.objects.get(pk=case.pk).support_goal_on == later
    text = text_of(get_pdf(okayama.caseworker, "plan_paper", pk=case.pk, number=2))
    assert "体調が戻るのを待つ" in text and "令和5年8月30日" in text and "第1版" in text


def test_an_extension_needs_a_later_day_and_a_plan(okayama: Programme):
    case = okayama.active()
    with working_as(okayama.navigator):
        end = case.plans.get().ends_on
    with pytest.raises(plan.PlanNotPossible, match="それより後の日"):
        extend(okayama, case, end)
    assert extend(okayama, case, end + dt.timedelta(days=1)).version_number == 2
    with pytest.raises(plan.PlanNotPossible, match="先に支援プラン"):
        extend(okayama, okayama.supported(), end)


def test_an_extension_names_reason_and_conference(okayama: Programme):
    case = okayama.active()
    with working_as(okayama.navigator), pytest.raises(IntegrityError, match="extension_complete"), transaction.atomic():
        case.plans.update(extension_reason="理由だけ")
    answer = client_of(okayama.navigator).post(reverse("plan_extend", kwargs={"pk": case.pk}), {"ends_on": "R6.3.31"})
    page = answer.content.decode()
    assert ("延長の理由を入力してください。" in page and "令和6年3月31日" in page) or "R6.3.31" in page


def test_a_review_is_written_by_one_side_and_confirmed_by_the_other(okayama: Programme):
    case = okayama.active()
    day = dt.date(2023, 7, 1)
    written = okayama.review(case, day, person_said="自信がついた")
    assert written.national_confirmed_by == okayama.navigator.user and written.municipal_confirmed_at is None
    page = client_of(okayama.caseworker).get(reverse("plan_list", kwargs={"pk": case.pk})).content.decode()
    assert "見直しを確認する" in page and "週2日の実習に通えた" in page
    url = reverse("plan_review_confirm", kwargs={"pk": case.pk, "review_pk": written.pk})
    client_of(okayama.caseworker).post(url)
    with working_as(okayama.caseworker):
        row = PlanReview.objects.get()
        assert row.municipal_confirmed_by == okayama.caseworker.user
        with pytest.raises(review.ReviewNotPossible, match="すでに確認"):
            review.confirm_review(review=row, by=okayama.caseworker, at=now())
    text = text_of(get_pdf(okayama.caseworker, "plan_review_paper", pk=case.pk, review_pk=written.pk))
    for words in ("自信がついた", "一部できた", "プランのまま続ける", okayama.caseworker.user.name):
        assert folded(words) in text


def test_a_review_is_not_before_its_plan_and_not_of_another_case(okayama: Programme):
    case, other = okayama.active(), okayama.active(name="別 の人")
    with pytest.raises(review.ReviewNotPossible):
        okayama.review(case, DAY - dt.timedelta(days=1))
    written = okayama.review(case, DAY)
    with working_as(okayama.navigator):
        foreign = other.plans.get().menus.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanReviewItem.objects.create(review=written, case=case, plan_menu=foreign, result=MenuResult.REACHED)
            transaction.get_connection().check_constraints()
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            PlanReviewItem.objects.update(note="あとから")


def test_the_review_screen_asks_menu_by_menu(okayama: Programme):
    case = okayama.active()
    data = {
        "kind": "final",
        "reviewed_on": "R5.9.1",
        "reached": "働き始めた",
        "outcome": "finish",
        "result_1": "reached",
    }
    url = reverse("plan_review", kwargs={"pk": case.pk, "number": 1})
    assert okayama.menu.name in client_of(okayama.caseworker).get(url).content.decode()
    assert client_of(okayama.caseworker).post(url, data).status_code == 302
    with working_as(okayama.caseworker):
        item = PlanReviewItem.objects.get()
        assert (item.result, item.review.kind, item.review.municipal_confirmed_by) == (
            "reached",
            "final",
            okayama.caseworker.user,
        )


# The whole case -------------------------------------------------------------------------------------------


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


def test_the_record_leaves_nothing_out(okayama: Programme):
    """Everything the case page shows this reader is on the paper, oldest first, numbered 1 to the last."""
    case = full_case(okayama)
    with working_as(okayama.caseworker):
        record = read_record(case, okayama.caseworker)
    kinds = {line.key.split("-")[0] for line in record.lines}
    assert kinds == {
        "benefit", "transition", "assignment", "consent", "grant", "request", "answer", "plan", "review", "interview",
        "circumstance", "introduction", "placement", "attachment",
    }  # fmt: skip
    pdf = get_pdf(okayama.caseworker, "case_record", pk=case.pk, volume=1)
    text = text_of(pdf)
    for line in record.lines:
        assert folded(line.what) in text
        for _label, part in line.parts:
            assert folded(part) in text, part
    for _label, part in record.head:
        assert folded(part) in text, part
    assert "市だけの所見" in text and "自機関のみ" in text
    assert "ナビだけの所見" not in text
    assert "内緒太郎" not in text and "民生委員" not in text, "a protected source never"
    order = [
        text.index(folded(words)) for words in ("みんなで話した", "市だけの所見", "近所から聞いた話", "週2日の実習")
    ]
    assert order == sorted(order)
    assert f"全{len(record.lines)}件" in text and "以上" in text
    total = pages_of(pdf)
    for number, page in enumerate(PdfReader(io.BytesIO(pdf)).pages, start=1):
        assert f"{number}/{total}" in folded(page.extract_text())


# Table → the key of its lines in the record.
PRINTED = {
    "BenefitPeriod": "benefit", "CaseTransition": "transition", "Assignment": "assignment", "Consent": "consent",
    "ConsentRecipient": "consent", "Grant": "grant", "SupportRequest": "request", "SupportPlan": "plan",
    "PlanMenu": "plan", "PlanReview": "review", "PlanReviewItem": "review", "Interview": "interview",
    "Circumstance": "circumstance", "Introduction": "introduction", "Placement": "placement",
    "Workplace": "introduction", "RetentionCheck": "check", "Appointment": "appointment",
    "AppointmentMove": "appointment-move", "Attachment": "attachment", "Assessment": "assessment",
    "Obstacle": "obstacle", "WorkHistory": "history", "PastWorkplace": "history", "Qualification": "qualification",
    "ChecklistRound": "checklist", "ChecklistAnswer": "checklist", "HandoverSheet": "sheet",
    "MeetingItem": "meeting", "MeetingTask": "meeting", "HandoverItem": "handover", "PreConsultation": "beforehand",
    "Deferral": "deferral", "Referral": "referral", "ReferralAnswer": "referral-answer", "Transfer": "transfer",
}  # fmt: skip
NOT_PRINTED = {
    "SearchKey": "検索のための写し",
    "NoteSource": "保護された提供元は、どの紙にも載らない",
    "EmergencyAccess": "見える範囲(grant)として載る",
    "SuccessStory": "匿名の別の紙",
}


def test_no_table_of_a_case_is_forgotten(okayama: Programme):
    """A new table has to be printed, or somebody has to say why not."""
    tables = {
        model.__name__
        for model in apps.get_app_config("cases").get_models()
        if not model.__name__.endswith("Event") and "case" in {field.name for field in model._meta.fields}
    }
    assert tables == set(PRINTED) | set(NOT_PRINTED)
    things(okayama)
    with working_as(okayama.caseworker):
        seen = {
            line.key[: -len("-01a1fdab-1c0f-7c4b-8c0d-95c036c646ed")] if len(line.key) > 37 else line.key.split("-")[0]
            for case in Case.objects.all()
            for line in read_record(case, okayama.caseworker).lines
        }
    met = {name for name, key in PRINTED.items() if key in seen}
    # The rest is not among the one record of everything, or another's own.
    assert set(PRINTED) - met <= {
        "Transfer", "Deferral", "PreConsultation", "RetentionCheck", "Circumstance", "ReferralAnswer",
        "AppointmentMove", "HandoverItem",
    }  # fmt: skip


def test_days_are_in_order_through_the_whole_record(okayama: Programme):
    case = full_case(okayama)
    with working_as(okayama.caseworker):
        record = read_record(case, okayama.caseworker)
    days = [line.at.date() if isinstance(line.at, dt.datetime) else line.at for line in record.lines]
    assert days == sorted(days) and len(set(days)) > 5


def test_each_reader_prints_what_they_may_read(okayama: Programme):
    case = full_case(okayama)
    text = text_of(get_pdf(okayama.navigator, "case_record", pk=case.pk, volume=1))
    assert "ナビだけの所見" in text and "市だけの所見" not in text and "妹の話" not in text
    assert "近所から聞いた話" in text and "内緒" not in text


def test_the_record_asks_the_same_for_one_and_many_records(okayama: Programme, django_assert_max_num_queries):
    case = full_case(okayama)
    counts = []
    for number in (1, 2):
        for offset in range(number * 2):
            okayama.interview(case, dt.date(2023, 8, number * 5 + offset))
            okayama.introduce(case, dt.date(2023, 9, number * 5 + offset))
        with working_as(okayama.caseworker), django_assert_max_num_queries(75) as asked:
            read_record(Case.objects.get(pk=case.pk), okayama.caseworker)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_thick_case_comes_in_volumes(okayama: Programme, settings, monkeypatch):
    case = okayama.active()
    monkeypatch.setattr(records, "VOLUME", 5)
    with working_as(okayama.caseworker):
        record = read_record(case, okayama.caseworker)
    count = record.volume_count
    assert count == -(-len(record.lines) // 5) > 1
    seen = [line.key for number in range(1, count + 1) for line in record.volume(number)]
    assert seen == [line.key for line in record.lines], "no line twice, none left out"
    text = text_of(get_pdf(okayama.caseworker, "case_record", pk=case.pk, volume=2))
    assert f"分冊2/{count}" in text
    missing = reverse("case_record", kwargs={"pk": case.pk, "volume": count + 1})
    assert client_of(okayama.caseworker).get(missing).status_code == 404


def test_a_note_longer_than_a_page_is_whole(okayama: Programme):
    case = okayama.active()
    body = "".join(f"第{number:04d}文です。" for number in range(700))
    okayama.interview(case, dt.date(2023, 5, 1), body=body)
    pdf = get_pdf(okayama.caseworker, "case_record", pk=case.pk, volume=1)
    text = text_of(pdf)
    assert pages_of(pdf) > 2
    assert all(f"第{number:04d}文" in text for number in range(700))


# The person's own copy -----------------------------------------------------------------------------------


def disclose(who, case: Case, **data) -> bytes:
    answer = client_of(who).post(reverse("case_disclosure", kwargs={"pk": case.pk}), {"volume": "1", **data})
    assert answer["Content-Type"] == "application/pdf", answer.content.decode()[:2000]
    return answer.content


def test_what_is_blacked_is_not_in_the_file(okayama: Programme):
    """A42: neither in the text layer nor anywhere in the bytes; the same words stand in the uncut copy."""
    case = full_case(okayama)
    okayama.interview(
        case,
        dt.date(2023, 5, 20),
        body="隣人の山田 太郎さんによると、ヤマダ　タロウは０９０－１１１１－２２２２に電話した",
    )
    page = client_of(okayama.caseworker).get(reverse("case_disclosure", kwargs={"pk": case.pk}))
    form = page.context["form"]
    chosen = form["black"].value()
    proposed = {line.text for line, is_chosen in page.context["lines"] if is_chosen}
    assert any("市だけの所見" in text for text in proposed) and any("妹の話" in text for text in proposed)
    assert any("近所から聞いた話" in text for text in proposed), "a note with a protected source"
    assert not any("みんなで話した" in text for text in proposed)
    phrases = "山田太郎\nヤマダタロウ\n090-1111-2222"
    gone = ("山田太郎", "ヤマダタロウ", "090-1111-2222", "1111", "市だけの所見", "妹の話", "近所から聞いた話", "内緒")
    whole = text_of(disclose(okayama.caseworker, case))
    assert all(words in whole for words in gone if words not in ("内緒", "090-1111-2222"))
    pdf = disclose(okayama.caseworker, case, black=chosen, phrases=phrases)
    text = text_of(pdf)
    assert [words for words in gone if words in text] == []
    assert "隣人の" in text and "みんなで話した" in text and text.count("(不開示)") >= 6
    streams = b"".join(
        stream.get_object().get_data()
        for page in PdfReader(io.BytesIO(pdf)).pages
        for stream in (page["/Contents"] if isinstance(page["/Contents"], list) else [page["/Contents"]])
    )
    for words in gone:
        for encoding in ("utf-8", "utf-16-be"):
            assert words.encode(encoding) not in streams + pdf


@pytest.mark.parametrize(
    ("text", "phrases", "expected"),
    [
        ("山田 太郎が来た", ["山田太郎"], f"{MARK}が来た"),
        ("山田太郎と山田太郎", ["山田太郎"], f"{MARK}と{MARK}"),
        ("ﾔﾏﾀﾞさん", ["ヤマダ"], f"{MARK}さん"),
        ("ABC商店", ["ａｂｃ"], f"{MARK}商店"),
        ("ああああ", ["ああ"], MARK),
        ("山\n田", ["山田"], MARK),
        ("山田太郎", ["山田", "田太"], f"{MARK}郎"),
        ("何もない", ["山田"], "何もない"),
        ("山", ["山"], "山"),
        ("", ["山田"], ""),
        ("㍿山田", ["株式会社"], f"{MARK}山田"),
    ],
)
def test_blacking_finds_every_spelling(text: str, phrases: list[str], expected: str):
    assert black_text(text, phrases) == expected


def test_the_mark_tells_nothing_of_the_length(okayama: Programme):
    case = full_case(okayama)
    with working_as(okayama.caseworker):
        record = read_record(case, okayama.caseworker)
    copy = black(record, keys={line.key for line in record.lines}, phrases=["試験 花子"])
    assert {line.parts for line in copy.lines} == {(("内容", MARK),)}
    text = text_of(print_record(copy, 1, FOOT, title="写し", lead=""))
    assert "試験" not in text and "みんなで" not in text


def test_one_letter_is_no_phrase_and_stale_choices_are_asked_again(okayama: Programme):
    case = okayama.active()
    url = reverse("case_disclosure", kwargs={"pk": case.pk})
    page = client_of(okayama.caseworker).post(url, {"volume": "1", "phrases": "山"}).content.decode()
    assert "2文字以上" in page
    page = client_of(okayama.caseworker).post(url, {"volume": "1", "black": "interview-x"}).content.decode()
    assert "もう一度選んでください" in page


# Suppression ----------------------------------------------------------------------------------------------


def printed_urls(case: Case, review_pk) -> list[str]:
    of_case = {"pk": case.pk}
    return [
        *(reverse("case_paper", kwargs={**of_case, "kind": kind.value}) for kind in FormKind),
        reverse("plan_paper", kwargs={**of_case, "number": 1}),
        reverse("plan_review_paper", kwargs={**of_case, "review_pk": review_pk}),
        reverse("case_record", kwargs={**of_case, "volume": 1}),
    ]


def test_a_suppressed_persons_papers_wait_for_a_second_person(okayama: Programme):
    case = full_case(okayama)
    with working_as(okayama.caseworker):
        review_pk = PlanReview.objects.get().pk
    release = walls.asked(okayama, case)
    client = client_of(okayama.caseworker)
    disclosure = reverse("case_disclosure", kwargs={"pk": case.pk})
    answers = [client.get(url) for url in printed_urls(case, review_pk)] + [client.post(disclosure, {"volume": "1"})]
    for answer in answers:
        assert (answer.status_code, answer["Location"]) == (302, reverse("case_papers", kwargs={"pk": case.pk}))
    page = client.get(reverse("case_papers", kwargs={"pk": case.pk})).content.decode()
    assert "印刷・出力は止めています" in page
    with working_as(okayama.manager):
        suppression.approve_release(release=release, by=okayama.manager, at=now())
    for url in printed_urls(case, review_pk):
        answer = client.get(url)
        assert answer["Content-Type"] == "application/pdf", url
    text = text_of(get_pdf(okayama.caseworker, "case_record", pk=case.pk, volume=1))
    assert "支援措置対象者" in text and folded(CONTACT["address"]) in text
    # The release is for one person: the navigator still waits.
    assert client_of(okayama.navigator).get(printed_urls(case, review_pk)[0]).status_code == 302
    assert release.kind == ReleaseKind.PRINT


def test_no_name_in_a_file_name(okayama: Programme):
    case = full_case(okayama)
    with working_as(okayama.caseworker):
        review_pk = PlanReview.objects.get().pk
    client = client_of(okayama.caseworker)
    for url in printed_urls(case, review_pk):
        answer = client.get(url)
        name = answer["Content-Disposition"]
        assert name.startswith("attachment") and case.number in name
        assert "%E8%A9%A6%E9%A8%93" not in name and "試験" not in name
        title = str(PdfReader(io.BytesIO(answer.content)).metadata.title)
        assert "試験" not in title and case.number in title


# Success stories ------------------------------------------------------------------------------------------

PARTS = {"title": "清掃の仕事に就職", "sex": "female", "challenges": "課題", "support": "支援", "result": "結果"}


def test_the_form_begins_with_what_the_case_says(okayama: Programme):
    case = full_case(okayama)
    page = client_of(okayama.caseworker).get(reverse("case_story", kwargs={"pk": case.pk}))
    initial = page.context["form"].initial
    assert initial["age_band"] in ("40歳代", "50歳代") and initial["group"] == "生活保護受給者"
    assert initial["support_months"] == 2 and initial["application_count"] == 1
    assert "令和5年6月" in initial["result"] and "1日" not in initial["result"]
    with working_as(okayama.caseworker):
        assert what_names(case, [str(value) for value in initial.values()]) == []


NAMING = [
    "試験 花子さんは",
    "試験花子",
    "試験さん",
    "花子と話した",
    "シケン ハナコ",
    "しけんはなこ",
    "ｼｹﾝ ﾊﾅｺ",
    "ハナコさん",
    "090-1234-9876",
    "０９０１２３４９８７６",
    "架空町四丁目５－６に住む",
    "086-222-3333に電話",
    "someone@example.jp",
    "2023年5月12日に採用",
    "5月12日に採用",
    "R5.5.12に採用",
    "(架空)okayama清掃に就職",
    "okayama清掃で働く",
    "okayama-naviさんが支援",
    "ケース番号R05-0001",
    "北町3丁目",
]


def test_whatever_names_the_person_is_refused(okayama: Programme):
    case = okayama.active(contact=CONTACT)
    okayama.place(case, dt.date(2023, 6, 1))
    url = reverse("case_story", kwargs={"pk": case.pk})
    with working_as(okayama.caseworker):
        for text in NAMING:
            assert what_names(case, ["前の文", f"ある人の{text}。"]), text
    for field in ("title", "support", "person_comment", "desired_job"):
        answer = client_of(okayama.caseworker).post(url, {**PARTS, field: "試験さんの話"})
        assert answer.status_code == 200, field
        assert "文の中にあります" in answer.content.decode()
    with working_as(okayama.caseworker):
        assert not SuccessStory.objects.exists()


def test_ordinary_words_pass(okayama: Programme):
    case = okayama.active(contact=CONTACT)
    okayama.place(case, dt.date(2023, 6, 1))
    texts = (
        "令和5年5月に採用",
        "50歳代の男性",
        "森林の仕事",
        "約1年11か月、18社目で決定",
        "月給18万円",
        "はなしを聞いた",
    )
    with working_as(okayama.caseworker):
        assert [text for text in texts if what_names(case, [text])] == []
        story.write_story(case=case, by=okayama.caseworker, at=now(), fields={**PARTS, "support": "。".join(texts)})


def test_a_story_is_shared_by_a_second_person_and_read_by_both_sides(okayama: Programme, soja: Programme):
    case = full_case(okayama)
    row = okayama.story(case, is_shared=False)
    url = reverse("story_detail", kwargs={"pk": row.pk})
    assert client_of(okayama.caseworker).get(url).status_code == 200
    assert client_of(okayama.navigator).get(url).status_code == 404, "not before it was reviewed"
    council = actor("okayama-council", okayama.city, Role.COUNCIL)
    assert client_of(council).get(url).status_code == 404
    with working_as(okayama.navigator):
        assert not SuccessStory.objects.exists(), "the wall, too"
    answer = reverse("story_review", kwargs={"pk": row.pk})
    assert client_of(okayama.caseworker).post(answer, {"act": "share"}).status_code == 403
    client_of(okayama.manager).post(answer, {"act": "return", "note": ""})
    with working_as(okayama.manager):
        assert SuccessStory.objects.get().status == StoryStatus.WAITING, "to return it, say what to change"
    client_of(okayama.manager).post(answer, {"act": "share"})
    for who in (okayama.navigator, okayama.bureau_manager, council):
        assert client_of(who).get(url).status_code == 200
        assert "清掃の仕事に就職" in client_of(who).get(reverse("story_list")).content.decode()
    assert client_of(soja.caseworker).get(url).status_code == 404
    with working_as(soja.manager):
        assert not SuccessStory.objects.exists()
    pdf = get_pdf(okayama.navigator, "story_paper", pk=row.pk)
    text = text_of(pdf)
    for part in ("①課題", "②支援内容・ポイント・経過", "③結果", "④担当者所感", "⑤本人コメント", "1/1"):
        assert folded(part) in text
    assert case.number not in text and "試験" not in text
    client_of(okayama.manager).post(answer, {"act": "stop"})
    assert client_of(okayama.navigator).get(url).status_code == 404


def test_the_writer_does_not_share_their_own(okayama: Programme):
    case = full_case(okayama)
    with working_as(okayama.manager):
        row = story.write_story(case=case, by=okayama.manager, at=now(), fields=PARTS)
        with pytest.raises(story.StoryRefused, match="書いた本人"):
            story.answer_story(story=row, to=StoryStatus.SHARED, by=okayama.manager, at=now())
        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            SuccessStory.objects.update(status="shared", reviewed_by=okayama.manager.user, reviewed_at=now())


def test_a_shared_story_is_not_rewritten_under_its_readers(okayama: Programme):
    case = full_case(okayama)
    okayama.story(case)
    with working_as(okayama.caseworker), pytest.raises(story.StoryRefused, match="共有中"):
        story.write_story(case=case, by=okayama.caseworker, at=now(), fields=PARTS)


def test_a_name_learnt_later_stops_the_sharing(okayama: Programme):
    """Checked again when it is shared: the person may have been renamed in between."""
    case = full_case(okayama)
    row = okayama.story(case, is_shared=False)
    with working_as(okayama.caseworker):
        type(case.person).objects.filter(pk=case.person_id).update(name="清掃 仕事")
    with working_as(okayama.manager), pytest.raises(CaseError, match="氏名"):
        story.answer_story(story=row, to=StoryStatus.SHARED, by=okayama.manager, at=now())


def test_a_story_needs_a_placement(okayama: Programme):
    with working_as(okayama.caseworker), pytest.raises(story.StoryRefused, match="就職の記録"):
        story.write_story(case=okayama.active(), by=okayama.caseworker, at=now(), fields=PARTS)


def test_another_citys_case_gives_no_story(okayama: Programme):
    away = make_programme("soja", 2089)
    case = full_case(away)
    url = reverse("case_story", kwargs={"pk": case.pk})
    assert client_of(okayama.caseworker).post(url, PARTS).status_code == 404
    with working_as(okayama.caseworker), pytest.raises(DatabaseError, match="row-level"), transaction.atomic():
        SuccessStory.objects.create(
            case=case,
            agreement=okayama.agreement,
            organisation=okayama.office,
            written_by=okayama.caseworker.user,
            written_at=now(),
            **PARTS,
        )


def test_fonts_are_embedded(okayama: Programme, tmp_path: Path):
    case = okayama.active()
    path = tmp_path / "plan.pdf"
    path.write_bytes(get_pdf(okayama.caseworker, "plan_paper", pk=case.pk, number=1))
    tool = shutil.which("pdffonts")
    if tool is None:
        pytest.skip("poppler is not installed")
    lines = subprocess.run([tool, str(path)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert lines and all(" yes yes yes " in line for line in lines), lines
