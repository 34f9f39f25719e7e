"""Which folders a run may write to, and what is in them afterwards."""

import errno
import hashlib
import json
from pathlib import Path

import pytest

import sim
from sim.folder import rows as parts
from sim.folder.files import write_atomically

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL = sim.load(SCENARIO)
RUNS = 40


def content(folder):
    """Every file below a folder with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def read(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    sim.run(MINIMAL, RUNS, out=folder)
    return folder


def test_a_folder_is_made_with_its_parents(tmp_path):
    sim.run(MINIMAL, RUNS, out=tmp_path / "a" / "b" / "결과")
    assert parts.part_files(tmp_path / "a" / "b" / "결과")


def test_an_empty_folder_will_do(tmp_path):
    sim.run(MINIMAL, RUNS, out=tmp_path)
    part = parts.part_name(0, RUNS)
    assert set(content(tmp_path)) == {"manifest.json", f"rows/{part}.parquet", f"counts/{part}.json.gz"}


def test_the_same_run_again_leaves_the_same_files(results):
    before = content(results)
    sim.run(MINIMAL, RUNS, out=results)
    assert content(results) == before


@pytest.mark.parametrize(
    "other",
    [{"runs": RUNS + 1}, {"seed": 2}, {"replications": (1, RUNS)}, {"engine": "event"}, {"keep": "counts"}],
    ids=str,
)
def test_results_of_another_run_are_refused_and_left_alone(results, other):
    before = content(results)
    with pytest.raises(sim.ResultsError, match="results of another run"):
        sim.run(MINIMAL, **({"runs": RUNS} | other), out=results)
    assert content(results) == before


def test_results_of_another_scenario_are_refused_and_left_alone(results):
    before = content(results)
    with pytest.raises(sim.ResultsError, match="scenario_hash"):
        sim.run(sim.load(SCENARIO, {"stages.first.cut.keep": 1}), RUNS, out=results)
    assert content(results) == before


def test_results_by_other_rules_are_refused_and_left_alone(results):
    before = content(results)
    with pytest.raises(sim.ResultsError, match="own_rules"):
        sim.run(
            MINIMAL, RUNS, rules={"cut": lambda rank, field, keep, drop: field & (rank <= 1)}, out=results
        )
    assert content(results) == before


def test_a_folder_with_anything_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work", encoding="utf-8")
    with pytest.raises(sim.ResultsError, match="not empty"):
        sim.run(MINIMAL, RUNS, out=tmp_path)
    assert content(tmp_path) == {"thesis.txt": b"three years of work"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', '{"format": 1'])
def test_a_manifest_that_is_none_of_ours_is_refused_and_left_alone(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(sim.ResultsError):
        sim.run(MINIMAL, RUNS, out=tmp_path)
    assert content(tmp_path) == {"manifest.json": text.encode()}


def test_a_path_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(sim.ResultsError, match="not a directory"):
        sim.run(MINIMAL, RUNS, out=tmp_path / "file" / "results")


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(sim.ResultsError, match="a file, expected a folder"):
        sim.run(MINIMAL, RUNS, out=tmp_path / "file")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_may_not_be_written_to_is_refused(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr(Path, "write_text", denied)  # file modes would not stop a test that runs as root
    with pytest.raises(sim.ResultsError, match="permission denied"):
        sim.run(MINIMAL, RUNS, out=tmp_path)


def test_keep_counts_writes_no_rows(tmp_path):
    with_rows, counted = sim.run(MINIMAL, RUNS), sim.run(MINIMAL, RUNS, out=tmp_path, keep="counts")
    assert set(content(tmp_path)) == {"manifest.json", f"counts/{parts.part_name(0, RUNS)}.json.gz"}
    assert counted.as_json() == with_rows.as_json()


def test_a_manifest_says_what_was_run_and_with_what(results):
    found = read(results)
    assert found["scenario_hash"] == MINIMAL.digest()
    asked = found["request"]
    assert (asked["seed"], asked["ranges"], asked["engine"]) == (1, [[0, RUNS]], "batch")
    assert (asked["own_rules"], asked["own_processes"], asked["keep"]) == ([], [], "rows")
    assert (asked["kind"], found["ranges"]) == ("run", [[0, RUNS]])
    assert isinstance(found["command"], list)
    assert {"python", "evalsched", "numpy", "simpy"} <= found["versions"].keys()
    assert "unknown" not in found["versions"].values()
    files = {name: file for name, file in content(results).items() if name != "manifest.json"}
    assert found["parts"] == {name: hashlib.sha256(file).hexdigest() for name, file in files.items()}


def test_a_manifest_holds_no_time_and_no_place(results):
    found = {key: value for key, value in read(results).items() if key != "command"}
    assert str(results.parent) not in json.dumps(found)
    assert str(SCENARIO.parent) not in json.dumps(found)


@pytest.mark.parametrize("name", ["minimal", "equal-teams", "k-ai-2025-plan"])
def test_a_run_from_the_manifests_scenario_gives_the_same_hash_and_rows(tmp_path, name):
    from sim.scenario import from_data

    scenario = sim.load(SCENARIO.with_name(f"{name}.yaml"), {"faults.restart": 45})
    sim.run(scenario, seed=7, replications=(5, 65), out=tmp_path / "one")
    found = read(tmp_path / "one")
    asked = found["request"]
    again = from_data(asked["scenario"])
    assert again.digest() == found["scenario_hash"]
    (replications,) = asked["ranges"]
    sim.run(again, seed=asked["seed"], replications=tuple(replications), out=tmp_path / "two")
    one, two = (content(tmp_path / each / "rows") for each in ("one", "two"))
    assert one == two


def test_a_file_that_cannot_be_written_whole_is_not_there_at_all(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        write_atomically(tmp_path / "table.csv", "a" * 100_000 + "\udc80")
    assert content(tmp_path) == {}


def test_a_file_that_was_there_survives_a_failed_write(tmp_path):
    write_atomically(tmp_path / "table.csv", "before")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(tmp_path / "table.csv", "after\udc80")
    assert content(tmp_path) == {"table.csv": b"before"}
