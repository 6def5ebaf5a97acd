"""Days as Japan writes them."""

import datetime as dt
import threading

import pytest

from core.periods import (
    DateStyle,
    KnownDate,
    MalformedMonth,
    Month,
    NoFiscalYear,
    UnreadableDate,
    age_on,
    date_style,
    dates_shown,
    era_date,
    fiscal_year,
    fiscal_year_label,
    other_calendar,
    parse_date,
    parse_fiscal_year,
    parse_known_date,
    shown_date,
    western_date,
)
from core.templatetags.ui import age, jdate, shortdate

# Written here again, so that the table of the code is not its own witness.
ERA_STARTS = {
    "明治": (1868, 1, 25),
    "大正": (1912, 7, 30),
    "昭和": (1926, 12, 25),
    "平成": (1989, 1, 8),
    "令和": (2019, 5, 1),
}
LETTERS = {"明治": ("M", "1"), "大正": ("T", "2"), "昭和": ("S", "3"), "平成": ("H", "4"), "令和": ("R", "5")}


def era_and_year(day: dt.date) -> tuple[str, int]:
    name = [name for name, start in ERA_STARTS.items() if (day.year, day.month, day.day) >= start][-1]
    return name, day.year - ERA_STARTS[name][0] + 1


def twelve_writings(day: dt.date) -> list[str]:
    name, year = era_and_year(day)
    letter, digit = LETTERS[name]
    y, m, d = day.year, day.month, day.day
    return [
        f"{name}{year}年{m}月{d}日",
        f"{letter}{year}.{m}.{d}",
        f"{letter.lower()}{year:02d}/{m:02d}/{d:02d}",
        f"{name[0]}{year}-{m}-{d}",
        f"{digit}{year:02d}{m:02d}{d:02d}",
        f"{y}/{m}/{d}",
        f"{y}-{m:02d}-{d:02d}",
        f"{y}年{m}月{d}日",
        f"{y}{m:02d}{d:02d}",
        f"{name}{year}年({y}年){m}月{d}日",
        f"{name}{'元' if year == 1 else year} 年 {m} 月 {d} 日({'月火水木金土日'[day.weekday()]})",
        f"{letter}{year}。{m}。{d}",
    ]


WIDE = str.maketrans("0123456789/.-()", "０１２３４５６７８９／．－（）")


def days(first: int, last: int) -> list[dt.date]:
    start, end = dt.date(first, 1, 1), dt.date(last, 12, 31)
    return [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]


def test_every_day_is_read_in_twelve_writings_and_in_any_width():
    """interface.md D15: every day of 1900–2050, each of its twelve writings, one of them full-width."""
    wrong = []
    for number, day in enumerate(days(1900, 2050)):
        writings = twelve_writings(day)
        writings.append(writings[number % 12].translate(WIDE))
        wrong += [(text, day) for text in writings if parse_date(text) != day]
    assert wrong == []


def test_the_era_is_right_on_every_day():
    """interface.md D16: the label changes on New Year's Day and on the first day of an era, on no other day."""
    assert [
        (day, era_date(day))
        for day in days(1900, 2050)
        for name, year in [era_and_year(day)]
        if era_date(day) != f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    ] == []


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (dt.date(2019, 4, 30), "平成31年4月30日(火)"),
        (dt.date(2019, 5, 1), "令和元年5月1日(水)"),
        (dt.date(1989, 1, 7), "昭和64年1月7日(土)"),
        (dt.date(1989, 1, 8), "平成元年1月8日(日)"),
        (dt.date(1926, 12, 24), "大正15年12月24日(金)"),
        (dt.date(1926, 12, 25), "昭和元年12月25日(土)"),
        (dt.date(1912, 7, 29), "明治45年7月29日(月)"),
        (dt.date(1912, 7, 30), "大正元年7月30日(火)"),
    ],
)
def test_the_days_on_which_eras_meet(day, label):
    assert jdate(day) == label
    assert other_calendar(western_date(day)) == label.partition("(")[0]
    assert other_calendar(label) == western_date(day)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("7.4.1", "年が何年か決められません(令和7年、平成7年、昭和7年、2007年)"),
        ("070401", "6桁のため、和暦か西暦か決められません"),
        ("4/1", "年がありません"),
        ("4/1/2025", "月と日の順が決められません"),
        ("令和7年4月", "日までありません"),
        ("S55", "日までありません"),
        ("令和7年(2024年)4月1日", "和暦と西暦の年が合いません"),
        ("令和7年4月1日(水)", "曜日が合いません。2025年4月1日は火曜日です"),
        ("令和7年4月31日", "2025年4月は30日まで"),
        ("令和7年2月29日(土)", "2025年2月は28日まで"),
    ],
)
def test_an_unclear_or_impossible_day_is_told_why(text, why):
    with pytest.raises(UnreadableDate) as refused:
        parse_date(text)
    assert why in str(refused.value)
    assert text.partition("(")[0] in str(refused.value)


@pytest.mark.parametrize(
    ("text", "known", "shown"),
    [
        ("昭和55年5月5日", KnownDate(1980, 5, 5), "昭和55年5月5日"),
        ("S55.5", KnownDate(1980, 5), "昭和55年5月(日は不明)"),
        ("1980/05", KnownDate(1980, 5), "昭和55年5月(日は不明)"),
        ("S55", KnownDate(1980), "昭和55年(月日は不明)"),
        ("１９８０年", KnownDate(1980), "昭和55年(月日は不明)"),
        ("昭和55年頃", KnownDate(1980, is_estimated=True), "昭和55年(月日は不明・推定)"),
        ("S55.5.5(推定)", KnownDate(1980, 5, 5, is_estimated=True), "昭和55年5月5日(推定)"),
        ("平成元年", KnownDate(1989), "昭和64年か平成元年(月日は不明)"),
        ("2019年", KnownDate(2019), "平成31年か令和元年(月日は不明)"),
        ("令和元年5月", KnownDate(2019, 5), "令和元年5月(日は不明)"),
    ],
)
def test_a_birthday_as_far_as_it_is_known(text, known, shown):
    assert parse_known_date(text) == known
    assert str(known) == shown
    again = parse_known_date(known.typed())
    assert (again.year, again.month, again.day) == (known.year, known.month, known.day)
    assert known.exact == (dt.date(1980, 5, 5) if known.day else None)


@pytest.mark.parametrize("text", ["昭和64年2月", "昭和65年", "S55.13", "1980-00", "1867", "令和0年", "平成31年5月"])
def test_a_month_or_year_that_is_none_is_refused(text):
    with pytest.raises(UnreadableDate):
        parse_known_date(text)


def test_an_unknown_birthday_gives_two_ages_and_an_unknown_day_none_that_is_wrong():
    day = dt.date(2026, 11, 21)
    assert KnownDate(1980).age_on(day) == "45〜46歳"
    assert KnownDate(1980, 11).age_on(day) == "45〜46歳"
    assert KnownDate(1980, 5).age_on(day) == "46歳"
    assert KnownDate(1980, 11, 22).age_on(day) == "45歳"
    assert KnownDate(1980, is_estimated=True).age_on(day) == "推定45〜46歳"
    assert KnownDate(2026).age_on(day) == "0歳"
    assert age(None) == ""


def test_days_are_shown_in_the_calendar_that_was_chosen():
    day, known = dt.date(2019, 4, 30), KnownDate(1980, 5)
    shown = {}
    for style in DateStyle:
        with dates_shown(style):
            shown[style.value] = (shown_date(day), jdate(known), shortdate(day), Month(2019, 4).label)
    assert shown == {
        "era": ("平成31年4月30日", "昭和55年5月(日は不明)", "H31/4/30(火)", "平成31年4月"),
        "western": ("2019年4月30日", "1980年5月(日は不明)", "2019/4/30(火)", "2019年4月"),
        "both": (
            "平成31年(2019年)4月30日",
            "昭和55年(1980年)5月(日は不明)",
            "H31(2019)/4/30(火)",
            "平成31年(2019年)4月",
        ),
    }
    # What a screen shows can be typed again.
    for text in ("平成31年4月30日(火)", "2019年4月30日(火)", "平成31年(2019年)4月30日(火)"):
        assert parse_date(text) == day


def test_the_style_ends_where_it_was_opened_whatever_happens_inside():
    with pytest.raises(RuntimeError), dates_shown(DateStyle.WESTERN):
        with dates_shown(DateStyle.BOTH):
            pass
        assert date_style() == DateStyle.WESTERN
        raise RuntimeError
    assert date_style() == DateStyle.ERA


def test_the_style_of_one_thread_is_not_that_of_another():
    both_are_in, seen = threading.Barrier(2, timeout=10), {}

    def work(style: DateStyle) -> None:
        with dates_shown(style):
            both_are_in.wait()
            seen[style] = shown_date(dt.date(2025, 4, 1))
            both_are_in.wait()

    threads = [threading.Thread(target=work, args=(style,)) for style in (DateStyle.WESTERN, DateStyle.BOTH)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {DateStyle.WESTERN: "2025年4月1日", DateStyle.BOTH: "令和7年(2025年)4月1日"}
    assert shown_date(dt.date(2025, 4, 1)) == "令和7年4月1日"


@pytest.mark.parametrize(
    ("text", "year"), [("令和7年度", 2025), ("R7", 2025), ("２０２５年度", 2025), ("2025", 2025), ("平成31年度", 2019)]
)
def test_a_fiscal_year_is_read_as_people_write_it(text, year):
    assert parse_fiscal_year(text) == year


def test_a_fiscal_year_is_read_again_as_it_is_shown():
    assert [year for year in range(1900, 2051) if parse_fiscal_year(fiscal_year_label(year)) != year] == []
    assert (fiscal_year_label(1988), fiscal_year_label(1989)) == ("昭和63年度", "平成元年度")
    with pytest.raises(NoFiscalYear, match="「来年」は年度として読めません"):
        parse_fiscal_year("来年")


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
