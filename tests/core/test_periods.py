"""Days as Japan writes them."""

import datetime as dt

import pytest

from core.periods import (
    MalformedMonth,
    Month,
    UnreadableDate,
    age_on,
    era_date,
    fiscal_year,
    fiscal_year_label,
    parse_date,
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("R7.4.1", dt.date(2025, 4, 1)),
        ("令和7年4月1日", dt.date(2025, 4, 1)),
        ("令7-4-1", dt.date(2025, 4, 1)),
        ("５０７０４０１", dt.date(2025, 4, 1)),
        ("2025/4/1", dt.date(2025, 4, 1)),
        ("２０２５－４－１".replace("－", "-"), dt.date(2025, 4, 1)),
        ("20250401", dt.date(2025, 4, 1)),
        ("2025年4月1日", dt.date(2025, 4, 1)),
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        ("令和1年5月1日", dt.date(2019, 5, 1)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("昭和64年1月7日", dt.date(1989, 1, 7)),
        (" s55 . 4 . 1 ", dt.date(1980, 4, 1)),
    ],
)
def test_reads_every_writing(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("昭和64年2月1日", "昭和は1989年1月7日まで"),
        ("令和元年4月30日", "令和は2019年5月1日に始まりました"),
        ("2025/2/29", "2025年2月は28日まで"),
        ("2025/13/1", "月は1から12まで"),
        ("あした", "読めません"),
        ("9070401", "元号の数字"),
    ],
)
def test_says_why_it_cannot_read(text, why):
    with pytest.raises(UnreadableDate, match=why):
        parse_date(text)


def test_every_day_of_150_years_goes_round():
    day, step = dt.date(1900, 1, 1), dt.timedelta(days=1)
    while day <= dt.date(2050, 12, 31):
        assert parse_date(era_date(day)) == day
        day += step


def test_fiscal_year_turns_on_the_first_of_april():
    assert fiscal_year(dt.date(2024, 3, 31)) == 2023
    assert fiscal_year(dt.date(2024, 4, 1)) == 2024
    assert fiscal_year_label(2023) == "令和5年度"
    assert fiscal_year_label(2019) == "令和元年度"


def test_month():
    december = Month.parse("2023-12")
    assert december.last_day == dt.date(2023, 12, 31)
    assert december.fiscal_start == dt.date(2023, 4, 1)
    assert [str(month) for month in december.months_to_date()][-1] == "2023-12"
    assert Month(2024, 2).fiscal_year == 2023
    assert Month(2024, 2).last_day == dt.date(2024, 2, 29)
    assert len(december.months_of_year()) == 12
    assert december.label == "令和5年12月"


@pytest.mark.parametrize("text", ["2023-13", "2023-1", "202312", "1999-01", "", "令和5年12月"])
def test_malformed_months_are_refused(text):
    with pytest.raises(MalformedMonth, match="2023-12のように"):
        Month.parse(text)


def test_age_goes_up_on_the_birthday():
    birth = dt.date(2000, 2, 29)
    assert age_on(birth, dt.date(2025, 2, 28)) == 24
    assert age_on(birth, dt.date(2025, 3, 1)) == 25


@pytest.mark.parametrize("text", ["1868-01-01", "1868/1/24", "18680124", "明治1年1月24日"])
def test_a_day_before_the_first_era_is_refused(text):
    """What is read can be written: no day gets in that the screen cannot show."""
    with pytest.raises(UnreadableDate, match="明治"):
        parse_date(text)


def test_every_readable_day_can_be_written_and_read_again():
    for year in range(1868, 2201):
        for day in (dt.date(year, 1, 24), dt.date(year, 1, 25), dt.date(year, 12, 31)):
            try:
                read = parse_date(day.isoformat())
            except UnreadableDate:
                assert day == dt.date(1868, 1, 24)
            else:
                if year - 2018 < 100:
                    assert parse_date(era_date(read)) == day
