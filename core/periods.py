"""Days, months, fiscal years and eras, as Japan counts them. Days are Asia/Tokyo."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.utils import timezone

# (first day, name, letter, digit of the seven-digit form); newest first. 令和 from 2019-05-01.
ERAS = (
    (dt.date(2019, 5, 1), "令和", "R", "5"),
    (dt.date(1989, 1, 8), "平成", "H", "4"),
    (dt.date(1926, 12, 25), "昭和", "S", "3"),
    (dt.date(1912, 7, 30), "大正", "T", "2"),
    (dt.date(1868, 1, 25), "明治", "M", "1"),
)
WEEKDAYS = "月火水木金土日"


class UnreadableDate(ValueError):
    """The text is no day; the message says why and is for the screen."""


class MalformedMonth(ValueError):
    """The text is no month; the message is for the screen."""


def today() -> dt.date:
    """Today in Japan; call it at the edge and pass it in."""
    return timezone.localdate()


def now() -> dt.datetime:
    """Now, with time zone; call it at the edge and pass it in."""
    return timezone.localtime()


def fiscal_year(day: dt.date) -> int:
    """2024-03-31 → 2023, 2024-04-01 → 2024."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_label(year: int) -> str:
    """2019 → '令和元年度' (by the era of 31 March, as offices wrote that year), 2023 → '令和5年度'."""
    last = dt.date(year + 1, 3, 31)
    first, name, _letter, _digit = _era(last)
    number = year - first.year + 1
    return f"{name}{'元' if number == 1 else number}年度"


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of a shorter month."""
    return day + relativedelta(months=months)


def age_on(birth: dt.date, day: dt.date) -> int:
    """Completed years as people say them: the age goes up on the birthday.

    民法 counts the day before the birthday as the last of the year; no rule here depends on that day.
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _era(day: dt.date) -> tuple[dt.date, str, str, str]:
    for era in ERAS:
        if day >= era[0]:
            return era
    raise UnreadableDate("明治より前の日は扱えません。")


def era_year(day: dt.date) -> str:
    """'令和5年', '平成元年' – by the exact day."""
    first, name, _letter, _digit = _era(day)
    number = day.year - first.year + 1
    return f"{name}{'元' if number == 1 else number}年"


def era_date(day: dt.date) -> str:
    """'令和5年12月31日'."""
    return f"{era_year(day)}{day.month}月{day.day}日"


def western_date(day: dt.date) -> str:
    """'2023年12月31日'."""
    return f"{day.year}年{day.month}月{day.day}日"


def weekday_label(day: dt.date) -> str:
    return WEEKDAYS[day.weekday()]


_WESTERN = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?")
_ERA = re.compile(r"(令和|平成|昭和|大正|明治|[令平昭大明RHSTM])(元|\d{1,2})[年/.-](\d{1,2})[月/.-](\d{1,2})日?")


def parse_date(text: str) -> dt.date:
    """A day from any Japanese or western writing (interface.md D15).

    Reads R7.4.1, 令和7年4月1日, 令7-4-1, 5070401 (era digit 1–5), 2025/4/1, 20250401; full-width
    characters and spaces do not matter. Raises UnreadableDate with a sentence saying why.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if match := _WESTERN.fullmatch(plain):
        return _day(*(int(part) for part in match.groups()), shown=text)
    if match := _ERA.fullmatch(plain):
        era, number, month, day = match.groups()
        return _era_day(era[0], 1 if number == "元" else int(number), int(month), int(day), shown=text)
    if re.fullmatch(r"\d{8}", plain):
        return _day(int(plain[:4]), int(plain[4:6]), int(plain[6:]), shown=text)
    if re.fullmatch(r"\d{7}", plain):
        return _era_day(plain[0], int(plain[1:3]), int(plain[3:5]), int(plain[5:]), shown=text)
    raise UnreadableDate(
        f"「{text.strip()}」は日付として読めません。「令和7年4月1日」「R7.4.1」「2025/4/1」のように入力してください。"
    )


def _day(year: int, month: int, day: int, *, shown: str) -> dt.date:
    if not 1 <= month <= 12:
        raise UnreadableDate(f"「{shown.strip()}」の月は1から12までで入力してください。")
    if not 1868 <= year <= 2200:
        raise UnreadableDate(f"「{shown.strip()}」の年は1868年から2200年までで入力してください。")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise UnreadableDate(f"{year}年{month}月は{last}日までです。「{shown.strip()}」の日を確かめてください。")
    result = dt.date(year, month, day)
    if result < ERAS[-1][0]:
        first, name = ERAS[-1][:2]
        raise UnreadableDate(
            f"「{shown.strip()}」は{name}より前の日です。{western_date(first)}({name}元年)から後の日を入力してください。"
        )
    return result


def _era_day(mark: str, number: int, month: int, day: int, *, shown: str) -> dt.date:
    position = next((n for n, era in enumerate(ERAS) if mark in (era[1][0], era[2], era[3])), None)
    if position is None:
        raise UnreadableDate(f"「{shown.strip()}」の元号の数字は1(明治)から5(令和)までで入力してください。")
    first, name, _letter, _digit = ERAS[position]
    if number < 1:
        raise UnreadableDate(f"「{shown.strip()}」の年は1年から入力してください。")
    result = _day(first.year + number - 1, month, day, shown=shown)
    if result < first:
        raise UnreadableDate(
            f"{name}は{western_date(first)}に始まりました。「{shown.strip()}」は{era_date(result)}です。"
        )
    if position and result >= ERAS[position - 1][0]:
        end = ERAS[position - 1][0] - dt.timedelta(days=1)
        raise UnreadableDate(f"{name}は{western_date(end)}までです。「{shown.strip()}」は{era_date(result)}です。")
    return result


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """'2023-12'. Raises MalformedMonth."""
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
        if match is None or not 2000 <= int(match[1]) <= 2100:
            raise MalformedMonth(
                f"「{text}」は月として読めません。2023-12のように「西暦4桁-月2桁」で指定してください。"
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: dt.date) -> Month:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def fiscal_year(self) -> int:
        return fiscal_year(self.first_day)

    @property
    def fiscal_start(self) -> dt.date:
        return dt.date(self.fiscal_year, 4, 1)

    @property
    def fiscal_end(self) -> dt.date:
        return dt.date(self.fiscal_year + 1, 3, 31)

    @property
    def label(self) -> str:
        """'令和5年12月'."""
        return f"{era_year(self.last_day)}{self.month}月"

    def plus(self, months: int) -> Month:
        return Month.of(add_months(self.first_day, months))

    def months_of_year(self) -> list[Month]:
        """April to March of this month's fiscal year."""
        april = Month(self.fiscal_year, 4)
        return [april.plus(n) for n in range(12)]

    def months_to_date(self) -> list[Month]:
        """April up to this month, both included."""
        return [month for month in self.months_of_year() if month <= self]
