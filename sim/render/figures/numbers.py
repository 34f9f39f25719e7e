"""The figure of what facts moved: where each uncertain number lies before the facts, and given them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.findings.evidence import MovedNumber, Spread, read_numbers
from sim.render.figures.axes import leave_scale_below, make_mark, write_beside
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.identity import neutral_mark
from sim.render.figures.labels import Labels, one_line
from sim.render.figures.style import GREY, INK, PALE, TINY, WIDTH, ZEBRA, style
from sim.render.figures.texts import measure_widest, shorten_all, wrap
from sim.scenario.names import value_as_told
from sim.stats.percent import within_span
from sim.text import Lang, say

MOST = 20
"""Numbers that are shown; those that facts moved least are counted."""

_ROW, _LANE, _HEAD, _AXIS = 0.32, 0.085, 0.22, 0.26  # inches: a row, its lines from its middle, above, below
_NAME_LIMIT, _APART, _LEAST_SCALE = 1.95, 0.1, 0.6  # inches: names, between columns, the scale
_THIN, _THICK = 1.0, 2.6  # points
_REACH = 0.5
"""Spans before the facts by which the scale goes beyond them at most: what lies farther is an arrow."""


@dataclass(frozen=True)
class _Page:
    """What is drawn: numbers with their names, and their values before and after as they are written."""

    numbers: tuple[MovedNumber, ...]
    names: tuple[str, ...]
    broken: tuple[str, ...]  # names in lines
    texts: tuple[tuple[str, str], ...]
    heads: tuple[str, str]
    ends: tuple[float, float]  # of the scale, in spans before the facts
    widths: tuple[float, float, float]  # inches: names, and both columns of values

    @property
    def scale(self) -> float:
        """The width of the scale, in inches."""
        return max(_LEAST_SCALE, WIDTH - sum(self.widths) - 3 * _APART)


def draw_numbers(table: pd.DataFrame, labels: Labels, facts: int) -> SourcedFigure:
    """Draw a row a number, in table order: hollow and thin before the `facts`, filled and thick given them.

    `table` is that of `sim.findings.evidence.numbers_table`. A number has a scale of its own: all 5-95 %
    ranges before the facts are equally long. Raises ValueError where the table has no number that varies.
    """
    everything = read_numbers(table)
    rows = [i for i, number in enumerate(everything) if number.span > 0]
    if not rows:
        raise ValueError("no uncertain number decides how points come about; nothing to draw")
    shown, lang = rows[:MOST], labels.lang
    names = [one_line(str(name)) for name in table[f"name_{lang}"]]
    with style(labels, names):
        page = _lay_out([everything[i] for i in shown], [names[i] for i in shown], lang)
        finding = _say_finding(page.numbers[0], names[shown[0]], lang)
        notes = [say(lang, "figure.numbers_marks"), say(lang, "figure.numbers_scale")]
        if len(shown) < len(rows):
            notes.append(say(lang, "figure.numbers_left_out", n=len(rows) - len(shown)))
        subtitle = say(lang, "figure.numbers", n=facts)
        heading = Heading(finding, subtitle, tuple(notes), _describe(page, labels), _list_data(page))
        wide, tall = sum(page.widths) + 3 * _APART + page.scale, _ROW * len(shown)
        frame = make_frame(labels, heading, wide, _HEAD + tall + _AXIS)
        axes = frame.add_axes(page.widths[0] + _APART, _AXIS, page.scale, tall)
        _draw(axes, page, lang)
        return frame.figure


def _say_finding(most: MovedNumber, name: str, lang: Lang) -> str:
    if not most.is_moved:
        return say(lang, "figure.numbers_unmoved")
    before, after = (_write_value(most, spread.mean, lang) for spread in (most.before, most.after))
    return say(lang, "figure.numbers_finding", name=name, before=before, after=after)


def _lay_out(numbers: Sequence[MovedNumber], names: Sequence[str], lang: Lang) -> _Page:
    texts = [
        (_write_spread(each, each.before, lang), _write_spread(each, each.after, lang)) for each in numbers
    ]
    heads = (say(lang, "figure.numbers_before"), say(lang, "figure.numbers_after"))
    columns = [measure_widest([*(text[k] for text in texts), heads[k]], TINY) for k in (0, 1)]
    room = WIDTH - sum(columns) - 3 * _APART - _LEAST_SCALE
    broken = _break_names(names, min(_NAME_LIMIT, room))
    places = [_place(each, value) for each in numbers for value in each.after]
    ends = max(-_REACH, min(0.0, *places)) - 0.06, min(1 + _REACH, max(1.0, *places)) + 0.06
    lines = (line for name in broken for line in name.splitlines())
    widths = measure_widest(lines, TINY), columns[0], columns[1]
    return _Page(tuple(numbers), tuple(names), tuple(broken), tuple(texts), heads, ends, widths)


def _break_names(names: Sequence[str], limit: float) -> list[str]:
    """Each name in two lines at most."""
    lines = [wrap(name, TINY, limit) or [""] for name in names]
    seconds = shorten_all([" ".join(rest) for _, *rest in lines], TINY, limit)
    return [
        "\n".join(filter(None, (first, second))) for (first, *_), second in zip(lines, seconds, strict=True)
    ]


def _place(number: MovedNumber, value: float) -> float:
    """Where a value lies on a number's scale: 0 and 1 are its 5 % and 95 % quantiles before the facts."""
    return (value - number.before.q05) / number.span


def _write_value(number: MovedNumber, value: float, lang: Lang) -> str:
    factor, sign = value_as_told(number.unit, lang)
    return f"{within_span(factor * value, factor * number.span)}{sign}"


def _write_spread(number: MovedNumber, spread: Spread, lang: Lang) -> str:
    factor, _ = value_as_told(number.unit, lang)
    low, high = (within_span(factor * end, factor * number.span) for end in (spread.q05, spread.q95))
    return say(lang, "figure.spread", mean=_write_value(number, spread.mean, lang), low=low, high=high)


def _draw(axes: Axes, page: _Page, lang: Lang) -> None:
    count, inch = len(page.numbers), (page.ends[1] - page.ends[0]) / page.scale
    axes.set_xlim(*page.ends)
    axes.set_ylim(count - 0.5, -0.5)
    leave_scale_below(axes)
    axes.set_xticks([0, 1], [say(lang, "figure.numbers_low"), say(lang, "figure.numbers_high")], color=GREY)
    left, right = page.ends[0] - (page.widths[0] + _APART) * inch, page.ends[1] + _APART * inch
    columns = right, right + (page.widths[1] + _APART) * inch
    whole = columns[1] + page.widths[2] * inch - left
    for band in range(0, count, 2):
        axes.add_patch(Rectangle((left, band - 0.5), whole, 1, color=ZEBRA, zorder=0, clip_on=False))
    for quantile in (0, 1):
        axes.axvline(quantile, color=PALE, linewidth=0.7, zorder=0.5)
    for x, head in zip(columns, page.heads, strict=True):
        axes.text(x, -0.5 - 0.08 / _ROW, head, va="bottom", fontsize=TINY, color=GREY)
    for i, (number, name, texts) in enumerate(zip(page.numbers, page.broken, page.texts, strict=True)):
        axes.text(left, i, name, va="center", fontsize=TINY, color=INK, linespacing=1.15)
        for x, text, colour in zip(columns, texts, (GREY, INK), strict=True):
            axes.text(x, i, text, va="center", fontsize=TINY, color=colour)
        _draw_spread(axes, number, number.before, i - _LANE / _ROW, f"before {number.path}", is_after=False)
        _draw_spread(axes, number, number.after, i + _LANE / _ROW, f"after {number.path}", is_after=True)


def _draw_spread(
    axes: Axes, number: MovedNumber, spread: Spread, y: float, label: str, *, is_after: bool
) -> None:
    """A line from 5 to 95 % with a mark at the mean; an arrow at the edge for what lies beyond it."""
    low, high = axes.get_xlim()
    mean, *ends = (_place(number, value) for value in spread)
    start, stop = (min(max(end, low), high) for end in ends)
    width, colour = (_THICK, INK) if is_after else (_THIN, GREY)
    axes.plot(
        [start, stop], [y, y], color=colour, linewidth=width, solid_capstyle="butt", label=f"{label} 5-95 %"
    )
    for is_beyond, edge, arrow in ((ends[0] < low, low, "◂"), (ends[1] > high, high, "▸")):
        if is_beyond:
            write_beside(axes, arrow, (edge, y), (0, 0), TINY, ha="center", va="center", color=colour)
    if low <= mean <= high:
        mark = replace(neutral_mark(0), colour=colour, filled=is_after)
        axes.add_line(make_mark([mean], [y], mark, label))


def _describe(page: _Page, labels: Labels) -> tuple[str, ...]:
    """Each number in words, for those who cannot see the figure."""
    return tuple(
        say_row(labels, name, say(labels.lang, "figure.before_after", before=before, after=after))
        for name, (before, after) in zip(page.names, page.texts, strict=True)
    )


def _list_data(page: _Page) -> pd.DataFrame:
    """The numbers behind the lines."""
    rows = [
        (each.path, name, *each.before, *each.after)
        for each, name in zip(page.numbers, page.names, strict=True)
    ]
    ends = ["mean", "q05", "q95"]
    return pd.DataFrame(
        rows, columns=["path", "name", *(f"before_{e}" for e in ends), *(f"after_{e}" for e in ends)]
    )
