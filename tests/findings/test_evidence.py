"""Numbers that facts moved: by how much, and as a table and back."""

import pytest

from sim.findings.evidence import NUMBERS, MovedNumber, Spread, numbers_table, read_numbers
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
