"""What no data settles in the real programme is drawn from published ranges, one number for all stages."""

import numpy as np
import pytest

import sim
from sim.scenario import load
from sim.scenario.evidence import without_facts
from sim.scenario.models.inputs import inputs
from sim.scenario.models.numbers import Uncertain
from sim.scenario.names import over_stages

PROGRAMME = load("k-ai")
RANGES = {  # low, likely, high, from the literature and the two evaluations: docs/model.md
    "capability.team_spread": (1.5, 2.5, 4.5),
    "capability.stage_spread": (2.0, 4.0, 6.0),
    "stages.*.points.benchmark.per_eci": (0.3, 0.5, 0.8),
    "stages.*.points.experts.spread": (1.0, 1.6, 2.4),
    "stages.*.points.users.spread": (2.0, 2.7, 3.5),
    "stages.*.points.benchmark.noise": (0.4, 1.0, 2.0),
    "stages.*.points.users.noise": (0.5, 1.1, 2.0),
}
PANEL = (0.6, 1.0, 1.8)  # the error of the experts' mean, points

NUMBERS = [each.value for each in inputs(PROGRAMME) if isinstance(each.value, Uncertain)]


def at(path):
    """The numbers at a path of all stages."""
    return [number for number in NUMBERS if over_stages(number.path) == path]


@pytest.mark.parametrize("path", RANGES)
def test_a_number_has_its_published_range_at_every_stage(path):
    found = at(path)
    assert len(found) == (3 if "*" in path else 1)
    for number in found:
        assert number.triangular is not None
        law = number.triangular
        assert (law.low, law.likely, law.high) == RANGES[path]
    assert len({number.draw_name for number in found}) == 1


def test_judges_may_follow_strength_and_keep_their_taste_to_any_degree():
    for path, ends in (("judging.follows_strength", (-0.4, 0.9)), ("judging.lasting", (0.0, 1.0))):
        (number,) = at(path)
        assert number.uniform is not None
        assert (number.uniform.low, number.uniform.high) == ends == PROGRAMME.doubts[path]


def test_a_panel_errs_by_its_published_range():
    """Ten people of whom the highest and the lowest are dropped, drawn here with other random numbers."""
    drawn = np.sort(np.random.default_rng(3).standard_normal((100_000, 10)))[:, 1:-1].mean(axis=1)
    sd_of_mean = drawn.std()  # within 1 % of the exact one, at 4 standard errors
    found = at("stages.*.points.experts.raters.sd")
    assert len({number.draw_name for number in found}) == 1
    for number in found:
        law = number.triangular
        assert law is not None
        errors = [sd_of_mean * sd for sd in (law.low, law.likely, law.high)]
        assert errors == pytest.approx(PANEL, rel=0.02)


def test_numbers_of_one_draw_have_one_law():
    laws: dict[str, set[str]] = {}
    for number in NUMBERS:
        if number.shared is not None:
            laws.setdefault(number.draw_name, set()).add(repr(number.distribution()))
    assert {name for name, several in laws.items() if len(several) > 1} == set()
    assert len(laws) == 6


@pytest.mark.parametrize(
    ("stage", "block", "items", "published"),
    [
        ("stage-1", "benchmark", {}, 30.4),
        ("stage-2", "benchmark", {"aaii": 9.48, "nia": 13.05}, 22.5),
        ("stage-2", "users", {"professionals": 10.53, "citizens": 7.03}, 17.6),
        ("stage-3", "users", {"professionals": 10.53, "citizens": 7.03}, 17.6),
    ],
)
def test_means_of_items_are_the_published_ones_and_sum_to_their_blocks(stage, block, items, published):
    found = PROGRAMME.stages[stage].points[block]
    means = {name: item.mean for name, item in found.items.items() if isinstance(item.mean, float)}
    assert list(means) == list(found.items)
    assert {name: means[name] for name in items} == items
    assert found.mean == published
    assert sum(means.values()) == pytest.approx(published, abs=0.05)  # each is rounded


def test_three_teams_that_nothing_tells_apart_leave_as_their_number_says():
    """Out at the gate by 0.05, or else by points as one of three: whatever the priors, 0.05 + 0.95 / 3."""
    runs = 10_000
    teams = ("lg", "upstage", "skt")
    same = {"teams.lg.own": {"B200": 500}, "teams.upstage.own": {"B200": 500}, "teams.skt.own": {"B200": 500}}
    scenario = without_facts(load("k-ai", same | {"stages.stage-3.own": None}))
    p = 0.05 + 0.95 / 3
    leaving = sim.run(scenario, runs, jobs=1).summary.shares()
    for team in teams:
        z = (leaving["", team, "leaves_at_all"] - p) / np.sqrt(p * (1 - p) / runs)
        assert abs(z) <= 4, f"z-score {z} for {team}"
