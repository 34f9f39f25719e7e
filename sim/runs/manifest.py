"""The manifest of a folder of results: what was run, with what, so that it can be run again."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.runs.parts import checksum, part_files
from sim.runs.work import Job

NAME = "manifest.json"
FORMAT = 1


class ResultsError(ValueError):
    """A folder that cannot be written to or read from as results; one line says why."""


def manifest(job: Job, start: int, stop: int, keep: str, command: Sequence[str]) -> dict[str, Any]:
    """What decides every number of a run, and the versions that it was played with."""
    return {
        "format": FORMAT,
        "scenario_hash": job.scenario.digest(),
        "seed": job.seed,
        "replications": [start, stop],
        "engine": job.engine,
        "own_rules": list(job.rules.replaced()),
        "own_processes": [getattr(process, "__name__", repr(process)) for process in job.processes],
        "keep": keep,
        "versions": versions(),
        "command": list(command),
        "scenario": job.scenario.resolved(),
    }


def versions() -> dict[str, str]:
    """Versions of this program, of Python and of what results may depend on."""
    found = {"python": platform.python_version()}
    for package in ("evalsched", "simpy", "numpy", "scipy", "pydantic", "pyarrow"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def claim(out: Path, planned: dict[str, Any]) -> None:
    """Make `out` the folder of this run and write its manifest.

    Raises `ResultsError` if it holds anything but results of the very same run, or cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if (out / NAME).exists():
            _same_run(out, planned)
        elif any(out.iterdir()):
            raise ResultsError(f"{out}: not empty and no results of this program; choose another --out")
        write_whole(out / NAME, as_text(planned))
    except FileExistsError:
        raise ResultsError(f"{out}: a file, expected a folder or a new name") from None
    except OSError as error:
        raise ResultsError(f"{error.filename or out}: {(error.strerror or str(error)).lower()}") from None


def _same_run(out: Path, planned: dict[str, Any]) -> None:
    there = read(out)
    if "parts" not in there and [path.name for path in out.iterdir()] == [NAME]:
        return  # a run that was broken off before it wrote anything: nothing is lost
    for key in ("scenario_hash", "seed", "replications", "engine", "own_rules", "own_processes", "keep"):
        if there.get(key) != planned[key]:
            now, was = planned[key], there.get(key)
            found = f"{key} {_short(was)}, this run has {_short(now)}"
            raise ResultsError(
                f"{out}: holds results of another run ({found}); choose another --out or remove it"
            )


def _short(value: Any) -> str:
    return value[:8] if isinstance(value, str) else str(value)


def seal(out: Path, planned: dict[str, Any]) -> None:
    """Add the checksums of the parts to the manifest, once all are there."""
    parts = {path.name: checksum(path) for path in part_files(out)}
    write_whole(out / NAME, as_text({**planned, "parts": parts}))


def read(out: Path) -> dict[str, Any]:
    """The manifest of a folder. Raises `ResultsError` if there is none that can be read."""
    try:
        found = json.loads((out / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(
            f"{out}: no results here (no {NAME}); make some with sim run ... --out {out}"
        ) from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out / NAME}: cannot be read: {error}") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ResultsError(f"{out / NAME}: not a manifest of format {FORMAT}")
    return found


def as_text(data: dict[str, Any]) -> str:
    """JSON for people and programs alike."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def write_whole(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, encoding=encoding, newline="")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
