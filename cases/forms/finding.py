"""Looking for a person before registering, and merging two registrations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.models import Organisation
from cases.forms.person import BirthField
from core.forms import JapaneseForm, KanaField
from core.periods import KnownDate, shown_date


class SameForm(JapaneseForm):
    """Is this person known already? The reading is enough, the birthday makes it sure."""

    name_kana = KanaField(label="フリガナ", max_length=150, help_text="ひらがなでもかまいません。")
    birth_on = BirthField(required=False)


def shown(field: Any, value: Any) -> str:
    """A value of a person as people read it."""
    if isinstance(value, KnownDate):
        return str(value)
    if isinstance(value, dt.date):
        return shown_date(value)
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    choices: dict[Any, str] = dict(field.flatchoices)
    return str(choices.get(value, value or "(空欄)"))


class NotSameForm(JapaneseForm):
    """How somebody made sure that these are two people."""

    note = forms.CharField(
        label="別人と確認した理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例: 本人に生年月日と以前の相談を確かめた。両方の登録を見られる人が読みます。",
    )


class MergeForm(JapaneseForm):
    """For every field that differs: whose value stays. And who sees more afterwards."""

    def __init__(
        self, *args: Any, differing: list[tuple[Any, Any, Any]], newly_seeing: list[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names = []
        for field, kept, merged in differing:
            self.names.append(field.name)
            self.fields[f"take_{field.name}"] = forms.ChoiceField(
                label=str(field.verbose_name),
                choices=[
                    ("kept", f"{shown(field, kept)}(残す登録)"),
                    ("merged", f"{shown(field, merged)}(統合する登録)"),
                ],
                initial="merged" if kept in ("", None) else "kept",
                widget=forms.RadioSelect,
                error_messages={"required": f"{field.verbose_name}を選んでください。"},
            )
        if newly_seeing:
            names = "、".join(row.name for row in newly_seeing)
            self.fields["agrees"] = forms.BooleanField(
                label=f"統合すると、次の機関にも両方のケースの基本情報が見えることを確かめました: {names}",
                error_messages={"required": "新たに見えるようになる機関を確かめ、チェックを付けてください。"},
            )
        self.fields["note"] = forms.CharField(
            label="同じ人と判断した理由",
            max_length=200,
            help_text="例: 本人に確かめた。保険証で確かめた。",
            error_messages={"required": "同じ人と判断した理由を入力してください。"},
        )

    def taken(self) -> frozenset[str]:
        """Names of the fields whose value comes from the registration that goes."""
        return frozenset(name for name in self.names if self.cleaned_data[f"take_{name}"] == "merged")
