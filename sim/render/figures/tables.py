"""From the long table of chances to matrices of teams by stages."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COLUMNS = ("stage", "team", "chance", "count", "of", "p", "low", "high")


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


def cells(chances: pd.DataFrame, chance: str, like: Cells | None = None) -> Cells:
    """The rows of one kind of chance that belong to a stage, laid out as `like` if that is given.

    Raises ValueError if a column is missing, the chance has no such rows (without `like`), a team and stage
    come twice, or a number is not a chance with its interval.
    """
    _check_columns(chances)
    rows = chances[(chances["chance"] == chance) & (chances["stage"] != "")]
    if rows.empty and like is None:
        raise ValueError(f"the table has no rows with chance {chance!r} and a stage")
    if rows.duplicated(["team", "stage"]).any():
        raise ValueError(f"the table has a team and stage twice for chance {chance!r}")
    teams = like.teams if like else _in_order(rows["team"])
    stages = like.stages if like else _in_order(rows["stage"])
    index = pd.MultiIndex.from_product([teams, stages], names=["team", "stage"])
    wide = rows.set_index(["team", "stage"]).reindex(index)
    columns = {
        name: wide[name].to_numpy(dtype=np.float64, na_value=np.nan).reshape(len(teams), len(stages))
        for name in ("count", "of", "p", "low", "high")
    }
    made = Cells(teams=teams, stages=stages, **columns)
    _check_numbers(made, chance)
    return made


def absent(chances: pd.DataFrame, like: Cells) -> Bools:
    """Where a team was in the field in no run: such a cell has no chance to show."""
    present = cells(chances, "given_present", like)
    return np.asarray((present.of == 0) | np.isnan(like.p))


def late(chances: pd.DataFrame, like: Cells) -> Bools:
    """Which teams were not yet entered at some stage in some run."""
    return np.asarray(np.nan_to_num(cells(chances, "not_entered", like).count).sum(axis=1) > 0)


def where_known(known: frozenset[tuple[str, str]], like: Cells) -> Bools:
    """Which cells are facts."""
    found = [[(stage, team) in known for stage in like.stages] for team in like.teams]
    return np.array(found, dtype=np.bool_)


def _check_columns(chances: pd.DataFrame) -> None:
    missing = [name for name in COLUMNS if name not in chances.columns]
    if missing:
        raise ValueError(f"the table of chances lacks the columns {', '.join(missing)}")


def _check_numbers(made: Cells, chance: str) -> None:
    seen = ~np.isnan(made.p)
    p, low, high = made.p[seen], made.low[seen], made.high[seen]
    # Wilson's ends at 0 of n and n of n may miss by a last bit.
    near = 1e-9
    ordered = (low >= -near) & (low <= p + near) & (p <= high + near) & (high <= 1 + near)
    if not ordered.all():
        raise ValueError(f"chance {chance!r} has numbers that break 0 <= low <= p <= high <= 1")


def _in_order(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values))
