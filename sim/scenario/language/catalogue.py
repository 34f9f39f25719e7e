"""Every key that a scenario file may have: its meaning, unit, range, default and source, and an example.

An example stands in a bundled scenario, or else it is how the key could be written in one.
"""

from __future__ import annotations

import datetime
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from sim.scenario.language.files import bundled_file, bundled_names, read
from sim.scenario.language.yamltree import parts_of
from sim.scenario.models.base import MARKS, Name, said_of
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.quantities import Bounds
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import Planned, Window
from sim.scenario.problems import ANY, KeyPath, path_fits
from sim.text import say


@dataclass(frozen=True)
class ScenarioKey:
    """One key of the language."""

    path: KeyPath  # with * for ids
    model: str  # the class that has it
    meaning: str
    kinds: tuple[str, ...]  # what may be written, in words
    allowed: Bounds | None = None
    unit: str = ""
    symbol: str = ""
    source: str = ""
    plausible: tuple[float, float] | None = None
    default: Any = None
    required: bool = False
    guess: bool = False  # whether the default is one

    @property
    def dotted(self) -> str:
        """The path as it is written."""
        return ".".join(self.path)

    def meaning_in(self, lang: str) -> str:
        """Return the meaning in "en", where it stands in the model, or in "ko"."""
        return self.meaning if lang == "en" else say(lang, f"key.meaning.{self.dotted}")


@cache
def keys() -> tuple[ScenarioKey, ...]:
    """All keys, in the order of the models."""
    return tuple(_keys(Scenario, ()))


def _keys(model: type[BaseModel], path: KeyPath) -> Iterator[ScenarioKey]:
    for name, field in model.model_fields.items():
        if name in MARKS:
            continue
        here = (*path, name)
        inner = list(_models(field.annotation))
        yield _key(model.__name__, field, here, inner[0][1] if inner else None)
        for steps, child in inner:
            yield from _keys(child, (*here, *steps))


def _key(model: str, field: FieldInfo, path: KeyPath, inner: type[BaseModel] | None) -> ScenarioKey:
    extra = said_of(field)
    block = (inner.__doc__ or "").split("\n", maxsplit=1)[0].rstrip(".") if inner else ""
    return ScenarioKey(
        path,
        model,
        meaning=field.description or block,
        kinds=tuple(dict.fromkeys(_kinds(field.annotation))),
        allowed=_allowed(field.annotation, field.metadata),
        unit=str(extra.get("unit", "")),
        symbol=str(extra.get("symbol", "")),
        source=str(extra.get("source", "")),
        plausible=extra.get("plausible"),
        default=None if field.is_required() else _plain(field.get_default()),
        required=field.is_required(),
        guess=bool(extra.get("guess")),
    )


def _plain(default: Any) -> Any:
    """A default as a file would have it; None for a block."""
    if isinstance(default, datetime.date):
        return str(default)
    return None if isinstance(default, BaseModel) else default


_LEAVES = (Uncertain, Window, Planned, Name)
"""Models that are written as one value."""


_UNIONS = (Union, types.UnionType)


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The types that a value may have, one by one, without what is said about them."""
    if get_origin(annotation) is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in _UNIONS:
        for one in get_args(annotation):
            yield from _alternatives(one)
    else:
        yield annotation


def kinds_at(kind: Any, step: str) -> list[Any]:
    """The types that a value may have which stands at a key of a block, or at an id of a table."""
    if get_origin(kind) is dict:
        return list(_alternatives(get_args(kind)[1]))
    fields = kind.model_fields if is_model(kind) else {}
    return list(_alternatives(fields[step].annotation)) if step in fields else []


def _models(annotation: Any) -> Iterator[tuple[KeyPath, type[BaseModel]]]:
    """The blocks inside a key, and by which steps one comes to them."""
    for one in _alternatives(annotation):
        if get_origin(one) is dict:
            for steps, model in _models(get_args(one)[1]):
                yield (ANY, *steps), model
        elif is_model(one) and one not in _LEAVES:
            yield (), one


def is_model(kind: Any) -> bool:
    """Whether a type is a block of keys, or something else with fields."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


_WORDS: dict[Any, str] = {
    float: "a number",
    int: "a whole number",
    str: "text",
    bool: "true or false",
    datetime.date: "a date",
    Uncertain: "a distribution",
    Name: "text, or {en, ko}",
    Window: "a window such as 2025-09-09 to 2025-12-30, or {first, last, extension}",
    Planned: "a date, or {planned, actual}",
}


def _kinds(annotation: Any) -> Iterator[str]:
    """What may be written, in words."""
    for one in _alternatives(annotation):
        if one in _WORDS:
            yield _WORDS[one]
        elif get_origin(one) is Literal:
            yield from (f"`{value}`" for value in get_args(one))
        elif get_origin(one) is dict:
            yield "a table by id"
        elif get_origin(one) is tuple:
            yield "a list"
        elif is_model(one):
            yield "a block of keys"


def _allowed(annotation: Any, metadata: list[Any]) -> Bounds | None:
    """The range of the values; None if there is none."""
    bounds = [*metadata, *_metadata(annotation)]
    for one in bounds:
        if isinstance(one, AfterValidator) and isinstance(one.func, Bounds):
            return one.func
    at_least, above, at_most = (_bounds(bounds, name) for name in ("ge", "gt", "le"))
    low = [*at_least, *above]
    return Bounds(low[0], at_most[0], above=bool(above)) if low else None


def _bounds(metadata: list[Any], name: str) -> list[float]:
    """The bounds of one kind, as annotated-types names them."""
    return [float(getattr(one, name)) for one in metadata if getattr(one, name, None) is not None]


def _metadata(annotation: Any) -> Iterator[Any]:
    """What is said about the values of a key beside their types; of a table, about its values."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for one in annotation.__metadata__:
            yield from one.metadata if isinstance(one, FieldInfo) else (one,)
    # Of `Annotated[X, ...]` and `tuple[X, ...]` the first argument is a type, of a table the second.
    types_inside = arguments if origin in _UNIONS else arguments[1:2] if origin is dict else arguments[:1]
    for one in types_inside:
        yield from _metadata(one)


def find_keys(dotted: str) -> list[ScenarioKey]:
    """The key at a path, whose ids may be written or be *, or all keys whose path ends like it."""
    steps = tuple(dotted.split("."))
    same = [key for key in keys() if path_fits(key.path, steps)]
    return same or [key for key in keys() if path_fits(key.path[-len(steps) :], steps)]


def keys_inside(key: ScenarioKey) -> list[ScenarioKey]:
    """The keys of a block."""
    depth = len(key.path)
    return [
        one
        for one in keys()
        if one.path[:depth] == key.path and len([s for s in one.path[depth:] if s != ANY]) == 1
    ]


class Example(NamedTuple):
    """A value at a path; `file` is empty where it is not from a file."""

    path: str
    value: Any
    file: str


MAIN = "k-ai"
"""The scenario in which examples are looked for first, and to which those that are in no file belong."""

_VALUES: dict[str, Any] = {
    "afterwards.institutes.needs_strength": 140,
    "choices": {"stages.stage-3.cut.keep": [2, 1]},
    "given": ["stages.stage-3.gate.risk"],
    "faults.mode": "each",
    "hardware.*.own_price": "4750 KRW",
    "effort.field": 5,
    "stages.*.cut.minimum": 60,
    "stages.*.cut.within": 10,
    "stages.*.entry.panel.follows_strength": 0.5,
    "stages.*.facts.*.last": "motif",
    "stages.*.facts.*.at_least": {"lg": 15},
    "stages.*.grants.delay": {"uniform": [0, 30]},
    "stages.*.grants.leftover": "shared",
    "stages.*.points.*.follows_strength": {"uniform": [0, 0.6]},
    "judging.agree": 0.3,
    "stages.*.points.*.lasting": {"uniform": [0, 1]},
    "stages.*.points.*.items.*.noise": 0.5,
    "stages.*.points.*.items.*.per_eci": 0.2,
    "stages.*.points.*.items.*.raters": {"n": 10, "sd": 2, "trim": 1},
    "stages.*.points.*.items.*.raters.n": 10,
    "stages.*.points.*.items.*.raters.sd": 2,
    "stages.*.points.*.items.*.spread": 0.5,
    "stages.*.points.*.items.*.target": 140,
    "stages.*.points.*.public": True,
    "stages.*.shift": "2 weeks",
    "stages.*.grants.supply.gpus": {"lg": {"B200": 2000}, "default": {"B200": 1000}},
    "stages.*.grants.supply.leftover": "shared",
    "stages.*.grants.supply.among": ["lg", "upstage"],
    "stages.*.grants.supply.shares.by_rank": [0.5, 0.3],
    "supply.*.days_a_month": 9,
    "supply.*.until": "2028-12-31",
    "scaling": {"tokens_exponent": 0.3658},
    "stages.*.model.*.granularity": 8,
    "stages.*.model.*.leverage": 4,
    "stages.*.model.*.modalities.*.compute": "15 %",
    "stages.*.model.*.special": {"of": "users", "gain": 1, "elsewhere": -1},
    "stages.*.model.*.special.elsewhere": -1,
    "stages.*.model.*.special.gain": 1,
    "stages.*.model.*.special.of": "users",
    "stages.*.model.*.tokens": "20T",
    "stages.*.points.*.efficiency": {"per_halving": 1, "reference": "15B"},
    "stages.*.points.*.efficiency.per_halving": 1,
    "stages.*.points.*.efficiency.reference": "15B",
    "stages.*.points.*.items.*.efficiency": {"per_halving": 1, "reference": "15B"},
    "stages.*.points.*.items.*.efficiency.per_halving": 1,
    "stages.*.points.*.items.*.efficiency.reference": "15B",
    "stages.*.points.*.items.*.rewards": {"vision": 1},
    "breakthroughs.*.level": 3,
    "openness.continued.closes.after": {"uniform": [0, 900]},
    "openness.continued.closes.chance": 0.1,
    "openness.continued.closes.earliest": "2026-09-01",
    "openness.continued.delay": 30,
    "openness.continued.leak": "10억",
    "stages.*.base": {"lg": "open"},
    "teams.*.effect": 2.5,
    "teams.*.faults": {"restart": "2 h"},
    "teams.*.faults.checkpoint": "40 s",
    "teams.*.faults.gpus_per_node": 4,
    "teams.*.faults.interval": "1 h",
    "teams.*.faults.per_node_day": 0.01,
    "teams.*.faults.restart": "11 min",
    **{
        f"{faults}.{key}": value
        for faults in ("faults", "teams.*.faults")
        for key, value in {
            "detection": "10 min",
            "on_fault": "go-on",
            "regroup": "3 s",
            "repair": "48 h",
            "spares": 2,
            "bad_nodes": {"shape": 0.13},
            "bad_nodes.shape": 0.13,
            "bad_nodes.replaced": "5 %",
            "storage": {"chance": "20 %", "days": 7, "speed": 0.1},
            "storage.chance": "20 %",
            "storage.days": 7,
            "storage.speed": 0.1,
        }.items()
    },
    "teams.*.gate_risk": 0.02,
    "teams.*.main_run_share": 0.7,
    "teams.*.mfu": {"B200": 0.25},
    "teams.*.saves": 0.2,
    "teams.*.trains_on_tests": 0.02,
}
"""Examples of keys that no bundled scenario uses and whose default would tell nothing."""

_BENCHMARK_ONLY = ("per_eci", "per_strength", "target", "public")


def example(key: ScenarioKey) -> Example | None:
    """How the key is written somewhere; None for a block whose keys have their own examples."""
    written = _bundled_example(key)
    if written is not None:
        return written
    value = _VALUES.get(key.dotted, key.default)
    return None if value is None else Example(_concrete(key), value, "")


def _bundled_example(key: ScenarioKey) -> Example | None:
    for name in sorted(bundled_names(), key=lambda name: name != MAIN):
        for path, value in _values(name).items():
            if path_fits(key.path, path):
                return Example(".".join(path), value, f"{name}.yaml")
    return None


@cache
def _values(name: str) -> dict[KeyPath, Any]:
    return dict(parts_of(read(bundled_file(name) or Path(name)).data))


def _concrete(key: ScenarioKey) -> str:
    """A path of the main scenario for the key."""
    benchmark = key.path[-1] in _BENCHMARK_ONLY or "efficiency" in key.path
    stage = "stage-2" if "facts" in key.path else "stage-1" if "entry" in key.path else "stage-3"
    ids = {
        "hardware": "H200",
        "suppliers": "skt-lease",
        "supply": "state",
        "tranches": "first",
        "teams": "lg",
        "stages": stage,
        "facts": "users",
        "points": "benchmark" if benchmark else "experts",
        "items": "nia" if benchmark else "technique",
        "model": "upstage",
        "modalities": "vision",
        "breakthroughs": "hub",
    }
    above = ("", *key.path)
    return ".".join(
        ids[before] if step == ANY else step for before, step in zip(above, key.path, strict=False)
    )


WORD_EXAMPLES = {
    "extends": "extends: k-ai",
    "copies": "teams: {winner: {effect: 3}, others: {copies: 89}}",
    "like": "points: {like: stage-2, users: ~}",
    "choice": "keep: {choice: [2, 1, 3]}",
    "guess": "guess: [own]",
    "source": "source: ministry, 2026-01-15",
    "confidence": "confidence: H",
    "prior_from": "prior_from: {mean: 2026-01-15, spread: {day: 2026-08-20, widest: [1.0, 2.4]}}",
    "default": "gpus: {lg: 512 B200, default: none}",
    "extension": "train: {first: 2026-01-16, last: 2026-06-30, extension: {weighted: {0: 1, 31: 1}}}",
    "shared": "delay: {uniform: [0, 30], shared: customs}",
    "constant": "own: {H200: {constant: 1024}}",
    "uniform": "{uniform: [512, 2048]}",
    "triangular": "{triangular: {low: 3.0, likely: 5.7, high: 8.9}}",
    "normal": "{normal: {mean: 0, sd: 2}}",
    "lognormal": "{lognormal: {p5: 589, p95: 1971}}",
    "beta": "{beta: {mean: 0.2, sd: 0.05}}",
    "poisson": "{poisson: 3}",
    "truncated": "{truncated: {normal: [0.2, 0.1], low: 0, high: 1}}",
    "weighted": "{weighted: {2: 0.7, 3: 0.3}}",
}
"""Words that stand in many places and have no path of their own, each with an example."""
