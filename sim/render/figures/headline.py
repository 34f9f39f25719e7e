"""The headline of a figure of options, in words: what the default option means for each team."""

from __future__ import annotations

import pandas as pd

from sim.scenario.options import condition
from sim.stats.percent import percent
from sim.text import Lang, say


def headline(table: pd.DataFrame, lang: Lang) -> str:
    """One sentence about the default option's rows of a table of options; see `sim.render.figures.briefing`.

    Teams whose intervals all overlap are said to leave with about the same chance.
    """
    rows = table[table.default & (table.certain == "")]
    if rows.empty:
        return say(lang, "figure.headline_certain")
    option = condition(rows.option.iloc[0], lang)
    opening = say(lang, "figure.headline_with", option=option) if table.option.nunique() > 1 else ""
    if rows.low.max() <= rows.high.min():
        p = percent(rows.p.mean(), rows.low.min(), rows.high.max())
        return opening + say(lang, "figure.headline_level", n=len(rows), p=p)
    ordered = rows.sort_values("p")
    low, high = (percent(*ordered[["p", "low", "high"]].iloc[at]) for at in (0, -1))
    return opening + say(lang, "figure.headline_apart", low=low, high=high)


def equal_chance(table: pd.DataFrame) -> float | None:
    """The chance of leaving by default if nothing told the teams apart; None if all is certain."""
    rows = table[table.default & (table.certain == "")]
    return None if rows.empty else float(rows.p.mean())
