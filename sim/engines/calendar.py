"""Days and the phases of a day: what orders events that fall on the same moment (contract C8)."""

from __future__ import annotations

from enum import IntEnum

from simpy import Environment
from simpy.events import Event, EventCallback


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


class At(Event):
    """An event at a given day and phase; the phases order what falls on the same day."""

    def __init__(self, env: Environment, day: float, phase: Phase) -> None:
        # As simpy's own Timeout does it: its attributes are set here, not by its base class, for speed.
        self.env = env
        self.callbacks: list[EventCallback[Event]] = []
        self._ok = True
        self._value = None
        env.schedule(self, phase, day - env.now)  # type: ignore[arg-type]  # any int is a priority
