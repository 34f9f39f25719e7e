"""Do the bases that teams begin from exist, do they change anything, and can they close in time?"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

from sim.scenario.checks.breakthroughs import earliest_day, moved
from sim.scenario.models.base import MARKS
from sim.scenario.models.numbers import extremes
from sim.scenario.models.openness import BASES, SCRATCH, Base, BaseKind
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import each_window
from sim.scenario.problems import Diagnostic, KeyPath, unknown_names


def openness_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Bases of which nothing is said, that change nothing, or where nothing is trained."""
    if scenario.openness is not None and not scenario.hardware:
        yield Diagnostic(("openness",), "`openness` without hardware", "`hardware`, or no such block")
        return
    for path, kind in _kinds_named(scenario).items():
        if kind != SCRATCH and (scenario.openness is None or scenario.openness.of(kind) is None):
            found = f"`{kind}`, of which `openness` says nothing"
            yield Diagnostic(path, found, f"`openness.{kind}`, or `scratch`")
    for s, stage in scenario.stages.items():
        named = stage.base or {}
        yield from unknown_names(("stages", s, "base"), "team", named, [*scenario.teams, "default"])
    for kind in BASES:
        base = None if scenario.openness is None else scenario.openness.of(kind)
        if base is not None:
            yield from _check_base(scenario, base, ("openness", kind))


def _kinds_named(scenario: Scenario) -> dict[KeyPath, BaseKind]:
    """Every base that is named, by where it stands."""
    found: dict[KeyPath, BaseKind] = {
        ("teams", t, "base"): team.base for t, team in scenario.teams.items() if team.base is not None
    }
    for s, stage in scenario.stages.items():
        found |= {("stages", s, "base", t): kind for t, kind in (stage.base or {}).items()}
    return found


def _check_base(scenario: Scenario, base: Base, here: KeyPath) -> Iterator[Diagnostic]:
    said = [key for key in Base.model_fields if key not in MARKS and getattr(base, key) is not None]
    if not said:
        yield Diagnostic(here, "a base that changes nothing", "`compute`, `gate_risk`, `closes` or `leak`")
    if base.delay is not None and base.closes is None:
        yield Diagnostic((*here, "delay"), "`delay` of a model that never closes", "`closes` beside it")
    if base.closes is not None and scenario.faults.mode == "each":
        found = "a model that may close, with faults one by one"
        yield Diagnostic((*here, "closes"), found, "`faults.mode: average`")


def untouched_by_closing_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Models that may close within a decided stage whose points are to be conditioned on."""
    for kind in BASES:
        base = None if scenario.openness is None else scenario.openness.of(kind)
        decided = [s for s in scenario.stages if scenario.stages[s].happened is not None]
        using = [s for s in decided if kind in {scenario.base_kind(s, t) for t in scenario.teams}]
        last = latest_closing(scenario, using[-1]) if using else None
        if base is None or base.closes is None or last is None or earliest_day(base.closes) > last:
            continue
        path = ("openness", kind, "closes", "earliest")
        found, expected = "a model that may close in a decided stage of a forecast", f"days after {last}"
        yield Diagnostic(path, found, expected, "--without-facts runs it all the same")


def idle_openness(scenario: Scenario) -> Iterator[Diagnostic]:
    """Bases of which nobody begins from any, and models that close too late or never (lint)."""
    used = any(scenario.used_by(kind) or _may_choose(scenario, kind) for kind in BASES)
    used = used or scenario.foreign_to_institutes is not None
    if scenario.openness is not None and not used:
        found = "bases that no team begins from: they change nothing"
        yield Diagnostic(("openness",), found, "`base` of a team, or no such block")
    for kind in BASES:
        base = None if scenario.openness is None else scenario.openness.of(kind)
        if base is None:
            continue
        here = ("openness", kind)
        if base.closes is not None:
            last = latest_closing(scenario, list(scenario.stages)[-1])
            if base.closes.chance is not None and extremes(base.closes.chance)[1] == 0:
                found = "a chance of 0: it never closes"
                yield Diagnostic((*here, "closes", "chance"), found, "a chance above 0")
            elif scenario.foreign_to_institutes == kind:
                continue  # it is asked of after the last stage, too
            elif last is not None and earliest_day(base.closes) > last:
                found = "a model that closes when all training is over"
                yield Diagnostic((*here, "closes"), found, f"a day up to {last}")


def _may_choose(scenario: Scenario, kind: BaseKind) -> bool:
    """Whether a choice or a doubt has a kind of base among its values."""
    values = (scenario.choices | scenario.doubts).items()
    return any("base" in path.split(".") and kind in given for path, given in values)


def latest_closing(scenario: Scenario, stage_id: str) -> datetime.date | None:
    """The last day on which training for a stage or one before it can end; None where nobody trains."""
    later, latest = 0, None
    for s, stage in scenario.stages.items():
        later += math.floor(extremes(stage.shift)[1] + 0.5)
        days = [window.latest_last() for window in each_window(stage.train)]
        if days:
            latest = moved(max(days), later)
        if s == stage_id:
            break
    return latest
