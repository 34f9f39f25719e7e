"""The `--json` output of a run, and its result.json; docs/output.md describes every key."""

from __future__ import annotations

import math
from typing import Any

from sim.findings.chances import Amount, DoubtRange, OptionChances, RangedChance
from sim.findings.evidence import FactEffect, FactFindings
from sim.findings.headline import FieldSize, Headline, TeamGroup
from sim.findings.run import Guesses, KnownResults, Moves, RunFacts, RunFindings, WhatIfShift
from sim.stats.input_effects import Effect
from sim.stats.summary import Estimate

Json = dict[str, Any]


def run_as_json(found: RunFindings) -> Json:
    """Return everything that is told of a run as plain data."""
    chances = found.chances
    told = {**_played(found.played), **_counted(chances.default)}
    if len(chances.options) > 1:
        told["options"] = {one.name: _option(one) for one in chances.options}
    return told | {
        "headline": _headline(found.headline),
        "known": _known(found.known),
        "dice": chances.dice,
        "indistinct": [list(group) for group in chances.indistinct],
        "moves": _moves(found.moves) if found.moves else None,
        "guesses": _guesses(found.guesses),
        "evidence": None if found.evidence is None else evidence_as_json(found.evidence),
        "each_fact": None if found.each_fact is None else [_fact_effect(each) for each in found.each_fact],
    }


def _fact_effect(effect: FactEffect) -> Json:
    """Return how chances change without a fact."""
    return {"fact": effect.fact, "changes": {team: each._asdict() for team, each in effect.changes.items()}}


def _played(played: RunFacts) -> Json:
    return {
        "scenario": {"name": dict(played.name), "hash": played.digest},
        "seed": played.seed,
        "runs": played.runs,
        "failed": played.failed,
        "replications": list(played.replications),
        "engine": played.engine,
    }


def _option(found: OptionChances) -> Json:
    return {"path": found.path, "value": found.value, **_counted(found), "chosen": dict(found.chosen)}


def _counted(one: OptionChances) -> Json:
    teams: Json = {}
    for (stage, team, kind), chance in one.teams.items():
        target = teams.setdefault(team, {"stages": {}})
        if stage:
            target = target["stages"].setdefault(stage, {})
        target[kind] = _chance(chance)
    responses = {name: _chance(chance) for name, chance in one.chances.items()}
    responses |= {name: _amount(amount) for name, amount in one.amounts.items()}
    return {
        "teams": teams,
        "together": {"+".join(members) or "nobody": _estimate(e) for members, e in one.together},
        "responses": responses,
    }


def evidence_as_json(found: FactFindings) -> Json:
    """Return what facts say: chances without them, what they moved, and how far it can be trusted."""
    return {
        "facts": found.facts,
        "stages": list(found.stages),
        "without": {one.name: _counted(one)["teams"] for one in found.without.options},
        "alike": [list(group) for group in found.alike],
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


def _chance(chance: RangedChance) -> Json:
    """A chance, with its range where dice decide it, or where a doubt changes what the rules do."""
    told = _estimate(chance.estimate)
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
    return {
        "about": found.judged,
        "option": found.option or None,
        "standing": found.standing,
        "most": _group(found.most),
        "least": _group(found.least),
        "all": _group(found.everybody),
        "mean": found.common.p,
        "size": _size(found.size),
    }


def _size(size: FieldSize | None) -> Json | None:
    return size and {"left": size.left, "of": size.teams, "p": size.share.p if size.share else 1.0}


def _group(group: TeamGroup | None) -> Json | None:
    return group and {"teams": list(group.teams), "p": [group.lowest.p, group.highest.p]}


def _known(known: KnownResults) -> Json:
    return {"results": [str(day) for day in known.days], "out": dict(known.out)}


def _moves(moves: Moves) -> Json:
    changes = [_change(change) for change in moves.changes]
    return {"team": moves.team, "leaves_at_all": _estimate(moves.chance), "changes": changes}


def _change(change: WhatIfShift) -> Json:
    difference = change.difference
    return {
        "kind": change.kind,
        "what": change.what or None,
        "factor": change.factor,
        "difference": _or_null(difference.estimate),
        "low": difference.low,
        "high": difference.high,
    }


def _guesses(found: Guesses) -> Json:
    return {
        "inputs": found.inputs,
        "guesses": found.guesses,
        "without_range": found.unranged,
        "effects": None if found.effects is None else [_effect(each) for each in found.effects],
    }


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


def _or_null(number: float) -> float | None:
    """JSON knows neither nan nor infinity."""
    return number if math.isfinite(number) else None
