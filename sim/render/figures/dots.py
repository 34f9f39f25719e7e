"""The chance of leaving as marks: a lane a stage, the lanes of a team together."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.render.figures.facts import Facts, cell_text
from sim.render.figures.findings import Whole
from sim.render.figures.frame import Heading, frame
from sim.render.figures.labels import Labels
from sim.render.figures.marks import AXIS, chance_axes, draw_key, key_columns, key_height, mark_width, marker
from sim.render.figures.measure import shorten, widest
from sim.render.figures.style import GREY, INK, MARKS, MIDDLE, PALE, SMALL, TINY, WIDTH
from sim.render.figures.words import words

_LANE, _GAP = 0.15, 0.13  # inches
_NAME_LIMIT = 2.2  # inches


def dots(found: Facts, whole: Whole, heading: Heading, labels: Labels) -> Figure:
    """The figure; `whole` is each team's chance over all stages, printed under its name."""
    teams, stages = found.cells.teams, found.cells.stages
    names = [shorten(labels.team(team), MIDDLE, _NAME_LIMIT) for team in teams]
    totals = _totals(found, whole, labels)
    left = max(widest(names, MIDDLE), widest(totals, TINY)) + 0.15
    key = _key(stages, labels)
    row = max(_LANE * len(stages) + _GAP, 0.3)
    columns = key_columns([str(line.get_label()) for line in key], WIDTH - left)
    above = key_height(len(key), columns) if len(stages) > 1 else 0.0
    page = frame(labels, heading, WIDTH, row * len(teams) + above + AXIS)
    axes = chance_axes(page, left, row * len(teams), len(teams), labels)
    for i in range(len(teams)):
        _name(axes, i, names[i], totals[i], left)
        for j in range(len(stages)):
            _lane(axes, found, i, j, i + (j - (len(stages) - 1) / 2) * _LANE / row, labels)
    if len(stages) > 1:
        draw_key(axes, key, columns)
    return page.figure


def _totals(found: Facts, whole: Whole, labels: Labels) -> list[str]:
    """Each team's chance over all stages; nothing if it adds nothing or is settled."""
    said = words(labels.lang)
    if len(found.cells.stages) == 1:
        return ["" for _ in whole.teams]
    shown = np.logical_or.reduce(found.drawn, axis=1)
    texts = [f"{said.all_stages} {whole.text(i, labels.lang)}" for i in range(len(whole.teams))]
    return [text if show else "" for text, show in zip(texts, shown.tolist(), strict=True)]


def _name(axes: Axes, i: int, name: str, total: str, left: float) -> None:
    to_names = (-left * 72, 0.0)
    place: dict[str, Any] = {
        "xycoords": axes.get_yaxis_transform(),
        "textcoords": "offset points",
        "color": INK,
    }
    rise = 5.5 if total else 0.0
    axes.annotate(name, (0, i), (to_names[0], rise), va="center", fontsize=MIDDLE, **place)
    if total:
        place["color"] = GREY
        axes.annotate(total, (0, i), (to_names[0], rise - 11), va="center", fontsize=TINY, **place)


def _lane(axes: Axes, found: Facts, i: int, j: int, y: float, labels: Labels) -> None:
    text, made, end = cell_text(found, i, j, labels), found.cells, 0.0
    if found.known[i, j]:
        text = words(labels.lang).known.format(text)
    if found.drawn[i, j]:
        p, low, high = (100 * float(cell[i, j]) for cell in (made.p, made.low, made.high))
        axes.hlines(y, 0, p, color=PALE, linewidth=0.8, zorder=1)
        axes.add_line(marker([p], [y], MARKS[j], made.stages[j]))
        end = p
        if high - low > mark_width(axes):
            axes.errorbar(p, y, xerr=[[p - low], [high - p]], color=GREY, lw=1, capsize=2, zorder=2)
            end = high
    colour = INK if found.drawn[i, j] else GREY
    axes.annotate(
        text, (end, y), (6, 0), textcoords="offset points", va="center", fontsize=SMALL, color=colour
    )


def _key(stages: tuple[str, ...], labels: Labels) -> list[Line2D]:
    names = [shorten(labels.stage(stage), SMALL, 4.0) for stage in stages]
    return [marker([], [], MARKS[j], name) for j, name in enumerate(names)]
