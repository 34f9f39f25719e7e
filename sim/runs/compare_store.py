"""A comparison in a folder: every difference as CSV, and a manifest that says what was compared."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.runs.compare import Compared
from sim.runs.manifest import NAME, as_text, versions
from sim.runs.problems import ResultsError
from sim.runs.whole import write_whole

if TYPE_CHECKING:
    import pandas as pd

KIND, FORMAT = "comparison", 1
DIFFERENCES = "differences.csv"


def claim(out: Path) -> None:
    """Make an empty folder of `out`. Raises `ResultsError` if it holds anything."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(path.name != NAME and path.suffix not in (".csv", ".png", ".svg") for path in out.iterdir()):
            raise ResultsError(f"{out}: not empty and no comparison; choose another --out")
    except FileExistsError:
        raise ResultsError(f"{out}: a file, expected a folder or a new name") from None


def differences(compared: Compared) -> pd.DataFrame:
    """A row for each scenario beside the first, and each chance and measure that both have.

    Columns: scenario (1 for the second), stage, team, what, unit, first, second (means or chances), estimate
    (second minus first), low, high (95 %, paired), variance_ratio, of (replications).
    """
    import pandas as pd

    units = compared.summaries[0].units()
    rows = []
    for i, pairs in enumerate(compared.beside_first, start=1):
        for (stage, team, what), found in pairs.differences():
            sides = {"first": found.first / found.n, "second": found.second / found.n} if found.n else {}
            rows.append(
                {
                    **{"scenario": i, "stage": stage, "team": team, "what": what, "unit": "chance"},
                    **sides,
                    **{"estimate": found.estimate, "low": found.low, "high": found.high},
                    **{"variance_ratio": found.variance_ratio, "of": found.n},
                }
            )
        for what, change in pairs.changes():
            low, high = change.interval()
            means = change.means
            rows.append(
                {
                    **{"scenario": i, "stage": "", "team": "", "what": what, "unit": units[what]},
                    **{"first": means[0], "second": means[1]},
                    **{"estimate": change.estimate, "low": low, "high": high},
                    **{"variance_ratio": change.variance_ratio, "of": change.moments.n},
                }
            )
    return pd.DataFrame(rows)


def save(compared: Compared, given: Sequence[str], out: Path, seed: int) -> list[Path]:
    """Write the table and the manifest; return the files."""
    table = differences(compared).to_csv(index=False, lineterminator="\r\n")
    write_whole(out / DIFFERENCES, table, "utf-8-sig")
    manifest = {
        **{"format": FORMAT, "kind": KIND, "given": list(given), "seed": seed},
        "replications": [compared.start, compared.stop],
        "scenario_hashes": [summary.scenario.digest() for summary in compared.summaries],
        "scenarios": [summary.scenario.resolved() for summary in compared.summaries],
        **{"versions": versions(), "command": list(sys.argv)},
    }
    write_whole(out / NAME, as_text(manifest))
    return [out / NAME, out / DIFFERENCES]
