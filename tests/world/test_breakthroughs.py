"""Research that bends scaling: what it is worth against closed forms, from when on, and for whom."""

from datetime import date, timedelta
from math import erf, log, log10, sqrt
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from sim.engines import batch, event
from sim.engines.calendar import day_number
from sim.engines.changes import Said, changes_between
from sim.forecast.island import FULL
from sim.forecast.past import past_identity
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.draws import Draws, Key, Purpose
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.facts import forecast_errors
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.comparison import indistinguishable_teams
from tests.helpers import GPUS, REFERENCE, assert_chances, both_engines, quiet, stage

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
KAPPA = 5.0  # of quiet scenarios
EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1.0}}  # so wide that nobody comes near its ends
LUCK = {"capability": {"team_spread": 2.5, "stage_spread": 4.0}}
FIRST, SECOND = date(2026, 1, 1), date(2026, 4, 21)  # when the windows of stages 1 and 2 open
LONG_AGO = {"earliest": "2020-01-01"}


def programme(teams=("a", "b"), stages=2, **more):
    """A programme in which half of the teams leave at the last of its stages."""
    given = teams if isinstance(teams, dict) else {t: {} for t in teams}
    cuts = [{"keep": len(given)}] * (stages - 1) + [{"keep": len(given) // 2}]
    return quiet(given, [stage(n, EXAM, cut=cut) for n, cut in enumerate(cuts, start=1)], **more)


def hub(day=None, **said):
    """A table of one breakthrough."""
    return {"breakthroughs": {"hub": {"day": LONG_AGO if day is None else day, **said}}}


def play(scenario, size=400, engine=batch.play_batch, seed=7):
    return engine(scenario, Draws(seed), 0, size)


def gains(with_it, without):
    """By how much each team is stronger, (stages, replications, teams)."""
    pairs = zip(with_it.stages, without.stages, strict=True)
    return np.array([one.capability - other.capability for one, other in pairs])


def same_fates(one, other):
    pairs = zip(one.stages, other.stages, strict=True)
    return all((a.fate == b.fate).all() and (a.rank == b.rank).all() for a, b in pairs)


@both_engines
def test_compute_that_counts_so_many_times_adds_kappa_log_f_to_all_and_moves_no_fate(play):
    teams = ("a", "b", "c", "d")
    with_it = play(programme(teams, **LUCK, **hub(efficiency=4)), Draws(7), 0, 40)
    without = play(programme(teams, **LUCK), Draws(7), 0, 40)
    np.testing.assert_allclose(gains(with_it, without), KAPPA * log10(4), rtol=1e-12)
    assert same_fates(with_it, without)
    for one, other in zip(with_it.stages, without.stages, strict=True):
        np.testing.assert_array_equal(one.effective, 4 * one.compute)
        np.testing.assert_array_equal(one.compute, other.compute)


@both_engines
def test_of_one_team_it_is_the_same_as_a_team_that_is_so_much_stronger(play):
    teams: dict[str, dict[str, float]] = {"a": {}, "b": {}, "c": {}}
    stronger = {**teams, "a": {"effect": KAPPA * log10(3) + 1.5}}
    ours = play(programme(teams, **LUCK, **hub(efficiency=3, level=1.5, teams=["a"])), Draws(7), 0, 60)
    theirs = play(programme(stronger, **LUCK), Draws(7), 0, 60)
    assert same_fates(ours, theirs)
    np.testing.assert_allclose(gains(ours, theirs), 0.0, atol=1e-11)


@both_engines
def test_a_slope_bends_scaling_about_the_reference_compute(play):
    """By hand: `a` has the reference compute, `b` ten times as much, `c` a tenth."""
    teams = {"a": {}, "b": {"own": {"B200": 9 * GPUS}}, "c": {"mfu": {"B200": 0.05}}}
    bent = play(programme(teams, stages=1, **hub(slope=2.0)), Draws(7), 0, 2)
    (found,) = bent.stages
    np.testing.assert_allclose(found.compute[0] / REFERENCE, [1, 10, 0.1], rtol=1e-12)
    np.testing.assert_allclose(found.capability[0], [100, 100 + KAPPA + 2, 100 - KAPPA - 2], rtol=1e-12)


@both_engines
@pytest.mark.parametrize(("days", "gained"), [(0, 3.0), (1, 0.0)])
def test_a_window_has_it_that_opens_on_the_day_or_later(play, days, gained):
    day = {"earliest": str(SECOND - timedelta(10)), "after": 4.0 + days}
    ours = play(programme(**hub(day, level=3.0, adoption=6.0)), Draws(7), 0, 3)
    found = gains(ours, play(programme(), Draws(7), 0, 3))
    np.testing.assert_allclose(found[0], 0.0, atol=1e-12)
    np.testing.assert_allclose(found[1], gained, atol=1e-12)


@both_engines
def test_what_carries_over_counts_as_it_did_when_it_was_trained(play):
    said = {"capability": {"carry": 0.5}}
    ours = play(programme(**said, **hub({"earliest": str(SECOND)}, efficiency=4)), Draws(7), 0, 2)
    np.testing.assert_allclose(ours.stages[1].effective, (4 + 0.5) * REFERENCE, rtol=1e-12)


@both_engines
def test_others_have_it_later_or_never(play):
    without = play(programme(), Draws(7), 0, 2)
    day = {"earliest": str(FIRST)}
    never = gains(play(programme(**hub(day, level=3.0, teams=["a"])), Draws(7), 0, 2), without)
    later = gains(
        play(programme(**hub(day, level=3.0, teams=["a"], others_after=110.0)), Draws(7), 0, 2), without
    )
    np.testing.assert_allclose(never[:, 0], [[3, 0], [3, 0]], atol=1e-12)
    np.testing.assert_allclose(later[:, 0], [[3, 0], [3, 3]], atol=1e-12)


def test_several_multiply_what_compute_counts_and_add_what_they_add():
    found = {
        "one": {"day": LONG_AGO, "efficiency": 2, "slope": 1.0, "level": 0.5},
        "other": {"day": LONG_AGO, "efficiency": 3, "slope": 0.5, "level": 1.0, "teams": ["a"]},
    }
    ours = play(programme(stages=1, breakthroughs=found), 2)
    (stage_one,) = ours.stages
    np.testing.assert_allclose(stage_one.effective[0], [6 * REFERENCE, 2 * REFERENCE], rtol=1e-12)
    expected = [100 + 1.5 + (KAPPA + 1.5) * log10(6), 100 + 0.5 + (KAPPA + 1.0) * log10(2)]
    np.testing.assert_allclose(stage_one.capability[0], expected, rtol=1e-12)


@both_engines
def test_too_late_for_the_last_window_it_changes_nothing(play):
    day = {"earliest": str(SECOND), "after": {"uniform": [10, 400]}}
    ours = play(programme(**LUCK, **hub(day, efficiency=9, slope=3.0, level=5.0)), Draws(7), 0, 20)
    without = play(programme(**LUCK), Draws(7), 0, 20)
    assert same_fates(ours, without)
    assert not gains(ours, without).any()


def test_a_chance_is_a_mixture_of_coming_and_not_coming_run_by_run():
    teams, size, p = ("a", "b", "c", "d"), 20_000, 0.3
    said = {"efficiency": 4.0, "teams": ["a"]}
    ours = play(programme(teams, **LUCK, **hub({**LONG_AGO, "chance": p}, **said)), size)
    comes = play(programme(teams, **LUCK, **hub(**said)), size)
    never = play(programme(teams, **LUCK), size)
    came = Draws(7).columns([Key(Purpose.BREAKTHROUGH, item="hub")], 0, size)[0] < p
    for mixed, one, other in zip(ours.stages, comes.stages, never.stages, strict=True):
        expected = np.where(came[:, None], one.fate, other.fate)
        np.testing.assert_array_equal(mixed.fate, expected)
    assert_chances(came[:, None], [p])
    leaves = [float(each.left[:, 0].mean()) for each in (comes, never)]
    assert leaves[1] - leaves[0] > 0.1  # or the next line says nothing
    assert_chances(ours.left[:, :1], [p * leaves[0] + (1 - p) * leaves[1]])


@pytest.mark.parametrize(
    ("after", "cdf"),
    [
        ({"uniform": [0, 220]}, lambda x: x / 220),
        (
            {"lognormal": {"median": 100, "sd_log": 0.5}},
            lambda x: (1 + erf(log(x / 100) / 0.5 / sqrt(2))) / 2,
        ),
    ],
)
def test_the_day_follows_its_law(after, cdf):
    """Whole days, halves up: it is there when the second window opens if `after` is less than 110.5."""
    size = 20_000
    day = {"earliest": str(FIRST), "after": after}
    found = gains(play(programme(**hub(day, level=3.0)), size), play(programme(), size))
    there = found[:, :, 0] > 1
    if cdf(0.5) < 1e-6:
        assert not there[0].any()
    else:
        assert_chances(there[0, :, None], [cdf(0.5)])
    assert_chances(there[1, :, None], [cdf(110.5)])


def test_each_team_adopts_by_a_draw_of_its_own_whoever_else_there_is():
    size = 20_000
    said = hub({"earliest": str(FIRST)}, level=3.0, adoption={"uniform": [0, 220]})
    with_b = play(programme(("a", "b", "c"), **said), size)
    many = gains(with_b, play(programme(("a", "b", "c")), size))[1] > 1
    few = gains(play(programme(("a", "c"), **said), size), play(programme(("a", "c")), size))[1] > 1
    np.testing.assert_array_equal(many[:, [0, 2]], few)
    assert_chances(many, [110.5 / 220] * 3)
    assert_chances((many[:, 0] & many[:, 1])[:, None], [(110.5 / 220) ** 2])  # independent


@pytest.mark.parametrize(("days", "gain"), [(0, 2.0), (1, 0.0)])
def test_the_frontier_gains_if_it_comes_by_the_day_of_the_last_result(days, gain):
    ends = SECOND + timedelta(99)  # the last day of training, and of the result
    day = {"earliest": str(ends + timedelta(days))}
    ours, without = play(programme(**hub(day, frontier=2.0)), 2), play(programme(), 2)
    np.testing.assert_allclose(ours.frontier - without.frontier, gain, atol=1e-12)
    assert not gains(ours, without).any()


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"day": LONG_AGO}, "breakthroughs.hub: a breakthrough that changes nothing, expected one of"),
        ({"day": LONG_AGO, "level": 1, "teams": ["aa"]}, "breakthroughs.hub.teams.aa: no team 'aa'"),
        ({"day": LONG_AGO, "level": 1, "others_after": 5}, "`others_after` where all teams have it at once"),
        ({"day": {"earliest": "1066-01-01"}, "level": 1}, "breakthroughs.hub.day.earliest: 1066-01-01"),
        ({"day": {**LONG_AGO, "chance": 1.5}, "level": 1}, "breakthroughs.hub.day.chance: 1.5, expected"),
        ({"day": LONG_AGO, "efficiency": 0}, "breakthroughs.hub.efficiency: 0, expected at least 0.001"),
        ({"day": LONG_AGO, "slope": -1}, "breakthroughs.hub.slope: -1, expected at least 0"),
        ({"level": 1}, "breakthroughs.hub.day: missing"),
    ],
)
def test_nonsense_is_refused_by_one_line(said, line):
    with pytest.raises(ScenarioError) as refused:
        programme(breakthroughs={"hub": said})
    assert line in str(refused.value)
    assert len(refused.value.problems) == 1


def test_without_hardware_nothing_can_be_bent():
    votes = {"result": "2026-07-15", "points": {"votes": {"max": 60, "mean": 35}}, "cut": {"keep": 1}}
    data = {"format": 1, "name": "A contest", "as_of": "2026-01-01", "teams": {"a": {}, "b": {}}}
    with pytest.raises(ScenarioError, match="`breakthroughs` without hardware"):
        from_data(data | {"stages": {"s1": votes}} | hub(level=1))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (hub({**LONG_AGO, "chance": 0}, level=1), "a chance of 0: it never comes"),
        (hub({"earliest": str(SECOND + timedelta(1))}, level=1), "too late for anybody to train with it"),
        (hub({"earliest": str(SECOND)}, level=1, adoption={"uniform": [1, 9]}), "too late for anybody"),
    ],
)
def test_what_cannot_matter_is_warned_of(said, found):
    data = programme(**said).resolved() | {"as_of": "2025-12-31"}
    assert [warning for warning in lint_warnings(from_data(data)) if found in str(warning)]
    fine = programme(**hub({"earliest": str(SECOND)}, level=1)).resolved() | {"as_of": "2025-12-31"}
    assert not [w for w in lint_warnings(from_data(fine)) if w.path[0] == "breakthroughs"]


def test_a_page_to_mail_refuses_it_by_name():
    with pytest.raises(NotTakenError, match=r"^breakthroughs$"):
        refuse_what_is_not_taken(programme(**hub(level=1)), ["s1", "s2"])
    refuse_what_is_not_taken(programme(), ["s1", "s2"])


def test_a_past_that_it_may_have_changed_is_not_inferred_and_any_other_stays_as_it_is():
    plain = load("k-ai")
    ahead = load("k-ai", {"breakthroughs.hub": {"day": {"earliest": "2026-03-01"}, "efficiency": 4}})
    before = load("k-ai", {"breakthroughs.hub": {"day": {"earliest": "2026-01-01"}, "efficiency": 4}})
    of_frontier = load("k-ai", {"breakthroughs.hub": {"day": {"earliest": "2026-01-01"}, "frontier": 4}})
    assert not list(forecast_errors(ahead))
    assert not list(forecast_errors(of_frontier))
    assert [error.path for error in forecast_errors(before)] == [("breakthroughs", "hub", "day", "earliest")]
    assert past_identity(ahead, 1, FULL) == past_identity(plain, 1, FULL)


def test_who_has_it_first_is_unlike_the_others():
    assert indistinguishable_teams(programme(**hub(level=1))) == [("a", "b")]
    assert indistinguishable_teams(programme(**hub(level=1, teams=["a"]))) == []


def test_what_others_leave_out_is_not_in_the_resolved_scenario_and_its_change_is_a_whole_play():
    without, ours = programme(), programme(**hub(level=1))
    assert "breakthroughs" not in without.resolved()
    assert from_data(ours.resolved()) == ours
    assert changes_between(Said.by(without), Said.by(ours)) is None


def test_a_life_tells_what_is_found_and_who_trains_with_it():
    day = {"earliest": "2026-02-01", "after": 5}
    ours = programme(**hub(day, level=3.0, teams=["a"]))
    happenings = event.trace_replication(ours, 1, 0)
    (found,) = [one for one in happenings if one.what == "found"]
    assert (found.date, found.team, dict(found.values)) == (date(2026, 2, 6), "", {"research.hub": 1.0})
    users = [(h.stage, h.team) for h in happenings if h.what == "window-opens" and "research.hub" in h.values]
    assert users == [("s2", "a")]
    assert day_number(found.date) == found.day


def test_the_scenario_has_no_warnings_and_says_which_numbers_are_guesses():
    scenario = load(SCENARIOS / "beyond-scaling.yaml")
    assert lint_warnings(scenario) == []
    assert scenario.breakthroughs is not None


def example():
    """The scenario in the document."""
    text = (ROOT / "docs" / "world" / "breakthroughs.md").read_text(encoding="utf-8")
    return from_data(YAML(typ="safe").load(text.split("```yaml\n")[1].split("```")[0]))


def test_the_example_of_the_document_has_two_tracks_of_which_each_keeps_one_team():
    scenario = example()
    assert lint_warnings(scenario) == []
    outcomes = play(scenario, 4000)
    stays = outcomes.selected
    assert (stays[:, :2].sum(axis=1) == 1).all()
    assert (stays[:, 2:].sum(axis=1) == 1).all()
    found = Draws(7).columns([Key(Purpose.BREAKTHROUGH, item="robots")], 0, 4000)[0] < 0.5
    worth = outcomes.stages[1].effective / outcomes.stages[1].compute
    np.testing.assert_array_equal(worth[:, 2], np.where(found, 4.0, 1.0))
    np.testing.assert_array_equal(worth[:, 3], 1.0)
    assert_chances(stays[~found][:, [0, 2]], [0.5, 0.5])  # nobody of a track is ahead
    assert stays[found][:, 2].mean() > 0.6
