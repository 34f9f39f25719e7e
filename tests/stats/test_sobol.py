"""Sobol' indices against functions whose indices are known, with and without noise."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.stats import bootstrap, qmc, sobol_indices

from sim.stats.sobol import Noise, Terms, add_outputs, estimate_indices, variance_terms

POINTS, SEEDS, DICE = 512, 64, 8

ISHIGAMI = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]
"""First and total indices of Ishigami and Homma (1990) with a = 7 and b = 0.1."""


def ishigami(u):
    x = pi * (2 * u - 1)
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def linear(u):
    """Variances of the three terms: 1/12, 4/12 and 9/12, times 1."""
    return u[0] + 2 * u[1] + 3 * u[2]


def product(u):
    """(1 + u0) (1 + u1): each factor has mean 3/2 and variance 1/12; u2 plays no part."""
    return (1 + u[0]) * (1 + u[1]) + 0 * u[2]


ALONE, BOTH = (1 / 12) * (9 / 4), (1 / 12) ** 2
"""Of the product: what either factor adds alone, and what only both do."""

KNOWN = {
    "ishigami": (ishigami, ISHIGAMI),
    "linear": (linear, ([1 / 14, 4 / 14, 9 / 14],) * 2),
    "product": (
        product,
        (
            [ALONE / (2 * ALONE + BOTH)] * 2 + [0.0],
            [(ALONE + BOTH) / (2 * ALONE + BOTH)] * 2 + [0.0],
        ),
    ),
}


def samples(seed, points=POINTS, even=True, columns=3):
    """A and B, each (columns, points), as uniforms."""
    if even:
        drawn = qmc.Sobol(2 * columns, rng=seed).random(points)
    else:
        drawn = np.random.default_rng(seed).random((points, 2 * columns))
    return drawn[:, :columns].T, drawn[:, columns:].T


def mixed(a, b, groups):
    """A with the columns of each group from B."""
    found = []
    for group in groups:
        found.append(a.copy())
        found[-1][group] = b[group]
    return found


def exact(f, pair, groups=([0], [1], [2])):
    a, b = pair
    each = np.stack([f(x) for x in mixed(a, b, groups)])[:, None]
    return variance_terms(f(a)[None], f(b)[None], each, Noise())


def noisy(f, pair, noise, random, corrected=True):
    """Each evaluation as the mean of dice of which half are common to a point."""
    a, b = pair
    points = [a, b, *mixed(a, b, ([0], [1], [2]))]
    shape = a.shape[1], DICE
    common = random.standard_normal(shape)
    values = [f(x)[:, None] + noise * (common + random.standard_normal(shape)) / sqrt(2) for x in points]
    a, b, *ab = values

    def spread(one, other):
        return (one - other).var(axis=-1, ddof=1) / DICE

    left = Noise(
        spread(a, b)[None],
        np.stack([spread(a, x) for x in ab])[:, None],
        np.stack([spread(b, x) for x in ab])[:, None],
    )
    means = [x.mean(axis=-1) for x in values]
    return variance_terms(
        means[0][None], means[1][None], np.stack(means[2:])[:, None], left if corrected else Noise()
    )


def estimates(parts):
    """Of the first output: (first and total, factors)."""
    variance = parts.variance.mean(axis=-1)[0]
    return np.array([x.mean(axis=-1)[:, 0] / variance for x in (parts.first, parts.total)])


def z_scores(found, expected):
    """Of means over independent seeds; 0 where every seed gives just what is expected."""
    found, expected = np.array(found), np.array(expected)
    error = found.std(axis=0, ddof=1) / sqrt(len(found))
    off = found.mean(axis=0) - expected
    return np.divide(off, error, out=np.zeros_like(off), where=(error > 0) | (off != 0))


@pytest.mark.parametrize("name", KNOWN)
def test_indices_without_noise_are_those_that_are_known(name):
    f, expected = KNOWN[name]
    found = [estimates(exact(f, samples(seed))) for seed in range(SEEDS)]
    assert np.all(np.abs(z_scores(found, expected)) < 4)
    assert np.abs(np.mean(found, axis=0) - np.array(expected)).max() < 0.02


@pytest.mark.parametrize(("name", "noise"), [("ishigami", 6.0), ("linear", 2.0), ("product", 1.5)])
def test_noise_moves_no_index_unless_it_is_left_in_the_squares(name, noise):
    f, expected = KNOWN[name]
    off = {}
    for corrected in (True, False):
        random = np.random.default_rng(7)
        found = [
            estimates(noisy(f, samples(seed, even=False), noise=noise, random=random, corrected=corrected))
            for seed in range(SEEDS)
        ]
        off[corrected] = np.abs(z_scores(found, expected))
    assert np.all(off[True] < 4)
    assert off[False].max() > 8


def test_several_coordinates_are_one_factor():
    """u0 and u2 of Ishigami together: all but what u1 does, for it stands alone."""
    found = [estimates(exact(ishigami, samples(seed), groups=([0, 2], [1]))) for seed in range(SEEDS)]
    assert np.all(np.abs(z_scores(found, [[1 - 0.4424, 0.4424]] * 2)) < 4)


def test_a_factor_that_plays_no_part_has_indices_of_0_without_error():
    found = estimate_indices(exact(product, samples(1)), 1)[0]
    assert [*found.first[2], *found.total[2]] == [0] * 6
    assert found.told


def test_an_output_that_never_changes_has_no_variance_to_share():
    found = estimate_indices(exact(lambda u: 0 * u[0] + 3, samples(1)), 1)[0]
    assert list(found.variance) == [0] * 3
    assert not found.told
    assert np.isnan(found.first[0].estimate)


def test_noise_alone_is_not_told_from_nothing():
    told = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        parts = noisy(lambda u: 0 * u[0], samples(seed, 128, even=False), noise=1.0, random=random)
        told.append(estimate_indices(parts, seed, 399)[0].told)
    assert sum(told) <= 6  # 2.5 % of 40 is 1; above 6 with a chance below 1e-4


def test_without_noise_totals_are_those_of_scipy():
    a, b = samples(3)
    f = [ishigami(x) for x in (a, b, *mixed(a, b, ([0], [1], [2])))]
    theirs = sobol_indices(func={"f_A": f[0], "f_B": f[1], "f_AB": np.stack(f[2:])[:, None]}, n=POINTS)
    parts, pooled = exact(ishigami, (a, b)), np.var(f[:2])
    ours = parts.total.mean(axis=-1)[:, 0]
    assert ours == pytest.approx(theirs.total_order * pooled, rel=1e-12)
    # Jansen's first index is Saltelli's and half of what the squares at A and AB happen to differ by.
    centred = np.array(f) - np.mean(f[:2])
    chance = [(np.mean(centred[0] ** 2) - np.mean(x**2)) / 2 for x in centred[2:]]
    first = parts.first.mean(axis=-1)[:, 0]
    assert first == pytest.approx(theirs.first_order * pooled + chance, rel=1e-10)


def test_several_outputs_as_one_weigh_by_their_variance():
    """Outputs u0 and 2 u1: a fifth of the variance together is that of the first."""
    a, b = samples(5)
    outputs = [np.stack([x[0], 2 * x[1]]) for x in (a, b, *mixed(a, b, ([0], [1])))]
    parts = variance_terms(outputs[0], outputs[1], np.stack(outputs[2:]), Noise())
    (found,) = estimate_indices(add_outputs(parts), 1)
    assert [one.estimate for one in found.total] == pytest.approx([0.2, 0.8], abs=0.01)
    assert [one.estimate for one in found.first] == pytest.approx([0.2, 0.8], abs=0.01)


def test_the_order_of_factors_changes_nothing():
    parts = exact(ishigami, samples(2))
    turned = Terms(parts.variance, parts.first[::-1], parts.total[::-1])
    one, other = estimate_indices(parts, 4)[0], estimate_indices(turned, 4)[0]
    assert np.allclose(one.first, other.first[::-1], rtol=1e-12, atol=1e-15)
    assert np.allclose(one.total, other.total[::-1], rtol=1e-12, atol=1e-15)


def test_memory_bounds_no_result(monkeypatch):
    parts = exact(ishigami, samples(2))
    whole = estimate_indices(parts, 4)[0]
    monkeypatch.setattr("sim.stats.sobol._NUMBERS", POINTS * 7)
    assert np.allclose(estimate_indices(parts, 4)[0].total, whole.total, rtol=1e-12)


def test_intervals_cover_as_often_as_they_say_and_are_no_wider_than_they_need_be():
    """Independent points, for those of a Sobol' sequence lie more evenly than the bootstrap knows."""
    _, expected = KNOWN["linear"]
    seeds, random, found = 150, np.random.default_rng(11), []
    for seed in range(seeds):
        (one,) = estimate_indices(
            noisy(linear, samples(seed, 256, even=False), noise=1.0, random=random), seed, 399
        )
        found.append([one.first, one.total])
    at, low, high = np.moveaxis(np.array(found), -1, 0)
    covers = ((low <= expected) & (np.array(expected) <= high)).mean(axis=0)
    assert np.all((covers - 0.95) / sqrt(0.95 * 0.05 / seeds) > -3.5)
    width = (high - low).mean(axis=0) / (2 * 1.96) / at.std(axis=0)
    assert np.all((width > 0.8) & (width < 1.25))


def test_intervals_of_lopsided_terms_are_those_of_scipy():
    """BCa, of a mean: both resample at random, so ends agree to a few hundredths of the width."""
    values = np.random.default_rng(3).exponential(size=60) ** 2
    theirs = bootstrap((values,), np.mean, n_resamples=9_999, method="BCa", rng=1).confidence_interval
    nothing = np.zeros((1, 1, values.size))
    ours = estimate_indices(Terms(values[None], nothing, nothing), 2, 9_999)[0].variance
    width = theirs.high - theirs.low
    assert abs(ours.low - theirs.low) < 0.03 * width
    assert abs(ours.high - theirs.high) < 0.05 * width
    assert ours.high - ours.estimate > 1.3 * (ours.estimate - ours.low)
