"""The cases whose closed forms were given, with numbers that were worked out outside of this repository."""

from math import sqrt

import numpy as np

import sim
from tests.cli.command import SCENARIOS, command
from tests.forecast.closed import EXACT, JUDGED, LOG_EXACT, S_A, STRENGTH, programme
from tests.forecast.inferring import Inferred
from tests.helpers import quiet, stage

ALIKE = {"b": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 1}}
GATE = {"mode": "apart", "risk": 0.05}


def leaves(summary, stage, team):
    """The share of runs in which a team leaves at a stage."""
    (share,) = [
        n for (*where, kind), n in summary.shares().items() if (*where, kind) == (stage, team, "leaves")
    ]
    return share


def test_p1_nothing_known_is_the_run_itself():
    runs = 40_000
    for keep, expected in ((2, 0.366667), (1, 0.683333)):
        ahead = stage(1, ALIKE, cut={"keep": keep}, gate=GATE)
        summary = sim.run(quiet({t: {} for t in "ABC"}, [ahead], capability=STRENGTH), runs, 7).summary
        for team in "ABC":
            off = leaves(summary, "s1", team) - expected
            assert abs(off) <= 4 * sqrt(expected * (1 - expected) / runs)
        assert summary.islands == ()


def test_p1_a_fact_that_says_nothing_is_no_evidence():
    scenario = programme("ABC", [{"f": {"of": "total", "at_least": 0}}], ALIKE, keep=2)
    found = Inferred(scenario)
    found.assert_mean(found.leaves("s2"), 1 / 3)
    found.assert_log_evidence(0.0)


def test_p2_one_order_of_two():
    found = Inferred(programme("AB", [{"f": {"of": "total", "first": "A"}}]))
    found.assert_mean(~found.leaves("s2"), [0.617223, 1 - 0.617223])
    found.assert_log_evidence(-0.693147)


def test_p2_through_the_run_that_people_start():
    scenario = programme("AB", [{"f": {"of": "total", "first": "A"}}])
    summary = sim.run(scenario, 16_000, 3, jobs=1).summary
    shares = np.array([leaves(island, "s2", "A") for island in summary.islands])
    assert len(shares) == 8
    assert abs(shares.mean() - (1 - 0.617223)) <= 4 * shares.std(ddof=1) / sqrt(8)
    assert abs(leaves(summary, "s2", "A") - shares.mean()) < 1e-12


def test_p3_a_gap_of_points():
    found = Inferred(programme("AB", [{"f": {"of": "total", "gap": 5, "within": EXACT, "first": "A"}}]))
    found.assert_mean(~found.leaves("s2"), [0.607517, 1 - 0.607517])
    found.assert_spread(S_A * (found.effect("A") - found.effect("B")), 1.8, 3.394113)
    found.assert_log_evidence(-3.12495 + LOG_EXACT)
    found.assert_facts_hold()


def test_p5_taste_that_lasts():
    facts = [{"f": {"of": "total", "gap": 2, "within": EXACT, "first": "A"}}]
    judging = {"follows_strength": 0, "lasting": 0.5}
    found = Inferred(programme("AB", facts, JUDGED, judging=judging))
    found.assert_mean(~found.leaves("s2"), [0.658454, 1 - 0.658454])
    found.assert_facts_hold()


def test_p5_without_lasting_taste_nothing_is_learned():
    facts = [{"f": {"of": "total", "gap": 2, "within": EXACT, "first": "A"}}]
    judging = {"follows_strength": 0, "lasting": 0.0}
    found = Inferred(programme("AB", facts, JUDGED, judging=judging))
    found.assert_mean(~found.leaves("s2"), [0.5, 0.5])


def test_p7_a_full_order_of_three():
    found = Inferred(programme("ABC", [{"f": {"of": "total", "order": ["A", "B", "C"]}}], keep=2))
    found.assert_mean(found.leaves("s2"), [0.210025, 0.3177, 0.472275])
    found.assert_log_evidence(-1.791759)


def test_p8_facts_that_cannot_all_be_true():
    exact = "stages.stage-2.facts.aaii-snapshot.within=[-0.0125, 0.0125]"
    printed = command("run", SCENARIOS / "k-ai.yaml", "--set", exact)
    assert printed.code == 2
    assert printed.out == ""
    clash = ["aaii-mean.mean 9.48", *(f"aaii-snapshot.points.{t}" for t in ("lg", "skt", "upstage", "motif"))]
    for part in clash:
        assert part in printed.err
    said = printed.err.partition("cannot all be true: ")[2].partition(", expected")[0]
    assert len(said.split(", ")) == len(clash)
