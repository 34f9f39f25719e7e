"""Who holds how many GPUs when, in one replication: read from its tables for the figure of holdings."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.findings.cells import Floats

KINDS = ("delivery", "enters", "leaves", "slow", "slow storage", "base closes")
"""What is worth a mark."""

_EPOCH = pd.Timestamp("1970-01-01")  # matplotlib's too: days count from it


@dataclass(frozen=True)
class Flag:
    """What happened to a team: a kind, and how many GPUs more it has that day, or how fast they then run."""

    day: float
    kind: str
    amount: float


@dataclass(frozen=True)
class Holding:
    """What a team holds: level k holds from `days[k]` to `days[k + 1]`, the last to the end of the figure."""

    team: str
    days: Floats
    granted: Floats
    own: Floats
    speed: Floats  # of what is granted, against normal
    own_speed: Floats
    flags: tuple[Flag, ...]
    windows: tuple[tuple[float, float], ...]  # the last day included

    @property
    def levels(self) -> Floats:
        """All that it holds from each of `days` on."""
        return self.granted + self.own

    def gpu_days(self, end: float) -> float:
        """All that it holds up to a day."""
        return float(self.levels @ np.diff(np.append(self.days, end)))


@dataclass(frozen=True)
class Changes:
    """One replication: what teams hold, in table order; when results come; the first and last of all days."""

    holdings: tuple[Holding, ...]
    decided: dict[str, float]
    first: float
    last: float

    @property
    def most(self) -> float:
        """The most that a team held at any time, in B200-equivalents."""
        return max(float(one.levels.max()) for one in self.holdings)


def read_changes(changes: pd.DataFrame, stages: pd.DataFrame) -> Changes:
    """Read the two tables of `sim.stats.holdings.holdings_table` as holdings and results."""
    rows = changes.assign(day=_count_days(changes["day"]))
    opens, closes, decided = (_count_days(stages[name]) for name in ("opens", "closes", "decided"))
    days = pd.concat([rows["day"], opens, closes + 1, decided])
    return Changes(
        tuple(_read_holding(str(team), own) for team, own in rows.groupby("team", sort=False)),
        dict(zip(stages["stage"], decided, strict=True)),
        float(days.min()),
        float(days.max()),
    )


def _read_holding(team: str, rows: pd.DataFrame) -> Holding:
    days, granted, own, speed, own_speed = (
        rows[name].to_numpy(np.float64) for name in ("day", "granted", "own", "speed", "own_speed")
    )
    windows = tuple(_find_windows(rows))
    opened = {first for first, _ in windows}
    # What is delivered as a window opens is seen by the bar that begins there.
    flags = tuple(f for f in _find_flags(rows) if f.kind != "delivery" or f.day not in opened)
    return Holding(team, days, granted, own, speed, own_speed, flags, windows)


def _find_flags(rows: pd.DataFrame) -> Iterator[Flag]:
    """What is worth a mark, a kind once a day: two deliveries of one day are one."""
    held = rows.groupby("day")["granted"].last()
    risen = held - held.shift(fill_value=0.0)
    seen = rows[rows["what"].isin(list(KINDS))].drop_duplicates(["day", "what"], keep="last")
    for day, kind, lent, own in zip(seen["day"], seen["what"], seen["speed"], seen["own_speed"], strict=True):
        speed = {"slow": lent, "slow storage": own}.get(kind)
        yield Flag(float(day), kind, float(risen[day] if speed is None else speed))


def _find_windows(rows: pd.DataFrame) -> Iterator[tuple[float, float]]:
    opens, closes = (rows["day"][rows["what"] == what] for what in ("window opens", "window closes"))
    for first, last in zip(opens, closes, strict=True):
        yield float(first), float(last) + 1  # a window includes its last day


def _count_days(dates: pd.Series) -> pd.Series:
    return (pd.to_datetime(dates) - _EPOCH) / pd.Timedelta(days=1)
