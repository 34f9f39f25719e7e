"""The text of `sim run`: a sentence first, within 80 columns, nothing claimed that was not found."""

import json
import re

import pytest
from rich.cells import cell_len

from tests.cli.command import BUNDLED, MINIMAL, SCENARIOS, command, once, process

LANGS = ("en", "ko")
RUNS = 300


@pytest.fixture(params=[(name, lang) for name in BUNDLED for lang in LANGS], ids=" ".join)
def told(request):
    """All that is printed about each of our scenarios in each language."""
    name, lang = request.param
    return once("run", name, "--runs", RUNS, "--lang", lang, "--details")


@pytest.fixture(params=[(name, lang) for name in BUNDLED for lang in LANGS], ids=" ".join)
def briefly(request):
    """What is printed about them by default."""
    name, lang = request.param
    return once("run", name, "--runs", RUNS, "--lang", lang)


def assert_plain(printed, warned=""):
    assert printed.code == 0
    assert (warned in printed.err) if warned else printed.err == ""
    too_wide = [line for line in printed.out.splitlines() if cell_len(line) > 80]
    assert too_wide == []
    assert "\x1b" not in printed.out
    assert not re.search(r"\b(nan|inf|None)\b", printed.out)


def test_our_scenarios_are_told_within_80_columns_and_without_codes(told):
    assert_plain(told)


def test_our_scenarios_are_told_on_a_screen(told):
    # About 25; the name of the gate and Korean take two;
    # options and what moves a team, with cost and gap, take theirs; and a second table
    # if several stages are ahead.
    decided = any(word in told.out for word in ("[range]", "[범위]"))
    two_tables = any(word in told.out for word in ("AT ANY STAGE", "전 단계 누적"))
    # A forecast: whom facts do not tell apart, a row without them, and what they say.
    forecast = any(word in told.out for word in ("islands", "묶음"))
    most = 31 + 5 * decided + 7 * two_tables + 14 * forecast
    assert 20 <= len(told.out.splitlines()) <= most


def test_by_default_what_one_quotes_is_told_on_less_than_a_screen(briefly):
    assert_plain(briefly)
    teams = len(re.findall(r"^  \S.* \d+(?: \[[\d-]+\])?$", briefly.out, re.MULTILINE))
    # Twelve to sixteen for five teams; a name, a gate or Korean may take a line. The last says what was run.
    lines = re.split(r"^\S+ [0-9a-f]{8} · ", briefly.out, flags=re.MULTILINE)[0].splitlines()
    assert 8 <= len(lines) <= 12 + max(5, teams)
    assert [line for line in briefly.out.splitlines() if line != line.rstrip()] == []


def test_no_line_ends_in_blanks(told):
    assert [line for line in told.out.splitlines() if line != line.rstrip()] == []


def test_the_text_begins_with_a_sentence(told):
    opening = told.out[: told.out.index("\n\n")]
    first = re.match(r"[^\n].+?[%)\w]\.(?:\n|$)", opening, re.DOTALL)
    assert first
    assert re.search(r"\d ?%", first[0])


HARD = {
    "nobody stays": ["stages.second.cut.keep=0"],
    "nobody leaves": ["stages.first.cut.keep=3", "stages.second.cut.keep=3"],
    "nobody has compute": ["hardware.B200.mfu=0"],
    "one is far behind": ["teams.red.effect=-60"],
    "one is far ahead": ["teams.red.effect=60"],
    "nothing is paid": ["hardware.B200.price=0"],
    "a target": ["frontier.target=0.95"],
    "an uncertain cut": ["stages.second.cut.keep={uniform: [0, 3]}"],
    "a gate that fails all": ["stages.second.gate.risk=1"],
    "a gate that fails most": ["stages.second.gate.risk=0.999"],
}
WARNED = {"nobody stays": "stages.second.cut.keep: 0 ", "nobody has compute": "hardware.B200.mfu: 0 %"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("corner", HARD)
def test_the_corners_are_told_without_a_word_of_nonsense(corner, lang):
    options = [part for change in HARD[corner] for part in ("--set", change)]
    for more in ((), ("--details",)):
        printed = once("run", MINIMAL, "--runs", RUNS, "--lang", lang, *options, *more)
        assert_plain(printed, WARNED.get(corner, ""))


@pytest.mark.parametrize("runs", [1, 2, 10])
def test_very_few_runs_are_told_as_plainly(runs):
    assert_plain(command("run", MINIMAL, "--runs", runs))
    assert_plain(command("run", MINIMAL, "--runs", runs, "--details"))


ALONE = """
format: 1
name: One team
as_of: 2026-01-01
hardware: {G: {peak: 2000 TFLOPS, mfu: 0.3, price: 1만원}}
teams: {solo: {name: Solo}}
stages:
  past:
    train: 2025-06-01 to 2025-06-30
    result: 2025-07-01
    grants: {gpus: {default: {G: 1}}}
    points: {exam: {max: 100, mean: 50, per_eci: 1.0}}
    happened: {}
  only:
    train: 2026-06-01 to 2026-06-30
    result: 2026-07-01
    grants: {gpus: {default: {G: 1}}}
    points: {exam: {max: 100, mean: 50, per_eci: 1.0}}
    gate: {risk: 0.5}
"""


@pytest.fixture(scope="session")
def alone(tmp_path_factory):
    """A file of which nearly everything is one: team, GPU, run."""
    file = tmp_path_factory.mktemp("alone") / "alone.yaml"
    file.write_text(ALONE)
    return file


@pytest.mark.parametrize("more", [(), ("--set", "doubts={stages.only.gate.risk: [0.4]}")])
def test_one_of_a_thing_is_not_told_as_several(alone, more):
    # The frontier grows so fast that any gap is a month of it.
    options = ("--set", "frontier.growth_per_year=400", *more)
    assert_plain(command("run", alone, "--runs", 1, *options))
    printed = command("run", alone, "--runs", 1, "--details", *options)
    assert_plain(printed)
    assert not re.search(r"\b1 (?:runs|teams|months|GPUs|doubts)\b", printed.out), printed.out
    assert "1 GPU," in printed.out


def sentence(*changes, runs=RUNS):
    """The opening of the text, on one line."""
    options = [part for change in changes for part in ("--set", change)]
    printed = once("run", MINIMAL, "--runs", runs, "--lang", "en", *options).out
    return " ".join(printed.split("\n\n")[0].split())


@pytest.mark.parametrize("effect", [-60, 60])
def test_the_sentence_calls_nothing_impossible_or_certain_that_dice_decided(effect):
    said = sentence(f"teams.red.effect={effect}", "stages.first.cut.keep=3")
    assert not re.search(r"(?<![\d.<>])(0|100) %", said), said


def test_the_sentence_does_not_round_most_runs_to_all_runs():
    said = sentence("stages.second.gate={risk: 0.002, mode: apart}", runs=2000)
    assert re.search(r"Still in after second: 1 of 3 teams \(([\d.>]+) % of runs\)", said), said
    assert "(100 %" not in said


def test_the_sentence_names_the_best_and_the_last():
    said = sentence("teams.red.effect=3", "teams.blue.effect=-3", runs=3000)
    assert re.search(r"most often Red \(\d+ %\), least often Blue \(\d+ %\)\.", said), said


def test_the_sentence_names_nobody_where_dice_do_not_tell_the_teams_apart():
    printed = once("run", SCENARIOS / "equal-teams.yaml", "--runs", RUNS, "--lang", "en").out
    assert "2 of 5 teams; no input tells them apart (about 40 % each)." in " ".join(printed.split())


def test_where_inputs_differ_a_little_these_runs_are_said_not_to_tell():
    said = sentence("teams.green.own={B200: 300}", "teams.red.own={B200: 200}", runs=200)
    assert "these runs do not tell who stays most often (on average about 33 %)." in said
    assert "no input" not in said


def test_where_the_rules_alone_decide_no_chance_is_told_as_a_number():
    everybody = sentence("stages.first.cut.keep=3", "stages.second.cut.keep=3")
    assert everybody.startswith("Still in after second: 3 of 3 teams; the rules let none of them leave.")
    nobody = sentence("stages.second.cut.keep=0")
    assert nobody.startswith("Still in after second: 0 of 3 teams; by the rules, every one leaves.")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("risk", [0.999, 0.001])
def test_a_bound_is_not_told_as_about(risk, lang):
    options = ("--set", f"stages.second.gate.risk={risk}", "--set", "stages.first.cut.keep=3")
    more = ("--set", "stages.second.cut.keep=3", "--lang", lang)
    said = " ".join(once("run", MINIMAL, "--runs", RUNS, *options, *more).out.split("\n\n")[0].split())
    assert not re.search(r"(about|at most|약|최대) [<>]", said), said
    assert re.search(r"(below|above) \d+ %|\d+% (미만|초과)", said), said


def frontier(lang, *changes):
    """The line about the best team that stays and the world's best."""
    options = [part for change in changes for part in ("--set", change)]
    out = " ".join(once("run", MINIMAL, "--runs", RUNS, "--lang", lang, "--details", *options).out.split())
    (line,) = re.findall(r"(?:best that stays|잔류 팀 최고 모델).*?(?:months|개월)\)", out)
    return line


def test_a_team_ahead_of_the_worlds_best_is_told_as_ahead():
    english = frontier("en", "frontier.level=100")
    assert re.fullmatch(
        r"best that stays, ahead of the world's best \d+ months, \d+ ECI \(5-95 %: \d+-\d+ months\)", english
    )
    low, high = map(int, re.findall(r"(\d+)-(\d+) months", english)[0])
    assert low < high
    assert "앞섬" in frontier("ko", "frontier.level=100")
    assert not re.search(r"-\d", frontier("ko", "frontier.level=100"))


def test_of_a_range_around_the_worlds_best_the_sign_is_told_and_no_dash_doubled():
    english, korean = (frontier(lang, "frontier.level=130") for lang in LANGS)
    assert re.search(r"gap to the world's best \(below 0: ahead\) .* \(5-95 %: -\d+ to \d+ months\)", english)
    assert re.search(r"\(5~95%: -\d+에서 \d+개월\)", korean)


PATHS = re.compile(r"\b[a-z_*]+(?:\.[\w*-]+)+")
"""A path of a scenario, such as stages.first.cut.keep."""

PLACES = (
    "stages.first.points.jury.max={choice: [40, 50]}",
    "stages.second.points.jury.max={choice: [40, 50]}",
    "stages.first.points.jury.mean={uniform: [20, 35]}",
    "stages.first.points.jury.follows_strength={uniform: [-0.9, 0.9], shared: judges}",
    "capability.carry={uniform: [0, 1]}",
    "stages.second.points.exam.items={a: {max: 30, noise: {uniform: [0, 20]}}, b: 30}",
    "doubts={stages.second.points.jury.spread: [5]}",
)


@pytest.mark.parametrize("lang", LANGS)
def test_no_path_of_a_file_stands_in_the_text(lang):
    options = [part for change in PLACES for part in ("--set", change)]
    printed = once("run", MINIMAL, "--runs", RUNS, "--lang", lang, "--details", *options)
    assert_plain(printed)
    assert PATHS.findall(printed.out.replace("scenarios/minimal.yaml", "").replace("minimal.yaml", "")) == []
    assert "first, jury: max 50" in printed.out


LATE = """
extends: minimal
teams: {late: {name: Late, own: {B200: 512}}}
stages:
  first:
    entry: {day: 2026-07-15, candidates: [late], places: 1, when_fewer_than: 2, panel: {spread: 1}}
"""


def test_who_may_never_come_in_is_not_told_as_the_safest(tmp_path):
    file = tmp_path / "late.yaml"
    file.write_text(LATE, "utf-8")
    gate = "stages.first.gate={risk: 0.1, mode: apart}"
    options = ("--set", gate, "--set", "stages.second.cut.keep={choice: [2, 1]}")
    out = " ".join(command("run", file, "--runs", 500, *options).out.split())
    assert re.match(r"If 2 are kept, most likely to stay to the end: .*, least: Late \(", out), out
    assert "most likely to leave" not in out


def test_the_numbers_in_the_table_are_those_of_the_json():
    teams = json.loads(once("run", MINIMAL, "--runs", RUNS, "--json").out)["teams"]
    printed = once("run", MINIMAL, "--runs", RUNS, "--lang", "en").out
    for name, team in (("Red", "red"), ("Blue", "blue"), ("Green", "green")):
        (row,) = re.findall(rf"^  {name} +(\d+) +(\d+) +(\d+)$", printed, re.MULTILINE)
        parts = [*(teams[team]["stages"][s]["leaves"] for s in ("first", "second")), teams[team]["selected"]]
        assert [int(cell) for cell in row] == [int(100 * part["p"] + 0.5) for part in parts]


def test_the_dice_alone_are_the_widest_error_of_any_chance_in_the_table():
    teams = json.loads(once("run", MINIMAL, "--runs", RUNS, "--json").out)["teams"].values()
    chances = [team["selected"] for team in teams]
    chances += [
        team["stages"][s][c] for team in teams for s in ("first", "second") for c in ("leaves", "kept")
    ]
    widest = 50 * max(each["high"] - each["low"] for each in chances)
    (told,) = re.findall(r"±([\d.]+)\.\n", once("run", MINIMAL, "--runs", RUNS, "--lang", "en").out)
    assert widest <= float(told) < widest + 0.1


def test_a_pipe_gets_the_same_text_without_codes():
    arguments = ("run", MINIMAL, "--runs", RUNS, "--lang", "ko")
    printed = process(*arguments)
    assert_plain(printed)
    assert printed.out == once(*arguments).out
