"""Studies in folders: played into one, saved, their tables and figures written; once for all kinds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.execute.group import Group, Played, play_block
from sim.execute.runner import Runner
from sim.folder.counts import counts_file
from sim.folder.files import write_atomically
from sim.folder.lock import lock_folder
from sim.folder.rows import MANY_ROWS, Range, count_replications, rows_file, warn_of_size, write_rows
from sim.folder.tables import write_table
from sim.folder.workbook import write_workbook
from sim.studies.failures import warn_of_failures, write_failures
from sim.studies.manifest import (
    MANIFEST,
    WORKBOOK,
    Manifest,
    claim_folder,
    seal_parts,
    seal_tables,
    versions,
)
from sim.studies.store import FolderStore, load_total, write_total
from sim.studies.study import Result, Study, play_study, scenario_hash
from sim.text import Lang

if TYPE_CHECKING:
    from sim.render.figures.drawing import Drawing


def planned_manifest(study: Study, langs: Sequence[Lang], command: Sequence[str]) -> Manifest:
    """Return the manifest of a study that is about to be played."""
    return Manifest(
        scenario_hash=scenario_hash(study),
        # An analysis of a scenario without anything uncertain has no group, and a folder all the same.
        groups=max(1, len(study.groups)),
        ranges=study.ranges,
        tables=tuple(langs),
        versions=versions(),
        command=tuple(command),
        request=study.request,
    )


def play_into(
    study: Study,
    out: Path,
    runner: Runner,
    langs: Sequence[Lang] = (),
    command: Sequence[str] | None = None,
    sealed: Manifest | None = None,
) -> Any:
    """Play a study into a folder and return its result; what is there of it already is not played again.

    `langs` are the languages of the tables that `write_tables` will add, `sealed` the manifest of a folder
    that was complete once. Raises `ResultsError` where the folder holds anything else.
    """
    with lock_folder(out):
        planned = planned_manifest(study, langs, sys.argv if command is None else command)
        claimed = claim_folder(out, planned)
        known = sealed or claimed
        if study.keeps == "rows":
            _warn_of_many_rows(out, study.groups[0])
        found = load_total(out, study, known)
        ranges, played = found or play_study(study, runner, FolderStore(out, study, known.parts))
        seal_counts(out, study, claimed, ranges, played)
    warn_of_failures(study, played)
    return study.result(played, ranges, runner)


_SAMPLE = 512
"""Replications that are written to memory, to measure how large a row is."""


def _warn_of_many_rows(out: Path, group: Group[Any]) -> None:
    """Say how large the rows that are still to be written will be, if they are many."""
    missing = [part for part in group.parts() if not counts_file(out, group.name, *part).exists()]
    scenario = group.cases[0].scenario
    runs = count_replications(missing)
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
    claimed: Manifest,
    ranges: tuple[Range, ...],
    played: Sequence[Played[Any]],
) -> None:
    """Write failures, and the sum of all counts unless parts are kept; list every file in the manifest."""
    if study.keeps != "total":
        (group,) = study.groups
        parts = list(group.parts())
        files = [counts_file(out, group.name, *part) for part in parts]
        files += [path for path in (rows_file(out, *part) for part in parts) if path.exists()]
    else:
        files = [write_total(out, study, ranges, played)]
    seal_parts(out, claimed, [*files, *write_failures(out, study, played)], ranges)


def save_result(result: Result, out: Path, lang: Lang) -> list[Path]:
    """Save what has been played, without playing it again; return the files. Raises `ResultsError`.

    The folder keeps the sum of all counts: rows, and counts by part, are written while they are played.
    """
    study = result.study
    if study.keeps != "total":
        study = replace(study, request=study.request.model_copy(update={"keep": "total"}))
    with lock_folder(out):
        claimed = claim_folder(out, planned_manifest(study, [lang], sys.argv))
        seal_counts(out, study, claimed, result.ranges, result.played)
    return write_tables(result, out, lang)


def write_tables(result: Result, out: Path, lang: Lang, order: Sequence[Lang] = ()) -> list[Path]:
    """Write tables, documents, the workbook and figures beside the manifest in `out`; return all files.

    `order` is that of all languages that are written now, if there are several. Raises `ResultsError` or
    `OSError`.
    """
    study, tables, documents = result.study, result.tables(), result.documents()
    with lock_folder(out):
        for name, table in tables.items():
            write_table(table, out / name, study.float_format)
        for name, text in documents.items():
            write_atomically(out / name, text)
        files = [*(out / name for name in (*tables, *documents))]
        if sheets := result.sheets(lang, tables):
            write_workbook(out / WORKBOOK, sheets)
            files.append(out / WORKBOOK)
        if not study.has_axis:
            # From what the files hold, whose numbers are rounded, so that `sim plot` draws the same again.
            files += write_figures(out, study.figures(study.read_tables(out), lang), lang)
        seal_tables(out, lang, files, order)
    return [out / MANIFEST, *files]


def write_figures(out: Path, figures: dict[str, Drawing], lang: Lang) -> list[Path]:
    """Write figures as PNG and SVG; return the files. Raises `OSError`."""
    return [path for name, drawing in figures.items() for path in drawing.save(out / f"{name}-{lang}")]
