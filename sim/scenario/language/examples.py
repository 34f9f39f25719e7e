"""An example of each key: where a bundled scenario writes it, or else how it could be written in one."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sim.scenario.language.catalogue import ScenarioKey
from sim.scenario.language.files import bundled_folder, bundled_names, read
from sim.scenario.language.yamltree import parts_of
from sim.scenario.problems import ANY, KeyPath, path_fits


class Example(NamedTuple):
    """A value at a path; `file` is empty where it is not from a file."""

    path: str
    value: Any
    file: str


MAIN = "k-ai"
"""The scenario in which examples are looked for first, and to which those that are in no file belong."""

_VALUES: dict[str, Any] = {
    "choices": {"stages.stage-3.cut.keep": [2, 1]},
    "given": ["stages.stage-3.gate.risk"],
    "faults.mode": "each",
    "frontier.target": 0.95,
    "hardware.*.own_price": "4750 KRW",
    "stages.*.cut.drop": 1,
    "stages.*.cut.minimum": 60,
    "stages.*.entry.panel.follows_strength": 0.5,
    "stages.*.facts.*.last": "motif",
    "stages.*.facts.*.at_least": {"lg": 15},
    "stages.*.grants.delay": {"uniform": [0, 30]},
    "stages.*.grants.leftover": "shared",
    "stages.*.grants.shares.by_rank": [0.5, 0.3],
    "stages.*.points.*.follows_strength": {"uniform": [0, 0.6]},
    "judging.agree": 0.3,
    "judging.lasting": {"uniform": [0, 1]},
    "stages.*.points.*.lasting": {"uniform": [0, 1]},
    "stages.*.points.*.items.*.max": 10,
    "stages.*.points.*.items.*.mean": 8,
    "stages.*.points.*.items.*.noise": 0.5,
    "stages.*.points.*.items.*.per_eci": 0.2,
    "stages.*.points.*.items.*.raters": {"n": 10, "sd": 2, "trim": 1},
    "stages.*.points.*.items.*.raters.n": 10,
    "stages.*.points.*.items.*.raters.sd": 2,
    "stages.*.points.*.items.*.spread": 0.5,
    "stages.*.points.*.items.*.target": 140,
    "stages.*.shift": "2 weeks",
    "teams.*.effect": 2.5,
    "teams.*.faults": {"restart": "2 h"},
    "teams.*.faults.checkpoint": "40 s",
    "teams.*.faults.gpus_per_node": 4,
    "teams.*.faults.interval": "1 h",
    "teams.*.faults.per_node_day": 0.01,
    "teams.*.faults.restart": "11 min",
    "teams.*.gate_risk": 0.02,
    "teams.*.main_run_share": 0.7,
    "teams.*.mfu": {"B200": 0.25},
}
"""Examples of keys that no bundled scenario uses and whose default would tell nothing."""

_BENCHMARK_ONLY = ("per_eci", "target")


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
    return dict(parts_of(read(bundled_folder() / f"{name}.yaml").data))


def _concrete(key: ScenarioKey) -> str:
    """A path of the main scenario for the key."""
    benchmark = key.path[-1] in _BENCHMARK_ONLY
    stage = "stage-2" if "facts" in key.path else "stage-1" if "entry" in key.path else "stage-3"
    ids = {
        "hardware": "H200",
        "suppliers": "skt-lease",
        "teams": "lg",
        "stages": stage,
        "facts": "users",
        "points": "benchmark" if benchmark else "experts",
        "items": "nia" if benchmark else "technique",
    }
    above = ("", *key.path)
    return ".".join(
        ids[before] if step == ANY else step for before, step in zip(above, key.path, strict=False)
    )


WORD_EXAMPLES = {
    "extends": "extends: k-ai",
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
