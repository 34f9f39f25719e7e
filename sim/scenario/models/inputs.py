"""Every number and date that goes into a scenario, by path, and which of them are guesses."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.models.base import MARKS, Block, Hindsight, day_of, is_number, said_of
from sim.scenario.models.numbers import Number, Uncertain
from sim.scenario.models.scenario import OF_COMPUTE, Scenario
from sim.scenario.models.windows import Window

Value = Number | datetime.date | Window


@dataclass(frozen=True)
class Input:
    """A number or a date of the resolved scenario."""

    path: str
    value: Value
    guess: bool
    meaning: str = ""
    unit: str = ""
    plausible: tuple[float, float] | None = None
    prior_from: datetime.date | None = None  # the day of the results after which it was set
    widest: tuple[float, float] | None = None  # the range that the file names for it without them

    @property
    def ranged(self) -> bool:
        """Whether it is known between which ends it may lie."""
        return self.plausible is not None or isinstance(self.value, Uncertain)


_SETTINGS = ("format", "round_to", "reported", "facts", "known", "choices", "doubts", "given")
"""Numbers that no run is played with, or that say nothing about the programme."""


def inputs(scenario: Scenario) -> list[Input]:
    """All numbers and dates, in the order of the file; what is given is known, whatever its marks say."""
    given = frozenset(scenario.given or ())
    found = (each for each in _walk(scenario, "", _Marks()) if not _is_idle(scenario, each.path))
    if not scenario.hardware:
        unit = scenario.strength_unit.en
        found = (replace(each, unit=unit) if each.unit == _ECI else each for each in found)
    return [
        replace(each, guess=False, prior_from=None, widest=None) if each.path in given else each
        for each in found
    ]


def is_guessed(scenario: Scenario, path: str) -> bool:
    """Whether what stands at a path, or any number below it, is a guess."""
    return any(each.guess for each in inputs(scenario) if f"{each.path}.".startswith(f"{path}."))


_ECI = "ECI"


def _is_idle(scenario: Scenario, path: str) -> bool:
    """Whether a default stands there that means nothing, for nothing is trained."""
    first, *ids = path.split(".")
    if first in OF_COMPUTE:
        return not scenario.hardware
    return first == "stages" and ids[1] in ("grants", "own") and not scenario.trains(ids[0])


class _Marks(NamedTuple):
    """What the blocks round a value say of it."""

    guess: bool = False
    origin: Hindsight | datetime.date | None = None

    def inside(self) -> _Marks:
        """What holds of the numbers inside a block or table: a range is that of one number alone."""
        return self._replace(origin=day_of(self.origin)) if isinstance(self.origin, Hindsight) else self


@cache
def _fields(kind: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """The fields of a block in which numbers may stand."""
    return [(n, field) for n, field in kind.model_fields.items() if n not in _SETTINGS and n not in MARKS]


_NO_NUMBER = frozenset((str, bool, type(None)))


def _walk(block: BaseModel, path: str, above: _Marks) -> Iterator[Input]:
    marked = block.guess if isinstance(block, Block) else False
    for name, field in _fields(type(block)):
        value = getattr(block, name)
        if type(value) in _NO_NUMBER:
            continue  # most of a scenario, and every file that is read is walked over several times
        extra = said_of(field)
        named = isinstance(marked, tuple) and name in marked
        # A default that is a guess stays one when a file writes it out.
        default = bool(extra.get("guess")) and value == field.default
        here = f"{path}.{name}" if path else name
        origin = block.origin_of(name) if isinstance(block, Block) else None
        marks = _Marks(above.guess or marked is True or named or default, origin or above.origin)
        yield from _leaves(value, here, extra, field.description or "", marks)


def _leaves(value: Any, path: str, extra: dict[str, Any], meaning: str, marks: _Marks) -> Iterator[Input]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}", extra, meaning, marks.inside())
    elif isinstance(value, tuple):
        for place, child in enumerate(value):
            yield from _leaves(child, f"{path}.{place}", extra, meaning, marks.inside())
    elif isinstance(value, (Uncertain, Window, datetime.date)) or is_number(value):
        guess, origin = marks
        if isinstance(value, Uncertain):
            guess, origin = guess or value.guess is True, value.origin_of(value.kinds()[0]) or origin
        unit, widest = str(extra.get("unit", "")), origin.widest if isinstance(origin, Hindsight) else None
        yield Input(path, value, guess, meaning, unit, _plausible(value, extra), day_of(origin), widest)
        if isinstance(value, Window) and value.extension != 0:
            yield from _leaves(value.extension, f"{path}.extension", {"unit": "days"}, _EXTENSION, marks)
    elif isinstance(value, BaseModel):
        yield from _walk(value, path, marks.inside())


_EXTENSION = "Whole days by which the training window closes later"


def _plausible(value: Any, extra: dict[str, Any]) -> tuple[float, float] | None:
    factors = extra.get("factors")
    if factors and is_number(value) and value:
        return value * factors[0], value * factors[1]
    found: tuple[float, float] | None = extra.get("plausible")
    return found
