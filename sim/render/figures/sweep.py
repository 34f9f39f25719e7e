"""The figures of a sweep: chances against one factor, as curves or as dots, or over two as a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.findings.sweep import choose_evenly, choose_movers, find_widest_change, find_widest_span
from sim.render.figures.axes import (
    HEIGHT,
    LEADER,
    NAME_LIMIT,
    SWATCH,
    Curve,
    draw_curve,
    format_tick,
    make_line,
    name_ends,
    place_values,
    set_percents,
)
from sim.render.figures.frame import Heading, make_frame
from sim.render.figures.grid import Shade, draw_shades
from sim.render.figures.labels import Labels, format_percent
from sim.render.figures.style import GREY, INK, MARKS, SMALL, TINY, WIDTH, Mark, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.stats.percent import percent
from sim.text import say
from sim.text.money import CURRENCIES, money_unit_in_full

_LEFT, _BELOW = 0.5, 0.42  # inches: the axis at the left, room for the scale and its name
_MOST_TICKS = 9
_APART, _LINE = 0.07, 0.19  # inches between the dots of two teams, and between two names


def draw_curves(chances: pd.DataFrame, by: str, labels: Labels, given: str = "") -> Figure:
    """Draw each team's chance of leaving at any stage against the numbers in column `by`, with pale bands.

    `chances` has one row for each value and team (columns: `by`, team, p, low, high; chances in 0..1). A
    scale is logarithmic where its ends lie far apart. Up to eight teams, in the order of `labels`. `given`
    names the option of a choice, as in "If 2 are kept".
    """
    teams = _list_teams(chances, labels)
    values = sorted(chances[by].unique())
    with style(labels):
        names = shorten_all([labels.team(team) for team in teams], SMALL, NAME_LIMIT)
        # What stands at the ends is known only once the curves have their places: room for the widest.
        right = LEADER + SWATCH + measure_widest([f"{name}  100 %" for name in names], SMALL)
        wide = WIDTH - _LEFT - right
        place = place_values(values, wide)
        made = [_make_curve(chances[chances.team == team], by, team, place) for team in teams]
        figure, axes = _open_axes(_say_change(made, place, labels, given), by, wide, labels)
        _set_marked(axes, {format_tick(v): place[v] for v in choose_evenly(values, _MOST_TICKS)})
        for curve, mark in zip(made, MARKS, strict=False):
            draw_curve(axes, curve, mark, 0.0)
        ends = [
            f"{name}  {format_percent(*curve.at(-1), labels.lang)}"
            for name, curve in zip(names, made, strict=True)
        ]
        name_ends(axes, made, ends, [0.0] * len(made), 1.0)  # places are inches here: a step is one
        return figure


def draw_dots(
    chances: pd.DataFrame, by: str, labels: Labels, given: str = "", others: Sequence[str] = ()
) -> Figure:
    """Draw the same where nothing may be joined: `by` holds names, or points differ in `others`, too.

    There may be several rows for a value and team. Names stand in their order, evenly apart.
    """
    teams = _list_teams(chances, labels)
    numeric = chances[by].dtype.kind in "if"
    values = sorted(chances[by].unique()) if numeric else list(dict.fromkeys(chances[by]))
    with style(labels):
        names = shorten_all([labels.team(team) for team in teams], SMALL, NAME_LIMIT)
        wide = WIDTH - _LEFT - LEADER - SWATCH - measure_widest(names, SMALL)
        pitch = wide / len(values)
        evenly = {value: (i + 0.5) * pitch for i, value in enumerate(values)}
        place: dict[Any, float] = place_values(values, wide) if numeric else evenly
        made = [_make_curve(chances[chances.team == team], by, team, place) for team in teams]
        finding = _say_also(others, labels, given) if others else _say_span(made, place, labels, given)
        figure, axes = _open_axes(finding, by, wide, labels)
        if numeric:
            marked = {format_tick(v): place[v] for v in choose_evenly(values, _MOST_TICKS)}
        else:
            shown = shorten_all([str(v) for v in values], TINY, 0.95 * pitch)
            marked = dict(zip(shown, place.values(), strict=True))
        _set_marked(axes, marked)
        for k, curve in enumerate(made):
            _draw_dots_of(axes, curve, MARKS[k], (k - (len(made) - 1) / 2) * _APART)
        _name_marks(axes, names, wide)
        return figure


def draw_map(
    chances: pd.DataFrame, across: str, down: str, team: str, labels: Labels, given: str = ""
) -> Figure:
    """Draw one team's chance of leaving over two factors: a shade and a percent for each pair of values."""
    lang = labels.lang
    columns, rows = (list(dict.fromkeys(chances[name])) for name in (across, down))
    cells = {(row[down], row[across]): row for _, row in chances[chances.team == team].iterrows()}
    shades = {
        at: Shade(float(cell.p), format_percent(cell.p, cell.low, cell.high, lang))
        for at, cell in cells.items()
    }
    key = "figure.map_axes_given" if given else "figure.map_axes"
    finding = say(lang, key, given=given, down=down, across=across)
    with style(labels):
        return draw_shades(
            [format_tick(v) for v in rows],
            [format_tick(v) for v in columns],
            [[shades[r, c] for c in columns] for r in rows],
            Heading(say(lang, "figure.map", team=labels.team(team)), finding),
            labels,
        )


def _list_teams(chances: pd.DataFrame, labels: Labels) -> list[str]:
    """The teams that are drawn: all, or those whose chances move most where marks cannot tell them apart."""
    found = {team: chances.p[chances.team == team].tolist() for team in labels.teams}
    return choose_movers({team: values for team, values in found.items() if values}, len(MARKS))


def _say_left_out(labels: Labels) -> tuple[str, ...]:
    """Which teams are drawn, where they are not all."""
    if len(labels.teams) <= len(MARKS):
        return ()
    return (say(labels.lang, "figure.forest_some", shown=len(MARKS), n=len(labels.teams)),)


def _open_axes(finding: str, by: str, wide: float, labels: Labels) -> tuple[Figure, Axes]:
    """The figure's words and its axes, chances upwards; places along are inches."""
    lang = labels.lang
    factor = by
    if by == "gpu_hours":
        factor = say(lang, "figure.sweep_gpu_hours")
    elif by == f"cost_{CURRENCIES[labels.currency].column}":
        factor = say(lang, "figure.sweep_cost", unit=money_unit_in_full(labels.currency, lang))
    elif by == f"cost_with_own_{CURRENCIES[labels.currency].column}":
        factor = say(lang, "figure.sweep_cost_with_own", unit=money_unit_in_full(labels.currency, lang))
    elif by == f"paid_{CURRENCIES[labels.currency].column}":
        factor = say(lang, "figure.sweep_paid", unit=money_unit_in_full(labels.currency, lang))
    heading = Heading(say(lang, "figure.sweep", factor=factor), finding, _say_left_out(labels))
    page = make_frame(labels, heading, WIDTH, HEIGHT + _BELOW)
    axes = page.add_axes(_LEFT, _BELOW, wide, HEIGHT)
    axes.set_xlim(-0.1, wide + 0.1)
    set_percents(axes, 20)
    axes.set_ylabel(say(lang, "figure.leaving_axis"), color=GREY)
    axes.set_xlabel(factor, color=GREY)
    return page.figure, axes


def _set_marked(axes: Axes, marked: Mapping[str, float]) -> None:
    axes.set_xticks(list(marked.values()), list(marked), color=GREY, fontsize=TINY)


def _make_curve(rows: pd.DataFrame, by: str, team: str, place: Mapping[Any, float]) -> Curve:
    ordered = rows.assign(_place=rows[by].map(place)).sort_values("_place", kind="stable")
    x = tuple(ordered["_place"].astype(float))
    p, low, high = (tuple(ordered[name].astype(float)) for name in ("p", "low", "high"))
    return Curve(team, x, p, low, high)


def _draw_dots_of(axes: Axes, curve: Curve, mark: Mark, shift: float) -> None:
    """A team's dots, each with a thin line for its interval."""
    x = [at + shift for at in curve.x]
    p, low, high = curve.percents
    axes.vlines(x, low, high, color=mark.colour, linewidth=0.8, alpha=0.6, zorder=2)
    axes.add_line(_make_dots(x, p, mark, curve.team))


def _name_marks(axes: Axes, names: Sequence[str], wide: float) -> None:
    """Which mark is whose, at the right, in the order of the teams."""
    top = 50 + 100 * _LINE / HEIGHT * (len(names) - 1) / 2
    for k, name in enumerate(names):
        y = top - k * 100 * _LINE / HEIGHT
        axes.add_line(_make_dots([wide + LEADER], [y], MARKS[k], "_swatch"))
        axes.text(wide + LEADER + SWATCH - 0.08, y, name, va="center", fontsize=SMALL, color=INK)


def _make_dots(x: list[float], y: list[float], mark: Mark, label: str) -> Line2D:
    marks = make_line(x, y, mark, label)
    marks.set_linestyle("")
    return marks


def _say_also(others: Sequence[str], labels: Labels, given: str) -> str:
    """In what else the points differ, which is why nothing is joined."""
    key = "figure.sweep_also_given" if given else "figure.sweep_also"
    return say(labels.lang, key, given=given, factors=", ".join(others))


def _say_change(made: Sequence[Curve], place: Mapping[Any, float], labels: Labels, given: str) -> str:
    """What the team whose chance changes most gains or loses between the ends."""
    team = find_widest_change({curve.team: curve.p for curve in made})
    return _say_ends(next(curve for curve in made if curve.team == team), 0, -1, place, labels, given)


def _say_span(made: Sequence[Curve], place: Mapping[Any, float], labels: Labels, given: str) -> str:
    """Where the chance of the team that differs most is least and greatest."""
    team = find_widest_span({curve.team: curve.p for curve in made})
    curve = next(curve for curve in made if curve.team == team)
    least, most = (curve.p.index(end) for end in (min(curve.p), max(curve.p)))
    return _say_ends(curve, least, most, place, labels, given)


def _say_ends(
    curve: Curve, one: int, other: int, place: Mapping[Any, float], labels: Labels, given: str
) -> str:
    values = {at: format_tick(value) for value, at in place.items()}
    first, last = (percent(*curve.at(k)) for k in (one, other))
    return say(
        labels.lang,
        "figure.sweep_ends_given" if given else "figure.sweep_ends",
        given=given,
        team=labels.team(curve.team),
        first=first,
        last=last,
        low=values[curve.x[one]],
        high=values[curve.x[other]],
    )
