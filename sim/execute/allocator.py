"""What becomes of memory that is freed: a process that only plays keeps it, to use it again.

Arrays of a block take hundreds of kilobytes. By default glibc gives such memory back to the system at once
and is given it anew, a page at a time, for the next array: a tenth to a fifth of what a play takes.
"""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of `mallopt(3)`."""

_LARGEST_ARRAY = 32 * 2**20
"""Bytes of the largest array that is kept; glibc accepts no more."""

_MOST_KEPT = 256 * 2**20
"""Bytes that are kept at most at the end of the heap."""


def keep_freed_memory() -> bool:
    """Have this process keep what it frees; tell whether its C library knows how.

    It is for processes of our own, the command line and workers, and not for a person's Python session.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        set_option = ctypes.CDLL(None).mallopt
    except AttributeError:  # a C library other than glibc
        return False
    return all([set_option(_MMAP_THRESHOLD, _LARGEST_ARRAY), set_option(_TRIM_THRESHOLD, _MOST_KEPT)])
