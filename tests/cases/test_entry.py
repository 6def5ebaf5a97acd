"""Japanese data entry through the whole system: birthdays as far as known, days as chosen, every letter kept."""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from typing import Any
from urllib.parse import quote

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cases.actions import merge
from cases.actions.suppression import suppress
from cases.duplicates import Sought, alike
from cases.models import Person, PersonContact
from core.documents import NO_GLYPH, marked
from core.periods import DateStyle, KnownDate, date_style, today
from tests.cases.test_lists import export, table
from tests.clients import client_of
from tests.factories import Programme, at, working_as

WESTERN_DAY = re.compile(r"20\d\d[年/]\s*\d")


def intake(okayama: Programme, **fields: Any) -> dict[str, Any]:
    return {
        "name": "分里 花子",
        "name_kana": "ブンリ ハナコ",
        "birth_on": "",
        "sex": "unanswered",
        "status": "livelihood_protection",
        "opened_on": "2023/5/1",
        "agreement": okayama.agreement.pk,
        "holder": okayama.office.pk,
        **fields,
    }


def text_of(answer: HttpResponse) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


# ── birthdays (D17)


@pytest.mark.parametrize(
    ("typed", "mark", "stored", "shown"),
    [
        ("昭和55年", "", (None, "1980", False), "昭和55年(月日は不明)"),
        ("S55.5", "", (None, "1980-05", False), "昭和55年5月(日は不明)"),
        ("昭和55年頃", "", (None, "1980", True), "昭和55年(月日は不明・推定)"),
        ("1980/5/5", "on", (dt.date(1980, 5, 5), "", True), "昭和55年5月5日(推定)"),
        ("", "", (None, "", False), "未入力"),
    ],
)
def test_a_birthday_is_stored_and_shown_as_far_as_it_is_known(okayama: Programme, typed, mark, stored, shown):
    client = client_of(okayama.caseworker)
    sent = intake(okayama, birth_on=typed, **({"is_birth_estimated": mark} if mark else {}))
    answer = client.post(reverse("case_new"), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    with working_as(okayama.caseworker):
        person = Person.objects.get()
        assert (person.birth_on, person.birth_part, person.is_birth_estimated) == stored
        event = person.events.order_by("-pgh_id").first()
        assert (event.birth_on, event.birth_part, event.is_birth_estimated) == stored
        pk = person.cases.get().pk
    assert shown in client.get(answer["Location"]).content.decode()
    # The form shows it again, and saving the form as it stands changes nothing.
    url = reverse("person_edit", kwargs={"pk": pk})
    form = client.get(url).context["form"]
    again = {name: form[name].value() for name in form.fields}
    assert client.post(url, {name: value for name, value in again.items() if value}).status_code == 302
    with working_as(okayama.caseworker):
        person = Person.objects.get()
        assert (person.birth_on, person.birth_part, person.is_birth_estimated) == stored


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"birth_on": "", "is_birth_estimated": "on"}, "推定のときも、分かる年を入力してください。例: 昭和55年"),
        ({"birth_on": "2099"}, "生年月日は1900年から今日までの日にしてください。"),
        ({"birth_on": "1899"}, "生年月日は1900年から今日までの日にしてください。"),
        ({"birth_on": "昭和65年"}, "「昭和65年」はありません"),
        ({"birth_on": "55.5.5"}, "年が何年か決められません"),
    ],
)
def test_a_birthday_that_cannot_be_is_refused_and_kept_in_the_form(okayama: Programme, fields, sentence):
    answer = client_of(okayama.caseworker).post(reverse("case_new"), intake(okayama, **fields))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert answer.context["form"]["birth_on"].value() == fields["birth_on"]
    with working_as(okayama.caseworker):
        assert not Person.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"birth_on": dt.date(1980, 5, 5), "birth_part": "1980"},
        {"birth_on": None, "birth_part": "1980-13"},
        {"birth_on": None, "birth_part": "80"},
        {"birth_on": None, "birth_part": "", "is_birth_estimated": True},
    ],
)
def test_the_database_keeps_no_birthday_that_says_two_things(okayama: Programme, wrong):
    okayama.open_case()
    with working_as(okayama.caseworker), pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.update(**wrong)


def test_a_year_is_found_by_the_year_the_day_and_the_duplicates_finder(okayama: Programme):
    partly = okayama.open_case(name="年 のみ", kana="ネン ノミ", birth_on=None, birth_part="1980")
    okayama.open_case(name="別 の人", kana="ベツ ノヒト", birth_on=dt.date(1981, 1, 1))
    client = client_of(okayama.caseworker)
    url = reverse("case_detail", kwargs={"pk": partly.pk})
    for words in ("S55", "1980年", "昭和55年", "S55.5.5", "19800505"):
        assert client.post(reverse("case_search"), {"q": words}).headers.get("Location") == url, words
    assert client.post(reverse("case_search"), {"q": "S56.5.5"}).status_code == 200
    with working_as(okayama.caseworker):
        (same,) = alike(Sought("年 のみ", "ネン ノミ", KnownDate(1980, 5, 5)), okayama.caseworker)
        assert same.is_likely
        assert "生年月日が、分かっているところまで同じ" in same.reasons
        assert alike(Sought("", "ネン ノミ", KnownDate(1979, 5, 5)), okayama.caseworker) == []


def test_an_age_is_a_span_in_the_list_and_in_the_file(okayama: Programme):
    okayama.active(name="年 のみ", kana="ネン ノミ", birth_on=None, birth_part="1980", is_birth_estimated=True)
    client = client_of(okayama.caseworker)
    label = KnownDate(1980, is_estimated=True).age_on(today())
    assert "〜" in label
    page = client.get(reverse("case_list") + "?state=active").content.decode()
    assert f'<td class="num">{label}</td>' in page
    cells = [cell for row in table(export(client, "?state=active")) for cell in row]
    assert label in cells
    assert not [cell for cell in cells if isinstance(cell, dt.datetime) and cell.year == 1980]


def test_papers_say_what_is_not_known(okayama: Programme):
    case = okayama.active(birth_on=None, birth_part="1980-05")
    client = client_of(okayama.caseworker)
    for name in ("face_sheet_pdf",):
        paper = text_of(client.get(reverse(name, kwargs={"pk": case.pk})))
        assert "昭和55年5月(日は不明)" in paper.replace("\n", "")


def test_a_merge_takes_the_birthday_as_one_thing(okayama: Programme):
    kept = okayama.open_case(name="甲", kana="コウ", birth_on=dt.date(1980, 5, 5))
    merged = okayama.open_case(name="甲", kana="コウ", birth_on=None, birth_part="1981", is_birth_estimated=True)
    page = client_of(okayama.manager).get(reverse("person_merge", kwargs={"pk": kept.pk, "other_pk": merged.pk}))
    assert "昭和56年(月日は不明・推定)" in page.content.decode()
    with working_as(okayama.manager):
        row = merge.merge_persons(
            kept=kept.person,
            merged=merged.person,
            taken=frozenset({"birth_on"}),
            note="本人に確かめた",
            agreed_readers=frozenset(),
            by=okayama.manager,
            at=at(today()),
        )
        assert Person.objects.get().birth == KnownDate(1981, is_estimated=True)
        merge.undo_merge(merge=row, by=okayama.manager, at=at(today()))
        assert Person.objects.get(pk=kept.person_id).birth == KnownDate(1980, 5, 5)


# ── days in the calendar that the user has chosen (D18)


def choose(client: Client, style: DateStyle) -> None:
    assert client.post(reverse("date_style"), {"date_style": style}).status_code == 302


def test_a_user_chooses_the_calendar_and_nobody_else_gets_it(okayama: Programme):
    case = okayama.active(dt.date(2023, 4, 10))
    mine, theirs = client_of(okayama.caseworker), client_of(okayama.navigator)
    url = reverse("case_detail", kwargs={"pk": case.pk})
    seen = {}
    for style in DateStyle:
        choose(mine, style)
        seen[style.value] = mine.get(url).content.decode()
        # The next request in this thread is somebody else's.
        assert "令和5年4月10日(月)" in theirs.get(url).content.decode()
        assert date_style() == DateStyle.ERA
    assert "令和5年4月10日(月)" in seen["era"]
    assert "2023年4月10日(月)" in seen["western"]
    assert "令和5年" not in re.sub(r"令和\d+年度", "", seen["western"])
    assert "令和5年(2023年)4月10日(月)" in seen["both"]


def test_the_calendar_does_not_outlive_a_request_that_fails(okayama: Programme):
    client = client_of(okayama.caseworker)
    choose(client, DateStyle.WESTERN)
    assert client.get("/cases/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert date_style() == DateStyle.ERA
    assert client.post(reverse("date_style"), {"date_style": "lunar"}).status_code == 302
    assert User.objects.get(pk=okayama.caseworker.user.pk).date_style == DateStyle.WESTERN


def test_a_form_shows_a_day_in_the_chosen_calendar_and_the_other_beside_it(okayama: Programme):
    case = okayama.open_case()
    client = client_of(okayama.caseworker)
    url = reverse("person_edit", kwargs={"pk": case.pk})
    for style, value, other in (
        (DateStyle.ERA, "昭和55年5月5日", "1980年5月5日"),
        (DateStyle.WESTERN, "1980年5月5日", "昭和55年5月5日"),
        (DateStyle.BOTH, "昭和55年5月5日", "1980年5月5日"),
    ):
        choose(client, style)
        page = client.get(url).content.decode()
        assert f'value="{value}"' in page
        assert f'data-other-date="day">{other}</output>' in page
    # Without JavaScript the other calendar stands there after the form was sent.
    wrong = client.post(url, {"name": "", "name_kana": "アア", "birth_on": "Ｓ55.4.1", "version": "1"}).content.decode()
    assert 'data-other-date="day">1980年4月1日</output>' in wrong


def test_papers_stay_with_the_rule_of_the_form(okayama: Programme):
    case = okayama.active(dt.date(2023, 4, 10))
    client = client_of(okayama.caseworker)
    choose(client, DateStyle.WESTERN)
    paper = re.sub(r"\s", "", text_of(client.get(reverse("face_sheet_pdf", kwargs={"pk": case.pk}))))
    assert "令和5年4月10日" in paper
    assert WESTERN_DAY.search(paper) is None


def test_the_setting_stands_on_the_account_page(okayama: Programme):
    client = client_of(okayama.caseworker)
    choose(client, DateStyle.BOTH)
    page = client.get(reverse("account_settings")).content.decode()
    assert re.search(r'value="both"[^>]*checked', page)
    assert "年度はいつも「令和7年度」" in page


# ── names (D19–D21)


def test_a_reading_that_seems_another_is_saved_and_pointed_out(okayama: Programme):
    client = client_of(okayama.caseworker)
    answer = client.post(reverse("case_new"), intake(okayama, name="佐藤　花子", name_kana="さとうはなこ"), follow=True)
    page = answer.content.decode()
    assert "フリガナ「サトウハナコ」は分かれていません。このまま保存しました。" in page
    with working_as(okayama.caseworker):
        person = Person.objects.get()
        assert (person.name, person.name_kana) == ("佐藤 花子", "サトウハナコ")


def test_one_name_in_one_field_is_enough(okayama: Programme):
    client = client_of(okayama.caseworker)
    for name, kana in (
        ("ミホン・ダ・シルバ　マリア", "みほん・だ・しるば　まりあ"),
        ("ＮＧＵＹＥＮ ＶＡＮ ＡＮ", "ｸﾞｴﾝ ﾊﾞﾝ ｱﾝ"),
        ("阮文安(通称 安田 文安)", "グエン・バン・アン"),
        ("マリア", "マリア"),
    ):
        sent = intake(okayama, name=name, name_kana=kana, is_other_person="yes")
        answer = client.post(reverse("case_new"), sent)
        assert answer.status_code == 302, answer.context["form"].errors


# Variation selectors (IVS and SVS), four-byte kanji of several planes, compatibility ideographs, accents, other scripts.
NAMES = [
    *("葛\U000e0100城", "葛\U000e0101飾", "辻\U000e0100本", "辻\U000e0101", "祇\U000e0100園", "邊\U000e0102見"),
    *("邉\U000e0103", "齋\U000e0101藤", "榊\U000e0100原", "芦\U000e0101屋", "逢\U000e0101坂", "樋\U000e0101口"),
    *("𠮷田", "𠮷\U000e0101野", "𠮟", "𡈽井", "𡌛", "𡢽", "𣘺本", "𣜿", "𣧂", "𣲾", "𤭯", "𥔎", "𥝱", "𥧄", "𦀗", "𦜝"),
    *("𦰩", "𧃴", "𨉷", "𨨞", "𩊱", "𩸽", "𪀯", "𪘂", "𪚥", "𫝆", "𫞎", "𬵪", "\U0002ebf0", "\U00030000", "\U000323b0"),
    *("髙﨑", "濵田", "德永", "\ufa19山", "\ufa11本", "\U0002f81a", "鷗外", "João Ñandú", "Nguyễn Văn", "김민수"),
]


def test_fifty_names_outside_the_old_character_set_survive_everything(okayama: Programme):
    """interface.md D21: input → database → list → search → XLSX → PDF."""
    assert len(set(NAMES)) >= 50
    client = client_of(okayama.caseworker)
    urls = {}
    for number, name in enumerate(NAMES):
        kana = f"ジ{'アイウエオカキクケコ'[number % 10]}{'サシスセソ'[number // 10 % 5]}{'タ' * (number // 50)}"
        answer = client.post(reverse("case_new"), intake(okayama, name=name, name_kana=kana, is_other_person="yes"))
        assert answer.status_code == 302, (name, answer.context["form"].errors)
        urls[name] = answer["Location"]
    with working_as(okayama.caseworker):
        assert set(Person.objects.values_list("name", flat=True)) == set(NAMES)
    listed = ""
    page = client.get(reverse("case_list") + "?state=all&sort=kana")
    while True:
        listed += page.content.decode()
        if not page.context["page"].older:
            break
        page = client.get(f"{reverse('case_list')}?state=all&sort=kana&page={quote(page.context['page'].older)}")
    assert [name for name in NAMES if f">{name}</a>" not in listed] == []
    lost = []
    for name in NAMES:
        found = client.post(reverse("case_search"), {"q": name})
        if found.headers.get("Location") != urls[name] and urls[name] not in found.content.decode():
            lost.append(name)
    assert lost == []
    for name in NAMES:
        assert name in client.get(urls[name]).content.decode()
    assert set(NAMES) - {row[0] for row in table(export(client, "?state=all&sort=kana"))} == set()


def test_every_letter_of_the_fifty_is_on_paper_or_named_as_missing(okayama: Programme):
    client, lost = client_of(okayama.caseworker), []
    for start in range(0, len(NAMES), 18):
        names = NAMES[start : start + 18]
        case = okayama.open_case(name=" ".join(names), kana="ジ")
        paper = text_of(client.get(reverse("face_sheet_pdf", kwargs={"pk": case.pk})))
        letters = {letter for letter in "".join(names) if not ("\U000e0100" <= letter <= "\U000e01ef")}
        lost += [letter for letter in letters - {" "} if letter not in paper and f"U+{ord(letter):04X}" not in paper]
        assert "\ufffd" not in paper
    # The text layer of a PDF knows some letters by their canonical form alone.
    assert [letter for letter in lost if unicodedata.normalize("NFC", letter) == letter] == []


def test_a_letter_without_a_glyph_is_marked_and_named(okayama: Programme):
    for name, missing in (("𠮷田 花子", "U+20BB7"), ("\U00030000 花子", "U+30000"), ("髙﨑 花子", "")):
        case = okayama.open_case(name=name, kana="ジ ハナコ")
        answer = client_of(okayama.caseworker).get(reverse("face_sheet_pdf", kwargs={"pk": case.pk}))
        paper = text_of(answer).replace("\n", "")
        if missing:
            assert f"{NO_GLYPH} 花子" in paper or f"{NO_GLYPH}田 花子" in paper
            assert f"({missing})" in paper
        else:
            assert name in paper
            assert NO_GLYPH not in paper


def test_the_mark_stands_in_the_body_and_the_note_at_its_end():
    html = marked("<html><body><p>𠮷田</p></body></html>", {"𠮷"})
    assert html.startswith("<html><body><p>〓田</p><p>〓は、この帳票の書体にない字です(U+20BB7)")
    assert html.endswith("</p></body></html>")


# ── postcode and address (D22)


def test_the_postcode_brings_the_address_and_saves_nothing(okayama: Programme):
    case = okayama.open_case(contact={"phone": "086-000-0000"})
    client = client_of(okayama.caseworker)
    url = reverse("contact_edit", kwargs={"pk": case.pk})
    sent = {"postal_code": "７０００９１３", "address": "", "phone": "090-1111-2222", "version": "1"}
    page = client.post(url, {**sent, "fill": "address"})
    assert page.status_code == 200
    assert page.context["form"]["address"].value() == "岡山県岡山市北区大供"
    text = page.content.decode()
    assert "住所を入れました。丁目・番地から後を続けて入力してください。" in text
    assert 'value="090-1111-2222"' in text  # what was typed elsewhere stays
    assert "error-summary" not in text
    with working_as(okayama.caseworker):
        assert PersonContact.objects.get().address == ""
    done = {**sent, "address": "岡山県岡山市北区大供一丁目二番三号 コーポ見本１０１"}
    assert client.post(url, done).status_code == 302
    with working_as(okayama.caseworker):
        contact = PersonContact.objects.get()
        assert (contact.postal_code, contact.address) == ("700-0913", done["address"])


def test_a_typed_address_is_never_overwritten_and_that_is_said(okayama: Programme):
    client = client_of(okayama.caseworker)
    sent = intake(okayama, postal_code="700-0913", address="倉敷市見本町", fill="address", name="")
    page = client.post(reverse("case_new"), sent)
    assert page.context["form"]["address"].value() == "倉敷市見本町"
    assert "郵便番号の住所は「岡山県岡山市北区大供」です。入力されている住所は変えていません。" in page.content.decode()
    assert "氏名を入力してください" not in page.content.decode()
    with working_as(okayama.caseworker):
        assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("code", "address", "said"),
    [
        ("9218046", "石川県金沢市", "候補: 石川県金沢市大桑町、石川県金沢市三小牛町"),
        ("0000000", "", "郵便番号「000-0000」の住所は見つかりません"),
        ("12", "", "郵便番号「12」の住所は見つかりません"),
    ],
)
def test_htmx_gets_the_address_line_alone(okayama: Programme, code, address, said):
    sent = intake(okayama, postal_code=code, fill="address")
    page = client_of(okayama.caseworker).post(reverse("case_new"), sent, headers={"HX-Request": "true"})
    text = page.content.decode()
    assert page.context["form"]["address"].value() == address
    assert said in text
    assert "<html" not in text
    assert 'id="div_id_address"' in text


def test_a_suppressed_address_is_not_filled_in_either(okayama: Programme):
    case = okayama.open_case(contact={"postal_code": "700-0913", "address": "岡山県岡山市北区大供1-2-3"})
    with working_as(okayama.caseworker):
        suppress(
            person=case.person,
            by=okayama.caseworker,
            at=at(today()),
            reason="申出",
            valid_to=today() + dt.timedelta(days=30),
        )
    url = reverse("contact_edit", kwargs={"pk": case.pk})
    answer = client_of(okayama.caseworker).post(url, {"postal_code": "7000913", "fill": "address"}, follow=True)
    assert "大供" not in answer.content.decode()
    assert "700-0913" not in answer.content.decode()
