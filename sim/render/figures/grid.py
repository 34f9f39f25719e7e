"""The chance of leaving as a table: a row a team, a column a stage, a shade and a percent in each cell."""

from collections.abc import Sequence
from math import cos, pi
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.render.figures.facts import Facts, cell_text
from sim.render.figures.findings import Whole
from sim.render.figures.frame import Heading, frame
from sim.render.figures.labels import Labels
from sim.render.figures.measure import shorten, widest
from sim.render.figures.style import GREY, SMALL, TINY, WIDTH
from sim.render.figures.words import words

# One hue whose lightness falls steadily, so that grey print keeps the order.
_SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#9ecae1", "#2171b5", "#08306b"])
_ROW, _CELL, _WIDE_CELL = 0.24, 0.36, 0.85  # inches
_NAME_LIMIT, _HEAD_LIMIT, _GAP = 2.0, 1.3, 0.12  # inches
_SLANT = 45  # degrees, for stage names wider than their column


def grid(found: Facts, whole: Whole, heading: Heading, labels: Labels) -> Figure:
    """The figure; `whole` is each team's chance over all stages, printed as a last column."""
    teams, stages = found.cells.teams, found.cells.stages
    names = [shorten(labels.team(team), SMALL, _NAME_LIMIT) for team in teams]
    heads = [shorten(labels.stage(stage), TINY, _HEAD_LIMIT) for stage in stages]
    heads.append(words(labels.lang).all_stages)
    left = widest(names, SMALL) + 0.1
    cell = min(_WIDE_CELL, max(_CELL, (WIDTH - left - _GAP) / len(heads)))
    slanted = widest(heads, TINY) > cell - 0.06
    # A slanted name leans out of the last column by as much as it rises.
    lean = widest(heads, TINY) * cos(_SLANT * pi / 180) if slanted else 0.0
    wide = cell * len(heads) + _GAP
    above, tall = lean + 0.22, _ROW * len(teams)
    page = frame(labels, heading, max(WIDTH, left + wide + lean - cell / 2), tall + above + 0.1)
    axes = page.axes(left, 0.1, wide, tall)
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(tall, 0)
    columns = [j * cell + (_GAP if j == len(stages) else 0.0) for j in range(len(heads))]
    for x, head in zip(columns, heads, strict=True):
        _head(axes, x + cell / 2, head, slanted)
    for i, name in enumerate(names):
        axes.text(-left, (i + 0.5) * _ROW, name, va="center", fontsize=SMALL)
        for j in range(len(stages)):
            p = float(found.cells.p[i, j]) if found.drawn[i, j] else None
            _cell(axes, columns[j], i, cell, p, cell_text(found, i, j, labels))
        if found.drawn[i].any():
            p = float(whole.p[i])
            _cell(axes, columns[-1], i, cell, p, whole.text(i, labels.lang))
    return page.figure


def shaded(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[tuple[float, str]]],
    heading: Heading,
    labels: Labels,
) -> Figure:
    """A map of chances, (rows, columns) of a chance in 0..1 and its text; rows go down."""
    names = [shorten(name, SMALL, _NAME_LIMIT) for name in rows]
    left = widest(names, SMALL) + 0.1
    cell = min(_WIDE_CELL, max(_CELL, (WIDTH - left) / len(columns)))
    heads = [shorten(name, TINY, _HEAD_LIMIT) for name in columns]
    slanted = widest(heads, TINY) > cell - 0.06
    lean = widest(heads, TINY) * cos(_SLANT * pi / 180) if slanted else 0.0
    tall = _ROW * len(rows)
    page = frame(labels, heading, max(WIDTH, left + cell * len(columns) + lean), tall + lean + 0.32)
    axes = page.axes(left, 0.1, cell * len(columns), tall)
    axes.set_axis_off()
    axes.set_xlim(0, cell * len(columns))
    axes.set_ylim(tall, 0)
    for j, head in enumerate(heads):
        _head(axes, (j + 0.5) * cell, head, slanted)
    for i, name in enumerate(names):
        axes.text(-left, (i + 0.5) * _ROW, name, va="center", fontsize=SMALL)
        for j, (p, text) in enumerate(cells[i]):
            _cell(axes, j * cell, i, cell, p, text)
    return page.figure


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The contrast of two colours (red, green, blue in 0..1) by the web's accessibility rule: 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _head(axes: Axes, x: float, head: str, slanted: bool) -> None:
    turned: dict[str, Any] = (
        {"rotation": _SLANT, "ha": "left"} if slanted else {"rotation": 0, "ha": "center"}
    )
    # A slanted text hangs by its corner, which lies half its height left of where it seems to start.
    nudge = -0.05 if slanted else 0.0
    axes.text(
        x + nudge, -0.06, head, va="bottom", rotation_mode="default", fontsize=TINY, color=GREY, **turned
    )


def _cell(axes: Axes, x: float, row: int, width: float, p: float | None, text: str) -> None:
    """One cell; without a chance it is left white and its text grey, for a fact or a dash is no shade."""
    shade = _SHADES(p)[:3] if p is not None else (1.0, 1.0, 1.0)
    axes.add_patch(Rectangle((x, row * _ROW), width, _ROW, facecolor=shade, edgecolor="white", linewidth=0.8))
    light, dark = (1.0, 1.0, 1.0), (0.1, 0.1, 0.1)
    colour: object = light if contrast(shade, light) > contrast(shade, dark) else dark
    if p is None:
        colour = GREY
    axes.text(x + width / 2, (row + 0.5) * _ROW, text, ha="center", va="center", fontsize=TINY, color=colour)


def _luminance(colour: tuple[float, float, float]) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))
