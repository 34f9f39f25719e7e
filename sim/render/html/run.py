"""The report of a run: what it comes to, what would change it, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Literal

from rich.table import Table as RichTable

from sim.findings.chances import Chances, OptionChances, RangedChance
from sim.findings.fold import TeamRow, chance_span, mean_chance, team_rows
from sim.findings.run import RunFindings
from sim.render.html.assumptions import assumption_section
from sim.render.html.board import BoardRow, ChanceBoard, chance_mark
from sim.render.html.changes import change_section, leading_change, leading_doubt, unknown_section
from sim.render.html.closing import closing_section, footer_lines, header_lines
from sim.render.html.decision import common_lines, outcome_rows
from sim.render.html.document import (
    Document,
    Figure,
    Origin,
    Paragraphs,
    ReportSection,
    Table,
    TableColumn,
    without_empty,
)
from sim.render.html.dots import dots_figure
from sim.render.html.ends import ends_figure
from sim.render.html.facts import fact_section
from sim.render.html.rich_tables import convert_table
from sim.render.text.brief import caveats
from sim.render.text.chances import (
    award_tables,
    gated_sentences,
    group_tables,
    idle_sentences,
    row_label,
)
from sim.render.text.known import known_table
from sim.render.text.layout import Names
from sim.render.text.run import lead, unusual_lines
from sim.scenario.models.inputs import is_guessed
from sim.scenario.options import option_label
from sim.stats.summary import Estimate, Kind, estimate

_MOST_STAGES = 5
"""Stages that have a column each; of more the first and the last two, and one for all between them."""


def run_document(found: RunFindings, lang: str, origin: Origin) -> Document:
    """Return the report of a run in one language."""
    names, scenario = Names.of(found.played.scenario, lang), found.played.scenario
    sections = (
        _first(names, found),
        change_section(names, found),
        unknown_section(names, found),
        fact_section(names, found, origin.command),
        assumption_section(names, scenario),
        closing_section(names, scenario, origin, found.played.runs),
    )
    return Document(
        lang,
        scenario.name.get(lang),
        header_lines(names, scenario, origin),
        lead(names, found.headline, found.evidence),
        tuple(_sure(names, found)),
        without_empty(sections),
        footer_lines(names, scenario, origin),
    )


def _sure(names: Names, found: RunFindings) -> Iterator[tuple[str, str]]:
    """How far what nobody knows could move it, and, apart from that, how far the dice could."""
    if found.chances.is_over:
        yield names.say("report.certain_term"), names.say("report.all_known")
        return
    told = caveats(names, found.played, found.chances, found.guesses, found.evidence)
    yield names.say("report.unknown_term"), " ".join(told)
    if leading := [*leading_change(names, found), *leading_doubt(names, found)]:
        yield names.say("report.leading_term"), " ".join(leading)
    if found.chances.dice is None:
        yield names.say("report.dice_term"), names.say("run.no_dice")
    else:
        runs, points = found.played.runs, max(1, ceil(100 * found.chances.dice - 1e-9))
        told_runs = {"runs": f"{runs:,}", "n": points}
        yield names.say("report.dice_term"), names.say("report.dice", **told_runs)
    if lines := [*unusual_lines(names, found.played)]:
        yield names.say("report.unusual_term"), " ".join(lines)


def _first(names: Names, found: RunFindings) -> ReportSection:
    """The figure and the table of the same numbers."""
    chances = found.chances
    if chances.is_over:
        *_, table = known_table(names, found.played.scenario)
        title = names.say("report.what_happened")
        return ReportSection(title, (convert_table(table, names.say("report.who_left")),))
    parts = _by_option(names, found) if chances.undecided else _by_end(names, found)
    more = [convert_table(each, names.say("report.by_group")) for each in group_tables(names, chances)]
    more += _awards(names, chances)
    title = "report.decision" if len(chances.shown) > 1 else "report.chances"
    lines = tuple(common_lines(names, found))
    return ReportSection(names.say(title), (*parts, *more, *([Paragraphs(lines)] if lines else [])))


def _awards(names: Names, found: Chances) -> Iterator[Table]:
    """A table of awards for each stage that has any; the text has no room for all of very many."""
    stages = [s for s in found.ahead if found.awards.get(s)]
    tables = [each for each in award_tables(names, found) if isinstance(each, RichTable)]
    for stage, table in zip(stages, tables, strict=True):
        yield convert_table(table, names.say("report.awards", stage=names.stages[stage]))


def options_in_order(found: Chances) -> list[OptionChances]:
    """Return the options that are told of, the default first."""
    return [found.default, *(one for one in found.shown if one is not found.default)]


def _by_option(names: Names, found: RunFindings) -> tuple[Figure | Table, ...]:
    chances = found.chances
    options = options_in_order(chances)
    several = len(options) > 1
    columns = tuple(
        TableColumn(
            option_label(one.name, names.lang) if len(chances.options) > 1 else names.say("run.in_all"),
            names.say("report.assumed") if several and one is chances.default else "",
            marked=one is chances.default,
        )
        for one in options
    )
    board = ChanceBoard(
        columns, tuple(_option_row(names, chances, row, options) for row in team_rows(chances))
    )
    title = _title(names, found)
    notes = tuple(_reading(names, found, board))
    groups = [board.group(title), *outcome_rows(names, found, options)]
    caption = names.say("report.options_caption" if several else "report.chances_caption")
    table = Table(caption, names.say("report.team"), columns, tuple(groups), tuple(_notes(names, found)))
    return dots_figure(board, title, notes), table


def _title(names: Names, found: RunFindings) -> str:
    if len(found.chances.ahead) == 1:
        ((stage, day),) = found.chances.ahead.items()
        guessed = is_guessed(found.played.scenario, f"stages.{stage}.result")
        key = "report.leaving_at_guessed" if guessed else "report.leaving_at"
        return names.say(key, stage=names.stages[stage], day=day)
    return names.say("report.leaving")


def _option_row(names: Names, found: Chances, row: TeamRow, options: list[OptionChances]) -> BoardRow:
    label = row_label(names, row, len(found.teams), names.teams)
    if row.kind == "rest":
        spans = (chance_span(one, row.teams, "", "leaves_at_all") for one in options)
        return BoardRow(label, (), tuple(_span(names, low, high) for low, high in spans))
    marks = (chance_mark(names, mean_chance(one, row.teams, "", "leaves_at_all")) for one in options)
    return BoardRow(label, tuple(marks))


def _span(names: Names, low: Estimate, high: Estimate) -> str:
    return str(low) if str(low) == str(high) else names.say("run.from_to", low=low, high=high)


def _reading(names: Names, found: RunFindings, board: ChanceBoard) -> Iterator[str]:
    """What dots and bands are, of those that are there."""
    drawn = board.drawn
    several = len(drawn.columns) > 1
    yield names.say("report.dots_of_options" if several else "report.dots")
    if found.chances.doubts:
        yield names.say("report.band")
    if len(drawn.columns) < len(board.columns):
        yield names.say("report.default_alone", option=drawn.columns[0].text)


def _notes(names: Names, found: RunFindings) -> Iterator[str]:
    if found.chances.doubts:
        yield names.say("report.range", n=found.chances.doubts)
    gated = list(gated_sentences(names, found.chances))
    yield from gated
    if gated:
        yield names.say("report.more_may_leave")
    yield from idle_sentences(names, found.chances)
    if found.chances.has_certain:
        yield names.say("run.certain")


def _by_end(names: Names, found: RunFindings) -> tuple[Figure | Table, ...]:
    """Where each team ends: out at a stage, never in, or selected; in parts that add up to all."""
    chances = found.chances
    parts = _parts(names, chances)
    if any(_never(chances, team) for team in chances.teams):
        parts[names.say("report.never_in")] = [("", "never_entered")]
    stays = names.say("run.stays")
    columns = (*(TableColumn(title) for title in parts), TableColumn(stays, marked=True))
    rows = tuple(
        _end_row(names, chances, row, [*parts.values(), [("", "selected")]])
        for row in team_rows(chances, pool=True)
    )
    board = ChanceBoard(columns, rows)
    first = (columns[-1], *columns[:-1])
    table_rows = tuple(
        BoardRow(r.name, (*r.marks[-1:], *r.marks[:-1]), (*r.folded[-1:], *r.folded[:-1])) for r in rows
    )
    table = Table(
        names.say("report.ends_caption"),
        names.say("report.team"),
        first,
        (ChanceBoard(first, table_rows).group(),),
        tuple(_notes(names, found)),
    )
    if board.adds_up:
        return ends_figure(board, names.say("report.ends_title"), (names.say("report.ends_reading"),)), table
    # A team that may return can leave more than once: then its bar would be longer than all.
    alone = tuple(BoardRow(row.name, row.marks[-1:], row.folded[-1:]) for row in rows)
    stay = ChanceBoard(columns[-1:], alone)
    return dots_figure(stay, names.say("report.stays_title"), (names.say("report.dots"),)), table


Ends = list[tuple[str, Kind]]


def _parts(names: Names, found: Chances) -> dict[str, Ends]:
    """What may become of a team that does not stay, in the order of time, by its title."""
    ahead = list(found.ahead)
    titles = {s: names.say("report.out_at", stage=names.stages[s]) for s in ahead}
    if len(ahead) <= _MOST_STAGES:
        return {titles[s]: [(s, "leaves")] for s in ahead}
    first, between, last = ahead[:1], ahead[1:-2], ahead[-2:]
    told: dict[str, Ends] = {titles[s]: [(s, "leaves")] for s in first}
    told[names.say("report.out_between", n=len(between))] = [(s, "leaves") for s in between]
    return told | {titles[s]: [(s, "leaves")] for s in last}


def _never(found: Chances, team: str) -> bool:
    return found.default.teams["", team, "never_entered"].estimate.p > 0


def _end_row(names: Names, found: Chances, row: TeamRow, parts: list[Ends]) -> BoardRow:
    label = row_label(names, row, len(found.teams), names.teams)
    if row.kind == "rest":
        return BoardRow(label, (), tuple(_spread(names, found.default, row, part) for part in parts))
    told = ([mean_chance(found.default, row.teams, stage, kind) for stage, kind in part] for part in parts)
    return BoardRow(label, tuple(chance_mark(names, _any_of(each)) for each in told))


def _any_of(ends: Sequence[RangedChance]) -> RangedChance:
    """The chance of any of several ends, of which only one can come: the sum of their counts."""
    if len(ends) == 1:
        return ends[0]
    parts = [each.estimate for each in ends]
    certain: Literal[0] | None = 0 if all(each.certain == 0 for each in parts) else None
    return RangedChance(estimate(sum(each.count for each in parts), parts[0].of, 1, certain), None)


def _spread(names: Names, one: OptionChances, row: TeamRow, ends: Ends) -> str:
    """From the least to the greatest chance of the teams of a row."""
    chances = [_any_of([one.teams[stage, team, kind] for stage, kind in ends]).estimate for team in row.teams]
    return _span(names, min(chances, key=lambda e: e.p), max(chances, key=lambda e: e.p))
