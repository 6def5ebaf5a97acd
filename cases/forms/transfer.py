"""Handing a case over to another office."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.enums import Role
from accounts.models import Membership, Organisation
from cases.actions.transfer import Basis, offices_for
from cases.enums import ConsentMethod, Duty, LegalBasis
from cases.forms.person import choices, not_in_future
from cases.models import Case
from core.forms import JapaneseDateField, JapaneseForm
from core.periods import today

OVERLAP_DAYS = 14
DUTIES = {Role.CASEWORKER: Duty.CASEWORKER, Role.SUPPORT_WORKER: Duty.SUPPORT_WORKER}


class WorkerField(forms.ModelChoiceField):
    """A worker with the office, because names alone do not say where."""

    def label_from_instance(self, membership: Membership) -> str:  # type: ignore[override]
        return f"{membership.organisation.name} {membership.user.name}({membership.title_label})"


class TransferForm(JapaneseForm):
    """To whom, on what basis, from when, and how long the old office still sees the case."""

    to = forms.ModelChoiceField(Organisation.objects.none(), label="新しい担当機関")
    worker = WorkerField(
        Membership.objects.none(),
        label="新しい担当者",
        required=False,
        help_text="決まっていないときは空欄にします。新しい担当機関の「今日」に出ます。",
    )
    legal_basis = forms.ChoiceField(
        label="根拠",
        choices=[(basis.value, basis.label) for basis in (LegalBasis.CONSENT, LegalBasis.STATUTE)],
        widget=forms.RadioSelect,
    )
    method = forms.ChoiceField(label="本人の同意の取り方", required=False, choices=[("", "―"), *ConsentMethod.choices])
    given_on = JapaneseDateField(label="同意日", required=False)
    reason = forms.CharField(
        label="引き継ぐ理由・申し送り",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="法令の定めによるときは、その条文も書きます。",
    )
    overlap_until = JapaneseDateField(label="いまの担当機関が見られる最後の日")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = offices_for(case)
        choices(self, "to").queryset = Organisation.objects.filter(pk__in=ids).order_by("name")
        choices(self, "worker").queryset = (
            Membership.objects.current(today())
            .filter(organisation__in=ids, role__in=DUTIES)
            .select_related("organisation", "user")
            .order_by("organisation__name", "user__name")
        )
        self.fields["overlap_until"].initial = today() + dt.timedelta(days=OVERLAP_DAYS)

    def clean_given_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["given_on"]
        return day and not_in_future(day, "同意日")

    def clean_overlap_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["overlap_until"]
        if day < today():
            raise ValidationError("見られる最後の日は今日以降の日にしてください。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("legal_basis") == LegalBasis.CONSENT:
            for name, sentence in (
                ("method", "本人の同意によるときは、同意の取り方を選んでください。"),
                ("given_on", "本人の同意によるときは、同意日を入力してください。"),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        worker, to = cleaned.get("worker"), cleaned.get("to")
        if worker and to and worker.organisation_id != to.pk:
            self.add_error("worker", "新しい担当機関の人を選んでください。")
        return cleaned

    def basis(self) -> Basis:
        data = self.cleaned_data
        method = ConsentMethod(data["method"]) if data["method"] else None
        return Basis(LegalBasis(data["legal_basis"]), method, data["given_on"])

    def duty(self) -> Duty:
        worker = self.cleaned_data["worker"]
        return DUTIES[Role(worker.role)] if worker else Duty.CASEWORKER
