"""Where the numbers of a scenario come from: each input with the source named nearest to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.scenario.models.base import Block
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.scenario import Scenario


class SourcedInput(NamedTuple):
    """A number or a date of a scenario, and what its file says of where it comes from."""

    input: Input
    source: str
    confidence: str


def sourced_inputs(scenario: Scenario) -> list[SourcedInput]:
    """Return every input in the order of the file; texts are empty where the file says nothing."""
    return [SourcedInput(each, *_origin(scenario, each.path)) for each in inputs(scenario)]


def _origin(scenario: Scenario, path: str) -> tuple[str, str]:
    """The source and the confidence of the nearest block that names one, each by itself."""
    source = confidence = ""
    for part in _parts(scenario, path.split(".")):
        if isinstance(part, Block):
            source, confidence = part.source or source, part.confidence or confidence
    return source, confidence


def _parts(part: Any, steps: list[str]) -> Iterator[Any]:
    """What one passes on the way to a number, from the outside in."""
    yield part
    for step in steps:
        if isinstance(part, dict):
            part = part.get(step)
        elif isinstance(part, tuple):
            part = part[int(step)]
        else:
            part = getattr(part, step, None)
        yield part
