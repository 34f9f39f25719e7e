"""Inverse CDFs against scipy.stats, and noise that has mean 0 and standard deviation 1."""

import math

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats
from scipy.integrate import quad

from sim.model.quantiles import at, median, quantile, standard_noise, whole
from sim.scenario.models.numbers import Number

LEAST, GREATEST = 2.0**-53, 1 - 2.0**-53
GRID = np.concatenate([[LEAST, 1e-9], np.linspace(0.0011, 0.9993, 998), [1 - 1e-9, GREATEST]])
GRID.setflags(write=False)
MIDDLES = (np.arange(1_000_000) + 0.5) / 1_000_000
FEWER = (np.arange(100_000) + 0.5) / 100_000


class Cut:
    """A law of scipy.stats given that it lies between two ends."""

    def __init__(self, law, low=-np.inf, high=np.inf):
        self.law, self.low, self.high = law, low, high

    def ppf(self, u):
        """From whichever side is the smaller."""
        below, above = self.law.cdf(self.low), self.law.sf(self.high)
        between = 1 - below - above
        values = np.where(
            below + u * between < 0.5,
            self.law.ppf(below + u * between),
            self.law.isf(above + (1 - u) * between),
        )
        return np.clip(values, self.low, self.high)

    def mean(self):
        return self.law.expect(lb=self.low, ub=self.high, conditional=True)

    def std(self):
        square = self.law.expect(lambda x: x**2, lb=self.low, ub=self.high, conditional=True)
        return math.sqrt(square - self.mean() ** 2)


LAWS = [
    ({"normal": [3.0, 2.0]}, stats.norm(3.0, 2.0)),
    ({"normal": [-1.0, 0.0]}, None),
    ({"lognormal": [6.2e-3, 0.8]}, stats.lognorm(0.8, scale=6.2e-3)),
    ({"triangular": [3.0, 5.7, 8.9]}, stats.triang((5.7 - 3) / (8.9 - 3), 3, 8.9 - 3)),
    ({"triangular": [0.0, 0.0, 2.0]}, stats.triang(0, 0, 2)),
    ({"triangular": [-2.0, 0.0, 0.0]}, stats.triang(1, -2, 2)),
    ({"uniform": [-1.0, 4.0]}, stats.uniform(-1, 5)),
    (
        {"weighted": {"1": 1, "2.5": 0, "4": 3, "-7": 2}},
        stats.rv_discrete(values=([-7, 1, 4], [2 / 6, 1 / 6, 3 / 6])),
    ),
    (
        {"lognormal": {"p5": 589, "p95": 1971}},
        stats.lognorm(math.log(1971 / 589) / (2 * stats.norm.ppf(0.95)), scale=math.sqrt(589 * 1971)),
    ),
    ({"beta": [2, 5]}, stats.beta(2, 5)),
    ({"beta": [1.5, 8.5, -1, 3]}, stats.beta(1.5, 8.5, loc=-1, scale=4)),
    ({"beta": [0.5, 0.5]}, stats.beta(0.5, 0.5)),
    ({"beta": {"mean": 0.25, "sd": 0.25}}, stats.beta(0.5, 1.5)),
    ({"beta": {"mean": 30, "sd": 5, "low": 20, "high": 40}}, stats.beta(1.5, 1.5, loc=20, scale=20)),
    ({"poisson": 0.3}, stats.poisson(0.3)),
    ({"poisson": 4}, stats.poisson(4)),
    ({"truncated": {"normal": [0.2, 0.1], "low": 0, "high": 1}}, Cut(stats.norm(0.2, 0.1), 0, 1)),
    ({"truncated": {"normal": [0, 1], "low": 3}}, Cut(stats.norm(), 3)),
    ({"truncated": {"normal": [0, 1], "high": -4}}, stats.truncnorm(-np.inf, -4)),
    ({"truncated": {"lognormal": [2, 0.5], "low": 1, "high": 5}}, Cut(stats.lognorm(0.5, scale=2), 1, 5)),
    ({"truncated": {"lognormal": [2, 0.5], "low": -1}}, stats.lognorm(0.5, scale=2)),
    ({"truncated": {"triangular": [0, 1, 4], "low": 0.5, "high": 3}}, Cut(stats.triang(0.25, 0, 4), 0.5, 3)),
    ({"truncated": {"uniform": [0, 4], "low": 1, "high": 9}}, stats.uniform(1, 3)),
    ({"truncated": {"beta": [2, 5], "low": 0.5}}, Cut(stats.beta(2, 5), 0.5, 1)),
    ({"truncated": {"beta": [2, 5, 0, 10], "low": -1, "high": 4}}, Cut(stats.beta(2, 5, 0, 10), 0, 4)),
]
SHAPES = {
    "normal": stats.norm(),
    "gumbel-min": stats.gumbel_l(loc=math.sqrt(6) / math.pi * np.euler_gamma, scale=math.sqrt(6) / math.pi),
    "gumbel-max": stats.gumbel_r(loc=-math.sqrt(6) / math.pi * np.euler_gamma, scale=math.sqrt(6) / math.pi),
}


def number(written):
    """A number as a scenario would have it."""
    return TypeAdapter(Number).validate_python(written)


@pytest.mark.parametrize(("written", "law"), LAWS)
def test_quantiles_are_those_of_scipy(written, law):
    expected = law.ppf(GRID) if law else np.full_like(GRID, -1.0)
    assert quantile(number(written), GRID) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("written", "law"), [pair for pair in LAWS if pair[1]])
def test_moments_are_those_of_the_law(written, law):
    values = quantile(number(written), FEWER)
    assert values.mean() == pytest.approx(law.mean(), rel=1e-4, abs=1e-4 * law.std())
    assert values.std() == pytest.approx(law.std(), rel=1e-3)


@pytest.mark.parametrize(("written", "value"), [({"constant": 4.5}, 4.5), (4.5, 4.5), (4, 4.0)])
def test_a_constant_is_itself_wherever_it_is_asked(written, value):
    given = number(written)
    assert [at(given, u) for u in (LEAST, 0.3, GREATEST)] == [value] * 3
    assert median(given) == value


@pytest.mark.parametrize("written", [written for written, _ in LAWS])
def test_quantiles_never_fall_and_are_finite_at_both_ends(written):
    values = quantile(number(written), GRID)
    assert np.all(np.isfinite(values))
    assert np.all(np.diff(values) >= 0)


@pytest.mark.parametrize("written", [written for written, _ in LAWS])
def test_no_draw_leaves_the_extremes_that_are_checked_beforehand(written):
    given = number(written)
    low, high = given.extremes()
    values = quantile(given, GRID)
    assert low - 1e-9 * abs(low) <= values.min()
    assert values.max() <= high + 1e-9 * abs(high)


@pytest.mark.parametrize("shape", [(0.001, 3), (0.5, 0.5), (2, 30), (30, 2), (1e5, 1e3), (1e5, 1e5)])
def test_the_probability_of_a_quantile_of_the_beta_law_is_the_uniform_it_came_from(shape):
    law, values = stats.beta(*shape), quantile(number({"beta": list(shape)}), GRID)
    seen = (values > 1e-300) & (values < 1 - 1e-9)  # elsewhere no float is near enough
    assert law.cdf(values)[seen] == pytest.approx(GRID[seen], rel=1e-6)


@pytest.mark.parametrize("mean", [0.3, 4, 812.5, 1e5])
def test_a_poisson_draw_is_the_least_number_that_is_likely_enough(mean):
    law, values = stats.poisson(mean), quantile(number({"poisson": mean}), GRID)
    assert np.all(values == np.floor(values))
    assert np.all(law.sf(values) <= (1 - GRID) * (1 + 1e-9))
    assert np.all(law.sf(values - 1) >= (1 - GRID) * (1 - 1e-9))
    low = GRID < 0.5
    assert np.all(law.cdf(values)[low] >= GRID[low] * (1 - 1e-9))
    assert np.all(law.cdf(values - 1)[low] <= GRID[low] * (1 + 1e-9))


def test_a_cut_that_cuts_nothing_off_changes_nothing():
    for law in ({"normal": [3, 2]}, {"triangular": [0, 1, 4]}, {"beta": [2, 5]}):
        cut = number({"truncated": {**law, "low": -1e9, "high": 1e9}})
        assert quantile(cut, GRID) == pytest.approx(quantile(number(law), GRID), rel=1e-12, abs=1e-12)


def test_the_falling_side_of_a_triangle_is_a_square_root():
    cut = number({"truncated": {"triangular": [0, 1, 4], "low": 2}})
    assert quantile(cut, GRID) == pytest.approx(4 - 2 * np.sqrt(1 - GRID), rel=1e-12)


def test_a_law_cut_off_above_mirrors_one_cut_off_below():
    above, below = (number({"truncated": {"normal": [0, 1], **end}}) for end in ({"low": 4}, {"high": -4}))
    assert quantile(above, GRID) == pytest.approx(-quantile(below, 1 - GRID), rel=1e-9)


def test_a_value_without_weight_is_never_drawn():
    given = number({"weighted": {"0": 0, "1": 1, "2": 0, "3": 1, "4": 0}})
    assert set(quantile(given, GRID)) == {1.0, 3.0}


@pytest.mark.parametrize("written", [{"weighted": {"1": 2, "3": 1}}, {"weighted": {"3": 10, "1": 20}}])
def test_weights_need_not_sum_to_one_nor_stand_in_order(written):
    assert np.mean(quantile(number(written), MIDDLES) == 3.0) == pytest.approx(1 / 3, abs=1e-6)


def test_at_a_step_of_the_weights_the_inverse_cdf_gives_the_lower_value_as_scipy_does():
    law = stats.rv_discrete(values=([130, 140], [0.5, 0.5]))
    assert median(number({"weighted": {"130": 1, "140": 1}})) == law.ppf(0.5)


def test_the_central_value_of_a_law_is_its_median():
    assert median(number({"lognormal": [6.2e-3, 0.8]})) == pytest.approx(6.2e-3, rel=1e-12)
    assert median(number({"triangular": [0.0, 0.0, 2.0]})) == pytest.approx(2 - math.sqrt(2), rel=1e-12)


@pytest.mark.parametrize(("shape", "law"), list(SHAPES.items()))
def test_noise_has_the_quantiles_of_its_law(shape, law):
    assert standard_noise(shape, GRID.copy()) == pytest.approx(law.ppf(GRID), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_of_every_shape_has_mean_0_and_standard_deviation_1(shape):
    def moment(power):
        return quad(lambda u: float(standard_noise(shape, np.array([u]))[0]) ** power, 0, 1, limit=200)[0]

    assert moment(1) == pytest.approx(0, abs=1e-8)
    assert moment(2) == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("shape", SHAPES)
def test_noise_is_finite_at_both_ends(shape):
    assert np.all(np.isfinite(standard_noise(shape, np.array([LEAST, GREATEST]))))


def test_the_two_gumbel_laws_mirror_each_other():
    one, other = standard_noise("gumbel-min", GRID.copy()), standard_noise("gumbel-max", 1 - GRID)
    assert one == pytest.approx(-other, rel=1e-6)


def test_whole_numbers_round_halves_up():
    assert whole(np.array([0.0, 0.49, 0.5, 1.5, 2.5, 2.51, -0.5, -1.5])).tolist() == [0, 0, 1, 2, 3, 3, 0, -1]
