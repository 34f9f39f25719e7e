"""The kernel of live pages against the engine, and what it refuses."""

import json

import numpy as np
import pytest
from pydantic import BaseModel

from sim.live.data import kernel_data
from sim.live.export import CORNERS, count_fates
from sim.live.taken import TAKEN_KEYS, NotTakenError
from sim.model.draws import Draws
from sim.scenario.models.grants import Grants
from sim.scenario.models.points import Item, PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.science import Faults, Team
from sim.scenario.models.stages import Cut, Gate, Stage
from tests.live.differential import MOST_CHANCE, SCENARIOS, compare, exported_scenario
from tests.live.generated import check_many, plainer
from tests.live.node import kernel_fates, skip_without_node

TAKEN = ("minimal", "k-ai-2025-plan", "gate-first", "equal-teams", "programmes/strictly")
"""Carried grants; shares of some, leaders and a gate first; judges that agree; ties; no hardware at all."""


@pytest.fixture(scope="module", autouse=True)
def _node():
    skip_without_node()


@pytest.fixture(scope="module")
def k_ai():
    return exported_scenario(SCENARIOS / "k-ai.yaml", 2000)


def hold(of_scenario, settings):
    answers, exported = of_scenario
    found = compare(answers, exported, settings)
    assert found.holds, found
    assert found.chance <= max(MOST_CHANCE, 1 / exported.runs)


@pytest.mark.parametrize("name", TAKEN)
def test_fates_are_those_of_the_engine(name):
    hold(exported_scenario(SCENARIOS / f"{name}.yaml", 500), 5)


def test_fates_of_a_forecast_are_those_of_the_engine(k_ai):
    hold(k_ai, 12)


def test_a_forecast_s_page_has_the_teams_that_are_left_and_its_islands(k_ai):
    answers, exported = k_ai
    assert list(exported.field.teams) == answers.teams == ["lg", "upstage", "skt"]
    assert exported.islands == answers.case_of({}).past.islands


def test_everything_that_moves_who_leaves_in_the_stage_ahead_can_be_moved(k_ai):
    """But for delays, which the kernel refuses, and whether facts are used; the world's best moves nobody."""
    left_out = [control.path for control in k_ai[1].left_out]
    assert left_out == ["facts", "stages.stage-3.grants.delay", "frontier.growth_per_year"]


def test_each_control_moves_fates_and_is_followed(k_ai):
    """One at a time, at both ends: a control that the kernel forgot would agree with nothing but the base."""
    answers, exported = k_ai
    for move in exported.moves:
        control = move.control
        ends = control.values if control.kind == "choice" else (control.low, control.high)
        settings = [{control.path: end} for end in ends]
        fates, _ = kernel_fates(exported, [{}, *settings])
        assert any((each != fates[0]).any() for each in fates[1:]), control.path
        for here, each in zip(fates[1:], settings, strict=True):
            case = answers.case_of(each)
            there = count_fates(case.scenario, exported.field, case.play(0, exported.runs, Draws(1)))
            counted = [[np.bincount(team, minlength=4) for team in stage] for stage in here]
            assert np.abs(np.array(counted) - there).max() <= 1, control.path


def test_the_page_notices_when_its_arithmetic_is_another(k_ai):
    """By the counts that the engine left in it, at the base and at eight corners."""
    exported = k_ai[1]
    data = json.loads(json.dumps(kernel_data(exported)))
    assert len(data["checks"]) == 1 + CORNERS
    assert kernel_fates(exported, [], data)[1]["agrees"]
    for place in range(len(data["checks"])):
        wrong = json.loads(json.dumps(data))
        wrong["checks"][place]["counts"][0][0][1] += 2
        assert not kernel_fates(exported, [], wrong)[1]["agrees"]
    item = data["plan"]["stages"][0]["blocks"][1]["items"][0]
    data["leaves"][item["spread"]][0] *= 1.1
    assert not kernel_fates(exported, [], data)[1]["agrees"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("late-gpus", "stages.stage-3.grants.delay"),
        ("no-wildcard", "stages.stage-1.grants.supplier: a slow period"),
        ("programmes/geniac", "stages.cycle-1.entry"),
        ("programmes/aixcc", "stages.semifinal.cut.budget"),
        ("programmes/lagc", "stages.training.grants.counted_in"),
        ("programmes/darpa", "no stage is ahead: every result is known"),
    ],
)
def test_what_the_kernel_does_not_take_is_refused_by_name(name, what):
    with pytest.raises(NotTakenError) as refused:
        exported_scenario(SCENARIOS / f"{name}.yaml", 100)
    assert str(refused.value) == what


def minimal_with(lines, tmp_path):
    """The least scenario with some lines more."""
    (tmp_path / "minimal.yaml").write_bytes((SCENARIOS / "minimal.yaml").read_bytes())
    path = tmp_path / "changed.yaml"
    path.write_text(f"extends: minimal.yaml\n{lines}\n", encoding="utf-8")
    return path


def said_of_minimal(lines, tmp_path):
    """What is refused of it."""
    with pytest.raises(NotTakenError) as refused:
        exported_scenario(minimal_with(lines, tmp_path), 50)
    return str(refused.value)


TINY = "{max: 0.003, mean: 0.0015, spread: 0.001, noise: 0.0005}"
MORE_TAKEN = {
    "a distance to the leader": "stages: {first: {cut: {keep: 3, within: 3}}}",
    "a least number of points": "stages: {first: {cut: {keep: 3, minimum: 60}}}",
    "how many leave, by halves": "stages: {first: {cut: {keep: ~, drop: {uniform: [0, 2]}}}}",
    "totals alike, of other blocks": "stages: {first: {round_to: 0.001, ties: [b], points: "
    f"{{exam: ~, jury: ~, a: {TINY}, b: {TINY}}}}}}}",
    "a leader below one point": "stages: {first: {points: {exam: {rescale: leader, max: 60, mean: 0.5, "
    "per_eci: 0.01, noise: 0.2}, jury: {max: 40, mean: 28, spread: 2.5}}}}",
    "points that go along": "stages: {second: {points_carried: 0.5}}",
    "compute that goes along": "capability: {carry: 0.5}",
}


@pytest.mark.parametrize("rule", MORE_TAKEN)
def test_fates_by_rules_that_no_bundled_scenario_has(rule, tmp_path):
    hold(exported_scenario(minimal_with(MORE_TAKEN[rule], tmp_path), 1000), 5)


SECOND = "stages: {second: {%s}}"


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("faults: {mode: each}", "faults.mode: each"),
        (SECOND % "round_to: 1", "stages.second.round_to: more than 0.001 points"),
        (SECOND % "grants: {shares: by-score}", "stages.second.grants.shares: by-score"),
        (SECOND % "grants: {shares: {by_rank: [0.6, 0.4]}}", "stages.second.grants.shares: by_rank"),
        (SECOND % "grants: {leftover: shared}", "stages.second.grants.leftover: shared"),
        (SECOND % "cut: {keep: ~, budget: 10, asks: 5}", "stages.second.cut.budget"),
        (
            SECOND % "points: {exam: {items: {a: 30, b: {max: 30, target: 140}}}}",
            "stages.second.points.exam.items.b.target",
        ),
        (
            SECOND % "grants: {more: {late: {day: 2026-09-01, gpus: {red: {B200: 8}}}}}",
            "stages.second.grants.more",
        ),
    ],
)
def test_each_rule_that_is_not_taken_is_refused_by_name(lines, what, tmp_path):
    assert said_of_minimal(lines, tmp_path) == what


def test_generated_scenarios_agree_or_are_refused():
    from tests.generate import scenarios

    found = check_many(5, scenarios)
    assert sum(found.values()) == 5
    plain = check_many(4, scenarios, plainer)
    assert plain["agrees"] >= 2


def test_the_list_of_what_is_taken_names_keys_that_there_are():
    models: dict[str, type[BaseModel]] = {
        "scenario": Scenario,
        "team": Team,
        "stage": Stage,
        "grants": Grants,
        "gate": Gate,
        "cut": Cut,
        "block": PointsBlock,
        "item": Item,
        "faults": Faults,
    }
    for kind, keys in TAKEN_KEYS.items():
        assert keys <= models[kind].model_fields.keys()
