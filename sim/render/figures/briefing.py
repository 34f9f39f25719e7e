"""The one figure for a briefing or an article: who leaves at the stage ahead, under each option."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from sim.render.figures.axes import (
    AXIS,
    MARK,
    RIGHT,
    add_chance_axes,
    draw_key,
    draw_range,
    lay_out_key,
    make_mark,
    write_beside,
    write_row_name,
)
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.identity import Mark, neutral_mark
from sim.render.figures.labels import Labels, format_percent, one_line
from sim.render.figures.options import NUMBERS, Board, read_board
from sim.render.figures.style import GREY, INK, MIDDLE, SMALL, TINY, WIDTH, ZEBRA, style
from sim.render.figures.texts import measure, measure_widest, shorten_all, wrap
from sim.text import say

_LANE, _GAP, _TOP = 0.19, 0.18, 0.2  # inches: a mark's lane, between teams, above the first
_BAR, _THIN = 0.125, 0.045  # inches: the range of the default option, and of the others
_NAME_LIMIT, _OPTION_LIMIT, _KEY_LIMIT = 1.4, 1.1, 4.1  # inches
_LEADING, _APART = 1.3, 6.0  # line height over font size; points from a mark to its text


def draw_briefing(table: pd.DataFrame, labels: Labels, title: str, equal: float | None) -> SourcedFigure:
    """Draw the chance of leaving at the stage ahead, a row a team in table order, a mark an option.

    `table` has a row for each team and option: `team`, `team_en`, `team_ko`; `option`, `option_en`,
    `option_ko`, `default` (true for one option); `p`, `low`, `high` (the chance and its 95 % sampling
    interval, 0..1), `certain` ("" or, where the rules decide, "0" or "1": then no number is read), and
    `range_low`, `range_high` (least and greatest over the assumptions, NaN without), and of a forecast
    `without` (the chance without facts, a hollow mark beside the default option's). `title` is the
    headline in words, `equal` the chance under the default option if nothing told the teams apart, 0..1.

    Raises ValueError if the table breaks any of that, or has more than 12 teams or 5 options; RuntimeError
    if Korean is needed and there is no font for it.
    """
    made, headline = read_board(table, labels.lang), one_line(title)
    with style(labels, (headline, *made.names, *made.others, *made.said)):
        return _draw(_Page(made, labels, _break_names(made), equal), headline)


@dataclass(frozen=True)
class _Page:
    """What is drawn; `names` are each team's lines in the figure's language and in the other."""

    made: Board
    labels: Labels
    names: list[tuple[list[str], list[str]]]
    equal: float | None

    @property
    def left(self) -> float:
        """The room for names, in inches."""
        wide = ((measure_widest(name, MIDDLE), measure_widest(other, TINY)) for name, other in self.names)
        return max(map(max, wide)) + 0.15

    @property
    def row(self) -> float:
        """The height of a team's row, in inches."""
        tallest = max(len(name) * MIDDLE + len(other) * TINY for name, other in self.names)
        return max(_LANE * len(self.made.options), tallest * _LEADING / 72) + _GAP

    @property
    def is_keyed(self) -> bool:
        """Whether the options' names are too long to stand beside their marks."""
        return measure_widest(self.made.said, SMALL) > _OPTION_LIMIT

    def hidden(self) -> float:
        """The width of a mark in points of percent: a line that it hides is not drawn."""
        return 100 * MARK / 72 / (WIDTH - self.left - RIGHT)

    def mark(self, j: int) -> Mark:
        """A filled dot for the default option, hollow shapes for the others."""
        if j == self.made.default:
            return neutral_mark(0)
        return replace(neutral_mark(1 + j - (j > self.made.default)), filled=False)

    def mark_of(self, i: int, j: int) -> Mark:
        """The shape of the option in the colour of the team."""
        return self.mark(j).in_colour(self.labels.mark(self.made.teams[i]).colour)

    def text(self, i: int, j: int) -> str:
        """What is printed for a chance."""
        if self.made.certain[i][j]:
            stays = self.made.certain[i][j] == "0"
            return say(self.labels.lang, "figure.stays" if stays else "figure.goes")
        p, low, high = (float(cell[i, j]) for cell in (self.made.p, self.made.low, self.made.high))
        return format_percent(p, low, high, self.labels.lang)

    def named(self, i: int, j: int) -> str:
        """What stands beside a mark: with the option's name at its first mark, and at words."""
        first = next((k for k, row in enumerate(self.made.certain) if not row[j]), None)
        if (i == first and not self.is_keyed) or self.made.certain[i][j]:
            return self.text_of_option(i, j)
        return self.text(i, j)

    def text_of_option(self, i: int, j: int) -> str:
        """The same with the option's name."""
        option = self.made.said[j]
        return say(self.labels.lang, "figure.if_option", option=option, p=self.text(i, j))


def _break_names(made: Board) -> list[tuple[list[str], list[str]]]:
    others = [other if other != name else "" for name, other in zip(made.names, made.others, strict=True)]
    return list(zip(_break_all(made.names, MIDDLE), _break_all(others, TINY), strict=True))


def _break_all(names: Sequence[str], size: float) -> list[list[str]]:
    """Each name in at most two lines; none if it is empty."""
    broken = [wrap(name, size, _NAME_LIMIT) or [""] for name in names]
    seconds = shorten_all([" ".join(more) for _, *more in broken], size, _NAME_LIMIT)
    return [
        [line for line in (first, second) if line]
        for (first, *_), second in zip(broken, seconds, strict=True)
    ]


def _draw(page: _Page, headline: str) -> SourcedFigure:
    made, labels = page.made, page.labels
    said = shorten_all(made.said, SMALL, _KEY_LIMIT)
    key = [make_mark([], [], page.mark(j), option) for j, option in enumerate(said)]
    columns, height = lay_out_key(key, WIDTH)
    above = height if page.is_keyed else 0.0
    top, tall = _TOP if page.equal is not None else 0.0, page.row * len(made.teams)
    subtitle = say(labels.lang, "figure.briefing")
    heading = Heading(headline, subtitle, (labels.out, _explain(page)), _describe(page), _list_data(page))
    drawn = make_frame(labels, heading, WIDTH, AXIS + tall + top + above)
    axes = add_chance_axes(drawn, page.left, tall, len(made.teams), labels)
    axes.set_xlabel(say(labels.lang, "figure.ahead_axis"), color=GREY)
    if page.is_keyed:
        draw_key(axes, key, columns, (-page.left, top))
    if page.equal is not None:
        _draw_equal(axes, page, page.equal)
    for i in range(len(made.teams)):
        _draw_team(axes, page, i)
    return drawn.figure


def _draw_team(axes: Axes, page: _Page, i: int) -> None:
    _write_name(axes, page, i)
    if made_sure := page.made.settled(i):
        _write_sure(axes, i, i, made_sure, page.text(i, 0))
        return
    middle = (len(page.made.options) - 1) / 2
    for j in range(len(page.made.options)):
        y = i + (j - middle) * _LANE / page.row
        if sure := page.made.certain[i][j]:
            _write_sure(axes, i, y, sure, page.named(i, j))
        else:
            _draw_chance(axes, page, i, j, y)


def _write_name(axes: Axes, page: _Page, i: int) -> None:
    name, other = page.names[i]
    rise = (len(name) * MIDDLE + len(other) * TINY) * _LEADING / 2
    for line, size, colour in [*((n, MIDDLE, INK) for n in name), *((o, TINY, GREY) for o in other)]:
        rise -= size * _LEADING / 2
        write_row_name(axes, i, line, page.left, rise, size, colour)
        rise -= size * _LEADING / 2


def _write_sure(axes: Axes, i: int, y: float, certain: str, text: str) -> None:
    """Words instead of a mark, at the end of the scale where it would stand."""
    x, shift, side = (0.0, _APART, "left") if certain == "0" else (100.0, -_APART, "right")
    _write(axes, i, (x, y), shift, text, ha=side, color=GREY)


def _draw_chance(axes: Axes, page: _Page, i: int, j: int, y: float) -> None:
    made, chosen = page.made, j == page.made.default
    cells = (made.p, made.low, made.high, made.range_low, made.range_high)
    p, low, high, least, most = (100 * float(cell[i, j]) for cell in cells)
    if not np.isnan(least):
        height = (_BAR if chosen else _THIN) / page.row
        draw_range(axes, y, least, most, height, f"range {made.options[j]}")
    inner = (p, p)
    if high - low > page.hidden():
        error = axes.errorbar(p, y, xerr=[[p - low], [high - p]], color=INK, lw=1, capsize=2.5, zorder=2)
        error.set_label(f"interval {made.options[j]}")
        inner = (low, high)
    axes.add_line(make_mark([p], [y], page.mark_of(i, j), made.options[j]))
    outer = float(np.nanmin((least, *inner))), float(np.nanmax((most, *inner)))
    if made.without is not None and chosen:
        before = 100 * float(made.without[i, j])
        hollow = replace(page.mark_of(i, j), filled=False)
        axes.add_line(make_mark([before], [y], hollow, f"without {made.options[j]}"))
        outer = min(outer[0], before), max(outer[1], before)
    x, side = _place_text(page, inner, outer, page.named(i, j), chosen)
    shift = _APART if side == "left" else -_APART
    weight = "bold" if chosen else "normal"
    _write(axes, i, (x, y), shift, page.named(i, j), ha=side, color=INK, fontweight=weight)


def _place_text(
    page: _Page, inner: tuple[float, float], outer: tuple[float, float], text: str, bold: bool
) -> tuple[float, str]:
    """Where a text begins or ends: right of the range, else left of it, else on it, beside the mark.

    `inner` and `outer` are the ends of the mark with its interval and of these with the range.
    """
    inch = 100 / (WIDTH - page.left - RIGHT)
    need = (measure(text, SMALL, bold) + _APART / 72) * inch
    if outer[1] + need <= 100 + RIGHT * inch:
        return outer[1], "left"
    if outer[0] - need >= 0:
        return outer[0], "right"
    return (inner[1], "left") if sum(inner) < 100 else (inner[0], "right")


def _write(axes: Axes, i: int, at: tuple[float, float], shift: float, text: str, **look: Any) -> None:
    # Haloed, for the lines of the scale pass behind it.
    halo = withStroke(linewidth=6, foreground="white" if i % 2 else ZEBRA)
    write_beside(axes, text, at, (shift, 0), SMALL, va="center", path_effects=[halo], zorder=4, **look)


def _draw_equal(axes: Axes, page: _Page, equal: float) -> None:
    """The line of equal chances, and its name above; with several options it holds under the default."""
    lang, made = page.labels.lang, page.made
    text = say(lang, "figure.equal")
    if len(made.options) > 1:
        option = say(lang, "figure.default_mark") if page.is_keyed else made.said[made.default]
        text = say(lang, "figure.equal_if", option=option)
    x = 100 * equal
    axes.add_line(
        Line2D([x, x], [0, 1], transform=axes.get_xaxis_transform(), color=GREY, lw=1, label="equal")
    )
    half = measure(text, TINY) / 2
    scale = WIDTH - page.left - RIGHT
    centre = min(max(equal * scale, half - page.left), scale + RIGHT - half)
    above = (centre / scale, 1)
    write_beside(axes, text, above, (0, 3), TINY, xycoords="axes fraction", ha="center", color=GREY)


def _explain(page: _Page) -> str:
    """What bars and lines mean, in a line, of those that are there."""
    lang, made = page.labels.lang, page.made
    if np.isnan(made.p).all():
        return ""
    has_lines = (100 * (made.high - made.low) > page.hidden()).any()
    if np.isnan(made.range_low).all():
        told = say(lang, "figure.interval" if has_lines else "figure.interval_hidden")
    else:
        told = say(lang, "figure.range_interval" if has_lines else "figure.range_interval_hidden")
    return told if made.without is None else f"{told} · {say(lang, 'figure.without')}"


def _describe(page: _Page) -> tuple[str, ...]:
    """Each team in words, for those who cannot see the figure."""
    options = range(len(page.made.options))
    return tuple(
        say_row(page.labels, name, *(page.text_of_option(i, j) for j in options))
        for i, name in enumerate(page.made.names)
    )


def _list_data(page: _Page) -> pd.DataFrame:
    """The numbers behind the marks."""
    made = page.made
    rows = [
        (team, made.names[i], option, made.said[j], *(float(getattr(made, name)[i, j]) for name in NUMBERS))
        + ((float(made.without[i, j]),) if made.without is not None else ())
        for i, team in enumerate(made.teams)
        for j, option in enumerate(made.options)
    ]
    columns = ["team", "team_name", "option", "option_name", *NUMBERS]
    return pd.DataFrame(rows, columns=[*columns, *(["without"] if made.without is not None else [])])
