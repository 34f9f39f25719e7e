"""Sums of what pieces yield, of which no more than two are in memory, however many pieces there are."""

from __future__ import annotations

from typing import Generic

from sim.execute.group import Played
from sim.stats.counts import C

_LATEST = 16
"""Pieces that are added to each other before they are added to all others."""


class RunningSum(Generic[C]):
    """Adds up what comes, in two sums: one of the latest pieces, so that the whole is not gone through often.

    Counts of a long run are large: a distribution has millions of values.
    """

    def __init__(self, zero: C) -> None:
        self._total = Played(zero)
        self._latest: Played[C] | None = None
        self._count = 0

    def add(self, one: Played[C]) -> None:
        """Add a piece."""
        self._latest = one if self._latest is None else self._latest + one
        self._count += 1
        if self._count % _LATEST == 0:
            self._fold()

    def add_large(self, one: Played[C]) -> None:
        """Add the sum of many pieces."""
        self._fold()
        self._total = self._total + one

    def total(self) -> Played[C]:
        """Return everything that was added."""
        self._fold()
        return self._total

    def _fold(self) -> None:
        """Add the latest pieces to the whole."""
        if self._latest is not None:
            self._total, self._latest = self._total + self._latest, None
