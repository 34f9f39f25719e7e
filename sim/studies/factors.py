"""Factors of a sweep that are no single value of the file: a window, a share, what a block counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sim.scenario.checks.dates import REACH
from sim.scenario.models.base import is_number
from sim.scenario.models.facts import TOTAL
from sim.scenario.models.quantities import MOST_POINTS, format_bound
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Stage
from sim.scenario.models.windows import Window
from sim.scenario.problems import did_you_mean, quoted
from sim.scenario.weights import can_be_scaled, scale_weights
from sim.stats.design import wrong_factor

LENGTH = "days"
"""`stages.<stage>.train.days` is the length of the stage's window."""

RESCALED = "shares_rescaled"
"""`stages.<stage>.grants.shares_rescaled.<team>` is a team's share, the others' keeping their proportions."""

WEIGHT = "max_rescaled"
"""`stages.<stage>.points.<block>.max_rescaled` is a block's maximum, and all it holds in proportion."""


def overrides(scenario: Scenario, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values by path, as `--set` takes them, of what a point of a sweep says.

    A block that is scaled comes before what is set inside it, which stays as it is said.
    Raises `ScenarioError` for a factor that the scenario does not have.
    """
    found: dict[str, Any] = {}
    weights: dict[str, dict[str, float]] = {}
    for path, value in values.items():
        steps = path.split(".")
        if steps[0] == "stages" and steps[2:] == ["train", LENGTH]:
            found |= _length(scenario, steps[1], value, path)
        elif steps[0] == "stages" and steps[2:-1] == ["grants", RESCALED]:
            found |= _share(scenario, steps[1], steps[-1], value, path)
        elif steps[0] == "stages" and steps[2:3] == ["points"] and steps[4:] == [WEIGHT]:
            weights.setdefault(steps[1], {})[steps[3]] = _times(scenario, steps[1], steps[3], value, path)
        else:
            found[path] = value
    scaled: dict[str, Any] = {}
    for stage_id, factors in weights.items():
        scaled |= _rescaled(scenario, stage_id, factors)
    return scaled | found


def _length(scenario: Scenario, stage_id: str, value: Any, path: str) -> dict[str, Any]:
    """The window's last day, and its evaluation and result moved with it, and all that follows."""
    stage = _stage(scenario, stage_id, path)
    if not isinstance(stage.train, Window):
        found_there = "no training" if stage.train is None else "windows by team"
        raise wrong_factor(path, found_there, "a stage with one window for all")
    if not is_number(value) or not 1 <= value <= REACH:
        raise wrong_factor(path, quoted(value), f"days, 1 to {format_bound(REACH)}")
    moved = timedelta(days=math.floor(value + 0.5) - stage.train.days())  # as uncertain days are
    found = _moved(f"stages.{stage_id}", stage, moved)
    found[f"stages.{stage_id}.train"] = _window(stage.train, timedelta(0), moved)
    for later in list(scenario.stages)[list(scenario.stages).index(stage_id) + 1 :]:
        found |= _moved(f"stages.{later}", scenario.stages[later], moved)
    return found


def _moved(here: str, stage: Stage, by: timedelta) -> dict[str, Any]:
    """All dates of a stage, so many days later."""
    windows = stage.train if isinstance(stage.train, dict) else {"": stage.train} if stage.train else {}
    found: dict[str, Any] = {
        f"{here}.train.{team}".rstrip("."): _window(window, by, by) for team, window in windows.items()
    }
    found[f"{here}.result"] = str(stage.decided + by)
    if stage.evaluated is not None:
        found[f"{here}.evaluated"] = str(stage.evaluated + by)
    if stage.entry is not None:
        found[f"{here}.entry.day"] = str(stage.entry.day.day + by)
    for name, more in (stage.grants.more or {}).items():
        found[f"{here}.grants.more.{name}.day"] = str(more.day + by)
    return found


def _window(window: Window, opens_later: timedelta, closes_later: timedelta) -> Any:
    """A window as it is written in a file, its ends moved; its extension stays."""
    ends = {"first": window.first + opens_later, "last": window.last + closes_later}
    return window.model_copy(update=ends).model_dump(mode="json")


def _share(scenario: Scenario, stage_id: str, team: str, value: Any, path: str) -> dict[str, Any]:
    """The table of shares with one of them set, and the others scaled so that their sum stays."""
    grants = _stage(scenario, stage_id, path).grants
    if team not in scenario.teams:
        raise wrong_factor(path, f"no team '{team}'", did_you_mean(team, scenario.teams))
    if not isinstance(grants.shares, dict):
        raise wrong_factor(
            path, "no table of shares", "grants by a table, as in shares: {lg: 0.5, default: 0.1}"
        )
    table = {t: grants.share_of(t) for t in scenario.teams}
    numbers = {t: share for t, share in table.items() if isinstance(share, (int, float))}
    if len(numbers) < len(table):
        raise wrong_factor(path, "shares that are uncertain or by hardware", "plain numbers")
    total = sum(numbers.values())
    if not is_number(value) or not 0 <= value <= total:
        raise wrong_factor(path, quoted(value), f"a share from 0 to {total:g}, which is that of all")
    rest = total - numbers[team]
    if rest == 0 and value < total:
        raise wrong_factor(path, "nobody else with a share", "shares that can be scaled")
    factor = (total - value) / rest if rest else 0.0
    scaled = {t: value if t == team else share * factor for t, share in numbers.items()}
    return {f"stages.{stage_id}.grants.shares": scaled}


def _times(scenario: Scenario, stage_id: str, name: str, value: Any, path: str) -> float:
    """How many times a block counts with another maximum."""
    blocks = _stage(scenario, stage_id, path).points
    if name not in blocks:
        raise wrong_factor(path, f"no block '{name}'", did_you_mean(name, blocks))
    if not can_be_scaled(scenario.resolved()["stages"][stage_id], name):
        raise wrong_factor(path, "a block that cannot be scaled", "points that follow no Poisson law")
    if not is_number(value) or not 0 < value <= MOST_POINTS:
        raise wrong_factor(path, quoted(value), f"points above 0 and at most {format_bound(MOST_POINTS)}")
    return value / blocks[name].max


def _rescaled(scenario: Scenario, stage_id: str, factors: Mapping[str, float]) -> dict[str, Any]:
    """The blocks with other maxima, their means, slopes, spreads and items in proportion."""
    here = f"stages.{stage_id}"
    stage = scenario.resolved()["stages"][stage_id]
    # What was published is of the old maxima.
    forgotten = [f"{here}.reported"] if stage.get("reported") else []
    facts = scenario.stages[stage_id].facts or {}
    forgotten += [
        f"{here}.facts.{f}" for f, fact in facts.items() if fact.of.split("/")[0] in (TOTAL, *factors)
    ]
    return scale_weights(stage_id, stage, factors) | dict.fromkeys(forgotten)


def _stage(scenario: Scenario, stage_id: str, path: str) -> Stage:
    if stage_id not in scenario.stages:
        raise wrong_factor(path, f"no stage '{stage_id}'", did_you_mean(stage_id, scenario.stages))
    return scenario.stages[stage_id]
