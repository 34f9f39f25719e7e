"""What the workers of a cluster do: play pieces and add them up."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from functools import cache, reduce
from operator import add
from typing import Any

from sim.execute.cluster import ClusterError, describe_difference, own_versions
from sim.execute.group import Group, Played
from sim.execute.piece import Found, RowWriter, play_piece


def play(
    versions: Mapping[str, str], group: Group[Any], start: int, stop: int, row_writer: RowWriter | None
) -> Found[Any]:
    """Play a piece.

    Raises `ClusterError` where this worker has other versions: it may have joined late.
    """
    if wrong := describe_difference(own_versions(), versions):
        from distributed import get_worker

        address = get_worker().scheduler.address
        raise ClusterError(
            f"cluster {address}: worker {get_worker().address} has {wrong}; install the same there"
        )
    keep_memory()
    return play_piece(group, start, stop, row_writer)


def add_up(*parts: Played[Any] | Found[Any]) -> Played[Any]:
    """Add pieces and sums of pieces."""
    return reduce(add, (part if isinstance(part, Played) else part[0] for part in parts))


@cache
def keep_memory() -> None:
    """Have glibc keep what a block needs from one block to the next, as it does by itself.

    Dask has its workers give memory back at once (MALLOC_TRIM_THRESHOLD_), and so each array of a block is
    asked of the system anew: pieces take nearly twice as long.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if hasattr(ctypes, "CDLL") else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, 2**25)  # the most, on 64 bits
        mallopt(_M_TRIM_THRESHOLD, 2**26)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""As malloc.h has them."""
