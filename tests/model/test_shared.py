"""Numbers that share a name share their luck, whatever their laws; all others have their own."""

from typing import Any

import numpy as np
import pytest

import sim
from sim.engines import batch
from sim.model.draws import Draws, Key, PinnedSource, Purpose
from sim.model.quantiles import at
from sim.stats.intervals import HIGH, LOW
from tests.helpers import Script, both_engines, played, quiet, stage

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1}}
LUCK = Key(Purpose.PARAMETER, item="shared:luck")
EFFECTS: dict[str, dict[str, Any]] = {
    "a": {"effect": {"normal": [0, 2], "shared": "luck"}},
    "b": {"effect": {"beta": [2, 5, -1, 3], "shared": "luck"}},
    "c": {"effect": {"normal": [0, 2], "shared": "other"}},
    "d": {"effect": {"normal": [0, 2]}},
}


def strength(play, teams, size=400, **more):
    """(replications, teams)."""
    return played(play, quiet(teams, [stage(1, EXAM)], **more), size).stages[0].capability


def assert_independent(one, other):
    z = np.corrcoef(one, other)[0, 1] * np.sqrt(len(one))
    assert abs(z) <= 4, f"z-score {z}"


@both_engines
def test_numbers_of_one_name_rise_and_fall_together_and_others_do_not(play):
    a, b, c, d = strength(play, EFFECTS).T
    assert np.argsort(a).tolist() == np.argsort(b).tolist()
    assert len(set(a)) == len(a)
    assert_independent(a, c)
    assert_independent(a, d)
    assert_independent(c, d)


def test_their_uniform_is_keyed_by_the_name_alone():
    source = Script({LUCK: 0.9})
    scenario = quiet(EFFECTS, [stage(1, EXAM)])
    found = batch.play_batch(scenario, source, 0, 1).stages[0].capability[0] - 100
    expected = [at(scenario.teams[t].effect, 0.9) for t in "ab"] + [0.0, 0.0]
    assert found == pytest.approx(expected, abs=1e-9)
    keys = {key for key in source.asked if key.purpose is Purpose.PARAMETER}
    assert keys == {LUCK, LUCK._replace(item="shared:other"), LUCK._replace(item="teams.d.effect")}


@both_engines
def test_one_more_team_shifts_nobodys_luck(play):
    more = {"new": {"effect": {"uniform": [0, 1], "shared": "luck"}}, **EFFECTS}
    assert strength(play, more, 50)[:, 1:].tolist() == strength(play, EFFECTS, 50).tolist()


@both_engines
@pytest.mark.parametrize(("shared", "equal"), [({"shared": "luck"}, True), ({}, False)])
def test_a_default_that_shares_gives_all_teams_the_same_draw(play, shared, equal):
    peak = {"hardware": {"B200": {"peak": 1000, "mfu": {"uniform": [0.2, 0.6], **shared}}}}
    a, b = strength(play, {"a": {}, "b": {}}, 50, **peak).T
    assert (a == b).all() == equal
    assert len(set(a)) == 50


@both_engines
def test_a_number_that_is_held_holds_all_of_its_name(play):
    scenario = quiet(EFFECTS, [stage(1, EXAM)])
    found = play(scenario, PinnedSource(Draws(1), {"shared:luck": 0.95}), 0, 30).stages[0].capability.T
    free = play(scenario, Draws(1), 0, 30).stages[0].capability.T
    for team, row in zip("ab", found, strict=False):
        assert row == pytest.approx(np.full(30, 100 + at(scenario.teams[team].effect, 0.95)), rel=1e-12)
    assert found[2:].tolist() == free[2:].tolist()


def test_numbers_of_one_name_are_one_input_that_is_moved_as_a_whole():
    teams: dict[str, dict[str, Any]] = {
        t: {"effect": {"uniform": [0, 10 + n], "shared": "luck"}} for n, t in enumerate("ab")
    }
    teams["c"] = {"effect": 5}
    noiseless = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0}}
    result = sim.run(quiet(teams, [stage(1, noiseless, cut={"keep": 2})]), 10)
    (found,) = [each for each in result.effects if each.path == "shared:luck"]
    assert (found.low, found.high) == pytest.approx((10 * LOW, 10 * HIGH))
    # Held low, both are below the third, who is kept with the better of them; held high, both are above it.
    assert [estimate.p for estimate in found.selected] in ([0.0, 1.0], [1.0, 0.0])
    assert [each.path for each in result.effects].count("shared:luck") == 1
    assert not any(each.path.startswith("teams.") for each in result.effects)
