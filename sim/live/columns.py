"""Numbers as the kernel takes them: a factor, alone or of a column of one value a run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats


class Leaf(NamedTuple):
    """A number of a plan: `factor`, times the column if there is one."""

    factor: float
    column: int | None = None


class Columns:
    """Columns of one value a run; those that are in proportion are one."""

    def __init__(self) -> None:
        self.all: list[Floats] = []

    def leaf(self, values: Floats) -> Leaf:
        """Return a number that is drawn, (runs or 1,), as a factor of a column, or alone."""
        first = float(values[0])
        if values.size == 1 or (values == values[0]).all():
            return Leaf(first)
        for k, known in enumerate(self.all):
            factor = _ratio(values, known)
            if factor is not None:
                return Leaf(factor, k)
        return Leaf(1.0, self.add(values))

    def add(self, values: Floats) -> int:
        """Add a column, (runs,), and return its place."""
        self.all.append(np.asarray(values, dtype=np.float64))
        return len(self.all) - 1


_SAME = 1e-12
"""Relative difference within which columns are in proportion: only their last bits differ."""


def _ratio(values: Floats, known: Floats) -> float | None:
    """By what `known` is to be multiplied to give `values`; None if it does not."""
    at = int(np.argmax(np.abs(known)))
    factor = float(values[at] / known[at])
    if abs(values[0] - factor * known[0]) > _SAME * abs(values[0]):  # most are told apart by this
        return None
    return factor if np.allclose(values, factor * known, rtol=_SAME, atol=0) else None
