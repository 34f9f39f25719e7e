"""A replication is a function of scenario, seed and index alone (C1), and luck is keyed by purpose (C2)."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from sim.engines import batch, event
from sim.engines.outcomes import concatenate
from sim.model.draws import Draws
from sim.scenario import from_data, load
from tests.engines.identical import arrays, assert_identical, digest
from tests.generate import scenarios

ROOT = Path(__file__).resolve().parents[2]
PLAN = ROOT / "scenarios" / "k-ai-2025-plan.yaml"
SIZE = 40
LATE = {"uniform": {"low": 0, "high": 30}}
NEWCOMER = {"name": "A sixth team", "own": {"B200": LATE}}

ENGINES = (event.play_events, batch.play_batch)
both = pytest.mark.parametrize("engine", ENGINES, ids=["event", "batch"])


def play(engine, data, start=0, stop=SIZE, seed=1):
    return engine(from_data(data), Draws(seed), start, stop)


def plan(**capability):
    """The announced plan as plain data, with late grants and a carry."""
    data = load(PLAN, {"capability.carry": 0.3}).resolved()
    data["capability"].update(capability)
    for stage in data["stages"].values():
        stage["grants"]["delay"] = LATE
    return data


def apart():
    """The plan without anything by which one team touches another."""
    data = plan()
    for stage in data["stages"].values():
        stage["cut"] = {}
        stage["grants"] = {"gpus": {"default": {"B200": 512}, "skt": "none"}, "delay": LATE}
        for block in stage["points"].values():
            block["rescale"] = "maximum"
    return data


def with_team(data, team, first=False):
    """The scenario with one team more, at the end or at the beginning."""
    teams = {"sixth": team} | data["teams"] if first else data["teams"] | {"sixth": team}
    return data | {"teams": teams}


@both
def test_ranges_put_together_are_the_longer_run(engine):
    parts = [play(engine, plan(), start, stop) for start, stop in ((0, 37), (37, 64), (64, 100))]
    assert_identical(arrays(concatenate(parts)), arrays(play(engine, plan(), 0, 100)))


@settings(max_examples=40)
@given(scenarios())
def test_ranges_and_single_replications_put_together_are_the_longer_run_in_any_scenario(data):
    scenario, source = from_data(data), Draws(1)
    for engine in ENGINES:
        whole = arrays(engine(scenario, source, 2, 16))
        for cuts in ((2, 3, 9, 16), (2, 5, *range(6, 13), 16)):
            parts = [engine(scenario, source, start, stop) for start, stop in pairwise(cuts)]
            assert_identical(arrays(concatenate(parts)), whole)


@both
def test_a_replication_a_million_on_is_that_of_a_block(engine):
    block = play(engine, plan(), 999_998, 1_000_006)
    alone = play(engine, plan(), 1_000_003, 1_000_004)
    rows = {name: array[5:6] for name, array in arrays(block).items()}
    assert_identical(rows, arrays(alone))


@both
@pytest.mark.parametrize("first", [False, True], ids=["last", "first"])
def test_a_team_that_touches_nobody_leaves_all_the_others_as_they_were(engine, first):
    before, after = play(engine, apart()), play(engine, with_team(apart(), NEWCOMER, first))
    others = slice(1, None) if first else slice(0, 5)
    same = {"without": ("rank",)}  # it may stand between them
    assert_identical(arrays(after, teams=others, **same), arrays(before, teams=slice(None), **same))
    for stage, old in zip(after.stages, before.stages, strict=True):
        order = np.argsort(np.argsort(stage.rank[:, others], axis=1), axis=1)
        np.testing.assert_array_equal(order, np.argsort(np.argsort(old.rank, axis=1), axis=1))


@both
def test_a_team_without_compute_leaves_even_the_ranks_of_the_others(engine):
    idle = {"name": "Idle", "main_run_share": 0}
    before, after = play(engine, apart()), play(engine, with_team(apart(), idle))
    gated = [stage.fate[:, 5] == 3 for stage in after.stages]
    assert any(out.any() for out in gated)  # and it is as unlucky at the gate as any
    assert_identical(arrays(after, teams=slice(0, 5)), arrays(before, teams=slice(None)))


@both
def test_the_order_of_teams_in_the_file_is_of_no_account(engine):
    data = plan()
    turned = data | {"teams": dict(reversed(data["teams"].items()))}
    backwards = arrays(play(engine, turned), teams=slice(None, None, -1))
    assert_identical(backwards, arrays(play(engine, data), teams=slice(None)))


@both
def test_hardware_that_nobody_has_changes_nothing(engine):
    data = plan()
    more = data | {"hardware": {"TPU": {"peak": 900, "mfu": 0.4}} | data["hardware"]}
    assert_identical(arrays(play(engine, more)), arrays(play(engine, data)))


@both
def test_a_change_of_stage_3_leaves_stages_1_and_2_as_they_were(engine):
    before, data = play(engine, plan()), plan()
    changed = data["stages"]["stage-3"]
    changed |= {"train": "2026-08-01 to 2026-10-31", "cut": {"drop": 1}, "ties": ["race"], "round_to": 1}
    changed["grants"] = {"pool": {"H100": 512}, "shares": "equal", "delay": 10}
    changed["points"] = {"race": {"max": 10, "mean": 5, "per_eci": 1}}
    changed["gate"] = {"mode": "apart", "risk": 0.5}
    after = play(engine, data)
    assert_identical(arrays(after, stages=2), arrays(before, stages=2))
    assert (after.stages[2].total[before.stages[2].total > 0] <= 10).all()


@both
def test_a_stage_more_leaves_those_before_it_as_they_were(engine):
    short = plan()
    del short["stages"]["stage-3"]
    assert_identical(arrays(play(engine, plan()), stages=2), arrays(play(engine, short), stages=2))


@both
def test_an_item_more_in_one_block_leaves_the_points_of_the_others(engine):
    data = plan()
    data["stages"]["stage-1"]["points"]["benchmark"]["items"] = {
        "nia": {"max": 10},
        "new": {"max": 7},
        "common": {"max": 13},
        "individual": {"max": 10},
    }
    before, after = play(engine, plan()).stages[0].points, play(engine, data).stages[0].points
    assert after[:, 1:].tobytes() == before[:, 1:].tobytes()
    assert (after[:, 0] != before[:, 0]).all()


@both
def test_a_block_more_leaves_the_points_of_the_others(engine):
    data = plan()
    stage = data["stages"]["stage-1"]
    stage["points"] = {"new": {"max": 20, "mean": 10, "spread": 2}} | stage["points"]
    before, after = play(engine, plan()).stages[0].points, play(engine, data).stages[0].points
    assert after[:, 1:].tobytes() == before.tobytes()


@both
def test_a_number_that_becomes_certain_leaves_the_luck_of_all_others(engine):
    before, after = play(engine, plan()), play(engine, plan(per_tenfold_compute=5.7))
    assert before.stages[0].compute.tobytes() == after.stages[0].compute.tobytes()
    assert (before.stages[0].capability != after.stages[0].capability).all()


@both
def test_display_names_change_nothing(engine):
    data = plan()
    for n, block in enumerate((data, *data["teams"].values(), *data["stages"].values())):
        block["name"] = {"en": f"Name {n}", "ko": f"이름 {n}"}
    assert_identical(arrays(play(engine, data)), arrays(play(engine, plan())))


@both
def test_an_id_is_luck(engine):
    data = apart()
    data["teams"] = {"lg2" if team == "lg" else team: block for team, block in data["teams"].items()}
    before, after = (play(engine, each).stages[0].capability for each in (apart(), data))
    assert (after[:, 0] != before[:, 0]).all()
    assert after[:, 1:].tobytes() == before[:, 1:].tobytes()


@both
def test_the_hash_seed_of_python_changes_nothing(engine):
    code = (
        f"from {engine.__module__} import {engine.__name__} as engine\n"
        "from tests.engines.test_keyed import digest, plan, play\n"
        "print(digest(play(engine, plan())))"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert digests == {digest(play(engine, plan()))}


@both
def test_another_seed_and_other_replications_are_other_luck(engine):
    one = play(engine, apart(), 0, 5).stages[0].capability
    assert (one != play(engine, apart(), 0, 5, seed=2).stages[0].capability).all()
    assert (one != play(engine, apart(), 5, 10).stages[0].capability).all()
