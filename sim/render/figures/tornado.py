"""The figure of a sensitivity analysis: chances at both ends of each uncertain number, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.findings.sensitivity import count_left_out, rank_numbers
from sim.render.figures.axes import leave_scale_below
from sim.render.figures.frame import Frame, Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.labels import Labels
from sim.render.figures.style import GREY, INK, MIDDLE, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.scenario.names import value_text
from sim.stats.percent import margin, share
from sim.text import Lang, say

MOST = 10
"""Bars of a panel."""

_MOST_ALIKE = 2
"""Teams that the title of a panel names beside the one that stands for them."""

_RARE = 0.01
"""Values below which digits behind the point say little to people."""

_ROW, _TITLE, _AXIS, _BETWEEN = 0.23, 0.46, 0.28, 0.1  # inches: a bar, above and below bars, between panels
_NAME_LIMIT, _SHARES, _VALUES = (
    1.75,
    1.05,
    0.42,
)  # inches: names, shares at the right, values beside the marks


@dataclass(frozen=True)
class _Panel:
    """One chance, with the numbers that are drawn, in order."""

    title: str
    rows: pd.DataFrame
    drawn: float  # the chance when all numbers are drawn

    @property
    def height(self) -> float:
        return _TITLE + _ROW * len(self.rows) + _AXIS


def draw_tornado(table: pd.DataFrame, asked: Sequence[tuple[str, str, str]], labels: Labels) -> SourcedFigure:
    """Draw a panel for each chance asked for, as (target, stage, team): one at least.

    `table` is that of `sim.stats.tables`; which chances tell anything `list_shown_chances` knows.
    """
    with style(labels):
        panels, left_out = [], []
        for what, stage, team in asked:
            rows = table[(table.target == what) & (table.stage == stage) & (table.team == team)]
            shown = rank_numbers(rows).head(MOST)
            panels.append(_Panel(_say_title(stage, team, labels), shown, float(rows.drawn.iloc[0])))
            left_out.append(rows.drop(shown.index))
        notes = _list_notes(panels, left_out, labels)
        height = sum(panel.height for panel in panels) + _BETWEEN * (len(panels) - 1)
        told, data = _describe(panels, labels), pd.concat([panel.rows for panel in panels])
        subtitle = say(labels.lang, "figure.tornado")
        heading = Heading(_say_finding(panels[0], labels), subtitle, notes, told, data)
        page = make_frame(labels, heading, WIDTH, height)
        names = [_list_names(panel, labels) for panel in panels]
        left = max(measure_widest(each, SMALL) for each in names) + 0.15
        top, reach = height, max(high - low for low, high in map(_span, panels))
        for panel, each in zip(panels, names, strict=True):
            _draw_panel(page, panel, each, (left, top), reach, labels)
            top -= panel.height + _BETWEEN
        return page.figure


def _say_title(stage: str, team: str, labels: Labels) -> str:
    """What a panel is about: a team, which stands for those that no input tells from it."""
    if not team:
        return say(labels.lang, "figure.tornado_dropped", stage=labels.stage(stage))
    alike = next((group for group in labels.indistinct if team in group), (team,))
    others = [labels.team(each) for each in alike if each != team]
    if not others:
        return say(labels.lang, "figure.tornado_leaves", team=labels.team(team))
    if len(others) > _MOST_ALIKE:
        return say(labels.lang, "figure.tornado_each", n=len(alike), team=labels.team(team))
    return say(labels.lang, "figure.tornado_alike", team=labels.team(team), others=", ".join(others))


def _list_names(panel: _Panel, labels: Labels) -> list[str]:
    names = [str(name) for name in panel.rows[f"name_{labels.lang}"]]
    told = [f"{name} *" if guess else name for name, guess in zip(names, panel.rows.guess, strict=True)]
    return shorten_all(told, SMALL, _NAME_LIMIT)


def _say_finding(panel: _Panel, labels: Labels) -> str:
    first = panel.rows.iloc[0]
    return say(
        labels.lang,
        "figure.tornado_finding",
        target=panel.title,
        name=first[f"name_{labels.lang}"],
        **_ends(first, labels.lang),
    )


def _list_notes(
    panels: Sequence[_Panel], left_out: Sequence[pd.DataFrame], labels: Labels
) -> tuple[str, ...]:
    """Two lines: what marks and shares mean; and of guesses, dice and what is not shown."""
    lang, shown, others = labels.lang, pd.concat([panel.rows for panel in panels]), pd.concat(left_out)
    more = [say(lang, "figure.tornado_dice", points=margin(float(shown.dice.max())))]
    if shown.guess.any():
        more.insert(0, say(lang, "figure.tornado_guess"))
    rest = count_left_out(others[~others.factor.isin(shown.factor)])
    if number := sum(each.number for each in rest):
        most = max(1, round(100 * max(each.at_most for each in rest)))
        more.append(say(lang, "figure.tornado_smaller", n=number, share=most))
    return say(lang, "figure.tornado_ends"), " · ".join(more)


def _describe(panels: Sequence[_Panel], labels: Labels) -> tuple[str, ...]:
    """Each bar in words."""
    rows = []
    for panel in panels:
        rows.append(panel.title)
        for _, row in panel.rows.iterrows():
            told = say(labels.lang, "figure.tornado_row", **_ends(row, labels.lang))
            rows.append(say_row(labels, str(row[f"name_{labels.lang}"]), told))
    return tuple(rows)


def _ends(row: pd.Series, lang: Lang) -> dict[str, str]:
    """Both ends of a number, and the chance there."""
    return {
        "first": _percent(row.at_low),
        "last": _percent(row.at_high),
        "low": _write_value(row.low, row.unit, lang),
        "high": _write_value(row.high, row.unit, lang),
    }


def _write_value(value: float, unit: str, lang: Lang) -> str:
    """A value as people write it: a rare thing as one in so many."""
    told = value_text(value, unit, lang)
    if not 0 < value < _RARE or not told[-1:].isdigit():
        return told
    return say(lang, "figure.one_in", n=float(f"{1 / value:.2g}"))


def _draw_panel(
    page: Frame, panel: _Panel, names: Sequence[str], place: tuple[float, float], reach: float, labels: Labels
) -> None:
    """Left and top of a panel are its `place`, in inches; `reach` points are as wide in all panels."""
    (left, top), count = place, len(panel.rows)
    wide = WIDTH - left - _SHARES
    axes = page.add_axes(left, top - panel.height + _AXIS, wide, _ROW * count)
    axes.set_ylim(count - 0.5, -0.5)
    at = 100 * panel.drawn
    low, high = _span(panel)
    # An inch is as many points in every panel, so that bars can be compared across them.
    low, high = (low + high - reach) / 2, (low + high + reach) / 2
    room = reach * _VALUES / (wide - 2 * _VALUES)
    axes.set_xlim(low - room, high + room)
    _set_scale(axes, labels.lang)
    axes.axvline(at, color=GREY, linewidth=0.8, zorder=1)
    below, right = low - room, high + room
    inch = (right - below) / wide
    head = -0.5 - 0.1 / _ROW
    total = say(labels.lang, "figure.tornado_total")
    # Measured as plain text, which is narrower than bold by less than a tenth.
    (title,) = shorten_all([panel.title], MIDDLE, 0.9 * WIDTH)
    above = head - 0.17 / _ROW
    axes.text(below - left * inch, above, title, va="bottom", fontsize=MIDDLE, fontweight="bold")
    axes.text(right + 0.08 * inch, head, total, va="bottom", fontsize=TINY, color=GREY)
    mean = say(labels.lang, "figure.tornado_mean", p=_percent(panel.drawn))
    axes.text(at, head, mean, va="bottom", ha="center", fontsize=TINY)
    for y, ((_, row), name) in enumerate(zip(panel.rows.iterrows(), names, strict=True)):
        axes.text(below - left * inch, y, name, va="center", fontsize=SMALL, color=INK)
        _draw_bar(axes, y, row, 0.07 * inch, labels.lang)
        axes.text(
            right + 0.08 * inch, y, _tell_total(row, labels.lang), va="center", fontsize=SMALL, color=INK
        )


def _tell_total(row: pd.Series, lang: Lang) -> str:
    """A total share with its interval."""
    told, _, interval = share(row.total, row.total_low, row.total_high).partition(" ")
    return f"{say(lang, 'figure.percent', p=told)} {interval}".strip().replace("-", "–")


def _span(panel: _Panel) -> tuple[float, float]:
    """The chances that the scale must hold, in percent; at least four points."""
    ends = [100 * panel.drawn, *(100 * panel.rows.at_low), *(100 * panel.rows.at_high)]
    low, high = min(ends), max(ends)
    slack = max(0.0, 4.0 - (high - low)) / 2
    return low - slack, high + slack


def _set_scale(axes: Axes, lang: Lang) -> None:
    leave_scale_below(axes)
    axes.grid(axis="x", color=PALE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 5, 10], integer=True))
    axes.xaxis.set_major_formatter(
        lambda value, _: say(lang, "figure.percent", p=f"{value:g}") if 0 <= value <= 100 else ""
    )


def _draw_bar(axes: Axes, y: int, row: pd.Series, gap: float, lang: Lang) -> None:
    """From the chance at the low end of a number to that at its high end, their values beside the marks."""
    low, high = 100 * row.at_low, 100 * row.at_high
    axes.hlines(y, *sorted((low, high)), color=INK, linewidth=5, alpha=0.25, zorder=2)
    for x, face in ((low, "white"), (high, INK)):
        point = Line2D([x], [y], color=INK, linewidth=0, zorder=3)
        point.set(marker="o", markerfacecolor=face, markersize=4.5)
        axes.add_line(point)
    values = _write_value(row.low, row.unit, lang), _write_value(row.high, row.unit, lang)
    sides = ("right", "left") if low <= high else ("left", "right")
    for x, side, value in zip((low, high), sides, values, strict=True):
        away = -gap if side == "right" else gap
        axes.text(x + away, y, value, ha=side, va="center_baseline", fontsize=TINY, color=GREY)


def _percent(chance: float) -> str:
    return f"{floor(100 * chance + 0.5)}"
