"""The scenarios at the points of a sweep, from what it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.scenario.language.load import Variations, variations, variations_of
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import Option, options
from sim.scenario.problems import Problem, ScenarioError
from sim.stats.design import FILE, Factor, Point
from sim.studies.factors import WEIGHT, overrides
from sim.studies.request import SweepRequest


class DesignSpace:
    """The scenarios of points; each file is read once."""

    def __init__(self, request: SweepRequest, file: str | None) -> None:
        self.request, self.scenario = request, file or request.scenario
        self._read: dict[str, tuple[Variations, Scenario]] = {}

    def options_at(self, factors: Sequence[Factor], point: Point) -> list[Option]:
        """Return the options of the scenario of a point; what is wrong with it says at which."""
        values = {factor.path: value for factor, value in zip(factors, point, strict=True)}
        told = ", ".join(f"{path}={value}" for path, value in values.items())
        varied, base = self._read_once(values.pop(FILE, self.scenario))
        if not values:
            return self._options(base)
        try:
            return self._options_with({**self.request.set, **overrides(base, values)}, varied)
        except ScenarioError as error:
            raise ScenarioError(replace(one, hint=_hint(one, told)) for one in error.problems) from None

    def _options_with(self, changes: Mapping[str, Any], varied: Variations) -> list[Option]:
        try:
            return self._options(varied.load_default(changes))
        except ScenarioError:  # of which more is said where options are tried as they are written
            return self._options(varied.load(changes))

    def _options(self, scenario: Scenario) -> list[Option]:
        return options(scenario if self.request.known is None else self.request.known.of(scenario))

    def _read_once(self, scenario: str | Scenario) -> tuple[Variations, Scenario]:
        key = scenario if isinstance(scenario, str) else ""
        if key not in self._read:
            varied = self._varied(scenario)
            self._read[key] = varied, varied.load(self.request.set)
        return self._read[key]

    def _varied(self, scenario: str | Scenario) -> Variations:
        if isinstance(scenario, str):
            return variations(scenario, from_start=self.request.from_start)
        return variations_of((scenario.from_start() if self.request.from_start else scenario).resolved())


def _hint(problem: Problem, told: str) -> str:
    """At which point a problem came up, and how a block is made to count more together with its items."""
    whole = f"{WEIGHT} instead of max scales the items, too" if problem.path.endswith(".items") else ""
    return "; ".join(text for text in (problem.hint, whole, f"at {told}") if text)
