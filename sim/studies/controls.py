"""What can be moved in a scenario, and between which ends: the controls of a page, and factors for sweeps.

A control is a number that has a range, a decision, or what a block of points counts. What decided stages were
played with is known and has none. Where facts are known, nothing has one on which the particles of the past
depend: they would have to be inferred anew at every step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sim.forecast.past import lies_ahead
from sim.model.quantiles import at
from sim.scenario.language.catalogue import ScenarioKey
from sim.scenario.models.base import is_number
from sim.scenario.models.inputs import Input, Value, inputs
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import input_names, key_at
from sim.scenario.options import option_label, value_names
from sim.scenario.weights import can_be_scaled
from sim.stats.intervals import HIGH, LOW, MEDIAN
from sim.studies.factors import WEIGHT
from sim.text import LANGS, say

Kind = Literal["facts", "choice", "weight", "gpus", "number"]
Fixed = Literal["known", "past", "date", "no_range", "copy"]
"""Why something cannot be moved: its stage is decided; the past was inferred with it; it is a date, which
moves others; nobody says between which ends it lies; it is of one of many teams that a file writes once."""


@dataclass(frozen=True)
class Control:
    """One thing that can be moved, or why it cannot."""

    path: str  # as `--set` and `--vary` take it
    kind: Kind
    stage: str  # "" for what is about no one stage
    names: Mapping[str, str]  # by language
    unit: str = ""
    value: float | None = None  # as the file has it; of an uncertain number its median
    uncertain: bool = False  # whether the file draws it: to move it is to say that it is known
    guess: bool = False
    low: float | None = None
    high: float | None = None
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False  # whether only whole numbers make sense
    values: tuple[Any, ...] = ()  # of a choice, or of whether facts are used, the default first
    labels: tuple[Mapping[str, str], ...] = ()  # what each of these is called
    fixed: Fixed | None = None
    follows: str = ""  # the path of the control that sets this one until it is moved itself


def controls(scenario: Scenario) -> list[Control]:
    """Return what a scenario's file sets: choices, weights and GPUs ahead first, then all other numbers."""
    given = [each for each in inputs(scenario) if each.path not in scenario.choices]
    numbers = [_of_input(scenario, each) for each in given]
    lent = [each for one in numbers for each in _lent_to_one(scenario, one)]
    found = [*_choices(scenario), *_weights(scenario), *numbers, *lent]
    order = ("choice", "weight", "gpus", "number")
    return _named(scenario, sorted(found, key=lambda each: (each.fixed is not None, order.index(each.kind))))


def _named(scenario: Scenario, found: Sequence[Control]) -> list[Control]:
    """The controls with what each is called beside the others."""
    by_lang = {}
    for lang in LANGS:
        teams = {t: team.name.get(lang) for t, team in scenario.teams.items()}
        teams.setdefault("default", say(lang, "explore.each_team"))
        stages = {s: stage.name.get(lang) if stage.name else s for s, stage in scenario.stages.items()}
        by_lang[lang] = input_names([each.path for each in found], lang, teams, stages)
    return [replace(each, names={lang: by_lang[lang][i] for lang in LANGS}) for i, each in enumerate(found)]


def _stage_of(path: str) -> str:
    first, *ids = path.split(".")
    return ids[0] if first == "stages" else ""


def _choices(scenario: Scenario) -> Iterator[Control]:
    names = value_names(scenario.choices)
    for path, values in scenario.choices.items():
        labels = [
            {str(lang): option_label(names[path, i], lang) for lang in LANGS} for i in range(len(values))
        ]
        yield Control(path, "choice", _stage_of(path), {}, values=tuple(values), labels=tuple(labels))


def _weights(scenario: Scenario) -> Iterator[Control]:
    """What each block of points counts, all it holds in proportion: from half to twice of what it does."""
    data = scenario.resolved()["stages"]
    for s in scenario.to_come:
        for name, block in scenario.stages[s].points.items():
            now = block.max
            if len(scenario.stages[s].points) > 1 and can_be_scaled(data[s], name):
                path = f"stages.{s}.points.{name}.{WEIGHT}"
                yield Control(path, "weight", s, {}, unit="points", value=now, low=now / 2, high=now * 2)


def _lent_to_one(scenario: Scenario, of_all: Control) -> Iterator[Control]:
    """What each team is lent, where the file says one number for all: until it is moved it follows that."""
    if of_all.fixed or not (found := _LENT_TO_ALL.fullmatch(of_all.path)):
        return
    grants, hardware = scenario.stages[of_all.stage].grants.gpus or {}, found["hardware"]
    teams = [team for team in scenario.contenders if team not in grants]
    # To name a team is to say all that it is lent; and of many teams it would be a wall of sliders.
    if list(grants["default"]) == [hardware] and 1 < len(teams) <= _MOST_TEAMS:
        for team in teams:
            path = f"stages.{of_all.stage}.grants.gpus.{team}.{hardware}"
            yield replace(of_all, path=path, guess=False, follows=of_all.path)


_LENT_TO_ALL = re.compile(r"stages\.[^.]+\.grants\.gpus\.default\.(?P<hardware>[^.]+)")
_MOST_TEAMS = 8


def _of_input(scenario: Scenario, given: Input) -> Control:
    uncertain = isinstance(given.value, Uncertain)
    kind: Kind = "gpus" if given.unit == _GPUS and _stage_of(given.path) else "number"
    found = Control(
        given.path,
        kind,
        _stage_of(given.path),
        {},
        unit=given.unit,
        value=_central(given.value),
        uncertain=uncertain,
        guess=given.guess,
        whole=given.unit == _TEAMS or isinstance(given.value, int),
    )
    if fixed := _why_fixed(scenario, given):
        return replace(found, fixed=fixed)
    span = _range(scenario, given)
    if span is None:
        return replace(found, fixed="no_range")
    low, high = _within(span, key_at(given.path))
    if found.whole:
        low, high = float(round(low)), float(round(high))
    is_log = given.unit == _GPUS or (low > 0 and high / low >= _DECADE)
    return replace(found, low=low, high=high, scale="log" if is_log and low > 0 else "linear")


_GPUS, _TEAMS = "GPUs", "teams"
_DECADE = 10
"""A range whose ends differ by this factor is laid out by ratios."""


def _central(value: Value) -> float | None:
    """The value itself, or its median; None for a date."""
    if isinstance(value, Uncertain):
        return at(value, MEDIAN)
    return value if is_number(value) else None


def _why_fixed(scenario: Scenario, given: Input) -> Fixed | None:
    stage = _stage_of(given.path)
    if stage and stage not in scenario.to_come:
        return "known"
    if not (isinstance(given.value, Uncertain) or is_number(given.value)):
        return "date"
    if scenario.has_facts and not lies_ahead(scenario, given.path):
        return "past"
    is_maximum = stage and ".points." in given.path and given.path.endswith(".max")
    return "no_range" if is_maximum else None  # the items of a block have its maximum: see `_weights`


def _range(scenario: Scenario, given: Input) -> tuple[float, float] | None:
    """Between which ends a number is moved; None if nobody says any."""
    value = given.value
    if isinstance(value, Uncertain):
        low, high = at(value, LOW), at(value, HIGH)
        return (low, high) if low < high else None
    if not is_number(value):
        return None
    doubts = [float(one) for one in scenario.doubts.get(given.path, ()) if is_number(one)]
    ends = doubts or list(given.plausible or ())
    if not ends and value > 0 and (given.unit == _GPUS or given.path.endswith("price")):
        ends = [value / _DECADE, value * _DECADE]
    if not ends and given.unit == _TEAMS and _stage_of(given.path):
        ends = [0.0, float(len(scenario.teams))]
    return (min(value, *ends), max(value, *ends)) if ends else None


def _within(span: tuple[float, float], found: tuple[ScenarioKey, list[str]] | None) -> tuple[float, float]:
    """A range cut off where the language allows no more."""
    allowed = None if found is None else found[0].allowed
    return span if allowed is None else (max(span[0], allowed.low), min(span[1], allowed.high))
