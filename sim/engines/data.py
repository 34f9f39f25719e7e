"""Data and people as arrays: days until public data come, budgets, and what both add to strength."""

from __future__ import annotations

import numpy as np

from sim.model.data import gain_by_tenfold
from sim.model.draws import Floats
from sim.model.quantiles import Sample, median, whole
from sim.scenario.models.scenario import Scenario


def days_until_data(scenario: Scenario, s: str, sample: Sample) -> Floats | None:
    """Whole days by which data let each team train later in a stage, (.., teams); None where none do."""
    data = scenario.data
    if data is None or data.access_delay is None or data.shifts or not scenario.trains(s):
        return None
    return whole(sample.row(data.delay_of(s, t) for t in scenario.teams))


def shift_by_data(scenario: Scenario, s: str, sample: Sample) -> tuple[Floats, float]:
    """Whole days by which data move a stage and all after it, (..,), and their central value."""
    data = scenario.data
    if data is None or not data.shifts or not scenario.trains(s):
        return np.zeros(1), 0.0
    days = data.delay_of(s, "all")
    return whole(sample.one(days)), float(whole(np.array(median(days))))


def strength_by_means(scenario: Scenario, sample: Sample) -> Floats | None:
    """What data and people add to the strength of a model, (.., teams); None where nothing is said of it."""
    found: Floats | None = None
    data, talent = scenario.data, scenario.talent
    if data is not None and data.per_tenfold is not None and data.reference is not None:
        budgets = sample.row([data.joint or 0.0]) + sample.row(map(data.own_budget, scenario.teams))
        found = gain_by_tenfold(budgets, sample.row([data.reference]), sample.row([data.per_tenfold]))
    if talent is not None and talent.per_tenfold is not None:
        people = sample.row(talent.people_of(team.people) for team in scenario.teams.values())
        gain = gain_by_tenfold(people, sample.row([talent.whole]), sample.row([talent.per_tenfold]))
        found = gain if found is None else found + gain
    return found
