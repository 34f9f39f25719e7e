"""What a folder of results holds: which parts are there as they were written, and what their counts tell."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add
from pathlib import Path
from typing import Any

from sim.execute.group import Group, Played
from sim.execute.runner import Runner
from sim.folder.counts import FOLDER as COUNTS
from sim.folder.counts import Part, counts_file, read_counts
from sim.folder.errors import ResultsError
from sim.folder.files import atomic_file, checksum
from sim.folder.lock import NAME as LOCK
from sim.folder.lock import lock_folder
from sim.folder.manifest import Manifest, claim_folder, difference, find_damage, versions
from sim.folder.rows import Range, part_size, rows_file
from sim.studies.registry import study_of
from sim.studies.save import open_study, refuse_own_code, seal_counts, write_tables
from sim.studies.store import TOTAL, identity, read_total, unpack_counts
from sim.studies.study import Study
from sim.text import Lang


@dataclass(frozen=True)
class FolderState:
    """A folder of results as it is, its files compared with their checksums."""

    out: Path
    manifest: Manifest[Any]
    study: Study
    parts: int | None  # that there should be; None where playing tells how many
    there: int  # parts that are there as they were written
    missing: list[Range]  # of parts that are not there, or not as they were written
    damage: dict[str, str]  # files that are not as they were written, by name, and why
    played: list[Played[Any]] | None  # what the parts that are there yielded; None if there are none

    @property
    def is_complete(self) -> bool:
        """Whether everything is there as it was written."""
        return self.manifest.is_finished and not self.missing and not self.damage

    @property
    def engines(self) -> set[str]:
        """The engines that play it."""
        return {case.engine for group in self.study.groups() for case in group.cases}

    def result(self, runner: Runner) -> Any:
        """Return what the counts of the folder tell, without playing again; None if there are none."""
        if self.played is None:
            return None
        return self.study.result(self.played, self.manifest.ranges or (), runner)


def inspect_folder(out: Path) -> FolderState:
    """Look at a folder. Raises `ResultsError` if it holds no results, or a manifest contradicts itself."""
    manifest, study = open_study(out)
    damage = find_damage(out, manifest)
    if manifest.parts and study.keeps == "total":
        return _inspect_total(out, manifest, study, damage)
    expected = identity(study)
    parts = [(group, part) for group in study.groups() for part in group.parts()]
    sums: dict[int, Played[Any]] = {}
    missing = []
    for number, group in enumerate(study.groups()):
        for part in group.parts():
            found = _read_part(out, group, part, expected, damage)
            if found is None:
                missing.append(part)
            elif number in sums:
                sums[number] += found
            else:
                sums[number] = found
    played = [sums.get(i, Played(group.zero)) for i, group in enumerate(study.groups())]
    known = len(parts) if manifest.ranges is not None else None
    there = len(parts) - len(missing)
    if manifest.ranges is None:  # what was played so far, however far it goes
        there = sum(1 for _ in (out / COUNTS).glob("*/*.json.gz"))
    return FolderState(out, manifest, study, known, there, missing, damage, played if sums else None)


def _inspect_total(out: Path, manifest: Manifest[Any], study: Study, damage: dict[str, str]) -> FolderState:
    name = f"{COUNTS}/{TOTAL}.json.gz"
    missing, played = list(manifest.ranges or ()), None
    if name not in damage:
        try:
            ranges, played = read_total(out, study)
            if ranges != manifest.ranges:
                raise ValueError("not what the manifest says")
            missing = []
        except ResultsError:
            damage[name] = "of another run"
        except (OSError, ValueError):
            damage[name], played = "truncated or edited", None
    return FolderState(out, manifest, study, 1, int(played is not None), missing, damage, played)


def _read_part(
    out: Path, group: Group[Any], part: Range, expected: dict[str, Any], damage: dict[str, str]
) -> Played[Any] | None:
    """What a part yielded, if its counts and rows are as they were written; what is not goes to `damage`."""
    path = counts_file(out, group.name, *part)
    name = path.relative_to(out).as_posix()
    if not path.exists():
        return None
    try:
        found = read_counts(path)
        played = Played(unpack_counts(group, found.counts), found.failures)
    except ValueError:
        damage.setdefault(name, "truncated or edited")
        return None
    if any(found.study.get(key) != value for key, value in expected.items()):
        damage[name] = "of another run"
    elif (found.group, found.start, found.stop) != (group.name, *part):
        damage[name] = "of another range"
    return None if name in damage or _rows_are_damaged(out, part, found, damage) else played


def _rows_are_damaged(out: Path, part: Range, found: Part, damage: dict[str, str]) -> bool:
    rows = rows_file(out, *part)
    if found.rows is None or (rows.exists() and checksum(rows) == found.rows):
        return False
    why = "truncated or edited" if rows.exists() else "missing"
    damage.setdefault(rows.relative_to(out).as_posix(), why)
    return True


def join_ranges(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges in order, those that touch as one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] == first:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def merge(folders: Sequence[Path], out: Path, runner: Runner, lang: Lang) -> tuple[FolderState, list[Range]]:
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
        if "/" in name:
            (out / name).parent.mkdir(exist_ok=True)
            with atomic_file(out / name) as partial:
                shutil.copyfile(state.out / name, partial)
