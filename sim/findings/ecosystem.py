"""What a run says of the time after leaving: domestic models, and who is served by them, on given days."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sim.findings.chances import Amount, OptionChances
from sim.model.quantiles import median
from sim.scenario.models.scenario import Scenario
from sim.stats.ecosystem import AT_LEAST
from sim.stats.summary import Estimate


class OnDay(NamedTuple):
    """What there is on a day: means over runs; None of what the scenario does not ask for."""

    day: datetime.date
    models: Amount
    institutes: Amount | None
    domain_models: Amount | None
    companies: Amount | None
    on_foreign: Amount | None  # institutes on a foreign model that is open
    stranded: Amount | None  # institutes that have lost it and have no other


@dataclass(frozen=True)
class EcosystemFindings:
    """What there is on the days of `afterwards`, the last of which is `until`."""

    share: float  # of the frontier's accuracy from which on a model counts, its central value
    on: tuple[OnDay, ...]
    at_least: dict[int, Estimate]  # by how many models there are on the last day
    outside: Amount | None  # the strongest model of who was out, ECI; None where nobody goes on
    hours: Amount | None  # GPU-hours of who was out
    of: tuple[float | None, float | None]  # institutes and companies there are, by central values
    begin: Estimate | None  # whether institutes begin by the last day
    half: Estimate | None  # whether half of them are served by then
    months_to_half: Amount | None  # of the runs in which they are, from the beginning of the programme

    @property
    def last(self) -> OnDay:
        """The last day."""
        return self.on[-1]


def ecosystem_findings(scenario: Scenario, found: OptionChances) -> EcosystemFindings | None:
    """Work out what is told of the time after leaving; None where a scenario says nothing of it."""
    said = scenario.afterwards
    if said is None:
        return None
    chances, amounts = found.chances, found.amounts
    begin, half = (chances.get(name) for name in ("institutes_begin", "half_of_institutes"))
    return EcosystemFindings(
        share=median(said.share_of_frontier),
        on=tuple(_on_days(scenario, found)),
        at_least={number: chances[name].estimate for name, number in AT_LEAST.items()},
        outside=amounts.get("strongest_outside"),
        hours=amounts.get("gpu_hours_outside"),
        of=(
            None if said.institutes is None else median(said.institutes.count),
            None if said.companies is None else median(said.companies.count),
        ),
        begin=None if begin is None else begin.estimate,
        half=None if half is None else half.estimate,
        months_to_half=amounts.get("months_to_half"),
    )


def _on_days(scenario: Scenario, found: OptionChances) -> Iterator[OnDay]:
    said, amounts = scenario.afterwards, found.amounts
    assert said is not None
    served = ("institutes_served", "domain_models", "companies_served")
    names = (*served, "institutes_on_foreign", "institutes_stranded")
    for day, suffix in (*((day, f".{day}") for day in said.dates or ()), (said.until, "")):
        yield OnDay(
            day, amounts[f"domestic_models{suffix}"], *(amounts.get(f"{name}{suffix}") for name in names)
        )
