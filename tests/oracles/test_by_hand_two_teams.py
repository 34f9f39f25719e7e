"""One replication with every number worked out by hand: two teams, one stage, two blocks, one stays."""

from math import log10

import pytest
from scipy.stats import norm

from sim.engines import batch
from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from sim.scenario import from_data
from tests.helpers import Script, both_engines

SCENARIO = from_data(
    {
        "format": 1,
        "name": "By hand",
        "as_of": "2040-01-01",
        "hardware": {"X": {"peak": "1000 TFLOPS", "mfu": 0.4, "price": 100}},
        "teams": {"red": {"name": "Red"}, "blue": {"name": "Blue", "effect": -0.25}},
        "capability": {
            "level": 130,
            "reference_compute": 1.728e23,
            "reference_date": "2026-01-01",
            "per_tenfold_compute": 6,
            "progress_per_year": 9,
            "team_spread": 3,
            "stage_spread": 4,
        },
        "judging": {"follows_strength": 0.6},
        "training": {"main_run_share": 0.5},
        "faults": {"per_node_day": 0},
        "stages": {
            "only": {
                "train": "2026-01-01 to 2026-04-10",
                "result": "2026-04-20",
                "grants": {"pool": {"X": 400}, "shares": {"red": 0.25, "default": 0.5}},
                "points": {
                    "exam": {"max": 40, "mean": 28, "per_eci": 0.5, "noise": 1.2},
                    "jury": {"max": 35, "mean": 26, "spread": 2, "noise": 1},
                },
                "cut": {"keep": 1},
            }
        },
    }
)


def cdf(z):
    return float(norm.cdf(z))


LUCK = Script(
    {
        Key(Purpose.TEAM, team="red"): cdf(1.0),
        Key(Purpose.STAGE, "only", "blue"): cdf(-0.5),
        Key(Purpose.NOISE, "only", "red", "exam/exam"): cdf(-1.0),
        Key(Purpose.IMPRESSION, "only", "red", "jury"): cdf(-2.0),
        Key(Purpose.IMPRESSION, "only", "blue", "jury"): cdf(1.0),
        Key(Purpose.NOISE, "only", "blue", "jury/jury"): cdf(0.25),
    }
)

# The window has 31 + 28 + 31 + 10 = 100 days; red holds 100 GPUs and blue 200, at 1e15 x 0.4 x 0.5 FLOP/s.
RED_FLOP = 100 * 2e14 * 100 * 86_400  # 1.728e23, the reference
BLUE_FLOP = 2 * RED_FLOP
# The close is 100 days after the reference date, for the reference model and for everybody.
Q_REF = 130 + 9 * 100 / 365.25
RED_LEAD = 3 * 1.0  # log10(1) = 0; its lasting strength is one standard deviation
BLUE_LEAD = 6 * log10(2) - 0.25 + 4 * -0.5
# Judges see strength in units of its spread among teams: sqrt(3^2 + 4^2) = 5; sqrt(1 - 0.6^2) = 0.8.
RED = {"exam": 28 + 0.5 * RED_LEAD + 1.2 * -1.0, "jury": 26 + 2 * (0.6 * RED_LEAD / 5 + 0.8 * -2.0)}
BLUE = {"exam": 28 + 0.5 * BLUE_LEAD, "jury": 26 + 2 * (0.6 * BLUE_LEAD / 5 + 0.8 * 1.0) + 0.25}


def test_the_numbers_worked_out_by_hand_are_plausible():
    assert list(RED.values()) == pytest.approx([28.3, 23.52])
    assert list(BLUE.values()) == pytest.approx([27.778, 27.743], abs=5e-4)


@both_engines
def test_two_teams_and_two_blocks_come_out_as_by_hand(play):
    outcome = play(SCENARIO, LUCK, 0, 1).stages[0]
    assert outcome.compute[0] == pytest.approx([RED_FLOP, BLUE_FLOP], rel=1e-12)
    assert outcome.capability[0] == pytest.approx([Q_REF + RED_LEAD, Q_REF + BLUE_LEAD], rel=1e-12)
    assert outcome.points[0, 0] == pytest.approx([RED["exam"], BLUE["exam"]], rel=1e-9)
    assert outcome.points[0, 1] == pytest.approx([RED["jury"], BLUE["jury"]], rel=1e-9)
    assert outcome.total[0] == pytest.approx([sum(RED.values()), sum(BLUE.values())], abs=0.6e-6)
    assert outcome.rank[0].tolist() == [2, 1]
    assert outcome.fate[0].tolist() == [Fate.OUT_BY_POINTS, Fate.KEPT]
    # 100 and 200 GPUs for 100 days of 24 hours at 100 KRW.
    assert outcome.gpu_hours[0].tolist() == [240_000, 480_000]
    assert outcome.cost[0].tolist() == [24_000_000, 48_000_000]


@both_engines
def test_the_frontier_lies_on_its_line_on_the_day_of_the_last_result(play):
    outcomes = play(SCENARIO, LUCK, 0, 1)
    days = 25 + 30 + 31 + 30 + 31 + 31 + 28 + 31 + 20  # 2025-08-07 to the end of 2026-04-20, a month each
    assert outcomes.frontier[0] == pytest.approx(150 + 15.5 * days / 365.25, rel=1e-12)


def test_each_number_that_luck_decides_is_drawn_once_and_nothing_else():
    source = Script(LUCK.uniforms)
    batch.play_batch(SCENARIO, source, 0, 1)
    # Two teams draw a lasting strength, a stage's luck, an impression, and the noise of two blocks.
    assert len(source.asked) == len(set(source.asked)) == 2 * (1 + 1 + 1 + 2)
    assert set(LUCK.uniforms) <= set(source.asked)
