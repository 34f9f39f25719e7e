"""What is written of a supply: refused, warned of, told, and nothing where nothing is written of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sim.engines import batch, event
from sim.engines.changes import Said, Step, changes_between
from sim.engines.event import trace_replication
from sim.engines.happenings import What
from sim.forecast.island import FULL
from sim.forecast.past import past_identity
from sim.forecast.rows import evidence
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.draws import CachedSource, Draws
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.language.load import with_values
from sim.scenario.models.shares import shares_of_defaults
from sim.scenario.options import what_ifs
from sim.stats.holdings import holdings_table
from sim.studies.controls import controls
from tests.cli.command import SCENARIOS, command
from tests.engines.agree import first_difference
from tests.engines.test_replay import assert_as_whole, played

PAGE = Path(__file__).parents[2] / "docs" / "world" / "supply.md"
LENT = "stages.stage-3.grants.supply"
TRANCHE = "supply.state.tranches.first"


def k_ai(**changes):
    """The plan with a supply at its last stage, and changes by path."""
    state = {"part": 0.1, "tranches": {"first": {"gpus": {"B200": 13136}, "day": "2026-08-01"}}}
    data = {"supply": {"state": state}, LENT: {"of": "state", "shares": "equal"}}
    return with_values(load("k-ai-2025-plan").resolved(), data | changes)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nobody knows": ({f"{LENT}.of": "stat"}, "no supply 'stat'"),
    "twice": ({f"{LENT}.of": ["state", "state"]}, "'state' 2 times"),
    "no rule": ({LENT: {"of": "state"}}, "neither `shares` nor `gpus`"),
    "two rules": (
        {LENT: {"of": "state", "shares": "equal", "gpus": {"lg": {"B200": 1}}}},
        "both `gpus` and `shares`",
    ),
    "among a table": ({LENT: {"of": "state", "shares": {"lg": 1}, "among": ["lg"]}}, "`among`, expected"),
    "more than all": ({f"{LENT}.shares": {"default": 0.3}}, "shares of B200 that sum to 1.5"),
    "more by rank": ({f"{LENT}.shares": {"by_rank": [0.9, 0.2]}}, "shares by rank that sum to 1.1"),
    "no such team": ({f"{LENT}.shares": {"lgg": 0.3}}, "no team 'lgg'"),
    "no such hardware": ({f"{TRANCHE}.gpus": {"B300": 5}}, "no hardware 'B300'"),
    "asked of none": ({LENT: {"of": "state", "gpus": {"lg": {"B300": 5}}}}, "no hardware 'B300'"),
    "too long a day": ({"supply.state.hours_a_day": 25}, "at least 0 and at most 24"),
    "too long a month": ({"supply.state.days_a_month": 31}, "at least 0 and at most 30"),
    "a part of more": ({"supply.state.part": 1.5}, "at least 0 and at most 1"),
    "nothing at all": ({"supply.state.tranches": {}}, "at least 1"),
    "after its end": ({"supply.state.until": "2026-07-31"}, "after the last day of the supply"),
    "half a ramp": ({f"{TRANCHE}.parts": 4}, "`parts` alone"),
    "a ramp back": ({f"{TRANCHE}.parts": 4, f"{TRANCHE}.last": "2026-01-01"}, "expected a later `last`"),
    "a long ramp": ({f"{TRANCHE}.parts": 121, f"{TRANCHE}.last": "2027-01-01"}, "at most 120"),
    "out of reach": ({f"{TRANCHE}.day": "2300-01-01"}, "a day from 1990-01-01"),
    "turns and faults": (
        {"supply.state.hours_a_day": 8, "faults.mode": "each"},
        "hardware that is there in turns, with faults one by one",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_nonsense_is_refused_with_a_place_and_what_to_do(why):
    changes, told = REFUSED[why]
    with pytest.raises(ScenarioError) as refused:
        k_ai(**changes)
    assert told in str(refused.value)
    assert re.search(r"supply", str(refused.value))


def test_two_turns_are_refused_in_one_file_and_one_takes_the_place_of_the_other():
    with pytest.raises(ScenarioError, match="both `hours_a_day` and `days_a_month`"):
        k_ai(**{"supply.state": {"part": 1, "hours_a_day": 8, "days_a_month": 9, "tranches": TRANCHES}})
    changed = k_ai(**{"supply.state.hours_a_day": 8})
    again = with_values(changed.resolved(), {"supply.state.days_a_month": 9})
    assert (again.supply or {})["state"].hours_a_day is None


TRANCHES = {"first": {"gpus": {"B200": 100}, "day": "2026-08-01"}}


def test_by_results_needs_results():
    for stage, found in (("stage-1", "no stage before has points"), ("stage-2", "scores are not known")):
        path = f"stages.{stage}.grants.supply"
        changes: dict[str, Any] = {path: {"of": "state", "shares": "winner"}}
        if stage == "stage-2":
            changes |= {"as_of": "2026-02-01", "stages.stage-1.happened": {"ncai": "out-by-points"}}
        with pytest.raises(ScenarioError, match=found):
            k_ai(**changes)


def test_without_hardware_there_is_no_supply():
    contest = load(SCENARIOS / "programmes" / "strictly.yaml").resolved()
    tranches = {"x": {"gpus": {}, "day": "2026-01-01"}}
    with pytest.raises(ScenarioError, match="`supply` without hardware"):
        with_values(contest, {"supply": {"state": {"part": 1, "tranches": tranches}}})


def test_training_on_a_supply_alone_is_training_with_gpus():
    changes: dict[str, Any] = {f"stages.stage-{n}.grants": {} for n in (1, 2)} | {
        f"teams.{t}.own": {} for t in ("skt", "naver")
    }
    scenario = k_ai(**changes, **{"stages.stage-3.grants": {"supply": {"of": "state", "shares": "equal"}}})
    assert not [w for w in lint_warnings(scenario) if "no GPUs in stage-3" in w.found]


WARNED: dict[str, dict[str, Any]] = {
    "that no stage lends": {LENT: None},
    "it never trains": {f"{TRANCHE}.day": "2027-01-01"},
    "no longer than a restart": {"supply.state.hours_a_day": 0.1},
}


@pytest.mark.parametrize("told", WARNED)
def test_what_is_odd_is_told(told):
    (warning,) = [w for w in lint_warnings(k_ai(**WARNED[told])) if "supply" in w.path]
    assert told in warning.found


def test_a_scenario_without_supply_says_nothing_of_it():
    for name in ("k-ai", "k-ai-2025-plan", "minimal"):
        assert "supply" not in json.dumps(load(name).resolved()).replace("supplier", "")
    printed = command("run", "minimal", "--runs", 50)
    assert "supply" not in printed.out


def test_a_supply_ahead_leaves_the_past_as_it_was_and_one_in_the_past_is_refused():
    known = load("k-ai")
    ahead: dict[str, Any] = {"supply": {"state": {"part": 0.1, "tranches": TRANCHES}}}
    ahead[LENT] = {"of": "state", "shares": "equal"}
    assert past_identity(with_values(known.resolved(), ahead), 1, FULL) == past_identity(known, 1, FULL)
    behind = with_values(known.resolved(), ahead | {LENT.replace("-3", "-2"): ahead[LENT]})
    with pytest.raises(ScenarioError, match="a supply that arrives over time in a decided stage"):
        evidence(behind)


def test_live_pages_refuse_it_by_name():
    with pytest.raises(NotTakenError, match="supply"):
        refuse_what_is_not_taken(k_ai(), ["stage-3"])


def test_the_page_to_play_with_has_its_numbers():
    found = {each.path: each for each in controls(k_ai())}
    assert (found["supply.state.part"].low, found["supply.state.part"].high) == (0, 1)
    assert f"{TRANCHE}.gpus.B200" in found


def test_another_rule_is_played_again_from_its_stage_on_and_another_part_from_the_start():
    first, rule = k_ai(), k_ai(**{f"{LENT}.leftover": "shared"})
    changes = changes_between(Said.by(first), Said.by(rule))
    assert changes is not None
    assert changes.first == (2, Step.COMPUTE)
    assert changes_between(Said.by(first), Said.by(k_ai(**{"supply.state.part": 0.2}))) is None


def test_what_is_played_again_with_another_rule_is_what_a_whole_play_gives():
    source = CachedSource(Draws(11))
    asked = {"of": "state", "gpus": {"lg": {"B200": 900}, "default": {"B200": 10}}}
    course = played(k_ai(), source, start=3)
    for change in ({f"{LENT}.among": ["lg", "skt"]}, {LENT: asked}, {"stages.stage-3.grants.delay": 20}):
        assert_as_whole(course, k_ai(**change), source)


def test_nobody_says_twice_the_gpus_of_what_a_supply_lends():
    assert {one.kind for one in what_ifs(k_ai(), "lg")} == {"weight"}


def test_a_life_tells_what_comes_what_is_left_over_and_what_goes_back():
    asked = {"of": "state", "gpus": {"lg": {"B200": 400}, "default": {"B200": 200}}}
    scenario = k_ai(**{LENT: asked, "supply.state.until": "2026-10-31"})
    found = trace_replication(scenario, 1, 3)
    (supply,) = (h for h in found if h.what is What.SUPPLY)
    present = [h.team for h in found if h.what is What.WINDOW_OPENS and h.stage == "stage-3"]
    lent = sum(400 if team == "lg" else 200 for team in present)
    assert str(supply.date) == "2026-08-01"
    assert supply.values["gpus.B200"] == pytest.approx(1313.6)
    assert supply.values["of.state"] == pytest.approx(1313.6)
    assert supply.values["left.B200"] == pytest.approx(1313.6 - lent)
    back = {h.team: h for h in found if h.what is What.TAKEN_BACK}
    assert sorted(back) == sorted(present)
    assert {str(h.date) for h in back.values()} == {"2026-11-01"}
    changes, _ = holdings_table(scenario, found)
    leased = {"lg", "upstage", "ncai"} & set(present)
    own = changes[changes["what"] == "taken back"]
    held = dict(zip(own["team"], own["granted"], strict=True))
    assert held == pytest.approx({t: 3000 / len(leased) * (t in leased) for t in present}, abs=1e-9)


@pytest.fixture
def pool(tmp_path):
    """The example of the page, as a file."""
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "pool.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_tells_what_arrives_is_lent_and_left_over(pool):
    found = json.loads(command("run", pool, "--runs", 60, "--json").out)["responses"]
    arrived, lent, left = (found[f"supply_{what}.only"]["mean"] for what in ("arrived", "lent", "left"))
    assert arrived == pytest.approx(lent + left, rel=1e-6)
    assert 1000 < lent < arrived
    for lang, told in (("en", "GPUs arrive"), ("ko", "도입")):
        assert told in command("run", pool, "--runs", 60, "--lang", lang).out


def test_the_part_is_swept():
    printed = command("sweep", "supply-2030", "--vary", "supply.state.part=0.01:0.3:3 log", "--runs", 60)
    assert printed.code == 0
    assert "the programme's part of state" in printed.out


def test_the_example_of_the_page_plays_in_both_engines(pool):
    scenario = load(pool)
    assert lint_warnings(scenario) == []
    one, other = (play(scenario, Draws(2), 0, 80) for play in (event.play_events, batch.play_batch))
    assert first_difference(scenario, one, other) is None
    stage = other.stages[0]
    # 1,000 and 600 by 30 June less what comes later, 600 of the machine; a and b ask for 2,000.
    assert stage.arrived.max() <= 1000 + 2000 * 0.4 + 600
    assert stage.supplied.sum(axis=1) == pytest.approx([min(x, 2000) for x in stage.arrived])


@pytest.mark.parametrize("name", ["supply-2030", "kisti-6"])
def test_its_scenarios_play_in_both_engines(name):
    scenario = load(SCENARIOS / f"{name}.yaml").settled()
    one, other = (play(scenario, Draws(2), 0, 20) for play in (event.play_events, batch.play_batch))
    assert first_difference(scenario, one, other) is None


def test_shares_of_a_default_have_paths_of_their_own():
    by_team = {"default": {"B200": {"uniform": [0, 0.1]}}}
    shared = k_ai(**{f"{LENT}.shares": by_team})
    asked = from_data(
        k_ai(**{LENT: {"of": "state", "gpus": {"default": {"B200": {"uniform": [0, 9]}}}}}).resolved()
    )
    assert (f"{LENT}.shares.lg.B200", f"{LENT}.shares.default.B200") in set(shares_of_defaults(shared))
    assert (f"{LENT}.gpus.lg.B200", f"{LENT}.gpus.default.B200") in set(shares_of_defaults(asked))
