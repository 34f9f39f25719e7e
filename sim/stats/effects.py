"""One-at-a-time effects: what one input does to the chances between its low and its high end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from sim.stats.summary import Estimate


@dataclass(frozen=True)
class Effect:
    """What happens when one input goes from its low to its high end."""

    path: str  # * for the id of the stage where all stages share the number; `shared:NAME` for a shared draw
    meaning: str
    low: float
    high: float
    team: str  # whose chance of being selected moves most
    selected: tuple[Estimate, Estimate]  # that chance at the low and at the high end
    strongest_dropped: tuple[Estimate, Estimate]  # chance that the strongest leaves the last stage
    runs: int  # at each end

    @property
    def notable(self) -> bool:
        """Whether it stands out from the dice of its few runs."""
        return self.strength >= 1.6 / math.sqrt(self.runs)

    @property
    def swing(self) -> float:
        """By how much the chance of the team that is moved most changes."""
        return _change(self.selected)

    @property
    def moves(self) -> Literal["team", "strongest"]:
        """Of which of the two chances it is told: a team's, unless the strongest's leaving changes more."""
        return "team" if self.swing >= self.strength else "strongest"

    @property
    def strength(self) -> float:
        """The larger of the two changes: of a team's chance, or of the chance that the strongest leaves."""
        return max(self.swing, _change(self.strongest_dropped))


def _change(ends: tuple[Estimate, Estimate]) -> float:
    change = abs(ends[1].p - ends[0].p)
    return 0.0 if math.isnan(change) else change
