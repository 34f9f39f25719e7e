"""Facts and results of a scenario as rows: bounds on weighted sums of printed points.

Printed points are clipped to [0, the item's maximum] and, where a block is rescaled, scaled so that its
leader has the block's maximum. Where facts leave open who is meant, rows have other bounds in each case: the
*combinations* are the cases of all stages that pass `sim.forecast.feasible`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from sim.forecast.feasible import (
    MOST_CASES,
    TooManyCasesError,
    conflict_problem,
    feasible_cases,
    smallest_conflict,
)
from sim.forecast.results import result_statements
from sim.forecast.statements import (
    Answer,
    Answers,
    PointsPlace,
    Question,
    RowName,
    StagePoints,
    Statement,
    fact_statements,
    questions,
    rescale_statements,
)
from sim.model.draws import Floats
from sim.scenario.checks.facts import forecast_errors
from sim.scenario.language.yamltree import Tree
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Problem, ScenarioError, raise_if_any

__all__ = ["Evidence", "PointsPlace", "RowName", "evidence", "places"]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of the points of all decided stages.

    In combination c, row r says that `low[c, r] <= matrix[r] @ printed points <= high[c, r]`; infinite bounds
    say nothing. Rows are in the order of stages, then of the ids of facts.
    """

    places: tuple[PointsPlace, ...]
    matrix: Floats  # (rows, places)
    names: tuple[RowName, ...]  # (rows,)
    low: Floats  # (combinations, rows)
    high: Floats  # (combinations, rows)
    answers: np.ndarray  # (combinations, questions of all stages): position among the possible answers
    leaders: np.ndarray  # (combinations, rescaled blocks): position among the scenario's teams
    rescaled: tuple[tuple[str, str], ...]  # stage and block


def places(scenario: Scenario) -> tuple[PointsPlace, ...]:
    """The points of every team that was evaluated at a decided stage: by stage, team, block and item."""
    return tuple(place for points in _decided(scenario) for place in points.places)


def _decided(scenario: Scenario) -> list[StagePoints]:
    stages = scenario.stages.items()
    return [StagePoints(scenario, stage_id) for stage_id, stage in stages if stage.happened is not None]


def evidence(scenario: Scenario, tree: Tree | None = None, answers: np.ndarray | None = None) -> Evidence:
    """Put all facts and results of a scenario into rows; `tree` knows where they are written.

    `answers`, where they are known, are those that would be found out. Raises `ScenarioError` for what a
    forecast cannot have, and for facts that cannot all be true: with the smallest set of them that clash.
    """
    tree = Tree("scenario", scenario.resolved()) if tree is None else tree
    refuse_what_no_forecast_has(scenario, tree)
    decided = _decided(scenario)
    said = [_statements(points) for points in decided]
    asked = [questions(statements) for statements in said]
    if answers is None:
        cases = [_cases(points, statements, tree) for points, statements in zip(decided, said, strict=True)]
        if math.prod(map(len, cases)) > MOST_CASES:
            raise ScenarioError([_too_open(decided[-1], tree)])
        answers = _positions(asked, list(product(*cases)))
    return _assemble(scenario, decided, said, asked, answers)


def refuse_what_no_forecast_has(scenario: Scenario, tree: Tree | None = None) -> None:
    """Raise `ScenarioError` for what a scenario with facts cannot have, whatever they say."""
    tree = Tree("scenario", scenario.resolved()) if tree is None else tree
    errors = forecast_errors(scenario)
    raise_if_any([tree.problem(each.path, each.found, each.expected, each.hint) for each in errors])


_Asked = Mapping[Question, Sequence[Answer]]
"""What is open at a stage, and all answers that there can be."""


def _positions(asked: Sequence[_Asked], combinations: Sequence[Sequence[Answers]]) -> np.ndarray:
    """The answers of each combination, (combinations, questions), by where they stand among the possible."""
    found = [
        [
            answers.index(case[question])
            for of, case in zip(asked, cases, strict=True)
            for question, answers in of.items()
        ]
        for cases in combinations
    ]
    return np.array(found, dtype=np.int16).reshape(len(combinations), sum(map(len, asked)))


def _combination(asked: Sequence[_Asked], positions: Sequence[int]) -> list[Answers]:
    """The case of each stage in which its questions are answered as `positions` say."""
    rest = iter(positions)
    return [{question: answers[next(rest)] for question, answers in of.items()} for of in asked]


def _statements(points: StagePoints) -> list[Statement]:
    return [*fact_statements(points), *result_statements(points), *rescale_statements(points)]


def _cases(points: StagePoints, statements: Sequence[Statement], tree: Tree) -> Sequence[Answers]:
    try:
        cases = feasible_cases(points, statements)
    except TooManyCasesError:
        raise ScenarioError([_too_open(points, tree)]) from None
    if not cases:
        raise ScenarioError([conflict_problem(points, smallest_conflict(points, statements), tree)])
    return cases


def _too_open(points: StagePoints, tree: Tree) -> Problem:
    expected = "`first` or `last` beside the gaps, and `first` of a block that is rescaled"
    found = f"more than {MOST_CASES} ways in which the facts can be meant"
    return tree.problem(("stages", points.id, "facts"), found, expected)


def _assemble(
    scenario: Scenario,
    decided: Sequence[StagePoints],
    said: Sequence[Sequence[Statement]],
    asked: Sequence[_Asked],
    answers: np.ndarray,
) -> Evidence:
    """One row for each statement that is said in some combination, and each of them once."""
    combinations = [_combination(asked, positions) for positions in answers.tolist()]
    rows: dict[tuple[bytes, ...], tuple[Floats, RowName, Floats, Floats]] = {}
    before, width = 0, sum(len(points.places) for points in decided)
    for s, (points, statements) in enumerate(zip(decided, said, strict=True)):
        for each in statements:
            weights = np.zeros(width)
            weights[before : before + len(points.places)] = each.weights + 0.0  # not -0.0
            holds = np.array([each.holds_in(cases[s]) for cases in combinations])
            low, high = np.where(holds, each.low, -math.inf), np.where(holds, each.high, math.inf)
            if holds.any():
                key = (weights.tobytes(), low.tobytes(), high.tobytes())
                rows.setdefault(key, (weights, each.name, low, high))
        before += len(points.places)
    found, count = list(rows.values()), len(combinations)
    rescaled = [(points, block) for points in decided for block in points.rescaled]
    return Evidence(
        places=places(scenario),
        matrix=np.array([row[0] for row in found]).reshape(len(found), width),
        names=tuple(row[1] for row in found),
        low=np.array([row[2] for row in found]).reshape(len(found), count).T,
        high=np.array([row[3] for row in found]).reshape(len(found), count).T,
        answers=answers,
        leaders=np.array([_leaders(scenario, decided, cases) for cases in combinations], dtype=int).reshape(
            count, len(rescaled)
        ),
        rescaled=tuple((points.id, block) for points, block in rescaled),
    )


def _leaders(scenario: Scenario, decided: Sequence[StagePoints], cases: Sequence[Answers]) -> list[int]:
    """Who leads each rescaled block; where one team was evaluated alone, nothing was open."""
    teams = list(scenario.teams)
    return [
        teams.index(str(case.get((block, "first"), points.teams[0])))
        for points, case in zip(decided, cases, strict=True)
        for block in points.rescaled
    ]
