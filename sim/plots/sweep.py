"""The figures of a sweep: chances against one factor, or over two as a map of shades."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.plots.curves import Curve
from sim.plots.frame import Heading, frame
from sim.plots.grid import shaded
from sim.plots.labels import Labels
from sim.plots.lines import draw, end_labels
from sim.plots.measure import shorten, widest
from sim.plots.scale import percents
from sim.plots.style import GREY, MARKS, SMALL, TINY, WIDTH, style
from sim.plots.words import percent_text, words

_LEFT, _HEIGHT, _BELOW = 0.5, 2.75, 0.42  # inches: axis, body, room for the scale and its name
_LEADER, _SWATCH, _NAME_LIMIT = 0.3, 0.2, 1.8  # inches, as in the figure of survival
_MOST_TICKS = 9
_WIDEST_RATIO = 20
"""Greatest to least value from which on a scale is logarithmic."""


def against(chances: pd.DataFrame, by: str, labels: Labels, given: str = "") -> Figure:
    """Each team's chance of leaving at any stage against the numbers in column `by`, with pale bands.

    `chances` has a row for each value and team (columns: `by`, team, p, low, high; chances in 0..1). A scale
    is logarithmic where its ends lie far apart. Up to eight teams, in the order of `labels`. `given` names
    the option of a choice, as in "If 2 are kept".
    """
    said = words(labels.lang)
    teams = [team for team in labels.teams if (chances.team == team).any()][: len(MARKS)]
    values = sorted(chances[by].unique())
    axis = {"cost_eok": said.cost_eok, "gpu_hours": said.gpu_hours}.get(by, by)
    logarithmic = values[0] > 0 and values[-1] / values[0] >= _WIDEST_RATIO
    with style(labels):
        names = [shorten(labels.team(team), SMALL, _NAME_LIMIT) for team in teams]
        right = _LEADER + _SWATCH + widest([f"{name}  100 %" for name in names], SMALL)
        wide = WIDTH - _LEFT - right
        place = _places(values, wide, logarithmic=logarithmic)
        made = [_curve(chances[chances.team == team], by, i, team, place) for i, team in enumerate(teams)]
        heading = Heading(said.sweep.format(axis), _given(given, _finding(made, values, labels)))
        page = frame(labels, heading, WIDTH, _HEIGHT + _BELOW)
        axes = page.axes(_LEFT, _BELOW, wide, _HEIGHT)
        axes.set_xlim(-0.1, wide + 0.1)
        percents(axes, 20)
        axes.set_ylabel(said.leaving_axis, color=GREY)
        shown = _ticks(values)
        axes.set_xticks([place[v] for v in shown], [_told(v) for v in shown], color=GREY, fontsize=TINY)
        axes.set_xlabel(axis, color=GREY)
        for curve, mark in zip(made, MARKS, strict=False):
            draw(axes, curve, mark, 0.0)
        told = [f"{name}  {_percent(curve, -1, labels)}" for name, curve in zip(names, made, strict=True)]
        end_labels(axes, made, told, [0.0] * len(made), 1.0)
        return page.figure


def over_two(
    chances: pd.DataFrame, across: str, down: str, team: str, labels: Labels, given: str = ""
) -> Figure:
    """One team's chance of leaving at any stage over two factors: a shade and a percent for each pair."""
    said = words(labels.lang)
    columns, rows = (list(dict.fromkeys(chances[name])) for name in (across, down))
    cells = {(row[down], row[across]): row for _, row in chances[chances.team == team].iterrows()}
    with style(labels):
        texts = {key: percent_text(cell.p, cell.low, cell.high, labels.lang) for key, cell in cells.items()}
        heading = Heading(said.sweep_of.format(labels.team(team)), _given(given, f"{down} ↓   {across} →"))
        return shaded(
            [_told(v) for v in rows],
            [_told(v) for v in columns],
            [[(float(cells[r, c].p), texts[r, c]) for c in columns] for r in rows],
            heading,
            labels,
        )


def _given(given: str, finding: str) -> str:
    return f"{given}, {finding}" if given else finding


def _places(values: Sequence[float], wide: float, *, logarithmic: bool) -> dict[float, float]:
    """Where each value stands, in inches from the left."""
    scaled = [math.log10(value) if logarithmic else value for value in values]
    span = scaled[-1] - scaled[0]
    inches = [(at - scaled[0]) / span * wide if span else wide / 2 for at in scaled]
    return dict(zip(values, inches, strict=True))


def _curve(rows: pd.DataFrame, by: str, row: int, team: str, place: dict[float, float]) -> Curve:
    ordered = rows.sort_values(by)
    x = tuple(place[value] for value in ordered[by])
    p, low, high = (tuple(ordered[name].astype(float)) for name in ("p", "low", "high"))
    return Curve(row, team, x, p, low, high)


def _finding(made: Sequence[Curve], values: Sequence[float], labels: Labels) -> str:
    """What the team whose chance changes most gains or loses between the ends."""
    most = max(made, key=lambda curve: abs(curve.p[-1] - curve.p[0]))
    first, last = (_percent(most, at, labels).removesuffix("%").strip() for at in (0, -1))
    ends = {"low": _told(values[0]), "high": _told(values[-1])}
    return words(labels.lang).sweep_at.format(team=labels.team(most.team), first=first, last=last, **ends)


def _percent(curve: Curve, at: int, labels: Labels) -> str:
    return percent_text(curve.p[at], curve.low[at], curve.high[at], labels.lang)


def _ticks(values: Sequence[float]) -> list[float]:
    """Some of the values, evenly, the first and the last among them."""
    if len(values) <= _MOST_TICKS:
        return list(values)
    step = (len(values) - 1) / (_MOST_TICKS - 1)
    return [values[round(i * step)] for i in range(_MOST_TICKS)]


def _told(value: object) -> str:
    if not isinstance(value, (int, float, np.integer)):
        return str(value)
    number = float(value)
    if 1e7 <= abs(number) < 1e12:
        return f"{number / 1e6:,.1f}M"
    return f"{number:,.0f}" if 1000 <= abs(number) < 1e7 else f"{number:.3g}"
