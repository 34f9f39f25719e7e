"""The event engine: each replication a world of its own, as SimPy processes that read like the programme.

It shares `model` and `rules` with the batch engine and differs only in how time passes.
A user's own processes join here, and one replication can be traced: told with everything that happens in it.
What a process asks to be worked out is worked out at once for all worlds that live side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import Any, SupportsFloat

import numpy as np
from simpy import Environment
from simpy.events import Event, EventCallback

from sim.engines.arrivals import Supplied, Turns
from sim.engines.breakdowns import BreakdownLife, Job, JobLife, Stretch
from sim.engines.calendar import Phase
from sim.engines.ecosystem import add_afterwards
from sim.engines.ecosystem_record import with_afterwards
from sim.engines.effort import nothing_saved
from sim.engines.evaluation import Decision, Score, Standing, Verdict, all_outcomes, skip_stage, stage_outcome
from sim.engines.happenings import Happening
from sim.engines.hardware import Lent, Loan, RunningHardware
from sim.engines.inputs import Inputs, StageInputs, prepare
from sim.engines.outcomes import Outcomes, note_stage
from sim.engines.questions import ONLY_ASKED, PendingWork, Work, answer_all, judge, let_in, share_out, stack
from sim.engines.record import build_record
from sim.engines.recorder import Recorder
from sim.engines.recovery import StorageInputs
from sim.engines.recovery_life import RecoveryLife
from sim.engines.rows import Rows
from sim.engines.selection import EntryInputs
from sim.model.draws import Draws, Floats, Key, Purpose, Source
from sim.model.points import Bools
from sim.rules.book import BUILT_IN, Rulebook
from sim.scenario.models.scenario import Scenario

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
        """Let go of whoever still waits and of the clock: rings of references only a collector would free."""
        self.opening.callbacks.clear()
        self.hardware.jobs.clear()
        vars(self.env).clear()


UserProcess = Callable[[World], Life]
"""A user's own SimPy process: a generator function that is given the world."""


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
        for t in _numbers(np.isfinite(stage.closed)):
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
    days = [(float(starts[t]), t, float(storage.speed[t])) for t in _numbers(slow)]
    days += [(float(ends[t]), t, 1.0) for t in _numbers(slow & (ends < stage.days.closes))]
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
    for t in _numbers(entered):
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


def _numbers(teams: Bools) -> list[int]:
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
    for t in _numbers(world.present):
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
