"""A tally as plain data and back: exact counts, so that saved parts of a run add up to the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.stats.failure import Failure
from sim.stats.histogram import Histogram
from sim.stats.tally import Tally

_PER_STAGE = ("present", "by_points", "by_gate", "kept", "not_entered")


def packed(tally: Tally) -> dict[str, Any]:
    """The tally in lists and numbers that JSON can hold, in a fixed order."""
    return {
        "runs": tally.runs,
        **{name: getattr(tally, name).tolist() for name in _PER_STAGE},
        "together": sorted(tally.together.items()),
        "chances": {name: list(pair) for name, pair in tally.chances.items()},
        "measures": {name: _packed(histogram) for name, histogram in tally.measures.items()},
        "failures": [list(failure) for failure in tally.failures],
    }


def unpacked(data: Mapping[str, Any]) -> Tally:
    """The tally of what `packed` made; raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    return Tally(
        runs=int(data["runs"]),
        **{name: np.array(data[name], dtype=np.int64) for name in _PER_STAGE},
        together=Counter({int(teams): int(count) for teams, count in data["together"]}),
        chances={name: (int(holds), int(of)) for name, (holds, of) in data["chances"].items()},
        measures={name: _unpacked(histogram) for name, histogram in data["measures"].items()},
        failures=tuple(Failure(int(index), *map(str, rest)) for index, *rest in data["failures"]),
    )


def _packed(histogram: Histogram) -> dict[str, Any]:
    gaps = np.diff(histogram.steps, prepend=0)  # small numbers: a third of the size
    return {"resolution": histogram.resolution, "gaps": gaps.tolist(), "counts": histogram.counts.tolist()}


def _unpacked(data: Mapping[str, Any]) -> Histogram:
    steps = np.cumsum(np.array(data["gaps"], dtype=np.int64))
    return Histogram(data["resolution"], steps, np.array(data["counts"], dtype=np.int64))
