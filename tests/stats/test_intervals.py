"""Intervals of chances: published numbers, other people's code, and how often they hold the truth."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from sim.engines import batch
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import load
from sim.stats.intervals import for_all_of, wilson
from tests.helpers import z_score

EQUAL_TEAMS = Path(__file__).resolve().parents[2] / "scenarios" / "equal-teams.yaml"
RANGES, RUNS = 400, 60


def ends(interval):
    """Both ends as plain numbers."""
    return tuple(map(float, interval))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_intervals_that_newcombe_printed(count, of, low, high):
    assert ends(wilson(count, of)) == pytest.approx((low, high), abs=5e-5)


def test_wilson_gives_scipys_intervals_at_every_count():
    for of in (1, 2, 17, 400):
        counts = np.arange(of + 1)
        low, high = wilson(counts, of)
        expected = [binomtest(int(k), of).proportion_ci(method="wilson") for k in counts]
        np.testing.assert_allclose(low, [e.low for e in expected], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(high, [e.high for e in expected], rtol=1e-12)


def test_bonferroni_shares_the_error_among_the_cells():
    for cells in (1, 5, 32):
        expected = binomtest(7, 50).proportion_ci(confidence_level=1 - 0.05 / cells, method="wilson")
        assert ends(wilson(7, 50, for_all_of(cells))) == pytest.approx(
            (expected.low, expected.high), rel=1e-12
        )


def test_one_cell_needs_no_correction():
    assert ends(wilson(7, 50, for_all_of(1))) == ends(wilson(7, 50))


@pytest.mark.parametrize("of", [1, 20, 10**6, 10**12])
def test_what_never_happened_begins_at_zero_and_may_still_happen(of):
    low, high = wilson(0, of)
    assert low == 0
    assert high == pytest.approx(1.9599639845400545**2 / (of + 1.9599639845400545**2), rel=1e-9)


@pytest.mark.parametrize("of", [1, 20, 10**6, 10**12])
def test_what_always_happened_ends_at_one_and_may_still_fail(of):
    low, high = wilson(of, of)
    assert high == 1
    assert 1 - low == pytest.approx(float(wilson(0, of)[1]), rel=1e-4)


def test_of_no_runs_nothing_is_known():
    assert ends(wilson(0, 0)) == ends(wilson(0, 0, for_all_of(5))) == (0, 1)


def test_an_interval_and_that_of_the_opposite_mirror_each_other():
    counts = np.arange(101)
    low, high = wilson(counts, 100)
    np.testing.assert_allclose(low, 1 - high[::-1], atol=1e-15)


def coverage(of, chance):
    """The probability that the interval of a binomial count holds its chance, to the last digit."""
    counts = np.arange(of + 1)
    low, high = wilson(counts, of)
    return float(np.sum(binom.pmf(counts, of, chance)[(low <= chance) & (chance <= high)]))


def test_on_average_over_chances_the_interval_holds_in_95_percent_of_cases():
    # Newcombe 1998, table II, method 3: mean coverage 0.9521 for 5 to 100 runs.
    chances = np.linspace(0.0025, 0.9975, 200)
    mean = np.mean([coverage(of, p) for of in range(5, 101, 5) for p in chances])
    assert mean == pytest.approx(0.9521, abs=0.002)


@pytest.fixture(scope="module")
def counts():
    """How often each of five equal teams was selected, in many disjoint ranges of replications."""
    outcomes = batch.play_batch(load(EQUAL_TEAMS), Draws(20260501), 0, RANGES * RUNS)
    kept = outcomes.stages[-1].fate == Fate.KEPT
    return kept.reshape(RANGES, RUNS, -1).sum(axis=1)


def test_intervals_of_our_runs_hold_the_known_chance_as_often_as_they_should(counts):
    low, high = wilson(counts[:, 0], RUNS)
    holds = np.count_nonzero((low <= 0.4) & (high >= 0.4))
    assert abs(z_score(holds, RANGES, coverage(RUNS, 0.4))) <= 4


def test_intervals_for_all_teams_at_once_hold_together_in_95_percent_of_runs(counts):
    low, high = wilson(counts, RUNS, for_all_of(5))
    together = np.count_nonzero(np.all((low <= 0.4) & (high >= 0.4), axis=1))
    assert z_score(together, RANGES, 0.95) >= -4
