"""From uniforms to everything else that is random: inverse CDFs, and the numbers of a range of replications.

The standard normal quantile is Wichura's algorithm AS 241 (Applied Statistics 37, 1988), routine PPND16.
SciPy's `ndtri` gives the same numbers to one or two units in the last place at the same cost; but importing
`scipy.special` takes longer than everything that a default run computes.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Floats, Key, Make, Purpose, Source, make_of
from sim.scenario.models.laws import Beta, Continuous, Lognormal, Normal, Poisson, Triangular, Uniform
from sim.scenario.models.numbers import Number, Truncated, Uncertain
from sim.scenario.models.points import NoiseShape

_CENTRE, _SPLIT, _FAR = 0.425, 1.6, 5.0

# Numerators and denominators, highest power first: of the centre, of the tails, of the far tails.
_A = (
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.387132872796366608,
)  # fmt: skip
_B = (
    5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1.0,
)  # fmt: skip
_C = (
    7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
)  # fmt: skip
_D = (
    1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
    6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1.0,
)  # fmt: skip
_E = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.6532189526576123093e-2,
    2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
)  # fmt: skip
_F = (
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1.0,
)  # fmt: skip

_CHUNK = 2**14
"""Numbers at a time: what they need stays in the processor's cache."""


def normal(u: Floats, out: Floats | None = None) -> Floats:
    """Standard normal quantile of `u`, of any shape, all in (0, 1); written to `out`, which may be `u`."""
    z: Floats = np.empty_like(u) if out is None else out
    with np.nditer(
        [u, z],
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=[["readonly", "overlap_assume_elementwise"], ["writeonly", "overlap_assume_elementwise"]],
        buffersize=_CHUNK,
    ) as chunks:
        for given, found in chunks:
            found[...] = _quantile(given)
    return z


def _quantile(u: Floats) -> Floats:
    """Of a vector."""
    q = u - 0.5
    r = q * q
    np.subtract(_CENTRE**2, r, out=r)
    z = _ratio(_A, _B, r)
    z *= q
    (tails,) = (r < 0).nonzero()
    if tails.size:
        z[tails] = _of_tails(u[tails])
    return z


def _of_tails(u: Floats) -> Floats:
    r = np.sqrt(-np.log(np.minimum(u, 1 - u)))
    z = _ratio(_C, _D, r - _SPLIT)
    (far,) = (r > _FAR).nonzero()
    if far.size:
        z[far] = _ratio(_E, _F, r[far] - _FAR)
    return np.copysign(z, u - 0.5)


def _ratio(numerator: tuple[float, ...], denominator: tuple[float, ...], x: Floats) -> Floats:
    top = _polynomial(numerator, x)
    top /= _polynomial(denominator, x)
    return top


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    """By Horner's rule, in one array."""
    value: Floats = coefficients[0] * x
    value += coefficients[1]
    for coefficient in coefficients[2:]:
        value *= x
        value += coefficient
    return value


GUMBEL_SCALE = math.sqrt(6) / math.pi
"""Scale of the Gumbel law whose standard deviation is 1; its mean is then Euler's constant x this."""


def standard_noise(shape: NoiseShape, u: Floats, out: Floats | None = None) -> Floats:
    """Noise with mean 0 and standard deviation 1, from uniforms; it may use `out`, which may be `u`."""
    if shape == "normal":
        return normal(u, out=out)
    if shape == "gumbel-max":
        return -GUMBEL_SCALE * (np.log(-np.log(u)) + np.euler_gamma)
    return GUMBEL_SCALE * (np.log(-np.log1p(-u)) + np.euler_gamma)


def quantile(number: Uncertain, u: Floats) -> Floats:
    """Inverse CDF of an uncertain number at uniforms `u` of any shape."""
    return _quantile_of(u, _as_key(number))


_Weights = tuple[tuple[float, float], ...]
"""Values and their weights."""

_Law = _Weights | float | Poisson | Truncated | Continuous
"""A law that can be asked for by itself."""


def _as_key(number: Uncertain) -> _Law:
    law = number.distribution()
    return tuple(sorted(law.items())) if isinstance(law, dict) else law


def _quantile_of(u: Floats, law: _Law) -> Floats:
    if isinstance(law, tuple):
        return _weighted(law, u)
    if isinstance(law, float):
        return np.full_like(u, law)
    if isinstance(law, Poisson):
        return _poisson(law, u)
    return _truncated(law, u) if isinstance(law, Truncated) else _continuous(law, u)


def _continuous(law: Continuous, u: Floats) -> Floats:
    if isinstance(law, Normal):
        return law.mean + law.sd * normal(u)
    if isinstance(law, Lognormal):
        return law.centre * np.exp(law.spread * normal(u))
    if isinstance(law, Triangular):
        return _triangular(law, u)
    if isinstance(law, Uniform):
        return law.low + (law.high - law.low) * u
    return _in_tails(law, np.minimum(u, 1 - u), u > 0.5)


def _triangular(law: Triangular, u: Floats) -> Floats:
    width, rise, fall = law.high - law.low, law.likely - law.low, law.high - law.likely
    return np.where(
        u * width < rise, law.low + np.sqrt(u * width * rise), law.high - np.sqrt((1 - u) * width * fall)
    )


def _weighted(law: _Weights, u: Floats) -> Floats:
    values, weights = np.array(law).T
    weights = np.cumsum(weights)
    chosen = np.searchsorted(weights[:-1] / weights[-1], u, side="left")
    found: Floats = values[chosen]
    return found


def _poisson(law: Poisson, u: Floats) -> Floats:
    """The least k with P(<= k) >= u; above the median, by the probability beyond, which is exact there."""
    first, below, above = poisson_tails(law.mean)
    upper = len(above) - np.searchsorted(np.array(above[::-1]), 1 - np.maximum(u, 0.5), side="right")
    lower = np.searchsorted(np.array(below), u, side="left")
    return first + np.where(u < 0.5, np.minimum(lower, upper), upper).astype(np.float64)


_NEGLIGIBLE = 2.0**-100
"""What a number must be less likely than, against the likeliest, to be left out: no draw comes near it."""


@lru_cache(maxsize=64)
def poisson_tails(mean: float) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
    """The Poisson law: its first number worth a thought, and P(<= k) and P(> k) from there on."""
    peak = math.floor(mean)
    down, up = [1.0], [1.0]
    while down[-1] > _NEGLIGIBLE and peak - len(down) >= 0:
        down.append(down[-1] * (peak - len(down) + 1) / mean)
    while up[-1] > _NEGLIGIBLE:
        up.append(up[-1] * mean / (peak + len(up)))
    weights = [*reversed(down), *up[1:]]
    total = math.fsum(weights)
    below = tuple(part / total for part in accumulate(weights))
    above = tuple(part / total for part in accumulate(reversed(weights)))
    return peak - len(down) + 1, below, (*above[-2::-1], 0.0)


def _truncated(law: Truncated, u: Floats) -> Floats:
    """The law's quantile at the probability that is below plus u times what is between the ends.

    Beyond the law's median it is counted from above, so that no digits are lost far out.
    """
    below, between, above = law.probabilities
    from_below, from_above = below + u * between, above + (1 - u) * between
    values = _in_tails(law.law, np.minimum(from_below, from_above), from_above < from_below)
    return np.clip(values, *law.extremes())


def _in_tails(law: Continuous, tail: Floats, upper: NDArray[np.bool_]) -> Floats:
    """The values of a law below which, or above which where `upper`, there is the probability `tail`."""
    if isinstance(law, (Normal, Lognormal)):
        z = normal(tail)
        z = np.where(upper, -z, z)
        return law.mean + law.sd * z if isinstance(law, Normal) else law.centre * np.exp(law.spread * z)
    if isinstance(law, Uniform):
        return np.where(upper, law.high - (law.high - law.low) * tail, law.low + (law.high - law.low) * tail)
    if isinstance(law, Triangular):
        mirrored = Triangular(low=-law.high, likely=-law.likely, high=-law.low)
        return np.where(upper, -_triangular(mirrored, tail), _triangular(law, tail))
    assert isinstance(law, Beta)
    from scipy.special import betainccinv, betaincinv  # slow to load, and rarely needed

    # From whichever end is nearer: 1 - tail would lose the digits of a small tail.
    x = np.where(upper, betainccinv(*law.shape, tail), betaincinv(*law.shape, tail))
    return np.clip(law.low + (law.high - law.low) * x, law.low, law.high)


def median(number: Number) -> float:
    """The central value of a number: itself, or its distribution's median."""
    return at(number, 0.5)


def at(number: Number, u: float) -> float:
    """The value of a number at one uniform."""
    return float(quantile(number, np.array([u]))[0]) if isinstance(number, Uncertain) else number


def whole(values: Floats) -> Floats:
    """Values rounded to whole numbers, halves up: for counts and days."""
    return np.floor(values + 0.5)


class Sample:
    """The replications from `start` to before `stop`, their numbers drawn from `source` when asked for.

    No key is spelt by hand for an uncertain number: it knows its own place in the scenario, which keys its
    draws.
    """

    def __init__(self, source: Source, start: int, stop: int) -> None:
        self.source, self.start, self.stop = source, start, stop
        self._numbers: dict[tuple[str, _Law], Floats] = {}  # each drawn once
        self._asked = set[str]()

    @property
    def size(self) -> int:
        """How many replications there are."""
        return self.stop - self.start

    def uniforms(self, keys: Sequence[Key]) -> Floats:
        """(keys, replications), perhaps read-only."""
        return self.source.columns(keys, self.start, self.stop)

    def normals(self, keys: Sequence[Key]) -> Floats:
        """Standard normal numbers, (keys, replications)."""
        return self.made(as_normal, keys)

    def noise(self, shape: NoiseShape, keys: Sequence[Key]) -> Floats:
        """Numbers with mean 0 and standard deviation 1 that follow the law `shape`, (keys, replications)."""
        return self.made(_noise, keys, shape)

    def made(self, make: Make, keys: Sequence[Key], *given: Hashable) -> Floats:
        """What `make` makes of uniforms, (.., replications); read-only where the source keeps it."""
        return make_of(self.source, make, keys, self.start, self.stop, *given)

    def one(self, number: Number) -> Floats:
        """A number of the scenario, (replications or 1,)."""
        if not isinstance(number, Uncertain):
            return np.array([number])
        asked = number.draw_name, _as_key(number)
        self._asked.add(asked[0])
        if asked not in self._numbers:
            name, law = asked
            values = self.made(_quantile_of, [Key(Purpose.PARAMETER, item=name)], law)[0]
            values.flags.writeable = False  # it may be asked for again
            self._numbers[asked] = values
        return self._numbers[asked]

    @contextmanager
    def noting(self) -> Iterator[set[str]]:
        """Note within a block under which names the numbers are drawn that are asked for."""
        without, within = self._asked, set[str]()
        self._asked = within
        try:
            yield within
        finally:
            without |= within
            self._asked = without

    def row(self, numbers: Iterable[Number]) -> Floats:
        """(replications or 1, numbers), running along the replications in memory."""
        numbers = list(numbers)
        if not any(isinstance(number, Uncertain) for number in numbers):
            return np.array([numbers], dtype=np.float64)
        columns = [self.one(number) for number in numbers]
        size = max((column.size for column in columns), default=1)
        stacked = np.empty((len(columns), size))
        for target, column in zip(stacked, columns, strict=True):
            target[:] = column
        return stacked.T

    def table(self, rows: Iterable[Iterable[Number]], numbers: int = 1) -> Floats:
        """(replications or 1, rows, numbers); without any row, `numbers` says how many each would have."""
        parts = [self.row(row) for row in rows]
        if not parts:
            return np.empty((1, 0, numbers))
        size = max(part.shape[0] for part in parts)
        stacked = np.empty((len(parts), parts[0].shape[1], size))
        for target, part in zip(stacked, parts, strict=True):
            target[:] = part.T
        return np.moveaxis(stacked, -1, 0)


def as_normal(uniforms: Floats) -> Floats:
    """Return standard normal numbers, in place of uniforms that are not read-only."""
    return normal(uniforms, out=_reusable(uniforms))


def _noise(uniforms: Floats, shape: NoiseShape) -> Floats:
    return standard_noise(shape, uniforms, out=_reusable(uniforms))


def _reusable(uniforms: Floats) -> Floats | None:
    """The array itself, to be overwritten, unless it is shared with others.

    The noise of a block of replications takes megabytes, and fresh memory costs as much as filling it.
    """
    return uniforms if uniforms.flags.writeable else None
