"""Scenarios beside one another: what is paired is what two runs of their own give, row by row."""

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.execute import runner
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.rules.decisions import Fate
from sim.scenario import from_data
from sim.studies.what_ifs import play_paired
from tests.helpers import quiet, stage

JURY = {"jury": {"max": 100, "mean": 50, "spread": 5, "noise": 2}}
FIELD = {"a": {}, "b": {"effect": 1.0}, "c": {}}
SPREAD = {"capability": {"team_spread": 2.0, "stage_spread": 3.0}}
BASE = quiet(FIELD, [stage(1, JURY, cut={"keep": 2}), stage(2, JURY, cut={"keep": 1})], **SPREAD)
OTHER = from_data(BASE.resolved(), {"stages.s2.cut.keep": 2})
STRONGER = from_data(BASE.resolved(), {"teams.a.effect": 2.0})
CASE = Case(BASE, 5, "batch")
RUNS = 700


def left(scenario):
    outcomes = replace(CASE, scenario=scenario).play(0, RUNS)
    return np.isin(outcomes.stages[-1].fate, (Fate.GONE, Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE))


def beside(variants, **how):
    """Each variant beside the scenario, over the same replications."""
    cases = [replace(CASE, scenario=variant) for variant in variants]
    itself, *found = play_paired(CASE, cases, [(0, RUNS)], Runner(**how))
    assert not itself.only_here.any()
    assert not itself.only_there.any()
    return tuple(found)


@pytest.mark.parametrize("variant", [OTHER, STRONGER, BASE])
def test_discordant_pairs_are_those_of_two_runs_side_by_side(variant):
    (found,) = beside([variant])
    here, there = left(variant), left(BASE)
    assert found.only_here.tolist() == (here & ~there).sum(axis=0).tolist()
    assert found.only_there.tolist() == (there & ~here).sum(axis=0).tolist()
    for t, team in enumerate(FIELD):
        difference = found.change_in_leaving(team)
        assert difference.estimate == pytest.approx(here[:, t].mean() - there[:, t].mean(), abs=1e-12)


def test_whoever_never_enters_does_not_leave():
    """What moves a candidate is said of its chance of leaving, which the table prints."""
    base = sim.load("k-ai").settled().from_start()
    stronger = from_data(base.resolved(), {"teams.motif.effect": 8.0})
    _, found = play_paired(Case(base, 5, "batch"), [Case(stronger, 5, "batch")], [(0, RUNS)], Runner(jobs=1))
    alone = [sim.run(scenario, RUNS, seed=5).summary for scenario in (base, stronger)]
    leaves, entered_never, selected = (
        [next(c.holds for c in one.counts() if c[:3] == ("", "motif", what)) for one in alone]
        for what in ("leaves_at_all", "never_entered", "selected")
    )
    difference = found.change_in_leaving("motif")
    assert [difference.first, difference.second] == leaves
    assert min(entered_never) > 0
    assert leaves != [RUNS - one for one in selected]


def test_the_counts_of_a_variant_are_those_of_a_run_of_its_own():
    (found,) = beside([OTHER])
    alone = sim.run(OTHER, RUNS, seed=5)
    assert found.tally.kept.tolist() == alone.tally.kept.tolist()
    assert found.tally.chances == alone.tally.chances


def test_blocks_and_workers_change_nothing(monkeypatch):
    whole = beside([OTHER, STRONGER], jobs=1)
    small = beside([OTHER, STRONGER], block=64, jobs=1)
    monkeypatch.setattr(runner, "POOL_PAYS_AFTER", 0.0)
    monkeypatch.setattr(runner, "is_pool_ready", lambda **_: True)
    shared = beside([OTHER, STRONGER], block=64)
    for one, two, three in zip(whole, small, shared, strict=True):
        assert one.only_here.tolist() == two.only_here.tolist() == three.only_here.tolist()
        assert one.tally.kept.tolist() == two.tally.kept.tolist() == three.tally.kept.tolist()


def test_a_later_choice_changes_nothing_before_it():
    """The luck is shared: keeping one more at the end never takes a place from whoever had one."""
    (found,) = beside([OTHER])
    assert found.only_here.sum() == 0
    assert found.only_there.sum() == RUNS  # in every replication exactly one leaves no more
