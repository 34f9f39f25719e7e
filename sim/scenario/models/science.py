"""The parameters of the model, of hardware and of teams: each with unit, default, range, meaning and source.

Defaults and ranges come from published work (docs/model.md lists it); all of them can be set in a file.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.scenario.models.base import Block, Day, Id, Name, is_number, quantity, said_of
from sim.scenario.models.grants import GpuTable
from sim.scenario.models.laws import Finite
from sim.scenario.models.openness import BaseKind
from sim.scenario.models.quantities import (
    Correlation,
    Eci,
    EciGrowth,
    EciSpread,
    FaultRate,
    Flop,
    Fraction,
    GpusPerNode,
    Hours,
    KrwPerHour,
    Minutes,
    People,
    Seconds,
    StrengthSpread,
    Teraflops,
)
from sim.scenario.models.recovery import BadNodes, Nodes, OnFault, RepairHours, Storage
from sim.scenario.models.units import share_in_percent


class Capability(Block):
    """How compute and time become a model's strength, in points of the Epoch Capabilities Index (ECI)."""

    level: Eci = quantity(
        133.6,
        unit="ECI",
        symbol="q0",
        plausible=(131.0, 136.2),
        meaning="Strength of a model trained with reference_compute at reference_date",
        source="Ho et al. 2025, joint regression on 68 models",
    )
    reference_compute: Flop = quantity(
        1.5e24,
        unit="FLOP",
        symbol="C_ref",
        meaning="Compute at which a model has the strength `level`",
        source="size of the programme's first runs",
    )
    reference_date: Day = quantity(
        datetime.date(2026, 1, 1),
        unit="date",
        symbol="t0",
        meaning="Date at which a model has the strength `level`",
        source="date of the first evaluation",
    )
    per_tenfold_compute: EciSpread = quantity(
        5.7,
        unit="ECI per tenfold compute",
        symbol="kappa",
        plausible=(3.0, 8.9),
        meaning="Strength gained by ten times the compute",
        source="mid-point of 4.0 (within model families) and 7.4 (across laboratories), Ho et al. 2025",
    )
    progress_per_year: Eci = quantity(
        8.9,
        unit="ECI per year",
        symbol="g",
        plausible=(6.8, 11.0),
        meaning="Strength gained by a year of everybody's progress in software, at the same compute",
        source="Ho et al. 2025, 95 % interval as range",
    )
    team_spread: EciSpread = quantity(
        2.5,
        unit="ECI",
        symbol="s_A",
        plausible=(1.5, 4.5),
        meaning="How far teams differ for good (standard deviation)",
        source="residual of Ho et al. 2025; persistence set low after the first two evaluations",
        guess=True,
    )
    stage_spread: EciSpread = quantity(
        4.0,
        unit="ECI",
        symbol="s_H",
        plausible=(2.0, 6.0),
        meaning="How far a team's luck of one stage goes (standard deviation)",
        source="residual of Ho et al. 2025",
        guess=True,
    )
    carry: Fraction = quantity(
        0.0,
        unit="share",
        symbol="carry",
        meaning="Share of a team's effective compute of the stage before that still counts",
        source="0: all four models of the second evaluation were trained anew",
    )


class Strength(Block):
    """How teams differ in a programme without hardware: by what lasts and by the luck of a stage.

    The strength of a team is its effect and both kinds of luck, and that of an average team is 0.
    """

    spread: StrengthSpread = quantity(
        2.5,
        unit="units of strength",
        symbol="s_A",
        meaning="How far teams differ for good (standard deviation)",
        source="as far as models do, against the luck of a stage; nothing is known of this programme",
        guess=True,
    )
    luck: StrengthSpread = quantity(
        4.0,
        unit="units of strength",
        symbol="s_H",
        meaning="How far a team's luck of one stage goes (standard deviation)",
        source="as far as that of models, against what lasts; nothing is known of this programme",
        guess=True,
    )
    unit: Name | None = Field(None, description="What strength is measured in; points if left out")


class Frontier(Block):
    """The best model of the world, as a line through one point."""

    level: Eci = quantity(
        150.0, unit="ECI", meaning="Strength of the frontier at `date`", source="GPT-5 = 150"
    )
    date: Day = quantity(
        datetime.date(2025, 8, 7), unit="date", meaning="Date at which the frontier has the strength `level`"
    )
    growth_per_year: EciGrowth = quantity(
        15.5,
        unit="ECI per year",
        plausible=(8.3, 17.0),
        meaning="What the frontier gains in a year",
        source="Epoch AI, April 2024 to December 2025",
    )
    target: Annotated[Finite, Field(ge=0, le=1), share_in_percent] | None = quantity(
        None,
        unit="share",
        meaning="A target of the programme: benchmark accuracy as a share of the frontier's",
    )


class Judging(Block):
    """What experts and users see in a model."""

    follows_strength: Correlation = quantity(
        0.3,
        unit="correlation",
        symbol="rho",
        plausible=(-0.4, 0.9),
        meaning="How closely judged points follow strength: 1 fully, 0 not at all",
        source="no data settles it: one stage says near 1, the other negative",
        guess=True,
    )
    lasting: Fraction | None = quantity(
        None,
        unit="share",
        symbol="tau",
        meaning="Share of what judges see besides strength that a team keeps between stages; 0 if left out",
        source="no data settles it: one team led the experts at both stages",
    )
    agree: Fraction | None = quantity(
        None,
        unit="correlation",
        meaning="How far the judged blocks of a stage agree in what they see besides strength; 0 if left out",
        source="nothing is known of it",
    )


class Training(Block):
    """How granted GPU time becomes training."""

    main_run_share: Fraction = quantity(
        0.5,
        unit="share",
        symbol="f_main",
        plausible=(0.3, 0.8),
        meaning="Share of GPU time that goes into the model that is evaluated",
        source="ceiling against use of the programme's own runs",
        guess=True,
    )


class Faults(Block):
    """Faults that stop a whole training job, and what they cost."""

    mode: Literal["average", "each"] = Field(
        "average",
        description="Whether faults take their mean share of the time, or each strikes at a time of its own",
    )
    per_node_day: FaultRate = quantity(
        6.2e-3,
        unit="faults per node and day",
        symbol="r_f",
        plausible=(1.7e-3, 2.3e-2),
        meaning="Faults that stop the job, for each node and day",
        source="geometric mean of eight published rates",
    )
    gpus_per_node: GpusPerNode = quantity(
        8.0, unit="GPUs", meaning="GPUs in a node", source="HGX and DGX servers"
    )
    restart: Minutes = quantity(
        30.0,
        unit="minutes",
        symbol="R",
        plausible=(5.0, 120.0),
        meaning="Time from a fault until training goes on",
        source="11 min automatic restart on the programme's own cluster, hours by hand (arXiv 2605.09370)",
    )
    checkpoint: Seconds = quantity(
        60.0,
        unit="seconds",
        symbol="delta",
        plausible=(5.0, 300.0),
        meaning="Time that writing a checkpoint takes",
        source="40 s for BLOOM's 2.3 TB, seconds on the fastest storage",
    )
    interval: Literal["best"] | Hours = quantity(
        "best",
        unit="hours",
        symbol="tau",
        meaning="Work between two checkpoints; `best` is Daly's higher-order optimum",
        source="Daly 2006",
    )
    detection: Minutes | None = quantity(
        None,
        unit="minutes",
        symbol="D",
        plausible=(0.0, 60.0),
        meaning="Time until a fault is noticed, in which work is in vain; 0 if left out",
        source="monitoring noticed all ten GPU faults of 55 days (arXiv 2605.09370)",
    )
    on_fault: OnFault | None = Field(
        None, description="Whether the whole job stops at a fault, or goes on with the rest; stop if left out"
    )
    regroup: Minutes | None = quantity(
        None,
        unit="minutes",
        symbol="G",
        plausible=(0.05, 10.0),
        meaning="Time until a job that goes on has begun again with the rest; 0 if left out",
        source="a process restarts in under 3 seconds by its vendor (ZDNet Korea 2026-03-13)",
    )
    repair: RepairHours | None = quantity(
        None,
        unit="hours",
        symbol="H",
        plausible=(1.0, 96.0),
        meaning="Time until a failed node is back; 0 if left out",
    )
    spares: Nodes | None = quantity(
        None,
        unit="nodes",
        symbol="s",
        plausible=(0.0, 8.0),
        meaning="Nodes of the team that do not train but replace failed ones; none if left out",
        source="BLOOM kept 4 of 52 nodes",
    )
    bad_nodes: BadNodes | None = Field(
        None, description="Nodes that fail again and again; all nodes are alike if left out"
    )
    storage: Storage | None = Field(
        None, description="Storage that slows a team's cluster for a while; never if left out"
    )


def _of_team(name: str, *, ranged: bool = False) -> Any:
    """A field of a team that takes the place of the programme's, and perhaps has its range."""
    field = Faults.model_fields[name]
    said, told = said_of(field), field.description or ""
    if ranged:
        told = told.partition("; ")[0]  # what holds where it is left out is the programme's, too
    meaning = f"{told}, if not faults.{name}"
    plausible = said["plausible"] if ranged else None
    return quantity(None, unit=said["unit"], symbol=said["symbol"], plausible=plausible, meaning=meaning)


class TeamFaults(Block):
    """What a team's faults differ in; what is left out is the programme's."""

    per_node_day: FaultRate | None = _of_team("per_node_day")
    gpus_per_node: GpusPerNode | None = _of_team("gpus_per_node")
    restart: Minutes | None = _of_team("restart")
    checkpoint: Seconds | None = _of_team("checkpoint")
    interval: Literal["best"] | Hours | None = _of_team("interval")
    detection: Minutes | None = _of_team("detection", ranged=True)
    on_fault: OnFault | None = Field(
        None, description="Whether the whole job stops at a fault, or goes on, if not faults.on_fault"
    )
    regroup: Minutes | None = _of_team("regroup", ranged=True)
    repair: RepairHours | None = _of_team("repair", ranged=True)
    spares: Nodes | None = _of_team("spares", ranged=True)
    bad_nodes: BadNodes | None = Field(
        None, description="Nodes that fail again and again, if not faults.bad_nodes"
    )
    storage: Storage | None = Field(
        None, description="Storage that slows the cluster for a while, if not faults.storage"
    )

    @model_validator(mode="before")
    @classmethod
    def _rate_alone(cls, value: Any) -> Any:
        return {"per_node_day": value} if is_number(value) else value


TEAM_FAULTS = tuple(name for name in TeamFaults.model_fields if name not in Block.model_fields)
"""What of the programme's faults a team may have otherwise."""

RECOVERY = tuple(name for name in TEAM_FAULTS if Faults.model_fields[name].default is None)
"""Those of them that nobody need write: what a job can do about faults, bad nodes and slow storage."""


class Hardware(Block):
    """A type of GPU."""

    peak: Teraflops = quantity(unit="TFLOP/s", meaning="Dense BF16 peak of one GPU")
    mfu: Fraction = quantity(
        unit="share of peak",
        symbol="MFU",
        plausible=(0.10, 0.45),
        meaning="Useful share of the peak that training reaches, unless a team says otherwise",
    )
    price: KrwPerHour = quantity(
        0.0, unit="KRW per GPU-hour", meaning="What the programme pays for a granted GPU-hour"
    )
    own_price: KrwPerHour = quantity(
        0.0, unit="KRW per GPU-hour", meaning="What an hour of a team's own GPU is worth; told apart"
    )


class Team(Block):
    """A team: what it has of its own and how it differs from the others."""

    name: Name = Field(description="What the team is called, in English and Korean")
    own: GpuTable = quantity(
        {}, unit="GPUs", factors=(0.5, 2.0), meaning="GPUs that the team has anyway, by hardware type"
    )
    mfu: dict[Id, Fraction] = Field(
        {}, description="Useful share of peak by hardware type, where it is the team's own"
    )
    effect: Eci = quantity(
        0.0,
        unit="ECI",
        meaning="By how much the team is known to be stronger than the average",
        plausible=(-2.5, 2.5),
    )
    gate_risk: Fraction | None = quantity(
        None,
        unit="probability",
        symbol="p_gate",
        meaning="Chance of failing a gate, instead of the gate's own",
    )
    main_run_share: Fraction | None = quantity(
        None,
        unit="share",
        symbol="f_main",
        meaning="Share of GPU time in the evaluated model, instead of training's",
    )
    faults: TeamFaults = Field(
        TeamFaults.unwritten(), description="How the team's faults differ from `faults`"
    )
    base: BaseKind | None = Field(
        None, description="What its models begin from, as `openness` describes it; scratch if left out"
    )
    people: People | None = quantity(
        None,
        unit="people",
        symbol="N",
        meaning="How many work on the team's model; `talent` says what it adds",
    )
    saves: Fraction | None = quantity(
        None,
        unit="share",
        symbol="sigma",
        meaning="Share of a window's compute that the team keeps for the stage after, instead of effort's",
    )
    trains_on_tests: Fraction | None = quantity(
        None,
        unit="share of the maximum",
        symbol="b",
        meaning="What the team gains on public tests by training on them, instead of effort's",
    )
