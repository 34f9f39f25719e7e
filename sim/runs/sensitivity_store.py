"""A sensitivity analysis in a folder: every index and end as CSV, and a manifest that says of what."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs import manifest as manifests
from sim.runs.lock import locked
from sim.runs.problems import ResultsError
from sim.runs.run import Progress
from sim.runs.saved import scenario_of
from sim.runs.sensitivity import INNER, Sensitivity, sensitivity
from sim.runs.targets import LEAVES, Target
from sim.runs.unknowns import Unknown
from sim.runs.whole import write_whole
from sim.scenario.models.scenario import Scenario
from sim.stats.sobol import Indices, Share

if TYPE_CHECKING:
    import pandas as pd

KIND = "sensitivity"
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


def saved(
    scenario: Scenario,
    seed: int,
    points: int,
    out: Path,
    *,
    team: str | None = None,
    tables: Sequence[str] = (),
    command: Sequence[str] = sys.argv,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Analyse a scenario and write the table and the manifest.

    Its figure is about `team`, or the team that the numbers move most; `tables` are its languages
    (`sim.figures.sealed_figures`). Raises `ResultsError` where the folder
    holds anything else.
    """
    planned = {
        **{"format": manifests.FORMAT, "kind": KIND, "request": {"points": points, "inner": INNER}},
        **{
            "scenario_hash": scenario.digest(),
            "seed": seed,
            "replications": [0, points * INNER],
            "tables": list(tables),
        },
        **{"versions": manifests.versions(), "command": list(command), "scenario": scenario.resolved()},
    }
    with locked(out):
        claimed = manifests.claim(out, planned)
        found = sensitivity(scenario, seed, points, jobs=jobs, progress=progress)
        text = table(found).to_csv(index=False, lineterminator="\r\n", float_format="%.6g")
        write_whole(out / TABLE, text, "utf-8-sig")
        about = {"team": team or found.most_moved(), "runs": found.runs, "failed": found.failed}
        manifests.write(out, {**claimed, **about, "parts": manifests.checksums(out, [out / TABLE])})
    return found


def resumed(out: Path, *, jobs: int | None = None, progress: Progress | None = None) -> Sensitivity | None:
    """Analyse once more if not all of it is there as it was written; None if it is."""
    known = manifests.manifest_of_kind(out, KIND)
    if scenario_of(out, known) and manifests.intact(out, known):
        return None
    return repeated(out, out, jobs=jobs, progress=progress)


def repeated(
    out: Path, into: Path, *, jobs: int | None = None, progress: Progress | None = None
) -> Sensitivity:
    """Analyse once more what the manifest of `out` says, into that folder or another one."""
    known = manifests.manifest_of_kind(out, KIND)
    how: dict[str, Any] = {"team": known.get("team"), "jobs": jobs, "progress": progress}
    how |= {"tables": known["tables"], "command": known["command"]}
    return saved(scenario_of(out, known), known["seed"], known["request"]["points"], into, **how)


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


def read(out: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """The manifest and the table of a folder. Raises `ResultsError` where they cannot be read."""
    import pandas as pd

    known = manifests.manifest_of_kind(out, KIND)
    try:
        kinds = dict.fromkeys(_WORDS, str) | dict.fromkeys(_FLAGS, bool)
        missing = {name: [""] for name in _NUMBERS}
        return known, pd.read_csv(out / TABLE, dtype=kinds, keep_default_na=False, na_values=missing)
    except FileNotFoundError:
        raise ResultsError(f"{out}: no {TABLE}; sim resume {out} makes it again") from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{out}: spoilt results: {error}") from None
