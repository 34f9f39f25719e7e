"""Cuts by more than a number: places of each group, at most so many of a kind, as many as money pays for.

All go by rank, from the first; arrays are (..., teams), and where groups have an axis of their own it comes
last but one: (groups, teams).
"""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import Codes


def is_near(total: Floats, field: Bools, within: Floats) -> Bools:
    """Return who of `field` is no farther than `within`, (..., 1), from the total of its leader."""
    best = np.maximum.reduce(np.where(field, total, -np.inf), axis=-1, keepdims=True)
    return field & (total >= best - within)


def keep_by_group(
    rank: Codes,
    field: Bools,
    keep: Floats | None,
    places: Floats | None,
    most: Floats | None,
    of_group: Bools,
) -> Bools:
    """Return who stays of `field`: the best of each group for its places, then the best of all others.

    `places` and `most`, (..., groups), are how many of a group have a place of their own, and how many of it
    can stay at most, with a place of their own or without; infinite where a group has no such limit of
    `most`, 0 for no `places`. `keep`, (..., 1), is how many stay in all. Without it, those stay who have a
    place of their own, and with them whoever is in no group that has any. `of_group`, (..., groups, teams),
    says who is in which; a team is in one group at most whose number is limited by `most`.
    """
    order = np.argsort(np.where(field, rank, rank.shape[-1] + 1), axis=-1)
    there = np.take_along_axis(field, order, axis=-1)
    groups = np.broadcast_to(of_group, (*order.shape[:-1], *of_group.shape[-2:]))
    member = np.take_along_axis(groups, order[..., None, :], axis=-1)
    sure = np.zeros_like(there)
    if places is not None:
        sure = _places_of_their_own(member & there[..., None, :], places, most)
    rest = there & ~sure
    if most is not None:
        taken = np.add.reduce(member & sure[..., None, :], axis=-1)
        place_in_rest = np.cumsum(member & rest[..., None, :], axis=-1)
        full = member & (place_in_rest > (most - taken)[..., :, None])
        rest &= ~full.any(axis=-2)
    if keep is not None:
        left = keep - np.add.reduce(sure, axis=-1, keepdims=True)
        rest &= np.cumsum(rest, axis=-1) <= left
    elif places is not None:
        rest &= ~(member & (places > 0)[..., :, None]).any(axis=-2)
    stays = np.empty_like(there)
    np.put_along_axis(stays, order, sure | rest, axis=-1)
    return stays


def _places_of_their_own(member: Bools, places: Floats, most: Floats | None) -> Bools:
    """Return who has a place of their group, (..., teams); `member`, (..., groups, teams), is by rank.

    Without `most` it is a count in each group. With it, a team that is one too many of its kind leaves its
    place to the next, so that the ranking is gone down team by team.
    """
    sure: Bools
    if most is None:
        sure = np.logical_or.reduce(member & (np.cumsum(member, axis=-1) <= places[..., :, None]), axis=-2)
        return sure
    sure = np.zeros((*member.shape[:-2], member.shape[-1]), dtype=bool)
    taken = np.zeros(member.shape[:-1])
    for t in range(member.shape[-1]):
        of = member[..., t]
        sure[..., t] = (of & (taken < places)).any(axis=-1) & ~(of & (taken >= most)).any(axis=-1)
        taken += of & sure[..., t, None]
    return sure


_ROUNDING = 1e-9
"""Three asks of a third of the budget are within it."""


def is_paid_for(rank: Codes, field: Bools, asks: Floats, budget: Floats) -> Bools:
    """Return whom of `field` a budget, (..., 1), pays for by rank, and stops at the first whom it cannot.

    `asks` is what each team asks for, (..., teams).
    """
    order = np.argsort(np.where(field, rank, rank.shape[-1] + 1), axis=-1)
    asked = np.where(field, asks, 0.0)
    spent = np.cumsum(np.take_along_axis(asked, order, axis=-1), axis=-1)
    paid = np.empty(field.shape, dtype=bool)
    np.put_along_axis(paid, order, spent <= budget * (1 + _ROUNDING), axis=-1)
    return field & paid
