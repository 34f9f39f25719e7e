"""Closed forms from the literature against which the simulator is tested, and which it does not need itself.

Faults and checkpoints: Daly 2006 (FGCS 22:303). A fault stops the whole job and loses the work since the last
checkpoint; faults may strike during a restart as well, unless said otherwise. Times are in hours, arrays of
any shape; `mttf` may be infinite (no faults). The published scale: Ho et al. 2025, "A Rosetta Stone for AI
Benchmarks"; Epoch AI, "Interpreting the ECI".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.capability import BASKET, accuracy
from sim.model.chinchilla import LossLaw
from sim.model.compute import SECONDS_PER_DAY, fault_rate, training_rate
from sim.model.draws import Floats, Numbers

ANCHORS = (130.0, 150.0)
"""ECI of Claude 3.5 Sonnet and of GPT-5, which fix the scale."""


RAW_ANCHORS = (1.805797, 2.645294)
"""Their raw values in the refit of the public data."""


RAW_INTERCEPT, RAW_PER_DECADE, RAW_PER_YEAR = -6.6235, 0.3107, 0.3747
"""Regression of the raw value on log10 compute (FLOP) and years since 2023-02-24; 68 models, R2 0.897."""


def compute_from_tokens(active_parameters: float, tokens: float) -> float:
    """FLOP to train on `tokens` tokens: 6 N D (Kaplan et al. 2020)."""
    return 6 * active_parameters * tokens


def training_compute(gpus: float, peak: float, mfu: float, days: float) -> float:
    """FLOP of GPUs of `peak` FLOP/s at utilisation `mfu` over `days` days, by the rate that engines use."""
    one = np.ones((1, 1))
    return float(training_rate(gpus * one, peak * mfu * SECONDS_PER_DAY * one)[0] * days)


def implied_mfu(compute: float, gpus: float, peak: float, days: float) -> float:
    """Utilisation at which `gpus` GPUs of `peak` FLOP/s do `compute` FLOP in `days` days."""
    return compute / training_compute(gpus, peak, 1.0, days)


def mean_time_to_fault(nodes: Numbers, per_node_day: Numbers) -> Floats:
    """Mean hours between faults of a job on `nodes` nodes; infinite without nodes or faults."""
    rate = fault_rate(nodes, per_node_day)
    return np.divide(1.0, rate, out=np.full_like(rate, np.inf), where=rate > 0)


def young_interval(mttf: Numbers, write: Numbers) -> Floats:
    """Work between checkpoints after Young 1974: sqrt(2 write mttf)."""
    return np.sqrt(2 * np.asarray(write, dtype=np.float64) * mttf)


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


class Scale(NamedTuple):
    """ECI = shift + factor x raw."""

    shift: float
    factor: float


def eci_scale(raw_low: float, raw_high: float) -> Scale:
    """The affine map that takes the raw values of the two anchor models to 130 and 150."""
    factor = (ANCHORS[1] - ANCHORS[0]) / (raw_high - raw_low)
    return Scale(ANCHORS[0] - factor * raw_low, factor)


def published_law(log10_compute: Numbers, years: Numbers) -> Floats:
    """ECI of a model with 10^log10_compute FLOP, `years` after 2023-02-24, by the published regression."""
    raw = RAW_INTERCEPT + RAW_PER_DECADE * np.asarray(log10_compute) + RAW_PER_YEAR * np.asarray(years)
    scale = eci_scale(*RAW_ANCHORS)
    return scale.shift + scale.factor * raw


def basket_slope(eci: Numbers) -> Floats:
    """Gain in `basket_accuracy` by one ECI."""
    total = np.zeros_like(np.asarray(eci, dtype=np.float64))
    for benchmark in BASKET.values():
        share = accuracy(eci, benchmark)
        total = total + benchmark.slope * share * (1 - share)
    return total / len(BASKET)


def best_size(compute: Numbers, law: LossLaw) -> Floats:
    """Return the parameters at which FLOP are best spent: G (C / 6)^(beta / (alpha + beta)).

    G = (alpha A / beta B)^(1 / (alpha + beta)); Hoffmann et al. 2022.
    """
    alpha, beta = law.parameters_exponent, law.tokens_exponent
    balance = np.divide(np.multiply(alpha, law.parameters), np.multiply(beta, law.tokens))
    both = np.add(alpha, beta)
    return np.asarray(balance ** np.divide(1, both) * np.divide(compute, 6) ** np.divide(beta, both))
