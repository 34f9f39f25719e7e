"""The first replication of which something is true."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.execute.case import Case
from sim.execute.group import block_size, play_block
from sim.stats.tally import Failure
from sim.studies.question import Question, parse_question

LIMIT = 100_000
"""Replications that are looked at before giving up."""

_FIRST_BLOCK = 128
"""What is frequent is found at once; blocks double until they are as large as those of a run."""


class Search(NamedTuple):
    """What came of looking: the replication, None if there is none, and those that failed on the way."""

    replication: int | None
    failures: tuple[Failure, ...]


def find(case: Case, question: str | Question, start: int = 0, limit: int = LIMIT) -> Search:
    """Look for the first replication, of so many from `start` on, of which the question is true.

    A replication that raises is passed over and told. Raises `QuestionError` for a text that is no question,
    and what a replication raises where the first hundred all do.
    """
    asked = parse_question(case.scenario, question) if isinstance(question, str) else question
    failures: list[Failure] = []
    first, stop = start, start + limit
    size, largest = _FIRST_BLOCK, block_size(case.scenario, case.engine)
    while first < stop:
        last = min(first + min(size, largest), stop)
        stretches, failed = play_block([case], first, last)
        failures += failed
        for (outcomes,) in stretches:
            true = np.flatnonzero(asked.holds(outcomes))
            if true.size:
                found = outcomes.start + int(true[0])
                # What failed behind it in the same block depends on the size of blocks, and is not told.
                return Search(found, tuple(each for each in failures if each.replication < found))
        first, size = last, 2 * size
    return Search(None, tuple(failures))
