"""What faults cost in a whole scenario: oracle C4, and settings that differ by team."""

from math import exp

import pytest

from tests.helpers import both_engines, played, quiet, stage
from tests.oracles.cases import case

C4 = case("C4_program_runs")
EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 0}}


def run_of(given):
    """The faults of one of the oracle's runs, as a team's own."""
    return {
        "per_node_day": given["r_f"],
        "restart": f"{given['R_s']} s",
        "checkpoint": f"{given['delta_s']} s",
        "interval": "best",
    }


def compute_of(play, teams, gpus):
    grants = {"gpus": {name: {"B200": number} for name, number in gpus.items()}}
    return played(play, quiet(teams, [stage(1, EXAM, grants=grants)]), 1).stages[0].compute[0]


@both_engines
def test_faults_leave_the_share_of_compute_that_daly_expects(play):
    names = [f"t{i}" for i in range(len(C4.inputs["cases"]))]
    gpus = {name: given["gpus"] for name, given in zip(names, C4.inputs["cases"], strict=True)}
    faulty = {name: {"faults": run_of(given)} for name, given in zip(names, C4.inputs["cases"], strict=True)}
    faultless = {name: {"faults": 0} for name in names}
    left = compute_of(play, faulty, gpus) / compute_of(play, faultless, gpus)
    assert left == C4.near([each["eff_daly"] for each in C4.expected])


@both_engines
@pytest.mark.parametrize("rate", [0.0, 0.01])
def test_a_team_that_sets_its_interval_changes_nothing_for_one_that_keeps_to_the_best(play, rate):
    gpus = {"careful": 512, "usual": 512}
    alike = compute_of(play, {"careful": {"faults": rate}, "usual": {"faults": rate}}, gpus)
    own = {"per_node_day": rate, "interval": "5 h"}
    apart = compute_of(play, {"careful": {"faults": own}, "usual": {"faults": rate}}, gpus)
    assert apart[1] == pytest.approx(alike[1], rel=1e-12)
    assert apart[0] < alike[0]


@both_engines
def test_checkpoints_that_cost_nothing_leave_only_the_restarts(play):
    # 64 nodes fail 0.64 times a day; work is saved at once, so an hour of it takes e^(R / M) hours.
    free = {"per_node_day": 0.01, "checkpoint": 0, "restart": "2 h"}
    some, all_of_it = compute_of(play, {"a": {"faults": free}, "b": {"faults": 0}}, {"a": 512, "b": 512})
    assert some / all_of_it == pytest.approx(exp(-2 * 0.64 / 24), rel=1e-6)


@both_engines
def test_a_set_interval_costs_its_checkpoints_even_without_faults(play):
    hourly = {"per_node_day": 0, "checkpoint": "6 min", "interval": "1 h"}
    some, all_of_it = compute_of(play, {"a": {"faults": hourly}, "b": {"faults": 0}}, {"a": 64, "b": 64})
    assert some / all_of_it == pytest.approx(1 / 1.1, rel=1e-12)
