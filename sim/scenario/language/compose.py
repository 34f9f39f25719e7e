"""Trees laid over each other, and one value set at a path of a tree; short forms are written out for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sim.scenario.language.yamltree import Place, Tree, paths_in
from sim.scenario.models.base import MARKS, is_number
from sim.scenario.models.laws import CONTINUOUS, LISTED
from sim.scenario.models.numbers import Truncated
from sim.scenario.models.units import gpu_table
from sim.scenario.models.windows import window_ends
from sim.scenario.problems import KeyPath, Problem, ScenarioError, did_you_mean, path_fits

_FACT = ("stages", "*", "facts", "*")
_ITEM = ("stages", "*", "points", "*", "items", "*")
ALTERNATIVES: tuple[tuple[KeyPath, tuple[AbstractSet[str], ...]], ...] = (
    (("stages", "*", "cut"), ({"keep"}, {"drop"})),
    (("stages", "*", "grants"), ({"gpus"}, {"pool", "shares", "among"})),
    (("stages", "*", "grants", "supply"), ({"gpus"}, {"shares", "among"})),
    (("supply", "*"), ({"hours_a_day"}, {"days_a_month"})),
    (("stages", "*", "points", "*"), ({"per_eci"}, {"per_strength"}, {"spread"}, {"efficiency"})),
    (("stages", "*", "points", "*"), ({"noise"}, {"raters"})),
    (_ITEM, ({"per_eci"}, {"per_eci_share"}, {"per_strength"}, {"spread"}, {"efficiency"})),
    (_ITEM, ({"noise"}, {"raters"})),
    (("afterwards", "institutes"), ({"needs"}, {"needs_strength"})),
    (_ITEM, ({"mean", "per_eci", "per_eci_share", "per_strength", "efficiency"}, {"target"})),
)
"""Keys of a block of which only one set can be used: whoever lays one over leaves the others behind."""

FORMS: dict[str, tuple[frozenset[str], ...]] = {
    **{name: law.forms for name, law in LISTED.items()},
    "truncated": tuple(frozenset({name}) for name in CONTINUOUS),
}
"""The same for the parameters of a law."""

_PARAMETERS = {name: law.model_fields.keys() for name, law in LISTED.items()} | {
    "truncated": Truncated.model_fields.keys()
}

_LUCK = "shared"
"""What may stand beside a law: whose luck the number has."""


def is_choice(value: Any) -> bool:
    """Whether a value is a decision, `{choice: [2, 1, 3]}`."""
    return isinstance(value, dict) and isinstance(value.get("choice"), list)


_TABLES = frozenset(
    {"teams", "groups", "stages", "hardware", "points", "items", "facts"}
    | {"at_least", "at_most", "places", "awards", "access_delay", "breakthroughs"}
    | {"supply", "tranches"}
    | {"model", "modalities", "rewards"}
)
"""Keys of tables by id, in which the name of a law is somebody's id."""


def is_distribution(value: Any, path: KeyPath) -> bool:
    """Whether the value at `path` is a distribution by its shape: one law, and marks at most."""
    return isinstance(value, dict) and _law(value, path) is not None


def _law(block: Mapping[str, Any], path: KeyPath) -> str | None:
    """The law of a distribution; None for any other mapping."""
    # Inside `truncated` a law is a parameter, and in a table by id a team may be called `normal`.
    if path[-1:] == ("truncated",) or not _TABLES.isdisjoint(path[-1:]):
        return None
    names = block.keys() - MARKS - {_LUCK}
    if len(names) != 1:
        return None
    (name,) = names
    return name if _fits(name, block[name]) else None


def _fits(name: str, given: Any) -> bool:
    """Whether what is given under the name of a law can be its parameters."""
    if name == "constant":
        return not isinstance(given, dict) or is_choice(given)
    if name == "weighted":
        # Its keys are numbers by their looks, perhaps with a unit.
        return isinstance(given, dict) and all(
            re.match(r"[-+.0-9₩¥₹$€]|KRW|JPY|INR|USD|EUR", str(key)) for key in given
        )
    if name not in _PARAMETERS:
        return False
    if isinstance(given, dict):
        return is_choice(given) or given.keys() <= _PARAMETERS[name]
    return name == "poisson" or (name in LISTED and isinstance(given, list))


def _is_window(block: Mapping[str, Any]) -> bool:
    """Whether a mapping has the ends of a window, and perhaps an extension."""
    ends = block.keys() - {"extension"}
    days = (isinstance(block[end], str) or is_choice(block[end]) for end in ends)
    return bool(ends) and ends <= {"first", "last"} and all(days)


def _form(block: Mapping[str, Any], path: KeyPath) -> str:
    """The kind of thing that the mapping at `path` is as a whole; a plain block or table is ""."""
    if is_choice(block):
        return "choice"
    if isinstance(block.get("like"), str):
        return "like"
    if isinstance(block.get("by_rank"), list):
        return "by_rank"
    if _is_window(block) and not path_fits(_FACT, path):  # of a fact, `first` and `last` are teams
        return "window"
    return _law(block, path) or ""


def _replaces(over: Mapping[str, Any], under: Mapping[str, Any], path: KeyPath) -> bool:
    """Whether a mapping laid over another is another thing, so that no key of that makes sense any more."""
    if over.keys() <= MARKS | {_LUCK}:
        return False
    above, below = _form(over, path), _form(under, path)
    return above != below and (above, below) != ("", "like")


def left_behind(over: Mapping[str, Any], path: KeyPath) -> set[str]:
    """The keys that go when `over` is laid over a block at `path`, because it uses others in their stead."""
    gone: set[str] = set()
    of_a_law = () if path[-2:-1] and path[-2] in _TABLES else FORMS.get(path[-1] if path else "", ())
    for sets in (*(sets for where, sets in ALTERNATIVES if path_fits(where, path)), of_a_law):
        used = [names for names in sets if any(over.get(name) is not None for name in names)]
        if used:
            gone.update(*(names for names in sets if names not in used))
    return gone - over.keys()


def lay(under: Tree, over: Tree, path: KeyPath = ()) -> tuple[Tree, list[Problem]]:
    """The tree `over` laid over the tree `under`, both of which begin at `path`, and what is wrong with it.

    Whatever is taken from one of them keeps its place. Neither is changed; the result shares their values.
    """
    layers = _Layers(under, over)
    combine = layers.value if path else layers.block  # a whole file is never of another kind
    layers.merged.data = combine(under.data, over.data, path)
    return layers.merged, layers.problems


class _Layers:
    """Two trees, and the third that they make."""

    def __init__(self, under: Tree, over: Tree) -> None:
        self.under = under
        self.over = over
        self.merged = Tree(over.file, nodes=under.nodes + over.nodes)
        self.problems: list[Problem] = []
        self.keep_place(under, ())
        self.keep_place(over, ())

    def take(self, tree: Tree, value: Any, path: KeyPath) -> Any:
        """A value of one of the trees as it is, with its places."""
        for inner in (path, *paths_in(value, path)):
            self.keep_place(tree, inner)
        return value

    def keep_place(self, tree: Tree, path: KeyPath) -> None:
        if path in tree.places:
            self.merged.places[path] = tree.places[path]

    def value(self, under: Any, over: Any, path: KeyPath) -> Any:
        """What stands at `path` when `over` is laid over `under`."""
        if not isinstance(over, dict):
            return self.take(self.over, over, path)
        if not isinstance(under, dict):
            under = long_form(under, over, path)
            place = self.under.place(path)
            self.merged.places.update(((*path, key), place) for key in under or ())
        if under is None or _replaces(over, under, path):
            return self.take(self.over, over, path)
        self.keep_place(self.under, path)
        self.keep_place(self.over, path)
        return self.block(under, over, path)

    def block(self, under: dict[str, Any], over: dict[str, Any], path: KeyPath) -> dict[str, Any]:
        """Two mappings key by key, those of `under` first."""
        merged: dict[str, Any] = {}
        gone = left_behind(over, path)
        for key, value in under.items():
            here = (*path, str(key))
            if key not in over:
                if key not in gone:
                    merged[key] = self.take(self.under, value, here)
            elif over[key] is None and value is not None:
                self.keep_place(self.over, here)  # if it is missed, this is where it went
            else:
                merged[key] = self.value(value, over[key], here)
        for key in (key for key in over if key not in under):
            here = (*path, str(key))
            if over[key] is not None:
                merged[key] = self.take(self.over, over[key], here)
            elif here not in self.under.places:  # else another file has removed it before
                expected, hint = "a key of what this is laid over", did_you_mean(str(key), map(str, under))
                self.problems.append(self.over.problem(here, "nothing to remove", expected, hint))
        return merged


ID_TABLES = ("teams", "stages", "hardware", "suppliers", "known", "supply", "breakthroughs")
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
        block[key] = _opened(block[key], path[: i + 1], path[i + 1], dotted, place)
        block = block[key]
    # The inside of what goes would otherwise lend its lines to what comes.
    for inner in paths_in(block.get(path[-1]), path):
        tree.places.pop(inner, None)
    tree.places[path] = place
    if value is None and block.get(path[-1]) is not None:
        del block[path[-1]]
        return
    for key in left_behind({path[-1]: value}, path[:-1]):
        block.pop(key, None)
    block[path[-1]] = value


def _ending_with(path: KeyPath, tree: Tree) -> str:
    """Some paths of the file that end as this one does, as a suggestion; empty if there are none."""
    ends = [".".join(one) for one in paths_in(tree.data, ()) if one[-len(path) :] == path]
    if not ends:
        return ""
    more = f" or {len(ends) - _MOST_NAMED} more" if len(ends) > _MOST_NAMED else ""
    return f"did you mean {', '.join(ends[:_MOST_NAMED])}{more}?"


_MOST_NAMED = 3


def _opened(value: Any, path: KeyPath, key: str, dotted: str, place: Place) -> dict[str, Any]:
    """The mapping at `path` in which `key` can be set; a short form is written out."""
    if is_choice(value) and key not in {"choice", *MARKS}:
        found, expected = f"'{'.'.join(path)}' is a choice", "a value for the whole of it"
        raise ScenarioError([Problem(*place, dotted, found, expected)])
    opened = value if isinstance(value, dict) else long_form(value, [key], path)
    if opened is None:
        found = f"'{'.'.join(path)}' is a value"
        raise ScenarioError([Problem(*place, dotted, found, "a block of keys")])
    return opened


_GPU_TABLES = (
    ("teams", "*", "own"),
    ("stages", "*", "own", "*"),
    ("stages", "*", "grants", "pool"),
    ("stages", "*", "grants", "gpus", "*"),
    ("stages", "*", "grants", "supply", "gpus", "*"),
    ("supply", "*", "tranches", "*", "gpus"),
    ("known", "*", "gpus"),
)


def long_form(value: Any, keys: Iterable[str], path: KeyPath) -> dict[str, Any] | None:
    """The mapping for which `value`, at `path`, is short, if `keys` are keys of such a mapping; else None.

    `2025-09-09 to 2025-12-30` is short for a first and a last day (without an extension), `Red` for a name in
    both languages or for a team that has only a name, a date for a planned one, `512 B200` for a table of
    GPUs, a list for the parameters of a distribution, and a number for the mean of a Poisson law, an item's
    maximum, how many get an award or a team's rate of faults.
    """
    keys = set(keys)
    if keys and isinstance(value, str):
        return _text(value, keys, path)
    if keys and isinstance(value, list):
        return _parameters(value, keys, path)
    return _number(value, path) if keys and is_number(value) else None


def _parameters(value: list[Any], keys: set[str], path: KeyPath) -> dict[str, Any] | None:
    law = LISTED.get(path[-1])
    if law is None or not keys <= set(law.model_fields):
        return None
    names = law.names_in_list(len(value))
    return None if names is None else dict(zip(names, value, strict=True))


def _text(value: str, keys: set[str], path: KeyPath) -> dict[str, Any] | None:
    if len(path) == 2 and path[0] == "teams":
        return {"name": value}
    if any(path_fits(pattern, path) for pattern in _GPU_TABLES):
        return dict(gpu_table(value) or {}) or None
    if path[-1] == "poisson" and keys <= {"mean"}:
        return {"mean": value}
    if keys <= {"first", "last", "extension"}:
        return window_ends(value)
    if keys <= {"en", "ko"}:
        return {"en": value, "ko": value}
    return {"planned": value} if keys <= {"planned", "actual"} else None


def _number(value: float, path: KeyPath) -> dict[str, Any] | None:
    if path[-2:-1] == ("items",):
        return {"max": value}
    if path[-1] == "poisson":
        return {"mean": value}
    if path[-2:-1] == ("awards",):
        return {"places": value}
    return {"per_node_day": value} if path[0] == "teams" and path[2:] == ("faults",) else None
