"""`--json`: documented keys, chances that sum, the same text for the same seed."""

import json
import math
import re

import pytest

from tests.cli.command import BUNDLED, MINIMAL, SCENARIOS, command, once, process

RUNS = 300
OF_A_STAGE = {"leaves", "by_points", "by_gate", "given_present", "not_entered"}
OF_A_MEASURE = {"mean", "low", "high", "q05", "q50", "q95", "of", "unit"}


@pytest.fixture(params=BUNDLED)
def told(request):
    printed = once("run", SCENARIOS / f"{request.param}.yaml", "--runs", RUNS, "--json")
    assert (printed.code, printed.err) == (0, "")
    return json.loads(printed.out)


def chances(told):
    """Every chance that is told."""
    for team in told["teams"].values():
        yield team["selected"]
        yield team["never_entered"]
        for stage in team["stages"].values():
            yield from stage.values()
    yield from told["together"].values()
    yield from (each for each in told["responses"].values() if "p" in each)


def test_the_documented_keys_are_there(told):
    assert {"scenario", "seed", "runs", "engine", "teams", "together", "responses"} <= told.keys()
    assert (told["seed"], told["runs"], told["engine"]) == (1, RUNS, "batch")
    for team in told["teams"].values():
        assert {"stages", "selected", "never_entered"} <= team.keys()
        assert all(stage.keys() >= OF_A_STAGE for stage in team["stages"].values())


def test_every_chance_lies_in_its_interval(told):
    for chance in chances(told):
        assert chance.keys() - {"certain", "range", "of"} == {"p", "low", "high"}
        assert 0 <= chance.get("of", 0) < RUNS  # told only where it is not all runs
        if "range" in chance and chance["p"] is not None:
            assert 0 <= chance["range"][0] <= chance["p"] <= chance["range"][1] <= 1
        if chance["p"] is not None:
            assert 0 <= chance["low"] <= chance["p"] <= chance["high"] <= 1
        if "certain" in chance:
            assert chance["low"] == chance["high"]


def test_responses_are_chances_or_measures(told):
    for response in told["responses"].values():
        assert "p" in response or response.keys() - {"range"} == OF_A_MEASURE


def test_each_teams_chances_sum_to_one(told):
    for team in told["teams"].values():
        parts = [stage["leaves"]["p"] for stage in team["stages"].values()]
        assert math.fsum([*parts, team["selected"]["p"], team["never_entered"]["p"]]) == pytest.approx(1)


def test_leaving_is_by_points_or_at_the_gate(told):
    for team in told["teams"].values():
        for stage in team["stages"].values():
            assert stage["leaves"]["p"] == pytest.approx(stage["by_points"]["p"] + stage["by_gate"]["p"])


def test_the_sets_left_together_sum_to_one_and_to_each_teams_chance(told):
    assert math.fsum(each["p"] for each in told["together"].values()) == pytest.approx(1)
    for name, team in told["teams"].items():
        having = [each["p"] for members, each in told["together"].items() if name in members.split("+")]
        assert math.fsum(having) == pytest.approx(team["selected"]["p"])


def test_nothing_is_in_it_that_json_does_not_know(told):
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("change", ["stages.second.cut.keep=0", "hardware.B200.mfu=0"])
def test_what_was_never_asked_is_null(change):
    printed = command("run", MINIMAL, "--runs", 50, "--json", "--set", change)
    responses = json.loads(printed.out, parse_constant=pytest.fail)["responses"]
    assert responses["strength_selected"]["mean"] is None
    assert responses["strength_selected"]["of"] == 0


def test_the_same_seed_gives_the_same_text_and_another_gives_another():
    first, again, other = (
        command("run", MINIMAL, "--runs", 50, "--json", "--seed", s).out for s in (5, 5, 6)
    )
    assert first == again
    assert json.loads(first)["teams"] != json.loads(other)["teams"]


def test_both_engines_tell_the_same_chances():
    event, batch = (
        json.loads(command("run", MINIMAL, "--runs", 200, "--json", "--engine", engine).out)
        for engine in ("event", "batch")
    )
    assert (event["engine"], batch["engine"]) == ("event", "batch")
    assert (event["teams"], event["together"]) == (batch["teams"], batch["together"])


def test_replications_are_a_part_of_a_longer_run():
    parts = [
        json.loads(command("run", MINIMAL, "--replications", r, "--json").out)
        for r in ("0:100", "100:300", "0:300")
    ]
    assert [part["runs"] for part in parts] == [100, 200, 300]
    for name, team in parts[2]["teams"].items():
        counts = [part["runs"] * part["teams"][name]["selected"]["p"] for part in parts]
        assert counts[0] + counts[1] == pytest.approx(counts[2])
        assert team["selected"]["p"] == pytest.approx(counts[2] / 300)


def test_a_change_by_set_is_in_the_hash():
    plain, changed, undone = (
        json.loads(command("run", MINIMAL, "--runs", 5, "--json", *options).out)["scenario"]["hash"]
        for options in ([], ["--set", "stages.first.cut.keep=1"], ["--set", "stages.first.cut.keep=2"])
    )
    assert plain != changed
    assert plain == undone


def test_results_go_to_stdout_and_progress_to_stderr(monkeypatch):
    monkeypatch.setattr("sim.cli.console.PLAIN_EVERY", 0.0)
    printed = command("run", MINIMAL, "--runs", 20_000, "--json", "--jobs", 1)
    json.loads(printed.out)
    assert re.search(r"^[\d,]+ of 20,000 done, \d+ s left$", printed.err, re.MULTILINE)
    assert "20,000 of 20,000" not in printed.err  # what is finished needs no line


def test_progress_is_told_in_korean_too(monkeypatch):
    monkeypatch.setattr("sim.cli.console.PLAIN_EVERY", 0.0)
    printed = command("run", MINIMAL, "--runs", 20_000, "--json", "--jobs", 1, "--lang", "ko")
    assert re.search(r"^20,000회 중 [\d,]+회 완료", printed.err, re.MULTILINE)


def test_a_pipe_gets_nothing_but_json():
    printed = process("run", MINIMAL, "--runs", 50, "--json", "--lang", "ko")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == command("run", MINIMAL, "--runs", 50, "--json").out


PLAN = SCENARIOS / "k-ai.yaml"
"""A scenario with two choices, of how many are kept and whether the stage is held, and with doubts."""


def of(path, *options, lang=None):
    """What is told of a scenario: its JSON, or its text in a language."""
    how = ("--json",) if lang is None else ("--lang", lang, "--details")
    printed = once("run", path, "--runs", RUNS, *options, *how)
    assert printed.code == 0
    return json.loads(printed.out) if lang is None else " ".join(printed.out.split())


def test_every_option_has_the_place_and_the_value_that_make_it_the_default_too():
    found = of(PLAN)["options"]
    told = {name: (option["path"], option["value"], option["chosen"]) for name, option in found.items()}
    keep, held = "stages.stage-3.cut.keep", "stages.stage-3.held"
    expected = {f"keep {n}": (keep, n, {keep: n, held: True}) for n in (2, 1, 3)}
    assert told == expected | {"not held": (held, False, {keep: 2, held: False})}


def test_of_several_choices_every_option_has_all_that_is_chosen():
    paths = "stages.first.cut.keep", "stages.second.cut.keep"
    values = [f"{path}={{choice: [{first}, 1]}}" for path, first in zip(paths, (2, 0), strict=True)]
    found = of(MINIMAL, *(part for value in values for part in ("--set", value)))["options"]
    chosen = [(option["path"], option["value"], *option["chosen"].values()) for option in found.values()]
    assert chosen == [("", None, 2, 0), (paths[0], 1, 1, 0), (paths[1], 1, 2, 1)]
    assert all(tuple(option["chosen"]) == paths for option in found.values())


def test_responses_have_the_ranges_that_the_text_prints():
    text, found = of(PLAN, lang="en"), of(PLAN)
    for word, response in (
        ("Strongest leaves, %", "most_capable_dropped"),
        ("Weakest stays, %", "least_capable_kept"),
    ):
        low, high = found["responses"][f"{response}.stage-3"]["range"]
        # The default option is not the first column: options stand in the order of their values.
        assert re.search(rf"{word}[\d \[\]-]*? \d+ \[{100 * low:.0f}-{100 * high:.0f}\]", text)
    low, high = found["responses"]["regret.stage-3"]["range"]
    assert f"{found['responses']['regret.stage-3']['mean']:.1f} [{low:.1f}-{high:.1f}]" in text


def test_ranges_of_responses_lie_where_the_response_can():
    for option in of(PLAN)["options"].values():
        for name, response in option["responses"].items():
            if "range" not in response:  # not asked where a stage is not held, or certain there
                assert option["path"] == "stages.stage-3.held"
                assert response.get("certain") or name.endswith(".stage-3")
                continue
            low, high = response["range"]
            assert low <= response.get("p", response.get("mean")) <= high
            assert "p" not in response or 0 <= low <= high <= 1
            assert name.startswith(("strength", "behind")) or low >= 0


def test_without_doubts_no_response_has_a_range():
    assert not any("range" in response for response in of(MINIMAL)["responses"].values())


def test_what_moves_a_team_is_that_of_the_text():
    text, moves = of(PLAN, lang="en"), of(PLAN)["moves"]
    assert moves["team"] == "lg"
    assert f"WHAT MOVES {100 * moves['leaves_at_all']['p']:.0f} % FOR LG AI Research" in text
    by = {(each["kind"], each["what"], each["factor"]): each for each in moves["changes"]}
    printed = {
        ("option", "keep 1", None): "keep 1",
        ("option", "keep 3", None): "keep 3",
        ("gpus", None, 2.0): "GPUs ×2 for it alone",
        ("all_gpus", None, 2.0): "GPUs ×2 for all",
        ("gpus", None, 0.5): "GPUs ×½ for it alone",
        ("all_gpus", None, 0.5): "GPUs ×½ for all",
        ("weight", "benchmark", 2.0): "benchmark points ×2",
    }
    assert by.keys() == printed.keys()
    for key, each in by.items():
        assert each["low"] <= each["difference"] <= each["high"]
        ((told, beside),) = re.findall(rf"{printed[key]}: ([+-]?[\d.]+)(?:[; ]|$)(?:\(([^)]*)\))?", text)
        assert float(told) == pytest.approx(100 * each["difference"], abs=0.5)
        gap = re.search(r"gap ([+-][\d.]+) months", beside)
        assert float(gap[1] if gap else 0) == pytest.approx(each["months"] or 0, abs=0.05)
        cost = re.search(r"([+-][\d,]+)억", beside)
        assert float(cost[1].replace(",", "") if cost else 0) == pytest.approx(
            (each["cost"] or 0) / 1e8, abs=0.5
        )


def test_without_choices_a_team_is_told_of_only_where_it_is_asked_for():
    assert of(MINIMAL)["moves"] is None
    assert of(MINIMAL, "--team", "blue")["moves"]["team"] == "blue"
    assert of(PLAN, "--team", "skt")["moves"]["team"] == "skt"


def test_the_guesses_that_matter_are_those_of_the_text():
    # In a forecast what facts bear on is told by what they moved.
    text, found = of(PLAN, "--without-facts", lang="en"), of(PLAN, "--without-facts")["guesses"]
    assert f"GUESSED: {found['guesses']} of {found['inputs']} inputs." in text
    assert f"guesses without a range: {found['without_range']}" in text
    first = found["effects"][0]
    assert (first["path"], first["notable"]) == ("judging.follows_strength", True)
    before, after = (100 * end["p"] for end in first["strongest_dropped"])
    assert f": strongest leaves at end {before:.0f} → {after:.0f} %" in text
    strengths = [
        max(abs(ends[1]["p"] - ends[0]["p"]) for ends in (each["selected"], each["strongest_dropped"]))
        for each in found["effects"]
    ]
    assert strengths == sorted(strengths, reverse=True)


def test_the_headline_is_that_of_the_text():
    found = of(PLAN, "--without-facts")
    assert (found["headline"]["about"], found["headline"]["standing"]) == ("leaves_at_all", "alike")
    assert found["indistinct"] == [found["headline"]["all"]["teams"]] == [["lg", "upstage", "skt"]]
    assert found["headline"]["size"] is None  # a choice is open
    assert of(MINIMAL)["headline"]["size"] == {"left": 1, "of": 3, "p": 1.0}
    told = of(PLAN, "--without-facts", lang="en")
    assert f"each leave with a chance of about {100 * found['headline']['mean']:.0f} %" in told
    assert found["known"]["out"]["naver"] == "gate"


def test_what_facts_say_is_that_of_the_text():
    text, whole = of(PLAN, lang="en"), of(PLAN)
    found = whole["evidence"]
    for team, name in (("upstage", "Upstage"), ("skt", "SK Telecom")):
        p = whole["teams"][team]["leaves_at_all"]["p"]
        assert f"{name} {100 * p:.0f} %" in text
    without = {found["without"]["keep 2"][team]["leaves_at_all"]["p"] for team in ("lg", "upstage", "skt")}
    assert any(f"it would be {100 * p:.0f} % each" in text for p in without)
    assert f"{found['facts']} FACTS ABOUT POINTS, Stage 1 and Stage 2" in text
    particles = found["particles"]
    assert f"{particles['particles']:,} particles in {particles['islands']} islands" in text
    assert particles["worst"] < 1e-6
    assert particles["effective"] > 400
    assert of(MINIMAL)["evidence"] is None


def test_a_folder_holds_what_is_printed(tmp_path):
    printed = command("run", MINIMAL, "--runs", 50, "--json", "--out", tmp_path / "run", "--keep", "counts")
    assert (tmp_path / "run" / "result.json").read_text("utf-8") == printed.out
