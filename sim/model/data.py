"""What data and people add to strength."""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats, Numbers


def gain_by_tenfold(amount: Numbers, reference: Numbers, per_tenfold: Numbers) -> Floats:
    """Strength gained by an amount above the reference, kappa log10(amount / reference), in ECI.

    A logarithm, as of compute: each tenfold adds as much as the one before.
    """
    return np.asarray(per_tenfold * np.log10(np.divide(amount, reference)))
