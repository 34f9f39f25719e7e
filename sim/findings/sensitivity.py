"""What is true of a sensitivity analysis: which uncertain inputs matter for what, without words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from sim.scenario.models.scenario import Scenario
from sim.stats.differences import PairedDifference
from sim.stats.input_effects import DROPPED, LEAVES, Target, TornadoCounts, UncertainInput
from sim.stats.sobol import MOST_POINTS, Indices, VarianceShare

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class WeighedChance:
    """How much the inputs matter for a chance, or for several as one.

    Where its variance cannot be told from 0 (`is_told`), shares of it say nothing.
    """

    indices: Indices
    bounds: tuple[PairedDifference, ...]  # of each input, its high end beside its low one; () without a team
    stage: str  # at which the strongest leaves; empty for leaving at any

    @property
    def by_first(self) -> list[int]:
        """Inputs whose first share is told from 0, largest first; the largest at least."""
        return rank_told(self.indices.first)

    @property
    def by_total(self) -> list[int]:
        """Likewise by the total share."""
        return rank_told(self.indices.total)

    @property
    def is_told(self) -> bool:
        """Whether the inputs move the chance so far that it can be told from the dice."""
        return self.indices.told

    @property
    def is_sure(self) -> bool:
        """Whether the first share of the input that is named first is told from 0."""
        return self.indices.first[self.by_first[0]].told

    def half_width(self, inputs: Collection[int]) -> float:
        """Half the width of the widest 95 % interval of the chances at the ends of these inputs; not none."""
        return max(self.bounds[i].half_width_of_chances for i in inputs)


@dataclass(frozen=True)
class TeamSpread:
    """A team's chance of leaving with every input drawn, and how far the inputs move it."""

    team: str
    chance: float
    deviation: float  # standard deviation


@dataclass(frozen=True)
class PastUsed:
    """The past of a scenario with facts: it is the same at every point, and numbers ahead of it vary."""

    facts: tuple[str, ...]  # by the ids of stage and fact
    inputs: tuple[UncertainInput, ...]  # that come with it, and do not vary
    spreads: Mapping[str, float]  # standard deviation, by team, of the chance of leaving between particles


class Remainder(NamedTuple):
    """Inputs that are not shown: how many, and whether a total share of each is told from 0."""

    number: int
    told: bool
    at_most: float  # the greatest upper end of their shares, in 0..1


@dataclass(frozen=True)
class SensitivityFindings:
    """What `sim sensitivity` has to say."""

    scenario: Scenario  # as it is in the file
    inputs: tuple[UncertainInput, ...]
    points: int
    more_points: int | None  # that would halve the intervals, where they ask for it and so many can be played
    runs: int  # in all samples together
    failed: int  # replications of each sample that count nowhere
    of: int  # replications of each sample
    seed: int
    team: str | None  # whose chances are told: the one asked for, or the one that moves most
    is_decided: bool  # whether the rules alone decide who leaves
    leaving: WeighedChance | None  # all chances of leaving as one, with the bounds of `team`; None if certain
    strongest: WeighedChance | None  # whether the strongest leaves; None if certain
    spreads: tuple[TeamSpread, ...]
    guesses_left_out: int  # without a range
    past: PastUsed | None  # None without facts

    @property
    def told(self) -> tuple[WeighedChance, ...]:
        """What the inputs move so far that it can be told, leaving first."""
        return tuple(each for each in (self.leaving, self.strongest) if each is not None and each.is_told)

    def remainders(self, shown: Collection[int]) -> list[Remainder]:
        """The inputs that are not shown: those that are told from 0, then those that are not."""
        rest = (i for i in range(len(self.inputs)) if i not in shown)
        return _remainders([[each.indices.total[i] for each in self.told] for i in rest])


def sensitivity_findings(
    scenario: Scenario,
    inputs: Sequence[UncertainInput],
    without_range: int,
    targets: Sequence[Target],
    indices: Sequence[Indices],
    leaving: Indices | None,
    ends: TornadoCounts | None,
    *,
    points: int,
    inner: int,
    failed: int,
    seed: int,
    team: str | None = None,
    past: PastUsed | None = None,
) -> SensitivityFindings:
    """Work out what is true of an analysis at `points` points of `inner` replications each.

    `indices` has one for each target, or none at all where nothing is uncertain or the rules alone decide;
    `without_range` are guesses that stay as they are; `past` is None without facts. The chances that are told
    are those of `team`, or of the team that the inputs move most.
    """
    team = team or most_moved_team(targets, indices)
    ours = next((t for t, one in enumerate(targets) if one.team and one.team == team), None)
    last = next((t for t, one in enumerate(targets) if one.what == DROPPED), None)
    weighed = None if leaving is None else _weigh(leaving, ends, ours)
    strongest = None
    if indices and last is not None:
        strongest = _weigh(indices[last], ends, last, targets[last].stage)
    told = [each for each in (weighed, strongest) if each is not None and each.is_told]
    # An interval is half as wide on four times the points.
    unsure = points < MOST_POINTS and not all(each.is_sure for each in told)
    return SensitivityFindings(
        scenario=scenario,
        inputs=tuple(inputs),
        points=points,
        more_points=min(4 * points, MOST_POINTS) if unsure else None,
        runs=points * inner * (2 + len(inputs)) if indices else 0,
        failed=failed,
        of=points * inner,
        seed=seed,
        team=team,
        is_decided=not indices,
        leaving=weighed,
        strongest=strongest,
        spreads=_spreads(targets, indices, ends),
        guesses_left_out=without_range,
        past=past,
    )


def most_moved_team(targets: Sequence[Target], indices: Sequence[Indices]) -> str | None:
    """Find the team whose chance of leaving varies most; None if no team's can."""
    variances = (
        (one.variance.estimate, target.team)
        for target, one in zip(targets, indices, strict=False)  # no indices where nothing is uncertain
        if target.what == LEAVES
    )
    return max(variances, default=(0.0, None))[1]


def _weigh(
    indices: Indices, ends: TornadoCounts | None, target: int | None, stage: str = ""
) -> WeighedChance:
    if ends is None or target is None:
        return WeighedChance(indices, (), stage)
    return WeighedChance(indices, tuple(ends.between(i, target) for i in range(len(indices.total))), stage)


def _spreads(
    targets: Sequence[Target], indices: Sequence[Indices], ends: TornadoCounts | None
) -> tuple[TeamSpread, ...]:
    if ends is None:
        return ()
    each = zip(targets, indices, ends.drawn.tolist(), strict=True)
    return tuple(
        TeamSpread(target.team, drawn / ends.runs, sqrt(max(0.0, one.variance.estimate)))
        for target, one, drawn in each
        if target.what == LEAVES
    )


def rank_told(shares: Sequence[VarianceShare]) -> list[int]:
    """Return which shares of a variance are told from 0, largest first; the largest of all where none is."""
    ordered = sorted(range(len(shares)), key=lambda i: -shares[i].estimate)
    return [i for i in ordered if shares[i].told] or ordered[:1]


def rank_numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the numbers whose total share is told from 0, as `rank_told` orders them.

    `rows` are those of one chance in the table of a sensitivity analysis (columns: total, total_low,
    total_high).
    """
    return rows.iloc[rank_told(_total_shares(rows))]


def list_shown_chances(table: pd.DataFrame, team: str) -> list[tuple[str, str, str]]:
    """List the chances that a figure shows, as (target, stage, team): that of `team` and the strongest's.

    A chance is left out where numbers do not move it so far that it can be told, and where the share of the
    number that would be named first is not known. A team's is left out, too, where the text says that no
    team's can be told: where not even all chances of leaving as one can. `table` is that of
    `sim.stats.tables.sensitivity_table`.
    """
    of_all = table[(table.target == LEAVES) & (table.team == "")]
    asked = {DROPPED: "", LEAVES: team} if of_all.told.any() else {DROPPED: ""}
    found = []
    for chance, rows in table[table.of.notna()].groupby(["target", "stage", "team"], sort=False):
        what, stage, of_team = map(str, chance)
        is_asked = what in asked and asked[what] == of_team
        if is_asked and rows.told.any() and rank_numbers(rows).total_low.notna().iloc[0]:
            found.append((what, stage, of_team))
    return found


def count_left_out(others: pd.DataFrame) -> list[Remainder]:
    """Count the numbers that are left out: those told from 0 for some chance, then those for none.

    `others` are the rows of these numbers for all chances that are shown (columns: factor, total, total_low,
    total_high).
    """
    return _remainders([_total_shares(rows) for _, rows in others.groupby("factor")])


def _total_shares(rows: pd.DataFrame) -> list[VarianceShare]:
    table = rows[["total", "total_low", "total_high"]].to_numpy(float)
    return [VarianceShare(*row) for row in table.tolist()]


def _remainders(totals: Sequence[Sequence[VarianceShare]]) -> list[Remainder]:
    """Numbers by their total shares, one for each chance: those told from 0 for some, then those for none."""
    found = []
    for told in (True, False):
        rest = [shares for shares in totals if any(share.told for share in shares) is told]
        if rest:
            # Estimates may reach above 1, where no share can be.
            at_most = min(1.0, max(share.high for shares in rest for share in shares))
            found.append(Remainder(len(rest), told, at_most))
    return found
