"""Training compute: what GPUs do, what faults and checkpoints take of it, and what it costs.

A fault stops the whole job and loses the work since the last checkpoint; faults may strike during a
restart as well: Daly 2006 (FGCS 22:303). Times of faults are in hours and their arrays of any shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.draws import Floats, Numbers

if TYPE_CHECKING:
    from sim.model.recovery import RecoveryInputs

HOURS_PER_DAY = 24.0
SECONDS_PER_DAY = 86_400.0
TERA = 1e12


def fold(values: Floats) -> Floats:
    """Sum over axis -2 (hardware types, items) from the first to the last."""
    # NumPy's own sum groups the terms by the layout in memory, so that a replication would round otherwise
    # alone than among others, and in one engine otherwise than in the other.
    if values.shape[-2] == 0:  # a programme without hardware, a stage without points
        return np.zeros(values.shape[:-2] + values.shape[-1:], order="F")
    if values.shape[-2] == 1:
        return values[..., 0, :]
    total: Floats = values[..., 0, :] + values[..., 1, :]
    for i in range(2, values.shape[-2]):
        total += values[..., i, :]
    return total


@dataclass
class FaultInputs:
    """What stops training jobs, and for how long; arrays are (..., teams)."""

    rate: Floats  # faults an hour for each GPU: one fault anywhere stops the team's whole job
    restart: Floats  # hours
    write: Floats  # hours
    interval: Floats | None  # hours; None, or nan for single teams: Daly's optimum
    recovery: RecoveryInputs | None = None  # None: a failed node is there again after the restart


def training_rate(gpus: Floats, speed: Floats) -> Floats:
    """FLOP a day of each team, (..., teams), on `gpus`, (..., hardware, teams), while nothing stops them.

    `speed` is FLOP a day of one GPU that count: peak x MFU x share of the main run.
    """
    return fold(gpus * speed)


def effective_compute(compute: Floats, before: Floats, carry: Numbers) -> Floats:
    """C_eff = C + carry x C_eff of the stage before, in FLOP."""
    return compute + carry * before


def gpu_hours(granted: Floats, days: Numbers) -> Floats:
    """Granted GPU-hours by hardware type: GPUs x hours from delivery to close, slow or not.

    `days` from delivery to close: a number, or (..., 1, teams).
    """
    return granted * (days * HOURS_PER_DAY)


def cost(hours: Floats, price: Floats) -> Floats:
    """KRW of GPU-hours at list price, summed over hardware types; shape (..., teams)."""
    return fold(hours * price)


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
