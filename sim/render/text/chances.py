"""The tables of chances, by stage and by option with ranges over the doubts, and the lines below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from rich.table import Table
from rich.text import Text

from sim.findings.chances import Amount, Chances, OptionChances, RangedChance
from sim.render.text.layout import MOST_NAMED, NAME_WIDTH, Names, packed, plain_table
from sim.scenario.options import option_label
from sim.stats.percent import margin

MOST_STAGES = 4
"""Stages that fit into a line; of more, the first and the last two are shown."""

MOST_OPTIONS = 4
"""Options that fit into a line; the others are in the saved results."""

_ROWS = {
    "run.dropped": "most_capable_dropped",
    "run.kept": "least_capable_kept",
    "run.regret": "regret",
}
"""Rows of numbers of a stage below the teams: what they are called, and the response that they show."""


def chance_tables(names: Names, found: Chances, without: Chances | None = None) -> Iterator[Table]:
    """Return a table by stage, by option, or both: one if a single stage is ahead or nothing undecided.

    `without` has the chances of a forecast without its facts.
    """
    if not found.undecided:
        yield _by_stage(names, found, without)
    elif len(found.ahead) == 1:
        yield _by_option(names, found, list(found.ahead), without)
    else:
        yield _by_stage(names, found, without)
        yield _by_option(names, found, [], without)


def error_lines(names: Names, found: Chances) -> Iterator[str]:
    """Return the error of dice and the range of doubts, apart; and which teams no input separates."""
    yield from packed(_errors(names, found), indent=2)


def _errors(names: Names, found: Chances) -> Iterator[str]:
    if found.dice is None:
        yield names.say("run.no_dice")
    else:
        yield names.say("run.dice", margin=margin(found.dice))
        if found.has_certain:
            yield names.say("run.certain")
    if found.doubts:
        yield names.say("run.range", n=found.doubts)
    for stage in dict.fromkeys(found.idle.values()):
        yield names.say("run.idle", stage=names.stages[stage])
    for same in found.indistinct:
        many = len(same) > MOST_NAMED
        first = names.teams[same[0]]
        teams = names.say("run.many_teams", first=first, n=len(same) - 1) if many else names.list_teams(same)
        yield names.say("run.same", teams=teams)


def _by_stage(names: Names, found: Chances, without: Chances | None) -> Table:
    """Chances by stage and team, and below them what happens at each stage."""
    table, shown = _with_title(names, "run.leaving", gated=found.gated), _shown(list(found.ahead))
    for stage in shown:
        _stage_column(names, found, table, stage)
    table.add_column(names.say("run.stays"), justify="right", max_width=9)
    for name, chances, team in _rows(names, found, without):
        cells = [_leaves(chances, stage, team) if stage else "" for stage in shown]
        table.add_row(name, *cells, str(chances.default.teams["", team, "selected"].estimate))
    for word, response in _ROWS.items():
        cells = [_number(found.default, f"{response}.{stage}") if stage else "" for stage in shown]
        if any(cells):
            table.add_row(_label(names, word), *cells)
    return table


def _by_option(names: Names, found: Chances, stages: list[str], without: Chances | None) -> Table:
    """Chances of leaving at all by option, beside those at `stages`: none, or the only one ahead."""
    title = "run.leaving" if stages else "table.leaving_at_all"
    table = _with_title(names, title, gated=found.gated and bool(stages))
    for stage in stages:
        _stage_column(names, found, table, stage)
    shown = found.shown[:MOST_OPTIONS]
    for one in shown:
        name = names.say("run.in_all")
        if len(found.options) > 1:  # whose it is on a line of its own: columns are narrow
            name = option_label(one.name, names.lang).replace(": ", ":\n")
        table.add_column(f"{name}\n{names.say('run.ranged')}" if found.doubts else name, justify="right")
    for name, chances, team in _rows(names, found, without):
        cells = [_leaves(chances, stage, team) for stage in stages]
        overall = [one.teams["", team, "leaves_at_all"] for one in chances.shown[:MOST_OPTIONS]]
        # What doubts do is told of the chances that count, and not again of those without facts.
        told = (_ranged_chance(one) if chances is found else str(one.estimate) for one in overall)
        table.add_row(name, *cells, *told)
    for word, response in _ROWS.items() if stages else ():
        numbers = (_number(one, f"{response}.{stages[0]}") for one in shown)
        table.add_row(_label(names, word), "", *numbers)
    return table


def _rows(names: Names, found: Chances, without: Chances | None) -> Iterator[tuple[str, Chances, str]]:
    """The name of each row, its chances, and whose they are; of those without facts one for teams alike."""
    for team in found.teams:
        yield f"  {names.short_teams[team]}", found, team
    if without is None:
        return
    together = {team: group for group in without.indistinct for team in group}
    for team in without.teams:
        group = together.get(team, (team,))
        if team == group[0]:
            alike = set(group) >= set(without.teams)
            whose = names.say("run.each") if alike else names.list_teams(group)
            yield names.say("run.without", team=whose), without, team


def _shown(ahead: Sequence[str]) -> Sequence[str]:
    """The stages ahead as columns; an empty name stands for those that do not fit."""
    return ahead if len(ahead) <= MOST_STAGES else [*ahead[:2], "", *ahead[-2:]]


def _with_title(names: Names, word: str, *, gated: bool) -> Table:
    table = plain_table()
    title = names.say(word) + (f"\n{names.say('run.parts')}" if gated else "")
    table.add_column(title, ratio=1, no_wrap=True, min_width=NAME_WIDTH + 2)
    return table


def _stage_column(names: Names, found: Chances, table: Table, stage: str) -> None:
    title = f"{names.short_stages[stage]}\n{found.ahead[stage]}" if stage else "…"
    table.add_column(title, justify="right", overflow="fold")


def _label(names: Names, word: str) -> Text:
    """The name of a row, on two lines where the chances leave no room for it."""
    return Text(names.say(word), no_wrap=False)


def _leaves(found: Chances, stage: str, team: str) -> str:
    """The chance of leaving at a stage: by points and at the gate apart where there is a gate."""
    of = found.default.teams
    if not found.gated:
        return str(of[stage, team, "leaves"].estimate)
    return f"{of[stage, team, 'by_points'].estimate!s} + {of[stage, team, 'by_gate'].estimate!s}"


def _number(one: OptionChances, response: str) -> str:
    """A response of a stage; "" where the result is known, of which it is not asked."""
    if response in one.chances:
        return _ranged_chance(one.chances[response])
    return _ranged_amount(one.amounts[response]) if response in one.amounts else ""


def _ranged_chance(chance: RangedChance) -> str:
    """A chance in percent, and its range in brackets where the ends print apart."""
    ends = [f"{100 * end:.0f}" for end in chance.range or ()]
    return f"{chance.estimate!s}{_brackets(ends)}"


def _ranged_amount(amount: Amount) -> str:
    """A mean in tenths, likewise."""
    ends = [f"{end:.1f}" for end in amount.range or ()]
    return f"{'–' if isnan(amount.mean) else f'{amount.mean:.1f}'}{_brackets(ends)}"


def _brackets(ends: Sequence[str]) -> str:
    return f" [{ends[0]}-{ends[1]}]" if ends and ends[0] != ends[1] else ""
