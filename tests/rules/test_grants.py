"""Grants: GPUs are conserved, and who is not there gets none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.rules.grants import equal_grants, fixed_grants, leftover

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
