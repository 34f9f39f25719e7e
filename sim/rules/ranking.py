"""Ranking by points: a total order, whatever ties there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.fates import Codes

RankRule = Callable[[Floats, Bools, Sequence[Floats], Callable[[], Floats]], Codes]
"""(total, field, rungs, luck) -> ranks; see `rank`."""


def rank(total: Floats, field: Bools, rungs: Sequence[Floats], luck: Callable[[], Floats]) -> Codes:
    """Ranks 1 (best) to n of the teams in `field`, 0 for the others; all arrays are (..., teams).

    Ties in `total` are broken by the points of `rungs`, in order, then by `luck()`, a keyed draw (called
    only if it is needed), then by the order in the scenario. The order is total.
    """
    key = np.where(field, total, -np.inf)
    above = (key[..., None, :] > key[..., :, None]) & field[..., :, None]  # [.., i, j]: j stands above i
    if not _complete(above, field):
        above |= _broken_ties(key, field, rungs, luck)
    return np.where(field, 1 + above.sum(axis=-1, dtype=np.int8), 0).astype(np.int8)


def _complete(above: Bools, field: Bools) -> bool:
    """Whether every pair of the field is ordered."""
    size = np.count_nonzero(field, axis=-1)
    return bool(np.count_nonzero(above) == np.sum(size * (size - 1) // 2))


def _broken_ties(key: Floats, field: Bools, rungs: Sequence[Floats], luck: Callable[[], Floats]) -> Bools:
    others = ~np.eye(key.shape[-1], dtype=bool)
    tied = (key[..., None, :] == key[..., :, None]) & field[..., :, None] & field[..., None, :] & others
    above: Bools = np.zeros_like(tied)
    for rung in rungs:
        above |= tied & (rung[..., None, :] > rung[..., :, None])
        tied &= rung[..., None, :] == rung[..., :, None]
    if tied.any():
        drawn = luck()
        above |= tied & (drawn[..., None, :] > drawn[..., :, None])
        tied &= drawn[..., None, :] == drawn[..., :, None]
        above |= tied & np.tri(key.shape[-1], k=-1, dtype=bool)
    return above
