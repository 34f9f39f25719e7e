"""The inputs of single replications, one after another, as the event engine plays them."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from sim.engines.inputs import Inputs


class Rows:
    """Hands out the inputs of single replications, their arrays without the first axis.

    Building a record for every replication would take longer than playing it. So there is one, and `at` puts
    another replication's rows into those of its fields that differ between replications. Fields named in
    `without` nobody will look at: they stay as they are.
    """

    def __init__(self, inputs: Inputs, without: Collection[str] = ()) -> None:
        self._r, self._without = 0, without
        self._varying: list[tuple[Any, str, np.ndarray]] = []  # record, field, (replications, ...)
        self._inputs: Inputs = self._single(inputs)

    def at(self, r: int) -> Inputs:
        """The inputs of the r-th replication of the range; the next call takes them away."""
        self._r = r
        for record, name, array in self._varying:
            setattr(record, name, array[r])
        return self._inputs

    def _single(self, block: Any) -> Any:
        """A copy of a record whose arrays are one replication's; what all share is set once."""
        row = copy(block)
        for field in fields(block):
            if field.name in self._without:
                continue
            setattr(row, field.name, self._part(row, field.name, getattr(block, field.name)))
        return row

    def _part(self, row: Any, name: str, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            if len(value) > 1:
                self._varying.append((row, name, np.ascontiguousarray(value)))
            return value[0].item() if value.ndim == 1 else value[0]
        if isinstance(value, tuple):
            return tuple(self._single(part) if is_dataclass(part) else part for part in value)
        if callable(value):  # luck that is drawn only if it is needed
            return lambda: value()[self._r]
        return self._single(value) if is_dataclass(value) else value
