"""Can facts hold together at all? Linear programmes over the points of a stage, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from scipy.optimize import linprog

from sim.forecast.statements import Answer, Case, Place, Question, StagePoints, Statement, questions
from sim.model.draws import Floats

MOST_CASES = 400
"""Cases of a stage in which its facts may hold. With more there would be hardly a particle for each."""

_ROOM = 1e-8
"""Points by which all bounds can be kept at once. Without any room facts meet in a point, if at all, and no
draw ever hits that."""

_TOLERANCE = 1e-9
"""Points by which the solver may overstep a bound; its own 1e-7 is more than the room that is asked for."""


class TooManyCasesError(ValueError):
    """Facts leave so much open that their cases cannot be gone through one by one."""


class Polytope:
    """Printed points of a stage within their maxima, and what is said of them.

    The unknowns are the points, (places,), then for each rescaled block by how much it was scaled, then the
    room that all bounds leave.
    """

    def __init__(self, points: StagePoints, statements: Sequence[Statement]) -> None:
        self.points, self.statements = points, statements
        self.rescaled = points.rescaled
        self.maximum = np.array([_greatest_printed(points, place) for place in points.places])
        bounds = [(owner, *bound) for owner, each in enumerate(statements) for bound in self._upper(each)]
        self._owner = np.array([owner for owner, _, _ in bounds], dtype=int)
        self._rows = self._stack([row for _, row, _ in bounds])
        self._ends = np.array([end for _, _, end in bounds])
        scaled = list(self._scaled())
        self._scaled_rows = self._stack([row for row, _ in scaled])
        self._scaled_ends = np.array([end for _, end in scaled])

    def has_room(self, case: Case) -> bool:
        """Whether points can meet all that is said in a case, which may leave questions open."""
        said = np.array([statement.holds_in(case) for statement in self.statements], dtype=bool)
        used = said[self._owner]
        leaders = {b: case.get((b, "first")) for b in self.rescaled}
        equal = [self._row(self.points.sum_of(t, b)) for b, t in leaders.items() if isinstance(t, str)]
        bounds: list[tuple[float, float | None]] = [(0.0, float(most)) for most in self.maximum]
        bounds += [*[(1.0, None)] * len(self.rescaled), (0.0, 1.0)]
        found = linprog(
            -self._row(np.zeros(len(self.maximum)), room=1.0),
            A_ub=np.vstack([self._rows[used], self._scaled_rows]),
            b_ub=np.concatenate([self._ends[used], self._scaled_ends]),
            A_eq=self._stack(equal) if equal else None,
            b_eq=[self.points.greatest(b) for b, t in leaders.items() if isinstance(t, str)] or None,
            bounds=bounds,
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
                yield self._row(weights, room=float(end > least + _ROOM)), end

    def _scaled(self) -> Iterator[tuple[Floats, float]]:
        """No item has more points than its maximum, scaled as its block is; no team more than the block's."""
        for b, block in enumerate(self.rescaled):
            for i, place in enumerate(self.points.places):
                if place.block == block:
                    row = self._row(np.eye(len(self.maximum))[i])
                    row[len(self.maximum) + b] = -self.points.item_maximum(place)
                    yield row, 0.0
            for team in self.points.teams:
                yield self._row(self.points.sum_of(team, block)), self.points.greatest(block)

    def _row(self, weights: Floats, room: float = 0.0) -> Floats:
        row: Floats = np.concatenate([weights, np.zeros(len(self.rescaled)), [room]])
        return row

    def _stack(self, rows: Sequence[Floats]) -> Floats:
        return np.array(rows).reshape(len(rows), len(self.maximum) + len(self.rescaled) + 1)


def _greatest_printed(points: StagePoints, place: Place) -> float:
    block = points.stage.points[place.block]
    return block.max if block.rescale == "leader" else points.item_maximum(place)


def feasible_cases(points: StagePoints, statements: Sequence[Statement]) -> list[dict[Question, Answer]]:
    """All cases in which what is said can hold, in a fixed order; none if it cannot in any.

    Raises `TooManyCasesError`.
    """
    polytope = Polytope(points, statements)
    if not polytope.has_room({}):
        return []
    cases: list[dict[Question, Answer]] = [{}]
    for answers in _answers_together(polytope, questions(statements)):
        wider = ({**case, **each} for case in cases for each in answers)
        cases = [case for case in wider if polytope.has_room(case)]
        if len(cases) > MOST_CASES:
            raise TooManyCasesError
    return cases


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
