"""Keyed random numbers: every draw is a function of (seed, purpose, stage, team, item, index) alone.

A column draw gives one uniform for each replication. Its key is a hash of the seed and of what the number
is for; the replication index runs along the Philox counter. So any range of replications can be drawn
alone, a new team or stage shifts nobody else's luck, and two scenarios share their luck wherever they
share names (layout in docs/model.md, "Random numbers").

Other sources stand before the one that draws: they keep, pin, lay out or spy on what it gives.
"""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray

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
    SUPPLY = "supply"  # item (supply/tranche): whether a tranche comes at all
    BREAKTHROUGH = "breakthrough"  # item: the breakthrough's id: whether it comes at all
    CLOSING = "closing"  # item: the kind of base: whether its model closes at all
    FAULT = "fault"  # stage, team: hazard until each fault; item "idle": of idle nodes (sequence draws)
    NODES = "nodes"  # team: how often its bad nodes fail
    STORAGE = "storage"  # stage, team: whether its storage is slow; item "start": from when
    OPEN = "open"  # team; stage, or item (number after the last), where each model has its own: is it open
    AFTER = "after"  # team, item (number): its luck of a model after the last stage
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

    @property
    def whole(self) -> Key:
        """The name alone, of which there may be several numbers."""
        return self if self.nth == 0 else self._replace(nth=0)


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


Make = Callable[..., Floats]
"""A function of uniforms, (keys, replications), and of what else it is given: (names, replications).

Each name has a row, in order, whatever else is asked: of several numbers of one name it makes one.
"""


def make_of(
    source: Source, make: Make, keys: Sequence[Key], start: int, stop: int, *given: Hashable
) -> Floats:
    """Return what `make` makes of a source's uniforms; read-only where the source keeps it for others.

    `make` may overwrite uniforms that are not read-only.
    """
    if isinstance(source, _Before):
        return source.make(make, keys, start, stop, *given)
    return make(source.columns(keys, start, stop), *given)


class _Before(ABC):
    """What stands before another source; sequences, none of which is an uncertain number, it passes on."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @abstractmethod
    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""

    def make(self, make: Make, keys: Sequence[Key], start: int, stop: int, *given: Hashable) -> Floats:
        """As `make_of`: by the source behind it, which may have kept it, unless this one has other luck."""
        if any(map(self._replaces, keys)):
            return make(self.columns(keys, start, stop), *given)
        return make_of(self._source, make, keys, start, stop, *given)

    def _replaces(self, key: Key) -> bool:
        """Whether a number may be another than that of the source."""
        return _is_number(key)

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
    """Keep another source's columns, and what was made of them, up to so many bytes.

    For playing the same replications many times over, each time with something else changed: fewer from the
    same start are part of what is kept. What was longest not asked for goes first. Sequences are not kept.
    """

    def __init__(self, source: Source, most: float = math.inf) -> None:
        super().__init__(source)
        self._most, self._size = most, 0
        self._kept: OrderedDict[_Asked, Floats] = OrderedDict()

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`; read-only, since whoever asks next gets the same array."""
        asked = None, (), tuple(keys), start
        return self._remember(asked, stop - start, lambda: self._source.columns(keys, start, stop))

    def make(self, make: Make, keys: Sequence[Key], start: int, stop: int, *given: Hashable) -> Floats:
        """As `make_of`."""
        asked = make, given, tuple(keys), start
        return self._remember(
            asked, stop - start, lambda: make_of(self._source, make, keys, start, stop, *given)
        )

    def _remember(self, asked: _Asked, size: int, get: Callable[[], Floats]) -> Floats:
        kept = self._kept.get(asked)
        if kept is None or kept.shape[-1] < size:
            kept = get()
            kept.flags.writeable = False
            self._keep(asked, kept)
        else:
            self._kept.move_to_end(asked)
        return kept[..., :size]

    def _keep(self, asked: _Asked, values: Floats) -> None:
        former = self._kept.pop(asked, None)
        self._size += values.nbytes - (0 if former is None else former.nbytes)
        self._kept[asked] = values
        while self._size > self._most and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.nbytes


_Asked = tuple[Make | None, tuple[Hashable, ...], tuple[Key, ...], int]
"""What is made, or None for uniforms; what of; and from which replication on."""


class PinnedSource(_Before):
    """A source in which some uncertain numbers have the same uniform in every replication.

    `pinned` names a number by its `draw_name`.
    """

    def __init__(self, source: Source, pinned: Mapping[str, float]) -> None:
        super().__init__(source)
        self._pinned = pinned

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        return self._with_numbers(keys, start, stop, self._pinned.get)

    def _replaces(self, key: Key) -> bool:
        return _is_number(key) and key.item in self._pinned


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

    def _replaces(self, key: Key) -> bool:
        return _is_number(key) and key.item in self._points


class Particles:
    """Uniforms of particles by key, each (particles,), and what was made of them.

    Where several numbers have one name (the ratings of an item), all of them are that one.
    """

    def __init__(self, uniforms: Mapping[Key, Floats]) -> None:
        self.uniforms = uniforms
        self._made: dict[tuple[Make, tuple[Hashable, ...], tuple[Key, ...]], Floats] = {}

    def __contains__(self, key: Key) -> bool:
        return key.whole in self.uniforms

    def column(self, key: Key) -> Floats:
        """Return the uniforms of a number, (particles,)."""
        return self.uniforms[key.whole]

    def make(self, make: Make, keys: Sequence[Key], *given: Hashable) -> Floats:
        """Return what `make` makes of the uniforms of all particles, which are the last axis; made once."""
        asked = make, given, tuple(keys)
        if asked not in self._made:
            self._made[asked] = make(np.stack([self.column(key) for key in keys]), *given)
        return self._made[asked]


class PastSource(_Before):
    """A source in which replication r has the draws of particle r modulo their number.

    What particles do not have is drawn as ever.
    """

    def __init__(self, source: Source, particles: Particles) -> None:
        super().__init__(source)
        self._particles = particles

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        held = [key in self._particles for key in keys]
        drawn = [key for key, is_held in zip(keys, held, strict=True) if not is_held]
        found = np.empty((len(keys), stop - start))
        if drawn:
            found[np.logical_not(held)] = self._source.columns(drawn, start, stop)
        at = np.arange(start, stop)
        for row, key, is_held in zip(found, keys, held, strict=True):
            if is_held:
                row[:] = np.take(self._particles.column(key), at, mode="wrap")
        return found

    def make(self, make: Make, keys: Sequence[Key], start: int, stop: int, *given: Hashable) -> Floats:
        """As `make_of`: of numbers that particles have, it is made of each particle once."""
        held = [key for key in keys if key in self._particles]
        if not held:
            return make_of(self._source, make, keys, start, stop, *given)
        made = self._particles.make(make, held, *given)
        made = np.take(made, np.arange(start, stop), axis=-1, mode="wrap")
        if len(held) == len(keys):
            return made
        drawn = [key for key in keys if key not in self._particles]
        names = dict.fromkeys(key.whole for key in keys)
        is_held = np.array([name in self._particles for name in names])
        found = np.empty((len(names), stop - start))
        found[is_held] = made
        found[~is_held] = make_of(self._source, make, drawn, start, stop, *given)
        return found

    def _replaces(self, key: Key) -> bool:
        return key in self._particles


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
