"""How far chances go."""

import pandas as pd
import pytest

from sim.findings.swings import (
    LeftOut,
    count_left_out,
    find_largest_dice,
    find_widest_change,
    find_widest_span,
    rank_numbers,
    rank_told,
)
from sim.stats.intervals import wilson
from sim.stats.sobol import VarianceShare

CHANCES = {"there and back": (0.1, 0.9, 0.1), "falling": (0.5, 0.4, 0.2), "rising": (0.2, 0.3, 0.4)}


def test_a_change_is_between_the_ends_and_a_span_between_the_extremes():
    assert find_widest_change(CHANCES) == "falling"
    assert find_widest_span(CHANCES) == "there and back"


def numbers(*shares):
    rows = [(f"n{i}", total, low, high) for i, (total, low, high) in enumerate(shares)]
    return pd.DataFrame(rows, columns=["factor", "total", "total_low", "total_high"])


def test_numbers_that_are_told_from_0_come_largest_first_and_no_others():
    rows = numbers((0.1, 0.05, 0.2), (0.6, 0.004, 0.9), (0.3, 0.2, 0.4))
    assert list(rank_numbers(rows).factor) == ["n2", "n0"]


def test_where_none_is_told_the_largest_stands_alone():
    rows = numbers((0.1, 0.0, 0.2), (0.6, 0.004, 0.9))
    assert list(rank_numbers(rows).factor) == ["n1"]
    assert rank_told([]) == []
    assert rank_told([VarianceShare(0.2, 0.1, 0.3), VarianceShare(0.2, 0.1, 0.3)]) == [0, 1]


def test_a_number_that_is_told_for_one_chance_is_not_counted_among_those_that_are_not():
    both = pd.concat([numbers((0.1, 0.05, 0.2), (0.1, 0.0, 1.3)), numbers((0.1, 0.0, 0.5), (0.1, 0.0, 0.2))])
    assert count_left_out(both) == (LeftOut(1, 0.5), LeftOut(1, 1.0))
    assert count_left_out(both.iloc[:0]) == (None, None)


def test_the_largest_dice_are_those_of_the_chance_nearest_to_a_half():
    rows = pd.DataFrame({"of": [1000, 1000], "at_low": [0.1, 0.48], "at_high": [0.2, 0.9]})
    low, high = wilson(480, 1000)
    assert find_largest_dice(rows) == pytest.approx(float(high - low) / 2)
