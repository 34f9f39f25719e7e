"""The manifest of a folder of results: what was asked for, with what it was played, and what was written.

It is read into its model and stays one. Its request decides, with the versions, every byte of the folder.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import zlib
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sim.folder.errors import ResultsError, describe_os_error
from sim.folder.files import (
    PARTIAL,
    as_json_text,
    checksum,
    name_in,
    remove_partial_files,
    write_atomically,
)
from sim.folder.lock import LOCK
from sim.folder.rows import Range
from sim.scenario.language.structure import expectation
from sim.studies.request import AnyRequest, Replications
from sim.text import Lang

MANIFEST = "manifest.json"
WORKBOOK = "results.xlsx"
"""The one file whose words are those of a language, and whose name is not: of the language written last."""

_FORMAT = 2

_LONGEST = 40
"""Characters of a value in a message."""


def _check_hash(found: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", found):
        raise ValueError("64 hexadecimal digits")
    return found


def _check_inside(found: str) -> str:
    """Refuse a name that leads out of the folder."""
    if not re.fullmatch(r"(\w[\w.-]*/)*\w[\w.-]*", found):
        raise ValueError("the name of a file in this folder")
    return found


Hash = Annotated[str, AfterValidator(_check_hash)]
Sums = dict[Annotated[str, AfterValidator(_check_inside)], Hash]
"""Checksums by the name of a file."""


class Manifest(BaseModel):
    """What a folder of results says of itself.

    `parts` are there once all is played, `files` once tables and figures are written, by language.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    format: Literal[2] = 2
    scenario_hash: Hash  # of all scenarios that are played
    groups: Annotated[int, Field(ge=1)]  # whose counts are kept apart while they are played
    ranges: tuple[Replications, ...] | None  # None until it is told by playing how many it takes
    tables: tuple[Lang, ...]  # languages of what is to stand beside the parts; the workbook has the last
    versions: dict[str, str]
    command: tuple[str, ...]
    request: AnyRequest
    parts: Sums = {}
    files: dict[Lang, Sums] = {}
    checksum: Hash | None = None

    @property
    def is_finished(self) -> bool:
        """Whether everything that was planned was written once, by the manifest."""
        return bool(self.parts) and self.files.keys() >= set(self.tables)

    @property
    def table_files(self) -> Sums:
        """Checksums of tables and figures, in whatever language."""
        return {name: written for files in self.files.values() for name, written in files.items()}

    def changed(self, **changes: Any) -> Self:
        """Return the manifest with other values."""
        return self.model_copy(update=changes)

    def as_text(self) -> str:
        """Return it as JSON; one that lists its parts has its own checksum, too."""
        sealed = self.changed(checksum=self.own_checksum() if self.parts else None)
        unsaid = {name for name in ("parts", "files", "checksum") if not getattr(sealed, name)}
        return as_json_text(sealed.model_dump(mode="json", exclude=unsaid))

    def own_checksum(self) -> str:
        """Return the SHA-256 of all that it says but for its command, which decides nothing."""
        said = self.model_dump(mode="json", exclude={"command", "checksum"})
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of this program, of Python and of what results may depend on."""
    found = {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION}
    for package in ("evalsched", "simpy", "numpy", "scipy", "pydantic", "pyarrow", "pandas", "matplotlib"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Write the manifest of a folder. Raises `OSError`."""
    write_atomically(out / MANIFEST, manifest.as_text())


def read_manifest(out: Path) -> Manifest:
    """Read the manifest of a folder. Raises `ResultsError` if there is none, or none as it was written."""
    if out.is_file():
        raise ResultsError(f"{out}: a file, expected a folder of results")
    _refuse_links(out, (MANIFEST, "rows", "counts"))
    try:
        text = (out / MANIFEST).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ResultsError(
            f"{out}: no results here (no {MANIFEST}); make some with sim run ... --out {out}"
        ) from None
    except OSError as error:
        raise ResultsError(describe_os_error(error, out / MANIFEST)) from None
    except ValueError as error:
        raise ResultsError(f"{out / MANIFEST}: cannot be read: {error}") from None
    found = _parse(out, text)
    if found.parts and found.checksum != found.own_checksum():
        raise ResultsError(
            f"{out / MANIFEST}: edited after it was written; take it back, or use another --out"
        )
    return found


def _parse(out: Path, text: str) -> Manifest:
    # The format first: by the model alone a folder of an earlier version would have twenty things wrong.
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{out / MANIFEST}: cannot be read: {error}") from None
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        earlier = isinstance(data, dict) and data.get("format") == 1
        more = " (format 1 is of an earlier version, which can still read it)" if earlier else ""
        raise ResultsError(f"{out / MANIFEST}: not a manifest of format {_FORMAT}{more}")
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise ResultsError(f"{out / MANIFEST}: {_describe(error.errors()[0])}") from None


def _describe(detail: Any) -> str:
    """Say the first thing that is wrong with a manifest, and where it stands."""
    path = tuple(str(step) for step in detail["loc"] if step != "[key]")
    if path[:1] == ("request",):
        path = path[:1] + path[2:]  # without the kind, by which the model was chosen: no key of the file
    where = ".".join(path)
    if detail["type"] == "missing":
        return f"no {where}, so it cannot be repeated from it"
    if detail["type"] == "extra_forbidden":
        return f"{where}: unknown, so it cannot be repeated from it"
    if detail["type"] == "union_tag_not_found":
        return f"no {where}.kind, so it cannot be repeated from it"
    if detail["type"] == "union_tag_invalid":
        return f"{where}.kind: '{_brief(detail['ctx']['tag'])}', expected {detail['ctx']['expected_tags']}"
    if detail["type"] == "value_error":
        expected = str(detail["ctx"]["error"]).splitlines()[0]
    else:
        expected, _ = expectation(detail, path, detail["input"], [], [])
    return f"{where}: '{_brief(detail['input'])}', expected {expected}" if path else f"expected {expected}"


def _brief(value: Any) -> str:
    """Return a value as JSON has it, on one line."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _refuse_links(out: Path, names: Iterable[str]) -> None:
    # A link would let a folder read, or be written, elsewhere.
    for name in names:
        if (out / name).is_symlink():
            raise ResultsError(f"{out / name}: a link, expected what this program wrote")


def claim_folder(out: Path, planned: Manifest) -> Manifest:
    """Make the locked folder `out` that of what is planned; return its manifest, the old one if it fits.

    Raises `ResultsError` if it holds anything but results of the very same request, or cannot be written.
    """
    try:
        if (out / MANIFEST).exists():
            there = read_manifest(out)
            remove_partial_files(out)
            differs = difference(there, planned)
            if not differs:
                return add_languages(out, there, planned.tables)
            if not _is_empty_still(out, there):
                raise ResultsError(
                    f"{out}: holds results of another run ({differs}); choose another --out or remove it"
                )
        # A file of somebody else's may not be overwritten, nor counted among the results.
        elif any(path.name != LOCK and not _is_partial_manifest(path) for path in out.iterdir()):
            raise ResultsError(f"{out}: not empty and no results of this program; choose another --out")
        remove_partial_files(out)
        write_manifest(out, planned)
    except OSError as error:
        raise ResultsError(describe_os_error(error, out)) from None
    return planned


def _is_partial_manifest(path: Path) -> bool:
    """Tell whether it is a manifest whose writer was killed."""
    return path.name.startswith(f"{MANIFEST}.") and path.name.endswith(PARTIAL)


def _is_empty_still(out: Path, there: Manifest) -> bool:
    """Tell whether a run was broken off before it wrote anything: then nothing is lost."""
    files = {path.name for path in out.rglob("*") if path.is_file()}
    return not there.parts and files <= {MANIFEST, LOCK}


def add_languages(out: Path, there: Manifest, langs: Sequence[Lang]) -> Manifest:
    """Say in the manifest that is there that tables in these languages are to stand beside it, too."""
    both = (*there.tables, *(lang for lang in langs if lang not in there.tables))
    if both != there.tables:
        there = there.changed(tables=both)
        write_manifest(out, there)
    return there


def difference(there: Manifest, planned: Manifest, but: Sequence[str] = ()) -> str:
    """Return the first thing that decides the bytes and is not the same in both; empty if all are."""
    was, now = _decisive(there), _decisive(planned)
    for key, value in now.items():
        if was.get(key) != value and key not in but:
            return f"{key} {shorten(was.get(key))}, this run has {shorten(value)}"
    return ""


def _decisive(manifest: Manifest) -> dict[str, Any]:
    versions_ = {f"versions.{name}": number for name, number in manifest.versions.items()}
    return {"scenario_hash": manifest.scenario_hash, **manifest.request.decisive(), **versions_}


def shorten(value: Any) -> str:
    """Return a value for a message: of a hash the first digits are enough."""
    return value[:8] if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) else str(value)


def seal_parts(out: Path, manifest: Manifest, files: Sequence[Path], ranges: Sequence[Range]) -> None:
    """Add the checksums of the parts to the manifest, once all are there."""
    write_manifest(out, manifest.changed(parts=checksums(out, files), ranges=tuple(ranges)))


def seal_tables(out: Path, lang: Lang, files: Sequence[Path], order: Sequence[Lang] = ()) -> None:
    """Add the checksums of the tables and figures in one language to the manifest.

    The workbook is of this language from now on. Whoever writes several gives their `order`, so that the
    manifest is the same after each of them.
    """
    there = read_manifest(out)
    others = {name: dict(sums) for name, sums in there.files.items() if name != lang}
    for written in others.values():
        written.pop(WORKBOOK, None)
    languages = order or [*(one for one in there.tables if one != lang), lang]
    every = others | {lang: checksums(out, files)}
    write_manifest(out, there.changed(tables=tuple(languages), files=dict(sorted(every.items()))))


def checksums(out: Path, files: Sequence[Path]) -> Sums:
    """Return the checksums of files in a folder, by name."""
    return {name_in(out, path): checksum(path) for path in files}


def find_damage(out: Path, manifest: Manifest) -> dict[str, str]:
    """Return what is wrong with the files that the manifest lists, by name: missing, or edited."""
    found = {}
    for name, written in (manifest.parts | manifest.table_files).items():
        path = out / name
        if path.is_symlink() or not path.exists():
            found[name] = "missing"
        elif checksum(path) != written:
            found[name] = "truncated or edited"
    return found
