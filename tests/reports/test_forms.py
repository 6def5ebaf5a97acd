"""The month of a report as offices write it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from core.periods import Month
from reports.forms import MonthField


@pytest.mark.parametrize(
    "typed",
    ["2023-12", "2023/12", "2023年12月", "２０２３－１２", "202312", "R5.12", "令和5年12月", "令和５年１２月", "50512"],
)
def test_a_month_is_read_in_any_writing(typed: str) -> None:
    assert MonthField().clean(typed) == Month(2023, 12)


@pytest.mark.parametrize("typed", ["令和99年1月", "2023-13", "2023-12-05", "R5", "12月", "😀", "あ" * 200])
def test_what_is_no_month_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match="のように入力してください"):
        MonthField().clean(typed)
