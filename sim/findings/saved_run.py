"""What `result.json` holds of a run, read back as findings: a report of a folder plays nothing.

`sim.render.json` writes it. Every sentence of the findings that are read here is that of those that were
written; intervals that hold for all teams at once are not in the file, for what they decide is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isnan, nan
from typing import Any, cast

from sim.findings.chances import (
    Amount,
    Chances,
    DoubtedChances,
    DoubtRange,
    OptionChances,
    RangedChance,
    assemble_chances,
)
from sim.findings.evidence import (
    Change,
    FactEffect,
    FactFindings,
    MovedNumber,
    Mover,
    Spread,
    Surprise,
    Trust,
)
from sim.findings.headline import Common, FieldSize, Headline, SizeRange, TeamGroup
from sim.findings.run import Guesses, Moves, RunFacts, RunFindings, WhatIfShift, ending, known_results
from sim.findings.waiting import Wait
from sim.scenario.models.scenario import Scenario
from sim.stats.differences import SavedDifference
from sim.stats.input_effects import Effect
from sim.stats.summary import Estimate, Kind

Data = Mapping[str, Any]


def read_run_findings(data: Data, played: RunFacts) -> RunFindings:
    """Return everything that is told of a run from its JSON.

    Raises `KeyError`, `TypeError` or `ValueError` for what is none, or was written by an earlier version.
    """
    scenario = played.scenario
    found = _chances(data, scenario, played.runs)
    evidence = data["evidence"]
    each_fact = data["each_fact"]
    return RunFindings(
        played,
        _headline(data["headline"], found, scenario),
        known_results(scenario),
        found,
        ending(scenario, found.default),
        None if data["moves"] is None else _moves(data["moves"], played.runs),
        _guesses(data["guesses"]),
        None if evidence is None else _evidence(evidence, found, played.runs),
        None if each_fact is None else [_fact_effect(each) for each in each_fact],
        Wait(**data["wait"]) if "wait" in data else None,
    )


def _chances(data: Data, scenario: Scenario, runs: int) -> Chances:
    options = data.get("options") or {"default": data}
    return assemble_chances(
        scenario,
        tuple(_option(name, one, runs) for name, one in options.items()),
        data["dice"],
        _groups(data["indistinct"]),
        data.get("idle", {}),
    )


def _option(name: str, data: Data, runs: int) -> OptionChances:
    responses: dict[str, Data] = data["responses"]
    return OptionChances(
        name,
        data.get("path", ""),
        data.get("value"),
        data.get("chosen", {}),
        dict(_teams(data["teams"], runs)),
        tuple(
            DoubtedChances(one["path"], one["value"], one["leaves_at_all"]) for one in data.get("doubted", ())
        ),
        {n: _chance(one, runs) for n, one in responses.items() if "unit" not in one},
        {n: _amount(one) for n, one in responses.items() if "unit" in one},
        {
            stage: {int(n): _estimate(one, runs) for n, one in places.items()}
            for stage, places in data.get("places", {}).items()
        },
        tuple((_members(ids), _estimate(one, runs)) for ids, one in data["together"].items()),
    )


def _members(ids: str) -> tuple[str, ...]:
    return () if ids == "nobody" else tuple(ids.split("+"))


def _teams(data: Data, runs: int) -> Iterator[tuple[tuple[str, str, Kind], RangedChance]]:
    for team, of_team in data.items():
        for stage, chances in {**of_team["stages"], "": of_team}.items():
            for kind, one in chances.items():
                if kind != "stages":
                    yield (stage, team, cast(Kind, kind)), _chance(one, runs)


def _chance(data: Data, runs: int) -> RangedChance:
    # What the rules decide under every doubt alike has no range in the file.
    return RangedChance(_estimate(data, runs), _ends(data.get("range")))


def _ends(ends: Sequence[float | None] | None) -> DoubtRange | None:
    return None if ends is None else (_number(ends[0]), _number(ends[1]))


def _number(value: float | None) -> float:
    """A number; nan for null, which stands for it in JSON."""
    return nan if value is None else float(value)


def _estimate(data: Data, runs: int) -> Estimate:
    of, p = data.get("of", runs), _number(data["p"])
    # By its interval: the rules may decide a chance that no run was asked.
    certain = round(data["low"]) if data.get("certain") else None
    count = 0 if isnan(p) else round(p * of)
    return Estimate(count, of, p, data["low"], data["high"], nan, nan, cast(Any, certain))


def _amount(data: Data) -> Amount:
    mean, low, high, *quantiles = (
        _number(data[name]) for name in ("mean", "low", "high", "q05", "q50", "q95")
    )
    q05, q50, q95 = quantiles
    return Amount(mean, low, high, q05, q50, q95, data["of"], data["unit"], _ends(data.get("range")))


def _groups(data: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, data))


def _headline(data: Data, found: Chances, scenario: Scenario) -> Headline:
    judged = data["about"]
    last = scenario.last_held or list(scenario.stages)[-1]
    if scenario.is_over:
        last = list(scenario.stages)[-1]
    chances = {team: found.default.teams["", team, judged].estimate for team in data["all"]["teams"]}
    diced = [one.p for one in chances.values() if one.certain is None]
    size = data["size"]
    return Headline(
        judged,
        data["option"] or "",
        data["standing"],
        _group(data["all"], chances),
        Common(data["mean"], min(e.low for e in chances.values()), max(e.high for e in chances.values())),
        sum(diced) / len(diced) if diced and not scenario.is_over else None,
        data["most"] and _group(data["most"], chances),
        data["least"] and _group(data["least"], chances),
        size and _size(size, last),
        scenario.stages[last].decided if scenario.is_over else None,
    )


def _group(data: Data, chances: Mapping[str, Estimate]) -> TeamGroup:
    ranked = sorted((chances[team] for team in data["teams"]), key=lambda each: each.p)
    return TeamGroup(tuple(data["teams"]), ranked[0], ranked[-1])


def _size(data: Data, stage: str) -> FieldSize:
    span = data.get("range")
    return FieldSize(
        data["left"],
        data["of"],
        _share(data) if "interval" in data else None,
        stage,
        SizeRange(span["low"], span["high"], _share(span)) if span else None,
    )


def _share(data: Data) -> Estimate:
    """A share of all runs: its count is not in the file, nor is it told."""
    low, high = data["interval"]
    return Estimate(0, 0, data["p"], low, high, nan, nan)


def _moves(data: Data, runs: int) -> Moves:
    changes = tuple(
        WhatIfShift(
            one["kind"],
            one["what"] or "",
            one["factor"],
            SavedDifference(_number(one["difference"]), one["low"], one["high"]),
            one["cost"],
            one["months"],
        )
        for one in data["changes"]
    )
    dice = max((one.difference.high - one.difference.low) / 2 for one in changes)
    return Moves(data["team"], _estimate(data["leaves_at_all"], runs), changes, dice)


def _guesses(data: Data) -> Guesses:
    effects = data["effects"]
    told = None if effects is None else tuple(_effect(each) for each in effects)
    return Guesses(data["inputs"], data["guesses"], data["without_range"], told)


def _effect(data: Data) -> Effect:
    runs, (low, high) = data["runs"], data["ends"]
    selected, dropped = (
        tuple(_estimate(each, runs) for each in data[name]) for name in ("selected", "strongest_dropped")
    )
    return Effect(
        data["path"],
        data["meaning"],
        low,
        high,
        data["team"],
        (selected[0], selected[1]),
        (dropped[0], dropped[1]),
        runs,
    )


def _evidence(data: Data, found: Chances, runs: int) -> FactFindings:
    here = found.default.teams
    return FactFindings(
        facts=data["facts"],
        stages=tuple(data["stages"]),
        option=found.default.name if len(found.options) > 1 else "",
        chances={team: here["", team, "leaves_at_all"].estimate for team in found.teams},
        without=_without(data, found, runs),
        by_island=data["by_island"],
        numbers=tuple(_moved_number(each) for each in data["numbers"]),
        movers=tuple(Mover(**each) for each in data["would_move"]),
        surprises=tuple(Surprise(**each) for each in data["surprises"]),
        log_evidence=data["log_evidence"],
        trust=_trust(data["particles"]),
    )


def _trust(data: Data) -> Trust:
    told: dict[str, Any] = {name: nan if value is None else value for name, value in data.items()}
    return Trust(**told)


def _without(data: Data, found: Chances, runs: int) -> Chances:
    """The chances without facts, whose doubts are another question."""
    of_options = {one.name: one for one in found.options}
    options = tuple(
        replace(
            of_options[name],
            teams=dict(_teams(teams, runs)),
            doubted=(),
            chances={},
            amounts={},
            places={},
            together=(),
        )
        for name, teams in data["without"].items()
    )
    return replace(found, options=options, doubts=0, indistinct=_groups(data["without_indistinct"]))


def _moved_number(data: Data) -> MovedNumber:
    before, after = Spread(**data["before"]), Spread(**data["after"])
    return MovedNumber(data["path"], data["meaning"], data["unit"], before, after)


def _fact_effect(data: Data) -> FactEffect:
    return FactEffect(data["fact"], {team: Change(**each) for team, each in data["changes"].items()})
