"""Plans and their reviews: on paper, extended, looked back on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from cases.actions import plan, review
from cases.enums import MenuResult
from cases.models import Case, PlanReview, PlanReviewItem
from core.periods import now
from tests.clients import client_of
from tests.factories import Programme, at, working_as
from tests.paper import DAY, extend, folded, get_pdf, pages_of, text_of


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
    nothing = reverse("plan_extend", kwargs={"pk": okayama.supported(name="プラン なし").pk})
    told = client_of(okayama.navigator).get(nothing, follow=True)
    assert "先に支援プランを作ってください" in told.content.decode()


def test_an_extension_names_reason_and_conference(okayama: Programme):
    case = okayama.active()
    with working_as(okayama.navigator), pytest.raises(IntegrityError, match="extension_complete"), transaction.atomic():
        case.plans.update(extension_reason="理由だけ")
    url = reverse("plan_extend", kwargs={"pk": case.pk})
    answer = client_of(okayama.navigator).post(url, {"read": "1", "ends_on": "R6.3.31"})
    assert set(answer.context["form"].errors) == {"reason", "conference_on"}
    page = answer.content.decode()
    assert "延長の理由を入力してください。" in page and 'value="R6.3.31"' in page


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
        with pytest.raises(IntegrityError, match="plan_menu_id_same_case"), transaction.atomic():
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
    page = client_of(okayama.caseworker).get(url)
    assert okayama.menu.name in page.content.decode()
    asked = {**data, "outcome": "", "result_1": ""}
    assert [page.context["form"][name].value() for name in ("outcome", "result_1")] == [None, None]
    said = client_of(okayama.caseworker).post(url, asked).context["form"].errors
    assert said == {
        "outcome": ["これからを選んでください。"],
        "result_1": [f"{okayama.menu.name}(本人)の結果を選んでください。"],
    }
    assert client_of(okayama.caseworker).post(url, data).status_code == 302
    with working_as(okayama.caseworker):
        item = PlanReviewItem.objects.get()
        assert (item.result, item.review.kind, item.review.municipal_confirmed_by) == (
            "reached",
            "final",
            okayama.caseworker.user,
        )
