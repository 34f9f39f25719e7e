"""How a chance is printed: no more digits than its error supports, nothing called impossible or certain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil, copysign, floor, isnan, log10

TENTHS_FROM = 0.001
"""Half-width below which one decimal of a percent is honest."""


_WHOLE: ContextVar[bool] = ContextVar("whole", default=False)


@contextmanager
def whole_numbers() -> Iterator[None]:
    """Print chances, differences and errors in whole percent, however exact they are: for who decides."""
    token = _WHOLE.set(True)
    try:
        yield
    finally:
        _WHOLE.reset(token)


def percent(p: float, low: float, high: float) -> str:
    """A chance in percent, without the sign: `37`, `<1`, `>99`, `12.3`.

    0 of n prints as below the interval's upper end, n of n as above its lower end. `0` and `100` stand only
    where the interval says that the rules decide: it is [0, 0] or [1, 1]. A dash was never asked (p is nan).
    """
    if low == high and low in (0, 1):
        return f"{100 * low:.0f}"
    if isnan(p):
        return "–"
    tenths_hold = (high - low) / 2 <= TENTHS_FROM and not _WHOLE.get()
    if p == 0:
        return f"<{ceil(1000 * high) / 10:g}" if tenths_hold else f"<{max(1, ceil(100 * high))}"
    if p == 1:
        return f">{floor(1000 * low) / 10:g}" if tenths_hold else f">{min(99, floor(100 * low))}"
    if tenths_hold:
        tenths = floor(1000 * p + 0.5)
        return "<0.1" if tenths < 1 else ">99.9" if tenths > 999 else f"{tenths / 10:.1f}"
    whole = floor(100 * p + 0.5)
    return "<1" if whole < 1 else ">99" if whole > 99 else str(whole)


def whole_percent(end: float) -> str:
    """An end of a range in whole percent; the same of a number as it was worked out and as files hold it."""
    return str(floor(100 * round(end, 9) + 0.5))


def points(difference: float, low: float, high: float) -> str:
    """A difference of chances in percentage points with its sign: `+32`, `-6.9`, `0`, `>+99`.

    A difference of 1 in all runs prints as above the interval's lower end, -1 as below its upper end. What
    is told from 0 never prints as 0 for want of a decimal. A dash was never asked (the difference is nan).
    """
    if isnan(difference):
        return "–"
    told_from_zero = low > 0 or high < 0
    few = abs(difference) < 0.005 and told_from_zero
    digits = 1 if ((high - low) / 2 <= TENTHS_FROM or few) and not _WHOLE.get() else 0
    scale = 10**digits
    most = 100 - 1 / scale
    size = floor(100 * scale * abs(difference) + 0.5) / scale  # halves away from 0: swapped scenarios mirror
    if size <= most:
        return _signed(copysign(size, difference), digits)
    if abs(difference) == 1:
        most = min(most, floor(100 * scale * (low if difference > 0 else -high)) / scale)
    return f"{'>' if difference > 0 else '<'}{_signed(copysign(1, difference) * most, digits)}"


def _signed(number: float, digits: int) -> str:
    return f"{number:+.{digits}f}" if number else f"{0:.{digits}f}"


def margin(share: float) -> str:
    """A sampling error in points, rounded up so that it is never understated."""
    points = 100 * share
    if _WHOLE.get():
        return str(max(1, ceil(points - 1e-9)))
    tenths = max(1, ceil(10 * points - 1e-9))  # the slack keeps 0.9 from becoming 1.0 by a float's last bit
    return f"{tenths / 10:.1f}" if tenths < 100 else str(ceil(points - 1e-9))


def share(estimate: float, low: float, high: float) -> str:
    """A share of a variance in percent with its interval, without the sign: `54 [49-60]`, `0`.

    Estimates and intervals may reach below 0 or above 1, where no share can be; they are cut off there. An
    estimate whose interval is not known is not told.
    """
    if any(map(isnan, (estimate, low, high))):
        return "–"
    if estimate == low == high == 0:
        return "0"
    shown = [floor(100 * min(max(x, 0.0), 1.0) + 0.5) for x in (estimate, low, high)]
    at = "<1" if shown[0] == 0 and estimate > 0 else f"{shown[0]}"
    return f"{at} [{shown[1]}-{shown[2]}]"


def within_span(value: float, span: float) -> str:
    """A number with the decimals that show a twenty-fifth of its span: `1.20` where that is 1, `32` of 30.

    What would take many digits is written as in 6.20e-09.
    """
    decimals = max(0, ceil(log10(25 / span) - 1e-9)) if span > 0 else 2
    if decimals > 5 or abs(value) >= 1e6:
        return f"{value:.2e}"
    rounded = round(value, decimals)
    return f"{rounded + 0.0:,.{decimals}f}"  # + 0.0: never -0
