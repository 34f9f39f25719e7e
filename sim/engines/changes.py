"""What separates two plays over the same replications, and at which step of a stage it matters.

They may differ in what their scenarios say, and in the luck of some uncertain numbers; all other luck is the
same. What is not told apart here makes a whole play, so that a new key of the language is safe before it is
entered in `_FIRST_AT`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any, NamedTuple, Self

from sim.scenario.models.numbers import uncertain_numbers
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.wider import saves


def say_stage(scenario: Scenario, stage_id: str, part: Any = True) -> str:
    """Return as JSON what a scenario says of a stage; `part` names some of it, as `include` of pydantic does.

    The scenario's own serializer writes it: to build one for each kind of block takes 30 ms at each start.
    """
    return scenario.model_dump_json(include={"stages": {stage_id: part}})


class Step(IntEnum):
    """What is worked out of a stage, in this order; each goes on from the one before."""

    DAYS = 0
    COMPUTE = 1
    POINTS = 2
    DECISION = 3
    MONEY = 4  # and awards: nothing goes on from them


_FIRST_AT = {
    "train": Step.DAYS,
    "evaluated": Step.DAYS,
    "result": Step.DAYS,
    "shift": Step.DAYS,
    "held": Step.DAYS,
    "grants": Step.COMPUTE,
    "own": Step.COMPUTE,
    "reference_compute": Step.POINTS,
    "points": Step.POINTS,
    "round_to": Step.POINTS,
    "points_carried": Step.POINTS,
    "gate": Step.DECISION,
    "cut": Step.DECISION,
    "ties": Step.DECISION,
    "awards": Step.MONEY,
    "pays": Step.MONEY,
}
"""At which step of a stage its parts first matter; what is neither here nor unplayed matters before it."""

_UNPLAYED_OF_STAGE = frozenset({"name", "reported", "source", "confidence", "guess", "prior_from"})
_PLAYED_OF_STAGE = tuple(part for part in Stage.model_fields if part not in _UNPLAYED_OF_STAGE)
_UNPLAYED = frozenset(
    {"name", "source", "confidence", "guess", "prior_from", "known", "choices", "doubts", "given"}
)
"""Parts that decide no outcome."""


class Differences(NamedTuple):
    """What two plays do not share, of those that share all but parts of stages."""

    of_stages: tuple[frozenset[str], ...]  # of each stage the parts that differ
    anew: int | None  # the first stage of which nothing prepared holds any more; None: there is none
    moved: frozenset[str] = frozenset()  # the names under which the numbers are drawn that have other luck

    @property
    def first(self) -> tuple[int, Step] | None:
        """The first stage and step that differ; None where nothing does."""
        found = [
            (k, min(_FIRST_AT[part] for part in parts)) for k, parts in enumerate(self.of_stages) if parts
        ]
        if self.anew is not None:
            found.append((self.anew, Step.DAYS))
        return min(found, default=None)


@dataclass(frozen=True, eq=False)
class Said:
    """What a scenario says, as text: two that say the same in another order are not the same."""

    scenario: Scenario
    stages: tuple[str, ...]
    rest: str

    @classmethod
    def by(cls, scenario: Scenario) -> Self:
        """Write a scenario as text, but for what decides no outcome."""
        stages = tuple(say_stage(scenario, s) for s in scenario.stages)
        rest = scenario.model_dump_json(exclude={*_UNPLAYED, "stages"})
        return cls(scenario, stages, rest)

    def parts_of(self, k: int) -> Mapping[str, str]:
        """What the parts of a stage that decide anything say; written once, however many it is set beside."""
        if k not in self._parts:
            s = list(self.scenario.stages)[k]
            self._parts[k] = {part: say_stage(self.scenario, s, {part}) for part in _PLAYED_OF_STAGE}
        return self._parts[k]

    @cached_property
    def _parts(self) -> dict[int, Mapping[str, str]]:
        return {}

    def paths_of(self, name: str) -> Sequence[str]:
        """Where the numbers stand that are drawn under a name; without one they are drawn at their place."""
        return self._paths.get(name) or [name]

    @cached_property
    def _paths(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for path, number in uncertain_numbers(self.scenario):
            found.setdefault(number.draw_name, []).append(path)
        return found


def say_the_same(one: Said, other: Said) -> bool:
    """Tell whether two scenarios say the same of all that decides anything."""
    return (one.stages, one.rest) == (other.stages, other.rest) and one.scenario.today == other.scenario.today


def changes_between(one: Said, other: Said, moved: Collection[str] = ()) -> Differences | None:
    """Return the parts of stages in which two plays differ, or None where something else does.

    `moved` has the names under which the numbers are drawn that have other luck.
    """
    here, there = one.scenario, other.scenario
    if list(here.stages) != list(there.stages) or here.today != there.today or one.rest != other.rest:
        return None
    found = tuple(
        frozenset() if text == others else _differing(one.parts_of(k), other.parts_of(k))
        for k, (text, others) in enumerate(zip(one.stages, other.stages, strict=True))
    )
    paths = frozenset(path for name in moved for path in other.paths_of(name))
    places = {tuple(path.split(".")[:3]) for path in paths}
    if not all(len(place) == _IN_STAGE and place[0] == "stages" for place in places):
        return None
    found = tuple(
        parts | {part for _, stage, part in places if stage == s}
        for s, parts in zip(there.stages, found, strict=True)
    )
    if not all(parts <= _FIRST_AT.keys() - _felt_before(there) for parts in found):
        return None
    return Differences(found, _anew(here, found), frozenset(moved))


def _felt_before(scenario: Scenario) -> frozenset[str]:
    """Parts of a stage that matter before the step at which they stand: teams look ahead to them."""
    kept = scenario.effort is not None and scenario.effort.stakes is not None
    return frozenset([*(["cut"] if kept else ()), *(["held"] if saves(scenario) else ())])


_IN_STAGE = 3
"""Steps of a path that name a part of a stage: `stages`, the stage, the part."""


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> frozenset[str]:
    return frozenset(part for part, text in one.items() if text != other[part])


def _anew(scenario: Scenario, changed: Sequence[AbstractSet[str]]) -> int | None:
    """The first stage whose days may be others; of an entry it is said by the next stage what comes of it."""
    moved = (k for k, parts in enumerate(changed) if any(_FIRST_AT[part] is Step.DAYS for part in parts))
    k = next(moved, None)
    if not k:
        return k
    return k if list(scenario.stages.values())[k - 1].entry is None else k - 1
