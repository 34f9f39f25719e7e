"""Raters: the mean of those who count, by hand, by its closed form and by order statistics from outside."""

from math import factorial, pi, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from sim.scenario import ScenarioError
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

SD = 3.0
NODES = np.polynomial.legendre.leggauss(160)


def programme(raters, teams="t", **more):
    exam = {"max": 1000, "mean": 500, "per_eci": 1, "raters": raters, **more}
    return quiet({t: {} for t in teams}, [stage(1, {"exam": exam})])


def totals(play, size, raters, **more):
    return played(play, programme(raters, **more), size).stages[0].total[:, 0]


@both_engines_often
@pytest.mark.parametrize("n", [1, 2, 10, 49])
def test_the_mean_of_n_raters_spreads_by_one_over_the_root_of_n(play, size, n):
    total = totals(play, size, {"n": n, "sd": SD})
    assert_mean(total, 500, SD / sqrt(n))
    assert_sd(total, SD / sqrt(n))


def expected_product(n, i, j):
    """E[X_(i) X_(j)] of n standard normals, i <= j, by quadrature over the density of the one or the two."""
    nodes, weights = NODES
    x, of_x = 8.5 * nodes, 8.5 * weights
    if i == j:
        density = norm.cdf(x) ** (i - 1) * norm.sf(x) ** (n - i) * norm.pdf(x)
        return factorial(n) / (factorial(i - 1) * factorial(n - i)) * np.sum(of_x * x * x * density)
    half = (8.5 - x)[:, None] / 2
    y, of_y = x[:, None] + half * (1 + nodes), half * weights  # from x upwards
    between = (norm.cdf(y) - norm.cdf(x)[:, None]) ** (j - i - 1)
    lower = (x * norm.cdf(x) ** (i - 1) * norm.pdf(x) * of_x)[:, None]
    upper = y * norm.sf(y) ** (n - j) * norm.pdf(y) * of_y
    ways = factorial(n) / (factorial(i - 1) * factorial(j - i - 1) * factorial(n - j))
    return ways * np.sum(lower * between * upper)


def trimmed_sd(n, trim):
    """Standard deviation of the mean of n standard normals without the `trim` least and greatest."""
    kept = range(trim + 1, n - trim + 1)
    return sqrt(sum(expected_product(n, min(i, j), max(i, j)) for i in kept for j in kept)) / len(kept)


def test_the_quadrature_knows_what_is_known():
    assert trimmed_sd(3, 1) == pytest.approx(sqrt(1 - sqrt(3) / pi), rel=1e-9)  # the median of three
    assert trimmed_sd(7, 0) == pytest.approx(1 / sqrt(7), rel=1e-9)
    assert trimmed_sd(5, 2) ** 2 == pytest.approx(0.2868336616, rel=1e-8)  # tables of order statistics


@both_engines_often
@pytest.mark.parametrize(("n", "trim"), [(3, 1), (5, 1), (5, 2), (10, 1)])
def test_a_trimmed_mean_spreads_as_order_statistics_say(play, size, n, trim):
    sd = SD * trimmed_sd(n, trim)
    total = totals(play, size, {"n": n, "sd": SD, "trim": trim})
    assert_mean(total, 500, sd)
    assert_sd(total, sd, kurtosis=3.3)  # the median of three, the farthest of these from normal, has less


@both_engines
def test_one_rater_is_a_measurement_with_noise(play):
    noisy = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": SD}}
    measured = played(play, quiet({"t": {}}, [stage(1, noisy)]), 100).stages[0].total[:, 0]
    assert totals(play, 100, {"n": 1, "sd": SD}).tolist() == measured.tolist()


Z = [0.4, -2.0, 1.0, 3.0, 0.2]  # of five raters of team a; all others draw their median


@both_engines
@pytest.mark.parametrize(("trim", "mean"), [(0, 2.6 / 5), (1, 1.6 / 3), (2, 0.4)])
def test_the_outermost_ratings_are_dropped(play, trim, mean):
    luck = {Key(Purpose.NOISE, "s1", "a", "exam/exam", n): float(norm.cdf(z)) for n, z in enumerate(Z)}
    scenario = programme({"n": 5, "sd": 10.0, "trim": trim}, "ab")
    outcome = play(scenario, Script(luck), 0, 1).stages[0]
    assert outcome.total[0] == pytest.approx([500 + 10 * mean, 500], abs=1e-6)


@both_engines
def test_each_item_is_trimmed_by_itself(play):
    # Rater 3 is the outermost of item x, rater 0 that of y; items share 10 x max / sqrt(sum of max^2).
    items = {"x": 300, "y": 400, "z": {"max": 300, "raters": {"n": 1, "sd": 7.0}}}
    of_y = [9.0, 1.0, 2.0, 0.0, -1.0]
    luck = {Key(Purpose.NOISE, "s1", "t", "exam/x", n): float(norm.cdf(z)) for n, z in enumerate(Z)}
    luck |= {
        Key(Purpose.NOISE, "s1", "t", "exam/y", n): 1 - float(norm.sf(min(z, 8))) for n, z in enumerate(of_y)
    }
    luck[Key(Purpose.NOISE, "s1", "t", "exam/z")] = float(norm.cdf(-1.0))
    scenario = programme({"n": 5, "sd": 10.0, "trim": 1}, items=items)
    total = play(scenario, Script(luck), 0, 1).stages[0].total[0, 0]
    whole = sqrt(300**2 + 400**2 + 300**2)
    assert total == pytest.approx(500 + 10 * (300 / whole * 1.6 / 3 + 400 / whole * 1.0) - 7.0, abs=1e-6)


@both_engines
@pytest.mark.parametrize(("trim", "mean"), [(0, 2.6 / 5), (1, 1.6 / 3), (2, 0.4)])
def test_the_outermost_of_an_items_own_raters_are_dropped(play, trim, mean):
    """An item with raters of its own, in a block of two; the other has neither noise nor raters."""
    rated = {"max": 400, "raters": {"n": 5, "sd": 10.0, "trim": trim}}
    block = {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0, "items": {"rated": rated, "exact": 600}}
    luck = {Key(Purpose.NOISE, "s1", "a", "exam/rated", n): float(norm.cdf(z)) for n, z in enumerate(Z)}
    outcome = play(quiet({"a": {}, "b": {}}, [stage(1, {"exam": block})]), Script(luck), 0, 1).stages[0]
    assert outcome.total[0] == pytest.approx([500 + 10 * mean, 500], abs=1e-6)


@both_engines_often
@pytest.mark.parametrize("own", [True, False], ids=["of the item", "of the block"])
def test_the_raters_of_an_item_spread_as_order_statistics_say(play, size, own):
    raters = {"n": 5, "sd": SD, "trim": 1}
    items = {"rated": {"max": 400, "raters": raters} if own else 400, "exact": {"max": 600, "noise": 0}}
    block = {"max": 1000, "mean": 500, "per_eci": 1, "items": items, **({} if own else {"raters": raters})}
    block |= {"noise": 0} if own else {}
    total = played(play, quiet({"t": {}}, [stage(1, {"exam": block})]), size).stages[0].total[:, 0]
    sd = trimmed_sd(5, 1) * SD * (1 if own else 400 / sqrt(400**2 + 600**2))
    assert_mean(total, 500, sd)
    assert_sd(total, sd, kurtosis=3.3)


@both_engines
def test_raters_agree_in_their_impression_and_differ_only_in_their_ratings(play):
    # However many they are, what they see in a team beside its strength is one draw.
    judged = {"jury": {"max": 100, "mean": 50, "spread": 4.0, "raters": {"n": 9, "sd": 0.0, "trim": 2}}}
    scenario = quiet({"t": {}}, [stage(1, judged)], judging={"follows_strength": 0.0})
    luck = Script({Key(Purpose.IMPRESSION, "s1", "t", "jury"): float(norm.cdf(1.5))})
    assert play(scenario, luck, 0, 1).stages[0].total[0, 0] == pytest.approx(56, abs=1e-6)


@both_engines
def test_how_far_raters_differ_may_be_uncertain(play):
    law = {"n": 1, "sd": {"uniform": [0, 10]}}
    luck = {
        Key(Purpose.PARAMETER, item="stages.s1.points.exam.raters.sd"): 0.4,
        Key(Purpose.NOISE, "s1", "t", "exam/exam"): float(norm.cdf(2.0)),
    }
    total = play(programme(law), Script(luck), 0, 1).stages[0].total[0, 0]
    assert total == pytest.approx(500 + 4 * 2, abs=1e-6)


@pytest.mark.parametrize(("n", "trim"), [(1, 1), (2, 1), (10, 5)])
def test_a_trim_that_leaves_nobody_is_refused(n, trim):
    with pytest.raises(ScenarioError, match=f"trim {trim} of {n} raters"):
        programme({"n": n, "sd": 1.0, "trim": trim})
