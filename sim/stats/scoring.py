"""Scores of a forecast: proper rules, rankings with shared places as forecasts, and what is counted of a cut.

A score is proper if nobody can expect to lower it by telling other chances than those believed (Gneiting &
Raftery 2007, Journal of the American Statistical Association 102:359). 0 is perfect.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import comb
from typing import NamedTuple

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.rules.decisions import Fate
from sim.stats.counts import Ints, add_fields


class Classes(NamedTuple):
    """Chances of what excludes each other, one of which happens; classes of one chance may stand together."""

    chances: tuple[float, ...]  # of each single class
    times: tuple[int, ...]  # how many classes have that chance
    happened: float  # the chance of the class that happened


def brier(classes: Classes) -> float:
    """Return Brier's score for several classes (Brier 1950): 0 to 2.

    That is the sum over all classes of (chance - 1 if it happened, else 0) squared.
    """
    squares = sum(n * p * p for p, n in zip(classes.chances, classes.times, strict=True))
    return squares - 2 * classes.happened + 1


def log_score(chance: float) -> float:
    """Return the logarithmic score (Good 1952), -ln of the chance of what happened: 0 to infinity."""
    return max(0.0, -math.log(chance)) if chance > 0 else math.inf  # and never -0


def border_errors(chances: Sequence[float], low: int, high: int) -> Floats:
    """Return the squared errors of a forecast over ordered classes, at each border between two of them.

    `chances` are of the classes in order; what happened is known to be one of `low` to `high`, counted from
    0. The error at a border is that of the chance to lie before it; their mean is the ranked probability
    score (Epstein 1969). Borders between `low` and `high` are left out, since nobody knows on which side of
    them the truth is.
    """
    below = np.cumsum(chances)[:-1]
    border = np.arange(len(below))
    known = (border < low) | (border >= high)
    found: Floats = np.square(below - (border >= high))[known]
    return found


Ranking = Sequence[Collection[str]]
"""Groups of teams, the best first; nothing says in which order those of one group are."""


def cut_classes(
    ranking: Ranking, taken: Mapping[int, float], unseen: Collection[str], left: Collection[str]
) -> Classes:
    """Return the chances of each set of teams that may be seen to leave, if the last of a ranking do.

    `taken` has the chance of each number of teams that the cut takes. Those `unseen` have left otherwise
    already: whether the cut takes them too is not to be seen. `left` is the set that was seen to leave.
    """
    by_size: defaultdict[int, float] = defaultdict(float)
    for number, chance in taken.items():
        for size, part in _visible_sizes(ranking, number, unseen).items():
            by_size[size] += chance * part
    # All teams that are seen of the groups at the end, and some of the next: sets of one size are all alike.
    alike = {size: comb(*_next_group(ranking, size, unseen)) for size in by_size}
    chances = {size: chance / alike[size] for size, chance in by_size.items()}
    happened = chances.get(len(left), 0.0) if _could_leave(ranking, left, unseen) else 0.0
    return Classes(tuple(chances.values()), tuple(alike[size] for size in chances), happened)


def place_chances(ranking: Ranking) -> dict[str, Floats]:
    """Return the chance of each place, (places,), by team: those of a group share theirs equally."""
    size, before = sum(map(len, ranking)), 0
    found: dict[str, Floats] = {}
    for group in ranking:
        chances = np.zeros(size)
        chances[before : before + len(group)] = 1 / max(len(group), 1)
        found |= dict.fromkeys(group, chances)
        before += len(group)
    return found


def leaving_chances(ranking: Ranking, taken: Mapping[int, float]) -> dict[str, float]:
    """Return the chance of each team to be among the last of a ranking; `taken` says how many these are."""
    return {
        team: sum(p * float(chances[len(chances) - number :].sum()) for number, p in taken.items() if number)
        for team, chances in place_chances(ranking).items()
    }


def team_error(chances: Mapping[str, float], left: Collection[str]) -> float:
    """Return the mean squared error of chances to leave, team by team: 0 to 1; nan without a team."""
    errors = [(p - (team in left)) ** 2 for team, p in chances.items()]
    return sum(errors) / len(errors) if errors else math.nan


def _visible_sizes(ranking: Ranking, number: int, unseen: Collection[str]) -> dict[int, float]:
    """The chance of each number of teams that are seen to leave, if the cut takes the last `number`."""
    seen = 0
    for group in reversed(ranking):
        shown, hidden = _split(group, unseen)
        if number < len(group):
            ways = comb(len(group), number)
            return {
                seen + k: comb(shown, k) * comb(hidden, number - k) / ways
                for k in range(max(0, number - hidden), min(shown, number) + 1)
            }
        number, seen = number - len(group), seen + shown
    return {seen: 1.0}


def _next_group(ranking: Ranking, size: int, unseen: Collection[str]) -> tuple[int, int]:
    """Of the group of which some are seen to leave if `size` teams are: how many are seen, and leave."""
    for group in reversed(ranking):
        shown, _ = _split(group, unseen)
        if size <= shown:
            return shown, size
        size -= shown
    return 0, 0


def _could_leave(ranking: Ranking, left: Collection[str], unseen: Collection[str]) -> bool:
    """Whether those who left are the last of a ranking."""
    rest = set(left)
    for group in reversed(ranking):
        shown = set(group) - set(unseen)
        if not shown <= rest:
            return rest <= shown
        rest -= shown
    return not rest


def _split(group: Collection[str], unseen: Collection[str]) -> tuple[int, int]:
    hidden = len(set(group) & set(unseen))
    return len(group) - hidden, hidden


@dataclass(frozen=True)
class CutCounts:
    """Counts of the replications in which those were evaluated who were; adds up in any order."""

    runs: int
    places: Ints  # (teams, places), places counted from 0
    taken: Counter[int] = field(default_factory=Counter)  # set of teams that the cut takes, bit t for team t
    # Of a forecast: the same of each island, by which dice are told; None where replications are independent.
    islands: tuple[CutCounts, ...] | None = None

    def __add__(self, other: CutCounts) -> CutCounts:
        return add_fields(self, other)


def no_cut_counts(teams: int) -> CutCounts:
    """Return the counts of no replication."""
    return CutCounts(0, np.zeros((teams, teams), dtype=np.int64))


def count_cut(outcomes: Outcomes, stage: int, there: Bools) -> CutCounts:
    """Count a stage of a range of replications, and each island of it by itself where there are any.

    `there` marks who was evaluated, (teams,).
    """
    counted = _count(outcomes, stage, there)
    if outcomes.islands is None:
        return counted
    parts = (outcomes.of_island(number, outcomes.islands) for number in range(outcomes.islands))
    return replace(counted, islands=tuple(_count(part, stage, there) for part in parts))


_PRESENT = (Fate.KEPT, Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE)


def _count(outcomes: Outcomes, stage: int, there: Bools) -> CutCounts:
    found, teams = outcomes.stages[stage], len(there)
    same = (np.isin(found.fate, _PRESENT) == there).all(1)
    rank, taken = found.rank[same], found.fate[same] == Fate.OUT_BY_POINTS
    places = np.stack([np.count_nonzero(rank == place, axis=0) for place in range(1, teams + 1)], axis=1)
    # Bytes, for a number of 64 bits has no place for more teams than that.
    packed, counts = np.unique(np.packbits(taken, axis=1, bitorder="little"), axis=0, return_counts=True)
    sets = (int.from_bytes(row.tobytes(), "little") for row in packed)
    return CutCounts(int(same.sum()), places, Counter(dict(zip(sets, counts.tolist(), strict=True))))
