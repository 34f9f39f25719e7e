"""An entry: who comes in between two stages, and where they stand then. Arrays are (..., teams)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.fates import Codes
from sim.rules.ranking import rank, rank_among


def is_held(present: Bools, fewer_than: int | None) -> Bools:
    """Whether the entry is held, (..., 1): always, or only if fewer teams than that remain."""
    remain = np.add.reduce(present, axis=-1, keepdims=True)
    return np.ones_like(remain, dtype=bool) if fewer_than is None else remain < fewer_than


def choose_entrants(
    score: Floats, candidates: Bools, minimum: Floats | None, places: int, luck: Callable[[], Floats]
) -> Bools:
    """Who enters: the best `places` of the candidates by score, but none below the minimum, (..., 1)."""
    eligible = candidates if minimum is None else candidates & (score >= minimum)
    return eligible & (rank(score, eligible, (), luck) <= places)


def standing_rank(last_rank: Codes, kept: Bools, entered: Bools | None) -> Codes:
    """Ranks from 1 among those who take part in what comes: those kept as they were, then who entered."""
    ranks = rank_among(last_rank, kept)
    if entered is None:
        return ranks
    behind = np.cumsum(entered, axis=-1) + np.add.reduce(kept, axis=-1, keepdims=True)
    return np.where(entered, behind, ranks).astype(np.int8)


def standing_score(total: Floats, kept: Bools, entered: Bools | None) -> Floats:
    """Points of those who take part in what comes; who entered has the lowest score of those kept, or 0."""
    score = np.where(kept, total, 0.0)
    if entered is None:
        return score
    lowest = np.minimum.reduce(np.where(kept, total, np.inf), axis=-1, keepdims=True)
    return np.where(entered, np.where(np.isfinite(lowest), lowest, 0.0), score)
