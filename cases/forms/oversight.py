"""Choosing what to look at in the access log, and a manager's word on an odd reading."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.enums import LOGIN_ACTS, AccessAct, Permission
from accounts.models import User
from accounts.scope import Actor
from cases.enums import OddVerdict
from core.forms import JapaneseDateField, JapaneseForm
from core.periods import add_months, today


def _day_input() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control field-date"})


class AccessFilterForm(JapaneseForm):
    """A day, a user, an act; nothing chosen shows the last month."""

    day = JapaneseDateField(label="日", required=False, help_text="", widget=_day_input())
    user = forms.ModelChoiceField(User.objects.none(), label="利用者", required=False, empty_label="すべて")
    act = forms.ChoiceField(label="したこと", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users: forms.ModelChoiceField = self.fields["user"]  # type: ignore[assignment]
        acts: forms.ChoiceField = self.fields["act"]  # type: ignore[assignment]
        users.queryset = User.objects.order_by("name", "pk")
        shown = list(AccessAct)
        if actor.can(Permission.REVIEW_ACCESS):
            own = users.queryset.filter(memberships__organisation__in=actor.organisation_ids)
            users.queryset = own.distinct()
        else:
            shown = list(LOGIN_ACTS)
        for field in (users, acts):
            field.widget.attrs["class"] = "form-select"
        acts.choices = [("", "すべて"), *((act.value, act.label) for act in shown)]


class ReadersForm(JapaneseForm):
    """From which day until which day; the last year when nothing is given."""

    first = JapaneseDateField(label="いつから", required=False, help_text="", widget=_day_input())
    last = JapaneseDateField(label="いつまで", required=False, help_text="", widget=_day_input())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = self.period(cleaned)
        if first > last:
            raise ValidationError({"last": "「いつまで」は「いつから」以降の日にしてください。"})
        return cleaned

    @staticmethod
    def period(cleaned: dict[str, Any]) -> tuple[dt.date, dt.date]:
        """(first, last) day, both included."""
        last = cleaned.get("last") or today()
        return cleaned.get("first") or add_months(min(last, today()), -12), last


class OddReviewForm(JapaneseForm):
    """What the manager found out."""

    verdict = forms.ChoiceField(choices=OddVerdict, label="点検の結果", widget=forms.RadioSelect)
    note = forms.CharField(
        label="確かめたこと",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="だれに何を確かめたかを書いてください。病気や家計のことは書きません。",
    )
