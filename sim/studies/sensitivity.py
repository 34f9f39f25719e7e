"""A sensitivity analysis: Sobol' indices of chances over every uncertain input, the dice averaged out.

Points are those of a scrambled Sobol' sequence over the uniforms of all uncertain inputs; A, B and every AB_i
are played over the same replications, `INNER` for each point, so that nothing but the inputs differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sim.execute.case import Case, DesignSample, with_mean_faults
from sim.execute.group import Group, block_size
from sim.execute.runner import Runner
from sim.findings.sensitivity import PastUsed, SensitivityFindings, sensitivity_findings
from sim.folder.files import as_json_text
from sim.folder.rows import Range
from sim.model.draws import Draws, Floats, SpySource
from sim.model.quantiles import at
from sim.render.json import round_fractions
from sim.scenario.evidence import fact_names
from sim.scenario.models.numbers import Uncertain, uncertain_numbers
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.shares import shares_of_defaults
from sim.stats.input_effects import LEAVES, Target, TornadoCounts, UncertainInput, list_targets
from sim.stats.intervals import HIGH, LOW
from sim.stats.particles import spread_between
from sim.stats.sobol import MOST_POINTS, Indices, Terms, add_outputs, estimate_indices
from sim.stats.tables import SENSITIVITY_FLAGS, SENSITIVITY_NUMBERS, sensitivity_table
from sim.stats.tally import Failure
from sim.studies import DEFAULT_POINTS
from sim.studies.evidence import group_futures
from sim.studies.failures import command_alone, set_options
from sim.studies.request import SensitivityRequest
from sim.studies.sensitivity_counts import (
    INNER,
    PointCounts,
    count_ends,
    count_points,
    terms_of,
)
from sim.studies.study import Groups, Result, Study, Tables, Yields
from sim.studies.widen import WidenedScenario, widen, widen_ahead
from sim.text import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.folder.workbook import Sheet
    from sim.render.figures.drawing import Drawing

TABLE = "sensitivity.csv"
PAST = "past.json"

LEAST = 64

END_RUNS = 4096
"""Replications at each end of an input: chances to 1.6 points, differences far more exactly."""

_BLOCK = 64 * INNER
"""Half of what is played at a time elsewhere: enough pieces for several workers, and large ones."""

Uniforms = Mapping[str, Floats]
"""The uniforms of uncertain inputs at every point, (points,), by the name under which they are drawn."""


def describe_wrong_points(points: int) -> str:
    """Return what is wrong with a number of points; empty if nothing is."""
    if points.bit_count() == 1 and LEAST <= points <= MOST_POINTS:
        return ""
    return f"{points}: expected a power of two from {LEAST} to {MOST_POINTS:,}, such as {DEFAULT_POINTS}"


@dataclass(frozen=True)
class SensitivityStudy(Study):
    """An analysis, as it was asked for: choices at their default, faults by their mean."""

    request: SensitivityRequest

    drawn_from: ClassVar[tuple[str, ...]] = (TABLE,)
    number_columns: ClassVar[tuple[str, ...]] = SENSITIVITY_NUMBERS
    flag_columns: ClassVar[tuple[str, ...]] = SENSITIVITY_FLAGS
    float_format: ClassVar[str | None] = "%.6g"
    why_nothing_is_drawn: ClassVar[str] = "no number moves a chance so far that it can be told"

    def __post_init__(self) -> None:
        if wrong := describe_wrong_points(self.request.points):
            raise ValueError(f"points {wrong}")

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is."""
        return self.request.scenario

    @cached_property
    def _base(self) -> Case:
        return with_mean_faults(self.code.case(self.scenario.settled(), self.request.seed))

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The chances that are looked at: those that the rules alone do not decide."""
        return list_targets(self._base.scenario, by_the_file=self._base.is_by_the_file)

    @cached_property
    def widened(self) -> WidenedScenario:
        """The scenario with its guesses drawn, too.

        Indices share out the spread that numbers bring when each varies by itself. Given facts those that
        facts bear on do not: they come with the past, whose particles are dice like any other here.
        """
        scenario = self._base.scenario
        return widen_ahead(scenario) if scenario.has_facts else widen(scenario)

    @property
    def case(self) -> Case:
        """The scenario with all its uncertain inputs drawn."""
        return replace(self._base, scenario=self.widened.scenario)

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The replications of all points, one after another."""
        return ((0, self.request.points * INNER),)

    @cached_property
    def groups(self) -> Groups:
        """The samples A, B and AB_i, and every input at its ends; nothing if nothing is uncertain."""
        if not (self.widened.inputs and self.targets):
            return []
        case, n = self.case, len(self.widened.inputs)
        block = min(_BLOCK, block_size(case.scenario, case.engine))
        samples = tuple(replace(case, sample=DesignSample(points, INNER)) for points in self._samples())
        pinned = ({each.luck: end} for end in (LOW, HIGH) for each in self.widened.inputs)
        ends = (case, *(replace(case, pinned=each) for each in pinned))
        each, at_ends = (
            np.zeros(shape, dtype=np.int64) for shape in ((len(self.targets),), (n, len(self.targets)))
        )
        no_ends = TornadoCounts(0, each, at_ends, at_ends, at_ends, at_ends)
        groups: list[Group[Any]] = [
            Group(
                samples,
                self.ranges,
                partial(count_points, self.targets),
                PointCounts.none(len(self.targets), n),
                name="points",
                label="the points of the design",
                block=block,
            ),
            Group(
                ends,
                ((0, END_RUNS),),
                partial(count_ends, self.targets),
                no_ends,
                name="ends",
                label="the ends of the inputs",
                block=block_size(case.scenario, case.engine),
            ),
        ]
        if case.scenario.has_facts:
            particles = case.effort.islands * case.effort.particles
            groups.append(group_futures(case, particles, "past", "the past"))
        return groups

    def describe(self, lang: Lang) -> dict[str, object]:
        """Return what the sentence about a folder of it names."""
        return {"name": self.scenario.name.get(lang), "points": self.request.points}

    def _samples(self) -> list[Uniforms]:
        """The uniforms of A, of B, and of A with those of one input from B."""
        spy = SpySource(Draws(self.request.seed))
        self.case.play(0, 1, spy)
        owners = {item: self.widened.owner(item) for item in spy.asked}
        # What has no owner has one value only, but where there are facts: then particles hold it, or could.
        items = [item for item, owner in owners.items() if owner or not self.scenario.has_facts]
        a, b = design(items, self.request.points, self.request.seed)
        mixed = ({i: (b if owners[i] == each else a)[i] for i in items} for each in self.widened.inputs)
        return [a, b, *mixed]

    def result(self, played: Yields, ranges: tuple[Range, ...], runner: Runner) -> SensitivityResult:
        """Return what was found."""
        return SensitivityResult(self, ranges, tuple(played))

    @property
    def reported_from(self) -> tuple[str, ...]:
        """The files beside counts from which a report is made."""
        return ()

    def read_findings(self, folder: Path, counted: Callable[[], Any]) -> SensitivityFindings:
        """Read what was found, from the counts."""
        found: SensitivityResult = counted()
        return found.findings()

    def command_for(self, group: Group[Any], failure: Failure) -> str:
        """Return the command that plays one failed replication alone, its uncertain inputs set."""
        case = group.cases[failure.case]
        given = " ".join(self.request.given)
        return command_alone(case, failure, given and given + set_options(self._values(case, failure)))

    def _values(self, case: Case, failure: Failure) -> dict[str, Any]:
        """The values of all uncertain inputs that a case has at a replication, by path."""
        spy = SpySource(case.source(Draws(case.seed)))
        with suppress(Exception):  # it failed once and will again, after it asked for its inputs
            case.play_with(spy, failure.replication, failure.replication + 1)
        places: dict[str, list[Uncertain]] = {}
        for _, number in uncertain_numbers(self.widened.scenario):
            places.setdefault(number.draw_name, []).append(number)
        defaults = dict(shares_of_defaults(self.widened.scenario))
        values: dict[str, Any] = {}
        for item, u in spy.asked.items():
            if self.scenario.has_facts and self.widened.owner(item) is None:
                continue  # the particle of this replication holds it
            numbers = places.get(item) or places[defaults[item]]
            # A team's share of a default is no place of the file, but may be set like one.
            paths = [number.path for number in places.get(item, ())] or [item]
            values |= dict.fromkeys(paths, at(numbers[0], u))
        return values

    def figures(self, tables: Tables, lang: Lang, axis: str | None = None) -> dict[str, Drawing]:
        """Draw what the inputs do; nothing where no chance moves so far that it can be told from the dice."""
        from sim.render.figures.studies import draw_sensitivity

        team = self.request.team or _most_moved(tables[TABLE])
        return draw_sensitivity(tables[TABLE], team, self.scenario, self.runs, lang)

    @property
    def runs(self) -> int:
        """Replications in all samples together."""
        return (
            self.request.points * INNER * (2 + len(self.widened.inputs))
            if self.widened.inputs and self.targets
            else 0
        )


def design(items: Sequence[str], points: int, seed: int) -> tuple[Uniforms, Uniforms]:
    """Return two samples of so many points, from one scrambled Sobol' sequence with two columns an item."""
    from scipy.stats import qmc  # takes a second to import

    if not items:
        return {}, {}
    # 52 bits and half a step of the 53 that a double has below 1: every point is exact.
    sample = qmc.Sobol(2 * len(items), bits=52, rng=seed).random_base2(points.bit_length() - 1)
    columns = np.ascontiguousarray(sample.T) + 2.0**-53  # never 0 or 1, as keyed uniforms
    a, b = np.split(columns, 2)
    return dict(zip(items, a, strict=True)), dict(zip(items, b, strict=True))


@dataclass(frozen=True)
class SensitivityResult(Result):
    """What every uncertain input of a scenario does to its chances; indices are by target."""

    study: SensitivityStudy

    def __repr__(self) -> str:
        inputs, points = len(self.inputs), f"{self.study.request.points:,}"
        return f"<SensitivityResult: {inputs} inputs, {points} points, seed {self.study.request.seed}>"

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is."""
        return self.study.scenario

    @property
    def inputs(self) -> tuple[UncertainInput, ...]:
        """The uncertain inputs."""
        return self.study.widened.inputs

    @property
    def targets(self) -> tuple[Target, ...]:
        """The chances that are looked at."""
        return self.study.targets

    @property
    def runs(self) -> int:
        """Replications in all samples together."""
        return self.study.runs

    @property
    def failures(self) -> Sequence[Failure]:
        """Replications that could not be played at a point or beside it, and count nowhere."""
        return self.played[0].failures if self.played else ()

    @cached_property
    def _terms(self) -> Terms | None:
        return terms_of(self.played[0].counts) if self.played else None

    @cached_property
    def indices(self) -> tuple[Indices, ...]:
        """The indices of each target, by input; none if nothing is uncertain."""
        return () if self._terms is None else tuple(estimate_indices(self._terms, self.study.request.seed))

    @cached_property
    def leaving(self) -> Indices | None:
        """The indices of all chances of leaving as one."""
        each = [i for i, target in enumerate(self.targets) if target.what == LEAVES]
        if self._terms is None or not each:
            return None
        parts = Terms(
            *(x[..., each, :] for x in (self._terms.variance, self._terms.first, self._terms.total))
        )
        return estimate_indices(add_outputs(parts), self.study.request.seed)[0]

    @cached_property
    def past(self) -> PastUsed | None:
        """What the past is taken from, and how far it moves chances; None for a scenario without facts."""
        if not self.scenario.has_facts:
            return None
        spreads: dict[str, float] = {}
        if self.played:
            between = spread_between(self.played[2].counts)
            teams = list(self.scenario.teams)
            asked = [target.team for target in self.targets if target.what == LEAVES]
            spreads = {team: float(between[teams.index(team)]) for team in asked}
        return PastUsed(tuple(fact_names(self.scenario)), self.study.widened.of_past, spreads)

    @property
    def ends(self) -> TornadoCounts | None:
        """The chances with one input at its low or high end."""
        return self.played[1].counts if self.played else None

    def findings(self) -> SensitivityFindings:
        """Work out what is true of it."""
        return sensitivity_findings(
            self.scenario,
            self.inputs,
            self.study.widened.without_range,
            self.targets,
            self.indices,
            self.leaving,
            self.ends,
            points=self.study.request.points,
            inner=INNER,
            failed=len(self.failures),
            seed=self.study.request.seed,
            team=self.study.request.team,
            past=self.past,
        )

    def odds(self) -> pd.DataFrame:
        """Return a row for each target and uncertain input; see `sim.stats.tables.sensitivity_table`."""
        return sensitivity_table(
            self.scenario, self.inputs, self.targets, self.indices, self.leaving, self.ends
        )

    def tables(self) -> Tables:
        """Return the table that is saved, by the name of its file."""
        return {TABLE: self.odds()}

    def sheets(self, lang: Lang, tables: Tables) -> list[Sheet]:
        """Return what each input does as a sheet, with names."""
        from sim.render.workbook.sensitivity import sensitivity_sheets

        runs = self.study.request.points * INNER
        return sensitivity_sheets(tables[TABLE], self.scenario, runs, self.study.request.seed, lang)

    def documents(self) -> Mapping[str, str]:
        """Return, of a scenario with facts, which of them are used and for what (see docs/sweep.md)."""
        if self.past is None:
            return {}
        found = {
            "facts": list(self.past.facts),
            "varied": [each.name for each in self.inputs],
            "with_the_past": [each.name for each in self.past.inputs],
            "past_moves": self.past.spreads,
        }
        return {PAST: as_json_text(round_fractions(found))}

    def plot(self, lang: Lang = "en") -> Figure:
        """Draw what the inputs do. Raises `ValueError` where no chance moves so far that it can be told."""
        return self._draw(lang)


def _most_moved(table: pd.DataFrame) -> str:
    """The team whose chance of leaving varies most, by a saved table."""
    of_teams = table[(table.target == LEAVES) & (table.team != "")]
    return "" if of_teams.empty else str(of_teams.sort_values("variance").team.iloc[-1])
