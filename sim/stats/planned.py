"""The days that the file had planned, beside those on which things happen."""

from __future__ import annotations

from datetime import date

from sim.engines.record import Happening, What
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import window_of

_ENTRY = frozenset({What.ENTRY_NOT_HELD, What.ENTRY_HELD, What.ENTERS, What.NOT_CHOSEN, What.NOBODY_ENTERS})
_CLOSING = frozenset({What.SUBMITS, What.SUBMITS_NOTHING, What.TOO_LATE})
_SUPPLY = frozenset({What.GRANT, What.DELIVERY, What.SLOW, What.NORMAL})


def planned(scenario: Scenario, happening: Happening) -> date | None:
    """The day that was planned, where that is another than the one on which it happens; None otherwise."""
    day = _planned(scenario, happening)
    return None if day == happening.date else day


def _planned(scenario: Scenario, happening: Happening) -> date | None:
    stage, what = scenario.stages[happening.stage], happening.what
    if what in _SUPPLY or (what is What.RETURNED and not happening.team):
        return None
    if what in _ENTRY:
        return stage.entry.day.planned if stage.entry else None
    if what is What.SCORES:
        return stage.evaluated or stage.result.planned
    if what is What.WINDOW_OPENS or what in _CLOSING:
        window = window_of(stage.train, happening.team)
        assert window is not None  # it has opened
        return window.first if what is What.WINDOW_OPENS else window.last
    return stage.result.planned
