"""Forms of reports."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import JapaneseForm
from core.periods import MalformedMonth, Month, UnreadableDate, parse_date, quoted, today

# Texts about figures are read by every party and printed; no wall stands before them.
NO_NAMES = "人の名前や、だれか分かることは書きません。"
UNREADABLE_MONTH = "「{}」は月として読めません。「2023-12」「R5.12」「令和5年12月」のように入力してください。"


class MonthField(forms.CharField):
    """A month in any writing of a day, without its day: '2023-12', '2023年12月', 'R5.12', '令和5年12月', '202312'."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        for first in ("1日", ".1", "01"):
            try:
                day = parse_date(f"{text}{first}")
            except UnreadableDate:
                continue
            text = str(Month.of(day))
            break
        try:
            return Month.parse(text)
        except MalformedMonth as error:
            raise forms.ValidationError(UNREADABLE_MONTH.format(quoted(str(value)))) from error


class RequestForm(JapaneseForm):
    """Which month to count."""

    month = MonthField(label="月", help_text="例: 2023-12")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].widget.attrs["autocomplete"] = "off"
        self.fields["month"].initial = str(Month.of(today()).plus(-1))


class ReturnForm(JapaneseForm):
    """Why a count is sent back."""

    note = forms.CharField(
        label="差し戻す理由", help_text=NO_NAMES, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CommentForm(JapaneseForm):
    """A party's comment, printed under the figures."""

    text = forms.CharField(
        label="コメント", help_text=NO_NAMES, widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )


class ReviseForm(JapaneseForm):
    """Why a closed month is counted again."""

    reason = forms.CharField(
        label="訂正の理由", help_text=NO_NAMES, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
