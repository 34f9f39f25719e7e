"""A study's folder while it is played: each part is kept as soon as it is done, and never played again."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sim.execute.case import Case
from sim.execute.group import Group, Played, Worlds
from sim.execute.piece import RowWriter
from sim.folder.counts import COUNTS, Part, counts_file, pack, read_counts, unpack, write_counts
from sim.folder.errors import ResultsError, ResultsWarning
from sim.folder.files import checksum, name_in
from sim.folder.rows import Range, rows_file, write_part
from sim.stats.counts import C
from sim.stats.tally import Failure
from sim.studies.manifest import Manifest, Sums, shorten
from sim.studies.study import Study, hash_of

TOTAL = "total"
"""The name under which the sum of all counts is kept."""


def total_file(out: Path) -> Path:
    """Return the path of the sum of all counts."""
    return out / COUNTS / f"{TOTAL}.json.gz"


class FolderStore:
    """The parts of a study below `out`.

    `sealed` has the checksums of a manifest that lists its parts: what differs from them was changed later,
    and is played again.
    """

    def __init__(self, out: Path, study: Study, sealed: Sums | None = None) -> None:
        self._out, self._sealed = out, sealed or {}
        self._identity = identity(study)
        self._may_reuse = _may_reuse(study)
        self._keeps_rows = study.keeps == "rows"

    @property
    def row_writer(self) -> RowWriter | None:
        """Writes the rows of the first case of a group, also from where another folder is worked in."""
        return partial(_write_rows, self._out.absolute()) if self._keeps_rows else None

    def load(self, group: Group[C], part: Range) -> Played[C] | None:
        """Return a part that is there as it was written; None, and a `ResultsWarning`, if it is not so.

        Raises `ResultsError` for a part of another run.
        """
        path = counts_file(self._out, group.name, *part)
        if not self._may_reuse or not path.exists():
            return None
        try:
            name = name_in(self._out, path)
            if name in self._sealed and checksum(path) != self._sealed[name]:
                raise SpoiltError(path, "truncated or edited")
            return read_part(self._out, group, part, self._identity, keeps_rows=self._keeps_rows)
        except SpoiltError as error:
            _warn_of(error)
            return None

    def save(self, group: Group[C], part: Range, played: Played[C], rows: str | None) -> None:
        """Write the counts of a part, after its rows: with them it is done.

        Raises `OSError`, and `ResultsError` where a worker has written rows to a disk that is not this one.
        """
        path = rows_file(self._out, *part)
        if rows is not None and not path.exists():
            raise ResultsError(
                f"{path}: written by a worker, and not there; expected a folder that all machines share, or "
                "--keep counts"
            )
        found = Part(self._identity, group.name, *part, rows, pack(played.counts), played.failures)
        write_counts(counts_file(self._out, group.name, *part), found)


class SpoiltError(ValueError):
    """A file of a part that is not as it was written; `why` says in what way, as `results.file` does."""

    def __init__(self, path: Path, why: str, told: str = "") -> None:
        super().__init__(f"{path}: {told or why}")
        self.path, self.why = path, why


def _warn_of(error: SpoiltError) -> None:
    warnings.warn(f"{error}; its replications are played again", ResultsWarning, stacklevel=2)


def read_part(
    out: Path, group: Group[C], part: Range, expected: dict[str, Any], *, keeps_rows: bool
) -> Played[C]:
    """Return what a part yielded, if its counts and its rows are as they were written.

    `expected` is the identity of the study. Raises `SpoiltError` if they are not, `ResultsError` if they are
    of another study.
    """
    path = counts_file(out, group.name, *part)
    if path.is_symlink():
        raise SpoiltError(path, "missing", "truncated or edited")
    try:
        found = read_counts(path)
    except ValueError:
        raise SpoiltError(path, "truncated or edited") from None
    refuse_other(path, found, expected)
    if (found.group, found.start, found.stop) != (group.name, *part):
        raise SpoiltError(path, "of another range", f"holds replications {found.start}:{found.stop}")
    _check_rows(out, part, found, keeps_rows=keeps_rows)
    try:
        return Played(unpack_counts(group, found.counts), found.failures)
    except ValueError:
        raise SpoiltError(path, "truncated or edited") from None


def _check_rows(out: Path, part: Range, found: Part, *, keeps_rows: bool) -> None:
    """Raise `SpoiltError` if the rows of a part are not those that were written with its counts."""
    path, written = rows_file(out, *part), found.rows
    all_failed = len(found.failures) == found.stop - found.start
    if not keeps_rows or all_failed:
        if written is not None:
            raise SpoiltError(counts_file(out, found.group, *part), "truncated or edited")
    elif path.is_symlink() or not path.exists() or written is None:
        raise SpoiltError(path, "missing")
    elif checksum(path) != written:
        raise SpoiltError(path, "truncated or edited")


def unpack_counts(group: Group[C], data: Any) -> C:
    """Return the counts of a group from what a file holds. Raises `ValueError` for what is none."""
    try:
        found = unpack(type(group.zero), data)
        _ = group.zero + found  # which fails where something that is asked for was not counted
        return found
    except (KeyError, TypeError) as error:
        raise ValueError(f"no counts: {error}") from None


def identity(study: Study) -> dict[str, Any]:
    """Return what decides the outcome of a replication of a study; it stands in every part."""
    scenarios = [case.scenario for group in study.groups for case in group.cases]
    return {"scenario_hash": hash_of(scenarios), **study.request.identity()}


def refuse_other(path: Path, part: Part, expected: dict[str, Any]) -> None:
    """Raise `ResultsError` for a part of another study."""
    for key, value in expected.items():
        if part.study.get(key) != value:
            was, now = shorten(part.study.get(key)), shorten(value)
            raise ResultsError(f"{path}: of another run ({key} {was}, this run has {now}); remove the file")


def _write_rows(out: Path, case: Case, part: Range, kept: Sequence[Worlds]) -> str | None:
    """Write the rows of a part and return their checksum; None where every replication failed."""
    path = rows_file(out, *part)
    if not kept:
        path.unlink(missing_ok=True)
        return None
    return checksum(write_part(path, case.scenario, [worlds[0] for worlds in kept]))


def write_total(out: Path, study: Study, ranges: Sequence[Range], played: Sequence[Played[Any]]) -> Path:
    """Write the counts of all groups in one file, and remove those of their parts; return the file."""
    path = total_file(out)
    counts = [[pack(each.counts), [list(failure) for failure in each.failures]] for each in played]
    write_counts(path, Part(identity(study), TOTAL, ranges[0][0], ranges[-1][1], None, counts, ()))
    # Only now: a kill in between leaves both, and what is there twice is read from the sum alone.
    for group in study.groups:
        if group.name:
            shutil.rmtree(out / COUNTS / group.name, ignore_errors=True)
    for part in (out / COUNTS).glob("part-*"):
        part.unlink()
    return path


def read_total(
    out: Path, study: Study, sealed: tuple[Range, ...] | None
) -> tuple[tuple[Range, ...], list[Played[Any]]]:
    """Read the replications and the counts of all groups.

    `sealed` are the replications that the manifest lists; None as long as only the counts know them.
    Raises `OSError` or `ValueError` if they are not as they were written, `ResultsError` if of another study.
    """
    path = total_file(out)
    found = read_counts(path)
    refuse_other(path, found, identity(study))
    # A sweep until all is precise does not say how long it is, nor does its identity: the manifest does.
    ranges = study.ranges or sealed or ((found.start, found.stop),)
    if (found.group, found.start, found.stop) != (TOTAL, ranges[0][0], ranges[-1][1]):
        raise ValueError(f"{path}: of other replications")
    try:
        return ranges, [
            Played(unpack_counts(group, counts), tuple(Failure(*each) for each in failures))
            for group, (counts, failures) in zip(study.groups, found.counts, strict=True)
        ]
    except TypeError as error:  # no list, or no failures
        raise ValueError(f"{path}: no counts: {error}") from None


def load_total(
    out: Path, study: Study, manifest: Manifest
) -> tuple[tuple[Range, ...], list[Played[Any]]] | None:
    """Return what `read_total` reads, if it is there as it was written; None, and a warning, if it is not."""
    path = total_file(out)
    if study.keeps != "total" or not _may_reuse(study) or not path.exists():
        return None
    written = manifest.parts.get(name_in(out, path))
    try:
        # Without a checksum it was written by a run that was killed before it could seal its manifest.
        if not path.is_symlink() and written in (None, checksum(path)):
            return read_total(out, study, manifest.ranges)
    except ResultsError:
        raise
    except (OSError, ValueError):
        pass  # told below
    _warn_of(SpoiltError(path, "truncated or edited"))
    return None


def _may_reuse(study: Study) -> bool:
    """Whether what is there may be taken: a user's own functions may have changed since."""
    return not (study.code.rule_names or study.code.processes)
