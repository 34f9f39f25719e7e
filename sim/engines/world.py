"""A world of the event engine: one replication with its clock, its hardware, and what has happened so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from typing import Any, SupportsFloat

import numpy as np
from simpy import Environment
from simpy.events import Event, EventCallback

from sim.engines.arrivals import Supplied
from sim.engines.calendar import Phase
from sim.engines.effort import nothing_saved
from sim.engines.evaluation import Standing, Verdict
from sim.engines.hardware import RunningHardware
from sim.engines.inputs import Inputs, StageInputs
from sim.engines.questions import PendingWork, Work
from sim.engines.recorder import Recorder
from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.points import Bools
from sim.rules.book import Rulebook

Life = Generator[Event, Any, None]
"""A SimPy process."""


class At(Event):
    """An event at a given day and phase; the phases order what falls on the same day."""

    def __init__(self, env: Environment, day: float, phase: Phase) -> None:
        # As simpy's own Timeout does it: its attributes are set here, not by its base class, for speed.
        self.env = env
        self.callbacks: list[EventCallback[Event]] = []
        self._ok = True
        self._value = None
        env.schedule(self, phase, day - env.now)  # type: ignore[arg-type]  # any int is a priority


class World:
    """One replication: its clock, its hardware, and what has happened so far."""

    def __init__(
        self, inputs: Inputs, source: Source, index: int, rules: Rulebook, record: Recorder | None = None
    ) -> None:
        self.env = Environment(initial_time=float(inputs.stages[0].days.starts))
        self.inputs, self.source, self.index, self.rules = inputs, source, index, rules
        self.record = record
        self.alone = True  # or beside others, and then what it asks is answered for all of them at once
        self.question: PendingWork | None = None  # what it waits for to be worked out
        self.hardware = RunningHardware(self.env, inputs, record)
        self.present: Bools = inputs.from_start
        self.waiting = inputs.waiting  # who has not come in yet
        self.living: set[int] = set()  # whose life as a team goes on
        size = len(inputs.teams)
        nothing = np.zeros(size)
        self.field = Standing(self.present, None, None, np.zeros(size, dtype=np.int8), nothing)
        self.opens = inputs.stages[0].days.opens  # of each team's window in the stage under way
        self.granted = nothing  # what the stage lends, (hardware, teams)
        self.supplied: Supplied | None = None  # what it lends of supplies
        self.reported = nothing  # FLOP of the window, as each team submits its model
        self.undisturbed: Floats | None = None  # the same, had nothing failed; None: it is not told
        self.effective = nothing
        self.saved = nothing_saved(tuple(stage.effort for stage in inputs.stages), nothing)
        self.closing: list[Event] = []  # the close of each team's window
        self.opening = Event(self.env)  # succeeds, with the stage, when the next stage begins
        self.verdicts: list[Verdict] = []
        self._moments: dict[tuple[SupportsFloat, Phase], At] = {}

    def at(self, when: SupportsFloat, phase: Phase) -> Event:
        """The moment of a phase on a day, one event for all who wait for it.

        Raises `ValueError` for a day that is past, or is no day, and for what is no phase.
        """
        moment = self._moments.get((when, phase))
        if moment is None or moment.processed:
            day = float(when)
            if not math.isfinite(day):
                raise ValueError(f"day {day}, expected days since 1970-01-01")
            if day < self.env.now:
                raise ValueError(f"day {day:g} is past: it is day {self.env.now:g}")
            # Python takes its time to tell that a phase is one.
            moment = At(self.env, day, phase if type(phase) is Phase else Phase(phase))
            self._moments[day, phase] = moment
        return moment

    def ask(self, work: Work, stage: StageInputs, *given: Any) -> Generator[Event, Any, Any]:
        """Let a process wait until something is worked out: at once if the world is alone. No time passes."""
        if self.alone:
            return work(self.inputs, stage, self.rules, *given)
        self.question = PendingWork(work, stage.id, given, Event(self.env))
        return (yield self.question.answer)

    def uniforms(self, name: str) -> Iterator[float]:
        """An endless run of keyed uniforms for a user's process, by a name of its choice."""
        if not isinstance(name, str):
            raise TypeError(f"uniforms by the name {name!r}, expected a text")
        return self.source.sequence(Key(Purpose.USER, item=name), self.index)

    def end(self) -> None:
        """Let go of whoever still waits and of the clock, whose cycles only a collector would free."""
        self.opening.callbacks.clear()
        self.hardware.jobs.clear()
        vars(self.env).clear()


UserProcess = Callable[[World], Life]
"""A user's own SimPy process: a generator function that is given the world."""
