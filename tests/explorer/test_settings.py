"""What can be moved, and the file that is downloaded."""

import json

import pytest

from sim.explorer.settings import FACTS, Playground, SettingError, played_hash
from sim.scenario import from_data, load
from sim.scenario.evidence import without_facts
from sim.scenario.language.load import load_beside
from sim.scenario.models.numbers import uncertain_numbers
from sim.studies.controls import controls
from tests.cli.command import SCENARIOS

KEEP, WEIGHT = "stages.stage-3.cut.keep", "stages.stage-3.points.experts.max_rescaled"
GPUS, NOISE = "stages.stage-3.grants.gpus.default.B200", "stages.stage-3.points.experts.spread"


@pytest.fixture(scope="module")
def k_ai():
    return Playground(SCENARIOS / "k-ai.yaml")


def by_path(scenario):
    return {each.path: each for each in controls(scenario)}


def test_a_control_has_the_range_that_the_file_gives():
    """Its own law before doubts, these before what is plausible, and ten times where nobody says anything."""
    scenario = load("minimal")
    found = by_path(scenario)
    assert (found["teams.red.effect"].low, found["teams.red.effect"].high) == (-2.5, 2.5)  # plausible
    price = found["hardware.B200.price"]
    assert (price.low, price.value, price.high, price.scale) == (950, 9500, 95000, "log")
    own = found["teams.green.own.B200"]  # {triangular: ..} or the like
    law = dict(uncertain_numbers(scenario))["teams.green.own.B200"]
    low, high = law.extremes()
    assert own.uncertain
    assert low < own.low < own.value < own.high < high
    doubted = from_data(scenario.resolved(), {"doubts": {"teams.red.effect": [-1, 0.5]}})
    assert (by_path(doubted)["teams.red.effect"].low, by_path(doubted)["teams.red.effect"].high) == (-1, 0.5)


def test_what_is_known_or_inferred_cannot_be_moved(k_ai):
    found = {each.path: each.fixed for each in k_ai.controls}
    assert found["stages.stage-1.points.experts.spread"] == "known"
    assert found["capability.team_spread"] == "past"
    assert found["stages.stage-3.result.planned"] == "date"
    assert found["stages.stage-3.points.experts.max"] == "no_range"  # `max_rescaled` moves it
    assert {found[path] for path in (KEEP, WEIGHT, GPUS, NOISE, "stages.stage-3.gate.risk")} == {None}


def test_nothing_is_named_by_its_path(k_ai):
    for each in k_ai.controls:
        for name in each.names.values():
            assert "." not in name.replace("B200.", ""), name


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"teams.lg.effect": 1}, "nothing that can be moved"),
        ({"no.such.path": 1}, "nothing that can be moved"),
        ({GPUS: 5000}, "expected 500 to 2000"),
        ({GPUS: "1000"}, "expected 500 to 2000"),
        ({GPUS: True}, "expected 500 to 2000"),
        ({GPUS: float("nan")}, "expected 500 to 2000"),
        ({KEEP: 7}, "expected one of"),
        ({KEEP: True}, "expected one of"),
        ({KEEP: {"choice": [1, 2]}}, "expected one of"),
        ({FACTS: 0}, "expected one of"),
        ({FACTS: "no"}, "expected one of"),
    ],
)
def test_what_no_control_can_have_is_refused(k_ai, settings, problem):
    with pytest.raises(SettingError, match=problem):
        k_ai.scenario_of(settings)


SETTINGS = [
    {},
    {KEEP: 1},
    {GPUS: 1234, KEEP: 3},
    {WEIGHT: 20.5, NOISE: 1.5},
    {"stages.stage-3.held": False},
    {"stages.stage-3.gate.risk": 0.123, "stages.stage-3.grants.delay": 13.7},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_the_downloaded_file_is_the_scenario_that_is_played(k_ai, settings, tmp_path):
    text = k_ai.file_of(settings)
    path = tmp_path / "moved.yaml"
    path.write_text(text, encoding="utf-8")
    downloaded = load(path)  # it extends a bundled file
    assert downloaded.digest() == load_beside(k_ai.file, text).digest()
    played, saved = k_ai.scenario_of(settings), downloaded.settled()
    assert json.dumps(played.settled().resolved()["stages"]) == json.dumps(saved.resolved()["stages"])
    assert not set(settings) & set(downloaded.doubts)
    assert not set(settings) & set(downloaded.choices)


def test_a_stage_that_is_like_another_moves_with_it(tmp_path):
    """As it does with --set: values are laid over the file, and not over what became of it."""
    (tmp_path / "two.yaml").write_text((SCENARIOS / "minimal.yaml").read_text("utf-8"), encoding="utf-8")
    path = tmp_path / "like.yaml"
    path.write_text("extends: two.yaml\nstages: {second: {points: {like: first}}}\n", encoding="utf-8")
    moved = {"stages.first.points.jury.spread": 3.5}
    found, by_set = Playground(path).scenario_of(moved), load(path, moved)
    assert (
        found.stages["second"].points["jury"].spread == by_set.stages["second"].points["jury"].spread == 3.5
    )


def test_a_doubt_about_what_is_moved_is_settled_in_the_file(tmp_path):
    """As --set settles it; other doubts stay."""
    (tmp_path / "minimal.yaml").write_text((SCENARIOS / "minimal.yaml").read_text("utf-8"), encoding="utf-8")
    path = tmp_path / "doubted.yaml"
    doubts = "doubts: {teams.red.effect: [-1, 1], teams.blue.effect: [-2, 2]}"
    path.write_text(f"extends: minimal.yaml\n{doubts}\n", encoding="utf-8")
    moved = tmp_path / "moved.yaml"
    moved.write_text(Playground(path).file_of({"teams.red.effect": 0.5}), encoding="utf-8")
    assert list(load(moved).doubts) == ["teams.blue.effect"]


def test_a_number_inside_a_block_stays_as_typed_whatever_the_block_counts(k_ai):
    inner = "stages.stage-3.points.experts.spread"
    for settings in ({inner: 1.5, WEIGHT: 20.5}, {WEIGHT: 20.5, inner: 1.5}):
        block = k_ai.scenario_of(settings).stages["stage-3"].points["experts"]
        assert (block.max, block.spread) == (20.5, 1.5)


def test_only_a_scenario_with_facts_has_the_control_and_it_is_the_first(k_ai):
    assert [each.path for each in k_ai.controls if each.kind == "facts"] == [k_ai.controls[0].path] == [FACTS]
    bare = Playground(SCENARIOS / "minimal.yaml")
    assert FACTS not in {each.path for each in bare.controls}
    with pytest.raises(SettingError, match="nothing that can be moved"):
        bare.scenario_of({FACTS: False})


def test_a_downloaded_file_is_the_same_with_and_without_facts_but_for_its_comment(k_ai):
    given, bare = k_ai.file_of({GPUS: 800}), k_ai.file_of({GPUS: 800, FACTS: False}, "ko")
    first, _, rest = bare.partition("\n")
    assert rest == given
    assert first.startswith("# ")
    assert first.endswith("sim run moved.yaml --without-facts")
    scenario = load_beside(k_ai.file, given)
    assert played_hash(k_ai.file, bare, {FACTS: False}) == without_facts(scenario).digest()
    assert played_hash(k_ai.file, given, {}) == scenario.digest()


@pytest.mark.parametrize(
    "teams", ["{a: Ann, b: Bob, c: {name: Cy, effect: 1}}", "{a: Ann, rest: {copies: 3}}"]
)
def test_all_that_has_a_control_can_be_moved_and_downloaded(tmp_path, teams):
    """Teams that have only a name, too; copies of a team have no path of their own, and are told why."""
    path = tmp_path / "contest.yaml"
    path.write_text(
        f"""
format: 1
name: A contest
as_of: 2026-01-01
teams: {teams}
stages:
  final: {{result: 2026-02-15, points: {{jury: {{max: 100, mean: 50, spread: 5}}}}, cut: {{keep: 1}}}}
""",
        encoding="utf-8",
    )
    played = Playground(path)
    movable = [each for each in played.controls if each.fixed is None]
    assert any(each.path == "teams.a.effect" for each in movable)
    assert not any(each.path.startswith("teams.rest") for each in movable)
    for each in movable:
        moved = played.scenario_of({each.path: each.high})
        assert load_beside(path, played.file_of({each.path: each.high})).digest() == moved.digest()
    told = {each.path: each.fixed for each in played.controls if each.fixed == "copy"}
    assert told == ({"teams.rest-1.effect": "copy"} if "copies" in teams else {})


def lent_to(team):
    return GPUS.replace("default", team)


def test_each_team_that_is_left_can_be_lent_another_number(k_ai):
    """What the file says for all is said for one as `--set` says it; others are lent what they were."""
    found = {each.path: each.follows for each in k_ai.controls if each.follows}
    assert found == {lent_to(team): GPUS for team in ("lg", "upstage", "skt")}
    changed = k_ai.scenario_of({GPUS: 800, lent_to("lg"): 2000})
    grants = load(SCENARIOS / "k-ai.yaml", {GPUS: 800, lent_to("lg"): 2000}).stages["stage-3"].grants
    assert changed.stages["stage-3"].grants == grants
    assert load_beside(k_ai.file, k_ai.file_of({lent_to("lg"): 2000})).stages["stage-3"].grants.gpus == {
        "default": {"B200": 1000},
        "lg": {"B200": 2000},
    }


@pytest.mark.parametrize(
    "gpus", ["{default: {B200: 500, H200: 20}}", "{default: {B200: 500}, red: {B200: 9}}"]
)
def test_not_where_that_would_take_something_from_it_or_the_file_says_it(tmp_path, gpus):
    (tmp_path / "minimal.yaml").write_bytes((SCENARIOS / "minimal.yaml").read_bytes())
    path = tmp_path / "changed.yaml"
    path.write_text(
        "extends: minimal.yaml\n"
        "hardware: {H200: {peak: 990 TFLOPS, mfu: 0.3, price: 5000 KRW}}\n"
        f"stages: {{first: {{grants: {{pool: ~, shares: ~, gpus: {gpus}}}}}}}\n",
        encoding="utf-8",
    )
    follows = {each.path for each in controls(load(path)) if each.follows}
    own = set() if "H200" in gpus else {f"stages.first.grants.gpus.{t}.B200" for t in ("blue", "green")}
    assert follows == own
