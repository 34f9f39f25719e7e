"""Which team `--team` means."""

from __future__ import annotations

from sim.scenario import Scenario
from sim.scenario.problems import did_you_mean


def team_called(scenario: Scenario, given: str | None) -> str | None:
    """The id of the team of that id, or of that name in either language; case and blanks do not count."""
    if given is None or given in scenario.teams:
        return given
    for team, block in scenario.teams.items():
        if _plain(given) in (_plain(team), _plain(block.name.en), _plain(block.name.ko)):
            return team
    from sim.cli.errors import BadInputError

    raise BadInputError(f"--team {given}: no such team ({did_you_mean(given, scenario.teams)})")


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
