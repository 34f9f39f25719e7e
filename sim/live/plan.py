"""What the kernel plays, as plain data whose numbers are leaves: the stages ahead and their rules.

The plan of a scenario and that of the same with one thing moved differ in leaves alone, or the kernel cannot
move that thing. No luck is in a plan but that of uncertain numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engines.batch import initial_state, play_stages
from sim.engines.blocks import BlockNumbers
from sim.engines.calendar import StageDays, day_number, programme_days
from sim.engines.inputs import prepare
from sim.engines.lending import GrantInputs, draw_gpu_table, prepare_grants, prepare_slow_days
from sim.engines.scoring import judges_of, points_numbers
from sim.engines.selection import CutInputs, prepare_cut
from sim.live.columns import Columns, Leaf
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.capability import years_between
from sim.model.compute import SECONDS_PER_DAY, TERA
from sim.model.draws import Floats
from sim.model.quantiles import Sample, median
from sim.rules.book import BUILT_IN
from sim.scenario.models.numbers import Number
from sim.scenario.models.scenario import Scenario

Plan = dict[str, Any]
"""Tables and lists of leaves, numbers, truth values and texts."""


@dataclass(frozen=True)
class Field:
    """Who is there when the stages ahead begin, and which stages these are."""

    teams: tuple[str, ...]
    stages: tuple[str, ...]


def field_ahead(scenario: Scenario, sample: Sample) -> Field:
    """Return who goes into the stages ahead. Raises `NotTakenError`."""
    stages = list(scenario.stages)
    ahead = scenario.ahead
    if not ahead:
        raise NotTakenError("no stage is ahead: every result is known")
    decided = stages[: stages.index(ahead[0])]
    if len(decided) + len(ahead) != len(stages):
        raise NotTakenError(f"stages.{ahead[0]}: a later stage is decided already")
    if decided and scenario.stages[decided[-1]].entry is not None:
        raise NotTakenError(f"stages.{decided[-1]}.entry")
    refuse_what_is_not_taken(scenario, ahead)
    few = prepare(scenario, sample.source, sample.start, sample.start + min(sample.size, _FEW))
    state = initial_state(few)
    for played in play_stages(few, few.stages[: len(decided) + 1], state, BUILT_IN):
        state = played.before
    present = state.field.present
    if not (present == present[0]).all():
        raise NotTakenError("who is there when the stages ahead begin differs from run to run")
    return Field(tuple(np.array(few.teams)[present[0]].tolist()), tuple(ahead))


_FEW = 64
"""Runs in which it is looked up who is there: of decided stages it is known."""


class Describer:
    """Writes plans of variants of a scenario over the same runs, which share columns."""

    def __init__(self, sample: Sample, field: Field) -> None:
        self.sample, self.field, self.columns = sample, field, Columns()

    def describe(self, scenario: Scenario) -> Plan:
        """Return the plan of a scenario. Raises `NotTakenError` for what the kernel does not take."""
        refuse_what_is_not_taken(scenario, list(self.field.stages))
        sample = self.sample
        days = dict(zip(scenario.stages, programme_days(scenario, sample), strict=True))
        science, teams = scenario.capability, self.field.teams
        self._refuse_carried(scenario)
        has_compute = bool(scenario.hardware)
        faults = [scenario.faults_of(t) for t in teams]
        return {
            "teams": len(teams),
            "carry": self.number(science.carry),
            "reference": self.number(science.reference_compute),
            "per_tenfold": self.number(science.per_tenfold_compute),
            "level": self.number(science.level if has_compute else 0.0),
            "per_year": self.number(science.progress_per_year if has_compute else 0.0),
            "lasting": self.number(scenario.lasting_spread),
            "passing": self.number(scenario.passing_spread),
            "central": self._central(scenario),
            "effect": self.numbers(scenario.teams[t].effect for t in teams),
            "peak": self.numbers(hardware.peak for hardware in scenario.hardware.values()),
            "mfu": [self.numbers(scenario.mfu(t, h) for t in teams) for h in scenario.hardware],
            "main_run": self.numbers(scenario.main_run_share(t) for t in teams),
            "flop": TERA * SECONDS_PER_DAY,
            "faults": {
                "nodes": self.numbers(each.gpus_per_node for each in faults),
                "rate": self.numbers(each.per_node_day for each in faults),
                "restart": self.numbers(each.restart for each in faults),
                "checkpoint": self.numbers(each.checkpoint for each in faults),
                "interval": [
                    None if each.interval == "best" else self.number(each.interval) for each in faults
                ],
            },
            "stages": [self._stage(scenario, s, days[s]) for s in self.field.stages],
        }

    def number(self, number: Number) -> Leaf:
        """The leaf of a number."""
        return self.columns.leaf(self.sample.one(number))

    def numbers(self, numbers: Iterable[Number]) -> list[Leaf]:
        """The leaves of numbers."""
        return [self.number(number) for number in numbers]

    def _of_teams(self, scenario: Scenario, values: Floats) -> list[Leaf]:
        """The leaves of (.., teams), of those that are there."""
        teams = list(scenario.teams)
        return [self.columns.leaf(values[:, teams.index(t)]) for t in self.field.teams]

    def _of_hardware(self, scenario: Scenario, values: Floats) -> list[list[Leaf]]:
        """The leaves of (.., hardware, teams), by hardware."""
        return [self._of_teams(scenario, values[:, h]) for h in range(len(scenario.hardware))]

    def _central(self, scenario: Scenario) -> Plan:
        """Central values by which points have their reference: numbers of the scenario, never drawn."""
        science = scenario.capability
        spreads = {"lasting": scenario.lasting_spread, "passing": scenario.passing_spread}
        found = {name: Leaf(median(number)) for name, number in spreads.items()}
        if not scenario.hardware:
            return found | dict.fromkeys(("level", "per_tenfold", "per_year"), Leaf(0.0))
        return found | {
            "level": Leaf(median(science.level)),
            "per_tenfold": Leaf(median(science.per_tenfold_compute)),
            "per_year": Leaf(median(science.progress_per_year)),
        }

    def _refuse_carried(self, scenario: Scenario) -> None:
        """Raise for what the stages ahead would have from decided ones."""
        first = self.field.stages[0]
        if next(iter(scenario.stages)) == first:
            return
        if self.sample.one(scenario.capability.carry).any():
            raise NotTakenError("capability.carry: compute of decided stages counts")
        if scenario.stages[first].points_carried is not None:
            raise NotTakenError(f"stages.{first}.points_carried: points of a decided stage count")

    def _stage(self, scenario: Scenario, s: str, days: StageDays) -> Plan:
        stage, origin = scenario.stages[s], day_number(scenario.capability.reference_date)
        grants = prepare_grants(scenario, s, self.sample, prepare_slow_days(scenario, self.sample), days)
        own = draw_gpu_table(scenario, lambda t: scenario.own_gpus(s, t), self.sample)
        self._refuse_late(scenario, s, grants, days)
        gate = stage.gate
        science = scenario.capability
        compute = science.reference_compute if stage.reference_compute is None else stage.reference_compute
        is_carried = stage.points_carried is not None
        return {
            "id": s,
            "held": Leaf(float(scenario.is_held(s))),
            "trains": scenario.trains(s),
            "years": self._of_teams(scenario, years_between(days.closes, origin)),
            "days": self._of_teams(scenario, days.closes - days.opens),
            "reference_years": Leaf(float(years_between(days.reference, origin))),
            "reference_decades": Leaf(float(np.log10(median(compute) / median(science.reference_compute)))),
            "own": self._of_hardware(scenario, own),
            "grants": self._grants(scenario, grants),
            "blocks": [
                self._block(scenario, s, name, numbers)
                for name, numbers in zip(
                    stage.points,
                    points_numbers(scenario, s, self.sample, judges_of(scenario, self.sample)),
                    strict=True,
                )
            ],
            "carried": None if stage.points_carried is None else self.number(stage.points_carried),
            "has_total": bool(stage.points) or is_carried,
            "round_to": stage.round_to,
            "gate": None
            if gate is None
            else {
                "mode": gate.mode,
                "risk": self.numbers(scenario.gate_risk(s, t) for t in self.field.teams),
            },
            "cut": self._cut(prepare_cut(scenario, s, self.sample)),
        }

    def _refuse_late(self, scenario: Scenario, s: str, grants: GrantInputs, days: StageDays) -> None:
        """Raise for grants that come late or are slow."""
        there = [list(scenario.teams).index(t) for t in self.field.teams]
        if grants.delay[:, there].any():
            raise NotTakenError(f"stages.{s}.grants.delay")
        for period in grants.slow:
            touches = (period.starts < days.closes) & (period.ends > days.opens) & period.served
            if touches[:, there].any():
                raise NotTakenError(f"stages.{s}.grants.supplier: a slow period")

    def _grants(self, scenario: Scenario, grants: GrantInputs) -> Plan:
        if grants.table is not None:
            return {"table": self._of_hardware(scenario, grants.table)}
        teams = list(scenario.teams)
        return {
            "pool": [self.columns.leaf(grants.pool[:, h, 0]) for h in range(grants.pool.shape[1])],
            "among": [bool(grants.among[0, teams.index(t)]) for t in self.field.teams],
        }

    def _block(self, scenario: Scenario, s: str, name: str, numbers: BlockNumbers) -> Plan:
        block, leaf, judges = scenario.stages[s].points[name], self.columns.leaf, numbers.judges
        return {
            "judged": block.judged,
            "to_leader": block.rescale == "leader",
            "maximum": Leaf(block.max),
            "follows": leaf(judges.follows),
            # What made the impressions in the file's columns, which the kernel takes as they are.
            "fixed": {"lasting": leaf(judges.lasting), "agree": leaf(judges.agree)},
            "drawn": [block.noise_shape, *(_raters(scenario, s, name))],
            "items": [
                {
                    "maximum": Leaf(item.maximum),
                    "mean": leaf(item.mean),
                    **({"spread": leaf(item.spread)} if block.judged else {"slope": leaf(item.slope)}),
                    "noise": leaf(item.noise),
                }
                for item in numbers.items
            ],
        }

    def _cut(self, cut: CutInputs) -> Plan:
        limits = {"keep": cut.keep, "drop": cut.drop, "minimum": cut.minimum, "within": cut.within}
        found: Plan = {
            name: None if values is None else self.columns.leaf(values[:, 0])
            for name, values in limits.items()
        }
        return {**found, "ties": list(cut.rungs)}


def _raters(scenario: Scenario, s: str, name: str) -> list[list[int]]:
    """How many people rate each item of a block, and how many of them are left out: none is [0, 0]."""
    block = scenario.stages[s].points[name]
    found = []
    for item in block.items.values() or [None]:
        own = None if item is None else item.raters
        raters = own or (block.raters if item is None or item.noise is None else None)
        found.append([0, 0] if raters is None else [raters.n, raters.trim])
    return found
