"""Does a breakthrough change anything, for teams that there are, and at stages that are still to come?"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

from sim.scenario.models.breakthroughs import Breakthrough, UncertainDay
from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import each_window
from sim.scenario.problems import Diagnostic, unknown_names

EFFECTS = ("efficiency", "slope", "level", "frontier")
"""What a breakthrough may change."""


def breakthrough_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Breakthroughs where nothing is trained, that change nothing, or that name teams that are not there."""
    if scenario.breakthroughs is not None and not scenario.hardware:
        found = "`breakthroughs` without hardware"
        yield Diagnostic(("breakthroughs",), found, "`hardware`, or no such block")
        return
    for name, one in (scenario.breakthroughs or {}).items():
        here = ("breakthroughs", name)
        if all(getattr(one, effect) is None for effect in EFFECTS):
            yield Diagnostic(here, "a breakthrough that changes nothing", f"one of {', '.join(EFFECTS)}")
        yield from unknown_names((*here, "teams"), "team", one.teams or (), scenario.teams)
        if one.others_after is not None and one.teams is None:
            found = "`others_after` where all teams have it at once"
            yield Diagnostic((*here, "others_after"), found, "`teams`, who have it first")


def untouched_past_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Breakthroughs that may change a decided stage, whose points are to be conditioned on."""
    decided = [s for s, stage in scenario.stages.items() if stage.happened is not None]
    if not decided or not scenario.breakthroughs:
        return
    opens = latest_opening(scenario, decided[-1])
    for name, one in scenario.breakthroughs.items():
        if one.efficiency is None and one.slope is None and one.level is None:
            continue  # the frontier is no part of anybody's points
        if opens is not None and _first_use(one) <= opens:
            path = ("breakthroughs", name, "day", "earliest")
            found = "a breakthrough that may change a decided stage of a forecast"
            expected = f"days after {opens}, when its training begins"
            yield Diagnostic(path, found, expected, "--without-facts runs it all the same")


def idle_breakthroughs(scenario: Scenario) -> Iterator[Diagnostic]:
    """Breakthroughs that never come, or too late for anybody to train with them (lint)."""
    trained = [s for s in scenario.to_come if scenario.trains(s)]
    opens = latest_opening(scenario, trained[-1]) if trained else None
    for name, one in (scenario.breakthroughs or {}).items():
        here = ("breakthroughs", name)
        if one.day.chance is not None and extremes(one.day.chance)[1] == 0:
            yield Diagnostic((*here, "day", "chance"), "a chance of 0: it never comes", "a chance above 0")
        elif one.frontier is None and (opens is None or _first_use(one) > opens):
            found = "a breakthrough that comes too late for anybody to train with it"
            expected = "no training is left" if opens is None else f"a day up to {opens}, the last to begin"
            yield Diagnostic((*here, "day"), found, expected)


def latest_opening(scenario: Scenario, stage_id: str) -> datetime.date | None:
    """The last day on which training for a stage or one before it can begin; None where nobody trains."""
    later, latest = 0, None
    for s, stage in scenario.stages.items():
        later += _whole(extremes(stage.shift)[1])
        days = [window.first for window in each_window(stage.train)]
        if days:
            latest = moved(max(days), later)
        if s == stage_id:
            break
    return latest


def earliest_day(day: UncertainDay) -> datetime.date:
    """The first day on which something may come."""
    return moved(day.earliest, _least(day.after))


def moved(day: datetime.date, days: float) -> datetime.date:
    """The day so many days later, or the last that a calendar has."""
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:
        return datetime.date.max


def _first_use(one: Breakthrough) -> datetime.date:
    return moved(earliest_day(one.day), _least(one.adoption))


def _least(days: Number | None) -> int:
    return 0 if days is None else _whole(extremes(days)[0])


def _whole(days: float) -> int:
    return math.floor(days + 0.5)
