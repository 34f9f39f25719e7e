"""The scenarios at the points of a sweep, from what it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.scenario.language.load import from_data, variations
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Problem, ScenarioError
from sim.stats.design import FILE, Factor, Point
from sim.studies.factors import WEIGHT, overrides
from sim.studies.request import SweepRequest


class DesignSpace:
    """The scenarios of points; each file is read once."""

    def __init__(self, request: SweepRequest, file: str | None) -> None:
        self.request, self.scenario = request, file or request.scenario
        self._read: dict[str, tuple[Callable[[Mapping[str, Any]], Scenario], Scenario]] = {}

    def at(self, factors: Sequence[Factor], point: Point) -> Scenario:
        """Return the scenario of a point; what is wrong with it says at which."""
        values = {factor.path: value for factor, value in zip(factors, point, strict=True)}
        told = ", ".join(f"{path}={value}" for path, value in values.items())
        vary, base = self._read_once(values.pop(FILE, self.scenario))
        try:
            found = vary({**self.request.set, **overrides(base, values)}) if values else base
        except ScenarioError as error:
            raise ScenarioError(replace(one, hint=_hint(one, told)) for one in error.problems) from None
        return found if self.request.known is None else self.request.known.of(found)

    def _read_once(
        self, scenario: str | Scenario
    ) -> tuple[Callable[[Mapping[str, Any]], Scenario], Scenario]:
        key = scenario if isinstance(scenario, str) else ""
        if key not in self._read:
            vary = self._varied(scenario)
            self._read[key] = vary, vary(self.request.set)
        return self._read[key]

    def _varied(self, scenario: str | Scenario) -> Callable[[Mapping[str, Any]], Scenario]:
        """What gives the scenario with values laid over it. Doubts are about one scenario, not about many."""
        if isinstance(scenario, str):
            return variations(scenario, from_start=self.request.from_start)
        data = (scenario.from_start() if self.request.from_start else scenario).resolved()
        data.pop("doubts", None)
        return lambda changes: from_data(data, changes)


def _hint(problem: Problem, told: str) -> str:
    """At which point a problem came up, and how a block is made to count more together with its items."""
    whole = f"{WEIGHT} instead of max scales the items, too" if problem.path.endswith(".items") else ""
    return "; ".join(text for text in (problem.hint, whole, f"at {told}") if text)
