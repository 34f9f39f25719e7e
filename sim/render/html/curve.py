"""A figure of chances along a number: a curve for each team, named at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10

from sim.render.html.document import Figure, SvgDrawing
from sim.render.html.dots import NARROW, WIDE
from sim.render.html.svg import Canvas, fit_text, text_width

_SIZE, _LINE, _DASHES = 13, 17, ("c0", "c1", "c2", "c3")
_LOG_FROM = 20.0
"""From which ratio of its ends on a number is drawn by its logarithm."""


@dataclass(frozen=True)
class TeamCurve:
    """The chances of a team along a number, 0..1, and the last of them in words."""

    name: str
    points: tuple[tuple[float, float], ...]
    last: str
    band: tuple[tuple[float, float, float], ...] = ()  # a number, and the range over doubts there


def curves_figure(
    curves: Sequence[TeamCurve],
    ticks: Sequence[tuple[float, str]],
    axis: str,
    title: str,
    notes: tuple[str, ...] = (),
) -> Figure:
    """Draw curves, at most four that differ by their dashes, and bands over an axis with these ticks."""
    told = "; ".join(
        f"{curve.name}: {', '.join(f'{100 * p:.0f}' for _, p in curve.points)}" for curve in curves
    )
    along = ", ".join(text for _, text in ticks)
    wide, narrow = (_draw(curves, ticks, axis, width) for width in (WIDE, NARROW))
    return Figure(title, f"{axis}: {along}. {told}", wide, narrow, notes)


class _Axes:
    def __init__(self, values: Sequence[float], left: float, right: float, top: float, bottom: float) -> None:
        self.low, self.high = min(values), max(values)
        self.is_log = self.low > 0 and self.high / self.low >= _LOG_FROM
        self.left, self.right, self.top, self.bottom = left, right, top, bottom

    def x(self, value: float) -> float:
        low, high, at = (log10(v) if self.is_log else v for v in (self.low, self.high, value))
        return self.left + (at - low) / (high - low or 1) * (self.right - self.left)

    def y(self, share: float) -> float:
        return self.bottom - share * (self.bottom - self.top)


def _draw(
    curves: Sequence[TeamCurve], ticks: Sequence[tuple[float, str]], axis: str, width: int
) -> SvgDrawing:
    canvas = Canvas(width)
    labels = [f"{curve.name} {curve.last}" for curve in curves]
    room = min(max(text_width(label, _SIZE) for label in labels), 0.32 * width)
    height = 300 if width == WIDE else 260
    values = [x for curve in curves for x, _ in curve.points]
    axes = _Axes(values, 34, width - room - 12, 10, height - 48)
    for percent in (0, 25, 50, 75, 100):
        y = axes.y(percent / 100)
        canvas.line((axes.left, y, axes.right, y), "grid")
        canvas.text(axes.left - 6, y + 4, f"{percent}", anchor="end", size=12, look="dim")
    for curve in curves:
        above = [(axes.x(x), axes.y(high)) for x, _, high in curve.band]
        below = [(axes.x(x), axes.y(low)) for x, low, _ in curve.band]
        canvas.area([*above, *reversed(below)], "band")
    _draw_ticks(canvas, axes, ticks)
    canvas.text(axes.left, height - 8, fit_text(axis, _SIZE, width - axes.left), size=_SIZE)
    heights = _spread([axes.y(curve.points[-1][1]) for curve in curves])
    for curve, look, label, at in zip(curves, _DASHES, labels, heights, strict=False):
        canvas.path([(axes.x(x), axes.y(p)) for x, p in curve.points], look)
        for x, p in curve.points:
            canvas.dot(axes.x(x), axes.y(p), 3, "point")
        canvas.text(axes.right + 10, at + 4, fit_text(label, _SIZE, room), size=_SIZE)
    return canvas.render(height)


def _draw_ticks(canvas: Canvas, axes: _Axes, ticks: Sequence[tuple[float, str]]) -> None:
    """Write the ticks that have room."""
    taken = -1e9
    for value, text in ticks:
        x, half = axes.x(value), text_width(text, 12) / 2
        if x - half < taken + 6:
            continue
        canvas.text(x, axes.bottom + 18, text, anchor="middle", size=12, look="dim")
        taken = x + half


def _spread(heights: Sequence[float]) -> list[float]:
    """Where names stand beside the ends of curves without touching each other."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = list(heights)
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + _LINE)
    return placed
