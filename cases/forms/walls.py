"""Who sees what: consents, kinds of facts, suppression, break-glass."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.enums import MUNICIPAL_KINDS, OrganisationKind
from accounts.models import Organisation
from cases.actions.emergency import Wanted
from cases.enums import ConsentMethod, EmergencyVerdict, FieldGroup, GrantPurpose, ReleaseKind
from cases.forms.person import BirthField, choices, not_in_future
from cases.models import Case, Circumstance
from core.forms import Difference, JapaneseDateField, JapaneseForm, KanaField
from core.periods import add_months, today

# A referral opens what was handed over and no case: it has a screen of its own (つなぎ).
SHARE_FOR = (GrantPurpose.PRE_CONSULTATION,)


class ConsentForm(JapaneseForm):
    """A consent: recipients × kinds of data × purpose × dates; on wish the case opens at once."""

    recipients = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label="提供先", widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(label="目的", max_length=200, help_text="例: 就労準備支援の利用について相談するため")
    includes_health = forms.BooleanField(label="健康・障害に関する情報を含む", required=False)
    includes_finance = forms.BooleanField(label="家計に関する情報を含む", required=False)
    includes_family = forms.BooleanField(label="家族に関する情報を含む", required=False)
    method = forms.ChoiceField(choices=ConsentMethod, label="同意の方法")
    given_on = JapaneseDateField(label="同意日")
    valid_to = JapaneseDateField(label="有効期限", required=False, help_text="空欄のときは、支援が続く間です。")
    share_for = forms.ChoiceField(
        label="ケースを見られるようにする",
        required=False,
        choices=[("", "まだしない(同意の記録だけ)"), *((purpose.value, purpose.label) for purpose in SHARE_FOR)],
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taking_part = case.agreement.participants.exclude(pk=case.organisation_id)
        partners = Organisation.objects.filter(kind=OrganisationKind.PARTNER, is_active=True)
        choices(self, "recipients").queryset = (taking_part | partners).distinct().order_by("name")
        self.fields["given_on"].initial = today()

    def clean_given_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["given_on"], "同意日")

    def clean_valid_to(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["valid_to"]
        if until and until < today():
            raise ValidationError("有効期限は今日以降の日にしてください。")
        return until

    def consent(self) -> dict[str, Any]:
        """What the action needs, apart from case, actor and time."""
        data = dict(self.cleaned_data)
        share_for = data.pop("share_for")
        return {
            **data,
            "method": ConsentMethod(data["method"]),
            "share_for": GrantPurpose(share_for) if share_for else None,
        }


class WithdrawalForm(JapaneseForm):
    """How and why the person takes a consent back."""

    method = forms.ChoiceField(choices=ConsentMethod, label="撤回の方法", initial=ConsentMethod.SPOKEN)
    note = forms.CharField(label="理由・本人の言葉", max_length=150, widget=forms.Textarea(attrs={"rows": 3}))


class CircumstanceForm(JapaneseForm):
    """The text of one kind of facts."""

    body = forms.CharField(
        label="内容",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="保護費・収入認定の額、扶養照会、マイナンバーは書かないでください。",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, group: FieldGroup, row: Circumstance | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = group.label
        self.fields["body"].initial = row.body if row else ""
        self.fields["version"].initial = row.version if row else 0

    def beside(self, row: Circumstance) -> list[Difference]:
        """The typed text and the stored one; both are on the screen now, so the next save may replace it."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(row.version)}
        label = str(self.fields["body"].label)
        return [Difference(label, mine=self.cleaned_data["body"], stored=row.body, changed_by="both")]


class SuppressForm(JapaneseForm):
    """Set the measure."""

    reason = forms.CharField(
        label="申出の内容・根拠", max_length=200, help_text="例: 住民票の支援措置の決定通知を確認(窓口で本人から)"
    )
    valid_to = JapaneseDateField(label="支援措置の期限", help_text="過ぎても自動では解除されません。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].initial = add_months(today(), 12)

    def clean_valid_to(self) -> dt.date:
        return _from_today(self.cleaned_data["valid_to"])


class ConfirmSuppressionForm(JapaneseForm):
    """The person applied again."""

    valid_to = JapaneseDateField(label="新しい期限")

    def clean_valid_to(self) -> dt.date:
        return _from_today(self.cleaned_data["valid_to"])


class ReleaseForm(JapaneseForm):
    """Ask to look, print or lift."""

    kind = forms.ChoiceField(choices=ReleaseKind, label="求めること")
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, may_lift: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_lift:
            kind = self.fields["kind"]
            assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - declared above
            kind.choices = [(value, label) for value, label in ReleaseKind.choices if value != ReleaseKind.LIFT]


class EmergencyForm(JapaneseForm):
    """Which case, and why it cannot wait."""

    holder = forms.ModelChoiceField(
        Organisation.objects.none(), label="担当機関", required=False, help_text="ケース番号で開くときに選びます。"
    )
    number = forms.CharField(label="ケース番号", max_length=20, required=False)
    name_kana = KanaField(label="フリガナ", max_length=150, required=False)
    birth_on = BirthField(required=False)
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="10文字以上。担当機関に通知され、3営業日以内に確認されます。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "holder").queryset = Organisation.objects.filter(
            kind__in=MUNICIPAL_KINDS, is_active=True
        ).order_by("name")

    def clean_reason(self) -> str:
        text = " ".join(self.cleaned_data["reason"].split())
        if len(text) < 10:
            raise ValidationError("理由は10文字以上で、なぜ今すぐ必要かが分かるように入力してください。")
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        by_number = cleaned.get("holder") and cleaned.get("number")
        by_person = cleaned.get("name_kana") and cleaned.get("birth_on")
        born = cleaned.get("birth_on")
        if born and born.exact is None and not by_number:
            self.add_error("birth_on", "緊急時の閲覧では、生年月日を日まで入力してください。例: 昭和55年4月1日")
        if not self.errors and not by_number and not by_person:
            raise ValidationError("担当機関とケース番号、またはフリガナと生年月日を入力してください。")
        return cleaned

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        if data["holder"] and data["number"]:
            return Wanted(holder=data["holder"], number=data["number"].strip().upper())
        return Wanted(kana=data["name_kana"], birth=data["birth_on"])


class ReviewForm(JapaneseForm):
    """The holder's answer to a break-glass."""

    verdict = forms.ChoiceField(choices=EmergencyVerdict, label="判断", widget=forms.RadioSelect)
    note = forms.CharField(label="確認の内容", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def _from_today(day: dt.date) -> dt.date:
    if day < today():
        raise ValidationError("期限は今日以降の日にしてください。")
    return day
