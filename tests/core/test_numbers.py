"""Numbers are read in any width, and what is wrong with one is said with its name, its range and its unit."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django import forms

import accounts
import agreements
import cases.forms
import employers
from core.forms import FiscalYearField, JapaneseForm, NumberField, RateField
from core.forms.numbers import NumberInWords


class Sample(JapaneseForm):
    openings = NumberField(label="求人数(人)", min_value=1, max_value=999)
    wage = NumberField(label="賃金月額(円)", min_value=0, max_value=9_999_999)
    rate = RateField(label="目標率(％)", min_value=0, max_value=999, decimal_places=1)
    hours = RateField(label="週の労働時間", unit="時間", min_value=0, max_value=99, decimal_places=1)
    year = FiscalYearField(label="年度", min_value=2000, max_value=2100)
    free = NumberField(label="回数", unit="回", min_value=2)


GOOD = {
    "openings": "３人",
    "wage": "12万円",
    "rate": "６４．６％",
    "hours": "38.5時間",
    "year": "令和7年度",
    "free": "２回",
}


def test_numbers_with_units_are_read():
    form = Sample(GOOD)
    assert form.is_valid(), form.errors
    read = {name: float(value) for name, value in form.cleaned_data.items()}
    assert read == {"openings": 3, "wage": 120000, "rate": 64.6, "hours": 38.5, "year": 2025, "free": 2}


def test_hours_become_minutes_only_where_minutes_are_asked():
    class Way(JapaneseForm):
        minutes = NumberField(label="通勤時間(分)", min_value=0, max_value=240)
        hours = RateField(label="週の労働時間", unit="時間", min_value=0, max_value=99)

    for typed, minutes in (("１時間３０分", 90), ("1時間", 60), ("45分", 45), ("45", 45)):
        form = Way({"minutes": typed, "hours": "8時間"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["minutes"] == minutes
    # A unit in the middle, or another one, is nobody's number.
    for typed in ("1日8時間", "8日", "8時間30分", "8時間8時間"):
        form = Way({"minutes": "1", "hours": typed})
        assert list(form.errors) == ["hours"], typed


def test_no_number_is_too_long_to_be_refused_or_cut_in_silence():
    for typed in ("9" * 4400 + "万", "9" * 20000, "1.23456万"):
        for name in ("wage", "rate"):
            assert len(Sample({**GOOD, name: typed}).errors[name][0]) < 100, "no sentence repeats it at length"


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        (
            "openings",
            "1000",
            "求人数は1人から999人までの数で入力してください。桁を確かめてください。入力された数: 1000",
        ),
        ("openings", "０", "求人数は1人から999人までの数で入力してください。桁を確かめてください。入力された数: 0"),
        ("openings", "−1", "求人数は1人から999人までの数で入力してください。桁を確かめてください。入力された数: -1"),
        ("openings", "たくさん", "求人数は整数で入力してください。入力できるのは1人から999人までです。"),
        ("openings", "1.5", "求人数は整数で入力してください。入力できるのは1人から999人までです。"),
        (
            "wage",
            "１億",
            "賃金月額は整数で入力してください。入力できるのは0円から9,999,999円までです。",
        ),
        (
            "wage",
            "1000万円",
            "賃金月額は0円から9,999,999円までの数で入力してください。桁を確かめてください。入力された数: 10000000",
        ),
        ("rate", "1000", "目標率は0%から999%までの数で入力してください。桁を確かめてください。入力された数: 1000"),
        ("rate", "64.66", "目標率は小数点以下1桁までで入力してください。"),
        ("hours", "週5日", "週の労働時間は数字で入力してください。入力できるのは0時間から99時間までです。"),
        (
            "year",
            "1999",
            "年度は平成12年度から令和82年度までの数で入力してください。桁を確かめてください。入力された数: 1999",
        ),
        ("year", "来年", "「来年」は年度として読めません。「令和7年度」「R7」「2025」のように入力してください。"),
        ("free", "1", "回数は2回以上の数で入力してください。桁を確かめてください。入力された数: 1"),
        ("free", "", "回数を入力してください。"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong_and_what_is_right(name, typed, sentence):
    form = Sample({**GOOD, name: typed})
    assert form.errors == {name: [sentence]}
    assert form[name].value() == typed


def all_forms() -> list[type[forms.BaseForm]]:
    for package in (cases.forms, agreements, employers, accounts):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "forms" in module.name:
                importlib.import_module(module.name)
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form not in found:
                found.add(form)
                waiting.append(form)
    return [form for form in found if form.__module__.split(".")[0] in ("cases", "agreements", "employers", "accounts")]


def test_every_number_of_every_form_names_its_range_and_has_no_spinner():
    """interface.md D23: text fields, aligned to the right by their class, a least and a greatest value."""
    numbers = [
        (form.__name__, name, field)
        for form in all_forms()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, (forms.IntegerField, forms.FloatField)) and not field.widget.is_hidden
    ]
    assert len(numbers) > 12
    assert [
        (form, name)
        for form, name, field in numbers
        if form != "DraftForm"
        and not (
            isinstance(field, NumberInWords)
            and field.widget.input_type == "text"
            and "field-number" in field.widget.attrs["class"]
            and field.min_value is not None
            and field.max_value is not None
        )
    ] == []
