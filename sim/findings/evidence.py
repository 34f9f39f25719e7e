"""What facts say: chances with and without them, what they moved, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal, NamedTuple

from sim.findings.chances import Chances
from sim.stats.intervals import island_interval
from sim.stats.summary import Estimate
from sim.text import Lang

if TYPE_CHECKING:
    import pandas as pd


class Spread(NamedTuple):
    """Where a number lies: its mean, and its 5 % and 95 % quantiles."""

    mean: float
    q05: float
    q95: float


_SEEN = 0.1
"""Quarters of its span by which the mean of a number has noticeably moved: particles err by a third of it."""


@dataclass(frozen=True)
class MovedNumber:
    """An uncertain number before and after the facts."""

    path: str
    meaning: str
    unit: str
    before: Spread
    after: Spread

    @property
    def span(self) -> float:
        """From its 5 % to its 95 % quantile, before."""
        return self.before.q95 - self.before.q05

    @property
    def by(self) -> float:
        """How far its mean has moved, in quarters of its span before."""
        return 4 * abs(self.after.mean - self.before.mean) / self.span if self.span else 0.0

    @property
    def is_raised(self) -> bool:
        """Whether its mean is higher after the facts."""
        return self.after.mean > self.before.mean

    @property
    def is_moved(self) -> bool:
        """Whether its mean has moved by what one sees, and by more than particles err."""
        return self.by >= _SEEN


def numbers_table(numbers: Sequence[MovedNumber], names: Mapping[Lang, Sequence[str]]) -> pd.DataFrame:
    """A row a number, in order: path, its name in each language of `names`, meaning, unit, both spreads."""
    import pandas as pd

    rows = [
        {
            "path": each.path,
            **{f"name_{lang}": called[i] for lang, called in names.items()},
            "meaning": each.meaning,
            "unit": each.unit,
            **_columns("before", each.before),
            **_columns("after", each.after),
        }
        for i, each in enumerate(numbers)
    ]
    columns = ["path", *(f"name_{lang}" for lang in names), "meaning", "unit", *NUMBERS]
    return pd.DataFrame(rows, columns=columns)


NUMBERS = tuple(f"{when}_{what}" for when in ("before", "after") for what in Spread._fields)
"""Columns of `numbers_table` that are numbers."""


def _columns(when: str, spread: Spread) -> dict[str, float]:
    return {f"{when}_{what}": value for what, value in spread._asdict().items()}


def read_numbers(table: pd.DataFrame) -> list[MovedNumber]:
    """Read the rows of `numbers_table` as numbers."""
    return [
        MovedNumber(
            str(row["path"]),
            str(row["meaning"]),
            str(row["unit"]),
            *(
                Spread(*(float(row[f"{when}_{what}"]) for what in Spread._fields))
                for when in ("before", "after")
            ),
        )
        for _, row in table.iterrows()
    ]


class Mover(NamedTuple):
    """Something that is not known, and what knowing it would do to a team's chance of leaving."""

    kind: Literal["number", "points"]
    what: str  # path of a number; or stage and block (or `total`) of points, with `of`
    of: str  # the team whose points they are; empty for a number
    team: str  # whose chance moves most
    sd: float  # by how much, a standard deviation, 0..1


FAR = 4.0
"""Standard deviations from its prediction from which on a fact is warned of."""


class Surprise(NamedTuple):
    """A fact, and how far what it says lies from what all others predict."""

    fact: str  # ids of its stage and its own
    part: str  # of what it says, the farthest
    sd: float  # standard deviations of the prediction; 0 where that agrees


class Change(NamedTuple):
    """How much higher a chance is without a fact, with its 95 % interval; shares."""

    change: float
    low: float
    high: float

    @property
    def shows(self) -> bool:
        """Whether it is more than dice."""
        return not self.low <= 0 <= self.high


class FactEffect(NamedTuple):
    """A fact, and how the chances of leaving change without it, by team."""

    fact: str  # ids of its stage and its own
    changes: Mapping[str, Change]

    @property
    def most(self) -> float:
        """The greatest change of any team, whatever its sign."""
        return max(abs(each.change) for each in self.changes.values())


class Trust(NamedTuple):
    """How far particles can be trusted."""

    particles: int
    islands: int
    effective: float  # independent particles that would be as precise
    r_hat: float
    stuck: str  # what islands agree about least
    r_hat_points: float
    log_evidence: float
    levels: int
    worst: float  # violation of a fact, points


@dataclass(frozen=True)
class FactFindings:
    """What is known of the past, and what it says of the future."""

    facts: int
    stages: tuple[str, ...]  # of which there are facts
    option: str  # name of the default; empty where there is nothing to choose
    chances: Mapping[str, Estimate]  # of leaving, by team, under the default option
    without: Chances  # by the same runs, without facts
    by_island: Mapping[str, Sequence[float]]  # the same chances in each island, of many futures
    numbers: tuple[MovedNumber, ...]  # most moved first
    movers: tuple[Mover, ...]  # most first
    surprises: tuple[Surprise, ...]  # farthest first
    log_evidence: Mapping[str, float]  # by stage: what each adds, earlier ones being known
    trust: Trust

    @property
    def far(self) -> tuple[Surprise, ...]:
        """Facts that the others do not predict: they are used, and may be wrong."""
        return tuple(one for one in self.surprises if one.sd >= FAR)

    def level(self, chances: Chances) -> tuple[tuple[str, ...], ...]:
        """Groups of teams that facts do not tell apart; none where the rules decide. See `not_apart`."""
        asked = (chances.default.teams["", team, "leaves_at_all"].estimate for team in chances.teams)
        if all(each.certain is not None for each in asked):
            return ()
        return not_apart(self.by_island, [one.leaves for one in chances.default.doubted])

    @property
    def same_without(self) -> Estimate | None:
        """The chance without facts where no input tells the teams apart, so that they have one; else None."""
        groups = self.without.indistinct
        one = self.without.default.teams["", next(iter(self.chances)), "leaves_at_all"].estimate
        return one if any(set(self.chances) <= set(group) for group in groups) else None


def not_apart(
    by_island: Mapping[str, Sequence[float]], doubted: Sequence[Mapping[str, float]] = ()
) -> tuple[tuple[str, ...], ...]:
    """Return the largest groups of teams of which no two have chances that are told apart.

    A difference tells nothing that is within its dice, which are how it differs between islands, or that one
    of the doubts turns round. Groups are of teams that follow each other by chance. `by_island` has the
    chances in each island, `doubted` those under each doubt, by team.
    """

    def are_apart(one: str, other: str) -> bool:
        differences = [a - b for a, b in zip(by_island[one], by_island[other], strict=True)]
        low, high = island_interval(fmean(differences), differences)
        doubts = [each[one] - each[other] for each in doubted]
        return min([low, *doubts]) > 0 or max([high, *doubts]) < 0

    ranked = sorted(by_island, key=lambda team: fmean(by_island[team]))
    groups: list[tuple[str, ...]] = []
    for start, first in enumerate(ranked):
        group = [first]
        for team in ranked[start + 1 :]:
            if any(are_apart(team, other) for other in group):
                break
            group.append(team)
        if len(group) > 1 and not any(set(group) <= set(other) for other in groups):
            groups.append(tuple(team for team in by_island if team in group))
    return tuple(groups)
