"""Dates of a stage: training windows, which may differ by team, and days that were planned and then moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Tag, model_serializer, model_validator

from sim.scenario.models.base import Day, Id, Model


def window_ends(text: str) -> dict[str, str] | None:
    """The first and the last day of a window that is written as text; None if it is no such text."""
    match = re.fullmatch(r"\s*(\S+?)(?:\s+to\s+|\s*~\s*)(\S+)\s*", text)
    return {"first": match[1], "last": match[2]} if match else None


class Window(Model):
    """Whole days from first to last, both included; written `2025-09-09 to 2025-12-30`."""

    first: Day
    last: Day

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
    def _as_text(self) -> str:
        return f"{self.first} to {self.last}"

    def days(self) -> int:
        """Length in days."""
        return (self.last - self.first).days + 1


def _kind_of_windows(value: Any) -> str:
    """A mapping is one window if it has its ends, and otherwise a table by team."""
    return "by-team" if isinstance(value, Mapping) and not {"first", "last"} & set(value) else "one"


Windows = Annotated[
    Annotated[Window, Tag("one")] | Annotated[dict[Id, Window], Tag("by-team")],
    Discriminator(_kind_of_windows),
]
"""One window for all teams, or a table by team; `default` stands for the teams that it does not name."""


def each_window(windows: Windows) -> list[Window]:
    """All windows that are named."""
    return [windows] if isinstance(windows, Window) else list(windows.values())


def window_of(windows: Windows, team: str) -> Window | None:
    """A team's window; None if a table names neither the team nor a default."""
    return windows if isinstance(windows, Window) else windows.get(team, windows.get("default"))


def common_window(windows: Windows) -> Window:
    """The common window: the one of all, the default of a table, or from the first day to the last."""
    if isinstance(windows, Window):
        return windows
    if "default" in windows:
        return windows["default"]
    return Window(first=min(w.first for w in windows.values()), last=max(w.last for w in windows.values()))


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
