"""How chances settle as runs are added: what the first so many runs would have told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.findings.cells import Floats

if TYPE_CHECKING:
    import pandas as pd

_FIRST, _POINTS = 10, 60


@dataclass(frozen=True)
class Growth:
    """Chances of leaving at any stage after each of `runs`, by team; runs are spaced by equal ratios."""

    runs: tuple[int, ...]
    chances: dict[str, Floats]


def find_growth(rows: pd.DataFrame, teams: Sequence[str]) -> Growth | None:
    """Work it out from a row for each replication, stage and team; None for fewer than a hundred runs."""
    number = rows.replication.nunique()
    if number < 10 * _FIRST:
        return None
    runs = np.unique(np.geomspace(_FIRST, number, _POINTS).round().astype(int))
    leaves = rows.fate.isin(["out-by-points", "out-at-gate"])
    found = {}
    for team in teams:
        of_team = leaves[rows.team == team].groupby(rows.replication[rows.team == team]).any()
        settled = np.cumsum(of_team.sort_index().to_numpy()) / np.arange(1, number + 1)
        found[team] = settled[runs - 1]
    return Growth(tuple(int(n) for n in runs), found)
