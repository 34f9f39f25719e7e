"""Scores of forecasts: each decided stage is played as it was known the evening before its result."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.execute.case import Case
from sim.execute.group import Group, Worlds
from sim.execute.inference import infer
from sim.execute.runner import Runner
from sim.findings.score import (
    ScoreFindings,
    odds_against_equal,
    score_stage,
    scored_stages,
)
from sim.folder.errors import ResultsWarning
from sim.model.points import Bools
from sim.render.json import score_as_json
from sim.scenario.evidence import Cleaned, as_of, without_hindsight
from sim.scenario.models.scenario import Scenario
from sim.stats.scoring import CutCounts, count_cut, no_cut_counts
from sim.studies.evidence import look_into
from sim.studies.study import table_in_notebook

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "no stage at which some left by points and some did not (stages.<stage>.happened): nothing to score"


class StageForecast(NamedTuple):
    """What is played to forecast a decided stage, and what of it could not have been known before."""

    stage: str
    case: Case
    cleaned: Cleaned


@dataclass(frozen=True)
class ScoreResult:
    """The scores of a scenario's decided stages."""

    scenario: Scenario
    findings: ScoreFindings

    def __repr__(self) -> str:
        stages = ", ".join(each.stage for each in self.findings.stages)
        return f"<ScoreResult: {stages} of '{self.scenario.name.en}'>"

    def _repr_html_(self) -> str:
        return table_in_notebook(repr(self), self.table())

    def table(self) -> pd.DataFrame:
        """Return a row for each stage and forecast, with its scores."""
        import pandas as pd

        rows = [
            {"stage": each.stage, "forecast": score.who, "brier": score.brier, "log": score.log}
            | {"places": score.places}
            for each in self.findings.stages
            for score in each.scores
        ]
        return pd.DataFrame(rows)

    def as_json(self) -> dict[str, Any]:
        """Return the `--json` output; docs/forecast.md describes it."""
        return score_as_json(self.findings)


def play_scores(case: Case, runs: int, runner: Runner) -> ScoreResult:
    """Play and score every decided stage of a case.

    Raises `ValueError` where there is none to score, and `TooFewParticlesError` where facts known before do
    not tell a chance.
    """
    scenario = case.scenario
    stages, others = scored_stages(scenario)
    if not stages:
        raise ValueError(NOTHING)
    scores = []
    for forecast in forecasts(case):
        counts = _play(scenario, forecast, runs, runner)
        cleaned, eve = forecast.cleaned, forecast.case.scenario
        scores.append(score_stage(scenario, eve, forecast.stage, counts, cleaned.widened, cleaned.unclean))
    odds = odds_against_equal(scores)
    return ScoreResult(scenario, ScoreFindings(scenario, case.seed, runs, tuple(scores), others, odds))


def forecasts(case: Case) -> Iterator[StageForecast]:
    """Return what is played of each decided stage: the scenario of the evening before, its gate given."""
    scenario = case.scenario.settled()
    for s in scored_stages(scenario)[0]:
        eve = scenario.stages[s].decided - datetime.timedelta(days=1)
        cleaned = without_hindsight(scenario, s, eve)
        known = _given_gate(as_of(cleaned.scenario, eve), s, scenario.stages[s].happened or {})
        yield StageForecast(s, replace(case, scenario=known, past=None), cleaned)


def _given_gate(scenario: Scenario, stage_id: str, happened: dict[str, Any]) -> Scenario:
    """The scenario with the gate of a stage as it turned out: points say nothing of it."""
    stage = scenario.stages[stage_id]
    failed = [team for team, how in happened.items() if how == "out-at-gate"]
    if stage.gate is None:
        return scenario
    if stage.gate.mode == "apart" or not failed:
        # The cut ranks all, whoever fails: without a gate it is seen whom it takes.
        stages = scenario.stages | {stage_id: stage.model_copy(update={"gate": None})}
        return scenario.model_copy(update={"stages": stages})
    risks = {team: float(team in failed) for team in scenario.teams}
    teams = {
        team: block.model_copy(update={"gate_risk": risks[team]}) for team, block in scenario.teams.items()
    }
    return scenario.model_copy(update={"teams": teams})


def _play(scenario: Scenario, forecast: StageForecast, runs: int, runner: Runner) -> CutCounts:
    case, s = forecast.case, forecast.stage
    there, teams = scenario.evaluated(s), list(scenario.teams)
    if case.scenario.has_facts:
        inference = infer(case, runner)
        case = replace(case, past=inference.past)
        look_into(inference, case, there, runner)  # which refuses where particles are too few
    at, marks = list(scenario.stages).index(s), np.array([team in there for team in teams])
    count = partial(_count_cut, at, marks)
    group = Group((case,), ((0, runs),), count, no_cut_counts(len(teams)), label=s)
    (played,) = runner.play([group])
    if played.failures:
        told = f"{s}: {len(played.failures):,} of {runs:,} replications failed and are not counted. "
        warnings.warn(f"{told}{played.failures[0]}", ResultsWarning, stacklevel=4)
    return played.counts


def _count_cut(stage: int, there: Bools, cases: tuple[Case, ...], worlds: Worlds) -> CutCounts:
    return count_cut(worlds[0], stage, there)
