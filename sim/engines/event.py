"""The event engine: one replication at a time, as SimPy processes that read like the programme.

It shares `model` and `rules` with the batch engine and differs only in how time passes (contract C3).
A user's own processes join here.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

import numpy as np
from simpy import Environment
from simpy.events import Event

from sim.engines.calendar import At, Phase
from sim.engines.evaluation import (
    Decision,
    Score,
    Verdict,
    decide,
    gate,
    lend,
    score,
    stage_outcome,
    strength,
)
from sim.engines.hardware import Hardware
from sim.engines.inputs import Inputs, StageInputs
from sim.engines.outcomes import Outcomes
from sim.engines.prepare import prepare
from sim.engines.rows import Rows
from sim.model.compute import effective_compute
from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.points import Bools
from sim.rules.book import BUILT_IN, Rulebook
from sim.rules.fates import KEPT
from sim.scenario.scenario import Scenario

Life = Generator[Event, Any, None]
"""A SimPy process."""


class World:
    """One replication: its clock, its hardware, and what has happened so far."""

    def __init__(self, inputs: Inputs, source: Source, index: int, rules: Rulebook) -> None:
        self.env = Environment(initial_time=inputs.stages[0].opens)
        self.inputs, self.source, self.index, self.rules = inputs, source, index, rules
        self.hardware = Hardware(self.env, inputs)
        size = len(inputs.teams)
        self.present: Bools = np.ones(size, dtype=bool)
        self.rank = np.zeros(size, dtype=np.int8)
        self.reported = np.zeros(size)  # FLOP of the window, as each team submits its model
        self.effective = np.zeros(size)
        self.opening = Event(self.env)  # succeeds, with the stage, when the next window opens
        self.verdicts: list[Verdict] = []
        self._moments: dict[tuple[float, Phase], At] = {}

    def at(self, day: float, phase: Phase) -> Event:
        """The moment of a phase on a day, one event for all who wait for it.

        Raises `ValueError` for a day that is past.
        """
        moment = self._moments.get((day, phase))
        if moment is None or moment.processed:
            if day < self.env.now:
                raise ValueError(f"day {day:g} is past: it is day {self.env.now:g}")
            moment = self._moments[day, phase] = At(self.env, day, phase)
        return moment

    def uniforms(self, name: str) -> Iterator[float]:
        """An endless run of keyed uniforms for a user's process, by a name of its choice."""
        return self.source.sequence(Key(Purpose.USER, item=name), self.index)

    def end(self) -> None:
        """Let go of whoever still waits and of the clock: rings of references only a collector would free."""
        self.opening.callbacks.clear()
        vars(self.env).clear()


UserProcess = Callable[[World], Life]
"""A user's own SimPy process: a generator function that is given the world."""


def programme(world: World) -> Life:
    """Stage after stage: grants, a window, an evaluation day."""
    for stage in world.inputs.stages:
        yield world.at(stage.opens, Phase.GRANT)
        world.hardware.open(stage.closes)
        hand_over(world, stage, lend(stage, world.present, world.rank, world.rules))
        opening, world.opening = world.opening, Event(world.env)
        opening.succeed(stage)
        yield world.at(stage.decided, Phase.SCORE)
        world.effective = effective_compute(world.reported, world.effective, world.inputs.carry)
        capability = strength(world.inputs, stage, world.effective)
        scored = score(stage, capability, world.present)
        yield world.at(stage.decided, Phase.GATE)
        failed = gate(stage, world.present)
        yield world.at(stage.decided, Phase.CUT)
        decided = decide(stage, capability, scored, world.present, failed, world.rules)
        announce(world, capability, scored, decided)


def hand_over(world: World, stage: StageInputs, granted: Floats) -> None:
    """Deliver the grants on the first day, or later those that are late but not too late."""
    if stage.punctual:
        world.hardware.deliver(granted)
        return
    for days in np.unique(stage.delay[world.present]).tolist():
        if days < stage.closes - stage.opens:
            world.env.process(delivery(world, stage, np.where(stage.delay == days, granted, 0.0), days))


def delivery(world: World, stage: StageInputs, granted: Floats, days: float) -> Life:
    """GPUs that come some days after the window opened."""
    yield world.at(stage.opens + days, Phase.GRANT)
    world.hardware.deliver(granted)


def team(world: World, t: int) -> Life:
    """Train while a window is open, submit a model when it closes, until out."""
    while True:
        stage = yield world.opening
        if not world.present[t]:
            return
        yield world.at(stage.closes, Phase.REPORT)
        world.reported[t] = world.hardware.trained()[t]


def announce(world: World, capability: Floats, scored: Score, decided: Decision) -> None:
    """The result is out: those who leave are not there for the next stage."""
    verdict = Verdict(
        world.present, world.reported, world.effective, capability, scored, decided, world.hardware.hours
    )
    world.verdicts.append(verdict)
    world.present, world.rank = decided.fate == KEPT, decided.rank
    world.reported = np.zeros(world.reported.size)


def play(
    scenario: Scenario,
    source: Source,
    start: int,
    stop: int,
    rules: Rulebook = BUILT_IN,
    processes: Sequence[UserProcess] = (),
) -> Outcomes:
    """Play the replications from `start` to before `stop`, luck from `source`, one after another."""
    inputs = prepare(scenario, source, start, stop)
    rows, lives = Rows(inputs), []
    for r in range(stop - start):
        world = World(rows.at(r), source, start + r, rules)
        live(world, processes)
        lives.append(world.verdicts)
        world.end()
    return written_down(inputs, lives)


def live(world: World, processes: Sequence[UserProcess] = ()) -> None:
    """Let one world run until its programme is over."""
    end = world.env.process(programme(world))
    for t in range(len(world.inputs.teams)):
        world.env.process(team(world, t))
    for process in processes:
        world.env.process(process(world))
    world.env.run(until=end)


def written_down(inputs: Inputs, lives: Sequence[Sequence[Verdict]]) -> Outcomes:
    """The verdicts of many worlds, one after another, as outcomes."""
    size = (inputs.stop - inputs.start,)
    verdicts = zip(inputs.stages, zip(*lives, strict=True), strict=True)
    stages = tuple(stage_outcome(inputs, stage, _stacked(same)) for stage, same in verdicts)
    frontier, growth = np.broadcast_to(inputs.frontier, size), np.broadcast_to(inputs.frontier_growth, size)
    return Outcomes(inputs.start, inputs.stop, stages, frontier, growth)


def _stacked(verdicts: Sequence[Verdict]) -> Verdict:
    """One stage of many worlds with the world as first axis."""
    present, compute, effective, capability, scored, decided, hours = zip(*verdicts, strict=True)
    blocks, totals = zip(*scored, strict=True)
    ranks, fates = zip(*decided, strict=True)
    return Verdict(
        _rows(present),
        _rows(compute),
        _rows(effective),
        _rows(capability),
        Score(tuple(_rows(block) for block in zip(*blocks, strict=True)), _rows(totals)),
        Decision(_rows(ranks), _rows(fates)),
        _rows(hours),
    )


def _rows(arrays: Sequence[Any]) -> Any:
    """`np.stack`, several times as fast for many small arrays."""
    return np.concatenate(arrays).reshape(len(arrays), *arrays[0].shape)
