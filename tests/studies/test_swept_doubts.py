"""Doubts in a sweep of one key: against runs with the value set, and against the ranges of `sim run`."""

import math
from typing import Any

import pandas as pd
import pytest
from rich.cells import cell_len

import sim
from sim.execute.runner import Runner
from sim.render.json import sweep_as_json
from sim.render.text.layout import print_text
from sim.render.text.sweep import render_sweep
from sim.scenario.options import doubt_options
from sim.stats.design import parse_factor
from sim.studies.report import report_folder
from sim.studies.saved import plot_folder
from sim.studies.swept_doubts import doubts_of_sweep, swap_blocks

POOL, KEEP = "stages.first.grants.pool.B200", "stages.first.cut.keep"
DOUBTS: dict[str, Any] = {"judging.follows_strength": [-0.4, 0.9], "teams.red.effect": [-2.0, 2.0]}
OWN_POOL = 1500
VARY = f"{POOL}=500,{OWN_POOL},3000"
RUNS = 400


def doubted(**more):
    """The smallest bundled scenario, with doubts."""
    return sim.load("minimal", {POOL: OWN_POOL, **more, "doubts": DOUBTS})


def leaving(scenario, runs=RUNS):
    """Each team's chance of leaving by a run of its own."""
    rows = sim.run(scenario, runs=runs).odds().query("chance == 'leaves_at_all'")
    return dict(zip(rows.team, rows.p, strict=True))


@pytest.fixture(scope="module")
def found():
    return sim.sweep(doubted(), VARY, runs=RUNS, jobs=1)


def test_a_range_is_the_least_and_greatest_of_runs_with_each_value_set(found):
    """Of up to 2,000 runs a doubt is played in all, so that the ends are chances of runs of their own."""
    for point in found.findings().points:
        (pool,) = point.levels
        ways: list[dict[str, Any]] = [{}, *({path: v} for path, values in DOUBTS.items() for v in values)]
        chances = [leaving(sim.load("minimal", {POOL: pool, **way})) for way in ways]
        assert point.ranges.keys() == chances[0].keys()
        for team, ends in point.ranges.items():
            of_team = [each[team] for each in chances]
            assert ends == pytest.approx((min(of_team), max(of_team)), abs=1e-12)
            assert ends[0] < ends[1]


@pytest.mark.parametrize("runs", [RUNS, 2500], ids=["all", "the first 2,000"])
def test_at_the_value_of_the_file_it_is_the_range_of_a_run(runs):
    scenario = doubted()
    swept = sim.sweep(scenario, VARY, runs=runs, jobs=1)
    (default,) = sim.run(scenario, runs=runs, jobs=1).alternatives
    (i,) = (i for i, point in enumerate(swept.points) if point.point == (OWN_POOL,))
    assert swept.doubted[i] == default.ranges
    assert len(default.ranges) > 20


@pytest.mark.parametrize(("values", "told"), [(16, [*range(1, 17)]), (17, [1, 3, 5, 7, 9, 11, 13, 15, 17])])
def test_of_many_values_doubts_are_played_at_some_that_lie_evenly(values, told, tmp_path):
    """Each as where it alone is swept; a figure's band goes from one to the next."""
    found = sim.sweep(doubted(), f"{POOL}=400:2000:{values}", runs=60, jobs=1)
    points = [point.ranges for point in found.findings().points]
    assert [number for number, ranges in enumerate(points, 1) if ranges] == told
    alone = sim.sweep(doubted(), f"{POOL}=400,2000", runs=60, jobs=1).findings().points
    assert [points[0], points[-1]] == [each.ranges for each in alone]
    figure: Any = found.plot()
    (band,) = [one for axes in figure.axes for one in axes.collections if one.get_label() == "range"]
    assert len({round(x, 9) for x, _ in band.get_paths()[0].vertices}) == len(told)


def test_given_facts_and_options_it_is_the_range_of_a_run_too():
    path = "stages.stage-3.grants.gpus.lg.B200"
    swept = sim.sweep("k-ai", f"{path}=500,1000", runs=300, jobs=1)
    default, *_ = sim.run(sim.load("k-ai", {path: 1000}), runs=300, jobs=1).alternatives
    of_point = {point.point: i for i, point in enumerate(swept.points) if point.default}
    assert swept.doubted[of_point[1000,]] == default.ranges
    assert swept.doubted.keys() == set(of_point.values())  # and of no other option


def test_without_doubts_nothing_else_is_told_and_with_them_nothing_is_told_otherwise(found):
    bare = sim.sweep(sim.load("minimal", {POOL: OWN_POOL}), VARY, runs=RUNS, jobs=1)
    tables, plain = found.tables(), bare.tables()
    assert tables.keys() == plain.keys()
    pd.testing.assert_frame_equal(
        tables["chances.parquet"].drop(columns=["range_low", "range_high"]), plain["chances.parquet"]
    )
    pd.testing.assert_frame_equal(found.odds(), bare.odds())
    assert bare.findings().doubts is None
    told = sweep_as_json(bare.findings())
    assert "doubts" not in told
    assert "ranges" not in told["points"][0]


def test_a_doubt_that_changes_nothing_has_a_range_without_width():
    scenario = sim.load("minimal", {"doubts": {"teams.red.effect": [0.0]}})
    assert scenario.teams["red"].effect == 0
    swept = sim.sweep(scenario, VARY, runs=RUNS, jobs=1)
    for point in swept.findings().points:
        assert point.ranges == {team: (each.p, each.p) for team, each in point.leaves.items()}


@pytest.mark.parametrize(
    ("vary", "left"),
    [
        ("judging.follows_strength=0,0.5", ["teams.red.effect"]),
        ("judging={follows_strength: 0.1},{follows_strength: 0.2}", ["teams.red.effect"]),
        (f"{POOL}=500,3000", list(DOUBTS)),
        ((f"{POOL}=500,3000", f"{KEEP}=1,2"), []),
        ("FILE=minimal,one-finalist", []),
    ],
    ids=["itself", "its block", "another", "two", "files"],
)
def test_a_doubt_about_what_varies_is_not_played_nor_any_where_more_does(vary, left):
    given = "minimal" if "FILE" in vary else doubted()
    assert list(sim.sweep(given, vary, runs=20, jobs=1).study.doubts) == left


def test_a_doubt_about_what_is_set_is_not_played():
    swept = sim.sweep(doubted(), VARY, runs=20, jobs=1, set={"teams.red.effect": 1.0})
    assert list(swept.study.doubts) == ["judging.follows_strength"]


def test_where_each_point_has_a_past_of_its_own_no_doubt_is_played():
    scenario, factors = doubted(), [parse_factor(VARY)]
    assert list(doubts_of_sweep(scenario, factors, {}, ["one", "one", None])) == list(DOUBTS)
    assert doubts_of_sweep(scenario, factors, {}, ["one", "other"]) == {}


def test_beside_processes_of_a_users_own_no_doubt_is_played():
    def wait(world: Any) -> Any:
        yield from ()

    swept = sim.sweep(doubted(), VARY, runs=2, jobs=1, processes=[wait])
    assert swept.study.doubts == {}


@pytest.mark.parametrize("vary", ["stages.stage-3.grants.gpus.lg.B200=500,2000", "teams.upstage.effect=0,1"])
def test_a_doubt_whose_block_no_value_changes_is_the_scenario_that_is_made_anew(vary):
    doubts = {path: values for path, values in sim.load("k-ai").doubts.items() if path not in vary}
    first, other = (
        point.scenario.model_copy(update={"doubts": doubts})
        for point in sim.sweep("k-ai", vary, runs=2, jobs=1).points
        if point.default
    )
    swapped = 0
    for of_first, anew in zip(doubt_options(first), doubt_options(other), strict=True):
        if (found := swap_blocks(other, first, of_first)) is not None:
            swapped += 1
            assert found == anew
            assert found.scenario.digest() == anew.scenario.digest()
        else:
            assert anew.path.split(".")[0] == vary.split(".")[0]  # the block that varies, too
    assert swapped == (10 if "stages" in vary else 6)


def test_a_point_at_which_a_doubt_makes_no_scenario_has_no_range():
    """Training cannot end on 10 July where the result comes on 5 July."""
    scenario = sim.load("minimal", {"doubts": {"stages.first.train": ["2026-01-01 to 2026-07-10"]}})
    swept = sim.sweep(scenario, "stages.first.result=2026-07-05,2026-07-15", runs=50, jobs=1)
    given = [bool(point.ranges) for point in swept.findings().points]
    assert given == [False, True]
    assert swept.ranged_odds().range_low.isna().sum() == len(swept.ranged_odds()) / 2


def test_a_folder_has_the_same_bytes_however_it_was_broken_off_and_is_read_without_playing(
    found, tmp_path, monkeypatch
):
    def save(folder, **how):
        made = sim.sweep(doubted(), VARY, runs=RUNS, jobs=1, out=folder, tables="en", **how)
        made.write_tables(folder, "en")

    def stop(done, of):
        if done > RUNS:
            raise KeyboardInterrupt

    save(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path / "broken", progress=stop)
    assert sim.resume(tmp_path / "broken", jobs=1) is not None
    whole, broken = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("whole", "broken")
    )
    assert whole == broken
    played = found.findings()
    monkeypatch.setattr(Runner, "play", None)
    read = found.study.read_findings(tmp_path / "whole", lambda: found)
    assert read.doubts == played.doubts
    assert [point.ranges for point in read.points] == [point.ranges for point in played.points]
    report_folder(tmp_path / "whole", ["en"])
    assert '<polygon points="' in (tmp_path / "whole" / "report-en.html").read_text("utf-8")
    plot_folder(tmp_path / "whole", ["en"])
    drawn = pd.read_csv(tmp_path / "whole" / "sweep-en.csv")
    assert played.change is not None
    assert set(drawn.team[drawn.range_low.notna()]) == {played.change.team}
    told = {point.levels[0]: point.ranges[played.change.team] for point in played.points}
    for row in drawn[drawn.range_low.notna()].to_dict("records"):
        assert (row["range_low"], row["range_high"]) == pytest.approx(told[row[drawn.columns[2]]])


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_text_tells_the_ranges_of_the_team_of_its_first_sentence(found, lang, capsys):
    findings = found.findings()
    assert findings.change is not None
    print_text(render_sweep(findings, lang, None, ()))
    text = capsys.readouterr().out
    assert [line for line in text.splitlines() if cell_len(line) > 80] == []
    low, high = findings.points[0].ranges[findings.change.team]
    assert f"[{math.floor(100 * low + 0.5)}-{math.floor(100 * high + 0.5)}]" in text
