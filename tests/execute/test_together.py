"""Cases that differ in gates and cuts alone, played together: every one as it is played alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines import batch
from sim.engines.outcomes import stage_of
from sim.execute import together
from sim.execute.case import Case, engine_for
from sim.execute.group import play_block
from sim.execute.inference import infer
from sim.execute.runner import Runner
from sim.model.draws import CachedSource, Draws
from sim.rules.book import BUILT_IN
from sim.scenario import from_data, load
from sim.scenario.models.stages import Cut, Gate
from sim.scenario.options import options
from tests.engines.identical import arrays, assert_identical
from tests.generate import scenarios
from tests.generate_wide import wide_scenarios

SIZE = 24
CUTS = (Cut(), Cut(keep=1.0), Cut(keep=3.0), Cut(drop=1.0), Cut(minimum=30.0), Cut(keep=2.0, minimum=10.0))
GATES = (None, Gate(risk=0.0), Gate(risk=0.5), Gate(risk=0.5, mode="apart"), Gate(risk=1.0))


@st.composite
def decided_otherwise(draw, scenario):
    """The scenario with other gates and cuts at some stages, or at none."""
    stages = {}
    for s, stage in scenario.stages.items():
        update = {}
        if draw(st.booleans()) and stage.has_total:
            update["cut"] = draw(st.sampled_from(CUTS))
        if draw(st.booleans()):
            update["gate"] = draw(st.sampled_from(GATES))
        stages[s] = stage.model_copy(update=update)
    return scenario.model_copy(update={"stages": stages})


def assert_as_alone(cases, size=SIZE):
    """Each of the outcomes is, to the last bit, that of the case alone."""
    source = CachedSource(Draws(cases[0].seed))
    found = list(together.play_together(cases, 0, size, source))
    for case, outcomes in zip(cases, found, strict=True):
        assert_identical(arrays(outcomes), arrays(case.play(0, size)))


@settings(max_examples=120, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("some", [scenarios, wide_scenarios])
def test_other_decisions_give_what_a_play_of_their_own_gives(some, data):
    scenario = from_data(data.draw(some()))
    case = Case(scenario, 11, engine_for(scenario))
    others = [data.draw(decided_otherwise(scenario)) for _ in range(3)]
    assert_as_alone([case, *(replace(case, scenario=other) for other in others)])


def test_options_of_a_forecast_share_a_course_and_are_as_alone():
    """The particles of `k-ai` come with the program: nothing is inferred."""
    case = Case(load("k-ai"), 1, "batch")
    case = replace(case, past=infer(case, Runner()).past)
    cases = [case, *(replace(case, scenario=option.scenario) for option in options(case.scenario)[1:])]
    assert together._first_alike(cases)[:3] == [0, 0, 0]
    assert_as_alone(cases, 300)


def test_what_has_other_luck_shares_nothing():
    case = Case(load("k-ai-2025-plan"), 1, "batch")
    pinned = replace(case, pinned={"judging.follows_strength": 0.9})
    assert together._first_alike([case, pinned, case, replace(case, seed=2), pinned]) == [0, 1, 0, 3, 1]
    assert_as_alone([case, pinned, case, pinned])


def test_all_but_gates_and_cuts_is_a_difference():
    plan = load("k-ai-2025-plan")
    last = list(plan.stages)[-1]
    changes: dict[str, dict[str, object]] = {
        "a cut": {f"stages.{last}.cut.keep": 3},
        "a gate": {f"stages.{last}.gate": None},
        "points": {f"stages.{last}.round_to": 1},
        "a team": {"teams.upstage.effect": 1},
        "a day": {f"stages.{last}.shift": 3},
        "judges": {"judging.follows_strength": 0.1},
    }
    cases = [Case(load("k-ai-2025-plan", change), 1, "batch") for change in ({}, *changes.values())]
    assert together._first_alike(cases) == [0, 0, 0, 3, 4, 5, 6]


def test_cases_that_share_nothing_are_played_each_by_itself(monkeypatch):
    """Most cases of a group share nothing, and what would be kept of them would fill the memory."""
    monkeypatch.setattr(batch, "play_decisions", None)
    cases = [Case(load("minimal", {"stages.first.train.extension": n}), 1, "batch") for n in range(3)]
    assert together._first_alike(cases) == [0, 1, 2]
    assert_as_alone(cases)


def test_a_rule_that_raises_is_told_of_the_case_and_its_stage():
    def cut(rank, eligible, keep, drop):
        if np.any(keep == 1):
            raise ArithmeticError("no one")
        return BUILT_IN.cut(rank, eligible, keep, drop)

    rules = replace(BUILT_IN, cut=cut)
    last = "stage-3"
    cases = [
        Case(load("k-ai-2025-plan", {f"stages.{last}.cut.keep": keep}), 1, "batch", rules) for keep in (2, 1)
    ]
    assert together._first_alike(cases) == [0, 0]
    with pytest.raises(ArithmeticError) as raised:
        play_block(cases, 0, 200)
    assert stage_of(raised.value) == last
    assert "in case 1" in raised.value.__notes__
