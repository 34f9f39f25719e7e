"""After leaving: two teams by hand, counts by plain loops, chances by z-test, and what it leaves alone."""

from dataclasses import fields
from datetime import date
from math import isnan, log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engines import batch, event
from sim.engines.calendar import day_number
from sim.engines.event import play_traced
from sim.engines.happenings import What
from sim.engines.outcomes import concatenate
from sim.model.diffusion import bass_share
from sim.model.draws import CachedSource, Draws, Key, Purpose
from sim.rules.decisions import Fate
from sim.scenario import load
from sim.scenario.language.load import with_values
from sim.stats.tables import outcomes_table
from sim.stats.tally import tally
from tests.engines.agree import first_difference
from tests.engines.identical import arrays, assert_identical
from tests.engines.test_replay import assert_as_whole
from tests.engines.test_replay import played as replayed
from tests.helpers import DAYS, GPUS, Script, both_engines, played, quiet, stage, z_score
from tests.stats.recount import accuracy, frontier, worlds

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 10, "noise": 0}}
TEAMS: dict[str, Any] = {"a": {"effect": 1}, "b": {"own": {"B200": 50}}}
LINE = {"level": 110.0, "date": "2026-04-11", "growth_per_year": 10.0}
SAID: dict[str, Any] = {
    "until": "2026-12-31",
    "dates": ["2026-04-10", "2026-04-09"],
    "share_of_frontier": 0.5,
    "go_on": {"share": 0.8, "every": 100},
    "openly": {"within": 1, "after": 1},
    "institutes": {"count": 23, "innovation": 0.3, "imitation": 2, "needs_strength": 100.9},
    "companies": {"count": 1000, "innovation": 0.1, "imitation": 5, "after": 0.1},
}


def two(said=None, teams=None, **more):
    """Team a stays at the first of two stages; b leaves, with 50 GPUs of its own."""
    stages = [stage(1, EXAM, cut={"keep": 1}), stage(2, EXAM)]
    return quiet(teams or TEAMS, stages, frontier=LINE, afterwards={**SAID, **(said or {})}, **more)


def of(outcomes) -> Any:
    """What comes after leaving, of outcomes that have it."""
    return outcomes.afterwards


def after(scenario, size=1, play=batch.play_batch):
    return of(played(play, scenario, size))


def end_of(day):
    return day_number(date.fromisoformat(day)) + 1


ALONE = 100 + 5 * log10(0.8 * 50 / GPUS)
"""Strength of b on four fifths of its 50 GPUs, which are 40 % of the compute of reference."""


@both_engines
def test_two_teams_by_hand(play):
    found = after(two(), play=play)
    # Of the two stages, and of the one day of a hundred after the last that comes before the end of the year.
    np.testing.assert_allclose(found.outside[0, :, 1], [np.nan, ALONE, ALONE], rtol=1e-12)
    assert np.isnan(found.outside[0, :, 0]).all()  # a was never out
    assert found.made[0].tolist() == [end_of("2026-04-10"), end_of("2026-07-29"), end_of("2026-11-06")]
    assert found.hours[0].tolist() == [0, 2 * 0.8 * 50 * DAYS * 24]
    # Nobody has a model before the first result; then a has one of 101, and b had one on 150 GPUs.
    np.testing.assert_allclose(found.strongest[0], [101, np.nan, 101], rtol=1e-12)


def test_what_moves_beyond_the_last_day_makes_no_model_and_takes_no_hours():
    """The second stage moves by 100 days, and so does the one day after it, which was in November."""
    stages = [stage(1, EXAM, cut={"keep": 1}), stage(2, EXAM, shift=100)]
    moved = after(quiet(TEAMS, stages, frontier=LINE, afterwards=SAID))
    assert moved.made[0, 2] == end_of("2026-11-06") + 100 > end_of(SAID["until"])
    assert np.isnan(moved.outside[0, 2]).all()
    assert moved.hours[0].tolist() == [0, 0.8 * 50 * DAYS * 24]


def test_who_is_selected_goes_on_after_the_last_stage_too_and_is_not_out():
    found = after(two(teams={"a": {"effect": 9, "own": {"B200": 9000}}, "b": {"own": {"B200": 50}}}))
    assert np.isnan(found.outside[0, :, 0]).all()
    assert found.hours[0, 0] == 0
    first, last = found.strongest[0, [0, 2]]
    assert first == pytest.approx(109 + 5 * log10(91), rel=1e-12)  # with what it was lent: its best for good
    assert last == first
    alone = after(two(teams={"a": {"effect": 9, "own": {"B200": 9000}}}, said={"go_on": {"every": 30}}))
    assert alone.strongest[0, 2] == first
    richer = {"gpus": {"a": {"B200": 50_000}}, "share": 1, "every": 100}
    assert after(two(said={"go_on": richer})).strongest[0, 2] == pytest.approx(
        101 + 5 * log10(500), rel=1e-12
    )


@both_engines
def test_institutes_and_companies_by_hand(play):
    found = after(two(), play=play)
    begins = end_of("2026-04-10")  # with a's 101, above the 100.9 that are needed; b's has less
    assert found.begins[0] == begins
    years = (end_of("2026-12-31") - begins) / 365.25
    e = np.exp(-2.3 * years)
    assert found.institutes[0].tolist() == pytest.approx([0, 0, 23 * (1 - e) / (1 + 2 / 0.3 * e)], rel=1e-12)
    half = np.log((0.3 + 2 * 0.5) / (0.3 * 0.5)) / 2.3
    assert found.half[0] == pytest.approx(begins + 365.25 * half, abs=1e-9)
    follow = np.log((0.3 + 2 * 0.1) / (0.3 * 0.9)) / 2.3
    assert found.follow[0] == pytest.approx(begins + 365.25 * follow, abs=1e-9)
    e = np.exp(-5.1 * (years - follow))
    assert found.companies[0, 2] == pytest.approx(1000 * (1 - e) / (1 + 50 * e), rel=1e-12)


def test_models_that_count_are_those_from_a_share_of_the_line_of_that_day_on():
    def domestic(share):
        return after(two({"share_of_frontier": share})).domestic[0].tolist()

    line = [accuracy(110 + 10 * (end_of(day) - end_of("2026-04-10")) / 365.25) for day in DAYS_TOLD]
    # b had 150 GPUs at the first stage, more than it ever has again: its best model stays its best.
    first, second = accuracy(101), accuracy(100 + 5 * log10(1.5))
    for place, day in ((0, line[0]), (2, line[2])):
        just, beyond = second / day * (1 - 1e-9), second / day * (1 + 1e-9)
        assert domestic(just)[place] == 2
        assert domestic(beyond)[place] == 1
        assert domestic(first / day * (1 + 1e-9))[place] == 0
    assert domestic(0)[1] == 0  # before the first result there is no model at all


DAYS_TOLD = ("2026-04-10", "2026-04-09", "2026-12-31")


def test_a_need_is_a_share_of_the_line_on_the_day_of_the_model():
    level = accuracy(101) / accuracy(110)
    for share, begins in ((level * (1 - 1e-9), end_of("2026-04-10")), (level * (1 + 1e-9), np.inf)):
        said = {"count": 23, "needs": share}
        assert after(two({"institutes": said})).begins[0] == begins


def test_a_hub_stretches_the_clock_from_its_day_on():
    hub = {"opens": "2026-07-01", "delay": 31, "pace": 3}
    found = after(two({"institutes": {**SAID["institutes"], "hub": hub}}))
    before = (day_number(date(2026, 8, 1)) - end_of("2026-04-10")) / 365.25
    paced = before + 3 * (end_of("2026-12-31") - day_number(date(2026, 8, 1))) / 365.25
    assert found.institutes[0, 2] == pytest.approx(23 * bass_share(paced, 0.3, 2), rel=1e-12)
    half = np.log(1.3 / 0.15) / 2.3
    assert half > before
    assert (found.half[0] - found.begins[0]) / 365.25 == pytest.approx(before + (half - before) / 3, rel=1e-9)


def on_foreign(share, closes, delay=40, **institutes):
    """Two teams, and institutes of which a share has built on a model that closes."""
    built = {"share": share, "delay": delay}
    said = {**SAID["institutes"], **institutes, "on_foreign": built}
    return two({"institutes": said}, openness={"open": {"closes": closes}})


@both_engines
@pytest.mark.parametrize("closed", ["2026-02-01", "2026-06-01"])
def test_institutes_fall_back_when_a_foreign_model_closes(play, closed):
    """Others begin on the day of the first model; these 40 days after theirs is gone, or with the others."""
    found = after(on_foreign(0.4, {"earliest": closed}), play=play)
    plain = after(two(), play=play)
    begins, days = found.begins[0], np.array([end_of(day) for day in (*SAID["dates"], SAID["until"])])
    assert begins == plain.begins[0] == end_of("2026-04-10")
    gone = day_number(date.fromisoformat(closed))
    first, later = (
        23 * bass_share(np.maximum(days - start, 0) / 365.25, 0.3, 2)
        for start in (begins, max(begins, gone + 40))
    )
    np.testing.assert_allclose(found.institutes[0], 0.6 * first + 0.4 * later, rtol=1e-12, atol=1e-12)
    still = days <= gone
    np.testing.assert_allclose(found.on_foreign[0], np.where(still, 0.4 * 23, 0))
    np.testing.assert_allclose(found.stranded[0], np.where(still, 0, 0.4 * (23 - later)), rtol=1e-12)
    # The day of a share is that on which these two groups together reach it.
    for day, share in ((found.half[0], 0.5), (found.follow[0], 0.1)):
        at = [bass_share(max(day - start, 0) / 365.25, 0.3, 2) for start in (begins, max(begins, gone + 40))]
        assert 0.6 * at[0] + 0.4 * at[1] == pytest.approx(share, rel=1e-9)
    assert plain.half[0] <= found.half[0]


def test_who_never_loses_a_foreign_model_never_takes_up_another():
    found = after(on_foreign(0.4, {"earliest": "2026-02-01", "chance": 0}))
    plain = after(two())
    np.testing.assert_allclose(found.institutes, 0.6 * plain.institutes, rtol=1e-12)
    assert (found.on_foreign == 0.4 * 23).all()
    assert not found.stranded.any()
    years = (found.half[0] - found.begins[0]) / 365.25
    assert bass_share(years, 0.3, 2) == pytest.approx(0.5 / 0.6, rel=1e-9)
    most = after(on_foreign(0.6, {"earliest": "2026-02-01", "chance": 0}))
    assert np.isinf(most.half).all()  # the others are fewer than half


def test_without_any_of_them_a_foreign_model_changes_nothing():
    found, plain = after(on_foreign(0, {"earliest": "2026-02-01"})), after(two())
    for one in fields(found):
        mine, theirs = getattr(found, one.name), getattr(plain, one.name)
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, err_msg=one.name)


def test_a_closing_is_one_draw_for_institutes_and_teams():
    closes = {"earliest": "2026-01-01", "after": {"uniform": [0, 300]}, "chance": 0.5}
    size = 4000
    found = after(on_foreign(0.4, closes), size)
    lost = ~(found.on_foreign[:, -1] > 0)
    assert abs(z_score(lost.sum(), size, 0.5)) <= 4
    teams = {"a": {"effect": 1, "base": "open"}, "b": {"own": {"B200": 50}}}
    beside = two(
        {"institutes": {**SAID["institutes"], "on_foreign": {"share": 0.4, "delay": 40}}},
        teams,
        openness={"open": {"closes": closes, "compute": 2}},
    )
    assert np.array_equal(after(beside, size).on_foreign, found.on_foreign)


def test_domain_models_are_a_share_of_who_was_served_so_many_days_before():
    own = {"share": 0.5, "days": 100}
    found = after(two({"institutes": {**SAID["institutes"], "domain_models": own}}))
    years = (end_of("2026-12-31") - 100 - end_of("2026-04-10")) / 365.25
    assert found.domain_models[0, 2] == pytest.approx(0.5 * 23 * bass_share(years, 0.3, 2), rel=1e-12)


def test_only_what_is_open_is_taken_up():
    """Scripted: b's lot is 0.2, a's is 0.6; both have a model at the first stage, b alone later."""
    lots = Script({Key(Purpose.OPEN, team="a"): 0.6, Key(Purpose.OPEN, team="b"): 0.2})
    for within, later, begins in ((0.7, 0, "2026-04-10"), (0.5, 0.1, None), (0.1, 0.3, "2026-07-29")):
        said = {"openly": {"within": within, "after": later}}
        said["institutes"] = {**SAID["institutes"], "needs_strength": ALONE if within < 0.5 else 100.9}
        found = of(batch.play_batch(two(said), lots, 0, 1))
        assert found.begins[0] == (np.inf if begins is None else end_of(begins))


def test_gpus_to_go_on_with_take_the_place_of_ones_own():
    named = {"share": 1, "gpus": {"b": {"B200": 200}, "default": "none"}}
    found = after(two({"go_on": {**named, "every": 100}}))
    assert found.outside[0, 1, 1] == pytest.approx(100 + 5 * log10(2), rel=1e-12)
    nothing = after(two({"go_on": {"gpus": {"default": "none"}}}))
    assert np.isnan(nothing.outside).all()
    assert not nothing.hours.any()


def test_what_counts_of_before_counts_on_outside():
    """carry: b's first model was trained on 150 GPUs, half of which counts beside its 40, and so on."""
    found = after(two(capability={"carry": 0.5}))
    second = 0.4 + 0.5 * 1.5
    expected = [100 + 5 * log10(second), 100 + 5 * log10(0.4 + 0.5 * second)]
    np.testing.assert_allclose(found.outside[0, 1:, 1], expected, rtol=1e-12)


def plan(**changes: Any):
    return with_values(load(SCENARIOS / "institutes.yaml").resolved(), changes)


PLAN = plan()


def test_the_programme_is_as_it_was():
    """Neither fates nor points nor money change, to the last bit, and a file without it does not know it."""
    without = load(SCENARIOS / "k-ai-2025-plan.yaml")
    assert "afterwards" not in without.resolved()
    here, there = (batch.play_batch(s, Draws(5), 0, 60) for s in (PLAN, without))
    assert there.afterwards is None
    assert_identical(arrays(here, stages=9), arrays(there, stages=9))


NOBODY_LEAVES: dict[str, Any] = {
    f"stages.stage-{k}.{key}": value for k in (1, 2, 3) for key, value in (("cut", {}), ("gate", None))
}


@pytest.mark.parametrize(
    "changes",
    [
        {**NOBODY_LEAVES, "afterwards.until": "2026-12-31", "afterwards.dates": None},
        {"afterwards.go_on.gpus": {"default": "none"}},
        {"afterwards.go_on.share": 0},
    ],
    ids=["nobody leaves", "no GPU", "no share"],
)
def test_where_nobody_goes_on_it_is_as_without_going_on(changes):
    alone, without = after(plan(**changes), 40), after(plan(**changes, **{"afterwards.go_on": None}), 40)
    assert np.isnan(alone.outside).all()
    assert not alone.hours.any()
    for field in fields(without):
        if field.name not in ("outside", "made"):
            np.testing.assert_array_equal(
                getattr(alone, field.name), getattr(without, field.name), field.name
            )


def test_own_gpus_are_used_once_inside_the_programme_or_outside():
    """Each team trains on its own in each window: as a participant, or after it left; nothing is lost."""
    changes = {"afterwards.go_on": {"share": 1}, "afterwards.until": "2026-12-31", "afterwards.dates": None}
    scenario = plan(**changes, **{"teams.naver.own": {"H200": 700}})
    outcomes = batch.play_batch(scenario, Draws(3), 0, 50)
    inside = sum(each.own_gpu_hours for each in outcomes.stages)
    days = sum((w.last - w.first).days + 1 for stage in scenario.stages.values() for w in [stage.train])
    own = np.array([team.own.get("H200", 0) for team in scenario.teams.values()])
    np.testing.assert_allclose(inside + of(outcomes).hours, np.tile(own * days * 24, (50, 1)), rtol=1e-12)
    assert of(outcomes).hours.any()


def test_models_that_count_are_counted_again_from_rows_and_from_lives():
    """Plain loops over the rows of stages and over what lives tell of teams that are out."""
    runs, share = 25, 0.75
    outcomes = batch.play_batch(PLAN, Draws(8), 0, runs)
    found = worlds(outcomes_table(PLAN, outcomes))
    days = [date(2026, 6, 30), date(2026, 12, 31), date(2027, 12, 31)]
    for r in range(runs):
        made: dict[str, Any] = {t: [] for t in PLAN.teams}
        for name, rows in found[r].items():
            for team, row in rows.items():
                if row.fate != "gone" and not isnan(row.capability):
                    made[team].append((PLAN.stages[name].decided, row.capability))
        lives, _ = play_traced(PLAN, Draws(8), r)
        for one in lives:
            if one.what is What.MAKES_ALONE:
                made[one.team].append((one.date, one.values["strength"]))
        selected = [t for t, row in found[r]["stage-3"].items() if row.fate == "kept"]
        for place, day in enumerate(days[:2]):  # of who is selected, lives tell nothing after the last stage
            strong = [max([s for when, s in models if when <= day], default=-1e3) for models in made.values()]
            needed = share * accuracy(frontier(day))
            assert of(outcomes).domestic[r, place] == sum(accuracy(s) >= needed for s in strong)
        outside = [s for t, models in made.items() if t not in selected for _, s in models]
        assert of(outcomes).strongest[r, 2] >= max(outside)
    assert of(outcomes).domestic[:, 1].mean() > 1


def test_the_responses_are_what_the_outcomes_say():
    outcomes = batch.play_batch(PLAN, Draws(8), 0, 200)
    found = of(outcomes)
    counts: Any = tally(PLAN, outcomes)
    assert counts.chances["two_domestic_models"] == (np.count_nonzero(found.domestic[:, 2] >= 2), 200)
    assert counts.chances["three_domestic_models"] == (np.count_nonzero(found.domestic[:, 2] > 2), 200)
    end = end_of("2027-12-31")
    assert counts.chances["half_of_institutes"] == (np.count_nonzero(found.half <= end), 200)
    assert counts.chances["institutes_begin"] == (np.count_nonzero(found.begins <= end), 200)
    for name, array in {
        "domestic_models": found.domestic[:, 2], "domestic_models.2026-06-30": found.domestic[:, 0],
        "institutes_served.2026-12-31": found.institutes[:, 1], "companies_served": found.companies[:, 2],
        "domain_models": found.domain_models[:, 2], "strongest_domestic": found.strongest[:, 2],
        "strongest_outside": np.nanmax(found.outside, axis=(1, 2)),
        "gpu_hours_outside": found.hours.sum(axis=1),
    }.items():  # fmt: skip
        measure = counts.measures[name]
        assert measure.size == 200, name
        assert measure.mean() == pytest.approx(array.mean(), abs=measure.resolution), name
    in_time = found.half[found.half <= end]
    months = (in_time - day_number(date(2025, 9, 9))) / 365.25 * 12
    assert counts.measures["months_to_half"].size == in_time.size > 0
    assert counts.measures["months_to_half"].mean() == pytest.approx(months.mean(), abs=0.1)


@both_engines
def test_openness_by_team_is_one_lot_and_by_model_one_each(play):
    """Only b's later models are good enough, two of them: the chance is p, or 1 - (1 - p)^2."""
    size, p = (40_000 if play is batch.play_batch else 1500), 0.3
    institutes = {**SAID["institutes"], "needs_strength": 105}
    said: dict[str, Any] = {
        "go_on": {"gpus": {"b": {"B200": 5000}, "a": "none"}, "every": 60},
        "institutes": institutes,
    }
    said["until"] = "2026-10-30"  # of a stage, and once more after the last
    for drawn, expected in (("team", p), ("model", 1 - (1 - p) ** 2)):
        openly = {"within": 0, "after": p, "drawn": drawn}
        begins = after(two({**said, "openly": openly, "dates": None}), size, play).begins
        assert abs(z_score(np.isfinite(begins).sum(), size, expected)) < 4


def test_luck_after_the_last_stage_is_normal_and_a_teams_own():
    """Strength after the last stage has the spread of a stage; another team more changes nobody's."""
    luck = {"capability": {"stage_spread": 3.0}}
    size = 20_000
    found = after(two({"dates": None}, **luck), size).outside
    left = ~np.isnan(found[:, 1, 1])
    z = (found[left, 2, 1] - ALONE) / 3
    assert abs(z.mean()) * np.sqrt(z.size) < 4
    assert abs(z.var() - 1) * np.sqrt(z.size / 2) < 4
    assert abs(np.corrcoef(found[left, 1, 1], found[left, 2, 1])[0, 1]) * np.sqrt(z.size) < 4
    twins = {"a": {"effect": 99}, "b": {"own": {"B200": 50}}, "c": {"own": {"B200": 50}}}
    of_b, of_c = after(two({"dates": None}, twins, **luck), size).outside[:, 2, 1:].T
    assert abs(np.corrcoef(of_b, of_c)[0, 1]) * np.sqrt(size) < 4
    more = after(two({"dates": None}, {"c": {"effect": -50}, **TEAMS}, **luck), 500).outside
    both = ~np.isnan(found[:500, 2, 1]) & ~np.isnan(more[:, 2, 2])
    assert both.sum() > 100
    np.testing.assert_array_equal(found[:500, 2, 1][both], more[:, 2, 2][both])


def test_who_left_is_as_strong_at_a_later_stage_as_if_it_had_its_own_gpus_there():
    """By the same equation and luck: one that stays, lent nothing, has the same strength."""
    lone: dict[str, Any] = {f"stages.stage-{k}.grants": {} for k in (1, 2, 3)}
    lone |= {"afterwards.go_on": {"share": 1}, "teams.lg.own": {"H200": 100}}
    left = batch.play_batch(plan(**lone), Draws(4), 0, 60)
    stay = batch.play_batch(plan(**lone, **NOBODY_LEAVES), Draws(4), 0, 60)
    for k in (1, 2):
        out = left.stages[k].fate == Fate.GONE
        assert out.any()
        found, there = of(left).outside[:, k][out], stay.stages[k].capability[out]
        np.testing.assert_allclose(found, there, rtol=1e-12)


def test_parts_add_up_and_islands_are_taken_out():
    whole = batch.play_batch(PLAN, Draws(2), 0, 30)
    parts = concatenate([batch.play_batch(PLAN, Draws(2), a, a + 10) for a in (0, 10, 20)])
    assert_identical(arrays(whole), arrays(parts))
    island = whole.of_island(1, 3)
    for field in fields(of(island)):
        taken = getattr(of(whole), field.name)[1::3]
        np.testing.assert_array_equal(getattr(of(island), field.name), taken)


def test_a_change_of_days_moves_the_models_after_the_last_stage():
    """Played again from a course, as in a sweep: days are prepared anew, and so is what follows them."""
    later = plan(**{"stages.stage-3.result": "2027-02-15"})
    assert after(later, 3).made[0, 3] == end_of("2027-02-15") + 182
    source = CachedSource(Draws(11))
    assert_as_whole(replayed(PLAN, source, start=3), later, source)


def test_the_two_engines_agree_on_the_scenarios():
    for name in ("institutes", "everyone-a-winner"):
        scenario = load(SCENARIOS / f"{name}.yaml")
        both = [play(scenario, Draws(6), 0, 40) for play in (event.play_events, batch.play_batch)]
        assert first_difference(scenario, *both) is None


def test_the_differential_test_sees_it():
    """Had the engines handed over something else, the first difference would name it."""
    outcomes, other = (batch.play_batch(PLAN, Draws(6), 0, 5) for _ in range(2))
    of(other).institutes[3, 1] += 0.1
    found: Any = first_difference(PLAN, outcomes, other)
    assert (found.replication, found.quantity) == (3, "institutes 1")


RESEARCH = {"day": {"earliest": "2026-01-01"}, "level": 7}


def test_what_only_the_programme_has_does_not_reach_who_is_out():
    """Neither research nor people add to models from outside, in later stages or after the last."""
    plain = after(two())
    found = after(two(breakthroughs={"hub": RESEARCH}))
    np.testing.assert_allclose(found.outside, plain.outside, rtol=1e-12)
    teams = {"a": {"effect": 1, "people": 100}, "b": {"own": {"B200": 50}, "people": 100}}
    talent = {"per_tenfold": 5, "reference": 10}
    staffed = after(two(teams=teams, talent=talent))
    np.testing.assert_allclose(staffed.outside, plain.outside, rtol=1e-12)


def test_what_a_breakthrough_adds_to_the_frontier_counts_when_models_are_counted():
    def domestic(earliest):
        hub = {"day": {"earliest": earliest}, "frontier": 100}
        return after(two(breakthroughs={"hub": hub})).domestic[0].tolist()

    assert after(two()).domestic[0].tolist() == domestic("2026-04-11") == [2, 0, 0]
    assert domestic("2026-04-10") == [0, 0, 0]  # it counts on the day on which it comes
