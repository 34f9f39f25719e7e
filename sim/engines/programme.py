"""The programme as SimPy processes: its stages, their grants and entries, and the life of each team."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from simpy.events import Event

from sim.engines.arrivals import Supplied, Turns
from sim.engines.breakdowns import BreakdownLife, Job, JobLife, Stretch
from sim.engines.calendar import Phase
from sim.engines.evaluation import Decision, Score, Standing, Verdict, skip_stage
from sim.engines.hardware import Lent, Loan
from sim.engines.inputs import StageInputs
from sim.engines.questions import judge, let_in, share_out
from sim.engines.recovery import StorageInputs
from sim.engines.recovery_life import RecoveryLife
from sim.engines.selection import EntryInputs
from sim.engines.world import Life, World
from sim.model.draws import Floats, Key, Purpose
from sim.model.points import Bools


def programme(world: World) -> Life:
    """Stage after stage: grants, windows, an evaluation, a result, and perhaps an entry."""
    stages = world.inputs.stages
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        if not stage.held:  # nor are those after it: the programme is over, and no time passes
            skipped = skip_stage(world.inputs, stage, world.present, world.waiting, world.saved)
            world.verdicts.append(skipped)
            continue
        yield world.at(stage.days.starts, Phase.GRANT)
        begin(world, stage, *(yield from world.ask(share_out, stage, world.field)))
        yield world.at(stage.days.scored, Phase.SCORE)
        known = world.reported, world.effective, world.saved, world.field, world.waiting
        world.effective, world.saved, *found = yield from world.ask(judge, stage, *known)
        yield world.at(stage.days.decided, Phase.CUT)  # the gate's phase is past, for whoever waited for it
        announce(world, *found)
        if stage.entry is not None and following is not None:
            entering = world.env.process(entry(world, stage, stage.entry, following))
            # An entry that is decided before the next stage opens is waited for, or the stage would begin
            # without whom it lets in. A late one goes on beside the stage, and hands its GPUs over itself.
            if not stage.entry.late:
                yield entering


def begin(
    world: World,
    stage: StageInputs,
    opens: Floats,
    granted: Floats,
    supplied: Supplied | None,
    lent: Lent | None,
) -> None:
    """A stage begins: those who take part are lent GPUs and may train."""
    world.reported = np.zeros(world.reported.size)
    if world.inputs.tells_losses:
        world.undisturbed = np.zeros(world.reported.size)
    closes = stage.days.closes.tolist()
    if stage.at_once:  # one moment for all
        world.closing = [world.at(closes[0], Phase.REPORT)] * len(closes)
    else:
        world.closing = [world.at(day, Phase.REPORT) for day in closes]
    world.opens, world.granted, world.supplied = opens, granted, supplied
    world.hardware.open(stage, opens)
    if world.record is not None:
        world.record.begin(stage.id, granted, () if supplied is None else supplied.lots)
    if lent is not None:  # then nobody comes in later
        world.hardware.deliver_all(granted, lent)
    else:
        hand_over(world, stage, world.present)
    if stage.grants.slow:
        world.env.process(slow_periods(world, stage))
    if stage.storage is not None:
        world.env.process(slow_storage(world, stage, stage.storage))
    if stage.closed is not None and stage.restart is not None:
        for t in _positions(np.isfinite(stage.closed)):
            world.env.process(fall_back(world, t, float(stage.closed[t]), float(stage.restart[t])))
    # A fresh event for the next stage first: a team that wakes up now may at once wait for that one.
    opening, world.opening = world.opening, Event(world.env)
    opening.succeed(stage)


def hand_over(world: World, stage: StageInputs, teams: Bools) -> None:
    """Deliver their grants to `teams` as their windows open, or later if they are late but not too late."""
    granted = world.granted * teams
    days = world.opens + stage.grants.delay
    # What is late by a whole window never comes: the window is over, and so is the grant.
    coming = np.logical_or.reduce(granted, axis=0) & (days < stage.days.closes)
    for day in sorted(set(days[coming].tolist())):
        world.env.process(delivery(world, np.where(coming & (days == day), granted, 0.0), day))
    for more in stage.grants.more:
        starts = more.starts(world.opens, stage.days.closes)
        there = teams & (starts < stage.days.closes)
        for day in sorted(set(starts[there].tolist())):
            world.env.process(delivery(world, np.where(there & (starts == day), more.gpus, 0.0), day))
    for lot in world.supplied.lots if world.supplied is not None else ():
        there = teams & (lot.starts < lot.ends) & np.logical_or.reduce(lot.gpus, axis=0)
        for start, end in sorted(set(zip(lot.starts[there].tolist(), lot.ends[there].tolist(), strict=True))):
            these = there & (lot.starts == start) & (lot.ends == end)
            goes = bool((end < stage.days.closes[these]).any())
            world.env.process(loan(world, np.where(these, lot.gpus, 0.0), (start, end), lot.turns, goes))


def loan(world: World, granted: Floats, days: tuple[float, float], turns: Turns | None, goes: bool) -> Life:
    """GPUs of a supply that come on a day and, if it `goes` before a window closes, go again on another."""
    start, end = days
    yield world.at(start, Phase.GRANT)
    lent = Loan(granted, turns)
    world.hardware.lend(lent, end)
    if goes:
        yield world.at(end, Phase.GRANT)
        world.hardware.take_back(lent)


def delivery(world: World, granted: Floats, day: float) -> Life:
    """GPUs that come on a day."""
    yield world.at(day, Phase.GRANT)
    world.hardware.deliver(granted)


def slow_periods(world: World, stage: StageInputs) -> Life:
    """A supplier's hardware runs slow for a while, and then as ever."""
    last = stage.days.closes.max()
    changes = []
    for period in stage.grants.slow:
        starts, ends = max(period.starts[0], world.env.now), period.ends[0]
        if starts < min(ends, last):
            changes += [(starts, 1, period.served, float(period.speed[0])), (ends, 0, period.served, 1.0)]
    for day, _, teams, speed in sorted(changes, key=lambda change: change[:2]):  # an end before a beginning
        if day >= last:
            return
        yield world.at(day, Phase.GRANT)
        world.hardware.set_pace(teams, speed)


def slow_storage(world: World, stage: StageInputs, storage: StorageInputs) -> Life:
    """The storage of some teams is slow for a while, each at a time of its own."""
    starts, ends = storage.period(world.opens, stage.days)
    slow = starts < ends
    days = [(float(starts[t]), t, float(storage.speed[t])) for t in _positions(slow)]
    days += [(float(ends[t]), t, 1.0) for t in _positions(slow & (ends < stage.days.closes))]
    for day, t, speed in sorted(days):
        yield world.at(day, Phase.GRANT)
        world.hardware.slow_storage(np.arange(slow.size) == t, np.full(slow.size, speed))


def fall_back(world: World, t: int, closed: float, restart: float) -> Life:
    """What a team has begun from closes: its run is lost, and it begins anew from scratch."""
    if closed > world.env.now:
        yield world.at(closed, Phase.GRANT)
    world.hardware.start_over(t, restart)


def entry(world: World, before: StageInputs, rules: EntryInputs, stage: StageInputs) -> Life:
    """Candidates compete for the places before `stage`; if it has opened by then, entrants join it late."""
    entered = yield from world.ask(let_in, before, world.present, world.waiting)
    # Grants of the stage count on whoever will come in, though they are not there yet.
    world.field = world.field.joined_by(entered, rules.day)
    yield world.at(rules.day, Phase.ENTRY)
    world.present = world.field.present
    if world.waiting is not None:
        world.waiting = world.waiting & ~entered
    if rules.late:
        hand_over(world, stage, entered)
    for t in _positions(entered):
        # Who left at this very stage has not gone home: its life goes on when the next stage opens.
        if t not in world.living:
            world.env.process(team(world, t, stage if rules.late else None))


def team(world: World, t: int, stage: StageInputs | None = None) -> Life:
    """Train while a window is open, submit a model when it closes, until out; `stage` is one under way."""
    world.living.add(t)
    while True:
        if stage is None:
            stage = yield world.opening
        if not world.present[t]:
            world.living.discard(t)
            return
        if world.inputs.single_faults:
            world.hardware.break_down(t, partial(live_through_faults, world, stage, t))
        yield world.closing[t]
        # All teams that close now ask the hardware in turn; it works the answer out once for them all.
        world.reported[t] = world.hardware.trained()[t]
        if world.undisturbed is not None:
            world.undisturbed[t] = world.hardware.undisturbed()[t]
        if world.record is not None and t in world.hardware.jobs:
            world.record.now.lives[t] = world.hardware.jobs[t].life.counts()
        stage = None


def live_through_faults(
    world: World, stage: StageInputs, t: int, look: Callable[[Job], Stretch | None]
) -> JobLife:
    """Make the life of a team's job, whose faults come one by one; `look` tells it what comes next."""
    key = Key(Purpose.FAULT, stage.id, world.inputs.teams[t])
    luck = world.source.sequence(key, world.index)
    if world.inputs.faults.recovery is None:
        return BreakdownLife(look, luck)
    return RecoveryLife(look, luck, world.source.sequence(key._replace(item="idle"), world.index))


def _positions(teams: Bools) -> list[int]:
    """The positions of some teams."""
    return [t for t, one in enumerate(teams.tolist()) if one]


def announce(world: World, scored: Score, decided: Decision, left: Standing) -> None:
    """The result is out: those who leave are not there for the next stage."""
    verdict = Verdict(
        world.present,
        world.reported,
        world.effective,
        scored,
        decided,
        world.opens,
        world.hardware.hours,
        world.saved,
        world.undisturbed,
        *((None, None) if world.supplied is None else world.supplied[1:]),
    )
    world.verdicts.append(verdict)
    world.field, world.present = left, left.present
