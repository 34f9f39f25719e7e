"""Uncertain numbers at the points of a design, everything else drawn as ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sim.model.draws import Floats, Key, Purpose, Source


class Laid:
    """A source in which replication r has the uncertain numbers of point r // `each` of a design.

    `points` has the uniforms of a number at every point, by the name of its luck (the item of its key).
    """

    def __init__(self, source: Source, points: Mapping[str, Floats], each: int) -> None:
        self._source, self._points, self._each = source, points, each

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        uniforms = self._source.columns(keys, start, stop)
        at = np.arange(start, stop) // self._each
        for row, key in zip(uniforms, keys, strict=True):
            if key.purpose is Purpose.PARAMETER and key.item in self._points:
                row[:] = self._points[key.item][at]
        return uniforms

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)


class Recorded:
    """A source that notes which uncertain numbers are asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.asked: dict[str, None] = {}  # by the name of their luck, in the order in which they were

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        self.asked |= dict.fromkeys(key.item for key in keys if key.purpose is Purpose.PARAMETER)
        return self._source.columns(keys, start, stop)

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)
