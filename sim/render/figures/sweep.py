"""The figures of a sweep: chances against one factor, as curves or as dots, or over two as a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.render.figures.curves import Curve
from sim.render.figures.frame import Heading, frame
from sim.render.figures.grid import shaded
from sim.render.figures.labels import Labels
from sim.render.figures.levels import places, ticks, told
from sim.render.figures.lines import draw, end_labels, line
from sim.render.figures.measure import shorten, widest
from sim.render.figures.scale import percents
from sim.render.figures.style import GREY, INK, MARKS, SMALL, TINY, WIDTH, Mark, style
from sim.render.figures.words import percent_text, words

_LEFT, _HEIGHT, _BELOW = 0.5, 2.75, 0.42  # inches: axis, body, room for the scale and its name
_LEADER, _SWATCH, _NAME_LIMIT = 0.3, 0.2, 1.8  # inches, as in the figure of survival
_APART, _LINE = 0.07, 0.19  # inches between the dots of two teams, and between two names


def against(chances: pd.DataFrame, by: str, labels: Labels, given: str = "") -> Figure:
    """Each team's chance of leaving at any stage against the numbers in column `by`, with pale bands.

    `chances` has one row for each value and team (columns: `by`, team, p, low, high; chances in 0..1). A
    scale is logarithmic where its ends lie far apart. Up to eight teams, in the order of `labels`. `given`
    names the option of a choice, as in "If 2 are kept".
    """
    said = words(labels.lang)
    teams = _teams(chances, labels)
    values = sorted(chances[by].unique())
    with style(labels):
        names = [shorten(labels.team(team), SMALL, _NAME_LIMIT) for team in teams]
        right = _LEADER + _SWATCH + widest([f"{name}  100 %" for name in names], SMALL)
        wide = WIDTH - _LEFT - right
        place = places(values, wide)
        made = [_curve(chances[chances.team == team], by, i, team, place) for i, team in enumerate(teams)]
        heading = Heading(said.sweep.format(_axis(by, labels)), _given(given, _change(made, place, labels)))
        page = frame(labels, heading, WIDTH, _HEIGHT + _BELOW)
        axes = page.axes(_LEFT, _BELOW, wide, _HEIGHT)
        axes.set_xlim(-0.1, wide + 0.1)
        _along(axes, _axis(by, labels), {told(v): place[v] for v in ticks(values)}, labels)
        for curve, mark in zip(made, MARKS, strict=False):
            draw(axes, curve, mark, 0.0)
        ends = [f"{name}  {_percent(curve, -1, labels)}" for name, curve in zip(names, made, strict=True)]
        end_labels(axes, made, ends, [0.0] * len(made), 1.0)
        return page.figure


def dots(
    chances: pd.DataFrame, by: str, labels: Labels, given: str = "", others: Sequence[str] = ()
) -> Figure:
    """The same where nothing may be joined: `by` holds names, or points differ in `others`, too.

    There may be several rows for a value and team. Names stand in their order, evenly apart.
    """
    said = words(labels.lang)
    teams = _teams(chances, labels)
    numeric = chances[by].dtype.kind in "if"
    values = sorted(chances[by].unique()) if numeric else list(dict.fromkeys(chances[by]))
    with style(labels):
        names = [shorten(labels.team(team), SMALL, _NAME_LIMIT) for team in teams]
        wide = WIDTH - _LEFT - _LEADER - _SWATCH - widest(names, SMALL)
        pitch = wide / len(values)
        evenly = {value: (i + 0.5) * pitch for i, value in enumerate(values)}
        place: dict[Any, float] = places(values, wide) if numeric else evenly
        made = [_curve(chances[chances.team == team], by, i, team, place) for i, team in enumerate(teams)]
        also = said.sweep_also.format(", ".join(others))
        also = also if given else also[:1].upper() + also[1:]
        finding = also if others else _extremes(made, place, labels)
        heading = Heading(said.sweep.format(_axis(by, labels)), _given(given, finding))
        page = frame(labels, heading, WIDTH, _HEIGHT + _BELOW)
        axes = page.axes(_LEFT, _BELOW, wide, _HEIGHT)
        axes.set_xlim(-0.1, wide + 0.1)
        shown = ticks(values) if numeric else values
        marked = {told(v) if numeric else shorten(str(v), TINY, 0.95 * pitch): place[v] for v in shown}
        _along(axes, _axis(by, labels), marked, labels)
        for k, curve in enumerate(made):
            _dotted(axes, curve, k, (k - (len(made) - 1) / 2) * _APART)
        _names(axes, names, wide)
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
            [told(v) for v in rows],
            [told(v) for v in columns],
            [[(float(cells[r, c].p), texts[r, c]) for c in columns] for r in rows],
            heading,
            labels,
        )


def _teams(chances: pd.DataFrame, labels: Labels) -> list[str]:
    return [team for team in labels.teams if (chances.team == team).any()][: len(MARKS)]


def _axis(by: str, labels: Labels) -> str:
    said = words(labels.lang)
    return {"cost_eok": said.cost_eok, "gpu_hours": said.gpu_hours}.get(by, by)


def _given(given: str, finding: str) -> str:
    return f"{given}, {finding}" if given else finding


def _along(axes: Axes, name: str, marked: dict[str, float], labels: Labels) -> None:
    """The axes: percents upwards, and the marked values along."""
    percents(axes, 20)
    axes.set_ylabel(words(labels.lang).leaving_axis, color=GREY)
    axes.set_xticks(list(marked.values()), list(marked), color=GREY, fontsize=TINY)
    axes.set_xlabel(name, color=GREY)


def _curve(rows: pd.DataFrame, by: str, row: int, team: str, place: dict[float, float]) -> Curve:
    ordered = rows.assign(_place=rows[by].map(place)).sort_values("_place", kind="stable")
    x = tuple(ordered["_place"].astype(float))
    p, low, high = (tuple(ordered[name].astype(float)) for name in ("p", "low", "high"))
    return Curve(row, team, x, p, low, high)


def _dotted(axes: Axes, curve: Curve, k: int, shift: float) -> None:
    """A team's dots, each with a thin line for its interval."""
    mark = MARKS[k]
    x = [at + shift for at in curve.x]
    low, high = ([100 * p for p in bound] for bound in (curve.low, curve.high))
    axes.vlines(x, low, high, color=mark.colour, linewidth=0.8, alpha=0.6, zorder=2)
    axes.add_line(_marks(x, [100 * p for p in curve.p], mark, curve.team))


def _names(axes: Axes, names: Sequence[str], wide: float) -> None:
    """Which mark is whose, at the right, in the order of the teams."""
    top = 50 + 100 * _LINE / _HEIGHT * (len(names) - 1) / 2
    for k, name in enumerate(names):
        y = top - k * 100 * _LINE / _HEIGHT
        axes.add_line(_marks([wide + _LEADER], [y], MARKS[k], "_swatch"))
        axes.text(wide + _LEADER + _SWATCH - 0.08, y, name, va="center", fontsize=SMALL, color=INK)


def _marks(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    marks = line(x, y, mark, label)
    marks.set_linestyle("")
    return marks


def _change(made: Sequence[Curve], place: Mapping[Any, float], labels: Labels) -> str:
    """What the team whose chance changes most gains or loses between the ends."""
    most = max(made, key=lambda curve: abs(curve.p[-1] - curve.p[0]))
    return _from_to(most, 0, -1, place, labels)


def _extremes(made: Sequence[Curve], place: Mapping[Any, float], labels: Labels) -> str:
    """Where the chance of the team that differs most is least and greatest."""
    most = max(made, key=lambda curve: max(curve.p) - min(curve.p))
    return _from_to(most, most.p.index(min(most.p)), most.p.index(max(most.p)), place, labels)


def _from_to(curve: Curve, one: int, other: int, place: Mapping[Any, float], labels: Labels) -> str:
    values = {at: told(value) for value, at in place.items()}
    first, last = (_percent(curve, at, labels).removesuffix("%").strip() for at in (one, other))
    ends = {"low": values[curve.x[one]], "high": values[curve.x[other]]}
    return words(labels.lang).sweep_at.format(team=labels.team(curve.team), first=first, last=last, **ends)


def _percent(curve: Curve, at: int, labels: Labels) -> str:
    return percent_text(curve.p[at], curve.low[at], curve.high[at], labels.lang)
