"""Histograms: exact counts whose pieces add up, and what follows from them."""

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.counts import Groups, Histogram

RESOLUTION = 0.25
values = st.lists(st.floats(-1e6, 1e6), max_size=40)


def histogram(numbers):
    return Histogram.of(np.array(numbers, dtype=float), RESOLUTION)


def content(h):
    return h.resolution, h.steps.tolist(), h.counts.tolist(), h.steps.dtype, h.counts.dtype


@given(values, st.lists(st.integers(0, 40), max_size=5), st.randoms())
def test_pieces_add_up_to_the_whole_in_any_split_and_order(numbers, cuts, chance: random.Random):
    ends = [0, *sorted(cuts), len(numbers)]
    pieces = [histogram(numbers[a:b]) for a, b in pairwise(ends)]
    chance.shuffle(pieces)
    total = histogram([])
    for piece in pieces:
        total = total + piece
    assert content(total) == content(histogram(numbers))


@given(values, values, values)
def test_adding_may_be_bracketed_at_will(a, b, c):
    a, b, c = histogram(a), histogram(b), histogram(c)
    assert content((a + b) + c) == content(a + (b + c))


@given(values.filter(len))
def test_counts_are_those_of_the_rounded_values(numbers):
    h = histogram(numbers)
    rounded = [round(x / RESOLUTION) for x in numbers]  # halves to even, as NumPy does
    found = dict(zip(h.steps.tolist(), h.counts.tolist(), strict=True))
    assert found == {step: rounded.count(step) for step in rounded}
    assert h.size == len(numbers)


@given(values.filter(len))
def test_the_mean_is_that_of_the_rounded_values(numbers):
    rounded = np.rint(np.array(numbers) / RESOLUTION) * RESOLUTION
    assert histogram(numbers).mean() == pytest.approx(math.fsum(rounded) / len(rounded), rel=1e-12, abs=1e-12)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40))
def test_the_interval_of_the_mean_is_the_normal_one(numbers):
    rounded = np.rint(np.array(numbers) / RESOLUTION) * RESOLUTION
    half = 1.959963984540054 * np.std(rounded, ddof=1) / math.sqrt(len(rounded))
    expected = (rounded.mean() - half, rounded.mean() + half)
    assert histogram(numbers).mean_interval() == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(values.filter(len), st.sampled_from([0.05, 0.25, 0.5, 0.95]))
def test_a_quantile_is_the_least_value_with_enough_at_or_below_it(numbers, p):
    rounded = np.rint(np.array(numbers) / RESOLUTION) * RESOLUTION
    assert histogram(numbers).quantile(p) == np.quantile(rounded, p, method="inverted_cdf")


@given(values.filter(len))
def test_quantiles_run_from_the_least_to_the_greatest_value(numbers):
    h = histogram(numbers)
    found = [h.quantile(p) for p in (0, 0.05, 0.5, 0.95, 1)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (h.steps[0] * RESOLUTION, h.steps[-1] * RESOLUTION)


def test_nothing_has_no_mean_and_no_quantile():
    nothing = histogram([])
    assert nothing.size == 0
    assert math.isnan(nothing.mean())
    assert math.isnan(nothing.quantile(0.5))
    assert nothing.mean_interval() == (-math.inf, math.inf)


def test_nothing_added_changes_nothing():
    some = histogram([1, 2, 2, 7.5])
    assert content(some + histogram([])) == content(histogram([]) + some) == content(some)


def test_one_value_alone_says_nothing_about_the_error_of_the_mean():
    assert histogram([3]).mean() == 3
    assert histogram([3]).mean_interval() == (-math.inf, math.inf)


def test_equal_values_leave_no_error():
    assert histogram([2.5] * 1000).mean_interval() == (2.5, 2.5)


def test_large_values_lose_no_digit():
    # Cost in KRW at a tenth of an eok: the squares do not fit into 64 bits together.
    amounts = np.array([2.7e11, 2.9e11, 3.1e11] * 100_000)
    h = Histogram.of(amounts, 1e7)
    assert h.mean() == 2.9e11
    half = 1.959963984540054 * np.std(amounts, ddof=1) / math.sqrt(amounts.size)
    assert h.mean_interval() == pytest.approx((2.9e11 - half, 2.9e11 + half), rel=1e-12)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6) | st.floats(-9, 9), st.integers(0, 2)), max_size=60))
def test_groups_are_counted_as_each_by_itself_and_all_together(told):
    numbers, group = np.array([x for x, _ in told]), np.array([g for _, g in told], dtype=np.int64)
    groups = Groups(len(told), group, 3)
    whole, *each = Histogram.of_groups(numbers, groups, RESOLUTION)
    assert content(whole) == content(histogram(numbers))
    assert [content(one) for one in each] == [content(histogram(numbers[group == g])) for g in range(3)]
    assert groups.sizes() == [len(told), *(int((group == g).sum()) for g in range(3))]
    low = groups.among(numbers < 0)
    assert low.sizes() == [
        int((numbers < 0).sum()),
        *(int((numbers[group == g] < 0).sum()) for g in range(3)),
    ]


def test_replications_take_turns_whichever_comes_first():
    assert Groups.taking_turns(5, 12, 3).sizes() == [7, 2, 2, 3]  # 5, 8 and 11 are of the last
    assert Groups.taking_turns(5, 12, None).sizes() == [7]
    kinds = np.array([0, 1, 1, 2, 1, 0, 1])
    counts = Groups.taking_turns(5, 12, 3).count(kinds, 4)
    assert counts.tolist() == [[2, 4, 1, 0], [0, 2, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]
