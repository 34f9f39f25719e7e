"""An evaluation day, for one replication or many: both engines decide by these functions.

Arrays are (..., teams): (teams,) in the event engine, (replications, teams) in the batch engine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engines.inputs import Inputs, StageInputs
from sim.engines.outcomes import StageOutcome
from sim.model import points
from sim.model.capability import capability
from sim.model.compute import over_hardware, training_rate
from sim.model.cost import cost, gpu_hours
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.book import Rulebook
from sim.rules.fates import Codes, fates
from sim.rules.gate import cut_field
from sim.rules.grants import equal_grants, fixed_grants
from sim.rules.ranking import rank_among


class Score(NamedTuple):
    """What the evaluation gives: points of each block, and their rounded total."""

    blocks: tuple[Floats, ...]
    total: Floats


class Decision(NamedTuple):
    """Rank within the field of the cut (0 outside it) and fate of each team."""

    rank: Codes
    fate: Codes


class Verdict(NamedTuple):
    """What a stage came to; floats of teams that were not present mean nothing."""

    present: Bools
    compute: Floats
    effective: Floats
    capability: Floats
    scored: Score
    decided: Decision
    hours: Floats  # (..., hardware, teams) granted GPU-hours


def lend(stage: StageInputs, present: Bools, last_rank: Codes, rules: Rulebook) -> Floats:
    """The stage's grants, (..., hardware, teams) GPUs."""
    if rules.grants is not None:
        return rules.grants(stage.pool, present, rank_among(last_rank, present))
    if stage.table is None:
        return equal_grants(stage.pool, present, stage.among)
    return fixed_grants(stage.table, present)


def rate_of_training(inputs: Inputs, gpus: Floats) -> Floats:
    """FLOP a day while teams hold `gpus`, (..., hardware, teams)."""
    return training_rate(gpus, inputs.speed, inputs.fault_rate, inputs.restart, inputs.write, inputs.interval)


def strength(inputs: Inputs, stage: StageInputs, effective: Floats) -> Floats:
    """Capability of the models that a stage's compute gives, ECI; nan where there is no compute."""
    return capability(effective, inputs.reference_compute, inputs.per_tenfold, stage.without_compute)


def score(stage: StageInputs, capability: Floats, present: Bools) -> Score:
    """Points of all teams; those of absent teams mean nothing."""
    items = points.item_points(capability - stage.reference, stage.points_luck, stage.slope, stage.maximum)
    blocks = []
    for block in stage.blocks:
        given = points.fold(items, block.start, block.stop)
        blocks.append(points.rescale_to_leader(given, block.maximum, present) if block.to_leader else given)
    total = blocks[0]
    for given in blocks[1:]:
        total = total + given
    return Score(tuple(blocks), points.rounded(total, stage.round_to))


def gate(stage: StageInputs, present: Bools) -> Bools:
    """Which of the teams present fail the gate."""
    return present & stage.fails_gate


def decide(
    stage: StageInputs, capability: Floats, scored: Score, present: Bools, failed: Bools, rules: Rulebook
) -> Decision:
    """The cut, after the gate: who ranks where and what becomes of whom."""
    field = cut_field(present, failed, stage.gate_mode)
    # Whoever submitted nothing has 0 points and ranks below all who did, even those without a point.
    total = scored.total - np.isnan(capability)
    rungs = (points.rounded(scored.blocks[b], stage.round_to) for b in stage.rungs)  # only if they are needed
    rank = rules.rank(total, field, rungs, stage.tie_luck)
    kept = rules.cut(rank, field, stage.keep, stage.drop)
    return Decision(rank, fates(present, failed, kept))


def stage_outcome(inputs: Inputs, stage: StageInputs, verdict: Verdict) -> StageOutcome:
    """A stage of many replications as it is stored: what belongs to teams that had left is missing."""
    present = verdict.present
    own_hours = gpu_hours(inputs.own, stage.closes - stage.opens)

    def of_present(values: Floats) -> Floats:
        return np.where(present, values, np.nan)

    return StageOutcome(
        fate=verdict.decided.fate,
        rank=verdict.decided.rank,
        compute=of_present(verdict.compute),
        effective=of_present(verdict.effective),
        capability=of_present(verdict.capability),
        points=np.stack([of_present(block) for block in verdict.scored.blocks], axis=1),
        total=of_present(verdict.scored.total),
        gpu_hours=over_hardware(verdict.hours) * present,
        cost=cost(verdict.hours, inputs.price) * present,
        own_gpu_hours=over_hardware(own_hours) * present,
        own_cost=cost(own_hours, inputs.own_price) * present,
    )
