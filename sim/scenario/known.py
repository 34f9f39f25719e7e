"""Training runs and leases that happened: what the model has to come out near to."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.base import Block, Id, Name
from sim.scenario.numbers import Finite
from sim.scenario.quantity import quantity
from sim.scenario.units import DAYS, FLOP, GPUS, gpus_by_type, money, unit

Observed = Annotated[Finite, Field(gt=0)]
"""What was observed is a number: neither a distribution nor nothing."""

Flop = Annotated[Observed, unit(FLOP)]
Days = Annotated[Observed, unit(DAYS)]
Krw = Annotated[Observed, money]

Compared = Literal["compute", "days", "cost"]


class Known(Block):
    """A run or a lease that happened; what `compare` names is worked out from the rest and compared."""

    name: Name | None = Field(None, description="What the run is called; its id if left out")
    team: Id | None = Field(
        None, description="Whose share of peak and whose faults count; without it, the programme's"
    )
    gpus: Annotated[dict[Id, Annotated[Observed, unit(GPUS)]], Field(min_length=1), gpus_by_type] = quantity(
        unit="GPUs", meaning="GPUs of the whole run, by hardware type"
    )
    days: Days = quantity(unit="days", meaning="How long it took, all days")
    compute: Flop | None = quantity(None, unit="FLOP", meaning="Compute of the run")
    cost: Krw | None = quantity(None, unit="KRW", meaning="What the GPUs cost")
    compare: Compared = Field(description="Which of the three is worked out from the others")

    @model_validator(mode="after")
    def _comparable(self) -> Self:
        needed: Literal["compute", "cost"] = "cost" if self.compare == "cost" else "compute"
        if getattr(self, needed) is None:
            raise ValueError(f"`compare: {self.compare}` without `{needed}`, expected `{needed}` beside it")
        return self

    @property
    def observed(self) -> float:
        """What `compare` names as it was observed, in FLOP, days or KRW."""
        value: float = getattr(self, self.compare)
        return value
