"""Compute and date to a model's strength, in points of the Epoch Capabilities Index (ECI)."""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats, Numbers

DAYS_PER_YEAR = 365.25
MONTHS_PER_YEAR = 12

_NOTHING, _MISSING = np.array(0.0), np.array(np.nan)


def years_between(day: Numbers, origin: Numbers) -> Floats:
    """Years from `origin` to `day`, both in days since 1970-01-01."""
    return (np.asarray(day, dtype=np.float64) - origin) / DAYS_PER_YEAR


def strength_without_compute(years: Numbers, level: Numbers, per_year: Numbers, luck: Numbers) -> Floats:
    """q0 + g t + luck in ECI: what a model of the reference compute has, `years` after the reference date.

    `luck` = effect + a + h of the team.
    """
    return np.asarray(level + per_year * years + luck)


def capability(
    compute: Floats, reference_compute: Numbers, per_tenfold: Numbers, without_compute: Numbers
) -> Floats:
    """Q = q0 + g t + luck + kappa log10(C / C_ref) in ECI; missing (nan) where there is no compute.

    `compute` in FLOP; `without_compute` is all but the last term.
    """
    decades = np.log10(np.where(compute > _NOTHING, compute, _MISSING) / reference_compute)
    return without_compute + per_tenfold * decades


def frontier(years: Numbers, level: Numbers, growth: Numbers) -> Floats:
    """Strength of the world's best model `years` after the date of `level`, in ECI."""
    return level + np.asarray(growth, dtype=np.float64) * years


def months_behind(gap: Numbers, growth: Numbers) -> Floats:
    """A gap in ECI as months of the frontier's growth (ECI a year)."""
    return np.asarray(gap, dtype=np.float64) / growth * MONTHS_PER_YEAR
