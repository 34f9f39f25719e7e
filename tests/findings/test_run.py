"""What a run says, as facts: what is certain, what doubts do to it, what it ends in, what moves whom."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.findings.chances import Amount, chances
from sim.findings.run import ending, guesses, known_results, named_team, what_moves
from sim.render.text.layout import Names
from sim.render.text.run import guess_lines
from sim.scenario import from_data
from tests.helpers import quiet, stage

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
K_AI = sim.load(SCENARIOS / "k-ai.yaml")
PLAIN = sim.load(SCENARIOS / "minimal.yaml")
EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0, "noise": 2.0}}
RUNS = 400


@pytest.fixture(scope="module")
def undecided():
    return sim.run(K_AI, RUNS)


@pytest.fixture(scope="module")
def plain():
    return sim.run(PLAIN, RUNS)


def test_findings_hold_no_words():
    found = sim.run(PLAIN, 20, team="red").findings()
    assert found.moves is not None
    assert {each.kind for each in found.moves.changes} == {"all_gpus", "weight"}
    assert found.headline.everybody.teams == ("red", "blue", "green")  # ids, not names


def test_who_is_out_and_how_is_what_has_happened():
    found = known_results(K_AI)
    assert found.out == {"ncai": "points", "naver": "gate", "trillion": "not-chosen", "motif": "points"}
    assert [str(day) for day in found.days] == ["2026-01-15", "2026-02-20", "2026-08-18"]
    assert known_results(PLAIN).days == ()
    assert not known_results(PLAIN).out


def test_the_default_of_a_choice_comes_first_and_has_its_place_and_value(undecided):
    found = chances(undecided.alternatives)
    told = [(one.path, one.value) for one in found.options]
    keep = "stages.stage-3.cut.keep"
    assert told == [(keep, 2), (keep, 1), (keep, 3), ("stages.stage-3.held", False)]


def test_dice_are_the_widest_interval_that_is_asked_of_every_run(plain):
    found = chances(plain.alternatives)
    widths = [row.estimate.half_width for row in plain.summary.rows() if row.estimate.of == RUNS]
    assert found.dice == max(widths)
    still = from_data(PLAIN.resolved(), {"stages.first.cut.keep": 3, "stages.second.cut.keep": 3})
    settled = chances(sim.run(still, 20).alternatives)
    assert settled.dice is None
    assert settled.has_certain
    assert not found.has_certain


def test_a_range_of_a_response_is_from_the_least_to_the_greatest_over_the_doubts(undecided):
    one = undecided.alternatives[0]
    name = "most_capable_dropped.stage-3"
    found = chances(undecided.alternatives).default.chances[name]
    values = [one.summary.chance(name).p, *(shift.doubted.chance(name).p for shift in one.shifts)]
    assert found.range == pytest.approx((min(values), max(values)))  # all over the same runs


def test_a_response_that_a_doubt_never_asks_has_no_range():
    data = quiet({"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 1})]).resolved()
    hopeless = from_data({**data, "doubts": {"hardware.B200.mfu": [0.0]}})  # nobody submits anything
    found = chances(sim.run(hopeless, 50).alternatives).default
    assert found.chances["most_capable_dropped.s1"].range is None
    assert found.amounts["regret.s1"].range is None
    assert found.chances["nobody_selected"].range is not None


def amount(mean, q05, q95):
    return Amount(mean, mean, mean, q05, mean, q95, 10, "months", None)


@pytest.mark.parametrize(
    ("numbers", "place"),
    [((19, 14, 24), "behind"), ((-170, -176, -164), "ahead"), ((1, -3, 8), "around"), ((0, 0, 8), "behind")],
)
def test_on_which_side_of_the_frontier_the_best_is_is_told_by_the_whole_range(plain, numbers, place):
    found = ending(PLAIN, chances(plain.alternatives).default)
    told = replace(found, behind=amount(*numbers), behind_months=amount(*numbers))
    assert told.place == place


def test_the_end_of_nobody_has_no_strength():
    empty = from_data(PLAIN.resolved(), {"stages.second.cut.keep": 0})
    found = ending(empty, chances(sim.run(empty, 20).alternatives).default)
    assert found.behind is None
    assert found.together is not None
    assert found.together.members == ()
    assert found.together.nobody is None


def test_a_set_stands_out_if_its_interval_lies_above_that_of_the_next(plain):
    found = chances(plain.alternatives).default
    (members, first), (_, second), *_ = found.together
    told = ending(PLAIN, found).together
    assert told is not None
    assert (told.members, told.chance) == (members, first)
    assert told.stands_out == (second.high < first.low)
    strong = from_data(PLAIN.resolved(), {"teams.red.effect": 20})
    certain = ending(strong, chances(sim.run(strong, RUNS).alternatives).default).together
    assert certain is not None
    assert certain.stands_out


def test_what_moves_a_team_is_told_where_one_is_named(plain, undecided):
    assert named_team(chances(plain.alternatives), None) is None
    assert named_team(chances(plain.alternatives), "blue") == "blue"
    assert named_team(chances(undecided.alternatives), None) == "lg"


def test_what_moves_a_team_is_the_paired_change_of_its_leaving(undecided):
    found = what_moves("skt", undecided.alternatives, undecided.play_what_ifs("skt"))
    assert found is not None
    default, one, *_ = undecided.alternatives
    left = [each.summary.shares()["", "skt", "leaves_at_all"] for each in (default, one)]
    assert found.chance.p == left[0]
    assert [change.what for change in found.changes[:3]] == ["keep 1", "keep 3", ""]  # not that of "not held"
    assert found.changes[0].difference.estimate == pytest.approx(left[1] - left[0])
    widths = [(change.difference.high - change.difference.low) / 2 for change in found.changes]
    assert found.dice == max(widths)


def test_nothing_moves_where_nothing_can_be_changed():
    alone = quiet({"a": {"own": {"B200": 5}}}, [stage(1, EXAM, grants={"gpus": {"default": "none"}})])
    result = sim.run(alone, 10)
    assert what_moves("a", result.alternatives, result.play_what_ifs("a")) is None


def test_with_processes_of_ones_own_it_is_told_how_much_is_guessed_and_not_what_it_does():
    def idle(world):
        yield world.env.timeout(1)

    found = sim.run(PLAIN, 5, processes=[idle]).findings()
    assert found.guesses == guesses(PLAIN, None)
    assert found.guesses.inputs > found.guesses.guesses > 0
    for lang, said in {
        "en": "GUESSED: 4 of 55 inputs.",
        "ko": "가정값(공개 근거 없음): 입력 55개 중 4개.",
    }.items():
        assert next(guess_lines(Names.of(PLAIN, lang), found.guesses, few=False)) == said


def test_guesses_are_counted_and_their_effects_come_strongest_first(undecided):
    found = guesses(K_AI, undecided.effects)
    assert found.effects is not None
    assert 0 < found.unranged < found.guesses < found.inputs
    strengths = [effect.strength for effect in found.effects]
    assert strengths == sorted(strengths, reverse=True)
    for effect in found.effects:
        assert effect.moves == ("team" if math.isclose(effect.swing, effect.strength) else "strongest")
