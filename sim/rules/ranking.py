"""Ranking by points: a total order, whatever ties there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.fates import Codes

RankRule = Callable[[Floats, Bools, Iterable[Floats], Callable[[], Floats]], Codes]
"""(total, field, rungs, luck) -> ranks; see `rank`."""


def rank(total: Floats, field: Bools, rungs: Iterable[Floats], luck: Callable[[], Floats]) -> Codes:
    """Ranks 1 (best) to n of the teams in `field`, 0 for the others; all arrays are (..., teams).

    Ties in `total` are broken by the points of `rungs`, in order, then by `luck()`, a keyed draw (called
    only if it is needed), then by the order in the scenario. The order is total.
    """
    pairs = field[..., :, None] & field[..., None, :]
    behind = (total[..., None, :] >= total[..., :, None]) & pairs
    # Without ties each team stands once for itself, and each two teams once for both.
    if 2 * np.count_nonzero(behind) > np.count_nonzero(pairs) + np.count_nonzero(field):
        behind &= ~_ahead_by_ties(total, pairs, rungs, luck)
    ranks: Codes = np.add.reduce(behind, axis=-1, dtype=np.int8)
    return ranks


def rank_among(rank: Codes, kept: Bools) -> Codes:
    """The ranks of those kept, counted anew from 1 among them; 0 for the others and before any ranking."""
    pairs = kept[..., :, None] & kept[..., None, :] & (rank > 0)[..., None, :]
    places: Codes = np.add.reduce(pairs & (rank[..., None, :] <= rank[..., :, None]), axis=-1, dtype=np.int8)
    return places


def _ahead_by_ties(total: Floats, pairs: Bools, rungs: Iterable[Floats], luck: Callable[[], Floats]) -> Bools:
    """[.., i, j]: i and j have the same total, and i comes first all the same."""
    others = ~np.eye(total.shape[-1], dtype=bool)
    tied = (total[..., None, :] == total[..., :, None]) & pairs & others
    ahead: Bools = np.zeros_like(tied)
    for rung in rungs:
        ahead |= tied & (rung[..., :, None] > rung[..., None, :])
        tied &= rung[..., :, None] == rung[..., None, :]
    if tied.any():
        drawn = luck()
        ahead |= tied & (drawn[..., :, None] > drawn[..., None, :])
        tied &= drawn[..., :, None] == drawn[..., None, :]
        ahead |= tied & ~np.tri(total.shape[-1], dtype=bool)
    return ahead
