"""Before a request: the talk beforehand, the ledger, the way from talk to job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.models import Organisation
from cases.enums import DeferralReason, PreOpinion
from cases.forms.person import choices, not_in_future
from cases.forms.referral import ConsentTaken
from cases.forms.support import partner_offices
from cases.models import Case
from core.forms import JapaneseDateField, JapaneseForm
from core.forms.dates import typed_date
from core.periods import add_months, fiscal_year, today

CHECK_AGAIN_MONTHS = 3


class PreConsultationForm(ConsentTaken, JapaneseForm):
    """Whom to ask, and what."""

    to = forms.ModelChoiceField(Organisation.objects.none(), label="相談先")
    question = forms.CharField(
        label="相談したいこと",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="例: 体調に波があり、支援要請をしてよいか迷っています。",
    )
    field_order = ("to", "question", "method", "given_on", "includes_health", "includes_finance", "includes_family")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = partner_offices(case.agreement)
        choices(self, "to").queryset = offices
        self.fields["to"].initial = offices.first()
        self.fields["given_on"].initial = today()


class OpinionForm(JapaneseForm):
    """What Hello Work thinks after the joint talk."""

    talked_on = JapaneseDateField(label="三者で話した日")
    opinion = forms.ChoiceField(choices=PreOpinion, label="意見", widget=forms.RadioSelect)
    note = forms.CharField(label="理由・市区町村へ伝えること", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["talked_on"].initial = today()

    def clean_talked_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["talked_on"], "三者で話した日")


class DeferralForm(JapaneseForm):
    """Why the person is not referred now, and when to look again."""

    reason_kind = forms.ChoiceField(choices=DeferralReason, label="見送りの理由", initial=DeferralReason.OTHER)
    reason = forms.CharField(label="理由・様子", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    next_check_on = JapaneseDateField(
        label="次に確かめる日",
        required=False,
        help_text="この日に「今日」へ出ます。確かめないときは空欄にします。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["next_check_on"].initial = add_months(today(), CHECK_AGAIN_MONTHS)

    def clean_next_check_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["next_check_on"]
        if day is not None and day <= today():
            raise ValidationError("次に確かめる日は明日以降の日にしてください。")
        return day


class LedgerFilterForm(JapaneseForm):
    """Which entries of the ledger to list."""

    reason_kind = forms.ChoiceField(
        label="見送りの理由", required=False, choices=[("", "すべて"), *DeferralReason.choices]
    )
    due = forms.BooleanField(label="確かめる日が来たものだけ", required=False)


class PeriodForm(JapaneseForm):
    """From a day until a day; without any, the fiscal year until then, which stands in the fields but narrows nothing.

    `given` is what was asked for, without what was filled in.
    """

    first = JapaneseDateField(label="相談受付日(から)", required=False)
    last = JapaneseDateField(label="相談受付日(まで)", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self.given = QueryDict(mutable=True)
        typed = data or {}
        self.given.update({name: typed[name] for name in ("first", "last") if typed.get(name)})
        try:
            until = JapaneseDateField(required=False).clean(self.given.get("last", "")) or today()
        except ValidationError:
            until = today()
        filled = self.given.copy()
        for name, day in zip(("first", "last"), self.usual_days(until), strict=True):
            filled.setdefault(name, typed_date(day))
        super().__init__(filled)

    @staticmethod
    def usual_days(last: dt.date) -> tuple[dt.date, dt.date]:
        return min(dt.date(fiscal_year(last), 4, 1), last), last

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "「まで」の日は「から」の日以降にしてください。")
        return cleaned

    def days(self) -> tuple[dt.date, dt.date]:
        """The period asked for; the fiscal year so far where nothing readable was typed."""
        data = self.cleaned_data if self.is_valid() else {}
        first, last = self.usual_days(data.get("last") or today())
        return data.get("first") or first, last
