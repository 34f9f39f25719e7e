"""The days of the programme as numbers: calendar dates, moved by the shifts of stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.engines.lookup import Numbers
from sim.model.draws import Floats
from sim.model.points import Bools
from sim.model.quantiles import median, whole
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.models.windows import common_window, window_of

_EPOCH = date(1970, 1, 1)


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
    common_close: Floats  # (..,) close of the common window
    reference: float  # the same with shifts at their central values

    def one_window(self) -> bool:
        """Whether all teams have the same window, in every replication."""
        return all(bool((days == days[:, :1]).all()) for days in (self.opens, self.closes))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def calendar(scenario: Scenario, numbers: Numbers) -> list[StageDays]:
    """The days of every stage; a shift moves its stage and everything after it."""
    moved, central = np.zeros(1), 0.0
    found: list[StageDays] = []
    before: tuple[Stage, StageDays] | None = None
    for s, stage in scenario.stages.items():
        moved = moved + whole(numbers.one(f"stages.{s}.shift", stage.shift))
        central += float(whole(np.array(median(stage.shift))))
        days = _of_stage(scenario, stage, moved, central)
        if before is not None:
            _after_entry(scenario, *before, days)
        found.append(days)
        before = stage, days
    return found


def _of_stage(scenario: Scenario, stage: Stage, moved: Floats, central: float) -> StageDays:
    windows = [window_of(stage.train, t) for t in scenario.teams]
    opens = np.array([[0.0 if w is None else day_number(w.first) for w in windows]]) + moved[:, None]
    closes = np.array([[0.0 if w is None else day_number(w.last) + 1 for w in windows]]) + moved[:, None]
    close = day_number(common_window(stage.train).last) + 1
    return StageDays(
        starts=np.minimum.reduce(opens, axis=-1),
        opens=opens,
        closes=closes,
        scored=day_number(stage.scored) + 1 + moved,
        decided=day_number(stage.decided) + 1 + moved,
        entry=None if stage.entry is None else day_number(stage.entry.day.day) + 1 + moved,
        entry_late=None,
        common_close=close + moved,
        reference=close + central,
    )


def _after_entry(scenario: Scenario, stage: Stage, before: StageDays, days: StageDays) -> None:
    """Candidates of the entry before a stage cannot open their window before they are chosen."""
    if stage.entry is None or before.entry is None:
        return
    chosen = np.array([[t in stage.entry.candidates for t in scenario.teams]])
    days.opens = np.minimum(
        np.where(chosen, np.maximum(days.opens, before.entry[:, None]), days.opens), days.closes
    )
    days.starts = np.minimum.reduce(days.opens, axis=-1)
    before.entry_late = before.entry > days.starts
