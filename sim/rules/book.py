"""The decisions of a programme, any of which a user may replace from Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.rules.decisions import CutRule, GrantRule, RankRule, cut, rank
from sim.scenario.problems import did_you_mean


@dataclass(frozen=True)
class Rulebook:
    """The rules in force; `grants` None means each stage's own rule from the scenario."""

    rank: RankRule = rank
    cut: CutRule = cut
    grants: GrantRule | None = None

    @classmethod
    def with_own(cls, own: Mapping[str, Callable[..., Any]] | None) -> Rulebook:
        """The built-in rules with a user's `own` in place of those of the same name.

        Raises `ValueError` for an unknown name, `TypeError` for what is no table of functions by name.
        """
        if own is not None and not isinstance(own, Mapping):
            raise TypeError(f"rules {own!r}, expected functions by name, as in {{'cut': my_cut}}")
        for name, rule in (own or {}).items():
            if name not in cls.__dataclass_fields__:
                raise ValueError(f"no rule '{name}' ({did_you_mean(name, cls.__dataclass_fields__)})")
            if not callable(rule):
                raise TypeError(f"rule '{name}' is {rule!r}, expected a function")
        return cls(**(own or {}))

    def replaced(self) -> tuple[str, ...]:
        """The names of the rules that are a user's own."""
        return tuple(
            name for name in self.__dataclass_fields__ if getattr(self, name) is not getattr(BUILT_IN, name)
        )


BUILT_IN = Rulebook()
"""The rules of the scenario file, with nothing of a user's own."""
