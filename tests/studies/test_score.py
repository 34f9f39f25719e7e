"""Scores of forecasts of decided stages, against chances that are known in closed form."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from scipy.special import stdtrit

import sim
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.findings.score import scored_stages
from sim.forecast.island import Effort
from sim.scenario import from_data
from sim.studies.score import forecasts, play_scores
from tests.helpers import quiet, stage, z_score

RUNS = 20_000
QUICK = Effort(particles=400, lines=200, singles=50, numbers=30)
EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 1}}
SPREAD = {"team_spread": 3.0, "stage_spread": 4.0}


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    """Pasts are inferred anew, and nothing is written where users keep theirs."""
    monkeypatch.setenv("EVALSCHED_CACHE", str(tmp_path))


def alike(teams="abc", happened=None, **keys):
    """Teams of which nothing tells one from another, and a stage that is decided."""
    one = stage(1, EXAM, happened=happened or {teams[-1]: "out-by-points"}, **keys)
    return quiet({team: {} for team in teams}, [one], capability={"level": 100.0, **SPREAD})


def scored(scenario, runs=RUNS):
    (found,) = sim.score(scenario, runs).findings.stages
    return found


def by_who(found):
    return {score.who: score for score in found.scores}


def is_by_chance(found, chance):
    """The model gave what happened this chance, but for the dice."""
    assert abs(z_score(found.happened.count, found.happened.of, chance)) <= 4
    model, equal = found.scores[:2]
    assert (model.who, equal.who) == ("model", "equal")
    assert model.log == pytest.approx(-math.log(found.happened.p))
    return equal


def test_of_three_alike_teams_each_leaves_by_a_third():
    found = scored(alike(cut={"keep": 2}))
    equal = is_by_chance(found, 1 / 3)
    assert equal.log == pytest.approx(math.log(3))
    assert equal.brier == pytest.approx(2 / 3)
    # c is known to be last, a and b share the places before: borders after 1 of c, after 2 of each.
    assert equal.places == pytest.approx(((1 / 3) ** 2 + (1 / 3) ** 2 * 2 + (2 / 3) ** 2) / 4)
    assert found.scores[0].brier == pytest.approx(2 / 3, abs=0.02)
    assert (found.left, found.failed, found.facts, found.runs) == (("c",), (), 0, RUNS)
    assert [score.who for score in found.scores] == ["model", "equal"]  # there was no ranking before


def test_two_that_leave_are_one_set_of_ten():
    found = scored(alike("abcde", happened={"a": "out-by-points", "c": "out-by-points"}, cut={"drop": 2}))
    equal = is_by_chance(found, 1 / 10)
    assert (equal.log, equal.brier) == (pytest.approx(math.log(10)), pytest.approx(0.9))


def test_of_who_failed_a_gate_apart_it_is_not_seen_whether_the_cut_takes_them():
    happened = {"a": "out-at-gate", "e": "out-by-points"}
    found = scored(alike("abcde", happened=happened, cut={"keep": 4}, gate={"mode": "apart", "risk": 0.9}))
    equal = is_by_chance(found, 1 / 5)
    assert equal.brier == pytest.approx(0.8)  # that nobody is seen to leave is one of five ways
    assert set(found.chances) == set("abcde")
    assert (found.failed, found.runs) == (("a",), RUNS)


def test_who_failed_a_gate_that_comes_first_is_out_of_the_question():
    happened = {"a": "out-at-gate", "e": "out-by-points"}
    keys = {"cut": {"keep": 3}, "gate": {"mode": "first", "risk": 0.9}}
    teams = {"a": {}, "b": {"gate_risk": 1.0}, "c": {}, "d": {}, "e": {}}
    one = stage(1, EXAM, happened=happened, **keys)
    found = scored(quiet(teams, [one], capability={"level": 100.0, **SPREAD}))
    equal = is_by_chance(found, 1 / 4)
    assert equal.brier == pytest.approx(3 / 4)
    assert set(found.chances) == set("bcde")


def test_below_a_minimum_the_number_that_leaves_is_the_models_own():
    found = scored(alike("abc", cut={"minimum": 500}))
    # The mean is the minimum: each fails it by a half, and so does none, or all, by an eighth.
    equal = is_by_chance(found, 1 / 8)
    assert equal.log == pytest.approx(math.log(8), abs=0.1)
    assert equal.brier == pytest.approx(7 / 8, abs=0.01)


def test_a_stronger_team_leaves_by_the_chance_of_the_normal_law():
    teams = {"strong": {"effect": 2.0}, "weak": {}}
    one = stage(1, EXAM, happened={"weak": "out-by-points"}, cut={"keep": 1})
    found = scored(quiet(teams, [one]))
    chance = (1 + math.erf(2 / math.sqrt(2) / math.sqrt(2))) / 2  # noise of 1 each, 2 ECI apart
    is_by_chance(found, chance)
    p = found.happened.p
    assert found.scores[0].brier == pytest.approx(2 * (1 - p) ** 2)
    assert found.scores[0].places == pytest.approx((1 - p) ** 2)


def two_stages(facts, happened="b", **of_second):
    """Two teams, compared twice; both stay at the first stage, and one leaves at the second."""
    points = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0}}
    stages = [
        stage(1, points, cut={"keep": 2}, happened={}, facts=facts),
        stage(2, points, cut={"keep": 1}, happened={happened: "out-by-points"}, **of_second),
    ]
    return quiet({"a": {}, "b": {}}, stages, capability={"level": 100.0, **SPREAD})


ORDER = {"order": {"of": "total", "first": "a"}}
A_STAYS = 0.5 + math.asin(9 / 25) / math.pi
"""Who was ahead once stays ahead by this chance, by the part of luck that lasts: 9 of 25."""


def played(scenario, runs=RUNS):
    return play_scores(Case(scenario, 1, "batch", effort=QUICK), runs, Runner(jobs=1))


def test_what_was_known_before_is_used():
    result = played(two_stages(ORDER))
    (found,) = result.findings.stages
    assert (found.stage, found.facts) == ("s2", 1)
    low, high = found.happened.low, found.happened.high
    error = (high - low) / 2 / stdtrit(7, 0.975)  # of eight islands
    assert abs(found.happened.p - A_STAYS) <= 4 * error
    assert set(by_who(found)) == {"model", "equal", "repeat"}
    repeat = by_who(found)["repeat"]
    assert (repeat.brier, repeat.log, repeat.places) == (0, 0, 0)
    odds = result.findings.odds
    assert odds.odds == pytest.approx(2 * found.happened.p)
    assert (odds.low, odds.high) == (pytest.approx(2 * low), pytest.approx(2 * high))
    assert odds.says_little
    assert result.findings.nobody_left == ("s1",)


def test_who_is_sure_and_wrong_scores_the_worst_there_is():
    (found,) = played(two_stages(ORDER, happened="a")).findings.stages
    repeat = by_who(found)["repeat"]
    assert (repeat.brier, repeat.log, repeat.places) == (2, math.inf, 1)


def test_odds_of_several_stages_multiply():
    points = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 1}}
    out = [{"d": "out-by-points"}, {"c": "out-by-points"}]
    stages = [stage(n, points, cut={"drop": 1}, happened=out[n - 1]) for n in (1, 2)]
    teams: dict[str, dict[str, float]] = {"a": {"effect": 1.0}, "b": {"effect": 1.0}, "c": {}, "d": {}}
    found = sim.score(quiet(teams, stages), RUNS).findings
    first, second = found.stages
    assert found.odds.odds == pytest.approx(4 * first.happened.p * 3 * second.happened.p)
    assert found.odds.low < found.odds.odds < found.odds.high
    assert by_who(second)["repeat"].brier == pytest.approx(1 / 9 * 2 + 4 / 9)  # three were not told apart


def with_a_newcomer():
    facts = {"order": {"of": "total", "order": ["a", ["b", "c"], "d"]}}
    entry = {"day": "2026-04-15", "candidates": ["new"], "happened": ["new"]}
    stages = [
        stage(1, EXAM, cut={"keep": 3}, happened={"d": "out-by-points"}, facts=facts, entry=entry),
        stage(2, EXAM, cut={"keep": 3}, happened={"new": "out-by-points"}),
    ]
    teams: dict[str, dict[str, float]] = {team: {} for team in ("a", "b", "c", "d", "new")}
    return quiet(teams, stages, capability={"level": 100.0, **SPREAD})


def test_a_ranking_without_a_newcomer_is_read_in_two_ways():
    first, second = played(with_a_newcomer(), 2_000).findings.stages
    assert (first.facts, second.facts) == (0, 1)
    assert [score.who for score in first.scores] == ["model", "equal"]
    last, safe = (by_who(second)[f"repeat_new_{how}"] for how in ("last", "safe"))
    assert (last.brier, last.log) == (0, 0)
    assert (safe.brier, safe.log) == (pytest.approx(1.5), math.inf)  # b or c, by a half each
    assert "repeat" not in by_who(second)


def known_on_the_eve(scenario, number=-1):
    """What the forecast of a stage is played from, as plain data; the last stage's if not said otherwise."""
    found = list(forecasts(Case(scenario, 1, "batch")))[number].case.scenario
    return found.resolved()


def test_nothing_of_the_result_or_of_later_days_is_used():
    plain = two_stages(ORDER)
    late = {"of": "total", "points": {"b": 999.0}, "known": "2030-01-01"}
    poisoned = two_stages({**ORDER, "late": late})
    second = poisoned.stages["s2"]
    fact = poisoned.stages["s1"].facts["order"]
    stages = {**poisoned.stages, "s2": second.model_copy(update={"facts": {"poison": fact}})}
    poisoned = poisoned.model_copy(update={"stages": stages})
    assert known_on_the_eve(plain) == known_on_the_eve(poisoned)
    other = played(two_stages(ORDER, happened="a"), 2_000).findings.stages[0]
    same = played(plain, 2_000).findings.stages[0]
    assert other.chances == same.chances


def test_a_forecast_is_of_the_day_before_the_result():
    scenario = two_stages(ORDER)
    decided = scenario.stages["s2"].decided
    eve = decided - timedelta(days=1)
    on_the_day = {"late": {"of": "total", "first": "a", "known": str(decided)}}
    before = {"late": {"of": "total", "first": "a", "known": str(eve)}}
    assert known_on_the_eve(two_stages(before))["stages"]["s1"]["facts"]
    assert "facts" not in known_on_the_eve(two_stages(on_the_day))["stages"]["s1"]
    assert known_on_the_eve(scenario)["as_of"] == str(eve)


def marked(spread, day, **jury):
    """Two judged teams, the spread of whose points was set after the results of a day."""
    block = {"max": 100, "mean": 45, "noise": 1.0, "spread": spread, "prior_from": {"spread": day, **jury}}
    one = stage(1, {"jury": block}, cut={"keep": 1}, happened={"b": "out-by-points"})
    ahead = stage(2, {"jury": {**block, "mean": 40}})
    return quiet({"a": {"effect": 2.0}, "b": {}}, [one, ahead], judging={"follows_strength": 0.5})


LAW = {"triangular": [1, 2, 4], "shared": "spread"}
BEFORE, AFTER = "2026-04-01", "2026-05-01"
PATH = "stages.s1.points.jury.spread"


def spread_at(forecast, stage_id):
    """The ends between which every spread is as likely."""
    jury = forecast.case.scenario.resolved()["stages"][stage_id]["points"]["jury"]
    return tuple(jury["spread"]["uniform"][end] for end in ("low", "high"))


def test_values_set_after_the_result_have_their_widest_range():
    decided = quiet({"a": {}}, [stage(1, EXAM)]).stages["s1"].decided
    assert date.fromisoformat(BEFORE) < decided < date.fromisoformat(AFTER)
    (kept,) = forecasts(Case(marked(LAW, BEFORE), 1, "batch"))
    assert kept.cleaned.widened == kept.cleaned.unclean == ()
    (cleaned,) = forecasts(Case(marked(LAW, AFTER, mean=AFTER), 1, "batch"))
    assert cleaned.cleaned.widened == (PATH,)
    assert cleaned.cleaned.unclean == ()
    stages = cleaned.case.scenario.resolved()["stages"]
    assert stages["s1"]["points"]["jury"]["mean"] == 50  # half of the maximum: nobody knew it then
    for s in ("s1", "s2"):  # they share one draw
        assert spread_at(cleaned, s) == (1, 4)
        assert stages[s]["points"]["jury"]["spread"]["shared"] == "spread"


def test_a_fixed_value_has_the_range_that_the_model_names():
    (cleaned,) = forecasts(Case(marked(2.0, AFTER), 1, "batch"))
    assert spread_at(cleaned, "s1") == (pytest.approx(1.3), pytest.approx(3.0))


@pytest.mark.parametrize("spread", [LAW, 2.0], ids=["a law", "a number"])
def test_the_range_that_the_file_names_goes_before_all_others(spread):
    def of(day):
        return forecasts(Case(marked(spread, {"day": day, "widest": [0.5, 6.0]}), 1, "batch"))

    (cleaned,) = of(AFTER)
    assert cleaned.cleaned.widened == (PATH,)
    assert spread_at(cleaned, "s1") == (0.5, 6.0)
    (kept,) = of(BEFORE)
    assert kept.cleaned.widened == kept.cleaned.unclean == ()
    assert (
        kept.case.scenario.stages["s1"].points["jury"].spread
        == marked(spread, BEFORE).stages["s1"].points["jury"].spread
    )


def test_with_a_range_even_a_mean_can_be_cleaned():
    (found,) = forecasts(Case(marked(LAW, AFTER, mean={"day": AFTER, "widest": [30, 70]}), 1, "batch"))
    assert found.cleaned.unclean == ()
    assert set(found.cleaned.widened) == {PATH, "stages.s1.points.jury.mean"}
    mean = found.case.scenario.resolved()["stages"]["s1"]["points"]["jury"]["mean"]
    assert mean["uniform"] == {"low": 30.0, "high": 70.0}


def test_the_widest_range_is_what_is_played():
    wide = from_data(marked(LAW, BEFORE).resolved(), {PATH: {"uniform": [1, 4], "shared": "spread"}})
    assert scored(marked(LAW, AFTER), 5_000).chances == scored(wide, 5_000).chances


def test_of_the_gate_and_of_stages_ahead_nothing_has_to_be_cleaned():
    data = marked(LAW, BEFORE).resolved()
    data["stages"]["s1"]["gate"] = {"mode": "apart", "risk": 0.1, "prior_from": AFTER}
    data["stages"]["s2"]["points"]["jury"]["prior_from"] = {"mean": AFTER}
    (found,) = forecasts(Case(from_data(data), 1, "batch"))
    assert found.cleaned.unclean == found.cleaned.widened == ()


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (quiet({"a": {}}, [stage(1, EXAM)]), "no stage at which some left by points and some did not"),
        (quiet({"a": {}, "b": {}}, [stage(1, EXAM, happened={})]), "nothing to score"),
        (alike(cut={"minimum": 100}), "s1: in not one run do as many leave by points as did"),
    ],
    ids=["nothing decided", "nobody left", "a result that the model cannot have"],
)
def test_what_cannot_be_scored_is_told(scenario, told):
    with pytest.raises(ValueError, match=told):
        sim.score(scenario, 200)


def test_a_stage_at_which_all_leave_is_not_scored():
    out = dict.fromkeys("ab", "out-by-points")
    scenario = quiet({"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 0}, happened=out)])
    assert scored_stages(scenario) == ((), ("s1",))


def test_choices_of_stages_ahead_are_at_their_default():
    ahead = stage(2, EXAM, cut={"keep": {"choice": [1, 2]}})
    stages = [stage(1, EXAM, cut={"keep": 2}, happened={"c": "out-by-points"}), ahead]
    found = scored(quiet({team: {} for team in "abc"}, stages, capability={"level": 100.0, **SPREAD}))
    is_by_chance(found, 1 / 3)


def test_scores_do_not_depend_on_workers():
    scenario = alike(cut={"keep": 2})
    one, two = (sim.score(scenario, 40_000, jobs=jobs).findings for jobs in (1, 2))
    assert one == two


def test_a_table_and_json_have_the_same_numbers():
    result = sim.score(alike(cut={"keep": 2}), 500)
    (found,) = result.findings.stages
    table = result.table().set_index(["stage", "forecast"])
    told = result.as_json()["stages"]["s1"]
    for score in found.scores:
        assert told["scores"][score.who]["brier"] == pytest.approx(score.brier, rel=1e-8)
        assert score.brier == table.loc[("s1", score.who), "brier"]
    assert result.as_json()["n"] == 1
    assert replace(found) == found
