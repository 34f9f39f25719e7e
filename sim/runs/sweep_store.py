"""A sweep in a folder: two tables in Parquet, and a manifest that says what was swept.

While it is played, its counts are kept beside the manifest, so that it can be gone on with.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs import manifest as manifests
from sim.runs.checkpoint import Checkpoint
from sim.runs.lock import locked
from sim.runs.many import piece_ranges
from sim.runs.problems import ResultsError
from sim.runs.saved import stored
from sim.runs.sweep import Sweep, swept
from sim.runs.visits import Request, digest, visits
from sim.runs.whole import whole
from sim.runs.work import Job, fault_modes
from sim.scenario.problems import ScenarioError
from sim.stats.design import DesignPoint

if TYPE_CHECKING:
    import pandas as pd

KIND = "sweep"
CHANCES, RESPONSES = "chances.parquet", "responses.parquet"


def saved(request: Request, out: Path, command: Sequence[str] = sys.argv, **how: Any) -> Sweep:
    """Sweep and write tables and manifest; what a sweep that was broken off has left is not played again.

    `how` is that of `sim.runs.sweep.sweep`. Raises what it does, and `ResultsError` where the folder holds
    anything else.
    """
    visited = visits(request)
    planned = _manifest(request, visited, command)
    with locked(out):
        claimed = manifests.claim(out, planned)
        checkpoint = Checkpoint(out)
        sweep = swept(request, visited, how, checkpoint)
        for name, table in {CHANCES: sweep.chances(), RESPONSES: sweep.responses()}.items():
            _write(table, out / name)
        sums = manifests.checksums(out, [out / CHANCES, out / RESPONSES])
        manifests.write(out, {**claimed, "replications": [sweep.start, sweep.stop], "parts": sums})
        checkpoint.remove()
    return sweep


def _manifest(request: Request, visited: Sequence[DesignPoint], command: Sequence[str]) -> dict[str, Any]:
    start, stop = request.replications
    return {
        "format": manifests.FORMAT,
        "kind": KIND,
        "request": request.as_data() | {"vary": list(request.vary), "replications": [start, stop]},
        "points": visited[-1].number + 1,
        "visits": len({visit.scenario.digest() for visit in visited}),  # that are not the same
        "scenario_hash": digest(visited),
        "seed": request.seed,
        "replications": None if request.until_halfwidth else [start, stop],
        "tables": [],
        "versions": manifests.versions(),
        "command": list(command),
        "scenario": visited[0].scenario.resolved(),  # of the first point
    }


def _write(table: pd.DataFrame, path: Path) -> None:
    """A table, whole or not at all; a column that holds numbers and text is saved as text."""
    mixed = [name for name in table.columns if table[name].map(type).nunique() > 1]
    with whole(path) as partial:
        table.astype(dict.fromkeys(mixed, str)).to_parquet(partial, index=False, compression="zstd")


def resumed(out: Path, **how: Any) -> Sweep | None:
    """Go on with a sweep that was broken off, to the same bytes as if it had not been; None if it is whole.

    Raises `ResultsError` where its files or versions are not those with which it began.
    """
    known = manifests.manifest_of_kind(out, KIND)
    if manifests.intact(out, known):
        with locked(out):
            Checkpoint(out).remove()  # a kill may have come before the last step
        return None
    request = _request(known)
    with _readable(out):
        planned = _manifest(request, visits(request), known["command"])
    differs = manifests.difference(known, planned)
    if differs:
        raise ResultsError(f"{out}: began as another sweep ({differs}); sweep into another --out")
    return saved(request, out, known["command"], **how)


def repeated(out: Path, into: Path, **how: Any) -> Sweep:
    """Sweep once more what the manifest of `out` says, into another folder."""
    known = manifests.manifest_of_kind(out, KIND)
    with _readable(out):
        return saved(_request(known), into, known["command"], **how)


def _request(known: dict[str, Any]) -> Request:
    asked = known["request"]
    start, stop = asked["replications"]
    return Request(**asked | {"vary": tuple(asked["vary"]), "replications": (start, stop)})


@contextmanager
def _readable(out: Path) -> Iterator[None]:
    """Say of which folder it is that a scenario cannot be read."""
    try:
        yield
    except ScenarioError as error:
        raise ResultsError(f"{out}: its scenario cannot be read: {error.problems[0]}") from None


def done(out: Path, known: dict[str, Any]) -> tuple[int, int | None]:
    """How many pieces of a sweep that is not finished are played, and of how many, if that is known."""
    there = sum(1 for _ in Checkpoint(out).files())
    if known["replications"] is None or "visits" not in known:
        return there, None
    scenario = stored(out, known["scenario"])
    job = Job(scenario, known["seed"], "event" if "each" in fault_modes(scenario) else "batch")
    return there, known["visits"] * len(list(piece_ranges(job, *known["replications"])))


def read(out: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """The manifest and the chances of a sweep. Raises `ResultsError` where they cannot be read."""
    import pandas as pd

    known = manifests.manifest_of_kind(out, KIND)
    if not (out / CHANCES).exists():
        raise ResultsError(f"{out}: no {CHANCES}; sim resume {out} goes on")
    manifests.refuse_unfinished(out, known)
    try:
        return known, pd.read_parquet(out / CHANCES)
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out}: spoilt results: {error}") from None
