"""What teams hold over time in one replication, read from its table. Days count from 1970-01-01."""

from dataclasses import dataclass
from datetime import date
from math import isnan

import numpy as np
import pandas as pd

from sim.findings.cells import Floats, need_columns

COLUMNS = ("team", "day", "granted", "own", "speed", "what")
STAGE_COLUMNS = ("stage", "opens", "closes", "decided")
KINDS = (
    "", "grant", "delivery", "slow", "normal", "leaves", "enters", "window opens", "window closes",
)  # fmt: skip
_EPOCH = pd.Timestamp("1970-01-01")  # matplotlib's too
_FLAGGED = ("delivery", "slow", "leaves", "enters")


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
    speed: Floats
    flags: tuple[Flag, ...]
    windows: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class StageSpan:
    """A stage's window, its last day included, and the day of its result; NaN where there is none."""

    stage: str
    opens: float
    closes: float
    decided: float


@dataclass(frozen=True)
class Changes:
    """One replication: what teams hold, in table order, stages, and the first and last day of all of it."""

    holdings: tuple[Holding, ...]
    stages: tuple[StageSpan, ...]
    first: float
    last: float

    @property
    def most(self) -> float:
        """The most that a team held at any time, in B200-equivalents."""
        return max(float((one.granted + one.own).max()) for one in self.holdings)


def read_changes(changes: pd.DataFrame, stages: pd.DataFrame) -> Changes:
    """Read the two tables as holdings and stages.

    Raises ValueError if a column is missing, a date is none, a number is out of bounds, a kind of change is
    unknown, or a window closes before it opens.
    """
    need_columns(changes, COLUMNS, "changes")
    missing = [name for name in STAGE_COLUMNS if name not in stages.columns]
    if missing:
        raise ValueError(f"the table of stages lacks the columns {', '.join(missing)}")
    rows = changes.assign(day=_read_days(changes, "day", "changes"), team=changes["team"].astype(str))
    _check(rows)
    known = _read_stages(stages)
    windows = tuple((s.opens, s.closes) for s in known if not isnan(s.opens))
    holdings = tuple(_read_holding(str(team), own, windows) for team, own in rows.groupby("team", sort=False))
    seen = [*rows["day"], *(day for s in known for day in (s.opens, s.closes, s.decided) if not isnan(day))]
    return Changes(holdings, known, float(min(seen)), float(max(seen)))


def _read_stages(stages: pd.DataFrame) -> tuple[StageSpan, ...]:
    columns = [_read_days(stages, name, "stages", may_lack=True) for name in STAGE_COLUMNS[1:]]
    made = tuple(
        StageSpan(str(stage), *(float(day) for day in days))
        for stage, *days in zip(stages["stage"], *columns, strict=True)
    )
    for s in made:
        if isnan(s.opens) != isnan(s.closes) or s.closes < s.opens:
            raise ValueError(f"stage {s.stage!r} has a window that does not open before it closes")
    # A window includes its last day.
    return tuple(StageSpan(s.stage, s.opens, s.closes + 1, s.decided) for s in made)


def _read_holding(team: str, rows: pd.DataFrame, windows: tuple[tuple[float, float], ...]) -> Holding:
    rows = rows.sort_values("day", kind="stable")
    own_windows = _read_windows(team, rows)
    return Holding(
        team=team,
        days=rows["day"].to_numpy(np.float64),
        granted=rows["granted"].to_numpy(np.float64),
        own=rows["own"].to_numpy(np.float64),
        speed=rows["speed"].to_numpy(np.float64),
        flags=_find_flags(rows),
        windows=windows if own_windows is None else own_windows,
    )


def _find_flags(rows: pd.DataFrame) -> tuple[Flag, ...]:
    """What is worth a mark, a kind once a day: two deliveries of one day are one."""
    risen = rows.groupby("day")["granted"].last().diff()
    risen.iloc[0] = rows.loc[rows["day"] == risen.index[0], "granted"].iloc[-1]
    seen = rows[rows["what"].isin(_FLAGGED)].drop_duplicates(["day", "what"], keep="last")
    return tuple(
        Flag(float(day), kind, float(speed if kind == "slow" else risen[day]))
        for day, kind, speed in zip(seen["day"], seen["what"], seen["speed"], strict=True)
    )


def _read_windows(team: str, rows: pd.DataFrame) -> tuple[tuple[float, float], ...] | None:
    """The windows that the team's own rows tell of, the last day included; None if they tell of none."""
    at = rows[rows["what"].isin(["window opens", "window closes"])]
    if at.empty:
        return None
    made: list[tuple[float, float]] = []
    opened: float | None = None
    for day, what in zip(at["day"], at["what"], strict=True):
        if (what == "window opens") == (opened is not None):
            raise ValueError(f"team {team!r} has windows that do not open and close in turn")
        if opened is None:
            opened = float(day)
        else:
            made.append((opened, float(day) + 1))
            opened = None
    if opened is not None:
        made.append((opened, np.inf))
    return tuple(made)


def _read_days(table: pd.DataFrame, column: str, what: str, may_lack: bool = False) -> Floats:
    """Days since 1970-01-01; NaN where a date may lack and does."""
    given = table[column]
    # Numbers would be read as nanoseconds.
    dates = given.astype(object).where(given.map(lambda value: isinstance(value, date | np.datetime64 | str)))
    made = pd.to_datetime(dates, errors="coerce", format="ISO8601")
    lacks = given.isna() | (given.astype(str) == "") if may_lack else pd.Series(False, given.index)
    bad = made.isna() & ~lacks
    if bad.any():
        raise ValueError(f"the table of {what} has {given[bad].iloc[0]!r} for {column}, expected a date")
    return np.asarray((made - _EPOCH) / pd.Timedelta(days=1), dtype=np.float64)


def _check(rows: pd.DataFrame) -> None:
    for team, day, what in zip(rows["team"], rows["day"], rows["what"], strict=True):
        if what not in KINDS:
            kinds = ", ".join(repr(kind) for kind in KINDS)
            raise ValueError(f"team {team!r}, {format_day(day)}: what is {what!r}, expected one of {kinds}")
    for column, most in (("granted", np.inf), ("own", np.inf), ("speed", 1.0)):
        values = pd.to_numeric(rows[column], errors="coerce")
        bad = ~((values >= 0) & (values <= most) & np.isfinite(values))
        if bad.any():
            row, bound = rows[bad].iloc[0], "at least 0" if most == np.inf else "within 0..1"
            where = f"team {row['team']!r}, {format_day(row['day'])}"
            raise ValueError(f"{where}: {column} is {row[column]!r}, expected a number {bound}")


def format_day(day: float) -> str:
    """Write a day as in 2026-01-15."""
    return str((_EPOCH + pd.Timedelta(days=day)).date())
