"""The figure of GPUs held over time in one replication: a strip a team, on one scale and axis of dates."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from sim.findings.holdings import choose_holders, find_greatest_holders
from sim.render.figures.axes import draw_key, lay_out_key, write_beside
from sim.render.figures.days import set_dates
from sim.render.figures.frame import Frame, Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.held import Changes, Flag, Holding, read_changes
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, INK, MIDDLE, PALE, TINY, WIDTH, Colour, choose_ink, style
from sim.render.figures.texts import (
    LANE,
    Hung,
    assign_lanes,
    make_room,
    measure,
    measure_widest,
    mirror,
    shorten_all,
)
from sim.text import say

_AREA, _LOW_AREA, _FEW = 0.6, 0.42, 6  # inches: the height of a strip, lower for more teams than a few
_NAME, _GAP, _AXIS, _RIGHT = 0.2, 0.1, 0.28, 0.12  # inches: above and between strips, below and beside all
_NAME_LIMIT = 1.8  # inches
_INDENT = 6.0  # points from a day to its text
_WINDOW, _LIGHT = "#ececec", "#b5b5b5"  # a training window, and what is a team's own in the key
_TINT = 0.45  # how much of a team's colour what is its own has
_SHAPES = {"delivery": "^", "enters": ">", "leaves": "X", "base closes": "v"}  # of the kinds that have one
_SAID = {"enters": "figure.enters", "leaves": "figure.leaves", "base closes": "figure.base_closes"}
_LEAST_SLOW = 0.04  # inches: a slow period is as wide at least, or it would not be seen


def draw_holdings(
    changes: pd.DataFrame, stages: pd.DataFrame, labels: Labels, replication: int
) -> SourcedFigure:
    """Draw what each team held over time in one replication, a strip a team in the order of the table.

    `changes` and `stages` are the tables of `sim.stats.holdings.holdings_table`, of teams that held something
    at some time. Raises ValueError if a name is missing; RuntimeError if Korean is needed and there is no
    font for it.
    """
    made = read_changes(changes, stages)
    shown = choose_holders({one.team: one.gpu_days(made.last) for one in made.holdings})
    drawn = replace(made, holdings=tuple(one for one in made.holdings if one.team in shown))
    with style(labels):
        plan = _make_plan(drawn, labels)
        return _draw(plan, _make_heading(made, drawn, labels, replication), labels)


@dataclass(frozen=True)
class _Plan:
    """Where things go: days along from `first` to `end`, inches up; `head` is above all strips."""

    made: Changes
    head: list[Hung]
    hung: list[list[Hung]]
    ticks: list[float]
    left: float
    area: float
    first: float
    end: float

    @property
    def wide(self) -> float:
        """The length of the axis in inches."""
        return WIDTH - self.left - _RIGHT

    @property
    def top(self) -> float:
        """The value at the upper edge of a strip's area."""
        return max(self.ticks[-1], 1.05 * self.made.most, 1.0)

    def lanes(self, hung: list[Hung]) -> list[int]:
        """The lanes of texts on this axis that begin at their days."""
        return assign_lanes(hung, self.wide / (self.end - self.first))

    def height(self, hung: list[Hung]) -> float:
        """The height in inches of a strip with its texts, without its name."""
        return self.area + _lanes_height(self.lanes(hung))


def _make_plan(made: Changes, labels: Labels) -> _Plan:
    ticks = [
        float(y)
        for y in MaxNLocator(4, steps=[1, 2, 5, 10], min_n_ticks=3).tick_values(0, max(made.most, 1.0))
    ]
    ticks = [y for y in ticks if y <= max(made.most, 1.0)]
    left = measure_widest([f"{y:,.0f}" for y in ticks], TINY) + 0.1
    # What happens on the first or the last day shall not lie on the edge.
    pad = max(3.0, 0.015 * (made.last - made.first))
    first, end = made.first - pad, made.last + pad
    head = _hang_results(made, labels)
    hung = [[_hang_flag(flag, labels) for flag in holding.flags] for holding in made.holdings]
    wide = WIDTH - left - _RIGHT
    for _ in range(5):  # room made on one side takes some from the other, but ever less
        first = -make_room(mirror(head), -end, -first, wide)
        end = make_room((h for those in hung for h in those), first, end, wide)
    area = _AREA if len(made.holdings) <= _FEW else _LOW_AREA
    return _Plan(made, head, hung, ticks, left, area, first, end)


def _hang_results(made: Changes, labels: Labels) -> list[Hung]:
    """The results: each text ends at its day, over the time that it decides on."""
    names = shorten_all([labels.stage(stage) for stage in made.decided], TINY, _NAME_LIMIT)
    found = []
    for name, day in zip(names, made.decided.values(), strict=True):
        text = say(labels.lang, "figure.result", stage=name, day=_format_day(day))
        found.append(Hung(day, text, _hung_width(text)))
    return found


def _hang_flag(flag: Flag, labels: Labels) -> Hung:
    text = _say_flag(flag, labels)
    return Hung(flag.day, text, _hung_width(text), _SHAPES.get(flag.kind, ""))


def _say_flag(flag: Flag, labels: Labels) -> str:
    lang = labels.lang
    if flag.kind in ("slow", "slow storage"):
        speed = say(lang, "figure.percent", p=f"{100 * flag.amount:.0f}")
        key = "figure.slow_to" if flag.kind == "slow" else "figure.slow_storage_to"
        return say(lang, key, share=speed)
    if flag.kind == "delivery":
        if flag.amount > 0:
            return say(lang, "figure.delivered", gpus=f"{flag.amount:,.0f}")
        return say(lang, "figure.delivery")
    return say(lang, _SAID[flag.kind])


def _hung_width(text: str) -> float:
    return measure(text, TINY) + _INDENT / 72 + 0.06


def _lanes_height(found: list[int]) -> float:
    return LANE * (max(found) + 1) if found else 0.0


def _draw(plan: _Plan, heading: Heading, labels: Labels) -> SourcedFigure:
    key = _make_key(plan, labels)
    columns, above = lay_out_key(key, WIDTH)
    heights = [plan.height(hung) for hung in plan.hung]
    strips = sum(heights) + len(heights) * (_NAME + _GAP)
    head_lanes = assign_lanes(mirror(plan.head), plan.wide / (plan.end - plan.first))
    head = _lanes_height(head_lanes) + 0.05
    tall = _AXIS + strips + head + above
    page = make_frame(labels, heading, WIDTH, tall)
    behind = _add_background(page, plan, strips + head)
    draw_key(behind, key, columns, (-plan.left, 0.03))
    _draw_results(behind, plan.head, head_lanes, strips)
    bottom = strips
    names = shorten_all([labels.team(one.team) for one in plan.made.holdings], MIDDLE, WIDTH)
    for holding, name, hung, height in zip(plan.made.holdings, names, plan.hung, heights, strict=True):
        bottom -= _NAME + height
        _draw_windows(behind, holding, bottom, height)
        axes = page.add_axes(plan.left, _AXIS + bottom, plan.wide, height)
        _set_scale(axes, plan, height)
        _draw_areas(axes, plan, holding, labels.mark(holding.team).colour)
        _draw_flags(axes, plan, holding, hung)
        _write(behind, name, (plan.first, bottom + height + _NAME / 2), 0.0, MIDDLE)
        bottom -= _GAP
    return page.figure


def _make_heading(made: Changes, drawn: Changes, labels: Labels, replication: int) -> Heading:
    lang, held, shown = labels.lang, made.holdings, drawn.holdings
    peaks = {one.team: float(one.levels.max()) for one in held}
    holders = find_greatest_holders(peaks)
    gpus = f"{peaks[holders[0]]:,.0f}"
    notes = [say(lang, "figure.one_replication", replication=replication)]
    if len(shown) < len(held):
        notes.append(say(lang, "figure.held_some", shown=len(shown), n=len(held)))
    rows = tuple(say_row(labels, labels.team(each.team), *_describe(each, labels)) for each in shown)
    data = pd.DataFrame(
        [
            (each.team, labels.team(each.team), _format_day(day), *levels)
            for each in held
            for day, *levels in zip(
                each.days, each.granted, each.own, each.speed, each.own_speed, strict=True
            )
        ],
        columns=["team", "team_name", "from_day", "granted", "own", "speed", "own_speed"],
    )
    if (data["own_speed"] == 1).all():  # told only where there is something to tell
        del data["own_speed"]
    if len(holders) > 1:
        title = say(lang, "figure.held_most_each", n=len(holders), gpus=gpus)
    else:
        title = say(lang, "figure.held_most", teams=labels.team(holders[0]), gpus=gpus)
    return Heading(title, say(lang, "figure.held"), tuple(notes), rows, data)


def _describe(one: Holding, labels: Labels) -> list[str]:
    """What a team holds from each day on, in words."""
    total = one.levels
    return [
        say(labels.lang, "figure.held_from", day=_format_day(day), gpus=f"{gpus:,.0f}")
        for k, (day, gpus) in enumerate(zip(one.days, total, strict=True))
        if k == 0 or gpus != total[k - 1]
    ]


def _make_key(plan: _Plan, labels: Labels) -> list[Artist]:
    """What the shades and lines mean, of those that are there."""
    lang, held = labels.lang, plan.made.holdings
    key: list[Artist] = []
    if any(one.granted.any() for one in held):
        key.append(Patch(color=GREY, label=say(lang, "figure.granted")))
    if any(one.own.any() for one in held):
        key.append(Patch(color=_LIGHT, label=say(lang, "figure.own")))
    if any((one.speed < 1).any() for one in held):
        hatched = Patch(facecolor=GREY, edgecolor="white", linewidth=0, hatch="/////")
        hatched.set_label(say(lang, "figure.slow"))
        key.append(hatched)
    key.append(Patch(color=_WINDOW, label=say(lang, "figure.window")))
    return key


def _add_background(page: Frame, plan: _Plan, height: float) -> Axes:
    """Axes under everything, in days along and inches up, with the dates below."""
    axes = page.add_axes(plan.left, _AXIS, plan.wide, height)
    axes.set_xlim(plan.first, plan.end)
    axes.set_ylim(0, height)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    set_dates(axes, plan.first, plan.end)
    return axes


def _draw_results(axes: Axes, head: list[Hung], found: list[int], strips: float) -> None:
    """The results above the strips, each at the head of a line through all of them."""
    for hung, lane in zip(head, found, strict=True):
        y = strips + 0.05 + (lane + 0.5) * LANE
        axes.add_line(_make_line(hung.day, y + LANE / 2, "result"))
        _write(axes, hung.text, (hung.day, y), -_INDENT / 2, TINY)


def _make_line(day: float, top: float, label: str) -> Line2D:
    return Line2D([day, day], [0, top], color=GREY, lw=0.8, zorder=2.8, label=label)


def _draw_windows(axes: Axes, holding: Holding, bottom: float, height: float) -> None:
    for opens, closes in holding.windows:
        shade = Rectangle((opens, bottom), closes - opens, height, facecolor=_WINDOW)
        shade.set_label(f"window {holding.team}")
        axes.add_patch(shade)


def _set_scale(axes: Axes, plan: _Plan, height: float) -> None:
    """A scale that is the same in every strip, whatever the room for texts above."""
    axes.set_facecolor("none")
    axes.set_xlim(plan.first, plan.end)
    axes.set_ylim(0, plan.top * height / plan.area)
    axes.set_xticks([])
    axes.set_yticks(plan.ticks, [f"{y:,.0f}" for y in plan.ticks], color=GREY, fontsize=TINY)
    axes.tick_params(length=0)
    axes.hlines(plan.ticks[1:], plan.first, plan.end, color=PALE, linewidth=0.5, zorder=1)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(GREY)


def _draw_areas(axes: Axes, plan: _Plan, holding: Holding, colour: str) -> None:
    """What is granted below and what is the team's own on it, hatched while it runs slowly."""
    days = np.append(holding.days, plan.end)
    granted, own = (np.append(level, level[-1]) for level in (holding.granted, holding.own))
    red, green, blue = (1 - _TINT * (1 - part) for part in to_rgb(colour))
    tint = red, green, blue
    look: dict[str, Any] = {"step": "post", "linewidth": 0, "zorder": 2}
    axes.fill_between(days, granted, color=colour, label=f"granted {holding.team}", **look)
    axes.fill_between(days, granted, granted + own, color=tint, label=f"own {holding.team}", **look)
    least = _LEAST_SLOW * (plan.end - plan.first) / plan.wide
    parts = ((0 * granted, granted, holding.speed, "white"), (granted, own, holding.own_speed, colour))
    for bottom, tall, speed, line in parts:
        for k in np.flatnonzero((speed < 1) & (tall[:-1] > 0)):
            wide = max(days[k + 1] - days[k], least)
            slow = Rectangle((days[k], bottom[k]), wide, tall[k], facecolor="none", edgecolor=line)
            slow.set(linewidth=0, hatch="/////", zorder=2.5, label=f"slow {holding.team}")
            axes.add_patch(slow)
    for day in plan.made.decided.values():
        axes.add_line(_make_line(day, axes.get_ylim()[1], "_result"))
    _write_totals(axes, plan, holding, colour, tint)


def _write_totals(axes: Axes, plan: _Plan, holding: Holding, colour: str, tint: Colour) -> None:
    """How many GPUs a team holds, in each bar that has room for it."""
    inch, tall = plan.wide / (plan.end - plan.first), plan.area / plan.top
    cuts = sorted({*plan.made.decided.values()})
    for first, end, granted, own in _find_bars(holding, plan.end):
        total = granted + own
        # The middle of the longest stretch that no line of a result crosses.
        edges = [first, *(cut for cut in cuts if first < cut < end), end]
        begin, stop = max(pairwise(edges), key=lambda each: each[1] - each[0])
        text = f"{total:,.0f}"
        if total <= 0 or measure(text, TINY) + 0.06 > (stop - begin) * inch or total * tall < 0.13:
            continue
        y = granted / 2 if granted * tall >= own * tall else granted + own / 2
        face: Colour = colour if granted >= own else tint
        halo = withStroke(linewidth=2, foreground=face)
        look: dict[str, Any] = {
            "ha": "center",
            "va": "center_baseline",
            "color": choose_ink(face),
            "path_effects": [halo],
        }
        axes.text((begin + stop) / 2, y, text, fontsize=TINY, zorder=3.5, **look)


def _find_bars(holding: Holding, end: float) -> list[tuple[float, float, float, float]]:
    """The stretches over which a team holds the same: first day, last day, granted and own."""
    bars: list[tuple[float, float, float, float]] = []
    for day, following, granted, own in zip(
        holding.days, [*holding.days[1:], end], holding.granted, holding.own, strict=True
    ):
        if bars and bars[-1][2:] == (granted, own):
            bars[-1] = (bars[-1][0], following, granted, own)
        else:
            bars.append((float(day), float(following), float(granted), float(own)))
    return bars


def _draw_flags(axes: Axes, plan: _Plan, holding: Holding, hung: list[Hung]) -> None:
    """What happened, above the areas, each hanging over the level that it led to."""
    inch = plan.top / plan.area
    for flag, one, lane in zip(holding.flags, hung, plan.lanes(hung), strict=True):
        y = plan.top + (lane + 0.5) * LANE * inch
        at = int(np.searchsorted(holding.days, flag.day, side="right")) - 1
        level = holding.granted[at] + holding.own[at]
        axes.add_line(Line2D([flag.day] * 2, [level, y], color=GREY, lw=0.6, zorder=3, label="_hanger"))
        if one.shape:
            mark = Line2D([flag.day], [y], marker=one.shape, markersize=4.5, color=INK, linestyle="none")
            mark.set(label=flag.kind, zorder=4, clip_on=False)
            axes.add_line(mark)
        _write(axes, one.text, (flag.day, y), _INDENT, TINY)


def _write(axes: Axes, text: str, at: tuple[float, float], indent: float, size: float) -> None:
    halo = withStroke(linewidth=2, foreground="white")  # for lines pass behind it
    side = "right" if indent < 0 else "left"
    look = {"ha": side, "va": "center_baseline", "color": INK, "path_effects": [halo], "zorder": 5}
    write_beside(axes, text, at, (indent, 0), size, **look)


def _format_day(day: float) -> str:
    """Write a day as in 2026-01-15."""
    return str(np.datetime64(int(day), "D"))
