"""A line chart as SVG: cumulative actual against the year's target, month by month.

Python computes every coordinate; the template only writes them down. Readable in black and white:
actual is a solid line with dots, the target a dashed line with its number beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from agreements.enums import IndicatorCode
from reports.figures import Series
from reports.indicators import BY_CODE

WIDTH, HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 18, 34


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    label: str
    month: str


@dataclass(frozen=True)
class Chart:
    """Everything the SVG template needs, in its own units."""

    id: str
    title: str
    description: str
    unit: str
    points: tuple[Point, ...]
    polyline: str
    pace: tuple[Point, Point] | None
    target: int | None
    target_label_y: float
    ticks: tuple[Point, ...]
    months: tuple[Point, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def line_chart(series: Series) -> Chart:
    """The chart of one series; the pace line runs from zero to the target at the end of March."""
    highest = max([*series.cumulative, series.target or 0, 4])
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if highest / size <= 5)
    top = (highest + step - 1) // step * step
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(position: float) -> float:
        return round(LEFT + wide * position / len(series.months), 1)

    def y(value: float) -> float:
        return round(TOP + high * (1 - value / top), 1)

    points = tuple(
        Point(x(position + 1), y(value), str(value), f"{month.month}月")
        for position, (month, value) in enumerate(zip(series.months, series.cumulative, strict=False))
    )
    pace = None
    if series.target:
        pace = (Point(x(0), y(0), "", ""), Point(x(len(series.months)), y(series.target), str(series.target), ""))
    indicator = BY_CODE[IndicatorCode(series.indicator)]
    name, unit = indicator.name, indicator.unit
    latest = series.cumulative[-1] if series.cumulative else 0
    goal = f"年度の目標は{series.target}{unit}。" if series.target else "目標数はありません。"
    return Chart(
        id=f"chart-{series.indicator}",
        title=f"{name}(合計)の累計と目標",
        description=f"4月から{series.months[len(series.cumulative) - 1].month}月までの累計は{latest}{unit}。{goal}",
        unit=unit,
        points=points,
        polyline=" ".join(f"{point.x},{point.y}" for point in points),
        pace=pace,
        target=series.target,
        target_label_y=max(12.0, y(series.target or 0) - 5),
        ticks=tuple(Point(LEFT, y(value), str(value), "") for value in range(0, top + 1, step)),
        months=tuple(
            Point(x(position + 1), HEIGHT - BOTTOM + 16, f"{month.month}", "")
            for position, month in enumerate(series.months)
        ),
    )
