"""Can a value be all that it is said to be without hindsight?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic


def prior_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Widest ranges with values that cannot be, such as a share of 1.2."""
    ranged = [each for each in inputs(scenario) if each.widest is not None]
    if not ranged or _are_allowed(scenario, ranged):
        return
    for each in ranged:
        if not _are_allowed(scenario, [each]):
            low, high = each.widest or (0.0, 0.0)
            path = tuple(each.path.split("."))
            yield Diagnostic(path, f"a widest range from {low:g} to {high:g}", "values that it can have")


def _are_allowed(scenario: Scenario, ranged: list[Input]) -> bool:
    """Whether some values can be drawn from their widest ranges."""
    data = scenario.resolved()
    for each in ranged:
        _put(data, each.path.split("."), {"uniform": list(each.widest or ())})
    try:
        Scenario.model_validate(data)
    except ValidationError:
        return False
    return True


def _put(data: Any, path: list[str], law: dict[str, Any]) -> None:
    """Put a law at a path of plain data, whose defaults are filled in."""
    for step in path[:-1]:
        data = data[int(step) if isinstance(data, list) else step]
    data[int(path[-1]) if isinstance(data, list) else path[-1]] = law
