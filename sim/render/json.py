"""Findings as JSON for programs: what `--json` prints, and `result.json` of a run.

Every key is described: of a run in docs/output.md, of scores in docs/forecast.md, and of other verbs in the
file with their name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sim.findings.trace import planned
from sim.folder.files import round_fraction

if TYPE_CHECKING:
    from sim.engines.happenings import Happening
    from sim.findings.chances import Amount, Chances, DoubtRange, OptionChances, RangedChance
    from sim.findings.cost_path import CostPath
    from sim.findings.evidence import FactEffect, FactFindings
    from sim.findings.headline import FieldSize, Headline, TeamGroup
    from sim.findings.recount import RecountFindings
    from sim.findings.run import Moves, RunFindings
    from sim.findings.score import ForecastScore, ScoreFindings, StageScore
    from sim.findings.sweep import SweepFindings
    from sim.rules.recount import Recount
    from sim.rules.weights import Weight
    from sim.scenario.models.scenario import Scenario
    from sim.stats.input_effects import Effect
    from sim.stats.summary import Estimate

Json = dict[str, Any]

_DECIMALS = 9
"""Decimals of a number of a recount, whose margins are differences: what should be 0 is not 1.4e-14."""

_AS_WRITTEN = frozenset({"value", "chosen"})
"""Keys of what stands in a scenario, and may be set again."""


def round_fractions(data: Any) -> Any:
    """Return plain data with every fraction in as many digits as mean anything; whole numbers stay exact."""
    if isinstance(data, float):
        return round_fraction(data)
    if isinstance(data, dict):
        return {key: value if key in _AS_WRITTEN else round_fractions(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [round_fractions(value) for value in data]
    return data


def run_as_json(found: RunFindings) -> Json:
    """Return everything that is told of a run as plain data."""
    played, chances, known, guesses = found.played, found.chances, found.known, found.guesses
    told = {
        "scenario": _scenario(played.scenario),
        "seed": played.seed,
        "runs": played.runs,
        "failed": played.failed,
        "replications": list(played.replications),
        "engine": played.engine,
        **_counted(chances.default, played.runs),
    }
    if len(chances.options) > 1:
        told["options"] = {
            one.name: {
                "path": one.path,
                "value": one.value,
                **_counted(one, played.runs),
                "chosen": dict(one.chosen),
            }
            for one in chances.options
        }
    if chances.idle:
        told["idle"] = dict(chances.idle)
    told |= {
        "headline": _headline(found.headline),
        "known": {"results": [str(day) for day in known.days], "out": dict(known.out)},
        "dice": chances.dice,
        "indistinct": [list(group) for group in chances.indistinct],
        "moves": _moves(found.moves) if found.moves else None,
        "guesses": {
            "inputs": guesses.inputs,
            "guesses": guesses.guesses,
            "without_range": guesses.unranged,
            "effects": None if guesses.effects is None else [_effect(each) for each in guesses.effects],
        },
        "evidence": None
        if found.evidence is None
        else evidence_as_json(found.evidence, found.chances, played.runs),
        "each_fact": None if found.each_fact is None else [_fact_effect(each) for each in found.each_fact],
    }
    if found.wait is not None:
        told["wait"] = found.wait._asdict()
    rounded: Json = round_fractions(told)
    return rounded


def _fact_effect(effect: FactEffect) -> Json:
    """How chances change without a fact."""
    return {"fact": effect.fact, "changes": {team: each._asdict() for team, each in effect.changes.items()}}


def _counted(one: OptionChances, runs: int) -> Json:
    teams: Json = {}
    for (stage, team, kind), chance in one.teams.items():
        target = teams.setdefault(team, {"stages": {}})
        if stage:
            target = target["stages"].setdefault(stage, {})
        target[kind] = _chance(chance, runs)
    responses = {name: _chance(chance, runs) for name, chance in one.chances.items()}
    responses |= {name: _amount(amount) for name, amount in one.amounts.items()}
    told: Json = {
        "teams": teams,
        "together": {"+".join(members) or "nobody": _estimate(e) for members, e in one.together},
        "responses": responses,
    }
    if one.doubted:
        told["doubted"] = [
            {"path": each.path, "value": each.value, "leaves_at_all": dict(each.leaves)}
            for each in one.doubted
        ]
    if one.places:
        told["places"] = {
            s: {str(n): _estimate(chance) for n, chance in places.items()} for s, places in one.places.items()
        }
    return told


def evidence_as_json(found: FactFindings, chances: Chances, runs: int) -> Json:
    """Return what facts say: chances without them, what they moved, and how far it can be trusted."""
    return {
        "facts": found.facts,
        "stages": list(found.stages),
        "without": {one.name: _counted(one, runs)["teams"] for one in found.without.options},
        "without_indistinct": [list(group) for group in found.without.indistinct],
        "alike": [list(group) for group in found.level(chances)],
        "by_island": {team: list(each) for team, each in found.by_island.items()},
        "numbers": [
            {
                "path": each.path,
                "meaning": each.meaning,
                "unit": each.unit,
                "before": each.before._asdict(),
                "after": each.after._asdict(),
            }
            for each in found.numbers
        ],
        "would_move": [each._asdict() for each in found.movers],
        "surprises": [each._asdict() for each in found.surprises],
        "log_evidence": dict(found.log_evidence),
        "particles": {
            name: _or_null(value) if isinstance(value, float) else value
            for name, value in found.trust._asdict().items()
        },
    }


def _chance(chance: RangedChance, runs: int) -> Json:
    """A chance, with its range where dice decide it, or where a doubt changes what the rules do.

    `of` is how many runs it was asked in, where these are not all of them.
    """
    told = _estimate(chance.estimate)
    if chance.estimate.of != runs:
        told["of"] = chance.estimate.of
    if chance.range is not None and (chance.estimate.certain is None or chance.range[0] != chance.range[1]):
        told["range"] = _ends(chance.range)
    return told


def _estimate(estimate: Estimate) -> Json:
    told: Json = {"p": _or_null(estimate.p), "low": estimate.low, "high": estimate.high}
    if estimate.certain is not None:
        told["certain"] = True
    return told


def _amount(amount: Amount) -> Json:
    numbers = {name: getattr(amount, name) for name in ("mean", "low", "high", "q05", "q50", "q95")}
    told: Json = {name: _or_null(number) for name, number in numbers.items()}
    told |= {"of": amount.of, "unit": amount.unit}
    if amount.range is not None:
        told["range"] = _ends(amount.range)
    return told


def _headline(found: Headline) -> Json:
    size = found.size
    return {
        "about": found.judged,
        "option": found.option or None,
        "standing": found.standing,
        "most": _group(found.most),
        "least": _group(found.least),
        "all": _group(found.everybody),
        "mean": found.common.p,
        "size": size and _size(size),
    }


def _size(size: FieldSize) -> Json:
    told: Json = {"left": size.left, "of": size.teams, "p": size.share.p if size.share else 1.0}
    if size.share is not None:
        told["interval"] = [size.share.low, size.share.high]
    if size.range is not None:
        share = size.range.share
        told["range"] = {"low": size.range.low, "high": size.range.high, "p": share.p}
        told["range"]["interval"] = [share.low, share.high]
    return told


def _group(group: TeamGroup | None) -> Json | None:
    return group and {"teams": list(group.teams), "p": [group.lowest.p, group.highest.p]}


def _moves(moves: Moves) -> Json:
    changes = [
        {
            "kind": change.kind,
            "what": change.what or None,
            "factor": change.factor,
            "difference": _or_null(change.difference.estimate),
            "low": change.difference.low,
            "high": change.difference.high,
            "cost": change.cost,
            "months": change.months,
        }
        for change in moves.changes
    ]
    return {"team": moves.team, "leaves_at_all": _estimate(moves.chance), "changes": changes}


def _effect(effect: Effect) -> Json:
    """What one input does, at its low and at its high end."""
    return {
        "path": effect.path,
        "meaning": effect.meaning,
        "ends": [effect.low, effect.high],
        "runs": effect.runs,
        "notable": effect.notable,
        "team": effect.team,
        "selected": [_estimate(end) for end in effect.selected],
        "strongest_dropped": [_estimate(end) for end in effect.strongest_dropped],
    }


def _ends(ends: DoubtRange) -> list[float | None]:
    return [_or_null(end) for end in ends]


def _scenario(scenario: Scenario) -> Json:
    return {"name": scenario.name.model_dump(), "hash": scenario.digest()}


def _or_null(number: float) -> float | None:
    """JSON knows neither nan nor infinity."""
    return number if math.isfinite(number) else None


def sweep_as_json(found: SweepFindings) -> Json:
    """Return what is told of a sweep as plain data: its points, choices at their default."""
    points = [
        {
            "levels": dict(zip(found.factors, point.levels, strict=True)),
            "leaves_at_all": {team: _estimate(chance) for team, chance in point.leaves.items()},
            "cost": point.cost,
            "own_cost": point.own_cost,
            "currency": point.currency,
            **({"ranges": {team: list(of) for team, of in point.ranges.items()}} if found.doubts else {}),
        }
        for point in found.points
    ]
    told: Json = {
        "scenario": _scenario(found.scenario),
        "seed": found.seed,
        "runs": found.runs,
        "option": found.default or None,
        "points": points,
        "cost_per_point": None if found.cost_path is None else _cost_path(found.cost_path),
    }
    if found.doubts is not None:
        told["doubts"] = {"number": found.doubts.number, "runs": found.doubts.runs}
    rounded: Json = round_fractions(told)
    return rounded


def _cost_path(path: CostPath) -> Json:
    steps = [
        {
            "level": step.level,
            "money": step.money,
            "difference": step.change.estimate,
            "low": step.low,
            "high": step.high,
            "seen": step.is_seen,
            "per_point": step.per_point,
            "per_point_ends": None if step.ends is None else list(step.ends),
        }
        for step in path.steps
    ]
    return {"team": path.team, "beside": path.first, "runs": path.runs, "steps": steps}


def recount_as_json(found: RecountFindings) -> Json:
    """Return the recount as plain data."""
    return {
        "scenario": _scenario(found.scenario),
        "stage": found.stage,
        "maxima": {part.name: _round(part.maximum) for part in found.parts},
        "reported_out_of": {part.name: _round(part.out_of) for part in found.parts},
        **_leaving(found.now),
        "teams": {
            row.team: {
                "points": {block: _round(points) for block, points in row.points.items()},
                "total": _round(row.total),
                "reported_total": found.reported_totals.get(row.team),
                "rank": row.rank,
                "rank_at_worst": row.rank_at_worst,
                "fate": row.fate,
            }
            for row in found.rows
        },
        "without": {block: _leaving(one) for block, one in found.without.items()},
        "weights": {each.weight.name: _weight(each.weight) for each in found.reweighings},
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), _DECIMALS)


def _leaving(found: Recount) -> Json:
    return {"leaves": list(found.leaving), "tied": list(found.tied), "margin": _round(found.margin)}


def _weight(weight: Weight) -> Json:
    spans = [
        {
            "from": _round(span.low),
            "to": _round(span.high),
            "leaves": list(span.leaving),
            "tied": list(span.tied),
        }
        for span in weight.spans
    ]
    borders = [
        {"at": _round(each.share), "low": _round(each.low), "high": _round(each.high)}
        for each in weight.borders
    ]
    return {"now": _round(weight.now), "spans": spans, "borders": borders}


def score_as_json(found: ScoreFindings) -> Json:
    """Return the scores as plain data; what is infinite is the text "infinity", what is not known null."""
    odds = found.odds
    told = {
        "scenario": _scenario(found.scenario) | {"as_of": str(found.scenario.as_of)},
        "seed": found.seed,
        "runs": found.runs,
        "n": len(found.stages),
        "odds_against_equal": {"odds": odds.odds, "low": odds.low, "high": odds.high},
        "stages": {each.stage: _stage(each) for each in found.stages},
        "not_scored": list(found.nobody_left),
    }
    rounded: Json = round_fractions(told)
    return rounded


def _stage(found: StageScore) -> Json:
    return {
        "result": str(found.decided),
        "forecast_as_of": str(found.eve),
        "facts": found.facts,
        "evaluated": list(found.there),
        "given": {"failed_gate": list(found.failed)},
        "left_by_points": list(found.left),
        "runs": found.runs,
        "chances": {team: _counted_chance(chance) for team, chance in found.chances.items()},
        "chance_of_what_happened": _counted_chance(found.happened),
        "scores": {score.who: _score(score) for score in found.scores},
        "set_after_the_result": {"widened": list(found.widened), "not_cleaned": list(found.unclean)},
    }


def _counted_chance(found: Estimate) -> Json:
    return {"count": found.count, "of": found.of, "p": found.p, "low": found.low, "high": found.high}


def _score(found: ForecastScore) -> Json:
    return {"brier": found.brier, "log": _number(found.log), "places": _number(found.places)} | {
        "by_team": _number(found.by_team)
    }


def _number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return "infinity" if math.isinf(value) else value


def trace_lines(
    scenario: Scenario, replication: int, happenings: Sequence[Happening], team: str | None = None
) -> Iterator[str]:
    """Return a line of JSON for each happening, or for those of one team."""
    for one in happenings:
        if team is None or one.team == team:
            fields = _fields(scenario, replication, one)
            yield json.dumps(fields, ensure_ascii=False, allow_nan=False)


def _fields(scenario: Scenario, replication: int, happening: Happening) -> Json:
    fields: Json = {
        "replication": replication,
        "day": str(happening.date),
        "phase": happening.phase.name.lower(),
        "stage": happening.stage,
        "team": happening.team,
        "what": str(happening.what),
        "fixed": happening.fixed,
    }
    day = planned(scenario, happening)
    if day is not None:
        fields["planned"] = str(day)
    return fields | dict(happening.values)
