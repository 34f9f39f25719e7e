"""The figure of the chance of still being in: steps along the days of the programme."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from sim.findings.cells import CellFacts, estimate_final, find_cell_facts
from sim.findings.doubts import Ranges
from sim.render.figures.axes import (
    HEIGHT,
    LEADER,
    NAME_LIMIT,
    SWATCH,
    Curve,
    make_line,
    name_ends,
    set_percents,
    write_beside,
)
from sim.render.figures.days import count_days, set_dates
from sim.render.figures.folded import FigureRow, figure_rows, format_span, row_marks
from sim.render.figures.frame import Frame, Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.identity import COLOURS, Mark
from sim.render.figures.labels import Calendar, Labels, describe_error, format_percent
from sim.render.figures.style import GREY, INK, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure, measure_widest, shorten_all
from sim.text import say

MOST_LINES = len(COLOURS)
"""Lines that share a picture; more get a panel each."""

_LEFT, _BELOW, _HEAD = 0.46, 0.26, 0.2  # inches: the scale, the dates, a line of names of stages
_STAGE_LIMIT = 1.2  # inches
_TAIL = 0.12  # of the time from the first day to the last result
_COLUMNS = 3  # of panels
_GAP, _TALL, _TITLE, _DATES = 0.16, 0.72, 0.3, 0.25  # inches: between panels, a panel, above and below it


def draw_survival(
    chances: pd.DataFrame, labels: Labels, title: str, ranges: Ranges | None = None
) -> SourcedFigure:
    """Draw each team's chance of still being in as steps: it changes on the days of results and entries.

    `chances` holds a row of chance "kept" for each team and stage (columns: stage, team, chance, count, of,
    p, low, high; chances in 0..1). A team starts at 100 % unless rows "not_entered" say that it may come
    later: then it begins on the day on which it may come in. What is known is grey, and who is out has no
    line, unless all is known. Pale bands are `ranges` over doubts, or else the intervals. Up to eight teams
    share one picture; more get a panel each. `labels` must have a calendar.

    Raises ValueError if columns or rows are missing or contradict each other, or a name is missing;
    RuntimeError if Korean is needed and there is no font for it.
    """
    found = find_cell_facts(chances, "kept", labels.known)
    assert labels.calendar is not None
    curves = [_make_curve(found, i, labels.calendar, ranges or {}) for i in range(len(found.cells.teams))]
    shown = [i for i in range(len(curves)) if curves[i].x and (labels.is_over or not found.out[i])]
    with style(labels):
        page = _lay_out(found, [curves[i] for i in shown], shown, labels, title, bool(ranges))
        return _draw_lines(page) if len(page.curves) <= MOST_LINES else _draw_panels(page)


@dataclass(frozen=True)
class _Page:
    """What is drawn: a curve a team or some of them, how it looks, and what is printed at its end."""

    curves: list[Curve]
    marks: list[Mark]
    names: list[str]  # whole
    ends: list[str]
    heading: Heading
    labels: Labels
    calendar: Calendar

    @property
    def days(self) -> tuple[float, float]:
        """The first and the last day of the scale: some room after the last result shows what it leaves."""
        days = [count_days(self.calendar.starts), *(count_days(d) for d in self.calendar.decided.values())]
        return min(days), max(days) + _TAIL * (max(days) - min(days))

    @property
    def today(self) -> float:
        """The day from which on nothing is known."""
        return count_days(self.calendar.today)


def _make_curve(found: CellFacts, i: int, calendar: Calendar, ranges: Ranges) -> Curve:
    """The days on which the chance changes, and what it is from each on; it holds until the next."""
    made, team = found.cells, found.cells.teams[i]
    points: list[tuple[float, float, float, float]] = []
    if not found.late[i]:
        points.append((count_days(calendar.starts), 1.0, 1.0, 1.0))
    before = ""
    for j, stage in enumerate(made.stages):
        is_waiting = bool(found.waiting[i, j]) or np.isnan(made.p[i, j])
        if not is_waiting:
            if not points and before in calendar.enters:  # it came in, or may have, after the stage before
                points.append((count_days(calendar.enters[before]), *_present(found, i, j)))
            ends = ranges.get((stage, team, "kept")) or (made.low[i, j], made.high[i, j])
            at = count_days(calendar.decided[stage])
            points.append((at, float(made.p[i, j]), float(ends[0]), float(ends[1])))
        before = stage
    x, p, low, high = (tuple(column) for column in zip(*points, strict=True)) if points else ((), (), (), ())
    return Curve(team, x, p, low, high)


def _present(found: CellFacts, i: int, j: int) -> tuple[float, float, float]:
    """The chance that a team is there at a stage: who is kept or leaves."""
    runs = float(np.nanmax(found.cells.of[i]))
    p = float(found.present[i, j]) / runs if runs else 0.0
    return p, p, p


def _lay_out(
    found: CellFacts, curves: list[Curve], shown: list[int], labels: Labels, title: str, has_ranges: bool
) -> _Page:
    assert labels.calendar is not None
    teams = [curve.team for curve in curves]
    final = estimate_final(found.cells)
    ends = [_format_end(found, i, curve, labels) for i, curve in zip(shown, curves, strict=True)]
    rows = figure_rows(teams, {team: -final[team].p for team in teams}, labels)
    heading = _make_heading(found, curves, rows, ends, labels, title, has_ranges)
    return _Page(
        [_pool_curves([curves[i] for i in row.at]) for row in rows],
        row_marks(rows, teams, labels),
        [row.short for row in rows],
        [_pool_ends(row, curves, ends, labels) for row in rows],
        heading,
        labels,
        labels.calendar,
    )


def _make_heading(
    found: CellFacts,
    curves: list[Curve],
    rows: list[FigureRow],
    ends: list[str],
    labels: Labels,
    title: str,
    has_ranges: bool,
) -> Heading:
    lang = labels.lang
    notes = [] if labels.is_over else [labels.out]
    if has_ranges:
        notes.append(say(lang, "figure.range_note"))
    if not labels.is_over:
        notes += describe_error(found, labels)
    told = say(lang, "figure.stayed" if labels.is_over else "figure.survival")
    lines = tuple(say_row(labels, row.name, _pool_ends(row, curves, ends, labels)) for row in rows)
    return Heading(title, told, tuple(notes), lines, _list_data(curves, labels))


def _list_data(curves: list[Curve], labels: Labels) -> pd.DataFrame:
    rows = [
        (curve.team, labels.team(curve.team), str(np.datetime64(int(x), "D")), *curve.at(k))
        for curve in curves
        for k, x in enumerate(curve.x)
    ]
    return pd.DataFrame(rows, columns=["team", "team_name", "from_day", "p", "band_low", "band_high"])


def _format_end(found: CellFacts, i: int, curve: Curve, labels: Labels) -> str:
    """What is printed at a curve's end: a percent, or what is known."""
    if found.out[i]:
        return say(labels.lang, "figure.out")
    if found.known[i, -1]:
        return say(labels.lang, "figure.still_in")
    made = found.cells
    return format_percent(made.p[i, -1], made.low[i, -1], made.high[i, -1], labels.lang)


def _pool_curves(curves: list[Curve]) -> Curve:
    """The mean of several curves, on each day of those that are in by then."""
    if len(curves) == 1:
        return curves[0]
    x = sorted({at for curve in curves for at in curve.x})
    p, low, high = (tuple(_mean_at(curves, at, ends) for at in x) for ends in ("p", "low", "high"))
    return Curve(curves[0].team, tuple(x), p, low, high)


def _mean_at(curves: list[Curve], day: float, ends: str) -> float:
    """The mean of what holds on a day."""
    found = []
    for curve in curves:
        at = int(np.searchsorted(curve.x, day, side="right")) - 1
        if at >= 0:
            found.append(getattr(curve, ends)[at])
    return float(sum(found) / len(found))


def _pool_ends(row: FigureRow, curves: list[Curve], ends: list[str], labels: Labels) -> str:
    """What is printed at the end of a row: for several teams the mean, or from the least to the greatest."""
    if row.kind == "one":
        return ends[row.at[0]]
    last = [curves[i].p[-1] for i in row.at]
    if row.kind == "rest":
        return format_span([ends[i] for i in row.at], labels, last)
    told = format_percent(*_pool_curves([curves[i] for i in row.at]).at(-1), labels.lang)
    if not row.is_group:
        return told
    return say(labels.lang, "figure.group_end", p=told, stay=f"{sum(last):.1f}", teams=len(row.at))


def _draw_lines(page: _Page) -> SourcedFigure:
    """All teams in one picture, their names at the ends of their lines."""
    shown = shorten_all(page.names, SMALL, NAME_LIMIT)
    names = [f"{name}  {end}" for name, end in zip(shown, page.ends, strict=True)]
    right = LEADER + SWATCH + measure_widest(names, SMALL)
    wide = WIDTH - _LEFT - right
    first, last = page.days
    pad = 0.02 * (last - first)
    pitch = wide / (last - first + 2 * pad)  # inches a day
    heads = _place_heads(page, pitch)
    lanes = 1 + max((lane for _, _, lane in heads), default=0)
    frame = make_frame(page.labels, page.heading, WIDTH, HEIGHT + _BELOW + _HEAD * lanes + 0.1)
    axes = frame.add_axes(_LEFT, _BELOW, wide, HEIGHT)
    axes.set_xlim(first - pad, last + pad)
    set_percents(axes, 20)
    set_dates(axes, first, last)
    axes.set_ylabel(say(page.labels.lang, "figure.survival_axis"), color=GREY)
    _draw_days(axes, page, heads)
    for curve, mark in zip(page.curves, page.marks, strict=True):
        _draw_steps(axes, curve, mark, page.today)
    name_ends(axes, page.curves, names, page.marks, pitch)
    return frame.figure


def _place_heads(page: _Page, pitch: float) -> list[tuple[float, str, int]]:
    """The day, name and lane of each stage above the picture, and of today where it lies within."""
    first, last = page.days
    labels = page.labels
    names = {count_days(day): labels.stage(stage) for stage, day in page.calendar.decided.items()}
    if first < page.today < last:
        names[page.today] = say(labels.lang, "figure.today")
    texts = shorten_all(list(names.values()), TINY, _STAGE_LIMIT)
    placed: list[tuple[float, str, int]] = []
    ends: list[float] = []  # of each lane, in inches
    for day, text in sorted(zip(names, texts, strict=True)):
        half = measure(text, TINY) / 2
        middle = (day - first) * pitch
        lane = next((k for k, end in enumerate(ends) if middle - half > end + 0.08), len(ends))
        if lane == len(ends):
            ends.append(0.0)
        ends[lane] = middle + half
        placed.append((day, text, lane))
    return placed


def _draw_days(axes: Axes, page: _Page, heads: list[tuple[float, str, int]]) -> None:
    """A line down from the name of each stage at its day, and from today."""
    for day, text, lane in heads:
        is_today = day == page.today
        axes.axvline(day, color=GREY if is_today else PALE, linewidth=0.8, zorder=0.5, label="_day")
        shift = (0, 3 + 72 * _HEAD * lane)
        at_top = axes.get_xaxis_transform()
        look: dict[str, Any] = {"ha": "center", "va": "bottom", "color": INK if is_today else GREY}
        write_beside(axes, text, (day, 1), shift, TINY, xycoords=at_top, **look)


def _draw_steps(axes: Axes, curve: Curve, mark: Mark, today: float) -> None:
    """A team's steps: what is known in grey, from today on in its colour, with a band and marks."""
    x, (p, low, high) = np.array(curve.x), (np.array(ends) for ends in curve.percents)
    known = int(np.searchsorted(x, today, side="right")) - 1
    if known >= 0 and today < x[-1]:
        past = [*x[: known + 1], today], [*p[: known + 1], p[known]]
        axes.step(*past, where="post", color=GREY, linewidth=1.3, label="_known", clip_on=False, zorder=2.5)
        x = np.array([today, *x[known + 1 :]])
        p, low, high = (np.array([ends[known], *ends[known + 1 :]]) for ends in (p, low, high))
    edge = axes.get_xlim()[1]
    # What is left after the last result lasts, to the edge of the picture.
    x, p, low, high = (
        np.append(each, last) for each, last in ((x, edge), (p, p[-1]), (low, low[-1]), (high, high[-1]))
    )
    axes.fill_between(x, low, high, step="post", color=mark.colour, alpha=0.15, linewidth=0, zorder=1)
    line = make_line(list(x), list(p), mark, curve.team)
    line.set_drawstyle("steps-post")
    # Marks where it steps, and not where it begins or the picture ends.
    line.set_markevery(slice(1 if len(x) > 2 else 0, len(x) - 1))
    axes.add_line(line)


def _draw_panels(page: _Page) -> SourcedFigure:
    """A panel a team, with everybody else's steps in grey behind its own."""
    curves, ends = page.curves, page.ends
    columns = _COLUMNS
    rows, wide = ceil(len(curves) / columns), (WIDTH - _LEFT - _GAP * (columns - 1)) / columns
    tall = rows * (_TALL + _TITLE)
    frame = make_frame(page.labels, page.heading, WIDTH, tall + _DATES)
    names = shorten_all(page.names, TINY, [wide - measure(end, TINY) - 0.08 for end in ends])
    first, last = page.days
    for k, curve in enumerate(curves):
        row, column = divmod(k, columns)
        bottom = _DATES + tall - row * (_TALL + _TITLE) - _TITLE - _TALL
        axes = frame.add_axes(_LEFT + column * (wide + _GAP), bottom, wide, _TALL)
        axes.set_xlim(first, last)
        set_percents(axes, 50)
        if column:
            axes.set_yticklabels([])
        axes.set_xticks([])
        if k + columns >= len(curves):
            _write_ends_of_days(axes, first, last)
        _draw_panel(axes, curve, page.marks[k], [other for other in curves if other is not curve], page.today)
        _write_title(axes, names[k], ends[k])
    _name_axis(frame, tall, page.labels)
    return frame.figure


def _name_axis(frame: Frame, tall: float, labels: Labels) -> None:
    middle = (frame.bottom + _DATES + tall / 2) / frame.figure.get_figheight()
    axis = say(labels.lang, "figure.survival_axis")
    frame.figure.text(
        0.2 / frame.figure.get_figwidth(), middle, axis, rotation=90, va="center", color=GREY, fontsize=TINY
    )


def _write_ends_of_days(axes: Axes, first: float, last: float) -> None:
    """The first and the last day only: a panel has no room for more."""
    for x, day, side in ((0, first, "left"), (1, last, "right")):
        text = str(np.datetime64(int(day), "D"))[:7]
        look: dict[str, Any] = {"va": "top", "ha": side, "color": GREY, "xycoords": "axes fraction"}
        write_beside(axes, text, (x, 0), (0, -3), TINY, **look)


def _draw_panel(axes: Axes, curve: Curve, mark: Mark, others: list[Curve], today: float) -> None:
    edge = axes.get_xlim()[1]
    behind = [_as_steps(other, edge) for other in others]
    axes.add_collection(LineCollection(behind, colors=PALE, linewidths=0.5, zorder=1))
    x, (_, low, high) = [*curve.x, edge], curve.percents
    look: dict[str, Any] = {"color": mark.colour, "step": "post", "alpha": 0.2, "linewidth": 0, "zorder": 2}
    axes.fill_between(x, [*low, low[-1]], [*high, high[-1]], **look)
    steps = Line2D(*zip(*_as_steps(curve, edge), strict=True), color=mark.colour, linewidth=1.6, zorder=3)
    steps.set(label=curve.team, clip_on=False)
    axes.add_line(steps)
    if axes.get_xlim()[0] < today < edge:
        axes.axvline(today, color=GREY, linewidth=0.6, zorder=0.5)


def _as_steps(curve: Curve, edge: float) -> list[tuple[float, float]]:
    """The corners of a curve's steps, up to the edge."""
    corners: list[tuple[float, float]] = []
    for x, p in zip(curve.x, curve.percents[0], strict=True):
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, p))
    return [*corners, (edge, corners[-1][1])]


def _write_title(axes: Axes, name: str, end: str) -> None:
    """The team's name and how it ends, on one line above the panel."""
    for x, text, side in ((0, name, "left"), (1, end, "right")):
        write_beside(
            axes, text, (x, 1), (0, 3), TINY, xycoords="axes fraction", va="bottom", ha=side, color=INK
        )
