"""Every number and date that goes into a scenario, by path, and which of them are guesses."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from sim.scenario.models.base import Block, is_number
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import Window

Value = float | Uncertain | datetime.date | Window


@dataclass(frozen=True)
class Input:
    """A number or a date of the resolved scenario."""

    path: str
    value: Value
    guess: bool
    meaning: str = ""
    unit: str = ""
    plausible: tuple[float, float] | None = None

    @property
    def ranged(self) -> bool:
        """Whether it is known between which ends it may lie."""
        return self.plausible is not None or isinstance(self.value, Uncertain)


_SETTINGS = ("format", "round_to", "reported", "facts", "known", "choices", "doubts", "given")
"""Numbers that no run is played with, or that say nothing about the programme."""


def inputs(scenario: Scenario) -> list[Input]:
    """All numbers and dates, in the order of the file; what is given is no guess, whatever its marks say."""
    given = frozenset(scenario.given or ())
    found = _walk(scenario, "", guess=False)
    return [replace(each, guess=False) if each.path in given else each for each in found]


def _walk(block: BaseModel, path: str, *, guess: bool) -> Iterator[Input]:
    marked = block.guess if isinstance(block, Block) else False
    for name, field in type(block).model_fields.items():
        if name in _SETTINGS:
            continue
        value = getattr(block, name)
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        named = isinstance(marked, tuple) and name in marked
        # A default that is a guess stays one when a file writes it out.
        default = value == field.default and bool(extra.get("guess"))
        here = f"{path}.{name}" if path else name
        yield from _leaves(
            value, here, extra, field.description or "", guess or marked is True or named or default
        )


def _leaves(value: Any, path: str, extra: dict[str, Any], meaning: str, guess: bool) -> Iterator[Input]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}", extra, meaning, guess)
    elif isinstance(value, tuple):
        for place, child in enumerate(value):
            yield from _leaves(child, f"{path}.{place}", extra, meaning, guess)
    elif isinstance(value, (Uncertain, Window, datetime.date)) or is_number(value):
        marked = isinstance(value, Uncertain) and value.guess is True
        yield Input(
            path, value, guess or marked, meaning, str(extra.get("unit", "")), _plausible(value, extra)
        )
    elif isinstance(value, BaseModel):
        yield from _walk(value, path, guess=guess)


def _plausible(value: Any, extra: dict[str, Any]) -> tuple[float, float] | None:
    factors = extra.get("factors")
    if factors and is_number(value) and value:
        return value * factors[0], value * factors[1]
    found: tuple[float, float] | None = extra.get("plausible")
    return found
