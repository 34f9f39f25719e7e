"""Keyed draws: no two share luck, and any range can be drawn alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Philox
from scipy.stats import chisquare, kstest, norm

from sim.model.draws import Draws, Key, Purpose, philox_key, to_uniform
from tests.helpers import assert_chances

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
keys = st.builds(Key, st.sampled_from(Purpose), names, names, names)
SOME = [
    Key(purpose, stage, team) for purpose in Purpose for stage in ("", "s1", "s2") for team in ("", "a", "b")
]


@given(st.tuples(st.integers(), keys), st.tuples(st.integers(), keys))
def test_two_draws_share_a_generator_only_if_seed_and_name_are_the_same(one, other):
    assert (philox_key(*one) == philox_key(*other)) == ((one[0], one[1][:4]) == (other[0], other[1][:4]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc", ""), ("ab", "c", "")),
        (("a", "", "b"), ("a", "b", "")),
        (("", "a,b", ""), ("", "a", "b")),
        (("", 'a","b', ""), ("", "a", "b")),
        (("a\\", '",', ""), ("a", '\\",', "")),
        (("null", "", ""), ("", "null", "")),
        (("1", "", ""), ("", "", "1")),
        (("팀", "", ""), ("\\ud300", "", "")),
        (("a ", "", ""), ("a", " ", "")),
    ],
)
def test_names_that_read_alike_side_by_side_are_different_keys(one, other):
    assert philox_key(1, Key(Purpose.NOISE, *one)) != philox_key(1, Key(Purpose.NOISE, *other))


def test_no_two_purposes_share_a_key():
    assert len({philox_key(1, Key(purpose, "s", "t", "i")) for purpose in Purpose}) == len(Purpose)


def test_a_key_has_128_bits():
    found = [philox_key(seed, Key(Purpose.TEAM)) for seed in range(200)]
    assert 2**120 < max(found) < 2**128
    assert len({key & (2**64 - 1) for key in found}) == len({key >> 64 for key in found}) == 200


WHOLE = Draws(3).columns(SOME, 0, 400)


@given(st.integers(0, 400), st.integers(0, 400))
def test_any_range_drawn_alone_is_that_part_of_the_whole(start, stop):
    start, stop = min(start, stop), max(start, stop)
    assert np.array_equal(Draws(3).columns(SOME, start, stop), WHOLE[:, start:stop])


def test_what_was_drawn_before_does_not_matter():
    draws = Draws(3)
    draws.columns(SOME[::-1], 7, 9)
    next(draws.sequence(SOME[0], 5))
    assert np.array_equal(draws.columns(SOME, 0, 400), WHOLE)


def test_each_row_is_its_keys_whoever_stands_beside_it():
    for row, key in zip(WHOLE, SOME, strict=True):
        assert np.array_equal(Draws(3).columns([key], 0, 400)[0], row)


@pytest.mark.parametrize("nth", [1, 2, 48])
def test_the_nth_number_of_a_name_stands_in_the_second_word_of_the_counter(nth):
    key = Key(Purpose.NOISE, "s", "t", "i")
    whole = philox_key(3, key)
    # NumPy counts up before it generates: the words of counter 0 come from one before it.
    before = (nth * 2**64 - 1) % 2**256
    raw = Philox(key=whole, counter=before)
    expected = ((raw.random_raw(40) >> np.uint64(12)).astype(float) + 0.5) * 2.0**-52
    assert np.array_equal(Draws(3).columns([key._replace(nth=nth)], 0, 40)[0], expected)
    assert not np.any(Draws(3).columns([key], 0, 40)[0] == expected)


def test_another_seed_gives_other_numbers():
    assert not np.any(Draws(4).columns(SOME, 0, 400) == WHOLE)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_a_word_becomes_the_middle_of_one_of_two_to_the_52_cells(words):
    expected = [((word >> 12) + 0.5) * 2.0**-52 for word in words]
    assert to_uniform(np.array(words, dtype=np.uint64)).tolist() == expected


def test_the_least_and_the_greatest_uniform_are_inside_and_mirror_each_other():
    least, greatest = to_uniform(np.array([0, 2**64 - 1], dtype=np.uint64)).tolist()
    assert least == 2.0**-53
    assert greatest == 1 - least < 1


def test_sequences_differ_from_columns_and_from_each_other():
    draws, key = Draws(3), SOME[0]
    runs = []
    for index in range(20):
        run = draws.sequence(key, index)
        runs += [next(run) for _ in range(20)]
    everything = [*runs, *draws.columns([key], 0, 400)[0].tolist()]
    assert len(set(everything)) == len(everything)


def test_sequences_that_run_side_by_side_do_not_disturb_each_other():
    def first(n, run):
        return [next(run) for _ in range(n)]

    draws = Draws(3)
    alone = [first(12, Draws(3).sequence(SOME[0], index)) for index in (0, 1)]
    one, other = draws.sequence(SOME[0], 0), draws.sequence(SOME[0], 1)
    together: list[list[float]] = [[], []]
    for _ in range(12):
        together[0].append(next(one))
        draws.columns([SOME[3]], 0, 9)
        together[1].append(next(other))
    assert together == alone


def test_columns_and_sequences_are_uniform():
    columns = Draws(11).columns(SOME[:4], 0, 50_000)
    run = Draws(11).sequence(SOME[0], 0)
    for sample in (*columns, [next(run) for _ in range(20_000)]):
        assert kstest(sample, "uniform").pvalue > 1e-4
        assert chisquare(np.bincount((np.asarray(sample) * 64).astype(int), minlength=64)).pvalue > 1e-4
        assert_chances(np.asarray(sample)[:, None] < 0.05, [0.05])


def test_no_two_sources_of_luck_are_correlated():
    size = 20_000
    found = np.asarray(np.corrcoef(Draws(5).columns(SOME, 0, size)))
    pairs = found[np.triu_indices(len(SOME), k=1)] * np.sqrt(size)
    # The largest of so many z-scores: beyond the bound with a chance of one in ten thousand.
    assert np.max(np.abs(pairs)) < norm.isf(1e-4 / 2 / pairs.size)


def test_consecutive_replications_are_not_correlated():
    size = 200_000
    drawn = Draws(5).columns(SOME[:1], 0, size)[0]
    for lag in range(1, 9):
        r = np.corrcoef(drawn[:-lag], drawn[lag:])[0, 1]
        assert abs(r) * np.sqrt(size - lag) <= 4
