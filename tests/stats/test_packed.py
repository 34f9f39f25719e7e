"""Counts as plain data: everything comes back, and nothing that was not written is taken."""

import json
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines import batch
from sim.model.draws import Draws
from sim.stats.histogram import Histogram
from sim.stats.packed import pack, unpack
from sim.stats.tally import Tally, tally
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
    counts = tally(scenario, batch.play(scenario, Draws(3), 0, size))
    again = unpack(Tally, json.loads(json.dumps(pack(counts))))
    assert agree(again, counts)
    assert agree(again + counts, counts + counts)


def test_steps_below_nothing_come_back_too():
    counts = of_one_team()
    counts.measures["gap"] = Histogram.of(np.array([-3.2, -3.2, 0.0, 7.5, 1e9]), 0.1)
    assert agree(unpack(Tally, pack(counts)), counts)


@pytest.mark.parametrize("key", ["runs", "kept", "together", "chances", "measures"])
def test_data_without_a_part_of_the_counts_are_no_counts(key):
    data = pack(of_one_team())
    del data[key]
    with pytest.raises(KeyError, match=key):
        unpack(Tally, data)
