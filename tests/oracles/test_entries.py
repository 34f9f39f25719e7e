"""Entries: who comes in by closed forms, and what a late start means by hand."""

from datetime import date
from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from tests.helpers import (
    DAYS,
    FLOP_OF_A_GPU_DAY,
    GPUS,
    Script,
    assert_chances,
    both_engines,
    both_engines_often,
    played,
    quiet,
    stage,
)

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0}}
BEFORE = "2026-04-15"  # stage 1 is decided on 2026-04-10, stage 2 opens on 2026-04-21
SPREAD, TEAM_SPREAD = 6.0, 2.0


def programme(candidates, old=1, first=(), second=(), after=(), **entry):
    """`old` teams and some candidates, who may come in after the first of two or more stages."""
    teams: dict[str, Any] = {**{f"old{n}": {} for n in range(old)}, **candidates}
    rules = {"day": BEFORE, "candidates": list(candidates), **entry}
    stages = [stage(1, EXAM, entry=rules, **dict(first)), stage(2, EXAM, **dict(second))]
    stages += [stage(n, EXAM, **more) for n, more in enumerate(after, start=3)]
    return quiet(teams, stages, capability={"team_spread": TEAM_SPREAD})


def entered(outcomes, old=1):
    """Which candidates are there at the second stage, (replications, candidates)."""
    before, after = (np.asarray(s.fate[:, old:]) for s in outcomes.stages[:2])
    assert (before == Fate.NOT_ENTERED).all()
    assert np.isin(after, (Fate.KEPT, Fate.NOT_ENTERED)).all()
    return after == Fate.KEPT


def panel(rho, **more):
    return {"mean": 70.0, "spread": SPREAD, "follows_strength": rho, **more}


@both_engines_often
@pytest.mark.parametrize("rho", [1.0, 0.6, 0.0, -0.6])
def test_the_better_of_two_comes_in_by_a_normal_law(play, size, rho):
    # Scores are 70 + 6 (rho (e + a) / 2 + sqrt(1 - rho^2) x): normal, of spread 6, rho x 6 x e / 2 apart.
    effect = 1.5
    scenario = programme({"in": {"effect": effect}, "out": {}}, panel=panel(rho))
    apart = rho * SPREAD * effect / TEAM_SPREAD
    chance = norm.cdf(apart / (SPREAD * sqrt(2)))
    assert_chances(entered(played(play, scenario, size)), [chance, 1 - chance])


@both_engines_often
@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_nobody_comes_in_when_all_are_below_the_minimum(play, size, rho):
    effects = {"a": 1.0, "b": 0.0, "c": -2.0}
    minimum = 74.0
    candidates = {t: {"effect": e} for t, e in effects.items()}
    scenario = programme(candidates, panel=panel(rho, minimum=minimum))
    below = [norm.cdf((minimum - 70 - rho * SPREAD * e / TEAM_SPREAD) / SPREAD) for e in effects.values()]
    nobody = ~entered(played(play, scenario, size)).any(axis=1)
    assert_chances(nobody[:, None], [np.prod(below)])


@both_engines_often
def test_two_places_go_to_the_two_best_of_three(play, size):
    # The third of three equals stays out; below a minimum as many come in as are good enough, two at most.
    three: dict[str, dict[str, Any]] = {"a": {}, "b": {}, "c": {}}
    came = entered(played(play, programme(three, panel=panel(0.0), places=2), size))
    assert (came.sum(axis=1) == 2).all()
    assert_chances(came, [2 / 3] * 3)
    some = entered(played(play, programme(three, panel=panel(0.0, minimum=73.0), places=2), size))
    p = norm.sf(0.5)
    number = some.sum(axis=1)
    expected = [(1 - p) ** 3, 3 * p * (1 - p) ** 2, 1 - (1 - p) ** 3 - 3 * p * (1 - p) ** 2]
    assert_chances(np.stack([number == n for n in (0, 1, 2)], axis=1), expected)


@both_engines_often
def test_candidates_whom_the_panel_cannot_tell_apart_come_in_alike(play, size):
    scenario = programme({"a": {}, "b": {}, "c": {}}, panel={"mean": 70, "spread": 0})
    came = entered(played(play, scenario, size))
    assert (came.sum(axis=1) == 1).all()
    assert_chances(came, [1 / 3] * 3)


@both_engines
@pytest.mark.parametrize("places", [1, 2, 5])
def test_one_candidate_comes_in_however_many_places_there_are(play, places):
    assert entered(played(play, programme({"only": {}}, places=places), 20)).all()


@both_engines
@pytest.mark.parametrize(
    ("minimum", "comes"), [(70.0, True), ({"weighted": {"70": 1e-12, "70.000001": 1}}, False)]
)
def test_one_candidate_at_the_minimum_comes_in_and_one_below_does_not(play, minimum, comes):
    scenario = programme({"only": {}}, panel={"mean": 70, "spread": 0, "minimum": minimum})
    assert entered(played(play, scenario, 20)).all() == comes


def nearly(kept):
    """A cut that keeps so many, and nobody once in 10^12: so no condition of an entry is impossible."""
    return {"cut": {"keep": {"weighted": {"0": 1e-12, str(kept): 1}}}}


@both_engines
@pytest.mark.parametrize(
    ("kept", "limit", "comes"), [(2, 2, False), (2, 3, True), (3, 2, False), (1, 2, True)]
)
def test_an_entry_is_held_only_when_fewer_remain(play, kept, limit, comes):
    scenario = programme({"a": {}, "b": {}}, old=3, first=nearly(kept), when_fewer_than=limit)
    outcome = played(play, scenario, 20).stages[1]
    came = (outcome.fate[:, 3:] == Fate.KEPT).sum(axis=1)
    assert (came == (1 if comes else 0)).all()


@both_engines
def test_who_does_not_come_in_never_does_and_has_nothing(play):
    candidates: dict[str, dict[str, Any]] = {"in": {}, "out": {}}
    luck = Script({Key(Purpose.PANEL, "s1", "in"): 0.9})
    scenario = programme(candidates, after=[{"cut": {"keep": 1}}])
    _, second, third = play(scenario, luck, 0, 1).stages
    assert second.fate[0].tolist() == [Fate.KEPT, Fate.KEPT, Fate.NOT_ENTERED]
    assert third.fate[0, 2] == Fate.NOT_ENTERED
    for outcome in (second, third):
        assert outcome.gpu_hours[0, 2] == outcome.cost[0, 2] == outcome.rank[0, 2] == 0
        assert np.isnan([outcome.compute[0, 2], outcome.total[0, 2], outcome.capability[0, 2]]).all()


@both_engines
def test_after_all_have_left_a_candidate_still_comes_in_and_is_alone(play):
    scenario = programme({"in": {}}, old=2, first={"cut": {"keep": 0}}, second={"cut": {"keep": 1}})
    first, second = played(play, scenario, 10).stages
    assert (first.fate == [Fate.OUT_BY_POINTS, Fate.OUT_BY_POINTS, Fate.NOT_ENTERED]).all()
    assert (second.fate == [Fate.GONE, Fate.GONE, Fate.KEPT]).all()
    assert (second.rank[:, 2] == 1).all()


@both_engines
def test_two_entries_each_wait_for_their_own_candidates(play):
    later = {"day": "2026-08-02", "candidates": ["late"]}
    teams: dict[str, dict[str, Any]] = {"old": {}, "early": {}, "late": {}}
    stages = [stage(1, EXAM, entry={"day": BEFORE, "candidates": ["early"]}), stage(2, EXAM, entry=later)]
    fates = [s.fate[0].tolist() for s in played(play, quiet(teams, [*stages, stage(3, EXAM)]), 1).stages]
    waits, kept = Fate.NOT_ENTERED, Fate.KEPT
    assert fates == [[kept, waits, waits], [kept, kept, waits], [kept, kept, kept]]


# A late start: the second window is open from 2026-04-21 to 2026-07-29, 100 days.

LATE = "2026-05-10"
MISSED = (date(2026, 5, 11) - date(2026, 4, 21)).days
OWN = 50


def late(play, delay=0, carry=0.0, day=LATE, grants=None):
    """Outcomes of three stages; one team from the start, one that comes in late, one that does not."""
    teams = {"old": {"own": {"B200": OWN}}, "in": {"own": {"B200": OWN}}, "out": {"own": {"B200": OWN}}}
    lent = grants or {"gpus": {"default": {"B200": GPUS}}, "delay": delay}
    entry = {"day": day, "candidates": ["in", "out"]}
    stages = [stage(1, EXAM, entry=entry), stage(2, EXAM, grants=lent), stage(3, EXAM)]
    luck = Script({Key(Purpose.PANEL, "s1", "in"): 0.9})
    hardware = {"B200": {"peak": 1000.0, "mfu": 0.5, "price": 9500, "own_price": 100}}
    return play(quiet(teams, stages, capability={"carry": carry}, hardware=hardware), luck, 0, 1).stages


def gpu_days(outcome):
    return outcome.compute[0] / FLOP_OF_A_GPU_DAY


@both_engines
@pytest.mark.parametrize("delay", [0, 10, DAYS - MISSED, DAYS])
def test_a_late_entrant_trains_from_the_day_after_it_was_chosen(play, delay):
    assert MISSED == 20
    _, second, third = late(play, delay)
    lent = np.maximum([DAYS - delay, DAYS - MISSED - delay], 0)
    own = np.array([DAYS, DAYS - MISSED])
    assert gpu_days(second)[:2] == pytest.approx(own * OWN + lent * GPUS, rel=1e-12)
    assert second.gpu_hours[0].tolist() == [*(lent * GPUS * 24), 0]
    assert second.cost[0].tolist() == [*(lent * GPUS * 24 * 9500), 0]
    assert second.own_gpu_hours[0].tolist() == [*(own * OWN * 24), 0]
    assert second.own_cost[0].tolist() == [*(own * OWN * 24 * 100), 0]
    assert gpu_days(third)[:2] == pytest.approx([DAYS * (OWN + GPUS)] * 2, rel=1e-12)


@both_engines
def test_a_late_entrant_is_weaker_by_the_compute_that_it_missed(play):
    _, second, _ = late(play)
    expected = 5.0 * np.log10((DAYS - MISSED) / DAYS)  # ECI per tenfold compute
    assert second.capability[0, 1] - second.capability[0, 0] == pytest.approx(expected, abs=1e-9)


@both_engines
@pytest.mark.parametrize("day", ["2026-04-10", "2026-04-19", "2026-04-20"])
def test_an_entrant_chosen_by_the_eve_of_the_window_misses_nothing(play, day):
    _, second, _ = late(play, day=day)
    assert second.compute[0, 1] == second.compute[0, 0]
    assert gpu_days(second)[1] == pytest.approx(DAYS * (OWN + GPUS), rel=1e-12)


@both_engines
@pytest.mark.parametrize(("day", "missed"), [("2026-04-21", 1), ("2026-07-28", DAYS - 1)])
def test_an_entrant_may_come_in_on_any_day_of_the_window_but_the_last(play, day, missed):
    _, second, _ = late(play, day=day)
    assert gpu_days(second)[1] == pytest.approx((DAYS - missed) * (OWN + GPUS), rel=1e-12)
    assert second.fate[0, 1] == Fate.KEPT


@both_engines
def test_nothing_carries_over_to_an_entrant_from_before_it_was_there(play):
    first, second, third = late(play, carry=0.5)
    assert np.isnan(first.effective[0, 1])
    assert second.effective[0, 1] == second.compute[0, 1]
    assert second.effective[0, 0] == pytest.approx(
        second.compute[0, 0] + 0.5 * first.compute[0, 0], rel=1e-12
    )
    assert third.effective[0, 1] == pytest.approx(third.compute[0, 1] + 0.5 * second.compute[0, 1], rel=1e-12)


@both_engines
@pytest.mark.parametrize("day", [BEFORE, LATE], ids=["early", "late"])
def test_a_pool_is_shared_with_the_entrant_from_the_start_of_the_stage(play, day):
    _, second, _ = late(play, day=day, grants={"pool": {"B200": 300}, "shares": "equal"})
    window = DAYS if day == BEFORE else DAYS - MISSED
    assert second.gpu_hours[0].tolist() == [150 * DAYS * 24, 150 * window * 24, 0]


POINTS = {"old0": 80.0, "old1": 60.0, "old2": 70.0}


def shared_by_results(play, shares, kept=3, day=BEFORE):
    """What each is lent of 1,000 GPUs after a stage that gave 80, 60 and 70 points, and one came in."""
    noisy = {"exam": {"max": 100, "mean": 65, "per_eci": 1, "noise": 10}}
    entry = {"day": day, "candidates": ["in"]}
    lent = {"pool": {"B200": 1000}, "shares": shares}
    stages = [stage(1, noisy, entry=entry, cut={"keep": kept}), stage(2, EXAM, grants=lent)]
    luck = {
        Key(Purpose.NOISE, "s1", t, "exam/exam"): float(norm.cdf((x - 65) / 10)) for t, x in POINTS.items()
    }
    outcome = play(quiet({**{t: {} for t in POINTS}, "in": {}}, stages), Script(luck), 0, 1).stages[1]
    assert outcome.fate[0, 3] == Fate.KEPT
    window = np.array([DAYS] * 3 + [DAYS if day == BEFORE else DAYS - MISSED])
    return (outcome.gpu_hours[0] / 24 / window).tolist()


@both_engines
@pytest.mark.parametrize("day", [BEFORE, LATE], ids=["early", "late"])
def test_an_entrant_ranks_last_where_grants_go_by_rank(play, day):
    by_rank = {"by_rank": [0.4, 0.3, 0.2, 0.1]}
    assert shared_by_results(play, by_rank, day=day) == pytest.approx([400, 200, 300, 100], rel=1e-9)
    assert shared_by_results(play, by_rank, kept=2, day=day) == pytest.approx([400, 0, 300, 200], rel=1e-9)


@both_engines
@pytest.mark.parametrize("day", [BEFORE, LATE], ids=["early", "late"])
def test_an_entrant_has_the_lowest_score_kept_where_grants_go_by_score(play, day):
    # 80 + 60 + 70 and the lowest of them; without the team of 60, 80 + 70 and 70.
    expected = [1000 * x / 270 for x in (80, 60, 70, 60)]
    assert shared_by_results(play, "by-score", day=day) == pytest.approx(expected, rel=1e-6)
    expected = [1000 * x / 220 for x in (80, 0, 70, 70)]
    assert shared_by_results(play, "by-score", kept=2, day=day) == pytest.approx(expected, rel=1e-6)


@both_engines
def test_an_entrant_alone_is_the_winner_but_has_no_score(play):
    assert shared_by_results(play, "winner") == [1000, 0, 0, 0]
    assert shared_by_results(play, "winner", kept=0) == [0, 0, 0, 1000]
    assert shared_by_results(play, "by-score", kept=0) == [0, 0, 0, 0]
