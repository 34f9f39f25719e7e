"""`--json`: documented keys, chances that sum, the same text for the same seed."""

import json
import math

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
        assert chance.keys() - {"certain", "range"} == {"p", "low", "high"}
        if "range" in chance and chance["p"] is not None:
            assert 0 <= chance["range"][0] <= chance["p"] <= chance["range"][1] <= 1
        if chance["p"] is not None:
            assert 0 <= chance["low"] <= chance["p"] <= chance["high"] <= 1
        if "certain" in chance:
            assert chance["low"] == chance["high"]


def test_responses_are_chances_or_measures(told):
    for response in told["responses"].values():
        assert "p" in response or response.keys() == OF_A_MEASURE


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
    monkeypatch.setattr("sim.cli.progress.PLAIN_EVERY", 0.0)
    printed = command("run", MINIMAL, "--runs", 300, "--json")
    json.loads(printed.out)
    assert "300 of 300 runs" in printed.err


def test_progress_is_told_in_korean_too(monkeypatch):
    monkeypatch.setattr("sim.cli.progress.PLAIN_EVERY", 0.0)
    assert "300회 중 300회" in command("run", MINIMAL, "--runs", 300, "--json", "--lang", "ko").err


def test_a_pipe_gets_nothing_but_json():
    printed = process("run", MINIMAL, "--runs", 50, "--json", "--lang", "ko")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == command("run", MINIMAL, "--runs", 50, "--json").out
