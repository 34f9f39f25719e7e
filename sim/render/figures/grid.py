"""Chances as a table: a name a row, a head a column, a shade and a percent in each cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from sim.render.figures.frame import Heading, SourcedFigure, make_frame
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, INK, SMALL, TINY, WIDTH, choose_ink
from sim.render.figures.texts import measure_widest, shorten_all

# No hue, for colours are teams'. It ends before black, so that a frame can be seen on the darkest.
_SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#333333"])
_ROW, _HIGH_ROW, _FEW, _CELL, _WIDE_CELL = 0.26, 0.4, 6, 0.4, 0.85  # inches; high where rows are a few
_NAME_LIMIT, _HEAD_LIMIT, _GAP, _NAMES = 1.9, 1.3, 0.12, 0.44  # inches; the last for names of axes
_SLANT = 45  # degrees, for heads wider than their column


class Shade(NamedTuple):
    """A cell: a chance in 0..1 and its text; without a chance it is left white, for a fact is no shade."""

    p: float | None
    text: str
    tone: float | None = None  # how dark it is where that is not the chance itself, 0..1


@dataclass(frozen=True)
class Look:
    """What a map of two factors has beside its cells."""

    across: str  # what the columns and rows are
    down: str
    framed: tuple[int, int] | None = None  # row and column of the cell that has a frame
    level: float | None = None  # the chance along which a line runs, in 0..1


def draw_shades(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[Shade | None]],
    heading: Heading,
    labels: Labels,
    last_apart: bool = False,
    groups: int = 0,
    look: Look | None = None,
) -> SourcedFigure:
    """Draw cells (rows by columns; None leaves a hole) under their heads, rows downwards.

    `last_apart` sets the last column off from the others, for it sums them up; the last `groups` rows stand
    apart, for they sum up teams. A `look` makes it a map: full width, with the names of both axes.
    """
    names = shorten_all(rows, SMALL, _NAME_LIMIT)
    heads = shorten_all(columns, TINY, _HEAD_LIMIT)
    gap = _GAP if last_apart else 0.0
    left = measure_widest(names, SMALL) + 0.1
    widest = WIDTH if look else _WIDE_CELL
    cell = min(widest, max(_CELL, (WIDTH - left - gap) / len(heads)))
    slanted = measure_widest(heads, TINY) > cell - 0.06
    # A slanted head leans out of the last column by as much as it rises.
    lean = measure_widest(heads, TINY) * cos(_SLANT * pi / 180) if slanted else 0.0
    apart = [_GAP if groups and i >= len(names) - groups else 0.0 for i in range(len(names))]
    row = _HIGH_ROW if look and len(names) <= _FEW else _ROW
    wide, tall = cell * len(heads) + gap, row * len(names) + max(apart)
    above = lean + (_NAMES if look else 0.0)
    page = make_frame(
        labels, heading, max(WIDTH, left + wide + max(0.0, lean - cell / 2)), tall + above + 0.32
    )
    axes = page.add_axes(left, 0.1, wide, tall)
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(tall, 0)
    at = [j * cell + (gap if j == len(heads) - 1 else 0.0) for j in range(len(heads))]
    for x, head in zip(at, heads, strict=True):
        _write_head(axes, x + cell / 2, head, slanted)
    for i, name in enumerate(names):
        top = i * row + apart[i]
        axes.text(-left, top + 0.5 * row, name, va="center", fontsize=SMALL)
        for x, shade in zip(at, cells[i], strict=True):
            if shade is not None:
                _draw_cell(axes, (x, top), (cell, row), shade)
    if look:
        _draw_look(axes, look, cells, (cell, row), (left, lean))
    return page.figure


def _draw_look(
    axes: Axes,
    look: Look,
    cells: Sequence[Sequence[Shade | None]],
    size: tuple[float, float],
    room: tuple[float, float],
) -> None:
    """The names of both axes, the frame, and the line between chances below a level and the others."""
    (cell, row), (left, lean) = size, room
    wide = axes.get_xlim()[1]
    across, down = shorten_all([look.across, look.down], SMALL, [wide, left + wide])
    axes.text(wide / 2, -lean - 0.24, across, ha="center", va="bottom", fontsize=SMALL, color=INK)
    axes.text(-left, -lean - 0.44, down, va="bottom", fontsize=SMALL, color=INK)
    if look.level is not None:
        edges = LineCollection(_edges(cells, look.level, size), colors=INK, linewidths=1.6, zorder=4)
        edges.set(
            label="level", capstyle="projecting", path_effects=[withStroke(linewidth=3, foreground="white")]
        )
        axes.add_collection(edges, autolim=False)
    if look.framed is not None:
        i, j = look.framed
        frame = Rectangle((j * cell, i * row), cell, row, fill=False, edgecolor=INK, linewidth=1.8)
        frame.set(label="now", zorder=5, linestyle=(0, (3, 1.2)), clip_on=False)
        frame.set_path_effects([withStroke(linewidth=3.4, foreground="white")])
        axes.add_patch(frame)


def _edges(
    cells: Sequence[Sequence[Shade | None]], level: float, size: tuple[float, float]
) -> list[list[tuple[float, float]]]:
    """The borders between cells whose chance is at least `level` and those below."""

    def is_above(i: int, j: int) -> bool:
        shade = cells[i][j]
        return shade is not None and shade.p is not None and shade.p >= level

    (cell, row), found = size, []
    for i in range(len(cells)):
        for j in range(len(cells[i])):
            right, below = (j + 1) * cell, (i + 1) * row
            if j + 1 < len(cells[i]) and is_above(i, j) != is_above(i, j + 1):
                found.append([(right, i * row), (right, below)])
            if i + 1 < len(cells) and is_above(i, j) != is_above(i + 1, j):
                found.append([(j * cell, below), (right, below)])
    return found


def _write_head(axes: Axes, x: float, head: str, slanted: bool) -> None:
    turned: dict[str, Any] = (
        {"rotation": _SLANT, "ha": "left"} if slanted else {"rotation": 0, "ha": "center"}
    )
    # A slanted text hangs by its corner, which lies half its height left of where it seems to start.
    nudge = -0.05 if slanted else 0.0
    axes.text(
        x + nudge, -0.06, head, va="bottom", rotation_mode="default", fontsize=TINY, color=GREY, **turned
    )


def _draw_cell(axes: Axes, at: tuple[float, float], size: tuple[float, float], shade: Shade) -> None:
    (x, top), (wide, tall) = at, size
    tone = shade.p if shade.tone is None else shade.tone
    face = to_rgb("white" if tone is None else _SHADES(tone))
    axes.add_patch(Rectangle(at, wide, tall, facecolor=face, edgecolor="white", linewidth=0.8))
    colour = choose_ink(face) if shade.p is not None else GREY
    look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": TINY, "color": colour}
    axes.text(x + wide / 2, top + tall / 2, shade.text, **look)
