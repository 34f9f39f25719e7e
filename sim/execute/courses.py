"""How cases went, kept so that others go on from where they differ: nothing is played twice.

Cases may differ in what their scenarios say, and in the quantiles at which uncertain numbers are held.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import is_dataclass
from itertools import count
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from sim.engines import replay
from sim.engines.changes import Differences, Said, Step, changes_between, say_the_same
from sim.engines.inputs import NO_BLOCKS, KnownBlocks
from sim.engines.outcomes import Outcomes
from sim.engines.replay import Course
from sim.execute.case import Case
from sim.model.draws import Source


class _Kept(NamedTuple):
    """A course, whose it is, its arrays, and how many bytes it took beside the one that it went on from."""

    case: Case
    said: Said  # by the scenario as it is played
    course: Course
    arrays: Mapping[int, int]  # bytes of each, by its id
    size: int

    @classmethod
    def of(cls, case: Case, said: Said, course: Course, before: _Kept | None = None) -> _Kept:
        """Return a course as it is kept; `before` is the one that it went on from, and shares arrays with."""
        arrays = _bytes_of_arrays(course)
        shared = before.arrays if before is not None else {}
        anew = sum(arrays[a] for a in arrays.keys() - shared.keys())
        return cls(case, said, course, arrays, anew + _still_to_come(course, before))


def _still_to_come(course: Course, before: _Kept | None) -> int:
    """About how many bytes a course will take more once it has been asked for everything, as some are."""
    shared = {id(stage) for stage in before.course.stages} if before is not None else set()
    anew = [stage for stage in course.stages if id(stage) not in shared]
    return sum(stage.outcome.on_demand * stage.verdict.compute.nbytes for stage in anew)


class Courses:
    """Plays cases over the same replications, each from the course with which it shares most.

    Options of a cut, points of a sweep and doubts differ in little from one another. Courses are kept up to
    so many bytes; the one that was longest not gone on from goes first.
    """

    def __init__(self, most: float) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._numbers = count()

    def play(self, case: Case, start: int, stop: int, source: Source) -> Outcomes:
        """Play a case as `Case.play` does; `source` has the random numbers of its seed."""
        if not case.keeps_its_course:
            return case.play(start, stop, source)
        numbers, said = case.source(source), self._said_by(case)
        found = self._nearest(case, said, start, stop)
        if found is None:
            luck = self._known_luck(case, said, start, stop)
            course = replay.play_course(said.scenario, numbers, start, stop, case.rules, luck)
            self._keep(_Kept.of(case, said, course))
        else:
            number, changes = found
            known = self._kept[number]
            self._kept.move_to_end(number)
            course = replay.play_again(known.course, said.scenario, changes, numbers, case.rules)
            if _is_worth_keeping(changes):
                self._keep(_Kept.of(case, said, course, known))
        return case.informed(course.outcomes)

    def _said_by(self, case: Case) -> Said:
        """What a case's scenario says; to write it down takes as long as to play a stage again."""
        for kept in reversed(self._kept.values()):
            if kept.case.scenario is case.scenario and (kept.case.past is None) == (case.past is None):
                return kept.said
        return Said.by(case.played)

    def _nearest(self, case: Case, said: Said, start: int, stop: int) -> tuple[int, Differences] | None:
        """The course that goes furthest before it differs, and where.

        Of several that in which fewest numbers have other luck, and of those the last that was used.
        """
        best: tuple[tuple[int, int, int], int, Differences] | None = None
        for number, kept in reversed(self._kept.items()):
            inputs = kept.course.inputs
            moved = _numbers_with_other_luck(kept.case, case)
            if (inputs.start, inputs.stop) != (start, stop) or moved is None:
                continue
            changes = changes_between(kept.said, said, moved)
            if changes is None:
                continue
            if changes.first is None:
                return number, changes
            rank = (*changes.first, -len(moved))
            if best is None or rank > best[0]:
                best = rank, number, changes
        return None if best is None else best[1:]

    def _known_luck(self, case: Case, said: Said, start: int, stop: int) -> KnownBlocks:
        """What can be had of the luck of a course that differs in the luck of fewest numbers alone."""
        alike: list[tuple[int, Course, set[str]]] = []
        for kept in reversed(self._kept.values()):
            inputs, moved = kept.course.inputs, _numbers_with_other_luck(kept.case, case)
            same_range = (inputs.start, inputs.stop) == (start, stop)
            if same_range and moved is not None and say_the_same(kept.said, said):
                alike.append((len(moved), kept.course, moved))
        if not alike:
            return NO_BLOCKS
        _, course, moved = min(alike, key=itemgetter(0))
        return replay.known_luck(course, moved)

    def _keep(self, kept: _Kept) -> None:
        self._kept[next(self._numbers)] = kept
        self._size += kept.size
        while self._size > self._most and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size


def _numbers_with_other_luck(one: Case, other: Case) -> set[str] | None:
    """The names of the uncertain numbers that two cases draw apart; None where all luck may be other."""
    if (one.seed, one.rules) != (other.seed, other.rules) or one.past is not other.past:
        return None
    pins, others = one.pins, other.pins
    moved = {name for name in pins.keys() | others.keys() if pins.get(name) != others.get(name)}
    if one.sample is other.sample:
        return moved
    if one.sample is None or other.sample is None or one.sample.each != other.sample.each:
        return None
    points, others_points = one.sample.points, other.sample.points
    if points.keys() != others_points.keys():
        return None
    return moved | {
        name
        for name, column in points.items()
        # Samples of one design have most columns in common: the very same arrays.
        if column is not others_points[name] and not np.array_equal(column, others_points[name])
    }


def _is_worth_keeping(changes: Differences) -> bool:
    """Whether others can gain by going on from what was replayed, and not from what it was replayed from.

    What differs in the decision of the last stage alone is as cheap from there.
    """
    if changes.first is None:
        return False
    k, step = changes.first
    return step < Step.DECISION or k < len(changes.of_stages) - 1


def _bytes_of_arrays(record: Any) -> dict[int, int]:
    """The bytes of all arrays in a record, by their ids; for a view, those of what it is a view of."""
    found: dict[int, int] = {}
    ahead = [record]
    while ahead:
        value = ahead.pop()
        if isinstance(value, np.ndarray):
            while isinstance(value.base, np.ndarray):
                value = value.base
            found[id(value)] = value.nbytes
        elif isinstance(value, (tuple, list)):
            ahead += value
        elif is_dataclass(value):
            ahead += vars(value).values()  # and not by the fields: to ask for one works it out
    return found
