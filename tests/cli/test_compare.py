"""`sim compare`: what it prints, within 80 columns and without a claim that was not found."""

import json

import pytest
from rich.cells import cell_len

from tests.cli.command import command, once

CHANGED = "k-ai --set stages.stage-3.grants.gpus.lg.B200=2000"


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "given", [("k-ai", CHANGED), ("k-ai", "k-ai", "one-finalist"), ("minimal", "k-ai")], ids=str
)
def test_it_fits_and_has_a_column_and_a_label_for_every_scenario(given, lang):
    printed = once("compare", *given, "--runs", 300, "--lang", lang)
    assert (printed.code, printed.err) == (0, "")
    assert [line for line in printed.out.splitlines() if cell_len(line) > 80] == []
    for letter, name in zip("ABC", given, strict=False):
        assert f"{letter}  {name[:60]}" in printed.out


def test_the_first_rows_are_gpu_hours_and_won_and_then_what_differs():
    lines = once("compare", "k-ai", CHANGED, "--runs", 300).out.splitlines()
    hours = next(i for i, line in enumerate(lines) if line.startswith("GPU-hours granted"))
    assert lines[hours].split()[-2:] == ["27.7M", "31.4M"]
    assert lines[hours + 1].split()[-2:] == ["2,306", "2,654"]
    assert lines[hours + 2] == "WHAT DIFFERS, A AND B"
    assert lines[hours + 3].startswith("  stages.stage-3.grants.gpus.lg")


def test_chances_are_those_of_the_runs_alone():
    printed = once("compare", "k-ai", CHANGED, "--runs", 300).out
    for at, changes in ((0, ()), (1, ("--set", "stages.stage-3.grants.gpus.lg.B200=2000"))):
        teams = json.loads(command("run", "k-ai", "--runs", 300, "--json", *changes).out)["teams"]
        (row,) = (line.split() for line in printed.splitlines() if line.startswith("  LG AI Research "))
        assert row[3 + at] == str(int(100 * teams["lg"]["selected"]["p"] + 0.5))


def test_scenarios_that_do_not_differ_are_told_as_such():
    printed = once("compare", "k-ai", "k-ai", "one-finalist", "--runs", 300, "--lang", "en").out
    assert "no value differs" in printed
    assert "No run has other fates." in printed


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("k-ai",), "sim: "),
        (("k-ai", "k-aj"), "k-aj: no such file (did you mean 'k-ai'?)"),
        (("k-ai", "k-ai --sat x=1"), "sim: 'k-ai --sat x=1': expected FILE --set PATH=VALUE ..."),
        (("k-ai", "k-ai --set"), "sim: 'k-ai --set': expected FILE --set PATH=VALUE ..."),
        (("k-ai", "k-ai --set stages.stage-3.cut.kep=1"), "unknown key 'kep' (did you mean 'keep'?)"),
        (("minimal",) * 7, "sim: 7 scenarios, expected at most 6"),
        (("k-ai", "'k-ai"), "sim: "),
    ],
)
def test_a_mistake_is_one_line(given, said):
    printed = command("compare", *given)
    assert printed.code == 2
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
