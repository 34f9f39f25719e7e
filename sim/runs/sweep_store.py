"""A sweep in a folder: two tables in Parquet, and a manifest that says what was swept.

While it is played, its counts are kept beside the manifest, so that it can be gone on with.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs import manifest as manifests
from sim.runs.checkpoint import Checkpoint
from sim.runs.lock import locked
from sim.runs.problems import ResultsError
from sim.runs.sweep import Sweep, swept
from sim.runs.visits import Request, Visit, digest, visits
from sim.runs.whole import checksum, whole, write_whole
from sim.scenario.problems import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

KIND = "sweep"
CHANCES, RESPONSES = "chances.parquet", "responses.parquet"


def is_sweep(out: Path) -> bool:
    """Whether a folder holds a sweep."""
    return (out / manifests.NAME).is_file() and manifests.read(out).get("kind") == KIND


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
        sums = {name: checksum(out / name) for name in (CHANCES, RESPONSES)}
        claimed = {**claimed, "replications": [sweep.start, sweep.stop], "parts": sums}
        write_whole(out / manifests.NAME, manifests.as_text(claimed))
        checkpoint.remove()
    return sweep


def _manifest(request: Request, visited: Sequence[Visit], command: Sequence[str]) -> dict[str, Any]:
    start, stop = request.replications
    return {
        "format": manifests.FORMAT,
        "kind": KIND,
        "request": request.as_data() | {"vary": list(request.vary), "replications": [start, stop]},
        "points": visited[-1].number + 1,
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
    known = manifests.manifest_of_kind(out, (KIND,), ("request", "command"))
    if manifests.intact(out, known):
        with locked(out):
            Checkpoint(out).remove()  # a kill may have come before the last step
        return None
    request = _request(out, known)
    try:
        planned = _manifest(request, visits(request), known["command"])
    except ScenarioError as error:
        raise ResultsError(f"{out}: its scenario cannot be read: {error.problems[0]}") from None
    differs = manifests.difference(known, planned)
    if differs:
        raise ResultsError(f"{out}: began as another sweep ({differs}); sweep into another --out")
    return saved(request, out, known["command"], **how)


def repeated(out: Path, into: Path, **how: Any) -> Sweep:
    """Sweep once more what the manifest of `out` says, into another folder."""
    known = manifests.manifest_of_kind(out, (KIND,), ("request", "command"))
    return saved(_request(out, known), into, known["command"], **how)


def _request(out: Path, known: dict[str, Any]) -> Request:
    try:
        asked = dict(known["request"])
        start, stop = asked.pop("replications")
        return Request(**asked | {"vary": tuple(asked["vary"]), "replications": (start, stop)})
    except (KeyError, TypeError, ValueError):
        raise ResultsError(
            f"{out / manifests.NAME}: no request, so the sweep cannot be repeated from it"
        ) from None


def read(out: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """The manifest and the chances of a sweep. Raises `ResultsError` where they cannot be read."""
    import pandas as pd

    try:
        return manifests.read(out), pd.read_parquet(out / CHANCES)
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise ResultsError(f"{out}: no {missing}; sim resume {out} goes on") from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out}: spoilt results: {error}") from None
