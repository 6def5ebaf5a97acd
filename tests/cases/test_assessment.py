"""Assessment, obstacles, work history, checklist."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.actions import assessment, circumstance, moves, suppression
from cases.enums import (
    OBSTACLE_GROUPS,
    CloseReason,
    FieldGroup,
    ObstacleKind,
    ReleaseKind,
)
from cases.forms.assessment import MonthField
from cases.independence import ITEMS, Stage, answered, change_chart, items_of, mean
from cases.models import (
    Assessment,
    ChecklistAnswer,
    Obstacle,
    WorkHistory,
)
from cases.models.assessment import month_label
from cases.models.work import HIDDEN
from core.periods import now, today
from tests import walls
from tests.assessed import add_history, assess, check, consent_of, hand_over, url
from tests.clients import confirmed
from tests.clients import page as shown
from tests.factories import Programme, working_as

DAY = dt.date(2023, 4, 10)


def write(who, case, chosen, seen="", offered=None):
    with working_as(who):
        groups = circumstance.groups_open_to(case, who)
        assessment.write_obstacles(
            case=case,
            by=who,
            at=now(),
            on=today(),
            chosen=chosen,
            offered=offered or assessment.obstacle_kinds(groups),
            seen=seen or assessment.stamp_of(assessment.obstacles_seen(case, who)),
        )


# Versions


def test_versions_are_dated_and_the_next_begins_with_the_last(okayama: Programme):
    case = okayama.active(DAY)
    assess(okayama, case)
    client = confirmed(okayama.caseworker)
    form = client.get(url("assessment_new", case)).content.decode()
    assert "手先が器用" in form and 'value="清掃"' in form
    data = {"version": 1, "assessed_on": "R5.6.1", "strengths_person": "朝に強い", "transports": ["bicycle", "public"]}
    data |= dict.fromkeys(("phone", "identity_document", "bank_account", "driving_licence"), "unknown")
    data |= {"wish_commute_minutes": "四十", "wish_wage_yen": "１，０５０円"}
    answer = client.post(url("assessment_new", case), data)
    assert answer.status_code == 200 and "通勤時間" in answer.content.decode()  # no number that is read
    data["wish_commute_minutes"] = "４０"
    assert client.post(url("assessment_new", case), data).status_code == 302
    with working_as(okayama.caseworker):
        first, second = Assessment.objects.order_by("version_number")
        assert (first.organisation, second.organisation) == (okayama.hello_work, okayama.office)
        assert (second.assessed_on, second.wish_wage_yen) == (dt.date(2023, 6, 1), 1050)
        assert second.transport_labels == ["自転車", "電車・バス"]
    text = shown(okayama.navigator, "assessment", pk=case.pk)
    assert "朝に強い" in text and "第1版" in text and "手先が器用" not in text
    old = confirmed(okayama.navigator).get(url("assessment", case), {"version": "1"}).content.decode()
    assert "手先が器用" in old and "前の版" in old


def test_two_new_versions_at_once_show_both_texts(okayama: Programme):
    case = okayama.active(DAY)
    assess(okayama, case, strengths_person="いまの内容")
    data = {"version": 0, "assessed_on": "R5.6.1", "strengths_person": "私の入力", "phone": "has"}
    data |= dict.fromkeys(("identity_document", "bank_account", "driving_licence"), "unknown")
    client = confirmed(okayama.caseworker)
    answer = client.post(url("assessment_new", case), data)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "いまの内容" in text and "私の入力" in text and 'name="version" value="1"' in text
    assert client.post(url("assessment_new", case), data | {"version": 1}).status_code == 302
    with working_as(okayama.caseworker):
        assert Assessment.objects.count() == 2


def test_only_the_newest_version_of_ones_own_is_corrected(okayama: Programme):
    case = okayama.active(DAY)
    first = assess(okayama, case)
    data = {"version": 1, "assessed_on": "R5.5.8", "wish_job_1": "調理"}
    data |= dict.fromkeys(("phone", "identity_document", "bank_account", "driving_licence"), "unknown")
    edit = url("assessment_edit", case, assessment_pk=first.pk)
    assert confirmed(okayama.caseworker).post(edit, data).status_code == 404
    client = confirmed(okayama.navigator)
    assert client.post(edit, data).status_code == 302
    stale = client.post(edit, data)
    assert stale.status_code == 409 and "ほかの人が先に保存しました" in stale.content.decode()
    assess(okayama, case, based_on=1)
    late = client.post(edit, data | {"version": 2})
    assert late.status_code == 200 and "新しい版がある" in late.content.decode()


def test_a_closed_case_takes_no_more(okayama: Programme):
    case = okayama.active(DAY)
    with working_as(okayama.caseworker):
        moves.close_case(
            case=case,
            by=okayama.caseworker,
            at=now(),
            closed_on=today(),
            reason=CloseReason.OTHER,
            note="",
        )
        with pytest.raises(assessment.CaseOver):
            assessment.add_qualification(case=case, by=okayama.caseworker, at=now(), fields={"name": "簿記"})
    with pytest.raises(assessment.CaseOver):
        check(okayama, case, DAY, rise=1)
    assert "新しい版を書く" not in shown(okayama.caseworker, "assessment", pk=case.pk)


# Obstacles behind the wall of their kind


def test_obstacles_are_read_by_whom_the_consent_names(okayama: Programme):
    case = okayama.active(DAY)  # the consent includes health, not money or family
    chosen = {kind: f"{kind.label}の対応" for kind in (ObstacleKind.MIND, ObstacleKind.DEBT, ObstacleKind.GAP)}
    write(okayama.caseworker, case, {**chosen, ObstacleKind.JUSTICE: "保護司と連絡"})
    with working_as(okayama.navigator):
        assert set(Obstacle.objects.values_list("kind", flat=True)) == {"mind", "gap"}
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind FROM cases_obstacleevent")
            assert {row[0] for row in cursor.fetchall()} == {"mind", "gap"}
    with working_as(okayama.caseworker):
        assert Obstacle.objects.count() == 4
    text = shown(okayama.navigator, "assessment", pk=case.pk)
    assert "健康(精神)の対応" in text and "債務の対応" not in text and "保護司" not in text
    form = shown(okayama.navigator, "obstacles_edit", pk=case.pk)
    assert "has_mind" in form and "has_debt" not in form
    face = shown(okayama.navigator, "face_sheet", pk=case.pk)
    assert "健康(精神)の対応" in face and "債務の対応" not in face
    # The same kind may be noted by the other side: own ones do not meet.
    write(okayama.navigator, case, {ObstacleKind.MIND: "x", ObstacleKind.GAP: "y", ObstacleKind.JUSTICE: "別"})
    with working_as(okayama.caseworker):
        assert Obstacle.objects.get(kind="justice").response == "保護司と連絡"


def test_a_kind_not_granted_cannot_be_written(okayama: Programme):
    case = okayama.active(DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        write(okayama.navigator, case, {ObstacleKind.DEBT: "書けない"}, offered=list(ObstacleKind))
    assert set(OBSTACLE_GROUPS.values()) == set(FieldGroup)


def test_an_obstacle_no_longer_chosen_is_overcome_and_may_come_back(okayama: Programme):
    case = okayama.active(DAY)
    who = okayama.caseworker
    write(who, case, {ObstacleKind.MEANS: "携帯電話の契約を手伝う"})
    write(who, case, {})
    with working_as(who):
        row = Obstacle.objects.get()
        assert (row.resolved_on, row.response, row.version) == (today(), "携帯電話の契約を手伝う", 2)
    assert "解消" in shown(who, "assessment", pk=case.pk)
    write(who, case, {ObstacleKind.MEANS: "また止まった"})
    with working_as(who):
        row.refresh_from_db()
        assert (row.resolved_on, row.response) == (None, "また止まった")


def test_two_savers_of_obstacles_see_both_texts(okayama: Programme):
    case = okayama.active(DAY)
    write(okayama.caseworker, case, {ObstacleKind.AGE: "市の内容"})
    client = confirmed(okayama.navigator)
    answer = client.post(url("obstacles_edit", case), {"has_age": "on", "response_age": "私の内容", "seen": ""})
    text = answer.content.decode()
    assert answer.status_code == 409 and "市の内容" in text and "私の内容" in text
    again = {"has_age": "on", "response_age": "私の内容", "seen": "age=1"}
    assert client.post(url("obstacles_edit", case), again).status_code == 302
    wrong = client.post(url("obstacles_edit", case), {"response_age": "印がない", "seen": "age=2"})
    assert "印を付けてください" in wrong.content.decode()


# Work history


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("H27.4", "2015-04"),
        ("平成２７年４月", "2015-04"),
        ("2015/4", "2015-04"),
        ("201504", "2015-04"),
        ("2015年", "2015"),
        ("平成27年", "2015"),
        ("R元年5月", "2019-05"),
        ("昭和64年1月", "1989-01"),
        ("平成元年1月", "1989-01"),
        ("昭和元年12月", "1926-12"),
        ("", ""),
    ],
)
def test_months_in_any_writing(typed, stored):
    field = MonthField(required=False)
    assert field.to_python(typed) == stored
    assert field.to_python(field.prepare_value(stored)) == stored


@pytest.mark.parametrize("typed", ["x", "2015年13月", "昭和70年4月", "3000年", "1850", "4月"])
def test_no_month_gets_a_sentence(typed):
    with pytest.raises(ValidationError, match="年月"):
        MonthField().to_python(typed)


def test_a_year_alone_is_not_filled_up():
    assert (month_label("2015"), month_label("2015-04"), month_label("")) == ("2015年", "平成27年4月", "")


def test_the_employer_of_a_history_hides_with_the_suppression(okayama: Programme):
    case = okayama.active(DAY)
    row = add_history(okayama, case)
    assert "(架空)前の職場" in shown(okayama.caseworker, "assessment", pk=case.pk)
    walls.hide(okayama, case)
    client = confirmed(okayama.caseworker)
    for name in ("assessment", "face_sheet"):
        text = client.get(url(name, case)).content.decode()
        assert "前の職場" not in text and HIDDEN in text
    edit = url("work_history_edit", case, history_pk=row.pk)
    assert "employer_name" not in client.get(edit).content.decode()
    assert client.post(edit, {"job_title": "検品", "version": 1}).status_code == 302
    with working_as(okayama.caseworker):
        suppression.ask_release(
            person=case.person, kind=ReleaseKind.VIEW, by=okayama.caseworker, at=now(), reason="確かめる"
        )
    text = client.get(url("assessment", case)).content.decode()
    assert "(架空)前の職場" in text and "検品" in text


def test_history_in_order_and_conflicts(okayama: Programme):
    case = okayama.active(DAY)
    row = add_history(okayama, case)
    client = confirmed(okayama.navigator)
    edit = url("work_history_edit", case, history_pk=row.pk)
    data = {"job_title": "製造", "employer_name": "直した名", "started_in": "2018.5", "ended_in": "2018", "version": 1}
    assert client.post(edit, data).status_code == 302  # 2018年 may be any month from May on
    assert "より後" in client.post(edit, data | {"version": 2, "ended_in": "2017"}).content.decode()
    both = data | {"version": 2, "is_current": "on"}
    assert "空欄にしてください" in client.post(edit, both).content.decode()
    assert client.post(edit, data).status_code == 409
    with working_as(okayama.navigator):
        assert WorkHistory.objects.select_related("workplace").get().employer_name == "直した名"


# The checklist


def test_about_eight_items_a_stage_with_stored_codes():
    assert [len(items_of(stage)) for stage in Stage] == [8, 8, 8]
    assert len({item.code for item in ITEMS}) == 24
    assert max(len(item.text) for item in ITEMS) <= 30


def test_means_count_answered_items_only():
    answers = {"rise": 1, "meals": 2, "tidy": 2, "home": None, "greet": 0}
    assert mean(answers, Stage.DAILY) == Decimal("1.7")
    assert (mean(answers, Stage.SOCIAL), mean(answers, Stage.WORK)) == (Decimal("0.0"), None)
    assert answered(answers, Stage.DAILY) == 3
    assert mean({"rise": 0, "meals": 0, "tidy": 0, "home": 1}, Stage.DAILY) == Decimal("0.3")  # 0.25, half up


def test_change_stands_in_table_and_chart_with_the_same_numbers(okayama: Programme):
    case = okayama.active(DAY)
    check(okayama, case, dt.date(2023, 5, 1), rise=0, meals=1, greet=1, wish=0)
    assert "2回目を記録すると" in shown(okayama.caseworker, "checklist", pk=case.pk)
    check(okayama, case, dt.date(2023, 8, 1), rise=2, meals=3, tidy=2, greet=2, wish=1)
    check(okayama, case, dt.date(2023, 7, 1), rise=1, meals=1)
    text = shown(okayama.caseworker, "checklist", pk=case.pk)
    svg = re.search(r"<svg.*?</svg>", text, re.DOTALL)[0]
    table = re.search(r'<table class="data checklist">.*?</table>', text, re.DOTALL)[0]
    drawn = re.findall(r'font-weight="700"[^>]*>([\d.]+)</text>', svg)
    rows = re.findall(r'<tr class="total">.*?</tr>', table, re.DOTALL)
    printed = [value for row in rows for value in re.findall(r'<td class="num">([\d.－]+)</td>', row)]
    assert printed == ["0.5", "1.0", "2.3", "1.0", "－", "2.0", "0.0", "－", "1.0"]
    assert drawn == [value for value in printed if value != "－"]
    assert 'role="img"' in svg and "日常生活自立は0.5から2.3" in svg
    assert "<text" in svg and all(stage.label in svg for stage in Stage)
    assert change_chart([("5/1", {"rise": 1})]) is None


def test_answers_on_health_money_and_family_have_their_walls(okayama: Programme):
    case = okayama.active(DAY)
    check(okayama, case, DAY, okayama.caseworker, rise=3, health=0, money=0, near=0)
    with working_as(okayama.navigator):
        assert set(ChecklistAnswer.objects.values_list("item", flat=True)) == {"rise", "health"}
    text = shown(okayama.navigator, "checklist", pk=case.pk)
    assert "支払いの予定" not in text and "含まれない3項目" in text
    assert ">1.5<" in text and ">1.0<" in shown(okayama.caseworker, "checklist", pk=case.pk)
    client = confirmed(okayama.navigator)
    assert client.post(url("checklist_new", case), {"checked_on": "R5.6.1", "version": 1, "item_money": 3}).status_code == 200  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        check(okayama, case, DAY, money=3)


def test_a_round_is_repeated_and_corrected_by_its_side(okayama: Programme):
    case = okayama.active(DAY)
    first = check(okayama, case, DAY, rise=1, greet=2)
    client = confirmed(okayama.navigator)
    assert "前回(R5/4/10(月)): 1 手伝いがあればできる" in client.get(url("checklist_new", case)).content.decode()
    empty = client.post(url("checklist_new", case), {"checked_on": "R5.6.1", "version": 1})
    assert "1つ以上の項目に答えてください" in empty.content.decode()
    edit = url("checklist_edit", case, round_pk=first.pk)
    assert confirmed(okayama.caseworker).get(edit).status_code == 404
    data = {"checked_on": "R5.4.10", "version": 1, "item_rise": 3, "item_wish": 1}
    assert client.post(edit, data).status_code == 302
    with working_as(okayama.navigator):
        scores = {row.item: row.score for row in ChecklistAnswer.objects.exclude(score=None)}
        assert scores == {"rise": 3, "wish": 1}
    assert client.post(edit, data).status_code == 409
    future = client.post(
        url("checklist_new", case), {"checked_on": f"{today().year + 2}/1/1", "version": 1, "item_rise": 1}
    )
    assert "今日まで" in future.content.decode()


# Who and how many


def test_lists_ask_the_same_number_of_questions_for_1_and_3_rows(okayama: Programme):
    case = okayama.active(DAY)
    client = confirmed(okayama.navigator)
    consent = consent_of(okayama, case)
    counts = []
    for rows in (1, 2):
        for number in range(rows):
            add_history(okayama, case)
            check(okayama, case, DAY, rise=1, greet=number)
            hand_over(okayama, case, consent)
            with working_as(okayama.navigator):
                assessment.add_qualification(case=case, by=okayama.navigator, at=now(), fields={"name": "資格"})
                based_on = assessment.latest_assessment(case)
            assess(okayama, case, based_on=based_on.version_number if based_on else 0)
        write(okayama.caseworker, case, dict.fromkeys(list(ObstacleKind)[: rows * 2], "x"))
        found = []
        for name in ("assessment", "checklist", "face_sheet"):
            client.get(url(name, case))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url(name, case)).status_code == 200
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 40, counts


def test_a_name_that_is_hidden_cannot_be_typed_around(okayama: Programme):
    case = okayama.active(DAY, contact={"address": "隠れ町九丁目", "phone": "090-9999-1111"})
    walls.hide(okayama, case)
    data = {"job_title": "隠れ町九丁目の工場", "employer_name": "x", "version": 1}
    answer = confirmed(okayama.caseworker).post(url("work_history_new", case), data)
    assert answer.status_code == 200 and "居所が分かるため" in answer.content.decode()
