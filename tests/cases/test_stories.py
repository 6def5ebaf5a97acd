"""Success stories: nobody is named in them, and a second person shares them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.enums import Role
from cases.actions import story
from cases.actions.moves import CaseError
from cases.enums import StoryStatus
from cases.models import SuccessStory
from cases.papers.anonymous import what_names
from core.periods import now
from tests.clients import client_of
from tests.factories import Programme, actor, make_programme, working_as
from tests.paper import CONTACT, folded, full_case, get_pdf, text_of

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


def test_a_figure_that_nobody_knows_stays_empty(okayama: Programme):
    """Neither the form nor the sheet makes one up."""
    case = okayama.active(contact=CONTACT)
    okayama.place(case, dt.date(2023, 6, 1))
    blank = {**PARTS, "support_months": "", "application_count": ""}
    client = client_of(okayama.caseworker)
    assert client.post(reverse("case_story", kwargs={"pk": case.pk}), blank).status_code == 302
    with working_as(okayama.caseworker):
        written = SuccessStory.objects.get()
    assert (written.support_months, written.application_count) == (None, None)
    assert "支援期間・応募記載なし" in text_of(get_pdf(okayama.caseworker, "story_paper", pk=written.pk))
    shown = client.get(reverse("story_detail", kwargs={"pk": written.pk})).content.decode()
    assert "記載なし" in shown and "None" not in shown
    with working_as(okayama.caseworker):
        SuccessStory.objects.update(support_months=5)
    text = text_of(get_pdf(okayama.caseworker, "story_paper", pk=written.pk))
    assert "支援期間・応募5か月" in text and "応募0社" not in text


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
