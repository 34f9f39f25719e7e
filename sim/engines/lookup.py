"""Numbers of a scenario for a range of replications; the uncertain ones are drawn."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.quantiles import quantile
from sim.scenario.models.numbers import Uncertain
from sim.scenario.paths import luck_of

Named = Iterable[tuple[str, float | Uncertain]]
"""Numbers with their paths in the resolved scenario."""


class Numbers:
    """Numbers of a scenario for a range of replications; the uncertain ones are drawn by their path."""

    def __init__(self, source: Source, start: int, stop: int) -> None:
        self.source, self.start, self.stop = source, start, stop

    def uniforms(self, keys: list[Key]) -> Floats:
        """(keys, replications)."""
        return self.source.columns(keys, self.start, self.stop)

    def one(self, path: str, number: float | Uncertain) -> Floats:
        """(replications or 1,)."""
        if isinstance(number, Uncertain):
            return quantile(number, self.uniforms([Key(Purpose.PARAMETER, item=luck_of(path, number))])[0])
        return np.array([number])

    def row(self, named: Named) -> Floats:
        """(replications or 1, numbers), running along the replications in memory."""
        columns = [self.one(path, number) for path, number in named]
        size = max((column.size for column in columns), default=1)
        stacked = np.empty((len(columns), size))
        for target, column in zip(stacked, columns, strict=True):
            target[:] = column
        return stacked.T

    def table(self, rows: Iterable[Named]) -> Floats:
        """(replications or 1, rows, numbers)."""
        parts = [self.row(row) for row in rows]
        size = max(part.shape[0] for part in parts)
        stacked = np.empty((len(parts), parts[0].shape[1], size))
        for target, part in zip(stacked, parts, strict=True):
            target[:] = part.T
        return np.moveaxis(stacked, -1, 0)
