"""Differences between forecasts: their dice are how islands differ, whether they have one past or two."""

from dataclasses import replace
from math import asin, pi, sqrt

import numpy as np
import pytest

from sim.engines.outcomes import common_islands
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.findings.comparison import comparison_findings
from sim.folder.counts import pack, unpack
from sim.forecast.island import Effort
from sim.scenario.evidence import without_facts
from sim.stats.differences import MeasureDifference, Moments, PairedDifference
from sim.stats.intervals import island_interval, paired_interval
from sim.stats.pairs import count_pairs
from sim.stats.summary import Summary
from sim.stats.tally import paired_tallies, tally
from sim.studies.comparison import ComparedCounts, count_compared
from sim.studies.what_ifs import count_paired
from tests.forecast.closed import BENCHMARK, S_A, S_H, programme

EFFORT = Effort(islands=8, particles=20, lines=20, singles=5, numbers=5)
SEEDS, FUTURES = 24, 100
"""So many futures of so few particles that what particles leave open is most of the dice."""

FIRST = [{"f": {"of": "total", "first": "A"}}]
BASE = programme("AB", FIRST)
NOISY = programme("AB", FIRST, ahead={"b": {**BENCHMARK, "noise": 5}})
LASTING = programme("AB", FIRST, capability={"team_spread": 5.0, "stage_spread": S_H})
BARE = without_facts(BASE)


def leaves(correlation):
    """The chance that who was first leaves: two normal differences of this correlation have other signs."""
    return 0.5 - asin(correlation) / pi


STEADY = S_A**2 / (S_A**2 + S_H**2)
OTHERS = {
    "a later stage, one past": (NOISY, leaves(S_A**2 / sqrt(25 * 50))),
    "a prior, two pasts": (LASTING, leaves(25 / 41)),
    "no facts, one past": (BARE, 0.5),
}


def informed(scenario, seed):
    return Runner(jobs=1).inform(Case(scenario, seed, "batch", effort=EFFORT))


def variant(base, scenario):
    """A case with the base's past where that is the same."""
    if scenario is NOISY:
        return replace(base, scenario=scenario)
    return informed(scenario, base.seed)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """By what differs: the difference in A's chance of leaving, of independent inferences."""
    rows: dict[str, list[PairedDifference]] = {name: [] for name in OTHERS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALSCHED_CACHE", str(tmp_path_factory.mktemp("cache")))
        for seed in range(SEEDS):
            base = informed(BASE, seed)
            here = base.play(0, FUTURES * base.past.size)
            for name, (scenario, _) in OTHERS.items():
                there = variant(base, scenario).play(0, FUTURES * base.past.size)
                (paired,) = paired_tallies([BASE, scenario], [here, there])
                rows[name].append(paired.change_in_leaving("A"))
    return rows


@pytest.mark.parametrize("name", OTHERS)
def test_the_interval_by_islands_holds_the_closed_form_as_often_as_it_says(found, name):
    truth = OTHERS[name][1] - leaves(STEADY)
    off = np.array([each.estimate - truth for each in found[name]])
    assert abs(off.mean()) <= 4 * off.std(ddof=1) / sqrt(SEEDS)
    covered = sum(each.low <= truth <= each.high for each in found[name])
    assert covered >= 0.95 * SEEDS - 3.5 * sqrt(SEEDS * 0.95 * 0.05)
    # Nor is it wider than it need be: errors are as large as islands say.
    told = np.array(
        [np.var([i.estimate for i in each.islands], ddof=1) / len(each.islands) for each in found[name]]
    )
    assert 0.4 <= (off**2).mean() / told.mean() <= 2.2


@pytest.mark.parametrize("name", ["a prior, two pasts", "no facts, one past"])
def test_by_replications_alone_it_would_be_too_narrow(found, name):
    truth = OTHERS[name][1] - leaves(STEADY)
    ends = [paired_interval(each.b, each.c, each.n) for each in found[name]]
    assert sum(low <= truth <= high for low, high in ends) <= 0.8 * SEEDS


def test_islands_of_two_pasts_go_in_pairs(found):
    """They have the same random numbers, island by island: taken as independent they would be far wider."""
    together = []
    for each in found["a prior, two pasts"]:
        first, second = (
            np.array([getattr(i, side) / i.n for i in each.islands]) for side in ("first", "second")
        )
        together.append(np.corrcoef(first, second)[0, 1])
    assert np.mean(together) >= 4 * np.std(together, ddof=1) / sqrt(SEEDS)


def test_pairs_and_paired_tallies_say_the_same():
    base = informed(BASE, 3)
    other = variant(base, LASTING)
    worlds = [case.play(40, 400) for case in (base, other)]
    (paired,) = paired_tallies([BASE, LASTING], worlds)
    by_pairs = dict(count_pairs(BASE, worlds[0], LASTING, worlds[1]).differences())["", "A", "selected"]
    found = paired.change_in_leaving("A")
    assert (found.low, found.high) == pytest.approx((-by_pairs.high, -by_pairs.low))
    values = [world.left[np.arange(40, 400) % 8 == k, 0].mean() for k in range(8) for world in worlds]
    by_hand = np.diff(np.array(values).reshape(8, 2)).ravel()
    assert [each.estimate for each in found.islands] == pytest.approx(by_hand.tolist())
    assert (found.low, found.high) == pytest.approx(island_interval(found.estimate, by_hand.tolist()))


def test_means_differ_by_island_too():
    base = informed(BASE, 3)
    worlds = [base.play(0, 400), variant(base, LASTING).play(0, 400)]
    found = dict(count_pairs(BASE, worlds[0], LASTING, worlds[1]).changes())["strength_selected"]
    assert len(found.islands) == 8
    by_hand = [each.estimate for each in found.islands]
    assert found.interval() == pytest.approx(island_interval(found.estimate, by_hand))
    assert found.interval() != MeasureDifference(found.moments, found.resolution).interval()


@pytest.mark.parametrize("count", [count_paired, count_compared])
def test_pieces_add_up_and_come_back_from_a_file(count):
    base = informed(BASE, 3)
    cases = base, variant(base, LASTING)
    whole, *pieces = (
        count(cases, tuple(case.play(*of) for case in cases)) for of in ((0, 300), (0, 77), (77, 300))
    )
    assert pack(pieces[1] + pieces[0]) == pack(whole)
    if count is count_compared:
        assert pack(unpack(ComparedCounts, pack(whole))) == pack(whole)


def test_islands_that_all_agree_leave_what_replications_tell():
    islands = (PairedDifference(0, 0, 50, 25, 25),) * 8
    same, without = PairedDifference(0, 0, 400, 200, 200, islands), PairedDifference(0, 0, 400, 200, 200)
    assert (same.low, same.high) == (without.low, without.high)
    assert same.low < 0 < same.high
    moments = Moments(4, 8, 8, 16, 16, 16)
    assert MeasureDifference(moments, 1.0, (MeasureDifference(moments, 1.0),) * 8).interval() == (0, 0)


def test_the_interval_stays_between_minus_one_and_one():
    islands = tuple(PairedDifference(b, 0, 10, 0, b) for b in (10, 10, 10, 7))
    found = PairedDifference(37, 0, 40, 0, 37, islands)
    assert found.high == 1.0


@pytest.mark.parametrize(
    ("numbers", "common"), [((8, 8), 8), ((8, None), 8), ((8, 2), 2), ((None, None), None)]
)
def test_islands_that_depend_on_no_other(numbers, common):
    outcomes = Case(BARE, 1, "batch").play(0, 4)
    assert common_islands(*(replace(outcomes, islands=number) for number in numbers)) == common


def test_each_chance_of_a_comparison_has_its_own_dice():
    base = informed(BASE, 3)
    cases = base, variant(base, LASTING)
    worlds = [case.play(0, 800) for case in cases]
    scenarios = [case.scenario for case in cases]
    summaries = [Summary(*of) for of in zip(scenarios, map(tally, scenarios, worlds), strict=True)]
    pairs = count_pairs(scenarios[0], worlds[0], scenarios[1], worlds[1])
    found = comparison_findings(("a", "b"), scenarios, summaries, [pairs], 800, 3, ["x", "y"])
    (beside,) = found.beside_first
    assert beside.past == "own"
    chance = next(each for each in beside.leaving if each.team == "A")
    alone = next(
        row.estimate for row in summaries[1].rows() if (row.team, row.chance) == ("A", "leaves_at_all")
    )
    assert (chance.second.low, chance.second.high) == pytest.approx((alone.low, alone.high))


@pytest.mark.parametrize(
    ("pasts", "told"),
    [(["x", "x"], "same"), (["x", None], "first"), ([None, "x"], "second"), ([None, None], None)],
)
def test_who_has_which_past(pasts, told):
    outcomes = Case(BARE, 1, "batch").play(0, 4)
    pairs = count_pairs(BARE, outcomes, BARE, outcomes)
    counted = [Summary(BARE, tally(BARE, outcomes))] * 2
    found = comparison_findings(("a", "b"), [BARE, BARE], counted, [pairs], 4, 1, pasts)
    assert found.beside_first[0].past == told
