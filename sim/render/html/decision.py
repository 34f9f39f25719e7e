"""What each decision leads to beside who leaves, and what it comes to under all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from sim.findings.chances import Amount, OptionChances
from sim.findings.run import RunFindings, ending
from sim.render.html.amounts import format_months
from sim.render.html.board import chance_mark
from sim.render.html.document import RowGroup, TableCell, TableRow
from sim.render.text.ecosystem import ecosystem_sentences
from sim.render.text.ending import purse_sentences
from sim.render.text.layout import Names
from sim.scenario.models.inputs import is_guessed
from sim.text.money import format_money_roundly

_RARE = 0.005
"""A chance below which it is not told that nobody is selected."""


def outcome_rows(names: Names, found: RunFindings, options: Sequence[OptionChances]) -> Iterator[RowGroup]:
    """Return rows of what else an option leads to, if there is any."""
    rows = tuple(_rows(names, found, options))
    if rows:
        yield RowGroup(names.say("report.outcomes"), rows)


def _rows(names: Names, found: RunFindings, options: Sequence[OptionChances]) -> Iterator[TableRow]:
    for key, response in (
        ("report.strongest_leaves", "most_capable_dropped"),
        ("report.weakest_stays", "least_capable_kept"),
    ):
        asked = [s for s in found.chances.ahead if all(f"{response}.{s}" in one.chances for one in options)]
        if asked:
            told = [one.chances[f"{response}.{asked[-1]}"] for one in options]
            marks = (chance_mark(names, each) for each in told)
            cells = tuple(TableCell(mark.text, mark.range) for mark in marks)
            yield TableRow(names.say(key, stage=names.stages[asked[-1]]), cells)
    nobody = [one.chances.get("nobody_selected") for one in options]
    if any(each and each.estimate.p >= _RARE for each in nobody):
        marks = (chance_mark(names, each) for each in nobody if each is not None)
        yield TableRow(names.say("report.nobody"), tuple(TableCell(mark.text, mark.range) for mark in marks))
    yield from _gap(names, options)
    yield from _lease(names, found, options)


def _gap(names: Names, options: Sequence[OptionChances]) -> Iterator[TableRow]:
    amounts = [one.amounts.get("behind_frontier_months") for one in options]
    if all(each is not None and each.of for each in amounts):
        yield TableRow(
            names.say("report.months_behind"), tuple(_months(names, each) for each in amounts if each)
        )


def _months(names: Names, amount: Amount) -> TableCell:
    """Months behind the world's best; below 0 those by which it is ahead."""
    if isnan(amount.mean):
        return TableCell("–")
    ends = [f"{round(end)}" for end in amount.range or ()]
    note = names.say("report.ends", low=ends[0], high=ends[1]) if ends and ends[0] != ends[1] else ""
    return TableCell(format_months(names, amount.mean), note)


def _lease(names: Names, found: RunFindings, options: Sequence[OptionChances]) -> Iterator[TableRow]:
    """What lending costs, where options differ in it; else it is told once."""
    costs = [ending(found.played.scenario, one).lent_cost for one in options]
    if len(costs) > 1 and max(costs) - min(costs) > 0.01 * max(costs):
        cells = tuple(TableCell(format_money_roundly(cost, names.currency, names.lang)) for cost in costs)
        yield TableRow(names.say("report.lease_of_options"), cells)


def common_lines(names: Names, found: RunFindings) -> Iterator[str]:
    """Return what is lent and paid under the default option, and how far budgets reach."""
    end = found.ending
    for lease in end.leases:
        guessed = is_guessed(found.played.scenario, f"stages.{lease.stage}.grants")
        yield names.say(
            "report.lease_of_stage_guessed" if guessed else "report.lease_of_stage",
            stage=names.stages[lease.stage],
            n=round(lease.gpus),
            gpus=f"{lease.gpus:,.0f}",
            money=format_money_roundly(lease.cost, names.currency, names.lang),
        )
    if end.lent_cost and not end.leases:
        money = format_money_roundly(end.lent_cost, names.currency, names.lang)
        share = f"{100 * end.cost_of_leavers / end.lent_cost:.0f}"
        yield names.say("report.lease", money=money, share=share)
    if end.paid is not None:
        paid, to_leavers = end.paid
        share = f"{100 * to_leavers / paid:.0f}" if paid else "0"
        yield names.say(
            "report.paid", money=format_money_roundly(paid, names.currency, names.lang), share=share
        )
    for label, told in (*purse_sentences(names, end), *ecosystem_sentences(names, end.ecosystem)):
        yield names.say("report.purse", label=label, told=told)
