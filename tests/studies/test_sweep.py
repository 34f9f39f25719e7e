"""A sweep: each point is the run that it says, all with the same luck."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import sim
from sim.scenario import Scenario, ScenarioError, from_data, load
from sim.scenario.evidence import fact_names
from sim.scenario.models.windows import common_window, common_windows
from sim.stats.design import Factor, make_points, parse_factor, refuse_repeated_paths
from sim.studies.factors import overrides
from sim.studies.request import SweepRequest
from sim.studies.sweep import SweepStudy

EQUAL = Path("equal-teams")
RUNS = 400


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("a.b=1:3:3", [1.0, 2.0, 3.0]),
        ("a.b=0.1:0.3:3", [0.1, 0.2, 0.3]),
        ("a.b=100:10000:3 log", [100.0, 1000.0, 10000.0]),
        ("a.b=3:1:2", [3.0, 1.0]),
        ("a.b=5:5:1", [5.0]),
        ("a.b=equal, by-score", ["equal", "by-score"]),
        ("a.b={uniform: [1, 2]}, ~, 7", [{"uniform": [1, 2]}, None, 7]),
        ("FILE=a.yaml,b.yaml", ["a.yaml", "b.yaml"]),
        ("a.b=2 weeks", ["2 weeks"]),
    ],
)
def test_a_factor_has_the_levels_that_are_written(text, levels):
    assert list(parse_factor(text).levels) == levels


@pytest.mark.parametrize(
    "text",
    ["a.b", "a.b=", "=1:2:3", "a.b=1:2:0", "a.b=0:2:3 log", "a.b=-1:2:3 log", "a.b=1:2:99999999", "a=[1"],
)
def test_what_is_no_factor_is_refused_in_one_line(text):
    with pytest.raises(ScenarioError) as refused:
        parse_factor(text)
    assert len(str(refused.value).splitlines()) == 1


def test_no_path_is_varied_twice():
    with pytest.raises(ScenarioError, match="the same path twice"):
        refuse_repeated_paths([parse_factor("a.b=1,2"), parse_factor("a.b=1:2:3")])


def test_a_grid_crosses_its_factors_in_order():
    assert make_points([parse_factor("a=1,2"), parse_factor("b=x,y,z")], "grid", 1) == [
        (1, "x"), (1, "y"), (1, "z"), (2, "x"), (2, "y"), (2, "z"),
    ]  # fmt: skip


def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_factor():
    found = make_points([parse_factor("a=0:1:20"), parse_factor("b=10:1000:20 log")], "lhs", 7)
    for column, low, high in (
        (np.array([p[0] for p in found]), 0, 1),
        (np.log10([p[1] for p in found]), 1, 3),
    ):
        slices = np.floor((column - low) / (high - low) * 20)
        assert sorted(slices) == list(range(20))
    assert found == make_points([parse_factor("a=0:1:20"), parse_factor("b=10:1000:20 log")], "lhs", 7)


def test_a_sobol_design_is_balanced_in_the_next_power_of_two():
    found = make_points([parse_factor("a=0:1:50"), parse_factor("b=x,y")], "sobol", 3)
    assert len(found) == 64
    assert sum(p[0] < 0.5 for p in found) == sum(p[1] == "x" for p in found) == 32


def test_too_many_points_are_refused_at_once():
    with pytest.raises(ValueError, match="at most 100,000"):
        make_points([parse_factor("a=0:1:1000"), parse_factor("b=0:1:1000")], "grid", 1)


@pytest.fixture(scope="module")
def swept():
    vary = "stages.stage-1.cut.keep=3,4", "stages.stage-2.grants.pool.B200=500:2000:2"
    return sim.sweep(EQUAL, vary, seed=5, replications=(100, 100 + RUNS))


@pytest.mark.parametrize("at", range(4))
def test_a_point_is_the_run_with_its_values_set(swept, at):
    point = swept.points[at]
    values = {factor.path: value for factor, value in zip(swept.study.factors, point.point, strict=True)}
    alone = sim.run(load(EQUAL, values), seed=5, replications=(100, 100 + RUNS))
    assert swept.summaries[at].tally.kept.tolist() == alone.tally.kept.tolist()
    rows = swept.odds()
    rows = rows[rows.point == point.number].reset_index(drop=True)
    pd.testing.assert_frame_equal(rows[list(alone.odds().columns)], alone.odds())
    assert (rows[swept.study.factors[0].path] == point.point[0]).all()


def test_a_table_has_every_point_with_its_gpu_hours_and_won(swept):
    rows = swept.odds()
    assert rows.groupby("point").size().nunique() == 1
    assert rows.point.nunique() == 4
    spent = rows.groupby("point")[["gpu_hours", "cost_eok"]].first()
    # Stages 1 and 3 have one pool, of 2,560 B200 over 113 and 184 days; stage 2 the one that is varied, 181.
    days = {500: 181, 2000: 181}
    for point, (_, pool) in enumerate(v.point for v in swept.points):
        hours = 24 * (2560 * (113 + 184) + pool * days[pool])
        assert spent.gpu_hours[point] == pytest.approx(hours, rel=1e-6)
        assert spent.cost_eok[point] == pytest.approx(hours * 9500 / 1e8, rel=1e-6)


def test_what_a_factor_does_not_touch_stays_the_same_run_by_run(swept):
    first, second = swept.summaries[0].tally, swept.summaries[1].tally
    assert first.kept[0].tolist() == second.kept[0].tolist()  # the pool of stage 2 cannot matter before


def test_equal_teams_leave_as_often_as_the_rules_say():
    found = sim.sweep(EQUAL, "stages.stage-1.cut.keep=1:4:4", 4000, seed=2)
    for summary, (keep,) in zip(found.summaries, (v.point for v in found.points), strict=True):
        kept = summary.tally.kept[0]
        assert kept.sum() == 4000 * keep
        p = keep / 5
        z = (kept - 4000 * p) / np.sqrt(4000 * p * (1 - p))
        assert np.all(np.abs(z) < norm.ppf(1 - 1e-4 / 40))


def test_workers_change_nothing():
    one, two = (sim.sweep(EQUAL, "stages.stage-1.cut.keep=2,3,4", RUNS, jobs=n).odds() for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_a_whole_file_is_a_factor_and_choices_are_crossed_with_it():
    found = sim.sweep(EQUAL, "FILE=k-ai,one-finalist", 100)
    assert [(v.point[0], v.option, v.default) for v in found.points] == [
        ("k-ai", "keep 2", True),
        ("k-ai", "keep 1", False),
        ("k-ai", "keep 3", False),
        ("k-ai", "not held", False),
        ("one-finalist", "held", True),
        ("one-finalist", "not held", False),
    ]


def test_a_point_that_is_no_scenario_says_which_it_is():
    with pytest.raises(ScenarioError, match=r"unknown key 'keeep'.*at stages\.stage-1\.cut\.keeep=3"):
        sim.sweep(EQUAL, "stages.stage-1.cut.keeep=3,4")


DECIDED_ON = {
    "stages.first.result": {"choice": ["2026-07-15", "2026-08-20"]},
    "stages.second.train": "2026-09-16 to 2026-12-31",
}


def test_a_point_at_which_another_value_of_a_choice_is_wrong_says_which_value_and_where():
    soon = "2026-08-01 to 2026-12-31"
    with pytest.raises(ScenarioError) as alone:
        load("minimal", DECIDED_ON | {"stages.second.train": soon})
    with pytest.raises(ScenarioError) as at_a_point:
        sim.sweep(load("minimal", DECIDED_ON), f"stages.second.train=2026-09-16 to 2026-12-31, {soon}", 10)
    (one,), (other,) = alone.value.problems, at_a_point.value.problems
    assert "value 2 of the choice at stages.first.result" in one.hint
    assert other.hint == f"{one.hint}; at stages.second.train={soon}"
    assert (other.path, other.found, other.expected) == (one.path, one.found, one.expected)


def test_options_of_a_point_are_those_of_its_scenario_each_validated_once(monkeypatch):
    read, validated = Scenario.read, []

    def count(_, data):
        validated.append(data)
        return read(data)

    monkeypatch.setattr(Scenario, "read", classmethod(count))

    scenario = load("minimal", {"stages.first.cut.keep": {"choice": [2, 1, 3]}})

    def points(number):
        vary = (f"stages.first.grants.pool.B200=500:900:{number}",)
        validated.clear()
        found = SweepStudy(SweepRequest(seed=1, scenario=scenario, vary=vary, ranges=((0, 10),))).points
        return found, len(validated)

    (_, few), (found, many) = points(2), points(5)
    assert many - few == 3 * 3
    for point in found:
        keep = int(point.option.removeprefix("keep "))
        changes = {"stages.first.grants.pool.B200": point.point[0], "stages.first.cut.keep": keep}
        assert point.scenario.digest() == load("minimal", changes).digest()


def test_a_block_that_parts_from_its_items_is_told_what_to_say():
    with pytest.raises(ScenarioError, match=r"max_rescaled instead of max scales the items, too; at stages"):
        sim.sweep("k-ai", "stages.stage-3.points.benchmark.max=20,60")


def test_the_length_of_a_window_moves_all_that_follows():
    scenario = load(EQUAL)
    changed = load(EQUAL, overrides(scenario, {"stages.stage-1.train.days": 143}))
    for before, after in zip(scenario.stages.values(), changed.stages.values(), strict=True):
        assert (after.decided - before.decided).days == 30
    assert common_window(changed.stages["stage-1"].train).days() == 143
    days = [common_window(each.stages["stage-2"].train).days() for each in (scenario, changed)]
    assert days[0] == days[1]
    in_halves = load(EQUAL, overrides(scenario, {"stages.stage-1.train.days": 142.5}))
    assert common_window(in_halves.stages["stage-1"].train).days() == 143
    assert overrides(scenario, {"stages.stage-1.cut.keep": 3}) == {"stages.stage-1.cut.keep": 3}


def test_a_window_that_is_longer_moves_further_grants_of_later_stages():
    further = {"later": {"day": "2026-04-01", "gpus": {"default": {"B200": 64}}}}
    scenario = load(EQUAL, {"stages.stage-2.grants.more": further})
    changed = load(
        EQUAL,
        {"stages.stage-2.grants.more": further} | overrides(scenario, {"stages.stage-1.train.days": 143}),
    )
    days = [(each.stages["stage-2"].grants.more or {})["later"].day for each in (scenario, changed)]
    assert (days[1] - days[0]).days == 30


def test_a_window_that_moves_keeps_its_extension():
    longer = {"first": "2026-01-01", "last": "2026-05-30", "extension": {"weighted": {0: 1, 31: 1}}}
    scenario = load(EQUAL, {"stages.stage-1.train.extension": 1, "stages.stage-2.train": longer})
    changed = from_data(scenario.resolved(), overrides(scenario, {"stages.stage-1.train.days": 120}))
    before, after = (
        [common_windows(one.train)[0] for one in each.stages.values()] for each in (scenario, changed)
    )
    assert [each.extension for each in after] == [each.extension for each in before]
    assert before[0].extension == 1
    moved = [(now.last - was.last).days for was, now in zip(before, after, strict=True)]
    assert moved == [120 - before[0].days()] * 3


def test_a_share_is_set_and_the_others_keep_their_proportions():
    table = {"one": 0.4, "two": 0.2, "default": 0.1}
    scenario = load(EQUAL, {"stages.stage-2.grants.shares": table})
    ((path, shares),) = overrides(scenario, {"stages.stage-2.grants.shares_rescaled.one": 0.6}).items()
    assert path == "stages.stage-2.grants.shares"
    assert shares == pytest.approx({"one": 0.6, "two": 0.12, "three": 0.06, "four": 0.06, "five": 0.06})
    assert sum(shares.values()) == pytest.approx(0.9)


@pytest.mark.parametrize("name", ["k-ai", "k-ai-2025-plan"])
def test_twice_the_points_of_every_block_change_nobodys_fate(name):
    scenario = load(name)
    stage = list(scenario.stages)[-1]
    changes = {}
    for block, written in scenario.stages[stage].points.items():
        changes[f"stages.{stage}.points.{block}.max_rescaled"] = 2 * written.max
    doubled = load(name, overrides(scenario, changes))
    before, after = (each.stages[stage].points for each in (scenario, doubled))
    for block in before:
        assert after[block].max == 2 * before[block].max
        items = [(after[block].items[i].max, before[block].items[i].max) for i in before[block].items]
        assert all(now == pytest.approx(2 * was) for now, was in items)
    fates = [sim.run(each, 2000).tally.kept.tolist() for each in (scenario, doubled)]
    assert fates[0] == fates[1]


def test_facts_of_the_old_maxima_are_forgotten_where_a_past_block_counts_otherwise():
    scenario = load("k-ai")
    changed = load("k-ai", overrides(scenario, {"stages.stage-2.points.experts.max_rescaled": 10}))
    gone = set(fact_names(scenario)) - set(fact_names(changed))
    assert gone == {"stage-2.experts", "stage-2.experts-lead", "stage-2.totals"}


@pytest.mark.parametrize(
    "values",
    [
        {"stages.stage-1.points.benchmark.max_rescaled": 0},
        {"stages.stage-1.points.bench.max_rescaled": 40},
        {"stages.stage-9.train.days": 100},
        {"stages.stage-1.train.days": 0},
        {"stages.stage-1.train.days": "long"},
        {"stages.stage-1.grants.shares_rescaled.one": 0.5},
        {"stages.stage-1.grants.shares_rescaled.eins": 0.5},
    ],
)
def test_a_factor_that_is_not_there_is_refused(values):
    with pytest.raises(ScenarioError):
        overrides(load(EQUAL), values)


def test_levels_are_taken_in_equal_parts():
    factor = Factor("a", ("x", "y", "z"))
    assert factor.at(np.array([0.0, 0.32, 0.34, 0.66, 0.67, 0.999])) == ["x", "x", "y", "y", "z", "z"]


def test_a_notebook_is_shown_the_first_and_last_rows_of_a_long_table():
    levels = ",".join(f"{1 + 0.1 * i:.1f}" for i in range(40))
    found = sim.sweep("minimal", f"stages.first.points.jury.spread={levels}", 5, jobs=1)
    rows = len(found.odds())
    assert rows > 1_000
    html = found._repr_html_()
    assert 30 < html.count("<tr") < 70
    assert f"{rows} rows" in html


def test_the_tables_of_a_sweep_are_nobody_elses_to_change():
    found = sim.sweep("minimal", "stages.first.cut.keep=1,2", 5, jobs=1)
    mine, before = found.odds(), found.odds().copy(deep=True)
    mine["p"] = 2.0
    mine.loc[0, "team"] = "nobody"
    assert not mine.equals(before)
    assert found.odds().equals(before)


@pytest.mark.parametrize("team", ["lg", "default"])
def test_today_is_marked_where_a_team_is_lent_what_all_are(team):
    path = f"stages.stage-3.grants.gpus.{team}.B200"
    found = sim.sweep("k-ai", f"{path}=500,2000", runs=20, jobs=1)
    assert found.study.now == {path: 1000}
    other = sim.sweep("minimal", "stages.first.grants.pool.B200=500,2000", runs=20, jobs=1)
    assert other.study.now == {"stages.first.grants.pool.B200": 1536}
