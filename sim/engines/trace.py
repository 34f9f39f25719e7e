"""One replication with its record: everything that happens in it, and the outcomes that come of it."""

from __future__ import annotations

from collections.abc import Sequence

from sim.engines.event import UserProcess, World, live, stack_verdicts
from sim.engines.inputs import Rows, prepare
from sim.engines.outcomes import Outcomes
from sim.engines.record import Happening, Recorder, build_record
from sim.model.draws import Draws, Source
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.models.scenario import Scenario


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
    found = build_record(scenario, world.inputs, recorder.supplies, world.verdicts)
    outcomes = stack_verdicts(inputs, [world.verdicts])
    world.end()
    return found, outcomes
