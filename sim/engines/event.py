"""The event engine: each replication a world of its own, as SimPy processes that read like the programme.

It shares `model` and `rules` with the batch engine and differs only in how time passes.
A user's own processes join here, and one replication can be traced: told with everything that happens in it.
What a process asks to be worked out is worked out at once for all worlds that live side by side.
The processes are in `programme`, a world is in `world`.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np
from simpy.events import Event

from sim.engines.ecosystem import add_afterwards
from sim.engines.ecosystem_record import with_afterwards
from sim.engines.evaluation import Verdict
from sim.engines.happenings import Happening
from sim.engines.inputs import Inputs, prepare
from sim.engines.outcomes import Outcomes, note_stage
from sim.engines.programme import programme, team
from sim.engines.questions import ONLY_ASKED, answer_all, stack
from sim.engines.record import build_record
from sim.engines.recorder import Recorder
from sim.engines.rows import Rows
from sim.engines.stage_outcomes import all_outcomes, stage_outcome
from sim.engines.world import Life, UserProcess, World
from sim.model.draws import Draws, Source
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.models.scenario import Scenario


def play_events(
    scenario: Scenario,
    source: Source,
    start: int,
    stop: int,
    rules: Rulebook = BUILT_IN,
    processes: Sequence[UserProcess] = (),
) -> Outcomes:
    """Play the replications from `start` to before `stop`, luck from `source`, one after another."""
    inputs = prepare(scenario, source, start, stop)
    alone = bool(processes) or rules != BUILT_IN  # what is a user's own is called for one world after another
    rows = Rows(inputs) if alone else Rows(inputs, without=ONLY_ASKED)
    worlds = (World(rows.at(r), source, start + r, rules) for r in range(stop - start))
    if alone:
        return stack_verdicts(inputs, [_live_noted(world, processes) for world in worlds])
    return stack_verdicts(inputs, live_abreast(list(worlds), rows, inputs))


def _live_noted(world: World, processes: Sequence[UserProcess]) -> list[Verdict]:
    """Let one world run until its programme is over; whatever is raised has a note of the stage."""
    try:
        live(world, processes)
    except Exception as error:  # a rule or process of a user's own
        _note_where(world, error)
        raise
    world.end()
    return world.verdicts


def _note_where(world: World, error: Exception) -> None:
    """Note on what was raised in which stage the world was."""
    stages = world.inputs.stages
    note_stage(error, stages[min(len(world.verdicts), len(stages) - 1)].id)


def live(world: World, processes: Sequence[UserProcess] = ()) -> None:
    """Let one world run until its programme is over."""
    world.env.run(until=start(world, processes))


def start(world: World, processes: Sequence[UserProcess] = ()) -> Event:
    """Begin the processes of a world; the event of its end."""
    end = world.env.process(programme(world))
    for t in np.flatnonzero(world.present).tolist():
        world.env.process(team(world, t))
    for process in processes:
        world.env.process(_start(process, world))
    return end


def live_abreast(worlds: Sequence[World], rows: Rows, inputs: Inputs) -> list[list[Verdict]]:
    """Let the worlds of `inputs` run until their programmes are over, and answer what they ask together."""
    ends = []
    for r, world in enumerate(worlds):
        rows.at(r)
        world.alone = False
        ends.append(start(world))
    while True:
        for r, (world, end) in enumerate(zip(worlds, ends, strict=True)):
            rows.at(r)
            try:
                run_to_question(world, end)
            except Exception as error:  # a team whose faults are too many
                _note_where(world, error)
                raise
        questions = [world.question for world in worlds if world.question is not None]
        if not questions:
            break
        answer_all(questions, inputs, BUILT_IN)
    for world in worlds:
        world.end()
    return [world.verdicts for world in worlds]


def run_to_question(world: World, end: Event) -> None:
    """Let time pass in one world until it asks for something, or is over."""
    world.question = None
    step = world.env.step
    while world.question is None and end.callbacks is not None:
        step()


def _start(process: UserProcess, world: World) -> Life:
    """Call a user's own process. Raises `TypeError` for what is no generator function of the world."""
    name = getattr(process, "__name__", repr(process))
    if not callable(process):
        raise TypeError(f"process {name}, expected a generator function that is given the world")
    life = process(world)
    if not isinstance(life, Generator):
        raise TypeError(f"process '{name}' gives {life!r}, expected a generator: does it `yield`?")
    return life


def stack_verdicts(inputs: Inputs, lives: Sequence[Sequence[Verdict]]) -> Outcomes:
    """Make outcomes of the verdicts of many worlds, one after another."""
    verdicts = zip(inputs.stages, zip(*lives, strict=True), strict=True)
    outcomes = (stage_outcome(inputs, stage, stack(same)) for stage, same in verdicts)
    return add_afterwards(inputs, all_outcomes(inputs, outcomes))


def trace_replication(
    scenario: Scenario,
    seed: int,
    replication: int,
    rules: Rulebook = BUILT_IN,
    processes: Sequence[UserProcess] = (),
) -> list[Happening]:
    """What happens in one replication, in order of day, phase and file."""
    return play_traced(scenario, Draws(seed), replication, rules, processes)[0]


def play_traced(
    scenario: Scenario,
    source: Source,
    replication: int,
    rules: Rulebook = BUILT_IN,
    processes: Sequence[UserProcess] = (),
) -> tuple[list[Happening], Outcomes]:
    """Play one replication, luck from `source`; its record, and its outcomes as those of an untraced one."""
    inputs = prepare(scenario, source, replication, replication + 1)
    recorder = Recorder()
    world = World(Rows(inputs).at(0), source, replication, rules, recorder)
    live(world, processes)
    found = build_record(scenario, world.inputs, recorder.of_stages, world.verdicts)
    outcomes = stack_verdicts(inputs, [world.verdicts])
    world.end()
    return with_afterwards(found, inputs, outcomes.afterwards), outcomes
