"""The sources with which the same replications are played many times over."""

import numpy as np

from sim.model.draws import Draws, Key, Purpose
from sim.model.kept import Kept
from sim.model.laid import Laid, Recorded

NUMBER, OTHER = Key(Purpose.PARAMETER, item="judging.x"), Key(Purpose.PARAMETER, item="judging.y")
GATE = Key(Purpose.GATE, "s1", "a", "judging.x")
POINTS = {"judging.x": np.array([0.1, 0.2, 0.3])}


def test_each_point_holds_for_its_replications_and_all_else_is_drawn_as_ever():
    laid = Laid(Draws(5), POINTS, 4)
    rows = laid.columns([NUMBER, OTHER, GATE], 2, 10)
    assert rows[0].tolist() == [0.1] * 2 + [0.2] * 4 + [0.3] * 2
    assert rows[1:].tolist() == Draws(5).columns([OTHER, GATE], 2, 10).tolist()


def test_what_is_kept_is_what_is_drawn_whatever_was_done_to_it_before():
    kept, keys = Kept(Draws(5)), [NUMBER, GATE]
    first = kept.columns(keys, 2, 10)
    first[:] = 0
    assert kept.columns(keys, 2, 10).tolist() == Draws(5).columns(keys, 2, 10).tolist()
    assert kept.columns(keys, 3, 10).tolist() == Draws(5).columns(keys, 3, 10).tolist()
    assert kept.columns([GATE], 2, 10).tolist() == Draws(5).columns([GATE], 2, 10).tolist()


def test_sequences_are_those_of_the_source():
    key = Key(Purpose.FAULT, "s1", "a")
    assert next(Laid(Draws(5), POINTS, 4).sequence(key, 3)) == next(Draws(5).sequence(key, 3))
    assert next(Kept(Draws(5)).sequence(key, 3)) == next(Draws(5).sequence(key, 3))
    assert next(Recorded(Draws(5)).sequence(key, 3)) == next(Draws(5).sequence(key, 3))


def test_a_record_names_the_uncertain_numbers_once_in_order():
    recorded = Recorded(Draws(5))
    rows = recorded.columns([OTHER, GATE, NUMBER, OTHER], 0, 3)
    assert list(recorded.asked) == ["judging.y", "judging.x"]
    assert rows.tolist() == Draws(5).columns([OTHER, GATE, NUMBER, OTHER], 0, 3).tolist()
