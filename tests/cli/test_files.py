"""`--out`, and `sim plot` on what it leaves: files that other programs open."""

import csv
import json
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from rich.cells import cell_len

from tests.cli.command import MINIMAL, SCENARIOS, command

SCENARIO = SCENARIOS / "k-ai-2025-plan.yaml"
RUNS = 200
BOM = b"\xef\xbb\xbf"
KINDS = ("ends", "leaving", "survival")
BY_ROWS = ("totals", "strength", "growth")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a run with Korean figures, and what was printed."""
    folder = tmp_path_factory.mktemp("made") / "out"
    return folder, command("run", SCENARIO, "--runs", RUNS, "--out", folder, "--lang", "ko")


def figures(langs, kinds=(*KINDS, *BY_ROWS)):
    suffixes = ("png", "svg", "txt", "csv")
    return {f"{kind}-{lang}.{suffix}" for kind in kinds for lang in langs for suffix in suffixes}


def test_a_saved_run_ends_well_and_leaves_the_files_it_should(made):
    folder, printed = made
    assert printed.code == 0
    expected = {"manifest.json", "chances.csv", "responses.csv", "result.json", "results.xlsx"}
    expected |= {"rows", "counts"} | figures(["ko"])
    assert {path.name for path in folder.iterdir()} == expected
    assert all(path.stat().st_size > 0 for path in folder.rglob("*"))


def test_a_saved_run_says_how_many_files_are_where(made):
    folder, printed = made
    beside = {name for name in figures(["ko"]) if not name.endswith(".png")}
    files = [path for path in folder.iterdir() if path.is_file() and path.name not in beside]
    said = printed.out.replace("\n", "").replace(" ", "")
    assert str(folder).replace(" ", "") in said
    assert f"파일{len(files) + 1}개" in said  # and the rows, as one


@pytest.mark.parametrize("name", ["chances.csv", "responses.csv"])
def test_tables_open_in_a_spreadsheet_on_korean_windows(made, name):
    content = (made[0] / name).read_bytes()
    assert content.startswith(BOM)
    assert content.count(b"\n") == content.count(b"\r\n") > 5
    content.decode("utf-8-sig")


def test_the_table_of_chances_reads_back_as_it_was(made):
    table: Any = pd.read_csv(made[0] / "chances.csv", encoding="utf-8-sig", keep_default_na=False)
    told = json.loads((made[0] / "result.json").read_text(encoding="utf-8"))
    assert "LG AI연구원" in set(table.team_ko)
    assert len(table) == 3 * 5 * 6 + 5 * 3
    for row in table.itertuples():
        team = told["teams"][row.team]
        chance = (team["stages"][row.stage] if row.stage else team)[row.chance]
        exact = [float(each) for each in (row.p, row.low, row.high)]
        assert [chance["p"], chance["low"], chance["high"]] == pytest.approx(exact, rel=1e-8)


def test_pandas_reads_the_tables_without_being_told_of_the_mark(made):
    assert pd.read_csv(made[0] / "chances.csv").columns[0] == "stage"
    assert pd.read_csv(made[0] / "responses.csv").columns[0] == "response"


def test_every_line_of_a_table_has_as_many_cells(made):
    for name in ("chances.csv", "responses.csv"):
        with (made[0] / name).open(encoding="utf-8-sig", newline="") as file:
            assert len({len(row) for row in csv.reader(file)}) == 1


def test_the_saved_json_is_what_json_prints(made):
    printed = command("run", SCENARIO, "--runs", RUNS, "--json").out
    assert (made[0] / "result.json").read_text(encoding="utf-8") == printed


def test_rows_are_those_of_the_run(made):
    (path,) = (made[0] / "rows").glob("*.parquet")
    rows = pd.read_parquet(path)
    assert len(rows) == RUNS * 15
    told = json.loads((made[0] / "result.json").read_text(encoding="utf-8"))
    left = told["teams"]["skt"]["stages"]["stage-1"]
    mine = rows[(rows.team == "skt") & (rows.stage == "stage-1")]
    assert left["by_points"]["p"] == (mine.fate == "out-by-points").mean()


def test_the_manifest_names_the_command(made):
    found = json.loads((made[0] / "manifest.json").read_text(encoding="utf-8"))
    assert found["ranges"] == found["request"]["ranges"] == [[0, RUNS]]
    assert found["command"]


def test_results_of_another_run_are_refused(made):
    printed = command("run", SCENARIO, "--runs", RUNS + 1, "--out", made[0])
    assert (printed.code, printed.out) == (2, "")
    assert "another run" in printed.err
    assert len(printed.err.splitlines()) == 1


@pytest.fixture(scope="module")
def plotted(made):
    """What `sim plot` printed and the files that it drew into a folder of results."""
    folder = made[0]
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    return folder, before, command("plot", folder)


def test_plot_draws_both_figures_in_both_languages(plotted):
    folder, _, printed = plotted
    assert printed.code == 0
    assert figures(["en", "ko"]) <= {path.name for path in folder.iterdir()}
    pictures = {name for name in figures(["en", "ko"]) if name.endswith(".png")}
    assert all(name in printed.out for name in pictures)
    assert "each with .svg, .txt and .csv beside it" in printed.out


def test_plot_says_no_more_than_that_and_within_80_columns(plotted):
    assert plotted[2].err == ""
    assert [line for line in plotted[2].out.splitlines() if cell_len(line) > 80] == []


def test_plot_draws_what_the_run_drew(plotted):
    folder, before, _ = plotted
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_figures_are_what_their_names_say(plotted):
    folder = plotted[0]
    for name in figures(["en", "ko"]):
        content = (folder / name).read_bytes()
        if name.endswith("png"):
            assert content.startswith(b"\x89PNG\r\n")
            assert content[16:24] != bytes(8)
        elif name.endswith("svg"):
            assert ElementTree.fromstring(content).tag.endswith("svg")
        elif name.endswith("csv"):
            assert content.startswith(BOM)
            assert len(content.splitlines()) > 2
        else:
            assert len(content.decode("utf-8").splitlines()) > 3


def test_plot_of_one_language_draws_no_other(made, tmp_path):
    for name in ("manifest.json", "chances.csv"):
        (tmp_path / name).write_bytes((made[0] / name).read_bytes())
    printed = command("plot", tmp_path, "--lang", "ko")
    assert printed.code == 0
    assert {path.name for path in tmp_path.iterdir()} == figures(["ko"], KINDS) | {
        "manifest.json",
        "chances.csv",
    }


def test_a_good_run_that_saves_says_nothing_on_stderr(tmp_path):
    printed = command("run", SCENARIO, "--runs", 20, "--out", tmp_path / "out", "--keep", "counts", "--json")
    assert (printed.code, printed.err) == (0, "")
    assert math.isclose(json.loads(printed.out)["runs"], 20)
    assert not (Path(tmp_path) / "out" / "rows").exists()


def test_a_folder_whose_run_was_broken_off_is_told_as_such_and_may_be_used_again(tmp_path):
    out = tmp_path / "out"
    assert command("run", MINIMAL, "--runs", 40, "--out", out).code == 0
    unfinished = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    unfinished.pop("parts")
    for path in [path for path in out.rglob("*") if path.is_file()]:
        path.unlink()
    (out / "manifest.json").write_text(json.dumps(unfinished), encoding="utf-8")
    told = command("plot", out)
    assert (told.code, told.out) == (2, "")
    assert "did not finish" in told.err
    assert command("run", MINIMAL, "--runs", 60, "--out", out).code == 0


def test_a_file_in_the_place_of_the_folder_is_told_as_such(tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    told = command("run", MINIMAL, "--runs", 40, "--out", tmp_path / "file")
    assert told.code == 2
    assert "a file, expected a folder" in told.err
