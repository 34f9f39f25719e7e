"""Numbers that hold for one team or one stage stand in for the common ones, there and nowhere else."""

from typing import Any

import numpy as np
import pytest

from sim.rules.decisions import Fate
from tests.helpers import (
    GPUS,
    REFERENCE,
    assert_chances,
    both_engines,
    both_engines_often,
    played,
    quiet,
    stage,
)

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 0}}


@both_engines_often
def test_a_team_fails_the_gate_with_its_own_risk(play, size):
    scenario = quiet({"own": {"gate_risk": 0.3}, "usual": {}}, [stage(1, EXAM, gate={"risk": 0.1})])
    fate = played(play, scenario, size).stages[0].fate
    assert_chances(fate == Fate.OUT_AT_GATE, [0.3, 0.1])


@both_engines_often
def test_an_uncertain_risk_is_on_average_its_mean(play, size):
    scenario = quiet({"a": {}, "b": {}}, [stage(1, EXAM, gate={"risk": {"uniform": [0.1, 0.3]}})])
    assert_chances(played(play, scenario, size).stages[0].fate == Fate.OUT_AT_GATE, [0.2, 0.2])


@both_engines_often
def test_an_uncertain_keep_is_rounded_to_whole_teams(play, size):
    # Uniform from 0.6 to 2.6: one with the chance of (1.5 - 0.6) / 2, three with (2.6 - 2.5) / 2.
    teams = {t: {"effect": e} for t, e in zip("abcd", (4.0, 3.0, 2.0, 1.0), strict=True)}
    scenario = quiet(teams, [stage(1, EXAM, cut={"keep": {"uniform": [0.6, 2.6]}})])
    kept = np.count_nonzero(played(play, scenario, size).stages[0].fate == Fate.KEPT, axis=1)
    assert_chances(kept[:, None] == [1, 2, 3], [0.45, 0.5, 0.05])


@both_engines
def test_a_stages_reference_changes_its_points_and_nobodys_strength(play):
    # Ten times less compute in the reference model is five ECI less.
    stages = [stage(1, EXAM), stage(2, EXAM, reference_compute=REFERENCE / 10)]
    first, second = played(play, quiet({"t": {}}, stages), 1).stages
    assert (first.capability[0, 0], second.capability[0, 0]) == (100, 100)
    assert (first.total[0, 0], second.total[0, 0]) == pytest.approx((50, 55), abs=1e-6)


@both_engines
def test_the_leader_is_the_best_of_those_who_are_still_there(play):
    # The strongest fails the first gate and trains on with its own GPUs; the next best then has the maximum.
    exam = {"exam": {**EXAM["exam"], "rescale": "leader"}}
    teams: dict[str, Any] = {
        "best": {"effect": 30.0, "gate_risk": 1, "own": {"B200": GPUS}},
        "next": {},
        "last": {"effect": -10.0},
    }
    stages = [stage(1, exam, gate={"risk": 0}), stage(2, exam)]
    first, second = played(play, quiet(teams, stages), 1).stages
    # Own GPUs besides the grant are twice the compute: 5 log10(2) ECI, and so many points.
    leader = 80 + 5 * np.log10(2)
    assert first.total[0] == pytest.approx([100, 5000 / leader, 4000 / leader], abs=1e-6)
    assert second.total[0, 1:] == pytest.approx([100, 80], abs=1e-6)


@both_engines
def test_a_year_of_progress_lifts_teams_and_the_reference_alike(play):
    stages = [stage(1, EXAM), stage(2, EXAM)]
    scenario = quiet(
        {"t": {}}, stages, capability={"progress_per_year": 10.0, "reference_date": "2026-01-01"}
    )
    first, second = played(play, scenario, 1).stages
    assert first.capability[0, 0] == pytest.approx(100 + 10 * 100 / 365.25, rel=1e-12)
    assert second.capability[0, 0] == pytest.approx(100 + 10 * 210 / 365.25, rel=1e-12)
    assert (first.total[0, 0], second.total[0, 0]) == pytest.approx((50, 50), abs=1e-6)


@both_engines
def test_faults_stop_the_whole_job_so_bigger_nodes_fail_less_often(play):
    grants = {"gpus": {"default": {"B200": 16 * GPUS}}}
    teams: dict[str, Any] = {
        "of-8": {},
        "of-16": {"faults": {"gpus_per_node": 16}},
        "half": {"faults": {"per_node_day": 0.01}},
    }
    scenario = quiet(teams, [stage(1, EXAM, grants=grants)], faults={"per_node_day": 0.02})
    of_8, of_16, half = played(play, scenario, 1).stages[0].compute[0]
    assert of_8 < of_16
    assert of_16 == pytest.approx(half, rel=1e-12)


@both_engines
def test_shares_give_each_team_its_part_of_each_hardware(play):
    grants = {
        "pool": {"B200": 1000, "H200": 400},
        "shares": {"a": {"B200": 0.5}, "b": {"H200": 0.5}, "c": 0.25, "default": 0},
    }
    hardware = {
        "B200": {"peak": 1000, "mfu": 0.5, "price": 1},
        "H200": {"peak": 500, "mfu": 0.5, "price": 1000},
    }
    scenario = quiet({t: {} for t in "abcd"}, [stage(1, EXAM, grants=grants)], hardware=hardware)
    outcome = played(play, scenario, 1).stages[0]
    assert outcome.gpu_hours[0].tolist() == [500 * 2400, 200 * 2400, (250 + 100) * 2400, 0]
    assert outcome.cost[0].tolist() == [500 * 2400, 200 * 2400 * 1000, (250 + 100 * 1000) * 2400, 0]


@both_engines
def test_a_share_written_as_a_constant_is_that_share(play):
    grants = {"pool": {"B200": 1000}, "shares": {"a": {"constant": 0.25}}}
    outcome = played(play, quiet({"a": {}}, [stage(1, EXAM, grants=grants)]), 1).stages[0]
    assert outcome.gpu_hours[0, 0] == 250 * 2400


@both_engines
def test_a_range_without_replications_is_refused(play):
    with pytest.raises(ValueError, match="at least one"):
        played(play, quiet({"a": {}}, [stage(1, EXAM)]), 0)
