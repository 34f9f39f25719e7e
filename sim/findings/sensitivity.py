"""What is true of a sensitivity analysis: which uncertain inputs matter for what, without words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt

from sim.scenario.models.scenario import Scenario
from sim.stats.differences import PairedDifference
from sim.stats.input_effects import DROPPED, LEAVES, Target, TornadoCounts, UncertainInput
from sim.stats.intervals import wilson
from sim.stats.sobol import MOST_POINTS, Indices, VarianceShare


@dataclass(frozen=True)
class WeighedChance:
    """How much the inputs matter for a chance, or for several as one.

    Where its variance cannot be told from 0 (`is_told`), shares of it say nothing.
    """

    indices: Indices
    bounds: tuple[PairedDifference, ...]  # of each input, its high end beside its low one; () without a team
    by_first: tuple[int, ...]  # inputs whose first share is told from 0, largest first; the largest at least
    by_total: tuple[int, ...]  # likewise by the total share

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
        ends = [(count, each.n) for i in inputs for each in (self.bounds[i],) for count in _counts(each)]
        return max(float(high - low) / 2 for low, high in (wilson(*end) for end in ends))


@dataclass(frozen=True)
class TeamSpread:
    """A team's chance of leaving with every input drawn, and how far the inputs move it."""

    team: str
    chance: float
    deviation: float  # standard deviation


@dataclass(frozen=True)
class Remainder:
    """Inputs that are not shown: how many, and whether a total share of each is told from 0."""

    number: int
    told: bool
    at_most: float  # the greatest upper end


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
    strongest_at: str | None  # the stage that this is about
    spreads: tuple[TeamSpread, ...]
    guesses_left_out: int  # without a range
    doubts_left_out: int
    are_choices_left_out: bool  # at their default

    @property
    def told(self) -> tuple[WeighedChance, ...]:
        """What the inputs move so far that it can be told, leaving first."""
        return tuple(each for each in (self.leaving, self.strongest) if each is not None and each.is_told)

    def remainders(self, shown: Collection[int]) -> tuple[Remainder, ...]:
        """The inputs that are not shown: those that are told from 0, then those that are not."""
        totals = [
            [each.indices.total[i] for each in self.told] for i in range(len(self.inputs)) if i not in shown
        ]
        found = []
        for told in (True, False):
            rest = [shares for shares in totals if any(share.told for share in shares) is told]
            if rest:
                at_most = max(share.high for shares in rest for share in shares)
                found.append(Remainder(len(rest), told, at_most))
        return tuple(found)


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
) -> SensitivityFindings:
    """Work out what is true of an analysis at `points` points of `inner` replications each.

    `indices` has one for each target, or none at all where nothing is uncertain or the rules alone decide;
    `without_range` are guesses that stay as they are. The chances that are told are those of `team`, or of
    the team that the inputs move most.
    """
    team = team or most_moved_team(targets, indices)
    ours = next((t for t, one in enumerate(targets) if one.team and one.team == team), None)
    last = next((t for t, one in enumerate(targets) if one.what == DROPPED), None)
    weighed = None if leaving is None else _weigh(leaving, ends, ours)
    strongest = _weigh(indices[last], ends, last) if indices and last is not None else None
    told = [each for each in (weighed, strongest) if each is not None and each.is_told]
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
        strongest_at=targets[last].stage if last is not None else None,
        spreads=_spreads(targets, indices, ends),
        guesses_left_out=without_range,
        doubts_left_out=len(scenario.doubts),
        are_choices_left_out=bool(scenario.choices),
    )


def most_moved_team(targets: Sequence[Target], indices: Sequence[Indices]) -> str | None:
    """Find the team whose chance of leaving varies most; None if no team's can."""
    variances = (
        (one.variance.estimate, target.team)
        for target, one in zip(targets, indices, strict=False)  # no indices where nothing is uncertain
        if target.what == LEAVES
    )
    return max(variances, default=(0.0, None))[1]


def _weigh(indices: Indices, ends: TornadoCounts | None, target: int | None) -> WeighedChance:
    bounds = () if ends is None or target is None else _bounds(ends, len(indices.total), target)
    return WeighedChance(indices, bounds, _told(indices.first), _told(indices.total))


def _bounds(ends: TornadoCounts, inputs: int, target: int) -> tuple[PairedDifference, ...]:
    return tuple(ends.between(i, target) for i in range(inputs))


def _counts(bounds: PairedDifference) -> tuple[int, int]:
    return bounds.first, bounds.second


def _told(shares: Sequence[VarianceShare]) -> tuple[int, ...]:
    """Order those that are told from 0, largest first; the largest of all where none is."""
    ordered = sorted(range(len(shares)), key=lambda i: -shares[i].estimate)
    return tuple(i for i in ordered if shares[i].told) or tuple(ordered[:1])


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
