"""Chances without each fact, as a run tells and saves them when it is asked to."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import sim
from sim.execute.case import Case
from sim.forecast.island import Effort
from sim.scenario.evidence import without_facts
from sim.studies import study
from tests.forecast.closed import BENCHMARK, LOG_TENTH, S_A, S_H, programme

EFFORT = Effort(islands=8, particles=250, lines=60, singles=15, numbers=5)
FACTS = [{"top": {"of": "b", "gap": 6.0, "first": "A"}}, {"gap": {"of": "b", "gap": 9.0}}]
SCENARIO = programme("AB", FACTS, {**BENCHMARK, "noise": 1.0})


@pytest.fixture
def small(monkeypatch):
    """Pasts that take a second."""
    monkeypatch.setattr(study, "Case", partial(Case, effort=EFFORT))


@pytest.mark.usefixtures("small")
def test_a_run_tells_and_saves_them_where_it_is_asked_to(tmp_path):
    result = sim.run(SCENARIO, 800, jobs=1, each_fact=True)
    told = result.as_json()["each_fact"]
    assert {each["fact"] for each in told} == {"s1.top", "s2.gap"}
    assert [max(abs(c["change"]) for c in each["changes"].values()) for each in told] == [
        effect.most for effect in result.each_fact
    ]
    result.save(tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "facts.csv", encoding="utf-8-sig")
    assert table.columns.tolist() == ["fact", "team", "change", "low", "high"]
    by_row = {(row.fact, row.team): row.change for row in table.itertuples()}
    assert by_row == {
        (each["fact"], team): pytest.approx(change["change"])
        for each in told
        for team, change in each["changes"].items()
    }


@pytest.mark.usefixtures("small")
def test_a_run_that_is_not_asked_neither_plays_nor_saves_them(tmp_path):
    result = sim.run(SCENARIO, 800, jobs=1)
    assert result.as_json()["each_fact"] is None
    result.save(tmp_path / "out")
    assert not (tmp_path / "out" / "facts.csv").exists()
    assert "each_fact" not in vars(result)  # which would have been kept


def test_without_facts_there_is_nothing_to_leave_out():
    with pytest.raises(ValueError, match="no facts about points are known"):
        sim.run(without_facts(SCENARIO), 100, each_fact=True)


@pytest.mark.usefixtures("small")
def test_the_evidence_of_a_stage_is_what_it_adds_to_that_of_earlier_ones():
    """By how much A was ahead of B: 6.0 at the first stage, and 9.0 or -9.0 at the second."""
    evidence = sim.run(SCENARIO, 800, jobs=1).evidence
    assert evidence is not None
    found = evidence.log_evidence
    whole, shared = 2 * (S_A**2 + S_H**2 + 1.0), 2 * S_A**2
    mean, sd = 6.0 * shared / whole, np.sqrt(whole - shared**2 / whole)
    assert abs(found["s1"] - (norm.logpdf(6.0, 0, np.sqrt(whole)) + LOG_TENTH)) < 0.1
    assert abs(found["s2"] - (np.log(norm.pdf([9.0, -9.0], mean, sd).sum()) + LOG_TENTH)) < 0.1
