"""How forecasts of decided stages have fared: their scores beside those of forecasts that know no model."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.forecast.known_places import PlaceRange, gone_before_cut, known_places
from sim.model.draws import Floats
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.evidence import fact_names
from sim.scenario.models.scenario import Scenario
from sim.stats.scoring import (
    Classes,
    CutCounts,
    Ranking,
    border_errors,
    brier,
    cut_classes,
    leaving_chances,
    log_score,
    place_chances,
    team_error,
)
from sim.stats.summary import Estimate, estimate

Forecaster = Literal["model", "equal", "repeat", "repeat_new_last", "repeat_new_safe"]
"""Whose forecast is scored: the model's; all teams alike; or the ranking of the stage before once more.

Who was not there then ranks last in the fourth; in the fifth only those ranked then can leave.
"""

SEEN = 5.0
"""Runs in which equal chances should have what happened, or its chance is not counted."""

UNTOLD = 3.0
"""Odds below which, to either side, evidence is not worth more than a bare mention (Kass & Raftery 1995)."""


@dataclass(frozen=True)
class ForecastScore:
    """The scores of one forecast; 0 is perfect."""

    who: Forecaster
    brier: float
    log: float  # infinite where what happened had no chance
    places: float  # ranked probability score of the places, mean over all that is known; nan if nothing is
    by_team: float = math.nan  # mean squared error of each team's own chance to leave, 0 to 1


@dataclass(frozen=True)
class StageScore:
    """A decided stage, forecast the evening before, and how that and other forecasts have fared."""

    stage: str
    decided: datetime.date
    eve: datetime.date
    there: tuple[str, ...]  # who was evaluated
    failed: tuple[str, ...]  # at the gate, which is given
    left: tuple[str, ...]  # by points, which is what was forecast
    facts: int  # that were known on the eve
    runs: int  # in which those were evaluated who were
    chances: Mapping[str, Estimate]  # that the cut takes a team, of all that it ranks
    happened: Estimate  # that just these teams are seen to leave by points
    scores: tuple[ForecastScore, ...]  # the model's first, then equal
    widened: tuple[str, ...]  # paths of values set after the result, which had their widest range instead
    unclean: tuple[str, ...]  # and of those that have none
    alike: tuple[tuple[str, ...], ...] = ()  # groups of those evaluated that no input told apart

    def of(self, who: Forecaster) -> ForecastScore | None:
        """The scores of one forecast; None where it was not made."""
        return next((score for score in self.scores if score.who == who), None)

    @property
    def is_counted(self) -> bool:
        """Whether its chance can be counted: of very many teams, hardly a run has just the set that left.

        What came in no run is nevertheless told where equal chances would have had it in some.
        """
        equal = self.of("equal")
        return self.happened.p > 0 or equal is None or self.runs * math.exp(-equal.log) >= SEEN

    @property
    def log_least(self) -> float:
        """The least that the model's logarithmic score can be, by the dice."""
        return log_score(self.happened.high)

    @property
    def log_dice(self) -> float:
        """By how much the dice may move the model's logarithmic score."""
        ends = (log_score(self.happened.low), log_score(self.happened.high))
        return max(abs(end - log_score(self.happened.p)) for end in ends)


@dataclass(frozen=True)
class Odds:
    """How much likelier one forecast made what happened than another, with the range of the dice."""

    odds: float
    low: float
    high: float

    @property
    def says_little(self) -> bool:
        """Whether they do not tell one forecast from the other."""
        return self.low < UNTOLD and self.high > 1 / UNTOLD


@dataclass(frozen=True)
class ScoreFindings:
    """Everything that is told of the scores of a scenario."""

    scenario: Scenario
    seed: int
    runs: int  # of each stage
    stages: tuple[StageScore, ...]
    nobody_left: tuple[str, ...]  # decided stages at which nobody left by points, or all: nothing to forecast
    odds: Odds  # of the model against equal chances, over all stages


def score_stage(
    scenario: Scenario,
    eve: Scenario,
    stage_id: str,
    counts: CutCounts,
    widened: Sequence[str],
    unclean: Sequence[str],
) -> StageScore:
    """Score what `counts` forecast of a stage; `eve` is the scenario as it was known the evening before.

    Raises `ValueError` where no replication has those evaluated who were, or as many leave as did.
    """
    if not counts.runs:
        raise ValueError(f"{stage_id}: not one run has those evaluated who were there")
    stage = scenario.stages[stage_id]
    happened = stage.happened or {}
    there, teams = scenario.evaluated(stage_id), list(scenario.teams)
    left = tuple(team for team in there if happened.get(team) == "out-by-points")
    failed = tuple(team for team in there if happened.get(team) == "out-at-gate")
    places = known_places(scenario, stage_id)
    bit = {team: 1 << t for t, team in enumerate(teams)}
    seen, exact = ~sum(bit[team] for team in failed), sum(bit[team] for team in left)
    sets = list(counts.taken)
    chances = {
        team: _estimate(counts, [each for each in sets if each & bit[team]], len(there)) for team in places
    }
    exactly = _estimate(counts, [each for each in sets if each & seen == exact], len(there))
    model = _model_classes(counts, seen, exactly)
    seen_to = {team: chance.p for team, chance in chances.items() if team not in failed}
    scores = [_score("model", model, _model_places(counts, teams, places), places, team_error(seen_to, left))]
    taken: Counter[int] = Counter()
    for each, count in counts.taken.items():
        taken[each.bit_count()] += count
    shares = {number: count / counts.runs for number, count in taken.items()}
    for who, ranking in _rankings(eve, stage_id, list(places)):
        classes = cut_classes(ranking, shares, failed, left)
        if who == "equal" and not classes.happened:
            raise ValueError(f"{stage_id}: in not one run do as many leave by points as did")
        told = {t: p for t, p in leaving_chances(ranking, shares).items() if t not in failed}
        scores.append(_score(who, classes, place_chances(ranking), places, team_error(told, left)))
    return StageScore(
        stage=stage_id,
        decided=stage.decided,
        eve=eve.as_of,
        there=tuple(there),
        failed=failed,
        left=left,
        facts=len(fact_names(eve)),
        runs=counts.runs,
        chances=chances,
        happened=exactly,
        scores=tuple(scores),
        widened=tuple(widened),
        unclean=tuple(unclean),
        alike=tuple(
            group
            for same in indistinguishable_teams(eve)
            if len(group := tuple(team for team in same if team in chances)) > 1
        ),
    )


def odds_against_equal(stages: Sequence[StageScore]) -> Odds:
    """Return the odds of the model against equal chances: exp of the difference of their log scores."""
    equal = sum(score.log for each in stages if (score := each.of("equal")))
    logs = [math.log(each.happened.p) if each.happened.p else -math.inf for each in stages]
    odds = math.exp(sum(logs) + equal)
    if not odds:  # what happened in no run has a chance all the same, and its interval says up to which
        return Odds(0.0, 0.0, math.exp(equal - sum(each.log_least for each in stages)))
    down = math.hypot(*(log_score(each.happened.low) + log for each, log in zip(stages, logs, strict=True)))
    up = math.hypot(*(log + each.log_least for each, log in zip(stages, logs, strict=True)))
    return Odds(odds, odds * math.exp(-down), odds * math.exp(up))


def scored_stages(scenario: Scenario) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the decided stages that can be scored, and those at which nobody or everybody left by points."""
    scored: list[str] = []
    others: list[str] = []
    for s, stage in scenario.stages.items():
        if stage.happened is not None:
            by_points = [team for team, how in stage.happened.items() if how == "out-by-points"]
            ranked = set(scenario.evaluated(s)) - gone_before_cut(scenario, s)
            (scored if 0 < len(by_points) < len(ranked) else others).append(s)
    return tuple(scored), tuple(others)


def _estimate(counts: CutCounts, sets: Sequence[int], teams: int) -> Estimate:
    """The chance that one of some sets of teams leaves."""

    def of(part: CutCounts) -> tuple[int, int]:
        return sum(part.taken[each] for each in sets), part.runs

    return estimate(*of(counts), teams, islands=[of(island) for island in counts.islands or ()])


def _rankings(eve: Scenario, stage_id: str, ranked: Sequence[str]) -> Iterator[tuple[Forecaster, Ranking]]:
    """The forecasts that need no model, each as a ranking whose last are those to leave."""
    yield "equal", (ranked,)
    order = list(eve.stages)
    before = [s for s in order[: order.index(stage_id)] if eve.stages[s].happened is not None]
    if not before:
        return
    last = {team: places for team, places in known_places(eve, before[-1]).items() if team in ranked}
    groups = _groups(last)
    new = tuple(team for team in ranked if team not in last)
    if not new:
        yield "repeat", groups
        return
    yield "repeat_new_last", (*groups, new)
    yield "repeat_new_safe", (new, *groups)


def _groups(places: Mapping[str, PlaceRange]) -> list[tuple[str, ...]]:
    """Teams of which as much is known together, the best first."""
    middles = sorted({sum(each) for each in places.values()})
    return [tuple(team for team, each in places.items() if sum(each) == middle) for middle in middles]


def _model_classes(counts: CutCounts, seen: int, happened: Estimate) -> Classes:
    """The chance of each set of teams that may be seen to leave: of those who failed the gate it is not."""
    found: Counter[int] = Counter()
    for each, count in counts.taken.items():
        found[each & seen] += count
    return Classes(tuple(count / counts.runs for count in found.values()), (1,) * len(found), happened.p)


def _model_places(
    counts: CutCounts, teams: Sequence[str], known: Mapping[str, PlaceRange]
) -> dict[str, Floats]:
    return {team: counts.places[teams.index(team), : len(known)] / counts.runs for team in known}


def _score(
    who: Forecaster,
    classes: Classes,
    forecast: Mapping[str, Floats],
    known: Mapping[str, PlaceRange],
    by_team: float,
) -> ForecastScore:
    errors = [
        border_errors(forecast[team].tolist(), place.best - 1, place.worst - 1)
        for team, place in known.items()
    ]
    found = np.concatenate(errors)
    return ForecastScore(
        who,
        brier(classes),
        log_score(classes.happened),
        float(found.mean()) if found.size else math.nan,
        by_team,
    )
