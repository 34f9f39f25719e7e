"""Compute and date to a model's strength, in points of the Epoch Capabilities Index (ECI), and to accuracy.

Accuracy on known benchmarks is refitted from Epoch AI's public data (Ho et al. 2025, "A Rosetta Stone for AI
Benchmarks").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats, Numbers

DAYS_PER_YEAR = 365.25
MONTHS_PER_YEAR = 12

_NOTHING, _MISSING = np.array(0.0), np.array(np.nan)


def years_between(day: Numbers, origin: Numbers) -> Floats:
    """Years from `origin` to `day`, both in days since 1970-01-01."""
    return (np.asarray(day, dtype=np.float64) - origin) / DAYS_PER_YEAR


def strength_without_compute(years: Numbers, level: Numbers, per_year: Numbers, luck: Numbers) -> Floats:
    """q0 + g t + luck in ECI: what a model of the reference compute has, `years` after the reference date.

    `luck` = effect + a + h of the team.
    """
    return np.asarray(level + per_year * years + luck)


def capability(
    compute: Floats, reference_compute: Numbers, per_tenfold: Numbers, without_compute: Numbers
) -> Floats:
    """Q = q0 + g t + luck + kappa log10(C / C_ref) in ECI; missing (nan) where there is no compute.

    `compute` in FLOP; `without_compute` is all but the last term.
    """
    # Each tenfold of compute adds as much as the one before: 4.0 ECI within families of models such as LLaMA,
    # 7.4 across laboratories (which differ in more than compute); the default lies halfway.
    decades = np.log10(np.where(compute > _NOTHING, compute, _MISSING) / reference_compute)
    return without_compute + per_tenfold * decades


def frontier(years: Numbers, level: Numbers, growth: Numbers) -> Floats:
    """Strength of the world's best model `years` after the date of `level`, in ECI."""
    return level + np.asarray(growth, dtype=np.float64) * years


def months_behind(gap: Numbers, growth: Numbers) -> Floats:
    """A gap in ECI as months of the frontier's growth (ECI a year)."""
    return np.asarray(gap, dtype=np.float64) / growth * MONTHS_PER_YEAR


class Benchmark(NamedTuple):
    """Accuracy = sigmoid(slope (ECI - difficulty))."""

    difficulty: float
    slope: float


BASKET = {
    "MMLU": Benchmark(106.469314363, 0.076138180415),
    "GPQA diamond": Benchmark(129.190062621, 0.08911260655),
    "MATH level 5": Benchmark(128.19422821, 0.196303780995),
    "OTIS Mock AIME 2024-2025": Benchmark(138.336015495, 0.243777336345),
    "SWE-Bench verified": Benchmark(142.464678254, 0.052934483335),
    "LiveBench": Benchmark(129.478330476, 0.09264688892),
    "FrontierMath T1-3": Benchmark(154.27174844, 0.18189381499),
    "Terminal Bench": Benchmark(156.608862212, 0.044740992615),
}


def accuracy(eci: Numbers, benchmark: Benchmark) -> Floats:
    """Expected share of right answers of a model of strength `eci`."""
    distance = benchmark.slope * (np.asarray(eci, dtype=np.float64) - benchmark.difficulty)
    share: Floats = 0.5 * (1 + np.tanh(0.5 * distance))  # the sigmoid, without overflow
    return share


def basket_accuracy(eci: Numbers) -> Floats:
    """Mean accuracy over the basket of eight benchmarks."""
    total = np.zeros_like(np.asarray(eci, dtype=np.float64))
    for benchmark in BASKET.values():
        total = total + accuracy(eci, benchmark)
    return total / len(BASKET)
