"""The options of a scenario: its choices played out one at a time, never averaged and never crossed."""

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
