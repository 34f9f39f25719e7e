"""Whoever asks for very many rows is told how large they will be."""

import warnings
from pathlib import Path

import pytest

import sim
from sim.execute.case import Case
from sim.execute.group import tally_group
from sim.folder import rows
from sim.folder.rows import part_files
from sim.studies import save
from tests.cli.command import command

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL = sim.load(SCENARIO)
RUNS = 20_000
ROWS = RUNS * 6


@pytest.mark.parametrize("name", ["minimal", "k-ai", "k-ai-2025-plan"])
def test_the_size_told_is_about_the_size_written(tmp_path, monkeypatch, name):
    scenario = sim.load(SCENARIO.with_name(f"{name}.yaml"))
    sim.run(scenario, RUNS, out=tmp_path)
    written = sum(path.stat().st_size for path in part_files(tmp_path))
    told: list[tuple[int, float]] = []
    monkeypatch.setattr(save, "MANY_ROWS", 1)
    monkeypatch.setattr(save, "warn_of_size", lambda out, rows, size: told.append((rows, size)))
    save._warn_of_many_rows(tmp_path / "new", tally_group(Case(scenario, 1, "batch"), [(0, RUNS)]))
    ((rows, said),) = told
    assert rows == RUNS * len(scenario.stages) * len(scenario.teams)
    assert 0.8 * written < said < 1.5 * written


def test_it_is_told_before_anything_is_written_and_only_from_so_many_rows_on(tmp_path, monkeypatch):
    monkeypatch.setattr(save, "MANY_ROWS", ROWS)
    with pytest.warns(sim.ResultsWarning, match=r"120,000 rows, about \d+ MB, will be written \(.* free\)"):
        sim.run(MINIMAL, RUNS, out=tmp_path / "one")
    with warnings.catch_warnings():  # which are errors here
        sim.run(MINIMAL, RUNS, out=tmp_path / "one")  # nothing is left to be written
        sim.run(MINIMAL, RUNS - 1, out=tmp_path / "two")
        sim.run(MINIMAL, RUNS, out=tmp_path / "three", keep="counts")
        sim.run(MINIMAL, RUNS)


def test_ten_million_rows_are_many():
    assert rows.MANY_ROWS == 10**7


def test_the_command_says_it_on_stderr_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(save, "MANY_ROWS", ROWS)
    told = command("run", SCENARIO, "--runs", RUNS, "--out", tmp_path / "out", "--json")
    assert told.code == 0
    assert told.err.startswith(f"sim: {tmp_path / 'out'}: 120,000 rows, about ")
    assert len(told.err.splitlines()) == 1
