"""The checklist of the three stages of independence: which items there are, and what answers come to.

Where the items come from: docs/decisions/0012-independence-checklist.md. Codes are stored; never reuse one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import models

from cases.enums import FieldGroup


class Stage(models.TextChoices):
    DAILY = "daily", "日常生活自立"
    SOCIAL = "social", "社会生活自立"
    WORK = "work", "就労自立"


class Score(models.IntegerChoices):
    NOT_YET = 0, "まだ難しい"
    WITH_HELP = 1, "手伝いがあればできる"
    MOSTLY = 2, "だいたいできる"
    ALONE = 3, "一人でできる"


@dataclass(frozen=True)
class Item:
    """One line of the checklist; `group` is the kind of facts its answer tells, which the wall reads."""

    code: str
    stage: Stage
    text: str
    group: FieldGroup | None = None


ITEMS: tuple[Item, ...] = (
    Item("rise", Stage.DAILY, "決まった時間に起き、眠る"),
    Item("meals", Stage.DAILY, "食事を毎日とる"),
    Item("tidy", Stage.DAILY, "身だしなみ(洗顔・入浴・洗濯)を整える"),
    Item("home", Stage.DAILY, "部屋の片付け、ごみ出しをする"),
    Item("health", Stage.DAILY, "体調に気をつけ、必要な通院・服薬を続ける", FieldGroup.HEALTH),
    Item("money", Stage.DAILY, "支払いの予定を立て、収入の範囲で暮らす", FieldGroup.FINANCE),
    Item("papers", Stage.DAILY, "郵便物や手続きを、自分で、または頼んで済ませる"),
    Item("outing", Stage.DAILY, "用事で外に出る"),
    Item("greet", Stage.SOCIAL, "あいさつや返事をする"),
    Item("promise", Stage.SOCIAL, "約束の日時を守る。行けないときは連絡する"),
    Item("ask", Stage.SOCIAL, "困ったことを人に相談する"),
    Item("listen", Stage.SOCIAL, "人の話を聞き、分からないことを聞き返す"),
    Item("group", Stage.SOCIAL, "数人が集まる場で過ごす"),
    Item("near", Stage.SOCIAL, "家族や身近な人と助け合う", FieldGroup.FAMILY),
    Item("reach", Stage.SOCIAL, "電話やメールで連絡をとる"),
    Item("travel", Stage.SOCIAL, "電車・バスなどで行き先まで行く"),
    Item("wish", Stage.WORK, "働きたい理由や希望を自分の言葉で話す"),
    Item("hours", Stage.WORK, "半日ほど続けて作業する"),
    Item("steps", Stage.WORK, "指示を聞き、手順のとおりに進める"),
    Item("report", Stage.WORK, "報告・連絡・相談をする"),
    Item("explain", Stage.WORK, "得意なこと、苦手なこと、頼みたい配慮を説明する"),
    Item("resume", Stage.WORK, "履歴書など応募の書類を用意する"),
    Item("interview", Stage.WORK, "面接で受け答えする"),
    Item("duties", Stage.WORK, "働く間の家事・育児・介護の段取りをつける", FieldGroup.FAMILY),
)
BY_CODE = {item.code: item for item in ITEMS}
Answers = Mapping[str, int | None]


def items_of(stage: Stage) -> list[Item]:
    return [item for item in ITEMS if item.stage == stage]


def mean(answers: Answers, stage: Stage) -> Decimal | None:
    """The average of the answered items of a stage, 0.0 to 3.0, half up; None when nothing is answered.

    >>> mean({"rise": 1, "meals": 2, "tidy": 2}, Stage.DAILY)
    Decimal('1.7')
    """
    scores = [score for item in items_of(stage) if (score := answers.get(item.code)) is not None]
    if not scores:
        return None
    return (Decimal(sum(scores)) / len(scores)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def answered(answers: Answers, stage: Stage) -> int:
    return sum(answers.get(item.code) is not None for item in items_of(stage))


WIDTH, HEIGHT = 520, 230
LEFT, RIGHT, TOP, BOTTOM = 34, 96, 16, 34


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    label: str
    label_y: float = 0.0


@dataclass(frozen=True)
class Line:
    """One stage in the chart, told apart by its dashes and the name at its end, not by colour alone."""

    name: str
    dash: str
    polyline: str
    points: tuple[Point, ...]
    name_y: float


@dataclass(frozen=True)
class ChangeChart:
    """Everything the SVG template needs, in its own units."""

    description: str
    lines: tuple[Line, ...]
    ticks: tuple[Point, ...]
    days: tuple[Point, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    name_x: int = WIDTH - RIGHT + 8


_DASHES = {Stage.DAILY: "2 4", Stage.SOCIAL: "8 4", Stage.WORK: ""}


def change_chart(rounds: Sequence[tuple[str, Answers]]) -> ChangeChart | None:
    """The averages of the stages over the rounds, oldest first: (day as shown, answers). None without two rounds."""
    if len(rounds) < 2:
        return None
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(position: int) -> float:
        return round(LEFT + 14 + (wide - 28) * position / (len(rounds) - 1), 1)

    def y(value: Decimal | int) -> float:
        return round(TOP + high * (1 - float(value) / 3), 1)

    lines: list[Line] = []
    told: list[str] = []
    taken: list[float] = []
    written: dict[int, list[float]] = {}  # per round, where a number stands already
    for stage in Stage:
        found = [(place, mean(answers, stage)) for place, (_day, answers) in enumerate(rounds)]
        points = tuple(
            Point(x(place), y(value), str(value), _free(written.setdefault(place, []), y(value) - 6, 11))
            for place, value in found
            if value is not None
        )
        if not points:
            continue
        name_y = _free(taken, points[-1].y, 14)
        route = " ".join(f"{point.x},{point.y}" for point in points)
        lines.append(Line(stage.label, _DASHES[stage], route, points, name_y))
        told.append(f"{stage.label}は{points[0].label}から{points[-1].label}")
    return ChangeChart(
        description=f"{rounds[0][0]}から{rounds[-1][0]}まで。{'、'.join(told)}。",
        lines=tuple(lines),
        ticks=tuple(Point(LEFT, y(value), str(value)) for value in range(4)),
        days=tuple(Point(x(place), HEIGHT - BOTTOM + 18, day) for place, (day, _answers) in enumerate(rounds)),
    )


def _free(taken: list[float], wanted: float, gap: float) -> float:
    """The wanted height, or the next one below it that keeps its distance from what stands there already."""
    height = wanted
    while any(abs(height - other) < gap for other in taken):
        height += 1
    taken.append(height)
    return height
