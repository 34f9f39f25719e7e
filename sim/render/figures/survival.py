"""The figure of the chance of still being in, stage after stage."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from sim.findings.cells import CellFacts, estimate_final, find_cell_facts
from sim.render.figures.axes import (
    HEIGHT,
    LEADER,
    NAME_LIMIT,
    SWATCH,
    Curve,
    draw_curve,
    name_ends,
    set_percents,
    write_beside,
)
from sim.render.figures.folded import FigureRow, figure_rows, format_span
from sim.render.figures.frame import Heading, make_frame
from sim.render.figures.labels import (
    Labels,
    describe_error,
    describe_known,
    describe_standing,
    format_percent,
)
from sim.render.figures.style import BLUE, GREY, INK, MARKS, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure, measure_widest, shorten_all
from sim.text import say

_LEFT, _PITCH = 0.5, 0.32  # inches: the axis at the left, the least room of a stage
_STAGE_LIMIT = 1.2  # inches
_APART = 0.055  # inches between the marks of two teams with the same chance
_COLUMNS = 4  # of panels
_GAP, _TALL, _TITLE, _BELOW = 0.18, 0.75, 0.3, 0.25  # inches: between panels, a panel, above and below it


def draw_survival(chances: pd.DataFrame, labels: Labels) -> Figure:
    """Draw each team's chance of still being in, before the first stage and after each, in file order.

    `chances` holds a row of chance "kept" for each team and stage (columns: stage, team, chance, count, of,
    p, low, high; chances in 0..1). A team starts at 100 % unless rows "not_entered" say that it may come
    later: then its curve begins at the first stage by which it was in, in some run. Pale bands are the
    intervals. Up to eight teams share one picture; more get a panel each.

    Raises ValueError if columns or rows are missing or contradict each other, or a name is missing;
    RuntimeError if Korean is needed and there is no font for it.
    """
    found = find_cell_facts(chances, "kept", labels.known)
    if labels.is_over:
        left = int((found.cells.p[:, -1] > 0.5).sum())
        told = describe_known(left, len(found.cells.teams), labels)
        return _draw(found, Heading(say(labels.lang, "figure.stayed"), told, ()), labels)
    keys = ("figure.stays_most", "figure.stays_least", "figure.stays_most_least")
    final = estimate_final(found.cells)
    finding = describe_standing(final, found.compared, labels, keys)
    heading = Heading(say(labels.lang, "figure.survival"), finding, describe_error(found, labels))
    return _draw(found, heading, labels)


def _draw(found: CellFacts, heading: Heading, labels: Labels) -> Figure:
    curves = [_make_curve(found, i) for i in range(len(found.cells.teams))]
    ends = [_format_end(found, i, curve, labels) for i, curve in enumerate(curves)]
    final = estimate_final(found.cells)
    rows = figure_rows(found.cells.teams, {team: -one.p for team, one in final.items()}, labels)
    page = _Page(
        found.cells.stages,
        [_pool_curves([curves[i] for i in row.at]) for row in rows],
        [_pool_ends(row, curves, ends, labels) for row in rows],
        [row.short for row in rows],
        heading,
        labels,
    )
    curves = page.curves
    with style(labels):
        return _draw_lines(page) if len(curves) <= len(MARKS) else _draw_panels(page)


@dataclass(frozen=True)
class _Page:
    """What is drawn: a curve a team or some of them, and what is printed at its end."""

    stages: tuple[str, ...]
    curves: list[Curve]
    ends: list[str]
    names: list[str]  # whole
    heading: Heading
    labels: Labels


def _make_curve(found: CellFacts, i: int) -> Curve:
    """Points from the start, or from where a late entrant was in; x is k after the k-th stage."""
    made = found.cells
    at = [j for j in range(len(made.stages)) if not found.waiting[i, j] and not np.isnan(made.p[i, j])]
    x: tuple[float, ...] = tuple(j + 1 for j in at)
    p, low, high = (tuple(float(cell[i, j]) for j in at) for cell in (made.p, made.low, made.high))
    if not found.late[i]:
        x, p, low, high = (0, *x), (1.0, *p), (1.0, *low), (1.0, *high)
    return Curve(made.teams[i], x, p, low, high)


def _format_end(found: CellFacts, i: int, curve: Curve, labels: Labels) -> str:
    """What is printed at a curve's end: a percent, or what is known."""
    if not curve.x:
        return say(labels.lang, "figure.never_in")
    if found.out[i]:
        return say(labels.lang, "figure.out")
    if found.known[i, -1]:
        return say(labels.lang, "figure.still_in")
    return format_percent(*curve.at(-1), labels.lang)


def _pool_curves(curves: list[Curve]) -> Curve:
    """The mean of several curves, at each stage of those that are in by then."""
    if len(curves) == 1:
        return curves[0]
    x = sorted({at for curve in curves for at in curve.x})
    p, low, high = (tuple(_mean_at(curves, at, ends) for at in x) for ends in ("p", "low", "high"))
    return Curve(curves[0].team, tuple(x), p, low, high)


def _mean_at(curves: list[Curve], x: float, ends: str) -> float:
    found = [getattr(curve, ends)[curve.x.index(x)] for curve in curves if x in curve.x]
    return float(sum(found) / len(found))


def _pool_ends(row: FigureRow, curves: list[Curve], ends: list[str], labels: Labels) -> str:
    """What is printed at the end of a row: for several teams the mean, or from the least to the greatest."""
    if row.kind == "one":
        return ends[row.at[0]]
    last = [curves[i].p[-1] for i in row.at if curves[i].x]
    if not last:
        return ends[row.at[0]]
    if row.kind == "rest":
        seen = [i for i in row.at if curves[i].x]
        return format_span([ends[i] for i in seen], labels, last)
    told = format_percent(*_pool_curves([curves[i] for i in row.at]).at(-1), labels.lang)
    if not row.is_group:
        return told
    return say(labels.lang, "figure.group_end", p=told, stay=f"{sum(last):.1f}", teams=len(row.at))


def _draw_lines(page: _Page) -> Figure:
    """All teams in one picture. Curves stand a hair apart sideways, so that equal ones are all seen."""
    curves, stages = page.curves, page.stages
    shown = shorten_all(page.names, SMALL, NAME_LIMIT)
    names = [f"{name}  {end}" for name, end in zip(shown, page.ends, strict=True)]
    right = LEADER + SWATCH + measure_widest(names, SMALL)
    wide = max(WIDTH - _LEFT - right, _PITCH * (len(stages) + 0.5))
    pitch = wide / (len(stages) + 0.5)
    along = _name_stages(stages, page.labels)
    below = _measure_stages(along, pitch)
    frame = make_frame(page.labels, page.heading, _LEFT + wide + right, HEIGHT + below + 0.15)
    axes = frame.add_axes(_LEFT, below, wide, HEIGHT)
    axes.set_xlim(-0.25, len(stages) + 0.25)
    set_percents(axes, 20)
    _set_stages(axes, along, pitch)
    axes.set_ylabel(say(page.labels.lang, "figure.survival_axis"), color=GREY)
    # All together at most half the way to the next stage, or it would not be seen whose marks they are.
    step = min(_APART, 0.5 * pitch / len(curves)) / pitch
    shifts = [(k - (len(curves) - 1) / 2) * step for k in range(len(curves))]
    for curve, mark, shift in zip(curves, MARKS, shifts, strict=False):
        draw_curve(axes, curve, mark, shift)
    name_ends(axes, curves, names, shifts, pitch)
    return frame.figure


def _draw_panels(page: _Page) -> Figure:
    """A panel a team, with everybody else's curves in grey behind its own."""
    curves, ends = page.curves, page.ends
    rows, wide = ceil(len(curves) / _COLUMNS), (WIDTH - _LEFT - _GAP * (_COLUMNS - 1)) / _COLUMNS
    tall = rows * (_TALL + _TITLE)
    frame = make_frame(page.labels, page.heading, WIDTH, tall + _BELOW)
    along = _name_stages(page.stages, page.labels)
    names = shorten_all(page.names, SMALL, [wide - measure(end, SMALL) - 0.08 for end in ends])
    for k, curve in enumerate(curves):
        row, column = divmod(k, _COLUMNS)
        bottom = _BELOW + tall - row * (_TALL + _TITLE) - _TITLE - _TALL
        axes = frame.add_axes(_LEFT + column * (wide + _GAP), bottom, wide, _TALL)
        axes.set_xlim(0, len(page.stages))
        set_percents(axes, 50)
        if column:
            axes.set_yticklabels([])
        _name_first_and_last(axes, along if k + _COLUMNS >= len(curves) else [], wide)
        _draw_panel(axes, curve, [other for other in curves if other is not curve])
        _write_title(axes, names[k], ends[k])
    middle = (frame.bottom + _BELOW + tall / 2) / frame.figure.get_figheight()
    axis = say(page.labels.lang, "figure.survival_axis")
    frame.figure.text(0.2 / frame.figure.get_figwidth(), middle, axis, rotation=90, va="center", color=GREY)
    return frame.figure


def _name_first_and_last(axes: Axes, names: list[str], wide: float) -> None:
    """The first and the last stage only: a panel has no room for more."""
    axes.set_xticks([])
    if not names:
        return
    first, (last,) = names[0], shorten_all(names[-1:], TINY, wide - measure(names[0], TINY) - 0.1)
    for x, name, side in ((0, first, "left"), (1, last, "right")):
        write_beside(
            axes, name, (x, 0), (0, -3), TINY, xycoords="axes fraction", va="top", ha=side, color=GREY
        )


def _draw_panel(axes: Axes, curve: Curve, others: list[Curve]) -> None:
    behind = [list(zip(other.x, other.percents[0], strict=True)) for other in others]
    axes.add_collection(LineCollection(behind, colors=PALE, linewidths=0.5, zorder=1))
    x, (p, low, high) = list(curve.x), curve.percents
    axes.fill_between(x, low, high, color=BLUE, alpha=0.2, linewidth=0, zorder=2)
    axes.plot(x, p, color=BLUE, linewidth=1.6, label=curve.team, clip_on=False, zorder=3)
    if x:
        axes.plot(x[-1:], p[-1:], "o", color=BLUE, markersize=3.5, label="_end", clip_on=False, zorder=3)


def _write_title(axes: Axes, name: str, end: str) -> None:
    """The team's name and how it ends, on one line above the panel."""
    for x, text, side in ((0, name, "left"), (1, end, "right")):
        write_beside(
            axes, text, (x, 1), (0, 3), SMALL, xycoords="axes fraction", va="bottom", ha=side, color=INK
        )


def _name_stages(stages: tuple[str, ...], labels: Labels) -> list[str]:
    """Return the names along an axis of stages: the start, then each stage."""
    names = [say(labels.lang, "figure.start"), *(labels.stage(stage) for stage in stages)]
    return shorten_all(names, TINY, _STAGE_LIMIT)


def _set_stages(axes: Axes, names: list[str], pitch: float) -> None:
    """Write the names along the axis, slanted if they are wider than their pitch in inches."""
    slanted: dict[str, Any] = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
    turned = {} if _is_level(names, pitch) else slanted
    axes.set_xticks(range(len(names)), names, color=GREY, fontsize=TINY, **turned)


def _measure_stages(names: list[str], pitch: float) -> float:
    """Return the height in inches that the names need when they stand `pitch` inches apart."""
    return 0.24 if _is_level(names, pitch) else 0.72 * measure_widest(names, TINY) + 0.2


def _is_level(names: list[str], pitch: float) -> bool:
    return measure_widest(names, TINY) < pitch - 0.06
