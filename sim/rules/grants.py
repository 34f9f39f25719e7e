"""Grants: GPUs lent for a stage. Arrays are (..., hardware, teams); GPUs are real numbers and conserved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.model.compute import fold
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import Codes

GrantRule = Callable[[Floats, Bools, Codes], Floats]
"""A user's rule: (pool, present, rank before) -> granted; shapes (..., hardware, 1), (..., teams) twice."""


def equal_grants(pool: Floats, sharing: Bools) -> Floats:
    """The pool, (..., hardware, 1), divided equally by the teams that share, (..., teams)."""
    number = np.add.reduce(sharing, axis=-1, keepdims=True)[..., None, :]
    return sharing[..., None, :] * (pool / np.maximum(number, 1))


def grants_by_score(pool: Floats, score: Floats, sharing: Bools) -> Floats:
    """The pool in proportion to the scores, (..., teams), of those who share.

    Nothing is granted where nobody who shares has a score above 0.
    """
    weight = np.where(sharing, np.fmax(score, 0.0), 0.0)
    total = fold(weight[..., None])[..., None]
    return pool * weight[..., None, :] / np.where(total > 0, total, 1.0)


def grants_by_rank(pool: Floats, rank: Codes, sharing: Bools, shares: Floats) -> Floats:
    """Of the pool, the n-th of `shares`, (..., places), to the team of rank n; nothing beyond the last place.

    `rank` counts from 1, (..., teams); shares for ranks that nobody has are left over.
    """
    places = shares.shape[-1]
    index = np.clip(rank.astype(np.int64) - 1, 0, places - 1)
    shares = np.broadcast_to(shares, (*rank.shape[:-1], places))
    share = np.where(
        sharing & (rank >= 1) & (rank <= places), np.take_along_axis(shares, index, axis=-1), 0.0
    )
    return share[..., None, :] * pool


def fixed_grants(table: Floats, present: Bools) -> Floats:
    """What a table gives the teams present; what the others would have had is left over."""
    return present[..., None, :] * table


def share_leftover(pool: Floats, granted: Floats, sharing: Bools) -> Floats:
    """Grants with what is left of the pool divided equally by those who share."""
    rest = np.fmax(leftover(pool, granted), 0.0)[..., None]
    return granted + equal_grants(rest, sharing)


def leftover(pool: Floats, granted: Floats) -> Floats:
    """GPUs of the pool that nobody holds, (..., hardware): pool = granted + leftover."""
    return pool[..., 0] - fold(granted[..., None])[..., 0]
