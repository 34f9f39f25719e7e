"""A piece: a range of replications of a group, played in one go here or by a worker; and where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import add
from typing import Any, NamedTuple, Protocol

from sim.execute.case import Case
from sim.execute.group import Group, Played, Worlds
from sim.execute.parcel import open_parcel
from sim.folder.rows import Range
from sim.stats.counts import C

_BLOCKS_A_PIECE = 8
"""Blocks that a worker plays before it reports, at most, but for very long runs."""

_PIECES = 4096
"""Pieces of a long run, about: each is a message to a worker, and counts that are added up here."""

_LAST_PIECES = 12
"""Pieces of one block at the end, about, so that no worker plays on while the others have nothing left."""


class Piece(NamedTuple):
    """A range of a group's replications that is played in one go."""

    group: int
    start: int
    stop: int
    label: str = ""

    def __str__(self) -> str:
        """Its replications, and whose they are."""
        return f"{self.start}:{self.stop}" + (f" of {self.label}" if self.label else "")

    @property
    def size(self) -> int:
        """Replications."""
        return self.stop - self.start


RowWriter = Callable[[Case, Range, Sequence[Worlds]], str | None]
"""Writes the rows of a part, of its first case, and returns their checksum; runs in the worker."""


Found = tuple[Played[C], str | None]
"""What a piece yielded, and the checksum of its rows."""


class Store(Protocol):
    """Where a study keeps what was played, part by part."""

    @property
    def row_writer(self) -> RowWriter | None:
        """What writes rows; None if none are kept."""
        ...

    def load(self, group: Group[C], part: Range) -> Played[C] | None:
        """Return what is there of a part, if it is as it was written."""
        ...

    def save(self, group: Group[C], part: Range, played: Played[C], rows: str | None) -> None:
        """Keep what was played; runs in the process that asked for it."""
        ...


def play_piece(group: Group[C], start: int, stop: int, row_writer: RowWriter | None = None) -> Found[C]:
    """Play a range of a group, block by block; return its counts and the checksum of the rows, if any."""
    counted, failures, kept = group.play(start, stop, keep=row_writer is not None)
    rows = row_writer(group.cases[0], (start, stop), kept) if row_writer is not None else None
    return Played(reduce(add, counted, group.zero), tuple(failures)), rows


def play_packed(code: bytes, start: int, stop: int, row_writer: RowWriter | None = None) -> Found[Any]:
    """Play a range of a group that came as bytes."""
    return play_piece(open_parcel(code), start, stop, row_writer)


def cut_into_pieces(
    groups: Sequence[Group[C]], store: Store | None
) -> Iterator[tuple[Piece, Played[C] | None]]:
    """Give what is to be played, and what is there already; parts are whole where they are kept."""
    for number, group in enumerate(groups):
        if store is None:
            for start, stop in group.ranges:
                for first, last in _split(list(group.blocks(start, stop))):
                    yield Piece(number, first, last, group.label), None
            continue
        for start, stop in group.parts():
            yield Piece(number, start, stop, group.label), store.load(group, (start, stop))


def _split(blocks: Sequence[Range]) -> Iterator[Range]:
    """Put blocks together to pieces: small ones first, so that it is soon known how long all will take."""
    done, most = 0, max(_BLOCKS_A_PIECE, len(blocks) // _PIECES)
    while done < len(blocks):
        size = max(1, min(done // 4, (len(blocks) - done) // _LAST_PIECES, most))
        yield blocks[done][0], blocks[done + size - 1][1]
        done += size
