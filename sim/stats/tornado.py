"""Tornado bounds: chances with one uncertain input at its low or its high end, all others drawn."""

from __future__ import annotations

from dataclasses import dataclass

from sim.stats.histogram import Ints
from sim.stats.paired import PairedDifference


@dataclass(frozen=True)
class TornadoCounts:
    """Counts over the same replications; adds up in any order."""

    runs: int
    drawn: Ints  # (targets,) all numbers drawn
    low: Ints  # (numbers, targets)
    high: Ints
    only_low: Ints  # (numbers, targets) replications in which the target comes true at the low end alone
    only_high: Ints

    def __add__(self, other: TornadoCounts) -> TornadoCounts:
        return TornadoCounts(
            self.runs + other.runs,
            self.drawn + other.drawn,
            self.low + other.low,
            self.high + other.high,
            self.only_low + other.only_low,
            self.only_high + other.only_high,
        )

    def between(self, number: int, target: int) -> PairedDifference:
        """How much greater a target's chance is at the high end of a number than at the low end, paired."""
        at = number, target
        counts = self.only_high, self.only_low, self.low, self.high
        b, c, first, second = (int(each[at]) for each in counts)
        return PairedDifference(b, c, self.runs, first=first, second=second)
