"""Replications that could not be played to their end."""

from __future__ import annotations

from typing import NamedTuple


class Failure(NamedTuple):
    """One replication in which something raised; its index and the run's seed are all that it depends on."""

    replication: int
    stage: str  # in which it was, empty if none had begun
    error: str  # the name of the exception
    message: str
    case: int = 0  # which of the cases that are played side by side raised it

    def __str__(self) -> str:
        """In a line of text."""
        where = f"in stage {self.stage}, " if self.stage else ""
        return f"replication {self.replication}: {where}{self.error}: {' '.join(self.message.split())}"
