"""A few failures among many replications: found in a few tries, whichever they are, and nothing else lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.engines import batch
from sim.execute.case import Case
from sim.execute.group import HOPELESS, play_block
from sim.model.draws import Draws

FILE = Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml"
MINIMAL, LONGER = sim.load(FILE), sim.load(FILE, {"stages.first.train.extension": 5})
SIZE = 300


class Failing(Case):
    """A case of which some replications raise; `tried` has the ranges that were played."""

    keeps_its_course = False

    bad: frozenset[int]
    tried: list[tuple[int, int]]

    def play(self, start, stop, source=None):
        self.tried.append((start, stop))
        for number in sorted(self.bad):
            if start <= number < stop:
                raise ZeroDivisionError(f"{number}")
        return batch.play_batch(self.scenario, source or Draws(self.seed), start, stop, self.rules)


def failing(*bad):
    case = Failing(MINIMAL, 3, "batch")
    object.__setattr__(case, "bad", frozenset(bad))
    object.__setattr__(case, "tried", [])
    return case


@given(st.sets(st.integers(0, SIZE - 1), max_size=12), st.integers(0, 1))
def test_survivors_are_all_others_and_failures_are_named(bad, beside):
    case = failing(*bad)
    cases = [case, Case(LONGER, 3, "batch")][: 1 + beside]
    stretches, failures = play_block(cases, 0, SIZE)
    assert [failure.replication for failure in failures] == sorted(bad)
    assert [failure.message for failure in failures] == [f"{number}" for number in sorted(bad)]
    played = [r for worlds in stretches for r in range(worlds[0].start, worlds[0].stop)]
    assert played == [r for r in range(SIZE) if r not in bad]
    wholes = [batch.play_batch(each.scenario, Draws(3), 0, SIZE) for each in cases]
    for worlds in stretches:
        for world, whole in zip(worlds, wholes, strict=True):
            here = slice(world.start, world.stop)
            assert world.stages[-1].fate.tolist() == whole.stages[-1].fate[here].tolist()


@pytest.mark.parametrize("number", [0, 1, 1000, 4094, 4095])
def test_one_among_thousands_takes_a_few_tries(number):
    case = failing(number)
    _, failures = play_block([case], 0, 4096)
    assert [failure.replication for failure in failures] == [number]
    assert len(case.tried) < 60


def test_hundreds_in_a_row_are_no_accident():
    case = failing(*range(SIZE))
    with pytest.raises(ZeroDivisionError, match="99"):
        play_block([case], 0, SIZE)
    alone = [stop - start for start, stop in case.tried if stop - start == 1]
    assert len(alone) == HOPELESS  # and of the longer ranges that they lie in hardly more
    assert len(case.tried) < 2 * HOPELESS + 10
    late = failing(*range(1, SIZE))
    _, failures = play_block([late], 0, SIZE)  # the first did not fail
    assert len(failures) == SIZE - 1


def test_a_failure_names_the_case_in_which_it_came_up():
    cases = [Case(LONGER, 3, "batch"), failing(5), Case(LONGER, 3, "batch")]
    _, (failure,) = play_block(cases, 0, 20)
    assert (failure.replication, failure.case) == (5, 1)


def test_cases_share_what_is_drawn(monkeypatch):
    """So that many cases over the same replications do not draw the same numbers again."""
    drawn = []
    columns = Draws.columns

    def noted(self, keys, start, stop):
        drawn.append(len(keys))
        return columns(self, keys, start, stop)

    monkeypatch.setattr(Draws, "columns", noted)
    play_block([Case(MINIMAL, 3, "batch")], 0, 20)
    alone = sum(drawn)
    play_block([Case(MINIMAL, 3, "batch")] * 5, 0, 20)
    assert sum(drawn) == 2 * alone
