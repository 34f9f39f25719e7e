"""The table of chances: by stage, and by option with its range over the doubts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isnan
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from sim.render.text.layout import NAME_WIDTH, fitted, packed, plain_table
from sim.render.text.telling import MOST_NAMED, Telling
from sim.stats.alternatives import Alternative
from sim.stats.percent import margin
from sim.stats.summary import Estimate, Summary

MOST_OPTIONS = 4
"""Options that fit into a line; the others are in the saved results."""


def chances(told: Telling) -> Iterator[Table]:
    """One table if a single stage lies ahead or nothing is to be chosen, or else one more by option."""
    if not told.by_option:
        yield _by_stage(told)
    elif len(told.ahead) == 1:
        yield _by_option(told, told.ahead)
    else:
        yield _by_stage(told)
        yield _by_option(told, [])


def error_lines(told: Telling) -> Iterator[str]:
    """The error of dice and the range of doubts, apart; and which teams no input separates."""
    yield from packed(_errors(told), indent=2)


def _errors(told: Telling) -> Iterator[str]:
    runs = told.summary.tally.runs
    widths = [e.half_width for e in told.rows.values() if e.certain is None and e.of == runs]
    yield told.say("dice", margin=margin(max(widths))) if widths else told.say("no_dice")
    if widths and _shows_certainty(told):
        yield told.say("certain")
    if told.scenario.doubts:
        doubts = len(told.scenario.doubts)
        yield told.say("range_of_one" if doubts == 1 else "range", n=doubts)
    for same in told.summary.indistinct():
        few = len(same) <= MOST_NAMED
        teams = (
            told.listed(same) if few else told.say("many_teams", first=told.names[same[0]], n=len(same) - 1)
        )
        yield told.say("same", teams=teams)


def _shows_certainty(told: Telling) -> bool:
    kinds = {"by_points", "by_gate"} if _gates(told) else {"leaves"}
    return any(
        row.certain is not None
        for (stage, team, kind), row in told.rows.items()
        if team in told.teams and (kind in kinds if stage in told.ahead else kind == "selected")
    )


def _by_stage(told: Telling) -> Table:
    """Chances by stage and team, and below them what happens at each stage."""
    gates = _gates(told)
    table = _with_title(told, "leaving", gates=gates)
    for stage in told.shown_stages():
        _stage_column(told, table, stage)
    table.add_column(told.say("stays"), justify="right", max_width=9)
    for team in told.teams:
        cells = [_leaves(told, stage, team, gates=gates) if stage else "" for stage in told.shown_stages()]
        table.add_row(_name(told, team), *cells, str(told.rows["", team, "selected"]))
    for row in _stage_rows(told):
        default = told.alternatives[0]
        cells = [_ranged(default, row, stage) if stage else "" for stage in told.shown_stages()]
        table.add_row(_label(row), *cells)
    return table


def _by_option(told: Telling, stages: list[str]) -> Table:
    """Chances of leaving at all by option, beside those at `stages`: none, or the only one ahead."""
    gates = _gates(told) and bool(stages)
    table = _with_title(told, "leaving" if stages else "leaving_at_all", gates=gates)
    for stage in stages:
        _stage_column(told, table, stage)
    shown = told.alternatives[:MOST_OPTIONS]
    for one in shown:
        name = one.option.label(told.lang) if told.scenario.choices else told.say("in_all")
        table.add_column(f"{name}\n{told.say('ranged')}" if one.shifts else name, justify="right")
    for team in told.teams:
        cells = [_leaves(told, stage, team, gates=gates) for stage in stages]
        table.add_row(_name(told, team), *cells, *(_at_all(one, team) for one in shown))
    for row in _stage_rows(told) if stages else ():
        table.add_row(_label(row), "", *(_ranged(one, row, stages[0]) for one in shown))
    return table


def _label(row: StageRow) -> Text:
    """The name of a row, on two lines where the chances leave no room for it."""
    return Text(row.label, no_wrap=False)


def _with_title(told: Telling, word: str, *, gates: bool) -> Table:
    table = plain_table()
    title = told.say(word) + (f"\n{told.say('parts')}" if gates else "")
    table.add_column(title, ratio=1, no_wrap=True, min_width=NAME_WIDTH + 2)
    return table


def _stage_column(told: Telling, table: Table, stage: str) -> None:
    when = f"\n{told.scenario.stages[stage].decided}" if stage else ""
    table.add_column((told.short[stage] + when) if stage else "…", justify="right", overflow="fold")


def _name(told: Telling, team: str) -> str:
    return f"  {fitted(told.names[team], NAME_WIDTH)}"


def _gates(told: Telling) -> bool:
    return any(told.scenario.stages[s].gate is not None for s in told.ahead)


def _leaves(told: Telling, stage: str, team: str, *, gates: bool) -> str:
    if not gates:
        return str(told.rows[stage, team, "leaves"])
    return f"{told.rows[stage, team, 'by_points']!s} + {told.rows[stage, team, 'by_gate']!s}"


def _at_all(one: Alternative, team: str) -> str:
    """The chance of leaving at any stage, and its range in brackets where that differs."""
    (estimate,) = (
        one.summary.estimate(each.holds, each.of, each.certain)
        for each in one.summary.counts()
        if (each.stage, each.team, each.chance) == ("", team, "leaves_at_all")
    )
    low, high = one.ranges.get(("", team, "leaves_at_all"), (0.0, 0.0))
    ends = f"{100 * low:.0f}-{100 * high:.0f}"
    return f"{estimate} [{ends}]" if f"{100 * low:.0f}" != f"{100 * high:.0f}" else str(estimate)


class StageRow(NamedTuple):
    """A number of each stage: its name, what it is, and how it is printed."""

    label: str
    ask: Callable[[Summary, str], float]
    shown: Callable[[Summary, str], str]
    rounded: str  # format of the ends of a range, of `factor` times the number
    factor: float


def _stage_rows(told: Telling) -> Iterator[StageRow]:
    yield _chance_row(told.say("dropped"), "most_capable_dropped")
    yield _chance_row(told.say("kept"), "least_capable_kept")
    yield StageRow(told.say("regret"), _lost, lambda of, s: _tenths(_lost(of, s)), ".1f", 1.0)


def _chance_row(label: str, response: str) -> StageRow:
    def ask(of: Summary, stage: str) -> Estimate:
        return of.chance(f"{response}.{stage}")

    return StageRow(label, lambda of, s: ask(of, s).p, lambda of, s: str(ask(of, s)), ".0f", 100.0)


def _lost(of: Summary, stage: str) -> float:
    return of.measure(f"regret.{stage}").mean()


def _tenths(number: float) -> str:
    return "–" if isnan(number) else f"{number:.1f}"


def _ranged(one: Alternative, row: StageRow, stage: str) -> str:
    """A number of a stage under an option, with its least and greatest value over the doubts."""
    told = row.shown(one.summary, stage)
    ends = one.range(lambda summary: row.ask(summary, stage))
    if ends is None or isnan(ends[0]) or isnan(ends[1]):
        return told
    low, high = (f"{row.factor * max(0.0, end):{row.rounded}}" for end in ends)
    return f"{told} [{low}-{high}]" if low != high else told
