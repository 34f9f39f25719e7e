"""A scenario's choices and doubts, one at a time: never averaged and never crossed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.scenario.load import from_data
from sim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Option:
    """One way in which the decisions of a scenario may be taken.

    `value` is what is chosen at `path`, and all else is as by default; the default itself has the path "".
    """

    path: str
    value: Any
    scenario: Scenario


def options(scenario: Scenario) -> list[Option]:
    """The default, then each other value of each choice in order; no scenario of them has choices left."""
    data = scenario.resolved()
    choices = data.pop("choices", {})
    others = [(path, value) for path, values in choices.items() for value in values[1:]]
    default = from_data(data) if choices else scenario
    return [Option("", None, default), *(Option(p, v, from_data(data, {p: v})) for p, v in others)]


def doubted(scenario: Scenario) -> list[Option]:
    """The scenario with each value of each doubt in turn; none of them has doubts left."""
    data = scenario.resolved()
    doubts = data.pop("doubts", {})
    others = [(path, value) for path, values in doubts.items() for value in values]
    return [Option(p, v, from_data(data, {p: v})) for p, v in others]
