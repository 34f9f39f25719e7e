"""Cases of a group that differ in decisions alone are played together, up to the first that differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.engines import batch
from sim.engines.outcomes import Outcomes
from sim.execute.case import Case
from sim.model.draws import Source
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Cut


def play_together(cases: Sequence[Case], start: int, stop: int, source: Source) -> Iterator[Outcomes]:
    """Play cases over the same replications, in their order; what some of them share is played once.

    Options of a cut are most of what a run is set beside, and under each of them all doubts are played.
    """
    first = _first_alike(cases)
    courses: dict[int, batch.Course] = {}  # from which other cases go on
    for number, case in enumerate(cases):
        numbers, rules = case.source(source), case.rules
        if first[number] != number:
            course = batch.play_decisions(courses[first[number]], case.played, numbers, rules)
            yield case.informed(course.outcomes)
        elif number in first[number + 1 :]:
            courses[number] = batch.play_course(case.played, numbers, start, stop, rules)
            yield case.informed(courses[number].outcomes)
        else:
            yield case.play(start, stop, source)


def _first_alike(cases: Sequence[Case]) -> list[int]:
    """For each case the first that differs from it in decisions alone: itself where there is none before."""
    if len(cases) == 1:
        return [0]
    texts = [_but_for_decisions(case.played) if case.engine == "batch" else b"" for case in cases]
    return [
        next(
            (
                i
                for i, other in enumerate(cases[:number])
                if text and texts[i] == text and _have_the_same_luck(case, other)
            ),
            number,
        )
        for number, (case, text) in enumerate(zip(cases, texts, strict=True))
    ]


def _have_the_same_luck(one: Case, other: Case) -> bool:
    same = one.seed == other.seed and one.rules == other.rules and one.pinned == other.pinned
    return same and one.past is other.past and one.sample is other.sample


_UNPLAYED = {"doubts", "choices", "known", "given", "name", "source"}
"""Parts of a scenario that decide no outcome."""


def _but_for_decisions(scenario: Scenario) -> bytes:
    """All that decides outcomes but for gates and cuts, as text."""
    nothing = {"gate": None, "cut": Cut()}
    stages = {s: stage.model_copy(update=nothing) for s, stage in scenario.stages.items()}
    still = scenario.model_copy(update={"stages": stages})
    return still.model_dump_json(exclude=_UNPLAYED).encode()
