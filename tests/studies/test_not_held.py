"""The programme may end before a stage: as a choice it is an option like others, told in one line."""

import json
import re
from typing import Any

import numpy as np
import pytest

import sim
from sim.engines import batch
from sim.engines.event import trace_replication
from sim.findings.chances import chances
from sim.findings.headline import headline
from sim.findings.trace import trace_findings
from sim.forecast.island import FULL
from sim.forecast.past import past_identity
from sim.model.draws import Draws
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.evidence import without_facts
from sim.scenario.options import condition, default_name, idle_options, option_label, options
from sim.stats.input_effects import list_targets
from tests.cli.command import SCENARIOS, command
from tests.helpers import quiet, quiet_data, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 2.0}}
SPREAD = {"capability": {"team_spread": 2.0, "stage_spread": 3.0}}
HELD, KEEP = {"choice": [True, False]}, {"choice": [2, 1, 3]}
TWO_SIZES = {"choice": [1_000, 2_000]}
TEAMS: dict[str, dict[str, Any]] = {t: {} for t in "abcd"}
OUT = {"d": "out-by-points"}
RUNS = 400


def programme(*ahead, doubts=None):
    """Four teams, one of whom has left; then the stages ahead."""
    stages = [stage(1, EXAM, cut={"keep": 3}, happened=OUT)]
    stages += [stage(n, EXAM, **rules) for n, rules in enumerate(ahead, start=2)]
    data = quiet_data(TEAMS, stages, **SPREAD) | {"as_of": "2026-05-01"}
    return from_data({**data, "doubts": doubts} if doubts else data)


PLAIN = {"cut": {"keep": KEEP}}
BOTH = {**PLAIN, "held": HELD}


def names(scenario):
    """What the options are called, the default first."""
    return [option.name for option in options(scenario)]


def test_options_are_one_change_each_and_the_default_keeps_its_name():
    assert names(programme(PLAIN)) == ["keep 2", "keep 1", "keep 3"]
    assert names(programme(BOTH)) == ["keep 2", "keep 1", "keep 3", "not held"]
    *_, last = options(programme(BOTH))
    assert (last.path, last.value) == ("stages.s2.held", False)
    assert last.chosen == {"stages.s2.cut.keep": 2, "stages.s2.held": False}
    assert (last.scenario.stages["s2"].held, last.ends_before) == (False, "s2")
    assert idle_options(programme(BOTH)) == {"not held": "s2"}


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        ([{"held": HELD}], ["held", "not held"]),
        ([{"held": {"choice": [False, True]}}], ["not held", "held"]),
        (
            [{"cut": {"keep": KEEP}, "held": {"choice": [False, True]}}],
            ["default", "keep 1", "keep 3", "held"],
        ),
        (
            [{"held": HELD}, {"held": HELD}],
            ["default", "not stages.s2.held", "not stages.s3.held"],
        ),
        ([PLAIN, {"held": HELD}], ["keep 2", "keep 1", "keep 3", "not held"]),
    ],
    ids=["alone", "not held by default", "both told", "two stages", "another stage"],
)
def test_names_of_options(ahead, expected):
    scenario = programme(*ahead)
    assert names(scenario) == expected
    assert default_name(scenario) == expected[0]


@pytest.mark.parametrize(
    ("name", "en", "ko", "opening"),
    [
        ("not held", "not held", "미실시", "If the stage ahead is not held"),
        ("held", "held", "실시", "If the stage ahead is held"),
        ("not stages.s2.held", "s2: not held", "s2: 미실시", "If the stage ahead is not held (s2)"),
        ("stages.s2.held", "s2: held", "s2: 실시", "If the stage ahead is held (s2)"),
        ("stages.s2.cut.keep 1", "s2: keep 1", "s2: 1개 팀 선정", "If 1 is kept (s2)"),
        ("keep 2.5", "keep 2.5", "keep 2.5", "With keep 2.5"),
    ],
)
def test_options_are_read_in_words(name, en, ko, opening):
    assert (option_label(name, "en"), option_label(name, "ko")) == (en, ko)
    assert condition(name, "en") == opening


def test_of_a_stage_that_is_not_held_there_is_nothing_to_choose(tmp_path):
    ended = from_data(programme(BOTH).resolved(), {"stages.s2.held": False})
    assert ended.choices == {}
    assert from_data(ended.resolved()).digest() == ended.digest()
    assert names(from_data(programme(BOTH).resolved(), {"stages.s2.held": True})) == names(programme(PLAIN))
    of_team = programme({"cut": {"keep": 2}, "held": False, "own": {"a": {"B200": TWO_SIZES}}})
    assert of_team.choices == {}
    later = programme(PLAIN, {"held": False, "cut": {"keep": {"choice": [1, 2]}}})
    assert list(later.choices) == ["stages.s2.cut.keep"]
    assert programme({"cut": {"keep": 2}, "held": False}, PLAIN).choices == {}


def test_of_two_stages_either_may_end_the_programme():
    default, second, third = options(programme({"cut": {"drop": 1}, "held": HELD}, {"held": HELD}))
    assert default.scenario.to_come == ["s2", "s3"]
    assert second.scenario.to_come == []
    assert third.scenario.to_come == ["s2"]
    assert (second.ends_before, third.ends_before) == ("s2", None)


def test_a_choice_comes_back_from_the_resolved_scenario():
    scenario = programme(BOTH)
    again = from_data(scenario.resolved())
    assert (again, again.digest()) == (scenario, scenario.digest())
    assert names(again) == names(scenario)


def test_the_option_is_what_a_run_of_its_own_says_and_nobody_leaves_by_it():
    *_, last = sim.run(programme(BOTH), RUNS).alternatives
    alone = sim.run(programme({"cut": {"keep": 2}, "held": False}), RUNS)
    assert last.summary.shares() == alone.summary.shares()
    assert last.summary.tally.measures.keys() == alone.tally.measures.keys()
    for row in last.summary.rows():
        if row.team != "d" and row.chance in ("leaves", "leaves_at_all"):
            assert (row.estimate.certain, row.estimate.count) == (0, 0)
        if row.team != "d" and row.chance in ("kept", "selected") and row.stage != "s1":
            assert (row.estimate.certain, row.estimate.count) == (1, RUNS)
    assert [members for members, _ in last.summary.together()] == [("a", "b", "c")]


def test_of_a_stage_that_is_not_held_nothing_is_asked():
    summary = sim.run(programme({"cut": {"keep": 2}, "held": False}), RUNS).summary
    for name in ("most_capable_dropped.s2", "least_capable_kept.s2"):
        assert (summary.chance(name).of, summary.chance(name).certain) == (0, None)
    assert summary.measure("regret.s2").size == 0
    assert summary.measure("cost.s2").mean() == 0
    assert summary.measure("gpu_hours.s2").mean() == 0


def test_the_best_that_stays_is_that_of_the_last_stage_held():
    ended = sim.run(programme({"cut": {"keep": 2}, "held": False}), RUNS).summary
    whole = sim.run(quiet(TEAMS, [stage(1, EXAM, cut={"keep": 3}, happened=OUT)], **SPREAD), RUNS).summary
    for name in ("strength_selected", "behind_frontier", "behind_frontier_months"):
        assert ended.measure(name).size == RUNS
        assert ended.measure(name).mean() == whole.measure(name).mean()


def test_a_doubt_about_a_stage_that_is_not_held_changes_nothing():
    *_, last = sim.run(programme(BOTH, doubts={"teams.a.effect": [-2, 2]}), RUNS).alternatives
    assert set(last.ranges["", "a", "leaves_at_all"]) == {0.0}


def test_whether_a_stage_is_held_may_be_doubted():
    (alone,) = sim.run(programme({"cut": {"keep": 2}}, doubts={"stages.s2.held": [False]}), RUNS).alternatives
    low, high = alone.ranges["", "a", "leaves_at_all"]
    assert low == pytest.approx(0, abs=1e-12)
    ((_, _, doubted),) = chances([alone]).default.doubted
    assert [doubted[team] for team in "abcd"] == pytest.approx([0, 0, 0, 1], abs=1e-12)
    assert high == alone.summary.shares()["", "a", "leaves_at_all"] > 0


def told(scenario, *more):
    """What `sim run` prints of a scenario."""
    path = more[0] / "scenario.json"
    path.write_text(json.dumps(scenario.resolved()), encoding="utf-8")
    printed = command("run", path, "--runs", RUNS, "--details", *more[1:])
    assert (printed.code, printed.err) == (0, "")
    assert not re.search(r"\b(nan|inf|None)\b", printed.out)
    return printed.out


def test_the_text_has_one_line_of_it_and_no_column(tmp_path):
    out = told(programme(BOTH), tmp_path)
    (head,) = (line for line in out.splitlines() if "keep 1" in line and "keep 3" in line and ":" not in line)
    assert "not held" not in head
    assert out.count("If s2 is not held, nobody leaves.") == 1
    assert re.search(r"WHAT MOVES(.|\n)*keep 3: ", out)
    assert "not held:" not in out
    assert "s2 미실시의 경우: 탈락 팀 없음." in told(programme(BOTH), tmp_path, "--lang", "ko")


def test_an_option_by_which_somebody_may_still_leave_has_its_column(tmp_path):
    out = told(programme({"cut": {"drop": 1}}, {"cut": {"keep": 1}, "held": HELD}), tmp_path)
    assert re.search(r"CHANCE OF LEAVING AT ANY STAGE.* held not held\n", out)
    assert "nobody leaves" not in out
    assert re.search(r"not held: -\d", out)


def test_a_programme_that_ends_at_once_is_told_as_such(tmp_path):
    out = told(programme({"cut": {"keep": 2}, "held": False}), tmp_path)
    assert out.startswith("Still in after s1: 3 of 4 teams; the rules let none of them leave.")
    assert "s2" not in out
    assert "a + b + c: 100 %" in out


def test_a_programme_of_which_all_is_decided_is_told_too(tmp_path):
    uncertain = {"exam": {**EXAM["exam"], "per_eci": {"uniform": [0.5, 1.5]}}}
    one = stage(1, uncertain, cut={"keep": 3}, happened=OUT)
    out = told(from_data(quiet_data(TEAMS, [one], **SPREAD)), tmp_path)
    assert out.startswith("All results are known: after s1 (2026-04-10), 3 of 4 teams were left")
    assert "Strongest leaves" not in out


def test_json_has_the_option_and_no_number_that_is_none(tmp_path):
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(programme(BOTH).resolved()), encoding="utf-8")

    def refuse(constant):
        raise AssertionError(constant)

    found = json.loads(command("run", path, "--runs", RUNS, "--json").out, parse_constant=refuse)
    assert list(found["options"]) == ["keep 2", "keep 1", "keep 3", "not held"]
    assert found["options"]["not held"]["teams"]["a"]["leaves_at_all"]["certain"]
    assert found["options"]["not held"]["responses"]["most_capable_dropped.s2"]["p"] is None
    assert [change["what"] for change in found["moves"]["changes"]][:2] == ["keep 1", "keep 3"]


def test_figures_show_the_options_that_take_somebody(tmp_path):
    result = sim.run(programme(BOTH), RUNS)
    result.save(tmp_path / "both")
    said = (tmp_path / "both" / "briefing-en.txt").read_text("utf-8")
    assert "keep 1" in said
    assert "not held" not in said
    assert set(result.options().option) == {"keep 2", "keep 1", "keep 3", "not held"}
    ended = sim.run(programme({"cut": {"keep": 2}, "held": False}), RUNS)
    assert ended.save(tmp_path / "ended")
    kinds = {path.name.split("-en")[0] for path in (tmp_path / "ended").glob("*.png")}
    assert kinds == {"ends", "leaving", "survival"}
    for kind in kinds:
        ended.plot(kind)


def test_a_comparison_says_nothing_of_what_is_asked_in_no_run(tmp_path):
    for name, held in (("a", True), ("b", False)):
        scenario = programme({"cut": {"keep": 2}, "held": held})
        (tmp_path / f"{name}.json").write_text(json.dumps(scenario.resolved()), encoding="utf-8")
    out = command("compare", tmp_path / "a.json", tmp_path / "b.json", "--runs", RUNS).out
    rows = [line for line in out.splitlines() if "Strongest leaves, s2" in line]
    assert all(row.split()[-4:] == ["–"] * 4 for row in rows)
    assert not re.search(r"\b(nan|inf|None)\b", out)


def test_headline_and_targets_are_of_the_last_stage_held():
    ended = programme({"cut": {"drop": 1}}, {"cut": {"drop": 1}, "held": False})
    size = headline(sim.run(ended, RUNS).summary).size
    assert size is not None
    assert size.stage == "s2"
    assert {target.stage for target in list_targets(ended)} == {"", "s2"}
    assert list(chances(sim.run(ended, RUNS).alternatives).ahead) == ["s2"]


@pytest.mark.parametrize(
    ("ahead", "path", "found"),
    [
        ([{"held": False}, {"held": True}], "stages.s3.held", "held, though 's2' before it is not"),
        ([{"held": "maybe"}], "stages.s2.held", "'maybe', expected true or false"),
        ([{"held": 0}], "stages.s2.held", "0, expected true or false"),
        ([{"held": HELD}, {"held": True}], "stages.s3.held", "value 2 of the choice at stages.s2.held"),
    ],
    ids=["a later stage", "no answer", "a number", "a later stage under an option"],
)
def test_what_cannot_be_is_refused_in_one_line(ahead, path, found):
    with pytest.raises(ScenarioError) as refused:
        programme(*ahead)
    (problem,) = refused.value.problems
    assert problem.path == path
    assert found in str(problem)


def test_a_stage_whose_result_is_known_was_held():
    stages = [stage(1, EXAM, cut={"keep": 3}, happened=OUT, held=False), stage(2, EXAM)]
    with pytest.raises(ScenarioError, match=r"stages\.s1\.held: not held, though its result is known"):
        quiet(TEAMS, stages)
    quiet(TEAMS, [{**stages[0], "held": True}, stages[1]])


def test_rules_of_a_stage_that_is_not_held_are_not_suspicious():
    harsh = {"cut": {"keep": 0}, "grants": {}}
    assert [each.path for each in lint_warnings(programme(harsh))]
    assert lint_warnings(programme({**harsh, "held": False})) == []


def test_the_past_does_not_depend_on_it():
    facts = {"total": {"of": "total", "first": "a"}}

    def identity(held_past=None, **ahead):
        past = stage(1, EXAM, cut={"keep": 3}, happened=OUT, facts=facts)
        if held_past is not None:
            past["held"] = held_past
        return past_identity(quiet(TEAMS, [past, stage(2, EXAM, **ahead)], **SPREAD), 1, FULL)

    assert len({identity(), identity(True), identity(held=False), identity(held=True), identity(**BOTH)}) == 1
    assert identity() != past_identity(programme(PLAIN), 1, FULL)


def test_the_real_programme_may_end_before_its_third_stage():
    scenario = load("k-ai")
    assert names(scenario) == ["keep 2", "keep 1", "keep 3", "not held"]
    plain = from_data(scenario.resolved(), {"stages.stage-3.held": None})
    assert past_identity(plain, 1, FULL) == past_identity(scenario, 1, FULL)
    *_, last = options(without_facts(scenario))
    outcomes = batch.play_batch(last.scenario, Draws(1), 0, 50).stages
    assert np.array_equal(outcomes[2].fate == 1, outcomes[1].fate == 1)
    assert not outcomes[2].cost.any()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_trace_says_in_a_sentence_that_the_programme_ends(lang):
    printed = command(
        "trace",
        SCENARIOS / "k-ai.yaml",
        "--without-facts",
        "--set",
        "stages.stage-3.held=false",
        "--lang",
        lang,
    )
    assert (printed.code, printed.err) == (0, "")
    sentence, last = {
        "en": (
            "The programme ends before Stage 3.",
            "2026-09-01 Stage 3: not held, the programme ends; 3 remain",
        ),
        "ko": ("3차 평가 전에 사업이 종료된다.", "2026-09-01 3차 평가: 미실시, 사업 종료; 남은 팀 3개"),
    }[lang]
    assert printed.out.startswith(sentence)
    assert last in printed.out.splitlines()
    assert "Selected in the end" not in printed.out


def test_a_late_entrant_is_still_in_when_the_programme_ends():
    entry = {"day": "2026-04-20", "candidates": ["b", "c"], "happened": ["b"]}
    stages = [stage(1, EXAM, happened={}, entry=entry), stage(2, EXAM, held=False)]
    scenario = quiet({t: {} for t in "abc"}, stages)
    found = trace_findings(scenario, 1, 0, trace_replication(scenario, 1, 0))
    assert (found.ended_before, found.selected, found.never_in) == ("s2", ("a", "b"), ("c",))


def test_a_figure_of_gpus_that_nobody_holds_is_refused_in_one_line(tmp_path):
    path = tmp_path / "scenario.json"
    one = stage(1, EXAM, held=False)
    path.write_text(json.dumps(quiet({"a": {}, "b": {}}, [one]).resolved()), encoding="utf-8")
    assert command("trace", path).out.startswith("The programme ends before s1. Still in: a, b.")
    printed = command("trace", path, "--out", tmp_path / "out")
    assert printed.code != 0
    assert printed.err == "sim: no team ever holds a GPU; nothing to draw\n"
