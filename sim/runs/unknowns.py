"""What is not known about a scenario: its uncertain numbers, and its guesses, drawn over their ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.model.quantiles import at
from sim.runs.influence import HIGH, LOW
from sim.scenario.input_names import input_name
from sim.scenario.load import from_data
from sim.scenario.marks import Input, inputs
from sim.scenario.numbers import Uncertain
from sim.scenario.paths import over_stages
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.scenario.written import flow

_DIGITS = 12
"""Significant digits of the ends of a range, so that 1.5 x 1.6 is 2.4."""

_EVERY = {"en": "every team", "ko": "모든 팀"}


@dataclass(frozen=True)
class Unknown:
    """An uncertain number, or several that share their luck."""

    luck: str  # the name under which it is drawn
    paths: tuple[str, ...]  # where it stands, with * for the stages of a guess that all of them have
    meaning: str
    unit: str
    law: str  # as a file has it
    widened: bool  # a plain number in the file that is a guess, here drawn evenly over its plausible range
    extremes: tuple[float, float]  # between which it lies; of several, the first
    low: float  # its value at the 5 % quantile; of several, the first's
    high: float  # at the 95 % quantile

    @property
    def name(self) -> str:
        """What it is called in tables: its path, or `shared:NAME`."""
        return self.paths[0] if self.widened else self.luck

    def called(self, lang: str, scenario: Scenario) -> str:
        """What it is called in a text or a figure, in one language."""
        names = {team: one.name.get(lang) for team, one in scenario.teams.items()}
        told = input_name(over_stages(self.paths[0]), lang, {**names, "default": _EVERY[lang]})
        first, _, rest = self.paths[0].partition(".")
        stage = scenario.stages.get(rest.partition(".")[0]) if first == "stages" else None
        if stage is not None and stage.name is not None and len(scenario.stages) > 1:
            told = f"{told}, {stage.name.get(lang)}"
        return told if len(self.paths) == 1 else f"{told} (+{len(self.paths) - 1})"


@dataclass(frozen=True)
class Opened:
    """A scenario whose guesses are drawn, too, as far as they can be."""

    scenario: Scenario
    unknowns: tuple[Unknown, ...]  # in the order of the file
    without_range: int  # guesses that stay as they are: no range is known, or they cannot be drawn

    def owner(self, item: str) -> Unknown | None:
        """Whose luck a key of the engine draws; None for a distribution that has one value only."""
        by_luck = {unknown.luck: unknown for unknown in self.unknowns}
        default = dict(self.scenario.shares_of_defaults()).get(item)
        return by_luck.get(item) or by_luck.get(default or item)


def opened(scenario: Scenario) -> Opened:
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
    wide, taken = _widened(scenario, laws)
    drawn: dict[str, list[Input]] = {}
    for each in inputs(wide):
        if isinstance(each.value, Uncertain) and len(set(each.value.extremes())) == 2:
            drawn.setdefault(each.value.draw_name, []).append(each)
    widened = {path for name in taken for path in laws[name]}
    unknowns = tuple(
        _unknown(luck, members, widened=members[0].path in widened) for luck, members in drawn.items()
    )
    return Opened(wide, unknowns, len(plain) - len(widened))


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


def _widened(scenario: Scenario, laws: dict[str, dict[str, dict[str, object]]]) -> tuple[Scenario, list[str]]:
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


def _unknown(luck: str, members: Sequence[Input], *, widened: bool) -> Unknown:
    first = members[0]
    assert isinstance(first.value, Uncertain)
    steps = (over_stages(each.path) if widened else each.path for each in members)
    law = first.value.model_dump(include=set(first.value.kinds()), mode="json", exclude_none=True)
    ends = at(first.value, LOW), at(first.value, HIGH)
    return Unknown(
        luck,
        tuple(dict.fromkeys(steps)),
        first.meaning,
        first.unit,
        flow(law),
        widened,
        first.value.extremes(),
        *ends,
    )
