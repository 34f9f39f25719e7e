"""The figure of the chance of leaving, by stage and team."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.findings.cells import CellFacts, Cells, estimate_leaving, find_cell_facts, read_cells
from sim.findings.doubts import Ranges
from sim.render.figures.axes import (
    AXIS,
    add_chance_axes,
    draw_interval,
    draw_key,
    draw_range,
    lay_out_key,
    make_mark,
    mark_width,
    write_beside,
    write_row_name,
)
from sim.render.figures.folded import FigureRow, figure_rows, format_pooled, format_span, pool
from sim.render.figures.frame import Heading, SourcedFigure, make_frame, say_row
from sim.render.figures.grid import Shade, draw_shades
from sim.render.figures.identity import neutral_mark
from sim.render.figures.labels import Labels, describe_error, format_for_all, format_percent
from sim.render.figures.style import GREY, INK, MIDDLE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.stats.summary import Estimate
from sim.text import say

_DOT_STAGES = 4  # more marks than this in a row cannot be told apart at a glance
_DOT_TEAMS = 12  # more than this and the figure is longer than a page
_LANE, _GAP, _BAND = 0.18, 0.14, 0.12  # inches: a mark's lane, between teams, the band of doubts
_NAME_LIMIT, _STAGE_LIMIT = 1.7, 3.0  # inches


def draw_leaving(
    chances: pd.DataFrame, labels: Labels, title: str, ranges: Ranges | None = None
) -> SourcedFigure:
    """Draw the chance of leaving at each stage ahead, a row a team, in file order and never ranked.

    `chances` holds a row of chance "leaves" for each team and stage (columns: stage, team, chance, count,
    of, p, low, high; chances in 0..1), all of a team's on the same runs. Rows "given_present" on no runs
    mark a team as not in the field at a stage. Of late entrants the chance given that they are in is drawn.
    `ranges` are those over doubts. Teams that are out and stages that are decided have no place of their
    own, unless all is known. Few stages and teams are drawn as marks, more as a table of shades.

    Raises ValueError if columns or rows are missing or contradict each other, or a name is missing;
    RuntimeError if Korean is needed and there is no font for it.
    """
    found = find_cell_facts(chances, "leaves", labels.known)
    given = read_cells(chances, "given_present", like=found.cells)
    whole = estimate_leaving(chances, found.cells)
    page = _Page(
        found, given, whole, _order(chances, whole), _count_entries(chances), ranges or {}, labels, title
    )
    with style(labels):
        return _draw_dots(page) if page.is_short else _draw_table(page)


def _order(chances: pd.DataFrame, whole: dict[str, Estimate]) -> dict[str, float]:
    """By the chance to stay, as in the text: who may never come in leaves seldom and is no better for it."""
    rows = chances[chances["chance"] == "selected"]
    stays = dict(zip(rows["team"].astype(str), rows["p"].astype(float), strict=True))
    return {team: -stays.get(team, 1 - one.p) for team, one in whole.items()}


def _count_entries(chances: pd.DataFrame) -> dict[str, Estimate]:
    """Return the chance that a team comes in at all, of those that may stay away."""
    rows = chances[(chances["chance"] == "never_entered") & (chances["count"] > 0)]
    found = {}
    for team, count, of, p, low, high in rows[["team", "count", "of", "p", "low", "high"]].itertuples(
        index=False
    ):
        ends = 1 - float(high), 1 - float(low)
        found[str(team)] = Estimate(int(of) - int(count), int(of), 1 - float(p), *ends, *ends)
    return found


@dataclass(frozen=True)
class _Page:
    """What is drawn.

    `given` are chances where a team is there; `whole` is each team's chance over all stages, by `order` the
    best come first, and `entries` are the chances of late entrants to come in.
    """

    found: CellFacts
    given: Cells
    whole: dict[str, Estimate]
    order: dict[str, float]
    entries: Mapping[str, Estimate]
    ranges: Ranges
    labels: Labels
    title: str

    @property
    def teams(self) -> list[int]:
        """The places of the teams that have a row: of which nothing known says that they are out."""
        if self.labels.is_over:
            return list(range(len(self.found.cells.teams)))
        return [i for i, drawn in enumerate(self.found.drawn) if drawn.any()]

    @property
    def stages(self) -> list[int]:
        """The places of the stages that have marks: those ahead."""
        if self.labels.is_over:
            return list(range(len(self.found.cells.stages)))
        return [j for j in range(len(self.found.cells.stages)) if not self.found.known[:, j].any()]

    @property
    def is_short(self) -> bool:
        """Whether marks can show it; else it is a table."""
        few = len(self.stages) <= _DOT_STAGES and len(self.teams) <= _DOT_TEAMS
        return few and not self.labels.is_over

    def name(self, i: int) -> str:
        """The name of the i-th team."""
        return self.labels.team(self.found.cells.teams[i])

    def stage_name(self, j: int) -> str:
        """The name of the j-th stage."""
        return self.labels.stage(self.found.cells.stages[j])

    def chance(self, i: int, j: int) -> tuple[float, float, float]:
        """The chance of a cell and its interval: of a late entrant where it is there."""
        made = self.given if self.found.late[i] else self.found.cells
        return float(made.p[i, j]), float(made.low[i, j]), float(made.high[i, j])

    def range(self, i: int, j: int) -> tuple[float, float] | None:
        """The range over doubts of a cell."""
        kind = "given_present" if self.found.late[i] else "leaves"
        return self.ranges.get((self.found.cells.stages[j], self.found.cells.teams[i], kind))

    def text(self, i: int, j: int) -> str:
        """What is printed for a cell: a percent, a fact ("out", "in"), or a dash for nobody there."""
        if self.found.absent[i, j]:
            return "–"
        if self.found.known[i, j]:
            is_out = self.found.cells.p[i, j] > 0.5
            return say(self.labels.lang, "figure.out" if is_out else "figure.still_in")
        return format_percent(*self.chance(i, j), self.labels.lang)

    def whole_text(self, i: int) -> str:
        """The chance over all stages of the i-th team: of a late entrant where it came in."""
        team = self.found.cells.teams[i]
        one, entry = self.whole[team], self.entries.get(team)
        if entry is None:
            return format_for_all(one, self.labels.lang)
        return format_percent(*self.whole_chance(i), self.labels.lang)

    def whole_chance(self, i: int) -> tuple[float, float, float]:
        """The same as numbers."""
        team = self.found.cells.teams[i]
        one, entry = self.whole[team], self.entries.get(team)
        if entry is None:
            return one.p, one.all_low, one.all_high
        if not entry.count:
            return float("nan"), 0.0, 1.0
        p = min(1.0, one.count / entry.count)
        reach = (one.high - one.low) / 2 / max(entry.p, 1e-9)
        return p, max(0.0, p - reach), min(1.0, p + reach)

    def entry_text(self, i: int) -> str:
        """How often a late entrant comes in; empty for a team that is there."""
        entry = self.entries.get(self.found.cells.teams[i])
        if entry is None:
            return ""
        told = format_percent(entry.p, entry.low, entry.high, self.labels.lang)
        return say(self.labels.lang, "figure.enters_in", p=told)

    def heading(self) -> Heading:
        """The words around the figure."""
        labels = self.labels
        lang = labels.lang
        key = (
            "figure.left" if labels.is_over else "figure.leaving" if self.is_short else "figure.leaving_table"
        )
        told = say(lang, key)
        if len(self.stages) == 1 and not labels.is_over:
            told = say(lang, "figure.leaving_at", stage=self.stage_name(self.stages[0]))
        notes = [say(lang, "figure.range_note")] if self.ranges else []
        notes += describe_error(self.found, labels)
        if self.entries and any(self.entry_text(i) for i in self.teams):
            notes.append(say(lang, "figure.given_entry"))
        if any(self.found.absent[i, j] for i in self.teams for j in self.stages):
            notes.append(say(lang, "figure.absent"))
        return Heading(self.title, told, (labels.out, *notes), tuple(self._rows()), self._data())

    def _rows(self) -> list[str]:
        """What each row shows, in words."""
        rows = []
        for i in self.teams:
            cells = [
                say(self.labels.lang, "figure.at_stage", stage=self.stage_name(j), p=self.cell_text(i, j))
                for j in self.stages
            ]
            rows.append(say_row(self.labels, self.name(i), *cells, self.entry_text(i)))
        return rows

    def cell_text(self, i: int, j: int) -> str:
        """A cell with its range, where it has one."""
        ends = self.range(i, j)
        if ends is None:
            return self.text(i, j)
        low, high = (f"{100 * end:.0f}" for end in ends)
        return say(self.labels.lang, "figure.ranged", p=self.text(i, j), low=low, high=high)

    def _data(self) -> pd.DataFrame:
        """The numbers behind the marks."""
        cells, rows = self.found.cells, []
        for i in self.teams:
            for j in self.stages:
                p, low, high = self.chance(i, j)
                ends = self.range(i, j) or (np.nan, np.nan)
                rows.append(
                    (cells.teams[i], self.name(i), cells.stages[j], self.stage_name(j), p, low, high, *ends)
                )
        columns = ["team", "team_name", "stage", "stage_name", "p", "low", "high", "range_low", "range_high"]
        return pd.DataFrame(rows, columns=columns)


def _draw_table(page: _Page) -> SourcedFigure:
    """A shade and a percent for each team and stage, and the chance over all stages at the end of a row."""
    found, labels = page.found, page.labels
    teams = [found.cells.teams[i] for i in page.teams]
    rows = [
        row._replace(at=tuple(page.teams[k] for k in row.at))
        for row in figure_rows(teams, page.order, labels)
    ]
    cells: list[list[Shade | None]] = [
        _shade_team(page, row.at[0]) if row.kind == "one" else _shade_several(page, row) for row in rows
    ]
    heads = [page.stage_name(j) for j in page.stages]
    if labels.is_over:
        cells = [row[:-1] for row in cells]
    else:
        heads.append(say(labels.lang, "figure.all_stages"))
    names = [row.name for row in rows]
    groups = sum(row.is_group for row in rows)
    return draw_shades(names, heads, cells, page.heading(), labels, not labels.is_over, groups)


def _shade_team(page: _Page, i: int) -> list[Shade | None]:
    found = page.found
    row: list[Shade | None] = [
        Shade(page.chance(i, j)[0] if found.drawn[i, j] else None, page.text(i, j)) for j in page.stages
    ]
    whole = Shade(page.whole_chance(i)[0], page.whole_text(i)) if found.drawn[i].any() else None
    return [*row, whole]


def _shade_several(page: _Page, row: FigureRow) -> list[Shade | None]:
    """The mean of several teams, or the least and the greatest of what is folded."""
    made, labels, at = page.found.cells, page.labels, list(row.at)
    means = [pool(each, row.at) for each in (made.p, made.low, made.high)]
    wholes = [page.whole[made.teams[i]] for i in at]
    ends = ((one.p, one.all_low, one.all_high) for one in wholes)
    mean = [sum(values) / len(wholes) for values in zip(*ends, strict=True)]
    shades: list[Shade | None] = []
    for j in page.stages:
        texts = [page.text(i, j) for i in at]
        p, low, high = (float(each[j]) for each in means)
        text = (
            format_span(texts, labels, made.p[at, j].tolist())
            if row.kind == "rest"
            else format_pooled(texts, labels, p, low, high)
        )
        shades.append(Shade(p, text) if page.found.drawn[at, j].any() else Shade(None, texts[0]))
    if row.kind == "rest":
        texts = [page.whole_text(i) for i in at]
        return [*shades, Shade(mean[0], format_span(texts, labels, [each.p for each in wholes]))]
    return [*shades, Shade(mean[0], format_percent(mean[0], mean[1], mean[2], labels.lang))]


def _draw_dots(page: _Page) -> SourcedFigure:
    """A mark a stage, each in a lane of its own, the lanes of a team together; a line for its interval."""
    teams, stages = page.teams, page.stages
    names = shorten_all([page.name(i) for i in teams], MIDDLE, _NAME_LIMIT)
    below = [[text for text in (_total(page, i), page.entry_text(i)) if text] for i in teams]
    left = (
        max(measure_widest(names, MIDDLE), measure_widest([t for each in below for t in each], TINY)) + 0.15
    )
    key = _make_key(page)
    words = MIDDLE + TINY * max(len(each) for each in below)
    row = max(_LANE * len(stages) + _GAP, 1.35 * words / 72 + _GAP, 0.34)
    columns, height = lay_out_key(key, WIDTH - left)
    above = height if len(stages) > 1 else 0.0
    frame = make_frame(page.labels, page.heading(), WIDTH, row * len(teams) + above + AXIS)
    axes = add_chance_axes(frame, left, row * len(teams), len(teams), page.labels)
    for k, i in enumerate(teams):
        _name_row(axes, k, names[k], below[k], left)
        for n, j in enumerate(stages):
            _draw_lane(axes, page, (i, j), k + (n - (len(stages) - 1) / 2) * _LANE / row, row)
    if len(stages) > 1:
        draw_key(axes, key, columns)
    return frame.figure


def _name_row(axes: Axes, k: int, name: str, below: list[str], left: float) -> None:
    """The name of a row, and smaller what is true of all its marks."""
    rise = 6.0 * len(below)
    write_row_name(axes, k, name, left, rise, MIDDLE, INK)
    for text in below:
        rise -= 12.0
        write_row_name(axes, k, text, left, rise, TINY, GREY)


def _total(page: _Page, i: int) -> str:
    """A team's chance over all stages; nothing if it adds nothing."""
    if len(page.stages) < 2:
        return ""
    return say(page.labels.lang, "figure.all_stages_at", p=page.whole_text(i))


def _draw_lane(axes: Axes, page: _Page, cell: tuple[int, int], y: float, row: float) -> None:
    (i, j), text, end = cell, page.text(*cell), 0.0
    if page.found.drawn[i, j]:
        p, low, high = (100 * value for value in page.chance(i, j))
        stage, team = page.found.cells.stages[j], page.found.cells.teams[i]
        mark = neutral_mark(j).in_colour(page.labels.mark(team).colour)
        end = max(high, p) if high - low > mark_width(axes) else p
        if ends := page.range(i, j):
            draw_range(axes, y, 100 * ends[0], 100 * ends[1], _BAND / row, f"range {stage}")
            end = max(end, 100 * ends[1])
        draw_interval(axes, y, p, low, high)
        axes.add_line(make_mark([p], [y], mark, stage))
    colour = INK if page.found.drawn[i, j] else GREY
    write_beside(axes, text, (end, y), (6, 0), SMALL, va="center", color=colour)


def _make_key(page: _Page) -> list[Line2D]:
    names = shorten_all([page.stage_name(j) for j in page.stages], SMALL, _STAGE_LIMIT)
    return [make_mark([], [], neutral_mark(j), name) for j, name in zip(page.stages, names, strict=True)]
