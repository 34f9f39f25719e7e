"""What research that bends scaling is worth: from when on a team has it, and what its compute counts then.

Days are arrays of any shape; a day that never comes is infinite. Teams are the last axis.
"""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats, Numbers
from sim.model.points import Bools

NEVER = np.inf
"""The day on which something comes that does not come at all."""


def day_it_comes(earliest: float, after: Floats, comes: Bools | None) -> Floats:
    """The day on which something comes, `after` days after the earliest; infinite where it does not."""
    day = np.asarray(earliest + after)
    return day if comes is None else np.where(comes, day, NEVER)


def ready_days(found: Floats, lead: Floats, adoption: Floats) -> Floats:
    """The days from which teams can train with what is `found`; `lead` is infinite for who cannot."""
    return found + lead + adoption


def is_used(ready: Floats, opens: Floats) -> Bools:
    """Who trains with it in a window: whose training begins once it is ready.

    A run that is under way keeps the recipe with which it began.
    """
    return np.asarray(ready <= opens)


def worth_of(used: Bools, efficiency: Numbers) -> Floats:
    """How many times compute counts: `efficiency` for who uses it, else once."""
    return np.where(used, efficiency, 1.0)


def gain_of(used: Bools, gain: Numbers) -> Floats:
    """What is added, in ECI or ECI per tenfold compute: `gain` for who uses it, else nothing."""
    return np.where(used, gain, 0.0)
