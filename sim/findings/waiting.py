"""What waiting does: the last result comes on another day, and nobody trains for longer or shorter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.model.quantiles import median
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import window_of


class Wait(NamedTuple):
    """What did change and what did not."""

    days: int  # by which the last result comes later; below 0: earlier
    months: float  # by which the best that stays is further behind the frontier, means over runs
    same_fates: bool  # in every run


def find_days_waited(first: Scenario, second: Scenario) -> int:
    """Return by how many days the last result comes later in the second scenario than in the first.

    By the central values of shifts. 0 where the two have other stages or other lengths of training, so that
    more than waiting differs, or where nothing is trained in the end.
    """
    last = first.last_held
    if last is None or last != second.last_held or not (first.trains(last) and second.trains(last)):
        return 0
    if list(_lengths(first)) != list(_lengths(second)):
        return 0
    moved = second.stages[last].decided - first.stages[last].decided
    return moved.days + round(_shifted(second) - _shifted(first))


def _shifted(scenario: Scenario) -> float:
    return sum(median(scenario.stages[s].shift) for s in scenario.held_stages)


def _lengths(scenario: Scenario) -> Iterator[tuple[str, str, object]]:
    """How long each team trains at each stage that is held: days, and the extension of its window."""
    for s in scenario.held_stages:
        for t in scenario.teams:
            window = window_of(scenario.stages[s].train, t)
            yield s, t, None if window is None else (window.days(), window.extension)


def is_of_days(path: str) -> bool:
    """Tell whether a path of a scenario is that of a day, of a window or of a shift."""
    first, _, *rest = [*path.split("."), "", ""]
    return first == "stages" and (rest[0] in _DAYS or rest[:2] == ["entry", "day"])


_DAYS = ("train", "evaluated", "result", "shift")
"""Keys of a stage that say when, and nothing else."""
