"""The decisions of a programme, any of which a user may replace; and what a user's own rule has to keep.

A user's rule is tried on random fields of teams, with ties, with absent teams and with nobody at all, once
for many replications at a time and once for each alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.model.draws import Draws, Floats, Key, Purpose
from sim.model.points import Bools
from sim.rules.decisions import CutRule, GrantRule, RankRule, cut, leftover, rank
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


_REPLICATIONS = 64


class RuleError(ValueError):
    """A rule that cannot be used; `violations` says why, a line each."""

    def __init__(self, name: str, violations: list[str]) -> None:
        self.violations = violations
        super().__init__("\n".join(f"rule '{name}': {violation}" for violation in violations))


def verify(name: str, rule: Any, teams: int = 5) -> list[str]:
    """What is wrong with `rule` as the rule called `name` ("rank", "cut" or "grants"); empty if nothing.

    Raises `ValueError` for another name.
    """
    if not callable(rule):
        return [f"is {rule!r}, expected a function"]
    checks = {"rank": _rank, "cut": _cut, "grants": _grants}
    if name not in checks:
        raise ValueError(f"no rule '{name}', expected one of {', '.join(checks)}")
    try:
        return list(dict.fromkeys(checks[name](rule, _Trial(teams))))
    except Exception as error:  # whatever a user's function raises is what we report
        return [f"raises {type(error).__name__}: {error}"]


class _Trial:
    """Random points with many ties, and fields of which some teams, or all, are gone."""

    def __init__(self, teams: int) -> None:
        def uniforms(what: str) -> Floats:
            return (
                Draws(0)
                .columns([Key(Purpose.USER, item=f"{what}/{t}") for t in range(teams)], 0, _REPLICATIONS)
                .T
            )

        self.total = np.floor(uniforms("points") * 4)  # four values: ties are certain
        self.field: Bools = uniforms("field") < np.linspace(0, 1.2, _REPLICATIONS)[:, None]
        self.luck = uniforms("luck")
        self.rung = np.floor(uniforms("rung") * 2)
        self.keep = np.floor(uniforms("keep")[:, :1] * (teams + 2))
        self.rank = rank(self.luck, self.field, (), lambda: self.luck)
        for array in vars(self).values():
            array.flags.writeable = False  # a rule that writes into what it is given is found out


def _rank(rule: Callable[..., Any], trial: _Trial) -> Iterator[str]:
    def call(at: Any) -> Any:
        return rule(trial.total[at], trial.field[at], iter([trial.rung[at]]), lambda: trial.luck[at])

    ranks = np.asarray(call(slice(None)))
    if ranks.shape != trial.field.shape:
        yield f"gives shape {ranks.shape} for {trial.field.shape}"
        return
    for r, field in enumerate(trial.field):
        expected = set(range(1, int(field.sum()) + 1))
        given = ranks[r][field].tolist()
        if any(rank < 1 for rank in given):
            yield "loses teams: a team of the field has no rank"
        elif len(set(given)) < len(given):
            yield "leaves ties: two teams of the field have the same rank"
        elif set(given) != expected:
            yield "ranks do not run from 1 to the number of teams"
        if np.any(ranks[r][~field] != 0):
            yield "ranks a team outside the field"
    yield from _alone(call, ranks)


def _cut(rule: Callable[..., Any], trial: _Trial) -> Iterator[str]:
    for keep, drop in ((trial.keep, None), (None, trial.keep), (None, None)):

        def call(at: Any, keep: Floats | None = keep, drop: Floats | None = drop) -> Any:
            limits = (None if limit is None else limit[at] for limit in (keep, drop))
            return rule(trial.rank[at], trial.field[at], *limits)

        kept = np.asarray(call(slice(None)))
        if kept.shape != trial.field.shape or kept.dtype != bool:
            yield f"gives {kept.dtype} of shape {kept.shape}, expected bool of {trial.field.shape}"
            return
        if np.any(kept & ~trial.field):
            yield "brings back teams that are not in the field"
        yield from _alone(call, kept)


def _grants(rule: Callable[..., Any], trial: _Trial) -> Iterator[str]:
    pool = np.broadcast_to(np.array([[1024.0], [100.0]]), (_REPLICATIONS, 2, 1))

    def call(at: Any) -> Any:
        return rule(pool[at], trial.field[at], trial.rank[at])

    granted = np.asarray(call(slice(None)))
    expected = (_REPLICATIONS, 2, trial.field.shape[1])
    if granted.shape != expected:
        yield f"gives shape {granted.shape} for {expected} (replications, hardware, teams)"
        return
    if np.any(granted < 0) or not np.all(np.isfinite(granted)):
        yield "grants that are negative or no numbers"
    if np.any(leftover(pool, granted) < -1e-9 * pool[..., 0]):
        yield "grants more GPUs than the pool has"
    if np.any((granted > 0) & ~trial.field[:, None, :]):
        yield "grants GPUs to teams that are gone"
    yield from _alone(call, granted)


def _alone(call: Callable[[Any], Any], together: np.ndarray) -> Iterator[str]:
    """Whether one replication alone, (teams,), gives the row that it gives among many."""
    for r in range(0, _REPLICATIONS, 7):
        if not np.array_equal(np.asarray(call(r)), together[r]):
            yield "decides otherwise for one replication, (teams,), than for many, (replications, teams)"
            return
