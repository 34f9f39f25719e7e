"""What holds of every inference: the same bytes however it is played, and a past that replays to facts."""

import os
import shutil
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from sim.execute import inference
from sim.execute.case import Case
from sim.execute.inference import infer
from sim.execute.runner import Runner
from sim.folder.islands import IslandFolder, read_past
from sim.forecast import past
from sim.forecast.island import Effort, play_island
from sim.forecast.past import past_of
from sim.forecast.posterior import Posterior
from sim.forecast.prior import Prior
from sim.forecast.rows import evidence
from sim.model.draws import Draws, Purpose
from sim.rules.decisions import Fate
from sim.scenario import from_data
from tests.cli.command import process
from tests.forecast.inferring import Inferred
from tests.helpers import both_engines, quiet_data, stage

SEED = 7
EFFORT = Effort(islands=4, particles=40, lines=60, singles=40, numbers=20)
"""Bytes are the same however much or little is done."""

MIXED = Effort(islands=6, particles=100, lines=200, singles=100, numbers=60)
"""For chances."""

POINTS = {
    "benchmark": {
        "max": 40, "mean": 26, "per_eci": {"triangular": [0.3, 0.5, 0.8], "shared": "p"}, "noise": 1.0,
        "items": {"easy": {"max": 15, "mean": 12}, "hard": {"max": 25, "mean": 14}},
    },
    "experts": {"max": 35, "mean": 28, "spread": 1.6, "raters": {"n": 5, "sd": 2.8, "trim": 1}},
    "users": {"max": 25, "mean": 17, "spread": 2.7, "noise": 1.1, "rescale": "leader"},
}  # fmt: skip
LATER = {**POINTS, "users": {**POINTS["users"], "rescale": "maximum"}}
FACTS: list[dict[str, Any]] = [
    {
        "easy": {"of": "benchmark/easy", "points": {"a": 15.0, "b": 14.2}, "first": "a"},
        "bench": {"of": "benchmark", "mean": 26.1, "first": "a"},
        "experts": {"of": "experts", "points": {"b": 30.4}, "first": "b", "mean": 28.35},
        "users": {"of": "users", "first": "b", "mean": 21.2},
        "order": {"of": "total", "order": [["a", "b"], "c"]},
    },
    {
        "experts": {"of": "experts", "gap": 3.1, "mean": 28.5},
        "hard": {"of": "benchmark/hard", "points": {"a": 15.3, "c": 13.1}, "within": [-0.1, 0.4]},
        "users": {"of": "users", "at_least": {"a": 15}, "at_most": 24},
        "total": {"of": "total", "points": {"a": 72.1}, "last": "d"},
    },
]
"""Of every form, about items, blocks and totals, of a rescaled block, at a maximum, and of open gaps."""

HAPPENED = [{"e": "out-at-gate"}, {"d": "out-by-points"}]


def data(facts=FACTS, teams="abcde", **more):
    """Two stages that are decided, a team that failed the gate and one that left by points, and one ahead."""
    stages = [
        stage(
            1,
            POINTS,
            cut={"keep": 5},
            gate={"mode": "apart", "risk": 0.1},
            happened=HAPPENED[0],
            facts=facts[0],
        ),
        stage(
            2,
            LATER,
            cut={"keep": 3},
            gate={"mode": "apart", "risk": 0.1},
            happened=HAPPENED[1],
            facts=facts[1],
        ),
        stage(3, LATER, cut={"keep": 2}),
    ]
    uncertain = {
        "capability": {"team_spread": {"triangular": [1.5, 2.5, 4.5]}, "stage_spread": 4.0},
        "judging": {"follows_strength": {"uniform": [-0.4, 0.9]}, "lasting": {"uniform": [0, 1]}},
    }
    return quiet_data({team: {} for team in teams}, stages, **uncertain, **more)


def case_of(scenario, effort=EFFORT):
    return Case(scenario, SEED, "batch", effort=effort)


def as_bytes(islands):
    """Every bit of islands."""
    return [tuple(np.asarray(value).tobytes() for value in island) for island in islands]


@pytest.fixture(scope="module")
def programme():
    return from_data(data())


@pytest.fixture(scope="module")
def islands(programme):
    """All islands, played here one after another."""
    posterior = Posterior(Prior(programme), evidence(programme))
    return [play_island(posterior, SEED, number, EFFORT) for number in range(EFFORT.islands)]


@pytest.fixture(scope="module")
def inferred(programme, tmp_path_factory):
    """What is found with an empty cache, and the cache that it leaves."""
    folder = tmp_path_factory.mktemp("inferred") / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALSCHED_CACHE", str(folder))
        patch.setattr(inference, "_known", {})
        return infer(case_of(programme), Runner(jobs=1)), folder


@pytest.fixture
def found(inferred):
    """What is found with an empty cache."""
    return inferred[0]


@pytest.fixture
def filled(inferred, cache):
    """The cache of this test with what an inference has left there."""
    return shutil.copytree(inferred[1], cache)


def test_several_ways_are_open(programme):
    assert len(evidence(programme).low) > 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_islands_are_the_same_by_any_number_of_workers(programme, islands, jobs):
    found = infer(case_of(programme), Runner(jobs=jobs))
    assert as_bytes(found.islands) == as_bytes(islands)


def test_islands_that_are_read_are_those_that_were_played(programme, islands, filled, monkeypatch):
    monkeypatch.setattr(inference, "play_island", None)
    assert as_bytes(infer(case_of(programme), Runner(jobs=1)).islands) == as_bytes(islands)


def test_facts_in_another_order_give_the_same_bytes(programme, islands):
    backwards = [dict(reversed(facts.items())) for facts in FACTS]
    scenario = from_data(data(facts=backwards))
    assert list(scenario.stages["s1"].facts or ()) == list(backwards[0])
    found = infer(case_of(scenario), Runner(jobs=1))
    assert as_bytes(found.islands) == as_bytes(islands)


def test_what_is_kept_is_found_whatever_the_order_of_facts(filled, monkeypatch):
    monkeypatch.setattr(inference, "play_island", None)
    infer(case_of(from_data(data(facts=[dict(reversed(facts.items())) for facts in FACTS]))), Runner(jobs=1))


# --- an inference that is broken off


def die_at_the_third():
    """Infer, and be killed while the third island is played."""

    def play(posterior, seed, number, effort):
        if number == 2:
            os._exit(9)
        return play_island(posterior, seed, number, effort)

    with patch.object(inference, "play_island", play):
        infer(case_of(from_data(data())), Runner(jobs=1))


def noted(monkeypatch):
    """The numbers of islands that are played from now on, in order."""
    played = []

    def play(posterior, seed, number, effort):
        played.append(number)
        return play_island(posterior, seed, number, effort)

    monkeypatch.setattr(inference, "play_island", play)
    return played


def test_a_killed_inference_goes_on_where_it_was_to_the_same_bytes(programme, islands, cache, monkeypatch):
    code = "from tests.forecast.test_contracts import die_at_the_third; die_at_the_third()"
    assert process(code=code, EVALSCHED_CACHE=str(cache)).code == 9
    played = noted(monkeypatch)
    found = infer(case_of(programme), Runner(jobs=1))
    assert played == [2, 3]
    assert as_bytes(found.islands) == as_bytes(islands)
    (kept,) = cache.iterdir()  # all islands in one file, and nothing else
    read = read_past(kept)
    assert read is not None
    assert as_bytes(read.islands) == as_bytes(islands)
    assert read.numbers == Prior(programme).numbers
    assert read.answers.tolist() == evidence(programme).answers.tolist()


def test_a_damaged_island_is_played_again(programme, islands, filled, monkeypatch):
    (kept,) = filled.iterdir()
    folder = IslandFolder(kept)
    for number, island in enumerate(islands[:2]):
        folder.write(number, island)
    (folder.path / "1.npz").write_bytes(b"PK no archive")
    kept.unlink()
    played = noted(monkeypatch)
    assert as_bytes(infer(case_of(programme), Runner(jobs=1)).islands) == as_bytes(islands)
    assert played == [1, 2, 3]


def test_nothing_that_can_be_written_changes_a_result(programme, islands, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EVALSCHED_CACHE", str(tmp_path / "file" / "cache"))
    assert as_bytes(infer(case_of(programme), Runner(jobs=1)).islands) == as_bytes(islands)


# --- the past is replayed


def test_a_past_is_the_same_however_many_islands_are_worked_out_at_once(found, monkeypatch):
    together = past_of(found.prior, SEED, found.islands).uniforms
    monkeypatch.setattr(past, "_TOGETHER", 1)
    alone = past_of(found.prior, SEED, found.islands).uniforms
    assert together.keys() == alone.keys()
    assert all(together[key].tolist() == alone[key].tolist() for key in alone)


@both_engines
def test_the_past_replays_to_every_fact(programme, found, play):
    """In both engines, for every particle that is played, by the points that the engine prints."""
    size = 40
    played = replace(case_of(programme), past=found.past).played
    outcomes = play(played, found.past.source(Draws(SEED)), 0, size)
    combination = np.stack([island.combination for island in found.islands], axis=1).ravel()[:size]
    rows, known = found.posterior.constraints.matrix, evidence(programme)
    assert np.isfinite(known.low[combination]).any()
    item_points = printed_items(found, size)
    values = item_points @ rows.T
    short = np.maximum(known.low[combination] - values, values - known.high[combination])
    assert short.max() <= 1e-6
    # The engines give blocks and totals: these are the sums of the very same points.
    for s, stage_id in enumerate(("s1", "s2")):
        for b, block in enumerate(POINTS):
            for team in programme.evaluated(stage_id):
                at = [(p.stage, p.team, p.block) == (stage_id, team, block) for p in known.places]
                given = outcomes.stages[s].points[:, b, list(programme.teams).index(team)]
                np.testing.assert_allclose(given, item_points[:, at].sum(1), rtol=0, atol=1e-6)


def printed_items(found, size):
    """What particles say is printed, (particles, places), in the order in which they are played."""
    constraints = found.posterior.constraints
    points = np.stack([island.points for island in found.islands], axis=1)
    points = points.reshape(-1, points.shape[-1])[:size]
    combination = np.stack([island.combination for island in found.islands], axis=1).ravel()[:size]
    clipped = constraints.clipped(points)
    return clipped * constraints.scale(clipped, combination)


class GatesAsKnown(Draws):
    """Draws by which just those fail a gate who did."""

    def columns(self, keys, start, stop):
        uniforms = super().columns(keys, start, stop)
        for row, key in zip(uniforms, keys, strict=True):
            if key.purpose is Purpose.GATE:
                happened = HAPPENED[int(key.stage.removeprefix("s")) - 1] if key.stage != "s3" else {}
                row[:] = 1e-9 if happened.get(key.team) == "out-at-gate" else 1 - 1e-9
        return uniforms


@both_engines
def test_what_happened_happens_again_by_the_rules_alone(programme, found, play):
    """With the result forgotten, totals as replayed and gates as known lead to it once more."""
    played = replace(case_of(programme), past=found.past).played
    forgotten = {
        name: each.model_copy(update={"happened": None}) for name, each in list(played.stages.items())[:2]
    }
    played = played.model_copy(update={"stages": {**played.stages, **forgotten}})
    outcomes = play(played, found.past.source(GatesAsKnown(SEED)), 0, 40)
    teams = list(programme.teams)
    for at, happened in enumerate(HAPPENED):
        fate = outcomes.stages[at].fate
        left = {
            teams[t]
            for t in np.flatnonzero(((fate == Fate.OUT_BY_POINTS) | (fate == Fate.OUT_AT_GATE)).any(0))
        }
        assert left == set(happened)
        for team, how in happened.items():
            expected = Fate.OUT_BY_POINTS if how == "out-by-points" else Fate.OUT_AT_GATE
            assert (fate[:, teams.index(team)] == expected).all()


# --- what facts mean


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """The programme inferred with more effort, beside which others are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVALSCHED_CACHE", str(tmp_path_factory.mktemp("mixed")))
        patch.setattr(inference, "_known", {})
        return Inferred(from_data(data()), effort=MIXED)


def test_relabelled_teams_have_the_same_chances(mixed):
    """Ids key what is drawn, so that all else is drawn anew: chances are the same but for the dice."""
    names = dict(zip("abcde", ("e", "c", "a", "b", "d"), strict=True))
    other = from_data(relabelled(data(), names))
    one, two = mixed, Inferred(other, effort=MIXED)
    assert_same_chances(one, two, names)
    assert_same_evidence(one, two)


def test_a_fact_that_others_imply_changes_nothing(mixed):
    """Numbers that follow from others, and bounds that these keep: neither chances nor evidence move."""
    implied = {
        "hard-too": {"of": "benchmark/hard", "points": {"a": 15.4, "c": 13.2}, "within": [-0.4, 0.9]},
        "order-too": {"of": "total", "order": ["a", "d"]},
        "reach": {"of": "total", "at_least": {"a": 70}},
        "spread-too": {"of": "experts", "gap": 3.1, "within": [-0.3, 0.3]},
    }
    more = from_data(data(facts=[FACTS[0], {**FACTS[1], **implied}]))
    one, two = mixed, Inferred(more, effort=MIXED)
    assert len(two.posterior.constraints.matrix) > len(one.posterior.constraints.matrix)
    assert two.posterior.constraints.combinations == one.posterior.constraints.combinations
    assert_same_chances(one, two, dict(zip("abcde", "abcde", strict=True)))
    assert_same_evidence(one, two)


def assert_same_chances(one, two, names):
    """Each team leaves the stage ahead as often as the other one of that name, to 4 standard errors."""
    for team, name in names.items():
        shares = [
            found.by_island(found.leaves("s3")[:, list(found.scenario.teams).index(team_of)])
            for found, team_of in ((one, team), (two, name))
        ]
        error = np.sqrt(sum(share.var(ddof=1) / len(share) for share in shares))
        assert abs(shares[0].mean() - shares[1].mean()) <= 4 * error + 1e-12


def relabelled(value, names):
    """Data in which teams have other ids, wherever they stand."""
    if isinstance(value, dict):
        return {names.get(key, key): relabelled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [relabelled(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def assert_same_evidence(one, two):
    """Log evidence is the same, to 4 standard errors of both."""
    means, errors = [], []
    for found in (one, two):
        logs = np.array([island.log_evidence for island in found.islands])
        means.append(logs.mean())
        errors.append(logs.std(ddof=1) / np.sqrt(len(logs)))
    assert abs(means[0] - means[1]) <= 4 * np.hypot(*errors)
