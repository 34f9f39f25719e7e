"""The manifest of a folder of results: what was run, with what, so that it can be run again."""

from __future__ import annotations

import hashlib
import json
import platform
import warnings
import zlib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.runs.failures import FAILURES, write_failures
from sim.runs.lock import NAME as LOCK
from sim.runs.manifest_schema import wrong
from sim.runs.parts import ranges, rows_file
from sim.runs.problems import ResultsError, ResultsWarning
from sim.runs.store import brief, counts_file
from sim.runs.whole import PARTIAL, checksum, swept, write_whole
from sim.runs.work import Job
from sim.scenario.models.scenario import Scenario
from sim.stats.failure import Failure

NAME = "manifest.json"
FORMAT = 1


_DECIDES = (
    "kind",
    "scenario_hash",
    "seed",
    "replications",
    "ranges",
    "engine",
    "own_rules",
    "own_processes",
    "keep",
)
"""What must be the same for two runs to end with the same bytes."""

_TAIL = ("parts", "files", "checksum")
"""What comes at the end of a manifest, once it is there."""


def manifest(job: Job, start: int, stop: int, command: Sequence[str], tables: str | None) -> dict[str, Any]:
    """What decides every number of a run, and the versions that it was played with.

    `tables` is the language of the tables and figures that are to stand beside its parts, if any are.
    """
    return {
        "format": FORMAT,
        "scenario_hash": job.scenario.digest(),
        "seed": job.seed,
        "replications": [start, stop],
        "engine": job.engine,
        "own_rules": list(job.rules.replaced()),
        "own_processes": [getattr(process, "__name__", repr(process)) for process in job.processes],
        "keep": job.keep,
        "tables": [tables] if tables else [],
        "versions": versions(),
        "command": list(command),
        "scenario": job.scenario.resolved(),
    }


def versions() -> dict[str, str]:
    """Versions of this program, of Python and of what results may depend on."""
    found = {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION}
    for package in ("evalsched", "simpy", "numpy", "scipy", "pydantic", "pyarrow", "pandas", "matplotlib"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def claim(out: Path, planned: dict[str, Any]) -> dict[str, Any]:
    """Make `out` the folder of this run and return its manifest: that which is there, if it is of this run.

    Raises `ResultsError` if it holds anything but results of the very same run, or cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if (out / NAME).exists():
            there = read(out)
            swept(out)
            differs = difference(there, planned)
            if not differs:
                return _with_tables(out, there, planned["tables"])
            if not _nothing_yet(out, there):
                raise ResultsError(
                    f"{out}: holds results of another run ({differs}); choose another --out or remove it"
                )
        elif any(path.name != LOCK and not _unborn(path) for path in out.iterdir()):
            raise ResultsError(f"{out}: not empty and no results of this program; choose another --out")
        swept(out)
        write(out, planned)
    except FileExistsError:
        raise ResultsError(f"{out}: a file, expected a folder or a new name") from None
    except OSError as error:
        raise ResultsError(f"{error.filename or out}: {(error.strerror or str(error)).lower()}") from None
    return planned


def _unborn(path: Path) -> bool:
    """Whether it is a manifest whose writer was killed."""
    return path.name.startswith(f"{NAME}.") and path.name.endswith(PARTIAL)


def _nothing_yet(out: Path, there: dict[str, Any]) -> bool:
    """Whether a run was broken off before it wrote anything: then nothing is lost."""
    files = {path.name for path in out.rglob("*") if path.is_file()}
    return "parts" not in there and files <= {NAME, LOCK}


def _with_tables(out: Path, there: dict[str, Any], langs: Sequence[str]) -> dict[str, Any]:
    """The manifest that is there, with the tables of this run too, said in it before they are written."""
    both = sorted({*there["tables"], *langs})
    if both != there["tables"]:
        there = {**there, "tables": both}
        write(out, there)
    return there


def difference(there: dict[str, Any], planned: dict[str, Any], but: Sequence[str] = ()) -> str:
    """The first thing that decides the bytes of a run and is not the same in both; empty if all are."""
    was, now = _decisive(there), _decisive(planned)
    for key, value in now.items():
        told_by_playing = key == "replications" and value is None
        if was.get(key) != value and key not in but and not told_by_playing:
            return f"{key} {brief(was.get(key))}, this run has {brief(value)}"
    return ""


def _decisive(known: dict[str, Any]) -> dict[str, Any]:
    """What decides the bytes of a run, by name."""
    found = {key: known.get(key) for key in _DECIDES}
    for table in ("request", "versions"):
        found |= {f"{table}.{key}": value for key, value in known.get(table, {}).items()}
    return found


def seal(out: Path, job: Job, claimed: dict[str, Any], failures: Sequence[Failure]) -> None:
    """Write down what failed and add the checksums of the parts to the manifest, once all are there."""
    parts = pieces(job.scenario, claimed)
    files = [counts_file(out, *piece) for piece in parts]
    files += [path for path in (rows_file(out, *piece) for piece in parts) if path.exists()]
    if failures:
        files.append(write_failures(out, job.seed, failures))
    else:
        (out / FAILURES).unlink(missing_ok=True)
    write(out, {**claimed, "parts": checksums(out, files)})


def ranges_of(known: dict[str, Any]) -> list[tuple[int, int]]:
    """The ranges of replications that were played: one, unless they were merged."""
    return [(start, stop) for start, stop in known.get("ranges", [known["replications"]])]


def pieces(scenario: Scenario, known: dict[str, Any]) -> list[tuple[int, int]]:
    """The ranges of all parts."""
    return [piece for start, stop in ranges_of(known) for piece in ranges(scenario, start, stop)]


def seal_tables(out: Path, lang: str, files: Sequence[Path]) -> None:
    """Add the checksums of the tables and figures in one language to the manifest, once all are there."""
    known = _with_tables(out, read(out), [lang])
    sums = known.get("files", {}) | {lang: checksums(out, files)}
    write(out, {**known, "files": dict(sorted(sums.items()))})


def checksums(out: Path, files: Sequence[Path]) -> dict[str, str]:
    """The checksums of files in a folder, by name."""
    return {path.relative_to(out).as_posix(): checksum(path) for path in files}


def table_files(known: dict[str, Any]) -> dict[str, str]:
    """The checksums of tables and figures, in whatever language, by name."""
    return {name: written for files in known.get("files", {}).values() for name, written in files.items()}


def amiss(out: Path, known: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the files that the manifest lists, by name: `missing`, or `truncated or edited`."""
    found = {}
    for name, written in (known.get("parts", {}) | table_files(known)).items():
        path = out / name
        if not path.exists():
            found[name] = "missing"
        elif checksum(path) != written:
            found[name] = "truncated or edited"
    return found


def name_amiss(out: Path, known: dict[str, Any], wrong: dict[str, str]) -> None:
    """Name tables and figures that are amiss in a `ResultsWarning`; parts are named where they are read."""
    for name in sorted(wrong.keys() & table_files(known).keys()):
        warnings.warn(f"{out / name}: {wrong[name]}; it is written again", ResultsWarning, stacklevel=2)


def finished(known: dict[str, Any]) -> bool:
    """Whether everything that was planned was written once, by the manifest."""
    return "parts" in known and known.get("files", {}).keys() >= set(known["tables"])


def intact(out: Path, known: dict[str, Any]) -> bool:
    """Whether everything was written once, and is as it was written."""
    return finished(known) and not amiss(out, known)


def write(out: Path, known: dict[str, Any]) -> None:
    """Write a manifest; one that lists its parts has its own checksum, too."""
    head = {key: value for key, value in known.items() if key not in _TAIL}
    tail = {key: known[key] for key in _TAIL[:-1] if key in known}
    own_sum = {"checksum": _own_checksum(known)} if "parts" in known else {}
    write_whole(out / NAME, as_text({**head, **tail, **own_sum}))


def _own_checksum(known: dict[str, Any]) -> str:
    """SHA-256 of all that a manifest says but for its command, which does not decide anything."""
    said = {key: value for key, value in known.items() if key not in ("command", "checksum")}
    text = json.dumps(json.loads(as_text(said)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read(out: Path) -> dict[str, Any]:
    """The manifest of a folder. Raises `ResultsError` if there is none, or none as it was written."""
    if out.is_file():
        raise ResultsError(f"{out}: a file, expected a folder of results")
    try:
        found = json.loads((out / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(
            f"{out}: no results here (no {NAME}); make some with sim run ... --out {out}"
        ) from None
    except OSError as error:
        raise ResultsError(f"{out / NAME}: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{out / NAME}: cannot be read: {error}") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ResultsError(f"{out / NAME}: not a manifest of format {FORMAT}")
    if amiss_in_it := wrong(found):
        raise ResultsError(f"{out / NAME}: {amiss_in_it}")
    if "parts" in found and found.get("checksum", now := _own_checksum(found)) != now:
        raise ResultsError(f"{out / NAME}: edited after it was written; take it back, or use another --out")
    return found


def whole_manifest(out: Path) -> dict[str, Any]:
    """The manifest of a run; raises `ResultsError` if it is of something else."""
    known = read(out)
    if "kind" in known:
        raise ResultsError(f"{out}: a {known['kind']}, expected what sim run --out has saved")
    return known


def manifest_of_kind(out: Path, kind: str) -> dict[str, Any]:
    """The manifest of what is no run; raises `ResultsError` if it is not of this kind."""
    known = read(out)
    if known.get("kind") != kind:
        raise ResultsError(f"{out / NAME}: kind '{known.get('kind', 'run')}', expected {kind}")
    return known


def refuse_unfinished(out: Path, known: dict[str, Any]) -> None:
    """Raise `ResultsError` if not everything that was planned was written."""
    if not finished(known):
        raise ResultsError(f"{out}: not complete; sim resume {out} first")


def own(known: dict[str, Any]) -> list[str]:
    """The names of the rules and processes that were a user's own."""
    return [*known.get("own_rules", ()), *known.get("own_processes", ())]


def refuse_own(out: Path, known: dict[str, Any]) -> None:
    """Raise `ResultsError` if the run had functions of a user's own, which no manifest can hold."""
    if own(known):
        raise ResultsError(
            f"{out}: played with rules or processes of one's own ({', '.join(own(known))}), which are not "
            "saved; repeat the Python that made it"
        )


def as_text(data: dict[str, Any]) -> str:
    """JSON for people and programs alike."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
