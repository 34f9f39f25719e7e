"""Keys that hold for every team alike, and beside each the key that moves one team.

Whoever doubles the speed of a GPU makes all teams faster, and nobody's chance moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from sim.scenario.language.catalogue import keys
from sim.scenario.language.load import from_data
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.shares import shares_of_defaults
from sim.scenario.names import key_at
from sim.scenario.problems import ANY, ScenarioError, path_fits


class OneTeamKey(NamedTuple):
    """A path that holds for every team, and one that does something to a single one."""

    path: str
    of_team: str


def one_team_keys(scenario: Scenario, paths: Iterable[str]) -> tuple[OneTeamKey, ...]:
    """Return the key of a team beside each of some paths; nothing if one of them names a team, or no number.

    The team is the first that still may be selected.
    """
    asked = tuple(paths)
    if not all(_is_common(scenario, path) for path in asked):
        return ()
    return tuple(OneTeamKey(path, _beside(scenario, path)) for path in asked)


def _is_common(scenario: Scenario, path: str) -> bool:
    """Whether a number stands at a path, or a table of numbers, that is about no team by name."""
    found = key_at(path)
    if found is None or not found[0].unit or found[0].path[0] == "teams":
        return False
    return not any(step in scenario.teams for step in path.split(".")[len(found[0].path) :])


def _beside(scenario: Scenario, path: str) -> str:
    team = (scenario.contenders or list(scenario.teams))[0]
    tried = chain(_where_own_stands(scenario, path, team), _of_same_unit(path, team))
    return next(tried, f"teams.{team}.effect")


def _where_own_stands(scenario: Scenario, path: str, team: str) -> Iterator[str]:
    """Where the team's own number would stand instead of the one at the path, or beside it in its block.

    The models know: a team's share of a default that is a distribution is keyed by the path of its own.
    """
    block, _, name = path.rpartition(".")
    siblings = [key.path[-1] for key in keys() if path_fits(key.path[:-1], tuple(block.split(".")))]
    for each in dict.fromkeys([name, *siblings]):
        here = f"{block}.{each}"
        for share in _shares(scenario, here):
            if team in share.split(".") and _may_stand(scenario, share):
                yield share
        # A chance of the gate is keyed below the gate's: the team's own has the names of both.
        of_team = f"teams.{team}.{block.rpartition('.')[2]}_{each}"
        if any(path_fits(key.path, tuple(of_team.split("."))) for key in keys()):
            yield of_team


def _shares(scenario: Scenario, path: str) -> Iterator[str]:
    """Where shares of the number at a path are keyed, if it were uncertain."""
    try:
        uncertain = from_data(scenario.resolved(), {path: {"uniform": [0.25, 0.75]}})
    except ScenarioError:
        return
    yield from (share for share, default in shares_of_defaults(uncertain) if default == path)


def _may_stand(scenario: Scenario, path: str) -> bool:
    try:
        from_data(scenario.resolved(), {path: 0.5})
    except ScenarioError:
        return False
    return True


_WITHOUT_DIMENSION = ("share", "probability", "correlation")


def _of_same_unit(path: str, team: str) -> Iterator[str]:
    """A key of a team that is counted in the same, such as its own GPUs beside a pool of them."""
    if (found := key_at(path)) is None or found[0].unit in _WITHOUT_DIMENSION:
        return
    ids = path.split(".")[len(found[0].path) :]
    for each in keys():
        if each.path[:2] == ("teams", ANY) and each.unit == found[0].unit:
            yield ".".join(["teams", team, *each.path[2:], *ids])
