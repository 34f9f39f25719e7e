"""Chances given what is known of points, against conditional normal laws and integrals over a grid."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal, norm

from sim.forecast.island import Effort
from tests.forecast.closed import (
    BENCHMARK,
    EXACT,
    JUDGED,
    LOG_EXACT,
    LOG_TENTH,
    MEAN_SD,
    S_A,
    S_H,
    conditioned,
    programme,
)
from tests.forecast.inferring import Inferred


def test_points_of_some_teams_with_a_free_mean_of_the_item():
    """Of three teams two are known; they tell of the third through the mean alone."""
    noise = 2.0
    fact = {"f": {"of": "b", "points": {"A": 124.3, "B": 116.1}, "first": "A"}}
    found = Inferred(programme("ABC", [fact], {**BENCHMARK, "noise": noise}, keep=2))
    # Unknown: the mean of the item, a of each team, points of each team.
    covariance = np.zeros((7, 7))
    covariance[0, 0] = MEAN_SD**2
    covariance[1:4, 1:4] = S_A**2 * np.eye(3)
    covariance[4:, 4:] = (S_A**2 + S_H**2 + noise**2) * np.eye(3) + MEAN_SD**2
    covariance[0, 4:] = covariance[4:, 0] = MEAN_SD**2
    covariance[1:4, 4:] = covariance[4:, 1:4] = S_A**2 * np.eye(3)
    prior = np.array([100.0, 0, 0, 0, 100, 100, 100])
    mean, spread, density = conditioned(prior, covariance, np.eye(7)[4:6], [124.3, 116.1])
    # C is not first: below 124.25 in print. That weighs the law of its points, and with it of the mean.
    below = norm.cdf(124.25, mean[6], np.sqrt(spread[6, 6]))
    c = np.linspace(-8, 8, 4001) * np.sqrt(spread[6, 6]) + mean[6]
    weight = norm.pdf(c, mean[6], np.sqrt(spread[6, 6])) * (c < 124.25)
    weight /= weight.sum()
    gain = spread[:, 6] / spread[6, 6]
    moved = mean + np.outer(c - mean[6], gain)
    left = spread - np.outer(gain, spread[6])
    expected = weight @ moved
    found.assert_log_evidence(density + 2 * LOG_TENTH + np.log(below))
    found.assert_mean(MEAN_SD * found.mean_of("b"), expected[0] - 100)
    for i, team in enumerate("ABC", 1):
        variance = left[i, i] + weight @ (moved[:, i] - expected[i]) ** 2
        found.assert_spread(S_A * found.effect(team), expected[i], np.sqrt(variance))
    found.assert_mean(found.points("C", "b"), expected[6])
    found.assert_facts_hold()


def test_points_of_one_team_alone_say_hardly_anything_of_it():
    """They may as well come from an easy test."""
    fact = {"f": {"of": "b", "points": {"A": 140.0}}}
    found = Inferred(programme("AB", [fact]))
    whole = MEAN_SD**2 + S_A**2 + S_H**2
    found.assert_spread(S_A * found.effect("A"), 40 * S_A**2 / whole, np.sqrt(S_A**2 - S_A**4 / whole))
    found.assert_spread(
        MEAN_SD * found.mean_of("b"), 40 * MEAN_SD**2 / whole, np.sqrt(MEAN_SD**2 * 25 / whole)
    )
    found.assert_log_evidence(norm.logpdf(40, 0, np.sqrt(whole)) + LOG_TENTH)
    ahead = 40 * S_A**2 / whole
    chance = ndtr(ahead / np.sqrt(2 * S_H**2 + 2 * S_A**2 - S_A**4 / whole))
    found.assert_mean(~found.leaves("s2"), [chance, 1 - chance])


def test_points_at_the_maximum_are_that_or_more():
    """A is at the maximum of 100, B at 91.2: how far above A would be is known but for its law."""
    top = {"max": 100, "mean": 80, "per_eci": 1, "noise": 2}
    fact = {"f": {"of": "b", "points": {"A": 100.0, "B": 91.2}, "first": "A"}}
    found = Inferred(programme("AB", [fact], top, ahead={"b": BENCHMARK}))
    own, shared = S_A**2 + S_H**2 + 4, 15.0**2
    covariance = np.array([[own + shared, shared], [shared, own + shared]])
    given_b, spread, density = conditioned([80, 80], covariance, [[0, 1]], [91.2])
    sd = np.sqrt(spread[0, 0])
    beyond = norm.sf(99.95, given_b[0], sd)
    found.assert_log_evidence(density + LOG_TENTH + np.log(beyond))
    a = np.linspace(99.95, given_b[0] + 10 * sd, 20_001)
    weight = norm.pdf(a, given_b[0], sd)
    weight /= weight.sum()
    found.assert_spread(found.points("A", "b"), weight @ a, np.sqrt(weight @ a**2 - (weight @ a) ** 2))
    # The difference of what lasts depends on that of points alone.
    ahead = (a - 91.2) * S_A**2 / own
    sd_ahead = np.sqrt(2 * (S_A**2 - S_A**4 / own) + 2 * S_H**2)
    chance = weight @ ndtr(ahead / sd_ahead)
    found.assert_mean(~found.leaves("s2"), [chance, 1 - chance])


def test_points_at_nothing_are_that_or_less():
    """The same upside down."""
    low = {"max": 100, "mean": 20, "per_eci": 1, "noise": 2}
    fact = {"f": {"of": "b", "points": {"A": 0, "B": 8.8}, "last": "A"}}
    found = Inferred(programme("AB", [fact], low, ahead={"b": BENCHMARK}))
    own, shared = S_A**2 + S_H**2 + 4, 15.0**2
    covariance = np.array([[own + shared, shared], [shared, own + shared]])
    given_b, spread, density = conditioned([20, 20], covariance, [[0, 1]], [8.8])
    sd = np.sqrt(spread[0, 0])
    found.assert_log_evidence(density + LOG_TENTH + norm.logcdf(0.05, given_b[0], sd))
    a = np.linspace(given_b[0] - 10 * sd, 0.05, 20_001)
    weight = norm.pdf(a, given_b[0], sd)
    weight /= weight.sum()
    found.assert_mean(found.points("A", "b"), weight @ a)


def test_a_sum_of_an_item_at_its_maximum_and_another():
    """Of each team the sum is known, of a test that nearly all pass and one that nobody does."""
    items = {
        "easy": {"max": 20, "mean": 19, "per_eci": 0.2, "noise": 1},
        "hard": {"max": 180, "mean": 81, "per_eci": 0.8, "noise": 2},
    }
    fact = {"f": {"of": "b", "points": {"A": 104.3, "B": 95.1}, "first": "A"}}
    block = {**BENCHMARK, "items": items}
    effort = Effort(islands=10, particles=100, lines=1500, singles=1500, numbers=0)
    found = Inferred(programme("AB", [fact], block, ahead={"b": BENCHMARK}), effort=effort)
    # Points of A and B: easy, hard, easy, hard; the sums then leave two of them open.
    slope, own = np.array([0.2, 0.8]), np.diag([1.0, 4.0])
    of_team = np.outer(slope, slope) * (S_A**2 + S_H**2) + own
    free = np.diag([3.0**2, 27.0**2])
    covariance = np.kron(np.eye(2), of_team) + np.kron(np.ones((2, 2)), free)
    easy = np.linspace(5, 35, 601)
    a, b = np.meshgrid(easy, easy, indexing="ij")
    points = np.stack([a, 104.3 - np.minimum(a, 20), b, 95.1 - np.minimum(b, 20)], axis=-1)
    density = multivariate_normal([19, 81, 19, 81], covariance).pdf(points)
    found.assert_log_evidence(np.log(density.sum() * (easy[1] - easy[0]) ** 2) + 2 * LOG_TENTH)
    weight = density / density.sum()
    for team, values in (("A", a), ("B", b)):
        found.assert_mean(found.points(team, "b", item="easy") > 20, weight[values > 20].sum())
    # What lasts of a difference follows those of both items, in which the means cancel.
    gain = slope @ np.linalg.inv(of_team) * S_A**2
    ahead = (points[..., :2] - points[..., 2:]) @ gain
    left = 2 * (S_A**2 - gain @ slope * S_A**2) + 2 * S_H**2
    chance = (weight * ndtr(ahead / np.sqrt(left))).sum()
    found.assert_mean(~found.leaves("s2"), [chance, 1 - chance])
    found.assert_facts_hold()


def test_a_gap_whose_ends_nobody_has_named():
    """Three teams alike, 5 points from first to last: six combinations, all alike by symmetry."""
    found = Inferred(programme("ABC", [{"f": {"of": "total", "gap": 5.0}}], keep=2))
    sd, gap = np.hypot(S_A, S_H), 5.0
    found.assert_mean(found.leaves("s2"), [1 / 3, 1 / 3, 1 / 3])
    points = np.stack([found.points(team, "b") for team in "ABC"])
    for order in range(3):
        found.assert_mean(points.argmax(0) == order, 1 / 3)
        found.assert_mean(points.argmin(0) == order, 1 / 3)
    # Of the last, the middle and the first, u and `gap` above the last, the place of all is integrated out.
    u = np.linspace(0, gap, 4001)
    middle = np.exp(-(u**2 + gap**2 - (u + gap) ** 2 / 3) / (2 * sd**2))
    density = 6 * np.trapezoid(middle, u) / (2 * np.pi * sd**2) / np.sqrt(3)
    found.assert_log_evidence(np.log(density) + LOG_TENTH)
    weight = middle / middle.sum()
    above = np.sort(points, axis=0)[1] - points.min(0)
    found.assert_mean(above**2, weight @ u**2)
    # What lasts follows points: of the first, 9/25 of the gap ahead of the last.
    a = S_A * np.stack([found.effect(team) for team in "ABC"])
    first, last = (
        np.take_along_axis(a, points.argmax(0)[None], 0),
        np.take_along_axis(a, points.argmin(0)[None], 0),
    )
    found.assert_mean((first - last)[0], gap * S_A**2 / sd**2)


def test_two_stages_that_tell_the_opposite():
    """A by 5 points, then B by 3: differences of two teams, so that means cancel."""
    facts = [
        {"f": {"of": "total", "gap": 5.0, "first": "A"}},
        {"f": {"of": "total", "gap": 3.0, "first": "B"}},
    ]
    noise = 1.5
    found = Inferred(programme("AB", facts, {**BENCHMARK, "noise": noise}))
    lasting, passing = 2 * S_A**2, 2 * (S_H**2 + noise**2)
    covariance = lasting + np.diag([0, passing, passing])
    mean, spread, density = conditioned([0, 0, 0], covariance, np.eye(3)[1:], [5, -3])
    found.assert_spread(S_A * (found.effect("A") - found.effect("B")), mean[0], np.sqrt(spread[0, 0]))
    found.assert_log_evidence(density + 2 * LOG_TENTH)
    chance = ndtr(mean[0] / np.sqrt(spread[0, 0] + passing))
    found.assert_mean(~found.leaves("s3"), [chance, 1 - chance])


@pytest.mark.parametrize("mean", [17.6, 26.0])
def test_a_block_that_is_scaled_to_its_leader(mean):
    """B has 20.0 of 25 once A's points are taken as 25; these are known to nobody, and may be cut at 25.

    With the higher mean most leaders begin beyond what can be given, and have to come back with their block.
    """
    spread, noise, lasting, top, free = 2.7, 1.1, 0.5, 25.0, 0.15 * 25
    users = {"max": top, "mean": mean, "spread": spread, "noise": noise, "rescale": "leader"}
    ahead = {"b": {"max": 200, "mean": 100, "spread": spread, "noise": noise}}
    fact = {"f": {"of": "b", "points": {"B": 20.0}, "first": "A"}}
    judging = {"follows_strength": 0, "lasting": lasting}
    found = Inferred(programme("AB", [fact], users, ahead=ahead, judging=judging), futures=8)
    own = spread**2 + noise**2
    # A's points, then B's given A's, between what prints as 19.95 and as 20.05.
    a = np.linspace(0, mean + 12 * np.sqrt(own + free**2), 40_001)[1:]
    cut = np.minimum(a, top)
    b_mean = mean + (a - mean) * free**2 / (own + free**2)
    b_sd = np.sqrt(own + free**2 - free**4 / (own + free**2))
    between = norm.cdf(20.05 / top * cut, b_mean, b_sd) - norm.cdf(19.95 / top * cut, b_mean, b_sd)
    weight = norm.pdf(a, mean, np.sqrt(own + free**2)) * between
    found.assert_log_evidence(np.log(np.trapezoid(weight, a)))
    weight /= weight.sum()
    points = found.points("A", "b")
    found.assert_mean(points > top, weight @ (a > top))
    found.assert_mean(np.minimum(points, top), weight @ cut)
    ratio = found.points("B", "b") / np.minimum(points, top)
    found.assert_mean((ratio - 0.8) / 1e-3, 0.0)
    # What lasts of the judges' taste follows the difference of points.
    gap, both = a - 0.8 * cut, lasting * spread**2
    left = 2 * own - 2 * both**2 / own
    chance = weight @ ndtr(gap * both / own / np.sqrt(left))
    found.assert_mean(~found.leaves("s2"), [chance, 1 - chance])
    found.assert_facts_hold()


def test_rho_and_lasting_that_nobody_knows():
    """Two teams, two stages, a benchmark and judges; both numbers are integrated over a grid."""
    spread, noise = 4.0, 1.0
    points = {"b": {**BENCHMARK, "noise": noise}, "e": {**JUDGED, "spread": spread, "noise": noise}}
    judging = {"follows_strength": {"uniform": [-0.4, 0.9]}, "lasting": {"uniform": [0, 1]}}
    facts = [
        {"b": {"of": "b", "gap": 8.0, "first": "A"}, "e": {"of": "e", "gap": 9.0, "first": "A"}},
        {"e": {"of": "e", "gap": 7.0, "first": "A"}},
    ]
    found = Inferred(programme("AB", facts, points, judging=judging))
    # Differences of A and B: b and e at stage 1, e at stage 2, then b and e at stage 3.
    density, chance = np.zeros((2, 120, 120))
    rhos, taus = -0.4 + 1.3 * (np.arange(120) + 0.5) / 120, (np.arange(120) + 0.5) / 120
    for i, rho in enumerate(rhos):
        slope, taste = spread * rho / np.hypot(S_A, S_H), spread * np.sqrt(1 - rho**2)
        sees = np.array([1.0, slope, slope, 1.0, slope])
        judged = np.array([0.0, taste, taste, 0.0, taste])
        at = np.array([0, 0, 1, 2, 2])
        same_stage = at[:, None] == at
        strength = np.outer(sees, sees) * (S_A**2 + S_H**2 * same_stage)
        for j, tau in enumerate(taus):
            impressions = np.outer(judged, judged) * (tau + (1 - tau) * same_stage)
            covariance = 2 * (strength + impressions + noise**2 * np.eye(5))
            mean, left, log_density = conditioned(np.zeros(5), covariance, np.eye(5)[:3], [8, 9, 7])
            total = np.array([0, 0, 0, 1.0, 1.0])
            density[i, j] = np.exp(log_density)
            chance[i, j] = ndtr(total @ mean / np.sqrt(total @ left @ total))
    found.assert_log_evidence(np.log(density.mean()) + 3 * LOG_TENTH)
    weight = density / density.sum()
    of_rho, of_tau = (np.arange(120) + 0.5) / 120, taus
    for path, uniforms, weights in (
        ("judging.follows_strength", of_rho, weight.sum(1)),
        ("judging.lasting", of_tau, weight.sum(0)),
    ):
        found.assert_mean(found.uniform(path), weights @ uniforms)
        found.assert_mean(found.uniform(path) ** 2, weights @ uniforms**2)
    expected = (weight * chance).sum()
    found.assert_mean(~found.leaves("s3"), [expected, 1 - expected])


def test_blocks_whose_judges_agree():
    """What experts see at stage 1 tells of what users will see at stage 2."""
    spread, noise, lasting, agree = 4.0, 1.0, 0.6, 0.5
    judged = {**JUDGED, "spread": spread, "noise": noise}
    judging = {"follows_strength": 0, "lasting": lasting, "agree": agree}
    fact = {"f": {"of": "e", "gap": 6, "within": EXACT, "first": "A"}}
    points = {"e": judged, "u": judged}
    found = Inferred(programme("AB", [fact], points, judging=judging))
    # e and u at stage 1, and then at stage 2; x of a block at both: lasting, of both blocks at once: agree.
    same = np.kron([[1, lasting], [lasting, 1]], [[1, agree], [agree, 1]])
    covariance = 2 * (spread**2 * same + noise**2 * np.eye(4))
    mean, left, density = conditioned(np.zeros(4), covariance, np.eye(4)[:1], [6])
    found.assert_log_evidence(density + LOG_EXACT)
    total = np.array([0, 0, 1.0, 1.0])
    chance = ndtr(total @ mean / np.sqrt(total @ left @ total))
    found.assert_mean(~found.leaves("s2"), [chance, 1 - chance])
    found.assert_mean(found.points("A", "u") - found.points("B", "u"), mean[1])


def test_raters_in_the_place_of_noise():
    """Four raters, each with an error of 6, are a noise of 3."""
    block = {"max": 200, "mean": 100, "spread": 4, "raters": {"n": 4, "sd": 6}}
    judging = {"follows_strength": 0.6, "lasting": 0.0}
    fact = {"f": {"of": "b", "gap": 9, "within": EXACT, "first": "A"}}
    found = Inferred(programme("AB", [fact], block, judging=judging))
    strength, taste, noise = (4 * 0.6) ** 2, 4**2 * (1 - 0.6**2), 9
    lasts = strength * S_A**2 / (S_A**2 + S_H**2)
    whole = strength + taste + noise
    found.assert_log_evidence(norm.logpdf(9, 0, np.sqrt(2 * whole)) + LOG_EXACT)
    chance = ndtr(9 * lasts / whole / np.sqrt(2 * (whole - lasts**2 / whole)))
    found.assert_mean(~found.leaves("s2"), [chance, 1 - chance])


def test_a_fact_far_from_what_was_expected_is_used():
    """A gap of five standard deviations: nothing is cut off where hardly anybody is."""
    sd = np.sqrt(2 * (S_A**2 + S_H**2))
    gap, wide = round(5 * sd, 1), {**BENCHMARK, "max": 2000, "mean": 1000}
    found = Inferred(programme("AB", [{"f": {"of": "total", "gap": gap, "first": "A"}}], wide))
    found.assert_spread(S_A * (found.effect("A") - found.effect("B")), gap * 9 / 25, np.sqrt(18 * 16 / 25))
    found.assert_log_evidence(norm.logpdf(gap, 0, sd) + LOG_TENTH)
