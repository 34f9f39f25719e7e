"""The benchmarks behind docs/performance.md: they can be run, and play what they say. None is timed here."""

import re
import shlex
import sys
from importlib import import_module
from pathlib import Path

import pytest

import sim
from benchmarks import overhead, scaling
from benchmarks.once import once
from benchmarks.scenarios import programme, smallest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
COMMANDS = re.findall(r"python -m (benchmarks[.\w]*)([^\n`]*)", PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("module", "arguments"), COMMANDS, ids=lambda text: text.strip() or "all")
def test_the_commands_of_the_page_are_there(module, arguments):
    """Each is a module with the arguments that its command line takes."""
    found = import_module(f"{module}.__main__" if module == "benchmarks" else module)
    assert callable(found.main)
    if arguments:
        options = found.parser().parse_args(shlex.split(arguments))
        assert set(getattr(options, "sections", ())) <= set(scaling.SECTIONS)


def test_the_page_shows_all_that_is_measured():
    named = " ".join(f"{module}{arguments}" for module, arguments in COMMANDS)
    assert "benchmarks.overhead" in named
    for section in scaling.SECTIONS:
        assert f"benchmarks.scaling {section}" in named


def test_a_section_that_is_not_there_is_told_in_one_line(capsys):
    assert scaling.main(["core"]) == 2
    assert capsys.readouterr().err == "no section 'core', expected cores, runs, teams, stages\n"


@pytest.mark.parametrize("power", [0.5, 1.0, 2.25])
def test_the_exponent_of_a_power_law_is_its_power(power):
    sizes = [2, 4, 8, 16, 32]
    assert scaling.exponent(sizes, [7.0 * n**power for n in sizes]) == pytest.approx(power, rel=1e-12)


@pytest.mark.parametrize("engine", ["batch", "event"])
@pytest.mark.parametrize(("teams", "stages"), [(2, 3), (32, 3), (8, 1), (8, 32)])
def test_the_programmes_have_the_teams_and_stages_they_are_named_for(teams, stages, engine):
    scenario = programme(teams, stages)
    assert (len(scenario.teams), len(scenario.stages)) == (teams, stages)
    counted = sim.run(scenario, 20, engine=engine, jobs=1).tally
    assert counted.present[0].tolist() == [20] * teams
    # Half of them may stay, and the gate takes some of the rest: every stage has work to do, none is empty.
    assert 0 < counted.kept[-1].sum() <= 20 * max(1, teams // 2)


def test_the_smallest_scenario_is_won_by_its_only_team():
    assert sim.run(smallest(), 20, engine="event", jobs=1).tally.kept.tolist() == [[20]]


def test_a_table_of_growth_has_a_row_for_each_size_and_two_exponents(monkeypatch):
    monkeypatch.setattr(
        scaling, "microseconds", lambda engine, scenarios, repeats: {n: n**2 for n in scenarios}
    )
    lines = list(scaling.growth("teams", dict.fromkeys((2, 4, 8, 16), smallest()), 1))
    assert lines[0].startswith("| teams |")
    assert lines[2:] == [
        *(f"| {n} | {n**2:.2f} | {n**2} |" for n in (2, 4, 8, 16)),
        *(f"| exponent from {n} | 2.00 | 2.00 |" for n in (2, 8)),
    ]


def test_a_run_in_a_fresh_process_tells_what_it_took():
    costs = once("minimal", 1000, "one", times=2)
    assert len(costs) == 2
    assert all(0 < cost.seconds < 60 for cost in costs)
    assert 20 < costs[0].megabytes <= costs[1].megabytes < 2000


@pytest.mark.parametrize("play", [overhead.loop, overhead.by_the_runner])
def test_every_replication_is_called_once_and_recorded(play, monkeypatch):
    called: list[float] = []

    def turned(x):
        called.append(x)
        return -x

    monkeypatch.setattr(overhead, "nothing", turned)
    found = play(20_000)
    assert [i for i, _, _ in found] == list(range(20_000))
    assert [x for _, x, _ in found] == called == [-y for _, _, y in found]
    assert len(set(called)) == 20_000


@pytest.mark.parametrize("missing", ["mesa", "ema_workbench"])
def test_a_missing_library_is_one_line(missing, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mesa", None)
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    if missing == "ema_workbench":
        monkeypatch.setattr(overhead, "with_mesa", lambda: overhead.loop)
    assert overhead.main([]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{missing} is not installed; run it with: ")
    assert told.count("\n") == 1
