"""A scenario whose guesses are drawn over their plausible ranges, beside what is uncertain already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.quantiles import at
from sim.scenario.language.load import from_data
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.paths import over_stages
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import ScenarioError
from sim.stats.input_effects import UncertainInput
from sim.studies.what_ifs import HIGH, LOW

_DIGITS = 12
"""Significant digits of the ends of a range, so that 1.5 x 1.6 is 2.4."""


@dataclass(frozen=True)
class WidenedScenario:
    """A scenario whose guesses are drawn, too, as far as they can be."""

    scenario: Scenario
    inputs: tuple[UncertainInput, ...]  # in the order of the file
    without_range: int  # guesses that stay as they are: no range is known, or they cannot be drawn

    def owner(self, item: str) -> UncertainInput | None:
        """Return whose input a key of the engine draws; None for a distribution that has one value only."""
        by_name = {each.luck: each for each in self.inputs}
        default = dict(self.scenario.shares_of_defaults()).get(item)
        return by_name.get(item) or by_name.get(default or item)


def widen(scenario: Scenario) -> WidenedScenario:
    """Every uncertain number of a scenario without choices, its guesses with a plausible range among them.

    A guess of several stages is one number: who does not know it at one does not know it at the others.
    """
    plain = [each for each in inputs(scenario) if each.guess and not isinstance(each.value, Uncertain)]
    guesses: dict[str, list[Input]] = {}
    for each in plain:
        if each.plausible is not None and each.plausible[0] < each.plausible[1]:
            guesses.setdefault(over_stages(each.path), []).append(each)
    laws = {
        name: {member.path: _evenly(member, f"{_prefix(scenario)}-{i}") for member in members}
        for i, (name, members) in enumerate(guesses.items(), start=1)
    }
    wide, taken = _with_laws(scenario, laws)
    drawn: dict[str, list[Input]] = {}
    for each in inputs(wide):
        if isinstance(each.value, Uncertain) and len(set(each.value.extremes())) == 2:
            drawn.setdefault(each.value.draw_name, []).append(each)
    widened = {path for name in taken for path in laws[name]}
    found = tuple(
        _uncertain_input(luck, members, widened=members[0].path in widened) for luck, members in drawn.items()
    )
    return WidenedScenario(wide, found, len(plain) - len(widened))


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


def _with_laws(
    scenario: Scenario, laws: dict[str, dict[str, dict[str, object]]]
) -> tuple[Scenario, list[str]]:
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
