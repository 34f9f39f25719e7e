"""Scales, marks, lines, curves and keys: what figures share inside their axes. Sizes are in inches."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.render.figures.frame import Frame
from sim.render.figures.identity import Mark
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, INK, PALE, SMALL, TINY, ZEBRA
from sim.render.figures.texts import measure_widest, spread
from sim.text import say

AXIS, RIGHT = 0.45, 0.5  # the axis below, and room for a label at 100
MARK = 6.5  # points
_KEY = 0.21  # a line of the key
HEIGHT = 2.3  # the body of a figure of curves
LEADER, SWATCH = 0.3, 0.2  # inches from a line's end to its label's mark, and from there to the name
NAME_LIMIT = 1.45
_LABEL = 0.18  # the least room of a label
_WIDEST_RATIO = 20
"""Greatest to least value from which on a scale is logarithmic: a linear one would crowd the least values."""


def add_chance_axes(page: Frame, left: float, height: float, rows: int, labels: Labels) -> Axes:
    """Add a scale of chances from 0 to 100 and a band a row; row i is at height i, counted from the top."""
    axes = page.add_axes(left, AXIS, page.width - left - RIGHT, height)
    axes.set_xlim(0, 100)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks(range(0, 101, 20), [str(x) for x in range(0, 101, 20)], color=GREY)
    axes.set_xlabel(say(labels.lang, "figure.leaving_axis"), color=GREY)
    _leave_pale_lines(axes, "x")
    for i in range(0, rows, 2):
        band = axes.axhspan(i - 0.5, i + 0.5, xmax=1 + RIGHT / _size(axes)[0], color=ZEBRA, zorder=0)
        band.set_clip_on(False)
    return axes


def set_percents(axes: Axes, step: int) -> None:
    """Give axes a scale from 0 to 100 upwards with pale lines every `step`."""
    axes.set_ylim(0, 100)
    ticks = range(0, 101, step)
    axes.set_yticks(ticks, [str(y) for y in ticks], color=GREY, fontsize=TINY)
    _leave_pale_lines(axes, "y")


def _leave_pale_lines(axes: Axes, along: Literal["x", "y"]) -> None:
    """Take away the frame and the ticks, and mark the scale `along` by pale lines behind everything."""
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis=along, color=PALE, linewidth=0.5)


def leave_scale_below(axes: Axes) -> None:
    """Take away all of the frame but a pale scale below; rows are not numbered."""
    axes.set_yticks([])
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(PALE)
    axes.tick_params(colors=GREY, labelsize=TINY, length=2)


def write_beside(
    axes: Axes, text: str, at: tuple[float, float], shift: tuple[float, float], size: float, **look: Any
) -> None:
    """Write a text beside a place, `shift` points away; `look` goes to matplotlib's `annotate`."""
    axes.annotate(text, at, shift, textcoords="offset points", fontsize=size, **look)


def write_row_name(axes: Axes, i: int, text: str, left: float, rise: float, size: float, colour: str) -> None:
    """Write a line of the name of row i, `left` inches left of the axes, `rise` points above its middle."""
    at_edge = axes.get_yaxis_transform()
    shift = (-72 * left, rise)
    write_beside(axes, text, (0, i), shift, size, color=colour, xycoords=at_edge, va="center")


@dataclass(frozen=True)
class Scale:
    """Places of values along an axis `wide` inches long; logarithmic where the ends lie far apart."""

    low: float
    high: float
    wide: float
    is_logarithmic: bool

    @classmethod
    def of(cls, values: Sequence[float], wide: float) -> "Scale":
        """Return the scale from the least to the greatest of values."""
        low, high = min(values), max(values)
        return cls(low, high, wide, low > 0 and high / low >= _WIDEST_RATIO)

    def place(self, value: float) -> float:
        """Return where a value stands, in inches from the left."""
        low, at, high = (math.log10(v) if self.is_logarithmic else v for v in (self.low, value, self.high))
        return (at - low) / (high - low) * self.wide if high > low else self.wide / 2

    def value_at(self, inches: float) -> float:
        """Return the value at a place, to twelve digits."""
        part = inches / self.wide
        found = (
            self.low * (self.high / self.low) ** part
            if self.is_logarithmic
            else self.low + (self.high - self.low) * part
        )
        return float(f"{found:.12g}")

    def holds(self, value: float) -> bool:
        """Return whether a value lies between the ends."""
        return self.low <= value <= self.high


def choose_ticks(scale: Scale, most: int) -> list[float]:
    """Return values in steps that people count by (1, 2, 5, 10) from end to end, `most` of them at most."""
    if scale.high == scale.low:
        return [scale.low]
    if not scale.is_logarithmic:
        found = MaxNLocator(most - 1, steps=[1, 2, 5, 10]).tick_values(scale.low, scale.high)
        slack = 1e-9 * (scale.high - scale.low)
        return [float(v) for v in found if scale.low - slack <= v <= scale.high + slack]
    ends = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in range(ends[0], ends[1] + 1) for step in steps]
        ticks = [v for v in ticks if scale.low * (1 - 1e-9) <= v <= scale.high * (1 + 1e-9)]
        if len(ticks) <= most:
            return ticks
    return ticks[:: math.ceil(len(ticks) / most)]


def mark_width(axes: Axes) -> float:
    """Return a mark's width in points of percent: an error that it hides is not worth a line."""
    return MARK / 72 / _size(axes)[0] * 100


def make_mark(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    """Make a mark at a place; without a place it is an entry of a key."""
    return Line2D(
        x,
        y,
        linestyle="none",
        color=mark.colour,
        marker=mark.shape,
        markersize=MARK,
        markeredgecolor=mark.colour,
        markerfacecolor=mark.face,
        markeredgewidth=1.2,
        label=label,
        clip_on=False,
        zorder=3,
    )


def make_line(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    """Make a team's line with its marks."""
    return Line2D(
        x,
        y,
        color=mark.colour,
        linewidth=1.3,
        dashes=mark.dashes or (None, None),
        marker=mark.shape,
        markersize=5,
        markerfacecolor=mark.face,
        label=label,
        clip_on=False,
        zorder=3,
    )


@dataclass(frozen=True)
class Curve:
    """A team's points: places along the axis, chances in 0..1 and the ends of their intervals.

    A team that was never in has no points.
    """

    team: str
    x: tuple[float, ...]
    p: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    ranges: tuple[
        tuple[float, float], ...
    ] = ()  # over doubts, of each point (nan: none); empty for none at all

    @property
    def percents(self) -> tuple[list[float], list[float], list[float]]:
        """The chances, and the lower and the upper ends of their intervals, in percent."""
        p, low, high = ([100 * end for end in ends] for ends in (self.p, self.low, self.high))
        return p, low, high

    def at(self, k: int) -> tuple[float, float, float]:
        """The k-th chance and the ends of its interval, in 0..1."""
        return self.p[k], self.low[k], self.high[k]


def draw_curve(axes: Axes, curve: Curve, mark: Mark) -> None:
    """Draw a curve with its marks and the pale band of its intervals."""
    x, (p, low, high) = list(curve.x), curve.percents
    axes.fill_between(x, low, high, color=mark.colour, alpha=0.15, linewidth=0, zorder=1)
    axes.add_line(make_line(x, p, mark, curve.team))


def draw_range(axes: Axes, y: float, low: float, high: float, height: float, label: str) -> None:
    """Draw the pale bar of a range over doubts, which is no error of sampling."""
    axes.barh(y, high - low, height, low, color=PALE, label=label, zorder=1)


def draw_interval(axes: Axes, y: float, p: float, low: float, high: float) -> None:
    """Draw the dark line of an interval of sampling, unless the mark hides it."""
    if high - low > mark_width(axes):
        axes.errorbar(p, y, xerr=[[p - low], [high - p]], color=INK, lw=1, capsize=2.5, zorder=2)


def name_ends(
    axes: Axes, made: Sequence[Curve], names: Sequence[str], marks: Sequence[Mark], pitch: float
) -> None:
    """Write names beside the lines' ends, moved apart, each with its mark and a thin line to its end.

    `pitch` is how many inches a step along the axis is.
    """
    ends = [100 * curve.p[-1] if curve.p else 0.0 for curve in made]
    low, high = axes.get_ylim()
    gap = (high - low) * _LABEL / _size(axes)[1]
    edge = axes.get_xlim()[1]
    at = edge + (LEADER - 0.06) / pitch
    for k, y in enumerate(spread(ends, gap, low, high)):
        if made[k].x:
            path = [made[k].x[-1], edge, at], [ends[k], y, y]
            leader = Line2D(*path, color=PALE, linewidth=0.7, zorder=1, label="_leader")
            leader.set_clip_on(False)
            axes.add_line(leader)
        axes.add_line(make_line([at], [y], marks[k], "_swatch"))
        axes.text(at + (SWATCH - 0.08) / pitch, y, names[k], va="center", fontsize=SMALL, color=INK)


def lay_out_key(key: Sequence[Artist], limit: float) -> tuple[int, float]:
    """Return how many entries of a key fit beside each other within `limit` inches, and its height."""
    entry = measure_widest([str(each.get_label()) for each in key], SMALL) + 0.4
    columns = max(1, min(len(key), int(limit / entry)))
    return columns, _KEY * math.ceil(len(key) / columns) + 0.05


def draw_key(axes: Axes, key: Sequence[Artist], columns: int, at: tuple[float, float] = (0.0, 0.0)) -> None:
    """Draw a key; `at` is its lower left corner, in inches from the upper left one of the axes."""
    wide, tall = _size(axes)
    axes.legend(
        handles=key,
        ncols=columns,
        loc="lower left",
        bbox_to_anchor=(at[0] / wide, 1 + at[1] / tall),
        frameon=False,
        borderaxespad=0.2,
        borderpad=0,
        handlelength=1,
        handletextpad=0.4,
        columnspacing=1.6,
        fontsize=SMALL,
    )


def _size(axes: Axes) -> tuple[float, float]:
    """The width and height of axes in inches."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    full_width, full_height = figure.get_size_inches()
    place = axes.get_position()
    return place.width * full_width, place.height * full_height
