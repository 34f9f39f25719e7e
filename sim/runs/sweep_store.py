"""A sweep in a folder: two tables in Parquet, its figures, and a manifest that says what was swept."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs.design import Design
from sim.runs.manifest import NAME, as_text, versions
from sim.runs.problems import ResultsError
from sim.runs.sweep import Sweep
from sim.runs.whole import whole, write_whole

if TYPE_CHECKING:
    import pandas as pd

KIND = "sweep"
FORMAT = 1
CHANCES, RESPONSES = "chances.parquet", "responses.parquet"


def claim(out: Path) -> None:
    """Make `out` the folder of a sweep. Raises `ResultsError` if it holds anything but an older sweep."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not is_sweep(out):
            raise ResultsError(f"{out}: not empty and no sweep; choose another --out")
    except FileExistsError:
        raise ResultsError(f"{out}: a file, expected a folder or a new name") from None
    except OSError as error:
        raise ResultsError(f"{error.filename or out}: {(error.strerror or str(error)).lower()}") from None


def is_sweep(out: Path) -> bool:
    """Whether a folder holds a sweep."""
    return (out / NAME).is_file() and _manifest(out).get("kind") == KIND


def save(sweep: Sweep, out: Path, seed: int, design: Design, vary: Sequence[str]) -> list[Path]:
    """Write the tables and then the manifest; return the files."""
    tables = {CHANCES: sweep.chances(), RESPONSES: sweep.responses()}
    for name, table in tables.items():
        _write(table, out / name)
    base = sweep.visits[0].scenario
    manifest = {
        "format": FORMAT,
        "kind": KIND,
        "vary": list(vary),
        "design": design,
        "points": sweep.visits[-1].number + 1,
        "seed": seed,
        "replications": [sweep.start, sweep.stop],
        "scenario": base.resolved(),  # of the first point
        "scenario_hash": base.digest(),
        "versions": versions(),
        "command": list(sys.argv),
    }
    write_whole(out / NAME, as_text(manifest))
    return [out / NAME, *(out / name for name in tables)]


def _write(table: pd.DataFrame, path: Path) -> None:
    """A table, whole or not at all; a column that holds numbers and text is saved as text."""
    mixed = [name for name in table.columns if table[name].map(type).nunique() > 1]
    with whole(path) as partial:
        table.astype(dict.fromkeys(mixed, str)).to_parquet(partial, index=False, compression="zstd")


def read(out: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """The manifest and the chances of a sweep. Raises `ResultsError` where they cannot be read."""
    import pandas as pd

    try:
        return _manifest(out), pd.read_parquet(out / CHANCES)
    except FileNotFoundError as error:
        raise ResultsError(f"{out}: no {Path(str(error.filename)).name}; repeat the sweep") from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out}: spoilt results: {error}") from None


def _manifest(out: Path) -> dict[str, Any]:
    try:
        found = json.loads((out / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out / NAME}: cannot be read: {error}") from None
    return found if isinstance(found, dict) else {}
