"""The chance of still being in, all teams in one picture, each named at its line's end."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.render.figures.curves import Curve, end_text
from sim.render.figures.facts import Facts
from sim.render.figures.frame import Heading, frame
from sim.render.figures.labels import Labels
from sim.render.figures.measure import shorten, widest
from sim.render.figures.scale import percents, room_below, stage_names, stages_along
from sim.render.figures.spread import spread
from sim.render.figures.style import GREY, INK, MARKS, PALE, SMALL, WIDTH, Mark
from sim.render.figures.words import words

_LEFT, _HEIGHT, _PITCH, _LABEL = 0.5, 2.75, 0.32, 0.17  # inches: axis, body, least room a stage and a label
_NAME_LIMIT = 1.8  # inches
_APART = 0.055  # inches between the marks of two teams with the same chance
_LEADER, _SWATCH = 0.3, 0.2  # inches from a line's end to its label's mark, and from there to the name


def lines(made: list[Curve], found: Facts, heading: Heading, labels: Labels) -> Figure:
    """The figure. Curves stand a hair apart sideways, so that equal ones are all seen; heights are exact."""
    stages = found.cells.stages
    names = [_label(curve, found, labels) for curve in made]
    right = _LEADER + _SWATCH + widest(names, SMALL)
    wide = max(WIDTH - _LEFT - right, _PITCH * (len(stages) + 0.5))
    pitch = wide / (len(stages) + 0.5)
    along = stage_names(stages, labels)
    below = room_below(along, pitch)
    page = frame(labels, heading, _LEFT + wide + right, _HEIGHT + below + 0.15)
    axes = page.axes(_LEFT, below, wide, _HEIGHT)
    axes.set_xlim(-0.25, len(stages) + 0.25)
    percents(axes, 20)
    stages_along(axes, along, pitch)
    axes.set_ylabel(words(labels.lang).survival_axis, color=GREY)
    step = min(_APART, 0.5 * pitch / len(made)) / pitch
    shifts = [(k - (len(made) - 1) / 2) * step for k in range(len(made))]
    for curve, mark, shift in zip(made, MARKS, shifts, strict=False):
        draw(axes, curve, mark, shift)
    end_labels(axes, made, names, shifts, pitch)
    return page.figure


def _label(curve: Curve, found: Facts, labels: Labels) -> str:
    name = shorten(labels.team(curve.team), SMALL, _NAME_LIMIT)
    return f"{name}  {end_text(curve, found, labels)}"


def draw(axes: Axes, curve: Curve, mark: Mark, shift: float) -> None:
    """A curve with its marks and the pale band of its intervals."""
    x = [at + shift for at in curve.x]
    low, high = ([100 * p for p in bound] for bound in (curve.low, curve.high))
    axes.fill_between(x, low, high, color=mark.colour, alpha=0.15, linewidth=0, zorder=1)
    axes.add_line(line(x, [100 * p for p in curve.p], mark, curve.team))


def end_labels(axes: Axes, made: list[Curve], names: list[str], shifts: list[float], pitch: float) -> None:
    """The names beside the lines' ends, moved apart, each with its mark and a thin line to its end."""
    ends = [100 * curve.p[-1] if curve.p else 0.0 for curve in made]
    gap = 100 * _LABEL / _HEIGHT
    edge = axes.get_xlim()[1]
    at = edge + (_LEADER - 0.06) / pitch
    for k, y in enumerate(spread(ends, gap, 0.0, 100.0)):
        if made[k].x:
            start = made[k].x[-1] + shifts[k]
            leader = Line2D([start, edge, at], [ends[k], y, y], color=PALE, linewidth=0.7, zorder=1)
            leader.set_clip_on(False)
            axes.add_line(leader)
        axes.add_line(line([at], [y], MARKS[k], "_swatch"))
        axes.text(at + (_SWATCH - 0.08) / pitch, y, names[k], va="center", fontsize=SMALL, color=INK)


def line(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    """A team's line with its marks."""
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
