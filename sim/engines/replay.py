"""Replications played again in another scenario: from the first step that differs, to the same last bit."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import NamedTuple

from sim.engines.afterwards import prepare_afterwards
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
from sim.engines.changes import Differences, Step, say_stage
from sim.engines.ecosystem import add_afterwards
from sim.engines.evaluation import Verdict, decide, give_points
from sim.engines.inputs import (
    NO_BLOCKS,
    Inputs,
    KnownBlocks,
    StageInputs,
    frontier_at_end,
    is_lent_at_once,
    prepare_carried,
    prepare_own,
    prepare_pays,
    prepare_points,
    prepare_stage,
)
from sim.engines.lending import prepare_grants
from sim.engines.outcomes import Outcomes, StageOutcome, noted
from sim.engines.scoring import BlockOfPoints, Scoring
from sim.engines.selection import prepare_cut, prepare_gate
from sim.engines.stage_outcomes import BY_DECISION, BY_EVALUATION, all_outcomes, stage_outcome
from sim.engines.supply import prepare_supply
from sim.model.draws import Source
from sim.model.quantiles import Sample
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.models.scenario import Scenario


class Course(NamedTuple):
    """Replications of a scenario as they went, from which others go on."""

    scenario: Scenario
    inputs: Inputs
    stages: tuple[StagePlayed, ...]

    @property
    def outcomes(self) -> Outcomes:
        """What they yielded."""
        return add_afterwards(self.inputs, all_outcomes(self.inputs, (s.outcome for s in self.stages)))


def play_course(
    scenario: Scenario,
    source: Source,
    start: int,
    stop: int,
    rules: Rulebook = BUILT_IN,
    known: KnownBlocks = NO_BLOCKS,
) -> Course:
    """Do as `play_batch`, and keep how it went, which takes several times the memory.

    `known` has blocks of points whose luck is the same (see `known_luck`).
    """
    inputs = prepare_range(scenario, source, start, stop, known)
    return Course(scenario, inputs, tuple(play_stages(inputs, inputs.stages, initial_state(inputs), rules)))


def play_again(
    course: Course, scenario: Scenario, changes: Differences, source: Source, rules: Rulebook = BUILT_IN
) -> Course:
    """Play the replications of a course in another scenario, from the first step in which it `changes`."""
    if changes.first is None:
        return course._replace(scenario=scenario)
    k, step = changes.first
    inputs = prepare_again(course, scenario, changes, source)
    stage, known = inputs.stages[k], course.stages[k]
    with noted(stage.id):
        verdict, state = _from_step(step, inputs, stage, known, course.inputs.stages[k].scoring, rules)
    outcome = _outcome_from_step(step, inputs, stage, known.outcome, verdict)
    again = StagePlayed(known.before, verdict, outcome)
    rest = play_stages(inputs, inputs.stages[k + 1 :], state, rules)
    return Course(scenario, inputs, (*course.stages[:k], again, *rest))


def _from_step(
    step: Step, inputs: Inputs, stage: StageInputs, known: StagePlayed, before: Scoring, rules: Rulebook
) -> tuple[Verdict, State]:
    """A stage as it was until a step, and what follows from it; `before` has how it gave points then."""
    state, verdict = known.before, known.verdict
    if step <= Step.COMPUTE or not stage.held:
        return play_stage(inputs, stage, state, rules)
    if step is Step.POINTS:
        same = stage.scoring.same_points(before, verdict.scored.blocks)
        scored = give_points(stage, verdict.scored.capability, state.field, same)
        verdict = verdict._replace(scored=scored)
    if step <= Step.DECISION:
        decided = decide(stage, verdict.scored, verdict.present, state.waiting, rules)
        verdict = verdict._replace(decided=decided)
    return verdict, state_after(stage, state, verdict)


def _outcome_from_step(
    step: Step, inputs: Inputs, stage: StageInputs, known: StageOutcome, verdict: Verdict
) -> StageOutcome:
    """What is stored of a stage, of which all before a step is known."""
    anew = stage_outcome(inputs, stage, verdict)
    if step <= Step.COMPUTE or not stage.held:
        return anew
    return anew.like(known, but_for=BY_EVALUATION if step is Step.POINTS else BY_DECISION)


def prepare_again(course: Course, scenario: Scenario, changes: Differences, source: Source) -> Inputs:
    """Return the inputs of a scenario that `changes` from that of a course."""
    inputs = course.inputs
    sample = Sample(source, inputs.start, inputs.stop)
    held = changes.of_stages[: changes.anew]
    stages = [
        _of_parts(stage, course, scenario, parts, sample, changes.moved) if parts else stage
        for stage, parts in zip(inputs.stages[: changes.anew], held, strict=True)
    ]
    if changes.anew is None:
        return replace(inputs, stages=tuple(stages))
    days = programme_days(scenario, sample)
    for s, each in list(zip(scenario.stages, days, strict=True))[changes.anew :]:
        known = _known_blocks(s, course, scenario, changes.moved)
        stages.append(prepare_stage(scenario, s, sample, inputs.common, each, known))
    return replace(
        inputs,
        stages=tuple(stages),
        frontier=frontier_at_end(scenario, sample, days, inputs.common.breakthroughs),
        afterwards=prepare_afterwards(scenario, sample),
    )


def _of_parts(
    stage: StageInputs,
    course: Course,
    scenario: Scenario,
    parts: AbstractSet[str],
    sample: Sample,
    moved: AbstractSet[str],
) -> StageInputs:
    """The inputs of a stage, made again where they come from some `parts` of it, none of which moves days."""
    common, s, of = course.inputs.common, stage.id, scenario.stages[stage.id]
    stage = replace(stage)  # to be written to
    if "grants" in parts:
        stage.grants = prepare_grants(scenario, s, sample, common.slow, stage.days)
        stage.at_once = is_lent_at_once(scenario, s, stage.grants, stage.days)
        stage.supply = prepare_supply(scenario, s, stage.grants.delay, sample, common.supplies)
    if "own" in parts:
        stage.own = prepare_own(scenario, s, sample, common)
    if parts & {"points", "round_to", "reference_compute"}:
        known = _known_blocks(s, course, scenario, moved)
        stage.scoring = prepare_points(scenario, s, sample, common, stage.days, known)
    if "points_carried" in parts:
        stage.carried = prepare_carried(of, sample)
    if "gate" in parts:
        stage.gate = prepare_gate(scenario, s, sample, stage.closed)
    if parts & {"cut", "ties", "points"}:  # ties go by blocks, in their order
        stage.cut = prepare_cut(scenario, s, sample)
    if "awards" in parts:
        stage.awards = tuple(of.places_of_awards.values())
    if "pays" in parts:
        stage.pays = prepare_pays(scenario, of, sample)
    return stage


def known_luck(course: Course, moved: AbstractSet[str]) -> KnownBlocks:
    """Return the blocks of points of a course that have the same luck once some numbers have other luck.

    `moved` has the names under which those are drawn; the scenario says the same.
    """
    return {s: _known_blocks(s, course, course.scenario, moved) for s in course.scenario.stages}


def _known_blocks(
    s: str, course: Course, scenario: Scenario, moved: AbstractSet[str]
) -> dict[str, BlockOfPoints]:
    """The blocks of points of a stage of which the luck is known: it takes most of the time.

    They say the same, none of their numbers is among those that have other luck, by name, and it is of the
    same teams: whether a stage is held may decide who can still come in.
    """
    before = course.scenario
    scoring = course.inputs.stages[list(before.stages).index(s)].scoring
    if not scoring.drawn or before.in_play(s) != scenario.in_play(s):
        return {}
    return {
        name: block
        for name, block in zip(before.stages[s].points, scoring.blocks, strict=True)
        if name in scenario.stages[s].points and not block.asked & moved
        if before is scenario
        or say_stage(scenario, s, {"points": {name}}) == say_stage(before, s, {"points": {name}})
    }
