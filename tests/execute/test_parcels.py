"""What travels to workers: a past is sent once, is one past there, and leaves behind what was made of it."""

import gc
import pickle
from dataclasses import replace

import numpy as np
import pytest

from sim.execute import runner
from sim.execute.case import Case
from sim.execute.group import tally_group
from sim.execute.parcel import make_parcel, open_parcel, shared_pasts
from sim.execute.runner import Runner
from sim.folder.counts import pack
from sim.forecast import past as pasts
from sim.forecast.past import Past
from sim.model.draws import Draws, Key, Purpose
from sim.scenario import load


@pytest.fixture(autouse=True)
def nothing_came(monkeypatch):
    """As in a worker that has just started."""
    monkeypatch.setattr(pasts, "_here", type(pasts._here)())


def a_past(value=0.5, islands=2):
    return Past(islands, {Key(Purpose.TEAM, team="a"): np.full(1000, value)})


def group_of(past, **more):
    return tally_group(replace(Case(load("minimal"), 1, "batch"), past=past), ((0, 10),), **more)


def sent(value):
    return pickle.loads(pickle.dumps(value))


def test_a_past_that_comes_twice_is_one():
    assert sent(a_past()) is sent(a_past())


@pytest.mark.parametrize("other", [a_past(0.25), a_past(islands=4), Past(2, {Key(Purpose.TEAM): np.ones(1)})])
def test_others_are_others(other):
    one = sent(a_past())
    assert sent(other) is not one


def test_what_was_made_of_a_past_stays_behind():
    past = a_past()
    past.source(Draws(1)).columns([Key(Purpose.TEAM, team="a")], 0, 10)
    assert "_particles" in vars(past)
    assert "_particles" not in vars(sent(past))


def test_nobody_keeps_a_past_that_is_no_longer_used():
    """Else a sweep of the past would fill a worker's memory."""
    name = sent(a_past()).name_here()
    gc.collect()
    with pytest.raises(KeyError):
        pasts.past_here(name)


def test_a_past_that_workers_have_is_only_named():
    past = a_past()
    whole, named = make_parcel(group_of(past)), make_parcel(group_of(past), [past])
    assert len(whole) - len(named) > past.uniforms[Key(Purpose.TEAM, team="a")].nbytes / 2
    (case,) = open_parcel(named).cases
    assert case.past is past


@pytest.mark.parametrize("by_value", [False, True])
def test_a_group_is_as_it_was(by_value):
    past = a_past()
    group = group_of(past, name="n", label="l")
    for code in (make_parcel(group, by_value=by_value), make_parcel(group, [past], by_value=by_value)):
        found = open_parcel(code)
        assert (found.name, found.label, found.ranges, found.cases) == ("n", "l", ((0, 10),), group.cases)
        assert [case.past and case.past.islands for case in found.cases] == [2]


def test_what_several_pieces_share_goes_with_the_workers():
    """A past that one piece has alone would only take their memory."""
    often, once = a_past(), a_past(0.25)
    groups = [group_of(often), group_of(once), group_of(None), group_of(often)]
    assert shared_pasts(groups) == [often]
    assert shared_pasts([groups[0]] * 3) == [often]


@pytest.mark.skipif(runner.count_cores() < 2, reason="one core takes no pool")
def test_workers_that_are_given_a_past_count_what_one_process_counts(tmp_path):
    case = Runner(jobs=1).inform(Case(load("k-ai"), 1, "batch"))
    groups = [tally_group(case, ((0, 300),), name=str(n)) for n in range(3)]
    alone, together = (Runner(jobs=jobs, block=100).play(groups) for jobs in (1, 2))
    assert [pack(one.counts) for one in together] == [pack(one.counts) for one in alone]
