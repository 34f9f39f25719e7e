"""Every team's GPUs as time passes, and the training that they have done."""

from __future__ import annotations

import numpy as np
from simpy import Environment

from sim.engines.evaluation import rate_of_training
from sim.engines.inputs import Inputs
from sim.model.cost import gpu_hours
from sim.model.draws import Floats


class Hardware:
    """GPUs of a window, (hardware, teams); training is added up whenever something changes."""

    def __init__(self, env: Environment, inputs: Inputs) -> None:
        self.env, self.inputs = env, inputs
        self.gpus = np.zeros(inputs.own.shape)
        self.hours = np.zeros(inputs.own.shape)  # granted GPU-hours
        self.factor = np.ones(len(inputs.teams))  # speed against normal
        self._done = np.zeros(len(inputs.teams))  # FLOP
        self._rate: Floats | None = np.zeros(len(inputs.teams))  # FLOP a day; None: not yet worked out
        self._since = env.now

    def open(self) -> None:
        """A window opens: teams have their own GPUs and have trained nothing yet."""
        self._done = np.zeros(self._done.size)
        self.hours = np.zeros(self.hours.shape)
        self._hold(self.inputs.own)

    def deliver(self, granted: Floats, closes: float) -> None:
        """Grants arrive now and stay until the window closes, at the end of a day."""
        self.hours = self.hours + gpu_hours(granted, closes - self.env.now)
        self._hold(self.gpus + granted)

    def set_speed(self, team: int, factor: float) -> None:
        """From now on the team's GPUs run at `factor` of their normal speed."""
        self._advance()
        self.factor[team] = factor

    def trained(self) -> Floats:
        """FLOP of each team in this window up to now."""
        self._advance()
        return self._done

    def close(self) -> None:
        """The window is over: nobody trains, and the grants are back."""
        self.gpus = self.inputs.own
        self._since = self.env.now
        self._rate = np.zeros(len(self.inputs.teams))

    def _hold(self, gpus: Floats) -> None:
        self._advance()
        self.gpus, self._rate = gpus, None

    def _advance(self) -> None:
        elapsed = self.env.now - self._since
        if elapsed:
            if self._rate is None:
                self._rate = rate_of_training(self.inputs, self.gpus)
            self._done = self._done + self._rate * self.factor * elapsed
            self._since = self.env.now
