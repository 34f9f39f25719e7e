"""What facts say of points, one bound on a sum of points at a time.

A fact may leave open who is meant: a gap lies between the first and the last, whoever they are. Such a
question has an answer for each team, and what is said then holds for one answer only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from sim.model.draws import Floats
from sim.scenario.checks.facts import greatest_points
from sim.scenario.models.facts import TOTAL, Fact, Interval, Ranked
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import KeyPath

RESCALE = "rescale"
"""In the place of a fact's id: what follows from a block that is rescaled to its leader."""


class PointsPlace(NamedTuple):
    """Where points stand: those of a team for an item, which is "" where a block has none."""

    stage: str
    team: str
    block: str
    item: str


class RowName(NamedTuple):
    """What a row comes from: a fact, or the result of a stage, and the part of it."""

    fact: str  # `stage-2.aaii`, or `stage-2.happened`
    part: str  # `points.motif`, `mean`, `gap`, `first`; `out-by-points` of a result


Question = tuple[str, str]
"""What facts leave open at a stage: (`benchmark`, `first`), or (`happened`, `cut`)."""

Answer = str | tuple[frozenset[str], ...]
"""The team that is meant; of a result, one way in which it can have come about."""

Answers = Mapping[Question, Answer]
"""One answer to each question of a stage."""


@dataclass(frozen=True, eq=False)
class Statement:
    """Points, weighted and summed, lie between `low` and `high`; only in cases that answer as `when` does."""

    name: RowName
    path: KeyPath  # where it stands in the scenario
    weights: Floats  # (places of the stage,)
    low: float
    high: float
    when: tuple[tuple[Question, Answer], ...] = ()
    is_fact: bool = True  # and no rule of the programme, which nobody can have got wrong

    def holds_in(self, case: Answers) -> bool:
        """Whether it is said in a case; in one that leaves a question open, nothing is that depends on it."""
        return all(case.get(question) == answer for question, answer in self.when)


class StagePoints:
    """The places of a decided stage, and sums over them; everything else is said in terms of these."""

    def __init__(self, scenario: Scenario, stage_id: str) -> None:
        self.id, self.stage = stage_id, scenario.stages[stage_id]
        self.teams = tuple(scenario.evaluated(stage_id))
        self.places = tuple(
            PointsPlace(stage_id, team, block, item)
            for team in self.teams
            for block, rules in self.stage.points.items()
            for item in rules.items or ("",)
        )

    @property
    def rescaled(self) -> tuple[str, ...]:
        """The blocks in which the best team gets the maximum."""
        return tuple(b for b, block in self.stage.points.items() if block.rescale == "leader")

    def sum_of(self, team: str, of: str) -> Floats:
        """Weights that sum a team's points of a block, an item (`block/item`) or in total, (places,)."""
        block, _, item = of.partition("/")
        return np.array(
            [
                float(p.team == team and (of == TOTAL or (p.block == block and item in ("", p.item))))
                for p in self.places
            ]
        )

    def difference(self, ahead: str, behind: str, of: str) -> Floats:
        """Weights of what one team has more than another, (places,)."""
        return self.sum_of(ahead, of) - self.sum_of(behind, of)

    def greatest(self, of: str) -> float:
        """The most points there are of something."""
        found = greatest_points(self.stage, of)
        assert found is not None  # the checks have refused facts of what is not there
        return found


def fact_statements(points: StagePoints) -> Iterator[Statement]:
    """What all facts of a stage say, by id, whatever their order in the file."""
    for fact_id, fact in sorted((points.stage.facts or {}).items()):
        yield from _Speaker(points, fact_id, fact).statements()


def rescale_statements(points: StagePoints) -> Iterator[Statement]:
    """Whoever leads a rescaled block has the most points in it."""
    for block in points.rescaled:
        name = RowName(f"{points.id}.{RESCALE}", block)
        path = ("stages", points.id, "points", block, "rescale")
        for each in rank_statements(points, block, "first", name, path):
            yield replace(each, is_fact=False)


def rank_statements(
    points: StagePoints, of: str, end: Ranked, name: RowName, path: KeyPath
) -> Iterator[Statement]:
    """For each answer to who is first, or last: everybody else is behind, or ahead."""
    for team in points.teams:
        for other in points.teams:
            if other != team:
                pair = (team, other) if end == "first" else (other, team)
                weights = points.difference(*pair, of)
                yield Statement(name, path, weights, 0.0, math.inf, (((of, end), team),))


class _Speaker:
    """One fact, put into statements."""

    def __init__(self, points: StagePoints, fact_id: str, fact: Fact) -> None:
        self.points, self.fact, self.of = points, fact, fact.of
        self.id, self.path = f"{points.id}.{fact_id}", ("stages", points.id, "facts", fact_id)
        self.greatest = points.greatest(fact.of)

    def statements(self) -> Iterator[Statement]:
        """All that it says, in a fixed order of forms and teams."""
        yield from self._points()
        yield from self._ranked("first")
        yield from self._ranked("last")
        yield from self._order()
        yield from self._mean()
        yield from self._gap()
        yield from self._limits("at_least")
        yield from self._limits("at_most")

    def _say(
        self,
        part: tuple[str, ...],
        weights: Floats,
        low: float,
        high: float,
        when: tuple[tuple[Question, Answer], ...] = (),
    ) -> Statement:
        return Statement(RowName(self.id, ".".join(part)), (*self.path, *part), weights, low, high, when)

    def _points(self) -> Iterator[Statement]:
        for team in self.points.teams:
            interval = self.fact.points_of(team)
            if interval is not None:
                part = ("points", team) if team in self.fact.points else (self._end_of(team),)
                yield self._say(part, self._sum(team), *self._open_ends(interval))

    def _open_ends(self, interval: Interval) -> Interval:
        """Printed at 0 or at the maximum, points may come from any number beyond it."""
        low, high = interval
        return Interval(low if low > 0 else -math.inf, high if high < self.greatest else math.inf)

    def _end_of(self, team: str) -> Ranked:
        return "first" if team in self.fact.tied("first") else "last"

    def _ranked(self, end: Ranked) -> Iterator[Statement]:
        tied = self.fact.tied(end)
        sign = 1.0 if end == "first" else -1.0
        for other in self.points.teams if tied else ():
            if other in tied:
                continue
            printed = None if self.fact.within is not None else self.fact.points_of(tied[0])
            if printed is not None:
                # Printed alike, it would have been named as tied.
                low, high = (-math.inf, printed.low) if end == "first" else (printed.high, math.inf)
                yield self._say((end,), self._sum(other), low, high)
                continue
            for team in (team for team in self.points.teams if team in tied):
                weights = sign * self.points.difference(team, other, self.of)
                yield self._say((end,), weights, 0.0, math.inf)

    def _order(self) -> Iterator[Statement]:
        for ahead, behind in zip(self.fact.groups, self.fact.groups[1:], strict=False):
            for team in (team for team in self.points.teams if team in ahead):
                for other in (team for team in self.points.teams if team in behind):
                    weights = self.points.difference(team, other, self.of)
                    yield self._say(("order",), weights, 0.0, math.inf)

    def _mean(self) -> Iterator[Statement]:
        interval = self.fact.about("mean")
        if interval is not None:
            sums = [self._sum(team) for team in self.points.teams]
            yield self._say(("mean",), np.sum(sums, axis=0) / len(sums), *self._open_ends(interval))

    def _gap(self) -> Iterator[Statement]:
        interval = self.fact.about("gap")
        if interval is None:
            return
        low, high = interval if interval.low > 0 else Interval(-math.inf, interval.high)
        name, path = RowName(self.id, "gap"), (*self.path, "gap")
        for end in ("first", "last"):
            yield from rank_statements(self.points, self.of, end, name, path)
        for first in self.points.teams:
            for last in self.points.teams:
                if first != last:
                    when = (((self.of, "first"), first), ((self.of, "last"), last))
                    weights = self.points.difference(first, last, self.of)
                    yield Statement(name, path, weights, low, high, when)

    def _limits(self, which: Literal["at_least", "at_most"]) -> Iterator[Statement]:
        given = self.fact.limit(which, self.points.teams)
        lower, upper = self.fact.within or (0.0, 0.0)
        by_team = isinstance(getattr(self.fact, which), dict)
        for team in (team for team in self.points.teams if team in given):
            part = (which, team) if by_team else (which,)
            low, high = (
                (given[team] + lower, math.inf) if which == "at_least" else (-math.inf, given[team] + upper)
            )
            yield self._say(part, self._sum(team), low, high)

    def _sum(self, team: str) -> Floats:
        return self.points.sum_of(team, self.of)


def questions(statements: Iterable[Statement]) -> dict[Question, tuple[Answer, ...]]:
    """What the statements leave open, with the possible answers in a fixed order."""
    found: dict[Question, dict[Answer, None]] = {}
    for statement in statements:
        for question, answer in statement.when:
            found.setdefault(question, {})[answer] = None
    return {question: tuple(found[question]) for question in sorted(found)}
