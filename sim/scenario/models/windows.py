"""Dates of a stage: windows of training, which may differ by team, and days that were planned and moved."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import (
    Discriminator,
    Field,
    Tag,
    model_serializer,
    model_validator,
)

from sim.scenario.models.base import Day, Id, Model
from sim.scenario.models.numbers import Uncertain, extremes
from sim.scenario.models.quantities import (
    Extension,
)


def window_ends(text: str) -> dict[str, str] | None:
    """The first and the last day of a window that is written as text; None if it is no such text."""
    match = re.fullmatch(r"\s*(\S+?)(?:\s+to\s+|\s*~\s*)(\S+)\s*", text)
    return {"first": match[1], "last": match[2]} if match else None


class Window(Model):
    """Whole days from first to last, both included; written `2025-09-09 to 2025-12-30`.

    A window closes for all to whom it applies at once: its extension, where that is uncertain, is one draw.
    """

    first: Day
    last: Day
    extension: Extension = 0.0
    """Whole days by which it closes later than `last`."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        ends = window_ends(value)
        if ends is None:
            raise ValueError(f"'{value}', expected two dates such as 2025-09-09 to 2025-12-30")
        return ends

    @model_serializer
    def _as_text(self) -> Any:
        if self.extension == 0:
            return f"{self.first} to {self.last}"
        longer: Any = self.extension
        if isinstance(longer, Uncertain):
            longer = longer.model_dump(mode="json", exclude_none=True)
        return {"first": str(self.first), "last": str(self.last), "extension": longer}

    def days(self) -> int:
        """Length in days, without an extension."""
        return (self.last - self.first).days + 1

    def latest_last(self) -> Day:
        """The last day if it is extended as far as it can be."""
        return self.last + timedelta(days=math.floor(extremes(self.extension)[1] + 0.5))


def _kind_of_windows(value: Any) -> str:
    """A mapping is one window if it has its ends, and otherwise a table by team."""
    return "by-team" if isinstance(value, Mapping) and not {"first", "last"} & set(value) else "one"


Windows = Annotated[
    Annotated[Window, Tag("one")] | Annotated[dict[Id, Window], Tag("by-team"), Field(min_length=1)],
    Discriminator(_kind_of_windows),
]
"""One window for all teams, or a table by team; `default` stands for the teams that it does not name."""


def each_window(windows: Windows | None) -> list[Window]:
    """All windows that are named; none in a stage without training."""
    if windows is None:
        return []
    return [windows] if isinstance(windows, Window) else list(windows.values())


def window_of(windows: Windows | None, team: str) -> Window | None:
    """A team's window; None without training, or if a table names neither the team nor a default."""
    if windows is None:
        return None
    return windows if isinstance(windows, Window) else windows.get(team, windows.get("default"))


def common_windows(windows: Windows | None) -> list[Window]:
    """What makes up the common window: the one of all, the default of a table, or all of the table."""
    if windows is None:
        return []
    if isinstance(windows, Window):
        return [windows]
    return [windows["default"]] if "default" in windows else list(windows.values())


def common_window(windows: Windows | None) -> Window:
    """The common window, without extensions: from the first day of those that make it up to the last.

    Raises `ValueError` for a stage without training.
    """
    found = common_windows(windows)
    if not found:
        raise ValueError("a stage without training, expected one with a window")
    return Window(first=min(w.first for w in found), last=max(w.last for w in found))


class Planned(Model):
    """A day that was planned and perhaps moved; a date alone is one that was kept to."""

    planned: Day
    actual: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_date(cls, value: Any) -> Any:
        return value if isinstance(value, (Mapping, Planned)) else {"planned": value}

    @model_serializer
    def _as_written(self) -> Any:
        if self.actual is None:
            return str(self.planned)
        return {"planned": str(self.planned), "actual": str(self.actual)}

    @property
    def day(self) -> Day:
        """The day that counts: the actual one if there is one."""
        return self.planned if self.actual is None else self.actual
