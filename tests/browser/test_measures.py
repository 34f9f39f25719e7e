"""What `python -m benchmarks.pages --hold 2` lets pass."""

import pytest

from benchmarks.pages.measure import Measure, of_many, slowness, tell


@pytest.mark.parametrize(
    ("found", "varies", "slow", "holds"),
    [
        (100, False, 1, True),
        (101, False, 1, False),
        (101, False, 3, False),
        (200, True, 1, True),
        (201, True, 1, False),
        (300, True, 1.5, True),
        (301, True, 1.5, False),
    ],
)
def test_what_varies_is_given_room_and_more_on_a_slow_machine(found, varies, slow, holds):
    assert Measure("size", found, 100, "kB", varies=varies).holds(2, slow) is holds


def test_of_many_times_the_middle_one_counts():
    found = of_many("step", [*range(1, 46)], 23)
    assert (found.found, found.varies) == (23, True)
    assert found.p90 is not None
    assert found.p90 > 40


def test_what_is_beyond_its_bar_is_marked(capsys):
    tell("pages", iter([Measure("held", 1, 1), Measure("not held", 2, 1)]))
    _, _, held, missed = capsys.readouterr().out.splitlines()
    assert "MISSED" not in held
    assert missed.endswith("MISSED")


def test_no_machine_is_taken_to_be_faster_than_the_quiet_one():
    assert slowness() >= 1
