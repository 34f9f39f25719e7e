"""Ranges of one study that were played apart, joined in a new folder."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from pathlib import Path

from sim.execute.runner import Runner
from sim.folder.errors import ResultsError
from sim.folder.files import atomic_file
from sim.folder.lock import LOCK, lock_folder
from sim.folder.rows import Range, part_size
from sim.studies.inspect import FolderState, inspect_folder, refuse_own_code
from sim.studies.manifest import claim_folder, difference, versions
from sim.studies.registry import study_of
from sim.studies.save import seal_counts, write_tables
from sim.studies.study import Study
from sim.text import Lang


def join_ranges(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges in order, those that touch as one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] == first:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def merge_folders(
    folders: Sequence[Path], out: Path, runner: Runner, lang: Lang
) -> tuple[FolderState, list[Range]]:
    """Join ranges of one study that were played apart in a new folder; return it and the gaps between them.

    Tables and figures are written where there is no gap. Raises `ResultsError`, and writes nothing, if a
    folder is not complete, is of another study, overlaps, or was played with functions of a user's own.
    """
    states = [_complete(folder) for folder in folders]
    first = states[0]
    for other in states[1:]:
        differs = difference(other.manifest, first.manifest, but=("ranges",))
        if differs:
            raise ResultsError(f"{other.out}: of another run than {first.out} ({differs})")
    ranges = _ranges(states)
    merged = _merged_study(first.study, ranges)
    with lock_folder(out):
        if any(path.name != LOCK for path in out.iterdir()):
            raise ResultsError(f"{out}: not empty; choose another --out")
        planned = first.manifest.changed(
            request=merged.request,
            ranges=merged.ranges,
            tables=(),
            files={},
            parts={},
            versions=versions(),
            command=tuple(sys.argv),
        )
        claimed = claim_folder(out, planned)
        for state in states:
            _copy_parts(state, out)
        played = [reduce(add, each) for each in zip(*(state.played or () for state in states), strict=True)]
        seal_counts(out, merged, claimed, ranges, played)
    gaps = [(one[1], following[0]) for one, following in pairwise(join_ranges(ranges))]
    if not gaps:
        write_tables(merged.result(played, ranges, runner), out, lang)
    return inspect_folder(out), gaps


def _complete(folder: Path) -> FolderState:
    state = inspect_folder(folder)
    refuse_own_code(folder, state.manifest)
    if state.missing or state.damage or not state.manifest.parts:
        raise ResultsError(f"{folder}: not complete; sim resume {folder} first")
    return state


def _ranges(states: Sequence[FolderState]) -> tuple[Range, ...]:
    """All ranges in order, as an unbroken study would have them where they meet at the border of a part."""
    every = sorted((a, b, state.out) for state in states for a, b in state.manifest.ranges or ())
    for (_, stop, one), (start, end, other) in pairwise(every):
        if start < stop:
            shared = f"{start}:{min(stop, end)}"
            raise ResultsError(f"{other}: overlaps with {one}: both have the replications {shared}")
    size = _part_size(states[0].study)
    found: list[Range] = []
    for start, stop, _ in every:
        if found and found[-1][1] == start and start % size == 0:
            found[-1] = found[-1][0], stop
        else:
            found.append((start, stop))
    return tuple(found)


def _part_size(study: Study) -> int:
    # Counts that are kept as one sum have no borders at which they could not meet.
    return part_size(study.scenario) if study.keeps != "total" else 1


def _merged_study(study: Study, ranges: tuple[Range, ...]) -> Study:
    if not hasattr(study.request, "ranges"):
        return study
    return study_of(study.request.model_copy(update={"ranges": ranges}), study.code)


def _copy_parts(state: FolderState, out: Path) -> None:
    """Copy the parts of a folder; failures and sums are written anew."""
    if state.study.keeps == "total":
        return
    for name in state.manifest.parts:
        if "/" in name:  # failures.csv lies beside the manifest
            (out / name).parent.mkdir(exist_ok=True)
            with atomic_file(out / name) as partial:
                shutil.copyfile(state.out / name, partial)
