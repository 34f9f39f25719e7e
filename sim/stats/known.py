"""Known runs and leases beside what the model makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Literal, NamedTuple

import numpy as np

from sim.engines.inputs import prepare_faults
from sim.model.compute import (
    SECONDS_PER_DAY,
    TERA,
    cost,
    fold,
    gpu_hours,
    training_rate,
)
from sim.model.draws import Draws, Floats, Key
from sim.model.quantiles import Sample
from sim.model.recovery import working_share
from sim.scenario.models.facts import Known
from sim.scenario.models.scenario import Scenario
from sim.stats.intervals import HIGH, LOW

NEAR = 0.10
"""A modelled value within this share of the observed one agrees with it."""

_SEED, _RUNS = 0, 4_000
"""Of the draws for the quantiles: with so many a seed moves an end by a few hundredths of the span."""


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
    central = _modelled(scenario, known, Sample(_Central(), 0, 1))
    drawn = _modelled(scenario, known, Sample(Draws(_SEED), 0, _RUNS)).value
    low, high = (float(end) for end in np.quantile(drawn, (LOW, HIGH), method="inverted_cdf"))
    span = (low, high) if low < high else None
    return Check(
        name, known, float(central.value[0]), span, float(central.setting[0]), float(central.implied[0])
    )


class _Modelled(NamedTuple):
    """What the model says, in (replications or 1,); see `Check`."""

    value: Floats
    setting: Floats
    implied: Floats


def _modelled(scenario: Scenario, known: Known, sample: Sample) -> _Modelled:
    gpus = np.array([[known.gpus.get(h, 0.0)] for h in scenario.hardware])  # (hardware, 1): a team of its own
    if known.compare == "cost":
        return _leased(scenario, known, sample, gpus)
    return _trained(scenario, known, sample, gpus)


def _leased(scenario: Scenario, known: Known, sample: Sample, gpus: Floats) -> _Modelled:
    price = sample.table([hardware.price] for hardware in scenario.hardware.values())
    hours = gpu_hours(gpus, known.days)
    total, spent = fold(hours), cost(hours, price)[:, 0]
    return _Modelled(spent, spent / total, known.observed / total)


def _trained(scenario: Scenario, known: Known, sample: Sample, gpus: Floats) -> _Modelled:
    """All of the GPU time counts: a known run is a main run, so the share of main runs is not applied."""
    assert known.compute is not None
    peak = sample.table([hardware.peak] for hardware in scenario.hardware.values())
    if known.team is None:  # what holds for the programme
        use, faults_of = [hardware.mfu for hardware in scenario.hardware.values()], scenario.faults
    else:
        use = [scenario.mfu(known.team, h) for h in scenario.hardware]
        faults_of = scenario.faults_of(known.team)
    useful = sample.table([share] for share in use)
    at_peak = peak * (TERA * SECONDS_PER_DAY)
    working = working_share(gpus, prepare_faults([faults_of], sample))
    most = (training_rate(gpus, at_peak) * working)[:, 0]  # FLOP a day if all of the peak were useful
    rate = (training_rate(gpus, at_peak * useful) * working)[:, 0]
    if known.compare == "compute":
        value = rate * known.days
    else:
        value = np.divide(known.compute, rate, out=np.full_like(rate, math.inf), where=rate > 0)
    return _Modelled(value, rate / most, known.compute / known.days / most)


class _Central:
    """A source of luck that is neither good nor bad: every uncertain number is its median."""

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Floats:
        """As `Source.columns`."""
        return np.full((len(keys), stop - start), 0.5)

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        """As `Source.sequence`."""
        return repeat(0.5)
