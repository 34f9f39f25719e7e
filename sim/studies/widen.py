"""A scenario whose guesses are drawn over their plausible ranges, beside what is uncertain already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.forecast.island import FULL
from sim.forecast.past import past_identity
from sim.forecast.prior import Prior, decided_stages, mean_paths
from sim.forecast.rows import refuse_what_no_forecast_has
from sim.model.quantiles import at
from sim.scenario.language.load import from_data
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.shares import shares_of_defaults
from sim.scenario.names import over_stages
from sim.scenario.problems import ScenarioError
from sim.stats.input_effects import UncertainInput
from sim.stats.intervals import HIGH, LOW

_DIGITS = 12
"""Significant digits of the ends of a range, so that 1.5 x 1.6 is 2.4."""


@dataclass(frozen=True)
class WidenedScenario:
    """A scenario whose guesses are drawn, too, as far as they can be."""

    scenario: Scenario
    inputs: tuple[UncertainInput, ...]  # in the order of the file
    without_range: int  # guesses that stay as they are: no range is known, or they cannot be drawn
    of_past: tuple[
        UncertainInput, ...
    ] = ()  # which facts bear on: they come with the past, and are not varied

    def owner(self, item: str) -> UncertainInput | None:
        """Return whose input a key of the engine draws; None for a distribution that has one value only."""
        by_name = {each.luck: each for each in self.inputs}
        default = dict(shares_of_defaults(self.scenario)).get(item)
        return by_name.get(item) or by_name.get(default or item)


_LawsByPath = dict[str, dict[str, object]]

_Laws = dict[str, _LawsByPath]
"""The laws of guesses by their name."""


def widen(scenario: Scenario) -> WidenedScenario:
    """Every uncertain number of a scenario without choices, its guesses with a plausible range among them.

    A guess of several stages is one number: who does not know it at one does not know it at the others.
    """
    plain = [each for each in inputs(scenario) if each.guess and not isinstance(each.value, Uncertain)]
    laws = _laws_of_guesses(scenario)
    return _widened(scenario, laws, len(plain))


def widen_ahead(scenario: Scenario) -> WidenedScenario:
    """Likewise of a scenario with facts, its past the same: numbers that facts bear on do not vary.

    Facts bear on a number where the points of decided stages depend on it, or where the past would have to be
    inferred anew for it to vary. A guess of several stages varies at those ahead. Raises `ScenarioError` for
    facts that cannot be used.
    """
    refuse_what_no_forecast_has(scenario)
    every, laws = widen(scenario), _laws_of_guesses(scenario)
    prior = Prior(every.scenario)
    asked = {*prior.numbers.all, *mean_paths(scenario, prior.grid)}
    held = asked | {default for share, default in shares_of_defaults(every.scenario) if share in asked}
    ahead = {name: _laws_ahead(scenario, of) for name, of in laws.items()}
    free = {name: of for name, of in ahead.items() if of and not held.intersection(_lucks(laws[name]))}
    found = _widened(scenario, free, 0)
    varied = tuple(each for each in found.inputs if each.luck not in held)
    lucks = {each.luck for each in varied}
    rest = tuple(each for each in every.inputs if each.luck not in lucks)
    return WidenedScenario(found.scenario, varied, every.without_range, rest)


def _laws_ahead(scenario: Scenario, laws: _LawsByPath) -> _LawsByPath:
    """The laws of a guess at stages ahead; none where its past would not be the same with them."""
    decided = tuple(f"stages.{s}." for s in decided_stages(scenario))
    ahead = {path: law for path, law in laws.items() if not path.startswith(decided)}
    # What the cut was says who was behind whom, whatever points depend on.
    if any(path.startswith(tuple(f"{stage}cut." for stage in decided)) for path in laws):
        return {}
    wide, _ = _with_laws(scenario, {"": ahead})
    is_same = past_identity(wide, 0, FULL) == past_identity(scenario, 0, FULL)
    return ahead if is_same else {}


def _lucks(laws: _LawsByPath) -> set[str]:
    """The names under which these laws are drawn."""
    return {f"shared:{law['shared']}" for law in laws.values()}


def _widened(scenario: Scenario, laws: _Laws, guesses: int) -> WidenedScenario:
    """The scenario with these laws; `guesses` is how many numbers are guesses and no distributions."""
    wide, taken = _with_laws(scenario, laws)
    drawn: dict[str, list[Input]] = {}
    for each in inputs(wide):
        if isinstance(each.value, Uncertain) and len(set(each.value.extremes())) == 2:
            drawn.setdefault(each.value.draw_name, []).append(each)
    widened = {path for name in taken for path in laws[name]}
    found = tuple(
        _uncertain_input(luck, members, widened=members[0].path in widened) for luck, members in drawn.items()
    )
    return WidenedScenario(wide, found, guesses - len(widened))


def _laws_of_guesses(scenario: Scenario) -> _Laws:
    """The law of each guess that has a plausible range, by its name and the paths at which it stands."""
    guesses: dict[str, list[Input]] = {}
    for each in inputs(scenario):
        if not each.guess or isinstance(each.value, Uncertain) or each.plausible is None:
            continue
        if each.plausible[0] < each.plausible[1]:
            guesses.setdefault(over_stages(each.path), []).append(each)
    return {
        name: {member.path: _evenly(member, f"{_prefix(scenario)}-{i}") for member in members}
        for i, (name, members) in enumerate(guesses.items(), start=1)
    }


def _prefix(scenario: Scenario) -> str:
    """A name that no number of the scenario shares its luck under, nor one that begins like it."""
    taken = [each.value.shared or "" for each in inputs(scenario) if isinstance(each.value, Uncertain)]
    prefix = "guess"
    while any(name.startswith(prefix) for name in taken):
        prefix += "-"
    return prefix


def _evenly(guess: Input, shared: str) -> dict[str, object]:
    assert guess.plausible is not None
    return {"uniform": [float(f"{end:.{_DIGITS}g}") for end in guess.plausible], "shared": shared}


def _with_laws(scenario: Scenario, laws: _Laws) -> tuple[Scenario, list[str]]:
    """The scenario with these laws in it, and the names of those that it can have."""
    data = scenario.resolved()
    every = {path: law for each in laws.values() for path, law in each.items()}
    try:
        return from_data(data, every), list(laws)
    except ScenarioError:  # some cannot be drawn, alone or beside the others
        pass
    found, taken = scenario, []
    for name, each in laws.items():
        try:
            found = from_data(found.resolved(), each)
        except ScenarioError:
            continue
        taken.append(name)
    return found, taken


def _uncertain_input(luck: str, members: Sequence[Input], *, widened: bool) -> UncertainInput:
    first = members[0]
    assert isinstance(first.value, Uncertain)
    steps = (over_stages(each.path) if widened else each.path for each in members)
    law = first.value.model_dump(include=set(first.value.kinds()), mode="json", exclude_none=True)
    ends = at(first.value, LOW), at(first.value, HIGH)
    return UncertainInput(
        luck,
        tuple(dict.fromkeys(steps)),
        first.meaning,
        first.unit,
        format_flow(law),
        widened,
        first.value.extremes(),
        *ends,
    )
