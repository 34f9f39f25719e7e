"""The published scale: raw item-response values to ECI, and ECI to accuracy on known benchmarks.

Ho et al. 2025, "A Rosetta Stone for AI Benchmarks"; Epoch AI, "Interpreting the ECI".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.draws import Floats, Numbers

ANCHORS = (130.0, 150.0)
"""ECI of Claude 3.5 Sonnet and of GPT-5, which fix the scale."""

RAW_ANCHORS = (1.805797, 2.645294)
"""Their raw values in the refit of the public data."""

RAW_INTERCEPT, RAW_PER_DECADE, RAW_PER_YEAR = -6.6235, 0.3107, 0.3747
"""Regression of the raw value on log10 compute (FLOP) and years since 2023-02-24; 68 models, R2 0.897."""


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


def basket_slope(eci: Numbers) -> Floats:
    """Gain in `basket_accuracy` by one ECI."""
    total = np.zeros_like(np.asarray(eci, dtype=np.float64))
    for benchmark in BASKET.values():
        share = accuracy(eci, benchmark)
        total = total + benchmark.slope * share * (1 - share)
    return total / len(BASKET)
