"""Checks across blocks: what is well formed and yet makes no sense."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.grants import ByRank, GpusByTeam, Grants
from sim.scenario.misreported import misreported
from sim.scenario.nonsense import Nonsense, unknown
from sim.scenario.numbers import extremes
from sim.scenario.points import PointsBlock
from sim.scenario.problems import did_you_mean
from sim.scenario.scenario import Scenario
from sim.scenario.sense_of_cuts import cuts
from sim.scenario.sense_of_dates import dates
from sim.scenario.sense_of_results import results


def nonsense(scenario: Scenario) -> list[Nonsense]:
    """Everything about a well-formed scenario that cannot be meant."""
    parts = (_teams, dates, _stages, results, cuts, _known)
    return [found for part in parts for found in part(scenario)]


RESERVED = ("default", "nobody")
"""Words that stand for other things where teams are named."""


def _teams(scenario: Scenario) -> Iterator[Nonsense]:
    for team_id in RESERVED:
        if team_id in scenario.teams:
            yield Nonsense(
                ("teams", team_id), f"a team with the id '{team_id}'", "another id: this word is taken"
            )
    for team_id, team in scenario.teams.items():
        for key, table in (("own", team.own), ("mfu", team.mfu)):
            yield from unknown(("teams", team_id, key), "hardware", table, scenario.hardware)


def _stages(scenario: Scenario) -> Iterator[Nonsense]:
    for number, (stage_id, stage) in enumerate(scenario.stages.items()):
        here = ("stages", stage_id)
        yield from _grants(scenario, stage.grants, (*here, "grants"))
        yield from _gpus(scenario, stage.own, (*here, "own"))
        if number == 0 and stage.grants.by_results:
            yield Nonsense(
                (*here, "grants", "shares"),
                "shares by results in the first stage",
                "results of a stage before",
            )
        for block_id, block in stage.points.items():
            yield from _points(block, (*here, "points", block_id))
        yield from unknown((*here, "ties"), "block of points", stage.ties, stage.points)
        for found in misreported(stage, scenario.teams):
            yield found._replace(path=(*here, *found.path))


def _grants(scenario: Scenario, grants: Grants, here: tuple[str, ...]) -> Iterator[Nonsense]:
    teams = [*scenario.teams, "default"]
    yield from unknown((*here, "pool"), "hardware", grants.pool, scenario.hardware)
    yield from _gpus(scenario, grants.gpus, (*here, "gpus"))
    yield from unknown((*here, "among"), "team", grants.among or (), scenario.teams)
    if isinstance(grants.supplier, dict):
        yield from unknown((*here, "supplier"), "team", grants.supplier, teams)
    named = grants.supplier.values() if isinstance(grants.supplier, dict) else [grants.supplier]
    suppliers = [name for name in named if name is not None]
    yield from unknown((*here, "supplier"), "supplier", suppliers, scenario.suppliers)
    if isinstance(grants.shares, ByRank):
        total = sum(extremes(share)[1] for share in grants.shares.by_rank)
        if total > 1 + 1e-9:
            yield Nonsense((*here, "shares"), f"shares by rank that sum to {total:g}", "at most 1")
    elif isinstance(grants.shares, dict):
        yield from unknown((*here, "shares"), "team", grants.shares, teams)
        for team_id, share in grants.shares.items():
            if isinstance(share, dict):
                yield from unknown((*here, "shares", team_id), "hardware in the pool", share, grants.pool)
        yield from _oversubscribed(scenario, grants, here)


def _gpus(scenario: Scenario, gpus: GpusByTeam, here: tuple[str, ...]) -> Iterator[Nonsense]:
    yield from unknown(here, "team", gpus, [*scenario.teams, "default"])
    for team_id, table in gpus.items():
        if isinstance(table, dict):
            yield from unknown((*here, team_id), "hardware", table, scenario.hardware)


def _oversubscribed(scenario: Scenario, grants: Grants, here: tuple[str, ...]) -> Iterator[Nonsense]:
    assert isinstance(grants.shares, dict)
    for hardware in grants.pool:
        total = 0.0
        for team_id in scenario.teams:
            share = grants.share_of(team_id)
            total += extremes(share.get(hardware, 0.0) if isinstance(share, dict) else share)[1]
        if total > 1 + 1e-9:
            yield Nonsense((*here, "shares"), f"shares of {hardware} that sum to {total:g}", "at most 1")


def _points(block: PointsBlock, here: tuple[str, ...]) -> Iterator[Nonsense]:
    total = sum(item.max for item in block.items.values())
    if block.items and abs(total - block.max) > 1e-9 * block.max:
        yield Nonsense((*here, "items"), f"items that sum to {total:g} points", f"the block's {block.max:g}")
    for item_id, item in block.items.items():
        own, other = ("spread", "per_eci") if block.judged else ("per_eci", "spread")
        if block.judged and item.target is not None:
            yield Nonsense(
                (*here, "items", item_id, "target"), "`target` in a block that is judged", "`spread`"
            )
        if getattr(item, other) is not None:
            kind = "judged" if block.judged else "a benchmark"
            yield Nonsense(
                (*here, "items", item_id, other), f"`{other}` in a block that is {kind}", f"`{own}`"
            )
    if block.follows_strength is not None and not block.judged:
        yield Nonsense(
            (*here, "follows_strength"), "`follows_strength` in a benchmark", "it in a judged block"
        )


def _known(scenario: Scenario) -> Iterator[Nonsense]:
    for known_id, known in scenario.known.items():
        here = ("known", known_id)
        if known.team is not None and known.team not in scenario.teams:
            hint = did_you_mean(known.team, scenario.teams)
            yield Nonsense((*here, "team"), f"no team '{known.team}'", hint=hint)
        yield from unknown((*here, "gpus"), "hardware", known.gpus, scenario.hardware)
        for hardware_id in known.gpus if known.compare == "cost" else ():
            hardware = scenario.hardware.get(hardware_id)
            if hardware is not None and extremes(hardware.price)[1] == 0:
                found = f"a cost of {hardware_id}, which has no price"
                yield Nonsense((*here, "gpus", hardware_id), found, f"hardware.{hardware_id}.price")
