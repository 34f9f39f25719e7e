"""Choices and doubts as a pandas data frame."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING

from sim.runs.alternatives import Alternative

if TYPE_CHECKING:
    import pandas as pd


def options_table(alternatives: Sequence[Alternative]) -> pd.DataFrame:
    """A row per option and contender: its chance of leaving at any stage, with interval and range.

    Columns: option, option_en, option_ko, default, team, team_en, team_ko, p, low, high (95 % Wilson, the
    dice), certain, range_low, range_high (over the doubts; missing without any).
    """
    import pandas as pd

    rows = []
    for one in alternatives:
        scenario = one.summary.scenario
        for row in one.summary.rows():
            if row.chance != "leaves_at_all" or row.team not in scenario.contenders:
                continue
            e, names = row.estimate, scenario.teams[row.team].name
            low, high = one.ranges.get(("", row.team, "leaves_at_all"), (nan, nan))
            rows.append(
                {
                    "option": one.option.name,
                    "option_en": one.option.label("en"),
                    "option_ko": one.option.label("ko"),
                    "default": one.beside is None,
                    "team": row.team,
                    "team_en": names.en,
                    "team_ko": names.ko,
                    "p": e.p,
                    "low": e.low,
                    "high": e.high,
                    "certain": "" if e.certain is None else str(e.certain),
                    "range_low": low,
                    "range_high": high,
                }
            )
    return pd.DataFrame(rows)
