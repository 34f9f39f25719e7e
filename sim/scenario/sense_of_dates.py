"""Do the dates of a programme follow one another, whatever the shifts?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from sim.scenario.nonsense import Nonsense, unknown
from sim.scenario.numbers import extremes
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Entry, Stage
from sim.scenario.windows import Planned, Window, each_window, window_of

FIRST, LAST = date(1990, 1, 1), date(2200, 1, 1)
"""Days between which a programme may lie."""

_REACH = float((LAST - FIRST).days)


def dates(scenario: Scenario) -> Iterator[Nonsense]:
    """Windows that close before they open, results before training ends, stages that overlap."""
    before: Stage | None = None
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        yield from _windows(scenario, stage, here)
        yield from _evaluation(stage, here)
        if before is not None:
            yield from _after(scenario, before, stage, here)
        if stage.entry is not None:
            yield from _entry(scenario, stage, stage.entry, (*here, "entry"))
        before = stage
    yield from _within_reach(scenario)
    yield from _days_of_the_rest(scenario)
    yield from _known_later(scenario)


def _days_of_the_rest(scenario: Scenario) -> Iterator[Nonsense]:
    """Days outside the stages that no programme can have."""
    days = {
        ("as_of",): scenario.as_of,
        ("capability", "reference_date"): scenario.capability.reference_date,
        ("frontier", "date"): scenario.frontier.date,
    }
    for stage_id, stage in scenario.stages.items():
        days["stages", stage_id, "result"] = stage.result.planned
        if stage.entry is not None:
            days["stages", stage_id, "entry", "day"] = stage.entry.day.planned
    for path, day in days.items():
        if not _reached(day, 0):
            yield Nonsense(path, f"{day}", f"a day from {FIRST} to {LAST}")


def _known_later(scenario: Scenario) -> Iterator[Nonsense]:
    """What is known, and yet of a day after the one up to which things are known."""
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        known = stage.happened is not None
        yield from _later(scenario, stage.result, known, "result", (*here, "result"), (*here, "happened"))
        if stage.entry is not None:
            there, known = (*here, "entry"), stage.entry.happened is not None
            yield from _later(
                scenario, stage.entry.day, known, "entry", (*there, "day"), (*there, "happened")
            )


def _later(
    scenario: Scenario, day: Planned, known: bool, what: str, here: tuple[str, ...], result: tuple[str, ...]
) -> Iterator[Nonsense]:
    expected = f"a day up to {scenario.as_of}, which is `as_of`"
    if day.actual is not None and day.actual > scenario.as_of:
        yield Nonsense(here, f"an actual day, {day.actual}", expected)
    elif known and day.day > scenario.as_of:
        yield Nonsense(result, f"a known {what} of {day.day}", expected)


def _windows(scenario: Scenario, stage: Stage, here: tuple[str, ...]) -> Iterator[Nonsense]:
    table = {"": stage.train} if isinstance(stage.train, Window) else stage.train
    for team, window in table.items():
        if window.last < window.first:
            path = (*here, "train", team) if team else (*here, "train")
            yield Nonsense(path, f"a window that closes ({window.last}) before it opens ({window.first})")
    if not isinstance(stage.train, Window):
        yield from unknown((*here, "train"), "team", table, [*scenario.teams, "default"])
        for team in scenario.teams:
            if window_of(stage.train, team) is None:
                yield Nonsense(
                    (*here, "train"), f"no window for '{team}'", "one for each team, or a `default`"
                )


def _evaluation(stage: Stage, here: tuple[str, ...]) -> Iterator[Nonsense]:
    closes = max(window.last for window in each_window(stage.train))
    if stage.decided < closes:
        expected = f"a day on or after {closes}, when training ends"
        yield Nonsense((*here, "result"), f"{stage.decided}", expected)
    if stage.evaluated is not None and not closes <= stage.evaluated <= stage.decided:
        expected = f"a day from {closes}, when training ends, to {stage.decided}, the result"
        yield Nonsense((*here, "evaluated"), f"{stage.evaluated}", expected)


def _after(scenario: Scenario, before: Stage, stage: Stage, here: tuple[str, ...]) -> Iterator[Nonsense]:
    expected = f"a day after {before.decided}, when the stage before is decided"
    table = {"": stage.train} if isinstance(stage.train, Window) else stage.train
    for name, each in table.items():
        opens = _ahead(stage, each.first)
        if opens <= before.decided:
            path = (*here, "train", name) if name else (*here, "train")
            yield Nonsense(path, f"a window that opens on {opens}", expected)
    if before.entry is None:
        return
    for team in before.entry.candidates:
        window = window_of(stage.train, team) if team in scenario.teams else None
        if window is not None and _ahead(stage, window.last) <= before.entry.day.day:
            closes = _ahead(stage, window.last)
            expected = f"a day after {before.entry.day.day}, when it may come in"
            yield Nonsense((*here, "train"), f"a window of '{team}' that closes on {closes}", expected)


def _ahead(stage: Stage, day: date) -> date:
    """A day of the stage, if it moves as far ahead of the stage before as it can."""
    return date.fromordinal(max(1, day.toordinal() + min(0, _days(extremes(stage.shift)[0]))))


def _days(shift: float) -> int:
    """A shift in whole days, halves up as in a run; no longer than a programme may be."""
    return math.floor(min(max(shift, -_REACH), _REACH) + 0.5)


def _entry(scenario: Scenario, stage: Stage, entry: Entry, here: tuple[str, ...]) -> Iterator[Nonsense]:
    if entry.day.day < stage.decided:
        expected = f"a day on or after {stage.decided}, when the stage is decided"
        yield Nonsense((*here, "day"), f"{entry.day.day}", expected)
    if stage is list(scenario.stages.values())[-1]:
        yield Nonsense(here, "an entry after the last stage", "a stage to enter")


def _within_reach(scenario: Scenario) -> Iterator[Nonsense]:
    """Each stage by its dates in the file, and moved as little and as far as it can be."""
    least = greatest = 0
    for stage_id, stage in scenario.stages.items():
        low, high = extremes(stage.shift)
        least, greatest = least + _days(low), greatest + _days(high)
        for day in (stage.decided, *(w.first for w in each_window(stage.train))):
            beyond = [moved for moved in (0, least, greatest) if not _reached(day, moved)]
            if beyond:
                found = f"{day}, moved by {beyond[0]} days" if beyond[0] else f"{day}"
                yield Nonsense(("stages", stage_id), found, f"a day from {FIRST} to {LAST}")


def _reached(day: date, moved: int) -> bool:
    return FIRST.toordinal() <= day.toordinal() + moved <= LAST.toordinal()
