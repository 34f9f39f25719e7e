"""Timing of contenders in turns, so that what slows the machine for a while slows all of them.

Processor time of this process, in which other work on the machine counts only as far as it takes caches away.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping


def interleaved(contenders: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Least processor seconds of each contender in `repeats` rounds of all of them, one after the other.

    An untimed round comes first. Garbage collection stays on, as in use, but starts from a clean heap.
    """
    for contender in contenders.values():
        contender()
    least = dict.fromkeys(contenders, float("inf"))
    for _ in range(repeats):
        for name, contender in contenders.items():
            least[name] = min(least[name], _seconds(contender))
    return least


def _seconds(contender: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    contender()
    return time.process_time() - start
