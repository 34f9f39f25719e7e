"""Sources that stand before another: they keep, pin, lay out or spy on what it draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sim.model.draws import Floats, Key, Purpose, Source
from sim.scenario.models.scenario import Scenario


class CachedSource:
    """Memoise another source's columns. Create one per range of replications; it is never emptied.

    For playing the same replications many times over, each time with something else changed.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._columns: dict[tuple[tuple[Key, ...], int, int], Floats] = {}

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`; read-only, since whoever asks next gets the same array."""
        asked = tuple(keys), start, stop
        found = self._columns.get(asked)
        if found is None:
            found = self._columns[asked] = self._source.columns(keys, start, stop)
            found.flags.writeable = False
        return found

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`; not memoised."""
        return self._source.sequence(key, index)


class PinnedSource:
    """A source in which some uncertain numbers have the same uniform in every replication.

    `pinned` names a number of `scenario` by its `draw_name`. With a default, every share of it is pinned, but
    not what stands in its place: a team's own number is another number.
    """

    def __init__(self, source: Source, pinned: Mapping[str, float], scenario: Scenario) -> None:
        self._source = source
        shares = scenario.shares_of_defaults()
        self._pinned = {name: pinned[default] for name, default in shares if default in pinned} | dict(pinned)

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        uniforms = self._source.columns(keys, start, stop)
        rows = [i for i, key in enumerate(keys) if _is_number(key) and key.item in self._pinned]
        if rows:
            uniforms = uniforms.copy()
            for i in rows:
                uniforms[i] = self._pinned[keys[i].item]
        return uniforms

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)


class DesignSource:
    """A source in which replication r has the uncertain numbers of point r // `each` of a design.

    `points` has the uniforms of a number at every point, by its `draw_name`. All else is drawn as ever.
    """

    def __init__(self, source: Source, points: Mapping[str, Floats], each: int) -> None:
        self._source, self._points, self._each = source, points, each

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        uniforms = self._source.columns(keys, start, stop)
        rows = [i for i, key in enumerate(keys) if _is_number(key) and key.item in self._points]
        if rows:
            uniforms, at = uniforms.copy(), np.arange(start, stop) // self._each
            for i in rows:
                uniforms[i] = self._points[keys[i].item][at]
        return uniforms

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)


class SpySource:
    """A source that notes which uncertain numbers are asked for, and the first uniform of each."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.asked: dict[str, float] = {}  # by `draw_name`, in the order in which they were asked for

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        uniforms = self._source.columns(keys, start, stop)
        asked = zip(keys, uniforms, strict=True)
        self.asked |= {key.item: float(u[0]) for key, u in asked if _is_number(key)}
        return uniforms

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)


def _is_number(key: Key) -> bool:
    return key.purpose is Purpose.PARAMETER
