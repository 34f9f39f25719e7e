"""When a run is precise enough, and what stopping then does to the intervals."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, norm

from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import load
from sim.stats.intervals import wilson
from sim.stats.precision import FIRST_LOOK, half_width, looks
from sim.stats.summary import Summary
from sim.stats.tally import nothing, tally

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
CHANCES = [0.003, 0.03, 0.1, 0.2, 1 / 3, 0.37, 0.5, 0.63, 0.9, 0.98]


def summary(name, runs):
    scenario = load(SCENARIOS / f"{name}.yaml").settled()
    return Summary(scenario, tally(scenario, batch.play_batch(scenario, Draws(3), 0, runs)))


def stopped(holds, target):
    """Where each row of counts, at looks, first has a half-width of at most `target`: n and count."""
    n = np.array(list(islice(looks(), holds.shape[1])))
    low, high = wilson(holds, n)
    precise = (high - low) / 2 <= target
    assert precise[:, -1].all()
    first = precise.argmax(axis=1)
    return n[first], holds[np.arange(holds.shape[0]), first]


def looked_at(p, target, rows, rng):
    """Counts at the looks of so many runs whose one chance is p, as far as any of them can need."""
    most = (norm.ppf(0.975) / (2 * target)) ** 2 + 1
    n = [FIRST_LOOK]
    for look in looks():
        n.append(look)
        if look >= most:
            break
    steps = np.diff([0, *n[1:]])
    return np.cumsum(rng.binomial(steps, p, size=(rows, len(steps))), axis=1)


def test_it_is_looked_at_round_numbers_from_2000_on():
    found = list(islice(looks(), 40))
    assert found[:5] == [2000, 2500, 3000, 3500, 4000]
    assert (10_000 in found, 100_000 in found) == (True, True)
    assert np.all(np.diff(found) > 0)
    assert max(np.array(found[1:]) / found[:-1]) <= 1.5


@pytest.mark.parametrize("target", [0.02, 0.01, 0.005])
@pytest.mark.parametrize("p", CHANCES)
def test_stopped_by_what_was_seen_an_interval_covers_as_often_as_at_a_fixed_number(p, target):
    """95 % is what an interval promises; at a fixed n Wilson's own coverage swings around it with n and p."""
    rows = 40_000
    n, count = stopped(looked_at(p, target, rows, np.random.default_rng(20261122)), target)
    low, high = wilson(count, n)
    covered = np.count_nonzero((low <= p) & (p <= high))
    fixed = [_coverage(p, each) for each in np.unique(n)]
    least, most = min(fixed), max(fixed)
    assert (covered - rows * least) / np.sqrt(rows * least * (1 - least)) > norm.ppf(1e-4 / 30)
    assert (covered - rows * most) / np.sqrt(rows * most * (1 - most)) < -norm.ppf(1e-4 / 30)


def _coverage(p, n):
    """The probability that Wilson's interval covers p, exactly, for a fixed n."""
    k = np.arange(n + 1)
    low, high = wilson(k, n)
    return binom.pmf(k, n, p)[(low <= p) & (p <= high)].sum()


@pytest.mark.parametrize("name", ["minimal", "k-ai", "k-ai-2025-plan", "equal-teams"])
def test_it_is_the_widest_of_all_that_is_asked_of_half_the_runs(name):
    found = summary(name, 3000)
    told = [row.estimate for row in found.rows()]
    told += [found.chance(response) for response in found.tally.chances]
    told += [estimate for _, estimate in found.together()]
    widths = [e.half_width for e in told if 2 * e.of >= 3000 and e.certain is None]
    assert half_width(found) == pytest.approx(max(widths), rel=1e-12)


def test_what_the_rules_decide_alone_needs_no_runs():
    scenario = load(SCENARIOS / "no-elimination.yaml")
    free = {f"stages.{stage}.gate": None for stage in scenario.stages}
    calm = load(SCENARIOS / "no-elimination.yaml", free).settled()
    found = Summary(calm, tally(calm, batch.play_batch(calm, Draws(1), 0, 50)))
    assert {row.estimate.certain for row in found.rows()} == {0, 1}
    others = [found.chance(name) for name in found.tally.chances]
    assert half_width(found) == max((e.half_width for e in others if e.certain is None), default=0.0)


def test_nothing_that_was_asked_is_precise():
    scenario = load(SCENARIOS / "minimal.yaml").settled()
    assert half_width(Summary(scenario, nothing(scenario))) == 0.0
