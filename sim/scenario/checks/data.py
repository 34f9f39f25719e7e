"""Do data come within the windows, and are budgets and people there of which strength is said to come?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenario.models.data import Data
from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import window_of
from sim.scenario.problems import Diagnostic, KeyPath, unknown_names


def data_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Tables that name what is not there, and budgets of nothing of which strength would come."""
    data = scenario.data
    if data is None:
        return
    if isinstance(data.access_delay, Mapping):
        stages = [*scenario.stages, "default"]
        yield from unknown_names(("data", "access_delay"), "stage", data.access_delay, stages)
        for stage_id in data.access_delay:
            if stage_id in scenario.stages and not scenario.trains(stage_id):
                path = ("data", "access_delay", stage_id)
                yield Diagnostic(path, "a delay of data in a stage without training", "a stage that trains")
    if isinstance(data.own, Mapping):
        yield from unknown_names(("data", "own"), "team", data.own, [*scenario.teams, "default"])
    if data.per_tenfold is not None:
        yield from _check_budgets(scenario, data)


def _check_budgets(scenario: Scenario, data: Data) -> Iterator[Diagnostic]:
    """Budgets that may be nothing: strength would then be that of no data at all."""
    joint = extremes(data.joint or 0.0)[0]
    for team in scenario.teams:
        if joint + extremes(data.own_budget(team))[0] < 1:
            found = f"no budget of '{team}', beside `per_tenfold`"
            yield Diagnostic(("data", "own"), found, "`joint`, or a budget for each team")
            return


def farthest_shifts_by_data(scenario: Scenario) -> Mapping[str, float]:
    """By how many days data may move each stage, by id; 0 where they shorten windows."""
    data = scenario.data
    if data is None or not data.shifts:
        return dict.fromkeys(scenario.stages, 0.0)
    return {s: extremes(data.delay_of(s, "all"))[1] if scenario.trains(s) else 0.0 for s in scenario.stages}


def warn_of_late_data(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find windows that are over before data come, whatever is drawn."""
    data = scenario.data
    if data is None or data.shifts or data.access_delay is None:
        return
    for stage_id in scenario.to_come:
        for team in scenario.teams:
            window = window_of(scenario.stages[stage_id].train, team)
            late = extremes(data.delay_of(stage_id, team))[0]
            if window is not None and scenario.hardware and late >= window.days():
                found = f"{late:g} days until data come, in a window of {window.days()} days at '{stage_id}'"
                yield Diagnostic(("data", "access_delay"), found, "fewer days: nobody could train")
                return


def warn_of_data(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find a block that says nothing, a kind without a delay, and people who count for nothing."""
    data = scenario.data
    if data is not None and data.access_delay is data.joint is data.own is None:
        yield Diagnostic(("data",), "a block that decides nothing", "`access_delay`, `joint` or `own`")
    elif data is not None and data.shifts and data.access_delay is None:
        yield Diagnostic(("data", "kind"), "`kind` without a delay", "`access_delay`, or no `kind`")
    adds = scenario.talent is not None and scenario.talent.per_tenfold is not None
    for team_id, team in scenario.teams.items():
        if team.people is not None and not adds:
            path: KeyPath = ("teams", team_id, "people")
            yield Diagnostic(
                path, "people who add nothing: no `talent.per_tenfold`", "`talent` with `per_tenfold`"
            )
            return
    numbers: list[Number | None] = [team.people for team in scenario.teams.values()]
    if scenario.talent is not None and all(number is None for number in numbers):
        yield Diagnostic(("talent",), "talent, and no team has `people`", "`teams.TEAM.people`")
