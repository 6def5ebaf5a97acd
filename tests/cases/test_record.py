"""The whole case on paper: nothing left out, nothing too much; the person's own copy; suppression."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.apps import apps
from django.urls import reverse
from pypdf import PdfReader

from cases.actions import suppression
from cases.enums import FormKind, ReleaseKind
from cases.models import Case, PlanReview
from cases.papers import record as records
from cases.papers.blacking import MARK, black, black_text
from cases.papers.printing import print_record
from cases.papers.record import read_record
from core.periods import now
from tests import walls
from tests.clients import client_of
from tests.factories import Programme, working_as
from tests.paper import CONTACT, FOOT, folded, full_case, get_pdf, pages_of, text_of
from tests.test_access import things

# The whole case -------------------------------------------------------------------------------------------


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
