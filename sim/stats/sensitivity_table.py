"""Sobol' indices and tornado bounds as a pandas data frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.scenario.models.scenario import Scenario
from sim.stats.differences import PairedDifference
from sim.stats.input_effects import LEAVES, Target, TornadoCounts, UncertainInput
from sim.stats.sobol import Indices, VarianceShare

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = (
    "low",
    "high",
    *(f"{name}{end}" for name in ("variance", "first", "total") for end in ("", "_low", "_high")),
    *("drawn", "at_low", "at_high", "swing", "swing_low", "swing_high", "of", "dice"),
)
FLAGS = ("guess", "told")
COLUMNS = (
    *("factor", "name_en", "name_ko", "meaning", "unit", "law", "guess", "low", "high"),
    *("target", "stage", "team", "told"),
    *NUMBERS[2:],
)


def sensitivity_table(
    scenario: Scenario,
    inputs: Sequence[UncertainInput],
    targets: Sequence[Target],
    indices: Sequence[Indices],
    leaving: Indices | None,
    ends: TornadoCounts | None,
) -> pd.DataFrame:
    """Return a row for each target and input; the chances of leaving as one come first, without a team.

    `low` and `high` are the input's values at its 5 and 95 % quantiles, `at_low` and `at_high` the chances
    there, `swing` their paired difference, `dice` the larger half-width of the 95 % intervals of the two.
    Indices and variances are raw: they may be below 0.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    if leaving is not None:
        rows += [_row(scenario, each, Target(LEAVES), leaving, i) for i, each in enumerate(inputs)]
    for t, (target, found) in enumerate(zip(targets, indices, strict=False)):
        assert ends is not None
        rows += [
            _row(scenario, each, target, found, i) | _at_ends(ends, i, t) for i, each in enumerate(inputs)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(scenario: Scenario, each: UncertainInput, target: Target, found: Indices, i: int) -> dict[str, Any]:
    return {
        "factor": each.name,
        "name_en": each.called("en", scenario),
        "name_ko": each.called("ko", scenario),
        "meaning": each.meaning,
        "unit": each.unit,
        "law": each.law,
        "guess": each.widened,
        "low": each.low,
        "high": each.high,
        "target": target.what,
        "stage": target.stage,
        "team": target.team,
        "told": found.told,
        **_interval("variance", found.variance),
        **_interval("first", found.first[i]),
        **_interval("total", found.total[i]),
    }


def _interval(name: str, share: VarianceShare | PairedDifference) -> dict[str, float]:
    return {name: share.estimate, f"{name}_low": share.low, f"{name}_high": share.high}


def _at_ends(ends: TornadoCounts, i: int, t: int) -> dict[str, float]:
    between, runs = ends.between(i, t), ends.runs
    return {
        "drawn": ends.drawn[t] / runs,
        "at_low": between.first / runs,
        "at_high": between.second / runs,
        **_interval("swing", between),
        "of": runs,
        "dice": between.half_width_of_chances,
    }
