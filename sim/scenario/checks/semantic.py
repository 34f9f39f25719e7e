"""Checks across blocks: what is well formed and yet makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from sim.scenario.checks.afterwards import afterwards_errors
from sim.scenario.checks.breakthroughs import breakthrough_errors
from sim.scenario.checks.compute import compute_errors
from sim.scenario.checks.cuts import cut_errors
from sim.scenario.checks.data import data_errors
from sim.scenario.checks.dates import date_errors
from sim.scenario.checks.effort import effort_errors
from sim.scenario.checks.facts import fact_errors
from sim.scenario.checks.groups import group_errors
from sim.scenario.checks.openness import openness_errors
from sim.scenario.checks.results import report_errors, result_errors
from sim.scenario.checks.supply import supply_errors
from sim.scenario.checks.trained_model import model_errors
from sim.scenario.models.grants import ByRank, GpusByTeam, Grants
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.numbers import extremes, same_draws, uncertain_numbers
from sim.scenario.models.points import PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.problems import Diagnostic, KeyPath, did_you_mean, unknown_names


def semantic_errors(scenario: Scenario) -> list[Diagnostic]:
    """Everything about a well-formed scenario that cannot be meant."""
    return [*contradictions(scenario), *_check_widest(scenario)]


def contradictions(scenario: Scenario) -> list[Diagnostic]:
    """Everything of that but widest ranges, which takes as long as all the rest together."""
    parts = (
        _check_teams,
        date_errors,
        _check_stages,
        compute_errors,
        group_errors,
        effort_errors,
        data_errors,
        result_errors,
        cut_errors,
        fact_errors,
        supply_errors,
        model_errors,
        breakthrough_errors,
        openness_errors,
        afterwards_errors,
        _check_known_runs,
        _check_doubts,
    )
    return [found for part in parts for found in part(scenario)]


RESERVED = ("default", "nobody")
"""Words that stand for other things where teams are named."""


_ROUNDING = 1e-9
"""Three shares of a third, or maxima with decimals, need not sum exactly."""


def _check_teams(scenario: Scenario) -> Iterator[Diagnostic]:
    for team_id in RESERVED:
        if team_id in scenario.teams:
            found = f"a team with the id '{team_id}'"
            yield Diagnostic(("teams", team_id), found, "another id: this word is taken")
    for team_id, team in scenario.teams.items():
        for key, table in (("own", team.own), ("mfu", team.mfu)):
            yield from unknown_names(("teams", team_id, key), "hardware", table, scenario.hardware)


def _check_stages(scenario: Scenario) -> Iterator[Diagnostic]:
    stages = list(scenario.stages.values())
    for number, (stage_id, stage) in enumerate(scenario.stages.items()):
        here = ("stages", stage_id)
        yield from _check_grants(scenario, stage.grants, (*here, "grants"))
        yield from _check_gpus(scenario, stage.own, (*here, "own"))
        if stage.grants.by_results and not any(one.has_total for one in stages[:number]):
            found = "shares by results in the first stage" + (" with points" if number else "")
            yield Diagnostic((*here, "grants", "shares"), found, "results of a stage before")
        for block_id, block in stage.points.items():
            yield from _check_points(block, (*here, "points", block_id))
        yield from unknown_names((*here, "ties"), "block of points", stage.ties, stage.points)
        for error in report_errors(stage, scenario.teams):
            yield error._replace(path=(*here, *error.path))


def _check_grants(scenario: Scenario, grants: Grants, here: KeyPath) -> Iterator[Diagnostic]:
    teams = [*scenario.teams, "default"]
    yield from unknown_names((*here, "pool"), "hardware", grants.pool, scenario.hardware)
    yield from _check_gpus(scenario, grants.gpus, (*here, "gpus"))
    for more_id, more in (grants.more or {}).items():
        yield from _check_gpus(scenario, more.gpus, (*here, "more", more_id, "gpus"))
    yield from unknown_names((*here, "among"), "team", grants.among or (), scenario.teams)
    if isinstance(grants.supplier, dict):
        yield from unknown_names((*here, "supplier"), "team", grants.supplier, teams)
    yield from unknown_names((*here, "supplier"), "supplier", grants.suppliers, scenario.suppliers)
    if isinstance(grants.shares, ByRank):
        total = sum(extremes(share)[1] for share in grants.shares.by_rank)
        if total > 1 + _ROUNDING:
            yield Diagnostic((*here, "shares"), f"shares by rank that sum to {total:g}", "at most 1")
    elif isinstance(grants.shares, dict):
        yield from unknown_names((*here, "shares"), "team", grants.shares, teams)
        for team_id, share in grants.shares.items():
            if isinstance(share, dict):
                path = (*here, "shares", team_id)
                yield from unknown_names(path, "hardware in the pool", share, grants.pool)
        yield from _check_shares(scenario, grants, here)


def _check_gpus(scenario: Scenario, gpus: GpusByTeam, here: KeyPath) -> Iterator[Diagnostic]:
    yield from unknown_names(here, "team", gpus, [*scenario.teams, "default"])
    for team_id, table in gpus.items():
        if isinstance(table, dict):
            yield from unknown_names((*here, team_id), "hardware", table, scenario.hardware)


def _check_shares(scenario: Scenario, grants: Grants, here: KeyPath) -> Iterator[Diagnostic]:
    for hardware in grants.pool:
        total = sum(extremes(grants.share_of_type(team_id, hardware))[1] for team_id in scenario.teams)
        if total > 1 + _ROUNDING:
            yield Diagnostic((*here, "shares"), f"shares of {hardware} that sum to {total:g}", "at most 1")


def _check_points(block: PointsBlock, here: KeyPath) -> Iterator[Diagnostic]:
    total = sum(item.max for item in block.items.values())
    if block.items and abs(total - block.max) > _ROUNDING * block.max:
        found = f"items that sum to {total:g} points"
        yield Diagnostic((*here, "items"), found, f"the block's {block.max:g}")
    kind, own = ("judged", "spread") if block.judged else ("a benchmark", "per_eci")
    slopes = ("target", "per_eci", "per_eci_share", "per_strength", "efficiency")
    others: tuple[str, ...] = slopes if block.judged else ("spread",)
    if block.efficiency is not None:
        kind, others = "about how small a model is", ("spread", "per_eci_share")
    for item_id, item in block.items.items():
        for key in others:
            if getattr(item, key) is not None:
                found = f"`{key}` in a block that is {kind}"
                yield Diagnostic((*here, "items", item_id, key), found, f"`{own}`")
    for key in ("follows_strength", "lasting"):
        if getattr(block, key) is not None and not block.judged:
            yield Diagnostic((*here, key), f"`{key}` in a benchmark", "it in a judged block")
    yield from _check_shares_of_slope(block, here)


def _check_shares_of_slope(block: PointsBlock, here: KeyPath) -> Iterator[Diagnostic]:
    """Shares that are more than the whole slope, or leave a part of it to no item."""
    shares = [item.per_eci_share for item in block.items.values()]
    given = [extremes(share) for share in shares if share is not None]
    least, most = sum(low for low, _ in given), sum(high for _, high in given)
    if most > 1 + _ROUNDING:
        yield Diagnostic((*here, "items"), f"shares of per_eci that sum to {most:g}", "at most 1")
    elif given and len(given) == len(shares) and least < 1 - _ROUNDING:
        yield Diagnostic((*here, "items"), f"shares of per_eci that sum to {least:g}, of all items", "1")


def _check_doubts(scenario: Scenario) -> Iterator[Diagnostic]:
    """Doubts about a number that shares its draw: all that share it are held, so a value must fit all."""
    numbers = dict(uncertain_numbers(scenario)) if scenario.doubts else {}
    for dotted, (_, *others) in same_draws(scenario, scenario.doubts).items():
        for other in others:
            if numbers[other].distribution() != numbers[dotted].distribution():
                found = f"a doubt about a number whose draw {other} shares by another law"
                yield Diagnostic(("doubts", dotted), found, "numbers that share a draw to have one law")
                break


def _check_known_runs(scenario: Scenario) -> Iterator[Diagnostic]:
    for known_id, known in scenario.known.items():
        here = ("known", known_id)
        if known.team is not None and known.team not in scenario.teams:
            hint = did_you_mean(known.team, scenario.teams)
            yield Diagnostic((*here, "team"), f"no team '{known.team}'", hint=hint)
        yield from unknown_names((*here, "gpus"), "hardware", known.gpus, scenario.hardware)
        for hardware_id in known.gpus if known.compare == "cost" else ():
            hardware = scenario.hardware.get(hardware_id)
            if hardware is not None and extremes(hardware.price)[1] == 0:
                found = f"a cost of {hardware_id}, which has no price"
                yield Diagnostic((*here, "gpus", hardware_id), found, f"hardware.{hardware_id}.price")


def _check_widest(scenario: Scenario) -> Iterator[Diagnostic]:
    """Widest ranges with values that cannot be, such as a share of 1.2."""
    ranged = [each for each in inputs(scenario) if each.widest is not None]
    if not ranged or _are_allowed(scenario, ranged):
        return
    for each in ranged:
        if not _are_allowed(scenario, [each]):
            low, high = each.widest or (0.0, 0.0)
            path = tuple(each.path.split("."))
            yield Diagnostic(path, f"a widest range from {low:g} to {high:g}", "values that it can have")


def _are_allowed(scenario: Scenario, ranged: list[Input]) -> bool:
    """Whether some values can be drawn from their widest ranges."""
    data = scenario.resolved()
    for each in ranged:
        _put(data, each.path.split("."), {"uniform": list(each.widest or ())})
    try:
        Scenario.read(data)
    except ValidationError:
        return False
    return True


def _put(data: Any, path: list[str], law: dict[str, Any]) -> None:
    """Put a law at a path of plain data, whose defaults are filled in."""
    for step in path[:-1]:
        data = data[int(step) if isinstance(data, list) else step]
    data[int(path[-1]) if isinstance(data, list) else path[-1]] = law
