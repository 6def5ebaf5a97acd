"""Names, readings, phones and numbers at the border: folded where it is the same, kept where it is not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from core.forms import KanaField, NameField, NumberField, PhoneField, PostcodeField, kana_doubt
from tests.core import normalisation

TABLES = {
    "name": (NameField(required=False), normalisation.NAMES),
    "kana": (KanaField(required=False), normalisation.KANA),
    "phone": (PhoneField(), normalisation.PHONES),
    "postcode": (PostcodeField(), normalisation.POSTCODES),
    "number": (NumberField(), normalisation.NUMBERS),
}


@pytest.mark.parametrize("kind", TABLES)
def test_what_is_typed_is_stored_as_the_table_says(kind):
    field, table = TABLES[kind]
    assert [(typed, field.clean(typed)) for typed, _stored in table] == table
    # What is stored stays as it is when it is saved once more.
    assert [field.clean(str(stored)) for _typed, stored in table] == [stored for _typed, stored in table]


def test_the_table_has_two_hundred_cases_and_none_twice():
    rows = [(kind, typed) for kind, (_field, table) in TABLES.items() for typed, _stored in table]
    assert len(rows) == len(set(rows))
    assert len(rows) >= 200


@pytest.mark.parametrize("typed", ["佐藤", "サトウ1", "サトウ!", "サトウ花子"])
def test_a_reading_that_is_none_is_refused_with_the_letter(typed):
    with pytest.raises(ValidationError) as refused:
        KanaField().clean(typed)
    (sentence,) = refused.value.messages
    assert sentence.startswith("フリガナは、カタカナかひらがなで入力してください。「")


@pytest.mark.parametrize("typed", ["086-000-000a", "でんわ", "086#1"])
def test_a_phone_that_is_none_is_refused(typed):
    with pytest.raises(ValidationError, match="数字とハイフンで入力してください。例: 086-000-0000"):
        PhoneField().clean(typed)


@pytest.mark.parametrize(
    ("name", "kana", "why"),
    [
        ("佐藤 花子", "サトウ ハナコ", ""),
        ("佐藤 花子", "サトウハナコ", "フリガナ「サトウハナコ」は分かれていません"),
        ("佐藤花子", "サトウ ハナコ", "氏名「佐藤花子」は分かれていません"),
        ("ミホン・ダ・シルバ マリア", "ミホン・ダ・シルバ マリア", ""),
        ("MARIA DA SILVA", "マリア ダ シルバ", ""),
        ("みほん はなこ", "ミホン ハナ", "読みが違うようです"),
        ("みほん はなこ", "ミホン ハナコ", ""),
        ("勅使河原 一二三", "テシ ヒ", "短いようです"),
        ("葛\U000e0100城 環", "カツラギ タマキ", ""),
        ("佐々木 希", "ササキ ノゾミ", ""),
        ("𠮷野 𣘺", "ヨシノ ハシ", ""),
        ("阮 文雄", "グエン バンフン", ""),
    ],
)
def test_a_reading_that_may_be_another_is_doubted(name, kana, why):
    doubt = kana_doubt(name, kana)
    assert why in doubt
    assert bool(doubt) == bool(why)
