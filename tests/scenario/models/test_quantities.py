"""Every number of the language has bounds on both sides, and what is played within them stays finite."""

import math
from typing import Any

import numpy as np
import pytest

from sim.engines import batch
from sim.model.draws import Draws
from sim.scenario import ScenarioError, from_data
from sim.scenario.language.catalogue import keys
from sim.scenario.problems import ANY
from sim.stats.tally import tally

IDS = {
    "hardware": "B200", "suppliers": "lease", "slow": "autumn", "teams": "red", "stages": "first",
    "known": "run", "points": "exam", "items": "maths", "mfu": "B200", "own": "B200", "pool": "B200",
    "facts": "fact", "at_least": "red", "at_most": "red", "more": "extra", "places": "north",
    "awards": "gold", "supply": "state", "tranches": "batch",
    "model": "red", "modalities": "vision", "rewards": "vision", "breakthroughs": "hub",
}  # fmt: skip
"""By the key above it, the id that stands for * in a path."""

EXACT = {
    "stages.*.own": "stages.first.own.red.B200",
    "afterwards.go_on.gpus": "afterwards.go_on.gpus.red.B200",
    "stages.*.grants.gpus": "stages.first.grants.gpus.red.B200",
    "known.*.gpus": "known.run.gpus.B200",
    "stages.*.grants.shares": "stages.first.grants.shares.red",
    "stages.*.points.*.spread": "stages.first.points.jury.spread",
    "stages.*.points.*.follows_strength": "stages.first.points.jury.follows_strength",
    "stages.*.points.*.lasting": "stages.first.points.jury.lasting",
    "stages.*.points.*.items.*.spread": "stages.first.points.jury.items.depth.spread",
    "stages.*.facts.*.points": "stages.first.facts.fact.points.red",
    "stages.*.reported.out_of": "stages.first.reported.out_of.exam",
    "stages.*.reported.points": "stages.first.reported.points.red.exam",
    "stages.*.reported.items": "stages.first.reported.items.exam.maths.red",
    "stages.*.reported.totals": "stages.first.reported.totals.red",
    "stages.*.grants.more.*.gpus": "stages.first.grants.more.extra.gpus.red.B200",
    "supply.*.tranches.*.gpus": "supply.state.tranches.batch.gpus.B200",
    "stages.*.grants.supply.gpus": "stages.first.grants.supply.gpus.red.B200",
    "stages.*.grants.supply.shares": "stages.second.grants.supply.shares.red",
    "stages.*.grants.supply.shares.by_rank": "stages.second.grants.supply.shares.by_rank",
    "stages.*.cut.at_most": "stages.first.cut.at_most.north",
    "stages.*.points_carried": "stages.second.points_carried",
    "stages.*.pays.by_rank": "stages.first.pays.by_rank",
    "stages.*.pays.start": "stages.first.pays.start",
    "stages.*.pays.stay": "stages.first.pays.stay",
    "stages.*.cut.asks": "stages.first.cut.asks",
    "data.access_delay": "data.access_delay",
    "data.own": "data.own",
    "stages.*.entry.applies": "stages.first.entry.applies",
    "stages.*.points.*.per_strength": "stages.first.points.votes.per_strength",
    "stages.*.points.*.items.*.per_strength": "stages.first.points.votes.items.web.per_strength",
}
"""Paths of numbers in tables of tables, and of those that only a judged block has."""

DATA = {
    "format": 1,
    "name": "Everything",
    "as_of": "2026-01-01",
    "hardware": {"B200": {"peak": 2250.0, "mfu": 0.23, "price": 9500.0}},
    "suppliers": {"lease": {"slow": {"autumn": {"starts": "2026-02-01", "days": 20, "speed": 0.5}}}},
    "teams": {
        "red": {"name": "Red", "own": {"B200": 64}, "base": "open"},
        "blue": {"name": "B", "base": "continued"},
        "late": {"name": "L"},
    },
    "groups": {"north": ["red", "late"]},
    "stages": {
        "first": {
            "train": "2026-01-01 to 2026-06-30",
            "result": "2026-07-15",
            "grants": {"pool": {"B200": 1024}, "shares": {"default": 0.3}, "supplier": "lease"},
            "points": {
                "exam": {"max": 60, "mean": 35, "per_eci": 0.8, "items": {"maths": 20, "code": 40}},
                "jury": {"max": 40, "mean": 28, "spread": 2.5, "items": {"depth": 30, "width": 10}},
            },
            "model": {
                "red": {
                    "parameters": 1e11,
                    "modalities": {"vision": 0.1},
                    "special": {"of": "exam", "gain": 1.0},
                },
                "default": {"parameters": 1e11},
            },
            "gate": {"risk": 0.1, "mode": "apart"},
            "cut": {"keep": 1},
            "entry": {"day": "2026-07-15", "candidates": ["late"], "panel": {"minimum": 50}},
            "reported": {
                "out_of": {"exam": {"maths": 20, "code": 40}, "jury": 40},
                "points": {"red": {"exam": {"maths": 12, "code": 30}, "jury": 30}},
            },
        },
        "second": {
            "train": "2026-07-16 to 2026-12-31",
            "result": "2027-01-15",
            "grants": {
                "pool": {"B200": 512}, "shares": "equal", "supply": {"of": "state", "shares": "equal"}
            },
            "points": {"exam": {"max": 60, "mean": 35, "per_eci": 0.8}},
            "cut": {"keep": 1},
        },
    },
    "supply": {
        "state": {"part": 0.1, "tranches": {"batch": {"gpus": {"B200": 99}, "day": "2026-08-01"}}}
    },
    "afterwards": {
        "until": "2027-12-31",
        "share_of_frontier": 0.6,
        "go_on": {"gpus": {"red": {"B200": 64}}},
        "institutes": {
            "count": 23,
            "needs": 0.5,
            "hub": {"opens": "2026-10-01", "pace": 2},
            "domain_models": {"share": 0.5, "days": 100},
            "on_foreign": {"share": 0.3},
        },
        "companies": {"count": 1000},
    },
    "known": {"run": {"gpus": {"B200": 512}, "days": 100, "compute": 1e24, "compare": "compute"}},
    "breakthroughs": {"hub": {"day": {"earliest": "2026-01-01"}, "teams": ["red"], "level": 1.0}},
    "openness": {
        "continued": {"compute": 2.0, "closes": {"earliest": "2026-04-01"}},
        "open": {"closes": {"earliest": "2026-03-01"}},
    },
}  # fmt: skip

CONTEST = {
    "format": 1,
    "name": "Everything without hardware",
    "as_of": "2026-01-01",
    "strength": {"spread": 5, "luck": 4},
    "teams": {"red": {}, "blue": {}},
    "stages": {
        "first": {
            "result": "2026-07-15",
            "points": {"votes": {"max": 60, "mean": 35, "items": {"web": 20, "hall": 40}}},
            "cut": {"keep": 1},
        },
    },
}  # fmt: skip

NUMERIC = [
    key for key in keys() if key.dotted != "format" and {"a number", "a whole number"} & set(key.kinds)
]
TABLES = [key for key in keys() if key.allowed is not None and key not in NUMERIC]


def path_of(key):
    """The path of one number of a key in the scenario above."""
    if key.dotted in EXACT:
        return EXACT[key.dotted]
    above = ("", *key.path)
    path = [IDS[before] if step == ANY else step for before, step in zip(above, key.path, strict=False)]
    if "a table by id" in key.kinds:
        path.append(IDS[path[-1]])
    return ".".join(path)


def data_of(key):
    """The scenario in which a key can stand."""
    return CONTEST if key.path[0] == "strength" or key.path[-1] == "per_strength" else DATA


BESIDE: dict[str, dict[str, Any]] = {
    "raters.n": {"": {"n": 5, "sd": 1.0}},
    "raters.sd": {".n": 5},
    "raters.trim": {".n": 200, ".sd": 1.0},
    "known.*.cost": {"known.run.compare": "cost"},
    "panel.mean": {"stages.first.entry.panel.minimum": None},
    "cut.budget": {"stages.first.cut": {"budget": 10.0, "asks": 5.0}},
    "cut.asks": {"stages.first.cut": {"budget": 10.0, "asks": 5.0}},
    "cut.places": {"stages.first.cut.keep": None},
    "data.reference": {"data": {"joint": 5.0, "per_tenfold": 1.0}},
    "data.per_tenfold": {"data": {"joint": 5.0, "reference": 1.0}},
    "talent.reference": {"talent": {"per_tenfold": 1.0}},
    "effort.field": {"effort": {"rivals": 0.1}},
    "more.*.gpus": {"stages.first.grants.more.extra": {"day": "2026-03-01", "gpus": {"red": {"B200": 8}}}},
    "grants.gpus": {"stages.first.grants": {}},
    "supply.gpus": {"stages.first.grants.supply": {"of": "state"}},
    "tranches.*.parts": {"supply.state.tranches.batch.last": "2026-11-01"},
    "bad_nodes.replaced": {".shape": 0.13},
    "storage.chance": {".days": 5, ".speed": 0.1},
    "storage.days": {".chance": 0.5, ".speed": 0.1},
    "storage.speed": {".chance": 0.5, ".days": 5},
    "model.*.active": {".parameters": 1e16},
    "model.*.granularity": {".leverage": "by-experts", ".active": 1e10},
    "points.*.efficiency.per_halving": {"": {"reference": 1e9}, "stages.first.points.exam.per_eci": None},
    "points.*.efficiency.reference": {"": {"per_halving": 1}, "stages.first.points.exam.per_eci": None},
    "items.*.efficiency.per_halving": {"": {"reference": 1e9}},
    "items.*.efficiency.reference": {"": {"per_halving": 1}},
}
"""By the end of a key, what it needs beside it; a path that is empty or begins with a dot is its block's."""


def with_value(key, value):
    """The scenario with a value of a key, which may need something beside it."""
    path, changes = path_of(key), dict[str, Any]()
    for end, beside in BESIDE.items():
        if key.dotted.endswith(end):
            block = path.rpartition(".")[0]
            changes |= {f"{block}{at}" if at[:1] in ("", ".") else at: said for at, said in beside.items()}
    if "facts" in key.path:
        changes |= {"as_of": "2027-01-01", "stages.first.happened": {"blue": "out-by-points"}}
        changes["stages.first.facts"] = {"fact": {"of": "exam", "points": {"red": 30}}}
        value = [value, 1e6] if key.path[-1] == "within" else value
    if key.path[-1] == "shares":
        path, value = path.removesuffix(".red"), {"red": value}
    if key.path[-2:] == ("shares", "by_rank"):
        path = path.replace("first", "second").removesuffix(".by_rank")
        value = {"by_rank": [value]}
    if key.path[-2:] == ("pays", "by_rank"):
        value = [value]
    return from_data(data_of(key), {**changes, path: value})


def test_the_catalogue_says_of_every_number_between_what_it_must_lie():
    assert len(NUMERIC) > 60
    for key in [*NUMERIC, *TABLES]:
        assert key.allowed is not None, key.dotted
        assert math.isfinite(key.allowed.low), key.dotted
        assert math.isfinite(key.allowed.high), key.dotted
    written = {key.dotted for key in [*NUMERIC, *TABLES]}
    assert {
        "hardware.*.peak",
        "stages.*.grants.pool",
        "stages.*.reported.totals",
        "faults.interval",
    } <= written


@pytest.mark.parametrize("key", [*NUMERIC, *TABLES], ids=lambda key: key.dotted)
@pytest.mark.parametrize(
    "value", [1e300, -1e300, {"uniform": [-1e300, 1e300]}, {"normal": [0, 1e300]}], ids=str
)
def test_no_number_may_be_larger_than_its_bounds(key, value):
    with pytest.raises(ScenarioError) as refused:
        with_value(key, value)
    by_rank = key.path[-2:] == ("shares", "by_rank")
    here = path_of(key).replace("first", "second") if by_rank else path_of(key)
    assert any(problem.path.startswith(here) for problem in refused.value.problems), refused.value


UNBOUNDED = {
    "normal": [0, 1e39],
    "lognormal": {"median": 1e30, "sd_log": 3},
    "poisson": {"mean": 1e6},
    "truncated": {"normal": [0, 1e39], "low": 0},
    "weighted": {"1": 1, "1e39": 1},
    "constant": 1e39,
    "triangular": [0, 1, 1e39],
    "beta": {"a": 2, "b": 2, "low": 0, "high": 1e39},
}


@pytest.mark.parametrize("law", UNBOUNDED)
@pytest.mark.parametrize("path", ["teams.red.effect", "stages.first.points.exam.noise", "frontier.level"])
def test_nor_may_the_outermost_draw_of_a_law(path, law):
    if law == "poisson" and path == "stages.first.points.exam.noise":
        path = "capability.team_spread"  # a million points are allowed
    with pytest.raises(ScenarioError, match="at most"):
        from_data(DATA, {path: {law: UNBOUNDED[law]}})


@pytest.mark.parametrize(
    "law",
    [
        {"normal": [1e300, 1]}, {"normal": [0, 1e300]}, {"uniform": [0, 1e300]},
        {"triangular": [-1e300, 0, 1]}, {"lognormal": [1e300, 0.1]}, {"constant": 1e300},
        {"lognormal": {"p5": 1, "p95": 1e300}},
        {"beta": {"mean": 0, "sd": 1, "low": -1e300, "high": 1}}, {"weighted": {"1e300": 0, "1": 1}},
        {"weighted": {"1": 1e300, "2": 1e300}}, {"truncated": {"uniform": [-1e300, 1], "low": 0}},
        {"truncated": {"normal": [0, 1], "high": 1e300}}, {"weighted": {"1": 1e-320, "2": 1e-320}},
    ],
    ids=str,
)  # fmt: skip
def test_parameters_are_bounded_whatever_the_law_makes_of_them(law):
    with pytest.raises(ScenarioError):
        from_data(DATA, {"teams.red.effect": law})


ELSEWHERE = {
    "stages.*.cut.keep": "more teams than there can be",
    "stages.*.cut.drop": "so many are dropped that the known entry could not be",
    "stages.*.points.*.max": "items sum to less",
    "stages.*.points.*.items.*.max": "items sum to more",
    "stages.*.shift": "the programme would end after 2200",
    "stages.*.facts.*.points": "at most the maximum",
    "stages.*.facts.*.mean": "at most the maximum",
    "stages.*.facts.*.gap": "at most the maximum",
    "stages.*.facts.*.at_least": "at most the maximum",
    "stages.*.facts.*.at_most": "at most the maximum",
    "stages.*.facts.*.within": "the upper end is above the lower one",
    "stages.*.reported.out_of": "recounted and never played",
    "stages.*.reported.points": "at most the maximum",
    "stages.*.reported.items": "at most the maximum",
    "stages.*.reported.totals": "at most the maxima",
    "stages.*.entry.panel.minimum": "no candidate can reach it",
    "stages.*.model.*.modalities.*.compute": "nothing is left for the model itself",
}
"""Keys whose bounds are refused by another rule, or mean nothing in a run."""


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize(
    "key", [key for key in [*NUMERIC, *TABLES] if key.dotted not in ELSEWHERE], ids=lambda key: key.dotted
)
def test_what_lies_at_the_bounds_is_played_without_a_number_that_is_none(key, end):
    """Warnings of NumPy are errors here."""
    value = getattr(key.allowed, end)
    if key.allowed.above and end == "low":
        value = 1e-6
    scenario = with_value(key, int(value) if "a whole number" in key.kinds else value)
    outcomes = batch.play_batch(scenario, Draws(1), 0, 50)
    for stage in outcomes.stages:
        assert np.isfinite(stage.total[stage.rank > 0]).all()
    assert tally(scenario, outcomes).runs == 50


@pytest.mark.parametrize("slowest", [False, True])
def test_all_that_is_multiplied_may_be_at_its_bounds_at_once(slowest):
    """The most, or the least, of compute, strength, points and money that a file can say."""
    end = "low" if slowest else "high"
    together = [
        "hardware.*.peak", "hardware.*.price", "hardware.*.own_price", "teams.*.own", "teams.*.effect",
        "stages.*.points.*.mean", "stages.*.points.*.per_eci", "stages.*.points.*.noise",
        "stages.*.points.*.spread", "capability.per_tenfold_compute", "capability.progress_per_year",
        "capability.team_spread", "capability.stage_spread", "frontier.level", "faults.per_node_day",
        "faults.restart", "faults.checkpoint", "faults.interval",
        "stages.*.model.*.parameters", "stages.*.model.*.tokens", "stages.*.model.*.unique",
        "scaling.parameters", "scaling.tokens", "scaling.repeats",
    ]  # fmt: skip
    changes = {path_of(key): getattr(key.allowed, end) for key in keys() if key.dotted in together}
    assert len(changes) == len(together)
    changes["capability.reference_compute"] = 1e40 if slowest else 1.0
    changes["frontier.growth_per_year"] = 1e-3
    scenario = from_data(DATA, changes)
    outcomes = batch.play_batch(scenario, Draws(1), 0, 50)
    for stage in outcomes.stages:
        assert np.isfinite(stage.total[stage.rank > 0]).all()
        assert np.isfinite(stage.cost).all()
    counts = tally(scenario, outcomes)
    assert counts.runs == 50


@pytest.mark.parametrize(
    "value", [5e-324, 1e-300, -1e-160, {"uniform": [0, 1e-100]}, {"constant": 1e-31}], ids=str
)
def test_what_is_neither_0_nor_a_number_that_can_be_divided_by_is_refused(value):
    with pytest.raises(ScenarioError, match="expected 0, or a number that is not so near to it"):
        from_data(DATA, {"teams.red.effect": value})


def test_the_least_spread_that_is_allowed_can_be_divided_by():
    changes = {
        "capability.team_spread": 1e-30, "capability.stage_spread": 0.0,
        "capability.per_tenfold_compute": 1e4, "teams.red.effect": 1e4, "judging.follows_strength": 1.0,
    }  # fmt: skip
    outcomes = batch.play_batch(from_data(DATA, changes), Draws(1), 0, 50)
    assert all(np.isfinite(stage.total[stage.rank > 0]).all() for stage in outcomes.stages)


def test_a_frontier_that_gets_nothing_right_is_no_measure_of_accuracy():
    scenario = from_data(DATA, {"frontier.level": -1000.0})
    counts = tally(scenario, batch.play_batch(scenario, Draws(1), 0, 50))
    assert counts.measures["accuracy_against_frontier"].counts.sum() == 0
