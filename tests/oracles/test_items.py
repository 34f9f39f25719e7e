"""A block that is made of items is worth what it would be whole."""

from typing import Any

import numpy as np
import pytest
from scipy.special import zeta
from scipy.stats import gumbel_l, gumbel_r, norm

from sim.engines import batch
from sim.model.draws import Key, Purpose
from tests.helpers import (
    Script,
    assert_mean,
    assert_sd,
    both_engines,
    both_engines_often,
    played,
    quiet,
    stage,
)

ITEMS = {"small": 10, "large": 30, "middle": 20}


def total_of(play, size, block, **more):
    return played(play, quiet({"t": {}}, [stage(1, {"block": block})], **more), size).stages[0].total[:, 0]


@both_engines_often
def test_the_noises_of_the_items_sum_to_that_of_the_block(play, size):
    block = {"max": 60, "mean": 30, "per_eci": 1, "noise": 1.5, "items": ITEMS}
    total = total_of(play, size, block)
    assert_mean(total, 30, 1.5)
    assert_sd(total, 1.5)


@both_engines_often
def test_an_item_may_have_a_noise_of_its_own(play, size):
    # The others keep what they would have: 1.4 x 10 / sqrt(10^2 + 30^2 + 20^2) and 1.4 x 20 / sqrt(1400).
    items = {**ITEMS, "large": {"max": 30, "noise": 2.0}}
    total = total_of(play, size, {"max": 60, "mean": 30, "per_eci": 1, "noise": 1.4, "items": items})
    assert_sd(total, np.sqrt(2.0**2 + 1.4**2 * (10**2 + 20**2) / 1400))


@both_engines_often
def test_judges_have_one_impression_of_a_team_for_all_items_of_a_block(play, size):
    # Were it one for each item, the spread would be that of independent parts and smaller.
    block = {"max": 60, "mean": 30, "spread": 2, "noise": 0, "items": ITEMS}
    assert_sd(total_of(play, size, block, judging={"follows_strength": 0.0}), 2.0)


@both_engines
def test_strength_is_worth_the_same_with_and_without_items(play):
    capability = {"team_spread": 3.0}
    judging = {"follows_strength": 1.0}
    for kind in ({"per_eci": 0.7}, {"spread": 2.0}):
        block = {"max": 60, "mean": 30, "noise": 0, **kind}
        whole = total_of(play, 50, block, capability=capability, judging=judging)
        parts = total_of(play, 50, {**block, "items": ITEMS}, capability=capability, judging=judging)
        assert np.ptp(whole) > 1
        assert parts == pytest.approx(whole, abs=1.1e-6)


@both_engines
def test_each_item_is_clipped_by_itself(play):
    # Means 5, 15 and 10; noise of 40, 0 and -40 takes the first beyond its 10 and the last below 0.
    block = {
        "max": 60,
        "mean": 30,
        "per_eci": 1,
        "items": {i: {"max": m, "noise": 10} for i, m in ITEMS.items()},
    }
    z = {"small": 4.0, "large": 0.0, "middle": -4.0}
    luck = {Key(Purpose.NOISE, "s1", "t", f"block/{i}"): float(norm.cdf(x)) for i, x in z.items()}
    outcome = play(quiet({"t": {}}, [stage(1, {"block": block})]), Script(luck), 0, 1).stages[0]
    assert outcome.points[0, 0, 0] == pytest.approx(10 + 15 + 0, abs=1e-9)


def test_an_item_may_have_a_mean_and_a_slope_of_its_own():
    items = {"small": {"max": 10, "mean": 9, "per_eci": 0}, "large": 50}
    block = {"max": 60, "mean": 30, "per_eci": 1.2, "noise": 0, "items": items}
    teams = {"reference": {}, "stronger": {"effect": 3.0}}
    outcome = played(batch.play_batch, quiet(teams, [stage(1, {"block": block})]), 1).stages[0]
    # The rest of the block has 50 / 60 of its mean and of its slope.
    assert outcome.total[0] == pytest.approx([9 + 25, 9 + 25 + 3 * 1.0], abs=1.1e-6)


SLOPES: dict[str, tuple[dict[str, Any], tuple[float, ...]]] = {
    "the rest by its maxima": (
        {"small": {"max": 10, "per_eci_share": 0.4}},
        (0.4, 0.36, 0.24),
    ),  # 60 % as 30 : 20
    "all of it": (
        {i: {"max": ITEMS[i], "per_eci_share": s} for i, s in zip(ITEMS, (0, 0.95, 0.05), strict=True)},
        (0, 0.95, 0.05),
    ),
    "beside a slope of its own": (
        {"small": {"max": 10, "per_eci_share": "40 %"}, "large": {"max": 30, "per_eci": 2}},
        (0.4, 2 / 1.2, 0.24),
    ),
}


@both_engines
@pytest.mark.parametrize("name", SLOPES)
def test_an_item_may_have_a_share_of_the_slope(play, name):
    """One ECI of strength is worth an item's share of the 1.2 points, and means stay as they are."""
    items, shares = SLOPES[name]
    block = {"max": 60, "mean": 30, "per_eci": 1.2, "noise": 0, "items": {**ITEMS, **items}}
    teams = {"reference": {}, "stronger": {"effect": 3.0}}
    outcome = played(play, quiet(teams, [stage(1, {"block": block})]), 1).stages[0]
    assert outcome.total[0] == pytest.approx([30, 30 + 3 * 1.2 * sum(shares)], abs=1.1e-6)


@both_engines
def test_shares_of_an_uncertain_slope_are_shares_of_one_draw(play):
    """The block gains all of the slope that is drawn, wherever it goes."""
    law = {"uniform": [0.5, 2.0], "shared": "slope"}
    share = {"uniform": [0.2, 0.9]}
    block = {"max": 60, "mean": 30, "per_eci": law, "noise": 0, "items": ITEMS}
    split = {**block, "items": {**ITEMS, "small": {"max": 10, "per_eci_share": share}}}
    blocks = {"whole": block, "split": split}
    outcome = played(play, quiet({"t": {"effect": 2.0}}, [stage(1, blocks)]), 60).stages[0]
    whole, split_up = outcome.points[:, :, 0].T
    assert np.ptp(whole) > 1
    assert split_up == pytest.approx(whole, abs=1e-9)


LAWS = {"normal": norm, "gumbel-min": gumbel_l, "gumbel-max": gumbel_r}
UNIFORMS = {"small": 0.03, "large": 0.9, "middle": 0.45}


@both_engines
@pytest.mark.parametrize("shape", LAWS)
def test_the_noise_of_every_item_follows_the_law_of_the_block(play, shape):
    """Each item's noise is the law's quantile, made to have mean 0 and the item's share of the block's sd."""
    block = {"max": 60, "mean": 30, "per_eci": 1, "noise": 2.0, "noise_shape": shape, "items": ITEMS}
    luck = {Key(Purpose.NOISE, "s1", "t", f"block/{i}"): u for i, u in UNIFORMS.items()}
    outcome = play(quiet({"t": {}}, [stage(1, {"block": block})]), Script(luck), 0, 1).stages[0]
    law = LAWS[shape]
    standard = {i: (law.ppf(u) - law.mean()) / law.std() for i, u in UNIFORMS.items()}
    noise = sum(2.0 * ITEMS[i] / np.sqrt(1400) * z for i, z in standard.items())
    assert outcome.total[0, 0] == pytest.approx(30 + noise, abs=1e-6)


@both_engines_often
def test_skewed_noises_of_items_sum_to_a_skewed_noise_of_the_block(play, size):
    """A sum of independent parts with shares w of the sd has the law's skewness times the sum of w^3."""
    block = {"max": 60, "mean": 30, "per_eci": 1, "noise": 0.5, "noise_shape": "gumbel-max", "items": ITEMS}
    total = total_of(play, size, block)
    weights = np.array(list(ITEMS.values())) / np.sqrt(1400)
    expected = 12 * np.sqrt(6) * zeta(3) / np.pi**3 * np.sum(weights**3)
    z = (np.mean((total - 30) ** 3) / 0.5**3 - expected) / np.sqrt(90 / size)  # E[z^6] is below 90
    assert abs(z) <= 4
    assert expected * np.sqrt(size / 90) > 4  # so that a law without skewness would be found out
