"""Counts as plain data: everything comes back, and nothing that was not written is taken."""

import json
from contextlib import suppress
from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engines import batch
from sim.folder.counts import pack, unpack
from sim.model.draws import Draws
from sim.stats.counts import Histogram
from sim.stats.input_effects import TornadoCounts
from sim.stats.tally import Tally, tally
from sim.studies.comparison import ComparedCounts
from sim.studies.sensitivity_counts import PointCounts
from tests.stats.small import programmes


def same(one, other):
    """Whether two counts are the same, whatever they are made of."""
    if isinstance(one, Histogram):
        return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def of_one_team():
    """Counts of one replication with one stage and one team."""
    return Tally(1, *[np.zeros((1, 1), dtype=np.int64)] * 5)  # type: ignore[arg-type]


def agree(one: Tally, other: Tally):
    return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


@settings(max_examples=20)
@given(programmes(), st.integers(1, 40))
def test_counts_come_back_from_json_as_they_were(scenario, size):
    counts = tally(scenario, batch.play_batch(scenario, Draws(3), 0, size))
    again = unpack(Tally, json.loads(json.dumps(pack(counts))))
    assert agree(again, counts)
    assert agree(again + counts, counts + counts)


def test_steps_below_nothing_come_back_too():
    counts = of_one_team()
    counts.measures["gap"] = Histogram.of(np.array([-3.2, -3.2, 0.0, 7.5, 1e9]), 0.1)
    assert agree(unpack(Tally, pack(counts)), counts)


@pytest.fixture(scope="module")
def counts_of_each_type():
    """What each kind of study counts, of a few replications, with pairs, points and ends in them."""
    minimal, other = (sim.load("minimal", changes) for changes in ({}, {"stages.first.cut.keep": 1}))
    compared = sim.compare([minimal, other, minimal], 90, jobs=1).counts
    points, ends = (each.counts for each in sim.sensitivity(minimal, 64, jobs=1).played)
    counts = sim.run(minimal, 90, jobs=1).tally
    return {type(each): each for each in (counts, compared, points, ends)}


TYPES = [Tally, ComparedCounts, PointCounts, TornadoCounts]


@pytest.mark.parametrize("kind", TYPES)
def test_counts_of_every_type_come_back_from_json_as_they_were(counts_of_each_type, kind):
    counts = counts_of_each_type[kind]
    again = unpack(kind, json.loads(json.dumps(pack(counts))))
    assert type(again) is kind
    assert all_the_same(again, counts)
    assert all_the_same(again + counts, counts + counts)
    assert json.dumps(pack(again)) == json.dumps(pack(counts))


def all_the_same(one, other):
    """Whether two counts are the same, types of numbers and arrays too, however deep."""
    if is_dataclass(one) and not isinstance(one, type):
        names = [each.name for each in fields(one)]
        return type(one) is type(other) and all(
            all_the_same(getattr(one, name), getattr(other, name)) for name in names
        )
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(all_the_same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return type(one) is type(other) and all(map(all_the_same, one, other)) and len(one) == len(other)
    return type(one) is type(other) and one == other


json_data = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text(max_size=3),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=3), each, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(TYPES), json_data)
def test_data_of_anything_else_are_no_counts(kind, data):
    with pytest.raises((KeyError, TypeError, ValueError)):
        unpack(kind, data)


@settings(max_examples=60)
@given(st.sampled_from(TYPES), st.data(), json_data)
def test_counts_of_which_something_was_changed_are_refused_or_read(counts_of_each_type, kind, data, other):
    """With no error but these three, whatever is where."""
    packed = json.loads(json.dumps(pack(counts_of_each_type[kind])))
    place = packed
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(place[key], (dict, list)) and place[key]) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = other
    with suppress(KeyError, TypeError, ValueError):
        assert isinstance(unpack(kind, packed), kind)


@pytest.mark.parametrize("key", ["runs", "kept", "together", "chances", "measures"])
def test_data_without_a_part_of_the_counts_are_no_counts(key):
    data = pack(of_one_team())
    del data[key]
    with pytest.raises(KeyError, match=key):
        unpack(Tally, data)
