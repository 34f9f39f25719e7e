"""Cuts, entries and known results against the number of teams that there can be."""

import pytest
from hypothesis import given

from sim.engines.batch import play_batch
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.cuts import FeasibleCounts, feasible_counts
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.language.provenance import format_flow
from tests.generate_wide import wide_scenarios
from tests.helpers import quiet, quiet_data, stage

EXAM = {"exam": {"max": 100, "mean": 50, "per_eci": 1.0}}
FIVE: dict[str, dict[str, float]] = {t: {} for t in "abcde"}


def programme(first, second=None, teams=FIVE):
    """Two stages with an exam each."""
    return quiet(teams, [stage(1, EXAM, **first), stage(2, EXAM, **(second or {}))])


def refusal(*rules, **more):
    with pytest.raises(ScenarioError) as refused:
        programme(*rules, **more)
    (problem,) = refused.value.problems
    return problem.path, problem.found


def out(points="", gate=""):
    return dict.fromkeys(points, "out-by-points") | dict.fromkeys(gate, "out-at-gate")


@pytest.mark.parametrize("keep", [0, 5, 5.4, {"uniform": [0, 50]}, {"weighted": {"5": 1, "9": 1}}])
def test_a_keep_that_some_field_can_be_as_large_as_is_fine(keep):
    assert programme({"cut": {"keep": keep}})


@pytest.mark.parametrize("keep", [6, 5.5, {"uniform": [6, 50]}, 1e300])
def test_a_keep_above_every_possible_field_is_refused(keep):
    assert refusal({"cut": {"keep": keep}})[0] == "stages.s1.cut.keep"


def test_entrants_and_known_results_change_how_many_there_can_be():
    entry = {"day": "2026-04-15", "candidates": ["d", "e"], "places": 1}
    assert programme({"entry": entry}, {"cut": {"keep": 4}})
    assert refusal({"entry": entry}, {"cut": {"keep": 5}})[0] == "stages.s2.cut.keep"
    known = {"entry": entry | {"happened": "nobody"}, "cut": {"keep": 2}, "happened": out(points="a")}
    assert programme(known, {"cut": {"keep": 2}})
    assert refusal(known, {"cut": {"keep": 3}})[0] == "stages.s2.cut.keep"


def test_what_an_earlier_cut_may_take_is_no_reason_to_refuse_a_later_one():
    assert programme({"cut": {"keep": 2}}, {"cut": {"keep": 5}})


APART = {"gate": {"mode": "apart", "risk": 0.1}}
FIRST = {"gate": {"mode": "first", "risk": 0.1}}


@pytest.mark.parametrize(
    ("rules", "happened"),
    [
        ({"cut": {"keep": 3}}, out(points="ab")),
        ({"cut": {"drop": 2}}, out(points="ab")),
        ({"cut": {"keep": 5}}, {}),
        ({"cut": {"keep": {"weighted": {"3": 1, "4": 1}}}}, out(points="a")),
        ({"cut": {"keep": 4}, **APART}, out(points="a", gate="b")),  # as in the real first stage
        ({"cut": {"keep": 4}, **APART}, out(gate="b")),  # who was last failed the gate besides
        ({"cut": {"keep": 4}, **FIRST}, out(gate="b")),
        ({"cut": {"keep": 3, "minimum": 60}}, out(points="abcd")),
        ({"cut": {"minimum": 60}}, {}),
        (FIRST, out(gate="abcde")),
    ],
)
def test_known_results_that_the_rules_allow_are_fine(rules, happened):
    assert programme(rules | {"happened": happened})


@pytest.mark.parametrize(
    ("rules", "happened", "found"),
    [
        ({"cut": {"keep": 3}}, out(points="a"), "1 of 5 teams out by points"),
        ({"cut": {"keep": 3}}, out(points="abc"), "3 of 5 teams out by points"),
        ({"cut": {"drop": 1}}, {}, "0 of 5 teams out by points"),
        ({"cut": {"keep": {"weighted": {"3": 1, "4": 1}}}}, {}, "0 of 5 teams out by points"),
        ({"cut": {"keep": 3}, **APART}, out(gate="b"), "0 of 5 teams out by points"),
        ({"cut": {"keep": 4}, **APART}, out(points="ab", gate="c"), "2 of 5 teams out by points"),
        ({"cut": {"keep": 3, "minimum": 60}}, out(points="a"), "1 of 5 teams out by points"),
    ],
)
def test_known_results_that_the_rules_do_not_allow_are_refused(rules, happened, found):
    assert refusal(rules | {"happened": happened}) == ("stages.s1.happened", found)


def entry(**rules):
    return {"day": "2026-04-15", "candidates": ["d", "e"], **rules}


@pytest.mark.parametrize(
    ("cut", "limit", "held"),
    [
        ({"cut": {"keep": 2}}, 3, True),
        ({"cut": {"keep": 2}}, 2, False),
        ({"cut": {"keep": 2}, **APART}, 1, True),
        ({"cut": {"keep": 2, "minimum": 1}}, 1, True),
        ({"cut": {"drop": {"uniform": [0, 2]}}}, 2, True),
        ({}, 3, False),
    ],
)
def test_an_entry_that_is_never_held_is_suspicious(cut, limit, held):
    scenario = programme(cut | {"entry": entry(when_fewer_than=limit)})
    never = [
        one for one in lint_warnings(scenario) if one.path == ("stages", "s1", "entry", "when_fewer_than")
    ]
    assert bool(never) is not held


LUCK = {"judging": {"follows_strength": 0.3}, "capability": {"team_spread": 2.5}}


@pytest.mark.parametrize(
    ("panel", "won"),
    [
        ({"mean": 70, "spread": 0, "minimum": 70}, True),
        ({"mean": 70, "spread": 0, "minimum": 70.5}, False),
        ({"mean": 70, "spread": 10, "minimum": 150}, True),  # eight standard deviations of luck
        ({"mean": 70, "spread": 10, "minimum": 154, "follows_strength": 0}, False),
        ({"mean": 70, "spread": 10, "minimum": 154}, True),
        ({"mean": 70, "spread": 10, "minimum": 500}, False),
        ({"mean": 70, "spread": 10, "minimum": {"uniform": [60, 500]}}, True),
        ({"mean": {"uniform": [50, 600]}, "spread": 10, "minimum": 500}, True),
    ],
)
def test_an_entry_must_be_won_in_some_case(panel, won):
    stages = [stage(1, EXAM, entry=entry(panel=panel)), stage(2, EXAM)]
    if won:
        assert quiet(FIVE, stages, **LUCK)
        return
    with pytest.raises(ScenarioError) as refused:
        quiet(FIVE, stages, **LUCK)
    assert [problem.path for problem in refused.value.problems] == ["stages.s1.entry.panel.minimum"]


def test_a_strong_candidate_may_win_what_others_cannot():
    panel = {"mean": 70, "spread": 10, "minimum": 500, "follows_strength": 1}
    stages = [stage(1, EXAM, entry=entry(panel=panel)), stage(2, EXAM)]
    assert quiet(FIVE | {"d": {"effect": 100}}, stages, capability={"team_spread": 2.5})


def test_how_many_there_can_be_stage_by_stage():
    rules = {"cut": {"keep": {"uniform": [1, 2]}}, "entry": entry(places=2, when_fewer_than=3)}
    first, second = feasible_counts(programme(rules, APART)).values()
    assert first == FeasibleCounts(3, 3, 1, 2, least_entering=2, most_entering=2, known=3)
    assert second == FeasibleCounts(3, 4, 0, 4, least_entering=0, most_entering=0, known=5)


def test_candidates_that_were_there_are_blamed_by_whoever_adds_the_entry(tmp_path):
    base = tmp_path / "base.yaml"
    base.write_text(format_flow(programme({"cut": {"keep": 4}}).resolved()), encoding="utf-8")
    again = tmp_path / "again.yaml"
    again.write_text(
        "extends: base.yaml\nstages:\n  s1:\n    entry: {day: 2026-04-15, candidates: [a, b]}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as refused:
        load(again)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.path) == (str(again), 4, "stages.s1.entry.candidates")
    assert "'a', 'b': not there before, which leaves 3 teams for a cut that keeps 4" in problem.found
    assert "who may come in again after leaving stands in `returning`" in problem.hint


def test_a_cut_that_counts_on_candidates_is_blamed_by_whoever_sets_it(tmp_path):
    rules = {"day": "2026-04-15", "candidates": ["a", "b"]}
    base = tmp_path / "base.yaml"
    scenario = programme({"cut": {"keep": 3}, "entry": rules})
    base.write_text(format_flow(scenario.resolved()), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load(base, {"stages.s1.cut.keep": 4})
    (problem,) = refused.value.problems
    assert (problem.file, problem.path, problem.expected) == ("--set", "stages.s1.cut.keep", "at most 3")
    assert "'a', 'b', of stages.s1.entry.candidates, cannot be there before" in problem.hint
    with pytest.raises(ScenarioError) as refused:
        load(base, {"stages.s1.cut.keep": 6})
    assert [problem.hint for problem in refused.value.problems] == [""]


@given(wide_scenarios())
def test_no_run_leaves_fewer_or_more_teams_than_can_be_left(data):
    scenario = from_data(data)
    outcomes = play_batch(scenario, Draws(11), 0, 40)
    for outcome, counts in zip(outcomes.stages, feasible_counts(scenario).values(), strict=True):
        left = (outcome.fate == Fate.KEPT).sum(axis=1)
        assert counts.least_left <= left.min() <= left.max() <= counts.most_left


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ({"budget": 100, "asks": 30}, (3, 3)),
        ({"budget": 100, "asks": {"a": 60, "default": 20}}, (1, 5)),
        ({"budget": 100, "asks": {"a": 0, "default": 50}}, (2, 5)),
        ({"budget": 3, "asks": 1, "keep": 2}, (2, 2)),
        ({"within": 5}, (1, 5)),
        ({"within": 5, "minimum": 1}, (0, 5)),
        ({"at_most": {"two": 1}}, (1, 5)),
        ({"at_most": {"two": 0}, "keep": 2}, (0, 2)),
    ],
)
def test_money_distances_and_kinds_leave_room_that_can_be_counted(cut, left):
    data = quiet_data(FIVE, [stage(1, EXAM, cut=cut)]) | {"groups": {"two": ["a", "b"]}}
    (counts,) = feasible_counts(from_data(data)).values()
    assert (counts.least_left, counts.most_left) == left
