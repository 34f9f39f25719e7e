"""The headline of a figure of options, in words: what the default option means for each team."""

from __future__ import annotations

import pandas as pd

from sim.render.figures.labels import Lang
from sim.render.figures.words import words
from sim.scenario.options import condition
from sim.stats.percent import percent


def headline(table: pd.DataFrame, lang: Lang) -> str:
    """One sentence about the default option's rows of a table of options; see `sim.render.figures.briefing`.

    Teams whose intervals all overlap are said to leave with about the same chance.
    """
    said, rows = words(lang), table[table.default & (table.certain == "")]
    if rows.empty:
        return said.headline_certain
    option = condition(rows.option.iloc[0], lang)
    opening = said.headline_with.format(option) if table.option.nunique() > 1 else ""
    if rows.low.max() <= rows.high.min():
        p = percent(rows.p.mean(), rows.low.min(), rows.high.max())
        return opening + said.headline_level.format(n=len(rows), p=p)
    ordered = rows.sort_values("p")
    low, high = (percent(*ordered[["p", "low", "high"]].iloc[at]) for at in (0, -1))
    return opening + said.headline_apart.format(low=low, high=high)


def equal_chance(table: pd.DataFrame) -> float | None:
    """The chance of leaving by default if nothing told the teams apart; None if all is certain."""
    rows = table[table.default & (table.certain == "")]
    return None if rows.empty else float(rows.p.mean())
