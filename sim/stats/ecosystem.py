"""What is asked of the ecosystem: domestic models, institutes and companies served, by given days.

Names of responses, with what answers them from outcomes, for `sim.stats.responses`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from sim.engines.calendar import day_number
from sim.engines.outcomes import AfterwardsOutcome, Outcomes
from sim.model.capability import DAYS_PER_YEAR, MONTHS_PER_YEAR
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.scenario.models.scenario import Scenario

AskChance = Callable[[Outcomes], tuple[Bools, Bools]]
AskMeasure = Callable[[Outcomes], tuple[Floats, Bools]]

AT_LEAST = {"two_domestic_models": 2, "three_domestic_models": 3}
"""Chances of so many domestic models, by name."""


def ecosystem_chances(scenario: Scenario) -> Iterator[tuple[str, AskChance]]:
    """Give each chance that is asked, by its name."""
    said = scenario.afterwards
    if said is None:
        return
    for name, number in AT_LEAST.items():
        yield name, partial(_at_least, number)
    if said.institutes is not None:
        until = day_number(said.until) + 1
        yield "institutes_begin", partial(_comes, "begins", until)
        yield "half_of_institutes", partial(_comes, "half", until)


def ecosystem_measures(scenario: Scenario) -> Iterator[tuple[str, str, float, AskMeasure]]:
    """Give each measure that is asked: its name, unit, resolution, and what answers."""
    said = scenario.afterwards
    if said is None:
        return
    yield "strongest_domestic", "ECI", 0.01, _strongest
    if said.go_on is not None:
        yield "strongest_outside", "ECI", 0.01, _strongest_outside
        yield "gpu_hours_outside", "GPU-hours", 1.0, _hours
    days = {"": len(said.dates or ())} | {f".{day}": i for i, day in enumerate(said.dates or ())}
    for suffix, place in days.items():
        yield f"domestic_models{suffix}", "models", 1.0, partial(_on_day, "domestic", place)
        if said.institutes is not None:
            yield f"institutes_served{suffix}", "institutes", 0.01, partial(_on_day, "institutes", place)
        if said.institutes is not None and said.institutes.domain_models is not None:
            yield f"domain_models{suffix}", "models", 0.01, partial(_on_day, "domain_models", place)
        if scenario.foreign_to_institutes is not None:
            for name, what in (("institutes_on_foreign", "on_foreign"), ("institutes_stranded", "stranded")):
                yield f"{name}{suffix}", "institutes", 0.01, partial(_on_day, what, place)
        if said.companies is not None:
            yield f"companies_served{suffix}", "companies", 0.01, partial(_on_day, "companies", place)
    if said.institutes is not None:
        ends = day_number(scenario.first_day), day_number(said.until) + 1
        yield "months_to_half", "months", 0.1, partial(_months_to_half, *ends)


def _of(outcomes: Outcomes) -> AfterwardsOutcome:
    assert outcomes.afterwards is not None  # or nobody would ask
    return outcomes.afterwards


def _at_least(number: int, outcomes: Outcomes) -> tuple[Bools, Bools]:
    holds: Bools = _of(outcomes).domestic[:, -1] >= number
    return holds, np.ones_like(holds)


def _comes(what: str, until: int, outcomes: Outcomes) -> tuple[Bools, Bools]:
    holds: Bools = getattr(_of(outcomes), what) <= until
    return holds, np.ones_like(holds)


def _on_day(what: str, place: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    values: Floats = getattr(_of(outcomes), what)[:, place]
    return values, np.ones(values.shape, dtype=bool)


def _strongest(outcomes: Outcomes) -> tuple[Floats, Bools]:
    values = _of(outcomes).strongest[:, -1]
    return values, np.isfinite(values)


def _strongest_outside(outcomes: Outcomes) -> tuple[Floats, Bools]:
    made = _of(outcomes).outside
    values = np.where(np.isnan(made), -np.inf, made).max(axis=(1, 2), initial=-np.inf)
    return values, np.isfinite(values)


def _hours(outcomes: Outcomes) -> tuple[Floats, Bools]:
    # From the first team to the last: the order fixes the rounding.
    total: Floats = sum(_of(outcomes).hours.T, np.zeros(len(outcomes.frontier)))
    return total, np.ones(total.shape, dtype=bool)


def _months_to_half(first: int, until: int, outcomes: Outcomes) -> tuple[Floats, Bools]:
    half = _of(outcomes).half
    return (half - first) / DAYS_PER_YEAR * MONTHS_PER_YEAR, half <= until
