"""How far chances go: along the values of a factor, and between the ends of an uncertain number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sim.stats.intervals import wilson
from sim.stats.sobol import TOLD_FROM, VarianceShare

if TYPE_CHECKING:
    import pandas as pd


class LeftOut(NamedTuple):
    """Uncertain numbers that are not shown: how many, and the greatest upper end of their shares, in 0..1."""

    numbers: int
    share_at_most: float


def find_widest_change(chances: Mapping[str, Sequence[float]]) -> str:
    """Find the team whose chance differs most between the first and the last value; the first of equals."""
    return max(chances, key=lambda team: abs(chances[team][-1] - chances[team][0]))


def find_widest_span(chances: Mapping[str, Sequence[float]]) -> str:
    """Find the team whose least and greatest chance lie farthest apart; the first of equals."""
    return max(chances, key=lambda team: max(chances[team]) - min(chances[team]))


def rank_told(shares: Sequence[VarianceShare]) -> list[int]:
    """Return which shares of a variance are told from 0, largest first; the largest of all where none is."""
    ordered = sorted(range(len(shares)), key=lambda i: -shares[i].estimate)
    return [i for i in ordered if shares[i].told] or ordered[:1]


def rank_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the numbers whose total share is told from 0, as `rank_told` orders them.

    `rows` are those of one chance in the table of a sensitivity analysis (columns: total, total_low,
    total_high).
    """
    shares = [
        VarianceShare(*map(float, row)) for row in rows[["total", "total_low", "total_high"]].to_numpy()
    ]
    return rows.iloc[rank_told(shares)]


def count_left_out(others: pd.DataFrame) -> tuple[LeftOut | None, LeftOut | None]:
    """Count the numbers that are left out: those told from 0 for some chance, and those for none.

    `others` are the rows of these numbers for all chances that are shown (columns: factor, total_low,
    total_high); None where there is no such number.
    """
    told = others.factor.isin(others[others.total_low >= TOLD_FROM].factor)
    smaller, untold = (
        LeftOut(rest.factor.nunique(), min(1.0, float(rest.total_high.max()))) if len(rest) else None
        for rest in (others[told], others[~told])
    )
    return smaller, untold


def find_largest_dice(rows: pd.DataFrame) -> float:
    """Return the largest half-width, in 0..1, of the intervals of the chances at the ends of the numbers.

    `rows` have at least one row (columns: of, at_low, at_high), all on the same number of runs.
    """
    runs = int(rows.of.iloc[0])
    ends = [wilson(round(p * runs), runs) for p in (*rows.at_low, *rows.at_high)]
    return max(float(high - low) / 2 for low, high in ends)
