"""The standard normal quantile, by Wichura's algorithm AS 241 (Applied Statistics 37, 1988), routine PPND16.

SciPy's `ndtri` gives the same numbers to one or two units in the last place at the same cost; but importing
`scipy.special` takes longer than everything that a default run computes.
"""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats

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
    r = _CENTRE**2 - q * q
    z = q * _ratio(_A, _B, r)
    tails = np.flatnonzero(r < 0)
    if tails.size:
        z[tails] = _of_tails(u[tails])
    return z


def _of_tails(u: Floats) -> Floats:
    r = np.sqrt(-np.log(np.minimum(u, 1 - u)))
    z = _ratio(_C, _D, r - _SPLIT)
    far = np.flatnonzero(r > _FAR)
    if far.size:
        z[far] = _ratio(_E, _F, r[far] - _FAR)
    return np.copysign(z, u - 0.5)


def _ratio(numerator: tuple[float, ...], denominator: tuple[float, ...], x: Floats) -> Floats:
    top = _polynomial(numerator, x)
    top /= _polynomial(denominator, x)
    return top


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    """By Horner's rule, in one array."""
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value *= x
        value += coefficient
    return value
