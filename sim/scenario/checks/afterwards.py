"""Can what a file says of the time after leaving be meant, and does it come to anything?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sim.scenario.models.afterwards import Afterwards
from sim.scenario.models.grants import GpuTable
from sim.scenario.models.numbers import extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic, KeyPath, unknown_names

MOST_MODELS = 64
"""Models of a team after the last stage: more would only take memory."""

_HERE = ("afterwards",)


def afterwards_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Days before the end of the programme, companies without institutes, unknown teams and hardware."""
    said = scenario.afterwards
    if said is None or not scenario.hardware:
        return  # without hardware the block itself is refused
    yield from _check_days(scenario, said)
    if said.companies is not None and said.institutes is None:
        found = "companies without institutes, which they follow"
        yield Diagnostic((*_HERE, "companies"), found, "`institutes` beside them, or no companies")
    kind = scenario.foreign_to_institutes
    if kind is not None:
        model = None if scenario.openness is None else scenario.openness.of(kind)
        if model is None or model.closes is None:
            found = f"institutes on a model of which `openness.{kind}` names no closing"
            expected = f"`openness: {{{kind}: {{closes: ...}}}}`, or no such institutes"
            yield Diagnostic((*_HERE, "institutes", "on_foreign"), found, expected)
    if said.go_on is not None and said.go_on.gpus is not None:
        path = (*_HERE, "go_on", "gpus")
        yield from unknown_names(path, "team", said.go_on.gpus, [*scenario.teams, "default"])
        for team, table in said.go_on.gpus.items():
            if isinstance(table, dict):
                yield from unknown_names((*path, team), "hardware", table, scenario.hardware)


def _check_days(scenario: Scenario, said: Afterwards) -> Iterator[Diagnostic]:
    last = max(stage.decided for stage in scenario.stages.values())
    if said.until < last:
        expected = f"a day on or after {last}, the last result"
        yield Diagnostic((*_HERE, "until"), f"{said.until}", expected)
    elif said.go_on is not None:
        models = (said.until - last).days // extremes(said.go_on.every)[0]
        if models > MOST_MODELS:
            found = f"{said.until}, {models:,.0f} models after the last stage"
            yield Diagnostic((*_HERE, "until"), found, f"at most {MOST_MODELS}, by an earlier day")
    for place, day in enumerate(said.dates or ()):
        path = (*_HERE, "dates", str(place))
        if not scenario.first_day <= day < said.until:
            expected = f"a day from {scenario.first_day} to before {said.until}, which is `until`"
            yield Diagnostic(path, f"{day}", expected)
        elif day in (said.dates or ())[:place]:
            yield Diagnostic(path, f"{day} a second time", "each day once")


def warn_of_idle_afterwards(scenario: Scenario) -> Iterator[Diagnostic]:
    """Find teams that go on without a GPU, users who never begin, and a hub after the end."""
    said = scenario.afterwards
    if said is None:
        return
    if said.go_on is not None and not any(_has_gpus(scenario, team) for team in scenario.teams):
        found = "teams that go on, none of which has a GPU then: nobody makes a model"
        yield Diagnostic((*_HERE, "go_on"), found, "`own` of teams, or `gpus` to go on with")
    for key in ("institutes", "companies"):
        users = getattr(said, key)
        if users is not None and extremes(users.innovation)[1] == 0:
            found = "0: nobody begins by himself, and so nobody follows"
            yield Diagnostic((*_HERE, key, "innovation"), found, "a number above 0")
    hub = said.institutes and said.institutes.hub
    if hub and hub.opens > said.until:
        found = f"{hub.opens}, after {said.until}, which is `until`: the hub changes nothing"
        yield Diagnostic((*_HERE, "institutes", "hub", "opens"), found, "an earlier day")


def _has_gpus(scenario: Scenario, team: str) -> bool:
    named = scenario.gpus_to_go_on(team)
    tables: list[GpuTable] = [scenario.teams[team].own] if named is None else [named]
    if named is None:
        tables += [scenario.own_gpus(s, team) for s in scenario.stages]
    return any(extremes(number)[1] > 0 for table in tables for number in table.values())


def days_of_afterwards(scenario: Scenario) -> dict[KeyPath, date]:
    """Give the days that a file names here, by where they stand."""
    said = scenario.afterwards
    if said is None:
        return {}
    days: dict[KeyPath, date] = {(*_HERE, "until"): said.until}
    if said.institutes is not None and said.institutes.hub is not None:
        days[*_HERE, "institutes", "hub", "opens"] = said.institutes.hub.opens
    return days
