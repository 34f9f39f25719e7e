"""The gate is called as the programme calls it, in each language; else by the usual word."""

import pytest

from sim.render.text.layout import Names
from sim.scenario import load
from tests.cli.command import MINIMAL, once

NAMED = {"en": "independence review", "ko": "독자성 심사"}
GATE = {"name": NAMED, "risk": 0.5}


@pytest.mark.parametrize(("lang", "usual"), [("en", "gate"), ("ko", "심사")])
def test_one_name_of_all_gates_is_used_and_several_are_not(lang, usual):
    def called(**gates):
        scenario = load(MINIMAL, {f"stages.{stage}.gate": gate for stage, gate in gates.items()})
        return Names.of(scenario, lang).say("trace.gate_out")

    assert NAMED[lang] in called(first=GATE, second=GATE)
    assert NAMED[lang] in called(first=GATE, second=None)
    for other in ({"risk": 0.5}, {"name": "another", "risk": 0.5}):
        told = called(first=GATE, second=other)
        assert NAMED[lang] not in told
        assert usual in told


@pytest.mark.parametrize(
    ("lang", "head", "out"),
    [
        ("en", "points + independence review", "Naver Cloud (independence review)"),
        ("ko", "점수 + 독자성 심사", "네이버클라우드 (독자성 심사)"),
    ],
)
def test_the_programme_at_hand_names_its_gate(lang, head, out):
    told = once("run", "k-ai", "--without-facts", "--runs", 20, "--details", "--lang", lang).out
    assert head[:24] in told  # the head of a narrow column may lose its end
    assert out in " ".join(told.split())


def test_a_gate_without_a_name_leaves_the_hash_as_it_was():
    gate = load(MINIMAL, {"stages.second.gate": {"risk": 0.5}}).resolved()["stages"]["second"]["gate"]
    assert gate == {"guess": False, "mode": "first", "risk": 0.5}
