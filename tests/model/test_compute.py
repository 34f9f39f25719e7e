"""Limits of the fault model, and its formulas against a renewal process that is played out fault by fault."""

from math import exp

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import lambertw

from sim.model.compute import availability, daly_interval
from tests.helpers import assert_mean, assert_sd
from tests.oracles.closed_forms import (
    mean_time_to_fault,
    wall_clock,
    wall_clock_safe_restart,
    wall_clock_sd,
    wall_clock_sd_safe_restart,
    young_interval,
)

HOURS = (0.05, 0.5, 3.0, 30.0, 1000.0)
FREE = 1e-18
"""Hours; a checkpoint that costs next to nothing."""


def share(mttf, restart, write, interval=None):
    """The availability of one job that a fault stops every `mttf` hours; all times in hours."""
    own = None if interval is None else np.array([interval])
    return float(availability(np.array([1 / mttf]), restart, write, own)[0])


def test_without_faults_all_time_is_work():
    assert mean_time_to_fault(64, 0.0) == np.inf
    assert availability(np.zeros(2), 0.5, 1 / 60, None).tolist() == [1, 1]


def test_without_nodes_there_are_no_faults():
    assert mean_time_to_fault(np.array([0.0]), 0.01).tolist() == [np.inf]


def test_one_node_fails_as_often_as_its_rate_says():
    assert mean_time_to_fault(1, 0.5) == 48


@pytest.mark.parametrize("mttf", [np.inf, 1e30, 1e12])
def test_without_faults_a_set_interval_still_pays_for_its_checkpoints(mttf):
    assert share(mttf, 0.5, 0.1, 0.9) == pytest.approx(0.9, rel=1e-9)


@pytest.mark.parametrize("mttf", [np.inf, 1e30, 1e12])
def test_without_faults_free_checkpoints_cost_nothing_at_any_interval(mttf):
    assert share(mttf, 0.5, FREE, 0.9) == pytest.approx(1, rel=1e-9)


def test_a_team_with_the_best_interval_beside_one_with_its_own_has_what_it_would_have_alone():
    for rate in (np.array([1 / 7, 1 / 7]), np.zeros(2)):
        mixed = availability(rate, 0.5, 0.02, np.array([np.nan, 3.0]))
        assert mixed[0] == availability(rate, 0.5, 0.02, None)[0]
        assert mixed[1] == availability(rate, 0.5, 0.02, np.array([3.0, 3.0]))[1]


@pytest.mark.parametrize("mttf", HOURS)
def test_free_checkpoints_leave_only_the_restarts(mttf):
    # Work is saved at once, so a fault costs one restart, itself open to faults: e^(R / M) hours for one.
    assert share(mttf, 0.5, FREE) == pytest.approx(exp(-0.5 / mttf), rel=1e-6)


@pytest.mark.parametrize("mttf", HOURS)
def test_availability_is_work_over_wall_clock(mttf):
    best = float(daly_interval(mttf, 0.02))
    assert share(mttf, 0.1, 0.02) == pytest.approx(1 / float(wall_clock(1, mttf, 0.1, 0.02, best)), rel=1e-12)
    assert share(mttf, 0.1, 0.02, 0.7) == pytest.approx(
        1 / float(wall_clock(1, mttf, 0.1, 0.02, 0.7)), rel=1e-12
    )


def test_a_storm_of_faults_leaves_nothing_and_warns_of_nothing():
    for mttf in (1e-3, 1e-12, 1e-100):
        assert 0 <= share(mttf, 0.5, 1 / 60) < 1e-9
        assert 0 <= share(mttf, 0.5, 1 / 60, 2.0) < 1e-9


def test_more_faults_dearer_restarts_and_slower_checkpoints_all_cost_time():
    for mttf, restart, write in ((5.0, 0.5, 0.05), (50.0, 0.1, 0.01)):
        base = share(mttf, restart, write)
        assert share(mttf * 0.9, restart, write) < base
        assert share(mttf, restart * 1.1, write) < base
        assert share(mttf, restart, write * 1.1) < base


def test_twice_the_nodes_at_half_the_rate_are_the_same_job():
    assert mean_time_to_fault(64, 0.01) == mean_time_to_fault(128, 0.005)


@pytest.mark.parametrize("write", [0.001, 0.02, 0.1])
@pytest.mark.parametrize("mttf", [0.25, 2.0, 24.0, 500.0])
def test_dalys_interval_costs_next_to_nothing_over_the_exact_optimum(mttf, write):
    def cost(tau):
        return float(wall_clock(1.0, mttf, 0.2, write, tau))

    exact = mttf * (1 + lambertw(-exp(-1 - write / mttf)).real)
    found = minimize_scalar(cost, bounds=(1e-4, 3 * mttf), method="bounded", options={"xatol": 1e-9 * mttf})
    assert exact == pytest.approx(found.x, rel=1e-4)
    assert cost(float(daly_interval(mttf, write))) / cost(exact) - 1 < 2e-4
    assert cost(float(daly_interval(mttf, write))) <= cost(float(young_interval(mttf, write))) * (1 + 1e-12)


def test_when_writing_takes_longer_than_two_faults_the_interval_is_the_time_between_faults():
    assert daly_interval(np.array([0.25, 0.1]), 0.5) == pytest.approx([0.25, 0.1], rel=1e-12)


def hours_of_segments(rng, size, mttf, restart, length, faults_in_restart):
    """How long each of `size` segments takes, state by state: work until a fault, restart, work again."""
    elapsed = np.zeros(size)
    restarting = np.zeros(size, dtype=bool)
    going = np.arange(size)
    while going.size:
        fault = rng.exponential(mttf, going.size)
        safe = restarting[going] & (not faults_in_restart)
        need = np.where(restarting[going], restart, length)
        done = safe | (fault >= need)
        elapsed[going] += np.where(done, need, fault)
        finished = done & ~restarting[going]
        restarting[going] = ~done  # after a fault a restart; after a restart work
        going = going[~finished]
    return elapsed


@pytest.mark.parametrize("faults_in_restart", [True, False])
@pytest.mark.parametrize(
    ("mttf", "restart", "write", "tau"), [(10.0, 0.5, 0.1, 2.0), (2.0, 0.5, 0.05, 0.6), (1.0, 1.0, 0.2, 0.8)]
)
def test_wall_clock_and_its_spread_are_those_of_a_run_played_fault_by_fault(
    mttf, restart, write, tau, faults_in_restart
):
    runs, segments = 8_000, 50
    rng = np.random.default_rng(20260115)
    each = hours_of_segments(rng, runs * segments, mttf, restart, tau + write, faults_in_restart)
    mean, sd = (
        (wall_clock, wall_clock_sd)
        if faults_in_restart
        else (wall_clock_safe_restart, wall_clock_sd_safe_restart)
    )
    given = (segments * tau, mttf, restart, write, tau)
    total = each.reshape(runs, segments).sum(axis=1)
    assert_mean(total, float(mean(*given)), float(sd(*given)))
    tail = np.mean((each - each.mean()) ** 4) / each.var() ** 2
    assert_sd(total, float(sd(*given)), kurtosis=3 + (tail - 3) / segments)


def test_availability_is_the_share_of_work_in_a_run_played_fault_by_fault():
    mttf, restart, write = 8.0, 0.5, 0.05
    tau = float(daly_interval(mttf, write))
    runs, segments = 4_000, 50
    rng = np.random.default_rng(7)
    each = hours_of_segments(rng, runs * segments, mttf, restart, tau + write, faults_in_restart=True)
    assert_mean(each, tau / share(mttf, restart, write), float(wall_clock_sd(tau, mttf, restart, write, tau)))
