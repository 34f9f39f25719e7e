"""The chance of leaving as marks: a lane a stage, the lanes of a team together."""

from math import ceil
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.plots.facts import Facts, cell_text
from sim.plots.findings import Whole
from sim.plots.frame import Frame, Heading, frame
from sim.plots.labels import Labels
from sim.plots.measure import shorten, widest
from sim.plots.style import GREY, INK, MARKS, MIDDLE, PALE, SMALL, TINY, WIDTH, ZEBRA, Mark
from sim.plots.words import words

_LANE, _GAP = 0.15, 0.13  # inches
_KEY, _AXIS, _RIGHT = 0.2, 0.42, 0.5  # inches: a line of the key, the axis below, room for a label at 100
_NAME_LIMIT = 2.2  # inches
_MARK = 6.0  # points


def dots(found: Facts, whole: Whole, heading: Heading, labels: Labels) -> Figure:
    """The figure; `whole` is each team's chance over all stages, printed under its name."""
    teams, stages = found.cells.teams, found.cells.stages
    names = [shorten(labels.team(team), MIDDLE, _NAME_LIMIT) for team in teams]
    totals = _totals(found, whole, labels)
    left = max(widest(names, MIDDLE), widest(totals, TINY)) + 0.15
    key = _key(stages, labels)
    row = max(_LANE * len(stages) + _GAP, 0.3)
    columns = _columns(key, WIDTH - left)
    key_height = _KEY * ceil(len(key) / columns) + 0.05 if len(stages) > 1 else 0.0
    page = frame(labels, heading, WIDTH, row * len(teams) + key_height + _AXIS)
    axes = _axes(page, left, row * len(teams), len(teams), labels)
    for i in range(len(teams)):
        _name(axes, i, names[i], totals[i], left)
        for j in range(len(stages)):
            _lane(axes, found, i, j, i + (j - (len(stages) - 1) / 2) * _LANE / row, labels)
    if len(stages) > 1:
        _draw_key(axes, key, columns)
    return page.figure


def _totals(found: Facts, whole: Whole, labels: Labels) -> list[str]:
    """Each team's chance over all stages; nothing if it adds nothing or is settled."""
    said = words(labels.lang)
    if len(found.cells.stages) == 1:
        return ["" for _ in whole.teams]
    shown = np.logical_or.reduce(found.drawn, axis=1)
    texts = [f"{said.all_stages} {whole.text(i, labels.lang)}" for i in range(len(whole.teams))]
    return [text if show else "" for text, show in zip(texts, shown.tolist(), strict=True)]


def _axes(page: Frame, left: float, height: float, rows: int, labels: Labels) -> Axes:
    axes = page.axes(left, _AXIS, page.width - left - _RIGHT, height)
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
        axes.axhspan(i - 0.5, i + 0.5, color=ZEBRA, zorder=0)
    return axes


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
        axes.add_line(_marker([p], [y], MARKS[j], made.stages[j]))
        end = p
        if high - low > _mark_width(axes):
            axes.errorbar(p, y, xerr=[[p - low], [high - p]], color=GREY, lw=1, capsize=2, zorder=2)
            end = high
    colour = INK if found.drawn[i, j] else GREY
    axes.annotate(
        text, (end, y), (6, 0), textcoords="offset points", va="center", fontsize=SMALL, color=colour
    )


def _mark_width(axes: Axes) -> float:
    """A mark's width in points of percent: an error that it hides is not worth a line."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    return _MARK / 72 / (axes.get_position().width * figure.get_figwidth()) * 100


def _marker(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    return Line2D(
        x,
        y,
        linestyle="none",
        marker=mark.shape,
        markersize=_MARK,
        markeredgecolor=mark.colour,
        markerfacecolor=mark.face,
        markeredgewidth=1.2,
        label=label,
        clip_on=False,
        zorder=3,
    )


def _key(stages: tuple[str, ...], labels: Labels) -> list[Line2D]:
    names = [shorten(labels.stage(stage), SMALL, 4.0) for stage in stages]
    return [_marker([], [], MARKS[j], name) for j, name in enumerate(names)]


def _columns(key: list[Line2D], limit: float) -> int:
    """How many entries of the key fit beside each other."""
    entry = widest([str(line.get_label()) for line in key], SMALL) + 0.4
    return max(1, min(len(key), int(limit / entry)))


def _draw_key(axes: Axes, key: list[Line2D], columns: int) -> None:
    axes.legend(
        handles=key,
        ncols=columns,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        frameon=False,
        borderaxespad=0.2,
        borderpad=0,
        handlelength=1,
        handletextpad=0.4,
        columnspacing=1.6,
        fontsize=SMALL,
    )
