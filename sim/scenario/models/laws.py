"""The laws that an uncertain number may follow: their parameters, and how far their draws can go.

The inverse CDFs are in `sim.model.quantiles`. What is worked out here needs the standard library alone, for
a file is checked before anything heavy is loaded.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from bisect import bisect_left
from statistics import NormalDist
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from sim.scenario.models.base import Model, is_number
from sim.scenario.problems import quoted

SMALLEST_U = 2.0**-53
"""The smallest uniform that can be drawn; the largest is one minus it (see `sim.model.draws`)."""

_EXTREME_NORMAL = -NormalDist().inv_cdf(SMALLEST_U)
_RANGE_NORMAL = NormalDist().inv_cdf(0.95)

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]

LARGEST = 1e40
"""No number of a scenario is larger, whatever its unit: all computing of a century is fewer FLOP."""

Parameter = Annotated[Finite, Field(ge=-LARGEST, le=LARGEST)]
PositiveParameter = Annotated[Finite, Field(gt=0, le=LARGEST)]


class Distribution(Model):
    """The parameters of one law, written as a mapping or as a list in one of the orders of `lists`."""

    lists: ClassVar[tuple[tuple[str, ...], ...]]
    forms: ClassVar[tuple[frozenset[str], ...]] = ()
    """Sets of parameters of which exactly one is given, where a law can be said in several ways."""

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, (dict, cls)):
            return value
        if not isinstance(value, list):
            raise ValueError(f"{quoted(value)}, expected its parameters: {', '.join(cls.lists[0])}")
        names = cls.names_in_list(len(value))
        if names is None:
            expected = " or ".join(f"{len(names)}: {', '.join(names)}" for names in cls.lists)
            raise ValueError(f"{len(value)} numbers, expected {expected}")
        return dict(zip(names, value, strict=True))

    @classmethod
    def names_in_list(cls, length: int) -> tuple[str, ...] | None:
        """The parameters in the order of a list of so many; None where there is no such list."""
        return next((names for names in cls.lists if len(names) == length), None)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        names = [name for name in type(self).model_fields if any(name in form for form in self.forms)]
        given = [name for name in names if getattr(self, name) is not None]
        if self.forms and set(given) not in self.forms:
            ways = [" and ".join(name for name in names if name in form) for form in self.forms]
            raise ValueError(f"{', '.join(given) or 'no parameter'}, expected either {' or '.join(ways)}")
        return self

    @abstractmethod
    def extremes(self) -> tuple[float, float]:
        """The least and the greatest value that a draw can give."""


class Continuous(Distribution):
    """A law that can be cut off at one or both ends."""

    @abstractmethod
    def tails(self, x: float) -> tuple[float, float]:
        """The probabilities below and above `x`, both exact where they are small."""


class Endless(Continuous):
    """A law of which any number may come, or any above 0: a normal one, perhaps of the logarithm."""

    @abstractmethod
    def value_at(self, z: float) -> float:
        """The value that lies `z` standard deviations of that normal law above its median."""

    def extremes(self) -> tuple[float, float]:
        """The outermost quantiles that a uniform can reach."""
        return self.value_at(-_EXTREME_NORMAL), self.value_at(_EXTREME_NORMAL)


class Normal(Endless):
    """Normal with the given mean and standard deviation."""

    lists = (("mean", "sd"),)

    mean: Parameter
    sd: Annotated[Finite, Field(ge=0, le=LARGEST)]

    def value_at(self, z: float) -> float:
        """As `Endless.value_at`."""
        return self.mean + z * self.sd

    def tails(self, x: float) -> tuple[float, float]:
        """As `Continuous.tails`."""
        return normal_tails(x - self.mean, self.sd)


class Lognormal(Endless):
    """Lognormal by its median and `sd_log`, the standard deviation of its natural logarithm; or by its range.

    The range are its 5 % and 95 % quantiles, `p5` and `p95`.
    """

    lists = (("median", "sd_log"),)
    forms = (frozenset({"median", "sd_log"}), frozenset({"p5", "p95"}))

    median: PositiveParameter | None = None
    sd_log: Annotated[Finite, Field(ge=0, le=20)] | None = None
    p5: PositiveParameter | None = None
    p95: PositiveParameter | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.p5 is not None and self.p95 is not None:
            if not self.p5 < self.p95:
                raise ValueError(f"p5 {self.p5:g} and p95 {self.p95:g}, expected p5 < p95")
            if self.spread > 20:
                raise ValueError(f"p5 {self.p5:g} and p95 {self.p95:g}, expected them nearer to each other")
        return self

    @property
    def centre(self) -> float:
        """The median."""
        if self.median is not None:
            return self.median
        assert self.p5 is not None
        assert self.p95 is not None
        return math.sqrt(self.p5) * math.sqrt(self.p95)  # the product itself may be too small for a float

    @property
    def spread(self) -> float:
        """The standard deviation of the natural logarithm."""
        if self.sd_log is not None:
            return self.sd_log
        assert self.p5 is not None
        assert self.p95 is not None
        return (math.log(self.p95) - math.log(self.p5)) / (2 * _RANGE_NORMAL)

    def value_at(self, z: float) -> float:
        """As `Endless.value_at`."""
        return self.centre * math.exp(z * self.spread)

    def tails(self, x: float) -> tuple[float, float]:
        """As `Continuous.tails`."""
        return normal_tails(math.log(x) - math.log(self.centre), self.spread) if x > 0 else (0.0, 1.0)


class Triangular(Continuous):
    """Triangular between low and high with its peak at likely."""

    lists = (("low", "likely", "high"),)

    low: Parameter
    likely: Parameter
    high: Parameter

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.low <= self.likely <= self.high and self.low < self.high):
            raise ValueError("low <= likely <= high and low < high do not hold")
        return self

    def extremes(self) -> tuple[float, float]:
        """Its ends."""
        return self.low, self.high

    def tails(self, x: float) -> tuple[float, float]:
        """As `Continuous.tails`."""
        x = min(max(x, self.low), self.high)
        width = self.high - self.low
        if x < self.likely:
            # A product of ratios: the squares of short distances could vanish.
            below = (x - self.low) / width * ((x - self.low) / (self.likely - self.low))
            return below, 1 - below
        if x == self.high:  # which may be the peak as well: 0 / 0
            return 1.0, 0.0
        above = (self.high - x) / width * ((self.high - x) / (self.high - self.likely))
        return 1 - above, above


class Uniform(Continuous):
    """Every value between low and high alike."""

    lists = (("low", "high"),)

    low: Parameter
    high: Parameter

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError("low < high does not hold")
        return self

    def extremes(self) -> tuple[float, float]:
        """Its ends."""
        return self.low, self.high

    def tails(self, x: float) -> tuple[float, float]:
        """As `Continuous.tails`."""
        x = min(max(x, self.low), self.high)
        width = self.high - self.low
        return (x - self.low) / width, (self.high - x) / width


_LEAST_SHAPE, _GREATEST_SHAPE = 1e-3, 1e5
"""Between these the inverse is good to a millionth of the probability, as far out as draws can go."""


class Beta(Continuous):
    """Beta between low and high, 0 and 1 unless said otherwise; by its shape `a`, `b` or by mean and sd."""

    lists = (("a", "b"), ("a", "b", "low", "high"))
    forms = (frozenset({"a", "b"}), frozenset({"mean", "sd"}))

    a: PositiveParameter | None = None
    b: PositiveParameter | None = None
    mean: Parameter | None = None
    sd: PositiveParameter | None = None
    low: Parameter = 0.0
    high: Parameter = 1.0

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.low < self.high:
            raise ValueError("low < high does not hold")
        if self.mean is not None and not self.low < self.mean < self.high:
            raise ValueError(f"mean {self.mean:g}, expected one between {self.low:g} and {self.high:g}")
        a, b = self.shape
        if self.mean is not None and not (a > 0 and b > 0):
            most = math.sqrt(self.mean - self.low) * math.sqrt(self.high - self.mean)
            raise ValueError(f"sd {self.sd:g}, expected less than {most:g} for that mean")
        if not (min(a, b) >= _LEAST_SHAPE and max(a, b) <= _GREATEST_SHAPE):
            expected = f"each from {_LEAST_SHAPE:g} to {_GREATEST_SHAPE:g}"
            raise ValueError(f"a {a:g} and b {b:g}, expected {expected}")
        return self

    @property
    def shape(self) -> tuple[float, float]:
        """The parameters a and b."""
        if self.a is not None and self.b is not None:
            return self.a, self.b
        assert self.mean is not None
        assert self.sd is not None
        width = self.high - self.low
        mean, widths = (self.mean - self.low) / width, width / self.sd
        total = mean * (1 - mean) * widths * widths - 1
        return mean * total, (1 - mean) * total

    def extremes(self) -> tuple[float, float]:
        """Its ends."""
        return self.low, self.high

    def tails(self, x: float) -> tuple[float, float]:
        """As `Continuous.tails`."""
        return beta_tails(*self.shape, (x - self.low) / (self.high - self.low))


class Poisson(Distribution):
    """Poisson: how often something comes about that comes about `mean` times on average; a whole number."""

    lists = (("mean",),)

    mean: Annotated[Finite, Field(ge=0, le=1e6)]

    @model_validator(mode="before")
    @classmethod
    def _mean_alone(cls, value: Any) -> Any:
        return {"mean": value} if is_number(value) else value

    def extremes(self) -> tuple[float, float]:
        """Numbers beyond which no uniform can reach."""
        least, greatest = poisson_reach(self.mean, SMALLEST_U)
        return float(least), float(greatest)


CONTINUOUS: dict[str, type[Continuous]] = {
    law.__name__.lower(): law for law in (Normal, Lognormal, Triangular, Uniform, Beta)
}
"""The laws that can be cut off, by the name under which they are written."""

LISTED: dict[str, type[Distribution]] = {**CONTINUOUS, "poisson": Poisson}
"""The laws whose parameters may be written as a list, likewise."""


def normal_tails(distance: float, sd: float) -> tuple[float, float]:
    """Probabilities of the normal law below and above a value so far above its mean; `sd` is above 0."""
    z = distance / sd / math.sqrt(2)
    return math.erfc(-z) / 2, math.erfc(z) / 2


def beta_tails(a: float, b: float, x: float) -> tuple[float, float]:
    """Probabilities of the beta law with shape `a`, `b` on 0..1 below and above a value."""
    if x <= 0:
        return 0.0, 1.0
    if x >= 1:
        return 1.0, 0.0
    scale = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    # The fraction converges fast on this side only; on the other the law is read from its end.
    if x < (a + 1) / (a + b + 2):
        below = min(1.0, scale * _beta_fraction(a, b, x) / a)
        return below, 1 - below
    above = min(1.0, scale * _beta_fraction(b, a, 1 - x) / b)
    return 1 - above, above


def _beta_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method."""
    tiny = 1e-300  # in place of a 0 that would be divided by: Lentz's own remedy
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    value = d
    for m in range(1, 100_000):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + step * d or tiny)
            c = 1 + step / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def poisson_reach(mean: float, tail: float) -> tuple[int, int]:
    """Two numbers below and above which there is less than `tail`, by Chernoff's bound: a little too far.

    Quick, unlike the table: a file may hold thousands of them.
    """
    if mean == 0:
        return 0, 0

    def exponent(k: int) -> float:
        """P(X >= k) above the mean, and P(X <= k) below it, are at most exp of minus this."""
        return mean - k + (k * math.log(k / mean) if k else 0.0)

    # Ten standard deviations for great means, and 80 for small ones: there the bound is below 2^-53.
    peak, width = math.floor(mean), 80 + math.ceil(10 * math.sqrt(mean))
    outermost = -math.log(tail)
    least = bisect_left(range(peak), -outermost, key=lambda k: -exponent(k))
    greatest = peak + bisect_left(range(peak + 1, peak + width), outermost, key=exponent)
    return least, greatest
