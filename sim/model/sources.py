"""Sources that stand before another: they keep, pin, lay out or spy on what it draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from sim.model.draws import Floats, Key, Purpose, Source
from sim.scenario.models.scenario import Scenario


class _Before:
    """What stands before another source; sequences, none of which is an uncertain number, it passes on."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)

    def _with_numbers(
        self, keys: Sequence[Key], start: int, stop: int, given: Callable[[str], Floats | float | None]
    ) -> Floats:
        """The source's columns, but for uncertain numbers for which something is `given`, by `draw_name`."""
        uniforms = self._source.columns(keys, start, stop)
        rows = {i: given(key.item) for i, key in enumerate(keys) if _is_number(key)}
        found = {i: row for i, row in rows.items() if row is not None}
        if found:
            uniforms = uniforms.copy()  # it may be shared with others
            for i, row in found.items():
                uniforms[i] = row
        return uniforms


class CachedSource(_Before):
    """Memoise another source's columns. Create one per range of replications; it is never emptied.

    For playing the same replications many times over, each time with something else changed. Sequences are
    not memoised.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._columns: dict[tuple[tuple[Key, ...], int, int], Floats] = {}

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`; read-only, since whoever asks next gets the same array."""
        asked = tuple(keys), start, stop
        found = self._columns.get(asked)
        if found is None:
            found = self._columns[asked] = self._source.columns(keys, start, stop)
            found.flags.writeable = False
        return found


class PinnedSource(_Before):
    """A source in which some uncertain numbers have the same uniform in every replication.

    `pinned` names a number of `scenario` by its `draw_name`. With a default, every share of it is pinned, but
    not what stands in its place: a team's own number is another number.
    """

    def __init__(self, source: Source, pinned: Mapping[str, float], scenario: Scenario) -> None:
        super().__init__(source)
        shares = scenario.shares_of_defaults()
        self._pinned = {name: pinned[default] for name, default in shares if default in pinned} | dict(pinned)

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        return self._with_numbers(keys, start, stop, self._pinned.get)


class DesignSource(_Before):
    """A source in which replication r has the uncertain numbers of point r // `each` of a design.

    `points` has the uniforms of a number at every point, by its `draw_name`. All else is drawn as ever.
    """

    def __init__(self, source: Source, points: Mapping[str, Floats], each: int) -> None:
        super().__init__(source)
        self._points, self._each = points, each

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        at = np.arange(start, stop) // self._each
        points = self._points
        return self._with_numbers(
            keys, start, stop, lambda name: points[name][at] if name in points else None
        )


class HeldSource(_Before):
    """A source in which replication r has the draws of particle r modulo their number.

    `held` has a uniform of every particle, (particles,), by key; where several numbers have one name (the
    ratings of an item), all of them are that one. What is not held is drawn as ever.
    """

    def __init__(self, source: Source, held: Mapping[Key, Floats]) -> None:
        super().__init__(source)
        self._held = held

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        rows = [self._held.get(key if key.nth == 0 else key._replace(nth=0)) for key in keys]
        drawn = [key for key, row in zip(keys, rows, strict=True) if row is None]
        found = np.empty((len(keys), stop - start))
        if drawn:
            found[[row is None for row in rows]] = self._source.columns(drawn, start, stop)
        for target, row in zip(found, rows, strict=True):
            if row is not None:
                target[:] = np.take(row, np.arange(start, stop), mode="wrap")
        return found


class SpySource(_Before):
    """A source that notes which uncertain numbers are asked for, and the first uniform of each."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.asked: dict[str, float] = {}  # by `draw_name`, in the order in which they were asked for

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        uniforms = self._source.columns(keys, start, stop)
        asked = zip(keys, uniforms, strict=True)
        self.asked |= {key.item: float(u[0]) for key, u in asked if _is_number(key)}
        return uniforms


def _is_number(key: Key) -> bool:
    return key.purpose is Purpose.PARAMETER
