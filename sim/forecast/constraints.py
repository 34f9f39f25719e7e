"""Facts as bounds on points: what holds of them, how far they are missed, and how far a line may go.

Facts are about printed points: clipped to [0, the item's maximum], and scaled where the best team of a block
gets its maximum. The sampler moves points before that. On a line along which no point enters or leaves a
clip (its cell), and which leaves the leader of a rescaled block where it is, printed points are linear, so
that the facts hold on one interval of the line.

Arrays are (particles, places) and (particles, facts); each particle has the bounds of its own combination.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.forecast.prior import Grid
from sim.forecast.rows import Evidence
from sim.model.draws import Floats

_NO_RATE = 1e-13
"""A fact that changes less than this along a line does not bound it."""

_AT_END = 0.99
"""Points told to be at least this part of their maximum are told to be at it, and likewise at 0."""


@dataclass(frozen=True)
class Rescaled:
    """A block of which the best team gets the maximum."""

    members: np.ndarray  # (members,) its places
    leads: np.ndarray  # (combinations, places): those of its leader
    maximum: float


class Constraints:
    """The bounds of all combinations over the same rows."""

    def __init__(self, evidence: Evidence, grid: Grid) -> None:
        self.matrix, self.names = evidence.matrix, evidence.names
        self.low, self.high = evidence.low, evidence.high  # (combinations, rows)
        self.maximum = grid.maximum[grid.item_of]  # (places,)
        self.rescaled = tuple(_rescaled(evidence, grid))
        single = np.count_nonzero(self.matrix, axis=1) == 1
        # (combinations, places): 1 where points are told to be at their maximum, -1 where to be 0
        self.told_cell = np.zeros((len(self.low), len(self.maximum)), dtype=np.int8)
        for c, row in zip(*np.nonzero(single & np.isinf(self.high) & (self.low > 0)), strict=True):
            self._tell(c, row, 1, self.low[c, row])
        for c, row in zip(*np.nonzero(single & np.isinf(self.low) & np.isfinite(self.high)), strict=True):
            self._tell(c, row, -1, self.high[c, row])
        for block in self.rescaled:  # what is told of them is told after scaling
            self.told_cell[:, block.members] = 0

    def _tell(self, combination: int, row: int, cell: int, bound: float) -> None:
        (place,) = np.flatnonzero(self.matrix[row])
        share = bound / (self.maximum[place] * self.matrix[row, place])
        if share > _AT_END if cell == 1 else share < 1 - _AT_END:
            self.told_cell[combination, place] = cell

    @property
    def combinations(self) -> int:
        """How many there are."""
        return len(self.low)

    def clipped(self, points: Floats) -> Floats:
        """Points within [0, the item's maximum]."""
        return np.clip(points, 0, self.maximum)

    def cell(self, points: Floats) -> np.ndarray:
        """Where each point stands: -1 at or below 0, 1 at or above the maximum, 0 between."""
        cell: np.ndarray = np.subtract(points >= self.maximum, points <= 0, dtype=np.int8)
        return cell

    def assumed_cell(self, combination: np.ndarray) -> np.ndarray:
        """The cell of what is known: points told at an end of what can be given are beyond it, others not."""
        cell: np.ndarray = self.told_cell[combination]
        return cell

    def scale(self, clipped: Floats, combination: np.ndarray) -> Floats:
        """What clipped points are multiplied by."""
        found = np.ones_like(clipped)
        for block in self.rescaled:
            total = (clipped * block.leads[combination]).sum(1)
            # Left alone where the leader has nothing, as in the evaluation itself.
            factor = block.maximum / np.where(total > 0, total, block.maximum)
            found[:, block.members] = factor[:, None]
        return found

    def values(self, points: Floats, combination: np.ndarray) -> Floats:
        """What the facts are about, (particles, rows)."""
        clipped = self.clipped(points)
        found: Floats = (clipped * self.scale(clipped, combination)) @ self.matrix.T
        return found

    def grow(
        self,
        points: Floats,
        block: Rescaled,
        combination: np.ndarray,
        factor: Floats,
        cell: np.ndarray | None = None,
    ) -> tuple[Floats, Floats]:
        """Multiply the points of a block's leader by `factor`, and all others so that what is printed stays.

        `cell` is where points are taken to be while they are on their way there; None: where they are.
        Returns points, (particles, places), and the log of how much volume grows, (particles,): -inf where
        the leader has nothing. Beyond the maximum the leader's points may grow, and all others stay.
        """
        leads = block.leads[combination]
        grown = np.where(leads, points * factor[:, None], points)
        given = self.clipped if cell is None else partial(self._in_cell, cell=cell)
        before, after = ((given(each) * leads).sum(1) for each in (points, grown))
        possible = (before > 0) & (after > 0)
        ratio = np.where(possible, after, 1.0) / np.where(possible, before, 1.0)
        others = ~leads
        others[:, np.setdiff1d(np.arange(points.shape[1]), block.members)] = False
        grown = np.where(others, points * ratio[:, None], grown)
        volume = leads.sum(1) * np.log(factor) + others.sum(1) * np.log(ratio)
        return grown, np.where(possible, volume, -np.inf)

    def is_leading(self, combination: np.ndarray) -> np.ndarray:
        """Whether a place is of the leader of a rescaled block, (particles, places)."""
        found = np.zeros((len(combination), len(self.maximum)), dtype=bool)
        for block in self.rescaled:
            found |= block.leads[combination]
        return found

    def nearest_combination(self, points: Floats) -> np.ndarray:
        """The combination that particles miss least, (particles,): the first in which all facts hold."""
        each = [self.worst(points, np.full(len(points), c)) for c in range(self.combinations)]
        nearest: np.ndarray = np.argmin(each, axis=0)
        return nearest

    def have_same_leaders(self, combination: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Whether two combinations have the same leaders of all rescaled blocks, (particles,)."""
        same = np.ones(len(combination), dtype=bool)
        for block in self.rescaled:
            same &= (block.leads[combination] == block.leads[other]).all(1)
        return same

    def keep_leaders(self, direction: Floats, cell: np.ndarray, combination: np.ndarray) -> Floats:
        """Take from a direction, (particles, places), what would change the total of a leader."""
        for block in self.rescaled:
            leads = block.leads[combination]
            free = leads & (cell == 0)
            mean = (direction * free).sum(1) / np.maximum(free.sum(1), 1)
            direction = np.where(free, direction - mean[:, None], direction)
        return direction

    def interval(
        self,
        points: Floats,
        direction: Floats,
        cell: np.ndarray,
        combination: np.ndarray,
        slack: Floats | float = 0.0,
        cell_slack: Floats | float = 0.0,
    ) -> tuple[Floats, Floats]:
        """How far each particle may go along its direction, back and forth, within facts and cell.

        `slack`, (combinations, rows), widens the bounds of facts, and `cell_slack`, (places,), those of
        the cell, while points are on their way there: points in a clip are taken at its end.
        """
        there = self._in_cell(points, cell)
        scale = self.scale(there, combination)
        # Only what moves can leave its bounds: of most lines that is a small part of all.
        at = np.flatnonzero(direction.any(0))
        rows = np.flatnonzero(self.matrix[:, at].any(1))
        # Memory runs along the particles from here on: ends are compared over the few facts.
        values = self.matrix[rows] @ (there * scale).T
        moving = np.where(cell[:, at] == 0, direction[:, at], 0.0) * scale[:, at]
        rates = self.matrix[np.ix_(rows, at)] @ moving.T
        wide = np.broadcast_to(slack, self.low.shape)
        low, high = ((self.low - wide)[:, rows].T, (self.high + wide)[:, rows].T)
        back, forth = _ends(values, rates, low[:, combination], high[:, combination])
        cell_back, cell_forth = self._cell_interval(points, direction, cell, cell_slack)
        # Rounding may put a point a hair outside: it may always stay where it is.
        back = np.minimum(np.maximum(back, cell_back), 0.0)
        return back, np.maximum(np.minimum(forth, cell_forth), 0.0)

    def interval_of_other(
        self, points: Floats, direction: Floats, cell: np.ndarray, other: np.ndarray
    ) -> tuple[Floats, Floats]:
        """Where on the line of each particle the facts of another combination hold, from and to.

        That has the same leaders, and mostly does not hold where the particle is. From lies beyond to where
        it holds nowhere.
        """
        there = self._in_cell(points, cell)
        scale = self.scale(there, other)
        values = self.matrix @ (there * scale).T
        rates = self.matrix @ (np.where(cell == 0, direction, 0.0) * scale).T
        low, high = self.low.T[:, other], self.high.T[:, other]
        back, forth = _ends(values, rates, low, high)
        holds = (np.abs(rates) > _NO_RATE) | ((low <= values) & (values <= high))
        cell_back, cell_forth = self._cell_interval(points, direction, cell, 0.0)
        back, forth = np.maximum(back, cell_back), np.minimum(forth, cell_forth)
        return back, np.where(holds.all(0), forth, -np.inf)

    def _cell_interval(
        self, points: Floats, direction: Floats, cell: np.ndarray, slack: Floats | float
    ) -> tuple[Floats, Floats]:
        """How far each particle may go along its direction, back and forth, within its cell."""
        at = np.flatnonzero(direction.any(0))
        room = np.broadcast_to(slack, len(self.maximum))[at]
        low, high = self._cell_ends(cell[:, at], self.maximum[at])
        return _ends(points[:, at].T, direction[:, at].T, (low - room).T, (high + room).T)

    def single_interval(self, points: Floats, place: int, combination: np.ndarray) -> tuple[Floats, Floats]:
        """How far one point may go alone, back and forth; it may cross the ends of its clip."""
        clipped, maximum = self.clipped(points), self.maximum[place]
        scale = self.scale(clipped, combination)
        rows = np.flatnonzero(self.matrix[:, place])
        values = self.matrix[rows] @ (clipped * scale).T
        rates = self.matrix[rows, place, None] * scale[:, place]
        ends = _ends(values, rates, self.low.T[rows][:, combination], self.high.T[rows][:, combination])
        now = clipped[:, place]
        low, high = now + ends[0], now + ends[1]
        low, high = np.where(low <= 0, -np.inf, low), np.where(high >= maximum, np.inf, high)
        return np.minimum(low - points[:, place], 0.0), np.maximum(high - points[:, place], 0.0)

    @staticmethod
    def _cell_ends(cell: np.ndarray, maximum: Floats) -> tuple[Floats, Floats]:
        """Between what points of a cell lie."""
        low = np.where(cell == 1, maximum, np.where(cell == -1, -np.inf, 0.0))
        return low, np.where(cell == 1, np.inf, np.where(cell == -1, 0.0, maximum))

    def _in_cell(self, points: Floats, cell: np.ndarray) -> Floats:
        return np.where(cell == 1, self.maximum, np.where(cell == -1, 0.0, points))

    def missed(self, points: Floats, combination: np.ndarray, unit: Floats) -> Floats:
        """How far facts are missed in the assumed cell, (particles, rows); `unit` is (combinations, rows)."""
        cell = self.assumed_cell(combination)
        there = self._in_cell(points, cell)
        values = (there * self.scale(there, combination)) @ self.matrix.T
        short = np.maximum(self.low[combination] - values, values - self.high[combination])
        missed: Floats = np.maximum(short, 0.0) / unit[combination]
        return missed

    def outside_cell(self, points: Floats, combination: np.ndarray, unit: Floats) -> Floats:
        """How far points are outside the assumed cell, (particles, places), in `unit`, (places,)."""
        cell = self.assumed_cell(combination)
        low, high = self._cell_ends(cell, self.maximum)
        below, above = low - points, points - high
        outside: Floats = np.maximum(np.maximum(below, above), 0.0) / unit
        return outside

    def worst(self, points: Floats, combination: np.ndarray) -> Floats:
        """The largest violation of a fact, (particles,), in points."""
        values = self.values(points, combination)
        short = np.maximum(self.low[combination] - values, values - self.high[combination])
        worst: Floats = short.max(1, initial=0.0)
        return worst


def _rescaled(evidence: Evidence, grid: Grid) -> Iterator[Rescaled]:
    for b, (stage, block) in enumerate(evidence.rescaled):
        items = [i for i, item in enumerate(grid.items) if (item.stage, item.block) == (stage, block)]
        members = np.flatnonzero(np.isin(grid.item_of, items))
        leads = np.zeros((len(evidence.low), len(grid.item_of)), dtype=bool)
        for c, team in enumerate(evidence.leaders[:, b]):
            leads[c, members[grid.team_of[members] == team]] = True
        yield Rescaled(members, leads, float(grid.maximum[items].sum()))


def _ends(values: Floats, rates: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Where the first of values that change at `rates` leaves [low, high], going back and going forth.

    Arrays are (values, particles); ends are (particles,), infinite where nothing ever leaves.
    """
    rates = np.where(np.abs(rates) > _NO_RATE, rates, np.nan)
    to_low, to_high = (low - values) / rates, (high - values) / rates
    back = np.fmax.reduce(np.minimum(to_low, to_high), axis=0, initial=-np.inf)
    forth = np.fmin.reduce(np.maximum(to_low, to_high), axis=0, initial=np.inf)
    return back, forth
