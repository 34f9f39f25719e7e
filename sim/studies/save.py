"""Studies in folders: played into one, gone on with, repeated byte by byte, drawn; once for all kinds."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sim.execute.group import Group, Played, play_block
from sim.execute.runner import Runner
from sim.folder.counts import counts_file
from sim.folder.errors import ResultsError
from sim.folder.files import write_atomically
from sim.folder.lock import NAME as LOCK
from sim.folder.lock import lock_folder
from sim.folder.manifest import (
    NAME,
    Manifest,
    claim_folder,
    read_manifest,
    seal_parts,
    seal_tables,
    versions,
    write_manifest,
)
from sim.folder.rows import MANY_ROWS, Range, rows_file, warn_of_size, write_rows
from sim.folder.tables import write_table
from sim.scenario.problems import ScenarioError
from sim.studies.failures import warn_of_failures, write_failures
from sim.studies.registry import StudyManifest, study_of
from sim.studies.store import FolderStore, load_total, write_total
from sim.studies.study import Result, Study, hash_of, play_study
from sim.text import LANGS, Lang

if TYPE_CHECKING:
    from sim.render.figures.studies import Drawing


def planned_manifest(study: Study, langs: Sequence[Lang], command: Sequence[str]) -> Manifest[Any]:
    """Return the manifest of a study that is about to be played."""
    scenarios = [case.scenario for group in study.groups() for case in group.cases]
    return StudyManifest(
        scenario_hash=hash_of(scenarios or [study.scenario]),
        groups=max(1, len(study.groups())),
        ranges=study.ranges,
        tables=tuple(langs),
        versions=versions(),
        command=tuple(command),
        request=cast(Any, study.request),  # pydantic tells the kinds apart
    )


def play_into(
    study: Study,
    out: Path,
    runner: Runner,
    langs: Sequence[Lang] = (),
    command: Sequence[str] | None = None,
    sealed: Manifest[Any] | None = None,
) -> Any:
    """Play a study into a folder and return its result; what is there of it already is not played again.

    `langs` are the languages of the tables that `write_tables` will add, `sealed` the manifest of a folder
    that was complete once. Raises `ResultsError` where the folder holds anything else.
    """
    with lock_folder(out):
        planned = planned_manifest(study, langs, sys.argv if command is None else command)
        claimed = claim_folder(out, planned)
        sums = (sealed or claimed).parts
        if study.keeps == "rows":
            _warn_of_many_rows(out, study.groups()[0])
        found = load_total(out, study, sums)
        ranges, played = found or play_study(study, runner, FolderStore(out, study, sums))
        seal_counts(out, study, claimed, ranges, played)
    warn_of_failures(study, played)
    return study.result(played, ranges, runner)


_SAMPLE = 512
"""Replications that are written to memory, to measure how large a row is."""


def _warn_of_many_rows(out: Path, group: Group[Any]) -> None:
    """Say how large the rows that are still to be written will be, if they are many."""
    missing = [part for part in group.parts() if not counts_file(out, group.name, *part).exists()]
    scenario = group.cases[0].scenario
    runs = sum(stop - start for start, stop in missing)
    rows = runs * len(scenario.stages) * len(scenario.teams)
    if rows < MANY_ROWS:
        return
    start = missing[0][0]
    stretches, _ = play_block(group.cases, start, start + _SAMPLE)
    file = BytesIO()
    write_rows(file, scenario, [worlds[0] for worlds in stretches])
    played = sum(worlds[0].stop - worlds[0].start for worlds in stretches)
    warn_of_size(out, rows, file.getbuffer().nbytes / max(played, 1) * runs)


def seal_counts(
    out: Path,
    study: Study,
    claimed: Manifest[Any],
    ranges: tuple[Range, ...],
    played: Sequence[Played[Any]],
) -> Manifest[Any]:
    """Write failures, and the sum of all counts unless parts are kept; list every file in the manifest."""
    if study.keeps != "total":
        (group,) = study.groups()
        parts = list(group.parts())
        files = [counts_file(out, group.name, *part) for part in parts]
        files += [path for path in (rows_file(out, *part) for part in parts) if path.exists()]
    else:
        files = [write_total(out, study, ranges, played)]
    return seal_parts(out, claimed, [*files, *write_failures(out, study, played)], ranges)


def save_result(study: Study, result: Result, out: Path, lang: Lang) -> list[Path]:
    """Save what has been played, without playing it again; return the files. Raises `ResultsError`.

    `study` is that of the result, keeping the sum of all counts: parts are written while they are played.
    """
    with lock_folder(out):
        claimed = claim_folder(out, planned_manifest(study, [lang], sys.argv))
        seal_counts(out, study, claimed, result.ranges, result.played)
    return write_tables(result, out, lang)


def write_tables(result: Result, out: Path, lang: Lang) -> list[Path]:
    """Write tables, documents and figures beside the manifest in `out`; return all files, that first.

    Raises `ResultsError` or `OSError`.
    """
    study, tables, documents = result.study, result.tables(), result.documents()
    with lock_folder(out):
        for name, table in tables.items():
            write_table(table, out / name, study.float_format)
        for name, text in documents.items():
            write_atomically(out / name, text)
        files = [*(out / name for name in (*tables, *documents))]
        if not study.has_axis:
            # From what the files hold, whose numbers are rounded, so that `sim plot` draws the same again.
            files += write_figures(out, study.figures(study.read_tables(out), lang), lang)
        seal_tables(out, read_manifest(out, StudyManifest), lang, files)
    return [out / NAME, *files]


def write_figures(out: Path, figures: dict[str, Drawing], lang: Lang) -> list[Path]:
    """Write figures as PNG and SVG; return the files. Raises `OSError`."""
    return [path for name, drawing in figures.items() for path in drawing.save(out / f"{name}-{lang}")]


def open_study(out: Path) -> tuple[Manifest[Any], Study]:
    """Read the manifest of a folder and make its study. Raises `ResultsError` for one that was edited."""
    manifest = read_manifest(out, StudyManifest)
    study = study_of(manifest.request)
    try:
        scenarios = [case.scenario for group in study.groups() for case in group.cases] or [study.scenario]
    except ScenarioError as error:  # of a sweep over files
        raise ResultsError(f"{out}: its scenario cannot be read: {error.problems[0]}") from None
    if (now := hash_of(scenarios)) != manifest.scenario_hash:
        was = manifest.scenario_hash[:8]
        raise ResultsError(f"{out / NAME}: edited: scenario_hash {was}, its scenario has {now[:8]}")
    if study.ranges is not None and manifest.ranges != study.ranges:
        raise ResultsError(f"{out / NAME}: edited: its ranges are not those of its request")
    return manifest, study


def refuse_own_code(out: Path, manifest: Manifest[Any]) -> None:
    """Raise `ResultsError` if functions of a user's own were at work, which no manifest can hold."""
    request = manifest.request
    names = (*request.own_rules, *request.own_processes)
    if names:
        raise ResultsError(
            f"{out}: played with rules or processes of one's own ({', '.join(names)}), which are not "
            "saved; repeat the Python that made it"
        )


def resume(out: Path, runner: Runner) -> Any:
    """Go on with what was broken off, and end with the same bytes as if it had not been.

    None if nothing was missing: every file is then, byte for byte, as it was written. What was not is named
    in a `ResultsWarning`. Raises `ResultsError` where there is nothing to go on with.
    """
    from sim.studies.inspect import inspect_folder  # late: it looks at what is written here

    # Not the checksums alone: a part may have been put in another's place, and the manifest sealed again.
    state = inspect_folder(out)
    if state.is_complete:
        return None
    refuse_own_code(out, state.manifest)
    warn_of_damage(out, state.manifest, state.damage)
    return _play_again(out, state.manifest, state.study, out, runner)


def warn_of_damage(out: Path, manifest: Manifest[Any], damage: dict[str, str]) -> None:
    """Name tables and figures that are amiss in a `ResultsWarning`; parts are named where they are read."""
    import warnings

    from sim.folder.errors import ResultsWarning

    for name in sorted(damage.keys() & manifest.table_files.keys()):
        warnings.warn(f"{out / name}: {damage[name]}; it is written again", ResultsWarning, stacklevel=3)


def _play_again(out: Path, manifest: Manifest[Any], study: Study, into: Path, runner: Runner) -> Any:
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


def replay(out: Path, runner: Runner) -> Replayed:
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
        again = read_manifest(fresh, StudyManifest)
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


def _other_versions(manifest: Manifest[Any]) -> list[str]:
    now, was = versions(), manifest.versions
    return [f"{k} {was.get(k)}, now {now.get(k)}" for k in {**was, **now} if was.get(k) != now.get(k)]


def _content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != LOCK]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def plot(out: Path, langs: Sequence[Lang] = LANGS, axis: str | None = None) -> list[Path]:
    """Draw the figures of a folder from its tables, PNG and SVG, and return the files.

    `axis` is the column of a sweep that is to be its axis, such as `cost_eok`; a factor if left out. Raises
    `ResultsError` where the folder holds no results, or nothing that could be drawn.
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
    except ResultsError:
        raise
    except ValueError as error:
        raise ResultsError(f"{out}: {error}") from None
    if not all(drawn.values()):
        raise ResultsError(f"{out}: {study.why_nothing_is_drawn}; nothing to draw")
    return [path for lang, figures in drawn.items() for path in write_figures(out, figures, lang)]
