"""Assessment, obstacles, work history, licences and the checklist of independence."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.actions.assessment import stamp_of
from cases.enums import ObstacleKind, Transport
from cases.forms.person import not_in_future
from cases.independence import BY_CODE, Answers, Item, Score, Stage
from cases.models import Assessment, ChecklistRound, Obstacle, Qualification, WorkHistory
from cases.models.assessment import month_label
from core.forms import Difference, JapaneseDateField, JapaneseForm, NumberField, VersionedModelForm
from core.periods import UnreadableDate, parse_date, quoted, today

ASSESSMENT_FIELDS = (
    "assessed_on",
    "strengths_person",
    "strengths_worker",
    "issues_person",
    "issues_worker",
    "wish_job_1",
    "wish_job_2",
    "wish_job_3",
    "wish_area",
    "wish_commute_minutes",
    "wish_days",
    "wish_hours",
    "wish_employment",
    "wish_wage_yen",
    "wish_pay_cycle",
    "wish_start",
    "transports",
    "phone",
    "identity_document",
    "bank_account",
    "driving_licence",
    "education",
)
HISTORY_FIELDS = ("job_title", "employment_type", "started_in", "ended_in", "is_current", "leaving_reason")
QUALIFICATION_FIELDS = ("name", "acquired_in", "valid_to", "note")
ROUND_FIELDS = ("checked_on", "with_person", "note")


class MonthField(forms.Field):
    """A month, or only a year, in Japanese or western writing; stored as '2015-04' or '2015'."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "例: H27.4、2015年4月。年だけでもかまいません。")
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")
        self.widget.attrs.setdefault("class", "field-date")

    def prepare_value(self, value: Any) -> Any:
        return month_label(value) or value if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", str(value or "")).strip()
        if not text:
            return ""
        plain = re.fullmatch(r"(\d{4})(\d{2})", text)
        split = plain or re.fullmatch(r"(.+?)[年/.-](\d{1,2})月?", text)
        year, months = (split[1], (split[2],)) if split else (text.removesuffix("年"), ("1", "12"))
        for month in months:
            for day in (1, 28):  # an era begins or ends within a month
                try:
                    found = parse_date(f"{year}.{month}.{day}")
                except UnreadableDate:
                    continue
                if not 1900 <= found.year <= today().year or found.replace(day=1) > today():
                    raise ValidationError("1900年から今月までの年月を入力してください。", code="range")
                return f"{found.year:04d}-{found.month:02d}" if split else f"{found.year:04d}"
        raise ValidationError(
            f"「{quoted(text)}」は年月として読めません。「H27.4」「2015年4月」「2015年」のように入力してください。",
            code="invalid",
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class AssessmentForm(VersionedModelForm):
    """The assessment; everything may stay empty but the day."""

    assessed_on = JapaneseDateField(label="アセスメントの日")
    wish_commute_minutes = NumberField(
        label="通勤時間(片道、分まで)", unit="分", required=False, min_value=0, max_value=240
    )
    wish_days = NumberField(label="週に働きたい日数", unit="日", required=False, min_value=1, max_value=7)
    wish_wage_yen = NumberField(label="希望する時給(円)", required=False, min_value=0, max_value=100_000)
    transports = forms.MultipleChoiceField(
        label="移動手段", choices=Transport, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Assessment
        fields = ASSESSMENT_FIELDS
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("strengths_person", "strengths_worker", "issues_person", "issues_worker")
        }

    def clean_assessed_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["assessed_on"], "アセスメントの日")

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ASSESSMENT_FIELDS}


class ObstaclesForm(JapaneseForm):
    """A line per kind of obstacle: is it there, and what is done about it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(
        self, *args: Any, offered: list[ObstacleKind], rows: dict[ObstacleKind, Obstacle], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["seen"].initial = stamp_of(rows)
        for kind in offered:
            row = rows.get(kind)
            self.fields[f"has_{kind.value}"] = forms.BooleanField(
                label=kind.label, required=False, initial=bool(row and not row.resolved_on)
            )
            self.fields[f"response_{kind.value}"] = forms.CharField(
                label=f"{kind.label}への対応", required=False, max_length=300, initial=row.response if row else ""
            )

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"has_{kind.value}"], self[f"response_{kind.value}"]) for kind in self.offered]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for kind in self.offered:
            old = self.fields[f"response_{kind.value}"].initial
            typed = cleaned.get(f"response_{kind.value}")
            if typed and typed != old and not cleaned.get(f"has_{kind.value}"):
                self.add_error(f"has_{kind.value}", f"対応を書くときは「{kind.label}」にも印を付けてください。")
        return cleaned

    def chosen(self) -> dict[ObstacleKind, str]:
        data = self.cleaned_data
        return {kind: data[f"response_{kind.value}"] for kind in self.offered if data[f"has_{kind.value}"]}

    def beside(self, rows: dict[ObstacleKind, Obstacle]) -> list[Difference]:
        """Typed and stored side by side; both are on the screen now, so the next save may replace it."""
        self.data = {**{name: self.data[name] for name in self.data}, "seen": stamp_of(rows)}
        mine = self.chosen()
        beside = []
        for kind in self.offered:
            row = rows.get(kind)
            theirs = row.response or "あり" if row and not row.resolved_on else ""
            typed = mine[kind] or "あり" if kind in mine else ""
            if typed != theirs:
                beside.append(Difference(str(kind.label), typed, theirs, "both"))
        return beside


class HistoryForm(VersionedModelForm):
    """A job the person had; the employer is left out where a suppression hides it."""

    employer_name = forms.CharField(label="事業所", max_length=100, required=False)
    started_in = MonthField(label="始めた年月", required=False)
    ended_in = MonthField(label="辞めた年月", required=False)
    field_order = ("employer_name", *HISTORY_FIELDS)

    class Meta:
        model = WorkHistory
        fields = HISTORY_FIELDS

    def __init__(self, *args: Any, is_hidden: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        if is_hidden and not is_new:
            del self.fields["employer_name"]
        elif not is_new:
            self.fields["employer_name"].initial = self.instance.employer_name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("started_in"), cleaned.get("ended_in")
        if start and end and end < start[: len(end)]:
            self.add_error("ended_in", "辞めた年月は、始めた年月より後にしてください。")
        if end and cleaned.get("is_current"):
            self.add_error("ended_in", "今も働いているときは、辞めた年月を空欄にしてください。")
        return cleaned

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("employer_name", *HISTORY_FIELDS)}


class QualificationForm(VersionedModelForm):
    """A licence or qualification."""

    acquired_in = MonthField(label="取得した年月", required=False)
    valid_to = JapaneseDateField(label="有効期限", required=False)

    class Meta:
        model = Qualification
        fields = QUALIFICATION_FIELDS

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in QUALIFICATION_FIELDS}


class ChecklistForm(VersionedModelForm):
    """The checklist of the three stages: each item 0 to 3, or not asked today."""

    checked_on = JapaneseDateField(label="確認した日")

    class Meta:
        model = ChecklistRound
        fields = ROUND_FIELDS

    def __init__(
        self, *args: Any, offered: list[Item], answers: Answers, before: Answers, before_on: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        if self.instance._state.adding:
            self.initial["checked_on"] = today()
        for item in offered:
            last = before.get(item.code)
            score = answers.get(item.code)
            self.fields[f"item_{item.code}"] = forms.ChoiceField(
                label=item.text,
                required=False,
                choices=[("", "聞いていない"), *((value, f"{value} {label}") for value, label in Score.choices)],
                initial="" if score is None else score,
                widget=forms.RadioSelect,
                help_text="" if last is None else f"前回({before_on}): {last} {Score(last).label}",
            )

    def stages(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (stage.label, [self[f"item_{item.code}"] for item in self.offered if item.stage == stage])
            for stage in Stage
        ]

    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in ("version", *ROUND_FIELDS)]

    def clean_checked_on(self) -> dt.date:
        return not_in_future(self.cleaned_data["checked_on"], "確認した日")

    def answers(self) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for item in self.offered:
            typed = self.cleaned_data[f"item_{item.code}"]
            found[BY_CODE[item.code].code] = int(typed) if typed != "" else None
        return found

    def content(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ROUND_FIELDS}
