"""Checks across blocks: what is well formed and yet makes no sense."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sim.scenario.numbers import extremes
from sim.scenario.problems import did_you_mean
from sim.scenario.scenario import Scenario
from sim.scenario.stages import Grants, PointsBlock, Stage


class Nonsense(NamedTuple):
    """A problem by path; the loader adds the place."""

    path: tuple[str, ...]
    found: str
    expected: str = ""
    hint: str = ""


def nonsense(scenario: Scenario) -> list[Nonsense]:
    """Everything about a well-formed scenario that cannot be meant."""
    return [*_teams(scenario), *_calendar(scenario), *_stages(scenario)]


def _unknown(
    path: tuple[str, ...], kind: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Nonsense]:
    known = list(known)
    for name in names:
        if name not in known:
            yield Nonsense((*path, name), f"no {kind} '{name}'", hint=did_you_mean(name, known))


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
            yield from _unknown(("teams", team_id, key), "hardware", table, scenario.hardware)


def _calendar(scenario: Scenario) -> Iterator[Nonsense]:
    before: Stage | None = None
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        if stage.train.last < stage.train.first:
            yield Nonsense((*here, "train"), f"a window that closes ({stage.train.last}) before it opens")
        if stage.result < stage.train.last:
            expected = f"a day on or after {stage.train.last}, when training ends"
            yield Nonsense((*here, "result"), f"{stage.result}", expected)
        if before is not None and stage.train.first <= before.result:
            expected = f"a day after {before.result}, when the stage before is decided"
            yield Nonsense((*here, "train"), f"a window that opens on {stage.train.first}", expected)
        before = stage


def _stages(scenario: Scenario) -> Iterator[Nonsense]:
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        yield from _grants(scenario, stage.grants, (*here, "grants"))
        for block_id, block in stage.points.items():
            yield from _points(block, (*here, "points", block_id))
        yield from _unknown((*here, "ties"), "block of points", stage.ties, stage.points)


def _grants(scenario: Scenario, grants: Grants, here: tuple[str, ...]) -> Iterator[Nonsense]:
    teams = [*scenario.teams, "default"]
    yield from _unknown((*here, "pool"), "hardware", grants.pool, scenario.hardware)
    yield from _unknown((*here, "gpus"), "team", grants.gpus, teams)
    yield from _unknown((*here, "among"), "team", grants.among or (), scenario.teams)
    for team_id, table in grants.gpus.items():
        if isinstance(table, dict):
            yield from _unknown((*here, "gpus", team_id), "hardware", table, scenario.hardware)
    if isinstance(grants.shares, dict):
        yield from _unknown((*here, "shares"), "team", grants.shares, teams)
        for team_id, share in grants.shares.items():
            if isinstance(share, dict):
                yield from _unknown((*here, "shares", team_id), "hardware in the pool", share, grants.pool)
        yield from _oversubscribed(scenario, grants, here)


def _oversubscribed(scenario: Scenario, grants: Grants, here: tuple[str, ...]) -> Iterator[Nonsense]:
    assert isinstance(grants.shares, dict)
    for hardware in grants.pool:
        total = 0.0
        for team_id in scenario.teams:
            share = grants.shares.get(team_id, grants.shares.get("default", 0.0))
            total += extremes(share.get(hardware, 0.0) if isinstance(share, dict) else share)[1]
        if total > 1 + 1e-9:
            yield Nonsense((*here, "shares"), f"shares of {hardware} that sum to {total:g}", "at most 1")


def _points(block: PointsBlock, here: tuple[str, ...]) -> Iterator[Nonsense]:
    total = sum(item.max for item in block.items.values())
    if block.items and abs(total - block.max) > 1e-9 * block.max:
        yield Nonsense((*here, "items"), f"items that sum to {total:g} points", f"the block's {block.max:g}")
    for item_id, item in block.items.items():
        own, other = ("spread", "per_eci") if block.judged else ("per_eci", "spread")
        if getattr(item, other) is not None:
            kind = "judged" if block.judged else "a benchmark"
            yield Nonsense(
                (*here, "items", item_id, other), f"`{other}` in a block that is {kind}", f"`{own}`"
            )
    if block.follows_strength is not None and not block.judged:
        yield Nonsense(
            (*here, "follows_strength"), "`follows_strength` in a benchmark", "it in a judged block"
        )
