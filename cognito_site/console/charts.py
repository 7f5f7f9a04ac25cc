"""Plots as plain numbers; templates turn them into attributes of SVG, because the policy allows no inline style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 720, 220, 6
TICK_EVERY = 4
CEILINGS = (4, 10, 20, 40, 60, 80, 100, 120, 160, 200, 400, 600, 800, 1000)


@dataclass(frozen=True, slots=True)
class Bar:
    """Two values, one on top of the other. Positions are in the plot's own units."""

    label: str
    good: int
    bad: int
    x: float
    width: float
    good_y: float
    good_height: float
    bad_y: float
    bad_height: float
    middle: float
    has_tick: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """``lines`` are heights and what they stand for; ``sentence`` says what there is to see."""

    bars: list[Bar]
    lines: list[tuple[float, int]]
    sentence: str
    width: int = WIDTH
    height: int = HEIGHT


def bars(points: Sequence[tuple[str, int, int]]) -> Plot:
    """``points``: label, good, bad."""
    top = ceiling(max((good + bad for _, good, bad in points), default=0))
    made = [_bar(number, point, WIDTH / len(points), top) for number, point in enumerate(points)]
    lines = [(HEIGHT - HEIGHT * share / 2, round(top * share / 2)) for share in (0, 1, 2)]
    return Plot(made, lines, _sentence(points))


def _bar(number: int, point: tuple[str, int, int], step: float, top: int) -> Bar:
    label, good, bad = point
    good_height, bad_height = round(good * HEIGHT / top, 1), round(bad * HEIGHT / top, 1)
    good_y = round(HEIGHT - good_height, 1)
    gap = 1.5 if good and bad else 0
    return Bar(
        *(label, good, bad, round(number * step + GAP / 2, 1), round(step - GAP, 1)),
        *(good_y, good_height, round(good_y - bad_height - gap, 1), bad_height),
        *(round((number + 0.5) * step, 1), number % TICK_EVERY == 0),
    )


def ceiling(value: int) -> int:
    """A round number at or above ``value``, and above nothing."""
    step = next((step for step in CEILINGS if value <= step), 0)
    return step or -(-value // 1000) * 1000


def _sentence(points: Sequence[tuple[str, int, int]]) -> str:
    good, bad = sum(point[1] for point in points), sum(point[2] for point in points)
    if not good + bad:
        return "Nothing happened."
    busiest = max(points, key=lambda point: point[1] + point[2])
    return f"{good} good and {bad} failed; the most in one bar, {busiest[1] + busiest[2]}, at {busiest[0]}."
