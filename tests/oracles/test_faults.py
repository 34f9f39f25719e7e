"""Faults and checkpoints against Daly 2006 and what follows from it."""

import numpy as np
import pytest
from scipy.special import lambertw

from sim.model.compute import daly_interval
from tests.oracles.cases import case
from tests.oracles.closed_forms import (
    mean_time_to_fault,
    wall_clock,
    wall_clock_safe_restart,
    wall_clock_sd,
    wall_clock_sd_safe_restart,
    young_interval,
)

C1, C3, C4 = case("C1_mttf"), case("C3_daly_published"), case("C4_program_runs")
DALY = list(zip(C3.inputs["cases"], C3.expected, strict=True))
RUNS = list(zip(C4.inputs["cases"], C4.expected, strict=True))


@pytest.mark.parametrize(
    ("rate", "hours"), list(zip(C1.inputs["r_f_per_node_day"], C1.expected, strict=True))
)
def test_more_gpus_fail_sooner(rate, hours):
    nodes = np.array(C1.inputs["gpus"]) / 8
    assert mean_time_to_fault(nodes, rate) == C1.near(hours)


@pytest.mark.parametrize(("given", "expected"), DALY)
def test_intervals_are_those_of_young_and_daly(given, expected):
    mttf, write = given["M_h"] * 60, given["delta_min"]
    assert young_interval(mttf, write) == C3.near(expected["young"])
    assert young_interval(mttf, write) - write == C3.near(expected["daly_first"])
    assert daly_interval(mttf, write) == C3.near(expected["daly_high"])


@pytest.mark.parametrize(("given", "expected"), DALY)
def test_the_interval_rounds_to_what_daly_printed(given, expected):
    minutes = float(daly_interval(given["M_h"] * 60, given["delta_min"]))
    digits = 1 if given["published_tau_min"] < 10 else 0
    assert round(minutes, digits) == given["published_tau_min"]


@pytest.mark.parametrize(("given", "expected"), DALY)
def test_the_run_of_daly_takes_as_long_as_published(given, expected):
    mttf, restart, write = given["M_h"], given["R_min"] / 60, given["delta_min"] / 60
    best = daly_interval(mttf, write)
    exact = mttf * (1 + lambertw(-np.exp(-1 - write / mttf)).real)
    assert exact * 60 == C3.near(expected["exact_lambertw"])
    work = C3.inputs["Ts_h"]
    assert wall_clock(work, mttf, restart, write, best) == C3.near(expected["T_at_daly_high_h"])
    assert wall_clock(work, mttf, restart, write, exact) == C3.near(expected["T_at_exact_h"])
    assert wall_clock_safe_restart(work, mttf, restart, write, best) == C3.near(
        expected["T_nofail_restart_h"]
    )


def of_a_run(given):
    """Work, MTTF, restart, write and interval in hours."""
    mttf = float(mean_time_to_fault(given["gpus"] / 8, given["r_f"]))
    write = given["delta_s"] / 3600
    return C4.inputs["Ts_h"], mttf, given["R_s"] / 3600, write, float(daly_interval(mttf, write))


@pytest.mark.parametrize(("given", "expected"), RUNS)
def test_a_hundred_days_of_work_take_the_expected_time(given, expected):
    run = of_a_run(given)
    assert run[1] == C4.near(expected["M_h"])
    assert run[4] == C4.near(expected["tau_h"])
    assert wall_clock(*run) == C4.near(expected["T_daly_h"])
    assert wall_clock_safe_restart(*run) == C4.near(expected["T_nofail_h"])


@pytest.mark.parametrize(("given", "expected"), RUNS)
def test_a_hundred_days_of_work_vary_as_expected(given, expected):
    run = of_a_run(given)
    assert wall_clock_sd(*run) == C4.near(expected["sd_daly_h"])
    assert wall_clock_sd_safe_restart(*run) == C4.near(expected["sd_nofail_h"])


@pytest.mark.parametrize(("given", "expected"), RUNS)
def test_efficiency_is_work_over_wall_clock(given, expected):
    run = of_a_run(given)
    assert run[0] / wall_clock(*run) == C4.near(expected["eff_daly"])
    assert run[0] / wall_clock_safe_restart(*run) == C4.near(expected["eff_nofail"])


@pytest.mark.parametrize(("given", "expected"), RUNS)
def test_one_more_hour_of_a_restart_costs_one_hour_for_each_fault(given, expected):
    work, mttf, restart, write, interval = of_a_run(given)
    dearer = wall_clock_safe_restart(work, mttf, restart + 1, write, interval)
    faults = dearer - wall_clock_safe_restart(work, mttf, restart, write, interval)
    assert faults == C4.near(expected["n_failures_nofail"])
