"""Where each number of a scenario stands: the paths that key its draws and that users write after `--set`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from sim.scenario.models.numbers import Uncertain
from sim.scenario.problems import KeyPath


def uncertain_numbers(part: Any, path: str = "") -> Iterator[tuple[str, Uncertain]]:
    """Walk over a scenario, or a part of it at `path`: every uncertain number in it, with its own path.

    A path joins by dots what leads to a number: keys of blocks, ids of tables, positions in lists.
    """
    if isinstance(part, Uncertain):
        yield path, part  # no further: there is no distribution inside a distribution
        return
    for step, child in _children(part):
        if type(child) in _PLAIN:
            continue  # most of a scenario: a generator for each would take longer than all else
        yield from uncertain_numbers(child, f"{path}.{step}" if path else str(step))


_PLAIN = frozenset((str, int, float, bool, type(None), datetime.date))


def _children(part: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(part, BaseModel):
        yield from ((name, getattr(part, name)) for name in type(part).model_fields)
    elif isinstance(part, Mapping):
        yield from part.items()
    elif isinstance(part, tuple):
        yield from enumerate(part)


ANY = "*"
"""Stands in a pattern of paths for an id that the file chooses."""


def path_fits(pattern: KeyPath, path: KeyPath) -> bool:
    """Whether `path` is one of those that `pattern` stands for; where it has * itself, it is about any id."""
    return len(pattern) == len(path) and all(p in (ANY, step) for p, step in zip(pattern, path, strict=True))


def note_paths(scenario: BaseModel) -> None:
    """Tell each uncertain number of a scenario where it stands."""
    for path, number in uncertain_numbers(scenario):
        number.put_at(path)


def same_draw(scenario: BaseModel, path: str) -> list[str]:
    """The paths of the numbers that share the draw of the one at `path`, which comes first."""
    numbers = dict(uncertain_numbers(scenario))
    if path not in numbers or numbers[path].shared is None:
        return [path]
    name = numbers[path].shared
    return [path, *(other for other, one in numbers.items() if one.shared == name and other != path)]


def over_stages(path: str) -> str:
    """The path with * for the id of its stage: the same number of every stage."""
    return re.sub(r"^stages\.[^.]+\.", "stages.*.", path)
