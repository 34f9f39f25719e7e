"""Studies that were saved: gone on with, played again byte by byte, merged, drawn; once for all kinds."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add
from pathlib import Path
from typing import Any

from sim.execute.runner import Runner
from sim.folder.errors import ResultsError, ResultsWarning
from sim.folder.files import BESIDE_PICTURES, SavedFiles, atomic_file, name_in
from sim.folder.lock import LOCK, lock_folder
from sim.folder.rows import Range, part_size
from sim.studies.inspect import FolderState, inspect_folder, open_study, refuse_own_code, study_of
from sim.studies.manifest import Manifest, claim_folder, difference, read_manifest, versions, write_manifest
from sim.studies.report import report_name
from sim.studies.save import play_into, seal_counts, write_tables
from sim.studies.study import Study
from sim.text import LANGS, Lang


def resume_folder(out: Path, runner: Runner) -> Any:
    """Go on with what was broken off, and end with the same bytes as if it had not been.

    None if nothing was missing: every file is then, byte for byte, as it was written. What was not is named
    in a `ResultsWarning`. Raises `ResultsError` where there is nothing to go on with.
    """
    # Not the checksums alone: a part may have been put in another's place, and the manifest sealed again.
    state = inspect_folder(out)
    if state.is_complete:
        return None
    refuse_own_code(out, state.manifest)
    # Parts that are amiss are named where they are read.
    for name in sorted(state.damage.keys() & state.manifest.table_files.keys()):
        warnings.warn(
            f"{out / name}: {state.damage[name]}; it is written again", ResultsWarning, stacklevel=2
        )
    return _play_again(out, state.manifest, state.study, out, runner)


def _play_again(out: Path, manifest: Manifest, study: Study, into: Path, runner: Runner) -> Any:
    """Play what a manifest says into a folder, tables and figures too."""
    sealed = manifest if into == out else None
    result = play_into(study, into, runner, manifest.tables, manifest.command, sealed)
    for lang in manifest.tables:
        write_tables(result, into, lang, manifest.tables)
    return result


@dataclass(frozen=True)
class Replayed:
    """What came of playing a folder's manifest again."""

    files: int  # that were compared
    differ: dict[str, str]  # names of those that are not the same, and why
    more: list[str]  # files that are there and are not of the study
    versions: list[str]  # what has another version now


def replay_folder(out: Path, runner: Runner) -> Replayed:
    """Play what the manifest says in a temporary folder, and compare every byte.

    Raises `ResultsError` for a folder without results or not complete, and for a study with functions of a
    user's own.
    """
    manifest, study = open_study(out)
    if not manifest.is_finished:
        raise ResultsError(f"{out}: not complete; sim resume {out} first")
    refuse_own_code(out, manifest)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "fresh"
        _play_again(out, manifest, study, fresh, runner)
        again = read_manifest(fresh)
        write_manifest(fresh, again.changed(command=manifest.command))
        expected = _content(fresh)
    there = _content(out)
    differ = {name: "missing" for name in expected if name not in there}
    differ |= {name: "differs" for name, raw in expected.items() if there.get(name, raw) != raw}
    drawn = {f"{name}-{lang}{end}" for name in _drawn_later(out) for lang in LANGS for end in _SUFFIXES}
    drawn |= {report_name(LANGS), *(report_name([lang]) for lang in LANGS)}
    more = sorted(name for name in there.keys() - expected if name not in drawn)
    return Replayed(len(expected), dict(sorted(differ.items())), more, _other_versions(manifest))


_SUFFIXES = (".png", *BESIDE_PICTURES)


def _drawn_later(out: Path) -> set[str]:
    """Figures that `sim plot` adds to a folder, whenever it is asked to."""
    return {path.name.rpartition("-")[0] for path in out.iterdir() if path.suffix == ".png"}


def _other_versions(manifest: Manifest) -> list[str]:
    now, was = versions(), manifest.versions
    return [f"{k} {was.get(k)}, now {now.get(k)}" for k in {**was, **now} if was.get(k) != now.get(k)]


def _content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != LOCK]
    return {name_in(folder, path): path.read_bytes() for path in files}


def _join_ranges(ranges: Iterable[Range], size: int = 1) -> list[Range]:
    """Return ranges in order, those that meet at a multiple of `size` as one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] == first and first % size == 0:
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
    gaps = [(one[1], following[0]) for one, following in pairwise(_join_ranges(ranges))]
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
    study = states[0].study
    # Counts that are kept as one sum have no borders at which they could not meet.
    size = part_size(study.scenario) if study.keeps != "total" else 1
    return tuple(_join_ranges(((start, stop) for start, stop, _ in every), size))


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


def plot_folder(out: Path, langs: Sequence[Lang] = LANGS, axis: str | None = None) -> SavedFiles:
    """Draw the figures of a folder from its tables, PNG and SVG.

    `axis` is the column of a sweep that is to be its axis, such as `cost_eok`; a factor if left out. Its name
    is in those of the files. What else has their names, because it was edited or drawn by another version,
    is renamed. Raises `ResultsError` where the folder holds no results, or nothing that could be drawn.
    """
    _, study = open_study(out)
    if axis is not None and not study.has_axis:
        raise ResultsError(f"{out}: no sweep, which alone has an axis to choose")
    try:
        tables = study.read_tables(out)
        drawn = {lang: study.figures(tables, lang, axis) for lang in langs}
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise ResultsError(f"{out}: no {missing}, it did not finish; sim resume {out} goes on") from None
    except (LookupError, TypeError, AttributeError) as error:
        said = " ".join(str(error).split())
        raise ResultsError(f"{out}: spoilt results: {type(error).__name__}: {said}") from None
    except ValueError as error:
        raise ResultsError(f"{out}: {error}") from None
    if not all(drawn.values()):
        raise ResultsError(f"{out}: {study.why_nothing_is_drawn}; nothing to draw")
    along = "" if axis is None else f"-{re.sub(_NO_NAME, '_', axis)}"
    saved = [
        drawing.save_beside_others(out / f"{name}{along}-{lang}")
        for lang, figures in drawn.items()
        for name, drawing in figures.items()
    ]
    return SavedFiles(
        [path for each in saved for path in each.files], [p for each in saved for p in each.kept]
    )


_NO_NAME = r"[^\w.-]+"
"""What no name of a file holds on every system."""
