"""Counts of 10^12 replications: sums and moments are exact, far beyond what 64 bits hold of squares."""

import math
import random
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction

import numpy as np
import pytest

import sim
from sim.engines.batch import play_batch
from sim.execute.group import Played
from sim.execute.sums import RunningSum
from sim.execute.worker import add_up
from sim.folder.counts import pack, unpack
from sim.model.draws import Draws
from sim.stats.counts import Histogram
from sim.stats.differences import MeasureDifference, Moments
from sim.stats.pairs import Pairs, _moments, count_pairs
from sim.stats.summary import Summary
from sim.stats.tables import chances_table, responses_table
from sim.stats.tally import Tally, nothing, tally

RUNS = 10**12
PLAYED, PARTS = 1000, 300
BY_FACTOR = [10**9 // PARTS + (1 if part < 10**9 % PARTS else 0) for part in range(PARTS)]
SCENARIO = sim.load("minimal")
LESS = sim.load("minimal", {"stages.first.cut.keep": 1})


def times(counts, factor):
    """The same counts, so many times; every number of them but steps, resolutions and replications."""
    if isinstance(counts, Histogram):
        return replace(counts, counts=counts.counts * factor)
    if is_dataclass(counts) and not isinstance(counts, type):
        return replace(
            counts, **{each.name: times(getattr(counts, each.name), factor) for each in fields(counts)}
        )
    if isinstance(counts, dict):
        return type(counts)({key: times(each, factor) for key, each in counts.items()})
    if isinstance(counts, tuple):
        found = [times(each, factor) for each in counts]
        return type(counts)(*found) if hasattr(counts, "_fields") else tuple(found)
    return counts * factor if isinstance(counts, (int, np.ndarray)) else counts


@pytest.fixture(scope="module")
def played():
    return play_batch(SCENARIO, Draws(1), 0, PLAYED), play_batch(LESS, Draws(1), 0, PLAYED)


@pytest.fixture(scope="module")
def small(played):
    return tally(SCENARIO, played[0])


@pytest.fixture(scope="module")
def parts(small):
    """Counts of 10^12 replications in parts of different sizes, in no order."""
    assert sum(BY_FACTOR) * PLAYED == RUNS
    found = [Played(times(small, factor)) for factor in BY_FACTOR]
    random.Random(1).shuffle(found)
    return found


def as_tree(parts):
    """The sum as the workers of a cluster make it."""
    while len(parts) > 1:
        parts = [add_up(*parts[at : at + 4]) for at in range(0, len(parts), 4)]
    return parts[0]


def as_it_comes(parts):
    total = RunningSum(nothing(SCENARIO))
    for each in parts:
        total.add(each)
    return total.total()


@pytest.mark.parametrize("add", [as_tree, as_it_comes])
def test_a_merge_of_counts_of_a_million_million_is_exact(small, parts, add):
    total = add(parts).counts
    assert total.runs == RUNS
    assert pack(total) == pack(times(small, 10**9))
    assert unpack(Tally, pack(total)).measures.keys() == total.measures.keys()
    assert pack(unpack(Tally, pack(total))) == pack(total)


def test_chances_and_means_of_a_million_million_are_those_of_a_thousand(small, parts):
    """And are told without a number that has run over; warnings are errors here."""
    many, few = (Summary(SCENARIO, each) for each in (as_tree(parts).counts, small))
    wide, narrow = (chances_table([each]) for each in (few, many))
    assert (wide.p == narrow.p).all()
    assert (narrow.high - narrow.low <= wide.high - wide.low).all()
    assert ((narrow.low <= narrow.p) & (narrow.p <= narrow.high)).all()
    assert np.allclose(
        responses_table([many])["mean"], responses_table([few])["mean"], rtol=1e-15, equal_nan=True
    )


HUGE = [10**9 - 1, 10**9, 3 * 10**9 + 7]
"""Steps whose squares, 10^12 times, have 31 digits."""


def test_moments_are_exact_beyond_64_bits():
    counts = [RUNS, RUNS + 1, 3]
    whole = Histogram(0.5, np.array(HUGE), np.array(counts))
    halves = Histogram(0.5, whole.steps, whole.counts // 2) + Histogram(
        0.5, whole.steps, whole.counts - whole.counts // 2
    )
    n, one, two = (sum(c * s**power for s, c in zip(HUGE, counts, strict=True)) for power in (0, 1, 2))
    assert two > 2**63 * 10**9
    for found in (whole, halves):
        assert [found._moment(power) for power in (1, 2)] == [one, two]
        assert found.mean() == one / n * 0.5
        low, high = found.mean_interval()
        variance = Fraction(n * two - one**2, n * (n - 1))
        assert (high - low) / 2 == pytest.approx(1.959963984540054 * math.sqrt(variance / n) * 0.5, rel=1e-4)


@pytest.mark.parametrize("largest", [10, 10**6, 2**30, 2**31, 2**32, 10**12, 2**52])
def test_sums_of_products_are_exact_however_large_the_steps(largest):
    """Below 2^62 in all they are added up in 64 bits, and else not; four of 2^30 each are just that."""
    generator = np.random.default_rng(largest)
    one, other = (generator.integers(-largest, largest, 3, endpoint=True) for _ in range(2))
    a, b = [*one.tolist(), largest], [*other.tolist(), -largest]
    squares = (sum(x * x for x in a), sum(y * y for y in b), sum(x * y for x, y in zip(a, b, strict=True)))
    assert _moments(np.array(a) * 0.5, np.array(b) * 0.5, 0.5) == Moments(4, sum(a), sum(b), *squares)
    same = np.full(4, float(largest))
    assert _moments(same, same, 1.0).first_square == 4 * largest**2


def test_a_variance_far_below_the_square_of_the_mean_is_not_lost():
    """10^12 values of a million million and one, and as many of one less: their variance is a quarter."""
    found = Histogram(1.0, np.array([10**12, 10**12 + 1]), np.array([RUNS, RUNS]))
    n, one, two = (found._moment(power) for power in (0, 1, 2))
    assert Fraction(n * two - one**2, n**2) == Fraction(1, 4)
    narrow = Histogram(1.0, np.array([10**8, 10**8 + 1]), np.array([5, 5]))
    low, high = narrow.mean_interval()
    assert (high - low) / 2 == pytest.approx(1.959963984540054 * math.sqrt(10 / 4 / 9 / 10), rel=1e-6)


def test_many_steps_are_taken_in_chunks(monkeypatch):
    monkeypatch.setattr("sim.stats.counts._CHUNK", 3)
    steps = np.arange(-10, 10) * 10**8
    found = Histogram(1.0, steps, np.arange(1, 21) * 10**11)
    for power in (1, 2):
        assert found._moment(power) == sum(
            int(s) ** power * int(c) for s, c in zip(steps, found.counts, strict=True)
        )


def test_pairs_of_a_million_million_are_exact(played):
    one = count_pairs(SCENARIO, played[0], LESS, played[1])
    parts = [Played(replace(times(one, factor), first_difference=None)) for factor in BY_FACTOR]
    total: Pairs = as_tree(parts).counts
    assert pack(total) == pack(replace(times(one, 10**9), first_difference=None))
    assert total.runs == RUNS
    for (_, many), (_, few) in zip(total.differences(), one.differences(), strict=True):
        assert many.estimate == few.estimate
        assert many.high - many.low <= few.high - few.low
        assert many.variance_ratio == pytest.approx(few.variance_ratio, rel=1e-15, nan_ok=True)
    for (_, wide), (_, narrow) in zip(total.changes(), one.changes(), strict=True):
        assert wide.estimate == pytest.approx(narrow.estimate, rel=1e-15, abs=1e-15, nan_ok=True)


def test_the_paired_difference_of_large_steps_is_exact():
    n = RUNS
    first, second = 10**9, 10**9 + 1  # in half of the replications; the other half differ by 3
    moments = Moments(
        2 * n,
        2 * n * first,
        n * second + n * (first + 3),
        2 * n * first**2,
        n * second**2 + n * (first + 3) ** 2,
        n * first * second + n * first * (first + 3),
    )
    found = MeasureDifference(moments, 1.0)
    assert found.estimate == 2.0
    low, high = found.interval()
    assert (high - low) / 2 == pytest.approx(1.959963984540054 * math.sqrt(1 / (2 * n)), rel=1e-4)
