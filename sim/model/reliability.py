"""Faults, checkpoints and what they cost: Daly 2006 (FGCS 22:303).

A fault stops the whole job and loses the work since the last checkpoint; faults may strike during a
restart as well. Times are in hours and arrays of any shape.
"""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats, Numbers

HOURS_PER_DAY = 24.0


def fault_rate(nodes: Numbers, per_node_day: Numbers) -> Floats:
    """Faults an hour of a job on `nodes` nodes: one fault anywhere stops it."""
    return np.asarray(nodes * per_node_day / HOURS_PER_DAY)


def daly_interval(mttf: Numbers, write: Numbers) -> Floats:
    """Work between checkpoints, Daly's higher-order optimum, for finite `mttf`."""
    return _optimum(np.divide(write, mttf)) * mttf


def _optimum(write: Floats) -> Floats:
    """Daly's optimum with both times in units of the mean time to a fault.

    sqrt(2 d) (1 + sqrt(d / 2) / 3 + d / 18) - d, that is 6 x (1 - x)^2 with x = sqrt(d / 18); 1 if d >= 2.
    """
    x = np.sqrt(write / _EIGHTEEN)
    rest = _ONE - x
    return np.where(x < _THIRD, _SIX * x * rest * rest, _ONE)


_ONE, _SIX, _EIGHTEEN, _THIRD = (np.array(number) for number in (1.0, 6.0, 18.0, 1 / 3))
"""As arrays, since NumPy takes its time to convert a Python number, and events ask one by one."""


def availability(rate: Floats, restart: Numbers, write: Numbers, interval: Floats | None) -> Floats:
    """Share of the wall clock that is work that counts: tau / (M e^(R/M) (e^((tau + delta)/M) - 1)).

    `rate` is faults an hour and may be 0; `write` is above 0. `interval` None, or nan for single teams,
    stands for Daly's optimum, which without faults writes no checkpoint, so that the share is 1.
    """
    # In units of the mean time to a fault from here on, so that the formula has one form for all rates.
    rate = np.maximum(rate, _RAREST)
    write = rate * write
    work = _optimum(write)
    if interval is not None:
        work = np.where(np.isnan(interval), work, rate * interval)
    lost = np.exp(np.minimum(rate * restart, _ENDLESS)) * np.expm1(np.minimum(work + write, _ENDLESS))
    share: Floats = work / lost
    return share


_RAREST = np.array(1e-200)
"""Stands for 0 where a formula would be 0 / 0; its effect is far below a float's last bit."""

_ENDLESS = np.array(300.0)
"""Exponent above which the share is 0 for every purpose; e to twice this power is still a float."""
