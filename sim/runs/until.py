"""Scenarios played until their chances are precise enough, all over the same replications."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from sim.runs.checkpoint import Checkpoint
from sim.runs.many import played
from sim.runs.run import Progress
from sim.runs.work import Job
from sim.stats.precision import NARROWEST, WIDEST, half_width, looks
from sim.stats.summary import Summary
from sim.stats.tally import Tally, nothing


def until(
    target: float,
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> tuple[int, list[Tally]]:
    """Play jobs until no chance of any of them has a half-width above `target`, a share.

    Returns before which replication they stopped, counted from 0, and the counts of each. It is looked at
    fixed numbers of replications (`sim.stats.precision`). Raises `ValueError` for a target out of reach.
    """
    if not NARROWEST <= target <= WIDEST:
        expected = f"expected {NARROWEST:g} to {WIDEST:g}; 0.005 is half a point"
        raise ValueError(f"a half-width of {target:g}, {expected}")
    done, tallies = 0, [nothing(job.scenario) for job in jobs]
    for look in looks():
        told = progress and _after(done * len(jobs), progress)
        more = played(
            jobs, done, look, workers=workers, executor=executor, progress=told, checkpoint=checkpoint
        )
        tallies = [one + other for one, other in zip(tallies, more, strict=True)]
        done = look
        if all(_precise(job, tally, target) for job, tally in zip(jobs, tallies, strict=True)):
            break
    return done, tallies


def _after(before: int, progress: Progress) -> Progress:
    """How far it is until the next look."""
    return lambda done, of: progress(before + done, before + of)


def _precise(job: Job, tally: Tally, target: float) -> bool:
    return half_width(Summary(job.scenario, tally, job.by_the_file)) <= target
