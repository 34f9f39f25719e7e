"""The figures of a run, from its tables alone; tables come from memory or from a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan, nan
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from sim.findings.chances import field_sizes
from sim.findings.doubts import Ranges, ranges_of
from sim.findings.ends import has_one_end
from sim.findings.evidence import read_numbers
from sim.findings.growth import Growth, find_growth
from sim.findings.headline import Judged, headline_of_options, headline_of_table
from sim.findings.strength import Strengths, find_strengths
from sim.findings.totals import Totals, find_totals
from sim.render.figures.briefing import draw_briefing
from sim.render.figures.drawing import Drawing, labels_of
from sim.render.figures.ends import draw_ends
from sim.render.figures.frame import SourcedFigure
from sim.render.figures.growth import draw_growth
from sim.render.figures.labels import Labels
from sim.render.figures.leaving import draw_leaving
from sim.render.figures.numbers import draw_numbers
from sim.render.figures.options import MOST_OPTIONS, MOST_TEAMS
from sim.render.figures.strength import draw_strength
from sim.render.figures.survival import draw_survival
from sim.render.figures.totals import draw_totals
from sim.render.text.layout import Names
from sim.render.text.run import first_sentence, title
from sim.scenario.evidence import fact_names
from sim.scenario.models.scenario import Scenario
from sim.scenario.options import idle_options
from sim.text import Lang, say

if TYPE_CHECKING:
    import pandas as pd

RunKind = Literal["briefing", "ends", "leaving", "survival", "totals", "strength", "growth", "numbers"]

MOST_LINES = 8
"""Teams of a figure in which each has a line or marks: those with the best chances to stay."""


class RunTables(NamedTuple):
    """The tables of a run; those that its folder may lack, or that it does not have, are None."""

    chances: pd.DataFrame
    responses: pd.DataFrame | None = None
    options: pd.DataFrame | None = None
    doubts: pd.DataFrame | None = None  # `doubts_table`
    numbers: pd.DataFrame | None = None
    rows: pd.DataFrame | None = None  # a row for each replication, stage and team, or for the first of them


def draw_all(
    tables: RunTables, scenario: Scenario, runs: int, lang: Lang, indistinct: Sequence[tuple[str, ...]]
) -> dict[str, Drawing]:
    """Draw every figure that says something about a run and has its tables, by its kind.

    `indistinct` are groups of teams that no input tells apart.
    """
    run = _run_of(tables, scenario, runs, lang, indistinct)
    return {kind: run.draw(kind) for kind in get_args(RunKind) if run.has(kind)}


def draw_run(
    tables: RunTables,
    scenario: Scenario,
    runs: int,
    kind: RunKind,
    lang: Lang,
    *,
    indistinct: Sequence[tuple[str, ...]] = (),
) -> Drawing:
    """Draw one of them. Raises `ValueError` for an unknown kind, or where the run has not what it shows."""
    if kind not in get_args(RunKind):
        raise ValueError(f"figure '{kind}', expected one of {', '.join(get_args(RunKind))}")
    run = _run_of(tables, scenario, runs, lang, indistinct)
    if not run.has(kind):
        raise ValueError(f"nothing in this run that the figure '{kind}' could show")
    return run.draw(kind)


def _run_of(
    tables: RunTables, scenario: Scenario, runs: int, lang: Lang, indistinct: Sequence[tuple[str, ...]]
) -> _Run:
    labels = labels_of(scenario, runs, lang)
    return _Run(tables, scenario, replace(labels, indistinct=tuple(indistinct), is_over=scenario.is_over))


@dataclass(frozen=True)
class _Run:
    """A run in one language; each figure says whether there is anything that it could show."""

    tables: RunTables
    scenario: Scenario
    labels: Labels

    @property
    def names(self) -> Names:
        return Names.of(self.scenario, self.labels.lang)

    @property
    def ranges(self) -> Ranges:
        return {} if self.tables.doubts is None else ranges_of(self.tables.doubts)

    def draw(self, kind: RunKind) -> Drawing:
        figure: SourcedFigure = getattr(self, f"draw_{kind}")()
        return Drawing(figure)

    def has(self, kind: RunKind) -> bool:
        if kind == "briefing":
            return self._has_briefing()
        if kind == "numbers":
            return self.tables.numbers is not None and any(e.span for e in read_numbers(self.tables.numbers))
        attribute = _BY_ROWS.get(kind)
        if attribute is not None:
            return getattr(self, attribute) is not None
        return kind != "ends" or has_one_end(self.scenario)

    def _has_briefing(self) -> bool:
        """It is about the one stage ahead, where there is something to choose or to doubt."""
        scenario = self.scenario
        of_choices = sum(len(values) - 1 for values in scenario.choices.values())
        options = 1 + of_choices - len(idle_options(scenario))
        told = bool(scenario.choices or scenario.doubts) and len(scenario.to_come) == 1
        fits = options <= MOST_OPTIONS and len(scenario.contenders) <= MOST_TEAMS
        return told and fits and self.tables.options is not None

    def _tell(self, judged: Judged) -> str:
        """What matters most, as a title: without the point of a sentence."""
        found = headline_of_table(self.tables.chances, self.scenario, judged, self.labels.indistinct)
        return first_sentence(self.names, found).removesuffix(".")

    def draw_briefing(self) -> SourcedFigure:
        options = self.tables.options
        assert options is not None
        found = headline_of_options(options, self.scenario, self.labels.runs)
        shown = options[~options.option.isin(idle_options(self.scenario))]  # of the others nobody leaves
        return draw_briefing(shown, self.labels, title(self.names, found), found.equal)

    def draw_ends(self) -> SourcedFigure:
        teams = list(self.scenario.teams) if self.scenario.is_over else self.scenario.contenders
        return draw_ends(self.tables.chances, self.labels, self._tell("selected"), teams)

    def draw_leaving(self) -> SourcedFigure:
        return draw_leaving(self.tables.chances, self.labels, self._tell("leaves_at_all"), self.ranges)

    def draw_survival(self) -> SourcedFigure:
        told = self._tell_field() if self.scenario.to_come else self._tell("selected")
        return draw_survival(self.tables.chances, self.labels, told, self.ranges)

    def _tell_field(self) -> str:
        """How many teams are left on average after the first and the last stage ahead."""
        left = field_sizes(self.tables.chances, self.scenario)
        words = {stage: f"{number:.1f}".removesuffix(".0") for stage, number in left.items()}
        first, *_, last = [next(iter(left)), *left]
        names = self.names
        told = {"n": len(self.scenario.contenders), "stage": names.stages[first], "left": words[first]}
        if first == last:
            return names.say("figure.field", **told)
        return names.say("figure.field_to", **told, last=names.stages[last], end=words[last])

    @cached_property
    def totals(self) -> Totals | None:
        return None if self.tables.rows is None else find_totals(self.tables.rows, self.scenario)

    def draw_totals(self) -> SourcedFigure:
        found = self.totals
        assert found is not None
        return draw_totals(found, self.labels)

    @cached_property
    def strengths(self) -> Strengths | None:
        tables, scenario = self.tables, self.scenario
        if tables.rows is None or tables.responses is None or not scenario.to_come:
            return None
        return find_strengths(tables.rows, scenario, self._most_likely())

    def draw_strength(self) -> SourcedFigure:
        found, responses = self.strengths, self.tables.responses
        assert found is not None
        assert responses is not None
        months = float(responses.set_index("response")["mean"].get("behind_frontier_months", nan))
        stage, lang = self.names.stages[found.stages[-1]], self.labels.lang
        if isnan(months):
            told = say(lang, "figure.strength_nobody", stage=stage)
        else:
            key = "figure.strength_behind" if months >= 0 else "figure.strength_ahead"
            told = say(lang, key, stage=stage, months=round(abs(months)), n=round(abs(months)))
        return draw_strength(found, self.labels, told, len(self.scenario.contenders))

    @cached_property
    def growth(self) -> Growth | None:
        if self.tables.rows is None or self.scenario.is_over:
            return None
        final = self._leaving()
        teams = [team for team in self._most_likely() if final[team][1] < final[team][2]]  # not by the rules
        return find_growth(self.tables.rows, teams) if teams else None

    def draw_growth(self) -> SourcedFigure:
        found, final = self.growth, self._leaving()
        assert found is not None
        shown = {team: final[team] for team in found.chances}
        return draw_growth(found, shown, self.labels, len(self.scenario.contenders))

    def _leaving(self) -> dict[str, tuple[float, float, float]]:
        """The chance of leaving at any stage and its interval, by team."""
        rows = self.tables.chances[self.tables.chances.chance == "leaves_at_all"]
        return {str(team): (p, low, high) for team, p, low, high in rows[_CHANCE].itertuples(index=False)}

    def _most_likely(self) -> list[str]:
        """The teams with the best chances to stay, in file order."""
        rows = self.tables.chances[self.tables.chances.chance == "selected"]
        stays = dict(zip(rows.team, rows.p.astype(float), strict=True))
        contenders = self.scenario.contenders
        ranked = sorted(contenders, key=lambda team: -stays[team])[:MOST_LINES]
        return [team for team in contenders if team in ranked]

    def draw_numbers(self) -> SourcedFigure:
        assert self.tables.numbers is not None
        return draw_numbers(self.tables.numbers, self.labels, len(fact_names(self.scenario)))


_BY_ROWS: dict[RunKind, str] = {"totals": "totals", "strength": "strengths", "growth": "growth"}
"""Figures that are drawn run by run, and what they show."""

_CHANCE = ["team", "p", "low", "high"]
