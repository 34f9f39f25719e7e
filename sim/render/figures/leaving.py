"""The figure of the chance of leaving, by stage and team."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.findings.cells import CellFacts, estimate_leaving, find_cell_facts
from sim.render.figures.axes import (
    AXIS,
    add_chance_axes,
    draw_key,
    lay_out_key,
    make_mark,
    mark_width,
    write_beside,
    write_row_name,
)
from sim.render.figures.folded import (
    FigureRow,
    figure_rows,
    format_pooled,
    format_span,
    pool,
)
from sim.render.figures.frame import Heading, make_frame
from sim.render.figures.grid import Shade, draw_shades
from sim.render.figures.labels import (
    Labels,
    describe_error,
    describe_known,
    describe_standing,
    format_for_all,
    format_percent,
)
from sim.render.figures.style import GREY, INK, MARKS, MIDDLE, PALE, SMALL, TINY, WIDTH, style
from sim.render.figures.texts import measure_widest, shorten_all
from sim.stats.summary import Estimate
from sim.text import say

_DOT_STAGES = 4  # more marks than this in a row cannot be told apart at a glance
_DOT_TEAMS = 12  # more than this and the figure is longer than a page
_LANE, _GAP = 0.15, 0.13  # inches: a mark's lane, between teams
_NAME_LIMIT, _STAGE_LIMIT = 2.2, 4.0  # inches


def draw_leaving(chances: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the chance of leaving at each stage, a row a team, in file order and never ranked.

    `chances` holds a row of chance "leaves" for each team and stage (columns: stage, team, chance, count,
    of, p, low, high; chances in 0..1), all of a team's on the same runs. Rows "given_present" on no runs
    mark a team as not in the field at a stage; rows "not_entered" mark late entrants, which the finding
    under the title does not compare. Few stages and teams are drawn as marks, more as a table of shades.

    Raises ValueError if columns or rows are missing or contradict each other, or a name is missing;
    RuntimeError if Korean is needed and there is no font for it.
    """
    found = find_cell_facts(chances, "leaves", labels.known)
    whole = estimate_leaving(chances, found.cells)
    page = _Page(found, whole, _order(chances, whole), labels)
    stages, teams = found.cells.stages, found.cells.teams
    few = not labels.is_over and len(stages) <= min(_DOT_STAGES, len(MARKS)) and len(teams) <= _DOT_TEAMS
    with style(labels):
        return _draw_dots(page) if few else _draw_table(page)


def _order(chances: pd.DataFrame, whole: dict[str, Estimate]) -> dict[str, float]:
    """By the chance to stay, as in the text: who may never come in leaves seldom and is no better for it."""
    rows = chances[chances["chance"] == "selected"]
    stays = dict(zip(rows["team"].astype(str), rows["p"].astype(float), strict=True))
    return {team: -stays.get(team, 1 - one.p) for team, one in whole.items()}


@dataclass(frozen=True)
class _Page:
    """What is drawn; `whole` is each team's chance over all stages, by `order` the best come first."""

    found: CellFacts
    whole: dict[str, Estimate]
    order: dict[str, float]
    labels: Labels

    @property
    def left(self) -> list[bool]:
        """Which teams were not there any more in the end, where every result is known."""
        return [
            bool(p[-1] > 0.5 or absent[-1])
            for p, absent in zip(self.found.cells.p, self.found.absent, strict=True)
        ]

    @property
    def heading(self) -> Heading:
        """The title, who stands out, and what the figure's signs mean."""
        found, labels = self.found, self.labels
        dash = (say(labels.lang, "figure.absent"),) if found.absent.any() else ()
        if labels.is_over:
            left = sum(not left for left in self.left)
            told = describe_known(left, len(self.left), labels)
            return Heading(say(labels.lang, "figure.left"), told, dash)
        title = say(labels.lang, "figure.leaving")
        if len(found.cells.stages) == 1:
            title = say(labels.lang, "figure.leaving_at", stage=labels.stage(found.cells.stages[0]))
        keys = ("figure.leaves_most", "figure.leaves_least", "figure.leaves_most_least")
        notes = describe_error(found, labels) + dash
        return Heading(title, describe_standing(self.whole, found.compared, labels, keys), notes)

    def text(self, i: int, j: int) -> str:
        """What is printed for a cell: a percent, a fact ("out", "in"), or a dash for nobody there."""
        made = self.found.cells
        p, low, high = (float(cell[i, j]) for cell in (made.p, made.low, made.high))
        if self.found.absent[i, j]:
            return "–"
        if self.found.known[i, j]:
            return say(self.labels.lang, "figure.out" if p > 0.5 else "figure.still_in")
        return format_percent(p, low, high, self.labels.lang)

    def whole_text(self, i: int) -> str:
        """The chance over all stages of the i-th team."""
        return format_for_all(self.whole[self.found.cells.teams[i]], self.labels.lang)


def _draw_table(page: _Page) -> Figure:
    """A shade and a percent for each team and stage, and the chance over all stages at the end of a row."""
    found, labels = page.found, page.labels
    teams, stages = found.cells.teams, found.cells.stages
    rows = figure_rows(teams, page.order, labels)
    cells: list[list[Shade | None]] = [
        _shade_team(page, row.at[0]) if row.kind == "one" else _shade_several(page, row) for row in rows
    ]
    if labels.is_over:
        cells = [row[:-1] for row in cells]
    heads = [labels.stage(stage) for stage in stages]
    if not labels.is_over:
        heads.append(say(labels.lang, "figure.all_stages"))
    names = [row.name for row in rows]
    groups = sum(row.is_group for row in rows)
    return draw_shades(names, heads, cells, page.heading, labels, not labels.is_over, groups)


def _shade_team(page: _Page, i: int) -> list[Shade | None]:
    found = page.found
    row: list[Shade | None] = [
        Shade(float(found.cells.p[i, j]) if found.drawn[i, j] else None, page.text(i, j))
        for j in range(len(found.cells.stages))
    ]
    whole = Shade(page.whole[found.cells.teams[i]].p, page.whole_text(i)) if found.drawn[i].any() else None
    return [*row, whole]


def _shade_several(page: _Page, row: FigureRow) -> list[Shade | None]:
    """The mean of several teams, or the least and the greatest of what is folded."""
    made, labels = page.found.cells, page.labels
    means = [pool(each, row.at) for each in (made.p, made.low, made.high)]
    wholes = [page.whole[made.teams[i]] for i in row.at]
    mean = [
        sum(values) / len(wholes)
        for values in zip(*((w.p, w.all_low, w.all_high) for w in wholes), strict=True)
    ]
    shades: list[Shade | None] = []
    for j in range(len(made.stages)):
        texts = [page.text(i, j) for i in row.at]
        p, low, high = (float(each[j]) for each in means)
        drawn = page.found.drawn[list(row.at), j].any()
        text = (
            format_span(texts, labels, made.p[list(row.at), j].tolist())
            if row.kind == "rest"
            else format_pooled(texts, labels, p, low, high)
        )
        shades.append(Shade(p, text) if drawn else Shade(None, texts[0]))
    if row.kind == "rest":
        texts = [page.whole_text(i) for i in row.at]
        return [*shades, Shade(mean[0], format_span(texts, labels, [each.p for each in wholes]))]
    return [*shades, Shade(mean[0], format_percent(mean[0], mean[1], mean[2], labels.lang))]


def _draw_dots(page: _Page) -> Figure:
    """A mark a stage, each in a lane of its own, the lanes of a team together; a line for its interval."""
    found, labels = page.found, page.labels
    teams, stages = found.cells.teams, found.cells.stages
    names = shorten_all([labels.team(team) for team in teams], MIDDLE, _NAME_LIMIT)
    totals = _list_totals(page)
    left = max(measure_widest(names, MIDDLE), measure_widest(totals, TINY)) + 0.15
    key = _make_key(stages, labels)
    row = max(_LANE * len(stages) + _GAP, 0.3)
    columns, height = lay_out_key(key, WIDTH - left)
    above = height if len(stages) > 1 else 0.0
    frame = make_frame(labels, page.heading, WIDTH, row * len(teams) + above + AXIS)
    axes = add_chance_axes(frame, left, row * len(teams), len(teams), labels)
    for i in range(len(teams)):
        # Two lines of 11 points stand above and below the middle, one alone stands on it.
        rise = 5.5 if totals[i] else 0.0
        write_row_name(axes, i, names[i], left, rise, MIDDLE, INK)
        if totals[i]:
            write_row_name(axes, i, totals[i], left, rise - 11, TINY, GREY)
        for j in range(len(stages)):
            _draw_lane(axes, page, i, j, i + (j - (len(stages) - 1) / 2) * _LANE / row)
    if len(stages) > 1:
        draw_key(axes, key, columns)
    return frame.figure


def _list_totals(page: _Page) -> list[str]:
    """Each team's chance over all stages; nothing if it adds nothing or is settled."""
    found, several = page.found, len(page.found.cells.stages) > 1
    return [
        say(page.labels.lang, "figure.all_stages_at", p=page.whole_text(i)) if several and drawn.any() else ""
        for i, drawn in enumerate(found.drawn)
    ]


def _draw_lane(axes: Axes, page: _Page, i: int, j: int, y: float) -> None:
    found, text, end = page.found, page.text(i, j), 0.0
    made = found.cells
    if found.known[i, j]:
        text = say(page.labels.lang, "figure.known", fate=text)
    if found.drawn[i, j]:
        p, low, high = (100 * float(cell[i, j]) for cell in (made.p, made.low, made.high))
        axes.hlines(y, 0, p, color=PALE, linewidth=0.8, zorder=1)
        axes.add_line(make_mark([p], [y], MARKS[j], made.stages[j]))
        end = p
        if high - low > mark_width(axes):
            axes.errorbar(p, y, xerr=[[p - low], [high - p]], color=GREY, lw=1, capsize=2, zorder=2)
            end = high
    colour = INK if found.drawn[i, j] else GREY
    write_beside(axes, text, (end, y), (6, 0), SMALL, va="center", color=colour)


def _make_key(stages: tuple[str, ...], labels: Labels) -> list[Line2D]:
    names = shorten_all([labels.stage(stage) for stage in stages], SMALL, _STAGE_LIMIT)
    return [make_mark([], [], MARKS[j], name) for j, name in enumerate(names)]
