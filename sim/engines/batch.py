"""The batch engine: many replications at once, as arrays. Time passes as integrals, not as events."""

from __future__ import annotations

import numpy as np

from sim.engines.evaluation import Decision, Score, decide, gate, lend, rate_of_training, score, strength
from sim.engines.inputs import Inputs, StageInputs, prepare
from sim.engines.outcomes import Outcomes, StageOutcome
from sim.model.compute import effective_compute, over_hardware
from sim.model.cost import cost, gpu_hours
from sim.model.draws import Floats, Source
from sim.model.points import Bools
from sim.rules.book import BUILT_IN, Rulebook
from sim.rules.fates import Fate
from sim.scenario.scenario import Scenario


def play(scenario: Scenario, source: Source, start: int, stop: int, rules: Rulebook = BUILT_IN) -> Outcomes:
    """Play the replications from `start` to before `stop`, luck from `source`."""
    inputs = prepare(scenario, source, start, stop)
    shape = (stop - start, len(inputs.teams))
    present: Bools = np.ones(shape, dtype=bool, order="F")
    rank = np.zeros(shape, dtype=np.int8, order="F")
    before = np.zeros(shape, order="F")
    stages = []
    for stage in inputs.stages:
        granted = lend(stage, present, rank, rules)
        delay = np.minimum(stage.delay, stage.closes - stage.opens)
        compute = np.broadcast_to(_window(inputs, stage, granted, delay), shape)
        effective = effective_compute(compute, before, inputs.carry)
        capability = strength(inputs, stage, effective)
        scored = score(stage, capability, present)
        decided = decide(stage, capability, scored, present, gate(stage, present), rules)
        hours = gpu_hours(granted, stage.closes - stage.opens - delay)
        stages.append(_outcome(inputs, present, compute, effective, capability, scored, decided, hours))
        present = decided.fate == Fate.KEPT
        rank, before = decided.rank, effective
    size = (stop - start,)
    frontier, growth = np.broadcast_to(inputs.frontier, size), np.broadcast_to(inputs.frontier_growth, size)
    return Outcomes(start, stop, tuple(stages), frontier, growth)


def _window(inputs: Inputs, stage: StageInputs, granted: Floats, delay: Floats) -> Floats:
    """FLOP of a training window: own GPUs until the grants are delivered, both from then on."""
    days = stage.closes - stage.opens
    together = rate_of_training(inputs, inputs.own + granted) * (days - delay)
    if not delay.any() or not inputs.own.any():
        return together
    return rate_of_training(inputs, inputs.own) * delay + together


def _outcome(
    inputs: Inputs,
    present: Bools,
    compute: Floats,
    effective: Floats,
    capability: Floats,
    scored: Score,
    decided: Decision,
    hours: Floats,
) -> StageOutcome:
    """The stage as it is stored: what belongs to teams that had left is missing."""

    def of_present(values: Floats, instead: float = np.nan) -> Floats:
        return np.where(present, values, instead)

    return StageOutcome(
        fate=decided.fate,
        rank=decided.rank,
        compute=of_present(compute),
        effective=of_present(effective),
        capability=of_present(capability),
        points=np.where(present[:, None, :], scored.blocks, np.nan),
        total=of_present(scored.total),
        gpu_hours=of_present(over_hardware(hours), 0.0),
        cost=of_present(cost(hours, inputs.price), 0.0),
    )
