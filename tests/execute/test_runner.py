"""The runner: the same counts however groups are played, exact pieces, and a fixed schedule of looks."""

import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.execute import runner as running
from sim.execute.case import Case
from sim.execute.group import Group, Played, tally_group
from sim.execute.piece import cut_into_pieces
from sim.execute.runner import Runner
from sim.execute.sums import RunningSum
from sim.folder.counts import pack
from sim.stats.precision import looks
from sim.studies.comparison import ComparisonStudy
from sim.studies.request import ComparisonRequest

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL = sim.load(SCENARIO)
ONE_LESS = sim.load(SCENARIO, {"stages.first.cut.keep": 1})
POOLED = sim.load(SCENARIO, {"stages.first.grants.pool.B200": 6000})
RANGES = ((3, 400), (450, 700))


def groups():
    """A group of three cases over two ranges, counted in pairs; and one of the same over another range."""
    request = ComparisonRequest(scenarios=(MINIMAL, ONE_LESS, POOLED), seed=5, ranges=RANGES)
    (compared,) = ComparisonStudy(request).groups
    return [compared, replace(compared.over((0, 90)), name="again")]


def packed(played):
    return [(pack(one.counts), one.failures) for one in played]


@pytest.fixture(scope="module")
def alone():
    return packed(Runner(jobs=1).play(groups()))


@pytest.mark.parametrize("how", [{"jobs": 2, "block": 64}, {"block": 7}, {"block": 10_000}, {}], ids=str)
def test_counts_of_groups_of_several_cases_depend_on_nothing_but_what_is_asked(alone, how):
    assert packed(Runner(**how).play(groups())) == alone


def test_neither_do_they_on_an_executor_of_ones_own(alone):
    with ThreadPoolExecutor(3) as executor:
        assert packed(Runner(executor=executor, block=50).play(groups())) == alone


def test_each_case_of_a_group_is_counted_as_it_is_alone(alone):
    for number, scenario in enumerate((MINIMAL, ONE_LESS, POOLED)):
        group = tally_group(Case(scenario, 5, "batch"), RANGES)
        (played,) = Runner(jobs=1).play([group])
        assert pack(played.counts) == alone[0][0]["tallies"][number]


def test_pieces_that_end_in_any_order_add_up_to_the_same(alone, monkeypatch):
    def backwards(work, pieces, executor):
        return ((piece, work(piece)) for piece in reversed(pieces))

    monkeypatch.setattr(running, "_play_by_executor", backwards)
    with ThreadPoolExecutor(1) as executor:
        assert packed(Runner(executor=executor, block=50).play(groups())) == alone


class Nowhere:
    """A store that has nothing."""

    row_writer = None

    def load(self, group, part):
        return None

    def save(self, group, part, played, rows):
        pass


starts = st.lists(st.integers(1, 40_000), min_size=2, max_size=6)


@given(st.lists(starts, min_size=1, max_size=3), st.integers(1, 9000))
def test_pieces_cover_every_range_of_every_group_exactly(steps, block):
    """Whether they are kept or not: parts begin where fixed borders are, pieces where blocks do."""
    many = []
    for number, gaps in enumerate(steps):
        ends = [sum(gaps[: i + 1]) for i in range(len(gaps) - len(gaps) % 2)]
        ranges = list(zip(ends[::2], ends[1::2], strict=True))
        many.append(replace(tally_group(Case(MINIMAL, 1, "batch"), ranges, f"{number}"), block=block))
    for store in (None, Nowhere()):
        pieces = [piece for piece, found in cut_into_pieces(many, store) if found is None]
        for number, group in enumerate(many):
            mine = [(piece.start, piece.stop) for piece in pieces if piece.group == number]
            assert all(start < stop for start, stop in mine)
            for first, last in group.ranges:
                here = [piece for piece in mine if first <= piece[0] and piece[1] <= last]
                assert [here[0][0], here[-1][1]] == [first, last]
                assert all(one[1] == then[0] for one, then in pairwise(here))
                mine = mine[len(here) :]
            assert mine == []


class Tuples(tuple[int, ...]):
    """Counts that show in which order they were added."""

    def __add__(self, other):
        return Tuples(tuple.__add__(self, other))


@given(st.integers(0, 70))
def test_a_sum_has_every_piece_once_and_in_order(count):
    total = RunningSum(Tuples())
    for number in range(count):
        total.add(Played(Tuples([number])))
    assert total.total().counts == tuple(range(count))


def test_a_sum_is_two_sums_at_most_however_many_pieces_there_are():
    living: list[weakref.ref[Played[Tuples]]] = []
    total, most = RunningSum(Tuples()), 0
    for number in range(1000):
        piece = Played(Tuples([number]))
        living.append(weakref.ref(piece))
        total.add(piece)
        del piece
        most = max(most, sum(each() is not None for each in living))
    assert most == 1  # the latest sum may be the first piece itself
    assert sum(isinstance(each, Played) for each in vars(total).values()) <= 2


def test_looks_come_at_numbers_that_are_fixed_beforehand():
    """However many pieces it takes, it is asked at these numbers alone; nothing is played twice."""
    case = Case(MINIMAL, 1, "batch")
    asked: list[list[int]] = []
    told: list[tuple[int, int]] = []
    expected = [look for look, _ in zip(looks(), range(4), strict=False)]

    def enough(played):
        asked.append([one.counts.runs for one in played])
        return len(asked) == 4

    pair = [tally_group(case, ()), tally_group(Case(ONE_LESS, 1, "batch"), ())]
    stop, played = Runner(jobs=1, block=512, progress=lambda *now: told.append(now)).play_until(pair, enough)
    assert asked == [[look, look] for look in expected]
    assert (stop, [one.counts.runs for one in played]) == (expected[-1], [expected[-1]] * 2)
    assert packed(played) == packed(Runner(jobs=1).play([each.over((0, stop)) for each in pair]))
    assert all(one <= then for one, then in pairwise(done for done, _ in told))
    assert told[-1] == (2 * stop, 2 * stop)


def test_where_all_fail_the_first_error_is_raised_whatever_plays():
    def always(cases, worlds):
        return Tuples()

    class Broken(Case):
        keeps_its_course = False

        def play(self, start, stop, source=None):
            raise KeyError(f"replication {start}")

    group = Group((Broken(MINIMAL, 1, "batch"),), ((5, 12),), always, Tuples())
    with pytest.raises(KeyError, match="replication 5"):
        Runner(jobs=1, block=3).play([group])
    with ThreadPoolExecutor(2) as executor, pytest.raises(KeyError, match="replication 5"):
        Runner(executor=executor, block=1).play([group])
