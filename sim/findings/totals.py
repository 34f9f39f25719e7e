"""The points of a stage, run by run: what each team has, and where the cut falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.findings.cells import Floats
from sim.scenario.models.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

_FEW = 100
"""Runs below which a distribution has no shape."""


@dataclass(frozen=True)
class Totals:
    """The points of one stage: by team, of the runs in which it was there; and of runs with a cut by points.

    `cut` lies halfway between the last that stays and the first that leaves by points, `margin` is how far
    these two lie apart, which is negative where a team with fewer points stays.
    """

    stage: str
    values: dict[str, Floats]
    cut: Floats
    margin: Floats

    @property
    def usual_margin(self) -> float:
        """The margin that half of the runs do not reach."""
        return float(np.median(self.margin))


def find_totals(rows: pd.DataFrame, scenario: Scenario) -> Totals | None:
    """Work out the points of the first stage ahead at which somebody leaves by points.

    `rows` has a row for each replication, stage and team: `fate` and `total` (`outcomes_table`). None where
    no stage ahead has a cut by points, or too few runs have one, or more points are not what keeps a team.
    """
    for stage in scenario.to_come:
        here = rows[(rows.stage == stage) & rows.total.notna()]
        stays = here[here.fate == "kept"].groupby("replication").total.min()
        leaves = here[here.fate == "out-by-points"].groupby("replication").total.max()
        both = stays.index.intersection(leaves.index)
        if len(both) < _FEW:
            continue
        last, first = (each.loc[both].to_numpy(np.float64) for each in (stays, leaves))
        found = Totals(stage, _by_team(here, list(scenario.teams)), (last + first) / 2, last - first)
        return found if found.usual_margin > 0 else None
    return None


def _by_team(here: pd.DataFrame, teams: Sequence[str]) -> dict[str, Floats]:
    grouped = {
        str(team): values.to_numpy(np.float64) for team, values in here.groupby("team", observed=True).total
    }
    return {team: grouped[team] for team in teams if len(grouped.get(team, ())) >= _FEW}
