"""Rates and targets: every vector that a published table gives (domain_reference 5.6)."""

from decimal import Decimal

import pytest

from agreements.actions import proposed_target
from agreements.enums import TargetRounding, ZeroRate
from reports.figures import rate, rate_label


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (55, 81, "67.9"),
        (107, 171, "62.6"),
        (118, 180, "65.6"),
        (59, 91, "64.8"),
        (9, 8, "112.5"),
        (2, 1, "200.0"),
        (1, 16, "6.3"),
        (17836 + 4878, 31970, "71.0"),
    ],
)
def test_rates_round_half_up_and_are_never_clamped(numerator, denominator, percent):
    assert rate(numerator, denominator) == Decimal(percent)


def test_zero_denominators_have_an_answer():
    assert rate(0, 0) is None
    assert rate_label(0, 0, ZeroRate.ZERO_PERCENT) == "0％"
    assert rate_label(0, 0, ZeroRate.DASH) == "－"
    assert rate_label(3, 0, ZeroRate.ZERO_PERCENT) == "―"
    assert rate_label(4, 10, ZeroRate.ZERO_PERCENT) == "40.0％"


@pytest.mark.parametrize(
    ("persons", "percent", "rounding", "target"),
    [
        (180, "64.6", TargetRounding.CEILING, 117),
        (16, "64.6", TargetRounding.CEILING, 11),
        (4, "64.6", TargetRounding.CEILING, 3),
        (166, "63.3", TargetRounding.CEILING, 106),
        (26, "63.3", TargetRounding.CEILING, 17),
        (8, "63.3", TargetRounding.CEILING, 6),
        (180, "66", TargetRounding.FLOOR, 118),
        (180, "64.6", TargetRounding.HALF_UP, 116),
        (50, "60", TargetRounding.CEILING, 30),
        (100, "55", TargetRounding.CEILING, 55),
    ],
)
def test_proposed_targets(persons, percent, rounding, target):
    assert proposed_target(persons, Decimal(percent), rounding) == target
