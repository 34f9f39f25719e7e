"""The kinds of numbers that a scenario holds, each with its unit and with bounds on both sides.

Every number is bounded: no real programme comes near the bounds, and within them whatever is worked out from
several numbers stays finite, so that a slip such as 1e300 for 1e3 is refused and not played.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from sim.scenario.models.laws import Finite
from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.units import (
    DAYS,
    FLOP,
    GPUS,
    HOURS,
    MINUTES,
    SECONDS,
    TFLOPS,
    money,
    share_in_percent,
    unit,
)

MOST_TEAMS = 10_000
MOST_POINTS = 1e6
"""Points of a block; a total may be a thousand times as many."""
MOST_DAYS = 1e6
"""Days of a delay or a shift; dates themselves lie between 1990 and 2200."""

TINIEST = 1e-30
"""Products of a few numbers nearer to 0 than this are 0, by which nothing can be divided."""


def format_bound(number: float) -> str:
    """Write a bound as people read it: `1,000,000,000`, `0.25`, `1e40`."""
    if 1e4 <= abs(number) < 1e13:
        return f"{number:,.0f}"
    return f"{number:g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


def _found(value: Number) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    least, greatest = extremes(value)
    return f"values from {least:.4g} to {greatest:.4g}"


@dataclass(frozen=True)
class Bounds:
    """A check that all possible values lie in [low, high]."""

    low: float
    high: float
    above: bool = False  # whether low itself is excluded: only told, of bounds that pydantic checks

    def __str__(self) -> str:
        return f"{self._at_least()} and {self._at_most()}"

    def __call__(self, value: Number) -> Number:
        """Return the value itself; raises `ValueError` if it may lie outside."""
        least, greatest = extremes(value)
        if least < self.low or greatest > self.high:
            expected = self._violated(least < self.low, greatest > self.high)
            raise ValueError(f"{_found(value)}, expected {expected}{self._percent(value)}")
        if 0 < max(abs(least), abs(greatest)) < TINIEST:
            raise ValueError(f"{_found(value)}, expected 0, or a number that is not so near to it")
        return value

    def _violated(self, too_low: bool, too_high: bool) -> str:
        """Which of the bounds is not kept; both where both mean something, as those of a share do."""
        # A bound such as 1e9 GPUs only catches slips, and is not worth naming beside the one that matters.
        if self.high < MOST_TEAMS or (too_low and too_high):
            return str(self)
        return self._at_least() if too_low else self._at_most()

    def _at_least(self) -> str:
        return f"{'above' if self.above else 'at least'} {format_bound(self.low)}"

    def _at_most(self) -> str:
        return f"at most {format_bound(self.high)}"

    def _percent(self, value: Number) -> str:
        """How a share is written, for whoever has left out the sign."""
        if (self.low, self.high) != (0, 1) or not isinstance(value, float) or not 1 < value <= 100:
            return ""
        return f", such as {value / 100:g} or {value:g} %"


def within(low: float, high: float) -> AfterValidator:
    """`Bounds` as a validator."""
    return AfterValidator(Bounds(low, high))


Fraction = Annotated[Number, within(0, 1), share_in_percent]
"""A share, or a chance; `23 %` is 0.23."""
Correlation = Annotated[Number, within(-1, 1)]
TeamCount = Annotated[Number, within(0, MOST_TEAMS)]

Gpus = Annotated[Number, within(0, 1e9), unit(GPUS)]
GpusPerNode = Annotated[Number, within(1, 1e6)]
Teraflops = Annotated[Number, within(1e-6, 1e9), unit(TFLOPS)]
Factor = Annotated[Number, within(1e-3, 1e6)]
"""How many times something counts."""
Flop = Annotated[Number, within(1, 1e40), unit(FLOP)]
KrwPerHour = Annotated[Number, within(0, 1e15), money]
Money = Annotated[Number, within(0, 1e18), money]

Days = Annotated[Number, within(0, MOST_DAYS), unit(DAYS)]
Extension = Annotated[Number, within(0, 3660), unit(DAYS)]
"""Days by which a window may be longer than it was meant to be: ten years, or any calendar ends."""
ShiftDays = Annotated[Number, within(-MOST_DAYS, MOST_DAYS), unit(DAYS)]
Hours = Annotated[Number, within(1e-6, 1e6), unit(HOURS)]
HoursADay = Annotated[Number, within(0, 24), unit(HOURS)]
DaysAMonth = Annotated[Number, within(0, 30), unit(DAYS)]
"""Days of a month, which counts 30."""
Minutes = Annotated[Number, within(0, 1e7), unit(MINUTES)]
Seconds = Annotated[Number, within(0, 1e9), unit(SECONDS)]
People = Annotated[Number, within(1, 1e6)]
FaultRate = Annotated[Number, within(0, 1e6)]

Eci = Annotated[Number, within(-1e4, 1e4)]
"""A strength, or a difference of strengths; and what a year adds to it."""
EciSpread = Annotated[Number, within(0, 1e4)]
StrengthSpread = Annotated[Number, within(0, MOST_POINTS)]
"""A standard deviation in units that a scenario chooses, points for instance."""
EciGrowth = Annotated[Number, within(1e-3, 1e4)]
"""A growth by which a gap is divided to tell it in months."""
TargetEci = Annotated[Number, within(50, 250)]
"""A strength whose accuracy on benchmarks is neither nothing nor everything."""

Points = Annotated[Number, within(-MOST_POINTS, MOST_POINTS)]
PointsSpread = Annotated[Number, within(0, MOST_POINTS)]
TotalPoints = Annotated[Number, within(0, 1e3 * MOST_POINTS)]
MaxPoints = Annotated[Finite, Field(gt=0, le=MOST_POINTS)]
"""The greatest number of points that can be given, which is never drawn."""
