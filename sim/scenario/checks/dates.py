"""Do the dates of a programme follow one another, whatever the shifts?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from sim.scenario.models.numbers import extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage
from sim.scenario.models.windows import Planned, Window, each_window, window_of
from sim.scenario.problems import Diagnostic, KeyPath, unknown_names

FIRST, LAST = date(1990, 1, 1), date(2200, 1, 1)
"""Days between which a programme may lie."""

REACH = float((LAST - FIRST).days)
"""Days that anything in a programme can last."""


def date_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Windows that close before they open, results before training ends, stages that overlap."""
    before: Stage | None = None
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        yield from _check_windows(scenario, stage, here)
        yield from _check_evaluation(stage, here)
        if before is not None:
            yield from _check_order(scenario, before, stage, here)
        if stage.entry is not None:
            yield from _check_entry(scenario, stage, stage.entry, (*here, "entry"))
        before = stage
    yield from _check_reach(scenario)
    yield from _check_other_days(scenario)
    yield from _check_known_days(scenario)


def _check_other_days(scenario: Scenario) -> Iterator[Diagnostic]:
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
    for supplier_id, supplier in scenario.suppliers.items():
        for slow_id, slow in supplier.slow.items():
            days["suppliers", supplier_id, "slow", slow_id, "starts"] = slow.starts
    for path, day in days.items():
        if not _is_within_reach(day, 0):
            yield Diagnostic(path, f"{day}", f"a day from {FIRST} to {LAST}")


def _check_known_days(scenario: Scenario) -> Iterator[Diagnostic]:
    """What is known, and yet of a day after the one up to which things are known."""
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        known = stage.happened is not None
        yield from _check_known_day(
            scenario, stage.result, known, "result", (*here, "result"), (*here, "happened")
        )
        if stage.entry is not None:
            there, known = (*here, "entry"), stage.entry.happened is not None
            yield from _check_known_day(
                scenario, stage.entry.day, known, "entry", (*there, "day"), (*there, "happened")
            )


def _check_known_day(
    scenario: Scenario, day: Planned, known: bool, what: str, here: KeyPath, result: KeyPath
) -> Iterator[Diagnostic]:
    expected = f"a day up to {scenario.as_of}, which is `as_of`"
    if day.actual is not None and day.actual > scenario.as_of:
        yield Diagnostic(here, f"an actual day, {day.actual}", expected)
    elif known and day.day > scenario.as_of:
        yield Diagnostic(result, f"a known {what} of {day.day}", expected)


def _check_windows(scenario: Scenario, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    table = {"": stage.train} if isinstance(stage.train, Window) else stage.train
    for team, window in table.items():
        if window.last < window.first:
            path = (*here, "train", team) if team else (*here, "train")
            yield Diagnostic(path, f"a window that closes ({window.last}) before it opens ({window.first})")
    if not isinstance(stage.train, Window):
        yield from unknown_names((*here, "train"), "team", table, [*scenario.teams, "default"])
        for team in scenario.teams:
            if window_of(stage.train, team) is None:
                yield Diagnostic(
                    (*here, "train"), f"no window for '{team}'", "one for each team, or a `default`"
                )


def _check_evaluation(stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    closes = max(window.last for window in each_window(stage.train))
    if stage.decided < closes:
        expected = f"a day on or after {closes}, when training ends"
        yield Diagnostic((*here, "result"), f"{stage.decided}", expected)
    if stage.evaluated is not None and not closes <= stage.evaluated <= stage.decided:
        expected = f"a day from {closes}, when training ends, to {stage.decided}, the result"
        yield Diagnostic((*here, "evaluated"), f"{stage.evaluated}", expected)


def _check_order(scenario: Scenario, before: Stage, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    expected = f"a day after {before.decided}, when the stage before is decided"
    table = {"": stage.train} if isinstance(stage.train, Window) else stage.train
    for name, each in table.items():
        opens = _move_ahead(stage, each.first)
        if opens <= before.decided:
            path = (*here, "train", name) if name else (*here, "train")
            yield Diagnostic(path, f"a window that opens on {opens}", expected)
    if before.entry is None:
        return
    for team in before.entry.candidates:
        window = window_of(stage.train, team) if team in scenario.teams else None
        if window is not None and _move_ahead(stage, window.last) <= before.entry.day.day:
            closes = _move_ahead(stage, window.last)
            expected = f"a day after {before.entry.day.day}, when it may come in"
            yield Diagnostic((*here, "train"), f"a window of '{team}' that closes on {closes}", expected)


def _move_ahead(stage: Stage, day: date) -> date:
    """A day of the stage, if it moves as far ahead of the stage before as it can."""
    return date.fromordinal(max(1, day.toordinal() + min(0, _round_days(extremes(stage.shift)[0]))))


def _round_days(shift: float) -> int:
    """A shift in whole days, halves up as in a run; no longer than a programme may be."""
    return math.floor(min(max(shift, -REACH), REACH) + 0.5)


def _check_entry(scenario: Scenario, stage: Stage, entry: Entry, here: KeyPath) -> Iterator[Diagnostic]:
    if entry.day.day < stage.decided:
        expected = f"a day on or after {stage.decided}, when the stage is decided"
        yield Diagnostic((*here, "day"), f"{entry.day.day}", expected)
    if stage is list(scenario.stages.values())[-1]:
        yield Diagnostic(here, "an entry after the last stage", "a stage to enter")


def _check_reach(scenario: Scenario) -> Iterator[Diagnostic]:
    """Each stage by its dates in the file, and moved as little and as far as it can be."""
    least = greatest = 0
    for stage_id, stage in scenario.stages.items():
        low, high = extremes(stage.shift)
        least, greatest = least + _round_days(low), greatest + _round_days(high)
        for day in (stage.decided, *(w.first for w in each_window(stage.train))):
            beyond = [moved for moved in (0, least, greatest) if not _is_within_reach(day, moved)]
            if beyond:
                found = f"{day}, moved by {beyond[0]} days" if beyond[0] else f"{day}"
                yield Diagnostic(("stages", stage_id), found, f"a day from {FIRST} to {LAST}")


def _is_within_reach(day: date, moved: int) -> bool:
    return FIRST.toordinal() <= day.toordinal() + moved <= LAST.toordinal()
