"""The tutorial, followed to the letter: its files are saved, its commands are run, its output is compared.

A `sh` block is run; the `text` block behind it is what has to come out, where a line `...` stands for any
number of lines. The line before a `yaml` block says what becomes of it: "Save this as `FILE`" or "Change this
in `FILE`". Anything else in a fence is an error, so that nothing in the tutorial goes untested.
"""

import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from tests.cli.command import command

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
FENCE = re.compile(r"([^\n]*)\n+```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block, and the line before it."""

    before: str
    language: str
    text: str


def blocks():
    return [Block(*found) for found in FENCE.findall(TUTORIAL.read_text(encoding="utf-8"))]


def shows(expected, printed):
    """Whether `expected` is what was `printed`, but for blanks at ends of lines and what `...` leaves out."""
    lines = [
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(line.rstrip()) + "\n"
        for line in expected.splitlines()
    ]
    plain = "".join(line.rstrip() + "\n" for line in printed.strip("\n").splitlines())
    return re.fullmatch("".join(lines), plain) is not None


def laid_over(old, new):
    """`new` laid over `old`, mapping by mapping, but whole where a value is written on one line."""
    for key, value in new.items():
        if isinstance(value, CommentedMap) and not value.fa.flow_style() and key in old:
            laid_over(old[key], value)
        else:
            old[key] = value


def write(block):
    """Do to a file what the line before a `yaml` block says."""
    said = re.search(r"(Save this as|Change this in) `([\w.-]+)`[^`]*:$", block.before)
    assert said is not None, f"what is to be done with this?\n{block.before}\n{block.text}"
    how, file = said.groups()
    if how == "Save this as":
        Path(file).write_text(block.text, encoding="utf-8")
        return
    yaml = YAML()
    yaml.width = 1000
    data = yaml.load(Path(file).read_text(encoding="utf-8"))
    laid_over(data, yaml.load(block.text))
    with Path(file).open("w", encoding="utf-8") as stream:
        yaml.dump(data, stream)


def run(line):
    """Run one line of a `sh` block; what it printed, errors and all."""
    program, *words = shlex.split(line, comments=True)
    if program == "cp":
        shutil.copy(*words)
        return ""
    assert program == "sim", line
    code = re.search(r"#.*exit code (\d)", line)
    done = command(*words)
    assert done.code == (int(code[1]) if code else 0), f"{line}\n{done.out}{done.err}"
    return done.out + done.err


def test_following_the_tutorial_gives_what_it_shows(tmp_path, monkeypatch):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    printed = None
    for block in blocks():
        if block.language == "yaml":
            write(block)
        elif block.language == "sh":
            printed = "".join(run(line) for line in block.text.splitlines())
        else:
            assert block.language == "text", block
            assert printed is not None, f"output of what?\n{block.text}"
            assert shows(block.text, printed), f"expected\n{block.text}\nfound\n{printed}"
            printed = None


def test_what_readers_are_told_is_there_is_there():
    languages = [block.language for block in blocks()]
    assert {"sh", "yaml", "text"} == set(languages)
    assert len(languages) == TUTORIAL.read_text(encoding="utf-8").count("\n```") / 2


@pytest.mark.parametrize(
    ("expected", "same"),
    [
        ("one\ntwo\nthree\n", True),
        ("one\n...\nthree\n", True),
        ("...\nthree\n", True),
        ("one\n...\n", True),
        ("one\nthree\n", False),
        ("one\ntwo\n", False),
        ("one\n...\nfour\n", False),
        ("one\ntwo \nthree\n", True),
        ("one\ntw.\nthree\n", False),
    ],
)
def test_a_wrong_output_would_be_noticed(expected, same):
    assert shows(expected, "\none\ntwo\nthree  \n\n") is same
