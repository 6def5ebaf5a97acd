"""What people type is read, or refused with a sentence."""

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import DigitsField, JapaneseDateTimeField, JapaneseForm, KanaField, NumberField


def test_kana_is_converted_not_refused():
    field = KanaField()
    assert field.clean("さとう　はなこ") == "サトウ ハナコ"
    assert field.clean("ｻﾄｳ ﾊﾅｺ") == "サトウ ハナコ"
    assert field.clean("ミホン・ダ・シルバ") == "ミホン・ダ・シルバ"
    with pytest.raises(ValidationError, match="カタカナかひらがな"):
        field.clean("佐藤")


def test_day_and_time_in_one_line():
    field = JapaneseDateTimeField()
    expected = timezone.make_aware(dt.datetime(2026, 12, 5, 9, 0))
    for text in ("R8.12.5 9:00", "2026/12/5 09:00", "令和8年12月5日 9時", "２０２６／１２／５　９：００"):
        assert field.clean(text) == expected
    assert field.clean(field.prepare_value(expected)) == expected
    with pytest.raises(ValidationError, match="0:00から23:59"):
        field.clean("R8.12.5 25:00")
    with pytest.raises(ValidationError, match="間を空けて"):
        field.clean("R8.12.5")


def test_numbers_in_any_width():
    assert NumberField().clean("１２０，０００円") == 120000
    assert DigitsField().clean("０８６－０００－１２３４") == "086-000-1234"
    with pytest.raises(ValidationError, match="数字"):
        NumberField().clean("たくさん")


def test_missing_field_is_named():
    class Sample(JapaneseForm):
        name = forms.CharField(label="氏名")
        kind = forms.ChoiceField(label="種類", choices=[("a", "あ")])

    form = Sample({})
    assert form.errors == {"name": ["氏名を入力してください。"], "kind": ["種類を選んでください。"]}
