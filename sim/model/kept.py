"""Random numbers that are asked for again and again, drawn once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.model.draws import Floats, Key, Source


class Kept:
    """A source that keeps every block of numbers that it has been asked for: made anew for each range.

    For playing the same replications many times over, each time with something else changed.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept: dict[tuple[tuple[Key, ...], int, int], Floats] = {}

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`; a copy, for whoever asks may overwrite it."""
        asked = tuple(keys), start, stop
        if asked not in self._kept:
            self._kept[asked] = self._source.columns(keys, start, stop)
        return self._kept[asked].copy()

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)
