"""A training job from fault to fault: every fault is an event, checkpoints are arithmetic between them.

A fault stops the whole job and loses the work since the last checkpoint; it may strike during a restart as
well. So on a fixed amount of work the mean is the closed form of `sim.model.compute`. Times are in any
one unit (a window's are days), work is speed x time.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple

import numpy as np
from simpy import Environment, Interrupt
from simpy.events import Event

from sim.engines.inputs import Inputs
from sim.model.compute import HOURS_PER_DAY, daly_interval
from sim.model.recovery import nodes_of_jobs

_HOPELESS = 40.0
"""Faults to be expected in a restart and one checkpoint, which so succeed with a chance of e^-40 only."""

_MOST = 1e7
"""Faults of a job in a window that are still played, in about a minute."""

_LEAST_RATE, _GREATEST_RATE = 1e-200, 1e100
"""Faults an hour that stand for fewer and for more, where a formula would be 0 / 0."""

_MOMENT = 1e-9
"""Days too short to wait for; the clock of a window tells 4e-12 apart."""


class NodeConditions(NamedTuple):
    """The nodes of a job that does something about faults."""

    all: int
    training: int  # of them those that train while enough are there
    rate: float  # faults of each in a unit of time
    repair: float
    pause: float  # after a fault, of a job that goes on
    goes_on: bool


class Conditions(NamedTuple):
    """What holds for a job."""

    speed: float  # work in a unit of time while nothing stops it
    rate: float  # faults in a unit of time
    interval: float  # time of work between two checkpoints
    write: float  # time to write a checkpoint
    restart: float
    nodes: NodeConditions | None = None  # None: a failed node is there again after the restart


class Stretch(NamedTuple):
    """The conditions from now on, for so long at most, and whether the job runs or only waits."""

    lasts: float
    now: Conditions
    runs: bool = True


_NOTHING = Conditions(speed=0.0, rate=0.0, interval=math.inf, write=0.0, restart=0.0)


class Job(NamedTuple):
    """How far a job is. It works, writes a checkpoint, works again, until a fault stops it."""

    saved: float = 0.0  # work that a checkpoint holds
    unsaved: float = 0.0  # work since then
    worked: float = 0.0  # time of that work
    written: float = 0.0  # time spent on the checkpoint that is being written
    down: float = 0.0  # time until it goes on after a fault

    def after(self, time: float, now: Conditions) -> Job:
        """The job after so much time of running without a fault."""
        if time < self.down:
            return Job(self.saved, down=self.down - time)
        time -= self.down
        work = 0.0 if self.written else max(now.interval - self.worked, 0.0)  # still to do before the write
        done = min(time, work)
        unsaved, worked = self.unsaved + now.speed * done, self.worked + done
        if time < work:
            return Job(self.saved, unsaved, worked)
        written = self.written + time - work
        if written < now.write:
            return Job(self.saved, unsaved, worked, written)
        return _whole_cycles(self.saved + unsaved, written - now.write, now)

    def stopped(self, restart: float) -> Job:
        """The job as a fault leaves it."""
        return Job(self.saved, down=restart)


def _whole_cycles(saved: float, time: float, now: Conditions) -> Job:
    """A job that has just written a checkpoint, after so much more time without a fault."""
    cycles, rest = divmod(time, now.interval + now.write)
    worked = min(rest, now.interval)
    return Job(saved + cycles * now.interval * now.speed, now.speed * worked, worked, rest - worked)


class JobLife(ABC):
    """A job from fault to fault, whoever lets the time pass: a window, or an amount of work to be done.

    `look` tells what comes next, None once it is over.
    """

    def __init__(self, look: Callable[[Job], Stretch | None]) -> None:
        self.job, self.faults = Job(), 0
        self._look = look
        self._stretch = Stretch(0.0, _NOTHING, runs=False)

    def counts(self) -> dict[str, float]:
        """How often what happened, by name, as a record tells it."""
        return {"faults": float(self.faults)}

    @abstractmethod
    def wait(self) -> float | None:
        """How long nothing happens: until the next fault, or the end of a stretch; None at the very end."""

    @abstractmethod
    def after(self, time: float) -> Job:
        """The job when so much time has passed, at most what `wait` said, and no fault has come."""

    @abstractmethod
    def go_on(self, time: float) -> None:
        """Let time pass, at most what `wait` said; then a fault strikes if it is due."""


class BreakdownLife(JobLife):
    """A job whose failed node is there again after the restart.

    `luck` is a run of uniforms, one a fault: the n-th is spent on the hazard between the fault before it and
    the n-th, -log(1 - u), whatever the rate is meanwhile.
    """

    def __init__(self, look: Callable[[Job], Stretch | None], luck: Iterator[float]) -> None:
        super().__init__(look)
        self._luck = luck
        self._ahead = self._hazard()  # faults to be expected until the next one comes
        self._fault = math.inf  # time until then

    def wait(self) -> float | None:
        """As `JobLife.wait`."""
        stretch = self._look(self.job)
        if stretch is None:
            return None
        self._stretch, rate = stretch, stretch.now.rate
        self._fault = self._ahead / rate if rate > 0 else math.inf
        return min(self._fault, stretch.lasts)

    def after(self, time: float) -> Job:
        """As `JobLife.after`."""
        return self.job.after(time, self._stretch.now) if self._stretch.runs else self.job

    def go_on(self, time: float) -> None:
        """As `JobLife.go_on`."""
        self.job, now = self.after(time), self._stretch.now
        if time >= self._fault:
            self.job, self.faults = self.job.stopped(now.restart), self.faults + 1
            self._ahead = self._hazard()
        else:
            self._ahead = max(self._ahead - time * now.rate, 0.0)

    def _hazard(self) -> float:
        return -math.log1p(-next(self._luck))


class Breakdowns:
    """A team's job in its window: the SimPy process of its faults, and the training that counts.

    The last checkpoint is written up to the window's close, whatever the job did before; a fault while it is
    written loses the work since the one before. `given` tells the conditions of the hardware that the team
    has, None without any; `live` makes the job's life, which asks what comes next.
    """

    def __init__(
        self,
        env: Environment,
        window: tuple[float, float],
        given: Callable[[], Conditions | None],
        live: Callable[[Callable[[Job], Stretch | None]], JobLife],
    ) -> None:
        self.env, (self.opens, self.closes), self._given = env, window, given
        self.life = live(self._look)
        self._now: Conditions | None = None  # of the hardware that it has
        self._waiting_since: float | None = None  # None before the window and after it
        self._process = env.process(self._run())

    def trained(self) -> float:
        """Training that counts by now: what checkpoints hold, and at the close all that has not been lost."""
        job = self.life.job
        if self._waiting_since is not None:
            job = self.life.after(self.env.now - self._waiting_since)
        return job.saved + job.unsaved if self.env.now >= self.closes else job.saved

    def change(self) -> None:
        """The hardware is another from now on. Nothing is lost: the job goes on with it."""
        if self._waiting_since is not None:
            self._process.interrupt()

    def _run(self) -> Generator[Event, Any, None]:
        if self.env.now < self.opens:
            yield self.env.timeout(self.opens - self.env.now)
        self._look_around()
        while (wait := self.life.wait()) is not None:
            self._waiting_since = self.env.now
            try:
                yield self.env.timeout(wait)
                self.life.go_on(wait)
            except Interrupt:
                self.life.go_on(min(self.env.now - self._waiting_since, wait))
                self._look_around()
        self._waiting_since = None

    def _look(self, job: Job) -> Stretch | None:
        left, now = self.closes - self.env.now, self._now
        if left <= 0:
            return None
        if now is None:
            return Stretch(left, _NOTHING, runs=False)
        if left - now.write < _MOMENT:  # the last checkpoint is written, if there is anything to save
            return Stretch(left, now if job.unsaved else _NOTHING, runs=False)
        if not job.unsaved and not _goes_on(now) and now.rate * (job.down + now.write) > _HOPELESS:
            return Stretch(left - now.write, _NOTHING, runs=False)
        return Stretch(left - now.write, now)

    def _look_around(self) -> None:
        """Note the team's hardware. Raises `ValueError` if its faults are too many to be played."""
        self._now = now = self._given()
        if now is None or (not _goes_on(now) and now.rate * (now.restart + now.write) > _HOPELESS):
            return
        rate = now.rate if now.nodes is None else now.nodes.all * now.nodes.rate
        faults = rate * (self.closes - self.env.now)
        if faults > _MOST:
            raise ValueError(
                f"faults.mode each: a team would have {faults:.2g} faults in a window, "
                f"expected at most {_MOST:.0e}; take average"
            )


def _goes_on(now: Conditions) -> bool:
    return now.nodes is not None and now.nodes.goes_on


def unbroken(inputs: Inputs, team: int) -> bool:
    """Whether a team's job never stops nor writes a checkpoint: it has no faults and Daly's optimum."""
    return not inputs.faults.rate[team] and _best(inputs, team)


def conditions(inputs: Inputs, team: int, gpus: float, speed: float) -> Conditions | None:
    """What holds for a team's job on `gpus` GPUs that do `speed` FLOP a day; times in days."""
    nodes = _nodes_of(inputs, team, gpus)
    if not gpus or (nodes is not None and not nodes.training):
        return None
    faults = inputs.faults
    hourly = gpus * float(faults.rate[team])
    if nodes is not None:
        hourly = nodes.training * nodes.rate / HOURS_PER_DAY
        speed *= nodes.training / nodes.all
    rate = min(max(hourly, _LEAST_RATE), _GREATEST_RATE)  # an hour, as all that follows
    write, restart = float(faults.write[team]), float(faults.restart[team])
    if nodes is not None and nodes.goes_on and _best(inputs, team):
        interval, write = math.inf, 0.0  # nothing is lost that a checkpoint could save
    elif faults.interval is None or _best(inputs, team):
        interval = float(daly_interval(1 / rate, write))
    else:
        interval = float(faults.interval[team])
    return Conditions(
        speed=speed,
        rate=rate * HOURS_PER_DAY,
        interval=interval / HOURS_PER_DAY,
        write=write / HOURS_PER_DAY,
        restart=restart / HOURS_PER_DAY,
        nodes=nodes,
    )


def _nodes_of(inputs: Inputs, team: int, gpus: float) -> NodeConditions | None:
    recovery = inputs.faults.recovery
    if recovery is None:
        return None
    found = nodes_of_jobs(np.full(len(inputs.teams), gpus), inputs.faults, recovery)
    return NodeConditions(
        all=int(found.all[team]),
        training=int(found.training[team]),
        rate=float(found.rate[team]) * HOURS_PER_DAY,
        repair=float(recovery.repair[team]) / HOURS_PER_DAY,
        pause=float(recovery.pause[team]) / HOURS_PER_DAY,
        goes_on=bool(recovery.goes_on[team]),
    )


def _best(inputs: Inputs, team: int) -> bool:
    interval = inputs.faults.interval
    return interval is None or math.isnan(interval[team])
