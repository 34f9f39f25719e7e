"""What a live page holds: the plan of the stages ahead, its luck, what can be moved, counts to check by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engines.outcomes import Outcomes
from sim.execute.case import Case
from sim.execute.group import noise_numbers
from sim.explorer.answers import MOST_NUMBERS, Answers
from sim.explorer.settings import SettingError, Settings
from sim.live.columns import Columns, Leaf
from sim.live.luck import Places, has_summed_strength, with_summed_strength, write_luck
from sim.live.moves import Lines, Way, changed, leaves, lines
from sim.live.plan import Describer, Field, Plan, field_ahead
from sim.live.taken import NotTakenError
from sim.model.draws import CachedSource, Draws, Floats, Source
from sim.model.quantiles import Sample
from sim.rules.decisions import Fate
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import ScenarioError
from sim.stats.counts import Ints
from sim.studies.controls import Control

MOST_RUNS = 10_000
"""Runs of a page, where their luck is not too large."""

LEAST_RUNS = 1_000
"""Runs of a page at the least, where as many are asked for: chances of fewer tell little."""

MOST_LUCK = 2_750_000
"""Bytes of luck as text: with everything else, a page has 3 MB at most."""

CORNERS = 8

_BYTES = 4
_TEXT = 4 / 3
"""Bytes of a number, and how many characters Base64 takes for each."""

_MEMORY = 2**28


@dataclass(frozen=True)
class Move:
    """How the kernel follows a control: by lines, or, of a choice, by the leaves of each of its values."""

    control: Control
    lines: Lines
    values: tuple[Mapping[Way, Leaf], ...]

    @property
    def ways(self) -> set[Way]:
        """Where the leaves stand that it moves."""
        return {*self.lines, *(way for leaves in self.values for way in leaves)}

    def leaves(self, value: Any) -> Mapping[Way, Leaf]:
        """Return the leaves at a value of the control."""
        if self.control.kind == "choice":
            return self.values[self.control.values.index(value)]
        return {way: line.at(value) for way, line in self.lines.items()}


@dataclass(frozen=True)
class EngineCounts:
    """What the engine counts at some settings: (stages, teams, fates)."""

    settings: Settings
    counts: Ints


@dataclass(frozen=True)
class Exported:
    """A scenario as the kernel plays it."""

    runs: int
    field: Field
    plan: Plan
    moves: tuple[Move, ...]
    left_out: tuple[Control, ...]  # what can be moved elsewhere, and not here
    columns: Floats  # (columns, runs)
    column_places: Mapping[int, int]  # where the columns of leaves stand among them
    luck: Places
    checks: tuple[EngineCounts, ...]
    islands: int | None


def export(answers: Answers, most_runs: int = MOST_RUNS, most_luck: int = MOST_LUCK) -> Exported:
    """Return the scenario of a page as its kernel plays it, with as many runs as there is room for.

    Raises `NotTakenError` for what the kernel does not take.
    """
    case = answers.case_of({})
    if case.engine != "batch":
        raise NotTakenError("faults.mode: each")
    source = CachedSource(Draws(case.seed), _MEMORY)
    most = min(most_runs, max(1, MOST_NUMBERS // max(1, noise_numbers(case.scenario))))
    # Whatever can be moved only adds to the luck: known at once, where looking at each control takes minutes.
    _runs_with_room(_fewest_columns(case, source), most, most_luck)
    exporter = _Exporter(answers, case, source, most)
    return exporter.exported(_runs_with_room(len(exporter.columns), most, most_luck))


_ROUND = 100
"""Runs are a multiple of this."""


def _runs_with_room(columns: int, most: int, most_luck: int) -> int:
    """Return of how many runs so many columns fit into a page. Raises `NotTakenError` for too few."""
    room = int(most_luck / _TEXT / _BYTES / max(1, columns))
    runs = min(most, room if room < _ROUND else room // _ROUND * _ROUND)
    if runs < min(LEAST_RUNS, most):
        raise NotTakenError(
            f"so many teams and stages: a page has room for {runs:,} runs of them, of at least {LEAST_RUNS:,}"
        )
    return runs


def _fewest_columns(case: Case, source: Source) -> int:
    """Return of how many columns the luck is if nothing can be moved; one run shows it."""
    sample = Sample(case.source(source), 0, 1)
    ahead = field_ahead(case.played, sample)
    describer = Describer(sample, ahead)
    plan = describer.describe(case.played)
    luck = Columns()
    write_luck(case.played, sample, ahead, plan, (), luck)
    return len(luck.all)


class _Exporter:
    """What is exported, over as many runs as are asked for: a page has the first of them."""

    def __init__(self, answers: Answers, case: Case, source: Source, runs: int) -> None:
        self._answers, self._case, self._source = answers, case, source
        sample = Sample(case.source(source), 0, runs)
        self.field = field_ahead(case.played, sample)
        self._describer = Describer(sample, self.field)
        self.plan = self._describer.describe(case.played)
        movable = [each for each in answers.playground.controls if each.fixed is None]
        self.moves = tuple(_without_conflicts(self._moves(movable)))
        taken = {move.control.path for move in self.moves}
        self.left_out = tuple(each for each in movable if each.path not in taken)
        columns = self._describer.columns
        moved = {way for move in self.moves for way in move.ways}
        self._written = with_summed_strength(self.plan) if has_summed_strength(moved) else self.plan
        used = _used(self._written, self.moves)
        before = len(columns.all)
        self.luck = write_luck(case.played, sample, self.field, self.plan, moved, columns)
        self.places = {old: new for new, old in enumerate([*used, *range(before, len(columns.all))])}
        self.columns = [columns.all[old] for old in self.places]

    def _moves(self, movable: Sequence[Control]) -> Iterator[Move]:
        """What the kernel can follow: weights first, for what stands in a block is set after it is scaled."""
        for control in sorted(movable, key=lambda each: each.kind != "weight"):
            if control.kind == "facts":  # without them each run has other numbers: see `_without_facts`
                continue
            values = control.values if control.kind == "choice" else three_values(control)
            try:
                plans = [self._plan({control.path: value}) for value in values]
            except (NotTakenError, SettingError, ScenarioError):
                continue
            if control.kind == "choice":
                found = [changed(self.plan, plan) for plan in plans]
                if all(each is not None for each in found) and any(found):
                    yield Move(control, {}, tuple(each or {} for each in found))
            elif follows := lines(self.plan, list(zip(values, plans, strict=True))):
                yield Move(control, follows, ())

    def _plan(self, settings: Settings) -> Plan:
        return self._describer.describe(self._answers.case_of(settings).played)

    def exported(self, runs: int) -> Exported:
        """Return everything for the first `runs`, with the counts of the engine."""
        corners = [{}, *_corners(self.moves)]
        for settings in corners:
            self._check_plan(settings)
        return Exported(
            runs=runs,
            field=self.field,
            plan=self._written,
            moves=self.moves,
            left_out=self.left_out,
            columns=np.array([column[:runs] for column in self.columns]).reshape(len(self.columns), runs),
            column_places=self.places,
            luck=_at_new(self.luck, self.places),
            checks=tuple(EngineCounts(each, self._count(each, runs)) for each in corners),
            islands=None if self._case.past is None else self._case.past.islands,
        )

    def _check_plan(self, settings: Settings) -> None:
        """Raise where what several controls do together is not what each of them does."""
        expected = dict(leaves(self.plan))
        for move in self.moves:
            if move.control.path in settings:
                expected.update(move.leaves(settings[move.control.path]))
        for way, leaf in leaves(self._plan(settings)):
            there = expected[way]
            if (leaf.column != there.column and leaf.factor) or not np.isclose(
                leaf.factor, there.factor, rtol=1e-9, atol=1e-12
            ):
                raise NotTakenError(f"{'.'.join(map(str, way))}: controls that do not add up")

    def _count(self, settings: Settings, runs: int) -> Ints:
        case = self._answers.case_of(settings)
        outcomes = case.play(0, runs, self._source)
        return count_fates(case.scenario, self.field, outcomes)


def fates_ahead(scenario: Scenario, field: Field, outcomes: Outcomes) -> Ints:
    """Return the fates of the teams that are there, (stages ahead, teams, runs)."""
    names, teams = list(scenario.stages), list(scenario.teams)
    there = [teams.index(t) for t in field.teams]
    return np.stack([outcomes.stages[names.index(s)].fate.T[there] for s in field.stages]).astype(np.int64)


def count_fates(scenario: Scenario, field: Field, outcomes: Outcomes) -> Ints:
    """Count them, (stages ahead, teams, fates)."""
    fates = fates_ahead(scenario, field, outcomes)
    return np.stack([np.count_nonzero(fates == fate, axis=-1) for fate in _FATES], axis=-1)


_FATES = (Fate.GONE, Fate.KEPT, Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE)


def three_values(control: Control) -> tuple[float, float, float]:
    """Return both ends of a control, and a value between them that lies at no special place."""
    assert control.low is not None
    assert control.high is not None
    between = control.low + (control.high - control.low) * 0.375
    return control.low, round(between) if control.whole else between, control.high


def _without_conflicts(moves: Iterator[Move]) -> Iterator[Move]:
    """The moves but for those of leaves that another one has.

    Only weights scale what others set, and what follows another comes after it, for it goes before it.
    """
    owned: dict[bool, set[Way]] = {True: set(), False: set()}
    yielded: dict[str, set[Way]] = {}
    for move in moves:
        others = owned[move.control.kind == "weight"]
        if others.isdisjoint(move.ways - yielded.get(move.control.follows, set())):
            yield move
            others |= move.ways
            yielded[move.control.path] = move.ways


def _corners(moves: Sequence[Move]) -> Iterator[Settings]:
    """Some corners of what can be moved; numbers of teams and choices are at any value there."""
    rng = np.random.default_rng(0)
    for _ in range(CORNERS):
        settings: dict[str, Any] = {}
        for move in moves:
            control, at = move.control, int(rng.integers(2**16))
            if control.kind == "choice":
                settings[control.path] = control.values[at % len(control.values)]
            elif control.whole and control.low is not None and control.high is not None:
                settings[control.path] = int(control.low) + at % (int(control.high - control.low) + 1)
            else:
                settings[control.path] = control.high if at % 2 else control.low
        yield settings


def _used(plan: Plan, moves: Sequence[Move]) -> list[int]:
    """The columns of numbers that the plan or a move has, in order."""
    found = {leaf.column for _, leaf in leaves(plan)}
    for move in moves:
        found |= {line.column for line in move.lines.values()}
        found |= {leaf.column for at in move.values for leaf in at.values()}
    return sorted(column for column in found if column is not None)


def _at_new(luck: Any, places: Mapping[int, int]) -> Any:
    """Places of luck, where its columns are numbered anew."""
    if isinstance(luck, dict):
        return {key: _at_new(part, places) for key, part in luck.items()}
    if isinstance(luck, list):
        return [_at_new(part, places) for part in luck]
    return None if luck is None else places[luck]
