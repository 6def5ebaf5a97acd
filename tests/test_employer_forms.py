"""What the forms for employers take and say."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from employers.forms import CorporateNumberField


@pytest.mark.parametrize(
    "typed", ["1234567890123", "１２３４５６７８９０１２３", "1-2345-6789-0123", "1 2345 6789 0123"]
)
def test_a_corporate_number_is_taken_as_people_write_it(typed: str):
    assert CorporateNumberField(max_length=13).clean(typed) == "1234567890123"


@pytest.mark.parametrize("typed", ["123456789012", "12345678901234", "なし", "1234567890I23"])
def test_a_wrong_corporate_number_is_answered_with_its_own_example(typed: str):
    with pytest.raises(ValidationError, match="ハイフンなしの数字13桁で入力してください。例: 1234567890123") as refused:
        CorporateNumberField(max_length=13).clean(typed)
    assert "1234-5678" not in str(refused.value)
