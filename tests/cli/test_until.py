"""`--until-halfwidth`, as people type it."""

import json
import re

import pytest

from tests.cli.command import MINIMAL, command


@pytest.mark.parametrize("asked", ["0.02", "2%", " 2 %"])
def test_every_chance_of_a_run_is_so_precise(asked):
    told = json.loads(command("run", MINIMAL, "--until-halfwidth", asked, "--json").out)
    for team in told["teams"].values():
        for chance in ("leaves_at_all", "selected"):
            assert team[chance]["high"] - team[chance]["low"] <= 0.04
    assert told["runs"] > 2000


def test_the_text_tells_how_many_runs_and_what_is_left_to_the_dice():
    text = command("run", MINIMAL, "--until-halfwidth", "0.02").out
    assert re.search(r" · [34],\d00 runs, seed 1", text)
    (margin,) = re.findall(r"Dice ±([\d.]+)\.\n", text)
    assert float(margin) <= 2.0


def test_a_sweep_is_precise_at_every_point(tmp_path):
    vary = "stages.first.cut.keep=1,2,3"
    assert command("sweep", MINIMAL, "--vary", vary, "--until-halfwidth", "0.02", "--out", tmp_path).code == 0
    said = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert said["request"]["until_halfwidth"] == 0.02
    ((start, stop),) = said["ranges"]
    assert (start, stop > 2000) == (0, True)


@pytest.mark.parametrize("verb", [("run",), ("sweep", "--vary", "stages.first.cut.keep=1,2")])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--until-halfwidth", "0.5"),
            "--until-halfwidth 0.5: expected 0.0001 to 0.1; 0.005 is half a point",
        ),
        (("--until-halfwidth", "0"), "--until-halfwidth 0: expected 0.0001 to 0.1"),
        (("--until-halfwidth", "half"), "'half', expected a share such as 0.005, or 0.5%"),
        (("--until-halfwidth", "0.01", "--runs", "5"), "--runs and --until-halfwidth: expected one of them"),
        (
            ("--until-halfwidth", "0.01", "--replications", "5:6"),
            "--replications and --until-halfwidth: expected one of them",
        ),
    ],
)
def test_a_mistake_is_one_line(verb, arguments, said):
    name, *more = verb
    printed = command(name, MINIMAL, *more, *arguments)
    assert (printed.code, printed.out) == (2, "")
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1
