"""A key that is the same for every team: run, compare and sweep say so where nothing moves."""

import pytest
from rich.cells import cell_len

from tests.cli.command import command, once


def words(text):
    return " ".join(text.split())


def test_a_run_says_that_what_was_set_moves_nobody_and_what_would_move_one():
    english, korean = (
        once("run", "minimal", "--runs", 300, "--set", "hardware.B200.mfu=0.5", "--lang", lang).out
        for lang in ("en", "ko")
    )
    told = "moves nobody's chance of leaving: in 500 runs the same teams leave as without it."
    assert f"--set hardware.B200.mfu {told}" in words(english)
    assert "to move one, set teams.red.mfu.B200." in words(english)
    assert "한 팀만 바꾸려면 teams.red.mfu.B200 값을 정한다." in words(korean)
    assert [line for text in (english, korean) for line in text.splitlines() if cell_len(line) > 80] == []


@pytest.mark.parametrize(
    "change",
    [
        "teams.red.mfu.B200=0.5",  # of one team
        "stages.first.cut.keep=1",  # moves somebody
        "hardware.B200.mfu=0.23",  # what the file has: nothing was changed
        "judging.follows_strength=0.9",  # of all, and it moves somebody
        "stages.second.shift=60 days",  # of which it is told what waiting does
    ],
)
def test_else_nothing_is_said(change):
    assert "moves nobody" not in words(once("run", "minimal", "--runs", 300, "--set", change).out)
    assert "moves nobody" not in words(once("run", "minimal", "--runs", 300).out)


def test_a_price_moves_money_alone():
    text = words(once("run", "minimal", "--runs", 300, "--set", "hardware.B200.price=20000 KRW").out)
    assert "--set hardware.B200.price moves nobody's chance of leaving" in text


def test_a_comparison_says_so_after_its_first_sentence():
    text = words(command("compare", "minimal", "minimal --set hardware.B200.mfu=0.5", "--runs", 200).out)
    assert "run by run, the same teams leave. hardware.B200.mfu is the same for every team." in text
    assert "To move one team, set teams.red.mfu.B200." in text
    one = words(command("compare", "minimal", "minimal --set teams.red.mfu.B200=0.5", "--runs", 200).out)
    assert "the same for every team" not in one


def test_a_sweep_says_so_below_its_table():
    swept = command("sweep", "minimal", "--vary", "hardware.B200.mfu=0.1,0.3", "--runs", 200).out
    told = "In as many runs each team leaves at every point: hardware.B200.mfu is the same for every team."
    assert told in words(swept)
    moved = command("sweep", "minimal", "--vary", "teams.red.mfu.B200=0.1,0.3", "--runs", 200).out
    assert "the same for every team" not in moved
