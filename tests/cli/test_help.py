"""`--help`: there, readable, and quick because it imports nothing heavy."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from cyclopts.help.formatters import DefaultFormatter
from rich.cells import cell_len

import sim.text
from sim.cli.app import app
from sim.cli.help import plain
from tests.cli.command import MINIMAL, command, imported_by, process

OPTIONS = ["runs", "replications", "seed", "jobs", "cluster", "set", "out", "json", "lang", "engine", "keep"]


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


def test_help_imports_no_heavy_library():
    commands = ("--help",), ("run", "--help"), ("--help", "--lang", "ko"), ("--version",)
    assert imported_by(*commands, ("rum",)) == [[0, []]] * len(commands) + [[2, []]]


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


KOREAN = tomllib.loads(Path(sim.text.__file__).with_name("help.ko.toml").read_text("utf-8"))
VERBS = [
    *([], ["run"], ["compare"], ["sweep"], ["sensitivity"], ["score"], ["resume"], ["trace"], ["plot"]),
    *(["check"], ["recount"], ["explore"], ["scenario"], ["results"]),
    *(["scenario", verb] for verb in ("list", "show", "diff", "explain", "new", "schema")),
    *(["results", verb] for verb in ("show", "merge", "replay")),
]


class Listener(DefaultFormatter):
    """Notes what the help of a verb says, in English."""

    def __init__(self):
        super().__init__()
        self.said = defaultdict(set)

    def render_usage(self, console, options, usage):
        """Note nothing: usage is made of names."""

    def render_description(self, console, options, description):
        """Note each paragraph."""
        self.said["help"] |= {" ".join(each.split()) for each in plain(description).split("\n\n")}

    def __call__(self, console, options, panel):
        """Note the title of a panel and what stands in it."""
        if panel.entries:
            self.said["title"].add(plain(panel.title))
        self.said["help"] |= {" ".join(plain(each.description).split()) for each in panel.entries}


@pytest.fixture(scope="module")
def said():
    """All that help says in English."""
    listener, found = Listener(), app()
    found.help_formatter = listener
    for verb in VERBS:
        found.help_print(verb)
    return listener.said


def test_the_verbs_are_all_there_are():
    of_sim = {name for name in app() if not name.startswith("-")}
    assert of_sim == {verb[0] for verb in VERBS if verb}
    for group in ("scenario", "results"):
        inside = {name for name in app()[group] if not name.startswith("-")}
        assert inside == {verb[1] for verb in VERBS if verb[:1] == [group] and len(verb) == 2}


@pytest.mark.parametrize("part", ["title", "help"])
def test_all_help_is_there_in_korean_and_no_more(said, part):
    assert said[part] - KOREAN[part].keys() == set(), "to be said in sim/text/help.ko.toml"
    assert KOREAN[part].keys() - said[part] == set(), "no verb says it any longer"


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_korean_help_is_readable_and_says_choices_defaults_and_what_is_required(verb):
    english, korean = command(*verb, "--help").out, command(*verb, "--help", "--lang", "ko").out
    assert [line for line in korean.splitlines() if cell_len(line) > 80] == []
    assert korean.startswith("사용법: sim")
    assert not re.search(r"\[(choices|default|required)|Usage|Parameters|Arguments", korean)
    for english_mark, mark in (("[choices:", "[선택:"), ("[required]", "[필수]")):
        assert " ".join(english.split()).count(english_mark) == " ".join(korean.split()).count(mark)
    options = re.findall(r"^│[ *]{1,4}(--[a-z-]+)", english, re.MULTILINE)
    assert options == re.findall(r"^│[ *]{1,4}(--[a-z-]+)", korean, re.MULTILINE)
    assert not re.search(r"다는|어요|습니다|하세요", korean)


def test_help_is_in_korean_where_the_locale_is_and_in_english_where_that_is_asked_for(monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert "사용법: sim" in command("run", "--help").out
    assert "Usage: sim" in command("run", "--help", "--lang", "en").out
