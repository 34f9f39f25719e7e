"""A comparison: scenarios beside the first of them, with the same random numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sim.execute.case import Case
from sim.execute.group import Group, Worlds
from sim.execute.inference import name_pasts
from sim.execute.runner import Runner
from sim.findings.comparison import ComparisonFindings, comparison_findings
from sim.folder.rows import Range, count_replications
from sim.scenario.models.scenario import Scenario
from sim.stats.counts import add_fields
from sim.stats.pairs import Pairs, count_pairs, no_pairs
from sim.stats.summary import Summary
from sim.stats.tally import Failure, Tally, nothing, tally
from sim.studies.failures import command_alone
from sim.studies.request import ComparisonRequest
from sim.studies.study import Groups, Result, Study, Tables, Yields, table_in_notebook
from sim.text import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.folder.workbook import Sheet
    from sim.render.figures.drawing import Drawing

DIFFERENCES = "differences.csv"


@dataclass(frozen=True)
class ComparedCounts:
    """What a range of replications yields; adds up in any order."""

    tallies: tuple[Tally, ...]
    pairs: tuple[Pairs, ...]  # each scenario but the first, beside the first

    def __add__(self, other: ComparedCounts) -> ComparedCounts:
        return add_fields(self, other)


def count_compared(cases: tuple[Case, ...], worlds: Worlds) -> ComparedCounts:
    """Count every scenario, and each but the first beside the first."""
    scenarios = [case.scenario for case in cases]
    first, world = scenarios[0], worlds[0]
    others = zip(scenarios[1:], worlds[1:], strict=True)
    return ComparedCounts(
        tuple(tally(scenario, each) for scenario, each in zip(scenarios, worlds, strict=True)),
        tuple(count_pairs(first, world, scenario, other) for scenario, other in others),
    )


@dataclass(frozen=True)
class ComparisonStudy(Study):
    """A comparison, as it was asked for. Choices of the scenarios are at their default."""

    request: ComparisonRequest

    drawn_from: ClassVar[tuple[str, ...]] = (DIFFERENCES,)
    number_columns: ClassVar[tuple[str, ...]] = (
        *("scenario", "first", "second", "estimate", "low", "high", "variance_ratio", "of"),
    )
    why_nothing_is_drawn: ClassVar[str] = (
        "no team is in the first scenario and in another one, or an earlier version saved this"
    )

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios as they are played."""
        return tuple(scenario.settled() for scenario in self.request.scenarios)

    @property
    def scenario(self) -> Scenario:
        """The first scenario, which the others are compared with."""
        return self.scenarios[0]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The replications of each scenario."""
        return self.request.ranges

    def describe(self, lang: Lang) -> dict[str, object]:
        """Return what the sentence about a folder of it names."""
        return {"given": ", ".join(self.request.given or [one.name.get(lang) for one in self.scenarios])}

    @cached_property
    def groups(self) -> Groups:
        """All scenarios as one group."""
        cases = tuple(self.code.case(scenario, self.request.seed) for scenario in self.scenarios)
        none = ComparedCounts(
            tuple(nothing(scenario) for scenario in self.scenarios),
            tuple(no_pairs(self.scenario, other) for other in self.scenarios[1:]),
        )
        return [Group(cases, self.ranges, count_compared, none)]

    def result(self, played: Yields, ranges: tuple[Range, ...], runner: Runner) -> ComparisonResult:
        """Return what was found."""
        return ComparisonResult(self, ranges, tuple(played))

    @property
    def reported_from(self) -> tuple[str, ...]:
        """The files beside counts from which a report is made."""
        return ()

    def read_findings(self, folder: Path, counted: Callable[[], Any]) -> ComparisonFindings:
        """Read what was found, from the counts."""
        found: ComparisonResult = counted()
        return found.findings()

    def command_for(self, group: Group[Any], failure: Failure) -> str:
        """Return the command that plays one failed replication alone, of the scenario in which it failed."""
        given = self.request.given[failure.case] if self.request.given else ""
        return command_alone(group.cases[failure.case], failure, given)

    def figures(self, tables: Tables, lang: Lang, axis: str | None = None) -> dict[str, Drawing]:
        """Draw how the chances of leaving differ; nothing where no team is in two scenarios."""
        from sim.render.figures.studies import draw_comparison

        given = self.request.given or [scenario.name.get(lang) for scenario in self.scenarios]
        runs = count_replications(self.ranges)
        return draw_comparison(tables[DIFFERENCES], given, self.scenarios, runs, lang)


@dataclass(frozen=True)
class ComparisonResult(Result):
    """What each scenario comes to, and how each but the first differs from the first."""

    study: ComparisonStudy

    def __repr__(self) -> str:
        n, runs = len(self.study.scenarios), f"{self.summaries[0].tally.runs:,}"
        return f"<ComparisonResult: {n} scenarios, {runs} runs of each, seed {self.study.request.seed}>"

    def _repr_html_(self) -> str:
        return table_in_notebook(repr(self), self.differences())

    @property
    def counts(self) -> ComparedCounts:
        """What was counted of all scenarios."""
        counted: ComparedCounts = self.played[0].counts
        return counted

    @cached_property
    def summaries(self) -> tuple[Summary, ...]:
        """The chances of each scenario."""
        cases = self.study.groups[0].cases
        each = zip(cases, self.counts.tallies, strict=True)
        return tuple(Summary(case.scenario, counted, case.is_by_the_file) for case, counted in each)

    @property
    def beside_first(self) -> tuple[Pairs, ...]:
        """How each scenario but the first differs from it."""
        return self.counts.pairs

    def findings(self) -> ComparisonFindings:
        """Work out what is true of it."""
        scenarios, runs = self.study.request.scenarios, self.summaries[0].tally.runs
        given = self.study.request.given or tuple(scenario.name.en for scenario in scenarios)
        seed = self.study.request.seed
        pasts = name_pasts(self.study.groups[0].cases)
        return comparison_findings(given, scenarios, self.summaries, self.beside_first, runs, seed, pasts)

    def odds(self) -> pd.DataFrame:
        """Return the chances of every scenario, with its place (from 0) in front."""
        from sim.stats.tables import chances_table

        return chances_table(self.summaries).rename_axis("scenario").reset_index()

    def differences(self) -> pd.DataFrame:
        """Return a row for each scenario beside the first, and each chance and measure that both have.

        Columns: scenario (1 for the second), stage, team, what, unit, first, second (means or chances),
        estimate (second minus first), low, high (95 %, paired), variance_ratio, of (replications).
        """
        import pandas as pd

        units = self.summaries[0].units()
        rows: list[dict[str, Any]] = []
        for i, pair in enumerate(self.beside_first, start=1):
            for (stage, team, what), found in pair.differences():
                about = {"scenario": i, "stage": stage, "team": team, "what": what, "unit": "chance"}
                sides = {"first": found.first / found.n, "second": found.second / found.n} if found.n else {}
                rows.append(about | sides | _interval(found, found.low, found.high, found.n))
            for what, change in pair.changes():
                about = {"scenario": i, "stage": "", "team": "", "what": what, "unit": units[what]}
                sides = dict(zip(("first", "second"), change.means, strict=True))
                rows.append(about | sides | _interval(change, *change.interval(), change.moments.n))
        return pd.DataFrame(rows)

    def tables(self) -> Tables:
        """Return the table that is saved, by the name of its file."""
        return {DIFFERENCES: self.differences()}

    def sheets(self, lang: Lang, tables: Tables) -> list[Sheet]:
        """Return the differences as a sheet, with names."""
        from sim.render.workbook.comparison import comparison_sheets

        return comparison_sheets(tables[DIFFERENCES], self.findings(), lang)

    def plot(self, lang: Lang = "en") -> Figure:
        """Draw how chances of leaving differ. Raises `ValueError` where no team is in two."""
        return self._draw(lang)


def _interval(found: Any, low: float, high: float, of: int) -> dict[str, Any]:
    return {
        "estimate": found.estimate,
        "low": low,
        "high": high,
        "variance_ratio": found.variance_ratio,
        "of": of,
    }
