"""Choices are told apart and doubts as a range: each is what a run of its own says."""

import json
from typing import Any

import pytest

import sim
from sim.scenario import from_data
from sim.scenario.options import doubt_options
from sim.studies.what_ifs import DOUBT_RUNS
from tests.cli.command import SCENARIOS
from tests.helpers import quiet, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 2.0}}
SPREAD = {"capability": {"team_spread": 2.0, "stage_spread": 3.0}}
FIELD: dict[str, dict[str, Any]] = {"a": {}, "b": {}, "c": {}, "d": {}}
PLAIN = quiet(FIELD, [stage(1, EXAM, cut={"keep": 2})], **SPREAD)
RUNS = 1_500


def undecided(**more):
    """The plain scenario with a choice of how many are kept, and what else is said."""
    choices = {"stages.s1.cut.keep": [2, 1, 3]}
    return from_data({**PLAIN.resolved(), "choices": choices, **more})


def left(result, team="a"):
    return result.summary.shares()["", team, "leaves_at_all"]


def test_each_option_is_what_a_run_of_its_own_scenario_says():
    found = {one.option.name: one for one in sim.run(undecided(), RUNS).alternatives}
    assert list(found) == ["keep 2", "keep 1", "keep 3"]
    for keep in (1, 2, 3):
        alone = sim.run(from_data(PLAIN.resolved(), {"stages.s1.cut.keep": keep}), RUNS)
        assert found[f"keep {keep}"].summary.shares() == alone.summary.shares()
        assert found[f"keep {keep}"].summary.tally.chances == alone.tally.chances


def test_the_default_is_the_first_and_the_run_itself():
    result = sim.run(undecided(), RUNS)
    assert result.alternatives[0].summary.tally is result.tally
    assert result.summary.shares() == result.alternatives[0].summary.shares()


def test_without_choices_and_doubts_there_is_the_scenario_alone():
    (alone,) = sim.run(PLAIN, 50).alternatives
    assert alone.option.scenario is PLAIN
    assert alone.ranges == {}
    assert alone.range(left) is None


def test_a_range_goes_from_the_least_to_the_greatest_over_the_doubts_and_none():
    assert RUNS <= DOUBT_RUNS  # so that a doubt is compared over the whole run
    result = sim.run(undecided(doubts={"teams.a.effect": [-2.0, 2.0]}), RUNS)
    for one in result.alternatives:
        keep = one.option.value or 2
        runs = [
            sim.run(from_data(PLAIN.resolved(), {"stages.s1.cut.keep": keep, "teams.a.effect": e}), RUNS)
            for e in (-2.0, 0.0, 2.0)
        ]
        shares = [left(run) for run in runs]
        assert one.ranges["", "a", "leaves_at_all"] == pytest.approx((min(shares), max(shares)), abs=1e-12)


def test_a_doubt_about_an_uncertain_number_holds_it_at_each_of_its_values():
    """The value stands in place of the law: no draw of it is left."""
    spread = {"uniform": [1.0, 5.0]}
    data = {**PLAIN.resolved(), "capability": {"team_spread": spread, "stage_spread": 3.0}}
    doubted = from_data({**data, "doubts": {"capability.team_spread": [1.0, 5.0]}})
    low, high = doubt_options(doubted)
    assert [each.scenario.capability.team_spread for each in (low, high)] == [1.0, 5.0]
    for one in (low, high):
        held = from_data(data, {"capability.team_spread": one.value})
        assert one.scenario == held
    (alone,) = sim.run(doubted, RUNS).alternatives
    shares = [left(sim.run(from_data(data, {"capability.team_spread": s}), RUNS)) for s in (1.0, 5.0, spread)]
    assert alone.ranges["", "a", "leaves_at_all"] == pytest.approx((min(shares), max(shares)), abs=1e-12)


def test_a_doubt_about_a_number_holds_it_wherever_it_is_shared():
    spread = {"uniform": [1.0, 5.0], "shared": "spread"}
    jury = {"jury": {"max": 100, "mean": 50, "spread": spread, "noise": 2.0}}
    stages = [
        stage(1, jury, cut={"drop": 1}),
        stage(2, jury, cut={"keep": 2}),
        stage(3, EXAM, cut={"keep": 1}),
    ]
    own = {"effect": {"uniform": [0.0, 1.0]}}
    data = quiet({**FIELD, "a": own}, stages, **SPREAD).resolved()
    paths = [f"stages.s{n}.points.jury.spread" for n in (1, 2)]
    for doubted in paths:
        found = doubt_options(from_data({**data, "doubts": {doubted: [1.5, 4.0]}}))
        assert [each.path for each in found] == [doubted] * 2
        assert [each.scenario for each in found] == [
            from_data(data, dict.fromkeys(paths, value)) for value in (1.5, 4.0)
        ]


def test_a_longer_run_moves_its_range_by_what_the_first_runs_say():
    doubts = {"teams.a.effect": [2.0]}
    runs = DOUBT_RUNS + 700
    low, high = sim.run(undecided(doubts=doubts), runs).alternatives[0].ranges["", "a", "leaves_at_all"]
    whole, few = left(sim.run(PLAIN, runs)), left(sim.run(PLAIN, DOUBT_RUNS))
    stronger = left(sim.run(from_data(PLAIN.resolved(), {"teams.a.effect": 2.0}), DOUBT_RUNS))
    assert (low, high) == pytest.approx((whole + stronger - few, whole), abs=1e-12)


def test_json_holds_a_block_an_option_and_the_default_at_the_top():
    told = json.loads(json.dumps(sim.run(undecided(doubts={"teams.a.effect": [-2.0]}), RUNS).as_json()))
    assert list(told["options"]) == ["keep 2", "keep 1", "keep 3"]
    default = told["options"]["keep 2"]
    assert {key: default[key] for key in ("teams", "together", "responses")} == {
        key: told[key] for key in ("teams", "together", "responses")
    }
    assert (told["options"]["keep 1"]["path"], told["options"]["keep 1"]["value"]) == (
        "stages.s1.cut.keep",
        1,
    )
    low, high = told["teams"]["a"]["leaves_at_all"]["range"]
    assert low <= told["teams"]["a"]["leaves_at_all"]["p"] < high


def test_without_choices_json_has_no_options_and_without_doubts_no_range():
    told = sim.run(PLAIN, 50).as_json()
    assert "options" not in told
    assert "range" not in told["teams"]["a"]["selected"]


def test_the_table_of_options_has_a_row_an_option_and_contender():
    table = sim.run(undecided(), RUNS).options()
    assert len(table) == 3 * 4
    assert table.default.sum() == 4
    assert set(table.option_ko) == {"2개 팀 선정", "1개 팀 선정", "3개 팀 선정"}
    assert table.range_low.isna().all()


def test_where_the_rules_decide_under_a_doubt_the_range_ends_there():
    """Of more runs than doubts are played in: what few runs change would lie beside 0 and 1."""
    gated = quiet(FIELD, [stage(1, EXAM, cut={"keep": 4}, gate={"risk": 0.05})], **SPREAD)
    doubted = from_data({**gated.resolved(), "doubts": {"stages.s1.gate.risk": [0, 1]}})
    (found,) = sim.run(doubted, DOUBT_RUNS + 3_000).alternatives
    assert 0.03 < left(found) < 0.07
    assert {found.ranges["", "a", kind] for kind in ("leaves_at_all", "selected")} == {(0.0, 1.0)}


def test_of_a_guess_of_all_stages_a_forecast_moves_that_of_the_stages_ahead():
    """Each end is what a run says with it set; what is decided stays as it was."""
    path = "stages.stage-3.gate.risk"
    scenario = sim.load(SCENARIOS / "k-ai.yaml")
    (found,) = [each for each in sim.run(scenario, 50).effects if "gate" in each.path]
    assert (found.path, found.low, found.high) == (path, 0, 0.2)
    for end, told in zip((found.low, found.high), found.selected, strict=True):
        alone = sim.run(sim.load(SCENARIOS / "k-ai.yaml", {path: end}), found.runs)
        assert told.p == alone.summary.shares()["", found.team, "selected"]
