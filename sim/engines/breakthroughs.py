"""Research that bends scaling: its days and what it is worth, drawn once a run, and who trains with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.calendar import day_number
from sim.model.breakthroughs import NEVER, day_it_comes, gain_of, is_used, ready_days, worth_of
from sim.model.draws import Floats, Key, Purpose
from sim.model.points import Bools
from sim.model.quantiles import Sample, whole
from sim.rules.decisions import fails
from sim.scenario.models.breakthroughs import UncertainDay
from sim.scenario.models.scenario import Scenario


@dataclass
class BreakthroughInputs:
    """A breakthrough of all replications; see `sim.engines.inputs` for the shapes."""

    id: str
    found: Floats  # (.., 1) the day; infinite where it does not come
    ready: Floats  # (.., teams) the day from which each can train with it
    efficiency: Floats | None  # (.., 1) how many times compute counts
    slope: Floats | None  # (.., 1) ECI per tenfold compute
    level: Floats | None  # (.., 1) ECI
    frontier: Floats | None  # (..,) ECI that the world's best models gain


@dataclass
class UsedBreakthrough:
    """Who trains with a breakthrough in a window; only a record asks for it."""

    id: str
    found: Floats  # (.., 1)
    used: Bools  # (.., teams)


@dataclass
class Research:
    """What breakthroughs change in a stage, each (.., teams); None where they change nothing of the kind."""

    worth: Floats | None  # how many times compute counts
    steeper: Floats | None  # ECI per tenfold compute, beyond the usual
    level: Floats | None  # ECI
    told: tuple[UsedBreakthrough, ...]


def draw_day(day: UncertainDay, key: Key, sample: Sample) -> Floats:
    """The day on which something comes, (.., 1); infinite in replications in which it does not.

    `key` is that of the luck by which it comes at all.
    """
    after = np.zeros((1, 1)) if day.after is None else whole(sample.row([day.after]))
    comes = None if day.chance is None else fails(sample.uniforms([key]).T, sample.row([day.chance]))
    return day_it_comes(float(day_number(day.earliest)), after, comes)


def prepare_breakthroughs(scenario: Scenario, sample: Sample) -> tuple[BreakthroughInputs, ...]:
    """All breakthroughs of a scenario, in the order of the file."""
    return tuple(_prepare(scenario, name, sample) for name in scenario.breakthroughs or {})


def _prepare(scenario: Scenario, name: str, sample: Sample) -> BreakthroughInputs:
    one = (scenario.breakthroughs or {})[name]
    found = draw_day(one.day, Key(Purpose.BREAKTHROUGH, item=name), sample)
    adoption = whole(sample.row(scenario.adoption(name, t) for t in scenario.teams))
    first = np.array([[one.teams is None or t in one.teams for t in scenario.teams]])
    later = np.array([[NEVER]]) if one.others_after is None else whole(sample.row([one.others_after]))
    return BreakthroughInputs(
        id=name,
        found=found,
        ready=np.asfortranarray(ready_days(found, np.where(first, 0.0, later), adoption)),
        efficiency=None if one.efficiency is None else sample.row([one.efficiency]),
        slope=None if one.slope is None else sample.row([one.slope]),
        level=None if one.level is None else sample.row([one.level]),
        frontier=None if one.frontier is None else sample.one(one.frontier),
    )


def research_of_stage(breakthroughs: Sequence[BreakthroughInputs], opens: Floats) -> Research:
    """What breakthroughs change for teams whose windows open on days, (.., teams)."""
    research = Research(None, None, None, ())
    for one in breakthroughs:
        used = np.asfortranarray(is_used(one.ready, opens))
        research.told = (*research.told, UsedBreakthrough(one.id, one.found, used))
        if one.efficiency is not None:
            worth = worth_of(used, one.efficiency)
            research.worth = worth if research.worth is None else research.worth * worth
        if one.slope is not None:
            steeper = gain_of(used, one.slope)
            research.steeper = steeper if research.steeper is None else research.steeper + steeper
        if one.level is not None:
            level = gain_of(used, one.level)
            research.level = level if research.level is None else research.level + level
    return research


def frontier_gain(breakthroughs: Sequence[BreakthroughInputs], day: Floats) -> Floats:
    """What the world's frontier has gained from breakthroughs before the end of a day, (..,), in ECI.

    As all ends of days, it has the number of the next.
    """
    total = np.zeros(1)
    for one in breakthroughs:
        if one.frontier is not None:
            total = total + np.where(one.found[:, 0] < day, one.frontier, 0.0)
    return total
