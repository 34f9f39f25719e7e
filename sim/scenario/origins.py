"""Where each value of a scenario comes from: a line of a file, `--set`, or a default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.yamltree import Place, Tree

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
