"""Which inputs matter, and what is left out."""

import pandas as pd
import pytest

from sim.findings.sensitivity import (
    Remainder,
    count_left_out,
    rank_numbers,
    rank_told,
)
from sim.stats.differences import PairedDifference
from sim.stats.intervals import island_interval, wilson
from sim.stats.sobol import VarianceShare


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
    assert count_left_out(both) == [Remainder(1, True, 0.5), Remainder(1, False, 1.0)]
    assert count_left_out(both.iloc[:0]) == []


def test_the_largest_dice_are_those_of_the_chance_nearest_to_a_half():
    ends = [PairedDifference(100, 0, 1000, 100, 200), PairedDifference(420, 0, 1000, 480, 900)]
    low, high = wilson(480, 1000)
    assert max(each.half_width_of_chances for each in ends) == pytest.approx(float(high - low) / 2)


def test_dice_of_a_forecast_are_how_its_islands_differ():
    islands = tuple(PairedDifference(0, 0, 100, first, first) for first in (40, 50, 60, 50))
    found = PairedDifference(0, 0, 400, 200, 200, islands)
    low, high = island_interval(0.5, [0.4, 0.5, 0.6, 0.5])
    assert found.half_width_of_chances == pytest.approx((high - low) / 2)
