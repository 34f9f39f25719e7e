"""What facts say of chances: the first sentence of a forecast, what they moved, how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from sim.findings.evidence import Change, FactEffect, FactFindings, MovedNumber, Mover
from sim.render.text.layout import plain_table
from sim.render.text.names import MOST_NAMED, Names
from sim.scenario.models.paths import over_stages
from sim.scenario.names import block_name, input_name
from sim.scenario.options import condition

MOST_NUMBERS, MOST_MOVERS = 3, 4
"""Numbers that are told: those that facts moved most, and what would move a chance most."""


def forecast_lines(names: Names, found: FactFindings) -> Iterator[str]:
    """Return the first sentence of a forecast, and whom facts do not tell apart."""
    told = found.chances
    if len(told) > MOST_NAMED:
        ranked = sorted(told, key=lambda team: told[team].p)
        shown = [ranked[0], ranked[-1]]
    else:
        shown = list(told)
    first, *others = shown
    rest = [names.say("run.forecast.other", team=names.teams[team], p=told[team]) for team in others]
    chances = ", ".join([names.say("run.forecast.first", team=names.teams[first], p=told[first]), *rest])
    option = f"{condition(found.option, names.lang)}, " if found.option else ""
    sentence = names.say("run.forecast.sentence", option=option, chances=chances)
    same = found.same_without
    if same is not None:
        without = names.say("run.forecast.same", p=same)
    else:
        without = ", ".join(
            str(found.without.default.teams["", team, "leaves_at_all"].estimate) for team in shown
        )
        without = names.say("run.forecast.each", p=without)
    yield f"{sentence} {without}"
    if any(set(group) >= set(told) for group in found.alike):
        yield names.say("run.forecast.level")
    elif found.alike:
        groups = "; ".join(names.list_teams(group) for group in found.alike)
        yield names.say("run.forecast.alike", teams=groups)


def evidence_lines(names: Names, found: FactFindings) -> Iterator[str]:
    """Return what facts moved, what would move a chance, and how far particles can be trusted."""
    stages = names.list_stages(found.stages)
    yield names.say("run.evidence.title", n=found.facts, stages=stages)
    moved = [_number(names, each) for each in found.numbers[:MOST_NUMBERS]]
    if moved:
        yield names.say("run.evidence.moved", numbers="; ".join(moved))
    movers = [_mover(names, each) for each in found.movers[:MOST_MOVERS]]
    yield names.say("run.evidence.movers" if movers else "run.evidence.no_movers", movers="; ".join(movers))
    for each in found.far:
        yield names.say(
            "run.evidence.far", fact=each.fact, sd=f"{each.sd:.1f}", id=each.fact.rpartition(".")[2]
        )
    trust = found.trust
    by_stage = ", ".join(f"{names.stages[s]} {added:.0f}" for s, added in found.log_evidence.items())
    yield names.say(
        "run.evidence.trust",
        particles=f"{trust.particles:,}",
        islands=trust.islands,
        effective=f"{min(trust.effective, trust.particles):,.0f}",
        r_hat=f"{trust.r_hat:.3f}",
        evidence=f"{trust.log_evidence:.0f}" + (f" ({by_stage})" if len(found.log_evidence) > 1 else ""),
        worst=f"{trust.worst:.0e}" if trust.worst else "0",
        levels=trust.levels,
    )


def each_fact_lines(names: Names, effects: Sequence[FactEffect]) -> Iterator[RenderableType]:
    """Return a table of how chances change without each fact: of a few teams, or of who changes most."""
    if not effects:
        yield Text(names.say("run.each_fact.none"))
        return
    yield Text(names.say("run.each_fact.title"))
    teams = list(effects[0].changes)
    several = len(teams) <= MOST_NAMED
    table = plain_table()
    table.add_column("")
    for team in teams if several else ("",):
        table.add_column(names.short_teams[team] if team else "", justify="right", no_wrap=True)
    for effect in effects:
        most = max(teams, key=lambda team: abs(effect.changes[team].change))
        shown = teams if several else [most]
        cells = [_change(effect.changes[team]) for team in shown]
        who = "" if several else f" {names.short_teams[most]}"
        table.add_row(f"  {effect.fact}{who}", *cells)
    yield table
    yield Text(names.say("run.each_fact.dice"))


def _change(change: Change) -> str:
    """A change in points; in brackets where it may be dice."""
    told = f"{100 * change.change:+.1f}"
    return told if change.shows else f"({told})"


def _number(names: Names, number: MovedNumber) -> str:
    return names.say(
        "run.evidence.number",
        name=_called(names, number.path),
        before=f"{number.before.mean:.2g}",
        after=f"{number.after.mean:.2g}",
        low=f"{number.after.q05:.2g}",
        high=f"{number.after.q95:.2g}",
    )


def _called(names: Names, path: str) -> str:
    """Name a number as sentences do, without its stage: facts move it at all of them."""
    blocks = {step: block_name(step, names.lang) for step in path.split(".")}
    return input_name(over_stages(path), names.lang, blocks | names.teams)


def _mover(names: Names, mover: Mover) -> str:
    if mover.kind == "number":
        what = _called(names, mover.what)
    else:
        stage, block = mover.what.split(" ")
        points = names.say("run.evidence.total") if block == "total" else block_name(block, names.lang)
        team = names.short_teams[mover.of]
        what = names.say("run.evidence.points", team=team, points=points, stage=names.stages[stage])
    return names.say(
        "run.evidence.mover", what=what, sd=f"{100 * mover.sd:.0f}", team=names.short_teams[mover.team]
    )
