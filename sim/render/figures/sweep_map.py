"""The map of a sweep over two factors: one team's chance of leaving as a shade for each pair of values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.render.figures.frame import Heading, SourcedFigure, say_row
from sim.render.figures.grid import Look, Shade, draw_shades
from sim.render.figures.labels import Labels, format_percent
from sim.render.figures.style import style
from sim.render.figures.sweep import FactorWords
from sim.text import Lang, say

_LEAST_SPAN = 0.2  # of chances, over which the greys of a map go


def draw_map(
    chances: pd.DataFrame,
    axes: tuple[str, str],
    words: tuple[FactorWords, FactorWords],
    team: str,
    labels: Labels,
    title: str,
) -> SourcedFigure:
    """Draw one team's chance of leaving over two factors: a shade and a percent for each pair of values.

    `axes` are the columns of the factors across and down. The cell of the scenario as it is has a frame, and
    a line runs between the chances below its own and the others.
    """
    lang, (across, down) = labels.lang, axes
    columns, rows = (list(dict.fromkeys(chances[name])) for name in (across, down))
    cells = {(row[down], row[across]): row for _, row in chances[chances.team == team].iterrows()}
    shades = _shade(cells, lang)
    now = (words[1].now, words[0].now)
    framed = (rows.index(now[0]), columns.index(now[1])) if now in shades else None
    heading = _make_map_heading(
        shades, cells, (rows, columns), words, team, labels, title, framed is not None
    )
    with style(labels):
        return draw_shades(
            [words[1].write(v) for v in rows],
            [words[0].write(v) for v in columns],
            [[shades[r, c] for c in columns] for r in rows],
            heading,
            labels,
            look=Look(
                across=words[0].name,
                down=words[1].name,
                framed=framed,
                level=shades[now].p if framed is not None else None,
            ),
        )


def _shade(cells: Mapping[Any, Any], lang: Lang) -> dict[Any, Shade]:
    """Cells by their values; the scale of greys is spread over their chances, but not over less than dice."""
    chances = [float(cell.p) for cell in cells.values()]
    middle, span = (min(chances) + max(chances)) / 2, max(_LEAST_SPAN, max(chances) - min(chances))
    return {
        at: Shade(
            float(cell.p),
            format_percent(cell.p, cell.low, cell.high, lang),
            min(1.0, max(0.0, 0.5 + 0.9 * (float(cell.p) - middle) / span)),
        )
        for at, cell in cells.items()
    }


def _make_map_heading(
    shades: Mapping[Any, Shade],
    cells: Mapping[Any, Any],
    values: tuple[list[Any], list[Any]],
    words: tuple[FactorWords, FactorWords],
    team: str,
    labels: Labels,
    title: str,
    is_framed: bool,
) -> Heading:
    lang, (rows, columns) = labels.lang, values
    subtitle = say(lang, "figure.map", team=labels.team(team))
    notes = [say(lang, "figure.map_frame")] if is_framed else []
    lines = tuple(
        say_row(labels, words[1].write(r), *(f"{words[0].write(c)}: {shades[r, c].text}" for c in columns))
        for r in rows
    )
    data = pd.DataFrame(
        [(r, c, *(float(cells[r, c][key]) for key in ("p", "low", "high"))) for r in rows for c in columns],
        columns=[words[1].name, words[0].name, "p", "low", "high"],
    )
    return Heading(title, subtitle, tuple(notes), lines, data)
