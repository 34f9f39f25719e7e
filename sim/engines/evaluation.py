"""An evaluation day, for one replication or many: both engines decide by these functions.

Arrays are (..., teams): (teams,) in the event engine, (replications, teams) in the batch engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from sim.engines.inputs import Inputs, StageInputs
from sim.engines.lending import GrantInputs
from sim.engines.selection import CutInputs, EntryInputs
from sim.engines.trained_model import convert_compute
from sim.model import points
from sim.model.capability import capability
from sim.model.compute import (
    HOURS_PER_DAY,
    effective_compute,
    training_rate,
)
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.model.recovery import working_share
from sim.rules.book import BUILT_IN, Rulebook
from sim.rules.decisions import (
    KEPT,
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
from sim.rules.quotas import is_near, is_paid_for, keep_by_group


class Score(NamedTuple):
    """What the evaluation finds: strength, points of each block, and their rounded total."""

    capability: Floats  # ECI; nan where nothing was submitted
    blocks: tuple[Floats, ...]
    total: Floats


class Decision(NamedTuple):
    """Rank within the field of the cut (0 outside it) and fate of each team."""

    rank: Codes
    fate: Codes
    unpaid: Bools  # who would stay if the budget of the stage paid for more


class Verdict(NamedTuple):
    """What a stage came to; floats of teams that were not present mean nothing."""

    present: Bools
    compute: Floats
    effective: Floats
    scored: Score
    decided: Decision
    opens: Floats  # (.., teams) day on which the window of each team opens
    hours: Floats  # (..., hardware, teams) granted GPU-hours
    saved: Floats | None  # (..., teams) FLOP kept for later; None: nobody ever keeps any
    undisturbed: Floats | None  # FLOP of the window had nothing failed; None: losses are not told
    arrived: Floats | None = None  # (...,) GPUs of supplies; None: the stage lends none
    supplied: Floats | None = None  # (..., teams) GPUs that are lent of them


class Standing(NamedTuple):
    """Who takes part when grants are made, and what the last evaluation by points said of them."""

    present: Bools
    entered: Bools | None  # those of them who have only just come in
    came: Floats | None  # (...,) the day on which those came in
    last_rank: Codes  # 0 before any evaluation
    last_total: Floats

    def after(self, stage: StageInputs, scored: Score, decided: Decision) -> Standing:
        """Who is left by a stage; where only a gate decides, the points before stand."""
        kept = decided.fate == KEPT
        if not stage.has_total:
            return Standing(kept, None, None, self.rank(), self.score())  # entrants have theirs by now
        return Standing(kept, None, None, decided.rank, scored.total)

    def joined_by(self, entered: Bools, day: Floats) -> Standing:
        """The same with those who come in on a day, (...,)."""
        return self._replace(present=self.present | entered, entered=entered, came=day)

    def rank(self) -> Codes:
        """Ranks from 1 among those present, entrants last; 0 before any evaluation."""
        return standing_rank(self.last_rank, self._kept(), self.entered)

    def score(self) -> Floats:
        """Points of the evaluation before; entrants have the lowest of those kept."""
        return standing_score(self.last_total, self._kept(), self.entered)

    def _kept(self) -> Bools:
        return self.present if self.entered is None else self.present & ~self.entered


def opening_days(stage: StageInputs, field: Standing) -> Floats:
    """The day on which each team's window opens, (..., teams); who comes in late cannot begin before."""
    days = stage.days
    if field.entered is None or field.came is None:
        return days.opens
    late = np.minimum(np.maximum(days.opens, np.expand_dims(field.came, -1)), days.closes)
    return np.where(field.entered, late, days.opens)


def training_begins(stage: StageInputs, opens: Floats) -> Floats:
    """The day from which training counts, (..., teams): the opening, unless what a team began from closes.

    What it has trained by then is lost.
    """
    if stage.restart is None:
        return opens
    began_anew = np.minimum(np.maximum(stage.restart, opens), stage.days.closes)
    return np.where(np.isfinite(stage.restart), began_anew, opens)


def lend(stage: StageInputs, field: Standing, opens: Floats, rules: Rulebook) -> Floats:
    """The stage's grants, (..., hardware, teams) GPUs, to all who take part, those who come in late too."""
    granted = grant_by_rule(stage.grants, field, rules)
    if not stage.grants.in_hours:
        return granted
    # GPU-hours are used evenly from delivery to close; of what comes after the close nothing is.
    hours = np.maximum(stage.days.closes - opens - stage.grants.delay, 0.0) * HOURS_PER_DAY
    there = hours > 0
    return np.where(there[..., None, :], granted / np.where(there, hours, 1.0)[..., None, :], 0.0)


def grant_by_rule(grants: GrantInputs, field: Standing, rules: Rulebook) -> Floats:
    """What a rule grants of a pool, as the pool counts it, (..., hardware, teams)."""
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
    gpus = own + granted
    full = training_rate(gpus, inputs.speed) if pace is None else full_rate(inputs, own, granted, pace)
    return full * working_share(gpus, inputs.faults)


def full_rate(inputs: Inputs, own: Floats, granted: Floats, pace: Floats | None = None) -> Floats:
    """As `rate_of_training`, while nothing stops them."""
    gpus = own + granted if pace is None else own + granted * pace[..., None, :]
    return training_rate(gpus, inputs.speed)


def evaluate(inputs: Inputs, stage: StageInputs, effective: Floats, field: Standing) -> Score:
    """Strength and points of all teams by the compute that counts; those of absent teams mean nothing.

    `field` has those who submit at this stage.
    """
    return give_points(stage, _strength(inputs, stage, effective), field)


def give_points(
    stage: StageInputs, strength: Floats, field: Standing, known: Sequence[Floats | None] = ()
) -> Score:
    """Points of all teams by their strength; nan where only the result is known.

    Scores are fixed before the gate is decided, so a team that fails the gate of this very stage has set the
    scale of a block that is rescaled to its leader. Points of blocks that are `known` are taken from there.
    """
    present, scoring = field.present, stage.scoring
    if not scoring.drawn:
        unknown = np.full_like(strength, np.nan)
        return Score(strength, (unknown,) * len(scoring.blocks), unknown)
    blocks = tuple(
        block.points(strength, scoring.reference, present) if given is None else given
        for block, given in zip_longest(scoring.blocks, known)
    )
    if not stage.has_total:
        return Score(strength, (), np.full_like(strength, np.nan))
    parts = blocks if stage.carried is None else (*blocks, field.score() * stage.carried)
    total = parts[0]
    for given in parts[1:]:
        total = total + given
    return Score(strength, blocks, points.round_to_step(total, scoring.round_to))


def count_compute(inputs: Inputs, stage: StageInputs, compute: Floats, before: Floats) -> Floats:
    """FLOP that count at a stage, (..., teams): where nobody trains, what has counted before still does."""
    if not stage.trains:
        return before
    counts = compute if stage.worth is None else compute * stage.worth
    return effective_compute(counts, before, inputs.carry)


def _strength(inputs: Inputs, stage: StageInputs, effective: Floats) -> Floats:
    """Strength of all teams; missing (nan) for who should have trained a model and has none."""
    if not stage.trains:
        return np.broadcast_to(stage.without_compute, effective.shape)
    worth = convert_compute(stage.models, effective)
    slope = inputs.per_tenfold if stage.steeper is None else inputs.per_tenfold + stage.steeper
    return capability(worth, inputs.reference_compute, slope, stage.without_compute)


def decide(
    stage: StageInputs, scored: Score, present: Bools, waiting: Bools | None, rules: Rulebook
) -> Decision:
    """The gate and the cut: who ranks where and what becomes of whom; known results stand as they are."""
    if stage.happened is not None:
        out, stays = (present & (stage.happened == fate) for fate in (Fate.OUT_AT_GATE, Fate.KEPT))
        known = decide_fates(present, out, stays, waiting)
        return Decision(np.zeros_like(known), known, np.zeros_like(present))
    cut, failed = stage.cut, present & stage.gate.fails
    if not stage.has_total:  # a gate alone decides
        fate = decide_fates(present, failed, present, waiting)
        return Decision(np.zeros(present.shape, dtype=np.int8), fate, np.zeros_like(present))
    field = cut_field(present, failed, stage.gate.mode)
    # Whoever submitted nothing has 0 points and ranks below all who did, even those without a point.
    total = scored.total - np.isnan(scored.capability)
    step = stage.scoring.round_to
    rungs = (points.round_to_step(scored.blocks[b], step) for b in cut.rungs)  # only if they are needed
    rank = rules.rank(total, field, rungs, cut.luck)
    eligible = reaches_minimum(scored.total, field, cut.minimum)
    if cut.within is not None:
        eligible = eligible & is_near(scored.total, field, cut.within)
    kept = _kept(cut, rank, eligible, rules)
    if cut.budget is None or cut.asks is None:
        return Decision(rank, decide_fates(present, failed, kept, waiting), np.zeros_like(present))
    paid = is_paid_for(rank, kept, cut.asks, cut.budget)
    return Decision(rank, decide_fates(present, failed, paid, waiting), kept & ~paid)


def _kept(cut: CutInputs, rank: Codes, eligible: Bools, rules: Rulebook) -> Bools:
    """Who stays of those who are good enough, by groups where the cut goes by them."""
    if cut.of_group is not None and rules.cut is BUILT_IN.cut:
        return keep_by_group(rank, eligible, cut.keep, cut.places, cut.at_most, cut.of_group)
    return rules.cut(rank, eligible, cut.keep, cut.drop)


def skip_stage(
    inputs: Inputs, stage: StageInputs, present: Bools, waiting: Bools | None, saved: Floats | None
) -> Verdict:
    """A stage that is not held: nothing is lent, trained or judged, and whoever was there before stays."""
    unknown = np.full(present.shape, np.nan)
    nobody = np.zeros_like(present)
    fate = decide_fates(present, nobody, present, waiting)
    scored = Score(unknown, (unknown,) * len(stage.scoring.blocks), unknown)
    opens = stage.days.opens
    hours = np.zeros((*present.shape[:-1], stage.own.shape[-2], present.shape[-1]))
    decided = Decision(np.zeros_like(fate), fate, nobody)
    undisturbed = np.zeros(present.shape) if inputs.tells_losses else None
    return Verdict(present, unknown, unknown, scored, decided, opens, hours, saved, undisturbed)


def may_enter(entry: EntryInputs, remaining: Bools, waiting: Bools | None) -> Bools:
    """Who may come in, (..., teams): candidates who have not yet, and who has left and may come again."""
    free = np.zeros_like(remaining) if waiting is None else entry.candidates & waiting
    if entry.returning is None:
        return free
    return free | (entry.returning & ~remaining & (True if waiting is None else ~waiting))


def enter(entry: EntryInputs, remaining: Bools, waiting: Bools | None) -> Bools:
    """Who comes in, (..., teams), after a stage that leaves `remaining`; `waiting` have never been there."""
    free = may_enter(entry, remaining, waiting)
    if entry.happened is not None:
        return entry.happened & free
    field = free & entry_is_held(remaining, entry.fewer_than)
    if entry.applies is not None:
        field = field & entry.applies
    return choose_entrants(entry.score, field, entry.minimum, entry.places, entry.luck)
