"""What grants cost. Arrays are (..., hardware, teams)."""

from __future__ import annotations

from sim.model.compute import HOURS_PER_DAY, over_hardware
from sim.model.draws import Floats, Numbers


def gpu_hours(granted: Floats, days: Numbers) -> Floats:
    """Granted GPU-hours by hardware type: GPUs x hours from delivery to close, slow or not.

    `days` from delivery to close: a number, or (..., 1, teams).
    """
    return granted * (days * HOURS_PER_DAY)


def cost(hours: Floats, price: Floats) -> Floats:
    """KRW of GPU-hours at list price, summed over hardware types; shape (..., teams)."""
    return over_hardware(hours * price)
