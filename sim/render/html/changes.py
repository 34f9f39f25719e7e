"""What would change the answer: decisions and GPUs, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from sim.findings.chances import Chances
from sim.findings.evidence import Mover
from sim.findings.run import Moves, RunFindings, WhatIfShift
from sim.render.html.amounts import format_gap, wait_sentence
from sim.render.html.document import (
    Paragraphs,
    ReportPart,
    ReportSection,
    RowGroup,
    Table,
    TableCell,
    TableColumn,
    TableRow,
)
from sim.render.text.evidence import mover_name
from sim.render.text.layout import Names
from sim.render.text.run import effect_values, name_cause
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import block_of_points, input_name_at, key_at, value_text
from sim.stats.differences import ChanceShift
from sim.stats.input_effects import Effect
from sim.stats.percent import whole_percent
from sim.text.money import format_money_roundly

_MOST_EFFECTS, _MOST_MOVERS, _LEAST_MOVED = 5, 3, 0.01
"""Guesses and numbers to be known that are told; a chance by which to know a number must move one."""


def change_section(names: Names, found: RunFindings) -> ReportSection:
    """Return what moves the chance of one team, the most first, with what it costs."""
    parts: list[ReportPart] = [_changes(names, found.moves)] if found.moves else []
    if found.wait is not None:
        parts.append(Paragraphs((wait_sentence(names, found.wait, ("run.waits", "run.waits_alike")),)))
    return ReportSection(names.say("report.changes"), tuple(parts))


def _changes(names: Names, moves: Moves) -> Table:
    ranked = sorted(moves.changes, key=lambda one: -abs(one.difference.estimate))
    columns = [TableColumn(names.say("report.change_chance"), words=True)]
    costs, gaps = any(one.cost for one in ranked), any(_is_gap(one.months) for one in ranked)
    columns += [TableColumn(names.say("report.change_cost"), words=True)] if costs else []
    columns += [TableColumn(names.say("report.change_gap"), words=True)] if gaps else []
    team = names.teams[moves.team]
    rows = tuple(_change(names, one, team, costs=costs, gaps=gaps) for one in ranked)
    return Table(
        names.say("report.changes_caption", team=team, p=moves.chance),
        names.say("report.change"),
        tuple(columns),
        (RowGroup("", rows),),
        (names.say("report.changes_note", n=ceil(100 * moves.dice - 1e-9)),),
    )


def _change(names: Names, one: WhatIfShift, team: str, *, costs: bool, gaps: bool) -> TableRow:
    cells = [TableCell(format_shift(names, one.difference))]
    if costs:
        key = "report.costs_more" if (one.cost or 0) > 0 else "report.costs_less"
        money = format_money_roundly(abs(one.cost or 0), names.currency, names.lang)
        cells.append(TableCell(names.say(key, money=money) if one.cost else "–"))
    if gaps:
        cells.append(TableCell(format_gap(names, one.months or 0) if _is_gap(one.months) else "–"))
    return TableRow(_cause(names, one, team), tuple(cells))


def _cause(names: Names, one: WhatIfShift, team: str) -> str:
    """What changes: GPUs and weights in words, options as everywhere."""
    if one.factor is None:
        return name_cause(names, one)
    twice, half = _CAUSES[one.kind]
    block = block_of_points(one.what, names.lang)
    return names.say(twice if one.factor > 1 else half, block=block, team=team)


_CAUSES = {
    "gpus": ("report.doubled_gpus", "report.halved_gpus"),
    "all_gpus": ("report.doubled_all_gpus", "report.halved_all_gpus"),
    "weight": ("report.doubled_weight", "report.halved_weight"),
}
"""What is doubled and halved, in words."""


def format_shift(names: Names, change: ChanceShift) -> str:
    """Return by how many points a chance changes, or that no change is seen."""
    if not change.is_beyond_dice:
        return names.say("report.no_change")
    return format_by_points(names, change.estimate)


def format_by_points(names: Names, change: float) -> str:
    """Return by how many whole points a chance is lower or higher."""
    size = int(100 * abs(change) + 0.5)
    if not size:
        return names.say("report.hardly_lower" if change < 0 else "report.hardly_higher")
    return names.say("report.lower" if change < 0 else "report.higher", n=size)


def _is_gap(months: float | None) -> bool:
    return months is not None and abs(months) >= 0.05


def leading_change(names: Names, found: RunFindings) -> Iterator[str]:
    """Return what moves the chance of a team most, if anything does; decisions have a column of their own."""
    moves = found.moves
    seen = [one for one in moves.changes if one.factor and one.difference.is_beyond_dice] if moves else []
    if moves and seen:
        most = max(seen, key=lambda one: abs(one.difference.estimate))
        team = names.teams[moves.team]
        change = format_by_points(names, most.difference.estimate)
        yield names.say("report.leading_change", team=team, what=_cause(names, most, team), change=change)


def leading_doubt(names: Names, found: RunFindings) -> Iterator[str]:
    """Return which of what nobody knows moves a chance most, if anything does."""
    for row in list(_doubts(names, found))[:1]:
        yield names.say("report.leading_doubt", what=row.name)


def unknown_section(names: Names, found: RunFindings) -> ReportSection:
    """Return what nobody knows and how far it moves the answer; then what would help to know."""
    parts: list[ReportPart] = []
    if found.chances.is_over:  # nothing moves it any more
        return ReportSection(names.say("report.unknown"), ())
    if rows := tuple(_doubts(names, found)):
        columns = (
            TableColumn(names.say("report.from_to"), words=True),
            TableColumn(names.say("report.moves_most"), words=True),
        )
        note = names.say("report.doubts_note")
        parts.append(
            Table(
                names.say("report.doubts"), names.say("report.doubt"), columns, (RowGroup("", rows),), (note,)
            )
        )
    texts = [*_guesses(names, found), *_worth_knowing(names, found)]
    if texts:
        parts.append(Paragraphs(tuple(texts)))
    return ReportSection(names.say("report.unknown"), tuple(parts))


def _doubts(names: Names, found: RunFindings) -> Iterator[TableRow]:
    """Each doubt with the team whose chance it moves most, else the notable guesses; the most first."""
    rows = sorted(_doubt_rows(names, found.chances, found.played.scenario), key=lambda each: -each[0])
    yield from (row for _, row in rows)
    for each in [one for one in _not_doubted(found) if one.notable][:_MOST_EFFECTS]:
        values = effect_values(names, each)
        low, high = (format_input(each.path, end, names) for end in (each.low, each.high))
        span = names.say("report.span", low=low, high=high)
        key = "report.effect_team" if each.moves == "team" else "report.effect_strongest"
        told = names.say(key, **values)
        yield TableRow(str(values["what"]), (TableCell(span), TableCell(told)))


def _not_doubted(found: RunFindings) -> list[Effect]:
    """The effects of guesses but for those that are doubted, which have a row already."""
    doubted = found.played.scenario.doubts
    return [one for one in found.guesses.effects or () if one.path not in doubted]


def _doubt_rows(names: Names, found: Chances, scenario: Scenario) -> Iterator[tuple[float, TableRow]]:
    default = found.default
    for path in dict.fromkeys(one.path for one in default.doubted):
        of_path = [one for one in default.doubted if one.path == path]
        spans = {}
        for team in found.teams:
            here = default.teams["", team, "leaves_at_all"].estimate.p
            reached = [here, *(one.leaves[team] for one in of_path)]
            spans[team] = min(reached), max(reached)
        team = max(spans, key=lambda each: spans[each][1] - spans[each][0])
        low, high = spans[team]
        told = {"team": names.teams[team], "low": whole_percent(low), "high": whole_percent(high)}
        key = "report.doubt_moves" if told["low"] != told["high"] else "report.doubt_moves_none"
        values = [format_input(path, one.value, names) for one in of_path]
        row = TableRow(
            input_name_at(path, names.lang, names.teams, names.stages),
            (
                TableCell(
                    names.say("report.span", low=values[0], high=values[-1]) if len(values) > 1 else values[0]
                ),
                TableCell(names.say(key, **told)),
            ),
        )
        yield high - low, row


def format_input(path: str, value: object, names: Names) -> str:
    """Return a value of an input as people write it."""
    key = key_at(path)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if key is not None and key[0].unit == "money":
        return format_money_roundly(value, names.currency, names.lang)
    return value_text(value, "" if key is None else key[0].unit, names.lang).replace("-", "−", 1)


def _guesses(names: Names, found: RunFindings) -> Iterator[str]:
    """How far all other guesses move a chance at most, and how many cannot be moved."""
    effects = [one for one in _not_doubted(found) if not one.notable]
    if effects:
        points = max(2, ceil(100 * max(one.strength for one in effects)))
        some = len(effects) < len(found.guesses.effects or ()) or found.chances.doubts
        yield names.say("report.little" if some else "report.all_little", n=len(effects), points=points)
    if found.guesses.unranged:
        yield names.say("report.unranged", n=found.guesses.unranged)


def _worth_knowing(names: Names, found: RunFindings) -> Iterator[str]:
    if found.evidence is None or found.chances.is_over:
        return
    movers = [one for one in found.evidence.movers if one.sd >= _LEAST_MOVED][:_MOST_MOVERS]
    if movers:
        listed = "; ".join(_mover(names, one) for one in movers)
        yield names.say("report.worth_knowing", listed=listed)


def _mover(names: Names, mover: Mover) -> str:
    told = {"what": mover_name(names, mover), "team": names.teams[mover.team]}
    return names.say("report.mover", n=round(100 * mover.sd), **told)
