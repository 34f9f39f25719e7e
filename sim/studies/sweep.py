"""A sweep: a scenario at every point of a design, all with the same random numbers."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sim.execute.group import Group, tally_group
from sim.execute.inference import name_pasts
from sim.execute.runner import Progress, Runner
from sim.findings.chances import DoubtRange
from sim.findings.cost_path import CostPath
from sim.findings.sweep import (
    SweepFindings,
    SweptDoubts,
    change_table,
    find_swept_change,
    read_change,
    sweep_findings,
)
from sim.folder.files import DIGITS
from sim.folder.rows import Range, count_replications
from sim.folder.workbook import MOST_ROWS
from sim.render.json import sweep_as_json
from sim.render.progress import Bar
from sim.scenario.models.base import is_number
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import value_at
from sim.stats.design import (
    FILE,
    DesignPoint,
    Factor,
    make_points,
    parse_factor,
    refuse_repeated_paths,
    wrong_factor,
)
from sim.stats.precision import check_halfwidth
from sim.stats.summary import Summary
from sim.stats.tables import chances_table, responses_table
from sim.stats.tally import Failure
from sim.studies.cost_path import cost_path_table, play_cost_path, read_cost_path
from sim.studies.design_space import DesignSpace
from sim.studies.factors import overrides
from sim.studies.failures import command_alone, set_options
from sim.studies.manifest import read_manifest
from sim.studies.precision import are_precise, summaries_of
from sim.studies.request import SweepRequest
from sim.studies.store import read_total
from sim.studies.study import Groups, Result, Study, Tables, Yields
from sim.studies.swept_doubts import (
    Doubts,
    PointRanges,
    doubts_of_sweep,
    leaving_of,
    play_doubts_of_points,
    read_ranges,
)
from sim.studies.what_ifs import DOUBT_RUNS
from sim.text import Lang
from sim.text.money import CURRENCIES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.folder.workbook import Sheet
    from sim.render.figures.drawing import Drawing

CHANCES, RESPONSES = "chances.parquet", "responses.parquet"
COST_PATH = "cost_per_point.csv"

CHANGE = "change"
"""The name of a table that is no file of its own: counts tell whose chance changes most."""


@dataclass(frozen=True)
class SweepStudy(Study):
    """A sweep, as it was asked for.

    `file` is where the scenario of the request was read; what is wrong at a point is told with its place
    there. Raises `ScenarioError` for a point that is no scenario, `ValueError` for too many points or a text
    that is no factor.
    """

    request: SweepRequest
    file: str | None = None
    progress: Progress | None = field(default=None, compare=False)  # told of points as they are made

    has_axis: ClassVar[bool] = True
    float_format: ClassVar[str | None] = f"%.{DIGITS}g"
    drawn_from: ClassVar[tuple[str, ...]] = (CHANCES,)
    why_nothing_is_drawn: ClassVar[str] = "nothing varies"

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """What varies."""
        found = tuple(parse_factor(text) for text in self.request.vary)
        refuse_repeated_paths(found)
        for factor in found:
            if factor.path in self.request.set:
                raise wrong_factor(factor.path, "varied, and set by --set", "one of the two")
        return found

    @cached_property
    def points(self) -> tuple[DesignPoint, ...]:
        """All points, each option of their choices by itself, in the order of the design and the options."""
        found = tuple(self._make_points())
        if (target := self.request.until_halfwidth) is not None:
            for one in found:
                check_halfwidth(target, one.scenario)
        return found

    def _make_points(self) -> Iterator[DesignPoint]:
        space = DesignSpace(self.request, self.file)
        designed = make_points(self.factors, self.request.design, self.request.seed)
        for number, point in enumerate(designed):
            for one in space.options_at(self.factors, point):
                yield DesignPoint(number, point, one.name, not one.path, one.scenario.settled())
            if self.progress is not None:  # a thousand points take half a minute to read and check
                self.progress(number + 1, len(designed))

    @property
    def pasts(self) -> tuple[str | None, ...]:
        """What tells the pasts of points apart, each option by itself; None for one without facts."""
        return name_pasts(group.cases[0] for group in self.groups)

    @property
    def scenario(self) -> Scenario:
        """The scenario of the first point."""
        return self.points[0].scenario

    @property
    def ranges(self) -> tuple[Range, ...] | None:
        """The replications of each point."""
        return None if self.request.until_halfwidth is not None else self.request.ranges

    @cached_property
    def groups(self) -> Groups:
        """A group for each point and option."""
        ranges = self.ranges or ()
        return [self._group(point, ranges) for point in self.points]

    def describe(self, lang: Lang) -> dict[str, object]:
        """Return what the sentence about a folder of it names."""
        return {
            "scenario": self.scenario.name.get(lang),
            "points": self.points[-1].number + 1,
            "vary": ", ".join(self.request.vary),
        }

    def _group(self, point: DesignPoint, ranges: Sequence[Range]) -> Group[Any]:
        case = self.code.case(point.scenario, self.request.seed)
        label = f"point {point.number}, {point.option}"
        return tally_group(case, ranges, name=f"{point.number}-{point.scenario.digest()[:16]}", label=label)

    def is_precise(self, played: Yields) -> bool:
        """Tell whether every chance at every point is as precise as was asked."""
        target = self.request.until_halfwidth
        assert target is not None
        return are_precise(self.groups, played, target)

    def result(self, played: Yields, ranges: tuple[Range, ...], runner: Runner) -> SweepResult:
        """Return what was found."""
        bar = runner.progress if isinstance(runner.progress, Bar) else None
        return SweepResult(self, ranges, tuple(played), runner.for_later(bar))

    def command_for(self, group: Group[Any], failure: Failure) -> str:
        """Return the command that plays one failed replication at its point alone."""
        # By identity: groups of points that are alike are equal, and counts cannot be compared with ==.
        point = next(p for p, each in zip(self.points, self.groups, strict=True) if each is group)
        values = {factor.path: value for factor, value in zip(self.factors, point.point, strict=True)}
        file = values.pop(FILE, None)
        given = " ".join(self.request.given) if file is None else self._given_as(str(file))
        base = point if point.default else next(p for p in self.points if p.number == point.number)
        values = overrides(base.scenario, values)
        values |= _chosen(base.scenario, point) if not point.default else {}
        return command_alone(group.cases[0], failure, given and given + set_options(values))

    @property
    def reported_from(self) -> tuple[str, ...]:
        """The files beside counts from which a report is made."""
        return ()

    def read_findings(self, folder: Path, counted: Callable[[], Any]) -> SweepFindings:
        """Read what was found: chances from the counts, what a point costs from its table."""
        found: SweepResult = counted()
        return found.findings_with(
            self._cost_path_of(folder), read_ranges(folder / CHANCES) if self.doubts else {}
        )

    def _cost_path_of(self, folder: Path) -> CostPath | None:
        """What a percentage point costs, as its table has it."""
        return read_cost_path(
            folder / COST_PATH, self.factors[0].path, self.scenario.money, self.points[0].point[0]
        )

    @cached_property
    def doubts(self) -> Doubts:
        """The doubts that are played at every point."""
        given = self.request.scenario
        if isinstance(given, str) or self.code.processes or self.scenario.is_over:
            return {}
        return doubts_of_sweep(given, self.factors, self.request.set, self.pasts)

    def read_tables(self, folder: Path) -> Tables:
        """Read the tables that figures are drawn from, and from the counts what their titles say."""
        tables = super().read_tables(folder)
        _, played = read_total(folder, self, read_manifest(folder).ranges)
        summaries = tuple(summaries_of(self.groups, played))
        return {**tables, CHANGE: self.change(summaries, self._cost_path_of(folder))}

    def change(self, summaries: Sequence[Summary], cost_path: CostPath | None) -> pd.DataFrame:
        """Return whose chance changes most, of the summaries of all points, as a table."""
        pairs = [(point, each) for point, each in zip(self.points, summaries, strict=True) if point.default]
        change = find_swept_change([point for point, _ in pairs], [each for _, each in pairs], cost_path)
        return change_table(change)

    def _given_as(self, file: str) -> str:
        """Return how a command names another file than that of the sweep, played alike."""
        start = " --from-start" if self.request.from_start else ""
        known = "".join(f" {word}" for word in self.request.known.words()) if self.request.known else ""
        return f"{shlex.quote(file)}{start}{known}{set_options(self.request.set)}"

    def figures(self, tables: Tables, lang: Lang, axis: str | None = None) -> dict[str, Drawing]:
        """Draw chances against what varies, or against `axis`; over a grid of two, a map."""
        from sim.render.figures.studies import draw_sweep

        table, paths = tables[CHANCES], [factor.path for factor in self.factors]
        runs = int(table.of[table.chance == "leaves_at_all"].iloc[0])
        change = read_change(tables[CHANGE])
        doubts = (len(self.doubts), min(runs, DOUBT_RUNS)) if self.doubts else None
        told = table, paths, self.scenario, runs, lang
        return draw_sweep(*told, change=change, doubts=doubts, axis=axis, now=self.now)

    @property
    def now(self) -> dict[str, Any]:
        """What the scenario has at the paths that vary, as it is; without those of which it has no number.

        A team that the file does not name is lent what all are.
        """
        given = self.request.scenario
        data: Any = {} if isinstance(given, str) else given.resolved()
        found = {factor.path: value_at(data, factor.path) for factor in self.factors}
        for path in [path for path, value in found.items() if value is None]:
            found[path] = value_at(data, _LENT_TO_ONE.sub(r"\1default", path))
        return {path: value for path, value in found.items() if isinstance(value, (int, float, str))}


_LENT_TO_ONE = re.compile(r"(\.grants\.gpus\.)[^.]+(?=\.)")


def _chosen(base: Scenario, point: DesignPoint) -> dict[str, Any]:
    """By which paths the scenario of an option differs from that of the default."""
    from sim.scenario.comparison import differences

    return {each.path: each.second for each in differences(base, point.scenario)}


@dataclass(frozen=True)
class SweepResult(Result):
    """The points and what was found there."""

    study: SweepStudy
    runner: Runner

    def __repr__(self) -> str:
        points, runs = len({point.number for point in self.points}), self.runs
        return f"<SweepResult: {points} points, {runs:,} runs of each, seed {self.study.request.seed}>"

    @cached_property
    def summaries(self) -> tuple[Summary, ...]:
        """The chances at each point and option."""
        return tuple(summaries_of(self.study.groups, self.played))

    @property
    def points(self) -> tuple[DesignPoint, ...]:
        """The points, each option by itself."""
        return self.study.points

    @property
    def runs(self) -> int:
        """Replications of each point."""
        return count_replications(self.ranges)

    def findings(self) -> SweepFindings:
        """Work out what is true of it, and play what a point costs, and doubts."""
        leaving = {self.points[i].number: leaving_of(ranges) for i, ranges in self.doubted.items()}
        return self.findings_with(self.cost_path, leaving)

    @cached_property
    def doubted(self) -> Mapping[int, PointRanges]:
        """The range of every chance over the doubts, by the place of the point and option among all."""
        study = self.study
        given = self.points, self.summaries, study.doubts, study.code, study.request.seed
        return play_doubts_of_points(*given, self.ranges, self.runner)

    def findings_with(
        self, cost_path: CostPath | None, ranges: Mapping[int, Mapping[str, DoubtRange]]
    ) -> SweepFindings:
        """Work out what is true of it, with what a point costs and with ranges as they were played before."""
        request, paths = self.study.request, [factor.path for factor in self.study.factors]
        file = self.study.file or self.study.scenario.name.en
        pasts = self.study.pasts
        told = self.points, self.summaries, self.runs, request.seed, pasts
        few, number = min(self.runs, DOUBT_RUNS), len(self.study.doubts)
        doubts = SweptDoubts(number, few, ranges) if number else None
        return sweep_findings(file, paths, *told, cost_path=cost_path, doubts=doubts)

    @cached_property
    def cost_path(self) -> CostPath | None:
        """What a percentage point costs along a budget, paired with the first point; None of other sweeps."""
        study = self.study
        given = study.factors, self.points, self.summaries, study.code, study.request.seed
        return play_cost_path(*given, self.ranges, self.runner)

    def cost_per_point(self) -> pd.DataFrame:
        """Return what a percentage point of a chance costs along a sweep of a budget, a row for each point.

        Empty for a sweep of anything else. Columns: what varies, team (whose chance of leaving moves most),
        money (more than at the first point, of GPUs that are lent and of own ones that are priced, for
        instance `money_eok`), estimate, low, high (of the paired difference of its chance, 95 %), seen
        (whether 0 lies outside), per_point with per_point_low and per_point_high (money for a percentage
        point; missing where no change is seen), of (replications).
        """
        return cost_path_table(self.cost_path, self.study.factors[0].path, self.study.scenario.money)

    def odds(self) -> pd.DataFrame:
        """Return a row per point, option, stage, team and chance: factors, then `stats.tables.chances_table`.

        Beside them stand, where there is hardware, the means of all GPU-hours that were granted (`gpu_hours`)
        and of their cost, for instance in hundred million won (`cost_eok`): any figure can have them as axis.
        """
        return self._odds.copy(deep=False)  # which shares what nobody changes

    @cached_property
    def _odds(self) -> pd.DataFrame:
        """The table, which takes seconds at a thousand points: it is shown, drawn and saved."""
        return self._table(chances_table(self.summaries))

    def ranged_odds(self) -> pd.DataFrame:
        """Play the doubts and return `odds` with the range of each chance: `range_low` and `range_high`.

        They are missing for other options than the default. Without doubts it is what `odds` returns.
        """
        if not self.study.doubts:
            return self.odds()
        numbered = (i for i, each in enumerate(self.summaries) for _ in each.counts())
        table, none = self.odds(), (math.nan, math.nan)
        keys = zip(numbered, table.stage, table.team, table.chance, strict=True)
        ends = [self.doubted.get(i, {}).get((stage, team, kind), none) for i, stage, team, kind in keys]
        low, high = zip(*ends, strict=True)
        return table.assign(range_low=low, range_high=high)

    def responses(self) -> pd.DataFrame:
        """Return a row per point, option and response; likewise."""
        return self._table(responses_table(self.summaries))

    def as_json(self) -> dict[str, Any]:
        """Return the `--json` output; its format is described in docs/sweep.md."""
        return sweep_as_json(self.findings())

    def tables(self) -> Tables:
        """Return the tables that are saved, by the name of their file."""
        found = {CHANCES: self.ranged_odds(), RESPONSES: self.responses()}
        # As CSV, too, as long as spreadsheets can open it.
        small = {name: table for name, table in found.items() if len(table) <= MOST_ROWS}
        if self.cost_path is not None:
            found[COST_PATH] = self.cost_per_point()
        return found | {str(Path(name).with_suffix(".csv")): table for name, table in small.items()}

    def sheets(self, lang: Lang, tables: Tables) -> list[Sheet]:
        """Return chances of leaving and responses by point as sheets."""
        from sim.render.workbook.sweep import sweep_sheets

        return sweep_sheets(tables[CHANCES], tables[RESPONSES], self.findings(), lang)

    def plot(self, axis: str | None = None, lang: Lang = "en") -> Figure:
        """Draw chances against what varies, or against `axis`, such as `cost_eok`."""
        tables = {**self.tables(), CHANGE: self.study.change(self.summaries, self.cost_path)}
        (drawing,) = self.study.figures(tables, lang, axis).values()
        return drawing.figure

    def _table(self, found: pd.DataFrame) -> pd.DataFrame:
        """What was found at each point, with what varies in front."""
        import pandas as pd

        return pd.DataFrame(self._labels()).join(found).reset_index(drop=True)

    def _labels(self) -> Iterator[dict[str, Any]]:
        for point, summary in zip(self.points, self.summaries, strict=True):
            levels = zip(self.study.factors, point.point, strict=True)
            yield {
                "point": point.number,
                **{factor.path: _cell(value) for factor, value in levels},
                "option": point.option,
                "default": point.default,
                **_spent(summary),
            }


def _spent(summary: Summary) -> dict[str, float]:
    """GPU-hours granted, their cost, and money that is not for GPUs, means, by the name of their column."""
    currency, found = CURRENCIES[summary.scenario.money], dict[str, float]()
    means = {what: summary.mean(what) for what in ("gpu_hours", "cost", "paid")}
    if summary.own_money is not None:
        means["cost_with_own"] = summary.money
    for what, mean in means.items():
        if mean is not None:
            in_money = what != "gpu_hours"
            found[f"{what}_{currency.column}" if in_money else what] = mean / (
                currency.size if in_money else 1
            )
    return found


def _cell(value: Any) -> Any:
    """A level as a table can hold it: a number, or text."""
    return value if is_number(value) else str(value)
