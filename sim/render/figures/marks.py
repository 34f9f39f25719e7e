"""Marks on a scale of chances, a row a team: what the figures made of dots share. Sizes are in inches."""

from collections.abc import Sequence
from math import ceil

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.render.figures.frame import Frame
from sim.render.figures.labels import Labels
from sim.render.figures.measure import widest
from sim.render.figures.style import GREY, PALE, SMALL, ZEBRA, Mark
from sim.render.figures.words import words

AXIS, RIGHT = 0.42, 0.5  # the axis below, and room for a label at 100
MARK = 6.0  # points
_KEY = 0.2  # a line of the key


def chance_axes(page: Frame, left: float, height: float, rows: int, labels: Labels) -> Axes:
    """A scale of chances from 0 to 100 and a band a row; row i is at height i, counted from the top."""
    axes = page.axes(left, AXIS, page.width - left - RIGHT, height)
    axes.set_xlim(0, 100)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks(range(0, 101, 20), [str(x) for x in range(0, 101, 20)], color=GREY)
    axes.set_xlabel(words(labels.lang).leaving_axis, color=GREY)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=PALE, linewidth=0.5)
    for i in range(0, rows, 2):
        band = axes.axhspan(i - 0.5, i + 0.5, xmax=1 + RIGHT / _inches(axes)[0], color=ZEBRA, zorder=0)
        band.set_clip_on(False)
    return axes


def mark_width(axes: Axes) -> float:
    """A mark's width in points of percent: an error that it hides is not worth a line."""
    return MARK / 72 / _inches(axes)[0] * 100


def marker(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    """A mark at a place; without a place it is an entry of a key."""
    return Line2D(
        x,
        y,
        linestyle="none",
        marker=mark.shape,
        markersize=MARK,
        markeredgecolor=mark.colour,
        markerfacecolor=mark.face,
        markeredgewidth=1.2,
        label=label,
        clip_on=False,
        zorder=3,
    )


def key_columns(names: list[str], limit: float) -> int:
    """How many entries of a key fit beside each other within `limit` inches."""
    entry = widest(names, SMALL) + 0.4
    return max(1, min(len(names), int(limit / entry)))


def key_height(entries: int, columns: int) -> float:
    """The height of a key in inches."""
    return _KEY * ceil(entries / columns) + 0.05


def draw_key(
    axes: Axes, key: Sequence[Artist], columns: int, at: tuple[float, float] = (0.0, 0.0), size: float = SMALL
) -> None:
    """The key; `at` is its lower left corner, in inches from the upper left one of the axes."""
    wide, tall = _inches(axes)
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
        fontsize=size,
    )


def _inches(axes: Axes) -> tuple[float, float]:
    figure = axes.get_figure(root=True)
    assert figure is not None
    full_width, full_height = figure.get_size_inches()
    place = axes.get_position()
    return place.width * full_width, place.height * full_height
