"""Interpreter need, the hand-over sheet, and what stands on the sheet for the client."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import TextChoices

from cases.actions.sheets import open_recipients
from cases.enums import GenderWish, InterpreterManner, SheetLanguage
from cases.forms.person import choices, not_in_future
from cases.models import Case, ConsentRecipient, InterpreterNeed
from cases.phrases import BRING, STEPS, plain
from core.forms import Difference, JapaneseDateField, JapaneseForm, PhoneField
from core.periods import shown_date, today

NEED_FIELDS = ("manner", "gender_wish", "sheet_language", "note")


class InterpreterForm(JapaneseForm):
    """Language, manner and wish; two savers see each other's choice."""

    needs_interpreter = forms.BooleanField(label="通訳が必要", required=False)
    language = forms.CharField(
        label="話す言語", max_length=60, required=False, help_text="例: ポルトガル語。日本語だけのときは空欄"
    )
    manner = forms.ChoiceField(label="通訳の方法", choices=InterpreterManner)
    gender_wish = forms.ChoiceField(label="通訳の性別", choices=GenderWish)
    sheet_language = forms.ChoiceField(label="渡す紙の言語", choices=SheetLanguage)
    note = forms.CharField(label="通訳についての補足", max_length=200, required=False)
    person_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 2)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 2)

    def __init__(self, *args: Any, case: Case, need: InterpreterNeed | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = case.person
        self.fields["needs_interpreter"].initial = person.needs_interpreter
        self.fields["language"].initial = person.language
        self.fields["person_version"].initial = person.version
        self.fields["version"].initial = need.version if need else 0
        for name in NEED_FIELDS:
            self.fields[name].initial = getattr(need or InterpreterNeed(), name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("needs_interpreter") and not cleaned.get("language"):
            self.add_error("language", "通訳が必要なときは、話す言語を入力してください。")
        return cleaned

    def content(self) -> dict[str, Any]:
        """What the action needs, apart from case, actor and time."""
        data = dict(self.cleaned_data)
        return {"fields": {name: data.pop(name) for name in NEED_FIELDS}, **data}

    def beside(self, case: Case, need: InterpreterNeed | None) -> list[Difference]:
        """Typed and stored side by side; the next save may replace what is shown now."""
        versions = {"person_version": str(case.person.version), "version": str(need.version if need else 0)}
        self.data = {**{name: self.data[name] for name in self.data}, **versions}
        stored = {name: getattr(need or InterpreterNeed(), name) for name in NEED_FIELDS}
        stored |= {"needs_interpreter": case.person.needs_interpreter, "language": case.person.language}
        return [
            Difference(
                str(self.fields[name].label),
                self._shown(name, self.cleaned_data[name]),
                self._shown(name, value),
                "both",
            )
            for name, value in stored.items()
            if self.cleaned_data[name] != value
        ]

    def _shown(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "はい" if value else "いいえ"
        kinds: dict[str, type[TextChoices]] = {
            "manner": InterpreterManner,
            "gender_wish": GenderWish,
            "sheet_language": SheetLanguage,
        }
        return str(kinds[name](value).label) if name in kinds else str(value)


class RecipientField(forms.ModelChoiceField):
    """A recipient named in a consent, with what that consent passes on."""

    def label_from_instance(self, obj: Any) -> str:
        kinds = "・".join(["支援の記録", *obj.consent.group_labels])
        return f"{obj.organisation.name}({shown_date(obj.consent.given_on)}の同意: {kinds})"


class HandoverForm(JapaneseForm):
    """What was asked, what is wanted, to whom; the consent decides what else stands on the sheet."""

    to = RecipientField(ConsentRecipient.objects.none(), label="つなぎ先と同意")
    section = forms.CharField(label="つなぎ先の課・窓口", max_length=100, required=False, help_text="例: こども家庭課")
    handed_on = JapaneseDateField(label="つないだ日")
    asked = forms.CharField(
        label="相談されたこと",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="健康・家計・家族のことは、同意に含まれるときだけ「くらしの状況」から載ります。ここには書かないでください。",
    )
    wanted = forms.CharField(label="お願いしたいこと", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = open_recipients(case, today())
        choices(self, "to").queryset = named
        if len(named) == 1:
            self.fields["to"].initial = named[0]
        self.fields["handed_on"].initial = today()

    def clean_handed_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["handed_on"], "つないだ日")


class NextStepsForm(JapaneseForm):
    """How the sheet for the client looks; nothing of it is stored."""

    language = forms.ChoiceField(label="言語", choices=SheetLanguage)
    furigana = forms.ChoiceField(label="ふりがな", choices=(("on", "付ける"), ("off", "付けない")))
    todo = forms.MultipleChoiceField(
        label="することに加える",
        choices=[(code, plain(entry)) for code, entry in STEPS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bring = forms.MultipleChoiceField(
        label="持ってくるもの",
        choices=[(code, plain(entry)) for code, entry in BRING.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    phone = PhoneField(
        label="窓口の電話番号",
        max_length=20,
        required=False,
        help_text="予約の窓口の番号が入ります。空欄なら手書きの欄",
    )
