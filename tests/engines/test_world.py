"""Blocks of the wider world: both engines agree, and what is played again is what a whole play gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.draws import CachedSource, Draws
from sim.scenario import from_data
from sim.scenario.language.load import with_values
from tests.engines import differential
from tests.engines.test_replay import assert_as_whole, changes_between, played
from tests.generate_changes import changed
from tests.generate_world import BLOCKS, world_scenarios


@settings(max_examples=40, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_the_engines_agree(block, data):
    differential.check(data.draw(world_scenarios(block)), data.draw(differential.starts()))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_any_change_gives_what_a_whole_play_gives(block, data):
    first = from_data(data.draw(world_scenarios(block)))
    if first.faults.mode == "each":
        first = with_values(first.resolved(), {"faults.mode": "average"})
    second = data.draw(changed(first))
    if second.faults.mode == "each":
        return
    source = CachedSource(Draws(11))
    course = played(first, source, start=3)
    if changes_between(first, second) is not None:
        assert_as_whole(course, second, source)
