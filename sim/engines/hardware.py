"""Every team's GPUs as time passes, and the training that they have done."""

from __future__ import annotations

import numpy as np
from simpy import Environment

from sim.engines.evaluation import rate_of_training
from sim.engines.inputs import Inputs
from sim.model.cost import gpu_hours
from sim.model.draws import Floats
from sim.model.points import Bools


class Hardware:
    """GPUs of a window, (hardware, teams), and its training, put down team by team when something changes."""

    def __init__(self, env: Environment, inputs: Inputs) -> None:
        self.env, self.inputs = env, inputs
        self.factor = np.ones(len(inputs.teams))  # speed against normal
        self.open(env.now)

    def open(self, closes: float) -> None:
        """A window opens: teams have their own GPUs and have trained nothing yet."""
        self.gpus = self.inputs.own
        self.hours = np.zeros(self.gpus.shape)  # granted GPU-hours
        self._opens, self._closes = self.env.now, closes
        self._done: Floats | float = 0.0  # FLOP of each team that are put down
        self._since: Floats | float = self.env.now  # up to when they are
        self._rate: Floats | None = None  # FLOP a day; None: not yet worked out
        self._told: tuple[float, Floats] | None = None  # when `trained` was asked last, and its answer

    def deliver(self, granted: Floats) -> None:
        """Grants arrive now and stay until the window closes, at the end of a day."""
        if self.env.now > self._opens:
            self._put_down(np.logical_or.reduce(granted, axis=0))
        self.hours = self.hours + gpu_hours(granted, self._closes - self.env.now)
        self.gpus, self._rate = self.gpus + granted, None

    def set_speed(self, team: int, factor: float) -> None:
        """From now on the team's GPUs run at `factor` of their normal speed."""
        self._put_down(np.arange(self.factor.size) == team)
        self.factor[team] = factor
        self._told = None

    def trained(self) -> Floats:
        """FLOP of each team in this window up to now, or up to its close."""
        if self._told is None or self._told[0] != self.env.now:
            if self._rate is None:
                self._rate = rate_of_training(self.inputs, self.gpus)
            lately = self._rate * self.factor * (min(self.env.now, self._closes) - self._since)
            self._told = self.env.now, self._done + lately
        return self._told[1]

    def _put_down(self, teams: Bools) -> None:
        """Put down the training of `teams`; the others' sums stay as they are, lest they round otherwise."""
        self._done = np.where(teams, self.trained(), self._done)
        self._since = np.where(teams, min(self.env.now, self._closes), self._since)
