"""The interval of a chance."""

import pytest
from scipy.stats import binomtest

from sim.stats.intervals import wilson
from tests.oracles.cases import case

F1 = case("F1_wilson")


@pytest.mark.parametrize(("counts", "expected"), list(zip(F1.inputs["k_n"], F1.expected, strict=True)))
def test_the_wilson_interval_is_the_published_one(counts, expected):
    low, high = wilson(*counts)
    assert low == pytest.approx(expected[0], rel=F1.tolerance["rel"], abs=1e-15)  # 0 of 20 begins at 0
    assert high == F1.near(expected[1])


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize(
    ("count", "of"), [(0, 1), (1, 1), (0, 20), (20, 20), (3, 7), (500, 1000), (1, 10**6)]
)
def test_scipy_gives_the_same_interval(count, of, level):
    reference = binomtest(count, of).proportion_ci(confidence_level=level, method="wilson")
    assert wilson(count, of, level=level) == pytest.approx(
        (reference.low, reference.high), rel=1e-9, abs=1e-15
    )


def test_arrays_give_the_intervals_of_their_elements():
    counts, of = [0, 3, 10], [20, 20, 40]
    low, high = wilson(counts, of)
    for i, (count, n) in enumerate(zip(counts, of, strict=True)):
        assert [low[i], high[i]] == [float(end) for end in wilson(count, n)]


@pytest.mark.parametrize(("count", "of"), [(0, 10), (10, 10), (0, 10**9), (10**9, 10**9)])
def test_an_interval_never_leaves_the_chances(count, of):
    low, high = wilson(count, of)
    assert 0 <= low < high <= 1
