"""Any standard output: what an encoding lacks is replaced, what cannot be written is one line and code 2.

In real processes, with real files as their standard output; one process tries several, since it takes longer
to start than to print.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.cli.console import REPLACED
from tests.cli.command import ROOT, SCENARIOS, command, process

ENCODINGS = ("ascii", "latin-1", "cp1252", "cp949", "euc-kr", "utf-8")
COMMANDS = {
    "run": ("run", "minimal", "--runs", "20", "--lang", "ko"),
    "compare": ("compare", "minimal", "equal-teams", "--runs", "20"),
    "trace": ("trace", "k-ai", "--replication", "7"),
    "known": ("trace", "k-ai", "--check-known"),
    "help": ("--help",),
    "json of a run": ("run", "minimal", "--runs", "20", "--json"),
    "json of a sweep": (
        "sweep",
        "minimal",
        "--vary",
        "stages.first.grants.pool.B200=500,3000",
        "--runs",
        "20",
        "--json",
    ),
    "json of a recount": ("recount", "k-ai", "--json"),
    "json lines": ("trace", "k-ai", "--json"),
    "json schema": ("scenario", "schema"),
}

EACH = """
import json, os, sys
from pathlib import Path
from sim.cli.app import run_command
folder, encodings, commands = json.loads(sys.argv[1])
for encoding in encodings:
    for name, arguments in commands.items():
        with open(Path(folder, f"{name} {encoding}"), "w", encoding=encoding) as sys.stdout:
            code = run_command(arguments)
        if code:
            sys.exit(f"{encoding}: {name}: {code}")
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The bytes that each command has printed in each encoding, by both."""
    folder = tmp_path_factory.mktemp("printed")
    done = process(json.dumps([str(folder), ENCODINGS, COMMANDS]), code=EACH)
    assert (done.code, done.err) == (0, "")
    return {(name, each): (folder / f"{name} {each}").read_bytes() for name in COMMANDS for each in ENCODINGS}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", [name for name in COMMANDS if "json" not in name])
def test_text_is_the_same_but_for_characters_that_the_encoding_lacks(printed, name, encoding):
    whole = printed[name, "utf-8"].decode("utf-8")
    expected = "".join(
        each if encodes(each, encoding) else REPLACED.get(each, "?")
        for each in (whole if encoding == "utf-8" or name != "help" else without_frames(whole))
    )
    assert printed[name, encoding].decode(encoding) == expected


def without_frames(text):
    """Help as it is framed where there is nothing to draw frames with but ASCII."""
    return text.translate({ord(a): b for a, b in zip("╭╮╰╯─│", "++++-|", strict=True)})


def encodes(letter, encoding):
    try:
        return bool(letter.encode(encoding))
    except UnicodeEncodeError:
        return False


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", [name for name in COMMANDS if "json" in name])
def test_json_is_the_same_data_in_any_encoding(printed, name, encoding):
    def parse(each):
        text = printed[name, each].decode(each)
        return [json.loads(line) for line in text.splitlines()] if "lines" in name else json.loads(text)

    assert parse(encoding) == parse("utf-8")
    if encoding != "utf-8":
        assert printed[name, encoding].isascii()
    if name == "json of a recount":
        assert parse(encoding)["scenario"]["name"]["ko"] == sim.load("k-ai").name.ko


def test_what_is_replaced_can_be_read(printed):
    known = printed["known", "ascii"].decode("ascii")
    assert "1,200 eok" in known
    assert "?" not in known
    assert " - replication 7, seed 1 - known until" in printed["trace", "ascii"].decode("ascii")


def test_the_encoding_of_the_environment_is_kept():
    done = process("check", "minimal", "--lang", "ko", PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (0, "")
    korean = process("check", "minimal", "--lang", "ko", PYTHONIOENCODING="utf-8").out
    assert not korean.isascii()
    assert done.out == korean.encode("ascii", "replace").decode()
    plain = process(
        "check",
        "minimal",
        "--lang",
        "ko",
        LC_ALL="C",
        PYTHONCOERCECLOCALE="0",
        PYTHONUTF8="0",
        PYTHONIOENCODING="",
    )
    assert (plain.code, plain.err, plain.out) == (0, "", done.out)


def test_a_file_name_that_is_no_text_is_no_traceback(tmp_path):
    done = process("run", os.fsdecode(b"caf\xe9.yaml"), "--runs", "5")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "no such file" in done.err


UNWRITABLE = """
import json, os, sys
from sim.cli.app import run_command
where, commands = json.loads(sys.argv[1])
codes = []
for arguments in commands:
    sys.stdout = None if where is None else open(where, "w", encoding="utf-8")
    codes.append(run_command(arguments))
    if sys.stdout is not None:
        sys.stdout.close()  # which fails if anything was left to be written
sys.stdout = None
sys.exit(codes != [2] * len(commands))
"""
FULL = pytest.param("/dev/full", "no space left on device", id="full")
CLOSED = pytest.param(None, "closed", id="closed")
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")


@needs_full
@pytest.mark.parametrize(("where", "said"), [FULL, CLOSED])
def test_an_output_that_cannot_be_written_is_one_line_and_code_2(where, said):
    done = process(json.dumps([where, list(COMMANDS.values())]), code=UNWRITABLE)
    assert done.err == f"sim: standard output: {said}\n" * len(COMMANDS)
    assert done.code == 0


@needs_full
@pytest.mark.parametrize(
    ("redirection", "said"), [(">/dev/full", "no space left on device"), (">&-", "closed")]
)
def test_what_is_saved_is_complete_whatever_happens_to_the_output(tmp_path, redirection, said):
    folder = tmp_path / "out"
    line = f'"{sys.executable}" -m sim run minimal --runs 20 --out "{folder}" {redirection}'
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == f"sim: standard output: {said}"  # after progress, if it is slow
    assert "Traceback" not in done.stderr
    verified = command("resume", folder)
    assert (verified.code, verified.err) == (0, "")
    assert verified.out.startswith("Complete: nothing is missing")


@needs_full
def test_an_error_output_that_cannot_be_written_changes_nothing(tmp_path):
    odd = "--set stages.second.grants=null"  # which is worth a warning
    for redirection in ("2>/dev/full", "2>&-"):
        line = f'"{sys.executable}" -m sim check minimal {odd} {redirection}'
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, cwd=ROOT)
        assert (done.returncode, done.stderr) == (0, "")
        assert "no mistakes" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pipes always wait there")
def test_a_pipe_that_does_not_wait_is_waited_for():
    read, write = os.pipe()
    os.set_blocking(write, False)
    schema = [sys.executable, "-m", "sim", "scenario", "schema"]  # more than a pipe holds
    with subprocess.Popen(schema, stdout=write, cwd=ROOT) as child:
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            text = pipe.read()
    assert child.returncode == 0
    assert text == (SCENARIOS / "schema.json").read_bytes()
