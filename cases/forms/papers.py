"""Extending and reviewing a plan, layouts of forms, the person's own copy, success stories."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.enums import MenuResult, ReviewKind, ReviewOutcome
from cases.forms.person import not_in_future, to_be_chosen
from cases.models import PlanMenu, SuccessStory, SupportPlan
from cases.papers.blacking import SHORTEST
from cases.papers.layout import LONGEST, LayoutError, parse
from cases.papers.record import Record
from core.forms import JapaneseDateField, JapaneseForm, JapaneseModelForm, NumberField, speak_japanese
from core.periods import add_months, shown_date, today

LONG = forms.Textarea(attrs={"rows": 4})


class ExtendForm(JapaneseForm):
    """A later end of the plan, with the reason and the conference that decided it."""

    ends_on = JapaneseDateField(label="新しい終了日")
    review_on = JapaneseDateField(label="次の見直し予定日", required=False)
    reason = forms.CharField(label="延長の理由", max_length=500, widget=LONG)
    conference_on = JapaneseDateField(label="延長を決めたケース会議の日")

    def __init__(self, *args: Any, plan: SupportPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].initial = add_months(plan.ends_on, 3)
        self.fields["ends_on"].help_text = f"いまの終了日は{shown_date(plan.ends_on)}です。"
        self.fields["conference_on"].initial = today()

    def clean_conference_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["conference_on"], "ケース会議の日")


class ReviewForm(JapaneseForm):
    """What was reached, menu by menu, and what comes next."""

    kind = forms.ChoiceField(choices=ReviewKind, label="種類", initial=ReviewKind.MONITORING)
    reviewed_on = JapaneseDateField(label="見直した日")
    reached = forms.CharField(label="目標にどこまで近づいたか", max_length=2000, widget=LONG)
    person_said = forms.CharField(label="本人の感想・希望", max_length=2000, required=False, widget=LONG)
    outcome = forms.ChoiceField(choices=to_be_chosen(ReviewOutcome.choices), label="これから")
    next_step = forms.CharField(label="次に行うこと", max_length=2000, required=False, widget=LONG)
    next_review_on = JapaneseDateField(
        label="次の見直し日",
        required=False,
        help_text="この日に「今日」と会議の議題へ出ます。空欄にすると、このプランの見直しは知らせません。",
    )

    def __init__(self, *args: Any, plan: SupportPlan, is_newest: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewed_on"].initial = today()
        if is_newest:
            soon = min(add_months(today(), 3), plan.ends_on)
            self.fields["next_review_on"].initial = soon if soon > today() else None
        else:  # the newest version alone is waited for
            del self.fields["next_review_on"]
        self.menus: list[PlanMenu] = list(plan.menus.select_related("menu").order_by("pk"))
        for number, row in enumerate(self.menus, start=1):
            name = f"{row.menu.name}({row.get_actor_display()})"
            self.fields[f"result_{number}"] = forms.ChoiceField(
                choices=to_be_chosen(MenuResult.choices), label=f"{name}の結果"
            )
            self.fields[f"note_{number}"] = forms.CharField(label=f"{name}の補足", max_length=300, required=False)
        speak_japanese(self)
        first = ["kind", "reviewed_on", "reached"]
        self.order_fields([*first, *(name for name in self.fields if name.startswith(("result_", "note_")))])

    def clean_reviewed_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["reviewed_on"], "見直した日")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        held, coming = cleaned.get("reviewed_on"), cleaned.get("next_review_on")
        if held and coming and coming <= held:
            self.add_error("next_review_on", "次の見直し日は、見直した日より後の日にしてください。")
        return cleaned

    def review_fields(self) -> dict[str, Any]:
        names = ("kind", "reviewed_on", "reached", "person_said", "outcome", "next_step")
        return {name: self.cleaned_data[name] for name in names}

    def results(self) -> dict[PlanMenu, tuple[MenuResult, str]]:
        data = self.cleaned_data
        return {
            row: (MenuResult(data[f"result_{number}"]), data[f"note_{number}"])
            for number, row in enumerate(self.menus, start=1)
        }


class LayoutForm(JapaneseForm):
    """An office's own layout; an empty one goes back to the standard."""

    body = forms.CharField(
        label="様式(HTML)",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
        help_text="空にして保存すると、標準の様式に戻ります。",
    )
    valid_from = JapaneseDateField(label="使い始める日")
    note = forms.CharField(label="変えた理由", max_length=200)

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        try:
            parse(body)
        except LayoutError as error:
            raise ValidationError(error.reasons) from error
        return body


class SampleForm(LayoutForm):
    """The same layout only looked at: neither day nor reason is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].required = self.fields["note"].required = False


class DisclosureForm(JapaneseForm):
    """What is blacked in the person's own copy: whole entries, and words wherever they stand."""

    black = forms.MultipleChoiceField(label="黒塗りにする記録", required=False, widget=forms.CheckboxSelectMultiple)
    phrases = forms.CharField(
        label="黒塗りにする語句(1行に1つ)",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="第三者の氏名など。全角と半角、間の空白が違っていても、すべての場所で黒塗りにします。",
    )
    volume = forms.TypedChoiceField(label="分冊", coerce=int, initial=1)

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        black, volume = self.fields["black"], self.fields["volume"]
        assert isinstance(black, forms.MultipleChoiceField) and isinstance(volume, forms.ChoiceField)  # noqa: S101 - for mypy
        black.choices = [(line.key, f"{line.when} {line.what}") for line in record.lines]
        black.initial = [line.key for line in record.lines if line.is_delicate]
        volume.choices = [(number, str(number)) for number in range(1, record.volume_count + 1)]
        black.error_messages["invalid_choice"] = "記録が変わりました。もう一度選んでください。"

    def clean_phrases(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["phrases"].splitlines() if line.strip()]
        if any(len(line) < SHORTEST for line in lines):
            raise ValidationError(f"黒塗りにする語句は{SHORTEST}文字以上で入力してください。")
        return lines


class StoryForm(JapaneseModelForm):
    """The story in its five parts."""

    support_months = NumberField(label="支援期間(月)", unit="か月", required=False, min_value=1, max_value=240)
    application_count = NumberField(label="応募社数", unit="社", required=False, min_value=0, max_value=999)

    class Meta:
        model = SuccessStory
        fields = (
            "title",
            "age_band",
            "sex",
            "group",
            "desired_job",
            "support_months",
            "application_count",
            "challenges",
            "support",
            "result",
            "worker_comment",
            "person_comment",
        )
        widgets = dict.fromkeys(("challenges", "support", "result", "worker_comment", "person_comment"), LONG)

    def story_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class StoryAnswerForm(JapaneseForm):
    """What the reviewer says to the writer."""

    note = forms.CharField(label="書いた人へ", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
