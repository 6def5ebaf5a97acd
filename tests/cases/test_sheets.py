"""What is made of an assessment: face sheet, hand-over sheet, interpreter need, the client's sheet."""

from __future__ import annotations

import datetime as dt
import io
import re

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.enums import Role
from agreements.models import Site
from cases.actions import circumstance, contact, sheets, suppression, withdrawal
from cases.enums import (
    ConsentMethod,
    FieldGroup,
    ReleaseKind,
)
from cases.models import (
    Case,
    Consent,
    HandoverSheet,
    InterpreterNeed,
    Person,
)
from cases.models.work import HIDDEN
from core.forms import EditConflict
from core.periods import now, today
from tests import walls
from tests.assessed import assessed_things, consent_of, hand_over, text_of, url
from tests.clients import confirmed
from tests.clients import page as shown
from tests.factories import Programme, actor, at, working_as

DAY = dt.date(2023, 4, 10)


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
    assessed_things(okayama, case, consent_of(okayama, case))
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
    paper = text_of(confirmed(okayama.navigator).get(url("face_sheet_pdf", case)))
    assert "健康・障害の話" in paper and "家計の話" not in paper and "架空町1-1" in paper and "未確認" in paper


def test_no_paper_leaves_while_a_suppression_stands(okayama: Programme):
    case = okayama.active(DAY, contact={"address": "隠れ町9-9", "phone": "090-9999-1111"})
    sheet = hand_over(okayama, case, consent_of(okayama, case))
    with working_as(okayama.navigator):
        next_time = contact.NextAppointment(now() + dt.timedelta(days=3), okayama.navigator.user)
        booked = contact.book(case=case, by=okayama.navigator, at=now(), appointment=next_time)
    walls.hide(okayama, case)
    client = confirmed(okayama.caseworker)
    papers = {
        "face_sheet_pdf": url("face_sheet_pdf", case),
        "linking_pdf": url("linking_pdf", case, sheet_pk=sheet.pk),
        "next_steps_pdf": url("next_steps_pdf", case),
        "appointment_slip": reverse("appointment_slip", kwargs={"pk": booked.pk}),
    }
    for name, path in papers.items():
        answer = client.get(path, follow=True)
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
    for name, path in papers.items():
        assert client.get(path)["Content-Type"] == "application/pdf", name
    assert "支援措置" in text_of(client.get(url("face_sheet_pdf", case)))


def test_interpreters_read_but_do_not_print(okayama: Programme):
    case = okayama.active(DAY)
    who = actor("okayama-interpreter", okayama.office, Role.INTERPRETER)
    assert confirmed(who).get(url("face_sheet", case)).status_code == 404  # not assigned
    assert confirmed(who).get(url("face_sheet_pdf", case)).status_code == 403


# Handing over


def test_the_consent_decides_what_stands_on_the_handover_sheet(okayama: Programme):
    case = okayama.active(DAY)
    with working_as(okayama.caseworker):
        for group in FieldGroup:
            circumstance.write_circumstance(
                case=case, group=group, body=f"{group.label}の話", version=0, by=okayama.caseworker, at=now()
            )
    sheet = hand_over(okayama, case, consent_of(okayama, case))
    client = confirmed(okayama.caseworker)
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
    client = confirmed(okayama.caseworker)
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
    client = confirmed(okayama.navigator)
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
    client = confirmed(okayama.caseworker)
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


def test_the_clients_sheet_is_printed_as_it_was_chosen(okayama: Programme):
    """The button prints what the form says now, in the language chosen, also when it was not shown before."""
    case = okayama.active(DAY)
    with working_as(okayama.caseworker):
        Person.objects.filter(pk=case.person_id).update(language="ポルトガル語")
        Case.objects.filter(pk=case.pk).update(site=Site.objects.create(name="窓口", phone="086-000-1234"))
    client = confirmed(okayama.caseworker)
    shown = client.get(url("next_steps", case)).content.decode()
    assert f'form="steps" formaction="{url("next_steps_pdf", case)}"' in shown
    assert '<div class="steps-sheet" lang="pt">' in shown, "nobody noted a language of the sheet; this one is spoken"
    assert '<td class="phone">086-000-1234</td>' in shown
    assert "Próximospassos" in text_of(client.get(url("next_steps_pdf", case)))
    wrong = {"language": "pt", "furigana": "on", "phone": "電話なし"}
    back = client.get(url("next_steps_pdf", case), wrong)
    assert '<div class="steps-sheet" lang="pt">' in back.content.decode()
    assert back.context["form"].errors.keys() == {"phone"}
