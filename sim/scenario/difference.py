"""By which paths two scenarios differ, as they are resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario.compose import MARKS
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Difference:
    """What two scenarios have at a path: a value, a whole block that the other lacks, or None for nothing."""

    path: str
    first: Any
    second: Any


ORDERED = ("teams", "stages")
"""Tables whose order means something: that of teams breaks the very last ties, that of stages is time."""


def differences(first: Scenario, second: Scenario) -> list[Difference]:
    """All that differs, in the order of the scenarios; sources, confidence and guesses are left aside."""
    here, there = (_meant({**scenario.resolved(), "given": {}}) for scenario in (first, second))
    return [*_compared(here, there, ""), *_orders(here, there)]


def _meant(data: Any) -> Any:
    """Data without marks and without what is empty."""
    if not isinstance(data, dict):
        return data
    meant = {key: _meant(value) for key, value in data.items() if key not in MARKS}
    return {key: value for key, value in meant.items() if value not in ({}, [])}


def _compared(here: dict[str, Any], there: dict[str, Any], path: str) -> Iterator[Difference]:
    for key in dict.fromkeys([*here, *there]):
        one, other = here.get(key), there.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _compared(one, other, f"{path}{key}.")
        elif one != other:
            yield Difference(f"{path}{key}", one, other)


def _orders(here: dict[str, Any], there: dict[str, Any]) -> Iterator[Difference]:
    for name in ORDERED:
        one, other = (list(data[name]) for data in (here, there))
        if one != other and set(one) == set(other):
            yield Difference(f"{name} (order)", one, other)
