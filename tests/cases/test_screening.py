"""Before support: talks beforehand, requests in a hurry and again, the ledger, the way from talk to job."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import funnel
from cases.actions import moves, request, screening, team
from cases.actions.moves import CaseError
from cases.enums import CaseState, ConditionAnswer, ConsentMethod, DeferralReason, Duty, GrantPurpose, PreOpinion
from cases.models import Case, Deferral, Grant, PreConsultation, SupportRequest
from core.periods import now, today
from tests.clients import client_of
from tests.factories import Programme, at, working_as

DAY = dt.date(2023, 5, 10)


def ask(programme: Programme, case: Case) -> PreConsultation:
    with working_as(programme.caseworker):
        return screening.ask_beforehand(
            case=case,
            by=programme.caseworker,
            at=now(),
            on=today(),
            to=programme.hello_work,
            question="体調に波がある。要請してよいか。",
            method=ConsentMethod.PAPER,
            given_on=today(),
        )


def opine(programme: Programme, asked: PreConsultation, opinion: PreOpinion) -> None:
    with working_as(programme.navigator):
        screening.give_opinion(
            asked=PreConsultation.objects.get(pk=asked.pk),
            by=programme.navigator,
            at=now(),
            talked_on=today(),
            opinion=opinion,
            note="午前の短時間なら",
        )


def test_the_question_stands_by_itself_with_its_lines(okayama: Programme):
    case = okayama.open_case(on=today())
    asked = ask(okayama, case)
    with working_as(okayama.caseworker):
        PreConsultation.objects.filter(pk=asked.pk).update(question="体調に波がある。\n要請してよいか。")
    shown = client_of(okayama.navigator).get(reverse("pre_consultation_answer", kwargs={"pk": case.pk}))
    assert "<dd>体調に波がある。<br>要請してよいか。</dd>" in shown.content.decode()


def defer(programme: Programme, case: Case, check_on: dt.date | None = None, **more) -> None:
    with working_as(programme.caseworker):
        screening.not_refer(
            case=case, by=programme.caseworker, at=now(), reason="治療を優先", next_check_on=check_on, **more
        )


def test_a_talk_beforehand_opens_the_case_and_counts_nowhere(okayama: Programme):
    case = okayama.open_case(on=today())
    with working_as(okayama.navigator):
        assert not Case.objects.exists()
    asked = ask(okayama, case)
    client = client_of(okayama.navigator)
    assert "からの相談" in client.get(reverse("today")).content.decode()
    opine(okayama, asked, PreOpinion.AGAIN)
    opine(okayama, asked, PreOpinion.SUITS)
    with pytest.raises(CaseError, match="プレ相談はありません"):
        opine(okayama, asked, PreOpinion.NOT_NOW)
    assert "支援要請が合う" in client_of(okayama.manager).get(reverse("today")).content.decode()
    with working_as(okayama.caseworker):
        case = Case.objects.get()
        assert case.state == CaseState.PRE_CONSULTATION
        assert case.support_started_on is None
        assert not Case.objects.in_support().exists()
        total = funnel.count(okayama.caseworker, today(), today()).total
    assert [cell.count for cell in total.cells] == [1, 1, 0, 0, 0, 0]


def test_after_the_talk_a_request_or_not(okayama: Programme):
    """Either way ends the talk; who is not referred is out of Hello Work's sight again."""
    yes, no = okayama.open_case(name="要請 する人"), okayama.open_case(name="見送 る人")
    for case in (yes, no):
        opine(okayama, ask(okayama, case), PreOpinion.NOT_NOW)
    okayama.send(yes, today())
    defer(okayama, no)
    with working_as(okayama.navigator):
        assert list(Case.objects.values_list("pk", flat=True)) == [yes.pk]
        assert Grant.objects.get(organisation=okayama.hello_work, case=yes).purpose == GrantPurpose.SUPPORT_REQUEST
    with working_as(okayama.caseworker):
        assert Grant.objects.get(organisation=okayama.hello_work, case=no).withdrawal_reason == "見送り"


def test_a_request_in_a_hurry_is_completed_later(okayama: Programme):
    case = okayama.open_case(birth_on=None)
    client = client_of(okayama.caseworker)
    posted = {
        "to": okayama.hello_work.pk,
        "message": "今日中に住まいと仕事を",
        "consent_method": "spoken",
        "consent_on": str(today()),
    }
    url = reverse("support_request_urgent", kwargs={"pk": case.pk})
    assert (
        "急ぐ理由・今日してほしいことを入力してください" in client.post(url, posted | {"message": ""}).content.decode()
    )
    assert client.post(url, posted).status_code == 302
    with working_as(okayama.navigator):
        sent = SupportRequest.objects.get()
        assert sent.is_urgent
        assert sent.missing_parts == ["①稼働能力の確認", "②就労意欲の確認", "③阻害要因の確認", "生年月日"]
    assert "至急" in client_of(okayama.navigator).get(reverse("today")).content.decode()
    assert "①稼働能力の確認" in client.get(reverse("case_detail", kwargs={"pk": case.pk})).content.decode()
    with working_as(okayama.navigator):
        request.accept_request(
            request=sent, by=okayama.navigator, at=now(), started_on=today(), navigator=okayama.navigator.user
        )
    complete = reverse("support_request_complete", kwargs={"pk": case.pk})
    answers = {"ability": "yes", "motivation": "expected", "no_obstacle": "discuss"}
    assert "根拠を入力してください" in client.post(complete, answers).content.decode()
    assert "弾力的" in client.post(complete, answers | {"no_obstacle": "no"}).content.decode()
    assert client.post(complete, answers | {"no_obstacle_note": "保育所を探している"}).status_code == 302
    with working_as(okayama.navigator):
        sent.refresh_from_db()
        assert (sent.completed_by, sent.missing_parts) == (okayama.caseworker.user, [])
        assert sent.agrees == ConditionAnswer.YES
    assert "ありません" in client.get(complete, follow=True).content.decode()


def test_a_returned_request_goes_again_with_what_changed(okayama: Programme):
    case = okayama.open_case()
    first = okayama.send(case, DAY)
    with working_as(okayama.navigator):
        request.return_request(
            request=SupportRequest.objects.get(), by=okayama.navigator, at=at(DAY), reason="通院の状況を"
        )
    with working_as(okayama.caseworker):
        case = Case.objects.get()
    with pytest.raises(CaseError, match="前回から変えたこと"):
        okayama.send(case, DAY)
    client = client_of(okayama.caseworker)
    url = reverse("support_request_new", kwargs={"pk": case.pk})
    assert "通院の状況を" in client.get(url).content.decode()
    posted = {
        "to": okayama.hello_work.pk,
        **dict.fromkeys(("ability", "motivation", "no_obstacle", "agrees"), "yes"),
        "consent_method": "paper",
        "consent_on": str(today()),
    }
    assert "前回から変えたことを入力してください" in client.post(url, posted).content.decode()
    assert client.post(url, posted | {"change_note": "通院は月1回と確かめた"}).status_code == 302
    with working_as(okayama.navigator):
        again = SupportRequest.objects.waiting().get()
        assert (again.previous_id, again.change_note) == (first.pk, "通院は月1回と確かめた")
    shown = client_of(okayama.navigator).get(reverse("support_request_answer", kwargs={"pk": case.pk}))
    assert "通院は月1回と確かめた" in shown.content.decode()


def test_the_ledger_keeps_reason_and_day(okayama: Programme):
    case = okayama.open_case(name="見送 る人")
    client = client_of(okayama.caseworker)
    url = reverse("case_move", kwargs={"pk": case.pk, "act": "not-refer"})
    day = today() + dt.timedelta(days=30)
    assert (
        "明日以降"
        in client.post(
            url, {"reason": "治療", "reason_kind": "obstacle", "next_check_on": str(today())}
        ).content.decode()
    )
    assert client.post(url, {"reason": "治療", "reason_kind": "obstacle", "next_check_on": str(day)}).status_code == 302
    shown = client.get(reverse("ledger")).content.decode()
    assert "見送 る人" in shown
    assert "あと30日" in shown
    assert "見送 る人" not in client.get(reverse("ledger"), {"due": "on"}).content.decode()
    assert "見送 る人" not in client.get(reverse("ledger"), {"reason_kind": "ability"}).content.decode()
    check = reverse("ledger_check", kwargs={"pk": case.pk})
    assert (
        client.post(check, {"reason": "通院が続く", "reason_kind": "obstacle", "next_check_on": ""}).status_code == 302
    )
    shown = client.get(reverse("ledger")).content.decode()
    assert "通院が続く" in shown
    assert shown.count("見送 る人</a>") == 1
    with working_as(okayama.caseworker):
        assert Deferral.objects.count() == 2
        moves.reopen_intake(case=Case.objects.get(), by=okayama.caseworker, at=now(), reason="落ち着いた")
    assert "見送 る人" not in client.get(reverse("ledger")).content.decode()
    assert "台帳にありません" in client.get(check, follow=True).content.decode()


def test_a_day_that_came_stands_on_today(okayama: Programme):
    case = okayama.open_case()
    defer(okayama, case, today() - dt.timedelta(days=2), reason_kind=DeferralReason.ABILITY)
    shown = client_of(okayama.manager).get(reverse("today")).content.decode()
    assert "①稼働能力(2日超過)" in shown


def shown_today(who) -> str:
    return client_of(who).get(reverse("today")).content.decode()


def assigned(programme: Programme, case: Case) -> Case:
    who = programme.caseworker
    with working_as(who):
        team.assign(
            case=case, user=who.user, organisation=programme.office, duty=Duty.CASEWORKER, on=DAY, by=who, at=now()
        )
    return case


def test_an_accepted_request_stands_on_today_until_there_is_a_plan(okayama: Programme):
    words = "支援プランを待っています"
    assigned(okayama, okayama.active(DAY))
    assert words not in shown_today(okayama.caseworker)
    assigned(okayama, okayama.supported(DAY, name="受理 待子"))
    assert words in shown_today(okayama.caseworker)
    assert words in shown_today(okayama.manager)
    assert words not in shown_today(okayama.navigator)


@pytest.mark.parametrize("name", ["ledger", "funnel"])
def test_lists_ask_the_same_for_1_and_3_rows(okayama: Programme, name):
    client, counts = client_of(okayama.caseworker), []
    for names in (["一 人"], ["二 人", "三 人"]):
        for person in names:
            defer(okayama, okayama.open_case(name=person, on=today()))
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15  # the access log writes three


def test_the_way_is_counted_step_by_step_and_under_the_wall(okayama: Programme, soja: Programme):
    okayama.open_case(on=DAY, name="相談 だけ")
    okayama.send(okayama.open_case(on=DAY, name="要請 まで"), DAY)
    okayama.active(DAY, name="支援 中")
    placed = okayama.active(DAY, name="就職 した人")
    okayama.place(placed, DAY + dt.timedelta(days=30))
    okayama.open_case(on=dt.date(2022, 4, 1), name="前 の年")
    soja.open_case(on=DAY, name="よその 市")

    def counts(who) -> list[int]:
        with working_as(who):
            return [cell.count for cell in funnel.count(who, dt.date(2023, 4, 1), dt.date(2024, 3, 31)).total.cells]

    assert counts(okayama.caseworker) == [4, 3, 3, 2, 2, 1]
    assert counts(okayama.navigator) == [3, 3, 3, 2, 2, 1]  # what never went out is not even a number
    assert counts(soja.caseworker) == [1, 0, 0, 0, 0, 0]
    client = client_of(okayama.caseworker)
    shown = client.get(reverse("funnel"), {"first": "2023/4/1", "last": "令和6年3月31日"}).content.decode()
    assert "okayama福祉事務所" in shown
    assert "生活保護受給者(okayama協定)" in shown
    assert "soja" not in shown
    assert (
        "以降にしてください"
        in client.get(reverse("funnel"), {"first": "2023/4/2", "last": "2023/4/1"}).content.decode()
    )
