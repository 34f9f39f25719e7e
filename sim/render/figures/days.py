"""Days along an axis: matplotlib counts them from 1970-01-01."""

import datetime

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, DateFormatter

from sim.render.figures.style import GREY, TINY

_EPOCH = datetime.date(1970, 1, 1)
_SHORT = 120.0  # days: a shorter axis names days and not months


def count_days(day: datetime.date) -> float:
    """Return a day as a place on an axis."""
    return float((day - _EPOCH).days)


def set_dates(axes: Axes, first: float, last: float) -> None:
    """Give the axis below dates, as few as can be read: months, or days where it is short."""
    # Matplotlib leaves the constructors of its dates' locator and formatter untyped.
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=6, interval_multiples=False))  # type: ignore[no-untyped-call]  # untyped in Matplotlib
    form = "%Y-%m-%d" if last - first < _SHORT else "%Y-%m"
    axes.xaxis.set_major_formatter(DateFormatter(form))  # type: ignore[no-untyped-call]  # untyped in Matplotlib
    axes.tick_params(axis="x", length=3, color=GREY, labelcolor=GREY, labelsize=TINY)
