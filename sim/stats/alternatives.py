"""A scenario's options beside one another, and for each the range of its numbers over the doubts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan
from typing import TYPE_CHECKING, NamedTuple

from sim.scenario.options import Option, WhatIf
from sim.stats.differences import PairedDifference
from sim.stats.summary import Kind, Summary
from sim.stats.tally import PairedTally

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Shift:
    """A doubt's summary and that of the scenario itself, over the same few replications."""

    doubt: Option
    doubted: Summary
    itself: Summary

    def of(self, ask: Callable[[Summary], float]) -> float:
        """By how much the doubt changes what is asked."""
        return ask(self.doubted) - ask(self.itself)


class PlayedWhatIf(NamedTuple):
    """What a change of the stages ahead does to one team's chance of leaving, and to what concerns all.

    `cost` is the money by which lending costs more, `months` those by which the best that stays is further
    behind the frontier: differences of means; None where that is not asked.
    """

    what_if: WhatIf
    change: PairedDifference
    cost: float | None
    months: float | None


@dataclass(frozen=True)
class Alternative:
    """One option of the choices: its chances, its difference from the default, what the doubts do to it."""

    option: Option
    summary: Summary
    beside: PairedTally | None  # None: this is the default
    shifts: tuple[Shift, ...]

    def range(self, ask: Callable[[Summary], float]) -> tuple[float, float] | None:
        """The least and greatest value of what is asked, over the doubts and without any; None if none."""
        if not self.shifts:
            return None
        here = ask(self.summary)
        values = [here, *(here + shift.of(ask) for shift in self.shifts)]
        return min(values), max(values)

    @cached_property
    def doubted(self) -> list[dict[tuple[str, str, Kind], float]]:
        """Every chance of every team under each doubt, by stage, team and kind."""
        return _doubted_shares(self.summary, self.shifts)

    @cached_property
    def ranges(self) -> dict[tuple[str, str, Kind], tuple[float, float]]:
        """The range of every chance of every team, by stage, team and kind; empty without doubts."""
        return ranges_over(self.summary, self.shifts)


def ranges_over(
    summary: Summary, shifts: Sequence[Shift]
) -> dict[tuple[str, str, Kind], tuple[float, float]]:
    """Return the least and the greatest of every chance over what doubts change; empty without doubts."""
    if not shifts:
        return {}
    each = [summary.shares(), *_doubted_shares(summary, shifts)]
    return {key: (min(c[key] for c in each), max(c[key] for c in each)) for key in each[0]}


def _doubted_shares(summary: Summary, shifts: Sequence[Shift]) -> list[dict[tuple[str, str, Kind], float]]:
    here = summary.shares()
    return [_shares_under(here, shift) for shift in shifts]


def _shares_under(
    here: Mapping[tuple[str, str, Kind], float], shift: Shift
) -> dict[tuple[str, str, Kind], float]:
    """Every chance under one doubt: as the rules decide it there, else changed as in few runs."""
    there, base = shift.doubted.shares(), shift.itself.shares()
    found = {key: min(1.0, max(0.0, p + there[key] - base[key])) for key, p in here.items()}
    for each in shift.doubted.counts():
        key = each.stage, each.team, each.chance
        if each.certain is not None and not isnan(here[key]):
            found[key] = float(each.certain)
    return found


def options_table(alternatives: Sequence[Alternative]) -> pd.DataFrame:
    """A row per option and contender: its chance of leaving at any stage, with interval and range.

    Columns: option, option_en, option_ko, default, team, team_en, team_ko, p, low, high (95 %, the
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
