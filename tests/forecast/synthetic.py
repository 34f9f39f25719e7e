"""Synthetic programmes drawn from the prior of a small k-ai, and what would be published of them.

How points come about is written down here once more, by the page of the model and not by the code of the
sampler; `test_calibration` compares it with the engine.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.stats import norm, triang

from sim.model.draws import Key, Purpose
from sim.scenario import from_data
from tests.helpers import GPUS, quiet_data, stage

TEAMS = ("a", "b", "c", "d")
GRANTED = {"a": 2 * GPUS, "b": GPUS, "c": GPUS, "d": GPUS / 2}
EFFECT = {"b": 1.0}

LAWS = {
    "capability.per_tenfold_compute": ("triangular", (3.0, 5.7, 8.9)),
    "capability.team_spread": ("triangular", (1.5, 2.5, 4.5)),
    "capability.stage_spread": ("triangular", (2.0, 4.0, 6.0)),
    "judging.follows_strength": ("uniform", (-0.4, 0.9)),
    "judging.lasting": ("uniform", (0.0, 1.0)),
    "shared:slope": ("triangular", (0.3, 0.5, 0.8)),
    "shared:of-experts": ("triangular", (1.0, 1.6, 2.4)),
    "shared:of-users": ("triangular", (2.0, 2.7, 3.5)),
}
"""The uncertain numbers by the names under which they are drawn, with the ranges of k-ai."""

CENTRAL_SD = float(np.hypot(triang.ppf(0.5, 1 / 3, 1.5, 3.0), triang.ppf(0.5, 0.5, 2.0, 4.0)))
"""Central standard deviation of strength: what judges follow is measured in it."""


class Part(NamedTuple):
    """An item, or a block without items, of a stage."""

    stage: str
    block: str
    item: str
    maximum: float
    mean: float
    share: float  # of the block's slope and spread
    noise: float
    judged: str = ""  # the uncertain number that is the spread of its block

    @property
    def path(self):
        """Of its mean."""
        base = f"stages.{self.stage}.points.{self.block}"
        return f"{base}.mean" if self.item == self.block else f"{base}.items.{self.item}.mean"


PARTS = (
    Part("s1", "benchmark", "nia", 15, 8.0, 0.05, 0.8),
    Part("s1", "benchmark", "common", 25, 14.0, 0.95, 0.9),
    Part("s1", "experts", "experts", 35, 21.0, 1.0, 1.0, "shared:of-experts"),
    Part("s1", "users", "users", 25, 13.0, 1.0, 1.1, "shared:of-users"),
    Part("s2", "benchmark", "aaii", 25, 11.0, 0.95, 0.9),
    Part("s2", "benchmark", "nia", 15, 8.5, 0.05, 0.6),
    Part("s2", "experts", "experts", 35, 21.0, 1.0, 1.0, "shared:of-experts"),
    Part("s2", "users", "people", 15, 8.5, 0.6, 0.9, "shared:of-users"),
    Part("s2", "users", "crowd", 10, 5.5, 0.4, 0.6, "shared:of-users"),
)
BLOCKS = {"s1": ("benchmark", "experts", "users"), "s2": ("benchmark", "experts", "users")}
MAXIMA = {"benchmark": 40.0, "experts": 35.0, "users": 25.0}


def _number(name, factor=1.0):
    kind, values = LAWS[name]
    law: dict[str, Any] = {kind: [factor * value for value in values]}
    share, _, shared = name.rpartition(":")
    return {**law, "shared": shared} if share else law


def _blocks(stage_id):
    found: dict[str, Any] = {}
    for block in BLOCKS[stage_id]:
        parts = [part for part in PARTS if (part.stage, part.block) == (stage_id, block)]
        kind, name = ("per_eci", "shared:slope") if block == "benchmark" else ("spread", f"shared:of-{block}")
        found[block] = {
            "max": MAXIMA[block],
            "mean": sum(part.mean for part in parts),
            kind: _number(name),
            "noise": 1.0,
        }
        if len(parts) == 1:
            found[block]["noise"] = parts[0].noise
            continue
        found[block]["items"] = {
            part.item: {
                "max": part.maximum,
                "mean": part.mean,
                kind: _number(name, part.share),
                "noise": part.noise,
            }
            for part in parts
        }
    if stage_id == "s1":
        found["users"]["rescale"] = "leader"
    return found


def scenario_of(facts, last):
    """The scenario: two stages with facts, of which the second took the last by points, and one ahead."""
    grants = {"gpus": {team: {"B200": gpus} for team, gpus in GRANTED.items()}}
    numbers = {name: _number(name) for name in LAWS if "." in name}
    science = {name.partition(".")[2]: law for name, law in numbers.items() if name.startswith("cap")}
    judging = {name.partition(".")[2]: law for name, law in numbers.items() if name.startswith("jud")}
    stages = [
        stage(1, _blocks("s1"), cut={"keep": 4}, grants=grants, happened={}, facts=facts["s1"]),
        stage(
            2,
            _blocks("s2"),
            cut={"keep": 3},
            grants=grants,
            happened={last: "out-by-points"},
            facts=facts["s2"],
        ),
        stage(3, _blocks("s2"), cut={"keep": 2}, grants=grants),
    ]
    teams = {team: {"effect": EFFECT.get(team, 0.0)} for team in TEAMS}
    return from_data(quiet_data(teams, stages, capability=science, judging=judging))


class Programme(NamedTuple):
    """A world drawn from the prior."""

    uniforms: dict[Key, float]  # of everything that was drawn
    numbers: dict[str, float]
    raw: np.ndarray  # points before clipping, (teams, parts)
    printed: np.ndarray  # and as printed

    def normal(self, key):
        """A standard normal number that was drawn."""
        return float(norm.ppf(self.uniforms[key]))

    def of(self, stage_id, what="total"):
        """Printed points of teams of a stage: of an item (`block/item`), a block, or in total, (teams,)."""
        block, _, item = what.partition("/")
        at = [
            part.stage == stage_id and (what == "total" or part.block == block) and item in ("", part.item)
            for part in PARTS
        ]
        return self.printed[:, at].sum(1)


def draw(rng):
    """Draw a programme from the prior."""
    uniforms: dict[Key, float] = {}

    def uniform(key):
        uniforms[key] = float(rng.uniform(1e-12, 1 - 1e-12))
        return uniforms[key]

    def normal(key):
        if key not in uniforms:
            uniform(key)
        return norm.ppf(uniforms[key])

    numbers = {name: float(_quantile(name, uniform(Key(Purpose.PARAMETER, item=name)))) for name in LAWS}
    rho, tau = numbers["judging.follows_strength"], numbers["judging.lasting"]
    raw = np.zeros((len(TEAMS), len(PARTS)))
    for t, team in enumerate(TEAMS):
        fixed = numbers["capability.per_tenfold_compute"] * np.log10(GRANTED[team] / GPUS) + EFFECT.get(
            team, 0.0
        )
        lasting = numbers["capability.team_spread"] * normal(Key(Purpose.TEAM, team=team))
        for i, part in enumerate(PARTS):
            luck = numbers["capability.stage_spread"] * normal(Key(Purpose.STAGE, part.stage, team))
            strength = fixed + lasting + luck
            points = part.mean + 0.15 * part.maximum * normal(Key(Purpose.PARAMETER, item=part.path))
            if part.judged:
                spread = part.share * numbers[part.judged]
                x = np.sqrt(tau) * normal(Key(Purpose.TASTE, team=team, item=part.block))
                x += np.sqrt(1 - tau) * normal(Key(Purpose.IMPRESSION, part.stage, team, part.block))
                points += spread * (rho * strength / CENTRAL_SD + np.sqrt(1 - rho**2) * x)
            else:
                points += part.share * numbers["shared:slope"] * strength
            noise = normal(Key(Purpose.NOISE, part.stage, team, f"{part.block}/{part.item}"))
            raw[t, i] = points + part.noise * noise
    printed = np.clip(raw, 0, [part.maximum for part in PARTS])
    users = PARTS.index(next(part for part in PARTS if part[:2] == ("s1", "users")))
    if printed[:, users].max() > 0:
        printed[:, users] *= 25 / printed[:, users].max()
    return Programme(uniforms, numbers, raw, printed)


def _quantile(name, u):
    kind, values = LAWS[name]
    if kind == "uniform":
        return values[0] + (values[1] - values[0]) * u
    low, likely, high = values
    return triang.ppf(u, (likely - low) / (high - low), low, high - low)


# --- what is published: always the same kinds of things, so that a fact is a cell of all that could be


def published(programme):
    """Facts by stage, and who was last in total at the second."""
    of = programme.of
    first, second = (np.argsort(-of(s)) for s in ("s1", "s2"))
    order = [[TEAMS[t] for t in first[:3]], TEAMS[first[3]]]
    facts = {
        "s1": {
            "nia": _top(of("s1", "benchmark/nia"), "benchmark/nia"),
            "common": _top(of("s1", "benchmark/common"), "benchmark/common"),
            "benchmark": _mean(of("s1", "benchmark"), "benchmark"),
            "experts": _top(of("s1", "experts"), "experts"),
            "experts-mean": _mean(of("s1", "experts"), "experts"),
            "users": {"of": "users", "first": TEAMS[int(of("s1", "users").argmax())]},
            "users-mean": _mean(of("s1", "users"), "users"),
            "total": {"of": "total", "first": TEAMS[first[0]], "order": order},
        },
        "s2": {
            "aaii": _top(of("s2", "benchmark/aaii"), "benchmark/aaii"),
            "aaii-mean": _mean(of("s2", "benchmark/aaii"), "benchmark/aaii"),
            "aaii-snapshot": _snapshot(of("s2", "benchmark/aaii"), "benchmark/aaii"),
            "nia": _top(of("s2", "benchmark/nia"), "benchmark/nia"),
            "nia-mean": _mean(of("s2", "benchmark/nia"), "benchmark/nia"),
            "benchmark": _gap(of("s2", "benchmark"), "benchmark"),
            "experts": _top(of("s2", "experts"), "experts"),
            "experts-mean": _mean(of("s2", "experts"), "experts"),
            "experts-gap": _gap(of("s2", "experts"), "experts"),
            "people": _top(of("s2", "users/people"), "users/people"),
            "crowd": _mean(of("s2", "users/crowd"), "users/crowd"),
            "users": _gap(of("s2", "users"), "users"),
            "totals": {
                "of": "total",
                "points": dict(zip(TEAMS, np.round(of("s2"), 1).tolist(), strict=True)),
            },
        },
    }
    return facts, TEAMS[second[-1]]


def _top(points, of):
    """Who is first with how many points, in one decimal; all who print alike."""
    printed = np.round(points, 1)
    top = float(printed.max())
    tied = [team for team, each in zip(TEAMS, printed, strict=True) if each == top]
    return {"of": of, "points": {tied[0]: top}, "first": tied}


def _mean(points, of):
    """A mean in two decimals, whatever the last of them is."""
    return {"of": of, "mean": float(np.round(points.mean(), 2)), "within": [-0.005, 0.005]}


def _gap(points, of):
    """Points from first to last, in one decimal."""
    return {"of": of, "gap": float(np.round(points.max() - points.min(), 1))}


def _snapshot(points, of):
    """Points that were read elsewhere, and are up to 0.10 below or 0.35 above what was given."""
    read = 0.45 * np.floor(points / 0.45) + 0.10
    return {"of": of, "points": dict(zip(TEAMS, read.tolist(), strict=True)), "within": [-0.10, 0.35]}
