"""Every team's GPUs as time passes, and the training that they have done."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from simpy import Environment

from sim.engines.arrivals import Turns, hours_of, rate_with_turns
from sim.engines.breakdowns import Breakdowns, Conditions, Job, JobLife, Stretch, conditions, unbroken
from sim.engines.evaluation import full_rate
from sim.engines.inputs import NO_FAULTS, Inputs, StageInputs
from sim.engines.recorder import Recorder
from sim.model.compute import fold, gpu_hours
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.scenario.problems import did_you_mean


class Lent(NamedTuple):
    """What comes of grants that are there from the start of a stage to its end."""

    rate: Floats  # (.., teams) FLOP a day on own and granted GPUs
    hours: Floats  # (.., hardware, teams) granted GPU-hours


class Loan(NamedTuple):
    """GPUs of a supply, which may go before a window closes, or be there in turns."""

    gpus: Floats  # (hardware, teams)
    turns: Turns | None


class RunningHardware:
    """GPUs of a stage, (hardware, teams), and its training, put down team by team when something changes."""

    def __init__(self, env: Environment, inputs: Inputs, record: Recorder | None = None) -> None:
        self.env, self.inputs, self.record = env, inputs, record
        self.factor: Floats | float = 1.0  # speed of teams against normal, by a user's own process
        self.jobs: dict[int, Breakdowns] = {}  # of teams whose faults are played one by one
        self._nothing = np.zeros(inputs.stages[0].own.shape)  # never written to
        first = inputs.stages[0]
        self.open(first, first.days.opens)  # a user's process may set a speed before the first stage begins

    def open(self, stage: StageInputs, opens: Floats) -> None:
        """A stage begins: from the opening of its window, (teams,), a team trains on its own GPUs."""
        self.own, self.granted = stage.own, self._nothing
        self.pace: Floats | None = None  # speed of what is lent; None: nobody's is slow
        self.hours = self._nothing  # granted GPU-hours
        self._delivered = self._nothing  # what is granted but for loans
        self._loans: list[Loan] = []
        self.jobs.clear()
        # Plain numbers where there is one window for all: it is the same, and faster. `_done`, `_since` and
        # `_closes` are then one number for all teams; as soon as teams differ, NumPy makes arrays of them.
        days = stage.days
        self._starts: float = days.starts  # type: ignore[assignment]  # Rows makes it a number
        self._opens = opens
        self._closes: Floats | float = float(days.closes[0]) if stage.at_once else days.closes
        self._done: Floats | float = 0.0  # FLOP of each team that are put down
        self._undisturbed: Floats | float = 0.0  # the same, had nothing ever failed; only where it is told
        self._storage: Floats | float = 1.0  # speed of teams against normal, by their storage
        self._since: Floats | float = self._starts if stage.at_once else opens  # up to when they are
        self._rate: Floats | None = None  # FLOP a day; None: not yet worked out
        self._told: tuple[float, Floats] | None = None  # when `trained` was asked last, and its answer

    def deliver_all(self, granted: Floats, lent: Lent) -> None:
        """All grants of the stage arrive, at its very start."""
        self.granted, self._rate, self.hours = granted, lent.rate, lent.hours
        if self.record is not None:
            self.record.now.arrivals.append((self.env.now, granted))

    def deliver(self, granted: Floats) -> None:
        """Grants arrive now and stay until their teams' windows close, at the end of a day."""
        # Training so far went at the old rate. At the very start there is none, which is the usual case.
        if self.env.now > self._starts:
            self._put_down(np.logical_or.reduce(granted, axis=0))
        self.hours = self.hours + gpu_hours(granted, self._closes - self.env.now)
        self._delivered = self._delivered + granted
        self._count_granted(granted)
        if self.record is not None:
            self.record.now.arrivals.append((self.env.now, granted))

    def lend(self, loan: Loan, ends: float) -> None:
        """GPUs of a supply arrive now, and stay until a day."""
        self._put_down(np.logical_or.reduce(loan.gpus, axis=0))
        self.hours = self.hours + hours_of(loan.gpus, ends - self.env.now, loan.turns)
        self._loans.append(loan)
        self._count_granted(loan.gpus)
        if self.record is not None:
            self.record.now.arrivals.append((self.env.now, loan.gpus))

    def take_back(self, loan: Loan) -> None:
        """A loan ends before the window closes."""
        self._put_down(np.logical_or.reduce(loan.gpus, axis=0))
        # Summed up anew: taken off a sum, they would leave what rounding left of them.
        self._loans = [other for other in self._loans if other is not loan]
        self._count_granted(loan.gpus)
        if self.record is not None:
            self.record.now.ends.append((self.env.now, loan.gpus))

    def _count_granted(self, changed: Floats) -> None:
        """Count what is granted now, after some of it has come or gone."""
        granted = self._delivered
        for loan in self._loans:
            if loan.turns is None:
                granted = granted + loan.gpus
        self.granted, self._rate = granted, None
        if self.jobs:
            self._change(np.logical_or.reduce(changed, axis=0))

    def start_over(self, team: int, day: float) -> None:
        """Lose what a team has trained in this stage: its training counts anew from a day on."""
        alone = np.arange(self.own.shape[-1]) == team
        self._done = np.where(alone, 0.0, self._done)
        self._undisturbed = np.where(alone, 0.0, self._undisturbed)
        since = np.minimum(np.maximum(day, self._opens), self._closes)
        self._since = np.where(alone, since, self._since)
        self._told = None

    def set_pace(self, teams: Bools, speed: float) -> None:
        """From now on what is lent to `teams` runs at `speed` of normal; 1 ends a slow period."""
        self._put_down(teams)
        self.pace = np.where(teams, speed, 1.0 if self.pace is None else self.pace)
        self._rate = self._told = None
        self._change(teams)
        if self.record is not None:
            self.record.now.paces.append((self.env.now, teams, speed))

    def set_speed(self, team: str | int, factor: float) -> None:
        """Run all GPUs of a team, an id or a position, at `factor` of their normal speed from now on.

        At 0 nothing is computed; it goes on when the speed is raised again. Raises `ValueError` for a team
        that the scenario does not have and for a speed that is negative or no number, `TypeError` for what
        is neither.
        """
        number, factor = _position(self.inputs.teams, team), _speed(factor)
        alone = np.arange(self.own.shape[-1]) == number
        self._put_down(alone)
        self.factor = np.where(alone, factor, self.factor)
        self._told = None
        self._change(alone)
        if self.record is not None:
            self.record.now.speeds.append((self.env.now, number, factor))

    def slow_storage(self, teams: Bools, speed: Floats) -> None:
        """From now on all GPUs of `teams` run at a `speed` of their own, (teams,); 1 ends a slow period."""
        self._put_down(teams)
        self._storage = np.where(teams, speed, self._storage)
        self._told = None
        self._change(teams)
        if self.record is not None:
            self.record.now.storages.append((self.env.now, teams, speed))

    def break_down(self, team: int, live: Callable[[Callable[[Job], Stretch | None]], JobLife]) -> None:
        """From the opening of its window on, the team's faults come one by one, if there are any."""
        if not unbroken(self.inputs, team):
            closes = self._closes if isinstance(self._closes, float) else float(self._closes[team])
            window = float(self._opens[team]), closes
            self.jobs[team] = Breakdowns(self.env, window, lambda: self._conditions(team), live)

    def undisturbed(self) -> Floats:
        """FLOP that each team would have trained by now in this stage if nothing of its own ever failed."""
        unbroken = replace(self.inputs, faults=NO_FAULTS)
        rate = rate_with_turns(unbroken, self.own, self.granted, self._part_time(), self.pace)
        return self._undisturbed + rate * self.factor * self._days()

    def _part_time(self) -> list[tuple[Floats, Turns]]:
        """What is there in turns."""
        return [(loan.gpus, loan.turns) for loan in self._loans if loan.turns is not None]

    def trained(self) -> Floats:
        """FLOP of each team in this stage up to now, or up to its window's close."""
        if self._told is None or self._told[0] != self.env.now:
            if self._rate is None:
                self._rate = rate_with_turns(
                    self.inputs, self.own, self.granted, self._part_time(), self.pace
                )
            done = self._done + self._rate * self.factor * self._storage * self._days()
            for team, job in self.jobs.items():
                done[team] = job.trained()
            self._told = self.env.now, done
        return self._told[1]

    def _days(self) -> Floats | float:
        """Days of training since the last that are put down."""
        if isinstance(self._closes, float) and isinstance(self._since, float):
            return min(self.env.now, self._closes) - self._since
        return np.maximum(np.minimum(self.env.now, self._closes) - self._since, 0.0)

    def _conditions(self, team: int) -> Conditions | None:
        """What holds for the team's job with the hardware that it has now."""
        gpus = fold(self.own + self.granted)
        speed = full_rate(self.inputs, self.own, self.granted, self.pace) * self.factor * self._storage
        return conditions(self.inputs, team, float(gpus[team]), float(speed[team]))

    def _change(self, teams: Bools) -> None:
        """Tell the jobs of `teams` that their hardware is another."""
        for team, job in self.jobs.items():
            if teams[team]:
                job.change()

    def _put_down(self, teams: Bools) -> None:
        """Put down the training of `teams`; the others' sums stay as they are, lest they round otherwise."""
        if self.env.now <= self._starts:  # nothing has been trained yet
            return
        # Not for all: a + b + c with one more break is another float, and what befalls one team must not
        # change the last bit of another's compute.
        self._done = np.where(teams, self.trained(), self._done)
        if self.inputs.tells_losses:
            self._undisturbed = np.where(teams, self.undisturbed(), self._undisturbed)
        now = np.maximum(np.minimum(self.env.now, self._closes), self._since)
        self._since = np.where(teams, now, self._since)


def _position(teams: tuple[str, ...], team: object) -> int:
    """The position of a team that is named by its id or its position."""
    if isinstance(team, str):
        if team not in teams:
            raise ValueError(f"no team '{team}' ({did_you_mean(team, teams)})")
        return teams.index(team)
    if isinstance(team, bool) or not isinstance(team, (int, np.integer)):
        raise TypeError(f"team {team!r}, expected an id such as '{teams[0]}', or a position")
    if not 0 <= team < len(teams):
        raise ValueError(f"no team {team}, expected a position from 0 to {len(teams) - 1}")
    return int(team)


def _speed(factor: object) -> float:
    if isinstance(factor, bool) or not isinstance(factor, (int, float, np.integer, np.floating)):
        raise TypeError(f"a speed of {factor!r}, expected a number")
    if not (math.isfinite(factor) and factor >= 0):
        raise ValueError(f"a speed of {factor}, expected a number of at least 0")
    return float(factor)
