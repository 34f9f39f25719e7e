"""A tally as chances with intervals: the numbers that are printed, saved and drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sim.rules.certain import possible
from sim.scenario.alike import indistinct_teams
from sim.scenario.scenario import Scenario
from sim.stats.histogram import Histogram
from sim.stats.intervals import bonferroni_wilson, wilson
from sim.stats.percent import percent
from sim.stats.responses import Measure, responses
from sim.stats.tally import Tally

Kind = Literal[
    "leaves", "by_points", "by_gate", "given_present", "not_entered", "kept", "selected", "never_entered"
]


@dataclass(frozen=True)
class Estimate:
    """A chance with its 95 % Wilson interval; `p` is nan where it was never asked.

    `certain` is 0 or 1 where the rules alone decide, None where dice do. `all_low` and `all_high` hold for
    every team at once (Bonferroni).
    """

    count: int
    of: int
    p: float
    low: float
    high: float
    all_low: float
    all_high: float
    certain: Literal[0, 1] | None = None

    def __str__(self) -> str:
        """The chance in percent, without the sign."""
        return percent(self.p, self.low, self.high)

    @property
    def half_width(self) -> float:
        """Half the width of the interval, as a share."""
        return (self.high - self.low) / 2


class Row(NamedTuple):
    """One chance of one team; `stage` is empty where it is about the whole programme."""

    stage: str
    team: str
    chance: Kind
    estimate: Estimate


@dataclass(frozen=True)
class Summary:
    """Everything that is told about a run."""

    scenario: Scenario
    tally: Tally

    def rows(self) -> Iterator[Row]:
        """Every chance of every team, by stage and team in the order of the file."""
        can = possible(self.scenario)
        for s, stage in enumerate(self.scenario.stages):
            for t, team in enumerate(self.scenario.teams):
                yield from self._of_stage(s, stage, t, team, can[stage, team])
        for t, team in enumerate(self.scenario.teams):
            yield Row("", team, "selected", self._estimate(int(self.tally.kept[-1, t])))
            yield Row(
                "", team, "never_entered", self._estimate(int(self.tally.not_entered[-1, t]), certain=0)
            )

    def _of_stage(self, s: int, stage: str, t: int, team: str, can: Any) -> Iterator[Row]:
        count = self.tally
        points, gate = int(count.by_points[s, t]), int(count.by_gate[s, t])
        stays: Literal[0] | None = None if can.by_points or can.by_gate else 0
        yield Row(stage, team, "leaves", self._estimate(points + gate, certain=stays))
        yield Row(stage, team, "by_points", self._estimate(points, certain=None if can.by_points else 0))
        yield Row(stage, team, "by_gate", self._estimate(gate, certain=None if can.by_gate else 0))
        there = int(count.present[s, t])
        yield Row(stage, team, "given_present", self._estimate(points + gate, there, certain=stays))
        yield Row(stage, team, "not_entered", self._estimate(int(count.not_entered[s, t]), certain=0))
        yield Row(stage, team, "kept", self._estimate(int(count.kept[s, t]), certain=None if can.kept else 0))

    def _estimate(self, count: int, of: int | None = None, certain: Literal[0, 1] | None = None) -> Estimate:
        n = self.tally.runs if of is None else of
        low, high = (float(x) for x in wilson(count, n))
        all_low, all_high = (float(x) for x in bonferroni_wilson(count, n, len(self.scenario.teams)))
        if certain is not None:
            low = high = all_low = all_high = float(certain)
        return Estimate(count, n, count / n if n else math.nan, low, high, all_low, all_high, certain)

    def together(self) -> Iterator[tuple[tuple[str, ...], Estimate]]:
        """Each set of teams that was selected together at least once, most frequent first."""
        teams = list(self.scenario.teams)
        for bits, count in sorted(self.tally.together.items(), key=lambda item: (-item[1], item[0])):
            members = tuple(team for t, team in enumerate(teams) if bits >> t & 1)
            yield members, self._estimate(count)

    def indistinct(self) -> list[tuple[str, ...]]:
        """Groups of teams that no input tells apart: their chances are equal, whatever was counted."""
        return indistinct_teams(self.scenario)

    def chance(self, name: str) -> Estimate:
        """A response that is a chance."""
        return self._estimate(*self.tally.chances[name])

    def measure(self, name: str) -> Histogram:
        """A response that is a measure, as its distribution."""
        return self.tally.measures[name]

    def units(self) -> dict[str, str]:
        """Unit of every measure by name."""
        return {r.name: r.unit for r in responses(self.scenario) if isinstance(r, Measure)}


def as_json(summary: Summary) -> dict[str, Any]:
    """The part of the `--json` output that a tally holds; the format is in docs/output.md."""
    teams: dict[str, Any] = {team: {"stages": {}} for team in summary.scenario.teams}
    for row in summary.rows():
        target = teams[row.team]
        if row.stage:
            target = target["stages"].setdefault(row.stage, {})
        target[row.chance] = _chance(row.estimate)
    found = {name: _chance(summary.chance(name)) for name in summary.tally.chances}
    found |= {name: _measure(summary.measure(name), unit) for name, unit in summary.units().items()}
    return {
        "teams": teams,
        "together": {"+".join(members) or "nobody": _chance(e) for members, e in summary.together()},
        "responses": found,
    }


def _chance(estimate: Estimate) -> dict[str, Any]:
    shown: dict[str, Any] = {"p": _or_null(estimate.p), "low": estimate.low, "high": estimate.high}
    if estimate.certain is not None:
        shown["certain"] = True
    return shown


def _measure(values: Histogram, unit: str) -> dict[str, Any]:
    low, high = values.mean_interval()
    names = ("mean", "low", "high", "q05", "q50", "q95")
    numbers = (values.mean(), low, high, values.quantile(0.05), values.quantile(0.5), values.quantile(0.95))
    return {**{k: _or_null(x) for k, x in zip(names, numbers, strict=True)}, "of": values.size, "unit": unit}


def _or_null(number: float) -> float | None:
    """JSON knows neither nan nor infinity."""
    return number if math.isfinite(number) else None
