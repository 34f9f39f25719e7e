"""What facts say: chances with and without them, what they moved, and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.findings.chances import Chances
from sim.stats.summary import Estimate


@dataclass(frozen=True)
class Spread:
    """Where a number lies: its mean, and its 5 % and 95 % quantiles."""

    mean: float
    q05: float
    q95: float


@dataclass(frozen=True)
class MovedNumber:
    """An uncertain number before and after the facts."""

    path: str
    meaning: str
    unit: str
    before: Spread
    after: Spread

    @property
    def by(self) -> float:
        """How far its mean has moved, in quarters of its span before."""
        span = self.before.q95 - self.before.q05
        return 4 * abs(self.after.mean - self.before.mean) / span if span else 0.0


@dataclass(frozen=True)
class Mover:
    """Something that is not known, and what knowing it would do to a team's chance of leaving."""

    kind: Literal["number", "points"]
    what: str  # path of a number; or stage and block (or `total`) of points, with `of`
    of: str  # the team whose points they are; empty for a number
    team: str  # whose chance moves most
    sd: float  # by how much, a standard deviation, 0..1


@dataclass(frozen=True)
class Trust:
    """How far particles can be trusted."""

    particles: int
    islands: int
    effective: float  # independent particles that would be as precise
    r_hat: float
    stuck: str  # what islands agree about least
    r_hat_points: float
    log_evidence: float
    levels: int
    worst: float  # violation of a fact, points


Told = Literal["apart", "level"]


@dataclass(frozen=True)
class Evidence:
    """What is known of the past, and what it says of the future."""

    facts: int
    stages: tuple[str, ...]  # of which there are facts
    without: Chances  # by the same runs, without facts
    same_without: Estimate | None  # the chance without facts where all teams have that one; else None
    apart: bool  # whether facts tell the teams apart: some intervals do not overlap
    numbers: tuple[MovedNumber, ...]  # most moved first
    movers: tuple[Mover, ...]  # most first
    trust: Trust
