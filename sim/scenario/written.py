"""A resolved scenario as YAML that can be loaded again, with where each value comes from beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.scenario.compose import MARKS
from sim.scenario.marks import inputs
from sim.scenario.origins import leaves, origin
from sim.scenario.scenario import Scenario
from sim.scenario.yamltree import SET, Tree
from sim.scenario.yamltree import Path as Steps

Line = tuple[str, str]
"""A line of YAML and its comment."""

_SHORT = 60
"""Letters up to which a table stands on one line."""

_PLAIN = re.compile(r"[^\W\d][\w .()/-]*(?<! )|\d{4}-\d{2}-\d{2}( to \d{4}-\d{2}-\d{2})?")
_TAKEN = {"true", "false", "null"}


def written(scenario: Scenario, tree: Tree) -> Iterator[Line]:
    """The lines of the scenario; `tree` says where they come from."""
    guesses = {one.path for one in inputs(scenario) if one.guess}
    yield from _Writer(tree, guesses).block(_shown(scenario.resolved()), ())


def _shown(data: Any) -> Any:
    """Without what says nothing (marks that are not set, empty tables and lists), the marks last."""
    if not isinstance(data, dict):
        return data
    shown = {key: _shown(value) for key, value in data.items() if key != "guess" or value}
    marked = sorted(shown, key=lambda key: key in MARKS)
    return {key: shown[key] for key in marked if shown[key] not in ({}, [])}


def flow(value: Any) -> str:
    """Plain data on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(str(key))}: {flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _TAKEN
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value)


class _Writer:
    def __init__(self, tree: Tree, guesses: set[str]) -> None:
        self.tree, self.guesses = tree, guesses

    def block(self, data: dict[str, Any], path: Steps) -> Iterator[Line]:
        indent = "  " * len(path)
        for key, value in data.items():
            here, start = (*path, str(key)), f"{indent}{flow(str(key))}:"
            comments = {self.comment(inner) for inner, _ in leaves(value, here)}
            text = f"{start} {flow(value)}"
            if not isinstance(value, dict) or (len(comments) == 1 and len(text) <= _SHORT):
                yield text, ", ".join(sorted(comments))
            else:
                yield start, ""
                yield from self.block(value, here)

    def comment(self, path: Steps) -> str:
        """Where a value comes from, and whether it is a guess."""
        place = origin(self.tree, path)
        if place is None:
            where = "default"
        else:
            where = SET.file if place.file == SET.file else f"{Path(place.file).name}:{place.line}"
        above = (".".join(path[:length]) for length in range(len(path), 0, -1))
        return f"{where}, guess" if any(one in self.guesses for one in above) else where
