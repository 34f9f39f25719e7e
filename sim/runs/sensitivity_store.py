"""A sensitivity analysis in a folder: every index and end as CSV, and a manifest that says of what."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs import manifest as manifests
from sim.runs.manifest import NAME, as_text, versions
from sim.runs.problems import ResultsError
from sim.runs.sensitivity import INNER, Sensitivity
from sim.runs.targets import LEAVES, Target
from sim.runs.unknowns import Unknown
from sim.runs.whole import write_whole
from sim.stats.sobol import Indices, Share

if TYPE_CHECKING:
    import pandas as pd

KIND, FORMAT = "sensitivity", 1
TABLE = "sensitivity.csv"

_WORDS = ("factor", "name_en", "name_ko", "meaning", "unit", "law", "target", "stage", "team")
_NUMBERS = (
    *("low", "high", "variance", "variance_low", "variance_high", "first", "first_low", "first_high"),
    *(
        "total",
        "total_low",
        "total_high",
        "drawn",
        "at_low",
        "at_high",
        "swing",
        "swing_low",
        "swing_high",
        "of",
    ),
)
_FLAGS = ("guess", "told")
_COLUMNS = (*_WORDS[:6], "guess", *_NUMBERS[:2], *_WORDS[6:], "told", *_NUMBERS[2:])


def claim(out: Path) -> None:
    """Make `out` the folder of an analysis. Raises `ResultsError` if it holds anything but an older one."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not is_sensitivity(out):
            raise ResultsError(f"{out}: not empty and no sensitivity analysis; choose another --out")
    except FileExistsError:
        raise ResultsError(f"{out}: a file, expected a folder or a new name") from None


def is_sensitivity(out: Path) -> bool:
    """Whether a folder holds a sensitivity analysis."""
    return (out / NAME).is_file() and manifests.read(out).get("kind") == KIND


def table(found: Sensitivity) -> pd.DataFrame:
    """A row for each target and uncertain number; the chances of leaving as one come first, without a team.

    `low` and `high` are the number's values at its 5 and 95 % quantiles, `at_low` and `at_high` the chances
    there, `swing` their paired difference. Indices and variances are raw: they may be below 0.
    """
    import pandas as pd

    return pd.DataFrame(_rows(found), columns=_COLUMNS)


def _rows(found: Sensitivity) -> Iterator[dict[str, Any]]:
    if found.leaving is not None:
        for i, unknown in enumerate(found.unknowns):
            yield _row(found, unknown, Target(LEAVES), found.leaving, i)
    for t, (target, indices) in enumerate(zip(found.targets, found.indices, strict=False)):
        for i, unknown in enumerate(found.unknowns):
            yield {**_row(found, unknown, target, indices, i), **_ends(found, i, t)}


def _row(found: Sensitivity, unknown: Unknown, target: Target, indices: Indices, i: int) -> dict[str, Any]:
    return {
        "factor": unknown.name,
        **{f"name_{lang}": unknown.called(lang, found.scenario) for lang in ("en", "ko")},
        **{"meaning": unknown.meaning, "unit": unknown.unit, "law": unknown.law, "guess": unknown.widened},
        **{"low": unknown.low, "high": unknown.high},
        **{"target": target.what, "stage": target.stage, "team": target.team},
        **_share("variance", indices.variance),
        "told": indices.told,
        **_share("first", indices.first[i]),
        **_share("total", indices.total[i]),
    }


def _share(name: str, share: Share) -> dict[str, float]:
    return {name: share.estimate, f"{name}_low": share.low, f"{name}_high": share.high}


def _ends(found: Sensitivity, i: int, t: int) -> dict[str, float]:
    assert found.ends is not None
    between, runs = found.ends.between(i, t), found.ends.runs
    return {
        **{
            "drawn": found.ends.drawn[t] / runs,
            "at_low": between.first / runs,
            "at_high": between.second / runs,
        },
        **{"swing": between.estimate, "swing_low": between.low, "swing_high": between.high, "of": runs},
    }


def save(found: Sensitivity, out: Path, team: str | None) -> list[Path]:
    """Write the table and then the manifest; return the files. `team` is the one that its figure is about."""
    text = table(found).to_csv(index=False, lineterminator="\r\n", float_format="%.6g")
    write_whole(out / TABLE, text, "utf-8-sig")
    scenario = found.scenario
    manifest = {
        **{"format": FORMAT, "kind": KIND, "points": found.points, "inner": INNER, "seed": found.seed},
        **{"runs": found.runs, "failed": found.failed, "team": team},
        **{"scenario": scenario.resolved(), "scenario_hash": scenario.digest()},
        **{"versions": versions(), "command": list(sys.argv)},
    }
    write_whole(out / NAME, as_text(manifest))
    return [out / NAME, out / TABLE]


def read(out: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """The manifest and the table of a folder. Raises `ResultsError` where they cannot be read."""
    import pandas as pd

    known = manifests.read(out)
    try:
        kinds = dict.fromkeys(_WORDS, str) | dict.fromkeys(_FLAGS, bool)
        missing = {name: [""] for name in _NUMBERS}
        return known, pd.read_csv(out / TABLE, dtype=kinds, keep_default_na=False, na_values=missing)
    except FileNotFoundError:
        raise ResultsError(f"{out}: no {TABLE}; repeat sim sensitivity") from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out}: spoilt results: {error}") from None
