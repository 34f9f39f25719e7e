"""A scenario of which less is known: what is forgotten, what stays, and that the rest is read by nobody."""

from datetime import date

import pytest

from sim.scenario import ScenarioError, from_data, load
from sim.scenario.evidence import as_of, fact_names, leave_out, up_to, without_facts

SCENARIO = load("k-ai")


def facts_of(scenario, stage):
    return set(scenario.stages[stage].facts or {})


def test_the_real_programme_has_facts_of_both_decided_stages():
    assert SCENARIO.has_facts
    assert facts_of(SCENARIO, "stage-1") == {
        "nia",
        "common",
        "individual",
        "benchmark",
        "experts",
        "users",
        "total",
    }
    assert len(facts_of(SCENARIO, "stage-2")) == 11
    assert facts_of(SCENARIO, "stage-3") == set()


def test_without_facts_leaves_the_results():
    bare = without_facts(SCENARIO)
    assert not bare.has_facts
    assert bare.out == SCENARIO.out
    assert bare.as_of == SCENARIO.as_of
    assert from_data(bare.resolved()) == bare


def test_one_fact_is_left_out_by_its_full_name_and_all_of_a_name_by_that():
    assert facts_of(SCENARIO, "stage-1") - facts_of(leave_out(SCENARIO, ["experts"]), "stage-1") == {
        "experts"
    }
    assert facts_of(SCENARIO, "stage-2") - facts_of(leave_out(SCENARIO, ["experts"]), "stage-2") == {
        "experts"
    }
    less = leave_out(SCENARIO, ["stage-2.experts", "totals"])
    assert set(fact_names(SCENARIO)) - set(fact_names(less)) == {"stage-2.experts", "stage-2.totals"}
    assert SCENARIO.has_facts, "the scenario itself is as it was"


def test_leaving_out_all_of_them_one_by_one_is_leaving_out_all():
    assert leave_out(SCENARIO, fact_names(SCENARIO)) == without_facts(SCENARIO)


@pytest.mark.parametrize("name", ["total-s", "stage-1.totals", "stage-2", "points"])
def test_a_name_that_no_fact_has_is_told_with_those_there_are(name):
    with pytest.raises(ScenarioError) as refused:
        leave_out(SCENARIO, [name])
    (line,) = str(refused.value).splitlines()
    assert line.startswith(f"--without: no fact '{name}', expected one of nia, common, individual, ")
    assert "totals" in line


def test_a_name_that_is_nearly_right_is_suggested():
    with pytest.raises(ScenarioError, match=r"\(did you mean 'totals'\?\)"):
        leave_out(SCENARIO, ["totls"])


def test_where_there_are_none_that_is_told():
    with pytest.raises(
        ScenarioError, match="no fact 'totals', expected no --without: the scenario has no facts"
    ):
        leave_out(without_facts(SCENARIO), ["totals"])


def test_on_the_last_day_all_is_known():
    assert as_of(SCENARIO, date(2026, 11, 22)) is SCENARIO
    assert as_of(SCENARIO, date(2030, 1, 1)) is SCENARIO


@pytest.mark.parametrize(
    ("day", "decided", "gone"),
    [
        (date(2026, 8, 27), 2, set()),
        (date(2026, 8, 26), 2, {"totals"}),
        (date(2026, 8, 19), 2,
         {"totals", "aaii", "aaii-mean", "nia", "experts-lead", "professionals", "citizens"}),
        (date(2026, 8, 17), 1, None),
        (date(2026, 2, 20), 1, None),
        (date(2026, 1, 14), 0, None),
    ],
)  # fmt: skip
def test_what_was_not_known_on_a_day_is_forgotten(day, decided, gone):
    then = as_of(SCENARIO, day)
    assert then.as_of == day
    assert [stage.happened is not None for stage in then.stages.values()] == [s < decided for s in range(3)]
    assert facts_of(then, "stage-1") == (facts_of(SCENARIO, "stage-1") if decided else set())
    kept = set() if gone is None else facts_of(SCENARIO, "stage-2") - gone
    assert facts_of(then, "stage-2") == kept
    assert from_data(then.resolved()).resolved() == then.resolved(), "it is a scenario that could be a file"


def test_an_entry_is_known_from_its_own_day():
    entered, before = as_of(SCENARIO, date(2026, 2, 20)), as_of(SCENARIO, date(2026, 2, 19))
    entries = [then.stages["stage-1"].entry for then in (entered, before)]
    assert [entry and entry.happened for entry in entries] == [("motif",), None]
    assert before.stages["stage-1"].happened is not None
    assert before.in_play("stage-2") == ["lg", "upstage", "skt", "motif", "trillion"]


def test_results_still_to_come_have_their_days_and_no_longer_as_what_was():
    then = as_of(SCENARIO, date(2026, 8, 17)).stages["stage-2"]
    assert then.result.actual is None
    assert then.decided == SCENARIO.stages["stage-2"].decided
    assert SCENARIO.stages["stage-2"].result.actual is not None


def test_nothing_of_the_facts_of_a_stage_is_read_on_its_eve():
    data = SCENARIO.resolved()
    data["stages"]["stage-2"]["facts"] = {"poison": {"of": "total", "points": {"motif": 99.9}, "last": "skt"}}
    data["stages"]["stage-2"]["happened"] = {"lg": "out-by-points"}
    for stage in ("stage-2", "stage-3"):  # which has the points of stage 2
        for block in data["stages"][stage]["points"].values():
            block["mean"] += 1.5
            for item in block.get("items", {}).values():
                if "mean" in item:
                    item["mean"] += 1.5 / len(block["items"])
    poisoned = from_data(data)
    eve = date(2026, 8, 17)
    assert poisoned != SCENARIO
    assert as_of(poisoned, eve) == as_of(SCENARIO, eve)


def test_up_to_a_stage_all_of_it_is_known_and_nothing_of_later_ones():
    then = up_to(SCENARIO, "stage-1")
    assert then.stages["stage-1"] == SCENARIO.stages["stage-1"]  # its facts of later days, too
    assert then.stages["stage-2"].happened is None
    assert then.stages["stage-2"].facts is None
    assert up_to(SCENARIO, "stage-2").stages["stage-2"] == SCENARIO.stages["stage-2"]
