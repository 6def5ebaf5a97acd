"""Texts written before a suppression that name the hidden place: where they are, and who can still correct them."""

from __future__ import annotations

import datetime as dt

from django.urls import resolve, reverse

from accounts.models import User
from cases.actions import circumstance, contact, merge, moves
from cases.enums import CloseReason, FieldGroup
from cases.models import Circumstance, Interview, Person, SupportPlan
from core.periods import now, today
from tests import walls
from tests.assessed import add_history, assess
from tests.clients import confirmed
from tests.factories import Programme, working_as

DAY = dt.date(2023, 4, 10)
HOME = walls.WHEREABOUTS["address"]


def telling(who, case) -> set[tuple[str, str, str]]:
    """(what, name of the screen, why it is not corrected there) as the suppression's page lists them."""
    answer = confirmed(who).get(reverse("suppression", kwargs={"pk": case.pk}))
    return {(row.what, resolve(row.url).url_name, row.hint) for row in answer.context["telling"]}


def test_texts_written_before_are_listed_until_they_are_corrected(okayama: Programme):
    """A26: the suppression says where earlier texts name the hidden place, and no more than is true."""
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
    note = okayama.interview(
        case, DAY, okayama.caseworker, body=f"転居先は{walls.WHEREABOUTS['address']}", homework="履歴書"
    )
    okayama.interview(case, DAY, okayama.caseworker, body="架空町へ行った")
    with working_as(okayama.caseworker):
        contact.book(
            case=case,
            by=okayama.caseworker,
            at=now(),
            appointment=contact.NextAppointment(
                starts_at=now() + dt.timedelta(days=3), worker=okayama.caseworker.user, place="架空町四丁目５－６の前"
            ),
        )
        circumstance.write_circumstance(
            case=case, group=FieldGroup.FAMILY, body="姉に電話 ０９０－１２３４－９８７６", version=0,
            by=okayama.caseworker, at=now(),
        )  # fmt: skip
    client = confirmed(okayama.caseworker)
    url = reverse("suppression", kwargs={"pk": case.pk})
    assert "書かれている文" not in client.get(url).content.decode()
    okayama.interview(case, DAY, okayama.navigator, body=f"{walls.WHEREABOUTS['address']}に移った")
    with working_as(okayama.navigator):
        SupportPlan.objects.filter(case=case).update(goal=f"{walls.WHEREABOUTS['address']}の近くで働く")
    walls.hide(okayama, case)
    answer = client.get(url)
    places = {(row.what, row.where, resolve(row.url).url_name, row.hint) for row in answer.context["telling"]}
    assert places == {
        ("予約", "場所", "appointment_detail", ""),
        ("くらしの状況", "内容", "circumstance_edit", ""),
        ("面談記録", "内容", "interview_edit", ""),
        ("面談記録", "内容", "case_detail", f"書いた{okayama.navigator.user.name}さんに、消すように頼んでください"),
        ("支援プラン", "目標(本人の言葉で)", "plan_list", "あとから変えない記録です"),
    }
    shown = answer.content.decode()
    assert "書かれている文 5件" in shown and walls.WHEREABOUTS["address"] not in shown
    for row in answer.context["telling"]:
        assert client.get(row.url).status_code == 200
    with working_as(okayama.caseworker):
        Interview.objects.filter(pk=note.pk).update(body="転居した")
    assert len(client.get(url).context["telling"]) == 4
    with working_as(okayama.caseworker):
        Circumstance.objects.update(body="姉に電話")
        case.appointments.update(place="駅前")
        case.interviews.update(body="転居した")
        case.plans.update(goal="週3日から働きたい")
    assert "いまの住所・電話番号は書かれていません" in client.get(url).content.decode()


def test_of_a_closed_case_only_what_can_be_corrected_is_asked_for(okayama: Programme):
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
    add_history(okayama, case, job_title=f"{HOME}の前の店で販売")
    okayama.interview(case, DAY, okayama.caseworker, body=f"{HOME}へ行った")
    open_case = {("職歴", "work_history_edit", ""), ("面談記録", "interview_edit", "")}
    walls.hide(okayama, case)
    assert telling(okayama.caseworker, case) == open_case
    with working_as(okayama.caseworker):
        moves.close_case(
            case=case, by=okayama.caseworker, at=now(), closed_on=today(), reason=CloseReason.OTHER, note=""
        )
    over = "終了したケースの記録で、もう直せません"
    assert telling(okayama.caseworker, case) == {("職歴", "case_detail", over), ("面談記録", "interview_edit", "")}


def test_an_older_version_of_an_assessment_stays(okayama: Programme):
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
    assess(okayama, case, strengths_person=f"{HOME}から歩いて通える")
    assess(okayama, case, based_on=1, strengths_person=f"{HOME}の近くに詳しい")
    walls.hide(okayama, case)
    asked = f"書いた{okayama.navigator.user.name}さんに、消すように頼んでください"
    newest, older = ("アセスメント", "case_detail", asked), ("アセスメント", "case_detail", "あとから変えない記録です")
    assert telling(okayama.caseworker, case) == {newest, older}


def test_nobody_is_asked_of_somebody_who_left(okayama: Programme):
    case = okayama.active(DAY, contact=walls.WHEREABOUTS)
    okayama.interview(case, DAY, okayama.navigator, body=f"{HOME}へ行った")
    walls.hide(okayama, case)
    user = okayama.navigator.user
    asked = f"書いた{user.name}さんに、消すように頼んでください"
    assert telling(okayama.caseworker, case) == {("面談記録", "case_detail", asked)}
    User.objects.filter(pk=user.pk).update(is_active=False)
    left = f"書いた{user.name}さんはもう利用していないため、直せません"
    assert telling(okayama.caseworker, case) == {("面談記録", "case_detail", left)}


def test_the_reason_of_a_merge_is_searched_too(okayama: Programme):
    case, other = okayama.open_case(contact=walls.WHEREABOUTS), okayama.open_case()
    with working_as(okayama.caseworker):
        merge.merge_persons(
            kept=Person.objects.get(pk=case.person_id), merged=Person.objects.get(pk=other.person_id),
            taken=frozenset(), note=f"{HOME}に住む同じ人", agreed_readers=frozenset(), by=okayama.caseworker, at=now(),
        )  # fmt: skip
    walls.hide(okayama, case)
    assert telling(okayama.caseworker, case) == {("登録の統合", "person_alike", "あとから変えない記録です")}
