"""The text of `sim run`: a sentence first, within 80 columns, nothing claimed that was not found."""

import json
import re

import pytest
from rich.cells import cell_len

from tests.cli.command import BUNDLED, MINIMAL, SCENARIOS, command, once, process

LANGS = ("en", "ko")
RUNS = 300


@pytest.fixture(params=[(name, lang) for name in BUNDLED for lang in LANGS], ids=" ".join)
def told(request):
    """What is printed about each of our scenarios in each language."""
    name, lang = request.param
    return once("run", SCENARIOS / f"{name}.yaml", "--runs", RUNS, "--lang", lang)


def assert_plain(printed):
    assert printed.code == 0
    assert printed.err == ""
    too_wide = [line for line in printed.out.splitlines() if cell_len(line) > 80]
    assert too_wide == []
    assert "\x1b" not in printed.out
    assert not re.search(r"\b(nan|inf|None)\b", printed.out)


def test_our_scenarios_are_told_within_80_columns_and_without_codes(told):
    assert_plain(told)


def test_our_scenarios_are_told_on_a_screen(told):
    # About 25; options and what moves a team take theirs, and a second table if several stages are ahead.
    decided = any(word in told.out for word in ("[range]", "[범위]"))
    two_tables = any(word in told.out for word in ("AT ANY STAGE", "어느 단계에서든"))
    assert 20 <= len(told.out.splitlines()) <= 29 + 2 * decided + 7 * two_tables


def test_no_line_ends_in_blanks(told):
    assert [line for line in told.out.splitlines() if line != line.rstrip()] == []


def test_the_text_begins_with_a_sentence(told):
    opening = told.out[: told.out.index("\n\n")]
    first = re.match(r"[^\n].+?[%)다]\.\n", opening, re.DOTALL)
    assert first
    assert re.search(r"\d %", first[0])


HARD = {
    "nobody stays": ["stages.second.cut.keep=0"],
    "nobody leaves": ["stages.first.cut.keep=3", "stages.second.cut.keep=3"],
    "nobody has compute": ["hardware.B200.mfu=0"],
    "one is far behind": ["teams.red.effect=-60"],
    "one is far ahead": ["teams.red.effect=60"],
    "nothing is paid": ["hardware.B200.price=0"],
    "a target": ["frontier.target=0.95"],
    "an uncertain cut": ["stages.second.cut.keep={uniform: [0, 3]}"],
    "a gate that fails all": ["stages.second.gate.risk=1"],
    "a gate that fails most": ["stages.second.gate.risk=0.999"],
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("changes", HARD.values(), ids=HARD)
def test_the_corners_are_told_without_a_word_of_nonsense(changes, lang):
    options = [part for change in changes for part in ("--set", change)]
    assert_plain(once("run", MINIMAL, "--runs", RUNS, "--lang", lang, *options))


@pytest.mark.parametrize("runs", [1, 2, 10])
def test_very_few_runs_are_told_as_plainly(runs):
    printed = command("run", MINIMAL, "--runs", runs)
    assert_plain(printed)
    assert "1 runs" not in printed.out


def sentence(*changes, runs=RUNS):
    """The opening of the text, on one line."""
    options = [part for change in changes for part in ("--set", change)]
    printed = once("run", MINIMAL, "--runs", runs, "--lang", "en", *options).out
    return " ".join(printed.split("\n\n")[0].split())


@pytest.mark.parametrize("effect", [-60, 60])
def test_the_sentence_calls_nothing_impossible_or_certain_that_dice_decided(effect):
    said = sentence(f"teams.red.effect={effect}", "stages.first.cut.keep=3")
    assert not re.search(r"(?<![\d.<>])(0|100) %", said), said


def test_the_sentence_does_not_round_most_runs_to_all_runs():
    said = sentence("stages.second.gate={risk: 0.002, mode: apart}", runs=2000)
    assert re.search(r"Still in after second: 1 of 3 teams \(([\d.>]+) % of runs\)", said), said
    assert "(100 %" not in said


def test_the_sentence_names_the_best_and_the_last():
    said = sentence("teams.red.effect=3", "teams.blue.effect=-3", runs=3000)
    assert re.search(r"most often Red \(\d+ %\), least often Blue \(\d+ %\)\.", said), said


def test_the_sentence_names_nobody_where_dice_do_not_tell_the_teams_apart():
    printed = once("run", SCENARIOS / "equal-teams.yaml", "--runs", RUNS, "--lang", "en").out
    assert "none more often than another (about 40 % each)." in " ".join(printed.split())


def test_the_numbers_in_the_table_are_those_of_the_json():
    teams = json.loads(once("run", MINIMAL, "--runs", RUNS, "--json").out)["teams"]
    printed = once("run", MINIMAL, "--runs", RUNS, "--lang", "en").out
    for name, team in (("Red", "red"), ("Blue", "blue"), ("Green", "green")):
        (row,) = re.findall(rf"^  {name} +(\d+) +(\d+) +(\d+)$", printed, re.MULTILINE)
        parts = [*(teams[team]["stages"][s]["leaves"] for s in ("first", "second")), teams[team]["selected"]]
        assert [int(cell) for cell in row] == [int(100 * part["p"] + 0.5) for part in parts]


def test_the_dice_alone_are_the_widest_error_of_any_chance_in_the_table():
    teams = json.loads(once("run", MINIMAL, "--runs", RUNS, "--json").out)["teams"].values()
    chances = [team["selected"] for team in teams]
    chances += [
        team["stages"][s][c] for team in teams for s in ("first", "second") for c in ("leaves", "kept")
    ]
    widest = 50 * max(each["high"] - each["low"] for each in chances)
    (told,) = re.findall(r"±([\d.]+) points", once("run", MINIMAL, "--runs", RUNS, "--lang", "en").out)
    assert widest <= float(told) < widest + 0.1


def test_a_pipe_gets_the_same_text_without_codes():
    arguments = ("run", MINIMAL, "--runs", RUNS, "--lang", "ko")
    printed = process(*arguments)
    assert_plain(printed)
    assert printed.out == once(*arguments).out
