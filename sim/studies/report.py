"""Reports of folders: what a study has found, read back and written as one HTML file. Nothing is played."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from sim.execute.runner import Runner
from sim.folder.errors import ResultsError
from sim.folder.files import SavedFiles, checksum, put_aside, write_atomically
from sim.studies.inspect import inspect_folder, open_study
from sim.studies.manifest import Manifest
from sim.studies.study import Result, Study
from sim.text import Lang

if TYPE_CHECKING:
    from sim.render.html.document import Document, Origin

BOTH = "both"
"""Stands for all languages in the name of a file."""


def report_folder(out: Path, langs: Sequence[Lang], contact: str = "") -> SavedFiles:
    """Write the report of a folder into it: `report-en.html`, or `report-both.html` of two languages.

    The same folder gives the same bytes. A file of that name that holds anything else is renamed. Raises
    `ResultsError` where the folder holds no results, or not all that it once held.
    """
    from sim.render.html.page import render_page
    from sim.stats.percent import whole_numbers

    with whole_numbers():
        page = render_page(report_documents(out, langs, contact))
    path = out / report_name(langs)
    kept = put_aside(path, page.encode("utf-8"))
    write_atomically(path, page)
    return SavedFiles([path], [kept] if kept else [])


def report_documents(out: Path, langs: Sequence[Lang], contact: str = "") -> Sequence[Document]:
    """Return the report of a folder in each language, to be rendered in whole numbers.

    Raises `ResultsError`.
    """
    from sim.render.html.studies import render_documents

    manifest, study = open_study(out)
    if not manifest.is_finished or not manifest.tables:
        raise ResultsError(f"{out}: not complete; sim resume {out} first")
    refuse_changed(out, manifest, study.reported_from)
    return render_documents(_read(out, study), langs, origin_of(manifest, contact))


def report_name(langs: Sequence[Lang]) -> str:
    """Return the name of a report in these languages."""
    return f"report-{BOTH if len(langs) > 1 else langs[0]}.html"


def refuse_changed(out: Path, manifest: Manifest, names: Sequence[str]) -> None:
    """Raise `ResultsError` for files of a folder that are not as they were written."""
    written = manifest.parts | manifest.table_files
    for name in names:
        path = out / name
        if path.is_symlink() or not path.exists():
            raise ResultsError(f"{path}: missing; sim resume {out} writes it again")
        if written.get(name) != checksum(path):
            raise ResultsError(f"{path}: truncated or edited; sim resume {out} writes it again")


def _read(out: Path, study: Study) -> Any:
    try:
        return study.read_findings(out, lambda: _count(out))
    except ResultsError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        said = " ".join(str(error).split())
        raise ResultsError(
            f"{out}: lacks what a report needs ({type(error).__name__}: {said}), as an earlier version "
            "left it; play it again into another folder"
        ) from None


def _count(out: Path) -> Result:
    """What the counts of a folder tell. Raises `ResultsError` for one that is not as it was written."""
    state = inspect_folder(out)
    result = state.result(Runner())
    if not state.is_complete or result is None:
        raise ResultsError(f"{out}: not as it was written; sim resume {out} mends it")
    return result


def origin_of(manifest: Manifest, contact: str) -> Origin:
    """Return where a report of a folder comes from."""
    from sim.render.html.document import Origin

    request = manifest.request
    version = f"evalsched {manifest.versions.get('evalsched', '')}".strip()
    return Origin(study_command(manifest), version, request.seed, manifest.scenario_hash, contact)


_PROGRAMS = ("sim", "evalsched", "__main__.py", "sim.exe")
_OF_THIS_MACHINE = ("--out", "--jobs", "--cluster", "--lang")
"""Options that decide no number: where it is saved, and by what it is played."""


def study_command(manifest: Manifest) -> str:
    """Return the command that played a study, without what is of one machine alone.

    What was made in Python has no such command; its folder alone can be played again.
    """
    program, *words = manifest.command or ("",)
    if PurePath(program).name not in _PROGRAMS or words[:1] == ["results"]:
        return "sim results replay DIR"
    return " ".join(["sim", *(shlex.quote(word) for word in _decisive(words))])


def _decisive(words: Sequence[str]) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        option, _, value = word.partition("=")
        if option in _OF_THIS_MACHINE:
            if not value:
                next(rest, None)
        else:
            yield PurePath(word).name if PurePath(word).is_absolute() else word
