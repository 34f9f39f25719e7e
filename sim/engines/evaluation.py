"""An evaluation day, for one replication or many: both engines decide by these functions.

Arrays are (..., teams): (teams,) in the event engine, (replications, teams) in the batch engine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.engines.inputs import Inputs, StageInputs
from sim.model import points
from sim.model.capability import capability
from sim.model.compute import training_rate
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.book import Rulebook
from sim.rules.fates import Codes, fates
from sim.rules.gate import cut_field
from sim.rules.grants import equal_grants, fixed_grants


class Score(NamedTuple):
    """What the evaluation gives: points of each block, (..., blocks, teams), and their rounded total."""

    blocks: Floats
    total: Floats


class Decision(NamedTuple):
    """Rank within the field of the cut (0 outside it) and fate of each team."""

    rank: Codes
    fate: Codes


def lend(stage: StageInputs, present: Bools, last_rank: Codes, rules: Rulebook) -> Floats:
    """The stage's grants, (..., hardware, teams) GPUs."""
    if rules.grants is not None:
        return rules.grants(stage.pool, present, last_rank)
    if stage.table is None:
        return equal_grants(stage.pool, present, stage.among)
    return fixed_grants(stage.table, present)


def rate_of_training(inputs: Inputs, gpus: Floats) -> Floats:
    """FLOP a day while teams hold `gpus`, (..., hardware, teams)."""
    return training_rate(
        gpus,
        inputs.speed,
        inputs.per_node_day,
        inputs.gpus_per_node,
        inputs.restart,
        inputs.write,
        inputs.interval,
    )


def strength(inputs: Inputs, stage: StageInputs, effective: Floats) -> Floats:
    """Capability of the models that a stage's compute gives, ECI; nan where there is no compute."""
    return capability(
        effective,
        stage.years,
        inputs.level,
        inputs.reference_compute,
        inputs.per_tenfold,
        inputs.per_year,
        stage.strength_luck,
    )


def score(stage: StageInputs, capability: Floats, present: Bools) -> Score:
    """Points of all teams; those of absent teams mean nothing."""
    items = points.item_points(capability - stage.reference, stage.points_luck, stage.slope, stage.maximum)
    blocks = np.empty((*items.shape[:-2], len(stage.blocks), items.shape[-1]))
    total: Floats | float = 0.0
    for b, block in enumerate(stage.blocks):
        given = points.fold(items, block.start, block.stop)
        if block.to_leader:
            given = points.rescale_to_leader(given, block.maximum, present)
        blocks[..., b, :] = given
        total = total + given
    return Score(blocks, points.rounded(np.asarray(total), stage.round_to))


def gate(stage: StageInputs, present: Bools) -> Bools:
    """Which of the teams present fail the gate."""
    return present & stage.fails_gate


def decide(
    stage: StageInputs, capability: Floats, scored: Score, present: Bools, failed: Bools, rules: Rulebook
) -> Decision:
    """The cut, after the gate: who ranks where and what becomes of whom."""
    field = cut_field(present, failed, stage.gate_mode)
    # Whoever submitted nothing ranks below all who did, even those without a point.
    total = np.where(np.isnan(capability), -1.0, scored.total)
    rungs = [scored.blocks[..., b, :] for b in stage.rungs]
    rank = rules.rank(total, field, rungs, stage.tie_luck)
    kept = rules.cut(rank, field, stage.keep, stage.drop)
    return Decision(rank, fates(present, failed, kept))
