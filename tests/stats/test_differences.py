"""Paired differences: published intervals, the equation they solve, and how often they hold the truth."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import multinomial, norm

from sim.stats.differences import PairedDifference
from sim.stats.intervals import paired_interval, wilson
from sim.stats.percent import points
from tests.helpers import z_score

Z = 1.959963984540054


def ends(interval):
    """Both ends as plain numbers."""
    return tuple(map(float, interval))


@st.composite
def counts(draw):
    """b, c and n."""
    n = draw(st.integers(1, 60) | st.sampled_from([1_000, 10_000, 10**6, 10**9]))
    few = st.integers(0, min(n, 20))
    b = draw(few | few.map(lambda k: n - k) | st.integers(0, n))
    return b, draw(st.integers(0, min(n - b, 20)) | st.integers(0, n - b)), n


@pytest.mark.parametrize(
    ("b", "c", "n", "level", "low", "high", "digits"),
    [
        (9, 3, 32, 0.95, -0.027, 0.390, 3),  # Tango 1998, in the tests of R's ratesci
        (0, 1, 44, 0.90, -0.096, 0.037, 3),  # the same: one discordant pair
        (16, 8, 86, 0.95, -0.020, 0.207, 3),  # Agresti & Min 2005, in the tests of ratesci
        (1, 7, 21, 0.95, -0.517, -0.026, 3),  # Bentur 2009 in Fagerland, Lydersen & Laake 2014
        (6, 16, 161, 0.95, -0.1240, -0.0054, 4),  # Cavo 2012 in the tests of R's contingencytables
        (28, 25, 618, 0.90, -0.0148, 0.0247, 4),  # R's PropCIs: scoreci.mp(25, 28, 618, 0.90)
        (48, 41, 549, 0.90, -0.0157, 0.0414, 4),  # PropCIs: scoreci.mp(41, 48, 549, 0.90)
        (7, 0, 14, 0.95, 0.177034, 0.732008, 5),  # PropCIs: scoreci.mp(0, 7, 14, 0.95)
    ],
)
def test_the_interval_is_the_published_one(b, c, n, level, low, high, digits):
    assert ends(paired_interval(b, c, n, level)) == pytest.approx((low, high), abs=0.51 * 10**-digits)


@pytest.mark.parametrize("n", [1, 20, 10**4, 10**6, 10**9])
def test_without_a_discordant_pair_the_interval_still_has_a_width(n):
    reach = Z**2 / (n + Z**2)
    assert ends(paired_interval(0, 0, n)) == pytest.approx((-reach, reach), rel=1e-9)


@pytest.mark.parametrize("n", [1, 20, 10**4, 10**6])
def test_if_every_pair_is_discordant_one_way_the_interval_is_a_known_one(n):
    # With c = 0 and b = n the score's variance is 1 - d^2, so that n (1 - d) = z^2 (1 + d).
    low, high = ends(paired_interval(n, 0, n))
    assert high == 1
    assert low == pytest.approx((n - Z**2) / (n + Z**2), abs=1e-12)
    assert ends(paired_interval(0, n, n)) == (-1, -low)


def test_if_every_pair_is_discordant_the_interval_is_wilsons():
    # Without ties the difference is 2 p - 1 with p the plain chance of one of two outcomes.
    b = np.arange(31)
    low, high = paired_interval(b, 30 - b, 30)
    expected = wilson(b, 30)
    np.testing.assert_allclose(low, 2 * expected[0] - 1, atol=1e-12)
    np.testing.assert_allclose(high, 2 * expected[1] - 1, atol=1e-12)


@pytest.mark.parametrize("n", [20, 618, 10_000])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_the_ends_are_roots_of_the_published_quartic(n, level):
    # Yang, Sun & Hardin 2013 (Statistics in Medicine 32:1336): Tango's interval without iteration.
    g = norm.ppf(0.5 + level / 2) ** 2
    for b, c in [(0, n // 5), (n // 4, n // 5), (n // 2, 1), (n // 3, n // 3)]:
        d, m = b - c, b + c
        quartic = [
            n**2 * (n / g + 1) ** 2,
            -n * d * (n / g + 1) * (4 * n / g + 1),
            2 * n * d**2 * (3 * n / g + 2) / g - n**2 * (m / g + 1),
            n * d * (2 * m / g + 1) - d**3 * (4 * n / g + 1) / g,
            d**2 * (d**2 / g - m) / g,
        ]
        roots = np.roots(quartic)
        for end in ends(paired_interval(b, c, n, level)):
            assert np.min(np.abs(roots - end)) < 1e-7


def test_of_no_replications_nothing_is_known():
    assert ends(paired_interval(0, 0, 0)) == (-1, 1)


def score(b, c, n, assumed):
    """Tango's statistic by brute force: the most likely chances under an assumed difference, by search."""
    rest = n - b - c

    def unlikely(q):
        p, tie = q + assumed, 1 - 2 * q - assumed
        return -sum(k * math.log(max(x, 1e-300)) for k, x in ((b, p), (c, q), (rest, tie)) if k)

    ends_of_q = max(0.0, -assumed), (1 - assumed) / 2
    q = minimize_scalar(unlikely, bounds=ends_of_q, method="bounded", options={"xatol": 1e-13}).x
    return (b - c - n * assumed) / math.sqrt(n * (2 * q + assumed * (1 - assumed)))


@pytest.mark.parametrize(
    ("b", "c", "n"), [(9, 3, 32), (0, 1, 44), (5, 5, 16), (20, 0, 50), (300, 410, 10_000), (13, 1, 14)]
)
@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_the_ends_are_where_the_score_of_the_most_likely_chances_reaches_z(b, c, n, level):
    z = norm.ppf(0.5 + level / 2)
    low, high = ends(paired_interval(b, c, n, level))
    assert score(b, c, n, low) == pytest.approx(z, abs=1e-4)
    assert score(b, c, n, high) == pytest.approx(-z, abs=1e-4)


@given(counts())
def test_the_interval_holds_the_estimate_and_stays_within_bounds(count):
    b, c, n = count
    low, high = ends(paired_interval(b, c, n))
    assert -1 <= low <= (b - c) / n <= high <= 1
    assert high - low > 0


@given(counts())
def test_swapping_the_scenarios_mirrors_the_interval(count):
    b, c, n = count
    low, high = ends(paired_interval(b, c, n))
    assert ends(paired_interval(c, b, n)) == (-high, -low)


@given(counts(), st.floats(0.5, 0.99))
def test_a_higher_level_gives_a_wider_interval(count, level):
    b, c, n = count
    low, high = ends(paired_interval(b, c, n, level))
    wider = ends(paired_interval(b, c, n, level + 0.005))
    assert wider[0] <= low
    assert high <= wider[1]


def test_more_pairs_one_way_move_both_ends_that_way():
    for c in (0, 3, 20):
        low, high = paired_interval(np.arange(41), c, 60)
        assert np.all(np.diff(low) > 0)
        assert np.all(np.diff(high) > 0)


def test_ten_times_the_pairs_narrow_the_interval_by_about_the_root_of_ten():
    low, high = paired_interval([300, 3_000], [200, 2_000], [10_000, 100_000])
    assert (high - low)[0] / (high - low)[1] == pytest.approx(math.sqrt(10), rel=0.01)


def test_many_pairs_give_the_interval_of_the_normal_law():
    b, c, n = 30_000_000, 29_000_000, 10**9
    half = Z * math.sqrt(b + c - (b - c) ** 2 / n) / n
    low, high = ends(paired_interval(b, c, n))
    assert (low, high) == pytest.approx(((b - c) / n - half, (b - c) / n + half), abs=1e-4 * half)


def test_arrays_of_any_shape_give_the_intervals_of_their_elements():
    b, c, n = np.array([[0, 3, 10], [7, 1, 0]]), np.array([2, 3, 0]), np.array([[10], [0]])
    n = np.broadcast_to(n, b.shape) + np.array([[0, 0, 0], [20, 4, 0]])
    low, high = paired_interval(b, c, n)
    assert low.shape == high.shape == (2, 3)
    assert low.dtype == np.float64
    for i, j in np.ndindex(2, 3):
        assert (low[i, j], high[i, j]) == ends(paired_interval(b[i, j], c[j], n[i, j]))


def coverage(p, q, n):
    """Chance that the interval holds p - q, summed over all tables of n pairs."""
    b, c = (grid.ravel() for grid in np.mgrid[: n + 1, : n + 1])
    b, c = b[b + c <= n], c[b + c <= n]
    low, high = paired_interval(b, c, n)
    likely = multinomial.pmf(np.stack([b, c, n - b - c], axis=1), n, [p, q, 1 - p - q])
    return float(likely[(low <= p - q) & (p - q <= high)].sum())


@pytest.mark.parametrize("n", [20, 50])
@pytest.mark.parametrize(("p", "q"), [(0.1, 0.1), (0.2, 0.1), (0.3, 0.25), (0.45, 0.15), (0.05, 0.02)])
def test_the_interval_holds_the_difference_in_about_95_percent_of_cases(p, q, n):
    # Tango's own study: near the nominal level, above it where discordant pairs are rare.
    assert coverage(p, q, n) >= 0.93
    assert coverage(p, q, n) <= 0.97 or n * (p + q) < 5


@pytest.mark.parametrize(
    ("p", "q", "n", "seed"), [(0.2, 0.1, 50, 1), (0.02, 0.03, 400, 2), (0.3, 0.3, 300, 3)]
)
def test_drawn_pairs_are_covered_as_often_as_they_should(p, q, n, seed):
    repeats = 20_000
    drawn = np.random.default_rng(seed).multinomial(n, [p, q, 1 - p - q], size=repeats)
    low, high = paired_interval(drawn[:, 0], drawn[:, 1], n)
    holds = np.count_nonzero((low <= p - q) & (p - q <= high))
    assert abs(z_score(holds, repeats, coverage(p, q, n))) <= 4
    assert holds / repeats == pytest.approx(0.95, abs=0.01)


def test_a_difference_knows_its_estimate_interval_and_gain():
    d = PairedDifference(b=12, c=2, n=50, first=20, second=30)
    assert d.estimate == pytest.approx(0.2)
    assert (d.low, d.high) == ends(paired_interval(12, 2, 50))
    # By hand: 20 x 30 + 30 x 20 = 1200 unpaired, 50 x 14 - 10^2 = 600 paired.
    assert d.variance_ratio == pytest.approx(2)


def test_the_gain_of_drawn_pairs_is_that_of_their_correlation():
    rng = np.random.default_rng(5)
    luck = rng.random(200_000)
    first, second = luck < 0.3, luck + 0.1 * rng.standard_normal(luck.size) < 0.4
    d = PairedDifference(
        b=int(np.sum(second & ~first)),
        c=int(np.sum(first & ~second)),
        n=luck.size,
        first=int(first.sum()),
        second=int(second.sum()),
    )
    expected = (first.var() + second.var()) / (second.astype(float) - first).var()
    assert d.variance_ratio == pytest.approx(expected, rel=1e-9)


def test_scenarios_that_share_no_luck_gain_nothing():
    assert PairedDifference(b=25, c=25, n=100, first=50, second=50).variance_ratio == 1


def test_scenarios_that_never_differ_gain_everything():
    assert PairedDifference(b=0, c=0, n=100, first=30, second=30).variance_ratio == math.inf


@pytest.mark.parametrize(
    "d",
    [
        PairedDifference(b=0, c=0, n=100, first=0, second=0),
        PairedDifference(b=100, c=0, n=100, first=0, second=100),
        PairedDifference(b=0, c=0, n=0, first=0, second=0),
    ],
)
def test_where_nothing_varies_there_is_no_gain_to_speak_of(d):
    assert math.isnan(d.variance_ratio)


@pytest.mark.parametrize(
    ("b", "c", "n", "first", "second"),
    [
        (5, 3, 100, 10, 11),  # b - c is not second - first
        (5, 12, 100, 10, 3),  # fewer in the first than in the first only
        (60, 50, 100, 60, 70),  # more discordant pairs than pairs
        (5, 5, 100, 97, 97),  # more pairs in all
        (-1, -1, 100, 10, 10),
    ],
)
def test_counts_that_contradict_each_other_are_refused(b, c, n, first, second):
    with pytest.raises(ValueError, match="expected"):
        PairedDifference(b, c, n, first, second)


def difference(b, c, n):
    """A difference with nothing in common."""
    return PairedDifference(b, c, n, first=c, second=b)


@pytest.mark.parametrize(
    ("b", "c", "n", "printed"),
    [
        (40, 8, 100, "+32"),
        (8, 40, 100, "-32"),
        (10, 10, 100, "0"),
        (0, 0, 100, "0"),
        (4, 6, 1_000, "0"),  # -0.2, known to 0.6
        (1_000, 70_000, 1_000_000, "-6.9"),
        (70_000, 1_000, 1_000_000, "+6.9"),
        (100, 120, 1_000_000, "0.0"),
        (0, 0, 10_000, "0.0"),
        (0, 0, 0, "–"),
        (1, 0, 1, ">-59"),  # the interval's lower end, -0.587
        (0, 1, 1, "<+59"),
        (100, 0, 100, ">+92"),
        (0, 100, 100, "<-92"),
        (10_000, 0, 10_000, ">+99.9"),
        (997, 1, 1_000, ">+99"),
        (25, 20, 1_000, "+1"),  # 0.5: halves away from 0, both ways
        (20, 25, 1_000, "-1"),
    ],
)
def test_a_difference_is_printed_in_as_many_digits_as_its_error_supports(b, c, n, printed):
    assert str(difference(b, c, n)) == printed


@given(counts())
def test_a_printed_difference_is_true(count):
    d = difference(*count)
    text = str(d)
    number = float(text.lstrip("<>"))
    if text[0] == ">":
        assert 100 * max(d.estimate - 1e-12, d.low) >= number - 1e-9
        assert 100 * (d.low if d.estimate == 1 else d.estimate) >= number - 1e-9
    elif text[0] == "<":
        assert 100 * (d.high if d.estimate == -1 else d.estimate) <= number + 1e-9
    else:
        assert abs(100 * d.estimate - number) <= (0.05 if "." in text else 0.5) + 1e-9
    told_from_zero = (d.low > 0 or d.high < 0) and abs(d.estimate) < 0.005  # which whole points would hide
    assert "." not in text or (d.high - d.low) / 2 <= 0.001 or told_from_zero
    assert not told_from_zero or text not in ("0", "+0", "-0")


@given(counts())
def test_the_opposite_difference_prints_with_the_opposite_sign(count):
    b, c, n = count
    opposite = str.maketrans("<>+-", "><-+")
    assert str(difference(c, b, n)) == str(difference(b, c, n)).translate(opposite)


def test_no_difference_prints_as_a_signed_zero():
    assert points(-1e-9, -0.0001, 0.0001) == "0.0"
    assert points(1e-9, -0.01, 0.01) == "0"
