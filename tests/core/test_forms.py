"""What people type is read, or refused with a sentence."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from cases.forms.assessment import MonthField
from cases.forms.person import PersonForm
from cases.models import Person
from core.forms import (
    DigitsField,
    EditConflict,
    FiscalYearField,
    JapaneseDateField,
    JapaneseDateTimeField,
    JapaneseForm,
    JapaneseTimeField,
    KanaField,
    KnownDateField,
    NumberField,
)
from core.templatetags.ui import ago
from tests.factories import Programme, working_as


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


def test_a_day_in_a_far_year_is_a_slip_of_the_pen():
    today = timezone.localdate()
    assert JapaneseDateField().clean(f"{today.year + 9}/4/1") == dt.date(today.year + 9, 4, 1)
    for field, typed in ((JapaneseDateField(), "令和99年4月1日"), (JapaneseDateTimeField(), "R99.4.1 9:00")):
        with pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert "「令和99年4月1日」は10年より先の日です。元号と年を確かめ、" in refused.value.messages[0]
    born = KnownDateField().clean("昭和55年")
    assert (born.year, born.month) == (1980, None)


@pytest.mark.parametrize(
    "field", [JapaneseDateField, KnownDateField, JapaneseDateTimeField, JapaneseTimeField, MonthField, FiscalYearField]
)
def test_a_sentence_repeats_the_beginning_of_what_was_typed(field: type[forms.Field]):
    with pytest.raises(ValidationError) as refused:
        field().clean("あ" * 20_000)
    sentence = refused.value.messages[0]
    assert "あ" * 30 + "…」" in sentence
    assert len(sentence) < 150


def test_numbers_in_any_width():
    assert NumberField().clean("１２０，０００円") == 120000
    assert DigitsField().clean("０８６－０００－１２３４") == "086-000-1234"
    with pytest.raises(ValidationError, match="整数"):
        NumberField().clean("たくさん")


def test_missing_field_is_named():
    class Sample(JapaneseForm):
        name = forms.CharField(label="氏名")
        kind = forms.ChoiceField(label="種類", choices=[("a", "あ")])

    form = Sample({})
    assert form.errors == {"name": ["氏名を入力してください。"], "kind": ["種類を選んでください。"]}


def test_choosing_nothing_is_said_in_words():
    dashes = [("", "---------"), ("a", "あ")]

    class Sample(JapaneseForm):
        needed = forms.ChoiceField(label="種類", choices=dashes)
        spare = forms.ChoiceField(label="ほか", choices=dashes, required=False)
        row = forms.ModelChoiceField(Person.objects.none(), label="人", required=False)

    page = Sample().as_p()
    assert "---" not in page
    assert (page.count("選んでください"), page.count("選ばない")) == (1, 2)


def test_days_gone_by_are_said_in_words():
    today = timezone.localdate()
    assert [ago(today - dt.timedelta(days=days)) for days in (0, 1, 5)] == ["今日", "昨日", "5日前"]


def versioned(programme: Programme, seen: int | None = None, **typed: Any) -> PersonForm:
    """The form of the person as opened now, with something typed over it."""
    person = Person.objects.get()
    form = PersonForm(instance=person)
    data = {name: form[name].value() for name in form.fields} | typed
    data = {name: "" if value is None else value for name, value in data.items() if value is not False}
    sent = QueryDict(mutable=True)
    for name, value in (data | ({"version": seen} if seen else {})).items():
        sent[name] = str(value)
    return PersonForm(sent, instance=person)


def test_a_versioned_save_moves_the_version_on(okayama: Programme):
    okayama.open_case()
    with working_as(okayama.caseworker):
        form = versioned(okayama, language="ポルトガル語")
        assert form.is_valid(), form.errors
        assert form.save().version == 2
        stored = Person.objects.get()
        assert (stored.version, stored.language) == (2, "ポルトガル語")


def test_a_stale_save_writes_nothing_and_shows_both_texts(okayama: Programme):
    okayama.open_case()
    with working_as(okayama.caseworker):
        mine, theirs = versioned(okayama, language="わたしの言葉"), versioned(okayama, language="先の言葉")
        assert mine.is_valid()
        assert theirs.is_valid()
        theirs.save()
        with pytest.raises(EditConflict):
            mine.save()
        assert Person.objects.get().language == "先の言葉"
        (difference,) = mine.conflict_with(Person.objects.get())
        assert (difference.label, difference.mine, difference.stored) == ("話す言語", "わたしの言葉", "先の言葉")
        # Both texts were on the screen: the next save may replace that version, and only that one.
        assert mine["version"].value() == "2"
        again = PersonForm(mine.data, instance=Person.objects.get())
        assert again.is_valid()
        again.save()
        assert (Person.objects.get().version, Person.objects.get().language) == (3, "わたしの言葉")


@pytest.mark.parametrize("seen", [99, 2**31 - 2])
def test_a_version_of_nobody_is_a_conflict(okayama: Programme, seen):
    okayama.open_case()
    with working_as(okayama.caseworker):
        form = versioned(okayama, seen=seen, language="x")
        assert form.is_valid(), form.errors
        with pytest.raises(EditConflict):
            form.save()


def test_a_version_that_cannot_be_is_refused_before_the_database(okayama: Programme):
    okayama.open_case()
    with working_as(okayama.caseworker):
        assert "version" in versioned(okayama, seen=2**31 - 1).errors


def test_a_text_that_is_too_long_is_said_with_numbers():
    class Sample(JapaneseForm):
        reason = forms.CharField(label="理由", max_length=10, widget=forms.Textarea)

    form = Sample()
    assert "maxlength" not in str(form["reason"])
    assert 'data-limit="10"' in str(form["reason"])
    assert Sample({"reason": "𠮷" * 10}).is_valid()
    refused = Sample({"reason": "長" * 1234})
    assert refused.errors == {
        "reason": ["理由は10文字までです。いま1,234文字で、1,224文字多すぎます。短くするか、分けて入力してください。"]
    }
    assert "長" * 1234 in str(refused["reason"])


def test_fields_that_a_form_adds_later_say_it_too():
    class Sample(JapaneseForm):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["late"] = forms.CharField(label="補足", max_length=3)

    assert "maxlength" not in str(Sample()["late"])
    assert "1文字多すぎます" in str(Sample({"late": "四文字だ"}).errors)


def test_a_line_break_is_one_character():
    """A browser counts one and sends two; Word's own break inside a paragraph is a vertical tab."""

    class Sample(JapaneseForm):
        text = forms.CharField(max_length=7)

    form = Sample(QueryDict("text=一%0D%0A二%0B三%E2%80%A8四"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["text"] == "一\n二\n三\n四"


@pytest.mark.parametrize(
    ("kind", "full", "open_"),
    [
        ("date", ("5070401", "20250401", "3550401"), ("507040", "2025040", "1980040", "R7.4.1", "202504011")),
        ("time", ("0930", "23:59"), ("093", "2460", "9:30")),
        ("moment", ("5070401 0930", "20250401 0930"), ("5070401", "5070401 093")),
    ],
)
def test_what_fills_a_field(kind: str, full: tuple[str, ...], open_: tuple[str, ...]):
    field = {"date": JapaneseDateField, "time": JapaneseTimeField, "moment": JapaneseDateTimeField}[kind]()
    pattern = field.widget.attrs["data-full"]
    assert [text for text in full if not re.fullmatch(pattern, text)] == []
    assert [text for text in open_ if re.fullmatch(pattern, text)] == []
    for text in full:
        field.clean(text)
