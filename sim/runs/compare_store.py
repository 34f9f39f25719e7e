"""A comparison in a folder: every difference as CSV, and a manifest that says what was compared."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs import manifest as manifests
from sim.runs.compare import Compared, compare
from sim.runs.lock import locked
from sim.runs.problems import ResultsError
from sim.runs.saved import refuse_other_hash, stored
from sim.runs.whole import write_whole
from sim.scenario.models.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

KIND = "comparison"
DIFFERENCES = "differences.csv"

_NUMBERS = ("first", "second", "estimate", "low", "high", "variance_ratio")


def saved(
    given: Sequence[str],
    scenarios: Sequence[Scenario],
    start: int,
    stop: int,
    seed: int,
    out: Path,
    command: Sequence[str] = sys.argv,
    *,
    tables: Sequence[str] = (),
) -> Compared:
    """Compare scenarios, named as they were `given`, and write the table and the manifest.

    `tables` are the languages of the figures that are to stand beside it (`sim.figures.sealed_figures`).
    Raises `ResultsError` where the folder holds anything else.
    """
    planned = _manifest(given, scenarios, start, stop, seed, command, tables)
    with locked(out):
        claimed = manifests.claim(out, planned)
        compared = compare(scenarios, start, stop, seed)
        table = differences(compared).to_csv(index=False, lineterminator="\r\n")
        write_whole(out / DIFFERENCES, table, "utf-8-sig")
        manifests.write(out, {**claimed, "parts": manifests.checksums(out, [out / DIFFERENCES])})
    return compared


def _manifest(
    given: Sequence[str],
    scenarios: Sequence[Scenario],
    start: int,
    stop: int,
    seed: int,
    command: Sequence[str],
    tables: Sequence[str],
) -> dict[str, Any]:
    digests = [scenario.digest() for scenario in scenarios]
    return {
        **{"format": manifests.FORMAT, "kind": KIND, "given": list(given)},
        **{
            "scenario_hash": _digest(digests),
            "scenario_hashes": digests,
        },
        **{"seed": seed, "replications": [start, stop], "tables": list(tables)},
        **{"versions": manifests.versions(), "command": list(command)},
        "scenarios": [scenario.resolved() for scenario in scenarios],
    }


def _digest(digests: Sequence[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def resumed(out: Path) -> Compared | None:
    """Compare once more if not all of it is there as it was written; None if it is."""
    known = manifests.manifest_of_kind(out, KIND)
    return None if _stored(out, known) and manifests.intact(out, known) else repeated(out, out)


def repeated(out: Path, into: Path) -> Compared:
    """Compare once more what the manifest of `out` says, into that folder or another one."""
    known = manifests.manifest_of_kind(out, KIND)
    scenarios = _stored(out, known)
    start, stop = known["replications"]
    how = known["command"]
    return saved(known["given"], scenarios, start, stop, known["seed"], into, how, tables=known["tables"])


def _stored(out: Path, known: dict[str, Any]) -> list[Scenario]:
    """The scenarios of a manifest. Raises `ResultsError` if they are not those that were compared."""
    scenarios = [stored(out, data) for data in known["scenarios"]]
    refuse_other_hash(out, known, _digest([scenario.digest() for scenario in scenarios]))
    return scenarios


def read(out: Path) -> tuple[dict[str, Any], Scenario, pd.DataFrame]:
    """The manifest, the first scenario as it was played, and the differences.

    Raises `ResultsError` where they cannot be read.
    """
    import pandas as pd

    known = manifests.manifest_of_kind(out, KIND)
    kinds: dict[str, type] = dict.fromkeys(("stage", "team", "what", "unit"), str)
    missing = {name: [""] for name in _NUMBERS}
    kinds |= dict.fromkeys(_NUMBERS, float)
    try:
        table = pd.read_csv(out / DIFFERENCES, dtype=kinds, keep_default_na=False, na_values=missing)
    except FileNotFoundError:
        raise ResultsError(f"{out}: no {DIFFERENCES}; sim resume {out} makes it again") from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out}: spoilt results: {error}") from None
    return known, _stored(out, known)[0].settled(), table


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
