"""Worlds side by side: what is worked out for many at once is what each would have alone."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from simpy import Environment
from simpy.events import Event

from sim.engines import event, programme
from sim.engines.inputs import prepare
from sim.engines.outcomes import stage_of
from sim.engines.questions import PendingWork, answer_all, judge, share_out, stack, unstack
from sim.model.draws import Draws
from sim.rules.book import BUILT_IN, Rulebook
from sim.rules.decisions import cut
from sim.scenario import from_data
from tests.engines.differential import starts
from tests.engines.identical import arrays, assert_identical
from tests.generate import scenarios
from tests.generate_wide import wide_scenarios
from tests.helpers import quiet, stage

SIZE = 6
EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 1}}


def idle(world):
    """A process of a user's own that does nothing; with it, worlds are played one after another."""
    yield world.env.timeout(0)


def three_teams(count=2):
    return quiet({"a": {}, "b": {}, "c": {}}, [stage(n, EXAM) for n in range(1, count + 1)])


@settings(max_examples=60)
@given(scenarios() | wide_scenarios(), starts())
def test_side_by_side_gives_every_byte_that_one_after_another_gives(data, start):
    scenario, source = from_data(data), Draws(3)
    together = event.play_events(scenario, source, start, start + SIZE)
    apart = event.play_events(scenario, source, start, start + SIZE, processes=[idle])
    assert_identical(arrays(together), arrays(apart))


def test_all_worlds_are_answered_at_once(monkeypatch):
    """Two questions a stage, whatever the number of worlds, teams and stages."""
    asked: list[tuple[Callable[..., object], str, int]] = []

    def counted(questions, *more):
        asked.append((questions[0].work, questions[0].stage, len(questions)))
        answer_all(questions, *more)

    monkeypatch.setattr(event, "answer_all", counted)
    event.play_events(three_teams(), Draws(1), 0, 50)
    assert asked == [(work, s, 50) for s in ("s1", "s2") for work in (share_out, judge)]


def test_a_rule_of_ones_own_is_given_one_world_after_another():
    shapes = []

    def noted(rank, field, keep, drop):
        shapes.append(rank.shape)
        return cut(rank, field, keep, drop)

    event.play_events(three_teams(), Draws(1), 0, 5, Rulebook(cut=noted))
    assert shapes == [(3,)] * 10


def test_different_questions_are_never_answered_together():
    env = Environment()
    both = [PendingWork(work, "stage-1", (), Event(env)) for work in (share_out, judge)]
    with pytest.raises(AssertionError):
        answer_all(both, prepare(three_teams(), Draws(1), 0, 2), BUILT_IN)


def test_unstacking_gives_back_what_was_stacked():
    worlds = [(np.array([r, 2.0]), None, (np.array([[r]]), np.array([True, r > 1])), ()) for r in range(4)]
    for one, back in zip(worlds, unstack(stack(worlds), 4), strict=True):
        assert back[1] is None
        assert back[3] == ()
        assert back[0].tolist() == one[0].tolist()
        assert [part.tolist() for part in back[2]] == [part.tolist() for part in one[2]]


def test_numbers_of_worlds_become_an_array():
    np.testing.assert_array_equal(stack([1.5, 2.5]), [1.5, 2.5])


def test_what_holds_for_all_worlds_is_given_to_each():
    assert [each.tolist() for each in unstack(np.array([[1.0, 2.0]]), 3)] == [[1.0, 2.0]] * 3


def test_whatever_is_raised_beside_other_worlds_tells_its_stage(monkeypatch):
    begin = programme.begin

    def failing(world, stage, *answer):
        if (world.index, stage.id) == (4, "s2"):
            raise ValueError("no power")
        begin(world, stage, *answer)

    monkeypatch.setattr(programme, "begin", failing)
    with pytest.raises(ValueError, match="no power") as raised:
        event.play_events(three_teams(), Draws(1), 0, 9)
    assert stage_of(raised.value) == "s2"
