"""Assessment, obstacles, checklist, face sheet, hand-over sheet, interpreter need, the client's sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from cases.actions import assessment, circumstance, moves, sheets, suppression, withdrawal
from cases.enums import (
    OBSTACLE_GROUPS,
    CloseReason,
    ConsentMethod,
    FieldGroup,
    ObstacleKind,
    ReleaseKind,
)
from cases.forms.assessment import MonthField
from cases.independence import ITEMS, Stage, answered, change_chart, items_of, mean
from cases.models import (
    Assessment,
    ChecklistAnswer,
    Consent,
    HandoverSheet,
    InterpreterNeed,
    Obstacle,
    Person,
    WorkHistory,
)
from cases.models.assessment import month_label
from cases.models.work import HIDDEN
from core.forms import EditConflict
from core.periods import now, today
from tests import walls
from tests.assessed import add_history, assess, assessed_things, check, hand_over
from tests.cases.test_walls import logged_in
from tests.cases.test_walls import page as shown
from tests.factories import Programme, actor, at, working_as

DAY = dt.date(2023, 4, 10)


def text_of(answer) -> str:
    assert answer["Content-Type"] == "application/pdf", answer.get("Location")
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return "".join(re.sub(r"\s", "", page.extract_text()) for page in pages)


def url(name: str, case, **kwargs) -> str:
    return reverse(name, kwargs={"pk": case.pk, **kwargs})


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
    client = logged_in(okayama.caseworker)
    form = client.get(url("assessment_new", case)).content.decode()
    assert "手先が器用" in form and 'value="清掃"' in form
    data = {"version": 1, "assessed_on": "R5.6.1", "strengths_person": "朝に強い", "transports": ["bicycle", "public"]}
    data |= dict.fromkeys(("phone", "identity_document", "bank_account", "driving_licence"), "unknown")
    data |= {"wish_commute_minutes": "４０分", "wish_wage_yen": "１，０５０円"}
    answer = client.post(url("assessment_new", case), data)
    assert answer.status_code == 200 and "通勤時間" in answer.content.decode()  # 分 is no number
    data["wish_commute_minutes"] = "４０"
    assert client.post(url("assessment_new", case), data).status_code == 302
    with working_as(okayama.caseworker):
        first, second = Assessment.objects.order_by("version_number")
        assert (first.organisation, second.organisation) == (okayama.hello_work, okayama.office)
        assert (second.assessed_on, second.wish_wage_yen) == (dt.date(2023, 6, 1), 1050)
        assert second.transport_labels == ["自転車", "電車・バス"]
    text = shown(okayama.navigator, "assessment", pk=case.pk)
    assert "朝に強い" in text and "第1版" in text and "手先が器用" not in text
    old = logged_in(okayama.navigator).get(url("assessment", case), {"version": "1"}).content.decode()
    assert "手先が器用" in old and "前の版" in old


def test_two_new_versions_at_once_show_both_texts(okayama: Programme):
    case = okayama.active(DAY)
    assess(okayama, case, strengths_person="いまの内容")
    data = {"version": 0, "assessed_on": "R5.6.1", "strengths_person": "私の入力", "phone": "has"}
    data |= dict.fromkeys(("identity_document", "bank_account", "driving_licence"), "unknown")
    client = logged_in(okayama.caseworker)
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
    assert logged_in(okayama.caseworker).post(edit, data).status_code == 404
    client = logged_in(okayama.navigator)
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
    client = logged_in(okayama.navigator)
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
    client = logged_in(okayama.caseworker)
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
    client = logged_in(okayama.navigator)
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
    client = logged_in(okayama.navigator)
    assert client.post(url("checklist_new", case), {"checked_on": "R5.6.1", "version": 1, "item_money": 3}).status_code == 200  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        check(okayama, case, DAY, money=3)


def test_a_round_is_repeated_and_corrected_by_its_side(okayama: Programme):
    case = okayama.active(DAY)
    first = check(okayama, case, DAY, rise=1, greet=2)
    client = logged_in(okayama.navigator)
    assert "前回(2023/4/10(月)): 1 手伝いがあればできる" in client.get(url("checklist_new", case)).content.decode()
    empty = client.post(url("checklist_new", case), {"checked_on": "R5.6.1", "version": 1})
    assert "1つ以上の項目に答えてください" in empty.content.decode()
    edit = url("checklist_edit", case, round_pk=first.pk)
    assert logged_in(okayama.caseworker).get(edit).status_code == 404
    data = {"checked_on": "R5.4.10", "version": 1, "item_rise": 3, "item_wish": 1}
    assert client.post(edit, data).status_code == 302
    with working_as(okayama.navigator):
        scores = {row.item: row.score for row in ChecklistAnswer.objects.exclude(score=None)}
        assert scores == {"rise": 3, "wish": 1}
    assert client.post(edit, data).status_code == 409
    future = client.post(url("checklist_new", case), {"checked_on": "R30.1.1", "version": 1, "item_rise": 1})
    assert "今日まで" in future.content.decode()


# Face sheet


def test_the_face_sheet_marks_what_is_missing_with_the_way_to_enter_it(okayama: Programme):
    case = okayama.open_case(DAY)
    text = shown(okayama.caseworker, "face_sheet", pk=case.pk)
    missing = int(re.search(r"足りないもの (\d+)件", text)[1])
    for name in (
        "contact_edit",
        "consent_new",
        "assessment_new",
        "work_history_new",
        "checklist_new",
        "assignment_new",
    ):
        assert url(name, case) in text, name
    assert url("circumstance_edit", case, group="health") in text
    with working_as(okayama.caseworker):
        circumstance.write_circumstance(
            case=case, group=FieldGroup.HEALTH, body="腰痛", version=0, by=okayama.caseworker, at=now()
        )
    text = shown(okayama.caseworker, "face_sheet", pk=case.pk)
    assert "腰痛" in text and int(re.search(r"足りないもの (\d+)件", text)[1]) == missing - 1


def test_the_face_sheet_gathers_what_the_reader_sees(okayama: Programme):
    case = okayama.active(DAY, contact={"address": "架空町1-1", "phone": "090-0000-1111"})
    with working_as(okayama.caseworker):
        for group in FieldGroup:
            circumstance.write_circumstance(
                case=case, group=group, body=f"{group.label}の話", version=0, by=okayama.caseworker, at=now()
            )
    assessed_things(okayama, case, _consent(okayama, case))
    texts = {who: shown(who, "face_sheet", pk=case.pk) for who in (okayama.caseworker, okayama.navigator)}
    for text in texts.values():
        for fact in (
            "架空町1-1",
            "手先が器用",
            "製造",
            "普通自動車第一種免許",
            "就労ブランク: 短い時間から",
            "週3日から働きたい",
        ):
            assert fact in text, fact
    assert "家計の話" in texts[okayama.caseworker]
    assert "家計の話" not in texts[okayama.navigator]
    assert "同意の範囲に含まれていません" in texts[okayama.navigator]
    # The navigator may not edit the person: the fact is named without a link.
    assert url("contact_edit", case) not in texts[okayama.navigator]
    paper = text_of(logged_in(okayama.navigator).get(url("face_sheet_pdf", case)))
    assert "健康・障害の話" in paper and "家計の話" not in paper and "架空町1-1" in paper and "未確認" in paper


def _consent(programme: Programme, case) -> Consent:
    with working_as(programme.caseworker):
        return Consent.objects.get(case=case)


def test_no_paper_leaves_while_a_suppression_stands(okayama: Programme):
    case = okayama.active(DAY, contact={"address": "隠れ町9-9", "phone": "090-9999-1111"})
    sheet = hand_over(okayama, case, _consent(okayama, case))
    walls.hide(okayama, case)
    client = logged_in(okayama.caseworker)
    papers = ("face_sheet_pdf", {}), ("linking_pdf", {"sheet_pk": sheet.pk}), ("next_steps_pdf", {})
    for name, kwargs in papers:
        answer = client.get(url(name, case, **kwargs), follow=True)
        assert answer.redirect_chain and "印刷・出力は止めています" in answer.content.decode(), name
        assert "隠れ町" not in answer.content.decode()
    text = client.get(url("face_sheet", case)).content.decode()
    assert "隠れ町" not in text and HIDDEN in text
    with working_as(okayama.caseworker):
        release = suppression.ask_release(
            person=case.person, kind=ReleaseKind.PRINT, by=okayama.caseworker, at=now(), reason="裁判所へ"
        )
    with working_as(okayama.manager):
        suppression.approve_release(release=release, by=okayama.manager, at=now())
    for name, kwargs in papers:
        assert client.get(url(name, case, **kwargs))["Content-Type"] == "application/pdf", name
    assert "支援措置" in text_of(client.get(url("face_sheet_pdf", case)))


def test_interpreters_read_but_do_not_print(okayama: Programme):
    case = okayama.active(DAY)
    who = actor("okayama-interpreter", okayama.office, Role.INTERPRETER)
    assert logged_in(who).get(url("face_sheet", case)).status_code == 404  # not assigned
    assert logged_in(who).get(url("face_sheet_pdf", case)).status_code == 403


# Handing over


def test_the_consent_decides_what_stands_on_the_handover_sheet(okayama: Programme):
    case = okayama.active(DAY)
    with working_as(okayama.caseworker):
        for group in FieldGroup:
            circumstance.write_circumstance(
                case=case, group=group, body=f"{group.label}の話", version=0, by=okayama.caseworker, at=now()
            )
    sheet = hand_over(okayama, case, _consent(okayama, case))
    client = logged_in(okayama.caseworker)
    text = client.get(url("linking", case, sheet_pk=sheet.pk)).content.decode()
    assert "健康・障害の話" in text and "家計の話" not in text and "同意に含まれないため、載せません" in text
    paper = text_of(client.get(url("linking_pdf", case, sheet_pk=sheet.pk)))
    assert "健康・障害の話" in paper and "家計" not in paper and "家賃の支払いが不安" in paper
    with working_as(okayama.caseworker):
        withdrawal.withdraw_consent(
            consent=sheet.consent,
            by=okayama.caseworker,
            at=now(),
            on=today(),
            method=ConsentMethod.SPOKEN,
            note="やめたい",
        )
    answer = client.get(url("linking_pdf", case, sheet_pk=sheet.pk), follow=True)
    assert "撤回されたか期限が過ぎています" in answer.content.decode()
    assert "健康・障害の話" not in answer.content.decode()
    assert "先に「見える範囲」で" in client.get(url("linking_new", case)).content.decode()


def test_a_handover_goes_only_to_whom_the_person_named(okayama: Programme, soja: Programme):
    case = okayama.active(DAY)
    other = okayama.active(DAY, name="別 の人")
    with working_as(okayama.caseworker):
        foreign = Consent.objects.get(case=other).recipients.get()
        named = Consent.objects.get(case=case).recipients.get()
    client = logged_in(okayama.caseworker)
    data = {"handed_on": "R5.6.1", "asked": "家賃", "wanted": "相談"}
    refused = client.post(url("linking_new", case), data | {"to": foreign.pk})
    assert refused.status_code == 200 and "選び直してください" in refused.content.decode()
    assert client.post(url("linking_new", case), data | {"to": named.pk}).status_code == 302
    with working_as(okayama.caseworker), pytest.raises(IntegrityError), transaction.atomic():
        HandoverSheet.objects.create(
            case=case,
            consent=named.consent,
            recipient=okayama.bureau,
            handed_on=DAY,
            asked="x",
            wanted="y",
            organisation=okayama.office,
            written_by=okayama.caseworker.user,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# Interpreter and the client's sheet


def test_the_interpreter_need_stands_in_the_bar_and_two_savers_meet(okayama: Programme):
    case = okayama.active(DAY)
    client = logged_in(okayama.navigator)
    data = {"needs_interpreter": "on", "language": "ポルトガル語", "manner": "present", "gender_wish": "female"}
    data |= {"sheet_language": "pt", "person_version": 1, "version": 0}
    no_language = client.post(url("interpreter_edit", case), data | {"language": ""})
    assert "話す言語を入力してください" in no_language.content.decode()
    assert client.post(url("interpreter_edit", case), data).status_code == 302
    assert "通訳: ポルトガル語(同席、女性を希望)" in shown(okayama.caseworker, "case_detail", pk=case.pk)
    stale = client.post(url("interpreter_edit", case), data | {"manner": "phone"})
    assert stale.status_code == 409 and "電話" in stale.content.decode()
    with working_as(okayama.navigator):
        assert InterpreterNeed.objects.get().manner == "present"
        person = Person.objects.get()
        with pytest.raises(EditConflict), transaction.atomic():
            sheets.write_interpreter_need(
                case=case,
                by=okayama.navigator,
                at=now(),
                needs_interpreter=False,
                language="",
                person_version=person.version,
                version=0,
                fields={},
            )
        person.refresh_from_db()
        assert person.needs_interpreter


def test_the_clients_sheet_in_both_languages(okayama: Programme):
    case = okayama.active(DAY)
    okayama.interview(case, DAY, homework="志望動機を考える", homework_due_on=dt.date(2030, 3, 8))
    with working_as(okayama.navigator):
        from_now = at(dt.date(2030, 3, 10), 14)
        case.appointments.create(
            organisation=okayama.hello_work,
            worker=okayama.navigator.user,
            starts_at=from_now,
            place="2階の窓口",
            created_by=okayama.navigator.user,
        )
    client = logged_in(okayama.caseworker)
    plain = client.get(url("next_steps", case)).content.decode()
    assert "<ruby>次<rp>(</rp><rt>つぎ</rt><rp>)</rp></ruby>に すること" in plain
    assert "<ruby>10日<rp>(</rp><rt>とおか</rt>" in plain and "<ruby>8日<rp>(</rp><rt>ようか</rt>" in plain
    assert "志望動機を考える" in plain and "2階の窓口" in plain
    without = client.get(url("next_steps", case), {"language": "ja", "furigana": "off"}).content.decode()
    assert "<ruby>" not in without and "次に すること" in without
    chosen = {"language": "pt", "furigana": "on", "bring": ["resume"], "todo": ["photo"], "phone": "086-000-0000"}
    portuguese = client.get(url("next_steps", case), chosen).content.decode()
    assert '<div class="steps-sheet" lang="pt">' in portuguese
    for text in (
        "Próximos passos",
        "domingo, 10 de março de 2030, às 14h00",
        "Currículo",
        "Tirar a foto",
        "086-000-0000",
    ):
        assert text in portuguese, text
    assert '<li lang="ja">□ 志望動機を考える' in portuguese
    answer = client.get(url("next_steps_pdf", case), chosen)
    paper = text_of(answer)
    assert "Próximospassos" in paper and "Currículo" in paper
    assert pypdf.PdfReader(io.BytesIO(answer.content)).trailer["/Root"]["/Lang"] == "pt"
    assert client.get(url("next_steps", case), {"language": "xx"}).status_code == 200


# Who and how many


def test_lists_ask_the_same_number_of_questions_for_1_and_3_rows(okayama: Programme):
    case = okayama.active(DAY)
    client = logged_in(okayama.navigator)
    consent = _consent(okayama, case)
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
    answer = logged_in(okayama.caseworker).post(url("work_history_new", case), data)
    assert answer.status_code == 200 and "居所が分かるため" in answer.content.decode()
