"""Plays what a percentage point costs along a sweep of a budget, paired with its first point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.execute.case import fastest
from sim.execute.group import Group
from sim.execute.runner import Runner
from sim.findings.cost_path import CostPath, CostStep, find_cost_path
from sim.findings.sweep import choose_evenly
from sim.folder.rows import Range, count_replications
from sim.folder.tables import read_table
from sim.scenario.models.base import is_number
from sim.stats.design import DesignPoint, Factor
from sim.stats.differences import SavedDifference
from sim.stats.summary import Summary
from sim.stats.tally import empty_paired_tally
from sim.studies.study import OwnCode
from sim.studies.what_ifs import Several, count_paired, first_replications
from sim.text.money import CURRENCIES, CurrencyCode

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 15
"""Points of which it is told, evenly chosen: as many as the text shows."""

MOST_RUNS = 1_000
"""Replications, the first ones, in which a point is set beside the first: each is played once more."""

_BUDGET = re.compile(r"stages\.[^.]+\.(grants|own|train)\b.*|teams\.[^.]+\.own\b.*")
"""Paths that change how many GPUs there are, or for how long."""


def play_cost_path(
    factors: Sequence[Factor],
    points: Sequence[DesignPoint],
    summaries: Sequence[Summary],
    code: OwnCode,
    seed: int,
    ranges: Sequence[Range],
    runner: Runner,
) -> CostPath | None:
    """Play the points of a sweep beside its first, choices at their default.

    None where it is not one budget alone that varies, or all cost the same. `summaries` are of the `points`.
    """
    told = [(point, summary) for point, summary in zip(points, summaries, strict=True) if point.default]
    if len(factors) != 1 or not _BUDGET.fullmatch(factors[0].path) or len(told) < 2:
        return None
    money = [summary.money for _, summary in told]
    levels = [point.point[0] for point, _ in told]
    if not all(map(is_number, levels)) or None in money or len(set(money)) == 1:
        return None
    chosen = choose_evenly(range(len(told)), MOST_POINTS)
    cases = [fastest(code.case(told[i][0].scenario, seed)) for i in chosen]
    teams = cases[0].scenario.contenders
    if (
        not teams
        or cases[0].scenario.is_over
        or any(each.scenario.teams.keys() != cases[0].scenario.teams.keys() for each in cases)
    ):
        return None
    few = first_replications(ranges, MOST_RUNS)
    none = Several(tuple(empty_paired_tally(each.scenario) for each in cases))
    # Replications that fail, fail in the sweep, too, which tells of them.
    (played,) = runner.play([Group(tuple(cases), tuple(few), count_paired, none)])
    _, *others = played.counts.of
    changes = [{team: each.change_in_leaving(team) for team in teams} for each in others]
    spent = [each for i in chosen if (each := money[i]) is not None]
    return find_cost_path([levels[i] for i in chosen], spent, changes, count_replications(few))


def cost_path_table(path: CostPath | None, factor: str, money: CurrencyCode) -> pd.DataFrame:
    """Return what a point costs as a table, a row for each point but the first; empty without any."""
    import pandas as pd

    return pd.DataFrame([] if path is None else [_row(path, step, factor, money) for step in path.steps])


def _row(path: CostPath, step: CostStep, factor: str, money: CurrencyCode) -> dict[str, Any]:
    currency = CURRENCIES[money]
    per_point = (step.per_point, *(step.ends or (None, None)))
    names = ("per_point", "per_point_low", "per_point_high")
    return {
        factor: step.level,
        "team": path.team,
        f"money_{currency.column}": step.money / currency.size,
        "estimate": step.change.estimate,
        "low": step.low,
        "high": step.high,
        "seen": step.is_seen,
        **{n: None if v is None else v / currency.size for n, v in zip(names, per_point, strict=True)},
        "of": path.runs,
    }


def read_cost_path(file: Path, factor: str, money: CurrencyCode, first: Any) -> CostPath | None:
    """Read it back, `first` being the level of the first point; None where there is no such table."""
    if not file.exists():
        return None
    currency = CURRENCIES[money]
    column = f"money_{currency.column}"
    rows = read_table(file, (factor, column, "estimate", "low", "high", "of"))
    steps = tuple(
        CostStep(row[factor], row[column] * currency.size, SavedDifference(*ends), ends[1], ends[2])
        for row in rows.to_dict("records")
        for ends in [(row["estimate"], row["low"], row["high"])]
    )
    return CostPath(str(rows.team.iloc[0]), first, steps, int(rows["of"].iloc[0]))
