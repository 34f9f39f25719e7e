"""A figure beside its bar, and how slow the machine is on which it was taken."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median, quantiles

import numpy as np

QUIET = 0.08
"""Seconds of `slowness`'s loop on the quiet machine of two cores on which the bars were met."""


@dataclass(frozen=True)
class Measure:
    """What was found, and what it may be at most."""

    what: str
    found: float
    bar: float
    unit: str = ""
    p90: float | None = None
    varies: bool = False  # from one try to the next, and more on a slow machine

    @property
    def line(self) -> str:
        """The measure as a line of a table."""
        digits = 2 if self.unit in ("s", "MB") and self.bar < 10 else 0
        what = f"{self.what}, {self.unit}" if self.unit else self.what
        p90 = "" if self.p90 is None else f"{self.p90:.{digits}f}"
        verdict = "" if self.found <= self.bar else "  MISSED"
        return f"{what:<58}{self.found:>7.{digits}f}{p90:>7}{self.bar:>7.{digits}f}{verdict}"

    def holds(self, factor: float, slow: float) -> bool:
        """Whether it is within its bar; what varies, within `factor` of it, and more on a slower machine."""
        return self.found <= self.bar * (factor * slow if self.varies else 1)


def of_many(what: str, found: list[float], bar: float) -> Measure:
    """Return the median of many times, in milliseconds."""
    return Measure(what, median(found), bar, "ms", quantiles(found, n=10)[-1], varies=True)


def tell(title: str, measures: Iterable[Measure]) -> list[Measure]:
    """Print a table as its measures are taken, and return them."""
    print(f"\n{title:<58}{'found':>7}{'p90':>7}{'asked':>7}")
    told = []
    for each in measures:
        print(each.line, flush=True)
        told.append(each)
    return told


def slowness() -> float:
    """Return how many times as long as on the quiet machine a loop takes here, at least 1."""
    numbers = np.random.default_rng(1).random(1_000_000)

    def loop() -> float:
        began = time.perf_counter()
        for _ in range(5):
            np.sort(np.log(numbers))
        sum(i * i for i in range(500_000))
        return time.perf_counter() - began

    return max(1.0, median(loop() for _ in range(7)) / QUIET)
