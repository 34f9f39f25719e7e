"""Grants: GPUs are conserved, and who is not there gets none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.rules.decisions import (
    equal_grants,
    fixed_grants,
    grants_by_rank,
    grants_by_score,
    leftover,
    rank_among,
    share_leftover,
)

ROWS, HARDWARE, TEAMS = 3, 2, 5
presence = arrays(bool, (ROWS, TEAMS))
gpus = st.floats(0, 1e5)
pools = arrays(float, (1, HARDWARE, 1), elements=gpus)
tables = arrays(float, (1, HARDWARE, TEAMS), elements=gpus)
some_teams = arrays(bool, (1, TEAMS))


@given(pools, presence, some_teams)
def test_equal_grants_and_what_is_left_over_are_the_pool(pool, present, among):
    granted = equal_grants(pool, present & among)
    left = leftover(pool, granted)
    assert granted.sum(axis=-1) + left == pytest.approx(np.broadcast_to(pool[..., 0], left.shape), rel=1e-12)
    assert np.all(granted >= 0)
    shared = (present & among).any(axis=-1)
    assert left[shared] == pytest.approx(0, abs=1e-9 * (1 + pool.max()))
    assert np.array_equal(left[~shared], np.broadcast_to(pool[..., 0], left.shape)[~shared])


@given(tables, presence)
def test_fixed_grants_and_what_is_left_over_are_the_pool(table, present):
    pool = table.sum(axis=-1, keepdims=True)
    granted = fixed_grants(table, present)
    left = leftover(pool, granted)
    assert granted.sum(axis=-1) + left == pytest.approx(np.broadcast_to(pool[..., 0], left.shape), rel=1e-12)
    assert np.array_equal(granted, np.broadcast_to(table, granted.shape) * present[:, None, :])


@given(pools, tables, presence, some_teams)
def test_who_is_not_there_or_not_among_them_gets_none(pool, table, present, among):
    equal, fixed = equal_grants(pool, present & among), fixed_grants(table, present)
    for r in range(ROWS):
        assert not equal[r][:, ~(present & among)[r]].any()
        assert not fixed[r][:, ~present[r]].any()


@given(pools, presence)
def test_all_who_share_equally_get_the_same(pool, present):
    granted = equal_grants(pool, present)
    for r in range(ROWS):
        for h in range(HARDWARE):
            assert len(set(granted[r, h, present[r]])) <= 1


@given(pools, tables, presence, some_teams)
def test_one_replication_alone_is_granted_what_it_is_among_many(pool, table, present, among):
    equal, fixed = equal_grants(pool, present & among), fixed_grants(table, present)
    for r in range(ROWS):
        assert np.array_equal(equal_grants(pool[0], present[r] & among[0]), equal[r])
        assert np.array_equal(fixed_grants(table[0], present[r]), fixed[r])


def test_what_a_team_leaves_is_shared_by_those_that_stay():
    pool, everyone = np.array([[2560.0]]), np.ones(5, dtype=bool)
    for left_teams in range(5):
        present = np.arange(5) >= left_teams
        granted = equal_grants(pool, present & everyone)
        assert granted[0].tolist() == [0] * left_teams + [2560 / (5 - left_teams)] * (5 - left_teams)


def test_a_table_keeps_back_what_a_team_leaves():
    table = np.array([[100.0, 200.0, 300.0]])
    granted = fixed_grants(table, np.array([True, False, True]))
    assert granted.tolist() == [[100, 0, 300]]
    assert leftover(np.array([[600.0]]), granted).tolist() == [200]


scores = arrays(float, (ROWS, TEAMS), elements=st.floats(-5, 100))
ranks = st.lists(st.permutations(range(1, TEAMS + 1)), min_size=ROWS, max_size=ROWS).map(
    lambda rows: np.array(rows, dtype=np.int8)
)
places = st.lists(st.floats(0, 1), min_size=1, max_size=TEAMS + 2).map(
    lambda parts: np.array([parts]) / max(sum(parts), 1.0)
)


@given(pools, scores, ranks, places, presence, st.booleans())
def test_grants_by_results_and_what_is_left_over_are_the_pool(pool, score, rank, shares, sharing, shared):
    by_rank = grants_by_rank(pool, rank_among(rank, sharing), sharing, shares)
    for granted in (grants_by_score(pool, score, sharing), by_rank):
        lent = share_leftover(pool, granted, sharing) if shared else granted
        left = leftover(pool, lent)
        whole = np.broadcast_to(pool[..., 0], left.shape)
        assert lent.sum(axis=-1) + left == pytest.approx(whole, rel=1e-12)
        assert np.all(lent >= 0)
        assert np.all(left >= -1e-9 * (1 + whole))
        assert not lent[np.broadcast_to(~sharing[:, None, :], lent.shape)].any()
        if shared:
            assert left[sharing.any(axis=-1)] == pytest.approx(0, abs=1e-9 * (1 + pool.max()))


@given(pools, scores, presence)
def test_by_score_all_of_the_pool_goes_and_in_proportion(pool, score, sharing):
    granted = grants_by_score(pool, score, sharing)
    counts = np.where(sharing, np.maximum(score, 0), 0)
    for r in range(ROWS):
        if counts[r].sum() < 1e-3:  # so little may be lost in rounding
            continue
        for h in range(HARDWARE):
            assert granted[r, h].sum() == pytest.approx(pool[0, h, 0], rel=1e-12)
            assert granted[r, h] * counts[r].sum() == pytest.approx(pool[0, h, 0] * counts[r], rel=1e-9)


@given(pools, scores, ranks, places, presence)
def test_one_replication_alone_is_granted_by_results_what_it_is_among_many(
    pool, score, rank, shares, sharing
):
    among = rank_among(rank, sharing)
    by_score = grants_by_score(pool, score, sharing)
    by_rank = grants_by_rank(pool, among, sharing, shares)
    whole = share_leftover(pool, by_rank, sharing)
    for r in range(ROWS):
        assert np.array_equal(grants_by_score(pool[0], score[r], sharing[r]), by_score[r])
        alone = grants_by_rank(pool[0], among[r], sharing[r], shares[0])
        assert np.array_equal(alone, by_rank[r])
        assert np.array_equal(share_leftover(pool[0], alone, sharing[r]), whole[r])


def test_shares_by_rank_go_down_the_ranks_of_those_who_share():
    pool, shares = np.array([[1000.0]]), np.array([0.5, 0.3, 0.1])
    rank = np.array([3, 1, 4, 2], dtype=np.int8)
    everyone, without_the_first = np.ones(4, dtype=bool), np.array([True, False, True, True])
    assert grants_by_rank(pool, rank, everyone, shares)[0].tolist() == [100, 500, 0, 300]
    again = rank_among(rank, without_the_first)
    assert again.tolist() == [2, 0, 3, 1]
    assert grants_by_rank(pool, again, without_the_first, shares)[0].tolist() == [300, 0, 100, 500]


def test_before_any_ranking_nothing_goes_by_rank():
    nobody_ranked, everyone = np.zeros(3, dtype=np.int8), np.ones(3, dtype=bool)
    assert not grants_by_rank(np.array([[9.0]]), nobody_ranked, everyone, np.array([0.5, 0.5])).any()


def test_negative_scores_count_as_none():
    granted = grants_by_score(np.array([[90.0]]), np.array([-5.0, 20.0, 10.0]), np.ones(3, dtype=bool))
    assert granted[0].tolist() == pytest.approx([0, 60, 30])
