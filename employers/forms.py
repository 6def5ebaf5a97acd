"""Forms for employers and vacancies."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms

from core.forms import (
    FULL,
    DigitsField,
    JapaneseDateField,
    JapaneseModelForm,
    KanaField,
    NumberField,
    PhoneField,
    VersionedModelForm,
)
from core.periods import today
from employers.models import Employer, Vacancy

FIELDS = ("name", "name_kana", "corporate_number", "industry", "address", "phone", "contact_name", "note")


class CorporateNumberField(DigitsField):
    """法人番号: 13 digits in any width; hyphens between them are left out."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("-", "")

    def validate(self, value: str) -> None:
        if value and not re.fullmatch(r"[0-9]{13}", value):
            raise forms.ValidationError(
                "法人番号は、ハイフンなしの数字13桁で入力してください。例: 1234567890123", code="invalid"
            )
        super().validate(value)


class _EmployerFields(forms.Form):
    name_kana = KanaField(label="フリガナ", max_length=200, required=False)
    corporate_number = CorporateNumberField(
        label="法人番号", max_length=13, required=False, widget=forms.TextInput(attrs={FULL: r"\d{13}"})
    )
    phone = PhoneField(label="電話番号", max_length=30, required=False)


class EmployerForm(_EmployerFields, JapaneseModelForm):
    """A new employer."""

    class Meta:
        model = Employer
        fields = FIELDS


class EmployerEditForm(_EmployerFields, VersionedModelForm):
    """Correct an employer; refused when somebody saved in between."""

    class Meta:
        model = Employer
        fields = FIELDS


class VacancyForm(JapaneseModelForm):
    """A vacancy; developed ones count towards 開拓求人数."""

    opening_count = NumberField(label="求人数(人)", min_value=1, max_value=999, initial=1)
    found_on = JapaneseDateField(label="受付日")
    closed_on = JapaneseDateField(label="締切日", required=False)

    class Meta:
        model = Vacancy
        fields = ("job_title", "opening_count", "is_developed", "conditions", "found_on", "closed_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["found_on"].initial = today()

    def clean_found_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["found_on"]
        if day > today():
            raise forms.ValidationError("受付日は今日までの日にしてください。")
        return day
