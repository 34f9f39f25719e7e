"""Do facts speak of what there is at their stage, and of points that can be given?

What facts say together is another question: `sim.forecast.feasible` answers it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from sim.scenario.checks.breakthroughs import untouched_past_errors
from sim.scenario.checks.effort import unfit_for_facts
from sim.scenario.checks.openness import untouched_by_closing_errors
from sim.scenario.checks.recovery import luck_beside_facts
from sim.scenario.models.facts import TOTAL, Fact, Ranked
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.problems import Diagnostic, KeyPath, did_you_mean, list_known

_ENDS: tuple[Ranked, Ranked] = ("first", "last")


def fact_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Facts of stages ahead, of unknown teams and blocks, beyond the maximum, or not known yet."""
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id, "facts")
        if stage.facts and stage.happened is None:
            expected = "`happened` beside them, or no facts"
            yield Diagnostic(here, "facts of a stage whose result is not known", expected)
            continue
        for fact_id, fact in (stage.facts or {}).items():
            path = (*here, fact_id)
            yield from _check_days(scenario, stage, fact, path)
            yield from _check_fact(scenario, stage_id, fact, path)
    yield from _check_decisions(scenario)


def forecast_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """What a decided stage may not have if chances are to be conditioned on its points.

    The scenario itself is fine, and can be run without its facts.
    """
    hint = "--without-facts runs it all the same"
    if scenario.faults.mode == "each":
        found = "faults one by one, with facts about points of the past"
        yield Diagnostic(("faults", "mode"), found, "`average`", hint)
    for path, found, expected in luck_beside_facts(scenario):
        yield Diagnostic(path, found, expected, hint)
    yield from untouched_past_errors(scenario)
    yield from untouched_by_closing_errors(scenario)
    for stage_id, stage in scenario.stages.items():
        if stage.happened is None:
            continue
        here = ("stages", stage_id)
        for path, found, expected in (*_unfit_parts(stage), *unfit_for_facts(scenario, stage_id)):
            yield Diagnostic((*here, *path), f"{found} in a decided stage of a forecast", expected, hint)


def _unfit_parts(stage: Stage) -> Iterator[tuple[KeyPath, str, str]]:
    """Where a stage has what makes its points other than normal, or its result uncertain."""
    if stage.model:
        yield ("model",), "a model that is trained", "no `model` there"
    for block_id, block in stage.points.items():
        here = ("points", block_id)
        if block.noise_shape != "normal":
            yield (*here, "noise_shape"), f"{block.noise_shape} noise", "`normal`"
        for item_id, item in block.items.items():
            if item.target is not None:
                yield (*here, "items", item_id, "target"), "an item against a target", "`mean` and `per_eci`"
    for name in ("keep", "drop", "minimum"):
        number = getattr(stage.cut, name)
        if number is not None and not isinstance(number, float):
            yield ("cut", name), "an uncertain cut", "the number by which it was decided"
    if stage.grants.supply is not None:
        yield ("grants", "supply"), "a supply that arrives over time", "`pool`, `gpus` and `more`, as lent"
    if stage.entry is not None and stage.entry.happened is None:
        yield ("entry",), "an entry whose outcome is not known", "`happened`, who entered"


def _check_days(scenario: Scenario, stage: Stage, fact: Fact, here: KeyPath) -> Iterator[Diagnostic]:
    if fact.known is not None and stage.known_since(fact) > scenario.as_of:
        expected = f"a day up to {scenario.as_of}, which is `as_of`"
        yield Diagnostic((*here, "known"), f"a fact known since {fact.known}", expected)


def _check_fact(scenario: Scenario, stage_id: str, fact: Fact, here: KeyPath) -> Iterator[Diagnostic]:
    stage, evaluated = scenario.stages[stage_id], scenario.evaluated(stage_id)
    maximum = greatest_points(stage, fact.of)
    if maximum is None:
        found = f"no block or item '{fact.of}'"
        yield Diagnostic((*here, "of"), found, hint=did_you_mean(fact.of, _known_parts(stage)))
    else:
        yield from _check_points(fact, maximum, here)
    for path, team in _teams_in(fact):
        yield from _check_team(scenario, team, evaluated, (*here, *path))
    yield from _check_ties(fact, here)
    if fact.order and len(fact.order) < 2:
        yield Diagnostic((*here, "order"), "an order of one place", "at least two, from the top")
    if fact.gap is not None and len(evaluated) < 2:
        yield Diagnostic((*here, "gap"), f"a gap where {len(evaluated)} was evaluated", "two teams or more")


def greatest_points(stage: Stage, of: str) -> float | None:
    """The most points that a fact `of` something can say; None where there is no such thing."""
    if of == TOTAL:
        return sum(block.max for block in stage.points.values())
    block_id, slash, item = of.partition("/")
    block = stage.points.get(block_id)
    if block is None or (slash and item not in block.items):
        return None
    # Scaled to the leader, an item can have more than its own maximum, but no more than the block's.
    return block.items[item].max if slash and block.rescale != "leader" else block.max


def _known_parts(stage: Stage) -> list[str]:
    items = (f"{block}/{item}" for block, rules in stage.points.items() for item in rules.items)
    return [TOTAL, *stage.points, *items]


def _check_points(fact: Fact, maximum: float, here: KeyPath) -> Iterator[Diagnostic]:
    numbers: dict[KeyPath, float | None] = {("points", team): points for team, points in fact.points.items()}
    numbers |= {("mean",): fact.mean, ("gap",): fact.gap}
    for which in ("at_least", "at_most"):
        given = getattr(fact, which)
        numbers |= {(which, t): v for t, v in given.items()} if isinstance(given, dict) else {(which,): given}
    for path, number in numbers.items():
        if number is not None and number > maximum * (1 + 1e-9):
            yield Diagnostic((*here, *path), f"{number:g} points of {fact.of}", f"at most {maximum:g}")


def _teams_in(fact: Fact) -> Iterator[tuple[KeyPath, str]]:
    """Every team that a fact names, and where."""
    for key in ("points", "at_least", "at_most"):
        given = getattr(fact, key)
        if isinstance(given, dict):
            yield from (((key, team), team) for team in given)
    for end in _ENDS:
        yield from (((end,), team) for team in fact.tied(end))
    yield from ((("order", str(place)), team) for place, group in enumerate(fact.groups) for team in group)


def _check_team(
    scenario: Scenario, team: str, evaluated: Collection[str], here: KeyPath
) -> Iterator[Diagnostic]:
    if team not in scenario.teams:
        yield Diagnostic(here, f"no team '{team}'", hint=did_you_mean(team, evaluated))
    elif team not in evaluated:
        found = f"'{team}', which was not evaluated at this stage"
        yield Diagnostic(here, found, f"one of {list_known(evaluated)}")


def _check_ties(fact: Fact, here: KeyPath) -> Iterator[Diagnostic]:
    for end in _ENDS:
        tied = fact.tied(end)
        if len({fact.points[team] for team in tied if team in fact.points}) > 1:
            yield Diagnostic((*here, end), "a tie of teams with other points", "teams with the same points")
        yield from _check_twice(tied, (*here, end))
    both = set(fact.tied("first")) & set(fact.tied("last"))
    if both:
        yield Diagnostic((*here, "last"), f"'{min(both)}', which is first too", "another team")
    yield from _check_twice([team for group in fact.groups for team in group], (*here, "order"))


def _check_twice(teams: Iterable[str], here: KeyPath) -> Iterator[Diagnostic]:
    for team, times in Counter(teams).items():
        if times > 1:
            yield Diagnostic(here, f"'{team}' {times} times", "each team once")


def _check_decisions(scenario: Scenario) -> Iterator[Diagnostic]:
    """A fact is neither a decision nor an assumption: `--without` shows what hangs on it."""
    for table in ("choices", "doubts"):
        for dotted in getattr(scenario, table):
            path = tuple(dotted.split("."))
            if path[0] == "stages" and path[2:3] == ("facts",):
                where = path if table == "choices" else (table, dotted)
                found = f"a {table[:-1]} about a fact"
                yield Diagnostic(
                    where, found, "a value, or the fact left out", "--without shows what hangs on it"
                )
