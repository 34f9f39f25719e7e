"""The figures of a sweep along one factor: chances as curves, or as dots; over two, see `sweep_map`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from sim.findings.cells import Bools, Floats
from sim.findings.sweep import choose_movers
from sim.render.figures.axes import (
    HEIGHT,
    LEADER,
    NAME_LIMIT,
    SWATCH,
    Curve,
    Scale,
    choose_ticks,
    draw_curve,
    make_line,
    name_ends,
    set_percents,
    write_beside,
)
from sim.render.figures.frame import Frame, Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.identity import COLOURS, Mark
from sim.render.figures.labels import Labels, format_percent
from sim.render.figures.style import GREY, INK, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure, measure_widest, shorten_all
from sim.stats.percent import whole_percent
from sim.text import Lang, say

MOST_TEAMS = len(COLOURS)
"""Teams whose marks can be told apart in one picture."""

_LEFT, _BELOW, _COST = 0.46, 0.45, 0.36  # inches: the axis at the left, below, and that of cost above
_MOST_TICKS, _GAP = 7, 0.08  # and inches between what is written at two of them
_APART, _LINE = 0.07, 0.19  # inches between the dots of two teams, and between two names


@dataclass(frozen=True)
class FactorWords:
    """What a factor is called, how its values are written, and its value in the scenario as it is."""

    name: str
    write: Callable[[object], str]
    now: Any = None  # None where the file has none, or several


@dataclass(frozen=True)
class Cost:
    """What the points of a sweep cost, along the factor: values of it and amounts in a unit."""

    name: str
    values: Sequence[float]
    amounts: Sequence[float]

    @property
    def varies(self) -> bool:
        """Whether it does."""
        return max(self.amounts) - min(self.amounts) > 1e-6 * max(map(abs, self.amounts))


class DoubtBand(NamedTuple):
    """Whose range over doubts is drawn, how many doubts there are, and by how many runs it was worked out."""

    team: str
    doubts: int
    runs: int


def draw_curves(
    chances: pd.DataFrame,
    by: str,
    words: FactorWords,
    labels: Labels,
    title: str,
    cost: Cost | None = None,
    band: DoubtBand | None = None,
) -> SourcedFigure:
    """Draw each team's chance of leaving at any stage against the numbers in column `by`, with pale bands.

    `chances` has one row for each value and team (columns: `by`, team, p, low, high; chances in 0..1). A
    scale is logarithmic where its ends lie far apart. Up to eight teams, in the order of `labels`. `title` is
    what was found. `cost` is a second axis above. A `band` needs the columns range_low and range_high, too.
    """
    teams = _list_teams(chances, labels)
    values = [float(value) for value in sorted(chances[by].unique())]
    with style(labels):
        names = shorten_all([labels.team(team) for team in teams], SMALL, NAME_LIMIT)
        # What stands at the ends is known only once the curves have their places: room for the widest.
        right = LEADER + SWATCH + measure_widest([f"{name}  100 %" for name in names], SMALL)
        wide = WIDTH - _LEFT - right
        scale = Scale.of(values, wide)
        made = [_make_curve(chances[chances.team == team], by, team, scale.place, band) for team in teams]
        heading = _make_heading(made, title, words, labels, scale, band=band)
        above = cost if cost is not None and cost.varies else None
        page, axes = _open_axes(heading, words, wide, labels, above is not None)
        costs = None if above is None else _costs_along(above, scale)
        ticks = _choose_ticks_apart(scale, words, costs)
        _set_marked(axes, {words.write(tick): scale.place(tick) for tick in ticks})
        if above is not None and costs is not None:
            _add_cost(axes, above.name, scale, {tick: costs(tick) for tick in ticks})
        _mark_now(axes, words, scale, labels)
        marks = [labels.mark(team) for team in teams]
        for curve, mark in zip(made, marks, strict=True):
            if curve.ranges:
                low, high = 100 * np.array(curve.ranges).T
                at = _banded(low)
                between = np.array(curve.x)[at], low[at], high[at]
                axes.fill_between(*between, color=PALE, alpha=0.6, linewidth=0, zorder=0.7, label="range")
            draw_curve(axes, curve, mark)
        ends = [
            f"{name}  {format_percent(*curve.at(-1), labels.lang)}"
            for name, curve in zip(names, made, strict=True)
        ]
        name_ends(axes, made, ends, marks, 1.0)  # places are inches here: a step is one
        return page.figure


def draw_dots(
    chances: pd.DataFrame,
    by: str,
    words: FactorWords,
    labels: Labels,
    title: str,
    others: Sequence[str] = (),
    band: DoubtBand | None = None,
) -> SourcedFigure:
    """Draw the same where nothing may be joined: `by` holds names, or points differ in `others`, too.

    There may be several rows for a value and team. Names stand in their order, evenly apart. `others` are
    what these factors are called.
    """
    teams = _list_teams(chances, labels)
    numeric = chances[by].dtype.kind in "if"
    values = sorted(chances[by].unique()) if numeric else list(dict.fromkeys(chances[by]))
    with style(labels):
        names = shorten_all([labels.team(team) for team in teams], SMALL, NAME_LIMIT)
        wide = WIDTH - _LEFT - LEADER - SWATCH - measure_widest(names, SMALL)
        pitch = wide / len(values)
        evenly = {value: (i + 0.5) * pitch for i, value in enumerate(values)}
        scale = Scale.of([float(v) for v in values], wide) if numeric else None
        place = scale.place if scale else evenly.__getitem__
        made = [_make_curve(chances[chances.team == team], by, team, place, band) for team in teams]
        heading = _make_heading(made, title, words, labels, scale, others, evenly, band)
        page, axes = _open_axes(heading, words, wide, labels, False)
        if scale:
            _set_marked(axes, {words.write(v): scale.place(v) for v in _choose_ticks_apart(scale, words)})
            _mark_now(axes, words, scale, labels)
        else:
            shown = shorten_all([words.write(v) for v in values], TINY, 0.95 * pitch)
            axes.set_xticks(list(evenly.values()), shown, color=GREY, fontsize=TINY)
        marks = [labels.mark(team) for team in teams]
        for k, curve in enumerate(made):
            _draw_dots_of(axes, curve, marks[k], (k - (len(made) - 1) / 2) * _APART)
        _name_marks(axes, names, marks, wide)
        return page.figure


def _list_teams(chances: pd.DataFrame, labels: Labels) -> list[str]:
    """The teams that are drawn: all, or those whose chances move most where marks cannot tell them apart."""
    found = {team: chances.p[chances.team == team].tolist() for team in labels.teams}
    return choose_movers({team: values for team, values in found.items() if values}, MOST_TEAMS)


def _make_heading(
    made: Sequence[Curve],
    title: str,
    words: FactorWords,
    labels: Labels,
    scale: Scale | None,
    others: Sequence[str] = (),
    evenly: Mapping[Any, float] | None = None,
    band: DoubtBand | None = None,
) -> Heading:
    lang = labels.lang
    notes = [say(lang, "figure.sweep_also", factors=", ".join(others))] if others else []
    if len(labels.teams) > len(made):
        notes.append(say(lang, "figure.some_teams", shown=len(made), n=len(labels.teams)))
    if band is not None:
        runs = f"{band.runs:,}"
        notes.append(say(lang, "figure.sweep_range", team=labels.team(band.team), n=band.doubts, runs=runs))
    notes.append(say(lang, "figure.sweep_dice"))
    value_at = scale.value_at if scale else {x: value for value, x in (evenly or {}).items()}.__getitem__
    lines, rows = [], []
    for curve in made:
        cells = []
        for k, x in enumerate(curve.x):
            value, ends = value_at(x), curve.ranges[k] if curve.ranges else _NO_RANGE
            cells.append(
                say(lang, "figure.at_stage", stage=words.write(value), p=_tell(curve, k, ends, lang))
            )
            rows.append((curve.team, labels.team(curve.team), value, *curve.at(k), *ends))
        lines.append(say_row(labels, labels.team(curve.team), *cells))
    columns = ["team", "team_name", words.name, "p", "low", "high", "range_low", "range_high"]
    data = pd.DataFrame(rows, columns=columns)
    if band is None:
        data = data.drop(columns=columns[-2:])
    return Heading(title, say(lang, "figure.sweep", factor=words.name), tuple(notes), tuple(lines), data)


_NO_RANGE = (np.nan, np.nan)


def _tell(curve: Curve, k: int, ends: tuple[float, float], lang: Lang) -> str:
    """The k-th chance, with its range over doubts if it has one."""
    told = format_percent(*curve.at(k), lang)
    if np.isnan(ends[0]):
        return told
    low, high = map(whole_percent, ends)
    return say(lang, "figure.ranged", p=told, low=low, high=high)


def _open_axes(
    heading: Heading, words: FactorWords, wide: float, labels: Labels, has_cost: bool
) -> tuple[Frame, Axes]:
    """The figure's words and its axes, chances upwards; places along are inches."""
    page = make_frame(labels, heading, WIDTH, HEIGHT + _BELOW + (_COST if has_cost else 0.05))
    axes = page.add_axes(_LEFT, _BELOW, wide, HEIGHT)
    axes.set_xlim(-0.1, wide + 0.1)
    set_percents(axes, 20)
    axes.set_ylabel(say(labels.lang, "figure.leaving_axis"), color=GREY)
    (told,) = shorten_all([words.name], SMALL, WIDTH - 0.1)
    # In the middle of the axis, unless the text is so long that it has to begin at the figure's edge.
    middle = max(wide / 2, measure(told, SMALL) / 2 - _LEFT)
    write_beside(axes, told, (middle, 0), (0, -20), SMALL, ha="center", va="top", color=GREY)
    return page, axes


def _set_marked(axes: Axes, marked: Mapping[str, float]) -> None:
    axes.set_xticks(list(marked.values()), list(marked), color=GREY, fontsize=TINY)


def _choose_ticks_apart(
    scale: Scale, words: FactorWords, above: Callable[[float], str] | None = None
) -> list[float]:
    """As many ticks as have room for what is written below each of them, and above."""
    for most in range(_MOST_TICKS, 1, -1):
        ticks = choose_ticks(scale, most)
        rows = [[words.write(tick) for tick in ticks], *([[*map(above, ticks)]] if above else [])]
        if all(_stand_apart([scale.place(tick) for tick in ticks], row) for row in rows):
            break
    return ticks


def _stand_apart(places: Sequence[float], texts: Sequence[str]) -> bool:
    """Whether texts that are centred at places, in inches, leave room between them."""
    halves = [measure(text, TINY) / 2 for text in texts]
    gaps = zip(places[1:], places, halves[1:], halves, strict=False)
    return all(right - left >= half + other + _GAP for right, left, half, other in gaps)


def _costs_along(cost: Cost, scale: Scale) -> Callable[[float], str]:
    """What points cost, between those that were played too, as it is written."""
    order = np.argsort(cost.values)
    values, amounts = (np.array(each, dtype=float)[order] for each in (cost.values, cost.amounts))
    places = [scale.place(value) for value in values]
    return lambda value: f"{float(np.interp(scale.place(value), places, amounts)):,.0f}"


def _add_cost(axes: Axes, name: str, scale: Scale, costs: Mapping[float, str]) -> None:
    """What the points cost, above the picture, at the same ticks."""
    for tick, told in costs.items():
        at = (scale.place(tick), 100.0)
        write_beside(axes, told, at, (0, 4), TINY, ha="center", va="bottom", color=GREY)
    write_beside(axes, name, (scale.wide / 2, 100), (0, 15), TINY, ha="center", va="bottom", color=GREY)


def _mark_now(axes: Axes, words: FactorWords, scale: Scale, labels: Labels) -> None:
    """A line at the value that the scenario has as it is."""
    if not isinstance(words.now, (int, float)) or not scale.holds(float(words.now)):
        return
    x = scale.place(float(words.now))
    axes.axvline(x, color=GREY, linewidth=0.9, linestyle=(0, (4, 2)), zorder=0.8, label="now")
    side, shift = ("left", 3) if x < scale.wide / 2 else ("right", -3)
    told = say(labels.lang, "figure.now", value=words.write(words.now))
    halo = [withStroke(linewidth=2, foreground="white")]
    write_beside(axes, told, (x, 99), (shift, 0), TINY, ha=side, va="top", color=INK, path_effects=halo)


def _banded(low: Floats) -> Bools:
    """The points between which a band goes: a range that is missing between others is a hole in it.

    Where no two neighbours have one, only some of many points were looked at, and nothing is missing.
    """
    told = np.isfinite(low)
    return np.ones_like(told) if (told[:-1] & told[1:]).any() else told


def _make_curve(
    rows: pd.DataFrame, by: str, team: str, place: Callable[[Any], float], band: DoubtBand | None
) -> Curve:
    ordered = rows.assign(_place=rows[by].map(place)).sort_values("_place", kind="stable")
    x = tuple(ordered["_place"].astype(float))
    p, low, high = (tuple(ordered[name].astype(float)) for name in ("p", "low", "high"))
    if band is None or band.team != team:
        return Curve(team, x, p, low, high)
    ends = zip(ordered.range_low.astype(float), ordered.range_high.astype(float), strict=True)
    return Curve(team, x, p, low, high, tuple(ends))


def _draw_dots_of(axes: Axes, curve: Curve, mark: Mark, shift: float) -> None:
    """A team's dots, each with a thin line for its interval."""
    x = [at + shift for at in curve.x]
    p, low, high = curve.percents
    if curve.ranges:
        least, most = 100 * np.array(curve.ranges).T
        axes.vlines(x, least, most, color=PALE, linewidth=4.5, zorder=1, label="range")
    axes.vlines(x, low, high, color=mark.colour, linewidth=0.8, zorder=2)
    axes.add_line(_make_dots(x, p, mark, curve.team))


def _name_marks(axes: Axes, names: Sequence[str], marks: Sequence[Mark], wide: float) -> None:
    """Which mark is whose, at the right, in the order of the teams."""
    top = 50 + 100 * _LINE / HEIGHT * (len(names) - 1) / 2
    for k, name in enumerate(names):
        y = top - k * 100 * _LINE / HEIGHT
        axes.add_line(_make_dots([wide + LEADER], [y], marks[k], "_swatch"))
        axes.text(wide + LEADER + SWATCH - 0.08, y, name, va="center", fontsize=SMALL, color=INK)


def _make_dots(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    marks = make_line(x, y, mark, label)
    marks.set_linestyle("")
    return marks
