"""The tables of chances, by stage and by option with ranges over the doubts, and the lines below them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from math import isnan

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from sim.findings.chances import Amount, Chances, OptionChances, RangedChance
from sim.findings.fold import (
    TeamRow,
    chance_span,
    group_rows,
    mean_chance,
    mean_of,
    number_that_stays,
    team_rows,
)
from sim.render.text.layout import NAME_WIDTH, WIDTH, Names, fit_names, packed, plain_table
from sim.scenario.options import option_label
from sim.scenario.problems import fold_copies
from sim.stats.percent import margin, whole_percent
from sim.stats.summary import Kind

MOST_STAGES = 4
"""Stages that fit into a line; of more, the first and the last two are shown."""

MOST_OPTIONS = 4
"""Options that fit into a line; the others are in the saved results."""

AWARD_WIDTH = 16
"""Cells for the name of an award; longer names lose their middle."""

_LEAST_CELL = 5
"""Cells of the widest chance, `>99.9`."""

_MOST_ALIKE = 3
"""Groups of teams alike that are told one by one."""

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


def brief_table(names: Names, found: Chances) -> Table:
    """Return one table, a chance a cell: by option where there is a choice or a doubt, or by stage."""
    return _brief_by_option(names, found) if found.undecided else _brief_by_stage(names, found)


def _brief_by_option(names: Names, found: Chances) -> Table:
    if len(found.ahead) == 1:
        ((stage, day),) = found.ahead.items()
        below = names.say("run.stage_on", stage=names.stages[stage], day=day)
    else:
        below = names.say("run.any_stage")
    table = _with_title(names, "run.leaving", below=below)
    _option_columns(names, found, table)
    for name, _, row in _rows(names, found, None, pool=True):
        cells = (_with_range(names, one, row, "", "leaves_at_all") for one in found.shown[:MOST_OPTIONS])
        table.add_row(name, *cells)
    return table


def _brief_by_stage(names: Names, found: Chances) -> Table:
    table, shown = _with_title(names, "run.leaving"), _shown(list(found.ahead))
    for stage in shown:
        _stage_column(names, found, table, stage)
    table.add_column(names.say("run.stays"), justify="right", max_width=9)
    for name, _, row in _rows(names, found, None, pool=True):
        cells = (_chance(names, found.default, row, stage, "leaves") if stage else "" for stage in shown)
        table.add_row(name, *cells, _chance(names, found.default, row, "", "selected"))
    return table


def group_tables(names: Names, found: Chances) -> Iterator[Table]:
    """Return a table of the groups where teams are folded: what the teams of each come to on average."""
    rows = group_rows(found)
    if not rows:
        return
    options, stages = found.shown[:MOST_OPTIONS], _shown(list(found.ahead))
    table = plain_table()
    table.add_column(names.say("run.by_group"), ratio=1, overflow="fold", min_width=_GROUP_WIDTH)
    if found.undecided:
        _option_columns(names, replace(found, doubts=0), table)
    else:
        for stage in stages:
            _stage_column(names, found, table, stage)
        table.add_column(names.say("run.stays"), justify="right", max_width=_STAY_WIDTH)
    for name, row in rows.items():
        if found.undecided:
            cells = [
                (_chance(names, one, row, "", "leaves_at_all"), number_that_stays(one, row.teams))
                for one in options
            ]
            told = [names.say("run.group_cell", p=p, stay=f"{stay:.1f}") for p, stay in cells]
        else:
            stay = number_that_stays(found.default, row.teams)
            told = [_chance(names, found.default, row, stage, "leaves") if stage else "" for stage in stages]
            p = _chance(names, found.default, row, "", "selected")
            told.append(names.say("run.group_cell", p=p, stay=f"{stay:.1f}"))
        table.add_row(names.say("run.row.group", name=name, n=len(row.teams)), *told)
    yield table


_GROUP_WIDTH, _STAY_WIDTH = 16, 12


def error_lines(names: Names, found: Chances) -> Iterator[str]:
    """Return the error of dice and the range of doubts, apart; and which teams no input separates."""
    yield from packed(
        [
            *_errors(names, found, "run.dice", "run.range"),
            *idle_sentences(names, found),
            *same_sentences(names, found),
        ],
        indent=2,
    )


def brief_error_lines(names: Names, found: Chances) -> Iterator[str]:
    """Return how exact chances are, and what a gate adds, which no column of the short table tells."""
    yield from packed(
        [*_errors(names, found, "run.brief.dice", "run.brief.range"), *gated_sentences(names, found)],
        indent=2,
    )


def gated_sentences(names: Names, found: Chances) -> Iterator[str]:
    """Return how much a gate is behind the chances of leaving at the one stage ahead."""
    if not found.gated or len(found.ahead) != 1:
        return
    (stage,) = found.ahead
    low, high = map(str, chance_span(found.default, found.teams, stage, "by_gate"))
    yield names.say("run.brief.gated", p=_span(names, low, high))


def _errors(names: Names, found: Chances, dice: str, doubted: str) -> Iterator[str]:
    if found.dice is None:
        yield names.say("run.no_dice")
    else:
        yield names.say(dice, margin=margin(found.dice))
        if found.has_certain:
            yield names.say("run.certain")
    if found.doubts:
        yield names.say(doubted, n=found.doubts)


def idle_sentences(names: Names, found: Chances) -> Iterator[str]:
    """Return of which stages it is all that nobody leaves if they are not held."""
    for stage in dict.fromkeys(found.idle.values()):
        yield names.say("run.idle", stage=names.stages[stage])


def same_sentences(names: Names, found: Chances, shared: Collection[tuple[str, ...]] = ()) -> Iterator[str]:
    """Return whom no input tells apart; groups that share a row of a table say so there."""
    if found.all_alike:
        yield names.say("run.same_all")
        return
    apart = [group for group in found.indistinct if group not in shared]
    for same in apart[:_MOST_ALIKE]:
        yield names.say("run.same", teams=names.list_many(same))
    if others := apart[_MOST_ALIKE:]:
        yield names.say("run.same_others", n=len(others))


def award_tables(names: Names, found: Chances) -> Iterator[Table | Text]:
    """Return a table of the chances of awards for each stage ahead that has any."""
    for stage in found.ahead:
        awards = list(found.awards.get(stage, ()))
        if not awards:
            continue
        table = plain_table()
        title = names.say("run.awards", stage=names.stages[stage])
        table.add_column(title, ratio=1, no_wrap=True, min_width=NAME_WIDTH + 2)
        heads = _heads_that_fit([names.awards.get((stage, award), award) for award in awards])
        for head in heads:
            table.add_column(head, justify="right", no_wrap=True)
        for name, _, row in _rows(names, found, None, pool=True):
            cells = (
                _award(names, found.default, row, f"award.{stage}.{award}") for award in awards[: len(heads)]
            )
            table.add_row(name, *cells)
        yield table
        if left_out := len(awards) - len(heads):
            yield Text(names.say("run.awards_left_out", n=left_out))


def model_tables(names: Names, found: Chances) -> Iterator[Table]:
    """Return, for each stage ahead in which models have a size, what of its compute each makes use of."""
    options = found.shown[:MOST_OPTIONS]
    for stage in found.ahead:
        told = [team for team in found.teams if f"{_KEPT}.{stage}.{team}" in found.default.amounts]
        if not told:
            continue
        table = plain_table()
        title = names.say("run.compute_kept", stage=names.stages[stage])
        table.add_column(title, ratio=1, min_width=NAME_WIDTH + 2)
        for one in options:
            name = option_label(one.name, names.lang).replace(": ", ":\n") if len(options) > 1 else ""
            table.add_column(name, justify="right")
        for team in told:
            cells = (_percent_spread(names, one.amounts.get(f"{_KEPT}.{stage}.{team}")) for one in options)
            table.add_row(f"  {names.short_teams[team]}", *cells)
        yield table


_KEPT = "compute_kept"


def _percent_spread(names: Names, amount: Amount | None) -> str:
    """A mean share in percent, and between what it lies from run to run."""
    if amount is None or isnan(amount.mean):
        return "–"
    mean, low, high = (f"{100 * share:.0f}" for share in (amount.mean, amount.q05, amount.q95))
    return mean if low == high else f"{mean} ({names.say('figure.span', low=low, high=high)})"


def _heads_that_fit(heads: Sequence[str]) -> list[str]:
    """As many heads of columns as stand beside the names of teams, at least one; long ones are cut."""
    fits, room = fit_names(heads, AWARD_WIDTH), WIDTH - NAME_WIDTH - 2
    widths = accumulate(1 + max(cell_len(head), _LEAST_CELL) for head in fits)
    return fits[: max(1, sum(width <= room for width in widths))]


def _award(names: Names, one: OptionChances, row: TeamRow, response: str) -> str:
    """The chances of the teams of a row of an award: of one, the mean of some that are alike, or from-to."""
    chances = sorted((one.chances[f"{response}.{team}"] for team in row.teams), key=lambda c: c.estimate.p)
    if row.kind != "rest":
        return format_ranged_chance(mean_of(chances))
    return _span(names, *(str(chance.estimate) for chance in (chances[0], chances[-1])))


def _by_stage(names: Names, found: Chances, without: Chances | None) -> Table:
    """Chances by stage and team, and below them what happens at each stage."""
    table, shown = _with_title(names, "run.leaving", below=_parts(names, found)), _shown(list(found.ahead))
    for stage in shown:
        _stage_column(names, found, table, stage)
    table.add_column(names.say("run.stays"), justify="right", max_width=9)
    for name, chances, row in _rows(names, found, without):
        cells = [_leaves(names, chances, stage, row) if stage else "" for stage in shown]
        table.add_row(name, *cells, _chance(names, chances.default, row, "", "selected"))
    for word, response in _ROWS.items():
        cells = [_number(found.default, f"{response}.{stage}") if stage else "" for stage in shown]
        if any(cells):
            table.add_row(_label(names, word), *cells)
    return table


def _by_option(names: Names, found: Chances, stages: list[str], without: Chances | None) -> Table:
    """Chances of leaving at all by option, beside those at `stages`: none, or the only one ahead."""
    title = "run.leaving" if stages else "table.leaving_at_all"
    table = _with_title(names, title, below=_parts(names, found) if stages else "")
    for stage in stages:
        _stage_column(names, found, table, stage)
    _option_columns(names, found, table)
    shown = found.shown[:MOST_OPTIONS]
    for name, chances, row in _rows(names, found, without):
        cells = [_leaves(names, chances, stage, row) for stage in stages]
        # What doubts do is told of the chances that count, and not again of those without facts.
        say_chance = _with_range if chances is found else _chance
        told = (say_chance(names, one, row, "", "leaves_at_all") for one in chances.shown[:MOST_OPTIONS])
        table.add_row(name, *cells, *told)
    for word, response in _ROWS.items() if stages else ():
        numbers = (_number(one, f"{response}.{stages[0]}") for one in shown)
        table.add_row(_label(names, word), "", *numbers)
    return table


def _rows(
    names: Names, found: Chances, without: Chances | None, *, pool: bool = False
) -> Iterator[tuple[str, Chances, TeamRow]]:
    """The name of each row, its chances, and whose they are; of those without facts one for teams alike."""
    for row in team_rows(found, pool=pool):
        yield f"  {row_label(names, row, len(found.teams), names.short_teams)}", found, row
    if without is None:
        return
    together = {team: group for group in without.indistinct for team in group}
    for team in without.teams:
        group = together.get(team, (team,))
        if team == group[0]:
            alike = set(group) >= set(without.teams)
            whose = names.say("run.each") if alike else names.list_teams(group)
            yield names.say("run.without", team=whose), without, TeamRow((team,), "one")


def row_label(names: Names, row: TeamRow, of: int, called: Mapping[str, str]) -> str:
    """Return the name of a row of one of `of` teams, or of several; `called` are the names of teams."""
    first, count = called[row.teams[0]], len(row.teams)
    if row.kind == "one":
        return first
    if row.kind == "rest":
        return names.say("run.row.rest", n=count)
    if count == of:
        return names.say("run.row.all", n=count)
    rows = fold_copies(called[team] for team in row.teams)
    if len(rows) == 1:  # copies of one team, which are called by their first and last
        return names.say("run.row.copies", first=rows[0][0], last=rows[0][1])
    return names.say("run.row.each", first=first, n=count - 1)


def _shown(ahead: Sequence[str]) -> Sequence[str]:
    """The stages ahead as columns; an empty name stands for those that do not fit."""
    return ahead if len(ahead) <= MOST_STAGES else [*ahead[:2], "", *ahead[-2:]]


def _with_title(names: Names, word: str, *, below: str = "") -> Table:
    table = plain_table()
    title = names.say(word) + (f"\n{below}" if below else "")
    table.add_column(title, ratio=1, no_wrap=True, min_width=NAME_WIDTH + 2)
    return table


def _parts(names: Names, found: Chances) -> str:
    """Of what chances at a stage are put together, where there is a gate."""
    return names.say("run.parts") if found.gated else ""


def _option_columns(names: Names, found: Chances, table: Table) -> None:
    for one in found.shown[:MOST_OPTIONS]:
        name = names.say("run.in_all")
        if len(found.options) > 1:  # whose it is on a line of its own: columns are narrow
            name = option_label(one.name, names.lang).replace(": ", ":\n")
        table.add_column(f"{name}\n{names.say('run.ranged')}" if found.doubts else name, justify="right")


def _stage_column(names: Names, found: Chances, table: Table, stage: str) -> None:
    title = f"{names.short_stages[stage]}\n{found.ahead[stage]}" if stage else "…"
    table.add_column(title, justify="right", overflow="fold")


def _label(names: Names, word: str) -> Text:
    """The name of a row, on two lines where the chances leave no room for it."""
    return Text(names.say(word, unit=names.unit), no_wrap=False)


def _leaves(names: Names, found: Chances, stage: str, row: TeamRow) -> str:
    """The chance of leaving at a stage: by points and at the gate apart where there is a gate."""
    if not found.gated:
        return _chance(names, found.default, row, stage, "leaves")
    parts: tuple[Kind, Kind] = ("by_points", "by_gate")
    return " + ".join(_chance(names, found.default, row, stage, kind) for kind in parts)


def _chance(names: Names, one: OptionChances, row: TeamRow, stage: str, kind: Kind) -> str:
    """A chance of the teams of a row in percent, from the least to the greatest of those that are folded."""
    if row.kind != "rest":
        return str(mean_chance(one, row.teams, stage, kind).estimate)
    low, high = map(str, chance_span(one, row.teams, stage, kind))
    return _span(names, low, high)


def _with_range(names: Names, one: OptionChances, row: TeamRow, stage: str, kind: Kind) -> str:
    """The same with the range over doubts."""
    if row.kind == "rest":
        return _chance(names, one, row, stage, kind)
    return format_ranged_chance(mean_chance(one, row.teams, stage, kind))


def _number(one: OptionChances, response: str) -> str:
    """A response of a stage; "" where the result is known, of which it is not asked."""
    if response in one.chances:
        return format_ranged_chance(one.chances[response])
    return _ranged_amount(one.amounts[response]) if response in one.amounts else ""


def format_ranged_chance(chance: RangedChance) -> str:
    """Return a chance in percent, and its range in brackets where the ends print apart."""
    ends = [whole_percent(end) for end in chance.range or ()]
    return f"{chance.estimate!s}{_brackets(ends)}"


def _ranged_amount(amount: Amount) -> str:
    """A mean in tenths, likewise."""
    ends = [f"{end:.1f}" for end in amount.range or ()]
    return f"{'–' if isnan(amount.mean) else f'{amount.mean:.1f}'}{_brackets(ends)}"


def _span(names: Names, low: str, high: str) -> str:
    """From the least to the greatest, or the one where they print alike."""
    return low if low == high else names.say("figure.span", low=low, high=high)


def _brackets(ends: Sequence[str]) -> str:
    return f" [{ends[0]}-{ends[1]}]" if ends and ends[0] != ends[1] else ""
