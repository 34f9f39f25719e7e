"""The programme as it went: two evaluations and the entry between them, replayed, and its schedule by chance.

Published for stage 1: first of all LG with 33.6 + 31.6 + 25 points, the means of the five by block, who was
last (NC AI) and who failed the gate though among the first four (Naver). The points of the other four are one
way to meet these means. Stage 2 is oracle D12.
"""

from itertools import combinations, permutations
from math import exp, pi, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from sim.model.draws import Key, Purpose
from sim.rules.decisions import Fate
from tests.helpers import Script, assert_chances, both_engines, both_engines_often, played, quiet, stage
from tests.oracles.cases import case

D12, E2 = case("D12_scoring_replay"), case("E2_gumbel_min_last")
IDS = {"SKT": "skt", "UPSTAGE": "upstage", "LG": "lg", "MOTIF": "motif"}
TEAMS = ("lg", "upstage", "skt", "naver", "ncai", "motif", "trillion")
BLOCKS = ("benchmark", "experts", "users")
FIRST = {
    "lg": (33.6, 31.6, 25.0),
    "naver": (30.2, 28.4, 20.5),
    "skt": (30.4, 28.1, 20.3),
    "upstage": (29.8, 27.9, 19.5),
    "ncai": (28.0, 26.8, 18.5),
}
SECOND = {IDS[team]: tuple(points) for team, points in D12.inputs["scores"].items()}
OF_LEADER = 0.8  # users gave LG 20 of 25 points, and the best team was scaled up to 25
WAITS, GONE, KEPT = Fate.NOT_ENTERED, Fate.GONE, Fate.KEPT
BY_POINTS, AT_GATE = Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE
NO_MATTER = {"capability": {"per_tenfold_compute": 0.0}}  # what is lent changes no strength, and so no points


def blocks(**users):
    return {
        "benchmark": {"max": 40, "mean": 28.0, "per_eci": 0.5, "noise": 2.0},
        "experts": {"max": 35, "mean": 29.0, "spread": 1.6, "noise": 2.0},
        "users": {"max": 25, "mean": 17.0, "spread": 2.7, "noise": 2.0, **users},
    }


def noise(stage_id, points, of_users=1.0):
    """Noise that takes each team from the means to its points, when nothing else differs."""
    scale, means = (1.0, 1.0, of_users), [block["mean"] for block in blocks().values()]
    return {
        Key(Purpose.NOISE, stage_id, team, f"{block}/{block}"): float(norm.cdf((x * f - mean) / 2.0))
        for team, each in points.items()
        for block, mean, x, f in zip(BLOCKS, means, each, scale, strict=True)
    }


ENTRY = {"day": "2026-02-20", "candidates": ["motif", "trillion"], "when_fewer_than": 4}
LUCK = {
    **noise("s1", FIRST, OF_LEADER),
    **noise("s2", SECOND),
    Key(Purpose.GATE, "s1", "naver"): 0.049,  # below the risk of 0.05; all others draw 0.5
    Key(Purpose.PANEL, "s1", "motif"): float(norm.cdf(0.05)),  # by a very small margin
    Key(Purpose.PANEL, "s1", "trillion"): float(norm.cdf(0.01)),
}


def programme(panel=None, **known):
    """Two stages on their real days; `known` goes into the first, and its entry's `happened` as `entered`."""
    entered = {"happened": known.pop("entered")} if "entered" in known else {}
    first = {
        "train": "2025-09-09 to 2025-12-30",
        "evaluated": "2026-01-14",
        "result": {"planned": "2025-12-31", "actual": "2026-01-15"},
        "grants": {"gpus": {"lg": {"B200": 512}, "upstage": {"B200": 512}, "default": "none"}},
        "points": blocks(rescale="leader"),
        "gate": {"mode": "apart", "risk": 0.05},
        "cut": {"keep": 4},
        "entry": ENTRY | {"panel": panel or {}} | entered,
        **known,
    }
    second = {
        "train": {"default": "2026-01-16 to 2026-06-30", "motif": "2026-02-01 to 2026-07-31"},
        "evaluated": "2026-08-17",
        "result": "2026-08-18",
        "grants": {"gpus": {"motif": {"B200": 768}, "skt": "none", "default": {"B200": 512}}},
        "points": blocks(),
        "round_to": 0.1,
        "gate": {"mode": "apart", "risk": 0.05},
        "cut": {"keep": 3},
    }
    teams = {team: {"own": {"B200": 600}} for team in TEAMS}
    return quiet(teams, [first, second], **NO_MATTER)


def fates(outcome):
    return dict(zip(TEAMS, outcome.fate[0].tolist(), strict=True))


def of(values):
    """By team, those that are there."""
    return {t: x for t, x in zip(TEAMS, values[0].tolist(), strict=True) if not np.isnan(x)}


def test_the_points_of_stage_1_are_those_that_were_published():
    assert sum(FIRST["lg"]) == pytest.approx(90.2, abs=1e-9)
    assert np.mean(list(FIRST.values()), axis=0) == pytest.approx([30.4, 28.56, 20.76], abs=1e-9)
    totals = {team: sum(points) for team, points in FIRST.items()}
    assert np.mean(list(totals.values())) == pytest.approx(79.72, abs=1e-9)
    assert sorted(totals, key=totals.__getitem__)[:1] == ["ncai"]


@both_engines
def test_stage_1_removes_one_by_points_and_one_at_the_gate_and_moves_nobody_up(play):
    outcome = play(programme(), Script(LUCK), 0, 1).stages[0]
    for b, block in enumerate(BLOCKS):
        expected = {team: points[b] for team, points in FIRST.items()}
        assert of(outcome.points[:, b]) == pytest.approx(expected, abs=1e-9), block
    assert of(outcome.total) == pytest.approx({t: sum(points) for t, points in FIRST.items()}, abs=1e-6)
    assert dict(zip(TEAMS, outcome.rank[0].tolist(), strict=True)) == {
        "lg": 1, "naver": 2, "skt": 3, "upstage": 4, "ncai": 5, "motif": 0, "trillion": 0,
    }  # fmt: skip
    assert fates(outcome) == {
        "lg": KEPT, "skt": KEPT, "upstage": KEPT, "naver": AT_GATE, "ncai": BY_POINTS,
        "motif": WAITS, "trillion": WAITS,
    }  # fmt: skip


@both_engines
def test_stage_2_is_played_by_the_three_and_the_entrant_who_leaves_by_points(play):
    outcome = play(programme(), Script(LUCK), 0, 1).stages[1]
    totals = {IDS[team]: total for team, total in D12.expected["totals"].items()}
    assert of(outcome.total) == D12.near(totals)
    assert fates(outcome) == {
        "lg": KEPT, "skt": KEPT, "upstage": KEPT, "naver": GONE, "ncai": GONE,
        "motif": BY_POINTS, "trillion": WAITS,
    }  # fmt: skip
    assert IDS[D12.expected["dropped"]] == "motif"


@both_engines
def test_the_entrant_trains_from_the_day_after_it_was_chosen_to_the_close_of_its_own_window(play):
    first, second = play(programme(), Script(LUCK), 0, 1).stages
    days = 8 + 31 + 30 + 31 + 30 + 31  # 2026-02-21 to 2026-07-31
    others = 16 + 28 + 31 + 30 + 31 + 30  # 2026-01-16 to 2026-06-30
    hours = {"motif": 768 * days, "lg": 512 * others, "upstage": 512 * others, "skt": 0}
    assert of(second.gpu_hours) == {t: 24.0 * hours.get(t, 0) for t in TEAMS}
    own = {t: 24.0 * 600 * (days if t == "motif" else others) for t in ("lg", "upstage", "skt", "motif")}
    assert of(second.own_gpu_hours) == {t: own.get(t, 0.0) for t in TEAMS}
    assert of(first.gpu_hours) == {t: 24.0 * 512 * 113 * (t in ("lg", "upstage")) for t in TEAMS}


@both_engines
def test_had_the_gate_let_everybody_pass_nobody_would_have_come_in(play):
    passes = LUCK | {Key(Purpose.GATE, "s1", "naver"): 0.051}
    first, second = play(programme(), Script(passes), 0, 1).stages
    assert fates(first)["naver"] == KEPT
    assert [fates(second)[t] for t in ("ncai", "motif", "trillion")] == [GONE, WAITS, WAITS]
    assert np.count_nonzero(second.rank) == 4


@both_engines
def test_a_panel_that_finds_nobody_good_enough_leaves_three(play):
    # Scores are 70.5 and 70.1: a minimum of 70.6 lets nobody in, one of 70.4 the first alone.
    assert fates(play(programme({"minimum": 70.6}), Script(LUCK), 0, 1).stages[1])["motif"] == WAITS
    outcome = play(programme({"minimum": 70.4}), Script(LUCK), 0, 1).stages[1]
    assert (fates(outcome)["motif"], fates(outcome)["trillion"]) == (BY_POINTS, WAITS)


@both_engines
def test_with_stage_1_and_the_entry_known_the_same_follows_whatever_their_luck(play):
    result = {"naver": "out-at-gate", "ncai": "out-by-points"}
    known = programme(happened=result, entered=["motif"])
    contrary = Script({key: 1 - u if key.stage == "s1" else u for key, u in LUCK.items()})
    first, second = play(known, contrary, 0, 1).stages
    as_it_was = play(programme(), Script(LUCK), 0, 1).stages
    assert fates(first) == fates(as_it_was[0])
    assert of(first.total) != of(as_it_was[0].total)
    for name in ("fate", "rank", "total", "points", "compute", "gpu_hours"):
        np.testing.assert_array_equal(getattr(second, name), getattr(as_it_was[1], name))


EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 10}}


@both_engines_often
def test_equal_teams_on_the_real_schedule_are_selected_in_30_of_100_and_the_entrant_in_50(play, size):
    # 3/5 x 3/4 x 2/3 and, for one of the two who may enter, 1/2 x 3/4 x 2/3.
    entry = {"day": "2026-04-15", "candidates": ["in", "out"], "when_fewer_than": 4}
    stages = [
        stage(1, EXAM, cut={"keep": 3}, entry=entry), stage(2, EXAM, cut={"keep": 3}),
        stage(3, EXAM, cut={"keep": 2}),
    ]  # fmt: skip
    scenario = quiet({**{f"t{i}": {} for i in range(5)}, "in": {}, "out": {}}, stages)
    first, second, last = played(play, scenario, size).stages
    assert_chances(first.fate[:, :5] == BY_POINTS, [0.4] * 5)
    entered = second.rank[:, 5:] > 0
    assert (entered.sum(axis=1) == 1).all()
    assert_chances(entered[:, :1], [0.5])
    selected = last.fate == KEPT
    assert (selected.sum(axis=1) == 2).all()
    assert_chances(selected[:, :5], [0.30] * 5)
    for t in (5, 6):
        assert_chances(selected[:, [t]], [0.25])
    assert_chances(selected[:, 5:].any(axis=1, keepdims=True), [0.50])
    assert_chances(last.fate[:, 5:] == WAITS, [0.5, 0.5])


def two_last_by_minimum(u):
    """Gumbel-minimum noise: from the last upwards a ranking is drawn without replacement, weights e^-u."""
    w = [exp(-x) for x in u]
    return [
        (a + sum(b * a / (sum(w) - b) for j, b in enumerate(w) if j != i)) / sum(w) for i, a in enumerate(w)
    ]


def two_last_by_maximum(u):
    """Gumbel-maximum noise: at most one of the others ends below i.

    i is above all of a set S with chance v_i / (v_i + v_S), v = e^u; that all of a set A are above i follows
    by inclusion and exclusion, and `one below` is `all but that one above` less `all above`.
    """
    v = [exp(x) for x in u]

    def all_above(i, those):
        subsets = (s for n in range(len(those) + 1) for s in combinations(those, n))
        return sum((-1) ** len(s) * v[i] / (v[i] + sum(v[j] for j in s)) for s in subsets)

    chances = []
    for i in range(len(v)):
        others = [j for j in range(len(v)) if j != i]
        none_below = all_above(i, others)
        one_below = sum(all_above(i, [k for k in others if k != j]) - none_below for j in others)
        chances.append(none_below + one_below)
    return chances


def by_all_orders(weights):
    """Chance of each to be among the first two drawn without replacement by weight: by every order."""
    chances = np.zeros(len(weights))
    for i, j in permutations(range(len(weights)), 2):
        chances[[i, j]] += weights[i] / sum(weights) * weights[j] / (sum(weights) - weights[i])
    return chances


def test_the_closed_forms_of_two_dropped_at_once_agree_with_sums_over_all_orders():
    u = E2.inputs["u"]
    assert two_last_by_minimum(u) == pytest.approx(by_all_orders([exp(-x) for x in u]), rel=1e-12)
    v = np.exp(u)
    expected = np.zeros(len(u))
    for order in permutations(range(len(u))):  # first to last
        rest = [v[list(order[k:])].sum() for k in range(len(u))]
        expected[list(order[-2:])] += np.prod(v[list(order)] / rest)
    assert two_last_by_maximum(u) == pytest.approx(expected, rel=1e-9)


@both_engines_often
@pytest.mark.parametrize(
    ("shape", "chances"), [("gumbel-min", two_last_by_minimum), ("gumbel-max", two_last_by_maximum)]
)
def test_two_dropped_at_once_leave_as_by_plackett_and_luce(play, size, shape, chances):
    u = E2.inputs["u"]
    exam = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": pi / sqrt(6), "noise_shape": shape}}
    teams = {f"t{i}": {"effect": x} for i, x in enumerate(u)}
    expected = chances(u)
    assert sum(expected) == pytest.approx(2, rel=1e-9)
    for cut in ({"keep": len(u) - 2}, {"drop": 2}):
        fate = played(play, quiet(teams, [stage(1, exam, cut=cut)]), size).stages[0].fate
        assert_chances(fate == BY_POINTS, expected)
