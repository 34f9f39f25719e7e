"""Can facts hold together at all? Linear programmes over the points of a stage, before anything is drawn.

If they cannot, the smallest set that clashes is told: facts are left out one by one while the rest clash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np

from sim.forecast.statements import (
    Answer,
    Answers,
    PointsPlace,
    Question,
    RowName,
    StagePoints,
    Statement,
    questions,
)
from sim.model.draws import Floats
from sim.scenario.language.yamltree import Tree
from sim.scenario.models.base import is_number
from sim.scenario.problems import KeyPath, Problem

MOST_CASES = 2_000
"""Cases in which facts may hold. Three gaps of which no end is known leave some 900, in five seconds."""

_ROOM = 1e-8
"""Points by which all bounds can be kept at once. Without any room facts meet in a point, if at all, and no
draw ever hits that."""

_TOLERANCE = 1e-9
"""Points by which the solver may overstep a bound; its own 1e-7 is more than the room that is asked for."""


class TooManyCasesError(ValueError):
    """Facts leave so much open that their cases cannot be gone through one by one."""


class Polytope:
    """Printed points of a stage within their maxima, and what is said of them.

    The unknowns are the points, (places,), and then the room that all bounds leave.
    """

    def __init__(self, points: StagePoints, statements: Sequence[Statement]) -> None:
        self.points, self.statements = points, statements
        self.maximum = np.array([_greatest_printed(points, place) for place in points.places])
        bounds = [(owner, *bound) for owner, each in enumerate(statements) for bound in self._upper(each)]
        self._owner = np.array([owner for owner, _, _ in bounds], dtype=int)
        totals = [
            (_row(points.sum_of(t, b)), points.greatest(b)) for b in points.rescaled for t in points.teams
        ]
        self._rows = _stack([row for _, row, _ in bounds], points)
        self._ends = np.array([end for _, _, end in bounds])
        self._always = _stack([row for row, _ in totals], points), np.array([most for _, most in totals])

    def has_room(self, case: Answers) -> bool:
        """Whether points can meet all that is said in a case, which may leave questions open."""
        from scipy.optimize import linprog  # slow to load, and no run without facts needs it

        said = np.array([statement.holds_in(case) for statement in self.statements], dtype=bool)
        used = said[self._owner]
        leaders = [(b, t) for b in self.points.rescaled if isinstance(t := case.get((b, "first")), str)]
        bounds = [(0.0, float(most)) for most in self.maximum]
        found = linprog(
            -_row(np.zeros(len(self.maximum)), room=1.0),
            A_ub=np.vstack([self._rows[used], self._always[0]]),
            b_ub=np.concatenate([self._ends[used], self._always[1]]),
            A_eq=_stack([_row(self.points.sum_of(t, b)) for b, t in leaders], self.points),
            b_eq=np.array([self.points.greatest(b) for b, _ in leaders]),
            bounds=[*bounds, (0.0, 1.0)],
            method="highs",
            options={"primal_feasibility_tolerance": _TOLERANCE, "dual_feasibility_tolerance": _TOLERANCE},
        )
        return found.fun is not None and -found.fun > _ROOM

    def _upper(self, statement: Statement) -> Iterator[tuple[Floats, float]]:
        """A statement as bounds from above, each with the room that it is to leave."""
        for sign, end in ((1.0, statement.high), (-1.0, -statement.low)):
            weights = sign * statement.weights
            if np.isfinite(end):
                # What is printed at 0 or at its maximum has all the room beyond it: none is needed within.
                least = float(np.minimum(weights, 0) @ self.maximum)
                yield _row(weights, room=float(end > least + _ROOM)), end


def _greatest_printed(points: StagePoints, place: PointsPlace) -> float:
    """The most points there can be at a place.

    Where a block is rescaled, an item may have all its points: nobody knows by how much it was scaled.
    """
    block = points.stage.points[place.block]
    return block.items[place.item].max if place.item and block.rescale == "maximum" else block.max


def _row(weights: Floats, room: float = 0.0) -> Floats:
    row: Floats = np.append(weights, room)
    return row


def _stack(rows: Sequence[Floats], points: StagePoints) -> Floats:
    return np.array(rows).reshape(len(rows), len(points.places) + 1)


def feasible_cases(points: StagePoints, statements: Sequence[Statement]) -> list[dict[Question, Answer]]:
    """All cases in which what is said can hold, in a fixed order; none if it cannot in any.

    Raises `TooManyCasesError`.
    """
    found = list(islice(_each_case(points, statements), MOST_CASES + 1))
    if len(found) > MOST_CASES:
        raise TooManyCasesError
    return found


def can_hold(points: StagePoints, statements: Sequence[Statement]) -> bool:
    """Whether there is a case in which what is said can hold."""
    return any(True for _ in _each_case(points, statements))


def _each_case(points: StagePoints, statements: Sequence[Statement]) -> Iterator[dict[Question, Answer]]:
    polytope = Polytope(points, statements)
    if polytope.has_room({}):
        yield from _complete(polytope, {}, list(_answers_together(polytope, questions(statements))))


def _complete(
    polytope: Polytope, case: dict[Question, Answer], rest: Sequence[Sequence[dict[Question, Answer]]]
) -> Iterator[dict[Question, Answer]]:
    """The feasible cases that answer as `case` does, and all the rest as well."""
    if not rest:
        yield case
        return
    for answers in rest[0]:
        if polytope.has_room(wider := {**case, **answers}):
            yield from _complete(polytope, wider, rest[1:])


def _answers_together(
    polytope: Polytope, open_questions: dict[Question, tuple[Answer, ...]]
) -> Iterator[list[dict[Question, Answer]]]:
    """For each thing that questions are about, the answers to all of them that can be given together.

    Most answers are out when they are asked alone, and so never meet the others.
    """
    for about in dict.fromkeys(of for of, _ in open_questions):
        asked = [question for question in open_questions if question[0] == about]
        alone = [[a for a in open_questions[q] if polytope.has_room({q: a})] for q in asked]
        together = (dict(zip(asked, answers, strict=True)) for answers in product(*alone))
        yield [each for each in together if polytope.has_room(each)]


_SUREST_FIRST = ("H", None, "D", "M", "L")
"""Confidence in the order in which facts are left out: those that remain to be blamed are the least sure."""


def smallest_conflict(points: StagePoints, statements: Sequence[Statement]) -> list[Statement]:
    """One statement of each part of a fact that is needed for `statements`, which cannot all hold, to clash.

    Rules, such as that the leader of a rescaled block has the most points there, are never left out.
    """
    by_fact: dict[str, set[RowName]] = {}
    for each in statements:
        if each.is_fact:
            by_fact.setdefault(each.name.fact, set()).add(each.name)
    surest_first = sorted(by_fact, key=lambda fact: (_SUREST_FIRST.index(_confidence(points, fact)), fact))
    # Whole facts first: they have many parts.
    clash = _leave_out(points, statements, [by_fact[fact] for fact in surest_first])
    parts = dict.fromkeys(each.name for each in clash if each.is_fact)
    clash = _leave_out(points, clash, [{part} for part in parts])
    first_of = {each.name: each for each in reversed(clash)}
    return [first_of[part] for part in parts if part in first_of]


def _leave_out(
    points: StagePoints, statements: Sequence[Statement], groups: Iterable[Collection[RowName]]
) -> Sequence[Statement]:
    """What is left when each group of statements has gone without which the others still clash."""
    clash = statements
    for group in groups:
        rest = [each for each in clash if each.name not in group]
        if not can_hold(points, rest):
            clash = rest
    return clash


def _confidence(points: StagePoints, fact: str) -> str | None:
    given = (points.stage.facts or {}).get(fact.removeprefix(f"{points.id}."))
    return points.stage.confidence if given is None else given.confidence


def conflict_problem(points: StagePoints, conflict: Sequence[Statement], tree: Tree) -> Problem:
    """The conflict in one line, with the place of everything in it."""
    told = ", ".join(_tell(each, tree) for each in conflict)
    place, path = tree.place(conflict[0].path), f"stages.{points.id}.facts"
    hint = "mend one of them, or leave it out with --without"
    return Problem(*place, path, f"cannot all be true: {told}", "facts that some points can meet", hint)


def _tell(statement: Statement, tree: Tree) -> str:
    """A part of a fact, its number if it has one, and where it stands: `aaii.mean 9.48 (k-ai.yaml:210)`."""
    name = ".".join(step for step in statement.path[2:] if step != "facts")
    place = tree.place(statement.path)
    where = f"{Path(place.file).name}:{place.line}" if place.line else place.file
    return f"{name}{_number(tree.data, statement.path)} ({where})"


def _number(data: Any, path: KeyPath) -> str:
    """The number that is written at a path, after a blank; nothing if there is none."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else None
    return f" {data:.10g}" if is_number(data) else ""
