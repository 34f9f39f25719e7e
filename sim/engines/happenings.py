"""What can happen in a replication, and one thing that does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import ceil, floor

from sim.engines.calendar import EPOCH, Phase


class What(StrEnum):
    """What happens, in the order in which things of one moment are told."""

    ENTRY_NOT_HELD = "entry-not-held"
    ENTRY_HELD = "entry-held"
    ENTERS = "enters"
    NOT_CHOSEN = "not-chosen"
    NOBODY_ENTERS = "nobody-enters"
    WINDOW_OPENS = "window-opens"
    SUPPLY = "supply"
    GRANT = "grant"
    DELIVERY = "delivery"
    TAKEN_BACK = "taken-back"
    SLOW = "slow"
    NORMAL = "normal"
    SLOW_STORAGE = "slow-storage"
    STORAGE_NORMAL = "storage-normal"
    FALLS_BACK = "falls-back"
    TOO_LATE = "too-late"
    SUBMITS = "submits"
    SUBMITS_NOTHING = "submits-nothing"
    SCORES = "scores"
    FAILS_GATE = "fails-gate"
    RANK = "rank"
    STAYS = "stays"
    OUT_BY_POINTS = "out-by-points"
    OUT_AT_GATE = "out-at-gate"
    SELECTED = "selected"
    AWARD = "award"
    PAID = "paid"
    NOBODY_SELECTED = "nobody-selected"
    NOT_HELD = "not-held"
    RETURNED = "returned"
    FOUND = "found"
    MAKES_ALONE = "makes-alone"
    INSTITUTES_BEGIN = "institutes-begin"
    HALF_SERVED = "half-served"
    COMPANIES_BEGIN = "companies-begin"
    ECOSYSTEM = "ecosystem"


LEAVES = frozenset({What.OUT_BY_POINTS, What.OUT_AT_GATE})
"""The two ways to leave."""

ORDER = {what: i for i, what in enumerate(What)}
"""Where a kind stands among those of one moment."""


@dataclass(frozen=True)
class Happening:
    """One thing that happens to a team, or to nobody in particular (`team` is empty).

    `day` is in days since 1970-01-01, as the engines count: what comes by the end of a day has the number of
    the next. `values` are the numbers that belong to it; docs/trace.md lists them. `fixed` marks what is
    known to have happened and so was not drawn.
    """

    day: float
    phase: Phase
    stage: str
    team: str
    what: What
    values: Mapping[str, float] = field(default_factory=dict)
    fixed: bool = False

    @property
    def date(self) -> date:
        """The day of the calendar: grants come as a day begins, everything else by its end."""
        whole = floor(self.day) if self.phase == Phase.GRANT else ceil(self.day) - 1
        return EPOCH + timedelta(whole)
