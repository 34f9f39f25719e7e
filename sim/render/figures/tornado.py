"""The figure of a sensitivity analysis: chances at both ends of each uncertain number, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.render.figures.frame import Frame, Heading, frame
from sim.render.figures.labels import Labels
from sim.render.figures.measure import shorten, widest
from sim.render.figures.style import BLUE, GREY, INK, MIDDLE, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.words import words
from sim.scenario.input_names import value_text
from sim.stats.intervals import wilson
from sim.stats.percent import margin, share
from sim.stats.sobol import TOLD_FROM

MOST = 10
"""Bars of a panel."""

_ROW, _TITLE, _AXIS, _BETWEEN = (
    0.21,
    0.34,
    0.3,
    0.16,
)  # inches: a bar, above and below the bars, between panels
_NAME_LIMIT, _SHARES, _VALUES = 2.35, 1.0, 0.5  # inches: names, shares at the right, values beside the marks


@dataclass(frozen=True)
class _Panel:
    """One chance, with the numbers that are drawn, in order."""

    title: str
    rows: pd.DataFrame
    drawn: float  # the chance when all numbers are drawn

    @property
    def height(self) -> float:
        return _TITLE + _ROW * len(self.rows) + _AXIS


def tornado(table: pd.DataFrame, asked: Sequence[tuple[str, str, str]], labels: Labels) -> Figure:
    """A panel for each chance that is asked for, as (target, stage, team), if its variance is told from 0.

    `table` has the columns of `sim.runs.sensitivity_store.table`. There must be one such chance at least.
    """
    said = words(labels.lang)
    with style(labels):
        panels, left_out = [], []
        for what, stage, team in asked:
            rows = table[(table.target == what) & (table.stage == stage) & (table.team == team)]
            if rows.told.any():
                shown = _shown(rows)
                title = said.tornado_leaves.format(labels.team(team)) if team else ""
                title = title or said.tornado_dropped.format(labels.stage(stage))
                panels.append(_Panel(title, shown, float(rows.drawn.iloc[0])))
                left_out.append(rows.drop(shown.index))
        notes = _notes(panels, left_out, labels)
        height = sum(panel.height for panel in panels) + _BETWEEN * (len(panels) - 1)
        page = frame(labels, Heading(said.tornado, _finding(panels, labels), notes), WIDTH, height)
        names = [_names(panel, labels) for panel in panels]
        left = max(widest(each, SMALL) for each in names) + 0.15
        top, reach = height, max(high - low for low, high in map(_span, panels))
        for panel, told in zip(panels, names, strict=True):
            _draw(page, panel, told, (left, top), reach, labels)
            top -= panel.height + _BETWEEN
        return page.figure


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """The numbers whose share can be told from 0, largest first, or else the largest alone."""
    ordered = rows.sort_values("total", ascending=False, kind="stable")
    telling = ordered[ordered.total_low >= TOLD_FROM]
    return (telling if len(telling) else ordered).head(MOST if len(telling) else 1)


def _names(panel: _Panel, labels: Labels) -> list[str]:
    told = (
        f"{name} *" if guess else str(name)
        for name, guess in zip(panel.rows[f"name_{labels.lang}"], panel.rows.guess, strict=True)
    )
    return [shorten(name, SMALL, _NAME_LIMIT) for name in told]


def _finding(panels: Sequence[_Panel], labels: Labels) -> str:
    said = words(labels.lang)
    first = panels[0].rows.iloc[0]
    return said.tornado_finding.format(
        target=panels[0].title,
        name=first[f"name_{labels.lang}"],
        first=_percent(first.at_low),
        last=_percent(first.at_high),
        low=value_text(first.low, first.unit),
        high=value_text(first.high, first.unit),
    )


def _notes(panels: Sequence[_Panel], left_out: Sequence[pd.DataFrame], labels: Labels) -> tuple[str, ...]:
    said = words(labels.lang)
    shown = pd.concat([panel.rows for panel in panels])
    others = pd.concat(left_out)
    others = others[~others.factor.isin(shown.factor)]
    notes = [said.tornado_ends, said.tornado_share]
    if shown.guess.any():
        notes.append(said.tornado_guess)
    told = others.factor.isin(others[others.total_low >= TOLD_FROM].factor)
    for word, rest in ((said.tornado_more_told, others[told]), (said.tornado_more, others[~told])):
        if len(rest):
            most = max(1, round(100 * min(1.0, rest.total_high.max())))
            notes.append(word.format(n=rest.factor.nunique(), share=most))
    runs = int(shown.of.iloc[0])
    ends = [wilson(round(p * runs), runs) for p in (*shown.at_low, *shown.at_high)]
    notes.append(said.tornado_dice.format(margin(max(float(high - low) / 2 for low, high in ends))))
    return tuple(notes)


def _draw(
    page: Frame, panel: _Panel, names: Sequence[str], place: tuple[float, float], reach: float, labels: Labels
) -> None:
    """Left and top of a panel are its `place`, in inches; `reach` points are as wide in all panels."""
    said = words(labels.lang)
    (left, top), count = place, len(panel.rows)
    wide = WIDTH - left - _SHARES
    axes = page.axes(left, top - panel.height + _AXIS, wide, _ROW * count)
    axes.set_ylim(count - 0.5, -0.5)
    at = 100 * panel.drawn
    low, high = _span(panel)
    low, high = (low + high - reach) / 2, (low + high + reach) / 2
    room = reach * _VALUES / (wide - 2 * _VALUES)
    axes.set_xlim(low - room, high + room)
    _plain(axes)
    axes.axvline(at, color=GREY, linewidth=0.8, zorder=1)
    below, right = low - room, high + room
    inch = (right - below) / wide
    head = -0.5 - 0.1 / _ROW
    axes.text(below - left * inch, head, panel.title, va="bottom", fontsize=MIDDLE, fontweight="bold")
    axes.text(right + 0.08 * inch, head, said.tornado_total, va="bottom", fontsize=TINY, color=GREY)
    axes.text(
        at, head, said.tornado_mean.format(_percent(panel.drawn)), va="bottom", ha="center", fontsize=TINY
    )
    for y, ((_, row), name) in enumerate(zip(panel.rows.iterrows(), names, strict=True)):
        axes.text(below - left * inch, y, name, va="center", fontsize=SMALL, color=INK)
        _bar(axes, y, row, 0.07 * inch)
        told = share(row.total, row.total_low, row.total_high)
        at_share, _, interval = told.partition(" ")
        text = f"{at_share} % {interval}".strip().replace("-", "–")
        axes.text(right + 0.08 * inch, y, text, va="center", fontsize=SMALL, color=INK)


def _span(panel: _Panel) -> tuple[float, float]:
    """The chances that the scale must hold, in percent; at least four points."""
    ends = [100 * panel.drawn, *(100 * panel.rows.at_low), *(100 * panel.rows.at_high)]
    low, high = min(ends), max(ends)
    slack = max(0.0, 4.0 - (high - low)) / 2
    return low - slack, high + slack


def _plain(axes: Axes) -> None:
    axes.set_yticks([])
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_color(PALE)
    axes.grid(axis="x", color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.tick_params(colors=GREY, labelsize=TINY, length=2)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} %" if 0 <= value <= 100 else "")


def _bar(axes: Axes, y: int, row: pd.Series, gap: float) -> None:
    """From the chance at the low end of a number to that at its high end, their values beside the marks."""
    low, high = 100 * row.at_low, 100 * row.at_high
    axes.hlines(y, *sorted((low, high)), color=BLUE, linewidth=5, alpha=0.3, zorder=2)
    for x, face in ((low, "white"), (high, BLUE)):
        axes.add_line(
            Line2D(
                [x], [y], marker="o", color=BLUE, markerfacecolor=face, markersize=4.5, linewidth=0, zorder=3
            )
        )
    values = value_text(row.low, row.unit), value_text(row.high, row.unit)
    sides = ("right", "left") if low <= high else ("left", "right")
    for x, side, value in zip((low, high), sides, values, strict=True):
        away = -gap if side == "right" else gap
        axes.text(x + away, y, value, ha=side, va="center_baseline", fontsize=TINY, color=GREY)


def _percent(chance: float) -> str:
    return f"{floor(100 * chance + 0.5)}"
