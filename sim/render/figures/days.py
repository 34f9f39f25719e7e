"""Days along an axis: matplotlib counts them from 1970-01-01."""

import datetime

from matplotlib.axes import Axes
from matplotlib.dates import DAILY, MONTHLY, AutoDateLocator, DateFormatter

from sim.render.figures.style import DPI, GREY, TINY
from sim.render.figures.texts import measure

_EPOCH = datetime.date(1970, 1, 1)
_MOST, _APART = 6, 0.15  # dates on an axis, and inches between two of them
_LONGER = {MONTHLY: (12, 24, 48), DAILY: (30, 60)}  # steps for axes that have room for two dates only
_SHORT = 120.0  # days: a shorter axis names days and not months


def count_days(day: datetime.date) -> float:
    """Return a day as a place on an axis."""
    return float((day - _EPOCH).days)


def set_dates(axes: Axes, first: float, last: float) -> None:
    """Give the axis below dates, as few as can be read: months, or days where it is short."""
    form = "%Y-%m-%d" if last - first < _SHORT else "%Y-%m"
    wide = axes.bbox.width / DPI
    most = max(2, min(_MOST, int(wide / (measure(datetime.date.max.strftime(form), TINY) + _APART))))
    # Matplotlib leaves the constructors of its dates' locator and formatter untyped.
    locator = AutoDateLocator(minticks=min(3, most), maxticks=most, interval_multiples=False)  # type: ignore[no-untyped-call]  # untyped in Matplotlib
    for unit, longer in _LONGER.items():
        locator.intervald[unit] = [*locator.intervald[unit], *longer]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(DateFormatter(form))  # type: ignore[no-untyped-call]  # untyped in Matplotlib
    axes.tick_params(axis="x", length=3, color=GREY, labelcolor=GREY, labelsize=TINY)
