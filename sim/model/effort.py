"""How hard teams try, as the share of the most that they would do, and what they keep for later.

Arrays are (..., teams), or (..., 1) where a number is the same for all teams.
"""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats, Numbers
from sim.model.points import Bools


def effort_against_rivals(teams: Numbers, field: float, exponent: Numbers) -> Floats:
    """Effort by the number of teams, (teams / field) ^ -eta: 1 where there are as many as `field`.

    More rivals, less effort: Boudreau, Lacetera & Lakhani 2011 (Management Science 57:843), Terwiesch & Xu
    2008 (Management Science 54:1529). It is the same for all teams.
    """
    return np.asarray((np.maximum(teams, 1.0) / field) ** -np.asarray(exponent, dtype=np.float64))


def effort_for_places(places: Numbers, teams: Numbers, lost: Numbers) -> Floats:
    """Effort where `places` of so many teams stay: 1 - zeta (2 p - 1)^2 with p = places / teams.

    What a little more effort adds to the chance of staying is, with logistic luck, in proportion to
    p (1 - p): most where half stay, and nothing where all do or none. 4 p (1 - p) is 1 - (2 p - 1)^2.
    """
    of = np.maximum(teams, 1.0)
    away = 2.0 * np.clip(places, 0.0, of) / of - 1.0
    return np.asarray(1.0 - lost * away * away)


def keep_for_later(compute: Floats, share: Numbers, before: Floats, present: Bools) -> tuple[Floats, Floats]:
    """Return the FLOP that go into the model submitted, and those that are kept for later.

    A share of the window's `compute` is kept; what was kept `before` goes into the model now. Teams that are
    not there keep what they have.
    """
    kept = compute * share
    return compute - kept + np.where(present, before, 0.0), kept + np.where(present, 0.0, before)
