"""What a percentage point costs along a sweep of a budget: against the tables that the sweep saves."""

import json
from typing import Any

import pandas as pd
import pytest
from rich.cells import cell_len

import sim
from sim.findings.cost_path import find_cost_path
from sim.stats.differences import PairedDifference
from tests.cli.command import command, once
from tests.helpers import quiet, stage

POOL = "stages.first.grants.pool.B200"
OWN = "teams.blue.own.B200"
OF_POOL = ("sweep", "minimal", "--vary", f"{POOL}=500:3000:3", "--runs", 1000)
PRICED = ("--set", "hardware.B200.own_price=9500")
OF_OWN = ("sweep", "minimal", "--vary", f"{OWN}=0:2000:3", "--runs", 1000, *PRICED)


@pytest.mark.parametrize(
    ("given", "path", "money"), [(OF_POOL, POOL, "cost_eok"), (OF_OWN, OWN, "cost_with_own_eok")]
)
def test_it_is_what_a_hand_works_out_from_the_tables(given, path, money, tmp_path):
    assert command(*given, "--out", tmp_path).code == 0
    chances = pd.read_csv(tmp_path / "chances.csv")
    leaving = chances[chances.chance == "leaves_at_all"]
    p = leaving.pivot_table(index=path, columns="team", values="p")
    spent = leaving.groupby(path)[money].first()
    widest = (p - p.iloc[0]).abs().max().idxmax()
    steps = pd.read_csv(tmp_path / "cost_per_point.csv")
    assert steps[path].tolist() == p.index[1:].tolist()
    assert set(steps.team) == {widest}
    row: Any
    for row in steps.itertuples():
        # The runs are the same, so that the paired difference is that of the two chances.
        points = 100 * (p[widest][row[1]] - p[widest].iloc[0])
        assert 100 * row.estimate == pytest.approx(points, abs=1e-6)
        assert row.money_eok == pytest.approx(spent[row[1]] - spent.iloc[0], rel=1e-6)
        assert row.seen == (row.low > 0 or row.high < 0)
        assert row.seen
        assert row.per_point == pytest.approx(row.money_eok / abs(points), rel=1e-6)
        ends = sorted(row.money_eok / (100 * abs(end)) for end in (row.low, row.high))
        assert [row.per_point_low, row.per_point_high] == pytest.approx(ends, rel=1e-6)


def test_the_difference_is_paired_run_by_run():
    """Its interval is that of the runs in which the team leaves at one of the two points alone."""
    found = sim.sweep("minimal", f"{POOL}=500,3000", runs=500)
    row: Any
    (row,) = found.cost_per_point().itertuples()
    lives = [
        sim.run(sim.load("minimal", {POOL: pool}), runs=500).outcomes().query(f"team == '{row.team}'")
        for pool in (500, 3000)
    ]
    left = [each.groupby("replication").fate.last() != "kept" for each in lives]
    b, c = int((left[1] & ~left[0]).sum()), int((left[0] & ~left[1]).sum())
    assert found.cost_path is not None
    (step,) = found.cost_path.steps
    assert isinstance(step.change, PairedDifference)
    assert (step.change.b, step.change.c, step.change.n) == (b, c, 500)
    assert step.change.high - step.change.low < 0.5 * (2 * 1.96 * (2 * 0.25 / 500) ** 0.5)


def test_where_the_dice_hide_it_no_change_is_seen_and_no_price_is_told():
    given = ("sweep", "minimal", "--vary", f"{OWN}=256:257:2", "--runs", 300, *PRICED)
    told = once(*given).out
    assert "no change seen" in told
    (step,) = json.loads(once(*given, "--json").out)["cost_per_point"]["steps"]
    assert (step["seen"], step["per_point"], step["per_point_ends"]) == (False, None, None)
    # 1 GPU for the two windows, 181 and 169 days, in which blue is there.
    assert 0 < step["money"] <= (181 + 169) * 24 * 9500


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_text_and_json_say_the_same_within_80_columns(lang):
    told = once(*OF_OWN, "--lang", lang).out
    assert [line for line in told.splitlines() if cell_len(line) > 80] == []
    path = json.loads(once(*OF_OWN, "--json").out)["cost_per_point"]
    assert (path["team"], path["beside"], path["runs"]) == ("blue", 0, 1000)
    for step in path["steps"]:
        shown = f"{step['per_point'] / 1e8:,.0f}"
        # The last table that begins a row with this level is the one of costs.
        row = [line for line in told.splitlines() if line.split()[:1] == [f"{step['level']:,.0f}"]][-1]
        assert f"+{step['money'] / 1e8:,.0f}" in row.split()
        assert f"{100 * step['difference']:+.1f}" in row.split()
        assert shown in row.split()


def test_own_gpus_without_a_price_are_no_money():
    told = once("sweep", "minimal", "--vary", f"{OWN}=0,2000", "--runs", 300, "--json").out
    found = json.loads(told)
    assert found["cost_per_point"] is None
    assert {point["own_cost"] for point in found["points"]} == {None}


@pytest.mark.parametrize(
    "vary",
    [
        ("stages.first.cut.keep=1,2",),
        ("hardware.B200.price=9500,19000",),  # dearer GPUs move nobody
        (f"{POOL}=500,1000", "stages.first.cut.keep=1,2"),
        ("FILE=minimal,equal-teams",),
        (f"{POOL}=500",),
    ],
)
def test_it_is_silent_unless_one_budget_varies(vary):
    found = sim.sweep("minimal", vary, runs=20)
    assert found.cost_path is None
    assert found.cost_per_point().empty
    assert "cost_per_point.csv" not in found.tables()


def test_a_long_sweep_is_told_at_fifteen_points_and_a_thousand_runs():
    scenario = quiet({"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 1})], hardware=HARDWARE)
    found = sim.sweep(scenario, "stages.s1.grants.gpus.default.B200=50:500:40", runs=1_200)
    path = found.cost_path
    assert path is not None
    assert (len(path.steps), path.runs) == (14, 1_000)
    assert (path.first, path.steps[-1].level) == (50, 500)
    # Both teams have the same GPUs: a lot decides, and no money moves it.
    assert not any(step.is_seen for step in path.steps)


EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 0.0}}
HARDWARE = {"B200": {"peak": 1000.0, "mfu": 0.5, "price": 7.0}}


def test_python_has_it_in_the_currency_of_the_scenario():
    scenario = sim.load("minimal", {"currency": "USD", "hardware.B200.price": "4 USD"})
    found = sim.sweep(scenario, f"{POOL}=500,3000", runs=300).cost_per_point()
    assert "money_million" in found.columns


def test_a_change_is_seen_where_it_is_beyond_the_dice_of_all_teams_and_points_at_once():
    """25 runs lost and 10 won are 2.5 standard errors: much for one team, little for the best of six."""
    change = PairedDifference(b=10, c=25, n=1000, first=500, second=485)
    none = PairedDifference(b=20, c=20, n=1000, first=500, second=500)
    (alone,) = find_cost_path([1, 2], [0.0, 5.0], [{"a": change}], 1000).steps
    assert alone.is_seen
    assert alone.per_point == pytest.approx(5.0 / 1.5)
    three = {"a": change, "b": none, "c": none}
    first, second = find_cost_path([1, 2, 3], [0.0, 5.0, 9.0], [three, three], 1000).steps
    assert not first.is_seen
    assert second.per_point is None
