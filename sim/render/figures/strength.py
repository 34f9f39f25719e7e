"""The figure of strength, stage by stage: each team beside the world's best, which moves, and the target."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.findings.strength import StrengthBand, Strengths
from sim.render.figures.axes import HEIGHT, Scale, choose_ticks, draw_key, lay_out_key, make_mark
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.identity import COLOURS
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, INK, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.text import say

MOST_TEAMS = len(COLOURS)
"""Teams whose marks can be told apart."""

_LEFT, _BELOW = 0.5, 0.42  # inches: the scale, and two lines below
_APART, _NAME_LIMIT, _STAGE_LIMIT = 0.14, 1.6, 1.4  # inches: between marks of a stage; names


def draw_strength(found: Strengths, labels: Labels, title: str, everybody: int) -> SourcedFigure:
    """Draw each team's strength at each stage, its middle and 5 to 95 % of the runs, and the lines above.

    At most `MOST_TEAMS` are in `found`; `everybody` is of how many they are the most likely to stay. Raises
    RuntimeError if Korean is needed and there is no font for it.
    """
    with style(labels):
        return _draw(found, _make_heading(found, labels, title, everybody), labels)


def _tell(spread: StrengthBand, labels: Labels) -> str:
    low, middle, high = (f"{value:.0f}" for value in spread)
    return say(labels.lang, "figure.spread", mean=middle, low=low, high=high)


def _name_target(found: Strengths, labels: Labels) -> str:
    return say(labels.lang, "figure.target", share=f"{100 * (found.share or 0.0):.0f}")


def _make_heading(found: Strengths, labels: Labels, title: str, everybody: int) -> Heading:
    lang = labels.lang
    varies = any(each.high > each.low for each in found.frontier)
    notes = [say(lang, "figure.strength_note_band" if varies else "figure.strength_note")]
    if len(found.teams) < everybody:
        notes.append(say(lang, "figure.some_best", shown=len(found.teams), n=everybody))
    best, target = say(lang, "figure.frontier"), _name_target(found, labels)
    rows, data = [], []
    for team, spreads in found.teams.items():
        told = []
        for stage, day, spread in zip(found.stages, found.days, spreads, strict=True):
            if spread is not None:
                told.append(say(lang, "figure.at_stage", stage=labels.stage(stage), p=_tell(spread, labels)))
                data.append((team, labels.team(team), stage, str(day), *spread))
        rows.append(say_row(labels, labels.team(team), *told))
    for stage, day, spread in zip(found.stages, found.days, found.frontier, strict=True):
        data.append(("", best, stage, str(day), *spread))
    rows.append(say_row(labels, best, *(_tell(spread, labels) for spread in found.frontier)))
    if found.target:
        for stage, day, value in zip(found.stages, found.days, found.target, strict=True):
            data.append(("", target, stage, str(day), float("nan"), value, float("nan")))
        rows.append(say_row(labels, target, *(f"{value:.0f}" for value in found.target)))
    table = pd.DataFrame(data, columns=["team", "name", "stage", "day", "q05", "q50", "q95"])
    return Heading(title, say(lang, "figure.strength"), tuple(notes), tuple(rows), table)


def _draw(found: Strengths, heading: Heading, labels: Labels) -> SourcedFigure:
    key = _make_key(found, labels)
    columns, above = lay_out_key(key, WIDTH)
    frame = make_frame(labels, heading, WIDTH, HEIGHT + _BELOW + above + 0.08)
    wide = WIDTH - _LEFT - 0.05
    axes = frame.add_axes(_LEFT, _BELOW, wide, HEIGHT)
    axes.set_xlim(-0.5, len(found.stages) - 0.5)
    _set_scale(axes, found, wide / len(found.stages), labels)
    _draw_lines(axes, found)
    pitch = min(_APART, 0.8 * wide / len(found.stages) / max(1, len(found.teams)))
    inch = len(found.stages) / wide
    marks = labels.marks(found.teams)
    for k, ((team, spreads), mark) in enumerate(zip(found.teams.items(), marks, strict=True)):
        shift = (k - (len(found.teams) - 1) / 2) * pitch * inch
        for j, spread in enumerate(spreads):
            if spread is not None:
                axes.vlines(j + shift, spread.low, spread.high, color=mark.colour, linewidth=1.4, zorder=2)
                axes.add_line(make_mark([j + shift], [spread.middle], mark, team))
    draw_key(axes, key, columns, (-_LEFT, 0.06))
    return frame.figure


def _make_key(found: Strengths, labels: Labels) -> list[Line2D]:
    names = shorten_all([labels.team(team) for team in found.teams], SMALL, _NAME_LIMIT)
    marks = labels.marks(found.teams)
    key = [make_mark([], [], mark, name) for mark, name in zip(marks, names, strict=True)]
    key.append(Line2D([], [], color=INK, linewidth=1.4, label=say(labels.lang, "figure.frontier")))
    if found.target:
        target = Line2D([], [], color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        target.set_label(_name_target(found, labels))
        key.append(target)
    return key


def _set_scale(axes: Axes, found: Strengths, pitch: float, labels: Labels) -> None:
    spreads = [each for of_team in found.teams.values() for each in of_team if each is not None]
    values = [v for each in (*spreads, *found.frontier) for v in (each.low, each.high)]
    low, high = min(values), max(values)
    room = 0.04 * (high - low)
    axes.set_ylim(low - room, high + room)
    ticks = choose_ticks(Scale(low, high, HEIGHT, is_logarithmic=False), 7)
    axes.set_yticks(ticks, [f"{v:g}" for v in ticks], color=GREY, fontsize=TINY)
    axes.grid(axis="y", color=PALE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_ylabel(say(labels.lang, "figure.strength_axis"), color=GREY, fontsize=SMALL)
    names = shorten_all([labels.stage(s) for s in found.stages], TINY, min(_STAGE_LIMIT, pitch - 0.06))
    days = [str(day) for day in found.days]
    if measure_widest(days, TINY) > pitch - 0.06:
        days = (
            [day[2:7] for day in days]
            if measure_widest([days[0][2:7]], TINY) <= pitch - 0.06
            else [""] * len(days)
        )
    ticks_below = [f"{name}\n{day}" for name, day in zip(names, days, strict=True)]
    axes.set_xticks(range(len(names)), ticks_below, color=GREY, fontsize=TINY)


def _draw_lines(axes: Axes, found: Strengths) -> None:
    """The world's best with its 5 to 95 %, and the target below it, from edge to edge of each stage."""
    x = list(range(len(found.stages)))
    # One stage has a line, too: as wide as its place.
    x_of = x if len(x) > 1 else [-0.45, 0.45]
    low, middle, high = zip(*(found.frontier if len(x) > 1 else found.frontier * 2), strict=True)
    axes.fill_between(x_of, low, high, color=PALE, alpha=0.55, linewidth=0, zorder=1, label="frontier band")
    axes.plot(x_of, middle, color=INK, linewidth=1.4, zorder=1.5, label="frontier")
    if found.target:
        target = found.target if len(x) > 1 else found.target * 2
        axes.plot(x_of, target, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1.5, label="target")
