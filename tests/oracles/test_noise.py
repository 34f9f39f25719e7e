"""The spread of points and how often totals tie: oracles E21, D8 and D10, in whole scenarios."""

from math import pi, sqrt

import numpy as np
import pytest

from sim.model.quantiles import GUMBEL_SCALE
from tests.helpers import assert_chances, assert_sd, both_engines_often, played, quiet, stage
from tests.oracles.cases import case

D8, D10, E21 = case("D8_composite_sd"), case("D10_tie_prob"), case("E21_noise_matching")


@pytest.mark.parametrize(("sd", "scale"), list(zip(E21.inputs["sd"], E21.expected, strict=True)))
def test_a_gumbel_law_of_the_same_sd_has_the_stated_scale(sd, scale):
    assert sd * GUMBEL_SCALE == E21.near(scale)
    assert scale * pi / sqrt(6) == E21.near(sd)


@both_engines_often
@pytest.mark.parametrize("rho", D8.inputs["rho"])
def test_three_judged_blocks_that_follow_strength_spread_their_sum_as_expected(play, size, rho):
    # Two blocks that both follow strength with sqrt(rho) follow each other with rho. Maxima are far away.
    blocks = {
        f"b{i}": {"max": 100, "mean": 50, "spread": sd, "follows_strength": sqrt(rho), "noise": 0}
        for i, sd in enumerate(D8.inputs["sd_points"])
    }
    capability = {"team_spread": 2.5, "stage_spread": 4.0}
    outcomes = played(play, quiet({"only": {}}, [stage(1, blocks)], capability=capability), size)
    assert_sd(outcomes.stages[0].total, D8.expected[f"{float(rho)}"])


@both_engines_often
def test_judged_blocks_correlate_as_their_ties_to_strength_say(play, size):
    blocks = {
        "one": {"max": 100, "mean": 50, "spread": 2, "follows_strength": 0.8, "noise": 0},
        "other": {"max": 100, "mean": 50, "spread": 3, "follows_strength": -0.5, "noise": 0},
    }
    capability = {"team_spread": 2.5, "stage_spread": 4.0}
    outcomes = played(play, quiet({"only": {}}, [stage(1, blocks)], capability=capability), size)
    one, other = outcomes.stages[0].points[:, :, 0].T
    # Fisher's z of a correlation has standard error 1 / sqrt(n - 3).
    z = (np.arctanh(np.corrcoef(one, other)[0, 1]) - np.arctanh(0.8 * -0.5)) * sqrt(size - 3)
    assert abs(z) <= 4


@both_engines_often
@pytest.mark.parametrize(("sd", "chance"), list(zip(D10.inputs["sd"], D10.expected, strict=True)))
def test_equal_teams_tie_as_often_as_rounding_makes_them(play, size, sd, chance):
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": sd}}
    scenario = quiet({"a": {}, "b": {}}, [stage(1, exam, round_to=D10.inputs["step"], cut={"keep": 1})])
    outcomes = played(play, scenario, size)
    total = outcomes.stages[0].total
    assert_chances(total[:, :1] == total[:, 1:], [chance])
    assert set(outcomes.stages[0].rank.sum(axis=1)) == {3}  # first and second all the same


@both_engines_often
def test_a_tie_falls_to_either_team_alike(play, size):
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 0}}
    scenario = quiet({"a": {}, "b": {}, "c": {}}, [stage(1, exam, cut={"keep": 2})])
    assert_chances(played(play, scenario, size).stages[0].rank == 3, [1 / 3] * 3)
