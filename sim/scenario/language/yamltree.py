"""YAML text to plain data, with the line and column of every key.

A scenario file is data: no tag but YAML's own scalars is constructed, aliases are refused (271 bytes of
them can unfold to hundreds of megabytes), and length, number of values and depth are bounded.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from sim.scenario.language.syntax import control_problem, syntax_problem
from sim.scenario.problems import KeyPath, Problem, ScenarioError, in_file_order, raise_if_any

MAX_BYTES = 200_000
MAX_NODES = 10_000
"""Keys and values; a scenario of five teams and three stages has some 500. More take long to be refused."""
MAX_DEPTH = 40
_TAG = "tag:yaml.org,2002:"


class Place(NamedTuple):
    """Where something is written; line and column count from 1, and are 0 where there is no line."""

    file: str
    line: int = 0
    column: int = 0


SET = Place("--set")
"""The place of all that is laid over the files from the command line or from Python."""


def _place(file: str, mark: StreamMark) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


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

_COLLECTIONS: dict[type[Node], AbstractSet[str]] = {MappingNode: {"map"}, SequenceNode: {"seq"}}


@dataclass
class Tree:
    """The data of a scenario and the place of each of its paths, which may stand in several files."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    nodes: int = 0  # keys and values that were read for it

    def place(self, path: KeyPath) -> Place:
        """The place of `path`, or of its nearest ancestor that is written somewhere."""
        above = (path[:length] for length in range(len(path), -1, -1))
        return next((self.places[near] for near in above if near in self.places), Place(self.file))

    def problem(self, path: KeyPath, found: str, expected: str = "", hint: str = "") -> Problem:
        """A problem at the place of `path`."""
        return Problem(*self.place(path), ".".join(path), found, expected, hint)


def parts_of(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """All that is inside `value`, which itself stands at `path`, by its own paths."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        here = (*path, str(key))
        yield here, child
        yield from parts_of(child, here)


def paths_in(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The paths of all that is inside `value`, which itself stands at `path`."""
    return (inside for inside, _ in parts_of(value, path))


def parse(text: str, file: str, most: int = MAX_NODES) -> Tree:
    """Read YAML 1.2 `text` of at most so many keys and values; `file` is only the name that problems carry.

    Raises `ScenarioError` for anything that is not a mapping of plain data.
    """
    root, nodes = _composed(text, file, most)
    if not isinstance(root, MappingNode):
        kind = "an empty file" if root is None else "a list" if isinstance(root, SequenceNode) else "a text"
        raise ScenarioError([Problem(file, 1, 1, "", kind, "keys such as `format:`, `teams:` and `stages:`")])
    tree = Tree(file, places={(): Place(file, 1, 1)}, nodes=nodes)
    reader = _Reader(tree)
    tree.data = reader.mapping(root, ())
    raise_if_any(in_file_order(reader.problems, file))
    return tree


def parse_value(text: str) -> Any:
    """The value of an override as YAML reads it: `5`, `true`, `{uniform: [1, 2]}`, or else text."""
    root, _ = _compose(text, SET.file, MAX_NODES)
    if root is None:
        return None
    reader = _Reader(Tree(SET.file))
    value = reader.value(root, ())
    raise_if_any(reader.problems)
    return value


def _bounded(file: str, most: int) -> type[Composer]:
    """A composer that gives up at more than `most` nodes or at too deep a one, before it builds the rest."""

    class Bounded(Composer):
        nodes = 0
        level = 0

        def __init__(self, loader: Any = None) -> None:
            super().__init__(loader)
            self.warn_double_anchors = False  # no alias is accepted, so what it would stand for is all one

        def compose_node(self, parent: Any, index: Any) -> Any:
            self.nodes += 1
            self.level += 1
            if self.nodes > most:
                self.refuse(f"more than {MAX_NODES:,} keys and values in all", "a scenario of a few pages")
            if self.level > MAX_DEPTH + 1:  # the document itself is a level, and no key
                self.refuse("nested too deeply", f"at most {MAX_DEPTH} levels")
            node = super().compose_node(parent, index)
            self.level -= 1
            return node

        def refuse(self, found: str, expected: str) -> None:
            place = _place(file, self.parser.peek_event().start_mark)
            raise ScenarioError([Problem(*place, "", found, expected)])

    return Bounded


def _compose(text: str, file: str, most: int) -> tuple[Node | None, int]:
    """The root node of the text, if there is one, and the number of all nodes."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)  # so that `no` stays text and 60-based numbers do not exist
    yaml.Composer = _bounded(file, most)
    try:
        return yaml.compose(text), yaml.composer.nodes
    except MarkedYAMLError as error:
        raise ScenarioError([syntax_problem(error, text, file)]) from None
    except ReaderError as error:
        raise ScenarioError([control_problem(error.character, text, file)]) from None
    except YAMLError as error:
        raise ScenarioError([Problem(file, 1, 1, "", f"not YAML: {str(error).splitlines()[0]}")]) from None


_composed = lru_cache(maxsize=16)(_compose)
"""The same for files, of which one command reads some several times: with its changes, and without them."""


def _parted_numbers(node: MappingNode) -> dict[int, str]:
    """Numbers that a comma in braces has parted, as in {B200: 1,536}, by the entry that begins behind it.

    What follows the comma is then an entry of digits, perhaps with a unit, without a value.
    """
    found: dict[int, str] = {}
    first = 0  # of the entries that belong to the number before them
    for at, (key, value) in enumerate(node.value):
        if not (node.flow_style and at and _is_rest_of_number(key, value)):
            first = at + 1
        elif re.fullmatch(r"[-+$€¥₹₩A-Z ]*\d+", number := str(node.value[first - 1][1].value)):
            found[first] = f"{found.get(first, number)},{key.value}"
    return found


def _is_rest_of_number(key: Node, value: Node) -> bool:
    """Whether an entry consists of digits, perhaps with a unit behind them, and has no value."""
    plain = isinstance(key, ScalarNode) and key.style is None and re.match(r"\d", str(key.value))
    return bool(plain) and isinstance(value, ScalarNode) and value.style is None and value.value == ""


def _is_thousands(before: Node, after: Node) -> bool:
    """Whether one entry of a list ends in a number, and three digits follow it without a blank."""
    if not (isinstance(before, ScalarNode) and isinstance(after, ScalarNode)):
        return False
    if before.style is not None or after.style is not None:
        return False
    close = after.start_mark.index == before.end_mark.index + 1
    return bool(close and re.search(r"\d$", before.value) and re.match(r"\d{3}(?!\d)", after.value))


def _joined_number(number: str) -> tuple[str, str]:
    """A number with commas as it is to be written, and why: without those of thousands, or with a point."""
    why = "inside { } a comma parts entries"
    if re.match(r"[-+$€¥₹₩A-Z ]*[1-9]\d{0,2}(,\d{3})+(?!\d)", number):
        why += ": leave it out, or put quotes around the number and its unit"
        return number.replace(",", ""), why
    return number.replace(",", "."), why


class _Reader:
    """Walks the nodes of one document; collects every problem instead of stopping at the first."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def value(self, node: Node, path: KeyPath) -> Any:
        if not self.acceptable(node, path):
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            self.refuse_parted_amounts(node, path)
            return [self.value(child, (*path, str(i))) for i, child in enumerate(node.value)]
        return self.scalar(node, path)

    def refuse_parted_amounts(self, node: SequenceNode, path: KeyPath) -> None:
        """Find numbers in a list on one line that a comma has parted, as in [4,000, 3,500]."""
        if not node.flow_style:
            return
        for i, (before, after) in enumerate(zip(node.value, node.value[1:], strict=False)):
            if not _is_thousands(before, after):
                continue
            number = f"{before.value},{after.value}"
            expected, why = _joined_number(number)
            self.problems.append(self.tree.problem((*path, str(i)), f"'{number}'", expected, why))

    def acceptable(self, node: Node, path: KeyPath) -> bool:
        """Whether a node is plain data of its own: no alias, no tag."""
        # Only an alias makes the composer hand out the same node twice.
        if id(node) in self.seen:
            found = self.tree.problem(path, "an alias (*name)", "the value written out")
            self.problems.append(found)  # the node's own place is that of the value which it stands for
            return False
        self.seen.add(id(node))
        kind = str(node.tag).removeprefix(_TAG)
        known = _COLLECTIONS.get(type(node), _SCALARS.keys())
        tag = "<<" if kind == "merge" else f"the tag {str(node.tag).replace(_TAG, '!!', 1)}"
        return kind in known or self.refuse(node, path, tag, "plain data without tags")

    def mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        parted = _parted_numbers(node)
        for at, number in parted.items():
            key_node, value_node = node.value[at - 1]
            here = (*path, str(key_node.value))
            self.refuse(value_node, here, f"'{number}'", *_joined_number(number))
        for at, (key_node, value_node) in enumerate(node.value):
            if any(first <= at < first + number.count(",") for first, number in parted.items()):
                continue
            if not isinstance(key_node, ScalarNode):
                self.refuse(key_node, path, "a list or a block of keys as a key", "a word")
            elif self.acceptable(key_node, path):
                self.entry(found, key_node, value_node, path)
        return found

    def entry(self, found: dict[str, Any], key_node: ScalarNode, value_node: Node, path: KeyPath) -> None:
        key = self.text(key_node, path)
        here = (*path, key)
        if key in found:
            hint = f"the first is in line {self.tree.places[here].line}"
            self.refuse(key_node, here, f"'{key}' a second time", "each key once", hint)
            return
        self.tree.places[here] = _place(self.tree.file, key_node.start_mark)
        found[key] = self.value(value_node, here)

    def scalar(self, node: Node, path: KeyPath) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        text = self.text(node, path)
        try:
            value = _SCALARS[kind](text)
        except (KeyError, ValueError):
            return self.refuse(node, path, f"'{text[:40]}'", f"what its kind, {kind}, allows")
        if isinstance(value, float) and not math.isfinite(value):
            return self.refuse(node, path, text, "a finite number")
        return value

    def text(self, node: Node, path: KeyPath) -> str:
        """The characters of a scalar, Hangul composed."""
        text = unicodedata.normalize("NFC", str(node.value))
        if any("\ud800" <= c <= "\udfff" for c in text):
            self.refuse(node, path, "half a character", "whole characters")
            return ""
        return text

    def refuse(self, node: Node, path: KeyPath, found: str, expected: str, hint: str = "") -> Literal[False]:
        place = _place(self.tree.file, node.start_mark)
        self.problems.append(Problem(*place, ".".join(path), found, expected, hint))
        return False


_PLAIN = frozenset((str, int, float, bool, type(None)))


def copy_data(data: Any) -> Any:
    """Return data as a file would give it: keys are text, and lists are lists."""
    if type(data) in _PLAIN:  # as most of a scenario is
        return data
    if isinstance(data, Mapping):
        return {str(key): copy_data(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [copy_data(value) for value in data]
    # A number of NumPy, as a loop over an array gives it, becomes one of Python's; this loads no NumPy.
    plain = getattr(data, "tolist", None)
    return plain() if type(data).__module__ == "numpy" and plain is not None else data
