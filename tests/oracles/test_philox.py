"""Oracle F9: the generator is Philox, and draws are those of its counter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.draws import Draws, Key, Purpose, philox_key
from tests.oracles.cases import case
from tests.oracles.philox import MASK, philox, uniform

F9 = case("F9_philox_kat")
KEYS = [Key(Purpose.TEAM, team="red"), Key(Purpose.NOISE, "stage-1", "blue", "exam/nia"), Key(Purpose.TIE)]


def words_of(seed, key):
    whole = philox_key(seed, key)
    return whole & MASK, whole >> 64


def test_philox_in_plain_python_gives_the_known_answer():
    assert [hex(word) for word in philox((0, 0, 0, 0), (F9.inputs["key"], 0))] == F9.expected


def test_numpy_one_step_before_zero_gives_the_known_answer():
    generator = np.random.Philox(counter=2**256 - 1, key=F9.inputs["key"])
    assert [hex(word) for word in generator.random_raw(4).tolist()] == F9.expected


@given(st.tuples(*[st.integers(0, MASK)] * 4), st.tuples(*[st.integers(0, MASK)] * 2))
def test_numpy_and_plain_python_agree_on_any_counter_and_key(counter, key):
    number = sum(word << 64 * i for i, word in enumerate(counter))
    generator = np.random.Philox(counter=(number - 1) % 2**256, key=key[0] + (key[1] << 64))
    assert tuple(generator.random_raw(4).tolist()) == philox(counter, key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("first", [0, 1, 2, 3, 4, 1_000_003, 2**40])
def test_replication_i_is_lane_i_modulo_4_of_block_i_over_4(key, first):
    drawn = Draws(7).columns([key], first, first + 6)[0]
    expected = [uniform(philox((i // 4, 0, 0, 0), words_of(7, key))[i % 4]) for i in range(first, first + 6)]
    assert drawn.tolist() == expected


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("index", [0, 1, 17, 2**33])
def test_a_sequence_runs_along_word_0_with_the_replication_in_word_2(key, index):
    run = Draws(7).sequence(key, index)
    drawn = [next(run) for _ in range(10)]
    expected = [uniform(philox((n // 4, 0, index + 1, 0), words_of(7, key))[n % 4]) for n in range(10)]
    assert drawn == expected
