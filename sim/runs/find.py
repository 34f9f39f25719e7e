"""The first replication of which something is true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.runs.question import Question, parsed
from sim.runs.work import Job, block_size, play

LIMIT = 100_000
"""Replications that are looked at before giving up."""

_FIRST_BLOCK = 128
"""What is frequent is found at once; blocks double until they are as large as those of a run."""


def find(job: Job, question: str | Question, start: int = 0, limit: int = LIMIT) -> int | None:
    """The first replication from `start` on of which the question is true, of so many; None if of none.

    Played by the batch engine unless only the event engine can. Raises `QuestionError` for a text
    that is no question.
    """
    asked = parsed(job.scenario, question) if isinstance(question, str) else question
    single = job.processes or job.scenario.faults.mode == "each"
    job = replace(job, engine="event" if single else "batch", out=None)
    first, stop = start, start + limit
    size, largest = _FIRST_BLOCK, job.block or block_size(job.scenario, job.engine)
    while first < stop:
        last = min(first + min(size, largest), stop)
        true = np.flatnonzero(asked.holds(play(job, first, last)))
        if true.size:
            return first + int(true[0])
        first, size = last, 2 * size
    return None
