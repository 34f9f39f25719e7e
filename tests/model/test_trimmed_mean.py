"""The mean of ratings without the lowest and the highest, number by number."""

from itertools import product

import numpy as np
import pytest

from sim.model.points import _comparators, trimmed_mean


def by_hand(column, trim):
    """One mean of Python floats: sorted if anything is dropped, and summed one after another."""
    kept = sorted(column)[trim : len(column) - trim] if trim else column
    total = kept[0]
    for one in kept[1:]:
        total += one
    return total / len(kept)


def ratings(raters, lanes=(3, 5)):
    """Ratings with ties: of every second lane they are whole numbers."""
    found = np.random.default_rng(raters).normal(size=(raters, *lanes)) * 3
    found[..., ::2] = np.rint(found[..., ::2])
    return found


@pytest.mark.parametrize("raters", [1, 2, 3, 5, 7, 8, 10, 17, 33, 200])
@pytest.mark.parametrize("trim", [0, 1, 3])
def test_it_is_the_mean_by_hand_to_the_last_bit(raters, trim):
    if 2 * trim >= raters:
        pytest.skip("nobody would remain")
    given = ratings(raters)
    expected = [[by_hand(given[:, t, r].tolist(), trim) for r in range(5)] for t in range(3)]
    assert trimmed_mean(given, trim).tolist() == expected


@pytest.mark.parametrize("lanes", [(2, 1), (2, 1023), (2, 1024), (2, 1025), (1, 3000)])
def test_every_replication_is_averaged_as_it_is_alone(lanes):
    given = ratings(10, lanes)
    together = trimmed_mean(given, 1)
    for r in (0, lanes[1] // 2, lanes[1] - 1):
        assert np.array_equal(trimmed_mean(given[..., r : r + 1], 1)[..., 0], together[..., r])


def test_the_ratings_stay_as_they_are():
    given = ratings(10)
    before = given.copy()
    trimmed_mean(given, 2)
    assert np.array_equal(given, before)


@pytest.mark.parametrize("size", range(1, 13))
def test_the_comparators_sort_whatever_there_is(size):
    """By the zero-one principle (Knuth 5.3.4): what sorts all zeros and ones sorts all numbers."""
    rows = np.array(list(product((0, 1), repeat=size)), dtype=np.int8).T.copy()
    for i, j in _comparators(size):
        assert i < j
        rows[i], rows[j] = np.minimum(rows[i], rows[j]), np.maximum(rows[i], rows[j])
    assert np.all(np.diff(rows, axis=0) >= 0)
