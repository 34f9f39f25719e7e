"""What a programme of which every result is known has come to, and who left when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from sim.findings.headline import Headline
from sim.findings.run import Exit, known_results
from sim.render.text.layout import NAME_WIDTH, Names, plain_table
from sim.scenario.models.scenario import Scenario

MOST_WINNERS = 12
"""Teams that are named one by one where it is known that they are all that is left."""


def what_happened(names: Names, headline: Headline) -> str:
    """Return the first sentence of a programme that is over: who was left, unless they are very many."""
    size = headline.size
    assert size is not None
    teams = headline.everybody.teams
    listed = names.list_teams(teams) if len(teams) <= MOST_WINNERS else names.list_many(teams)
    key = "run.known.some" if size.left else "run.known.nobody"
    where = {"stage": names.stages[size.stage], "day": headline.day}
    return names.say(key, n=size.left, left=size.left, of=size.teams, teams=listed, **where)


def known_table(names: Names, scenario: Scenario) -> Iterator[RenderableType]:
    """Return who left at each stage of a programme that is over, and that no fate was drawn."""
    if not scenario.is_over:
        return
    known = known_results(scenario)
    table = plain_table()
    table.add_column(names.say("run.known.title"), no_wrap=True, min_width=NAME_WIDTH + 3)
    table.add_column("", ratio=1)
    for stage in scenario.stages:
        at_stage = [team for team, at in known.after.items() if at == stage]
        told = list_by_way(names, {team: known.out[team] for team in at_stage})
        day = scenario.stages[stage].decided
        table.add_row(f"  {names.short_stages[stage]}, {day}", ", ".join(told) or names.say("run.known.none"))
    yield from (Text(names.say("run.known.not_drawn")), Text(""), table)


def list_by_way(names: Names, out: Mapping[str, Exit]) -> list[str]:
    """Return teams that are out by how they left: those by points first, for instance."""
    ways: dict[str, list[str]] = {}
    for team, how in out.items():
        ways.setdefault(how, []).append(team)
    return [names.say(f"run.out_by_{how}", teams=names.list_teams(teams)) for how, teams in ways.items()]
