"""Grants: GPUs that the programme lends for a stage, by whose hand, and when they come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from sim.scenario.models.base import Block, Day, Id, Model, Name, quantity
from sim.scenario.models.numbers import Number, Uncertain, kind_of_number, share_below
from sim.scenario.models.quantities import Days, Fraction, Gpus
from sim.scenario.models.units import gpus_by_type

GpuTable = Annotated[dict[Id, Gpus], gpus_by_type]
"""Hardware type -> number of GPUs; `512 B200` for short."""


GpusByTeam = dict[
    Id,
    Annotated[
        Annotated[GpuTable, Tag("some")] | Annotated[Literal["none"], Tag("none")],
        Discriminator(lambda value: "none" if value == "none" else "some"),
    ],
]
"""Team -> its GPUs; `default` stands for the teams that it does not name."""


def number_in(table: Number | Mapping[str, Number], team: str) -> Number | None:
    """What a number for all, or a table by team, says of a team, by its name or by `default`."""
    if not isinstance(table, Mapping):
        return share_below(table, team)
    if team in table:
        return table[team]
    return None if "default" not in table else _of_default(table["default"], team)


def gpus_in(table: GpusByTeam, team: str) -> GpuTable | None:
    """What a table says of a team, by its name or by `default`; None if it says nothing, {} for no GPU."""
    gpus = table.get(team)
    if gpus is None and (default := table.get("default")) is not None:
        gpus = default if default == "none" else {h: _of_default(n, team) for h, n in default.items()}
    return {} if gpus == "none" else gpus


def _of_default(number: Number, team: str) -> Number:
    """A team's share of a number in the `default` of a table, keyed where its own entry would stand."""
    if not isinstance(number, Uncertain):
        return number
    steps = number.path.split(".")
    steps[steps.index("default", 2)] = team  # behind `stages.<stage>`: a stage may be called default as well
    return number.share_at(".".join(steps))


PoolShare = Annotated[
    Annotated[Fraction, Tag("number")] | Annotated[dict[Id, Fraction], Tag("table")],
    Discriminator(kind_of_number),
]
"""A share of the whole pool, or of each hardware type in it."""


class ByRank(Model):
    """Shares of the pool by rank among those who stayed: the first number goes to the first, and so on."""

    by_rank: Annotated[tuple[Fraction, ...], Field(min_length=1, max_length=32)] = Field(
        description="Shares by rank among those who stayed: the first number goes to the first, and so on"
    )


def _kind_of_shares(value: Any) -> str:
    if isinstance(value, str):
        return "rule"
    by_rank = isinstance(value, ByRank) or (isinstance(value, dict) and "by_rank" in value)
    return "by-rank" if by_rank else "table"


Rule = Literal["equal", "by-score", "winner"]
"""Equal shares, shares in proportion to the points of the stage before, or everything to its first."""

Shares = Annotated[
    Annotated[Rule, Tag("rule")]
    | Annotated[ByRank, Tag("by-rank")]
    | Annotated[dict[Id, PoolShare], Tag("table")],
    Discriminator(_kind_of_shares),
]


def share_in(shares: Shares | None, team: str) -> Number | dict[str, Number]:
    """A team's share in a table of shares, one for everything or by hardware type.

    0 where the table does not name the team, or where there is no table.
    """
    if not isinstance(shares, dict):
        return 0.0
    if team in shares:
        return shares[team]
    default = shares.get("default", 0.0)
    if isinstance(default, dict):
        return {h: _of_default(number, team) for h, number in default.items()}
    return _of_default(default, team)


class MoreGpus(Block):
    """A further grant during a window, with a day of its own."""

    day: Day = Field(description="The day from which they are there, to the close of the window")
    gpus: GpusByTeam = quantity(
        unit="GPUs", factors=(0.5, 2.0), meaning="Further GPUs for each team, by hardware type"
    )

    def gpus_of(self, team: str) -> GpuTable:
        """What it gives a team, by its name or by `default`."""
        return gpus_in(self.gpus, team) or {}


class SupplyGrants(Block):
    """What has arrived of one or more supplies, lent by a rule of its own, beside whatever else is lent.

    With `shares` each tranche is divided as a pool is, on the day on which it is there. With `gpus` teams
    ask: where too little has arrived, all get the same part of that, and the rest as more arrives.
    """

    of: Id | Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        description="The supply, or the list of supplies"
    )
    shares: Shares | None = Field(
        None, description="How it is divided: equally, by results, by rank, or by a table of shares"
    )
    gpus: GpusByTeam = quantity(
        {}, unit="GPUs", factors=(0.5, 2.0), meaning="GPUs that each team asks for, by hardware type"
    )
    among: tuple[Id, ...] | None = Field(None, description="The teams that share; all of them if left out")
    leftover: Literal["returned", "shared"] = Field(
        "returned", description="What becomes of GPUs that no team gets: `shared` divides them equally"
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if bool(self.gpus) == (self.shares is not None):
            found = "both `gpus` and `shares`" if self.gpus else "neither `shares` nor `gpus`"
            raise ValueError(f"{found}, expected one rule, as in `shares: equal`")
        if self.among is not None and not isinstance(self.shares, str):
            raise ValueError("`among`, expected `shares: equal`, `by-score` or `winner` beside it")
        return self

    @property
    def supplies(self) -> tuple[str, ...]:
        """The supplies, in order."""
        return (self.of,) if isinstance(self.of, str) else self.of

    def gpus_of(self, team: str) -> GpuTable:
        """What a team asks for, by its name or by `default`."""
        return gpus_in(self.gpus, team) or {}

    def share_of(self, team: str) -> Number | dict[str, Number]:
        """A team's share in a table of shares; see `share_in`."""
        return share_in(self.shares, team)

    def share_of_type(self, team: str, hardware: str) -> Number:
        """A team's share of one hardware type, as `share_of`."""
        share = self.share_of(team)
        return share.get(hardware, 0.0) if isinstance(share, dict) else share

    @property
    def by_results(self) -> bool:
        """Whether the shares need the results of a stage before."""
        return self.shares in ("by-score", "winner") or isinstance(self.shares, ByRank)


class Grants(Block):
    """GPUs that the programme lends for the length of the window, by one rule.

    `pool` with `shares` divides the pool among the teams present: equally (among those in `among`, if
    given), by the points of the stage before, by rank there, or by a table. `gpus` names the numbers of GPUs
    themselves, and the pool is their sum. `default` in a table stands for every team that it does not name.
    What no team gets is left over: it is returned, or shared equally by those present.
    """

    pool: GpuTable = quantity({}, unit="GPUs", factors=(0.5, 2.0), meaning="GPUs to lend, by hardware type")
    shares: Shares | None = Field(
        None, description="How the pool is divided: equally, by results, by rank, or by a table of shares"
    )
    gpus: GpusByTeam = quantity(
        {}, unit="GPUs", factors=(0.5, 2.0), meaning="GPUs for each team, by hardware type"
    )
    counted_in: Literal["gpu-hours"] | None = Field(
        None,
        description="Pool or `gpus` are GPU-hours, used evenly from delivery to close; GPUs if left out",
    )
    more: dict[Id, MoreGpus] | None = Field(
        None, description="Further grants during the window, by a name, each from a day of its own"
    )
    supply: SupplyGrants | None = Field(
        None, description="What arrives of a supply over time, lent beside all that is lent otherwise"
    )
    among: tuple[Id, ...] | None = Field(None, description="The teams that share; all of them if left out")
    leftover: Literal["returned", "shared"] = Field(
        "returned", description="What becomes of GPUs that no team gets: `shared` divides them equally"
    )
    supplier: Id | dict[Id, Id] | None = Field(
        None, description="Who runs the hardware: one supplier for all, or a table by team"
    )
    delay: Days = quantity(
        0.0,
        unit="days",
        meaning="Whole days by which a team's delivery is late, drawn for each team",
        plausible=(0, 45),
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if self.gpus and (self.shares is not None or self.pool):
            raise ValueError("both `gpus` and `pool` or `shares`, expected one rule")
        if self.pool and self.shares is None:
            raise ValueError("a pool without shares, expected `shares: equal`, or a table of shares")
        if self.shares is not None and not self.pool:
            raise ValueError("shares without a pool, expected `pool`")
        if self.among is not None and not isinstance(self.shares, str):
            raise ValueError("`among`, expected `shares: equal`, `by-score` or `winner` beside it")
        return self

    def supplier_of(self, team: str) -> str | None:
        """Who runs what a team is lent, if the file says so."""
        if isinstance(self.supplier, dict):
            return self.supplier.get(team, self.supplier.get("default"))
        return self.supplier

    @property
    def suppliers(self) -> list[str]:
        """The suppliers that are named, for all teams or for some."""
        if isinstance(self.supplier, dict):
            return list(self.supplier.values())
        return [] if self.supplier is None else [self.supplier]

    def gpus_of(self, team: str) -> GpuTable:
        """What `gpus` names for a team, by its name or by `default`."""
        return gpus_in(self.gpus, team) or {}

    def share_of(self, team: str) -> Number | dict[str, Number]:
        """A team's share of the pool in a table of shares; see `share_in`."""
        return share_in(self.shares, team)

    def share_of_type(self, team: str, hardware: str) -> Number:
        """A team's share of one hardware type of the pool, as `share_of`."""
        share = self.share_of(team)
        return share.get(hardware, 0.0) if isinstance(share, dict) else share

    def delay_of(self, team: str) -> Number:
        """The days by which a team's delivery is late, beside its supplier's."""
        return share_below(self.delay, team)

    @property
    def by_results(self) -> bool:
        """Whether the shares need the results of a stage before."""
        return self.shares in ("by-score", "winner") or isinstance(self.shares, ByRank)


class SlowPeriod(Block):
    """Some days in which all that a supplier runs is slow: a common cause, one draw for everybody."""

    starts: Day = Field(description="The day on which it begins")
    days: Days = quantity(unit="days", meaning="How long it lasts, in whole days")
    speed: Fraction = quantity(unit="share", meaning="Speed of the lent GPUs meanwhile, against normal")


class Supplier(Block):
    """Who runs lent hardware; what befalls a supplier befalls all teams that it serves."""

    name: Name | None = Field(None, description="What the supplier is called; its id if left out")
    delay: Days = quantity(
        0.0,
        unit="days",
        meaning="Whole days by which its deliveries are late, one draw a stage for all it serves",
    )
    slow: dict[Id, SlowPeriod] = Field({}, description="When what it runs is slow, by a name of the period")
