"""The long table of chances as teams by stages, and what is known, seen or certain of each cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.stats.summary import Certain, Estimate, estimate

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COLUMNS = ("stage", "team", "chance", "count", "of", "p", "low", "high")

_NEAR = 1e-9  # Wilson's ends at 0 of n and n of n may miss by a last bit


def are_ordered(p: Floats, low: Floats, high: Floats) -> Bools:
    """Tell which chances lie in 0..1 and within their intervals, element by element."""
    return (low >= -_NEAR) & (low <= p + _NEAR) & (p <= high + _NEAR) & (high <= 1 + _NEAR)


@dataclass(frozen=True)
class Cells:
    """One kind of chance, by team (rows) and stage (columns), in file order.

    `p`, `low` and `high` are in 0..1, NaN where the table has no row or no runs; `count` and `of` are runs.
    """

    teams: tuple[str, ...]
    stages: tuple[str, ...]
    count: Floats
    of: Floats
    p: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class CellFacts:
    """One kind of chance with what else is known of it.

    Teams by stages: `absent`, in the field in no run; `known`, it has happened; `drawn`, neither, so there
    is a chance to show; `waiting`, not yet entered in any run. By team: `out`, known to have left; `late`,
    not in from the start in every run.
    """

    cells: Cells
    absent: Bools
    known: Bools
    drawn: Bools
    waiting: Bools
    out: Bools
    late: Bools
    present: Floats  # in how many runs a team is there

    @property
    def compared(self) -> Bools:
        """Which teams it is fair to compare: those that are in from the start and have not left."""
        return ~self.out & ~self.late

    @property
    def largest_error(self) -> float | None:
        """The longest arm of an interval that is shown, in 0..1; None where all is known."""
        made, at = self.cells, self.drawn
        if not at.any():
            return None
        return float(np.maximum(made.high[at] - made.p[at], made.p[at] - made.low[at]).max())


def find_cell_facts(chances: pd.DataFrame, chance: str, known: frozenset[tuple[str, str]]) -> CellFacts:
    """Work out the facts of one kind of chance; `known` holds the (stage, team) pairs that have happened.

    Raises ValueError as `read_cells` does.
    """
    made = read_cells(chances, chance)
    leaves, present, outside = (
        read_cells(chances, other, like=made) for other in ("leaves", "given_present", "not_entered")
    )
    nowhere = (present.of == 0) | np.isnan(made.p)
    happened = np.array([[(stage, team) in known for stage in made.stages] for team in made.teams], np.bool_)
    return CellFacts(
        cells=made,
        absent=nowhere,
        known=happened & ~nowhere,
        drawn=~nowhere & ~happened,
        # Where the table has no row, nobody waits: 0 of 1 says so.
        waiting=(np.nan_to_num(outside.count) == np.nan_to_num(outside.of, nan=1.0)) & (outside.of > 0),
        # What has happened has a chance of 0 or of 1, or nearly.
        out=np.logical_or.reduce(happened & (np.nan_to_num(leaves.p) > 0.5), axis=1),
        late=np.nan_to_num(outside.count).sum(axis=1) > 0,
        present=np.nan_to_num(present.of),
    )


def read_cells(chances: pd.DataFrame, chance: str, like: Cells | None = None) -> Cells:
    """Lay out the rows of one kind of chance that belong to a stage, as `like` if that is given.

    Raises ValueError if a column is missing, the chance has no such rows (without `like`), a team and stage
    come twice, or a number is not a chance with its interval.
    """
    import pandas as pd

    need_columns(chances, COLUMNS, "chances")
    rows = chances[(chances["chance"] == chance) & (chances["stage"] != "")]
    if rows.empty and like is None:
        raise ValueError(f"the table has no rows with chance {chance!r} and a stage")
    if rows.duplicated(["team", "stage"]).any():
        raise ValueError(f"the table has a team and stage twice for chance {chance!r}")
    teams = like.teams if like else tuple(rows["team"].astype(str).unique())
    stages = like.stages if like else tuple(rows["stage"].astype(str).unique())
    index = pd.MultiIndex.from_product([teams, stages], names=["team", "stage"])
    wide = rows.set_index(["team", "stage"]).reindex(index)
    columns = {
        name: wide[name].to_numpy(dtype=np.float64, na_value=np.nan).reshape(len(teams), len(stages))
        for name in ("count", "of", "p", "low", "high")
    }
    made = Cells(teams=teams, stages=stages, **columns)
    if not (np.isnan(made.p) | are_ordered(made.p, made.low, made.high)).all():
        raise ValueError(f"chance {chance!r} has numbers that break 0 <= low <= p <= high <= 1")
    return made


def estimate_leaving(chances: pd.DataFrame, leaves: Cells) -> dict[str, Estimate]:
    """Estimate each team's chance of leaving at any stage.

    By its own row of the table, since who has left may come in again; without one, a team leaves once, so the
    counts of its stages add. Raises ValueError if these do not rest on the same number of runs.
    """
    count, of = np.nansum(leaves.count, axis=1), np.nanmax(leaves.of, axis=1)
    rows = chances[chances["chance"] == "leaves_at_all"].drop_duplicates("team").set_index("team")
    told = np.array([team in rows.index for team in leaves.teams])
    if ((np.nanmin(leaves.of, axis=1) != of) | (count > of))[~told].any():
        raise ValueError("chance 'leaves' must rest on the same runs at every stage of a team")
    for i in np.flatnonzero(told):
        count[i], of[i] = rows.loc[leaves.teams[i], ["count", "of"]]
    # A team may be sure to leave without a stage at which it surely does: only its own row tells.
    sure = rows[rows["low"] == rows["high"]]
    return _estimate(leaves.teams, count, of, dict(zip(sure.index.astype(str), sure["low"], strict=True)))


def estimate_final(kept: Cells) -> dict[str, Estimate]:
    """Estimate each team's chance of being in after the last stage."""
    low, high = kept.low[:, -1], kept.high[:, -1]
    certain = {team: low[i] for i, team in enumerate(kept.teams) if low[i] == high[i]}
    return _estimate(kept.teams, kept.count[:, -1], kept.of[:, -1], certain)


def need_columns(table: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    """Raise ValueError if the table, called `what`, lacks columns or has no rows."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(f"the table of {what} lacks the columns {', '.join(missing)}")
    if table.empty:
        raise ValueError(f"the table of {what} has no rows")


def _estimate(
    teams: tuple[str, ...], count: Floats, of: Floats, certain: Mapping[str, float]
) -> dict[str, Estimate]:
    """Estimate the chances of all teams; `certain` holds those that the rules decide."""
    made = {}
    for team, k, n in zip(teams, np.nan_to_num(count), np.nan_to_num(of), strict=True):
        sure: Certain = (1 if certain[team] else 0) if team in certain else None
        made[team] = estimate(int(k), int(n), len(teams), sure)
    return made
