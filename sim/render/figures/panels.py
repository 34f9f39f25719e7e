"""The chance of still being in, a panel a team: for more teams than one picture can hold."""

from math import ceil
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sim.render.figures.curves import Curve, end_text
from sim.render.figures.facts import Facts
from sim.render.figures.frame import Heading, frame
from sim.render.figures.labels import Labels
from sim.render.figures.measure import shorten, width
from sim.render.figures.scale import percents, stage_names
from sim.render.figures.style import BLUE, GREY, INK, PALE, SMALL, TINY, WIDTH
from sim.render.figures.words import words

_COLUMNS = 4
_LEFT, _GAP, _TALL, _TITLE, _BELOW = 0.5, 0.18, 0.75, 0.3, 0.25  # inches


def panels(made: list[Curve], found: Facts, heading: Heading, labels: Labels) -> Figure:
    """The figure: in each panel one team's curve, and everybody else's in grey behind it."""
    rows, wide = ceil(len(made) / _COLUMNS), (WIDTH - _LEFT - _GAP * (_COLUMNS - 1)) / _COLUMNS
    tall = rows * (_TALL + _TITLE)
    page = frame(labels, heading, WIDTH, tall + _BELOW)
    stages = found.cells.stages
    along = stage_names(stages, labels)
    for k, curve in enumerate(made):
        row, column = divmod(k, _COLUMNS)
        bottom = _BELOW + tall - row * (_TALL + _TITLE) - _TITLE - _TALL
        axes = page.axes(_LEFT + column * (wide + _GAP), bottom, wide, _TALL)
        axes.set_xlim(0, len(stages))
        percents(axes, 50)
        if column:
            axes.set_yticklabels([])
        _ends_along(axes, along if k + _COLUMNS >= len(made) else [], wide)
        _draw(axes, curve, [other for other in made if other is not curve])
        _title(axes, labels.team(curve.team), end_text(curve, found, labels), wide)
    middle = (page.bottom + _BELOW + tall / 2) / page.figure.get_figheight()
    axis = words(labels.lang).survival_axis
    page.figure.text(0.2 / page.figure.get_figwidth(), middle, axis, rotation=90, va="center", color=GREY)
    return page.figure


def _ends_along(axes: Axes, names: list[str], wide: float) -> None:
    """The first and the last name only: a panel has no room for more."""
    axes.set_xticks([])
    if not names:
        return
    first, last = names[0], shorten(names[-1], TINY, wide - width(names[0], TINY) - 0.1)
    below: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "top"}
    for x, name, side in ((0, first, "left"), (1, last, "right")):
        axes.annotate(name, (x, 0), (0, -3), ha=side, fontsize=TINY, color=GREY, **below)


def _draw(axes: Axes, curve: Curve, others: list[Curve]) -> None:
    behind = [[(x, 100 * p) for x, p in zip(other.x, other.p, strict=True)] for other in others]
    axes.add_collection(LineCollection(behind, colors=PALE, linewidths=0.5, zorder=1))
    x, p = list(curve.x), [100 * p for p in curve.p]
    low, high = ([100 * p for p in bound] for bound in (curve.low, curve.high))
    axes.fill_between(x, low, high, color=BLUE, alpha=0.2, linewidth=0, zorder=2)
    axes.plot(x, p, color=BLUE, linewidth=1.6, label=curve.team, clip_on=False, zorder=3)
    if x:
        axes.plot(x[-1:], p[-1:], "o", color=BLUE, markersize=3.5, label="_end", clip_on=False, zorder=3)


def _title(axes: Axes, name: str, end: str, wide: float) -> None:
    """The team's name and how it ends, on one line above the panel."""
    room = wide - width(end, SMALL) - 0.08
    above: dict[str, Any] = {
        "xycoords": "axes fraction",
        "textcoords": "offset points",
        "va": "bottom",
        "fontsize": SMALL,
    }
    axes.annotate(shorten(name, SMALL, room), (0, 1), (0, 3), ha="left", color=INK, **above)
    axes.annotate(end, (1, 1), (0, 3), ha="right", color=INK, **above)
