"""Everything that is known before time passes: numbers and luck of a range of replications, as arrays.

Both engines start from here. The first axis of an array is the replication, or has length 1 where all
replications agree; the last is the team. Memory runs along the replications, which NumPy likes best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sim.engines.afterwards import AfterwardsInputs, prepare_afterwards
from sim.engines.blocks import Judges
from sim.engines.breakthroughs import (
    BreakthroughInputs,
    UsedBreakthrough,
    frontier_gain,
    prepare_breakthroughs,
    research_of_stage,
)
from sim.engines.calendar import StageDays, day_number, programme_days
from sim.engines.data import strength_by_means
from sim.engines.effort import EffortInputs, prepare_effort
from sim.engines.lending import GrantInputs, SlowDays, draw_gpu_table, prepare_grants, prepare_slow_days
from sim.engines.openness import draw_closings, multiply, prepare_bases
from sim.engines.recovery import StorageInputs, prepare_detection, prepare_recovery, prepare_storage
from sim.engines.scoring import BlockOfPoints, Scoring, judges_of, prepare_scoring
from sim.engines.selection import (
    CutInputs,
    EntryInputs,
    GateInputs,
    known_fates,
    prepare_cut,
    prepare_entry,
    prepare_gate,
)
from sim.engines.supply import ArrivalInputs, SupplyInputs, prepare_supplies, prepare_supply
from sim.engines.trained_model import ModelInputs, prepare_models
from sim.model.capability import frontier, strength_without_compute, years_between
from sim.model.compute import SECONDS_PER_DAY, TERA, FaultInputs, fault_rate, training_rate
from sim.model.draws import Floats, Key, Purpose, Source
from sim.model.points import Bools
from sim.model.quantiles import Sample
from sim.model.recovery import working_share
from sim.rules.decisions import Codes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.science import Faults
from sim.scenario.models.stages import Pay, Stage


@dataclass
class PayInputs:
    """Money that is not for GPUs."""

    start: Floats  # (.., teams) to each who takes part
    stay: Floats  # (.., teams) to each who stays
    by_rank: Floats  # (.., places) to those who stay
    joint: Floats | None = None  # (.., 1) for data of all, in equal parts of those who take part


@dataclass
class StageInputs:
    """One stage; see the module's first lines for the shapes."""

    id: str
    held: bool  # False: the programme has ended before it
    trains: bool  # False: strength does not come from compute
    days: StageDays
    own: Floats  # (.., hardware, teams) own GPUs
    grants: GrantInputs
    # Whether there is one window for all, and all that is lent comes when it opens, in all replications.
    at_once: bool
    models: ModelInputs | None  # of what size they are; None where compute alone counts
    without_compute: Floats  # (.., teams) strength but for what compute adds
    beyond: Floats | None  # (.., teams) of it what only who is in the programme has: data, people, research
    scoring: Scoring
    gate: GateInputs
    cut: CutInputs
    carried: Floats | None  # (.., 1) share of the total before that counts
    awards: tuple[int, ...]  # how many there are of each, the highest first
    pays: PayInputs | None
    happened: Codes | None  # (1, teams) fates, where they are known
    entry: EntryInputs | None
    supply: SupplyInputs | None  # what arrives over time; None: nothing
    storage: StorageInputs | None  # that slows teams down for a while
    worth: Floats | None  # (.., teams) how many times the compute of the window counts; None: once
    steeper: Floats | None  # (.., teams) ECI per tenfold compute beyond the usual; None: nothing
    breakthroughs: tuple[UsedBreakthrough, ...]
    # (.., teams) the day on which what each began from closes, and from which on its training counts then;
    # infinite where nothing closes before the window does; None where nothing can.
    closed: Floats | None
    restart: Floats | None
    leak: Floats | None  # (.., teams) money; None: nothing
    effort: EffortInputs | None

    @property
    def has_total(self) -> bool:
        """Whether there are points by which teams can be ranked."""
        return bool(self.scoring.blocks) or self.carried is not None


@dataclass
class Inputs:
    """The programme; see the module's first lines for the shapes."""

    start: int
    stop: int
    teams: tuple[str, ...]
    from_start: Bools  # (1, teams) who is there from the start
    waiting: Bools | None  # (1, teams) who is not; None: nobody ever comes in
    speed: Floats  # (.., hardware, teams) FLOP a day of one GPU that count
    faults: FaultInputs
    single_faults: bool  # played one by one, not by their mean
    tells_losses: bool  # whether hours are counted that faults cost
    price: Floats  # (.., hardware, 1) KRW per GPU-hour
    own_price: Floats  # (.., hardware, 1) KRW per hour of an own GPU
    today: float  # day from which own GPUs cost money
    reference_compute: Floats  # (.., 1)
    per_tenfold: Floats  # (.., 1)
    carry: Floats  # (.., 1)
    frontier: Floats  # (..,) on the day of the last result of a stage that is held; nan without hardware
    frontier_growth: Floats  # (..,)
    common: CommonInputs
    stages: tuple[StageInputs, ...]
    afterwards: AfterwardsInputs | None = None

    @cached_property
    def own_rate(self) -> Floats:
        """FLOP a day of teams on their own GPUs alone, (.., teams), unless a stage says which they are."""
        own = self.common.own
        return training_rate(own, self.speed) * working_share(own, self.faults)


KnownBlocks = Mapping[str, Mapping[str, BlockOfPoints]]
"""Blocks of points by stage and name whose luck was made before."""

NO_BLOCKS: KnownBlocks = {}


class CommonInputs(NamedTuple):
    """What all stages share."""

    own: Floats  # (.., hardware, teams) own GPUs
    slow: dict[str, list[SlowDays]]  # by supplier
    lasting: Floats  # (.., teams) effect + a, in units of strength
    passing: Floats  # (.., 1) spread of the luck of a stage, in units of strength
    level: Floats  # (.., 1) ECI; 0 without hardware
    per_year: Floats  # (.., 1) ECI; 0 without hardware
    judges: Judges
    supplies: dict[str, ArrivalInputs]  # by id
    breakthroughs: tuple[BreakthroughInputs, ...]
    closings: dict[str, Floats]  # (.., 1) days on which the models behind bases close
    means: Floats | None  # (.., teams) ECI by data and people; None: neither is said to add any


def prepare(
    scenario: Scenario, source: Source, start: int, stop: int, known: KnownBlocks = NO_BLOCKS
) -> Inputs:
    """The numbers and the luck of the replications from `start` to before `stop`, at least one.

    The luck of blocks of points that are `known`, by stage, is taken from there.
    """
    if start >= stop:
        raise ValueError(f"replications {start}:{stop}, expected at least one")
    sample = Sample(source, start, stop)
    science, hardware = scenario.capability, scenario.hardware.values()
    from_start = np.array([[t not in scenario.candidates for t in scenario.teams]])
    # In this order numbers are asked for, and a sensitivity analysis lays its design out by it.
    growth = sample.one(scenario.frontier.growth_per_year)
    days = programme_days(scenario, sample)
    breakthroughs = prepare_breakthroughs(scenario, sample)
    best = frontier_at_end(scenario, sample, days, breakthroughs)
    return Inputs(
        start=start,
        stop=stop,
        teams=tuple(scenario.teams),
        from_start=from_start,
        waiting=~from_start if scenario.candidates else None,
        speed=_speed(scenario, sample),
        faults=prepare_faults([scenario.faults_of(t) for t in scenario.teams], sample, list(scenario.teams)),
        single_faults=scenario.faults.mode == "each",
        tells_losses=scenario.tells_losses,
        price=sample.table([one.price] for one in hardware),
        own_price=sample.table([one.own_price] for one in hardware),
        today=-np.inf if scenario.today is None else float(day_number(scenario.today)),
        reference_compute=sample.row([science.reference_compute]),
        per_tenfold=sample.row([science.per_tenfold_compute]),
        carry=sample.row([science.carry]),
        frontier=best,
        frontier_growth=growth,
        common=(common := _prepare_common(scenario, sample, breakthroughs)),
        stages=tuple(
            prepare_stage(scenario, s, sample, common, each, known.get(s))
            for s, each in zip(scenario.stages, days, strict=True)
        ),
        afterwards=prepare_afterwards(scenario, sample),
    )


def frontier_at_end(
    scenario: Scenario,
    sample: Sample,
    days: Sequence[StageDays],
    breakthroughs: Sequence[BreakthroughInputs],
) -> Floats:
    """ECI of the world's best model on the day of the last result, (..,); nan without hardware."""
    line = scenario.frontier
    last = [each for s, each in zip(scenario.stages, days, strict=True) if scenario.is_held(s)] or days
    # Not when the last window closes: the world does not wait for the result.
    horizon = years_between(last[-1].decided, day_number(line.date))
    level = sample.one(line.level) if scenario.hardware else np.array([np.nan])
    best = frontier(horizon, level, sample.one(line.growth_per_year))
    return best + frontier_gain(breakthroughs, last[-1].decided) if breakthroughs else best


_SHORTEST = 1e-30
"""Hours that stand for a checkpoint without cost; see `sim.model.compute.availability`."""


NO_FAULTS = FaultInputs(np.array(0.0), np.array(0.0), np.array(_SHORTEST), None)
"""Of a job that never stops, on which what faults cost is measured."""


def prepare_faults(faults: Sequence[Faults], sample: Sample, teams: Sequence[str] = ()) -> FaultInputs:
    """The faults of `teams`, each with what holds for it; without names no bad nodes are drawn."""
    intervals = [each.interval for each in faults]
    return FaultInputs(
        rate=fault_rate(
            1 / sample.row(each.gpus_per_node for each in faults),
            sample.row(each.per_node_day for each in faults),
        ),
        restart=sample.row(each.restart for each in faults) / 60 + prepare_detection(faults, sample),
        write=np.maximum(sample.row(each.checkpoint for each in faults) / 3600, _SHORTEST),
        # nan stands for the optimum beside teams that keep to an interval of their own
        interval=None
        if all(interval == "best" for interval in intervals)
        else sample.row(np.nan if interval == "best" else interval for interval in intervals),
        recovery=prepare_recovery(faults, teams, sample),
    )


def _speed(scenario: Scenario, sample: Sample) -> Floats:
    peak = sample.table([hardware.peak] for hardware in scenario.hardware.values())
    use = sample.table(
        ([scenario.mfu(t, h) for t in scenario.teams] for h in scenario.hardware), len(scenario.teams)
    )
    share = sample.row(scenario.main_run_share(t) for t in scenario.teams)
    return peak * (TERA * SECONDS_PER_DAY) * use * share[:, None, :]


def _prepare_common(
    scenario: Scenario, sample: Sample, breakthroughs: tuple[BreakthroughInputs, ...]
) -> CommonInputs:
    science, teams = scenario.capability, scenario.teams
    effect = sample.row(team.effect for team in teams.values())
    a = sample.normals([Key(Purpose.TEAM, team=t) for t in teams]).T
    return CommonInputs(
        own=draw_gpu_table(scenario, lambda t: teams[t].own, sample),
        slow=prepare_slow_days(scenario, sample),
        lasting=effect + sample.row([scenario.lasting_spread]) * a,
        passing=sample.row([scenario.passing_spread]),
        level=sample.row([science.level if scenario.hardware else 0.0]),
        per_year=sample.row([science.progress_per_year if scenario.hardware else 0.0]),
        judges=judges_of(scenario, sample),
        supplies=prepare_supplies(scenario, sample),
        breakthroughs=breakthroughs,
        closings=draw_closings(scenario, sample),
        means=strength_by_means(scenario, sample),
    )


def prepare_stage(
    scenario: Scenario,
    s: str,
    sample: Sample,
    common: CommonInputs,
    days: StageDays,
    known: Mapping[str, BlockOfPoints] | None = None,
) -> StageInputs:
    """The numbers and the luck of one stage; `known` as in `prepare_scoring`."""
    stage, origin = scenario.stages[s], day_number(scenario.capability.reference_date)
    h = sample.normals([Key(Purpose.STAGE, s, t) for t in scenario.teams]).T
    grants = prepare_grants(scenario, s, sample, common.slow, days)
    research = research_of_stage(common.breakthroughs if scenario.trains(s) else (), days.opens)
    bases = prepare_bases(scenario, s, sample, common.closings, days.closes)
    luck = common.lasting + common.passing * h
    beyond = _add(common.means if scenario.trains(s) else None, research.level)
    return StageInputs(
        id=s,
        held=scenario.is_held(s),
        trains=scenario.trains(s),
        days=days,
        grants=grants,
        at_once=is_lent_at_once(scenario, s, grants, days),
        scoring=prepare_points(scenario, s, sample, common, days, known),
        own=prepare_own(scenario, s, sample, common),
        models=prepare_models(scenario, s, sample),
        without_compute=strength_without_compute(
            years_between(days.closes, origin),
            common.level,
            common.per_year,
            luck if beyond is None else luck + beyond,
        ),
        beyond=beyond,
        gate=prepare_gate(scenario, s, sample, bases.closed),
        cut=prepare_cut(scenario, s, sample),
        carried=prepare_carried(stage, sample),
        awards=tuple(stage.places_of_awards.values()),
        pays=prepare_pays(scenario, stage, sample),
        happened=known_fates(scenario, stage),
        entry=prepare_entry(scenario, s, sample, days, common.judges, common.lasting),
        supply=prepare_supply(scenario, s, grants.delay, sample, common.supplies),
        storage=prepare_storage(scenario, s, sample),
        worth=multiply(research.worth, bases.worth),
        steeper=research.steeper,
        breakthroughs=research.told,
        closed=bases.closed,
        restart=bases.restart,
        leak=bases.leak,
        effort=prepare_effort(scenario, s, sample),
    )


def _add(one: Floats | None, other: Floats | None) -> Floats | None:
    """The sum of what is there."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


def prepare_own(scenario: Scenario, s: str, sample: Sample, common: CommonInputs) -> Floats:
    """Own GPUs that teams use in a stage, (.., hardware, teams)."""
    if not scenario.stages[s].own:
        return common.own
    return draw_gpu_table(scenario, lambda t: scenario.own_gpus(s, t), sample)


def is_lent_at_once(scenario: Scenario, s: str, grants: GrantInputs, days: StageDays) -> bool:
    """Whether there is one window for all, and all that is lent comes when it opens, in all replications."""
    late = grants.delay.any() or grants.more or scenario.stages[s].grants.supply is not None
    return not late and days.one_window() and not _may_return_to(scenario, s)


def prepare_points(
    scenario: Scenario,
    s: str,
    sample: Sample,
    common: CommonInputs,
    days: StageDays,
    known: Mapping[str, BlockOfPoints] | None = None,
) -> Scoring:
    """How a stage gives points, by the years since the date of reference; `known` as in `prepare_scoring`."""
    years = years_between(days.reference, day_number(scenario.capability.reference_date))
    return prepare_scoring(scenario, s, sample, common.judges, float(years), known)


def prepare_carried(stage: Stage, sample: Sample) -> Floats | None:
    """The share of the total before that counts, (.., 1); None where none does."""
    return None if stage.points_carried is None else sample.row([stage.points_carried])


def _may_return_to(scenario: Scenario, s: str) -> bool:
    """Whether teams may come in again before a stage, and so late to it."""
    before = list(scenario.stages.values())[: list(scenario.stages).index(s)][-1:]
    return any(stage.entry is not None and stage.entry.returning for stage in before)


def prepare_pays(scenario: Scenario, stage: Stage, sample: Sample) -> PayInputs | None:
    """Money of a stage that is not for GPUs; None where there is none."""
    data = scenario.data if scenario.hardware and stage.train is not None else None
    joint, own = (None, None) if data is None else (data.joint, data.own)
    if stage.pays is None and joint is own is None:
        return None
    pays = Pay() if stage.pays is None else stage.pays
    start, stay = zip(*map(pays.amounts, scenario.teams), strict=True)
    to_start = sample.row(start)
    if data is not None and own is not None:
        to_start = to_start + sample.row(map(data.own_budget, scenario.teams))
    return PayInputs(
        to_start,
        sample.row(stay),
        sample.row(pays.by_rank or (0.0,)),
        None if joint is None else sample.row([joint]),
    )
