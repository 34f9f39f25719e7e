"""Chances by particle: whose futures they are, how precise they are together, what a number tells of them."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from sim.stats.particles import (
    ParticleCounts,
    count_particles,
    effective_size,
    error_by_islands,
    no_particle_counts,
    sd_told_by,
    spread_between,
)

FUTURES = 8


def played(chances, rng):
    """Counts of some futures of each particle; `chances` are (particles, teams)."""
    leaves = rng.binomial(FUTURES, chances)
    return ParticleCounts(np.full(len(leaves), FUTURES), leaves)


def test_replications_go_round_the_particles():
    left = np.array([[True, False], [False, True], [True, False], [True, True]])
    outcomes: Any = SimpleNamespace(start=4, stop=8, left=left)
    found = count_particles(outcomes, 3) + no_particle_counts(3, 2)
    # Replications 4 to 7 are of particles 1, 2, 0 and 1.
    assert found.plays.tolist() == [1, 2, 1]
    assert found.leaves.tolist() == [[1, 0], [2, 1], [0, 1]]


def test_islands_take_turns_among_particles():
    leaves = np.array([[8, 0], [0, 8], [4, 0], [0, 4]])  # of islands 0, 1, 0, 1
    counts = ParticleCounts(np.full(4, 8), leaves)
    assert counts.by_island(2).tolist() == [[0.75, 0.0], [0.0, 0.75]]


def assert_mean(values, expected):
    """By the standard error of values that are independent of each other."""
    values = np.array(values)
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - expected) <= 4 * error, f"{values.mean()} +- {error}, not {expected}"


@pytest.mark.parametrize("common", [0.0, 0.03])
def test_what_an_island_has_in_common_takes_from_what_its_particles_are_worth(common):
    islands, each, own, times = 100, 25, 0.1, 60
    between = own**2 + common**2
    # Futures are dice besides: of so many for each particle.
    luck = (0.25 - between) / FUTURES
    of_mean = common**2 / islands + (own**2 + luck) / (islands * each)
    worth, spread = [], []
    for seed in range(times):
        rng = np.random.default_rng(seed)
        shift = common * rng.standard_normal(islands)
        chances = 0.5 + own * rng.standard_normal((each, islands)) + shift
        counts = played(np.clip(chances, 0, 1).reshape(-1, 1), rng)
        worth.append(1 / effective_size(counts, islands, [0]))
        spread.append(spread_between(counts)[0] ** 2)
    assert_mean(worth, of_mean / between)
    assert_mean(spread, between)


def test_the_error_of_a_chance_is_that_of_independent_futures():
    """Where particles all have one chance, islands differ by the dice of their futures alone."""
    islands, each, times, p = 20, 50, 200, 0.3
    squares = []
    for seed in range(times):
        counts = played(np.full((islands * each, 1), p), np.random.default_rng(seed))
        squares.append(error_by_islands(counts, islands, [0]) ** 2)
    assert_mean(squares, p * (1 - p) / (islands * each * FUTURES))


def test_particles_that_all_agree_are_worth_any_number():
    assert effective_size(ParticleCounts(np.full(40, 8), np.zeros((40, 1), int)), 8, [0]) == np.inf


@pytest.mark.parametrize(
    "shape",
    [lambda z: z, lambda z: (z**2 - 1) / np.sqrt(8), np.zeros_like],
    ids=["a line", "a parabola", "nothing"],
)
def test_a_number_tells_what_the_chances_follow_of_it(shape):
    told, true = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        z = rng.standard_normal(4_000)
        chances = np.clip(0.5 + 0.1 * shape(z), 0, 1)
        told.append(sd_told_by(played(chances[:, None], rng), 5 + 2 * z, 0))
        true.append(chances.std())
    if shape is np.zeros_like:  # by luck three powers seem to tell something, of which the mean is taken off
        share, expected = np.mean(np.array(told) > 0), chi2(3).sf(3)
        assert abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / len(told))
    else:
        assert_mean(np.array(told) - true, 0)
