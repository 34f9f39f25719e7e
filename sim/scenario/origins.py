"""Where each value of a scenario comes from: a line of a file, `--set`, or a default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.marks import inputs
from sim.scenario.scenario import Scenario
from sim.scenario.yamltree import SET, Place, Tree

Leaf = tuple[tuple[str, ...], Any]


def leaves(data: Any, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every value of plain data that is no table, with its path; an empty table is one, too."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from leaves(value, (*path, str(key)))
    else:
        yield path, data


def origin(tree: Tree, path: tuple[str, ...]) -> Place | None:
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
        if step not in data:
            return None
        data = data[step]
    return tree.place(path)


def newly_known(scenario: Scenario, tree: Tree) -> list[str]:
    """The paths of guesses that an override has set, unless it has called them guesses itself."""
    paths = [tuple(each.path.split(".")) for each in inputs(scenario) if each.guess]
    return [".".join(path) for path in paths if _overridden(tree, path) and not _called_a_guess(tree, path)]


def _overridden(tree: Tree, path: tuple[str, ...]) -> bool:
    place = origin(tree, path)
    return place is not None and place.file == SET.file


def _called_a_guess(tree: Tree, path: tuple[str, ...]) -> bool:
    """Whether a mark on the way to `path` is an override."""
    block: Any = tree.data
    for depth, step in enumerate((*path, "")):
        if not isinstance(block, dict):
            return False
        if "guess" in block and tree.place((*path[:depth], "guess")).file == SET.file:
            return True
        block = block.get(step)
    return False
