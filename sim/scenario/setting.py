"""One value set at a path of a tree."""

from __future__ import annotations

from typing import Any

from sim.scenario.compose import MARKS, is_choice, left_behind
from sim.scenario.problems import Problem, ScenarioError, did_you_mean
from sim.scenario.shorthand import long_form
from sim.scenario.yamltree import Path, Place, Tree, paths_in

ID_TABLES = ("teams", "stages", "hardware", "suppliers", "known")
"""Tables of records by id: a part of one can only be set if it is there."""

_NOT_SETTABLE = {
    "extends": "it in the file itself",
    "choices": "the path of the choice itself, as in stages.stage-3.cut.keep={choice: [2, 1]}",
}


def set_value(tree: Tree, dotted: str, value: Any, place: Place, *, new_ids: bool = False) -> None:
    """Put `value`, which is written at `place`, into the tree at a dotted path, in place of what is there.

    None removes what is there; of several alternatives, such as keep and drop, the one that is set leaves the
    others behind. Blocks on the way that are missing are made, but no new team, stage or
    hardware unless `new_ids`. Raises `ScenarioError` for a path that leads nowhere.
    """
    path = tuple(dotted.split("."))
    if path[0] in _NOT_SETTABLE:
        raise ScenarioError([Problem(*place, dotted, "cannot be set", _NOT_SETTABLE[path[0]])])
    if path[0] not in tree.data and (longer := _ending_with(path, tree)):
        raise ScenarioError([Problem(*place, dotted, "only the end of a path", hint=longer)])
    block: dict[str, Any] = tree.data
    for i, key in enumerate(path[:-1]):
        if block.get(key) is None:
            if i == 1 and path[0] in ID_TABLES and block and not new_ids:
                found = f"no '{key}' in {path[0]}"
                raise ScenarioError([Problem(*place, dotted, found, hint=did_you_mean(key, block))])
            block[key] = {}
            tree.places[path[: i + 1]] = place
        opened = _opened(block[key], path[: i + 1], path[i + 1], dotted, place)
        block[key] = opened
        block = opened
    for inner in paths_in(block.get(path[-1]), path):
        tree.places.pop(inner, None)
    tree.places[path] = place
    if value is None and block.get(path[-1]) is not None:
        del block[path[-1]]
        return
    for key in left_behind({path[-1]: value}, path[:-1]):
        block.pop(key, None)
    block[path[-1]] = value


def _ending_with(path: Path, tree: Tree) -> str:
    """Some paths of the file that end as this one does, as a suggestion; empty if there are none."""
    ends = [".".join(one) for one in paths_in(tree.data, ()) if one[-len(path) :] == path]
    if not ends:
        return ""
    more = f" or {len(ends) - _MOST_NAMED} more" if len(ends) > _MOST_NAMED else ""
    return f"did you mean {', '.join(ends[:_MOST_NAMED])}{more}?"


_MOST_NAMED = 3


def _opened(value: Any, path: Path, key: str, dotted: str, place: Place) -> dict[str, Any]:
    """The mapping at `path` in which `key` can be set; a short form is written out."""
    if is_choice(value) and key not in {"choice", *MARKS}:
        found, expected = f"'{'.'.join(path)}' is a choice", "a value for the whole of it"
        raise ScenarioError([Problem(*place, dotted, found, expected)])
    opened = value if isinstance(value, dict) else long_form(value, [key], path)
    if opened is None:
        found = f"'{'.'.join(path)}' is a value"
        raise ScenarioError([Problem(*place, dotted, found, "a block of keys")])
    return opened
