"""Forecasts by a ranking, against counting all orders that it leaves open."""

from collections import defaultdict
from fractions import Fraction
from itertools import chain, permutations, product

import pytest

from sim.stats.scoring import brier, cut_classes, place_chances

RANKINGS = [
    ("abcde",),
    ("ab", "c", "de"),
    ("a", "b", "c", "d"),
    ("a", "bcd"),
    ("abc", "d"),
    ((), "abc"),
]


def orders(ranking):
    """Every order of all teams that the ranking leaves open; all are as likely."""
    return [tuple(chain(*each)) for each in product(*(permutations(group) for group in ranking))]


def by_counting(ranking, taken, unseen):
    found: dict[frozenset[str], Fraction] = defaultdict(Fraction)
    every = orders(ranking)
    for number, chance in taken.items():
        for order in every:
            found[frozenset(order[len(order) - number :]) - set(unseen)] += Fraction(chance) / len(every)
    return found


@pytest.mark.parametrize("ranking", RANKINGS, ids=str)
@pytest.mark.parametrize("taken", [{1: 1}, {2: 1}, {0: 0.25, 1: 0.5, 3: 0.25}], ids=str)
@pytest.mark.parametrize("unseen", ["", "b", "ac"])
def test_chances_of_sets_are_those_that_counting_all_orders_gives(ranking, taken, unseen):
    counted = by_counting(ranking, taken, unseen)
    for left in [*counted, frozenset("z")]:
        classes = cut_classes(ranking, taken, unseen, left)
        assert classes.happened == pytest.approx(float(counted[left]))
        squares = sum((float(p) - (each == left)) ** 2 for each, p in counted.items())
        squares += left not in counted
        assert brier(classes) == pytest.approx(squares)
        total = sum(p * n for p, n in zip(classes.chances, classes.times, strict=True))
        assert total == pytest.approx(1)


@pytest.mark.parametrize("ranking", RANKINGS, ids=str)
def test_chances_of_places_are_those_that_counting_all_orders_gives(ranking):
    every = orders(ranking)
    for team, chances in place_chances(ranking).items():
        counted = [sum(order[place] == team for order in every) / len(every) for place in range(len(chances))]
        assert chances.tolist() == pytest.approx(counted)


def test_thirty_two_teams_are_no_harder():
    teams = [f"t{i}" for i in range(32)]
    classes = cut_classes((teams,), {16: 1.0}, (), teams[:16])
    assert classes.happened == pytest.approx(1 / 601_080_390)  # 32 choose 16
    assert brier(classes) == pytest.approx(1 - 1 / 601_080_390)
