"""The text that `sim run` prints: within 80 columns, a plain sentence first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sim.execute.case import fault_modes, with_mean_faults
from sim.render.text.chances import chances, error_lines
from sim.render.text.ending import ending
from sim.render.text.guesses import guesses, what_moves
from sim.render.text.sentence import sentence
from sim.render.text.status import status
from sim.render.text.telling import Telling


def opening(told: Telling) -> RenderableType:
    """The first sentence, of what it is said, and what is fixed."""
    lines = [sentence(told), _about(told), *_failed(told), *_single_faults(told), *status(told), ""]
    return Group(*(Text(line) for line in lines))


def answer(told: Telling) -> RenderableType:
    """The text from the table to the cost."""
    return Group(*_answer(told))


def _answer(told: Telling) -> Iterator[RenderableType]:
    yield from chances(told)
    yield from (Text(line) for line in error_lines(told))
    yield from ending(told)


def _about(told: Telling) -> str:
    runs, job = told.summary.tally.runs, told.result.case
    return told.say(
        "about",
        file=told.file,
        hash=told.scenario.digest()[:8],
        runs=told.say("one_run" if runs == 1 else "many_runs", runs=f"{runs:,}"),
        seed=job.seed,
        engine=told.say("event") if job.engine == "event" else "",
        date=told.scenario.as_of,
    )


def _failed(told: Telling) -> Iterator[str]:
    """How many runs are not counted."""
    tally = told.summary.tally
    if tally.failures:
        failed = len(tally.failures)
        yield told.say("failed", n=f"{failed:,}", of=f"{tally.runs + failed:,}")


def _single_faults(told: Telling) -> Iterator[str]:
    """Why it is the event engine that plays, and what is worked out without it all the same."""
    if "each" in fault_modes(told.scenario):
        yield told.say("each_fault")
        if with_mean_faults(told.result.case) is not told.result.case:
            yield told.say("mean_faults")


def rest(told: Telling, team: str | None, last_lines: Sequence[str]) -> RenderableType:
    """What moves `team`, what is guessed and how much that matters, and `last_lines`."""
    moving = list(what_moves(told, team, told.result.moved(team))) if team is not None else []
    lines = [*moving, *guesses(told, told.result.effects), *last_lines]
    return Group(*(Text(line, overflow="fold") for line in lines))
