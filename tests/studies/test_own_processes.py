"""SimPy processes of a user's own join the event engine."""

from pathlib import Path

import pytest

import sim
from sim.scenario import from_data
from sim.studies.saved import plot_folder
from tests.helpers import quiet, stage
from tests.stats.small import JURY

MINIMAL = sim.load(Path(__file__).resolve().parents[2] / "scenarios" / "minimal.yaml")
RUNS = 40


def still(world):
    """A process that looks at the clock every month and does nothing."""
    while True:
        yield world.env.timeout(30)


def test_a_process_makes_auto_take_the_event_engine():
    assert sim.run(MINIMAL, RUNS).case.engine == "batch"
    assert sim.run(MINIMAL, RUNS, processes=[still]).case.engine == "event"


def test_the_batch_engine_refuses_processes_in_one_line():
    with pytest.raises(ValueError, match="batch engine cannot play") as raised:
        sim.run(MINIMAL, RUNS, processes=[still], engine="batch")
    assert "\n" not in str(raised.value)


def test_a_process_that_does_nothing_changes_nothing():
    plain, watched = sim.run(MINIMAL, RUNS, engine="event"), sim.run(MINIMAL, RUNS, processes=[still])
    assert watched.outcomes().equals(plain.outcomes())


def test_a_process_runs_once_in_every_world_with_its_own_clock():
    began = []

    def watch(world):
        began.append((world.index, world.env.now))
        yield world.env.timeout(1)

    sim.run(MINIMAL, RUNS, processes=[watch], jobs=1)
    assert [index for index, _ in began] == list(range(RUNS))
    assert {now for _, now in began} == {began[0][1]}


def test_a_process_may_change_what_happens():
    def luck_of_red(world):
        """Whatever red trained, it is lost with probability one half on the day before the evaluation."""
        stage = world.inputs.stages[0]
        (u, *_) = (next(world.uniforms("fire")),)
        yield world.env.timeout(stage.days.decided - 0.5 - world.env.now)
        if u < 0.5:
            world.reported[0] = 0.0

    rows = sim.run(MINIMAL, 400, processes=[luck_of_red], jobs=1).outcomes()
    red = rows[(rows.stage == "first") & (rows.team == "red")]
    lost = red.compute == 0
    assert 150 < lost.sum() < 250  # 200 expected, standard deviation 10
    assert (red.fate[lost] == "out-by-points").all()
    assert red.capability[lost].isna().all()


def test_luck_of_a_process_depends_on_the_replication_alone():
    heard: dict[int, list[list[float]]] = {}

    def listen(world):
        numbers = world.uniforms("mine")
        heard.setdefault(world.index, []).append([next(numbers) for _ in range(5)])
        yield world.env.timeout(1)

    sim.run(MINIMAL, 10, processes=[listen], jobs=1)
    sim.run(MINIMAL, replications=(5, 10), processes=[listen], jobs=1, block=1)
    for index in range(5, 10):
        one, other = heard[index]
        assert one == other
    assert len({tuple(each) for (each, *_) in heard.values()}) == 10


def test_a_manifest_names_the_processes(tmp_path):
    import json

    sim.run(MINIMAL, 5, processes=[still], out=tmp_path)
    found = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert (found["request"]["engine"], found["request"]["own_processes"]) == ("event", ["still"])


@pytest.fixture
def undecided():
    """A scenario with two options, and doubts about each."""
    one = quiet({"a": {}, "b": {}, "c": {}}, [stage(1, JURY, cut={"keep": 1})])
    keep, doubted = {"choice": [1, 2]}, {"judging.follows_strength": [0.1, 0.9]}
    return from_data({**one.resolved(), "doubts": doubted}, {"stages.s1.cut.keep": keep})


@pytest.fixture
def counting():
    """A process that writes down every world that it is played in."""
    worlds = []

    def count(world):
        worlds.append(world.index)
        yield world.env.timeout(1)

    return worlds, count


def test_options_doubts_and_guesses_are_played_only_when_asked_for(undecided, counting, tmp_path):
    worlds, count = counting
    result = sim.run(undecided, RUNS, processes=[count], jobs=1)
    assert len(worlds) == RUNS
    assert set(result.tables()) == {"chances.csv", "responses.csv"}
    assert result.plot().axes
    assert result._repr_html_()
    with pytest.warns(
        sim.ResultsWarning, match=r"only the default option is played; .*options\(\) plays all"
    ):
        found = result.findings()
    with pytest.warns(sim.ResultsWarning, match="only the default option"):
        files = {path.name for path in result.save(tmp_path)}
    assert len(worlds) == RUNS
    assert [one.name for one in found.chances.options] == ["keep 1"]
    assert (found.moves, found.guesses.effects) == (None, None)
    assert "options.csv" not in files
    assert not [name for name in files if name.startswith("briefing")]
    assert result.options().option.unique().tolist() == ["keep 1", "keep 2"]
    assert len(worlds) > 8 * RUNS  # the other option, and two doubts about each, beside what they change
    assert not result.moved("a").empty


def test_what_moves_a_team_is_told_where_the_team_is_named(undecided, counting):
    worlds, count = counting
    result = sim.run(undecided, RUNS, processes=[count], jobs=1, team="b")
    with pytest.warns(sim.ResultsWarning):
        moves = result.findings().moves
    assert moves is not None
    assert (moves.team, {change.kind for change in moves.changes}) == ("b", {"gpus", "all_gpus"})
    assert len(worlds) == 6 * RUNS  # the run, and again beside twice and half the GPUs of one and of all


def test_of_a_folder_with_processes_of_ones_own_figures_are_drawn_without_options(undecided, tmp_path):
    with pytest.warns(sim.ResultsWarning):
        sim.run(undecided, RUNS, processes=[still], jobs=1).save(tmp_path)
    drawn = {path.name for path in plot_folder(tmp_path)}
    assert {"leaving-en.png", "leaving-ko.svg"} <= drawn
    assert not [name for name in drawn if name.startswith("briefing")]
