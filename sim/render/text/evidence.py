"""What facts say of chances: the first sentence of a forecast, what they moved, how far it can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.console import RenderableType
from rich.text import Text

from sim.findings.evidence import Change, FactEffect, FactFindings, MovedNumber, Mover
from sim.forecast.results import HAPPENED
from sim.render.text.layout import MOST_NAMED, Names, add_numbers, plain_table
from sim.scenario.evidence import fact_names
from sim.scenario.models.facts import TOTAL, Fact
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import block_of_points, input_name, input_names
from sim.scenario.options import condition
from sim.stats.percent import within_span
from sim.stats.summary import Estimate

MOST_NUMBERS, MOST_MOVERS = 3, 4
"""Numbers that are told: those that facts moved most, and what would move a chance most."""


def forecast_sentence(names: Names, found: FactFindings) -> str:
    """Return the first sentence of a forecast."""
    told = _told(found)
    (first, chance), *others = told.items()
    opening = names.say("run.forecast.first", team=names.teams[first], p=chance)
    option = f"{condition(found.option, names.lang)}, " if found.option else ""
    chances = ", ".join([opening, *_others(names, others)])
    return names.say("run.forecast.sentence", option=option, chances=chances)


def without_facts_sentence(names: Names, found: FactFindings) -> str:
    """Return the same chances without the facts."""
    if found.same_without is not None:
        return names.say("run.forecast.same", p=found.same_without)
    bare = found.without.default.teams
    each = _others(names, ((team, bare["", team, "leaves_at_all"].estimate) for team in _told(found)))
    return names.say("run.forecast.each", chances=", ".join(each))


def _told(found: FactFindings) -> Mapping[str, Estimate]:
    """The chances of all teams, or of those with the least and the greatest where they are many."""
    if len(found.chances) <= MOST_NAMED:
        return found.chances
    ranked = sorted(found.chances, key=lambda team: found.chances[team].p)
    return {team: found.chances[team] for team in (ranked[0], ranked[-1])}


def level_lines(names: Names, teams: Collection[str], groups: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Return which groups of `teams` facts do not tell apart."""
    if any(set(group) >= set(teams) for group in groups):
        yield "  " + names.say("run.forecast.level")
    elif groups:
        told = (names.say("run.forecast.alike", teams=names.list_teams(group)) for group in groups)
        yield "  " + " ".join(told)


def _others(names: Names, chances: Iterable[tuple[str, Estimate]]) -> list[str]:
    return [names.say("run.forecast.other", team=names.teams[team], p=chance) for team, chance in chances]


def evidence_lines(names: Names, found: FactFindings) -> Iterator[str]:
    """Return what facts moved, what would move a chance, and how far particles can be trusted."""
    stages = names.list_stages(found.stages)
    yield names.say("run.evidence.title", n=found.facts, stages=stages)
    called = _names_of_numbers(names, found)
    moved = [
        _number(names, each, called[each.path]) for each in found.numbers[:MOST_NUMBERS] if each.is_moved
    ]
    if moved:
        yield names.say("run.evidence.moved", numbers="; ".join(moved))
    elif found.numbers:
        yield names.say("run.evidence.unmoved", n=len(found.numbers))
    movers = [_mover(names, each, called) for each in found.movers[:MOST_MOVERS]]
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
    add_numbers(table, *([names.short_teams[team] for team in teams] if several else [""]))
    for effect in effects:
        most = most_changed(effect)
        shown = teams if several else [most]
        cells = [format_fact_change(effect.changes[team]) for team in shown]
        who = "" if several else f" {names.short_teams[most]}"
        table.add_row(f"  {effect.fact}{who}", *cells)
    yield table
    yield Text(names.say("run.each_fact.dice"))


def most_changed(effect: FactEffect) -> str:
    """Return the team whose chance changes most without a fact."""
    return max(effect.changes, key=lambda team: abs(effect.changes[team].change))


def format_fact_change(change: Change) -> str:
    """Return a change in points; in brackets where it may be dice."""
    told = f"{100 * change.change:+.1f}"
    return told if change.shows else f"({told})"


def _names_of_numbers(names: Names, found: FactFindings) -> dict[str, str]:
    """What numbers are called, by path: all that stand in these lines together, so that they stay apart."""
    paths = [each.path for each in found.numbers[:MOST_NUMBERS]]
    paths += [each.what for each in found.movers[:MOST_MOVERS] if each.kind == "number"]
    paths = list(dict.fromkeys(paths))
    return dict(zip(paths, input_names(paths, names.lang, names.teams, names.stages), strict=True))


def format_moved_numbers(names: Names, numbers: Sequence[MovedNumber]) -> list[str]:
    """Return each number with where it lay before the facts and lies after them; names that stay apart."""
    called = input_names([each.path for each in numbers], names.lang, names.teams, names.stages)
    return [_number(names, each, name) for each, name in zip(numbers, called, strict=True)]


def _number(names: Names, number: MovedNumber, name: str) -> str:
    values = {
        "before": number.before.mean,
        "after": number.after.mean,
        "low": number.after.q05,
        "high": number.after.q95,
    }
    written = {key: within_span(value, number.span) for key, value in values.items()}
    return names.say("run.evidence.number", name=name, **written)


def mover_name(names: Names, mover: Mover, called: Mapping[str, str] | None = None) -> str:
    """Return what it is that is not known; `called` are names of numbers by path, which stay apart."""
    if mover.kind == "number":
        return (called or {}).get(mover.what) or input_name(mover.what, names.lang, names.teams)
    stage, block = mover.what.split(" ")
    place = {"team": names.short_teams[mover.of], "stage": names.stages[stage]}
    if block == TOTAL:
        return names.say("run.evidence.total", **place)
    return names.say("run.evidence.points", block=block_of_points(block, names.lang), **place)


def _mover(names: Names, mover: Mover, called: Mapping[str, str]) -> str:
    what = mover_name(names, mover, called)
    return names.say(
        "run.evidence.mover", what=what, sd=f"{100 * mover.sd:.0f}", team=names.short_teams[mover.team]
    )


class FactTitle(NamedTuple):
    """What a fact is about, in people's words, and who published it."""

    name: str
    source: str  # empty for a known result

    def told(self, names: Names) -> str:
        """Return both in a sentence."""
        return names.say("report.fact_by", fact=self.name, source=self.source) if self.source else self.name


def fact_titles(names: Names, scenario: Scenario) -> dict[str, FactTitle]:
    """Return the title of each fact by its ids, which people do not know.

    Facts that are alike in this are told apart by what they say, else by their ids. A known result counts as
    a fact, too: the others may not predict it.
    """
    facts = fact_names(scenario)
    titles = {fact: _title(names, fact, said) for fact, said in facts.items()}
    titles = _apart(titles, lambda fact: _parts(names, facts[fact]), names)
    titles = _apart(titles, lambda fact: fact.partition(".")[2], names)
    return titles | {
        f"{s}.{HAPPENED}": FactTitle(names.say("report.fact_of_result", stage=names.stages[s]), "")
        for s, stage in scenario.stages.items()
        if stage.happened is not None
    }


def _title(names: Names, fact: str, said: Fact) -> FactTitle:
    (block, _, item), stage = said.of.partition("/"), names.stages[fact.partition(".")[0]]
    if block == TOTAL:
        name = names.say("report.fact_of_total", stage=stage)
    elif item:
        told = {"block": block_of_points(block, names.lang), "item": item}
        name = names.say("report.fact_of_item", stage=stage, **told)
    else:
        name = names.say("report.fact_of_block", stage=stage, block=block_of_points(block, names.lang))
    return FactTitle(name, said.source or fact)


def _apart(titles: Mapping[str, FactTitle], by: Callable[[str], str], names: Names) -> dict[str, FactTitle]:
    """Titles, those that several facts have with what tells these apart."""
    shared = Counter(titles.values())
    return {
        fact: title
        if shared[title] == 1
        else title._replace(name=names.say("report.fact_says", fact=title.name, what=by(fact)))
        for fact, title in titles.items()
    }


def _parts(names: Names, fact: Fact) -> str:
    """What a fact says: points, who is first, a mean and so on."""
    values = fact.model_dump(exclude_none=True)
    return ", ".join(names.say(f"report.fact_part.{part}") for part in _PARTS if values.get(part))


_PARTS = ("points", "first", "last", "order", "mean", "gap", "at_least", "at_most")
