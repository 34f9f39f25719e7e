"""Questions as text, and the first replication of which they are true, against a look at each record."""

from functools import cache
from typing import Any

import pytest

from sim.engines.event import trace_replication
from sim.engines.happenings import LEAVES, What
from sim.studies import question as searching
from sim.studies.question import QuestionError, find, parse_question
from sim.studies.study import NO_CODE, OwnCode
from tests.helpers import quiet, stage

SEED, LIMIT = 9, 60
EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 3}}
ENTRY = {
    "day": "2026-04-12",
    "candidates": ["new", "other"],
    "when_fewer_than": 3,
    "panel": {"mean": 70, "spread": 10, "minimum": 72},
}
TEAMS: dict[str, dict[str, Any]] = {
    "red": {"name": {"en": "Red and Sons", "ko": "빨강"}},
    "blue": {"name": {"en": "Blue Sky", "ko": "파랑"}, "gate_risk": 0.4},
    "grey": {"name": {"en": "red", "ko": "회색"}},
    "new": {"name": {"en": "Newcomer", "ko": "새 팀"}},
    "other": {"name": {"en": "Other", "ko": "다른 팀"}},
}


@cache
def world():
    first = stage(
        1, EXAM, cut={"keep": {"uniform": [0.6, 2.4]}}, gate={"risk": 0.2, "mode": "apart"}, entry=ENTRY
    )
    second = stage(2, EXAM, cut={"keep": 1}, gate={"risk": 0.2}, name={"en": "The Final", "ko": "결선"})
    return quiet(TEAMS, [first, second])


def first_of(text, start=0, limit=LIMIT, *, scenario=None, code=NO_CODE):
    """The first replication of which it is true; none fails."""
    found = find(code.case(scenario or world(), SEED), text, start, limit)
    assert found.failures == ()
    return found.replication


@cache
def lives():
    return [trace_replication(world(), SEED, replication) for replication in range(LIMIT)]


def has(team, *kinds, stage=None, **values):
    """Whether one of these kinds happens to a team, at a stage or anywhere, with these values."""
    return lambda life: any(
        h.team == team
        and h.what in kinds
        and stage in (None, h.stage)
        and all(h.values[name] == value for name, value in values.items())
        for h in life
    )


def is_last(life):
    return any(
        h.what is What.RANK and h.team == "red" and h.values["rank"] == h.values["of"]
        for h in life
        if h.stage == "s1"
    )


ASKED = {
    "red leaves at s1": has("red", *LEAVES, stage="s1"),
    "red leaves": has("red", *LEAVES),
    "blue leaves by points": has("blue", What.OUT_BY_POINTS),
    "blue leaves by points at s2": has("blue", What.OUT_BY_POINTS, stage="s2"),
    "blue leaves at the gate at s1": has("blue", What.OUT_AT_GATE, stage="s1"),
    "blue leaves at the gate": has("blue", What.FAILS_GATE),
    "blue fails the gate at s2": has("blue", What.FAILS_GATE, stage="s2"),
    "red fails the gate": has("red", What.FAILS_GATE),
    "red stays at s1": has("red", What.STAYS, stage="s1"),
    "red is selected": has("red", What.SELECTED),
    "new enters": has("new", What.ENTERS),
    "new does not enter": lambda life: not has("new", What.ENTERS)(life),
    "nobody is selected": lambda life: any(h.what is What.NOBODY_SELECTED for h in life),
    "red wins s1": has("red", What.RANK, stage="s1", rank=1),
    "red is last at s1": is_last,
}


@pytest.mark.parametrize("text", ASKED)
def test_the_first_of_which_it_is_true_is_found_from_any_start(text):
    true = [replication for replication, life in enumerate(lives()) if ASKED[text](life)]
    assert 0 < len(true) < LIMIT, "a question that is always or never true tests little"
    for start in (0, 1, true[0], true[0] + 1, true[-1]):
        assert (
            first_of(text, start, LIMIT - start) == min(r for r in true if r >= start)
            if start <= true[-1]
            else True
        )


def test_two_questions_are_both_true_of_what_is_found():
    both = [
        r for r, life in enumerate(lives()) if ASKED["red is selected"](life) and ASKED["new enters"](life)
    ]
    assert first_of("red is selected and new enters") == both[0]
    assert first_of("new enters and red is selected") == both[0]


@pytest.mark.parametrize(
    "text",
    [
        "BLUE leaves by points at S2",
        "Blue Sky leaves by points at The Final",
        "blue sky  leaves by points at the final ",
        "파랑 leaves by points at 결선",
        "파랑 leaves by points at the final",  # decomposed Hangul, as macOS types it
    ],
)
def test_names_in_any_language_mean_the_same_as_ids(text):
    assert parse_question(world(), text) == parse_question(world(), "blue leaves by points at s2")


def test_an_id_goes_before_the_same_name_of_another_team():
    assert parse_question(world(), "red leaves") == parse_question(world(), "빨강 leaves")


def test_a_name_may_hold_the_word_and():
    found = parse_question(world(), "Red and Sons leaves and Red and Sons leaves at s1")
    assert found == parse_question(world(), "red leaves and red leaves at s1")
    assert len(found.clauses) == 2


def test_a_name_that_two_teams_share_is_refused():
    twins = quiet({"a": {"name": "Twin"}, "b": {"name": "Twin"}}, [stage(1, EXAM)])
    with pytest.raises(QuestionError, match="'twin' names more than one team, expected an id: a, b"):
        parse_question(twins, "Twin leaves")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bleu leaves at s1", "no team 'bleu' (did you mean 'blue'?)"),
        ("파란 leaves", "no team '파란'"),
        ("zzz is selected", "no team 'zzz' (known: red, blue, grey, new, other)"),
        ("red leaves at s3", "no stage 's3' (known: s1, s2)"),
        ("red leaves at the finale", "no stage 'the finale' (did you mean 'the final'?)"),
        ("red leaves at", "expected a stage after 'leaves at' (known: s1, s2)"),
        ("red wins", "expected a stage after 'wins'"),
        ("red lieves at s1", "(did you mean 'leaves at'?)"),
        ("red is selectd", "(did you mean 'is selected'?)"),
        ("red", "known: TEAM leaves [at STAGE]"),
        ("", "expected one such as"),
        ("red leaves and ", "'red leaves and' is no question"),
        ("leaves", "'leaves', expected a team before 'leaves' (known: red, blue, grey, new, other)"),
        ("leaves at first", "'leaves at first', expected a team before 'leaves at'"),
        ("red leaves and blue jumps", "'blue jumps' is no question"),
        ("red enters", "'red' is there from the start and cannot enter (candidates: new, other)"),
        ("x\x1b[31m\n leaves", "no team 'x\\x1b[31m'"),
    ],
)
def test_what_is_no_question_is_refused_in_one_line(text, said):
    with pytest.raises(QuestionError) as refused:
        parse_question(world(), text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_ranks_of_a_stage_whose_result_is_known_cannot_be_asked_for():
    known = quiet(
        {"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 1}, happened={"a": "out-by-points"}), stage(2, EXAM)]
    )
    with pytest.raises(QuestionError, match="the result of s1 is known"):
        parse_question(known, "b wins s1")
    assert first_of("a leaves at s1", 17, scenario=known) == 17
    assert first_of("b leaves", 0, 500, scenario=known) is None


def test_what_is_found_depends_neither_on_the_block_nor_on_the_engine(monkeypatch):
    text = "red is selected and new enters"
    found, later = first_of(text), first_of(text, 3)
    assert first_of(text, code=OwnCode(processes=(idle,))) == found
    for block in (1, 7):
        monkeypatch.setattr(searching, "block_size", lambda *_, block=block: block)
        assert (first_of(text), first_of(text, 3)) == (found, later)


def test_single_faults_are_played_by_the_engine_that_can():
    scenario = quiet(
        {"a": {}, "b": {}}, [stage(1, EXAM, cut={"keep": 1})], faults={"mode": "each", "per_node_day": 0.01}
    )
    found = first_of("a wins s1", scenario=scenario)
    assert found is not None
    ranks = [has("a", What.RANK, rank=1)(trace_replication(scenario, SEED, r)) for r in range(found + 1)]
    assert ranks == [False] * found + [True]


def idle(world):
    """A process that does nothing: only the event engine plays it."""
    yield world.env.timeout(0)


def test_no_more_than_the_limit_is_looked_at():
    first = first_of("nobody is selected")
    assert first is not None
    assert first > 0
    assert first_of("nobody is selected", 0, first) is None
    assert first_of("nobody is selected", 0, first + 1) == first
