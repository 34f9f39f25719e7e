"""Ranges of one run that were computed apart, as one folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.runs import manifest as manifests
from sim.runs.lock import NAME as LOCK
from sim.runs.lock import locked
from sim.runs.parts import part_size
from sim.runs.problems import ResultsError
from sim.runs.saved import Range, Saved, joined_up, saved
from sim.runs.whole import whole


def merge(folders: Sequence[Path], out: Path) -> tuple[Saved, list[Range]]:
    """Copy the parts of complete folders of the same run into a new one; return it and its gaps.

    Raises `ResultsError` if one is not complete, is of another run, overlaps with another, or was played
    with functions of a user's own; nothing is written then.
    """
    found = [_whole(folder) for folder in folders]
    first = found[0]
    for other in found[1:]:
        differs = manifests.difference(other.known, first.known, but=("replications", "ranges"))
        if differs:
            raise ResultsError(f"{other.out}: of another run than {first.out} ({differs})")
    ranges = _ranges(found)
    with locked(out):
        if any(path.name != LOCK for path in out.iterdir()):
            raise ResultsError(f"{out}: not empty; choose another --out")
        for one in found:
            _copied(one, out)
        known = _manifest(first.known, ranges, part_size(first.job.scenario))
        failures = sorted(failure for one in found for failure in one.tally.failures)
        manifests.seal(out, first.job, known, failures)
    stretches = joined_up(ranges)
    return saved(out), [(one[1], following[0]) for one, following in pairwise(stretches)]


def _whole(folder: Path) -> Saved:
    found = saved(folder)
    manifests.refuse_own(folder, found.known)
    if found.missing or found.wrong or "parts" not in found.known:
        raise ResultsError(f"{folder}: not complete; sim resume {folder} first")
    return found


def _ranges(found: Sequence[Saved]) -> list[Range]:
    """All ranges in order; raises `ResultsError` if two overlap."""
    every = sorted((start, stop, one.out) for one in found for start, stop in manifests.ranges_of(one.known))
    for (_, stop, one), (start, end, other) in pairwise(every):
        if start < stop:
            shared = f"{start}:{min(stop, end)}"
            raise ResultsError(f"{other}: overlaps with {one}: both have the replications {shared}")
    return [(start, stop) for start, stop, _ in every]


def _copied(one: Saved, out: Path) -> None:
    for name in one.known["parts"]:
        if "/" in name:  # failures are written anew
            (out / name).parent.mkdir(exist_ok=True)
            with whole(out / name) as partial:
                shutil.copyfile(one.out / name, partial)


def _manifest(known: dict[str, Any], ranges: Sequence[Range], size: int) -> dict[str, Any]:
    """As that of an unbroken run, if the ranges meet where its parts do; else it lists them."""
    stretches: list[list[int]] = []
    for start, stop in ranges:
        if stretches and stretches[-1][1] == start and start % size == 0:
            stretches[-1][1] = stop
        else:
            stretches.append([start, stop])
    alone = {key: value for key, value in known.items() if key not in ("parts", "files", "ranges")}
    alone |= {"replications": [ranges[0][0], ranges[-1][1]], "tables": [], "command": list(sys.argv)}
    return alone | ({"ranges": stretches} if len(stretches) > 1 else {})
