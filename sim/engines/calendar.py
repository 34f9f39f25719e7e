"""The days of the programme as numbers, moved by the shifts of stages, and the phases of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np

from sim.engines.data import days_until_data, shift_by_data
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.model.quantiles import Sample, median, whole
from sim.scenario.models.numbers import Number
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.models.windows import common_windows, window_of

EPOCH = date(1970, 1, 1)
"""Day 0 of the engines."""


class Phase(IntEnum):
    """The order of things on an evaluation day, as SimPy priorities.

    SimPy's own (0 and 1) come first: what an event sets off is done before the next phase begins.
    """

    REPORT = 2
    SCORE = 3
    GATE = 4
    CUT = 5
    ENTRY = 6
    GRANT = 7


@dataclass
class StageDays:
    """Days of one stage since 1970-01-01; the close of a day is the number of the day after it."""

    starts: Floats  # (..,) the first window opens
    opens: Floats  # (.., teams)
    closes: Floats  # (.., teams)
    scored: Floats  # (..,)
    decided: Floats  # (..,)
    entry: Floats | None  # (..,) decision on the entry after this stage
    entry_late: Bools | None  # (..,) whether the next stage has opened by then
    reference: float  # close of the common window, with shifts and extensions at their central values
    moved: Floats  # (..,) by how many days shifts have moved it
    until_data: Floats | None = None  # (.., teams) days by which windows open later for want of data

    def one_window(self) -> bool:
        """Whether all teams have the same window, in every replication."""
        return all(bool((days == days[:, :1]).all()) for days in (self.opens, self.closes))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def programme_days(scenario: Scenario, sample: Sample) -> list[StageDays]:
    """The days of every stage; a shift moves its stage and everything after it."""
    moved, central = np.zeros(1), 0.0
    found: list[StageDays] = []
    before: tuple[Stage, StageDays] | None = None
    for s, stage in scenario.stages.items():
        by_data, central_by_data = shift_by_data(scenario, s, sample)
        moved = moved + whole(sample.one(stage.shift)) + by_data
        central += _central(stage.shift) + central_by_data
        days = _of_stage(scenario, stage, sample, moved, central)
        _wait_for_data(days, days_until_data(scenario, s, sample))
        # Two steps, since only now is known when the window after an entry opens.
        if before is not None:
            _hold_back_candidates(scenario, *before, days)
        found.append(days)
        before = stage, days
    return found


def _of_stage(scenario: Scenario, stage: Stage, sample: Sample, moved: Floats, central: float) -> StageDays:
    # Every team has a window: a table that lacks one is refused.
    windows = [window for t in scenario.teams if (window := window_of(stage.train, t)) is not None]
    if windows:
        first = np.array([[day_number(w.first) for w in windows]])
        longer = whole(sample.row(w.extension for w in windows))
        # A close is the end of a day, and so the number of the next: the last day of a window counts in full.
        last = np.array([[day_number(w.last) + 1 for w in windows]]) + longer
        common_close = _common_close(stage)
    else:  # nobody trains: all hand in on the day of the evaluation
        day = day_number(stage.scored) + 1
        first = last = np.full((1, len(scenario.teams)), day)
        common_close = float(day)
    opens, closes = first + moved[:, None], last + moved[:, None]
    return StageDays(
        starts=np.minimum.reduce(opens, axis=-1),
        opens=opens,
        closes=closes,
        scored=day_number(stage.scored) + 1 + moved,
        decided=day_number(stage.decided) + 1 + moved,
        entry=None if stage.entry is None else day_number(stage.entry.day.day) + 1 + moved,
        entry_late=None,
        reference=common_close + central,
        moved=moved,
    )


def _wait_for_data(days: StageDays, later: Floats | None) -> None:
    """Nobody can train before public data are there: windows open so many days later, (.., teams)."""
    if later is None:
        return
    days.until_data = later
    days.opens = np.minimum(days.opens + later, days.closes)
    days.starts = np.minimum.reduce(days.opens, axis=-1)


def _common_close(stage: Stage) -> float:
    """The close of the common window, without shifts, where extensions stand at their central values."""
    windows = common_windows(stage.train)
    return max(day_number(window.last) + 1 + _central(window.extension) for window in windows)


def _central(days: Number) -> float:
    """The central value of a number of days, in whole days."""
    return float(whole(np.array(median(days))))


def _hold_back_candidates(scenario: Scenario, stage: Stage, before: StageDays, days: StageDays) -> None:
    """Candidates of the entry before a stage cannot open their window before they are chosen."""
    if stage.entry is None or before.entry is None:
        return
    chosen = np.array([[t in stage.entry.candidates for t in scenario.teams]])
    days.opens = np.minimum(
        np.where(chosen, np.maximum(days.opens, before.entry[:, None]), days.opens), days.closes
    )
    days.starts = np.minimum.reduce(days.opens, axis=-1)
    before.entry_late = before.entry > days.starts
