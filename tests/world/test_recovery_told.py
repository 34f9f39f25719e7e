"""What is done about faults as the language has it, and as runs, comparisons, lives and pages tell it."""

import pytest
from rich.cells import cell_len

import sim
from sim.engines.event import trace_replication
from sim.engines.happenings import What
from sim.explorer.answers import Answers, Asked
from sim.explorer.settings import Playground
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.facts import forecast_errors
from sim.scenario.language.load import check_file
from sim.scenario.models.science import RECOVERY
from tests.cli.command import SCENARIOS, command
from tests.test_docs import fenced

GOES_ON = "teams.upstage.faults.on_fault"
FILE = SCENARIOS / "fault-tolerance.yaml"
PLAN = SCENARIOS / "k-ai-2025-plan.yaml"
PAGE = SCENARIOS.parent / "docs" / "world" / "faults.md"


@pytest.fixture(scope="module")
def run():
    return sim.run(load("minimal", {"faults.repair": 24, "faults.spares": 1}), runs=200)


def test_what_is_not_written_is_not_there():
    resolved = load(PLAN).resolved()
    for block in (resolved["faults"], *(team["faults"] for team in resolved["teams"].values())):
        assert not block.keys() & set(RECOVERY)
    assert not load(PLAN).tells_losses


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("faults.on_fault", "wait", "'stop' or 'go-on'"),
        ("faults.spares", -1, "at least 0"),
        ("faults.repair", "2 weeks", "s, min or h"),
        ("faults.repair", 1e7, "at most 1,000,000"),
        ("faults.detection", -1, "at least 0"),
        ("faults.bad_nodes", {"shape": 0}, "at least 0.001"),
        ("faults.bad_nodes", {"replaced": 0.1}, "this required key"),
        ("faults.storage", {"chance": 2, "days": 1, "speed": 0.1}, "at most 1"),
        ("teams.lg.faults.storage", {"chance": 0.2, "days": 3}, "this required key"),
        ("teams.lg.faults.regroup", {"uniform": [-1, 2]}, "at least 0"),
    ],
)
def test_nonsense_is_refused_in_one_line(path, value, expected):
    with pytest.raises(ScenarioError) as refused:
        load(PLAN, {path: value})
    (problem,) = refused.value.problems
    assert problem.path.startswith(path)
    assert expected in str(problem)


def test_recovery_without_hardware_is_refused():
    data = {
        "format": 1, "name": "A contest", "as_of": "2026-01-01", "teams": {"a": {}, "b": {}},
        "stages": {"s": {"result": "2026-02-01", "points": {"jury": {"max": 10, "mean": 5, "spread": 1}}}},
    }  # fmt: skip
    assert from_data(data)
    for path in ("faults", "teams.a.faults"):
        with pytest.raises(ScenarioError, match="without hardware"):
            from_data(data, {path: {"spares": 2}})


def warnings_of(folder, said):
    file = folder / "scenario.yaml"
    file.write_text(f"extends: k-ai-2025-plan\nname: A test\n{said}\n", encoding="utf-8")
    return list(check_file(file)[1])


@pytest.mark.parametrize(
    ("said", "path", "found"),
    [
        ("faults: {spares: 2}", "faults.spares", "no node is ever missing"),
        (
            "teams: {lg: {faults: {spares: 2, repair: 0}}}",
            "teams.lg.faults.spares",
            "no node is ever missing",
        ),
        (
            "teams: {skt: {faults: {spares: 200, repair: 24}}}",
            "teams.skt.faults.spares",
            "spares of 1,600 GPUs, where skt has 1,024 at most: nothing is trained",
        ),
    ],
)
def test_odd_spares_are_told(tmp_path, said, path, found):
    told = warnings_of(tmp_path, said)
    assert told
    assert {problem.path for problem in told} == {path}
    assert found in told[0].found


def test_spares_that_take_the_place_of_nodes_are_not_odd(tmp_path):
    assert warnings_of(tmp_path, "faults: {spares: 2, repair: 24}") == []


def test_luck_of_compute_is_refused_beside_facts_and_all_else_goes_with_them():
    fine = {"detection": 5, "on_fault": "go-on", "regroup": 1, "repair": 24, "spares": 2}
    assert list(forecast_errors(load("k-ai", {f"faults.{key}": value for key, value in fine.items()}))) == []
    lucky = {
        "faults.bad_nodes": {"shape": 1},
        "teams.lg.faults.storage": {"chance": 1, "days": 1, "speed": 0},
    }
    found = {".".join(each.path) for each in forecast_errors(load("k-ai", lucky))}
    assert found == set(lucky)


@pytest.mark.parametrize("said", ["repair: 24", "on_fault: stop", "storage: {chance: 1, days: 1, speed: 0}"])
@pytest.mark.parametrize("block", ["faults: {%s}", "teams: {blue: {faults: {%s}}}"])
def test_a_live_page_refuses_it_by_name(tmp_path, said, block):
    file = tmp_path / "scenario.yaml"
    text = f"extends: minimal\nname: A test\n{block % said}\n"
    file.write_text(text, encoding="utf-8")
    refused = command("explore", file, "--export", tmp_path / "page.html")
    assert refused.code == 2
    assert f"faults.{said.partition(':')[0]}" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_the_page_to_play_with_has_the_choices():
    answers = Answers(Playground(FILE), 1, "en")
    told = [answers.answer(Asked({GOES_ON: value}, {}, 300)) for value in ("stop", "go-on")]
    stops, goes = ({team["id"]: team["chance"]["p"] for team in each["teams"]} for each in told)
    assert goes["upstage"] < stops["upstage"]


def test_hours_lost_are_what_is_left_of_all_hours(run):
    rows = run.outcomes()
    assert (rows.hours_lost >= 0).all()
    assert (rows.hours_lost <= rows.gpu_hours + rows.own_gpu_hours).all()
    by_run = rows.groupby("replication").hours_lost.sum()
    assert run.summary.mean("hours_lost") == pytest.approx(by_run.mean(), abs=5)
    lent = rows.cost * rows.hours_lost / (rows.gpu_hours + rows.own_gpu_hours).where(rows.hours_lost > 0, 1)
    cost = lent.groupby(rows.replication).sum().mean()
    assert run.summary.mean("cost_lost") == pytest.approx(cost, rel=1e-6)
    stages = [run.summary.mean(f"hours_lost.{stage}") for stage in run.summary.scenario.stages]
    assert sum(stages) == pytest.approx(run.summary.mean("hours_lost"), abs=20)


def test_rows_of_other_scenarios_have_no_such_column():
    assert "hours_lost" not in sim.run(load(PLAN), runs=5).outcomes()


MINIMAL = (
    *(
        "run",
        SCENARIOS / "minimal.yaml",
        "--runs",
        "30",
        "--set",
        "faults.repair=24",
        "--set",
        "faults.spares=1",
    ),
    *("--set", "teams.blue.faults.on_fault={choice: [stop, go-on]}"),
)
"""A scenario of which little is to be played, with two options."""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ("lost to faults, stop whole", "lost to faults, go on with the rest", "of the lease")),
        (
            ("--lang", "ko", "--details"),
            ("장애로 잃은 시간, 전체 중단", "장애로 잃은 시간, 남은 노드로 계속", "임차비"),
        ),
    ],
)
def test_a_run_tells_hours_and_money_of_every_option(options, expected):
    printed = command(*MINIMAL, *options)
    assert printed.code == 0
    assert all(text in printed.out for text in expected)
    assert max(map(cell_len, printed.out.splitlines())) <= 80


def test_json_has_them_and_that_of_others_has_not():
    said = command(*MINIMAL, "--json").out
    assert '"hours_lost"' in said
    assert '"cost_lost"' in said
    assert "_lost" not in command(*MINIMAL[:4], "--json").out


def test_a_comparison_tells_what_is_saved():
    better = f"{FILE} --set teams.upstage.faults.on_fault=go-on"
    printed = command("compare", FILE, better, "--runs", "50")
    lines = [line for line in printed.out.splitlines() if "lost to faults" in line]
    assert len(lines) == 2
    assert all(" -" in line for line in lines)
    assert "lost to faults" not in command("compare", PLAN, "no-elimination", "--runs", "20").out


def test_a_life_tells_slow_storage_and_what_nodes_did():
    scenario = load(FILE, {"faults.mode": "each", "teams.upstage.faults.storage.chance": 1})
    told = [one for one in trace_replication(scenario, 1, 3) if one.team == "upstage"]
    slow, normal = (
        [one for one in told if one.what is what] for what in (What.SLOW_STORAGE, What.STORAGE_NORMAL)
    )
    assert len(slow) >= 1
    assert [one.values["speed"] for one in slow] == [0.1] * len(slow)
    assert (normal[0].day - slow[0].day) == pytest.approx(7)
    (submits,) = (one for one in told if one.what is What.SUBMITS and one.stage == "stage-1")
    assert {"faults", "replaced", "repaired", "hours_lost"} <= submits.values.keys()
    assert submits.values["faults"] >= submits.values["replaced"] > 0
    printed = command("trace", FILE, "--replication", "3", "--set", "faults.mode=each").out
    told_of = " ".join(printed.split())
    assert all(text in told_of for text in ("spare took over", "nodes repaired", "lost to faults"))


def test_what_is_lent_is_not_at_full_speed_while_storage_is_slow():
    storage = "teams.upstage.faults.storage={chance: 1, days: 100, speed: 0.1}"
    slow = [f"suppliers.{lease}.slow.autumn-2025.starts=2025-10-20" for lease in ("skt-lease", "naver-lease")]
    given = [part for value in (storage, *slow) for part in ("--set", value)]
    printed = command("trace", "k-ai", "--from-start", "--team", "upstage", *given).out
    lines = [
        line for line in printed.splitlines() if "Upstage" in line and ("speed" in line or "slow" in line)
    ]
    text = " ".join(printed.split())
    assert "full speed again" not in text
    assert text.index("all GPUs at 10 %") < text.index("what is lent is no longer slow")
    assert len(lines) >= 3


def test_the_life_of_a_plain_scenario_tells_nothing_of_it():
    for one in trace_replication(load(PLAN, {"faults.mode": "each"}), 1, 3):
        assert one.values.keys().isdisjoint({"replaced", "repaired", "hours_lost"})


def test_the_example_of_the_page_runs(capsys):
    (block,) = fenced(PAGE, "python")
    exec(compile(block, PAGE.name, "exec"), {})
    hours, money = map(int, capsys.readouterr().out.split())
    assert hours > 0 < money
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("key", ["repair", "bad_nodes.shape", "storage.speed", "on_fault"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_key_is_explained(key, lang):
    printed = command("scenario", "explain", f"teams.*.faults.{key}", "--lang", lang)
    assert printed.code == 0
    assert f"faults.{key}" in printed.out
