"""What is lent of a supply, and what comes of hardware that is there for some of the time; for both engines.

Arrays are (..., teams), as in `sim.engines.evaluation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.engines.evaluation import Standing, grant_by_rule, rate_of_training
from sim.engines.inputs import Inputs, StageInputs
from sim.engines.supply import ArrivalInputs, SupplyInputs
from sim.model.compute import fold, gpu_hours
from sim.model.draws import Floats
from sim.model.supply import count_before, meet_wants
from sim.rules.book import Rulebook
from sim.rules.decisions import share_leftover


class Turns(NamedTuple):
    """`TurnInputs` as a tuple: what worlds are answered with is parted among them tuple by tuple."""

    used: Floats  # (.., 1)
    works: Floats  # (.., teams)


class Lot(NamedTuple):
    """GPUs that are lent from one day to another."""

    starts: Floats  # (..., teams) day
    ends: Floats  # (..., teams) day, no earlier than it starts and no later than the window closes
    gpus: Floats  # (..., hardware, teams)
    turns: Turns | None  # None: they are there all the time

    def hours(self) -> Floats:
        """GPU-hours of the lot, (..., hardware, teams)."""
        return hours_of(self.gpus, (self.ends - self.starts)[..., None, :], self.turns)


def hours_of(gpus: Floats, days: Floats | float, turns: Turns | None) -> Floats:
    """GPU-hours in so many days, a number or (..., 1, teams), of which those count that are used."""
    hours = gpu_hours(gpus, days)
    return hours if turns is None else hours * turns.used[..., None, :]


class Supplied(NamedTuple):
    """What a stage lends of its supplies."""

    lots: tuple[Lot, ...]
    arrived: Floats  # (...,) GPUs that are there by the last close
    lent: Floats  # (..., teams) GPUs of them that each team holds, if only for a while


class Arrival(NamedTuple):
    """Hardware of one supply that is there from a day on."""

    supply: ArrivalInputs
    day: Floats  # (...,) no earlier than the stage starts
    gpus: Floats  # (..., hardware, 1) the programme's part


def arrivals(stage: StageInputs) -> list[Arrival]:
    """What there is when a stage starts, supply by supply, and then every tranche that comes before it ends.

    A tranche that is there at the start is 0 among those that come later, and the other way round. So is what
    comes when the supply has ended: the programme never has it.
    """
    if stage.supply is None:
        return []
    starts, found = np.asarray(stage.days.starts), []
    last = stage.days.closes.max()
    for supply in stage.supply.supplies:
        early = [np.asarray(tranche.day <= starts)[..., None, None] for tranche in supply.tranches]
        there = early[0] * supply.tranches[0].gpus
        for is_early, tranche in zip(early[1:], supply.tranches[1:], strict=True):
            there = there + is_early * tranche.gpus
        found.append(_until_end(Arrival(supply, starts, there)))
        for is_early, tranche in zip(early, supply.tranches, strict=True):
            if not is_early.all() and np.min(tranche.day) < last:
                day = np.maximum(tranche.day, starts)
                found.append(_until_end(Arrival(supply, day, ~is_early * tranche.gpus)))
    return [each for each in found if each.gpus.any()]


def _until_end(one: Arrival) -> Arrival:
    there = np.asarray(one.day < one.supply.ends)[..., None, None]
    return one if there.all() else one._replace(gpus=there * one.gpus)


def lend_supply(stage: StageInputs, field: Standing, opens: Floats, rules: Rulebook) -> Supplied | None:
    """What each team is lent of the supplies of a stage, a lot for each arrival; None where it lends none.

    A rule gives of each arrival what it would give of a pool. Of what a team is lent it has nothing before
    its window opens; all of it is as late as the team's other grants.
    """
    if stage.supply is None:
        return None
    lots, closes = [], stage.days.closes
    last = np.maximum.reduce(closes, axis=-1)
    coming = arrivals(stage)
    arrived: Floats = np.zeros(opens.shape[:-1])
    lent: Floats = np.zeros(opens.shape, order="F")
    for (supply, day, there), gpus in zip(coming, _divide(stage, field, rules, coming), strict=True):
        ends = np.minimum(np.maximum(supply.ends, opens), closes)
        starts = np.maximum(opens, np.expand_dims(day, -1)) + stage.grants.delay
        turns = None if supply.turns is None else Turns(supply.turns.used, supply.turns.works)
        held = fold(gpus)
        # What brings a team nothing must not break its time in two: the last bit of a sum would be another.
        starts = np.where(held > 0, np.minimum(starts, ends), ends)
        lots.append(Lot(starts, ends, gpus, turns))
        arrived = arrived + fold(there)[..., 0] * (day < last)
        lent = lent + held * (starts < ends)
    return Supplied(tuple(lots), arrived, lent)


def _divide(stage: StageInputs, field: Standing, rules: Rulebook, coming: Sequence[Arrival]) -> list[Floats]:
    """What each team gets of every arrival, (..., hardware, teams)."""
    supply = stage.supply
    if supply is None or not coming:
        return []
    if supply.wants is None or rules.grants is not None:
        return [grant_by_rule(supply.of_pool(each.gpus), field, rules) for each in coming]
    return _by_wants(supply, supply.wants, field, coming)


def _by_wants(
    supply: SupplyInputs, wants: Floats, field: Standing, coming: Sequence[Arrival]
) -> list[Floats]:
    asked = field.present[..., None, :] * wants
    before = count_before([each.day for each in coming], [each.gpus for each in coming])
    found = []
    for each, earlier in zip(coming, before, strict=True):
        given = meet_wants(asked, earlier, each.gpus)
        if supply.rule.shared_leftover:
            given = share_leftover(each.gpus, given, field.present)
        found.append(given)
    return found


def rate_with_turns(
    inputs: Inputs,
    own: Floats,
    granted: Floats,
    part_time: Sequence[tuple[Floats, Turns]],
    pace: Floats | None = None,
) -> Floats:
    """FLOP a day as `rate_of_training`, with further GPUs, (..., hardware, teams), that come in turns.

    It is the mean over time. Turns of several supplies begin together: the shorter lies within the longer.
    """
    if not part_time:
        return rate_of_training(inputs, own, granted, pace)
    works = [turns.works for _, turns in part_time]
    none, all_the_time = np.zeros_like(works[0]), np.ones_like(works[0])
    ends = np.sort(np.stack(np.broadcast_arrays(none, *works, all_the_time)), axis=0)
    total: Floats | float = 0.0
    for low, high in pairwise(ends):
        gpus = granted
        for more, turns in part_time:
            gpus = gpus + np.where((turns.works > low)[..., None, :], more, 0.0)
        total = total + (high - low) * rate_of_training(inputs, own, gpus, pace)
    return np.asarray(total)
