"""Which draws a scenario asks for: one for each thing that luck decides, by ids."""

from collections import Counter
from pathlib import Path

import pytest

from sim.engines import batch
from sim.model.draws import Draws, Purpose
from sim.scenario import ScenarioError, load
from tests.helpers import Script, played, quiet, stage

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def asked(scenario):
    source = Script({})
    batch.play_batch(scenario, source, 0, 1)
    return source.asked


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_no_two_numbers_of_a_bundled_scenario_share_a_draw(path):
    times = Counter(asked(load(path)))
    # What lasts of judges' taste is one number of all stages, which each of them asks for.
    assert [key for key, n in times.items() if n > 1 and key.purpose is not Purpose.TASTE] == []


def test_names_with_slashes_are_refused_or_keep_their_own_luck():
    # "a/b" with an item "c" beside "a" with an item "b/c": were both "a/b/c", their noises would be one.
    blocks = {
        "a": {"max": 100, "mean": 50, "per_eci": 1, "noise": 3, "items": {"b/c": 100}},
        "a/b": {"max": 100, "mean": 50, "per_eci": 1, "noise": 3, "items": {"c": 100}},
    }
    try:
        scenario = quiet({"t": {}}, [stage(1, blocks)])
    except ScenarioError:
        return
    one, other = played(batch.play_batch, scenario, 10).stages[0].points[:, :, 0].T
    assert not (one == other).any()


def test_names_that_read_alike_side_by_side_have_their_own_luck():
    exam = {"b": {"max": 100, "mean": 50, "per_eci": 1}, "bc": {"max": 100, "mean": 50, "per_eci": 1}}
    keys = asked(quiet({"a": {}, "ab": {}, "b": {}}, [stage(1, exam), stage(2, exam)]))
    assert len(keys) == len(set(keys))


def test_display_names_carry_no_luck():
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 1}}
    one = quiet({"a": {}, "b": {}}, [stage(1, exam)])
    other = quiet({"a": {"name": "Q"}, "b": {"name": {"en": "b", "ko": "비"}}}, [stage(1, exam, name="S")])
    assert (
        played(batch.play_batch, one, 9).stages[0].total.tolist()
        == played(batch.play_batch, other, 9).stages[0].total.tolist()
    )


def test_an_uncertain_default_gives_each_team_its_own_draw():
    law = {"uniform": [0.1, 0.2]}
    scenario = quiet(
        {"a": {}, "b": {}},
        [stage(1, {"exam": {"max": 100, "mean": 50, "per_eci": 1}}, gate={"risk": law})],
        faults={"per_node_day": law},
        hardware={"B200": {"peak": 1000, "mfu": law}},
    )
    paths = [key.item for key in asked(scenario) if key.purpose == Purpose.PARAMETER]
    assert len(paths) == len(set(paths)) == 3 * 2
    for team in ("a", "b"):
        assert sum(team in path.split(".") for path in paths) == 3


def test_an_uncertain_number_is_the_same_for_a_replication_in_every_stage():
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 1, "noise": 0}}
    level = {"level": {"normal": [100, 5]}}
    first, second = played(
        batch.play_batch, quiet({"a": {}}, [stage(1, exam), stage(2, exam)], capability=level), 50
    ).stages
    assert first.capability.tolist() == second.capability.tolist()
    assert len(set(first.capability[:, 0])) == 50


def test_the_same_luck_serves_every_scenario_with_the_same_ids():
    exam = {"exam": {"max": 100, "mean": 50, "per_eci": 1}}
    base = quiet({"a": {}, "b": {}}, [stage(1, exam), stage(2, exam)])
    more = quiet({"c": {}, "a": {}, "b": {}}, [stage(1, exam), stage(2, exam)])
    source = Draws(8)
    one, other = batch.play_batch(base, source, 0, 30), batch.play_batch(more, source, 0, 30)
    for a, b in zip(one.stages, other.stages, strict=True):
        assert a.total.tolist() == b.total[:, 1:].tolist()
