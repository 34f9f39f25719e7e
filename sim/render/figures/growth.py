"""The figure of how chances settle as runs are added."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.findings.growth import Growth
from sim.render.figures.axes import (
    HEIGHT,
    LEADER,
    NAME_LIMIT,
    SWATCH,
    Curve,
    Scale,
    choose_ticks,
    name_ends,
    set_percents,
)
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.identity import COLOURS
from sim.render.figures.labels import Labels, format_percent
from sim.render.figures.style import GREY, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.stats.percent import margin
from sim.text import say

MOST_TEAMS = len(COLOURS)
"""Teams whose lines can be told apart."""

_LEFT, _BELOW = 0.46, 0.45  # inches: the scale, and the axis of runs

Interval = tuple[float, float, float]


def draw_growth(
    found: Growth, final: Mapping[str, Interval], labels: Labels, everybody: int
) -> SourcedFigure:
    """Draw each team's chance of leaving as the first so many runs tell it, and what all runs tell.

    `final` are the chances with their intervals after all runs. Raises RuntimeError if Korean is needed and
    there is no font for it.
    """
    with style(labels):
        return _draw(found, final, labels, everybody)


def _draw(found: Growth, final: Mapping[str, Interval], labels: Labels, everybody: int) -> SourcedFigure:
    teams = list(found.chances)
    names = shorten_all([labels.team(team) for team in teams], SMALL, NAME_LIMIT)
    ends = [f"{n}  {format_percent(*final[t], labels.lang)}" for n, t in zip(names, teams, strict=True)]
    right = LEADER + SWATCH + measure_widest(ends, SMALL)
    wide = WIDTH - _LEFT - right
    frame = make_frame(labels, _make_heading(found, final, labels, everybody), WIDTH, HEIGHT + _BELOW + 0.05)
    axes = frame.add_axes(_LEFT, _BELOW, wide, HEIGHT)
    scale = Scale(found.runs[0], found.runs[-1], wide, is_logarithmic=True)
    axes.set_xlim(-0.1, wide + 0.05)
    set_percents(axes, 20)
    ticks = choose_ticks(scale, 6)
    axes.set_xticks([scale.place(n) for n in ticks], [f"{n:,.0f}" for n in ticks], color=GREY, fontsize=TINY)
    axes.set_xlabel(say(labels.lang, "figure.growth_axis"), color=GREY, fontsize=SMALL)
    axes.set_ylabel(say(labels.lang, "figure.leaving_axis"), color=GREY, fontsize=SMALL)
    marks = labels.marks(teams)
    curves = []
    for team, mark in zip(teams, marks, strict=True):
        curve = _make_curve(team, found, final[team], scale)
        _, low, high = final[team]
        band = axes.axhspan(100 * low, 100 * high, color=mark.colour, alpha=0.18, linewidth=0, zorder=1)
        band.set_label(f"interval {team}")
        _draw_line(axes, curve, mark.colour, mark.dashes)
        curves.append(curve)
    name_ends(axes, curves, ends, marks, 1.0)
    return frame.figure


def _make_curve(team: str, found: Growth, final: Interval, scale: Scale) -> Curve:
    """The chances after so many runs; the last is that of the table, of all runs."""
    x = tuple(scale.place(n) for n in found.runs)
    p = (*(float(v) for v in found.chances[team][:-1]), final[0])
    return Curve(team, x, p, p, p)


def _draw_line(axes: Axes, curve: Curve, colour: str, dashes: Sequence[float]) -> None:
    line = Line2D(curve.x, curve.percents[0], color=colour, linewidth=1.2, label=curve.team, zorder=3)
    line.set_dashes(tuple(dashes) or (None, None))
    axes.add_line(line)


def _make_heading(found: Growth, final: Mapping[str, Interval], labels: Labels, everybody: int) -> Heading:
    lang = labels.lang
    widest = max((high - low) / 2 for _, low, high in final.values())
    title = say(lang, "figure.growth_finding", points=margin(widest), runs=f"{labels.runs:,}", n=labels.runs)
    notes = [say(lang, "figure.growth_note")]
    if len(found.chances) < everybody:
        notes.append(say(lang, "figure.some_best", shown=len(found.chances), n=everybody))
    rows, data = [], []
    for team, chances in found.chances.items():
        told = format_percent(*final[team], lang)
        rows.append(say_row(labels, labels.team(team), told))
        data += [(team, labels.team(team), n, float(p)) for n, p in zip(found.runs, chances, strict=True)]
    table = pd.DataFrame(data, columns=["team", "team_name", "runs", "p"])
    return Heading(title, say(lang, "figure.growth"), tuple(notes), tuple(rows), table)
