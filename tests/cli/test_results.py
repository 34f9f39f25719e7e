"""`sim results`: show what is there, merge ranges, replay a manifest."""

import json
import shutil

import pytest
from rich.cells import cell_len

import sim
from sim.folder import rows as parts
from tests.cli.command import MINIMAL, SCENARIOS, command
from tests.playing import forbid_plays
from tests.studies.test_failures import breaks_in_seven

PART = 256


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "_ROWS", PART * 6)


def content(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def ran(out, *arguments, scenario=MINIMAL):
    printed = command("run", scenario, *arguments, "--jobs", 1, "--out", out)
    assert printed.code == 0, printed.err
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folders by what they hold; tests copy what they change."""
    root = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_ROWS", PART * 6)
        for name in ("0:512", "512:600", "512:1000", "600:1000", "500:700", "0:1000"):
            ran(root / name, "--replications", name)
        ran(root / "other seed", "--replications", "512:600", "--seed", 2)
        ran(root / "counts", "--replications", "512:600", "--keep", "counts")
        ran(root / "other keep", "--replications", "512:600", "--set", "stages.second.cut.keep=2")
    return root


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made / "0:1000", tmp_path / "folder")


def table(text, heading):
    """The lines of a printed text from a heading to the cost."""
    lines = text.splitlines()
    (first,) = [i for i, line in enumerate(lines) if line.startswith(heading)]
    (last,) = [i for i, line in enumerate(lines) if "GPU-hours" in line and "lease" in line]
    return lines[first : last + 1]


def test_show_prints_the_table_of_the_run_from_its_counts(folder, monkeypatch):
    printed = command("run", MINIMAL, "--runs", 1000, "--details").out
    forbid_plays(monkeypatch)
    told = command("results", "show", folder)
    assert (told.code, told.err) == (0, "")
    assert table(told.out, "CHANCE") == table(printed, "CHANCE")
    for said in (
        "seed 1",
        "replications 0:1000\n",
        "Counted: 1,000 replications.",
        "4 of 4.",
        "Complete, and every checksum",
    ):
        assert said in told.out
    assert [line for line in told.out.splitlines() if cell_len(line) > 80] == []


def test_show_plays_no_options_or_doubts(tmp_path, monkeypatch):
    ran(tmp_path / "k-ai", "--runs", 300, scenario=SCENARIOS / "k-ai.yaml")
    forbid_plays(monkeypatch)
    told = command("results", "show", tmp_path / "k-ai", "--lang", "ko")
    assert (told.code, told.err) == (0, "")
    assert "완료" in told.out
    assert "LG AI연구원" in told.out


def test_a_study_of_any_kind_may_tell_what_its_counts_do(tmp_path, monkeypatch):
    swept = sim.sweep(MINIMAL, "stages.first.cut.keep=1,2", runs=20, jobs=1)
    swept.save(tmp_path)
    assert "Counted" not in command("results", "show", tmp_path).out
    run = sim.run(sim.load(MINIMAL), 300, jobs=1)
    monkeypatch.setattr(type(swept), "counted_findings", lambda _: run.counted_findings())
    told = command("results", "show", tmp_path)
    assert (told.code, told.err) == (0, "")
    assert "Counted: 300 replications." in told.out
    assert table(told.out, "CHANCE") == table(
        command("run", MINIMAL, "--runs", 300, "--details").out, "CHANCE"
    )


def test_show_says_what_is_missing_and_what_was_edited(folder):
    for number in (1, 3):
        name = parts.part_name(number * PART, min(1000, (number + 1) * PART))
        (folder / "counts" / f"{name}.json.gz").unlink()
    (folder / "rows" / "part-000000000000-000000000256.parquet").write_bytes(b"PAR1")
    (folder / "chances.csv").write_text("edited", encoding="utf-8")
    told = command("results", "show", folder)
    assert told.code == 0
    assert "To be played: 0:256, 256:512, 768:1000." in told.out
    assert "1 of 4" in told.out
    assert "Truncated or edited: chances.csv" in told.out
    assert "Truncated or edited: rows/part-000000000000-000000000256.parquet" in told.out
    assert "Not complete: sim resume" in told.out
    assert command("resume", folder).code == 0
    assert "Complete" in command("results", "show", folder).out


def test_show_names_failures_of_a_users_own_process(tmp_path):
    with pytest.warns(sim.ResultsWarning):
        sim.run(sim.load(MINIMAL), 20, processes=[breaks_in_seven], out=tmp_path, jobs=1)
    told = command("results", "show", tmp_path)
    assert told.code == 0
    assert "Failed: 1, see failures.csv; the first: replication 7: in stage second" in told.out
    assert "Counted: 19 replications." in told.out


def test_ranges_that_meet_where_parts_do_become_the_unbroken_run(made, tmp_path):
    told = command("results", "merge", made / "512:1000", made / "0:512", "--out", tmp_path / "new")
    assert (told.code, told.err) == (0, "")
    assert "2 folders, 1,000 runs" in told.out
    found, expected = content(tmp_path / "new"), content(made / "0:1000")
    differ = {name for name in {**found, **expected} if found.get(name) != expected.get(name)}
    assert differ <= {"manifest.json"}
    ours, theirs = manifest(tmp_path / "new"), manifest(made / "0:1000")
    assert {key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)} <= {"command"}


def test_ranges_that_meet_elsewhere_tell_the_same_chances(made, tmp_path):
    folders = [made / name for name in ("0:512", "512:600", "600:1000")]
    assert command("results", "merge", *folders, "--out", tmp_path / "new").code == 0
    assert manifest(tmp_path / "new")["ranges"] == [[0, 600], [600, 1000]]
    for name in ("chances.csv", "result.json", "leaving-en.svg"):
        assert (tmp_path / "new" / name).read_bytes() == (made / "0:1000" / name).read_bytes()


def test_gaps_are_told_and_have_no_tables(made, tmp_path):
    told = command("results", "merge", made / "600:1000", made / "0:512", "--out", tmp_path / "new")
    assert told.code == 0
    assert "512:600" in told.out
    assert not (tmp_path / "new" / "chances.csv").exists()
    shown = command("results", "show", tmp_path / "new").out
    assert "replications 0:512, 600:1000\n" in shown
    assert "Counted: 912 replications." in shown
    assert command("resume", tmp_path / "new").out.startswith("Complete")
    replayed = command("results", "replay", tmp_path / "new")
    assert (replayed.code, replayed.err) == (0, "")
    assert command("run", MINIMAL, "--runs", 1000, "--out", tmp_path / "new").code == 2
    closed = command("results", "merge", tmp_path / "new", made / "512:600", "--out", tmp_path / "closed")
    assert closed.code == 0
    assert (tmp_path / "closed" / "chances.csv").read_bytes() == (
        made / "0:1000" / "chances.csv"
    ).read_bytes()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ("500:700", "overlaps"),
        ("0:512", "overlaps"),
        ("other seed", "seed 2"),
        ("other keep", "scenario_hash"),
        ("counts", "keep counts"),
    ],
)
def test_what_does_not_belong_together_is_not_merged(made, tmp_path, other, said):
    told = command("results", "merge", made / "0:512", made / other, "--out", tmp_path / "new")
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert not (tmp_path / "new").exists()


def test_an_unfinished_folder_is_not_merged(made, folder, tmp_path):
    (folder / "rows" / "part-000000000256-000000000512.parquet").unlink()
    told = command("results", "merge", folder, "--out", tmp_path / "new")
    assert told.code == 2
    assert f"not complete; sim resume {folder} first" in told.err


def test_a_folder_that_is_not_empty_is_not_merged_into(made, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    told = command("results", "merge", made / "0:512", "--out", tmp_path)
    assert told.code == 2
    assert "not empty" in told.err
    assert content(tmp_path) == {"thesis.txt": b"mine"}


def test_a_replay_says_that_every_byte_agrees(folder):
    before = content(folder)
    told = command("results", "replay", folder)
    assert (told.code, told.err) == (0, "")
    assert told.out == f"The same: {len(before)} files agree, byte for byte.\n"
    assert content(folder) == before


def test_a_replay_names_the_files_that_differ(folder):
    (folder / "responses.csv").write_text("edited", encoding="utf-8")
    (folder / "survival-en.png").unlink()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    told = command("results", "replay", folder)
    assert told.code == 2
    assert "2 of " in told.err
    assert f"{folder / 'responses.csv'}: differs" in told.err
    assert f"{folder / 'survival-en.png'}: missing" in told.err
    assert "notes.txt" in told.out


def test_a_replay_notices_counts_that_were_edited_with_their_checksums(folder, made):
    name = "counts/part-000000000512-000000000600.json.gz"
    target = folder / "counts" / "part-000000000512-000000000768.json.gz"
    target.write_bytes((made / "counts" / name).read_bytes())  # whole, but of other replications
    told = command("results", "replay", folder)
    assert told.code == 2
    assert target.name in told.err


@pytest.mark.parametrize("verb", [["resume"], ["results", "replay"], ["results", "merge", "--out", "new"]])
def test_runs_with_functions_of_ones_own_are_refused_plainly(tmp_path, verb):
    with pytest.warns(sim.ResultsWarning):
        sim.run(sim.load(MINIMAL), 20, processes=[breaks_in_seven], out=tmp_path / "own", jobs=1)
    (tmp_path / "own" / "rows" / "part-000000000000-000000000020.parquet").unlink()
    told = command(*verb, tmp_path / "own")
    assert (told.code, told.out) == (2, "")
    assert "breaks_in_seven" in told.err
    assert len(told.err.splitlines()) == 1


def test_help_names_the_three(capsys):
    told = command("results", "--help")
    assert told.code == 0
    assert all(verb in told.out for verb in ("show", "merge", "replay"))
