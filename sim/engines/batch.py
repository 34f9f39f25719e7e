"""The batch engine: many replications at once, as arrays. Time passes as integrals, not as events."""

from __future__ import annotations

import numpy as np

from sim.engines.evaluation import (
    Verdict,
    decide,
    gate,
    lend,
    rate_of_training,
    score,
    stage_outcome,
    strength,
)
from sim.engines.inputs import Inputs, StageInputs
from sim.engines.outcomes import Outcomes
from sim.engines.prepare import prepare
from sim.model.compute import effective_compute
from sim.model.cost import gpu_hours
from sim.model.draws import Floats, Source
from sim.model.points import Bools
from sim.rules.book import BUILT_IN, Rulebook
from sim.rules.fates import KEPT
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
        hours = gpu_hours(granted, (stage.closes - stage.opens - delay)[:, None, :])
        stages.append(
            stage_outcome(
                inputs, stage, Verdict(present, compute, effective, capability, scored, decided, hours)
            )
        )
        present = decided.fate == KEPT
        rank, before = decided.rank, effective
    size = (stop - start,)
    frontier, growth = np.broadcast_to(inputs.frontier, size), np.broadcast_to(inputs.frontier_growth, size)
    return Outcomes(start, stop, tuple(stages), frontier, growth)


def _window(inputs: Inputs, stage: StageInputs, granted: Floats, delay: Floats) -> Floats:
    """FLOP of a training window: own GPUs until the grants are delivered, both from then on."""
    days = stage.closes - stage.opens
    together = rate_of_training(inputs, inputs.own + granted) * (days - delay)
    if stage.punctual or not inputs.own.any():
        return together
    return rate_of_training(inputs, inputs.own) * delay + together
