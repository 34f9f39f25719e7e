"""Random numbers of a range of replications: the uncertain numbers of a scenario, and the luck of teams.

No key is spelt by hand for an uncertain number: it knows its own place in the scenario, which keys its draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.normal import normal
from sim.model.quantiles import quantile, standard_noise
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.points import NoiseShape

Number = float | Uncertain


class Sample:
    """The replications from `start` to before `stop`, their numbers drawn from `source` when asked for."""

    def __init__(self, source: Source, start: int, stop: int) -> None:
        self.source, self.start, self.stop = source, start, stop
        self._numbers: dict[str, Floats] = {}  # uniforms of uncertain numbers, each drawn once

    @property
    def size(self) -> int:
        """How many replications there are."""
        return self.stop - self.start

    def uniforms(self, keys: Sequence[Key]) -> Floats:
        """(keys, replications), perhaps read-only."""
        return self.source.columns(keys, self.start, self.stop)

    def normals(self, keys: Sequence[Key]) -> Floats:
        """Standard normal numbers, (keys, replications)."""
        u = self.uniforms(keys)
        return normal(u, out=_reusable(u))

    def noise(self, shape: NoiseShape, keys: Sequence[Key]) -> Floats:
        """Numbers with mean 0 and standard deviation 1 that follow the law `shape`, (keys, replications)."""
        u = self.uniforms(keys)
        return standard_noise(shape, u, out=_reusable(u))

    def one(self, number: Number) -> Floats:
        """A number of the scenario, (replications or 1,)."""
        if not isinstance(number, Uncertain):
            return np.array([number])
        name = number.draw_name
        if name not in self._numbers:
            self._numbers[name] = self.uniforms([Key(Purpose.PARAMETER, item=name)])[0]
        return quantile(number, self._numbers[name])

    def row(self, numbers: Iterable[Number]) -> Floats:
        """(replications or 1, numbers), running along the replications in memory."""
        columns = [self.one(number) for number in numbers]
        size = max((column.size for column in columns), default=1)
        stacked = np.empty((len(columns), size))
        for target, column in zip(stacked, columns, strict=True):
            target[:] = column
        return stacked.T

    def table(self, rows: Iterable[Iterable[Number]]) -> Floats:
        """(replications or 1, rows, numbers)."""
        parts = [self.row(row) for row in rows]
        size = max(part.shape[0] for part in parts)
        stacked = np.empty((len(parts), parts[0].shape[1], size))
        for target, part in zip(stacked, parts, strict=True):
            target[:] = part.T
        return np.moveaxis(stacked, -1, 0)


def _reusable(uniforms: Floats) -> Floats | None:
    """The array itself, to be overwritten, unless it is shared with others.

    The noise of a block of replications takes megabytes, and fresh memory costs as much as filling it.
    """
    return uniforms if uniforms.flags.writeable else None
