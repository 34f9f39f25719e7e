"""Training compute, and what it costs."""

from __future__ import annotations

from sim.model.draws import Floats, Numbers
from sim.model.reliability import availability

SECONDS_PER_DAY = 86_400.0
HOURS_PER_DAY = 24.0
TERA = 1e12


def over_hardware(values: Floats) -> Floats:
    """Sum over hardware types (axis -2) from the first to the last: the order fixes the rounding."""
    total = values[..., 0, :]
    for h in range(1, values.shape[-2]):
        total = total + values[..., h, :]
    return total


def working_share(
    gpus: Floats, fault_rate: Floats, restart: Floats, write: Floats, interval: Floats | None
) -> Floats:
    """Share of time that is work that counts, (..., teams), on `gpus`, (..., hardware, teams).

    `fault_rate` is faults an hour for each GPU: one fault anywhere stops the team's whole job. The others, in
    hours and of shape (..., teams), are those of `sim.model.reliability`.
    """
    return availability(over_hardware(gpus) * fault_rate, restart, write, interval)


def training_rate(useful: Floats, speed: Floats, working: Floats) -> Floats:
    """FLOP a day of each team, (..., teams), with `useful` GPUs, (..., hardware, teams), of full speed.

    `speed` is FLOP a day of one GPU that count (peak x MFU x share of the main run), `working` the share of
    time that they work, (..., teams).
    """
    return over_hardware(useful * speed) * working


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
    return over_hardware(hours * price)
