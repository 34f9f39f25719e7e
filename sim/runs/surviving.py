"""A range of replications of which some may raise: those are left out, and the others are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

HOPELESS = 100
"""Replications that may fail one after another before it is the code that is wrong and not one of them."""


def surviving(
    task: Callable[[int, int], Found], start: int, stop: int, failed: Callable[[int, Exception], None]
) -> list[Found]:
    """What `task` makes of the range; if it raises, what it makes of each replication alone that does not.

    `failed` is told the others. Raises what they raise if the first `HOPELESS` all do.
    """
    try:
        return [task(start, stop)]
    except MemoryError:  # is about the machine, and would be otherwise the next time
        raise
    except Exception as error:
        if stop - start == 1:
            failed(start, error)
            return []
    found: list[Found] = []
    for index in range(start, stop):
        try:
            found.append(task(index, index + 1))
        except MemoryError:
            raise
        except Exception as error:
            if not found and index - start + 1 >= HOPELESS:
                raise
            failed(index, error)
    return found
