"""Items against a target model: the maximum times own accuracy over the target's, by oracles B2 and B5."""

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from tests.helpers import Script, both_engines, quiet, stage
from tests.oracles.cases import case

B2, B5 = case("B2_eci_to_accuracy"), case("B5_points_per_eci")
ACCURACY = {
    float(eci): np.mean([shares[k] for shares in B2.expected.values()])
    for k, eci in enumerate(B2.inputs["ECI"])
} | {B5.inputs["ECI"]: B5.expected["mean_accuracy"]}
LEVEL = 100.0  # of a quiet scenario: a team's strength is this and its effect


def points(play, strengths, target, maximum=20.0, luck=None, **item):
    """Points of an item in a block of twice its maximum, whose other half is worth 10 to everybody."""
    block = {"max": 2 * maximum, "mean": 20, "per_eci": 0, "noise": 0}
    items = {"raw": {"max": maximum, "mean": 10}, "ratio": {"max": maximum, "target": target, **item}}
    teams = {f"t{eci:g}": {"effect": eci - LEVEL} for eci in strengths}
    scenario = quiet(teams, [stage(1, {"exam": block | {"items": items}})])
    return play(scenario, luck or Script({}), 0, 1).stages[0].total[0] - 10


@both_engines
@pytest.mark.parametrize("target", [134.0, 140.0, 150.0])
def test_points_are_the_maximum_times_the_ratio_of_accuracies(play, target):
    strengths = [eci for eci in ACCURACY if eci <= target]
    expected = [20 * ACCURACY[eci] / ACCURACY[target] for eci in strengths]
    assert points(play, strengths, target) == pytest.approx(expected, abs=1e-6)
    assert expected[strengths.index(target)] == 20


@both_engines
def test_whoever_is_beyond_the_target_has_the_maximum_and_no_more(play):
    assert points(play, [135.0, 140.0, 150.0], 134.0) == pytest.approx([20.0] * 3, abs=1e-6)


@both_engines
def test_the_noise_of_an_item_comes_on_top_before_it_is_cut_off(play):
    luck = {
        Key(Purpose.NOISE, "s1", t, "exam/ratio"): float(norm.cdf(z))
        for t, z in {"t125": 1.5, "t130": -3.0, "t140": 4.0}.items()
    }
    found = points(play, [125.0, 130.0, 140.0], 140.0, luck=Script(luck), noise=2.0)
    ratio = [20 * ACCURACY[eci] / ACCURACY[140.0] for eci in (125.0, 130.0)]
    assert found == pytest.approx([ratio[0] + 3, ratio[1] - 6, 20], abs=1e-6)


@both_engines
def test_a_targets_strength_may_be_uncertain(play):
    law = {"weighted": {"134": 1, "150": 1}}
    path = Key(Purpose.PARAMETER, item="stages.s1.points.exam.items.ratio.target")
    for u, target in ((0.2, 134.0), (0.8, 150.0)):
        found = points(play, [125.0], law, luck=Script({path: u}))
        assert found == pytest.approx([20 * ACCURACY[125.0] / ACCURACY[target]], abs=1e-6)


@both_engines
def test_without_compute_there_are_no_points_against_a_target(play):
    block = {"max": 20, "mean": 20, "per_eci": 0, "noise": 0, "items": {"ratio": {"max": 20, "target": 134}}}
    scenario = quiet({"idle": {"main_run_share": 0}, "t": {"effect": 34}}, [stage(1, {"exam": block})])
    outcome = play(scenario, Script({}), 0, 1).stages[0]
    assert outcome.total[0] == pytest.approx([0, 20], abs=1e-6)
