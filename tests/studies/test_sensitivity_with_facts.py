"""Sensitivity of a scenario with facts: the past is the same at every point, and numbers ahead vary."""

import json
from io import StringIO
from math import pi, sqrt
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import norm

import sim
from sim.execute import inference
from sim.execute.runner import Runner
from sim.folder.counts import COUNTS
from sim.forecast.island import FULL, Effort
from sim.forecast.past import past_identity
from sim.render.text.sensitivity import render_sensitivity
from sim.scenario import from_data
from sim.scenario.evidence import without_facts
from sim.stats.input_effects import LEAVES, Target
from sim.stats.tally import Failure
from sim.studies import widen as widening
from sim.studies.request import SensitivityRequest
from sim.studies.save import play_into
from sim.studies.sensitivity import PAST, SensitivityStudy
from sim.studies.sensitivity_counts import INNER
from sim.text import LANGS
from tests.forecast.closed import BENCHMARK, S_A, S_H, programme

EFFORT = Effort(islands=8, particles=120, lines=60, singles=20, numbers=20)
SEEDS, POINTS = 8, 128
FIRST = [{"f": {"of": "total", "first": "A"}}]
NOISE = {"uniform": [0.0, 20.0]}
AHEAD = {"b": {**BENCHMARK, "noise": NOISE}}
SCENARIO = programme("AB", FIRST, ahead=AHEAD)
LASTING = {"team_spread": {"uniform": [2.0, 4.0]}, "stage_spread": S_H}
BOTH = programme("AB", FIRST, ahead=AHEAD, capability=LASTING)
"""A number ahead, and one that facts bear on."""

OF_PAST = ["capability.team_spread", "capability.stage_spread", "judging.follows_strength"]
"""With two guesses of every scenario that does not give them a law; where nobody judges the last is idle."""


pytestmark = pytest.mark.usefixtures("brief")


sensitivity: Any = sim.sensitivity
widen: Any = widening.widen_ahead
"""Without the cases in which there is nothing to tell."""


def study_of(scenario) -> Any:
    return SensitivityStudy(SensitivityRequest(scenario=scenario, points=64, inner=INNER, seed=1))


def printed(told):
    """What a terminal shows."""
    file = StringIO()
    Console(width=80, file=file).print(told)
    return file.getvalue()


def guessed(scenario, **paths):
    """The scenario with some numbers marked as guesses: the keys of a block, by its path."""
    return from_data(scenario.resolved(), {f"{path}.guess": keys for path, keys in paths.items()})


def chance(noise):
    """The chance that A, who was first, is last at a stage of this noise of each team's points."""
    return 0.5 - np.arcsin(2 * S_A**2 / np.sqrt(50 * (50 + 2 * noise**2))) / pi


def assert_near(values, expected):
    values = np.array(values)
    assert abs(values.mean() - expected) <= 4 * values.std(ddof=1) / sqrt(len(values))


def test_a_number_ahead_moves_the_chance_that_the_facts_leave():
    noise = (np.arange(20_000) + 0.5) / 1000
    target = Target(LEAVES, team="A")
    variances, drawn, spreads, swings = [], [], [], []
    for seed in range(SEEDS):
        found = sensitivity(SCENARIO, POINTS, seed, jobs=1)
        assert [each.name for each in found.inputs] == ["stages.s2.points.b.noise"]
        at = found.targets.index(target)
        variances.append(found.indices[at].variance.estimate)
        drawn.append(found.ends.drawn[at] / found.ends.runs)
        between = found.ends.between(0, at)
        swings.append(between.estimate)
        assert len(between.islands) == EFFORT.islands
        spreads.append(found.past.spreads["A"])
    assert_near(variances, chance(noise).var())
    assert_near(drawn, chance(noise).mean())  # without facts it would be a half
    assert_near(swings, chance(19.0) - chance(1.0))
    # What lasts of A ahead of B, d, is normal; it was first with the chance ndtr(d / sqrt(2) / S_H).
    d = np.linspace(-8, 8, 4001) * sqrt(2) * S_A
    weight = norm.pdf(d, scale=sqrt(2) * S_A) * norm.cdf(d / sqrt(2) / S_H)
    last = np.mean([norm.cdf(-d / np.sqrt(2 * S_H**2 + 2 * n**2)) for n in noise[::100]], axis=0)
    mean = np.average(last, weights=weight)
    assert_near(spreads, sqrt(np.average((last - mean) ** 2, weights=weight)))


def test_what_facts_bear_on_does_not_vary():
    found = sensitivity(BOTH, 64, 1, jobs=1)
    assert [each.name for each in found.inputs] == ["stages.s2.points.b.noise"]
    assert [each.name for each in found.past.inputs] == OF_PAST
    assert found.past.facts == ("s1.f",)
    bare = sensitivity(without_facts(BOTH), 64, 1, jobs=1)
    assert {each.name for each in bare.inputs} == {"stages.s2.points.b.noise", *OF_PAST}
    assert bare.past is None
    assert bare.documents() == {}


def test_the_past_is_that_of_the_scenario_itself_in_all_samples():
    """Points of the decided stage are those of the particle, whatever is drawn of numbers ahead."""
    study = study_of(BOTH)
    runner = Runner(jobs=1)
    for group in study.groups:
        for case in group.cases:
            assert inference.identify_past(case) == inference.identify_past(study._base)
    points, ends, _ = study.groups
    assert list(points.cases[0].sample.points) == ["stages.s2.points.b.noise"]
    played = [runner.inform(case).play(0, 200) for case in (*points.cases, *ends.cases)]
    itself = runner.inform(study._base).play(0, 200)
    for outcomes in played:
        assert np.array_equal(outcomes.stages[0].points, itself.stages[0].points)
        assert outcomes.islands == EFFORT.islands
    assert not np.array_equal(played[0].stages[1].points, played[1].stages[1].points)
    assert (itself.stages[0].total[:, 0] >= itself.stages[0].total[:, 1]).all()  # as the fact has it


def test_a_guess_of_several_stages_varies_at_those_ahead():
    gates = {f"stages.s{n}.gate": {"risk": 0.05, "guess": ["risk"]} for n in (1, 2)}
    scenario = from_data(SCENARIO.resolved(), gates)
    found = widen(scenario)
    assert [each.name for each in found.inputs] == ["stages.s2.points.b.noise", "stages.*.gate.risk"]
    assert found.scenario.stages["s1"].gate.risk == 0.05
    assert past_identity(found.scenario, 0, FULL) == past_identity(scenario, 0, FULL)
    assert "stages.*.gate.risk" not in {each.name for each in found.of_past}


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("capability", "team_spread"),  # points of the past depend on it
        ("stages.s1.gate", "risk"),  # of a stage that is over, and of no other
    ],
)
def test_a_guess_about_the_past_stays_as_it_is(path, key):
    gated = from_data(SCENARIO.resolved(), {"stages.s1.gate": {"risk": 0.05}})
    found = widen(guessed(gated, **{path: [key]}))
    (held,) = (each for each in found.of_past if each.name.endswith(key))
    assert held.widened
    assert held.name not in {each.name for each in found.inputs}
    assert past_identity(found.scenario, 0, FULL) == past_identity(gated, 0, FULL)


def test_a_command_for_a_failed_replication_sets_no_number_of_the_past():
    study = study_of(BOTH)
    values = study._values(study.groups[0].cases[0], Failure(70, "", "", ""))
    assert set(values) == {"stages.s2.points.b.noise"}


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_lines_say_what_facts_are_used_for(lang):
    found = sensitivity(BOTH, 64, 1, jobs=1).findings()
    head = printed(render_sensitivity(found, "two", lang, [], None)).partition("\n\n")[0]
    flat = " ".join(head.split())
    expected = {
        "en": [
            "1 fact about points is used",
            "3 numbers on which facts bear",
            "not part of the variance below",
        ],
        "ko": ["공표된 점수 1건을 반영", "값 3개는 추론한 대로", "아래 분산에는 들어 있지 않다"],
    }
    assert [each for each in expected[lang] if each not in flat] == []
    assert "A ± " in flat


@pytest.mark.parametrize("lang", LANGS)
def test_where_nothing_ahead_is_uncertain_the_text_says_so(lang):
    scenario = programme("AB", FIRST, capability=LASTING)
    result = sensitivity(scenario, 64, 1, jobs=1)
    flat = " ".join(printed(render_sensitivity(result.findings(), "two", lang, [], None)).split())
    assert {"en": "No number that lies ahead of the facts", "ko": "공표된 점수 이후의 값 가운데"}[
        lang
    ] in flat
    assert result.past.spreads == {}
    assert result.odds().empty


def test_a_folder_says_which_facts_are_used_and_comes_back_byte_for_byte(tmp_path):
    out = tmp_path / "out"
    found = play_into(study_of(BOTH), out, Runner(jobs=1), ["en"])
    found.write_tables(out, "en")
    said = json.loads((out / PAST).read_text("utf-8"))
    assert said["facts"] == ["s1.f"]
    assert (said["varied"], said["with_the_past"]) == (
        ["stages.s2.points.b.noise"],
        OF_PAST,
    )
    assert said["past_moves"] == pytest.approx(found.past.spreads)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    again = play_into(study_of(BOTH), out, Runner(jobs=1), ["en"])
    again.write_tables(out, "en")
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert any(path.parent.name == COUNTS for path in before)
