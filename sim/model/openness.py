"""What it does to begin from a model that is there, and what is left of that once it closes."""

from __future__ import annotations

import numpy as np

from sim.model.breakthroughs import NEVER
from sim.model.draws import Floats, Numbers
from sim.model.points import Bools


def closed_in_time(closing: Floats, closes: Floats) -> Floats:
    """The day on which what a team began from closes, infinite if not before its window does.

    A window closes at the end of a day, and so has the number of the next.
    """
    return np.where(closing < closes, closing, NEVER)


def has_fallen(closed: Floats) -> Bools:
    """Who has fallen back to scratch by the end of the window."""
    return np.isfinite(closed)


def worth_of_base(closed: Floats, factor: Numbers) -> Floats:
    """How many times compute counts: `factor`, or once for who has fallen back."""
    return np.where(has_fallen(closed), 1.0, factor)


def restart_day(closed: Floats, delay: Numbers) -> Floats:
    """The day from which training counts for who falls back; infinite for who does not."""
    return closed + delay
