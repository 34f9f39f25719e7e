"""What a scenario comes to where it says anything of effort, of tests trained on, or of data."""

from __future__ import annotations

from sim.scenario.models.scenario import Scenario


def saves(scenario: Scenario) -> bool:
    """Whether any team may keep compute for the stage after."""
    return any(scenario.saved_share(team) != 0 for team in scenario.teams)


def saves_at(scenario: Scenario, stage_id: str) -> bool:
    """Whether compute of a stage may be kept: there is one after it, or nobody knew that it was the last.

    At a stage whose result is known teams saved whatever became of the programme.
    """
    known = scenario.stages[stage_id].happened is not None
    return saves(scenario) and scenario.trains(stage_id) and (known or scenario.goes_on_after(stage_id))


def whole_field(scenario: Scenario) -> int:
    """The number of teams at which rivals take no effort: what the file says, or those from the start."""
    said = None if scenario.effort is None else scenario.effort.field
    return max(1, len(scenario.teams) - len(scenario.candidates)) if said is None else said


def trains_on_tests(scenario: Scenario) -> bool:
    """Whether any team may have trained on public tests."""
    return any(scenario.gained_on_tests(team) != 0 for team in scenario.teams)


def pays_at(scenario: Scenario, stage_id: str) -> bool:
    """Whether a stage has money that is not for GPUs: payments to teams, or budgets for data."""
    return scenario.stages[stage_id].pays is not None or buys_data_at(scenario, stage_id)


def buys_data_at(scenario: Scenario, stage_id: str) -> bool:
    """Whether a stage has budgets for data: only where models are trained."""
    data = scenario.data
    return data is not None and not (data.joint is data.own is None) and scenario.trains(stage_id)
