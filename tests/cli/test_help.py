"""`--help`: there, readable, and quick because it imports nothing heavy."""

import json

import pytest
from rich.cells import cell_len

from tests.cli.command import MINIMAL, command, process

HEAVY = ["numpy", "scipy", "pandas", "matplotlib", "pyarrow", "simpy"]
OPTIONS = ["runs", "replications", "seed", "jobs", "set", "out", "json", "lang", "engine", "keep"]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["plot", "--help"], [], ["-h"]], ids=str
)
def test_help_is_printed_within_80_columns(arguments):
    printed = command(*arguments)
    assert (printed.code, printed.err) == (0, "")
    assert "Usage: sim" in printed.out
    assert [line for line in printed.out.splitlines() if cell_len(line) > 80] == []
    assert "\x1b" not in printed.out


@pytest.mark.parametrize("option", OPTIONS)
def test_help_of_run_tells_every_option(option):
    assert f"--{option}" in command("run", "--help").out


def test_engine_is_in_advanced_help():
    everyday, advanced = command("run", "--help").out.split("Advanced")
    assert "--engine" not in everyday
    assert "--engine" in advanced


@pytest.mark.parametrize("verb", ["run", "plot"])
def test_help_says_what_each_verb_does(verb):
    lines = [line.strip("│ ") for line in command("--help").out.splitlines()]
    (told,) = [line for line in lines if line.split()[:1] == [verb]]
    assert len(told.split()) > 2


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"], ["rum"]], ids=" ".join)
def test_help_imports_no_heavy_library(arguments):
    code = (
        "import json, sys\nfrom sim.cli.app import main\ncode = main(sys.argv[1:])\n"
        f"print('|' + json.dumps([code, sorted(set({HEAVY}) & set(sys.modules))]))"
    )
    code, imported = json.loads(process(*arguments, code=code).out.rsplit("|", 1)[1])
    assert code == (2 if arguments == ["rum"] else 0)
    assert imported == []


def test_the_version_is_that_of_the_package():
    from importlib.metadata import version

    assert command("--version").out.strip() == version("evalsched")


def test_a_reader_that_has_seen_enough_stops_the_command_quietly():
    code = (
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-m', 'sim', *sys.argv[1:]],"
        " stdout=subprocess.PIPE, stderr=subprocess.PIPE)\n"
        "p.stdout.close()\nprint([p.stderr.read().decode(), p.wait()])"
    )
    assert process("run", MINIMAL, "--runs", 20, code=code).out.strip() == "['', 0]"
