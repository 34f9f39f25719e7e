"""Where each value of a scenario comes from: a line of a file, `--set`, or a default.

And the resolved scenario as YAML that can be loaded again, with that beside every line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.scenario.language.yamltree import SET, Place, Tree
from sim.scenario.models.base import MARKS
from sim.scenario.models.inputs import inputs
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import KeyPath
from sim.text import say


def walk_leaves(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value of plain data that is no table, with its path; an empty table is one, too."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from walk_leaves(value, (*path, str(key)))
    else:
        yield path, data


def find_origin(tree: Tree, path: KeyPath) -> Place | None:
    """Where the value at `path` of the resolved scenario is written; None for a default.

    A value that is only a part of what is written, such as the parameter of a distribution in a list, has the
    place of the whole; a choice has that of its value.
    """
    if path[0] == "choices":
        path = tuple(path[1].split("."))
    data: Any = tree.data
    for depth, step in enumerate(path):
        if not isinstance(data, dict):
            return tree.place(path[:depth])
        if depth and path[depth - 1] == "weighted":
            return tree.place(path[:depth])  # whose values may be written in several ways: 2, or 2.0
        if step not in data:
            return None
        data = data[step]
    return tree.place(path)


def newly_known(scenario: Scenario, tree: Tree) -> list[str]:
    """The paths of what is marked, as a guess or a prior, that an override has set without such a mark."""
    marked = [each for each in inputs(scenario) if each.guess or each.prior_from is not None]
    paths = [tuple(each.path.split(".")) for each in marked]
    return [
        ".".join(path) for path in paths if _is_overridden(tree, path) and not _is_marked_anew(tree, path)
    ]


def _is_overridden(tree: Tree, path: KeyPath) -> bool:
    place = find_origin(tree, path)
    return place is not None and place.file == SET.file


def _is_marked_anew(tree: Tree, path: KeyPath) -> bool:
    """Whether a mark on the way to `path` is an override."""
    block: Any = tree.data
    for depth, step in enumerate((*path, "")):
        if not isinstance(block, dict):
            return False
        for mark in ("guess", "prior_from"):
            if mark in block and tree.place((*path[:depth], mark)).file == SET.file:
                return True
        block = block.get(step)
    return False


Line = tuple[str, str]
"""A line of YAML and its comment."""

_SHORT = 60
"""Letters up to which a table stands on one line."""

_PLAIN = re.compile(r"[^\W\d][\w .()/-]*(?<! )|\d{4}-\d{2}-\d{2}( to \d{4}-\d{2}-\d{2})?")
_TAKEN = {"true", "false", "null"}


def write_lines(scenario: Scenario, tree: Tree, lang: str = "en") -> Iterator[Line]:
    """The lines of the scenario; `tree` says where they come from, comments do in one language."""
    guesses = {one.path for one in inputs(scenario) if one.guess}
    yield from _Writer(tree, guesses, lang).block(_without_empty(scenario.resolved()), ())


def _without_empty(data: Any) -> Any:
    """Without what says nothing (marks that are not set, empty tables and lists), the marks last.

    An empty table of who left says that nobody did.
    """
    if not isinstance(data, dict):
        return data
    shown = {key: _without_empty(value) for key, value in data.items() if key != "guess" or value}
    marked = sorted(shown, key=lambda key: key in MARKS)
    return {key: shown[key] for key in marked if key == "happened" or shown[key] not in ({}, [])}


def format_flow(value: Any) -> str:
    """Plain data on one line."""
    if isinstance(value, dict):
        entries = (f"{format_flow(str(key))}: {format_flow(child)}" for key, child in value.items())
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(format_flow, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _TAKEN
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value)


class _Writer:
    def __init__(self, tree: Tree, guesses: set[str], lang: str) -> None:
        self.tree, self.guesses, self.lang = tree, guesses, lang

    def block(self, data: dict[str, Any], path: KeyPath) -> Iterator[Line]:
        indent = "  " * len(path)
        for key, value in data.items():
            here, start = (*path, str(key)), f"{indent}{format_flow(str(key))}:"
            comments = {self.comment(inner) for inner, _ in walk_leaves(value, here)} or {self.comment(here)}
            text = f"{start} {format_flow(value)}"
            if not isinstance(value, dict) or (len(comments) == 1 and len(text) <= _SHORT):
                yield text, ", ".join(sorted(comments))
            else:
                yield start, ""
                yield from self.block(value, here)

    def comment(self, path: KeyPath) -> str:
        """Where a value comes from, and whether it is a guess."""
        place = find_origin(self.tree, path)
        where = say(self.lang, "scenario.is_default")
        if place is not None:
            where = SET.file if place.file == SET.file else f"{Path(place.file).name}:{place.line}"
        above = (".".join(path[:length]) for length in range(len(path), 0, -1))
        if any(one in self.guesses for one in above):
            return say(self.lang, "scenario.is_guess", where=where)
        return where
