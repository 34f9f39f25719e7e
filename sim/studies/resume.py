"""What a manifest says, played again: to go on with what was broken off, or to compare every byte."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.execute.runner import Runner
from sim.folder.errors import ResultsError, ResultsWarning
from sim.folder.lock import LOCK
from sim.studies.inspect import inspect_folder, open_study, refuse_own_code
from sim.studies.manifest import Manifest, read_manifest, versions, write_manifest
from sim.studies.save import play_into, write_tables
from sim.studies.study import Study
from sim.text import LANGS


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
        write_tables(result, into, lang)
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
    more = sorted(name for name in there.keys() - expected if name not in drawn)
    return Replayed(len(expected), dict(sorted(differ.items())), more, _other_versions(manifest))


_SUFFIXES = (".png", ".svg")


def _drawn_later(out: Path) -> set[str]:
    """Figures that `sim plot` adds to a folder, whenever it is asked to."""
    return {path.name.rpartition("-")[0] for path in out.iterdir() if path.suffix in _SUFFIXES}


def _other_versions(manifest: Manifest) -> list[str]:
    now, was = versions(), manifest.versions
    return [f"{k} {was.get(k)}, now {now.get(k)}" for k in {**was, **now} if was.get(k) != now.get(k)]


def _content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != LOCK]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
