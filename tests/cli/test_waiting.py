"""A result on another day: what `sim compare` and `sim run` say of it, against what a hand works out."""

import json
import re

import pytest

from tests.cli.command import command

LATER = "minimal --set stages.second.result=2027-03-16"  # 60 days after 2027-01-15
SHIFTED = "minimal --set stages.second.shift=60"
SECOND = "stages.second"

WAITED = 12 * 60 / 365.25
"""Months of the frontier's growth in 60 days."""

TRAINED_LATER = WAITED * (1 - 8.9 / 15.5)
"""The same less what software gains meanwhile by the scenario's defaults, told in months of the frontier."""


def compared(*given):
    printed = command("compare", *given, "--runs", 200)
    assert printed.code == 0, printed.err
    return " ".join(printed.out.split())


@pytest.mark.parametrize(("given", "months"), [(LATER, WAITED), (SHIFTED, TRAINED_LATER)])
def test_a_comparison_says_that_the_gap_grows_and_that_chances_stay(given, months):
    told = compared("minimal", given)
    assert (
        f"by +60 days and training stays as long: the gap to the world's best changes by {months:+.1f} months"
        in told
    )
    assert "nobody's chance changes" in told


def test_an_earlier_result_is_nearer():
    assert (
        f"by -60 days and training stays as long: the gap to the world's best changes by -{WAITED:.1f}"
        in compared(LATER, "minimal")
    )


@pytest.mark.parametrize(
    "change",
    [
        "second.train='2026-07-16 to 2027-01-14'",  # training is longer, too
        "second.shift=60 --set stages.second.cut.keep=2",  # more differs than days
        "first.result=2026-07-14",  # the last result stays where it was
    ],
)
def test_it_is_silent_where_more_differs_or_nothing_waits(change):
    assert "the last result moves" not in compared("minimal", f"minimal --set stages.{change}")


def test_a_run_with_a_shift_says_it_and_json_has_the_numbers():
    given = ("run", "minimal", "--set", f"{SECOND}.shift=60", "--runs", 500)
    told = " ".join(command(*given).out.split())
    assert "nobody's chance of leaving changes" in told
    found = json.loads(command(*given, "--json").out)["wait"]
    assert (found["days"], found["same_fates"]) == (60, True)
    assert found["months"] == pytest.approx(TRAINED_LATER, abs=0.05)  # counted to a tenth


def test_where_fates_change_it_is_said():
    """Points against a target model do not wait: two years later many more teams have them all."""
    exam = f"{SECOND}.points.exam.items={{x: {{max: 60, target: 140}}}}"
    printed = command("run", "minimal", "--set", exam, "--set", f"{SECOND}.shift=730", "--runs", 500)
    assert printed.code == 0, printed.err
    assert "in some runs other teams leave" in " ".join(printed.out.split())


def test_a_run_without_a_shift_says_nothing_of_waiting():
    printed = command("run", "minimal", "--runs", 100, "--json")
    assert "wait" not in json.loads(printed.out)


def test_korean_says_both():
    told = command("compare", "minimal", LATER, "--runs", 100, "--lang", "ko").out
    assert re.search(r"\+60일 이동.*\+2\.0개월.*달라지지 않는다", " ".join(told.split()))
