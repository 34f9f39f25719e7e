"""Curves of several teams in one picture, each named at its end: what survival and sweeps share."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.render.figures.axes import make_line
from sim.render.figures.style import INK, MARKS, PALE, SMALL, Mark
from sim.render.figures.texts import spread

HEIGHT = 2.75  # inches: the body of a figure of curves
LEADER, SWATCH = 0.3, 0.2  # inches from a line's end to its label's mark, and from there to the name
NAME_LIMIT = 1.8  # inches
_LABEL = 0.17  # inches: the least room of a label


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


def draw_curve(axes: Axes, curve: Curve, mark: Mark, shift: float) -> None:
    """Draw a curve with its marks and the pale band of its intervals, moved sideways by `shift`."""
    x = [at + shift for at in curve.x]
    low, high = ([100 * p for p in bound] for bound in (curve.low, curve.high))
    axes.fill_between(x, low, high, color=mark.colour, alpha=0.15, linewidth=0, zorder=1)
    axes.add_line(make_line(x, [100 * p for p in curve.p], mark, curve.team))


def name_ends(
    axes: Axes, made: Sequence[Curve], names: Sequence[str], shifts: Sequence[float], pitch: float
) -> None:
    """Write names beside the lines' ends, moved apart, each with its mark and a thin line to its end.

    `pitch` is how many inches a step along the axis is.
    """
    ends = [100 * curve.p[-1] if curve.p else 0.0 for curve in made]
    gap = 100 * _LABEL / HEIGHT
    edge = axes.get_xlim()[1]
    at = edge + (LEADER - 0.06) / pitch
    for k, y in enumerate(spread(ends, gap, 0.0, 100.0)):
        if made[k].x:
            start = made[k].x[-1] + shifts[k]
            leader = Line2D([start, edge, at], [ends[k], y, y], color=PALE, linewidth=0.7, zorder=1)
            leader.set_clip_on(False)
            axes.add_line(leader)
        axes.add_line(make_line([at], [y], MARKS[k], "_swatch"))
        axes.text(at + (SWATCH - 0.08) / pitch, y, names[k], va="center", fontsize=SMALL, color=INK)
