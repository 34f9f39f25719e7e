"""What is wrong is told in a line on stderr, with code 2; nothing goes to stdout and nothing is traced."""

import errno

import pytest

import sim
from tests.cli.command import MINIMAL, command, process

FOREIGN = "none of ours"


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text(FOREIGN, encoding="utf-8")
    text = MINIMAL.read_text(encoding="utf-8").replace("as_of:", "as_off:")
    (tmp_path / "typo.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "empty.yaml").touch()
    (tmp_path / "broken.yaml").write_text("format: [1", encoding="utf-8")
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9")


def refused(*arguments, said):
    printed = command(*arguments)
    assert printed.code == 2
    assert printed.out == ""
    assert "Traceback" not in printed.err
    for each in said if isinstance(said, tuple) else (said,):
        assert each in printed.err
    return printed.err.strip().splitlines()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--foo"], "--foo"),
        (["--run", "5"], "--run"),
        (["--runs", "0"], "--runs 0"),
        (["--runs", "-5"], "--runs"),
        (["--runs", "many"], "many"),
        (["--runs", "2.5"], "2.5"),
        (["--seed", "lucky"], "lucky"),
        (["--seed", "1.5"], "1.5"),
        (["--jobs", "0"], "--jobs"),
        (["--jobs", "-1"], "--jobs"),
        (["--lang", "fr"], "fr"),
        (["--engine", "steam"], "steam"),
        (["--keep", "everything"], "everything"),
        (["--replications", "5"], ("--replications 5", "A:B")),
        (["--replications", "5:5"], "5:5"),
        (["--replications", "9:5"], "9:5"),
        (["--replications", "a:b"], "a:b"),
        (["--replications", ":"], "A:B"),
        (["--replications", "1:2:3"], "1:2:3"),
        (["--replications", "-1:5"], "-1:5"),
        (["--runs", "5", "--replications", "1:2"], ("--runs", "--replications")),
        (["--set", "stages.first.cut.keep"], ("--set", "PATH=VALUE")),
        (["--set", "=3"], "--set"),
        (["--set", "stages.first.cut.kep=1"], ("kep", "keep")),
        (["--set", "stages.first.cut.keep=two"], ("stages.first.cut.keep", "two")),
        (["--set", "stages.first.cut.keep=-1"], ("stages.first.cut.keep", "-1")),
        (["--set", "teams.red.effect=["], "--set"),
        (["--set", "teams.red.name.en.first=x"], "teams.red.name"),
        (["another.yaml"], "another.yaml"),
        (["--out", "full"], ("full", "not empty")),
        (["--out", "typo.yaml"], "typo.yaml"),
        (["--out", "typo.yaml/below"], "not a directory"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_bad_option_is_told_in_one_line(options, said):
    assert len(refused("run", MINIMAL, *options, said=said)) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rum"], "rum"),
        (["run"], "SCENARIO"),
        (["run", "missing.yaml"], ("missing.yaml", "no such file")),
        (["run", "full"], "full"),
        (["run", "typo.yaml"], ("as_off", "as_of")),
        (["run", "empty.yaml"], "empty.yaml"),
        (["run", "broken.yaml"], "broken.yaml"),
        (["run", "latin.yaml"], ("latin.yaml", "UTF-8")),
        (["plot"], "FOLDER"),
        (["plot", "missing"], ("missing", "no results")),
        (["report"], "FOLDER"),
        (["report", "missing"], ("missing", "no results")),
        (["report", "full"], ("full", "no results")),
        (["report", "full", "--lang", "fr"], "fr"),
        (["plot", "full"], ("full", "no results")),
        (["plot", "typo.yaml"], "typo.yaml"),
        (["plot", "full", "--lang", "fr"], "fr"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_bad_command_is_told_in_a_few_lines(arguments, said):
    lines = refused(*arguments, said=said)
    assert 1 <= len(lines) <= 3  # a line a problem: a file may have several


def test_a_mistyped_file_name_is_guessed():
    refused("run", "typ.yaml", said="typo.yaml")


def test_a_folder_of_someone_else_is_left_alone(tmp_path):
    command("run", MINIMAL, "--out", "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]
    assert (tmp_path / "full" / "thesis.txt").read_text(encoding="utf-8") == FOREIGN


def saved():
    """A folder of counts as `sim run` leaves it, but for the figures."""
    result = sim.run(sim.load(MINIMAL), 20, out="saved", keep="counts")
    result.odds().to_csv("saved/chances.csv", index=False)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("manifest.json", '{"format": 1}'),
        ("manifest.json", "{"),
        ("manifest.json", '{"format": 2}'),
        ("chances.csv", ""),
        ("chances.csv", "a,b\n1,2\n"),
        ("chances.csv", "stage,team,chance,count,of,p,low,high\nfirst,red,leaves,some,9,0.1,0.1,0.1\n"),
        ("chances.csv", "stage,team,chance,count,of,p,low,high\nfirst,pink,leaves,1,9,0.1,0.1,0.1\n"),
    ],
)
def test_saved_results_that_were_spoilt_are_told_in_one_line(tmp_path, file, text):
    saved()
    (tmp_path / "saved" / file).write_text(text, encoding="utf-8")
    assert len(refused("plot", "saved", said="saved")) == 1


def test_results_without_their_table_are_told_in_one_line(tmp_path):
    saved()
    (tmp_path / "saved" / "chances.csv").unlink()
    assert len(refused("plot", "saved", said="chances.csv")) == 1


def test_a_full_disk_is_told_in_one_line(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "out/rows/part")

    monkeypatch.setattr("sim.studies.store.write_part", full)
    assert len(refused("run", MINIMAL, "--runs", 10, "--jobs", 1, "--out", "out", said="space")) == 1


def test_a_table_that_cannot_be_written_is_told_in_one_line_and_the_answer_is_not_lost(tmp_path):
    (tmp_path / "out" / "chances.csv").mkdir(parents=True)
    sim.run(sim.load(MINIMAL), 10, out=tmp_path / "new")
    (tmp_path / "new" / "manifest.json").rename(tmp_path / "out" / "manifest.json")
    printed = command("run", MINIMAL, "--runs", 10, "--out", "out")
    assert printed.code == 2
    assert "CHANCE OF LEAVING" in printed.out
    assert len(printed.err.splitlines()) == 1
    assert "chances.csv" in printed.err


def test_a_process_of_its_own_ends_with_the_same_code():
    printed = process("run", "missing.yaml")
    assert (printed.code, printed.out) == (2, "")
    assert printed.err.splitlines() == ["missing.yaml: no such file"]
