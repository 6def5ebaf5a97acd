"""Introductions, placements, leaving, retention checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cases.enums import (
    BenefitEffect,
    ContactMethod,
    Disclosure,
    EmploymentType,
    IntroductionResult,
    JobRoute,
    PayCycle,
    RetentionState,
)
from cases.forms.person import choices, not_in_future, to_be_chosen
from cases.models import Case, Introduction
from core.forms import JapaneseDateField, JapaneseForm, NumberField, RateField
from core.periods import today
from employers.models import Employer


class IntroductionForm(JapaneseForm):
    """An introduction or application."""

    employer = forms.ModelChoiceField(
        Employer.objects.order_by("name"),
        label="事業所",
        help_text="一覧にないときは、先に「事業所・求人」で登録してください。",
    )
    job_title = forms.CharField(label="職種", max_length=100)
    introduced_on = JapaneseDateField(label="紹介日")
    route = forms.ChoiceField(choices=JobRoute, label="経路")
    disclosure = forms.ChoiceField(
        choices=Disclosure,
        label="支援を受けていることの開示",
        help_text="本人が望まないときは「非開示」。助成金には開示が必要です。",
    )
    interview_on = JapaneseDateField(label="面接日", required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["introduced_on"].initial = today()

    def clean_introduced_on(self) -> dt.date:
        day = not_in_future(self.cleaned_data["introduced_on"], "紹介日")
        if self.case.support_started_on and day < self.case.support_started_on:
            raise forms.ValidationError("紹介日は支援開始日以降の日にしてください。")
        return day


class ResultForm(JapaneseForm):
    """What came of an introduction."""

    result = forms.ChoiceField(
        choices=to_be_chosen(
            choice for choice in IntroductionResult.choices if choice[0] != IntroductionResult.PENDING
        ),
        label="結果",
        help_text="採用のときは「就職を記録」を使うと、就職と結果を一度に記録できます。",
    )
    on = JapaneseDateField(label="結果の日")
    reason = forms.CharField(label="不採用・辞退の理由", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today()

    def clean_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["on"], "結果の日")


class PlacementForm(JapaneseForm):
    """A placement."""

    introduction = forms.ModelChoiceField(
        Introduction.objects.none(),
        label="紹介・応募",
        required=False,
        help_text="選ぶと、その結果も「採用」になります。",
    )
    employer = forms.ModelChoiceField(Employer.objects.order_by("name"), label="就職先")
    job_title = forms.CharField(label="職種", max_length=100)
    started_on = JapaneseDateField(label="就職日(雇入日)")
    employment_type = forms.ChoiceField(choices=EmploymentType, label="雇用形態")
    weekly_hours = RateField(
        label="週の労働時間", unit="時間", required=False, min_value=0, max_value=99, decimal_places=1
    )
    monthly_wage_yen = NumberField(label="賃金月額(円)", required=False, min_value=0, max_value=9_999_999)
    pay_cycle = forms.ChoiceField(choices=PayCycle, label="賃金の支払い")
    route = forms.ChoiceField(choices=JobRoute, label="経路")
    disclosure = forms.ChoiceField(choices=Disclosure, label="支援を受けていることの開示")
    benefit_effect = forms.ChoiceField(choices=BenefitEffect, label="給付への影響")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "introduction").queryset = Introduction.objects.filter(
            case=case, result=IntroductionResult.PENDING
        ).select_related("workplace__employer")
        self.fields["started_on"].initial = today()

    def clean_started_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["started_on"], "就職日")

    def placement_fields(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "introduction"}


class SeparationForm(JapaneseForm):
    """Leaving a job."""

    on = JapaneseDateField(label="離職日")
    reason = forms.CharField(label="離職理由", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today()

    def clean_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["on"], "離職日")


class RetentionForm(JapaneseForm):
    """What was found at a mark."""

    state = forms.ChoiceField(
        choices=to_be_chosen(
            choice
            for choice in RetentionState.choices
            if choice[0] not in (RetentionState.PENDING, RetentionState.NOT_NEEDED)
        ),
        label="在職の状況",
    )
    on = JapaneseDateField(label="確認日")
    method = forms.ChoiceField(choices=ContactMethod, label="方法", initial=ContactMethod.PHONE)
    note = forms.CharField(label="様子・困りごと", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today()

    def clean_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["on"], "確認日")
