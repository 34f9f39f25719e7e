"""Chances as a table: a name a row, a head a column, a shade and a percent in each cell."""

from collections.abc import Sequence
from math import cos, pi
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.render.figures.frame import Heading, make_frame
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, SMALL, TINY, WIDTH
from sim.render.figures.texts import measure_widest, shorten_all

# One hue whose lightness falls steadily, so that grey print keeps the order.
_SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#9ecae1", "#2171b5", "#08306b"])
_ROW, _CELL, _WIDE_CELL = 0.24, 0.36, 0.85  # inches
_NAME_LIMIT, _HEAD_LIMIT, _GAP = 2.0, 1.3, 0.12  # inches
_SLANT = 45  # degrees, for heads wider than their column


class Shade(NamedTuple):
    """A cell: a chance in 0..1 and its text; without a chance it is left white, for a fact is no shade."""

    p: float | None
    text: str


def draw_shades(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[Shade | None]],
    heading: Heading,
    labels: Labels,
    last_apart: bool = False,
    groups: int = 0,
) -> Figure:
    """Draw cells (rows by columns; None leaves a hole) under their heads, rows downwards.

    `last_apart` sets the last column off from the others, for it sums them up; the last `groups` rows stand
    apart, for they sum up teams.
    """
    names = shorten_all(rows, SMALL, _NAME_LIMIT)
    heads = shorten_all(columns, TINY, _HEAD_LIMIT)
    gap = _GAP if last_apart else 0.0
    left = measure_widest(names, SMALL) + 0.1
    cell = min(_WIDE_CELL, max(_CELL, (WIDTH - left - gap) / len(heads)))
    slanted = measure_widest(heads, TINY) > cell - 0.06
    # A slanted head leans out of the last column by as much as it rises.
    lean = measure_widest(heads, TINY) * cos(_SLANT * pi / 180) if slanted else 0.0
    apart = [_GAP if groups and i >= len(names) - groups else 0.0 for i in range(len(names))]
    wide, tall = cell * len(heads) + gap, _ROW * len(names) + max(apart)
    page = make_frame(
        labels, heading, max(WIDTH, left + wide + max(0.0, lean - cell / 2)), tall + lean + 0.32
    )
    axes = page.add_axes(left, 0.1, wide, tall)
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(tall, 0)
    at = [j * cell + (gap if j == len(heads) - 1 else 0.0) for j in range(len(heads))]
    for x, head in zip(at, heads, strict=True):
        _write_head(axes, x + cell / 2, head, slanted)
    for i, name in enumerate(names):
        top = i * _ROW + apart[i]
        axes.text(-left, top + 0.5 * _ROW, name, va="center", fontsize=SMALL)
        for x, shade in zip(at, cells[i], strict=True):
            if shade is not None:
                _draw_cell(axes, x, top, cell, shade)
    return page.figure


def _write_head(axes: Axes, x: float, head: str, slanted: bool) -> None:
    turned: dict[str, Any] = (
        {"rotation": _SLANT, "ha": "left"} if slanted else {"rotation": 0, "ha": "center"}
    )
    # A slanted text hangs by its corner, which lies half its height left of where it seems to start.
    nudge = -0.05 if slanted else 0.0
    axes.text(
        x + nudge, -0.06, head, va="bottom", rotation_mode="default", fontsize=TINY, color=GREY, **turned
    )


def _draw_cell(axes: Axes, x: float, top: float, width: float, shade: Shade) -> None:
    face = _SHADES(shade.p)[:3] if shade.p is not None else (1.0, 1.0, 1.0)
    axes.add_patch(Rectangle((x, top), width, _ROW, facecolor=face, edgecolor="white", linewidth=0.8))
    light, dark = (1.0, 1.0, 1.0), (0.1, 0.1, 0.1)
    colour: object = light if _contrast(face, light) > _contrast(face, dark) else dark
    if shade.p is None:
        colour = GREY
    axes.text(
        x + width / 2, top + 0.5 * _ROW, shade.text, ha="center", va="center", fontsize=TINY, color=colour
    )


def _contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The contrast of two colours (red, green, blue in 0..1), 1 to 21, by the web's accessibility rule."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: tuple[float, float, float]) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))
