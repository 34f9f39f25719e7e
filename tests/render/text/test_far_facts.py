"""What is told of facts: how far they lie from their prediction, evidence by stage, chances without each."""

import io
from typing import Any

import pytest
from rich.console import Console

from sim.findings.evidence import Change, FactEffect, FactFindings, Surprise, Trust
from sim.render.text.evidence import each_fact_lines, evidence_lines
from sim.render.text.layout import Names

TEAMS = {t: f"Team {t.upper()}" for t in "abcdef"}
TRUST = Trust(4_000, 8, 2_000.0, 1.002, "rho", 1.01, -125.26, 30, 0.0)


def names(lang="en", teams="abc"):
    return Names(lang, {t: TEAMS[t] for t in teams}, {"s1": "Stage 1", "s2": "Stage 2"})


def findings(surprises=(), log_evidence=None):
    log_evidence = {"s1": -50.1, "s2": -75.2} if log_evidence is None else log_evidence
    nothing: Any = ()
    return FactFindings(3, ("s1", "s2"), "", {}, nothing, {}, (), (), tuple(surprises), log_evidence, TRUST)


def printed(lines):
    written = io.StringIO()
    console = Console(file=written, width=80)
    for line in lines:
        console.print(line)
    return written.getvalue()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_fact_is_warned_of_from_four_deviations_on(lang):
    near, far = Surprise("s1.top", "points.a", 3.9), Surprise("s2.mean", "mean", 4.3)
    told = [line for line in evidence_lines(names(lang), findings((far, near))) if "s2.mean" in line]
    assert len(told) == 1
    assert "4.3" in told[0]
    assert "--without mean" in told[0]
    assert not any("s1.top" in line for line in evidence_lines(names(lang), findings((far, near))))


def test_evidence_is_told_by_stage_where_there_are_several():
    (told,) = [line for line in evidence_lines(names(), findings()) if "log evidence" in line]
    assert "log evidence -125 (Stage 1 -50, Stage 2 -75)" in told
    (told,) = [
        line for line in evidence_lines(names(), findings(log_evidence={"s1": -125.3})) if "R-hat" in line
    ]
    assert "log evidence -125;" in told


def effect(fact, **changes):
    return FactEffect(fact, {t: Change(c, c - 0.01, c + 0.01) for t, c in changes.items()})


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_changes_without_each_fact_are_a_table_with_what_may_be_dice_in_brackets(lang):
    effects = [effect("s2.top", a=-0.034, b=0.029, c=0.005), effect("s1.mean", a=0.002, b=0.0, c=-0.002)]
    text = printed(each_fact_lines(names(lang), effects)).splitlines()
    assert text[1].split() == ["Team", "A", "Team", "B", "Team", "C"]
    assert text[2].split() == ["s2.top", "-3.4", "+2.9", "(+0.5)"]
    assert text[3].split() == ["s1.mean", "(+0.2)", "(+0.0)", "(-0.2)"]
    assert all(len(line) <= 80 for line in text)


def test_of_many_teams_the_one_that_changes_most_is_told():
    changes = dict.fromkeys("abcdef", 0.001) | {"d": -0.05}
    text = printed(each_fact_lines(names(teams="abcdef"), [effect("s2.top", **changes)]))
    assert "s2.top Team D" in text
    assert "-5.0" in text


def test_a_single_fact_has_no_table():
    assert "there is one fact" in printed(each_fact_lines(names(), []))
