"""The cut: the best stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.decisions import cut, reaches_minimum


def stay(ranks, *, keep=None, drop=None):
    ranks = np.array(ranks, dtype=np.int8)
    limits = (None if limit is None else np.array([float(limit)]) for limit in (keep, drop))
    return cut(ranks, ranks > 0, *limits).tolist()


def test_the_best_are_kept():
    assert stay([3, 1, 2, 4], keep=2) == [False, True, True, False]


def test_the_last_are_dropped():
    assert stay([3, 1, 2, 4], drop=1) == [True, True, True, False]


@pytest.mark.parametrize("keep", [4, 5, 100])
def test_a_keep_of_at_least_the_number_present_drops_nobody(keep):
    assert stay([3, 1, 2, 4], keep=keep) == [True] * 4


def test_a_keep_of_none_drops_all():
    assert stay([1, 2], keep=0) == [False, False]


@pytest.mark.parametrize("drop", [2, 3, 9])
def test_a_drop_of_at_least_the_number_present_drops_all(drop):
    assert stay([2, 1], drop=drop) == [False, False]


@pytest.mark.parametrize("limits", [{}, {"drop": 0}])
def test_without_a_limit_or_with_none_to_drop_all_stay(limits):
    assert stay([2, 1], **limits) == [True, True]


@pytest.mark.parametrize("limits", [{"keep": 2}, {"drop": 1}, {}])
def test_an_empty_field_stays_empty(limits):
    assert stay([0, 0, 0], **limits) == [False] * 3


@pytest.mark.parametrize("limits", [{"keep": 3}, {"drop": 0}, {}])
def test_a_team_outside_the_field_never_stays(limits):
    assert stay([1, 0, 2], **limits) == [True, False, True]


@given(st.permutations([1, 2, 3, 4, 5, 0, 0]), st.integers(0, 6))
def test_keep_k_of_n_and_drop_n_less_k_are_the_same(ranks, keep):
    assert stay(ranks, keep=keep) == stay(ranks, drop=max(5 - keep, 0))


@given(st.lists(st.permutations([1, 2, 3, 0]), min_size=1, max_size=6), st.data())
def test_one_replication_alone_is_cut_as_among_many(ranks, data):
    table = np.array(ranks, dtype=np.int8)
    keep = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(ranks), max_size=len(ranks))), float)[
        :, None
    ]
    for limits in ((keep, None), (None, keep)):
        together = cut(table, table > 0, *limits)
        for r in range(len(ranks)):
            alone = cut(table[r], table[r] > 0, *(None if limit is None else limit[r] for limit in limits))
            assert np.array_equal(alone, together[r])


def of_the_good(totals, minimum, **limits):
    """Who of a field ranked by its totals is good enough and stays."""
    total = np.array(totals, dtype=float)
    rank = (np.argsort(np.argsort(-total)) + 1).astype(np.int8)
    field = reaches_minimum(total, rank > 0, None if minimum is None else np.array([float(minimum)]))
    given_ = {name: np.array([float(limit)]) for name, limit in limits.items()}
    return cut(rank, field, given_.get("keep"), given_.get("drop")).tolist()


@pytest.mark.parametrize(
    ("minimum", "limits", "expected"),
    [
        (None, {"keep": 3}, [True, True, True, False]),
        (0, {"keep": 3}, [True, True, True, False]),
        (60, {"keep": 3}, [True, True, False, False]),  # fewer are good enough than may stay
        (60, {"keep": 1}, [True, False, False, False]),
        (60, {"drop": 1}, [True, False, False, False]),  # one of the two who are good enough
        (50, {"drop": 1}, [True, True, False, False]),  # 50 is enough
        (50.000001, {"drop": 1}, [True, False, False, False]),
        (60, {"drop": 2}, [False] * 4),
        (60, {}, [True, True, False, False]),
        (90, {"keep": 3}, [False] * 4),
        (90, {"drop": 0}, [False] * 4),
    ],
)
def test_the_minimum_comes_first_and_then_the_rest_of_the_cut(minimum, limits, expected):
    assert of_the_good([80, 60, 50, 40], minimum, **limits) == expected
