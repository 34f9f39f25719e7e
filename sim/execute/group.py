"""Groups of cases that are played over the same replications, and what is counted of each block."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Generic

from sim.engines.outcomes import Outcomes, concatenate, stage_of
from sim.execute.case import Case, Engine
from sim.execute.courses import Courses
from sim.folder.rows import Range, count_replications, part_ranges
from sim.model.draws import CachedSource, Draws
from sim.scenario.models.scenario import Scenario
from sim.stats.counts import C
from sim.stats.tally import Failure, Tally, nothing, tally

MAX_BLOCK = {"batch": 10_000, "event": 1024}
"""Replications at a time: large enough that overheads vanish, small enough for the processor's cache.

What is played by default is one block.
"""

_BLOCK_NUMBERS = 2_000_000
"""Random numbers that a block may hold at once; bounds memory for scenarios of many teams and stages."""

HOPELESS = 100
"""Replications that may fail one after another before it is the code that is wrong and not one of them."""


Worlds = tuple[Outcomes, ...]
"""The outcomes of the same replications, one for each case of a group."""


@dataclass(frozen=True)
class Group(Generic[C]):
    """Cases over the same replications with the same random numbers, and how they are counted.

    `count` is given the outcomes of each case over the same stretch of replications; it travels to
    workers, so it is a function of a module, or a `partial` of one.
    """

    cases: tuple[Case, ...]
    ranges: tuple[Range, ...]
    count: Callable[[tuple[Case, ...], Worlds], C]
    zero: C  # the counts of no replication
    name: str = ""  # by which its counts are kept, where a study has several groups
    label: str = ""  # by which people are told of it
    block: int | None = None  # replications at a time; changes no result

    def over(self, *ranges: Range) -> Group[C]:
        """Return the group over other replications."""
        return replace(self, ranges=ranges)

    @property
    def uninformed(self) -> tuple[Case, ...]:
        """The cases whose scenarios have facts, by which their past is still to be inferred."""
        return tuple(case for case in self.cases if case.past is None and case.scenario.has_facts)

    @property
    def size(self) -> int:
        """Replications of each case."""
        return count_replications(self.ranges)

    @property
    def is_long(self) -> bool:
        """Whether a piece takes longer than to start workers: then none is played to find that out."""
        return False

    @property
    def duration(self) -> float:
        """About how long a replication of all cases takes, in microseconds: what counts are ratios."""
        return sum(_duration(case.scenario, case.engine) for case in self.cases)

    def parts(self) -> Iterator[Range]:
        """Split the ranges at the borders of part files."""
        for start, stop in self.ranges:
            yield from part_ranges(self.cases[0].scenario, start, stop)

    def play(
        self, start: int, stop: int, *, keep: bool = False
    ) -> tuple[list[C], list[Failure], list[Worlds]]:
        """Play a range, block by block; return what is counted, what failed, and outcomes to `keep`."""
        counted: list[C] = []
        failures: list[Failure] = []
        kept: list[Worlds] = []
        for first, last in self.blocks(start, stop):
            stretches, failed = play_block(self.cases, first, last)
            counted += [self.count(self.cases, worlds) for worlds in stretches]
            failures += failed
            if keep:
                kept += [tuple(one.worked_out() for one in worlds) for worlds in stretches]
        return counted, failures, kept

    def blocks(self, start: int, stop: int) -> Iterator[Range]:
        """Split a range into blocks."""
        size = self.block or min(block_size(case.scenario, case.engine) for case in self.cases)
        for first in range(start, stop, size):
            yield first, min(first + size, stop)


def _duration(scenario: Scenario, engine: Engine) -> float:
    first, each = _MICROSECONDS[engine]
    return first + each * noise_numbers(scenario)


_MICROSECONDS: dict[Engine, tuple[float, float]] = {"batch": (0.5, 0.1), "event": (200.0, 1.0)}
"""What a replication takes, and what each random number adds to it (docs/performance.md)."""


def tally_group(case: Case, ranges: Sequence[Range], name: str = "", label: str = "") -> Group[Tally]:
    """Return a case that is played alone, with everything that is asked of it."""
    return Group((case,), tuple(ranges), count_tally, nothing(case.scenario), name, label)


def count_tally(cases: tuple[Case, ...], worlds: Worlds) -> Tally:
    """Count what is asked of the first case."""
    return tally(cases[0].scenario, worlds[0])


@dataclass(frozen=True)
class Played(Generic[C]):
    """What replications yielded, without those that failed, and these."""

    counts: C
    failures: tuple[Failure, ...] = ()

    def __add__(self, other: Played[C]) -> Played[C]:
        return Played(self.counts + other.counts, tuple(sorted(self.failures + other.failures)))


def block_size(scenario: Scenario, engine: Engine) -> int:
    """Return how many replications of a scenario of this size are played at a time."""
    size = MAX_BLOCK[engine]
    while size > 64 and size * noise_numbers(scenario) > _BLOCK_NUMBERS:
        size //= 2
    return size


def noise_numbers(scenario: Scenario) -> int:
    """Return about how many random numbers a replication takes: the noise of every item of every team."""
    blocks = (block for stage in scenario.stages.values() for block in stage.points.values())
    return sum(max(1, len(block.items)) for block in blocks) * len(scenario.teams)


def play_block(cases: Sequence[Case], start: int, stop: int) -> tuple[list[Worlds], list[Failure]]:
    """Play a block of all cases, in stretches between the replications that failed; and tell of these.

    A replication that raises in one case is left out of all: what is compared are the same replications.
    Raises what a replication raises where the first `HOPELESS` all do, and `MemoryError` at once: that is
    about the machine, and might not happen again.
    """
    survivors: list[Worlds] = []
    failures: list[Failure] = []
    _play_halves(cases, start, stop, survivors, failures)
    return _join_neighbours(survivors), failures


def _play_halves(
    cases: Sequence[Case], start: int, stop: int, survivors: list[Worlds], failures: list[Failure]
) -> None:
    """Play a range; of one that fails each half by itself, down to the replications that do.

    Most failures are rare: one among thousands is found in some twenty tries.
    """
    try:
        survivors.append(_play_all(cases, start, stop))
        return
    except MemoryError:
        raise
    except Exception as error:
        if stop - start == 1:
            # Ranges are played in order: nothing has survived as long as every replication fails.
            if not survivors and len(failures) + 1 >= HOPELESS:
                raise
            failures.append(_failure(start, error))
            return
    middle = (start + stop) // 2
    _play_halves(cases, start, middle, survivors, failures)
    _play_halves(cases, middle, stop, survivors, failures)


def _play_all(cases: Sequence[Case], start: int, stop: int) -> Worlds:
    found: list[Outcomes] = []
    try:
        found.extend(_play_each(cases, start, stop))
    except Exception as error:
        error.add_note(f"{_IN_CASE}{len(found)}")
        raise
    return tuple(found)


def _play_each(cases: Sequence[Case], start: int, stop: int) -> Iterator[Outcomes]:
    """Play cases over the same replications, in their order; what some of them share is played once.

    What is told of a run, and each point of a sweep, plays the first replications over and over, each time
    with something else changed: their luck, and how they went, is kept from one group to the next.
    """
    seed = cases[0].seed
    memory = _memory(seed) if stop <= _REMEMBERED else _Memory(seed)
    courses = memory.courses
    if not all(case.is_by_the_file for case in cases):
        courses = Courses(_MOST_COURSES)  # a user's rule may come to another end the next time
    if len(cases) == 1 and (courses is not memory.courses or stop > _REMEMBERED):
        yield cases[0].play(start, stop, memory.luck)
    else:
        yield from (courses.play(case, start, stop, memory.luck) for case in cases)


_REMEMBERED = 2**14
"""Replications, the first ones, of which a thread remembers the luck and the courses."""

_MOST_LUCK, _MOST_COURSES = 2**28, 3 * 2**26
"""Bytes that are remembered of either."""


class _Memory:
    """The luck of one seed, and how cases went with it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.luck = CachedSource(Draws(seed), _MOST_LUCK)
        self.courses = Courses(_MOST_COURSES)


_thread = threading.local()
"""Each thread remembers by itself: a generator has a state, which two of them would spoil for each other."""


def _memory(seed: int) -> _Memory:
    """What this thread remembers of one seed, until another is asked for."""
    memory: _Memory | None = getattr(_thread, "memory", None)
    if memory is None or memory.seed != seed:
        memory = _thread.memory = _Memory(seed)
    return memory


_IN_CASE = "in case "


def _failure(replication: int, error: Exception) -> Failure:
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith(_IN_CASE)]
    number = int(notes[0].removeprefix(_IN_CASE))
    return Failure(replication, stage_of(error), type(error).__name__, str(error), number)


def _join_neighbours(survivors: Sequence[Worlds]) -> list[Worlds]:
    """Join outcomes that follow one another without a gap."""
    gaps = [i for i, (one, then) in enumerate(pairwise(survivors), 1) if one[0].stop != then[0].start]
    ends = [0, *gaps, len(survivors)]
    return [
        tuple(concatenate(same) for same in zip(*survivors[a:b], strict=True))
        for a, b in pairwise(ends)
        if a < b
    ]
