"""The published capability scale and what it says of accuracy."""

import numpy as np
import pytest

from sim.model.capability import BASKET, Benchmark, accuracy, basket_accuracy
from tests.oracles.cases import case
from tests.oracles.closed_forms import (
    RAW_ANCHORS,
    RAW_PER_DECADE,
    RAW_PER_YEAR,
    basket_slope,
    eci_scale,
    published_law,
)

B1, B2 = case("B1_eci_affine"), case("B2_eci_to_accuracy")
B3, B5 = case("B3_eci_law"), case("B5_points_per_eci")


def test_the_two_anchor_models_fix_the_scale():
    scale = eci_scale(B1.inputs["raw_low"], B1.inputs["raw_high"])
    assert scale == (B1.near(B1.expected["a"]), B1.near(B1.expected["b"]))


def test_the_anchor_models_lie_at_130_and_150():
    shift, factor = eci_scale(*RAW_ANCHORS)
    assert [shift + factor * raw for raw in RAW_ANCHORS] == pytest.approx([130, 150], rel=1e-12)


def test_the_basket_holds_the_published_benchmarks():
    expected = {name: (b["EDI"], b["slope_per_ECI"]) for name, b in B1.expected["benchmarks"].items()}
    assert set(BASKET) == set(expected)
    for name, numbers in expected.items():
        assert BASKET[name] == tuple(B1.near(number) for number in numbers)


@pytest.mark.parametrize("name", B2.expected)
def test_accuracy_is_the_sigmoid_of_strength_over_difficulty(name):
    given = B2.inputs["benchmarks"][name]
    share = accuracy(B2.inputs["ECI"], Benchmark(given["EDI"], given["slope_per_ECI"]))
    assert share == B2.near(B2.expected[name])


def test_the_published_law_gives_strength_from_compute_and_date():
    decades, years = np.array(B3.inputs["cases"]).T
    assert published_law(decades, years) == B3.near(B3.expected["ECI"])


def test_the_published_law_has_the_stated_slopes():
    here = published_law(24.0, 2.0)
    assert published_law(25.0, 2.0) - here == B3.near(B3.expected["per_decade"])
    assert published_law(24.0, 3.0) - here == B3.near(B3.expected["per_year"])
    factor = eci_scale(*RAW_ANCHORS).factor
    assert factor * RAW_PER_DECADE == B3.near(B3.expected["per_decade"])
    assert factor * RAW_PER_YEAR == B3.near(B3.expected["per_year"])


def test_the_basket_has_the_stated_mean_accuracy():
    assert basket_accuracy(B5.inputs["ECI"]) == B5.near(B5.expected["mean_accuracy"])


def test_one_eci_is_worth_the_stated_share_and_points_of_forty():
    slope = basket_slope(B5.inputs["ECI"])
    assert slope == B5.near(B5.expected["d_accuracy_per_ECI"])
    assert 40 * slope == B5.near(B5.expected["points40_per_ECI"])


def test_the_slope_of_the_basket_is_the_derivative_of_its_accuracy():
    step = 1e-4
    for eci in (110.0, 134.0, 160.0):
        secant = (basket_accuracy(eci + step) - basket_accuracy(eci - step)) / (2 * step)
        assert basket_slope(eci) == pytest.approx(secant, rel=1e-7)
