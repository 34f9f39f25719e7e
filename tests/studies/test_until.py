"""Playing until every chance is precise: where it stops, and that its intervals keep their word."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

import sim
from sim.execute.case import Case
from sim.execute.group import tally_group
from sim.execute.runner import Runner
from sim.folder.counts import pack
from sim.scenario import from_data
from sim.scenario.evidence import without_facts
from sim.stats.precision import half_width, looks
from sim.stats.summary import Summary
from sim.studies.precision import are_precise
from tests.helpers import quiet, stage

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
FORECAST = sim.load(SCENARIOS / "k-ai.yaml")
K_AI = without_facts(FORECAST)
SEEDS = 400


def gated(risk):
    """One team that leaves at the gate with a known probability, and nothing else to be chanced."""
    return quiet({"one": {}}, [stage(1, {"race": {"max": 10, "mean": 5, "spread": 1}}, gate={"risk": risk})])


def until(target, cases, **how):
    """Play cases until all are precise: how many replications it takes, and the counts of each."""
    groups = [tally_group(case, ()) for case in cases]
    stop, played = Runner(**how).play_until(groups, lambda played: are_precise(groups, played, target))
    assert [one.failures for one in played] == [()] * len(cases)
    return stop, [one.counts for one in played]


@pytest.mark.parametrize("target", [0.02, 0.01])
def test_it_stops_at_the_first_look_that_is_precise_for_all(target):
    cases = [Case(K_AI.settled(), seed, "batch") for seed in (1, 2)]
    stop, tallies = until(target, cases)
    assert all(
        half_width(Summary(case.scenario, t)) <= target for case, t in zip(cases, tallies, strict=True)
    )
    before = max(look for look, _ in zip(looks(), range(200), strict=False) if look < stop)
    earlier = [sim.run(case.scenario, before, case.seed).summary for case in cases]
    assert max(half_width(each) for each in earlier) > target
    for case, tally in zip(cases, tallies, strict=True):
        assert pack(tally) == pack(sim.run(case.scenario, stop, case.seed).tally)


@pytest.mark.parametrize("risk", [0.1, 0.5])
def test_intervals_cover_what_is_known_as_often_as_they_say(risk):
    scenario, covered, stops = gated(risk), 0, set()
    for seed in range(SEEDS):
        stop, (tally,) = until(0.02, [Case(scenario, seed, "batch")], jobs=1)
        leaves = Summary(scenario, tally).estimate(lambda counts: (int(counts.by_gate[0, 0]), counts.runs))
        covered += leaves.low <= risk <= leaves.high
        stops.add(stop)
    z = (covered - 0.95 * SEEDS) / np.sqrt(SEEDS * 0.95 * 0.05)
    assert abs(z) < norm.ppf(1 - 1e-4)
    assert stops == ({2000} if risk == 0.1 else {2500})  # 1.96 sqrt(p(1-p)/n): 0.0131 and 0.0219 at 2,000


def test_every_option_of_a_choice_is_precise():
    result = sim.run(K_AI, until_halfwidth=0.015)
    assert len(result.alternatives) == 4
    assert max(half_width(option.summary) for option in result.alternatives) <= 0.015


def test_the_least_precise_option_decides_and_not_the_default():
    # By default nearly all stay, whose chances are precise at once; the other option is near to a toss.
    blocks = {"race": {"max": 10, "mean": 5, "spread": 1}}
    data = quiet({"a": {}, "b": {}}, [stage(1, blocks, gate={"risk": 0.02})]).resolved()
    undecided = from_data({**data, "choices": {"stages.s1.gate.risk": [0.02, 0.5]}})
    target = 0.015
    settled = Case(undecided.settled(), 1, "batch")
    groups = [tally_group(settled, ())]
    alone, _ = Runner().play_until(groups, lambda played: are_precise(groups, played, target))
    result = sim.run(undecided, until_halfwidth=target)
    default, other = (half_width(option.summary) for option in result.alternatives)
    assert alone == 2_000 < result.ranges[0][1]
    assert default < other <= target
    earlier = sim.run(
        undecided, max(n for n, _ in zip(looks(), range(20), strict=False) if n < result.ranges[0][1])
    )
    assert half_width(earlier.alternatives[1].summary) > target


def test_saved_it_is_the_run_of_that_many(tmp_path):
    result = sim.run(K_AI, until_halfwidth=0.02, out=tmp_path / "a", keep="counts")
    fixed = sim.run(K_AI, result.ranges[0][1], out=tmp_path / "b", keep="counts")
    assert pack(result.tally) == pack(fixed.tally)
    both = [json.loads((tmp_path / each / "manifest.json").read_text("utf-8")) for each in "ab"]
    assert both[0] == both[1]


@pytest.mark.parametrize("target", [0.0, 0.00005, 0.2, float("nan")])
def test_what_is_out_of_reach_is_refused(target):
    with pytest.raises(ValueError, match=r"expected 0\.0001 to 0\.1; 0\.005 is half a point"):
        sim.run(K_AI, until_halfwidth=target)


@pytest.mark.parametrize(
    "study", [sim.run, lambda *a, **how: sim.sweep(a[0], "stages.stage-3.cut.keep=1,2", **how)]
)
def test_where_points_are_known_more_runs_do_not_help(study):
    with pytest.raises(ValueError, match="more runs do not narrow what particles leave open"):
        study(FORECAST, until_halfwidth=0.02)


def test_a_range_and_a_precision_are_one_too_many():
    with pytest.raises(ValueError, match="expected one of them"):
        sim.run(K_AI, replications=(0, 5), until_halfwidth=0.02)
