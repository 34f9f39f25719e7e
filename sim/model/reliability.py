"""Faults, checkpoints and what they cost: Daly 2006 (FGCS 22:303).

A fault stops the whole job and loses the work since the last checkpoint; faults may strike during a
restart as well. Times are in hours and arrays of any shape; `mttf` may be infinite (no faults).
"""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats, Numbers

HOURS_PER_DAY = 24.0


def fault_rate(nodes: Numbers, per_node_day: Numbers) -> Floats:
    """Faults an hour of a job on `nodes` nodes: one fault anywhere stops it."""
    return np.asarray(nodes * per_node_day / HOURS_PER_DAY)


def mean_time_to_fault(nodes: Numbers, per_node_day: Numbers) -> Floats:
    """Mean hours between faults of a job on `nodes` nodes; infinite without nodes or faults."""
    rate = fault_rate(nodes, per_node_day)
    return np.divide(1.0, rate, out=np.full_like(rate, np.inf), where=rate > 0)


def young_interval(mttf: Numbers, write: Numbers) -> Floats:
    """Work between checkpoints after Young 1974: sqrt(2 write mttf)."""
    return np.sqrt(2 * np.asarray(write, dtype=np.float64) * mttf)


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


def wall_clock(work: Numbers, mttf: Numbers, restart: Numbers, write: Numbers, interval: Numbers) -> Floats:
    """Expected hours to do `work` hours of work: M e^(R/M) (e^((tau+delta)/M) - 1) Ts / tau."""
    m, r, tau = (np.asarray(x, dtype=np.float64) for x in (mttf, restart, interval))
    return m * np.exp(r / m) * np.expm1((tau + write) / m) * work / tau


def wall_clock_safe_restart(
    work: Numbers, mttf: Numbers, restart: Numbers, write: Numbers, interval: Numbers
) -> Floats:
    """As `wall_clock` if no fault can strike during a restart: (M + R) (e^((tau+delta)/M) - 1) Ts / tau."""
    m, r, tau = (np.asarray(x, dtype=np.float64) for x in (mttf, restart, interval))
    return (m + r) * np.expm1((tau + write) / m) * work / tau


def wall_clock_sd(
    work: Numbers, mttf: Numbers, restart: Numbers, write: Numbers, interval: Numbers
) -> Floats:
    """Standard deviation in hours of the time that `wall_clock` expects, segments being independent.

    A segment of length L = tau + delta succeeds at once with probability e^(-L/M); otherwise a fault at
    F < L is followed by tries of length R + L until one has no fault. Moments by renewal.
    """
    m, r, tau = (np.asarray(x, dtype=np.float64) for x in (mttf, restart, interval))
    length, success, fault, fault_square = _first_try(m, tau + write)
    whole = length + r
    mean = m * np.expm1(whole / m)
    square = m**2 * (np.exp(2 * whole / m) - 2 * whole / m * np.exp(whole / m) - 1) + mean**2
    first = success * length + (1 - success) * (fault + mean)
    second = success * length**2 + (1 - success) * (fault_square + 2 * fault * mean + square)
    return np.sqrt((second - first**2) * work / tau)


def wall_clock_sd_safe_restart(
    work: Numbers, mttf: Numbers, restart: Numbers, write: Numbers, interval: Numbers
) -> Floats:
    """Standard deviation in hours of the time that `wall_clock_safe_restart` expects.

    The number of failed tries is geometric; each costs the time to its fault and a restart.
    """
    m, r, tau = (np.asarray(x, dtype=np.float64) for x in (mttf, restart, interval))
    _, success, fault, fault_square = _first_try(m, tau + write)
    failures = (1 - success) / success
    variance = failures * (fault_square - fault**2) + failures / success * (fault + r) ** 2
    return np.sqrt(variance * work / tau)


def _first_try(m: Floats, length: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Length, chance of success, and the first two moments of the time to the fault when it fails."""
    success = np.exp(-length / m)
    failure = -np.expm1(-length / m)
    fault = m - length * success / failure
    fault_square = 2 * m**2 - success * (length**2 + 2 * m * length) / failure
    return length, success, fault, fault_square


def availability(rate: Floats, restart: Numbers, write: Numbers, interval: Floats | None) -> Floats:
    """Share of the wall clock that is work that counts: 1 / `wall_clock` of one hour.

    `rate` is faults an hour and may be 0; `write` is above 0. `interval` None, or nan for single teams,
    stands for Daly's optimum, which without faults writes no checkpoint, so that the share is 1.
    """
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
