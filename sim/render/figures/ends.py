"""The figure of where each team ends: one bar a team that adds up to all runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.colors
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke

from sim.findings.ends import End, Ends, find_ends
from sim.render.figures.axes import AXIS, draw_key, lay_out_key
from sim.render.figures.folded import FigureRow, figure_rows, row_marks
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.labels import Labels, format_percent
from sim.render.figures.style import GREY, INK, MIDDLE, SMALL, TINY, WIDTH, choose_ink, style
from sim.render.figures.texts import measure, measure_widest, shorten_all
from sim.text import say

_ROW, _LOW_ROW, _FEW, _BAR = 0.36, 0.25, 12, 0.7  # inches: a row, of many teams lower; the part that is bar
_NAME_LIMIT, _POOLED_LIMIT, _KEY_LIMIT = 1.7, 2.4, 3.4  # inches: of a team, of several, of the key
_LIGHT, _DARK = 0.9, 0.45  # greys of the first and the last stage
_MOST_KEYED = 5
"""Stages that the key names one by one; of more it names the first and the last."""
_HATCH = "/////"


def draw_ends(chances: pd.DataFrame, labels: Labels, title: str, teams: Sequence[str]) -> SourcedFigure:
    """Draw a bar of all runs for each of `teams`: never in, out at each stage, selected.

    Stages are told by place and shade, the gate by hatching; only being selected has the team's colour.
    `chances` is that of `chances_table`. Raises ValueError where the ways do not add up to all runs;
    RuntimeError if Korean is needed and there is no font for it.
    """
    found = find_ends(chances, teams)
    selected = dict(zip(teams, found.ends[-1].shares, strict=True))
    rows = figure_rows(teams, {team: -float(p) for team, p in selected.items()}, labels)
    with style(labels):
        bars = [
            _Bar(_name(row, labels), mark.colour, [end.of(row.at) for end in found.ends], row.is_pooled)
            for row, mark in zip(rows, row_marks(rows, teams, labels), strict=True)
        ]
        page = _Page(found, bars, labels)
        return _draw(page, Heading(title, say(labels.lang, "figure.ends"), page.notes, page.rows, page.data))


def _name(row: FigureRow, labels: Labels) -> str:
    return say(labels.lang, "figure.rest_mean", n=len(row.at)) if row.kind == "rest" else row.name


@dataclass(frozen=True)
class _Bar:
    """A row: its name, the colour of being selected, the share of each way with its interval, and of whom."""

    name: str
    colour: str
    shares: list[tuple[float, float, float]]
    is_pooled: bool


@dataclass(frozen=True)
class _Page:
    found: Ends
    bars: list[_Bar]
    labels: Labels

    @property
    def stages(self) -> list[str]:
        """The stages at which somebody ends, in order."""
        return list(dict.fromkeys(end.stage for end in self.found.ends if end.stage))

    def way(self, end: End) -> str:
        """What a way to end is called."""
        lang = self.labels.lang
        if not end.stage:
            return say(lang, f"figure.ends_{end.way}")
        return say(lang, f"figure.ends_{end.way}", stage=self.labels.stage(end.stage))

    def shade(self, end: End) -> str:
        """The grey of a way to end: darker the later it is; white of who was never in."""
        if not end.stage:
            return "white"
        last = max(1, len(self.stages) - 1)
        part = self.stages.index(end.stage) / last if len(self.stages) > 1 else 0.5
        return matplotlib.colors.to_hex((_LIGHT + (_DARK - _LIGHT) * part,) * 3)

    def text(self, share: tuple[float, float, float]) -> str:
        """A share of the runs, as chances are printed."""
        return format_percent(*share, self.labels.lang)

    def end_text(self, bar: _Bar) -> str:
        """What stands behind a bar: how often the team is selected, or what is known."""
        if not self.labels.is_over:
            return self.text(bar.shares[-1])
        return say(self.labels.lang, "figure.still_in" if bar.shares[-1][0] > 0.5 else "figure.out")

    @property
    def notes(self) -> tuple[str, ...]:
        """Who has no bar, and that chances are within dice."""
        gated = any(end.way == "by_gate" for end in self.found.ends)
        told = say(self.labels.lang, "figure.ends_note_gate" if gated else "figure.ends_note")
        return (self.labels.out, told)

    @property
    def rows(self) -> tuple[str, ...]:
        """Each bar in words."""
        return tuple(
            say_row(
                self.labels,
                bar.name,
                *(
                    say(self.labels.lang, "figure.at_stage", stage=self.way(end), p=self.text(share))
                    for end, share in zip(self.found.ends, bar.shares, strict=True)
                    if share[0] > 0
                ),
            )
            for bar in self.bars
        )

    @property
    def data(self) -> pd.DataFrame:
        """The numbers behind the bars."""
        rows = [
            (
                team,
                self.labels.team(team),
                end.way,
                end.stage,
                self.labels.stage(end.stage) if end.stage else "",
                float(p),
            )
            for i, team in enumerate(self.found.teams)
            for end in self.found.ends
            for p in (end.shares[i],)
        ]
        return pd.DataFrame(rows, columns=["team", "team_name", "way", "stage", "stage_name", "share"])


def _draw(page: _Page, heading: Heading) -> SourcedFigure:
    limits = [_POOLED_LIMIT if bar.is_pooled else _NAME_LIMIT for bar in page.bars]
    names = shorten_all([bar.name for bar in page.bars], MIDDLE, limits)
    left = measure_widest(names, MIDDLE) + 0.12
    ends = [page.end_text(bar) for bar in page.bars]
    right = max(measure(text, MIDDLE, bold=True) for text in ends) + 0.12
    pitch = _ROW if len(page.bars) <= _FEW else _LOW_ROW
    key = _make_key(page)
    columns, above = lay_out_key(key, WIDTH)
    tall = pitch * len(page.bars)
    frame = make_frame(page.labels, heading, WIDTH, AXIS + tall + above + 0.06)
    wide = WIDTH - left - right
    axes = frame.add_axes(left, AXIS, wide, tall)
    _set_scale(axes, len(page.bars), page.labels)
    for i, (bar, name) in enumerate(zip(page.bars, names, strict=True)):
        axes.text(-100 * left / wide, i, name, va="center", fontsize=MIDDLE, color=INK)
        axes.text(100 + 5 / wide, i, ends[i], va="center", fontsize=MIDDLE, fontweight="bold", color=INK)
        _draw_bar(axes, page, bar, i, wide)
    draw_key(axes, key, columns, (-left, 0.06))
    return frame.figure


def _set_scale(axes: Axes, rows: int, labels: Labels) -> None:
    axes.set_xlim(0, 100)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks(range(0, 101, 20), [str(x) for x in range(0, 101, 20)], color=GREY, fontsize=TINY)
    axes.set_xlabel(say(labels.lang, "figure.ends_axis"), color=GREY)
    axes.tick_params(length=2, color=GREY)
    axes.spines[:].set_visible(False)


def _draw_bar(axes: Axes, page: _Page, bar: _Bar, i: int, wide: float) -> None:
    start = 0.0
    for end, share in zip(page.found.ends, bar.shares, strict=True):
        if share[0] <= 0:
            continue
        is_selected = end.way == "selected"
        face = bar.colour if is_selected else page.shade(end)
        piece = Rectangle((100 * start, i - _BAR / 2), 100 * share[0], _BAR, facecolor=face, edgecolor=GREY)
        piece.set(
            linewidth=0.6, hatch=_HATCH if end.way == "by_gate" else None, label=f"{end.way} {end.stage}"
        )
        piece.set(hatch_linewidth=0.5)
        axes.add_patch(piece)
        if not is_selected and not page.labels.is_over:
            _write_share(axes, page.text(share), (start + share[0] / 2, i), share[0] * wide, face)
        start += share[0]


def _write_share(axes: Axes, text: str, at: tuple[float, float], room: float, face: str) -> None:
    """A share in its piece, where there is room for it."""
    if measure(text, TINY) + 0.08 > room:
        return
    halo = withStroke(linewidth=2.5, foreground=face)  # for hatching passes behind it
    look: dict[str, Any] = {
        "ha": "center",
        "va": "center_baseline",
        "color": choose_ink(face),
        "path_effects": [halo],
    }
    axes.text(100 * at[0], at[1], text, fontsize=TINY, **look)


def _make_key(page: _Page) -> list[Patch]:
    """What the pieces are, in the order of time; of many stages the first and the last."""
    ends = page.found.ends
    stages = page.stages
    if len(stages) > _MOST_KEYED:
        ends = tuple(end for end in ends if end.stage in ("", stages[0], stages[-1]))
    names = shorten_all([page.way(end) for end in ends], SMALL, _KEY_LIMIT)
    key = []
    for end, name in zip(ends, names, strict=True):
        face = INK if end.way == "selected" else page.shade(end)
        patch = Patch(facecolor=face, edgecolor=GREY, linewidth=0.6, label=name)
        patch.set(hatch=_HATCH if end.way == "by_gate" else None, hatch_linewidth=0.5)
        key.append(patch)
    return key
