"""The programme's decisions: gate, ranking, cut, entry, fates, grants; arrays whose last axis is the team.

Those of grants are (..., hardware, teams) unless said otherwise; GPUs are real numbers and conserved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.model.compute import fold
from sim.model.draws import Floats
from sim.model.points import Bools

Codes = NDArray[np.signedinteger[Any]]
"""Fates, and ranks among up to 127 teams, take a byte; ranks among more of them take two."""


def code_type(teams: int) -> type[np.int8 | np.int16]:
    """Return the type in which the ranks, or the places, of so many teams are kept."""
    return np.int8 if teams <= np.iinfo(np.int8).max else np.int16


class Fate(IntEnum):
    """A team's fate at one stage."""

    GONE = 0  # had left before
    KEPT = 1
    OUT_BY_POINTS = 2
    OUT_AT_GATE = 3
    NOT_ENTERED = 4  # had not come in yet


KEPT = np.array(Fate.KEPT, dtype=np.int8)
"""For comparisons of whole arrays: NumPy takes its time to convert a member of an enum."""

_NOT_ENTERED = np.int8(Fate.NOT_ENTERED)


def decide_fates(present: Bools, failed: Bools, kept: Bools, waiting: Bools | None = None) -> Codes:
    """Fate codes, (..., teams); those who failed the gate and those kept by the cut are among the present.

    A team that both fails the gate and falls to the cut left by the gate, and so did one that the cut kept.
    `waiting` are those who may come in later and so have not left; nobody if None.
    """
    stays = kept > failed
    # Counted up as the codes are: 1 for being there, 1 more for not staying, 1 more for the gate.
    codes: Codes = present.view(np.int8) + (present ^ stays).view(np.int8) + failed.view(np.int8)
    if waiting is not None:
        codes += _NOT_ENTERED * waiting
    return codes


Mode = Literal["first", "apart"]


def fails(u: Floats, risk: Floats) -> Bools:
    """Whether each team would fail, (..., teams): its uniform is below its risk."""
    return u < risk


def cut_field(present: Bools, failed: Bools, mode: Mode) -> Bools:
    """Whom the cut ranks: `first`, those who passed; `apart`, all present, and nobody is moved up."""
    return present & ~failed if mode == "first" else present


RankRule = Callable[[Floats, Bools, Iterable[Floats], Callable[[], Floats]], Codes]
"""(total, field, rungs, luck) -> ranks; see `rank`."""


def rank(total: Floats, field: Bools, rungs: Iterable[Floats], luck: Callable[[], Floats]) -> Codes:
    """Ranks 1 (best) to n of the teams in `field`, 0 for the others; all arrays are (..., teams).

    Ties in `total` are broken by the points of `rungs`, in order, then by `luck()`, a keyed draw (called
    only if it is needed), then by the order in the scenario. The order is total.
    """
    if total.shape[-1] > _FEW:
        return _rank_by_sorting(total, field, rungs, luck)
    # A team's rank is the number of those that it does not beat, itself among them. Comparing all pairs costs
    # less than sorting where teams are few, and gives ties away at once.
    pairs = field[..., :, None] & field[..., None, :]
    behind = (total[..., None, :] >= total[..., :, None]) & pairs
    # Without ties each team stands once for itself, and each two teams once for both.
    if 2 * np.count_nonzero(behind) > np.count_nonzero(pairs) + np.count_nonzero(field):
        behind &= ~_ahead_by_ties(total, pairs, rungs, luck)
    ranks: Codes = np.add.reduce(behind, axis=-1, dtype=np.int8)
    return ranks


_FEW = 16
"""Teams up to which all pairs are compared faster than they are sorted (measured for blocks of 1,000)."""


def _rank_by_sorting(
    total: Floats, field: Bools, rungs: Iterable[Floats], luck: Callable[[], Floats]
) -> Codes:
    """As `rank`, in n log n."""
    behind = np.where(field, -total, np.inf)
    order = np.argsort(behind, axis=-1)
    ordered = np.take_along_axis(behind, order, axis=-1)
    if ((ordered[..., 1:] == ordered[..., :-1]) & (ordered[..., 1:] < np.inf)).any():
        # The last key is looked at first; what is alike in all of them stays in the order of the file.
        others = [-np.broadcast_to(each, total.shape) for each in (luck(), *reversed(list(rungs)))]
        order = np.lexsort([*others, behind], axis=-1)
    return _places(order, field)


def _places(order: NDArray[np.intp], field: Bools) -> Codes:
    """Places from 1 of the teams of `field`, which come first in `order`, (..., teams); 0 for the others."""
    teams = order.shape[-1]
    places: Codes = np.empty(order.shape, dtype=code_type(teams))
    np.put_along_axis(places, order, np.arange(1, teams + 1, dtype=places.dtype), axis=-1)
    places *= field
    return places


def rank_among(rank: Codes, kept: Bools) -> Codes:
    """The ranks of those kept, counted anew from 1 among them; 0 for the others and before any ranking."""
    if rank.shape[-1] > _FEW:
        counted = kept & (rank > 0)
        return _places(np.argsort(np.where(counted, rank, rank.shape[-1] + 1), axis=-1), counted)
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


CutRule = Callable[[Codes, Bools, Floats | None, Floats | None], Bools]
"""(rank, field, keep, drop) -> who stays; see `cut`."""


def cut(rank: Codes, field: Bools, keep: Floats | None, drop: Floats | None) -> Bools:
    """Which teams of `field` stay, (..., teams): the best `keep`, or all but the last `drop`.

    `rank` counts from 1 within the field; `keep` and `drop` are (..., 1), at most one of them given.
    A keep of at least the number present drops nobody; so does no limit at all.
    """
    places: Floats | None = keep
    if drop is not None:
        places = np.add.reduce(field, axis=-1, keepdims=True) - drop
    stays: Bools = field if places is None else field & (rank <= places)
    return stays


def reaches_minimum(total: Floats, field: Bools, minimum: Floats | None) -> Bools:
    """Which teams of `field` reach the minimum of points, (..., 1); all of them if there is none.

    Those who do are the first in rank, so ranks among them stay as they are.
    """
    return field if minimum is None else field & (total >= minimum)


def entry_is_held(present: Bools, fewer_than: int | None) -> Bools:
    """Whether the entry is held, (..., 1): always, or only if fewer teams than that remain."""
    remain = np.add.reduce(present, axis=-1, keepdims=True)
    return np.ones_like(remain, dtype=bool) if fewer_than is None else remain < fewer_than


def order_of_merit(rank: Codes, fate: Codes) -> Codes:
    """Places from 1 for awards and prizes: those who stay by rank, then those who leave by points; else 0.

    Who is kept for a place of its group comes before a better one that is not; without groups it is the rank
    but for whom the gate takes.
    """
    first, others = rank_among(rank, fate == KEPT), rank_among(rank, fate == Fate.OUT_BY_POINTS)
    staying = np.add.reduce(first > 0, axis=-1, keepdims=True, dtype=first.dtype)
    places: Codes = np.where(others > 0, others + staying, first)
    return places


def honour(place: Codes, awards: tuple[int, ...]) -> Codes:
    """Which award each team has, (..., teams), by its place in the order of merit: 1 the first, 0 none.

    `awards` says how many there are of each, the highest first.
    """
    ends = np.cumsum(awards)
    codes: Codes = (np.searchsorted(ends, place, side="left") + 1).astype(np.int8)
    codes[(place < 1) | (place > ends[-1])] = 0
    return codes


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
    return np.where(entered, behind, ranks).astype(ranks.dtype)


def standing_score(total: Floats, kept: Bools, entered: Bools | None) -> Floats:
    """Points of those who take part in what comes; who entered has the lowest score of those kept, or 0."""
    score = np.where(kept, total, 0.0)
    if entered is None:
        return score
    lowest = np.minimum.reduce(np.where(kept, total, np.inf), axis=-1, keepdims=True)
    return np.where(entered, np.where(np.isfinite(lowest), lowest, 0.0), score)


GrantRule = Callable[[Floats, Bools, Codes], Floats]
"""A user's rule: (pool, present, rank before) -> granted; shapes (..., hardware, 1), (..., teams) twice."""


def equal_grants(pool: Floats, sharing: Bools) -> Floats:
    """The pool, (..., hardware, 1), divided equally by the teams that share, (..., teams)."""
    number = np.maximum(np.add.reduce(sharing, axis=-1, keepdims=True)[..., None, :], 1)
    # By itself NumPy would lay this out the other way round than all others, and what comes of it, too.
    share: Floats = np.divide(pool, number, order="F")
    return sharing[..., None, :] * share


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
