"""`copies` among the teams: `others: {copies: 89}` stands for 89 teams, others-1 to others-89, all alike.

Where lists and tables of teams name `others`, all of them are meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from sim.scenario.language.yamltree import Tree, paths_in
from sim.scenario.models.base import is_number
from sim.scenario.problems import ANY, KeyPath, Problem

COPIES = "copies"

MOST_COPIES = 500

_LISTS_OF_TEAMS = (
    ("groups", ANY),
    ("stages", ANY, "entry", "candidates"),
    ("stages", ANY, "entry", "returning"),
    ("stages", ANY, "entry", "happened"),
    ("stages", ANY, "grants", "among"),
    ("stages", ANY, "grants", "supply", "among"),
    ("breakthroughs", ANY, "teams"),
)

_TABLES_BY_TEAM = (
    ("stages", ANY, "train"),
    ("stages", ANY, "own"),
    ("stages", ANY, "base"),
    ("stages", ANY, "grants", "gpus"),
    ("stages", ANY, "grants", "shares"),
    ("stages", ANY, "grants", "supplier"),
    ("stages", ANY, "grants", "delay"),
    ("stages", ANY, "grants", "supply", "gpus"),
    ("stages", ANY, "grants", "supply", "shares"),
    ("stages", ANY, "model"),
    ("stages", ANY, "cut", "asks"),
    ("stages", ANY, "pays", "start"),
    ("stages", ANY, "pays", "stay"),
    ("stages", ANY, "entry", "applies"),
    ("data", "own"),
    ("afterwards", "go_on", "gpus"),
)
"""Where the id of a team with copies stands for all of them, in lists and in tables."""


def multiply_teams(tree: Tree) -> list[Problem]:
    """Put as many teams in the place of each as its `copies` say; what is wrong with them."""
    teams = tree.data.get("teams")
    if not isinstance(teams, dict):
        return []
    problems: list[Problem] = []
    written: dict[Any, Any] = {}
    stands_for: dict[str, list[str]] = {}
    for team_id, team in teams.items():
        if not isinstance(team, dict) or COPIES not in team:
            written[team_id] = team
            continue
        here, number = ("teams", str(team_id)), team[COPIES]
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MOST_COPIES:
            expected = f"a whole number from 1 to {MOST_COPIES}"
            problems.append(tree.problem((*here, COPIES), f"{number!r} copies", expected))
            continue
        rest = {key: value for key, value in team.items() if key != COPIES}
        stands_for[str(team_id)] = names = [f"{team_id}-{i}" for i in range(1, number + 1)]
        for i, name in enumerate(names, start=1):
            written[name] = _numbered(deepcopy(rest), i)
            for inner in paths_in(rest, here):
                tree.places[("teams", name, *inner[2:])] = tree.place(inner)
            tree.places["teams", name] = tree.place(here)
    tree.data["teams"] = written
    if stands_for:
        for pattern in (*_LISTS_OF_TEAMS, *_TABLES_BY_TEAM):
            tree.data = _name_all(tree, tree.data, pattern, (), stands_for)
        problems += _name_leavers(tree, stands_for)
    return problems


def _name_leavers(tree: Tree, stands_for: Mapping[str, list[str]]) -> list[Problem]:
    """Put copies that are still in into `happened`: all, or as many of each way as it says, from the last."""
    stages, out, problems = tree.data.get("stages"), set[str](), []
    for stage_id, stage in stages.items() if isinstance(stages, dict) else ():
        happened = stage.get("happened") if isinstance(stage, dict) else None
        if not isinstance(happened, dict):
            continue
        path: KeyPath = ("stages", str(stage_id), "happened")
        named = {str(team) for team in happened}
        written: dict[Any, Any] = {}
        for team, how in happened.items():
            here = (*path, str(team))
            copies = stands_for.get(str(team))
            if copies is None:
                written[team] = how
                continue
            still_in = [name for name in copies if name not in out and name not in named]
            leavers = list(_leavers(how, still_in))
            if isinstance(how, dict) and len(leavers) < sum(filter(is_number, how.values())):
                found = f"more than the {len(still_in)} of them that are still in"
                problems.append(tree.problem(here, found, f"at most {len(still_in)} in all"))
            for name, way in leavers:
                written[name] = way
                tree.places[*path, name] = tree.place(here)
        stage["happened"] = written
        out |= {str(team) for team in written}
    return problems


def _leavers(how: Any, still_in: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Who of those still in leaves, and in which way; any other value is refused where it comes to stand."""
    counts = how if isinstance(how, dict) else {}
    if not counts or not all(is_number(number) for number in counts.values()):
        yield from ((name, how) for name in still_in)
        return
    ways = [way for way, number in counts.items() for _ in range(int(number))]
    yield from zip(still_in[max(0, len(still_in) - len(ways)) :], ways, strict=False)


def _numbered(team: dict[str, Any], number: int) -> dict[str, Any]:
    """A copy of a team by its number, which its name has as well if it has one."""
    name = team.get("name")
    if isinstance(name, str):
        team["name"] = f"{name} {number}"
    elif isinstance(name, dict):
        team["name"] = {lang: f"{text} {number}" for lang, text in name.items()}
    return team


def _name_all(
    tree: Tree, data: Any, pattern: KeyPath, path: KeyPath, stands_for: Mapping[str, list[str]]
) -> Any:
    """The data, at `path`, with all copies in the lists and tables of teams at `pattern` below it."""
    if not pattern:
        if isinstance(data, dict):
            return _fill_table(tree, data, path, stands_for)
        if not isinstance(data, list):
            return data
        named = [each for name in data for each in stands_for.get(str(name), [name])]
        tree.places.update(((*path, str(i)), tree.place(path)) for i in range(len(named)))
        return named
    if not isinstance(data, dict):
        return data
    return {
        key: _name_all(tree, value, pattern[1:], (*path, str(key)), stands_for)
        if pattern[0] in (ANY, key)
        else value
        for key, value in data.items()
    }


def _fill_table(tree: Tree, table: dict[Any, Any], path: KeyPath, stands_for: Mapping[str, list[str]]) -> Any:
    """The table with a row for each copy in the place of that of all."""
    written: dict[Any, Any] = {}
    for key, value in table.items():
        here = (*path, str(key))
        names = stands_for.get(str(key))
        if names is None:
            written[key] = value
            continue
        for name in (name for name in names if name not in table):  # who is named has a row of its own
            written[name] = deepcopy(value)
            for inner in paths_in(value, here):
                tree.places[*path, name, *inner[len(here) :]] = tree.place(inner)
            tree.places[*path, name] = tree.place(here)
    return written
