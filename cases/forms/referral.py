"""Referrals, and the consent that is taken with an act."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.enums import REFERRED_TO
from accounts.models import Organisation
from cases.enums import PARTNER_ANSWERS, REFERRAL_TRANSITIONS, ConsentMethod, ReferralStatus
from cases.forms.person import choices, not_in_future
from cases.models import Case, Referral
from core.forms import JapaneseDateField, JapaneseForm
from core.periods import today

ANSWER_DAYS = 14


class ConsentTaken(forms.Form):
    """How and when the person agreed, and to which kinds of facts."""

    method = forms.ChoiceField(choices=ConsentMethod, label="本人の同意の取り方", widget=forms.RadioSelect)
    given_on = JapaneseDateField(label="同意日")
    includes_health = forms.BooleanField(label="健康・障害に関する情報も伝えてよい", required=False)
    includes_finance = forms.BooleanField(label="家計に関する情報も伝えてよい", required=False)
    includes_family = forms.BooleanField(label="家族に関する情報も伝えてよい", required=False)

    def clean_given_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["given_on"], "同意日")


class ReferralForm(ConsentTaken, JapaneseForm):
    """To whom, what for, what is handed over, and until when an answer is asked."""

    to = forms.ModelChoiceField(Organisation.objects.none(), label="つなぎ先")
    purpose = forms.CharField(
        label="つなぐ目的", max_length=200, help_text="例: 就労準備支援事業の利用について相談するため"
    )
    handed_over = forms.CharField(
        label="引き継ぐ内容",
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="つなぎ先と、ケースを見られる機関が読みます。上で選ばない種類の情報は書かないでください。",
    )
    answer_due_on = JapaneseDateField(label="返事をもらいたい日")
    field_order = (
        "to",
        "purpose",
        "method",
        "given_on",
        "includes_health",
        "includes_finance",
        "includes_family",
        "handed_over",
        "answer_due_on",
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Organisation.objects.active().filter(kind__in=REFERRED_TO).exclude(pk=case.organisation_id)
        choices(self, "to").queryset = offices.order_by("name")
        self.fields["given_on"].initial = today()
        self.fields["answer_due_on"].initial = today() + dt.timedelta(days=ANSWER_DAYS)

    def clean_answer_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["answer_due_on"]
        if day < today():
            raise ValidationError("返事をもらいたい日は今日以降の日にしてください。")
        return day


class ReferralAnswerForm(JapaneseForm):
    """What came of a referral: the partner's words, or what we were told."""

    status = forms.ChoiceField(label="返事", widget=forms.RadioSelect)
    outcome = forms.CharField(
        label="結果・様子", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    on = JapaneseDateField(label="返事の日")

    def __init__(self, *args: Any, referral: Referral, is_ours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        next_ones = REFERRAL_TRANSITIONS[ReferralStatus(referral.status)]
        offered = [
            status for status in ReferralStatus if status in next_ones and (is_ours or status in PARTNER_ANSWERS)
        ]
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [(status.value, status.label) for status in offered]
        self.fields["on"].initial = today()

    def clean_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["on"], "返事の日")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        silent = (ReferralStatus.RECEIVED, ReferralStatus.USING)
        if cleaned.get("status") and cleaned["status"] not in silent and not cleaned.get("outcome"):
            self.add_error("outcome", "終わり・断り・取下げのときは、結果や理由を入力してください。")
        return cleaned


class ReferralFilterForm(JapaneseForm):
    """Which referrals to list."""

    show = forms.ChoiceField(
        label="状態",
        required=False,
        choices=[("", "終わっていないもの"), ("late", "返事の期限を過ぎたもの"), ("all", "すべて")],
    )
