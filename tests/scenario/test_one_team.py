"""Keys that are the same for every team: found from the models, and the key beside each moves one team."""

import numpy as np
import pytest

from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import from_data, load
from sim.scenario.one_team import one_team_keys
from tests.helpers import quiet_data, stage


def of_team(path, scenario="minimal"):
    found = one_team_keys(load(scenario) if isinstance(scenario, str) else scenario, [path])
    return found[0].of_team if found else None


@pytest.mark.parametrize(
    ("path", "of_one"),
    [
        ("hardware.B200.mfu", "teams.red.mfu.B200"),
        ("hardware.B200.peak", "teams.red.mfu.B200"),  # no team has a peak of its own: the next in the block
        ("hardware.B200.price", "teams.red.mfu.B200"),
        ("training.main_run_share", "teams.red.main_run_share"),
        ("faults.restart", "teams.red.faults.restart"),
        ("stages.first.grants.pool.B200", "teams.red.own.B200"),  # counted in GPUs, too
        ("stages.first.own.default.B200", "stages.first.own.red.B200"),
        ("capability.level", "teams.red.effect"),
        ("frontier.level", "teams.red.effect"),
    ],
)
def test_the_key_of_a_team_is_found_by_where_its_own_number_stands(path, of_one):
    assert of_team(path) == of_one


def test_a_gates_risk_is_a_teams_gate_risk():
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 0.5}}
    gated = from_data(quiet_data({"a": {}, "b": {}}, [stage(1, exam, gate={"risk": 0.1}, cut={"keep": 1})]))
    assert of_team("stages.s1.gate.risk", gated) == "teams.a.gate_risk"


@pytest.mark.parametrize("path", ["teams.red.effect", "teams.red.mfu.B200", "stages.first.own.red.B200"])
def test_a_key_of_one_team_is_not_the_same_for_all(path):
    assert of_team(path) is None


@pytest.mark.parametrize("path", ["name", "faults.mode", "nonsense.key", "currency"])
def test_what_is_no_number_is_left_alone(path):
    assert of_team(path) is None


def test_one_key_of_a_team_among_several_and_nothing_is_said():
    assert one_team_keys(load("minimal"), ["hardware.B200.mfu", "teams.red.effect"]) == ()


def fates(changes):
    scenario = load("minimal", changes)
    played = batch.play_batch(scenario, Draws(1), 0, 400)
    return np.stack([each.fate for each in played.stages])


@pytest.mark.parametrize(
    ("path", "value", "own"),
    [
        ("hardware.B200.mfu", 0.1, 0.1),
        ("hardware.B200.peak", 500, 0.1),
        ("training.main_run_share", 0.2, 0.1),
    ],
)
def test_the_one_moves_nobody_and_the_other_moves_its_team(path, value, own):
    assert (fates({path: value}) == fates({})).all()
    assert (fates({of_team(path): own}) != fates({})).any()
