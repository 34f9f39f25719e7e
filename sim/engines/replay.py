"""Replications played again with something else in their scenario: from the first step that differs.

What a stage is made from is known by the parts of its scenario (`_FIRST_AT`); whatever is not among them
makes a whole play. Replaying gives what a whole play gives, to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from enum import IntEnum
from typing import NamedTuple, Self

from pydantic_core import to_json

from sim.engines.batch import (
    StagePlayed,
    State,
    initial_state,
    play_stage,
    play_stages,
    prepare_range,
    state_after,
)
from sim.engines.calendar import programme_days
from sim.engines.evaluation import (
    Verdict,
    all_outcomes,
    decide,
    decision_outcome,
    evaluate,
    stage_outcome,
)
from sim.engines.inputs import (
    Inputs,
    StageInputs,
    frontier_at_end,
    is_lent_at_once,
    prepare_carried,
    prepare_cut,
    prepare_gate,
    prepare_own,
    prepare_pays,
    prepare_points,
    prepare_stage,
)
from sim.engines.lending import prepare_grants
from sim.engines.outcomes import Outcomes, noted
from sim.engines.scoring import Scoring, luck_of_blocks
from sim.model.draws import Floats, Source
from sim.model.quantiles import Sample
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage


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
_UNPLAYED = frozenset(
    {"name", "source", "confidence", "guess", "prior_from", "known", "choices", "doubts", "given"}
)
"""Parts that decide no outcome."""


class Changes(NamedTuple):
    """What two scenarios do not share, of those that share all but parts of stages."""

    of_stages: tuple[frozenset[str], ...]  # of each stage the parts that differ
    anew: int | None  # the first stage of which nothing prepared holds any more; None: there is none

    @property
    def first(self) -> tuple[int, Step] | None:
        """The first stage and step that differ; None where nothing does."""
        found = [
            (k, min(_FIRST_AT[part] for part in parts)) for k, parts in enumerate(self.of_stages) if parts
        ]
        if self.anew is not None:
            found.append((self.anew, Step.DAYS))
        return min(found, default=None)


class Course(NamedTuple):
    """Replications of a scenario as they went, from which others go on."""

    scenario: Scenario
    inputs: Inputs
    stages: tuple[StagePlayed, ...]

    @property
    def outcomes(self) -> Outcomes:
        """What they yielded."""
        return all_outcomes(self.inputs, (stage.outcome for stage in self.stages))


class Said(NamedTuple):
    """What a scenario says, as text: two that say the same in another order are not the same."""

    scenario: Scenario
    stages: tuple[bytes, ...]
    rest: bytes

    @classmethod
    def by(cls, scenario: Scenario) -> Self:
        """Write a scenario as text, but for what decides no outcome."""
        stages = tuple(map(to_json, scenario.stages.values()))
        rest = scenario.model_dump_json(exclude={*_UNPLAYED, "stages"}).encode()
        return cls(scenario, stages, rest)


def changes_between(one: Said, other: Said) -> Changes | None:
    """Return the parts of stages in which two scenarios differ, or None where something else does."""
    here, there = one.scenario, other.scenario
    if list(here.stages) != list(there.stages) or here.today != there.today or one.rest != other.rest:
        return None
    found = tuple(
        frozenset() if text == others else _differing(stage, other_stage)
        for text, others, stage, other_stage in zip(
            one.stages, other.stages, here.stages.values(), there.stages.values(), strict=True
        )
    )
    if not all(parts <= _FIRST_AT.keys() for parts in found):
        return None
    return Changes(found, _anew(here, found))


def _differing(one: Stage, other: Stage) -> frozenset[str]:
    """The parts of two stages that differ and decide anything."""
    parts = Stage.model_fields.keys() - _UNPLAYED_OF_STAGE
    return frozenset(part for part in parts if to_json(getattr(one, part)) != to_json(getattr(other, part)))


def _anew(scenario: Scenario, changed: Sequence[AbstractSet[str]]) -> int | None:
    """The first stage whose days may be others; of an entry it is said by the next stage what comes of it."""
    moved = (k for k, parts in enumerate(changed) if any(_FIRST_AT[part] is Step.DAYS for part in parts))
    k = next(moved, None)
    if not k:
        return k
    return k if list(scenario.stages.values())[k - 1].entry is None else k - 1


def play_course(
    scenario: Scenario, source: Source, start: int, stop: int, rules: Rulebook = BUILT_IN
) -> Course:
    """Do as `play_batch`, and keep how it went, which takes several times the memory."""
    inputs = prepare_range(scenario, source, start, stop)
    return Course(scenario, inputs, tuple(play_stages(inputs, inputs.stages, initial_state(inputs), rules)))


def play_again(
    course: Course, scenario: Scenario, changes: Changes, source: Source, rules: Rulebook = BUILT_IN
) -> Course:
    """Play the replications of a course in another scenario, from the first step in which it `changes`."""
    if changes.first is None:
        return course._replace(scenario=scenario)
    k, step = changes.first
    inputs = prepare_again(course, scenario, changes, source)
    stage, known = inputs.stages[k], course.stages[k]
    with noted(stage.id):
        verdict, state = _from_step(step, inputs, stage, known, rules)
    if step < Step.DECISION:
        outcome = stage_outcome(inputs, stage, verdict)
    else:
        outcome = replace(known.outcome, **decision_outcome(stage, verdict)._asdict())
    again = StagePlayed(known.before, verdict, outcome)
    rest = play_stages(inputs, inputs.stages[k + 1 :], state, rules)
    return Course(scenario, inputs, (*course.stages[:k], again, *rest))


def _from_step(
    step: Step, inputs: Inputs, stage: StageInputs, known: StagePlayed, rules: Rulebook
) -> tuple[Verdict, State]:
    """A stage as it was until a step, and what follows from it."""
    state, verdict = known.before, known.verdict
    if step <= Step.COMPUTE or not stage.held:
        return play_stage(inputs, stage, state, rules)
    if step is Step.POINTS:
        verdict = verdict._replace(scored=evaluate(inputs, stage, verdict.effective, state.field))
    if step <= Step.DECISION:
        decided = decide(stage, verdict.scored, verdict.present, state.waiting, rules)
        verdict = verdict._replace(decided=decided)
    return verdict, state_after(stage, state, verdict)


def prepare_again(course: Course, scenario: Scenario, changes: Changes, source: Source) -> Inputs:
    """Return the inputs of a scenario that `changes` from that of a course."""
    inputs = course.inputs
    sample = Sample(source, inputs.start, inputs.stop)
    held = changes.of_stages[: changes.anew]
    stages = [
        _of_parts(stage, course, scenario, parts, sample) if parts else stage
        for stage, parts in zip(inputs.stages[: changes.anew], held, strict=True)
    ]
    if changes.anew is None:
        return replace(inputs, stages=tuple(stages))
    days = programme_days(scenario, sample)
    for s, each in list(zip(scenario.stages, days, strict=True))[changes.anew :]:
        stages.append(prepare_stage(scenario, s, sample, inputs.common, each))
    return replace(inputs, stages=tuple(stages), frontier=frontier_at_end(scenario, sample, days))


def _of_parts(
    stage: StageInputs, course: Course, scenario: Scenario, parts: AbstractSet[str], sample: Sample
) -> StageInputs:
    """The inputs of a stage, made again where they come from some `parts` of it, none of which moves days."""
    common, s, of = course.inputs.common, stage.id, scenario.stages[stage.id]
    stage = replace(stage)  # to be written to
    if "grants" in parts:
        stage.grants = prepare_grants(scenario, s, sample, common.slow, stage.days)
        stage.at_once = is_lent_at_once(scenario, s, stage.grants, stage.days)
    if "own" in parts:
        stage.own = prepare_own(scenario, s, sample, common)
    if parts & {"points", "round_to", "reference_compute"}:
        known = _luck_of_same_blocks(stage.scoring, course.scenario.stages[s], of)
        stage.scoring = prepare_points(scenario, s, sample, common, stage.days, known)
    if "points_carried" in parts:
        stage.carried = prepare_carried(of, sample)
    if "gate" in parts:
        stage.gate = prepare_gate(scenario, s, sample)
    if parts & {"cut", "ties", "points"}:  # ties go by blocks, in their order
        stage.cut = prepare_cut(scenario, s, sample)
    if "awards" in parts:
        stage.awards = tuple(of.places_of_awards.values())
    if "pays" in parts:
        stage.pays = prepare_pays(scenario, of, sample)
    return stage


def _luck_of_same_blocks(scoring: Scoring, before: Stage, now: Stage) -> dict[str, Floats]:
    """The luck of the blocks of points that are as they were: it takes most of the time."""
    if not scoring.drawn:
        return {}
    return {
        name: luck
        for name, luck in luck_of_blocks(scoring, list(before.points)).items()
        if name in now.points and to_json(now.points[name]) == to_json(before.points[name])
    }
