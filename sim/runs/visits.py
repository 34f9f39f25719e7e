"""What a sweep visits: the scenarios of its points, each option of their choices by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.runs.design import Design, Point, points
from sim.runs.factors import FILE, Factor, parsed
from sim.runs.levers import WEIGHT, overrides
from sim.scenario.language.load import variations
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import options
from sim.scenario.problems import Problem, ScenarioError

Vary = Callable[[Mapping[str, Any]], Scenario]


@dataclass(frozen=True)
class Request:
    """What a sweep is asked for: with the files that it names, it decides every byte.

    `replications` is (start, stop); with `until_halfwidth` as many are played instead as make every chance
    at every point so precise (`sim.runs.until`).
    """

    scenario: str  # a file, or the name of a bundled scenario
    vary: tuple[str, ...]  # as `--vary` takes them
    design: Design = "grid"
    seed: int = 1
    replications: tuple[int, int] = (0, 10_000)
    until_halfwidth: float | None = None
    set: Mapping[str, Any] = field(default_factory=dict)  # by path, at all points
    from_start: bool = False

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What varies. Raises `ValueError` for a text that is no factor."""
        return tuple(parsed(text) for text in self.vary)

    def as_data(self) -> dict[str, Any]:
        """The request as a manifest holds it."""
        return asdict(self)


@dataclass(frozen=True)
class Visit:
    """One option of a scenario's choices at one point of the design."""

    number: int  # of the point, from 0
    point: Point
    option: str
    default: bool  # whether it is the first option, by which a scenario is told
    scenario: Scenario


def visits(request: Request) -> tuple[Visit, ...]:
    """All visits, in the order of the design and of the options.

    Raises `ScenarioError` for a point that is no scenario, `ValueError` for too many points.
    """
    for factor in request.factors:
        if factor.path in request.set:
            found = "varied, and set by --set"
            raise ScenarioError([Problem("--vary", 0, 0, factor.path, found, "one of the two")])
    space = _Space(request)
    return tuple(
        Visit(number, point, one.name, not one.path, one.scenario.settled())
        for number, point in enumerate(points(request.factors, request.design, request.seed))
        for one in options(space.at(point))
    )


def digest(visited: Sequence[Visit]) -> str:
    """SHA-256 of all that is visited, in hexadecimal."""
    return hashlib.sha256("".join(visit.scenario.digest() for visit in visited).encode()).hexdigest()


class _Space:
    """The scenarios of points; each file is read once."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._read: dict[Path, tuple[Vary, Scenario]] = {}

    def at(self, point: Point) -> Scenario:
        """The scenario of a point; what is wrong with it says at which."""
        values = {factor.path: value for factor, value in zip(self.request.factors, point, strict=True)}
        told = ", ".join(f"{path}={value}" for path, value in values.items())
        vary, base = self._file(Path(str(values.pop(FILE, self.request.scenario))))
        try:
            return vary({**self.request.set, **overrides(base, values)}) if values else base
        except ScenarioError as error:
            raise ScenarioError(replace(one, hint=_hint(one, told)) for one in error.problems) from None

    def _file(self, path: Path) -> tuple[Vary, Scenario]:
        if path not in self._read:
            vary = variations(path, from_start=self.request.from_start)
            self._read[path] = vary, vary(self.request.set)
        return self._read[path]


def _hint(problem: Problem, told: str) -> str:
    """At which point a problem came up, and how a block is made to count more together with its items."""
    whole = f"{WEIGHT} instead of max scales the items, too" if problem.path.endswith(".items") else ""
    return "; ".join(text for text in (problem.hint, whole, f"at {told}") if text)
