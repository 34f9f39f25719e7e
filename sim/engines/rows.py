"""One replication out of the inputs of many."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Generic, TypeVar

import numpy as np

from sim.engines.inputs import Inputs, StageInputs

Record = TypeVar("Record", Inputs, StageInputs)


class _Row(Generic[Record]):
    """A record whose arrays are one replication's; what all replications share is set once."""

    def __init__(self, block: Record) -> None:
        arrays = {f.name: getattr(block, f.name) for f in fields(block)}
        arrays = {name: value for name, value in arrays.items() if isinstance(value, np.ndarray)}
        self._varying = [(name, np.ascontiguousarray(a)) for name, a in arrays.items() if len(a) > 1]
        self.record: Record = replace(block, **{name: a[0] for name, a in arrays.items()})

    def move(self, r: int) -> None:
        for name, array in self._varying:
            setattr(self.record, name, array[r])


class Rows:
    """Hands out the inputs of single replications, their arrays without the first axis."""

    def __init__(self, inputs: Inputs) -> None:
        self._block = inputs
        self._stages = [_Row(stage) for stage in inputs.stages]
        self._programme = _Row(replace(inputs, stages=tuple(row.record for row in self._stages)))

    def at(self, r: int) -> Inputs:
        """The inputs of the r-th replication of the range; the next call takes them away."""
        self._programme.move(r)
        for row, block in zip(self._stages, self._block.stages, strict=True):
            row.move(r)
            row.record.tie_luck = lambda block=block: block.tie_luck()[r]  # type: ignore[misc]
        return self._programme.record
