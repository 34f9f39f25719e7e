"""Counts of everything that is asked of a run: they add exactly, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.engines.outcomes import Outcomes, common_islands
from sim.model.points import Bools
from sim.rules.decisions import Fate
from sim.scenario.models.scenario import Scenario
from sim.stats.counts import Groups, Histogram, Ints, add_counts, add_fields
from sim.stats.differences import PairedDifference
from sim.stats.responses import Chance, responses


class Failure(NamedTuple):
    """One replication in which something raised; its index and the run's seed are all that it depends on."""

    replication: int
    stage: str  # in which it was, empty if none had begun
    error: str  # the name of the exception
    message: str
    case: int = 0  # which of the cases that are played side by side raised it

    def __str__(self) -> str:
        """In a line of text."""
        where = f"in stage {self.stage}, " if self.stage else ""
        return f"replication {self.replication}: {where}{self.error}: {' '.join(self.message.split())}"


@dataclass
class Tally:
    """Counts over replications that did not fail; those by fate are (stages, teams)."""

    runs: int
    present: Ints
    by_points: Ints
    by_gate: Ints
    kept: Ints
    not_entered: Ints
    # Set of selected teams, bit t for team t; empty where teams are so many that no set ever comes twice.
    together: Counter[int] = field(default_factory=Counter)
    chances: dict[str, tuple[int, int]] = field(default_factory=dict)  # holds, of
    measures: dict[str, Histogram] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()  # by replication
    # Of a forecast: the same of each island, by which dice are told; None where replications are independent.
    islands: tuple[Tally, ...] | None = None
    sizes: Counter[int] | None = None  # how many are selected, where sets are not counted

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            runs=self.runs + other.runs,
            present=self.present + other.present,
            by_points=self.by_points + other.by_points,
            by_gate=self.by_gate + other.by_gate,
            kept=self.kept + other.kept,
            not_entered=self.not_entered + other.not_entered,
            together=self.together + other.together,
            chances={
                name: (k + other.chances[name][0], n + other.chances[name][1])
                for name, (k, n) in self.chances.items()
            },
            measures={name: histogram + other.measures[name] for name, histogram in self.measures.items()},
            failures=tuple(sorted(self.failures + other.failures)),
            islands=add_counts(self.islands, other.islands),
            sizes=None if self.sizes is None or other.sizes is None else self.sizes + other.sizes,
        )


def tally(scenario: Scenario, outcomes: Outcomes) -> Tally:
    """Count one range of replications, and each island of it by itself where there are any."""
    groups = Groups.taking_turns(outcomes.start, outcomes.stop, outcomes.islands)
    counted = _count_fates(outcomes, groups)
    for response in responses(scenario):
        if isinstance(response, Chance):
            for one, chance in zip(counted, response.count(*response.ask(outcomes), groups), strict=True):
                one.chances[response.name] = chance
        else:
            for one, measure in zip(counted, response.count(*response.ask(outcomes), groups), strict=True):
                one.measures[response.name] = measure
    return _with_islands(outcomes, counted)


def tally_fates(outcomes: Outcomes) -> Tally:
    """Count what becomes of the teams, and no more: a page that draws that again and again asks no more."""
    groups = Groups.taking_turns(outcomes.start, outcomes.stop, outcomes.islands)
    return _with_islands(outcomes, _count_fates(outcomes, groups))


def _with_islands(outcomes: Outcomes, counted: Sequence[Tally]) -> Tally:
    """The first of these, with the others as its islands where there are any."""
    whole, *islands = counted
    if outcomes.islands is not None:
        whole.islands = tuple(islands)
    return whole


def _count_fates(outcomes: Outcomes, groups: Groups) -> list[Tally]:
    """Count what became of the teams, in all replications, and in those of each group."""
    of_stages = [
        np.stack([groups.count(of_team, len(Fate)) for of_team in stage.fate.T.astype(np.int64)], axis=1)
        for stage in outcomes.stages
    ]
    counts = np.stack(of_stages, axis=1)  # (1 + groups, stages, teams, fates)
    together, sizes = _together(outcomes.selected, groups), _sizes(outcomes.selected, groups)
    return [
        Tally(
            runs=runs,
            present=of[..., Fate.KEPT] + of[..., Fate.OUT_BY_POINTS] + of[..., Fate.OUT_AT_GATE],
            by_points=of[..., Fate.OUT_BY_POINTS],
            by_gate=of[..., Fate.OUT_AT_GATE],
            kept=of[..., Fate.KEPT],
            not_entered=of[..., Fate.NOT_ENTERED],
            together=sets,
            sizes=size,
        )
        for of, runs, sets, size in zip(counts, groups.sizes(), together, sizes, strict=True)
    ]


def nothing(scenario: Scenario) -> Tally:
    """The counts of no replication."""
    none = np.zeros((len(scenario.stages), len(scenario.teams)), dtype=np.int64)
    empty = Tally(0, none, none, none, none, none)
    if len(scenario.teams) > MOST_IN_SETS:
        empty.sizes = Counter()
    for response in responses(scenario):
        if isinstance(response, Chance):
            empty.chances[response.name] = 0, 0
        else:
            empty.measures[response.name] = Histogram(response.resolution)
    return empty


MOST_IN_SETS = 62
"""Teams of which the sets of those selected are counted: as many as a number has bits."""


def _sizes(selected: Bools, groups: Groups) -> Sequence[Counter[int] | None]:
    if selected.shape[-1] <= MOST_IN_SETS:
        return [None] * (1 + groups.number)
    return _count_values(np.count_nonzero(selected, axis=-1), groups)


def _together(selected: Bools, groups: Groups) -> Sequence[Counter[int]]:
    if selected.shape[-1] > MOST_IN_SETS:
        return [Counter() for _ in range(1 + groups.number)]
    # One number a replication: counting numbers is many times as fast as counting rows of flags.
    sets = np.zeros(len(selected), dtype=np.int64)
    for t, stays in enumerate(selected.T):
        sets |= stays.astype(np.int64) << t
    return _count_values(sets, groups)


def _count_values(values: Ints, groups: Groups) -> list[Counter[int]]:
    """How often each value, none of them negative, occurs in all, and in each group."""
    most = int(values.max(initial=0))
    if most < values.size:  # so small that counting beats sorting
        found, at = np.arange(most + 1), values
    else:
        found, at = np.unique(values, return_inverse=True)
    rows = ((found[of > 0].tolist(), of[of > 0].tolist()) for of in groups.count(at, len(found)))
    return [Counter(dict(zip(here, counts, strict=True))) for here, counts in rows]


@dataclass(frozen=True)
class LeavingByIsland:
    """Of each island of a forecast, in how many replications teams leave; adds up in any order."""

    runs: Ints  # (islands,)
    only_here: Ints  # (islands, teams) as of `PairedTally`
    only_there: Ints
    there: Ints

    def __add__(self, other: LeavingByIsland) -> LeavingByIsland:
        return add_fields(self, other)

    def differences(self, team: int) -> tuple[PairedDifference, ...]:
        """The difference in the chance of leaving of a team, by its position, in each island."""
        of_team = (self.only_here[:, team], self.only_there[:, team], self.runs, self.there[:, team])
        return tuple(
            PairedDifference(b, c, n, first=there, second=there + b - c)
            for b, c, n, there in zip(*(each.tolist() for each in of_team), strict=True)
        )


@dataclass(frozen=True)
class PairedTally:
    """Counts of a variant and of its differences from a base scenario over the same replications.

    Adds up in any order.
    """

    scenario: Scenario
    tally: Tally
    only_here: Ints  # (teams,) replications in which the team leaves in the variant alone
    only_there: Ints  # (teams,) in the base alone
    there: Ints  # (teams,) in the base
    islands: LeavingByIsland | None = None  # None where replications are independent

    def __add__(self, other: PairedTally) -> PairedTally:
        return PairedTally(
            self.scenario,
            self.tally + other.tally,
            self.only_here + other.only_here,
            self.only_there + other.only_there,
            self.there + other.there,
            add_counts(self.islands, other.islands),
        )

    def change_in_leaving(self, team: str) -> PairedDifference:
        """Estimate by how much greater the team's chance of leaving is in the variant, paired."""
        t = list(self.scenario.teams).index(team)
        b, c, there = int(self.only_here[t]), int(self.only_there[t]), int(self.there[t])
        islands = () if self.islands is None else self.islands.differences(t)
        return PairedDifference(b, c, self.tally.runs, first=there, second=there + b - c, islands=islands)


def empty_paired_tally(scenario: Scenario) -> PairedTally:
    """Return the counts of no replication at all."""
    nobody = np.zeros(len(scenario.teams), dtype=np.int64)
    return PairedTally(scenario, nothing(scenario), nobody, nobody, nobody)


def paired_tallies(scenarios: Sequence[Scenario], outcomes: Sequence[Outcomes]) -> tuple[PairedTally, ...]:
    """Count each variant beside the first scenario; all outcomes are of the same replications."""
    base, *variants = outcomes
    return tuple(
        pair(scenario, one, base, tally(scenario, one))
        for scenario, one in zip(scenarios[1:], variants, strict=True)
    )


def pair(scenario: Scenario, outcomes: Outcomes, base: Outcomes, counted: Tally) -> PairedTally:
    """Count a variant's differences from a base, beside what was `counted` of it."""
    here, there = outcomes.left, base.left
    cells = here & ~there, there & ~here, there
    islands = common_islands(outcomes, base)
    by_island = None
    if islands is not None:
        of = [(np.arange(outcomes.start, outcomes.stop) % islands) == number for number in range(islands)]
        by_island = LeavingByIsland(
            np.array([np.count_nonzero(mine) for mine in of]),
            *(np.array([np.count_nonzero(cell[mine], axis=0) for mine in of]) for cell in cells),
        )
    only_here, only_there, left_there = (np.count_nonzero(cell, axis=0) for cell in cells)
    return PairedTally(scenario, counted, only_here, only_there, left_there, by_island)
