"""The sources with which the same replications are played many times over."""

import numpy as np
import pytest

from sim.model.draws import CachedSource, DesignSource, Draws, Key, Purpose, SpySource

NUMBER, OTHER = Key(Purpose.PARAMETER, item="judging.x"), Key(Purpose.PARAMETER, item="judging.y")
GATE = Key(Purpose.GATE, "s1", "a", "judging.x")
POINTS = {"judging.x": np.array([0.1, 0.2, 0.3])}


def test_each_point_holds_for_its_replications_and_all_else_is_drawn_as_ever():
    laid = DesignSource(Draws(5), POINTS, 4)
    rows = laid.columns([NUMBER, OTHER, GATE], 2, 10)
    assert rows[0].tolist() == [0.1] * 2 + [0.2] * 4 + [0.3] * 2
    assert rows[1:].tolist() == Draws(5).columns([OTHER, GATE], 2, 10).tolist()


def test_what_is_cached_is_what_is_drawn_and_nobody_can_write_into_it():
    kept, keys = CachedSource(Draws(5)), [NUMBER, GATE]
    with pytest.raises(ValueError, match="read-only"):
        kept.columns(keys, 2, 10)[:] = 0
    assert kept.columns(keys, 2, 10).tolist() == Draws(5).columns(keys, 2, 10).tolist()
    assert kept.columns(keys, 3, 10).tolist() == Draws(5).columns(keys, 3, 10).tolist()
    assert kept.columns([GATE], 2, 10).tolist() == Draws(5).columns([GATE], 2, 10).tolist()


def test_sequences_are_those_of_the_source():
    key = Key(Purpose.FAULT, "s1", "a")
    assert next(DesignSource(Draws(5), POINTS, 4).sequence(key, 3)) == next(Draws(5).sequence(key, 3))
    assert next(CachedSource(Draws(5)).sequence(key, 3)) == next(Draws(5).sequence(key, 3))
    assert next(SpySource(Draws(5)).sequence(key, 3)) == next(Draws(5).sequence(key, 3))


def test_a_record_names_the_uncertain_numbers_once_in_order():
    recorded = SpySource(Draws(5))
    rows = recorded.columns([OTHER, GATE, NUMBER, OTHER], 0, 3)
    assert list(recorded.asked) == ["judging.y", "judging.x"]
    assert rows.tolist() == Draws(5).columns([OTHER, GATE, NUMBER, OTHER], 0, 3).tolist()
