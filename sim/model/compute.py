"""Training compute, and what it costs."""

from __future__ import annotations

from sim.model.draws import Floats, Numbers
from sim.model.reliability import HOURS_PER_DAY, availability

SECONDS_PER_DAY = 86_400.0
TERA = 1e12


def fold(values: Floats) -> Floats:
    """Sum over axis -2 (hardware types, items) from the first to the last."""
    # NumPy's own sum groups the terms by the layout in memory, so that a replication would round otherwise
    # alone than among others, and in one engine otherwise than in the other.
    total = values[..., 0, :]
    for i in range(1, values.shape[-2]):
        total = total + values[..., i, :]
    return total


def working_share(
    gpus: Floats, fault_rate: Floats, restart: Floats, write: Floats, interval: Floats | None
) -> Floats:
    """Share of time that is work that counts, (..., teams), on `gpus`, (..., hardware, teams).

    `fault_rate` is faults an hour for each GPU: one fault anywhere stops the team's whole job. The others, in
    hours and of shape (..., teams), are those of `sim.model.reliability`.
    """
    return availability(fold(gpus) * fault_rate, restart, write, interval)


def training_rate(gpus: Floats, speed: Floats) -> Floats:
    """FLOP a day of each team, (..., teams), on `gpus`, (..., hardware, teams), while nothing stops them.

    `speed` is FLOP a day of one GPU that count: peak x MFU x share of the main run.
    """
    return fold(gpus * speed)


def effective_compute(compute: Floats, before: Floats, carry: Numbers) -> Floats:
    """C_eff = C + carry x C_eff of the stage before, in FLOP."""
    return compute + carry * before


def gpu_hours(granted: Floats, days: Numbers) -> Floats:
    """Granted GPU-hours by hardware type: GPUs x hours from delivery to close, slow or not.

    `days` from delivery to close: a number, or (..., 1, teams).
    """
    return granted * (days * HOURS_PER_DAY)


def cost(hours: Floats, price: Floats) -> Floats:
    """KRW of GPU-hours at list price, summed over hardware types; shape (..., teams)."""
    return fold(hours * price)
