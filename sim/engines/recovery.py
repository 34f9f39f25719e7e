"""What jobs do about faults, bad nodes and slow storage, as arrays; shapes as in `sim.engines.inputs`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engines.calendar import StageDays
from sim.model.draws import Floats, Key, Purpose
from sim.model.points import Bools
from sim.model.quantiles import Sample, whole
from sim.model.recovery import BadNodeInputs, RecoveryInputs, moments_of_a_node
from sim.scenario.models.numbers import Number
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.science import Faults

_REMEDIES = ("on_fault", "regroup", "repair", "spares")
"""Keys that say what a job does about nodes that fail."""

_LEAST_VARIANCE = 1e-9
"""Of a node's rate; less is none, and a gamma law of an endless shape."""


@dataclass
class StorageInputs:
    """Storage that slows a team's cluster in a stage; where it does not, for no time."""

    part: Floats  # (.., teams) which part of the window has passed when it begins
    days: Floats  # (.., teams)
    speed: Floats  # (.., teams) against normal

    def period(self, opens: Floats, days: StageDays) -> tuple[Floats, Floats]:
        """Return from which day to which it lasts, within windows that open on these days, (.., teams)."""
        starts = opens + self.part * (days.closes - opens)
        return starts, np.minimum(starts + self.days, days.closes)


def prepare_recovery(faults: Sequence[Faults], teams: Sequence[str], sample: Sample) -> RecoveryInputs | None:
    """What the jobs of teams do about faults; None where none does anything. Bad nodes need `teams`."""
    bad = _prepare_bad_nodes(faults, teams, sample) if teams else None
    said = any(getattr(each, key) is not None for each in faults for key in _REMEDIES)
    if bad is None and not said:
        return None
    return RecoveryInputs(
        per_node=sample.row(each.gpus_per_node for each in faults),
        goes_on=np.array([[float(each.on_fault == "go-on") for each in faults]]),
        pause=(_given(sample, faults, "detection") + _given(sample, faults, "regroup")) / 60,
        repair=_given(sample, faults, "repair"),
        spares=whole(_given(sample, faults, "spares")),
        bad=bad,
    )


def _given(sample: Sample, faults: Sequence[Faults], key: str) -> Floats:
    """A number of each team that may be left out, (.., teams): 0 then."""
    return sample.row(_or_nothing(getattr(each, key)) for each in faults)


def _or_nothing(number: Number | None) -> Number:
    return 0.0 if number is None else number


def prepare_detection(faults: Sequence[Faults], sample: Sample) -> Floats:
    """Hours until a fault is noticed, (.., teams)."""
    return _given(sample, faults, "detection") / 60


def _prepare_bad_nodes(
    faults: Sequence[Faults], teams: Sequence[str], sample: Sample
) -> BadNodeInputs | None:
    of_teams = [each.bad_nodes for each in faults]
    if not any(of_teams):
        return None
    shape = sample.row(1.0 if bad is None else bad.shape for bad in of_teams)
    replaced = sample.row(0.0 if bad is None else _or_nothing(bad.replaced) for bad in of_teams)
    mean, variance = moments_of_a_node(shape, replaced)
    alike = np.array([[bad is None for bad in of_teams]])
    luck = sample.uniforms([Key(Purpose.NODES, team=t) for t in teams]).T
    return BadNodeInputs(
        luck=luck,
        mean=mean,
        shape=np.where(alike, np.nan, mean * mean / np.maximum(variance, _LEAST_VARIANCE)),
    )


def prepare_storage(scenario: Scenario, s: str, sample: Sample) -> StorageInputs | None:
    """When the storage of teams is slow in a stage; None where it never is."""
    said = (scenario.faults.storage, *(team.faults.storage for team in scenario.teams.values()))
    if not any(said) or not scenario.trains(s):
        return None
    of_teams = [scenario.faults_of(t).storage for t in scenario.teams]
    chance = sample.row(0.0 if each is None else each.chance for each in of_teams)
    keys = [Key(Purpose.STORAGE, s, t) for t in scenario.teams]
    happens: Bools = chance > sample.uniforms(keys).T
    days = sample.row(0.0 if each is None else each.days for each in of_teams)
    return StorageInputs(
        part=sample.uniforms([key._replace(item="start") for key in keys]).T,
        days=np.where(happens, days, 0.0),
        speed=sample.row(1.0 if each is None else each.speed for each in of_teams),
    )
