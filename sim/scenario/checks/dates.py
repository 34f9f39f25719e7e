"""Do the dates of a programme follow one another, whatever the shifts?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from sim.scenario.checks.afterwards import days_of_afterwards
from sim.scenario.checks.data import farthest_shifts_by_data
from sim.scenario.checks.supply import days_of_supply
from sim.scenario.models.numbers import extremes
from sim.scenario.models.openness import BASES
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
    days: dict[KeyPath, date] = {
        ("as_of",): scenario.as_of,
        ("capability", "reference_date"): scenario.capability.reference_date,
        ("frontier", "date"): scenario.frontier.date,
    }
    days |= {path: day.planned for path, _, day, _ in _days_of_results(scenario)}
    for supplier_id, supplier in scenario.suppliers.items():
        for slow_id, slow in supplier.slow.items():
            days["suppliers", supplier_id, "slow", slow_id, "starts"] = slow.starts
    days |= days_of_supply(scenario)
    for name, breakthrough in (scenario.breakthroughs or {}).items():
        days["breakthroughs", name, "day", "earliest"] = breakthrough.day.earliest
    for kind in BASES:
        base = None if scenario.openness is None else scenario.openness.of(kind)
        if base is not None and base.closes is not None:
            days["openness", kind, "closes", "earliest"] = base.closes.earliest
    days |= days_of_afterwards(scenario)
    for path, day in days.items():
        if not _is_within_reach(day, 0):
            yield Diagnostic(path, f"{day}", f"a day from {FIRST} to {LAST}")


def _check_known_days(scenario: Scenario) -> Iterator[Diagnostic]:
    """What is known, and yet of a day after the one up to which things are known."""
    expected = f"a day up to {scenario.as_of}, which is `as_of`"
    for path, what, day, known in _days_of_results(scenario):
        if day.actual is not None and day.actual > scenario.as_of:
            yield Diagnostic(path, f"an actual day, {day.actual}", expected)
        elif known and day.day > scenario.as_of:
            yield Diagnostic((*path[:-1], "happened"), f"a known {what} of {day.day}", expected)


def _days_of_results(scenario: Scenario) -> Iterator[tuple[KeyPath, str, Planned, bool]]:
    """Every result and entry: where its day stands, what it is, its day, and whether it is known."""
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        yield (*here, "result"), "result", stage.result, stage.happened is not None
        if stage.entry is not None:
            yield (*here, "entry", "day"), "entry", stage.entry.day, stage.entry.happened is not None


def _check_windows(scenario: Scenario, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    for path, window in _windows(stage, here).items():
        if window.last < window.first:
            yield Diagnostic(path, f"a window that closes ({window.last}) before it opens ({window.first})")
    if isinstance(stage.train, dict):
        path = (*here, "train")
        yield from unknown_names(path, "team", stage.train, [*scenario.teams, "default"])
        for team in scenario.teams:
            if window_of(stage.train, team) is None:
                yield Diagnostic(path, f"no window for '{team}'", "one for each team, or a `default`")


def _windows(stage: Stage, here: KeyPath) -> dict[KeyPath, Window]:
    """The windows of a stage by where each is written."""
    if isinstance(stage.train, dict):
        return {(*here, "train", team): window for team, window in stage.train.items()}
    return {} if stage.train is None else {(*here, "train"): stage.train}


def _check_evaluation(stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    closes = max((window.latest_last() for window in each_window(stage.train)), default=None)
    if closes is None:
        if stage.evaluated is not None and stage.evaluated > stage.decided:
            expected = f"a day up to {stage.decided}, the result"
            yield Diagnostic((*here, "evaluated"), f"{stage.evaluated}", expected)
        return
    if stage.decided < closes:
        expected = f"a day on or after {closes}, when training ends"
        yield Diagnostic((*here, "result"), f"{stage.decided}", expected)
    if stage.evaluated is not None and not closes <= stage.evaluated <= stage.decided:
        expected = f"a day from {closes}, when training ends, to {stage.decided}, the result"
        yield Diagnostic((*here, "evaluated"), f"{stage.evaluated}", expected)


def _check_order(scenario: Scenario, before: Stage, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    expected = f"a day after {before.decided}, when the stage before is decided"
    for path, each in _windows(stage, here).items():
        opens = _move_ahead(stage, each.first)
        if opens <= before.decided:
            yield Diagnostic(path, f"a window that opens on {opens}", expected)
    if stage.train is None:
        yield from _check_evaluation_after(before, stage, here)
    if before.entry is None:
        return
    expected = f"a day after {before.entry.day.day}, when it may come in"
    for team in before.entry.candidates:
        window = window_of(stage.train, team) if team in scenario.teams else None
        if window is not None and (closes := _move_ahead(stage, window.last)) <= before.entry.day.day:
            yield Diagnostic((*here, "train"), f"a window of '{team}' that closes on {closes}", expected)


def _check_evaluation_after(before: Stage, stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    """A stage without training is its evaluation: everybody who takes part must be there by then.

    It may be on the day of the result before, as a second cut is that follows at once.
    """
    ends, what = before.decided, "the stage before is decided"
    if before.entry is not None and before.entry.day.day > ends:
        ends, what = before.entry.day.day, "the entry before is decided"
    if (day := _move_ahead(stage, stage.scored)) < ends:
        key = "result" if stage.evaluated is None else "evaluated"
        yield Diagnostic((*here, key), f"{day}", f"a day on or after {ends}, when {what}")


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
    by_data = farthest_shifts_by_data(scenario)
    for stage_id, stage in scenario.stages.items():
        low, high = extremes(stage.shift)
        least, greatest = least + _round_days(low), greatest + _round_days(high + by_data[stage_id])
        for day in (stage.decided, *(w.first for w in each_window(stage.train))):
            beyond = [moved for moved in (0, least, greatest) if not _is_within_reach(day, moved)]
            if beyond:
                found = f"{day}, moved by {beyond[0]} days" if beyond[0] else f"{day}"
                yield Diagnostic(("stages", stage_id), found, f"a day from {FIRST} to {LAST}")


def _is_within_reach(day: date, moved: int) -> bool:
    return FIRST.toordinal() <= day.toordinal() + moved <= LAST.toordinal()
