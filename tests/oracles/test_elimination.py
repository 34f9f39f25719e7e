"""Who is last when teams differ: oracles E2, E4 and E8, and a formula for Gumbel-maximum noise."""

from itertools import combinations
from math import exp, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from sim.engines import batch
from sim.rules.decisions import Fate
from tests.helpers import assert_chances, both_engines_often, played, quiet, stage
from tests.oracles.cases import case

E2, E4, E8 = case("E2_gumbel_min_last"), case("E4_luce_three_rounds"), case("E8_normal_last")
SD_OF_GUMBEL = pi / sqrt(6)  # of scale 1


def contest(effects, noise, shape, schedule=()):
    """Teams that differ by known effects, one point an ECI, one exam; the last leaves at each stage."""
    teams = {f"t{i}": {"effect": effect} for i, effect in enumerate(effects)}
    exam = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": noise, "noise_shape": shape}}
    keeps = schedule or [len(effects) - 1]
    return quiet(teams, [stage(n, exam, cut={"keep": keep}) for n, keep in enumerate(keeps, start=1)])


@both_engines_often
def test_with_gumbel_minimum_noise_the_last_team_is_a_softmax(play, size):
    scenario = contest(E2.inputs["u"], E2.inputs["beta"] * SD_OF_GUMBEL, "gumbel-min")
    assert_chances(played(play, scenario, size).stages[0].fate == Fate.OUT_BY_POINTS, E2.expected)


@both_engines_often
def test_with_normal_noise_the_last_team_is_as_by_quadrature(play, size):
    scenario = contest(E8.inputs["theta"], E8.inputs["sd"], "normal")
    assert_chances(played(play, scenario, size).stages[0].fate == Fate.OUT_BY_POINTS, E8.expected)


@both_engines_often
def test_three_rounds_with_fresh_noise_are_as_by_dynamic_programming(play, size):
    noise = E4.inputs["beta"] * SD_OF_GUMBEL
    outcomes = played(play, contest(E4.inputs["u"], noise, "gumbel-min", E4.inputs["schedule"]), size)
    for round_, stage_ in enumerate(outcomes.stages):
        expected = [by_round[round_] for by_round in E4.expected["p_elim_by_round"]]
        assert_chances(stage_.fate == Fate.OUT_BY_POINTS, expected)
    selected = outcomes.stages[-1].fate == Fate.KEPT
    assert_chances(selected, E4.expected["p_final_two"])
    pairs = [tuple(map(int, pair.split("-"))) for pair in E4.expected["p_pair"]]
    together = np.stack([selected[:, i] & selected[:, j] for i, j in pairs], axis=1)
    assert_chances(together, list(E4.expected["p_pair"].values()))


def last_with_gumbel_maximum(u):
    """P(lowest) by inclusion and exclusion: sum over sets S of the others of (-1)^|S| v_i / (v_i + v_S)."""
    v = [exp(x) for x in u]
    chances = []
    for i in range(len(v)):
        others = [x for j, x in enumerate(v) if j != i]
        sets = [s for size in range(len(v)) for s in combinations(others, size)]
        chances.append(sum((-1) ** len(s) * v[i] / (v[i] + sum(s)) for s in sets))
    return chances


@both_engines_often
def test_with_gumbel_maximum_noise_the_first_and_the_last_are_as_by_plackett_and_luce(play, size):
    u = E2.inputs["u"]
    first = played(play, contest(u, SD_OF_GUMBEL, "gumbel-max"), size).stages[0]
    v = np.exp(u)
    assert_chances(first.rank == 1, v / v.sum())
    last = last_with_gumbel_maximum(u)
    assert sum(last) == pytest.approx(1, rel=1e-12)
    assert_chances(first.fate == Fate.OUT_BY_POINTS, last)


def test_two_dropped_at_once_by_normal_noise_are_as_by_quadrature():
    theta, sd = E8.inputs["theta"], E8.inputs["sd"]
    scenario = contest(theta, sd, "normal", [3])
    expected = [among_the_last_two(i, theta, sd) for i in range(len(theta))]
    assert sum(expected) == pytest.approx(2, rel=1e-8)
    fate = played(batch.play_batch, scenario, 200_000).stages[0].fate
    assert_chances(fate == Fate.OUT_BY_POINTS, expected)


def among_the_last_two(i, theta, sd):
    """The chance that at most one of the others ends below team i."""

    def given(z):
        below = [norm.cdf((theta[i] + sd * z - t) / sd) for j, t in enumerate(theta) if j != i]
        none = np.prod([1 - p for p in below])
        one = sum(p * np.prod([1 - q for j, q in enumerate(below) if j != k]) for k, p in enumerate(below))
        return norm.pdf(z) * (none + one)

    return quad(given, -10, 10, epsabs=1e-12)[0]
