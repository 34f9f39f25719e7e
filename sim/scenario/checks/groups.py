"""Do groups, awards, money and what is carried over name what there is?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Cut, Entry, Stage
from sim.scenario.problems import Diagnostic, KeyPath, unknown_names


def group_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Groups of teams that there are not, cuts by groups that there are not, points carried from nowhere."""
    for group, members in (scenario.groups or {}).items():
        yield from unknown_names(("groups", group), "team", members, scenario.teams)
        if len(set(members)) < len(members):
            twice = next(team for team in members if members.count(team) > 1)
            yield Diagnostic(("groups", group), f"'{twice}' twice", "each team once")
    stages = list(scenario.stages.values())
    for number, (stage_id, stage) in enumerate(scenario.stages.items()):
        here = ("stages", stage_id)
        yield from _check_groups_of_cut(scenario, stage.cut, (*here, "cut"))
        teams = [*scenario.teams, "default"]
        for path, table in _money_tables(stage):
            yield from unknown_names((*here, *path), "team", table, teams)
        yield from _check_carried(stage, stages[:number], here)
        if scenario.has_facts:
            yield from _check_facts(stage, here)
        for key, given in (("awards", stage.awards), ("pays", stage.pays and stage.pays.by_rank)):
            if given and not stage.has_total:
                found = f"`{key}` by rank in a stage without points"
                yield Diagnostic((*here, key), found, "`points`, or `points_carried`")
        if stage.entry is not None:
            yield from _check_entry(scenario, stage.entry, (*here, "entry"))


def _money_tables(stage: Stage) -> Iterator[tuple[KeyPath, Mapping[str, Number]]]:
    """Amounts by team, and where they stand."""
    if isinstance(stage.cut.asks, Mapping):
        yield ("cut", "asks"), stage.cut.asks
    for key in ("start", "stay"):
        amounts = getattr(stage.pays, key, None)
        if isinstance(amounts, Mapping):
            yield ("pays", key), amounts


def _check_groups_of_cut(scenario: Scenario, cut: Cut, here: KeyPath) -> Iterator[Diagnostic]:
    groups = scenario.groups or {}
    limits: tuple[tuple[str, Mapping[str, Number] | None], ...]
    limits = (("places", cut.places), ("at_most", cut.at_most))
    for key, limit in limits:
        yield from unknown_names((*here, key), "group", limit or {}, groups)
    limited = [group for group in cut.at_most or {} if group in groups]
    for i, group in enumerate(limited):
        for other in limited[:i]:
            for team in sorted(set(groups[group]) & set(groups[other])):
                found = f"'{team}' in both '{other}' and '{group}', of each of which some can stay at most"
                yield Diagnostic((*here, "at_most"), found, "a team in one of them")
                return
    if cut.keep is not None and cut.places:
        sure, keep = sum(extremes(n)[1] for n in cut.places.values()), extremes(cut.keep)[0]
        if sure > keep:
            found = f"places for {sure:g} teams, of {keep:g} to keep"
            yield Diagnostic((*here, "places"), found, f"at most {keep:g} in all")


def _check_carried(stage: Stage, before: list[Stage], here: KeyPath) -> Iterator[Diagnostic]:
    """Points of an evaluation before of which nothing is known, or that there is not."""
    if stage.points_carried is None:
        return
    path, ranked = (*here, "points_carried"), [one for one in before if one.has_total]
    if not ranked:
        yield Diagnostic(path, "points carried, and none given before", "a stage with points before it")
    elif stage.happened is None and ranked[-1].happened is not None and ranked[-1].facts is None:
        found = "points carried from a stage whose points are not known"
        yield Diagnostic(path, found, "`facts` of its points, or no such key")


def _check_facts(stage: Stage, here: KeyPath) -> Iterator[Diagnostic]:
    """Facts, here or at another stage, where a result says else of totals than who was above whom.

    All results that are known are conditions of a forecast.
    """
    if not stage.facts and stage.happened is None:
        return
    what, path = ("facts", (*here, "facts")) if stage.facts else ("known result, beside facts,", here)
    ways = {"groups": stage.cut.by_group, "a distance": stage.cut.within, "a budget": stage.cut.budget}
    for way in (way for way, given in ways.items() if given):
        found = f"{what} of a stage whose cut goes by {way}"
        yield Diagnostic(path, found, "a cut by keep, drop or minimum")
    if stage.points_carried is not None:
        found = f"{what} of a stage in whose totals points of the one before count"
        yield Diagnostic(path, found, "no `points_carried`")


def _check_entry(scenario: Scenario, entry: Entry, here: KeyPath) -> Iterator[Diagnostic]:
    if isinstance(entry.returning, tuple):
        path = (*here, "returning")
        yield from unknown_names(path, "team", entry.returning, scenario.teams)
        for team in sorted(set(entry.returning) & set(entry.candidates)):
            expected = "in `candidates` who was never there, in `returning` who has left"
            yield Diagnostic(path, f"'{team}', which is a candidate too", expected)
    if isinstance(entry.applies, Mapping):
        teams = [*scenario.teams, "default"]
        yield from unknown_names((*here, "applies"), "team", entry.applies, teams)
