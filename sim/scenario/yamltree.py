"""YAML text to plain data, with the line and column of every key.

A scenario file is data: no tag but YAML's own scalars is constructed, aliases are refused (271 bytes of
them can unfold to hundreds of megabytes), and size and depth are bounded before anything is built.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sim.scenario.problems import Problem, ScenarioError

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
_TAG = "tag:yaml.org,2002:"

Path = tuple[str, ...]


def _integer(text: str) -> int | float:
    digits = text.replace("_", "")
    number = int(digits, 0) if digits.lstrip("+-").startswith(("0x", "0o")) else int(digits)
    try:
        float(number)
    except OverflowError:
        return math.inf  # refused with all that is not finite
    return number


def _real(text: str) -> float:
    return float(text.lower().replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _nothing(text: str) -> None:
    if text.lower() not in ("", "~", "null"):
        raise ValueError(text)


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "timestamp": str,  # a date is read where a date is meant
    "null": _nothing,
    "bool": _truth,
    "int": _integer,
    "float": _real,
}
"""YAML's own kinds of values, without its prefix, and how each is read."""


@dataclass
class Tree:
    """The data of a file and the place (line, column, from 1) of each of its paths."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    overridden: set[Path] = field(default_factory=set)  # paths whose value came from the command line

    def problem(self, path: Path, found: str, expected: str = "", hint: str = "") -> Problem:
        """A problem at `path`, or at its nearest ancestor that the file spells out."""
        above = [path[:length] for length in range(len(path), 0, -1)]
        if not self.overridden.isdisjoint(above):
            return Problem("--set", 0, 0, ".".join(path), found, expected, hint)
        place = next((self.places[near] for near in above if near in self.places), (0, 0))
        return Problem(self.file, *place, ".".join(path), found, expected, hint)


def parse(text: str, file: str) -> Tree:
    """Read YAML 1.2 `text`; `file` is only the name that problems carry.

    Raises `ScenarioError` for anything that is not a mapping of plain data.
    """
    if len(text.encode()) > MAX_BYTES:
        raise ScenarioError([Problem(file, 0, 0, "", "more than 1 MB of text", "a scenario of a few pages")])
    root = _compose(text, file)
    if not isinstance(root, MappingNode):
        raise ScenarioError(
            [Problem(file, 1, 1, "", "no mapping at the top", "keys such as format, teams, stages")]
        )
    tree = Tree(file)
    reader = _Reader(tree)
    tree.data = reader.mapping(root, ())
    if reader.problems:
        raise ScenarioError(reader.problems)
    return tree


def parse_value(text: str) -> Any:
    """The value of an override as YAML reads it: `5`, `true`, `{uniform: [1, 2]}`, or else text."""
    root = _compose(text, "--set")
    if root is None:
        return None
    tree = Tree("--set")
    reader = _Reader(tree)
    value = reader.value(root, ())
    if reader.problems:
        raise ScenarioError(reader.problems)
    return value


def _compose(text: str, file: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)  # so that `no` stays text and 60-based numbers do not exist
    try:
        return yaml.compose(text)  # type: ignore[no-any-return]  # ruamel.yaml leaves it untyped
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        found = " ".join(part for part in (error.context, error.problem) if part)
        raise ScenarioError([Problem(file, line, column, "", f"not YAML: {found}")]) from None
    except YAMLError as error:
        raise ScenarioError([Problem(file, 0, 0, "", f"not YAML: {str(error).splitlines()[0]}")]) from None
    except RecursionError:
        raise ScenarioError(
            [Problem(file, 0, 0, "", "nested too deeply", f"at most {MAX_DEPTH} levels")]
        ) from None


class _Reader:
    """Walks the nodes of one document; collects every problem instead of stopping at the first."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def value(self, node: Node, path: Path) -> Any:
        if not self.acceptable(node, path):
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, str(i))) for i, child in enumerate(node.value)]
        return self.scalar(node, path)

    def acceptable(self, node: Node, path: Path) -> bool:
        """Whether a node is plain data of its own: no alias, no tag, not too deep."""
        if id(node) in self.seen:
            return self.refuse(node, path, "an alias (*name)", "the value written out")
        self.seen.add(id(node))
        if len(path) > MAX_DEPTH:
            return self.refuse(node, path, "nested too deeply", f"at most {MAX_DEPTH} levels")
        kind = str(node.tag).removeprefix(_TAG)
        known = (
            {"map"}
            if isinstance(node, MappingNode)
            else {"seq"}
            if isinstance(node, SequenceNode)
            else _SCALARS
        )
        return kind in known or self.refuse(node, path, f"the tag !{kind}", "plain data without tags")

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.refuse(key_node, path, "a key that is a list or a mapping", "a word")
            elif self.acceptable(key_node, path):
                self.entry(found, key_node, value_node, path)
        return found

    def entry(self, found: dict[str, Any], key_node: ScalarNode, value_node: Node, path: Path) -> None:
        key = self.text(key_node, path)
        here = (*path, key)
        if key in found:
            self.refuse(key_node, here, f"'{key}' a second time", "each key once")
            return
        self.tree.places[here] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        found[key] = self.value(value_node, here)

    def scalar(self, node: Node, path: Path) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        text = self.text(node, path)
        try:
            value = _SCALARS[kind](text)
        except (KeyError, ValueError):
            return self.refuse(node, path, f"'{text[:40]}'", f"what its kind, {kind}, allows")
        if isinstance(value, float) and not math.isfinite(value):
            return self.refuse(node, path, text, "a finite number")
        return value

    def text(self, node: Node, path: Path) -> str:
        """The characters of a scalar, Hangul composed."""
        text = unicodedata.normalize("NFC", str(node.value))
        if any("\ud800" <= c <= "\udfff" for c in text):
            self.refuse(node, path, "half a character", "whole characters")
            return ""
        return text

    def refuse(self, node: Node, path: Path, found: str, expected: str) -> Literal[False]:
        mark = node.start_mark
        place = (mark.line + 1, mark.column + 1)
        self.problems.append(Problem(self.tree.file, *place, ".".join(path), f"found {found}", expected))
        return False
