"""Which inputs matter, and what is left out."""

import math

import pandas as pd
import pytest

from sim.findings.sensitivity import (
    Remainder,
    count_left_out,
    list_shown_chances,
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


LEAVES, DROPPED = ("leaves_at_all", "", "a"), ("most_capable_dropped", "s1", "")
OF_ALL = ("leaves_at_all", "", "")


def chances(*each):
    """A table of chances, each with whether its variance is told, and total shares of two numbers."""
    rows = [
        {
            **dict(zip(("target", "stage", "team"), chance, strict=True)),
            **{"factor": f"n{i}", "told": told, "of": math.nan if chance == OF_ALL else 4096},
            **dict(zip(("total", "total_low", "total_high"), share, strict=True)),
        }
        for chance, told, *shares in each
        for i, share in enumerate(shares)
    ]
    return pd.DataFrame(rows)


KNOWN, SMALL, UNKNOWN = (0.6, 0.4, 0.8), (0.1, 0.0, 0.2), (0.9, math.nan, math.nan)


def test_chances_of_the_team_and_of_the_strongest_are_shown():
    other = ("leaves_at_all", "", "b")
    every = [(OF_ALL, True, KNOWN), (LEAVES, True, KNOWN), (other, True, KNOWN), (DROPPED, True, KNOWN)]
    assert list_shown_chances(chances(*every), "a") == [LEAVES, DROPPED]
    assert list_shown_chances(chances(*every), "") == [DROPPED]


@pytest.mark.parametrize(
    ("leaves", "shown"),
    [
        ((False, KNOWN, SMALL), False),  # its variance is not told from 0
        ((True, UNKNOWN, UNKNOWN), False),
        ((True, UNKNOWN, KNOWN), True),  # the one that is known is named first
        ((True, UNKNOWN, SMALL), False),  # the one that is not known would be
        ((True, SMALL, SMALL), True),
    ],
)
def test_a_chance_of_which_nothing_is_told_is_not_shown(leaves, shown):
    ours = list_shown_chances(chances((OF_ALL, True, KNOWN), (LEAVES, *leaves)), "a")
    assert ours == [LEAVES][: int(shown)]
    strongest = list_shown_chances(chances((OF_ALL, True, KNOWN), (DROPPED, *leaves)), "a")
    assert strongest == [DROPPED][: int(shown)]


def test_no_team_is_shown_where_the_text_says_that_none_can_be_told():
    rows = chances((OF_ALL, False, UNKNOWN), (LEAVES, True, KNOWN), (DROPPED, True, KNOWN))
    assert list_shown_chances(rows, "a") == [DROPPED]


def test_the_largest_dice_are_those_of_the_chance_nearest_to_a_half():
    ends = [PairedDifference(100, 0, 1000, 100, 200), PairedDifference(420, 0, 1000, 480, 900)]
    low, high = wilson(480, 1000)
    assert max(each.half_width_of_chances for each in ends) == pytest.approx(float(high - low) / 2)


def test_dice_of_a_forecast_are_how_its_islands_differ():
    islands = tuple(PairedDifference(0, 0, 100, first, first) for first in (40, 50, 60, 50))
    found = PairedDifference(0, 0, 400, 200, 200, islands)
    low, high = island_interval(0.5, [0.4, 0.5, 0.6, 0.5])
    assert found.half_width_of_chances == pytest.approx((high - low) / 2)
