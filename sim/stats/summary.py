"""A tally as chances with intervals: the numbers that are printed, saved and drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import repeat
from typing import Literal, NamedTuple

from sim.model.quantiles import median
from sim.rules.certain import Possible, Prospects, possible
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.models.scenario import Scenario
from sim.stats.counts import Histogram
from sim.stats.intervals import chance_interval, for_all_of, island_interval
from sim.stats.percent import percent
from sim.stats.responses import Measure, responses
from sim.stats.tally import Tally

Kind = Literal[
    "leaves",
    "by_points",
    "by_gate",
    "given_present",
    "not_entered",
    "kept",
    "leaves_at_all",
    "selected",
    "never_entered",
]


Certain = Literal[0, 1] | None
"""0 or 1 where the rules alone decide, None where dice do."""


@dataclass(frozen=True)
class Estimate:
    """A chance with its 95 % interval; `p` is nan where it was never asked.

    The interval is Wilson's, or that of the islands of a forecast (see `island_interval`).
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
    certain: Certain = None

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


class Count(NamedTuple):
    """What a chance is counted from: it `holds` in so many `of` replications; `certain` as in `Estimate`."""

    stage: str
    team: str
    chance: Kind
    holds: int
    of: int
    certain: Certain


@dataclass(frozen=True)
class Summary:
    """Everything that is told about a run."""

    scenario: Scenario
    tally: Tally
    by_the_file: bool = True  # False where rules or processes of a user's own were at work

    def rows(self) -> Iterator[Row]:
        """Every chance of every team, by stage and team in the order of the file."""
        yield from self._rows

    @cached_property
    def _rows(self) -> tuple[Row, ...]:
        return tuple(self._estimate_rows())

    def _estimate_rows(self) -> Iterator[Row]:
        by_island = zip(*(island.counts() for island in self.islands), strict=True)
        parts = by_island if self.islands else repeat(())
        for each, of_islands in zip(
            self.counts(), parts, strict=False
        ):  # without islands there is no end of ()
            chance = estimate(
                each.holds,
                each.of,
                len(self.scenario.teams),
                each.certain,
                [(part.holds, part.of) for part in of_islands],
            )
            yield Row(each.stage, each.team, each.chance, chance)

    @cached_property
    def islands(self) -> tuple[Summary, ...]:
        """What was counted of each island of a forecast; none where replications are independent.

        What is certain is so in all of them, and worked out once.
        """
        return tuple(Summary(self.scenario, part, by_the_file=False) for part in self.tally.islands or ())

    @cached_property
    def _prospects(self) -> Prospects:
        """What the rules leave possible."""
        return possible(self.scenario)

    def shares(self) -> dict[tuple[str, str, Kind], float]:
        """Every chance by stage, team and kind, without its interval; nan where it was never asked."""
        return dict(self._shares)

    @cached_property
    def _shares(self) -> dict[tuple[str, str, Kind], float]:
        return {(c.stage, c.team, c.chance): c.holds / c.of if c.of else math.nan for c in self.counts()}

    def counts(self) -> Iterator[Count]:
        """What every chance was counted from, in the order of `rows`."""
        yield from self._counts

    @cached_property
    def _counts(self) -> tuple[Count, ...]:
        return tuple(self._count_all())

    def _count_all(self) -> Iterator[Count]:
        can = self._prospects.of if self.by_the_file else {}
        for s, stage in enumerate(self.scenario.stages):
            for t, team in enumerate(self.scenario.teams):
                yield from self._of_stage(s, stage, t, team, can.get((stage, team)))
        last = list(self.scenario.stages)[-1]
        for t, team in enumerate(self.scenario.teams):
            yield from self._of_all(t, team, can.get((last, team)))

    def _of_all(self, t: int, team: str, last: Possible | None) -> Iterator[Count]:
        """Over the whole programme; `last` is what can become of the team at the last stage."""
        n, kept, waits = self.tally.runs, int(self.tally.kept[-1, t]), int(self.tally.not_entered[-1, t])
        selected = last and last.certain(last.kept, last.leaves)
        yield Count("", team, "leaves_at_all", n - kept - waits, n, _leaves_at_all(last))
        yield Count("", team, "selected", kept, n, selected)
        yield Count("", team, "never_entered", waits, n, last and last.waits)

    def _of_stage(self, s: int, stage: str, t: int, team: str, can: Possible | None) -> Iterator[Count]:
        tally, n = self.tally, self.tally.runs
        points, gate, kept = (int(counts[s, t]) for counts in (tally.by_points, tally.by_gate, tally.kept))
        there, waits = int(tally.present[s, t]), int(tally.not_entered[s, t])
        sure: dict[Kind, Certain] = {}
        if can is not None:
            sure["leaves"] = can.certain(can.leaves, can.kept)
            sure["by_points"] = can.certain(can.by_points, can.by_gate or can.kept)
            sure["by_gate"] = can.certain(can.by_gate, can.by_points or can.kept)
            sure["kept"] = can.certain(can.kept, can.leaves)
            sure["not_entered"] = can.waits
            if there:
                sure["given_present"] = 0 if not can.leaves else 1 if not can.kept else None
        yield Count(stage, team, "leaves", points + gate, n, sure.get("leaves"))
        yield Count(stage, team, "by_points", points, n, sure.get("by_points"))
        yield Count(stage, team, "by_gate", gate, n, sure.get("by_gate"))
        yield Count(stage, team, "given_present", points + gate, there, sure.get("given_present"))
        yield Count(stage, team, "not_entered", waits, n, sure.get("not_entered"))
        yield Count(stage, team, "kept", kept, n, sure.get("kept"))

    def estimate(self, ask: Callable[[Tally], tuple[int, int]], certain: Certain = None) -> Estimate:
        """The chance of what `ask` finds in a tally: how often it holds, of how many runs."""
        parts = [ask(island.tally) for island in self.islands]
        return estimate(*ask(self.tally), len(self.scenario.teams), certain, parts)

    def leaving(self, team: str, among: int) -> Estimate:
        """A team's chance of leaving at any stage, its wider interval good for so many chances at once."""
        counts = [
            next(each for each in part.counts() if (each.team, each.chance) == (team, "leaves_at_all"))
            for part in (self, *self.islands)
        ]
        whole, *parts = [(each.holds, each.of) for each in counts]
        return estimate(*whole, among, counts[0].certain, parts)

    def together(self) -> Iterator[tuple[tuple[str, ...], Estimate]]:
        """Each set of teams that was selected together at least once, most frequent first."""
        teams = list(self.scenario.teams)
        settled = self._prospects.selected if self.by_the_file else None
        for bits, _ in sorted(self.tally.together.items(), key=lambda item: (-item[1], item[0])):
            members = tuple(team for t, team in enumerate(teams) if bits >> t & 1)
            sure: Certain = 1 if members == settled else None
            yield members, self.estimate(partial(_share_of_set, bits), sure)

    def indistinct(self) -> list[tuple[str, ...]]:
        """Groups of teams that no input tells apart: their chances are equal, whatever was counted."""
        return indistinguishable_teams(self.scenario) if self.by_the_file else []

    def chance(self, name: str) -> Estimate:
        """A response that is a chance."""
        return self.estimate(lambda tally: tally.chances[name], self.certain(name))

    def certain(self, name: str) -> Certain:
        """What the rules alone say about a response, as far as it is looked into."""
        if not self.by_the_file:
            return None
        prospects = self._prospects
        if name.startswith("award."):
            _, stage, award, team = name.split(".")
            awards = self.scenario.stages[stage].places_of_awards
            can = self.scenario.is_held(stage) and prospects.can_have(award, awards, stage, team)
            return None if can else 0
        name, _, stage = name.partition(".")
        if stage and not self.scenario.is_held(stage):
            return None  # nothing is asked of it
        if name == "nobody_selected":
            return 0 if prospects.least > 0 else 1 if prospects.most == 0 else None
        calm = not any(can.leaves for (s, _), can in prospects.of.items() if stage in (s, ""))
        if calm and name == "least_capable_kept":
            return 1
        return 0 if calm and name == "most_capable_dropped" else None

    @property
    def nobody_can_leave(self) -> bool:
        """Whether the rules keep every team at every stage."""
        return self.by_the_file and not any(can.leaves for can in self._prospects.of.values())

    def measure(self, name: str) -> Histogram:
        """A response that is a measure, as its distribution."""
        return self.tally.measures[name]

    def mean(self, name: str) -> float | None:
        """The mean of a measure; None where the scenario has no such response."""
        found = self.tally.measures.get(name)
        return None if found is None else found.mean()

    @property
    def own_money(self) -> float | None:
        """The mean cost of the teams' own GPUs; None where they have no price, or there are none."""
        priced = any(median(each.own_price) for each in self.scenario.hardware.values())
        return self.mean("own_cost") if priced else None

    @property
    def money(self) -> float | None:
        """What GPUs cost, means: those lent, and own ones where they are priced; None without hardware."""
        lent = self.mean("cost")
        return None if lent is None else lent + (self.own_money or 0.0)

    def mean_interval(self, name: str) -> tuple[float, float]:
        """The sampling error of a measure's mean."""
        means = [island.measure(name).mean() for island in self.islands]
        here = self.measure(name)
        return island_interval(here.mean(), means) if means and here.size else here.mean_interval()

    def units(self) -> dict[str, str]:
        """Unit of every measure by name."""
        return {r.name: r.unit for r in responses(self.scenario) if isinstance(r, Measure)}


def estimate(
    count: int, of: int, teams: int, certain: Certain = None, islands: Sequence[tuple[int, int]] = ()
) -> Estimate:
    """Return the chance of what was counted in `count` of `of` runs, one of so many `teams` at once.

    `islands` has the same counts of each island of a forecast: how they differ is what the dice are then.
    """
    low, high = chance_interval(count, of, islands)
    all_low, all_high = chance_interval(count, of, islands, for_all_of(teams))
    if certain is not None:
        low = high = all_low = all_high = float(certain)
    p = count / of if of else math.nan
    return Estimate(count, of, p, low, high, all_low, all_high, certain)


def _share_of_set(bits: int, tally: Tally) -> tuple[int, int]:
    return tally.together[bits], tally.runs


def _leaves_at_all(last: Possible | None) -> Certain:
    """What the rules say of a team's leaving at any stage, from what can become of it at the last one."""
    if last is None or last.waits is None:
        return None
    if last.must_wait:
        return 0
    stays = last.certain(last.kept, last.leaves)
    return None if stays is None else 0 if stays else 1
