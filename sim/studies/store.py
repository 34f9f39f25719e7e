"""A study's folder while it is played: each part is kept as soon as it is done, and never played again."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sim.execute.case import Case
from sim.execute.group import C, Group, Played, Worlds
from sim.execute.runner import RowWriter
from sim.folder.counts import FOLDER as COUNTS
from sim.folder.counts import Part, counts_file, read_counts, write_counts
from sim.folder.errors import ResultsError, ResultsWarning
from sim.folder.files import checksum
from sim.folder.manifest import Sums, shorten
from sim.folder.rows import Range, rows_file, write_part
from sim.stats.packed import pack, unpack
from sim.stats.tally import Failure
from sim.studies.study import Study, hash_of

TOTAL = "total"
"""The name under which the sum of all counts is kept."""


class FolderStore:
    """The parts of a study below `out`.

    A user's own functions may have changed since: their parts are played again. `sealed` has the checksums
    of a manifest that lists its parts: what differs from them was changed later, and is played again, too.
    """

    def __init__(self, out: Path, study: Study, sealed: Sums | None = None) -> None:
        self._out, self._sealed = out, sealed or {}
        self._identity = identity(study)
        self._may_reuse = not (study.code.rule_names or study.code.processes)
        self._keeps_rows = study.keeps == "rows"

    @property
    def row_writer(self) -> RowWriter | None:
        """Writes the rows of the first case of a group."""
        return partial(_write_rows, self._out) if self._keeps_rows else None

    def load(self, group: Group[C], part: Range) -> Played[C] | None:
        """Return a part that is there as it was written; None, and a `ResultsWarning`, if it is not so.

        Raises `ResultsError` for a part of another run.
        """
        path = counts_file(self._out, group.name, *part)
        if not self._may_reuse or not path.exists():
            return None
        found = self._read(path)
        if found is None:
            return None
        refuse_other(path, found, self._identity)
        if (found.group, found.start, found.stop) != (group.name, *part):
            _play_again(path, f"holds replications {found.start}:{found.stop}")
            return None
        if self._rows_differ(part, found):
            return None
        try:
            return Played(unpack_counts(group, found.counts), found.failures)
        except ValueError:
            _play_again(path, "truncated or edited")
            return None

    def save(self, group: Group[C], part: Range, played: Played[C], rows: str | None) -> None:
        """Write the counts of a part, after its rows: with them it is done. Raises `OSError`."""
        found = Part(self._identity, group.name, *part, rows, pack(played.counts), played.failures)
        write_counts(counts_file(self._out, group.name, *part), found)

    def _read(self, path: Path) -> Part | None:
        name = path.relative_to(self._out).as_posix()
        if path.is_symlink() or (name in self._sealed and checksum(path) != self._sealed[name]):
            _play_again(path, "truncated or edited")
            return None
        try:
            return read_counts(path)
        except ValueError:
            _play_again(path, "truncated or edited")
            return None

    def _rows_differ(self, part: Range, found: Part) -> bool:
        """Tell, and warn, if the rows of a part are not as they were written."""
        path, written = rows_file(self._out, *part), found.rows
        all_failed = len(found.failures) == found.stop - found.start
        if (written is not None) != (self._keeps_rows and not all_failed):
            return True
        if written is None:
            return False
        if path.is_symlink() or not path.exists():
            _play_again(path, "missing")
            return True
        if checksum(path) != written:
            _play_again(path, "truncated or edited")
            return True
        return False


def unpack_counts(group: Group[C], data: Any) -> C:
    """Return the counts of a group from what a file holds. Raises `ValueError` for what is none."""
    try:
        return unpack(type(group.zero), data)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no counts: {error}") from None


def identity(study: Study) -> dict[str, Any]:
    """Return what decides the outcome of a replication of a study; it stands in every part."""
    scenarios = [case.scenario for group in study.groups() for case in group.cases]
    return {"scenario_hash": hash_of(scenarios), **study.request.identity()}


def refuse_other(path: Path, part: Part, expected: dict[str, Any]) -> None:
    """Raise `ResultsError` for a part of another study."""
    for key, value in expected.items():
        if part.study.get(key) != value:
            was, now = shorten(part.study.get(key)), shorten(value)
            raise ResultsError(f"{path}: of another run ({key} {was}, this run has {now}); remove the file")


def _play_again(path: Path, why: str) -> None:
    warnings.warn(f"{path}: {why}; its replications are played again", ResultsWarning, stacklevel=2)


def _write_rows(out: Path, case: Case, part: Range, kept: Sequence[Worlds]) -> str | None:
    """Write the rows of a part and return their checksum; None where every replication failed."""
    path = rows_file(out, *part)
    if not kept:
        path.unlink(missing_ok=True)
        return None
    return checksum(write_part(path, case.scenario, [worlds[0] for worlds in kept]))


def write_total(out: Path, study: Study, ranges: Sequence[Range], played: Sequence[Played[Any]]) -> Path:
    """Write the counts of all groups in one file, and remove those of their parts; return the file."""
    path = out / COUNTS / f"{TOTAL}.json.gz"
    counts = [[pack(each.counts), [list(failure) for failure in each.failures]] for each in played]
    write_counts(path, Part(identity(study), TOTAL, ranges[0][0], ranges[-1][1], None, counts, ()))
    for group in study.groups():
        if group.name:
            shutil.rmtree(out / COUNTS / group.name, ignore_errors=True)
    for part in (out / COUNTS).glob("part-*"):
        part.unlink()
    return path


def read_total(out: Path, study: Study) -> tuple[tuple[Range, ...], list[Played[Any]]]:
    """Read the replications and the counts of all groups.

    Raises `OSError` or `ValueError` if they are not as they were written, `ResultsError` if of another study.
    """
    path = out / COUNTS / f"{TOTAL}.json.gz"
    found = read_counts(path)
    refuse_other(path, found, identity(study))
    ranges = study.ranges or ((found.start, found.stop),)
    if (found.group, found.start, found.stop) != (TOTAL, ranges[0][0], ranges[-1][1]):
        raise ValueError(f"{path}: of other replications")
    try:
        return ranges, [
            Played(unpack_counts(group, counts), tuple(Failure(*each) for each in failures))
            for group, (counts, failures) in zip(study.groups(), found.counts, strict=True)
        ]
    except TypeError as error:  # no list, or no failures
        raise ValueError(f"{path}: no counts: {error}") from None


def load_total(out: Path, study: Study, sealed: Sums) -> tuple[tuple[Range, ...], list[Played[Any]]] | None:
    """Return what `read_total` reads, if it is there as it was written; None, and a warning, if it is not."""
    path = out / COUNTS / f"{TOTAL}.json.gz"
    has_own_code = bool(study.code.rule_names or study.code.processes)
    if study.keeps != "total" or has_own_code or not path.exists():
        return None
    written = sealed.get(path.relative_to(out).as_posix())
    try:
        if not path.is_symlink() and written in (None, checksum(path)):
            return read_total(out, study)
    except ResultsError:
        raise
    except (OSError, ValueError):
        pass  # told below
    _play_again(path, "truncated or edited")
    return None
