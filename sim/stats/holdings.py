"""Who holds which GPUs when, out of the record of one replication, as tables for a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sim.engines.happenings import LEAVES, Happening, What
from sim.model.quantiles import median
from sim.scenario.models.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

YARDSTICK = "B200"
"""The hardware in which GPUs are counted, if the scenario has it."""

_WORDS = {
    What.ENTERS: "enters",
    What.WINDOW_OPENS: "window opens",
    What.GRANT: "grant",
    What.DELIVERY: "delivery",
    What.TAKEN_BACK: "taken back",
    What.SLOW: "slow",
    What.NORMAL: "normal",
    What.SLOW_STORAGE: "slow storage",
    What.STORAGE_NORMAL: "normal",
    What.FALLS_BACK: "base closes",
    What.SUBMITS: "window closes",
    What.SUBMITS_NOTHING: "window closes",
    What.OUT_BY_POINTS: "leaves",
    What.OUT_AT_GATE: "leaves",
}
_CLOSES = frozenset({What.SUBMITS, What.SUBMITS_NOTHING})
_RESULT = frozenset({What.STAYS, *LEAVES})

_CHANGES = ("team", "day", "granted", "own", "speed", "own_speed", "what")
_STAGES = ("stage", "opens", "closes", "decided")


def equivalents(scenario: Scenario) -> tuple[str, dict[str, float]]:
    """The hardware type that counts 1, and what one GPU of each type counts.

    By useful speed, peak x MFU of the type at their medians. The type that counts 1 is B200, or the fastest
    where there is none; if nothing is any faster than 0, each type counts 1.
    """
    speed = {h: median(one.peak) * median(one.mfu) for h, one in scenario.hardware.items()}
    unit = YARDSTICK if speed.get(YARDSTICK) else max(speed, key=lambda h: speed[h])
    if not speed[unit]:
        return unit, dict.fromkeys(speed, 1.0)
    return unit, {h: one / speed[unit] for h, one in speed.items()}


def holdings_table(scenario: Scenario, happenings: Sequence[Happening]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What each team holds from a day on, and the days of the stages.

    Changes: `team`, `day`, `granted` (GPUs that have arrived), `own` (GPUs of its own that train), both in
    the unit of `equivalents`, `speed` of what is lent and `own_speed` of its own against normal, and `what`
    happens. A supplier's slow period slows what is lent; slow storage and a user's process slow everything.
    A team's first row, with `what` empty, is of the first day of the record; rows are in order of time.
    Stages: `stage`, `opens` (the first window), `closes` (the last), `decided`. Days are `datetime.date`, a
    window's last included.
    `attrs` of the changes hold `unit` and `factors`.
    """
    import pandas as pd

    unit, factors = equivalents(scenario)
    changes = pd.DataFrame(_changes(scenario, happenings, factors), columns=list(_CHANGES))
    changes.attrs |= {"unit": unit, "factors": factors}
    return changes, pd.DataFrame(_stages(happenings), columns=list(_STAGES))


@dataclass(frozen=True)
class _Held:
    """What a team holds at the moment, and how fast it runs against normal."""

    granted: float = 0.0
    own: float = 0.0
    supplied: float = 1.0  # what is lent, by its supplier
    stored: float = 1.0  # everything, by the team's storage
    driven: float = 1.0  # everything, by a user's own process; it lasts from stage to stage

    def after(self, happening: Happening, factors: Mapping[str, float]) -> _Held:
        """What it holds once something has happened."""
        what, values = happening.what, happening.values
        if what in _CLOSES or what in LEAVES:
            return _Held(driven=self.driven)
        lent = _sum(values, "gpus.", factors)
        change: dict[str, float] = {}
        if what is What.WINDOW_OPENS:
            change = {"own": _sum(values, "own.", factors)}
        elif what is What.DELIVERY:
            change = {"granted": self.granted + lent}
        elif what is What.TAKEN_BACK:
            change = {"granted": max(self.granted - lent, 0.0)}
        elif what in (What.SLOW_STORAGE, What.STORAGE_NORMAL):
            change = {"stored": values["speed"]}
        elif what in (What.SLOW, What.NORMAL):
            change = {"driven" if "own_speed" in values else "supplied": values["speed"]}
        return replace(self, **change)

    @property
    def speeds(self) -> tuple[float, float]:
        """How fast what is lent runs, and what is the team's own."""
        return self.supplied * self.stored * self.driven, self.stored * self.driven


def _changes(
    scenario: Scenario, happenings: Sequence[Happening], factors: Mapping[str, float]
) -> list[tuple[Any, ...]]:
    held = {team: _Held() for team in scenario.teams}
    rows = [_row(team, happenings[0].date, one, "") for team, one in held.items()] if happenings else []
    for happening in happenings:
        if happening.what in _WORDS:
            team = happening.team
            held[team] = held[team].after(happening, factors)
            rows.append(_row(team, happening.date, held[team], _WORDS[happening.what]))
    return rows


def _row(team: str, day: date, held: _Held, what: str) -> tuple[Any, ...]:
    return team, day, held.granted, held.own, *held.speeds, what


def _sum(values: Mapping[str, float], kind: str, factors: Mapping[str, float]) -> float:
    """GPUs in the unit, from values such as `gpus.B200`."""
    return sum(
        number * factors[name[len(kind) :]] for name, number in values.items() if name.startswith(kind)
    )


def _stages(happenings: Iterable[Happening]) -> list[tuple[Any, ...]]:
    found: dict[str, dict[str, list[date]]] = {}
    for one in happenings:
        days = found.setdefault(one.stage, {"opens": [], "closes": [], "decided": []})
        if one.what is What.WINDOW_OPENS:
            days["opens"].append(one.date)
        elif one.what in _CLOSES:
            days["closes"].append(one.date)
        elif one.what in _RESULT:
            days["decided"].append(one.date)
    return [
        (stage, min(days["opens"]), max(days["closes"]), days["decided"][0])
        for stage, days in found.items()
        if days["opens"]
    ]
