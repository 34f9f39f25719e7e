"""Counts: the same as a plain count of the rows, and adding up over ranges."""

from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines import batch
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import load
from sim.stats.tables import FATES, outcomes_table
from sim.stats.tally import tally
from tests.stats import recount
from tests.stats.small import programmes

K_AI = load(Path(__file__).resolve().parents[2] / "scenarios" / "k-ai-2025-plan.yaml")
RUNS, SEED = 400, 20260601
COUNTS = {"by_points": Fate.OUT_BY_POINTS, "by_gate": Fate.OUT_AT_GATE, "kept": Fate.KEPT}
UNIT = {
    "gpu_hours": 10.0,
    "cost": 1e5,
    "own_gpu_hours": 10.0,
    "own_cost": 1.0,
    "behind_frontier_months": 0.1,
    "accuracy_against_frontier": 0.001,
}


def counted(scenario, start, stop):
    return tally(scenario, batch.play_batch(scenario, Draws(SEED), start, stop))


def content(counts):
    """Everything in a tally, to be compared."""
    found = {f.name: getattr(counts, f.name) for f in fields(counts)}
    found["measures"] = {
        name: (h.resolution, h.steps.tolist(), h.counts.tolist()) for name, h in counts.measures.items()
    }
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in found.items()}


@pytest.fixture(scope="module")
def rows():
    return outcomes_table(K_AI, batch.play_batch(K_AI, Draws(SEED), 0, RUNS))


@pytest.fixture(scope="module")
def whole():
    return counted(K_AI, 0, RUNS)


@pytest.mark.parametrize("name", COUNTS)
def test_fates_are_counted_as_the_rows_tell_them(rows, whole, name):
    plain = recount.fates(rows)
    expected = [[plain[s, t, FATES[COUNTS[name]]] for t in K_AI.teams] for s in K_AI.stages]
    assert getattr(whole, name).tolist() == expected


def test_a_team_is_present_unless_it_is_gone(rows, whole):
    plain = recount.fates(rows)
    assert whole.present.tolist() == [[RUNS - plain[s, t, "gone"] for t in K_AI.teams] for s in K_AI.stages]


def test_nobody_enters_late(whole):
    assert not whole.not_entered.any()


def test_the_sets_of_selected_teams_are_counted_as_the_rows_tell_them(rows, whole):
    teams = list(K_AI.teams)
    found = {
        frozenset(t for i, t in enumerate(teams) if bits >> i & 1): n for bits, n in whole.together.items()
    }
    assert found == recount.together(rows)


def test_every_response_that_is_a_chance_is_what_loops_over_the_rows_find(rows, whole):
    assert whole.chances == recount.chances(rows)


def test_every_response_that_is_a_measure_is_what_loops_over_the_rows_find(rows, whole):
    expected = recount.measures(rows)
    assert whole.measures.keys() == expected.keys()
    for name, values in expected.items():
        unit = UNIT.get(name.removesuffix("_of_leavers"), 0.01)
        steps, counts = np.unique([round(value / unit) for value in values], return_counts=True)
        found = whole.measures[name]
        assert found.resolution == unit, name
        assert (found.steps.tolist(), found.counts.tolist()) == (steps.tolist(), counts.tolist()), name


@settings(max_examples=30)
@given(st.lists(st.integers(1, RUNS - 1), max_size=4, unique=True), st.randoms())
def test_counts_of_ranges_add_up_in_any_order(whole, cuts, chance):
    ends = [0, *sorted(cuts), RUNS]
    pieces = [counted(K_AI, a, b) for a, b in pairwise(ends)]
    chance.shuffle(pieces)
    total = pieces[0]
    for piece in pieces[1:]:
        total = total + piece
    assert content(total) == content(whole)


@settings(max_examples=60)
@given(programmes())
def test_nobody_is_lost_or_counted_twice(scenario):
    counts = counted(scenario, 0, 40)
    assert counts.runs == 40
    from_start = [t not in scenario.candidates for t in scenario.teams]
    assert (counts.present[0] == np.where(from_start, 40, 0)).all()
    assert (counts.not_entered[0] == np.where(from_start, 0, 40)).all()
    assert (counts.present == counts.by_points + counts.by_gate + counts.kept).all()
    came = counts.not_entered[:-1] - counts.not_entered[1:]
    assert (came >= 0).all()
    assert (counts.present[1:] == counts.kept[:-1] + came).all()
    left = (counts.by_points + counts.by_gate).sum(axis=0)
    assert (left + counts.kept[-1] + counts.not_entered[-1] == 40).all()
    assert sum(counts.together.values()) == 40


@settings(max_examples=60)
@given(programmes())
def test_the_sets_of_selected_teams_say_how_often_each_was_selected(scenario):
    counts = counted(scenario, 0, 40)
    for t in range(len(scenario.teams)):
        assert sum(n for bits, n in counts.together.items() if bits >> t & 1) == counts.kept[-1, t]
