"""Tutorials, followed to the letter: their files are saved, their commands are run, their output is compared.

A `sh` block is run; the `text` block behind it is what has to come out, where a line `...` stands for any
number of lines. The paragraph before a `yaml` block ends in what becomes of it: "Save this as `FILE`" or
"Change this in `FILE`". Anything else in a fence is an error, so that nothing in a tutorial goes untested.
"""

import math
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
FENCE = re.compile(r"((?:[^\n]+\n)*)\n*```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(document, section=""):
    """The text of a document, or of one section of it, from its heading to the next of that level."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    if section:
        text = re.split(r"^## ", text.partition(f"\n## {section}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    assert text
    return text


TUTORIALS = {
    "tutorial.md": read("tutorial.md"),
    "forecast.md": read("forecast.md", "Facts of one's own"),
}
tutorials = pytest.mark.parametrize("text", TUTORIALS.values(), ids=TUTORIALS)


class Block(NamedTuple):
    """A fenced block, and the paragraph before it on one line."""

    before: str
    language: str
    text: str


def blocks(text):
    return [Block(" ".join(before.split()), *found) for before, *found in FENCE.findall(text)]


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


@tutorials
def test_following_a_tutorial_gives_what_it_shows(text, tmp_path, monkeypatch):
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.cli.console.PLAIN_EVERY", math.inf)  # how long it takes is told nowhere
    printed = None
    for block in blocks(text):
        if block.language == "yaml":
            write(block)
        elif block.language == "sh":
            printed = "".join(run(line) for line in block.text.splitlines())
        else:
            assert block.language == "text", block
            assert printed is not None, f"output of what?\n{block.text}"
            assert shows(block.text, printed), f"expected\n{block.text}\nfound\n{printed}"
            printed = None


@tutorials
def test_what_readers_are_told_is_there_is_there(text):
    languages = [block.language for block in blocks(text)]
    assert {"sh", "yaml", "text"} == set(languages)
    assert len(languages) == text.count("\n```") / 2


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
