"""Tables as pandas data frames. pandas takes its time to import, so it is imported where it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.engines.outcomes import Outcomes
from sim.scenario.scenario import Scenario
from sim.stats.rows import Labelled, columns
from sim.stats.summary import Summary

if TYPE_CHECKING:
    import pandas as pd


def chances_table(summary: Summary) -> pd.DataFrame:
    """A row a chance: stage ('' for the whole programme), team, chance, count, of, p, low, high, certain.

    Names of teams and stages, in both languages, come last. Intervals are 95 % Wilson.
    """
    import pandas as pd

    teams, stages = summary.scenario.teams, summary.scenario.stages
    rows = []
    for stage, team, chance, e in summary.rows():
        names = stages[stage].name if stage else None
        rows.append(
            {
                "stage": stage,
                "team": team,
                "chance": chance,
                "count": e.count,
                "of": e.of,
                "p": e.p,
                "low": e.low,
                "high": e.high,
                "certain": "" if e.certain is None else str(e.certain),
                "team_en": teams[team].name.en,
                "team_ko": teams[team].name.ko,
                "stage_en": names.en if names else stage,
                "stage_ko": names.ko if names else stage,
            }
        )
    return pd.DataFrame(rows)


def responses_table(summary: Summary) -> pd.DataFrame:
    """A row a response: name, unit, of, mean (or chance), its interval, and the 5, 50 and 95 % quantiles.

    low and high are sampling error; the quantiles are the spread from run to run (missing for a chance).
    """
    import pandas as pd

    rows = []
    for name in summary.tally.chances:
        e = summary.chance(name)
        rows.append(
            {"response": name, "unit": "chance", "of": e.of, "mean": e.p, "low": e.low, "high": e.high}
        )
    for name, unit in summary.units().items():
        values = summary.measure(name)
        low, high = values.mean_interval()
        spread = {f"q{round(100 * p):02d}": values.quantile(p) for p in (0.05, 0.5, 0.95)}
        mean = {"mean": values.mean(), "low": low, "high": high}
        rows.append({"response": name, "unit": unit, "of": values.size, **mean, **spread})
    return pd.DataFrame(rows)


def outcomes_table(scenario: Scenario, outcomes: Outcomes) -> pd.DataFrame:
    """A row per replication, stage and team; the columns are described in docs/output.md."""
    import pandas as pd

    return pd.DataFrame(
        {
            name: pd.Categorical.from_codes(column.codes, pd.Index(column.names))
            if isinstance(column, Labelled)
            else column
            for name, column in columns(scenario, outcomes).items()
        }
    )
