"""An evaluation day, for one replication or many: both engines decide by these functions.

Arrays are (..., teams): (teams,) in the event engine, (replications, teams) in the batch engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sim.engines.inputs import EntryInputs, Inputs, StageInputs
from sim.engines.lending import GrantInputs
from sim.engines.outcomes import Outcomes, StageOutcome
from sim.model import points
from sim.model.capability import basket_accuracy, capability
from sim.model.compute import cost, fold, gpu_hours, training_rate, working_share
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.book import Rulebook
from sim.rules.decisions import (
    Codes,
    Fate,
    choose_entrants,
    cut_field,
    decide_fates,
    entry_is_held,
    equal_grants,
    fixed_grants,
    grants_by_rank,
    grants_by_score,
    rank_among,
    reaches_minimum,
    share_leftover,
    standing_rank,
    standing_score,
)


class Score(NamedTuple):
    """What the evaluation finds: strength, points of each block, and their rounded total."""

    capability: Floats  # ECI; nan where nothing was submitted
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
    scored: Score
    decided: Decision
    hours: Floats  # (..., hardware, teams) granted GPU-hours


class Standing(NamedTuple):
    """Who takes part when grants are made, and what the evaluation before said of them."""

    present: Bools
    entered: Bools | None  # those of them who have only just come in
    last_rank: Codes  # 0 before any evaluation
    last_total: Floats

    def rank(self) -> Codes:
        """Ranks from 1 among those present, entrants last; 0 before any evaluation."""
        return standing_rank(self.last_rank, self._kept(), self.entered)

    def score(self) -> Floats:
        """Points of the evaluation before; entrants have the lowest of those kept."""
        return standing_score(self.last_total, self._kept(), self.entered)

    def _kept(self) -> Bools:
        return self.present if self.entered is None else self.present & ~self.entered


def lend(stage: StageInputs, field: Standing, rules: Rulebook) -> Floats:
    """The stage's grants, (..., hardware, teams) GPUs, to all who take part, those who come in late too."""
    grants = stage.grants
    if rules.grants is not None:
        return rules.grants(grants.pool, field.present, field.rank())
    if grants.table is not None and not grants.shared_leftover:
        return fixed_grants(grants.table, field.present)  # nobody shares anything: the usual case, made short
    sharing = field.present & grants.among
    granted = _by_rule(grants, field, sharing)
    return share_leftover(grants.pool, granted, sharing) if grants.shared_leftover else granted


def _by_rule(grants: GrantInputs, field: Standing, sharing: Bools) -> Floats:
    if grants.table is not None:
        return fixed_grants(grants.table, field.present)
    if grants.shares is not None:
        return grants_by_rank(grants.pool, rank_among(field.rank(), sharing), sharing, grants.shares)
    if grants.by_score:
        return grants_by_score(grants.pool, field.score(), sharing)
    return equal_grants(grants.pool, sharing)


def rate_of_training(inputs: Inputs, own: Floats, granted: Floats, pace: Floats | None = None) -> Floats:
    """FLOP a day while teams hold `own` and `granted` GPUs, (..., hardware, teams).

    `pace`, (..., teams), is the speed of what is granted against normal; None is normal.
    """
    return full_rate(inputs, own, granted, pace) * working_share(own + granted, inputs.faults)


def full_rate(inputs: Inputs, own: Floats, granted: Floats, pace: Floats | None = None) -> Floats:
    """As `rate_of_training`, while nothing stops them."""
    gpus = own + granted if pace is None else own + granted * pace[..., None, :]
    return training_rate(gpus, inputs.speed)


def evaluate(inputs: Inputs, stage: StageInputs, effective: Floats, present: Bools) -> Score:
    """Strength and points of all teams by the compute that counts; those of absent teams mean nothing.

    Points are nan where only the result is known. `present` are those who submit at this stage: scores are
    fixed before the gate is decided, so a team that fails the gate of this very stage has set the scale of a
    block that is rescaled to its leader.
    """
    scoring = stage.scoring
    strength = capability(effective, inputs.reference_compute, inputs.per_tenfold, stage.without_compute)
    if not scoring.drawn:
        unknown = np.full_like(strength, np.nan)
        return Score(strength, (unknown,) * len(scoring.blocks), unknown)
    luck = scoring.luck
    for target in scoring.targets:
        luck = luck.copy()
        luck[..., target.item, :] += target.full * basket_accuracy(strength)
    items = points.item_points(strength - scoring.reference, luck, scoring.slope, scoring.maximum)
    blocks = []
    for block in scoring.blocks:
        given = fold(items[..., block.start : block.stop, :])
        blocks.append(points.rescale_to_leader(given, block.maximum, present) if block.to_leader else given)
    total = blocks[0]
    for given in blocks[1:]:
        total = total + given
    return Score(strength, tuple(blocks), points.round_to_step(total, scoring.round_to))


def decide(
    stage: StageInputs, scored: Score, present: Bools, waiting: Bools | None, rules: Rulebook
) -> Decision:
    """The gate and the cut: who ranks where and what becomes of whom; known results stand as they are."""
    if stage.happened is not None:
        out, stays = (present & (stage.happened == fate) for fate in (Fate.OUT_AT_GATE, Fate.KEPT))
        known = decide_fates(present, out, stays, waiting)
        return Decision(np.zeros_like(known), known)
    cut, failed = stage.cut, present & stage.gate.fails
    field = cut_field(present, failed, stage.gate.mode)
    # Whoever submitted nothing has 0 points and ranks below all who did, even those without a point.
    total = scored.total - np.isnan(scored.capability)
    step = stage.scoring.round_to
    rungs = (points.round_to_step(scored.blocks[b], step) for b in cut.rungs)  # only if they are needed
    rank = rules.rank(total, field, rungs, cut.luck)
    kept = rules.cut(rank, reaches_minimum(scored.total, field, cut.minimum), cut.keep, cut.drop)
    return Decision(rank, decide_fates(present, failed, kept, waiting))


def skip_stage(stage: StageInputs, present: Bools, waiting: Bools | None) -> Verdict:
    """A stage that is not held: nothing is lent, trained or judged, and whoever was there before stays."""
    unknown = np.full(present.shape, np.nan)
    nobody = np.zeros_like(present)
    fate = decide_fates(present, nobody, present, waiting)
    scored = Score(unknown, (unknown,) * len(stage.scoring.blocks), unknown)
    hours = np.zeros((*present.shape[:-1], stage.own.shape[-2], present.shape[-1]))
    return Verdict(present, unknown, unknown, scored, Decision(np.zeros_like(fate), fate), hours)


def enter(entry: EntryInputs, remaining: Bools, waiting: Bools) -> Bools:
    """Who comes in, (..., teams), of those who are `waiting`, after a stage that leaves `remaining`."""
    if entry.happened is not None:
        return entry.happened & waiting
    field = entry.candidates & waiting & entry_is_held(remaining, entry.fewer_than)
    return choose_entrants(entry.score, field, entry.minimum, entry.places, entry.luck)


def stage_outcome(inputs: Inputs, stage: StageInputs, verdict: Verdict) -> StageOutcome:
    """A stage of many replications as it is stored: what belongs to teams that are not there is missing."""
    present = verdict.present
    own_hours = gpu_hours(stage.own, (stage.days.closes - stage.days.opens)[:, None, :] * stage.held)

    def of_present(values: Floats) -> Floats:
        return np.where(present, values, np.nan)

    return StageOutcome(
        fate=verdict.decided.fate,
        rank=verdict.decided.rank,
        compute=of_present(verdict.compute),
        effective=of_present(verdict.effective),
        capability=of_present(verdict.scored.capability),
        points=np.stack([of_present(block) for block in verdict.scored.blocks], axis=1),
        total=of_present(verdict.scored.total),
        gpu_hours=fold(verdict.hours) * present,
        cost=cost(verdict.hours, inputs.price) * present,
        own_gpu_hours=fold(own_hours) * present,
        own_cost=cost(own_hours, inputs.own_price) * present,
    )


def all_outcomes(inputs: Inputs, stages: Iterable[StageOutcome]) -> Outcomes:
    """The outcomes of all replications of `inputs`, from those of every stage."""
    size = (inputs.stop - inputs.start,)
    frontier, growth = np.broadcast_to(inputs.frontier, size), np.broadcast_to(inputs.frontier_growth, size)
    return Outcomes(inputs.start, inputs.stop, tuple(stages), frontier, growth)
