"""Oracle E1: teams that differ in nothing have equal chances."""

from pathlib import Path

import numpy as np
import pytest

from sim.engines import batch
from sim.rules.decisions import Fate
from sim.scenario import load
from tests.helpers import assert_chances, both_engines_often, played, quiet, stage
from tests.oracles.cases import case

E1 = case("E1_equal_teams")
TEAMS = E1.inputs["k"]
EQUAL = load(Path(__file__).parents[2] / "scenarios" / "equal-teams.yaml")


@both_engines_often
def test_equal_teams_leave_with_equal_chances_at_every_stage(play, size):
    outcomes = played(play, EQUAL, size)
    for outcome, chance in zip(outcomes.stages, E1.expected["p_eliminated_each_round"], strict=True):
        assert_chances(outcome.fate == Fate.OUT_BY_POINTS, [chance] * TEAMS)
    last = outcomes.stages[-1]
    assert_chances(last.fate == Fate.KEPT, [E1.expected["p_final_two"]] * TEAMS)
    assert_chances(last.rank == 1, [E1.expected["p_champion_if_one_more_round"]] * TEAMS)


@both_engines_often
def test_as_many_teams_stay_as_the_schedule_says(play, size):
    outcomes = played(play, EQUAL, size // 10)
    for outcome, kept in zip(outcomes.stages, E1.inputs["schedule"], strict=True):
        assert np.all(np.count_nonzero(outcome.fate == Fate.KEPT, axis=1) == kept)


@pytest.mark.parametrize("shape", ["normal", "gumbel-min", "gumbel-max"])
def test_the_shape_of_noise_does_not_matter_among_equals(shape):
    blocks = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 2, "noise_shape": shape}}
    scenario = quiet({f"t{i}": {} for i in range(TEAMS)}, [stage(1, blocks, cut={"keep": TEAMS - 1})])
    fate = played(batch.play_batch, scenario, 200_000).stages[0].fate
    assert_chances(fate == Fate.OUT_BY_POINTS, [1 / TEAMS] * TEAMS)
