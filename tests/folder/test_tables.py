"""Tables in files: no spreadsheet takes a name for a formula, and each is read back as it was."""

import csv

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.folder.tables import read_table, write_table
from tests.helpers import quiet, stage
from tests.stats.small import JURY

FORMULAS = ("=1+1", "+82-2-1234", "-2", "@SUM(A1)", "=cmd|' /C calc'!A1", "'=1", "''", "'", "a=b")
TEAMS = {f"t{i}": {"name": name} for i, name in enumerate(FORMULAS[:4])}


def cells_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def formula_in_seven(world):
    yield world.env.timeout(1)
    if world.index == 7:
        raise ValueError("=HYPERLINK(A1)")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    scenario = quiet(TEAMS, [stage(1, JURY, cut={"keep": 2}, name="+final")], doubts={"teams.t0.effect": [1]})
    with pytest.warns(sim.ResultsWarning, match="failed"):
        failed = sim.run(scenario, 60, processes=[formula_in_seven])
    with pytest.warns(sim.ResultsWarning, match="only the default option"):
        failed.save(folder / "failed")
    result = sim.run(scenario, 60)
    result.save(folder / "run")
    sim.compare([scenario, scenario], 60).save(folder / "comparison")
    return folder, result


def test_no_cell_of_a_saved_table_begins_like_a_formula(saved):
    folder, _ = saved
    tables = sorted(folder.rglob("*.csv"))
    assert [path.name for path in tables if not path.stem.endswith("-en")] == [  # these are figures' data
        *("differences.csv", "chances.csv", "failures.csv", "responses.csv"),
        *("chances.csv", "options.csv", "responses.csv"),
    ]
    for path in tables:
        bad = [cell for cell in cells_of(path) if cell[:1] in tuple("=+-@\t\r") and not is_number(cell)]
        assert bad == []
    assert "'=1+1" in cells_of(folder / "run" / "chances.csv")
    assert "'=HYPERLINK(A1)" in cells_of(folder / "failed" / "failures.csv")


def test_they_are_read_back_as_they_were(saved):
    folder, result = saved
    read, tables = result.study.read_tables(folder / "run"), result.tables()
    assert {"chances.csv", "options.csv"} <= read.keys() & tables.keys()
    for name, table in ((name, table) for name, table in read.items() if name in tables):
        for column in ("team", "team_en", "team_ko", "stage_en", "stage_ko"):
            if column in table:
                assert table[column].tolist() == tables[name][column].tolist()


def test_figures_show_the_real_names(saved):
    folder, _ = saved
    text = (folder / "run" / "leaving-en.svg").read_text(encoding="utf-8")
    assert "=1+1" in text
    assert "'=1+1" not in text


any_text = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"))
texts = st.one_of(st.sampled_from([*FORMULAS, "NA", "007"]), any_text)


@given(st.lists(texts, min_size=1, max_size=6), st.lists(st.floats(-5, 5), min_size=6, max_size=6))
def test_any_words_and_numbers_come_back(tmp_path_factory, words, numbers):
    path = tmp_path_factory.mktemp("any") / "table.csv"
    table = pd.DataFrame({"word": words, "number": numbers[: len(words)]})
    write_table(table, path)
    again = read_table(path, ["number"])
    assert again.word.tolist() == words
    assert again.number.tolist() == table.number.tolist()
    assert not any(cell.startswith(("=", "@")) for cell in cells_of(path))
