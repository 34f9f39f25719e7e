"""Hardware types and the teams that use them."""

from __future__ import annotations

from pydantic import Field

from sim.scenario.models.base import Block, Id, Name, quantity
from sim.scenario.models.grants import GpuTable
from sim.scenario.models.quantities import Eci, Fraction, KrwPerHour, Teraflops
from sim.scenario.models.science import TeamFaults


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
    faults: TeamFaults = Field(TeamFaults(), description="What the team's faults differ in")
