"""Days, months, fiscal years and eras, as Japan counts them. Days are Asia/Tokyo."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.db import models
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


class NoFiscalYear(ValueError):
    """The text is no fiscal year; the message is for the screen."""


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
    """2019 → '令和元年度' (by the era of 31 March, as offices wrote it), 2023 → '令和5年度', 1988 → '昭和63年度'.

    The last: an era that began in the last months of a year does not name it.
    """
    first, name, _letter, _digit = _era(dt.date(year + 1, 3, 31))
    if first.year > year:
        first, name, _letter, _digit = _era(dt.date(year, 4, 1))
    number = year - first.year + 1
    return f"{name}{'元' if number == 1 else number}年度"


def parse_fiscal_year(text: str) -> int:
    """'令和7年度', 'R7', '2025年度', '2025' → 2025. Raises NoFiscalYear."""
    plain = _plain(text)
    if match := re.fullmatch(r"(\d{4})(?:年度?)?", plain):
        return int(match[1])
    if match := re.fullmatch(rf"({_ERA_NAMES})(元|\d{{1,2}})(?:年度?)?", plain):
        return _era_of(match[1])[0].year + _number(match[2]) - 1
    raise NoFiscalYear(
        f"「{quoted(text)}」は年度として読めません。「令和7年度」「R7」「2025」のように入力してください。"
    )


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


class DateStyle(models.TextChoices):
    """How a user wants to see days on the screen; documents follow the rule of the form (和暦)."""

    ERA = "era", "和暦(令和8年4月1日)"
    WESTERN = "western", "西暦(2026年4月1日)"
    BOTH = "both", "併記(令和8年(2026年)4月1日)"


_style: ContextVar[DateStyle] = ContextVar("date_style", default=DateStyle.ERA)


def date_style() -> DateStyle:
    """How days are shown here and now: 和暦 unless somebody opened `dates_shown`."""
    return _style.get()


@contextmanager
def dates_shown(style: DateStyle) -> Iterator[None]:
    """Days are shown so inside, in this thread alone, and as before afterwards, whatever happens inside."""
    before = _style.set(style)
    try:
        yield
    finally:
        _style.reset(before)


def _in_style(era: str, year: int) -> str:
    match date_style():
        case DateStyle.WESTERN:
            return f"{year}年"
        case DateStyle.BOTH:
            return f"{era}({year}年)"
        case _:
            return era


def shown_date(day: dt.date) -> str:
    """A day in the style of here and now: '令和5年12月31日', '2023年12月31日', '令和5年(2023年)12月31日'."""
    return f"{_in_style(era_year(day), day.year)}{day.month}月{day.day}日"


def short_year(day: dt.date) -> str:
    """The year before a short day: 'R5/', '2023/', 'R5(2023)/'."""
    first, _name, letter, _digit = _era(day)
    era = f"{letter}{day.year - first.year + 1}"
    match date_style():
        case DateStyle.WESTERN:
            return f"{day.year}/"
        case DateStyle.BOTH:
            return f"{era}({day.year})/"
        case _:
            return f"{era}/"


_ERA_NAMES = "令和|平成|昭和|大正|明治|[令平昭大明RHSTM]"
_WESTERN = re.compile(r"(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?")
_ERA = re.compile(rf"({_ERA_NAMES})(元|\d{{1,2}})[年/.-](\d{{1,2}})[月/.-](\d{{1,2}})日?")
_WESTERN_PART = re.compile(r"(\d{4})(?:[年/.-](?:(\d{1,2})月?)?)?")
_ERA_PART = re.compile(rf"({_ERA_NAMES})(元|\d{{1,2}})(?:[年/.-](?:(\d{{1,2}})月?)?)?")
_WEEKDAY = re.compile(rf"\(([{WEEKDAYS}])(?:曜日?)?\)$|([{WEEKDAYS}])曜日?$")
_BOTH_YEARS = re.compile(rf"((?:{_ERA_NAMES})(?:元|\d{{1,2}})年|\d{{4}}年)\((.{{2,6}}年)\)(.*)")
_GUESSED = re.compile(r"\(?(?:頃|ごろ|ころ|推定|くらい)\)?$|^約")
# What a keyboard in Japanese mode writes for - . and /
_MARKS = str.maketrans({**dict.fromkeys("‐‑‒–—―−ー", "-"), "。": ".", "・": "/"})
EXAMPLES = "「令和7年4月1日」「R7.4.1」「2025/4/1」"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_MARKS).upper().split())


QUOTED = 30  # characters of what was typed that a sentence repeats


def quoted(text: str) -> str:
    """What was typed, as a sentence repeats it: the beginning of a text that somebody pasted by mistake."""
    shown = text.strip()
    return shown if len(shown) <= QUOTED else f"{shown[:QUOTED]}…"


def _number(text: str) -> int:
    return 1 if text == "元" else int(text)


def _era_of(mark: str) -> tuple[dt.date, str, str, str]:
    return next(era for era in ERAS if mark[0] in (era[1][0], era[2]))


def parse_date(text: str) -> dt.date:
    """A day from any Japanese or western writing (interface.md D15).

    Reads R7.4.1, 令和7年4月1日, 令7-4-1, 5070401 (era digit 1–5), 2025/4/1, 20250401, and what the screens show:
    令和7年(2025年)4月1日, a weekday behind it. Full-width characters and spaces do not matter. Raises UnreadableDate
    with a sentence saying why.
    """
    plain, shown = _plain(text), quoted(text)
    week = _WEEKDAY.search(plain)
    bare = plain[: week.start()] if week else plain
    if both := _BOTH_YEARS.fullmatch(bare):
        day, other = (_read_day(f"{year}{both[3]}", shown) for year in (both[1], both[2]))
        if day != other:
            raise UnreadableDate(f"「{shown}」は和暦と西暦の年が合いません。どちらが正しいか確かめてください。")
    else:
        day = _read_day(bare, shown)
    if week and weekday_label(day) != (week[1] or week[2]):
        raise UnreadableDate(
            f"「{shown}」は曜日が合いません。{western_date(day)}は{weekday_label(day)}曜日です。日を確かめてください。"
        )
    return day


def _read_day(plain: str, shown: str) -> dt.date:
    if match := _WESTERN.fullmatch(plain):
        return _day(*(int(part) for part in match.groups()), shown=shown)
    if match := _ERA.fullmatch(plain):
        era, number, month, day = match.groups()
        return _era_day(era[0], _number(number), int(month), int(day), shown=shown)
    if re.fullmatch(r"\d{8}", plain):
        return _day(int(plain[:4]), int(plain[4:6]), int(plain[6:]), shown=shown)
    if re.fullmatch(r"\d{7}", plain):
        return _era_day(plain[0], int(plain[1:3]), int(plain[3:5]), int(plain[5:]), shown=shown)
    raise UnreadableDate(f"「{shown}」は{_why_unclear(plain)}{EXAMPLES}のように入力してください。")


def _why_unclear(plain: str) -> str:
    """What makes a text that looks like a day none."""
    if match := re.fullmatch(r"(\d{1,2})[年/.-]\d{1,2}[月/.-]\d{1,2}日?", plain):
        years = "、".join(_readings(int(match[1])))
        return f"年が何年か決められません({years})。元号か4桁の西暦を付けて、"
    if re.fullmatch(r"\d{6}", plain):
        return (
            "6桁のため、和暦か西暦か決められません。和暦は元号の数字からの7桁(5070401)、西暦は8桁(20250401)にするか、"
        )
    if re.fullmatch(r"\d{1,2}[月/.-]\d{1,2}日?", plain):
        return "年がありません。年を付けて、"
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", plain):
        return "月と日の順が決められません。年・月・日の順で、"
    if _WESTERN_PART.fullmatch(plain) or _ERA_PART.fullmatch(plain):
        return "日までありません。日まで、"
    return "日付として読めません。"


def _readings(number: int) -> list[str]:
    """Which years a number without an era may mean: ['令和7年', '平成7年', …]."""
    found = [f"{name}{number}年" for at, (first, name, *_rest) in enumerate(ERAS[:3]) if _has_year(at, number)]
    return [*found, f"{2000 + number}年" if number < 50 else f"{1900 + number}年"]


def _has_year(position: int, number: int) -> bool:
    first = ERAS[position][0].year
    return number >= 1 and (number <= 30 if position == 0 else first + number - 1 <= ERAS[position - 1][0].year)


def _day(year: int, month: int, day: int, *, shown: str) -> dt.date:
    if not 1 <= month <= 12:
        raise UnreadableDate(f"「{shown}」の月は1から12までで入力してください。")
    if not 1868 <= year <= 2200:
        raise UnreadableDate(f"「{shown}」の年は1868年から2200年までで入力してください。")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise UnreadableDate(f"{year}年{month}月は{last}日までです。「{shown}」の日を確かめてください。")
    result = dt.date(year, month, day)
    if result < ERAS[-1][0]:
        first, name = ERAS[-1][:2]
        raise UnreadableDate(
            f"「{shown}」は{name}より前の日です。{western_date(first)}({name}元年)から後の日を入力してください。"
        )
    return result


def _era_day(mark: str, number: int, month: int, day: int, *, shown: str) -> dt.date:
    position = next((n for n, era in enumerate(ERAS) if mark in (era[1][0], era[2], era[3])), None)
    if position is None:
        raise UnreadableDate(f"「{shown}」の元号の数字は1(明治)から5(令和)までで入力してください。")
    first, name, _letter, _digit = ERAS[position]
    if number < 1:
        raise UnreadableDate(f"「{shown}」の年は1年から入力してください。")
    result = _day(first.year + number - 1, month, day, shown=shown)
    if result < first:
        raise UnreadableDate(f"{name}は{western_date(first)}に始まりました。「{shown}」は{era_date(result)}です。")
    if position and result >= ERAS[position - 1][0]:
        end = ERAS[position - 1][0] - dt.timedelta(days=1)
        raise UnreadableDate(f"{name}は{western_date(end)}までです。「{shown}」は{era_date(result)}です。")
    return result


@dataclass(frozen=True)
class KnownDate:
    """A day as far as it is known: the year, year and month, or all of it; perhaps only estimated (interface.md D17).

    Nothing is ever filled in: who needs a day asks for `exact` and gets None.
    """

    year: int
    month: int | None = None
    day: int | None = None
    is_estimated: bool = False

    @classmethod
    def of(cls, day: dt.date, *, is_estimated: bool = False) -> KnownDate:
        return cls(day.year, day.month, day.day, is_estimated)

    @classmethod
    def from_part(cls, part: str, *, is_estimated: bool = False) -> KnownDate:
        """'1980' or '1980-05', as it is stored."""
        year, _dash, month = part.partition("-")
        return cls(int(year), int(month) if month else None, None, is_estimated)

    @property
    def exact(self) -> dt.date | None:
        """The day, when all of it is known (or estimated)."""
        return None if self.month is None or self.day is None else dt.date(self.year, self.month, self.day)

    @property
    def part(self) -> str:
        """What is stored when the day is not known: '1980', '1980-05'; empty for a whole day."""
        return "" if self.day else str(self.year) if self.month is None else f"{self.year}-{self.month:02d}"

    @property
    def digits(self) -> str:
        """'1980', '198005', '19800505': what it is found by."""
        return "".join([str(self.year), *(f"{part:02d}" for part in (self.month, self.day) if part)])

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> dt.date:
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def agrees_with(self, other: KnownDate) -> bool:
        """Whether both may be the same day."""
        return self.digits.startswith(other.digits) or other.digits.startswith(self.digits)

    def __str__(self) -> str:
        """'昭和55年5月5日', '昭和55年5月(日は不明)', '昭和55年(月日は不明・推定)', in the style of here and now.

        Of a year in which the era changed, without the month: '昭和64年か平成元年(月日は不明)'.
        """
        eras = dict.fromkeys((era_year(self.first), era_year(self.last)))
        known = _in_style("か".join(eras), self.year) + "".join(
            f"{number}{unit}" for number, unit in ((self.month, "月"), (self.day, "日")) if number
        )
        missing = "" if self.day else "日は不明" if self.month else "月日は不明"
        notes = [note for note in (missing, "推定" if self.is_estimated else "") if note]
        return f"{known}({'・'.join(notes)})" if notes else known

    def typed(self) -> str:
        """As it would be typed, and read again by `parse_known_date`; without what is said of an estimate."""
        eras = {era_year(self.first), era_year(self.last)}
        year = eras.pop() if len(eras) == 1 and date_style() != DateStyle.WESTERN else f"{self.year}年"
        return year + "".join(f"{n}{unit}" for n, unit in ((self.month, "月"), (self.day, "日")) if n)

    def age_on(self, day: dt.date) -> str:
        """'42歳', '41〜42歳' when the birthday is not known, '推定42歳'."""
        oldest, youngest = age_on(self.first, day), max(0, age_on(self.last, day))
        years = f"{oldest}歳" if oldest == youngest else f"{youngest}〜{oldest}歳"
        return f"推定{years}" if self.is_estimated else years


def parse_known_date(text: str) -> KnownDate:
    """A day as far as it is known: '昭和55年4月1日', 'S55.4', '1980年', '昭和55年頃'. Raises UnreadableDate."""
    plain = _plain(text)
    is_estimated = bool(_GUESSED.search(plain))
    plain = _GUESSED.sub("", plain)
    if match := _WESTERN_PART.fullmatch(plain):
        year, month = int(match[1]), match[2]
    elif match := _ERA_PART.fullmatch(plain):
        first, name, _letter, _digit = era = _era_of(match[1])
        year, month = first.year + _number(match[2]) - 1, match[3]
        position = ERAS.index(era)
        end = ERAS[position - 1][0] - dt.timedelta(days=1) if position else dt.date.max
        if _number(match[2]) < 1 or year > end.year or (month and not _meets(year, int(month), first, end)):
            raise UnreadableDate(
                f"「{quoted(text)}」はありません。{name}は{western_date(first)}から"
                f"{western_date(end) if position else 'いま'}までです。年と月を確かめてください。"
            )
    else:
        try:
            return KnownDate.of(parse_date(plain), is_estimated=is_estimated)
        except UnreadableDate as error:
            raise UnreadableDate(str(error).replace(f"「{quoted(plain)}」", f"「{quoted(text)}」")) from error
    _day(year, int(month or 1), 1, shown=quoted(text))
    return KnownDate(year, int(month) if month else None, None, is_estimated)


def _meets(year: int, month: int, first: dt.date, end: dt.date) -> bool:
    """Whether a month has a day within the era; a month that is none is told elsewhere."""
    return not 1 <= month <= 12 or first.year * 12 + first.month <= year * 12 + month <= end.year * 12 + end.month


def other_calendar(text: str) -> str:
    """A typed day in the other calendar: 'S55.5.5' → '1980年5月5日', '1980年' → '昭和55年'; empty when it is none."""
    try:
        known = parse_known_date(text)
    except UnreadableDate:
        return ""
    is_western = re.match(r"\d{4}(?!\d{3}$)", _GUESSED.sub("", _plain(text)))
    with dates_shown(DateStyle.ERA if is_western else DateStyle.WESTERN):
        return str(KnownDate(known.year, known.month, known.day)).partition("(")[0]


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
        """'令和5年12月', by the era of the last day; in the style of here and now."""
        return f"{_in_style(era_year(self.last_day), self.year)}{self.month}月"

    def plus(self, months: int) -> Month:
        return Month.of(add_months(self.first_day, months))

    def months_of_year(self) -> list[Month]:
        """April to March of this month's fiscal year."""
        april = Month(self.fiscal_year, 4)
        return [april.plus(n) for n in range(12)]

    def months_to_date(self) -> list[Month]:
        """April up to this month, both included."""
        return [month for month in self.months_of_year() if month <= self]
