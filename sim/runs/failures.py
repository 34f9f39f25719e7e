"""The replications of a run that failed: their table, and what is said of them at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from sim.runs.whole import write_whole
from sim.runs.work import Job
from sim.stats.failure import Failure
from sim.stats.tally import Tally

FAILURES = "failures.csv"


def write_failures(out: Path, seed: int, failures: Sequence[Failure]) -> Path:
    """Write a row for each failed replication: its key (seed and replication), stage, error and message."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(["seed", *Failure._fields])
    table.writerows([seed, *failure] for failure in failures)
    write_whole(out / FAILURES, text.getvalue(), "utf-8-sig")
    return out / FAILURES


def said(job: Job, tally: Tally, file: str = "FILE") -> str:
    """How many failed, the first of them, and how to play just that one again, from `file`."""
    first = tally.failures[0]
    n, of = len(tally.failures), tally.runs + len(tally.failures)
    again = _again(job, first, file)
    return f"{n:,} of {of:,} replications failed and are not counted. {first}. To see it: {again}"


def _again(job: Job, failure: Failure, file: str) -> str:
    one = failure.replication
    own = {"rules": job.rules.replaced(), "processes": [_name(process) for process in job.processes]}
    theirs = "".join(f", {key}=[{', '.join(names)}]" for key, names in own.items() if names)
    if theirs:
        return f"sim.run(scenario, seed={job.seed}, replications=({one}, {one + 1}){theirs})"
    return f"sim run {file} --seed {job.seed} --replications {one}:{one + 1} --engine {job.engine}"


def _name(process: object) -> str:
    return getattr(process, "__name__", repr(process))
