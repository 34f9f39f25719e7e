"""Strength in ECI to accuracy on known benchmarks, refitted from Epoch AI's public data.

Ho et al. 2025, "A Rosetta Stone for AI Benchmarks".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats, Numbers


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
