"""Known runs and leases beside what the model makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Literal, NamedTuple

import numpy as np

from sim.engines.lookup import Numbers
from sim.model.compute import SECONDS_PER_DAY, TERA, over_hardware, training_rate, working_share
from sim.model.cost import cost, gpu_hours
from sim.model.draws import Draws, Floats, Key
from sim.model.reliability import fault_rate
from sim.scenario.models.observed import Known
from sim.scenario.models.scenario import Scenario

NEAR = 0.10
"""A modelled value within this share of the observed one agrees with it."""

ENDS = (0.05, 0.95)
"""Quantiles of what is modelled, where a number in it is uncertain."""

_SEED, _RUNS = 0, 4_000
"""Of the draws for the quantiles: with so many a seed moves an end by a few hundredths of the span."""

_SHORTEST = 1e-30
"""Hours that stand for a checkpoint without cost; see `sim.model.reliability.availability`."""


@dataclass(frozen=True)
class Check:
    """An observed value beside the modelled one, in FLOP, days or KRW as `known.compare` says.

    `modelled` is worked out with every uncertain number at its median; `span` holds its 5 and 95 % quantiles
    if one is uncertain. `setting` is what it hangs on and `implied` the value of it that the observation asks
    for: useful share of the peak (over all GPUs), or KRW per GPU-hour where cost is compared.
    """

    id: str
    known: Known
    modelled: float
    span: tuple[float, float] | None
    setting: float
    implied: float

    @property
    def observed(self) -> float:
        """The observed value."""
        return self.known.observed

    @property
    def ratio(self) -> float:
        """Modelled over observed."""
        return self.modelled / self.observed

    @property
    def verdict(self) -> Literal["agrees", "less", "more"]:
        """Whether the model agrees with the observation, or says less or more than it."""
        if abs(self.ratio - 1) <= NEAR:
            return "agrees"
        return "less" if self.ratio < 1 else "more"


def checks(scenario: Scenario) -> list[Check]:
    """Every known run of the scenario, in the order of the file."""
    return [_check(scenario, name, known) for name, known in scenario.known.items()]


def _check(scenario: Scenario, name: str, known: Known) -> Check:
    central = _modelled(scenario, known, Numbers(_Central(), 0, 1))
    drawn = _modelled(scenario, known, Numbers(Draws(_SEED), 0, _RUNS)).value
    low, high = (float(end) for end in np.quantile(drawn, ENDS, method="inverted_cdf"))
    span = (low, high) if low < high else None
    return Check(
        name, known, float(central.value[0]), span, float(central.setting[0]), float(central.implied[0])
    )


class _Modelled(NamedTuple):
    """What the model says, in (replications or 1,); see `Check`."""

    value: Floats
    setting: Floats
    implied: Floats


def _modelled(scenario: Scenario, known: Known, numbers: Numbers) -> _Modelled:
    gpus = np.array([[known.gpus.get(h, 0.0)] for h in scenario.hardware])  # (hardware, 1): a team of its own
    if known.compare == "cost":
        return _leased(scenario, known, numbers, gpus)
    return _trained(scenario, known, numbers, gpus)


def _leased(scenario: Scenario, known: Known, numbers: Numbers, gpus: Floats) -> _Modelled:
    price = numbers.table([(f"hardware.{h}.price", t.price)] for h, t in scenario.hardware.items())
    hours = gpu_hours(gpus, known.days)
    total, spent = over_hardware(hours), cost(hours, price)[:, 0]
    return _Modelled(spent, spent / total, known.observed / total)


def _trained(scenario: Scenario, known: Known, numbers: Numbers, gpus: Floats) -> _Modelled:
    """All of the GPU time counts: a known run is a main run, so the share of main runs is not applied."""
    assert known.compute is not None
    peak = numbers.table([(f"hardware.{h}.peak", t.peak)] for h, t in scenario.hardware.items())
    useful = numbers.table([pair] for pair in _mfu(scenario, known))
    at_peak, faults = peak * (TERA * SECONDS_PER_DAY), _faults(scenario, known, numbers)
    working = working_share(gpus, **faults)
    most = training_rate(gpus, at_peak, working)[:, 0]  # FLOP a day if all of the peak were useful
    rate = training_rate(gpus, at_peak * useful, working)[:, 0]
    if known.compare == "compute":
        value = rate * known.days
    else:
        value = np.divide(known.compute, rate, out=np.full_like(rate, math.inf), where=rate > 0)
    return _Modelled(value, rate / most, known.compute / known.days / most)


def _mfu(scenario: Scenario, known: Known) -> Iterator[tuple[str, Any]]:
    """Numbers with the paths under which the engines draw them."""
    for h, hardware in scenario.hardware.items():
        if known.team is None:
            yield f"hardware.{h}.mfu", hardware.mfu
        else:
            yield f"teams.{known.team}.mfu.{h}", scenario.teams[known.team].mfu.get(h, hardware.mfu)


def _faults(scenario: Scenario, known: Known, numbers: Numbers) -> dict[str, Any]:
    def named(field: str) -> tuple[str, Any]:
        common = getattr(scenario.faults, field)
        if known.team is None:
            return f"faults.{field}", common
        own = getattr(scenario.teams[known.team].faults, field)
        return f"teams.{known.team}.faults.{field}", common if own is None else own

    def row(field: str) -> Floats:
        return numbers.row([named(field)])

    return {
        "fault_rate": fault_rate(1 / row("gpus_per_node"), row("per_node_day")),
        "restart": row("restart") / 60,
        "write": np.maximum(row("checkpoint") / 3600, _SHORTEST),
        "interval": None if named("interval")[1] == "best" else row("interval"),
    }


class _Central:
    """A source of luck that is neither good nor bad: every uncertain number is its median."""

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        return np.full((len(keys), stop - start), 0.5)

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return repeat(0.5)
