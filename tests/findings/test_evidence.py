"""Numbers that facts moved: by how much, and as a table and back."""

import pytest

from sim.findings.evidence import NUMBERS, MovedNumber, Spread, not_apart, numbers_table, read_numbers
from sim.folder.tables import read_table, write_table
from sim.text import Lang


def number(before, after, path="a.b"):
    return MovedNumber(path, "what it means", "points", Spread(*before), Spread(*after))


def test_a_move_is_told_in_quarters_of_the_span_before():
    moved = number((1.0, 0.0, 2.0), (1.5, 0.5, 2.0))
    assert moved.span == 2.0
    assert moved.by == 1.0
    assert moved.is_moved
    assert not number((1.0, 0.0, 2.0), (1.04, 0.5, 2.0)).is_moved
    assert number((1.0, 1.0, 1.0), (1.0, 1.0, 1.0)).by == 0.0


@pytest.mark.parametrize(
    "numbers", [[], [number((1 / 3, 0.1, 0.7), (2e-9, -1.5, 3e9)), number((1, 0, 2), (2, 1, 3), "=c")]]
)
def test_a_table_of_numbers_comes_back_from_its_file(numbers, tmp_path):
    names: dict[Lang, list[str]] = {
        "en": [f"+{each.path}" for each in numbers],
        "ko": ["잡음"] * len(numbers),
    }
    table = numbers_table(numbers, names)
    write_table(table, tmp_path / "numbers.csv")
    again = read_table(tmp_path / "numbers.csv", NUMBERS)
    assert read_numbers(again) == numbers
    assert list(again["name_en"]) == names["en"]


SWING = [0.30, 0.34, 0.38, 0.42, 0.46, 0.50, 0.54, 0.58]
"""A chance by island: its dice are eight points to either side."""


def test_teams_whose_chances_swing_together_are_told_apart_by_the_least_difference():
    near = [each + 0.01 + 0.001 * (i % 2) for i, each in enumerate(SWING)]
    assert not_apart({"a": SWING, "b": near}) == ()
    assert not_apart({"a": SWING, "b": list(reversed(SWING))}) == (("a", "b"),)


def test_teams_that_have_one_chance_in_every_island_are_not_apart():
    assert not_apart({"a": SWING, "b": SWING}) == (("a", "b"),)


def test_dice_of_a_difference_are_those_of_student():
    # t(1) at 97.5 % is 12.7: two islands that differ by 0.1 and 0.12 say 0.11 +- 0.127.
    assert not_apart({"a": [0.2, 0.3], "b": [0.3, 0.42]}) == (("a", "b"),)
    # t(1) again, 0.11 +- 0.064
    assert not_apart({"a": [0.2, 0.3], "b": [0.305, 0.415]}) == ()


def test_groups_are_the_largest_and_in_the_order_of_the_file():
    jitter = [0.02, -0.02, 0.02, -0.02]
    chances = {
        "last": [0.9] * 4,
        "low": [0.10] * 4,
        "middle": [0.11 + each for each in jitter],  # not apart from either of its neighbours
        "high": [0.12] * 4,
    }
    assert not_apart(chances) == (("low", "middle"), ("middle", "high"))
    assert not_apart({**chances, "high": [0.10] * 4}) == (("low", "middle", "high"),)


def test_a_group_is_of_teams_that_follow_each_other():
    wide = [0.2, -0.2, 0.2, -0.2]
    chances = {"a": [0.10] * 4, "b": [0.11] * 4, "c": [0.12 + each for each in wide]}
    assert not_apart(chances) == (("b", "c"),)


def test_teams_whose_order_a_doubt_turns_round_are_not_apart():
    near = [each + 0.02 for each in SWING]
    assert not_apart({"a": SWING, "b": near}, [{"a": 0.3, "b": 0.5}]) == ()
    assert not_apart({"a": SWING, "b": near}, [{"a": 0.3, "b": 0.5}, {"a": 0.4, "b": 0.39}]) == (("a", "b"),)
    assert not_apart({"a": near, "b": SWING}, [{"a": 0.3, "b": 0.3}]) == (("a", "b"),)
