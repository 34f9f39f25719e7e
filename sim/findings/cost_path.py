"""What a percentage point costs along a budget: money and one team's chance, beside the first point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sim.stats.differences import ChanceShift, PairedDifference
from sim.stats.intervals import for_all_of


class CostStep(NamedTuple):
    """From the first point of a sweep to another one."""

    level: Any  # of what varies
    money: float  # more than at the first point, means over runs
    change: ChanceShift  # in the team's chance of leaving at any stage
    low: float  # the ends of its interval, good for every team and step at once: the team is chosen by them
    high: float

    @property
    def is_seen(self) -> bool:
        """Whether 0 lies outside the dice of the change."""
        return self.low > 0 or self.high < 0

    @property
    def per_point(self) -> float | None:
        """Money for each percentage point by which the chance changes; None where no change is seen."""
        return self.money / (100 * abs(self.change.estimate)) if self.is_seen else None

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the greatest money for a point that the dice of the change leave open."""
        if not self.is_seen:
            return None
        one, other = (self.money / (100 * abs(end)) for end in (self.low, self.high))
        return min(one, other), max(one, other)


@dataclass(frozen=True)
class CostPath:
    """What a point of the chance of one team costs: of the team whose chance moves most.

    Money is that of GPUs lent, and of own ones where they are priced.
    """

    team: str
    first: Any  # the level that all others stand beside
    steps: tuple[CostStep, ...]
    runs: int  # by which the differences were worked out

    def sees(self, *levels: Any) -> bool:
        """Tell whether a change is seen between two levels, of which one is the first."""
        return self.first in levels and any(step.is_seen for step in self.steps if step.level in levels)


def find_cost_path(
    levels: Sequence[Any],
    money: Sequence[float],
    changes: Sequence[Mapping[str, PairedDifference]],
    runs: int,
) -> CostPath:
    """Return what a point costs along the way, for the team whose chance differs most from the first point.

    `levels` and `money` are of all points, `changes` of all but the first, by team.
    """
    team = max(changes[0], key=lambda team: max(abs(each[team].estimate) for each in changes))
    rows = zip(levels[1:], money[1:], changes, strict=True)
    confidence = for_all_of(len(changes[0]) * len(changes))
    steps = tuple(
        CostStep(level, spent - money[0], each[team], *each[team].interval(confidence))
        for level, spent, each in rows
    )
    return CostPath(team, levels[0], steps, runs)
