"""A replication that fails is counted out, told with what plays it alone, and a row: in every study alike."""

import csv
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.api import load
from sim.engines import batch
from sim.execute.case import Case
from sim.scenario import read_overrides
from sim.studies.question import find
from sim.studies.study import OwnCode
from tests.cli.command import command
from tests.playing import fail_in, watch_plays

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL = sim.load(SCENARIO)
SET = "capability.stage_spread=3"
MORE = "stages.first.cut.keep=1"
FAILS, RUNS, SEED = 7, 80, 4
EFFECTS = {"teams.red.effect": {"uniform": [-2, 2]}}


@pytest.fixture
def blank_folder(tmp_path):
    """A folder whose name needs quotes in a shell, with the scenario in it."""
    folder = tmp_path / "my files"
    folder.mkdir()
    (folder / "mine.yaml").write_text(SCENARIO.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def studied(kind, file, out):
    """The command of a study of `file`, with a value set, and what is saved of it in `out`."""
    arguments = {
        "run": ["run", file, "--set", SET],
        "sweep": ["sweep", file, "--set", SET, "--vary", "stages.first.cut.keep=2,1"],
        "sweep of files": ["sweep", file, "--set", SET, "--vary", f"FILE={file},{SCENARIO}"],
        "comparison": ["compare", f"'{file}' --set {SET} --set {MORE}", f"{SCENARIO}"],
        "sensitivity": ["sensitivity", file, "--set", SET, "--points", 64],
    }[kind]
    much = [] if kind == "sensitivity" else ["--runs", RUNS]
    much += [] if kind == "comparison" else ["--jobs", 1]
    return command(*arguments, *much, "--seed", SEED, "--out", out)


def rows_of(out):
    with (out / "failures.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


TIMES = {"run": 1, "sweep": 2, "sweep of files": 2, "comparison": 1, "sensitivity": 2}
"""Rows of one replication that always fails: one of each point, of each scenario or sample none but once."""


@pytest.mark.parametrize("kind", TIMES)
def test_it_is_counted_out_told_and_a_row_with_the_command_that_plays_it_alone(
    monkeypatch, blank_folder, kind
):
    fail_in(monkeypatch, FAILS)
    file, out = blank_folder / "mine.yaml", blank_folder / "out"
    told = studied(kind, file, out)
    assert told.code == 0, told.err
    (line,) = [line for line in told.err.splitlines() if "replications failed and are not counted." in line]
    rows = rows_of(out)
    assert len(rows) == TIMES[kind]
    for row in rows:
        assert [row[key] for key in ("seed", "replication", "error", "message")] == [
            *(f"{SEED}", f"{FAILS}", "ZeroDivisionError", f"no power in {FAILS}"),
        ]
    assert line.endswith(f"To see it: {rows[0]['command']}")
    assert "failures.csv" in command("results", "show", out).out
    assert command("resume", out).out.startswith("Complete")
    for row in rows:
        name, verb, *arguments = shlex.split(row["command"])
        assert (name, verb, arguments[0]) in {("sim", "run", str(file)), ("sim", "run", str(SCENARIO))}
        with pytest.raises(ZeroDivisionError, match=f"no power in {FAILS}"):
            command(verb, *arguments)


@pytest.mark.parametrize("kind", TIMES)
def test_the_command_plays_the_very_world_that_failed(monkeypatch, blank_folder, kind):
    """The same scenario, inputs, seed and replication, whatever was varied or drawn where it failed."""
    failed = []
    play = batch.play_batch

    def noted(scenario, source, start, stop):
        if start <= FAILS < stop:
            if stop - start == 1:
                failed.append(play(scenario, source, start, stop))
            raise ZeroDivisionError

    with monkeypatch.context() as patch:
        watch_plays(patch, noted)
        assert studied(kind, blank_folder / "mine.yaml", blank_folder / "out").code == 0
    rows = rows_of(blank_folder / "out")
    assert len(failed) >= len(rows) == TIMES[kind]
    for row, world in zip(rows, failed, strict=False):
        _, _, file, *options = shlex.split(row["command"])
        sets = [value for option, value in pairwise(options) if option == "--set"]
        again = Case(load(file, read_overrides(sets)), SEED, "batch").play(FAILS, FAILS + 1)
        for here, there in zip(again.stages, world.stages, strict=True):
            if kind == "sensitivity":
                # Points of judges are scaled by the spread that a law has, which a value set has not.
                np.testing.assert_allclose(here.compute, there.compute, rtol=1e-12)
                np.testing.assert_allclose(again.stages[0].capability, world.stages[0].capability, rtol=1e-12)
                continue
            assert (here.fate == there.fate).all()
            np.testing.assert_allclose(here.capability, there.capability, rtol=1e-12)
            np.testing.assert_allclose(here.total, there.total, rtol=1e-12)


def test_in_a_comparison_it_is_counted_out_of_both_sides(monkeypatch):
    """The one in which it fails is named; the other has the same replications, so that pairs are pairs."""
    other = sim.load(SCENARIO, {"stages.first.cut.keep": 1})
    whole = sim.compare([MINIMAL, other], RUNS, SEED)
    with monkeypatch.context() as patch:
        fail_in(patch, FAILS, other)
        with pytest.warns(sim.ResultsWarning, match="sim run b.yaml --seed 4 --replications 7:8"):
            found = sim.compare([MINIMAL, other], RUNS, SEED, given=["a.yaml", "b.yaml"], jobs=1)
    ends = (0, FAILS), (FAILS + 1, RUNS)
    before, after = (sim.compare([MINIMAL, other], seed=SEED, replications=each) for each in ends)
    assert [one.tally.runs for one in found.summaries] == [RUNS - 1] * 2
    expected = before.counts + after.counts
    assert found.counts.pairs == expected.pairs != whole.counts.pairs


def test_in_a_sweep_it_is_counted_out_of_its_point_alone(monkeypatch):
    vary = "stages.first.cut.keep=2,1"
    alone = sim.load(SCENARIO, {"stages.first.cut.keep": 1}).settled()
    fail_in(monkeypatch, FAILS, alone)
    with pytest.warns(sim.ResultsWarning, match="point 1, default: 1 of 80 replications failed"):
        found = sim.sweep(SCENARIO, vary, RUNS, SEED, jobs=1)
    assert [summary.tally.runs for summary in found.summaries] == [RUNS, RUNS - 1]
    assert [failure.replication for failure in found.failures] == [FAILS]


@pytest.mark.parametrize("question", ["red leaves", "blue leaves at first"])
def test_a_search_passes_over_it_and_tells(monkeypatch, question):
    case = Case(MINIMAL, SEED, "batch")
    found = find(case, question).replication
    assert found is not None
    later = find(case, question, found + 1).replication
    fail_in(monkeypatch, found)
    again = find(case, question)
    assert again.replication == later
    assert [failure.replication for failure in again.failures] == [found]
    told = command("trace", SCENARIO, "--seed", SEED, "--find", question)
    assert told.code == 0
    (line,) = told.err.splitlines()
    assert f"1 replications failed and were passed over. replication {found}: ZeroDivisionError" in line
    _, verb, *arguments = shlex.split(line.rpartition("To see it: ")[2])
    with pytest.raises(ZeroDivisionError, match=f"no power in {found}"):
        command(verb, *arguments)


def test_what_failed_behind_what_was_found_is_not_told_of(monkeypatch):
    case = Case(MINIMAL, SEED, "batch")
    found = find(case, "red leaves").replication
    assert found is not None
    fail_in(monkeypatch, found + 1)
    assert find(case, "red leaves") == (found, ())


def only_seven(world):
    """A process of a user's own that cannot cope with one replication."""
    yield world.env.timeout(1)
    if world.index == FAILS:
        raise ZeroDivisionError


def test_with_code_of_ones_own_every_study_says_how_python_plays_it():
    own: dict[str, Any] = {"processes": [only_seven], "jobs": 1}
    expected = r"sim\.run\(scenario, seed=4, replications=\(7, 8\), processes=\[only_seven\]\)"
    for play in (
        lambda: sim.run(MINIMAL, 12, SEED, **own),
        lambda: sim.sweep(MINIMAL, "stages.first.cut.keep=2", 12, SEED, **own),
        lambda: sim.compare([MINIMAL, MINIMAL], 12, SEED, **own),
    ):
        with pytest.warns(sim.ResultsWarning, match=expected):
            assert len(play().failures) == 1
    case = OwnCode(processes=(only_seven,)).case(MINIMAL, SEED)
    assert find(replace(case), "red leaves", FAILS, 1).failures[0].replication == FAILS
