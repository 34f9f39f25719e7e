"""Keyed random numbers: every draw is a function of (seed, purpose, stage, team, item, index) alone.

A column draw gives one uniform for each replication. Its key is a hash of the seed and of what the number
is for; the replication index runs along the Philox counter. So any range of replications can be drawn
alone, a new team or stage shifts nobody else's luck, and two scenarios share their luck wherever they
share names (layout in docs/model.md, "Random numbers").

Other sources stand before the one that draws: they keep, pin, lay out or spy on what it gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray

from sim.scenario.models.scenario import Scenario

Floats = NDArray[np.float64]

Numbers = Floats | float
"""An array, or one number that holds for all of it."""

LANES = 4
"""Philox4x64 gives four words for each value of its counter."""

_STEPS = 4
"""Values of the counter that a sequence draws at a time."""

_WORD = 2**64
_COUNTER = 2**256
_BUFFER = np.zeros(LANES, dtype=np.uint64)
_EXPONENT = np.uint64(0x3FF0000000000000)


class Purpose(StrEnum):
    """What a random number is for; docs/model.md, "Random numbers", has the same table."""

    PARAMETER = "parameter"  # item: path of an uncertain number, or the name that it shares
    TEAM = "team"  # team: its lasting strength, a
    STAGE = "stage"  # stage, team: its luck of the stage, h
    TASTE = "taste"  # team, item: what lasts of the impressions of a judged block, u; no item: of all blocks
    IMPRESSION = "impression"  # stage, team, item: what else a judged block sees, v; no item: all blocks
    NOISE = "noise"  # stage, team, item (block/item): measurement noise of an item
    GATE = "gate"  # stage, team: passes or fails
    TIE = "tie"  # stage, team: the last rung of a tie-break
    PANEL = "panel"  # stage, team: what the panel of the entry after it sees besides strength
    APPLY = "apply"  # stage, team: whether it applies at the entry after it
    SEAT = "seat"  # stage, team: breaks a tie of candidates
    FAULT = "fault"  # stage, team: hazard until each of its faults (sequence draws)
    FORECAST = "forecast"  # stage: what for, item: island (sequence draws of the sampler of the past)
    USER = "user"  # item: a name that a user's own process chose (sequence draws)


class Key(NamedTuple):
    """The name of a random number; absent parts are empty.

    `nth` tells apart several numbers of one name (the ratings of an item), by the counter, not by the key.
    """

    purpose: Purpose
    stage: str = ""
    team: str = ""
    item: str = ""
    nth: int = 0


@lru_cache(maxsize=2**16)  # each block of replications asks for the same ones again
def philox_key(seed: int, key: Key) -> int:
    """The 128-bit Philox key: blake2b of the canonical JSON list [seed, purpose, stage, team, item]."""
    text = json.dumps([seed, *key[:4]], ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "little")


def to_uniform(raw: NDArray[np.uint64]) -> Floats:
    """Raw 64-bit words to ((raw >> 12) + 0.5) x 2^-52: open, symmetric, never 0 or 1. Works in place.

    The top 52 bits become the mantissa of a number in [1, 2); taking 1 - 2^-53 off is exact.
    """
    raw >>= np.uint64(12)
    raw |= _EXPONENT
    uniform: Floats = raw.view(np.float64)
    uniform -= 1 - 2.0**-53
    return uniform


class Source(Protocol):
    """Where engines get their luck from; tests put scripted numbers in its place."""

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """Uniforms of shape (keys, stop - start) for the replications from start to before stop.

        An array that is not read-only belongs to whoever asked, who may overwrite it.
        """
        ...

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """An endless run of uniforms for one replication."""
        ...


class Draws:
    """The keyed uniforms of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._philox = Philox(key=0)

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """Uniforms of shape (keys, stop - start) for the replications from start to before stop."""
        # The generator gives four words a step: draw whole steps, and cut off what lies before and behind.
        first, last = start // LANES, -(-stop // LANES)
        words = np.empty((len(keys), (last - first) * LANES), dtype=np.uint64)
        for row, key in zip(words, keys, strict=True):
            self._seek(key, first + key.nth * _WORD)
            row[:] = self._philox.random_raw(row.size)
        return to_uniform(words)[:, start - first * LANES : stop - first * LANES]

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """An endless run of uniforms for one replication: counter word 2 holds index + 1."""
        block = 0
        while True:
            self._seek(key, block + (index + 1) * _WORD**2)
            yield from to_uniform(self._philox.random_raw(LANES * _STEPS)).tolist()
            block += _STEPS

    def _seek(self, key: Key, counter: int) -> None:
        """Put the generator to `key` so that its next words are those of `counter`."""
        whole = philox_key(self.seed, key)
        before = (counter - 1) % _COUNTER  # NumPy counts up before it generates
        state: Any = {
            "counter": np.array(
                [before >> shift & (_WORD - 1) for shift in (0, 64, 128, 192)], dtype=np.uint64
            ),
            "key": np.array([whole % _WORD, whole // _WORD], dtype=np.uint64),
        }
        self._philox.state = {
            "bit_generator": "Philox",
            "state": state,
            "buffer": _BUFFER,
            "buffer_pos": LANES,  # an empty buffer
            "has_uint32": 0,
            "uinteger": 0,
        }


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


class PastSource(_Before):
    """A source in which replication r has the draws of particle r modulo their number.

    `uniforms` has one of every particle, (particles,), by key; where several numbers have one name (the
    ratings of an item), all of them are that one. What it does not have is drawn as ever.
    """

    def __init__(self, source: Source, uniforms: Mapping[Key, Floats]) -> None:
        super().__init__(source)
        self._uniforms = uniforms

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        rows = [self._uniforms.get(key if key.nth == 0 else key._replace(nth=0)) for key in keys]
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
