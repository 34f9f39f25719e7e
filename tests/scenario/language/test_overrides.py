"""What is laid over a file from the command line or from Python."""

from pathlib import Path

import pytest

import sim
from sim.cli.app import run_command
from sim.scenario import ScenarioError, from_data, load, read_overrides
from sim.scenario.comparison import differences
from sim.scenario.language.load import check_file
from sim.scenario.models.inputs import inputs
from tests.scenario.broken import changed


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.yaml"
    path.write_text(
        changed("mfu: 0.23", "mfu: {triangular: {low: 0.1, likely: 0.2, high: 0.4}}"), encoding="utf-8"
    )
    return path


def with_set(path: Path, *assignments: str):
    return load(path, read_overrides(assignments))


def problems_of(path, *assignments):
    with pytest.raises(ScenarioError) as caught:
        with_set(path, *assignments)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems) > 0
    return caught.value.problems


def test_a_value_in_the_file_is_replaced(good):
    assert with_set(good, "stages.first.cut.keep=2").stages["first"].cut.keep == 2


def test_a_value_that_the_file_leaves_out_is_set(good):
    scenario = with_set(good, "judging.follows_strength=-0.4", "teams.red.own.B200=512")
    assert scenario.judging.follows_strength == -0.4
    assert scenario.teams["red"].own == {"B200": 512}


def test_an_override_gives_what_the_file_would_give_with_that_value(good, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(changed("keep: 1", "keep: 2", good.read_text()), encoding="utf-8")
    assert with_set(good, "stages.first.cut.keep=2") == load(other)


def test_an_override_reaches_into_a_distribution(good):
    law = with_set(good, "hardware.B200.mfu.triangular.high=0.45").hardware["B200"].mfu.triangular
    assert (law.low, law.likely, law.high) == (0.1, 0.2, 0.45)


def test_a_number_becomes_a_distribution_and_a_distribution_a_number(good):
    scenario = with_set(good, "capability.level={normal: [130, 2]}", "hardware.B200.mfu=0.3")
    assert scenario.capability.level.normal.mean == 130
    assert scenario.hardware["B200"].mfu == 0.3


def test_the_later_of_two_overrides_holds(good):
    assert with_set(good, "stages.first.cut.keep=2", "stages.first.cut.keep=0").stages["first"].cut.keep == 0


def test_units_dates_and_text_are_read_as_in_a_file(good):
    scenario = with_set(good, "faults.restart=2 h", "frontier.date=2026-02-03", "teams.red.name=no")
    assert scenario.faults.restart == 120
    assert scenario.frontier.date.isoformat() == "2026-02-03"
    assert scenario.teams["red"].name.en == "no"


def test_the_file_itself_is_left_alone(good):
    before = good.read_bytes()
    with_set(good, "stages.first.cut.keep=2")
    assert good.read_bytes() == before


@pytest.mark.parametrize("text", ["stages.first.cut.keep", "=3", "", " = 3"])
def test_an_assignment_without_path_or_equals_is_refused(text):
    with pytest.raises(ScenarioError, match="PATH=VALUE"):
        read_overrides([text])


def test_a_short_form_is_written_out_when_a_part_of_it_is_set(tmp_path):
    text = changed("mfu: 0.23", "mfu: {triangular: [0.1, 0.2, 0.3]}")
    path = tmp_path / "short.yaml"
    path.write_text(changed("{name: Red}", "{name: Red, faults: 0.1}", text), encoding="utf-8")
    scenario = with_set(
        path,
        "stages.first.train.last=2026-05-31",
        "teams.red.name.en=Scarlet",
        "hardware.B200.mfu.triangular.high=0.4",
        "stages.first.points.exam.items.maths.mean=3",
        "teams.red.faults.restart=2 h",
    )
    assert scenario.stages["first"].train.days() == 31 + 28 + 31 + 30 + 31
    assert (scenario.teams["red"].name.en, scenario.teams["red"].name.ko) == ("Scarlet", "Red")
    assert scenario.resolved()["hardware"]["B200"]["mfu"]["triangular"]["likely"] == 0.2
    assert scenario.stages["first"].points["exam"].items["maths"].max == 20
    assert (scenario.teams["red"].faults.per_node_day, scenario.teams["red"].faults.restart) == (0.1, 120)


def test_a_team_that_has_only_a_name_can_be_given_more(tmp_path):
    path = tmp_path / "named.yaml"
    path.write_text(changed("{name: Red}", "Red"), encoding="utf-8")
    red = with_set(path, "teams.red.effect=2").teams["red"]
    assert (red.name.en, red.effect) == ("Red", 2)
    over = tmp_path / "over.yaml"
    over.write_text("extends: named.yaml\nteams: {red: {effect: 2}}\n", encoding="utf-8")
    assert sim.load(over).teams["red"] == red


@pytest.mark.parametrize(
    "assignment",
    ["stages.first.train.end=2026-05-31", "teams.red.name.fr=Rouge", "stages.first.result.first=2026-01-01"],
)
def test_what_no_short_form_stands_for_cannot_be_set(good, assignment):
    (problem,) = problems_of(good, assignment)
    assert problem.found.endswith("is a value")


def test_nothing_removes_what_is_there(good):
    assert list(with_set(good, "teams.blue=null").teams) == ["red"]
    (problem,) = problems_of(good, "as_of=null")
    assert str(problem) == "--set: as_of: missing, expected this required key"


def test_an_unknown_path_is_refused_with_a_suggestion(good):
    (problem,) = problems_of(good, "judging.folows_strength=0.5")
    assert problem.path == "judging.folows_strength"
    assert "follows_strength" in problem.hint


def test_a_path_through_a_value_is_refused(good):
    (problem,) = problems_of(good, "stages.first.cut.keep.more=1")
    assert "stages.first.cut.keep" in problem.found


def test_a_bad_value_names_its_path_but_no_line_of_the_file(good):
    for path in ("stages.first.cut.keep", "stages.second.cut.keep"):  # in the file, and not
        (problem,) = problems_of(good, f"{path}=-1")
        assert (problem.path, problem.line) == (path, 0)


@pytest.mark.parametrize(
    "value",
    [
        ".inf",
        ".Inf",
        "-.INF",
        ".nan",
        ".NaN",
        "1e400",
        "1" + "0" * 400,
        "1" + "0" * 5000,
        "[",
        "{a: 1",
        "*a",
        "!foo 1",
        "[" * 600,
        "!!int x",
        "!!float x",
        '"\\ud800"',
        "&a [*a]",
        "null",
        "",
        "true",
        "[1]",
        "{}",
        "{a: 1}",
    ],
    ids=lambda value: value[:12] or "empty",
)
def test_no_value_gets_past_as_another_error(good, value):
    problems_of(good, f"stages.first.cut.keep={value}" if value not in ("null", "") else f"stages={value}")


@pytest.mark.parametrize(
    "path", [".", "..", "stages.", ".stages", "stages..first", "stages.first.ties.0", "a.b.c"]
)
def test_no_path_gets_past_as_another_error(good, path):
    problems_of(good, f"{path}=1")


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 10**400, None, object(), b"1", {1: 1}, [1], "x", True],
    ids=lambda value: repr(value)[:9],
)
def test_no_python_value_gets_past_as_another_error(good, value):
    with pytest.raises(ScenarioError):
        load(good, {"capability.carry": value})


@pytest.mark.parametrize(
    ("assignment", "hint"),
    [
        ("keep=2", "did you mean stages.first.cut.keep, stages.second.cut.keep?"),
        ("exam.max=50", "did you mean stages.first.points.exam.max, stages.second.points.exam.max?"),
        ("mfu=0.3", "did you mean hardware.B200.mfu?"),
    ],
)
def test_the_end_of_a_path_alone_is_refused_with_the_whole_of_it(assignment, hint):
    (problem,) = problems_of("minimal", assignment)
    assert (problem.found, problem.hint) == ("only the end of a path", hint)


RISKS = [f"stages.{s}.gate.risk" for s in ("stage-1", "stage-2", "stage-3")]


def guesses(scenario):
    return [each.path for each in inputs(scenario) if each.guess]


@pytest.mark.parametrize("value", [0.05, 0.5, {"uniform": [0, 0.1]}], ids=str)
def test_a_guess_that_is_set_is_known_at_its_own_path(value):
    plain, changed = load("k-ai"), load("k-ai", {RISKS[2]: value})
    assert set(RISKS) <= set(guesses(plain))
    assert guesses(changed) == [path for path in guesses(plain) if path != RISKS[2]]
    assert len(inputs(changed)) == len(inputs(plain))


def test_a_default_is_known_where_it_is_set_though_it_stays_the_same():
    same = load("minimal", {"capability.stage_spread": 4})
    assert same.capability == load("minimal").capability
    assert set(guesses(load("minimal"))) - set(guesses(same)) == {"capability.stage_spread"}
    assert differences(same, load("minimal")) == []
    assert repr(sim.run(same, 50).tally) == repr(sim.run(load("minimal"), 50).tally)


def test_a_block_that_is_set_is_known_as_far_as_it_is_written():
    changed = load("minimal", {"capability": {"stage_spread": 4}})
    assert set(guesses(load("minimal"))) - set(guesses(changed)) == {"capability.stage_spread"}


@pytest.mark.parametrize(
    "changes",
    [
        {RISKS[2]: 0.5, "stages.stage-3.gate.guess": ["risk"]},
        {"stages.stage-3.gate": {"mode": "first", "risk": 0.5, "guess": True}},
        {RISKS[2]: {"uniform": [0, 0.1], "guess": True}},
    ],
    ids=str,
)
def test_what_is_set_and_called_a_guess_is_one(changes):
    assert RISKS[2] in guesses(load("k-ai", changes))


def test_what_is_given_survives_the_resolved_scenario_and_the_printed_one(tmp_path, capsys):
    scenario = load("k-ai", {RISKS[2]: 0.5})
    again = from_data(scenario.resolved(), {"faults.mode": "average"})
    assert again.digest() == scenario.digest() != load("k-ai").digest()
    assert guesses(again) == guesses(scenario)
    assert run_command(["scenario", "show", "k-ai", "--set", f"{RISKS[2]}=0.5"]) == 0
    printed = capsys.readouterr().out
    (line,) = [one for one in printed.splitlines() if "risk: 0.5" in one]
    assert line.endswith("# --set")
    (tmp_path / "one.yaml").write_text(printed, encoding="utf-8")
    found, problems = check_file(tmp_path / "one.yaml")
    assert (problems, found.digest()) == ([], scenario.digest())


def test_a_scenario_that_nothing_is_given_in_says_nothing_of_it():
    assert "given" not in load("k-ai", {"stages.stage-3.cut.keep": 1}).resolved()


def test_a_given_path_that_leads_nowhere_is_suspicious():
    _, (problem,) = check_file("minimal", {"given": ["capability.stage_spred"]})
    assert "no number at 'capability.stage_spred' (did you mean 'capability.stage_spread'?)" in str(problem)


@pytest.mark.parametrize("text", ["=", "= ", "=\t", "=# nothing", "=  # $KEEP"])
def test_an_empty_value_is_refused_and_not_a_removal(good, text):
    with pytest.raises(ScenarioError) as refused:
        read_overrides([f"stages.first.cut.keep{text}"])
    (problem,) = refused.value.problems
    assert (problem.file, problem.path, problem.found) == ("--set", "stages.first.cut.keep", "no value")
    assert problem.hint == "to remove what the file has there, write null"


@pytest.mark.parametrize("text", ["null", "~"])
def test_a_value_is_removed_on_purpose(good, text):
    assert with_set(good, f"stages.first.cut.keep={text}").stages["first"].cut.keep is None


def test_the_command_line_refuses_an_empty_value(good, capsys):
    assert run_command(["run", str(good), "--runs", "10", "--set", "stages.first.cut.keep="]) == 2
    assert "stages.first.cut.keep: no value, expected PATH=VALUE" in capsys.readouterr().err


RHO = "judging.follows_strength"
DOUBTS = {"judging.follows_strength": [0.0, 0.6], "stages.first.cut.keep": [2], "teams.red.effect": [1.0]}


@pytest.mark.parametrize(
    ("changes", "remain"),
    [
        ({"judging.follows_strength": 0.2}, {"stages.first.cut.keep", "teams.red.effect"}),
        ({"judging.follows_strength": {"uniform": [0, 1]}}, {"stages.first.cut.keep", "teams.red.effect"}),
        ({"judging": {"follows_strength": 0.2}}, {"stages.first.cut.keep", "teams.red.effect"}),
        ({"stages.first.cut": {"keep": 1}}, {"judging.follows_strength", "teams.red.effect"}),
        ({"stages.first.cut.drop": 1}, set(DOUBTS)),
        ({"stages.first.cut.keep": None}, {"judging.follows_strength", "teams.red.effect"}),
        ({"teams.red.faults.restart": 5}, set(DOUBTS)),
        ({"teams.blue.effect": 1.0}, set(DOUBTS)),
        (
            {"doubts": {"judging.follows_strength": [0.5]}, "judging.follows_strength": 0.2},
            {"judging.follows_strength"},
        ),
        (
            {"judging.follows_strength": 0.2, "doubts": {"judging.follows_strength": [0.5]}},
            {"judging.follows_strength"},
        ),
    ],
)
def test_what_is_set_is_doubted_no_more(good, changes, remain):
    data = {**load(good).resolved(), "doubts": DOUBTS}
    assert set(from_data(data, changes).doubts) == remain


def test_a_doubt_about_a_block_goes_when_a_part_of_it_is_set(good):
    data = {**load(good).resolved(), "doubts": {"stages.first.cut": [{"keep": 2}]}}
    assert from_data(data, {"stages.first.cut.keep": 1}).doubts == {}
    assert from_data(data, {"stages.second.cut.keep": 1}).doubts != {}


def test_a_choice_that_is_set_is_no_choice_any_more(good):
    data = {**load(good).resolved(), "choices": {"stages.first.cut.keep": [1, 2]}}
    assert list(from_data(data).choices) == ["stages.first.cut.keep"]
    assert from_data(data, {"stages.first.cut.keep": 2}).choices == {}
    assert from_data(data, {"stages.first.cut": {"keep": 2}}).choices == {}


def test_a_doubted_value_that_is_set_is_played_as_it_is_set(good, capsys):
    """The range over doubts would otherwise be told of a value that its reader has settled."""
    good.write_text(good.read_text("utf-8") + f"doubts: {{{RHO}: [0, 0.6]}}\n", encoding="utf-8")
    assert run_command(["run", str(good), "--runs", "200", "--json"]) == 0
    assert '"range"' in capsys.readouterr().out
    assert run_command(["run", str(good), "--runs", "200", "--json", "--set", f"{RHO}=0.9"]) == 0
    assert '"range"' not in capsys.readouterr().out


def guessed(scenario):
    return {each.path for each in inputs(scenario) if each.guess}


def test_the_default_of_a_guess_is_a_guess_also_where_a_file_writes_it_out(tmp_path):
    path = tmp_path / "out.yaml"
    for value, is_guess in (("0.3", True), ("0.30", True), ("0.4", False)):
        path.write_text(f"extends: minimal.yaml\njudging: {{follows_strength: {value}}}\n", encoding="utf-8")
        assert ("judging.follows_strength" in guessed(load(path))) == is_guess
    path.write_text(
        "extends: minimal.yaml\njudging: {follows_strength: 0.3}\ngiven: [judging.follows_strength]\n",
        encoding="utf-8",
    )
    assert "judging.follows_strength" not in guessed(load(path))
    path.write_text(
        "extends: minimal.yaml\njudging: {follows_strength: 0.4, guess: true}\n", encoding="utf-8"
    )
    assert "judging.follows_strength" in guessed(load(path))
