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
from sim.engines.evaluation import Verdict, decide, evaluate
from sim.engines.inputs import (
    Inputs,
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
from sim.engines.scoring import Scoring, luck_of_blocks
from sim.engines.selection import prepare_cut, prepare_gate
from sim.engines.stage_outcomes import BY_DECISION, BY_EVALUATION, all_outcomes, stage_outcome
from sim.engines.supply import prepare_supply
from sim.model.draws import Floats, Source
from sim.model.quantiles import Sample
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage


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
    scenario: Scenario, source: Source, start: int, stop: int, rules: Rulebook = BUILT_IN
) -> Course:
    """Do as `play_batch`, and keep how it went, which takes several times the memory."""
    inputs = prepare_range(scenario, source, start, stop)
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
        verdict, state = _from_step(step, inputs, stage, known, rules)
    outcome = _outcome_from_step(step, inputs, stage, known.outcome, verdict)
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
        stages.append(prepare_stage(scenario, s, sample, inputs.common, each))
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
        same = _same_blocks(s, course.scenario, scenario, moved)
        known = _luck_of(same, stage.scoring, course.scenario.stages[s])
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


def _same_blocks(s: str, before: Scenario, now: Scenario, moved: AbstractSet[str]) -> set[str]:
    """The blocks of points that are as they were, and so is the luck of their numbers."""
    there = now.stages[s].points
    return {
        name
        for name in before.stages[s].points
        if name in there
        if say_stage(now, s, {"points": {name}}) == say_stage(before, s, {"points": {name}})
        if not any(f"{path}.".startswith(f"stages.{s}.points.{name}.") for path in moved)
    }


def _luck_of(blocks: AbstractSet[str], scoring: Scoring, before: Stage) -> dict[str, Floats]:
    """The luck of blocks, to be used again: it takes most of the time."""
    if not scoring.drawn:
        return {}
    of_all = luck_of_blocks(scoring, list(before.points))
    return {name: luck for name, luck in of_all.items() if name in blocks}
