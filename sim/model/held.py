"""Uncertain numbers held at a quantile, everything else drawn as ever: what would be if they were known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.model.draws import Floats, Key, Purpose, Source
from sim.scenario.paths import default_path


class Held:
    """A source whose uncertain numbers that `held` names always have that uniform.

    A number is named by its path, or by `shared:NAME` with all others of the name (`paths.luck_of`).
    """

    def __init__(self, source: Source, held: Mapping[str, float]) -> None:
        self._source, self._held = source, held

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        uniforms = self._source.columns(keys, start, stop)
        for row, key in zip(uniforms, keys, strict=True):
            u = self._uniform(key)
            if u is not None:
                row[:] = u
        return uniforms

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return self._source.sequence(key, index)

    def _uniform(self, key: Key) -> float | None:
        if key.purpose is not Purpose.PARAMETER:
            return None
        default = default_path(key.item)
        return self._held.get(key.item, None if default is None else self._held.get(default))
