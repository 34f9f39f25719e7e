"""Uncertain numbers are keyed by where they stand: engines ask for what one walk over the model finds."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import sim
from sim.engines import batch, event
from sim.execute.case import Case
from sim.model.draws import Draws, SpySource
from sim.scenario import from_data
from sim.scenario.models.inputs import inputs
from sim.scenario.models.numbers import Uncertain, uncertain_numbers
from sim.scenario.models.shares import shares_of_defaults
from tests.generate import scenarios
from tests.helpers import quiet_data, stage

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5}}
LAW = {"uniform": [0.2, 0.4]}

DEFAULTS = ("mfu", "main_run_share", "risk", "delay")
"""Last steps of numbers that stand for many and are drawn by share alone."""


def asked(engine, scenario):
    spy = SpySource(Draws(1))
    engine(scenario, spy, 0, 2)
    return set(spy.asked)


def read(scenario):
    """What the walk says that a run is played with: names of numbers, and of shares of defaults."""
    found = {name for name, _ in shares_of_defaults(scenario)}
    for path, number in uncertain_numbers(scenario):
        if not is_default(path) and is_used(scenario, path):
            found.add(number.draw_name)
    return found


def is_default(path):
    first, *rest = path.split(".")
    if first in ("hardware", "training", "suppliers", "stages") and rest[-1] in DEFAULTS:
        return True
    if first == "afterwards":
        return path == "afterwards.go_on.share" or "default" in rest
    if first == "data" and (rest[0] == "access_delay" or rest in (["own"], ["own", "default"])):
        return True
    if first == "effort" and rest[0] in ("saved", "tests"):
        return True
    shared_out = (
        first == "stages" and rest[1] != "train" and "default" in rest[1:4]
    )  # a window is one for all
    if first in ("breakthroughs", "openness") and rest[-1] in ("adoption", "gate_risk", "delay", "leak"):
        return True
    return first == "faults" or shared_out


def is_used(scenario, path):
    """Whether a run can ask for a number: not where others stand in for it, nor for what cannot happen."""
    first, *rest = path.split(".")
    if first == "openness":
        # Institutes fall back by the day on which their model closes, whoever else begins from it.
        theirs = rest[1] == "closes" and scenario.foreign_to_institutes == rest[0]
        return theirs or bool(scenario.used_by(rest[0]))
    if first == "teams" and rest[-1] == "gate_risk":
        return any(each.gate is not None for each in scenario.stages.values())
    if first == "stages" and rest[1:3] == ["train", "default"]:
        return not scenario.teams.keys() <= scenario.stages[rest[0]].train.keys()
    if first == "stages" and rest[1] == "entry":
        # After the last stage there is nothing to enter, nor before one that is not held.
        return rest[0] != list(scenario.stages)[-1] and scenario.may_enter_after(rest[0])
    return is_used_in_points(scenario, *rest) if first == "stages" and rest[1] == "points" else True


def is_used_in_points(scenario, stage_id, _, block_id, *rest):
    said, name = scenario.stages[stage_id], rest[-1]
    block, items = said.points[block_id], said.points[block_id].items.values()
    if said.happened is not None and name in ("mean", "noise", "sd"):
        return False  # what is known is not drawn
    if rest[0] == "items":
        return name != ("per_eci" if block.judged else "spread")
    if name == "per_eci":  # an item with a target has no slope
        return not items or any(item.per_eci is None and item.target is None for item in items)
    if name == "sd":
        return not items or any(item.raters is None and item.noise is None for item in items)
    return (
        name in ("follows_strength", "lasting")
        or not items
        or any(getattr(item, name) is None for item in items)
    )


def assert_the_walk_is_what_is_drawn(scenario):
    for engine in (batch.play_batch, event.play_events):
        if engine is event.play_events or scenario.faults.mode != "each":
            assert asked(engine, scenario) == read(scenario)


@pytest.mark.parametrize("from_start", [False, True])
@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_engines_ask_for_what_the_walk_finds_in_the_files(path, from_start):
    scenario = sim.load(path)
    assert_the_walk_is_what_is_drawn(scenario.from_start() if from_start else scenario)


@given(scenarios())
def test_engines_ask_for_what_the_walk_finds(data):
    assert_the_walk_is_what_is_drawn(from_data(data))


@given(scenarios())
def test_a_number_stands_where_its_path_leads(data):
    scenario = from_data(data)
    resolved = scenario.resolved()
    for path, number in uncertain_numbers(scenario):
        part: Any = resolved
        for step in path.split("."):
            part = part[int(step)] if isinstance(part, list) else part[step]
        assert part == number.model_dump(mode="json", exclude_none=True)
        assert number.path == path
    assert {each.path for each in inputs(scenario) if isinstance(each.value, Uncertain)} == {
        path for path, _ in uncertain_numbers(scenario)
    }


def everything_uncertain():
    """Two teams that take every default there is, each default a distribution."""
    shares = {
        "pool": {"B200": 100},
        "shares": {"default": {"uniform": [0.1, 0.2]}},
        "delay": {"uniform": [0, 3]},
    }
    few = {"uniform": [0.1, 0.2]}
    by_type = {"pool": {"B200": 100}, "shares": {"default": {"B200": few}}}
    table = {"gpus": {"default": {"B200": {"uniform": [50, 60]}}}, "supplier": "lease"}
    data = quiet_data(
        {"a": {}, "b": {}},
        [
            stage(1, EXAM, grants=shares, gate={"risk": LAW}),
            stage(2, EXAM, grants=table, own={"default": {"B200": {"uniform": [5, 6]}}}),
            stage(3, EXAM, grants=by_type),
        ],
        training={"main_run_share": LAW},
        faults={
            "per_node_day": LAW,
            "gpus_per_node": {"uniform": [4, 8]},
            "restart": LAW,
            "checkpoint": LAW,
            "interval": {"uniform": [1, 2]},
            **dict.fromkeys(("detection", "regroup", "repair", "spares"), LAW),
            "bad_nodes": {"shape": LAW, "replaced": LAW},
            "storage": {"chance": LAW, "days": LAW, "speed": LAW},
        },
        suppliers={"lease": {"delay": {"uniform": [0, 5]}}},
    )
    data["hardware"]["B200"]["mfu"] = LAW
    go_on = {"share": LAW, "gpus": {"default": {"B200": {"uniform": [7, 8]}}}}
    data["afterwards"] = {"until": "2027-12-31", "share_of_frontier": 0.5, "go_on": go_on}
    return data


FAULTS = (
    *("per_node_day", "gpus_per_node", "restart", "checkpoint", "interval"),
    *("detection", "regroup", "repair", "spares", "bad_nodes.shape", "bad_nodes.replaced"),
    *("storage.chance", "storage.days", "storage.speed"),
)
"""Numbers of faults that a team may have of its own."""

BY_BLOCK = ("risk.{}", "delay.{}", "on.share.{}", *(key for key in FAULTS if "." in key))
"""Ends of paths of shares that nobody can write: of a block a team has all keys of its own, or none."""

SHARES = {  # path of the share of team (or stage) {} -> path of its default; as docs/model.md has them
    "teams.{}.mfu.B200": "hardware.B200.mfu",
    "teams.{}.main_run_share": "training.main_run_share",
    **{f"teams.{{}}.faults.{key}": f"faults.{key}" for key in FAULTS},
    "stages.s1.gate.risk.{}": "stages.s1.gate.risk",
    "stages.s1.grants.delay.{}": "stages.s1.grants.delay",
    "stages.s1.grants.shares.{}": "stages.s1.grants.shares.default",
    "stages.s3.grants.shares.{}.B200": "stages.s3.grants.shares.default.B200",
    "stages.s2.grants.gpus.{}.B200": "stages.s2.grants.gpus.default.B200",
    "stages.s2.own.{}.B200": "stages.s2.own.default.B200",
    "afterwards.go_on.share.{}": "afterwards.go_on.share",
    "afterwards.go_on.gpus.{}.B200": "afterwards.go_on.gpus.default.B200",
}


def test_every_share_of_a_default_has_the_key_that_the_documentation_gives():
    scenario = from_data(everything_uncertain())
    expected = {share.format(team): default for share, default in SHARES.items() for team in "ab"}
    expected |= {f"suppliers.lease.delay.{s}": "suppliers.lease.delay" for s in scenario.stages}
    assert dict(shares_of_defaults(scenario)) == expected
    assert asked(batch.play_batch, scenario) == set(expected)


@pytest.mark.parametrize("share", [path for path in SHARES if not path.endswith(BY_BLOCK)])
def test_a_share_is_keyed_where_the_own_number_would_stand(share):
    path = share.format("b")
    ends = [2, 3] if path.endswith("gpus_per_node") else [0.15, 0.2]
    scenario = from_data(everything_uncertain(), {path: {"uniform": ends}})
    assert path in dict(uncertain_numbers(scenario))
    assert path not in dict(shares_of_defaults(scenario))
    assert asked(batch.play_batch, scenario) == asked(batch.play_batch, from_data(everything_uncertain()))


def test_who_pins_a_default_pins_its_shares_and_no_number_of_a_teams_own():
    scenario = from_data(everything_uncertain(), {"teams.b.mfu.B200": {"uniform": [0.6, 0.8]}})
    pinned = Case(scenario, 1, "batch", pinned={"hardware.B200.mfu": 0.5}).source(Draws(1))
    of_a, of_b = (batch_mfu(scenario, pinned, t) for t in (0, 1))
    assert of_a == pytest.approx([0.3] * 20, rel=1e-12)
    assert of_b.tolist() == batch_mfu(scenario, Draws(1), 1).tolist()
    assert len(set(of_b.tolist())) == 20


def batch_mfu(scenario, source, team):
    from sim.engines.inputs import prepare

    found = prepare(scenario, source, 0, 20)
    share = prepare(from_data(scenario.resolved(), {"hardware.B200.mfu": 1, "teams": ones()}), source, 0, 20)
    return found.speed[:, 0, team] / share.speed[:, 0, team]


def ones():
    return {t: {"name": t, "mfu": {"B200": 1}} for t in "ab"}


def test_a_number_outside_of_a_scenario_has_no_key():
    with pytest.raises(ValueError, match="without a place"):
        assert Uncertain.model_validate({"uniform": [0, 1]}).draw_name


def test_one_number_object_cannot_stand_at_two_places():
    scenario = from_data(everything_uncertain())
    hardware = scenario.hardware["B200"]
    with pytest.raises(ValueError, match=r"one number at both hardware\.B200\.mfu and hardware\.copy\.mfu"):
        sim.Scenario.model_validate(
            {
                **{name: getattr(scenario, name) for name in type(scenario).model_fields},
                "hardware": {"B200": hardware, "copy": hardware},
            }
        )
