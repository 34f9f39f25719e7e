"""Cuts by group and by money, beside what a committee would do: take the ranking and go down it by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.quotas import is_near, is_paid_for, keep_by_group

GROUPS = 3


@st.composite
def fields(draw):
    """Ranks of those who are in the field, and each team's group (-1: none)."""
    teams = draw(st.integers(1, 7))
    there = np.array(draw(st.lists(st.booleans(), min_size=teams, max_size=teams)))
    order = draw(st.permutations(range(teams)))
    rank = np.zeros(teams, dtype=np.int8)
    for place, team in enumerate((t for t in order if there[t]), start=1):
        rank[team] = place
    group, kind = (
        draw(st.lists(st.integers(-1, GROUPS - 1), min_size=teams, max_size=teams)) for _ in range(2)
    )
    return rank, there, group, kind


def memberships(groups):
    """Who is in which group, (groups, teams)."""
    return np.array([[g == number for g in groups] for number in range(GROUPS)])


def by_hand(rank, there, group, kind, keep, places, most):
    """Go down the ranking: first those with a place of their group, then whoever there is room for.

    Nobody stays who is one too many of a kind.
    """
    order = sorted(np.flatnonzero(there), key=lambda t: rank[t])
    stays, of_group, of_kind = set(), [0] * GROUPS, [0] * GROUPS

    def stay(t):
        stays.add(t)
        of_group[group[t]] += group[t] >= 0
        of_kind[kind[t]] += kind[t] >= 0

    def too_many(t):
        return most is not None and kind[t] >= 0 and of_kind[kind[t]] >= most[kind[t]]

    for t in order:
        has_place = places is not None and group[t] >= 0 and of_group[group[t]] < places[group[t]]
        if has_place and not too_many(t):
            stay(t)
    for t in (t for t in order if t not in stays):
        if keep is not None and len(stays) >= keep:
            break
        own_places = places is not None and group[t] >= 0 and places[group[t]] > 0
        if (keep is None and own_places) or too_many(t):
            continue
        stay(t)
    return stays


limits = st.lists(st.integers(0, 4), min_size=GROUPS, max_size=GROUPS)


@given(fields(), st.none() | st.integers(0, 8), st.none() | limits, st.none() | limits)
def test_groups_are_cut_as_by_hand(field, keep, places, most):
    rank, there, group, kind = field
    of_group = np.concatenate([memberships(group), memberships(kind)])
    free = np.full(GROUPS, np.inf)
    own = None if places is None else np.array([*places, 0, 0, 0], dtype=float)
    cap = None if most is None else np.array([*free, *most], dtype=float)
    total = None if keep is None else np.array([float(keep)])
    kept = keep_by_group(rank, there, total, own, cap, of_group)
    assert set(np.flatnonzero(kept)) == by_hand(rank, there, group, kind, keep, places, most)


@pytest.mark.parametrize(("places", "most"), [(2, 1), (3, 1), (3, 2)])
def test_a_place_goes_to_the_next_where_a_kind_is_full(places, most):
    # Of four in one track the first three are of a kind.
    rank, there = np.array([1, 2, 3, 4], dtype=np.int8), np.ones(4, dtype=bool)
    of_group = np.array([[True] * 4, [True, True, True, False]])
    own, cap = np.array([float(places), 0.0]), np.array([np.inf, float(most)])
    kept = keep_by_group(rank, there, None, own, cap, of_group)
    assert np.flatnonzero(kept).tolist() == [*range(most), 3]


@given(st.lists(fields().filter(lambda f: len(f[0]) == 5), min_size=1, max_size=4), limits)
def test_many_replications_are_cut_as_each_alone(found, most):
    rank, there = (np.array([each[k] for each in found]) for k in (0, 1))
    of_group = memberships(found[0][2])
    keep, limit = np.full((len(found), 1), 3.0), np.array([most], dtype=float)
    together = keep_by_group(rank, there, keep, None, limit, of_group[None])
    for r, row in enumerate(together):
        assert np.array_equal(row, keep_by_group(rank[r], there[r], keep[r], None, limit[0], of_group))


@given(fields(), st.lists(st.integers(0, 30), min_size=7, max_size=7), st.integers(0, 60))
def test_a_budget_pays_down_the_ranking_until_it_does_not_reach(field, asks, budget):
    rank, there, _, _ = field
    asked = np.array(asks[: len(rank)], dtype=float)
    paid, left = set(), budget
    for t in sorted(np.flatnonzero(there), key=lambda t: rank[t]):
        if asked[t] > left:
            break
        left -= asked[t]
        paid.add(t)
    assert set(np.flatnonzero(is_paid_for(rank, there, asked, np.array([float(budget)])))) == paid


def test_three_asks_of_a_third_are_within_the_budget():
    rank, there = np.array([1, 2, 3], dtype=np.int8), np.ones(3, dtype=bool)
    for budget in (1.0, 0.1, 1e11):
        assert is_paid_for(rank, there, np.full(3, budget / 3), np.array([budget])).all()


@pytest.mark.parametrize(("within", "near"), [(0.0, [2]), (4.0, [1, 2]), (100.0, [0, 1, 2])])
def test_distance_counts_from_the_best_of_the_field(within, near):
    total, field = np.array([50.0, 66.0, 70.0, 99.0]), np.array([True, True, True, False])
    assert np.flatnonzero(is_near(total, field, np.array([within]))).tolist() == near
