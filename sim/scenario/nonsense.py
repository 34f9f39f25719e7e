"""A problem across blocks, by its path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sim.scenario.problems import did_you_mean


class Nonsense(NamedTuple):
    """What is well formed and yet makes no sense; the loader adds the place."""

    path: tuple[str, ...]
    found: str
    expected: str = ""
    hint: str = ""


_MOST_HINTS = 50
"""UncertainInput names of one table that are compared with those that are known; nobody reads further."""


def unknown(
    path: tuple[str, ...], kind: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Nonsense]:
    """A problem for each of `names` that is not among the `known`."""
    known = list(known)
    strange = [name for name in names if name not in known]
    for i, name in enumerate(strange):
        hint = did_you_mean(name, known) if i < _MOST_HINTS else ""
        yield Nonsense((*path, name), f"no {kind} '{name}'", hint=hint)
