"""Effort by rivals and places, compute kept for later, tests trained on: by hand and against closed forms."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from sim.engines import batch, event
from sim.engines.event import trace_replication
from sim.engines.happenings import What
from sim.forecast.island import FULL
from sim.forecast.past import past_identity
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.draws import CachedSource, Draws
from sim.model.effort import effort_for_places
from sim.rules.decisions import KEPT, Fate
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.facts import forecast_errors
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.language.load import with_values
from tests.cli.command import SCENARIOS, command
from tests.engines.identical import arrays, assert_identical
from tests.engines.test_replay import assert_as_whole, changes_between, played
from tests.helpers import REFERENCE, Script, both_engines, quiet, stage
from tests.world.pages import example_of

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0}}
EFFECTS = {"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.0}
KAPPA = 5.0


def programme(*cuts, teams="abcd", more=(), points=EXAM, **blocks):
    """A quiet scenario of teams of which a is the strongest, with a cut for each stage."""
    field = {t: {"effect": EFFECTS[t]} for t in teams}
    stages = [stage(n, points, cut=cut) for n, cut in enumerate(cuts, start=1)]
    return quiet(field, [*stages, *more], **blocks)


def shares(outcomes):
    """Compute that counts over that of the window, by stage and team; None of who is not there."""
    return [
        [None if math.isnan(c) else e / c for e, c in zip(s.effective[0], s.compute[0], strict=True)]
        for s in outcomes.stages
    ]


@both_engines
def test_effort_falls_with_the_number_of_rivals_as_the_closed_form_says(play):
    """Four teams, then two: 4^-eta and 2^-eta against one team, at eta 0.1."""
    scenario = programme({"keep": 2}, {"keep": 1}, effort={"rivals": 0.1, "field": 1})
    first, second = play(scenario, Script({}), 0, 1).stages
    assert first.effective[0] / REFERENCE == pytest.approx([0.8705505633] * 4, rel=1e-9)
    assert second.effective[0, :2] / REFERENCE == pytest.approx([0.9330329915] * 2, rel=1e-9)
    lost = KAPPA * -0.1 * math.log10(4)
    assert first.capability[0] == pytest.approx([100 + lost + e for e in EFFECTS.values()], rel=1e-12)
    assert first.compute.tolist() == [[REFERENCE] * 4]  # what the GPUs did is what they did


@both_engines
def test_effort_is_whole_in_the_field_of_the_start_unless_a_field_is_named(play):
    scenario = programme({"keep": 2}, {"keep": 1}, effort={"rivals": 0.1})
    (whole, *_), (more, *_) = shares(play(scenario, Script({}), 0, 1))
    assert whole == 1
    assert more == pytest.approx(2**0.1, rel=1e-12)


def test_a_candidate_of_an_entry_counts_once_it_is_there():
    entry = {"day": "2026-04-10", "candidates": ["d"]}
    stages = [stage(1, EXAM, cut={"keep": 2}, entry=entry), stage(2, EXAM)]
    scenario = quiet({t: {} for t in "abcd"}, stages, effort={"rivals": 1})
    outcomes = batch.play_batch(scenario, Draws(1), 0, 4)
    assert outcomes.stages[0].effective[:, :3] / REFERENCE == pytest.approx(np.ones((4, 3)))  # of three
    there = ~np.isnan(outcomes.stages[1].effective)
    assert there.sum(axis=1).tolist() == [3] * 4
    assert np.all(outcomes.stages[1].effective[there] == REFERENCE)


def test_what_is_at_stake_is_what_effort_adds_to_a_chance_where_luck_is_logistic():
    """A team among n, of which k stay: the mean density of its luck at the k-th best of the others.

    The k-th largest of n - 1 uniforms follows a beta law, and of a logistic law the density is u (1 - u).
    """
    for n in (2, 3, 5, 9):
        for k in range(1, n):
            law = stats.beta(n - k, k)
            gain = integrate.quad(lambda u, law=law: u * (1 - u) * law.pdf(u), 0, 1)[0]
            stake = float(effort_for_places(k, n, 1.0)) / 4
            assert gain == pytest.approx(stake * n / (n + 1), rel=1e-8)


@both_engines
@pytest.mark.parametrize(
    ("cut", "share"),
    [
        ({"keep": 4}, 0.6),
        ({}, 0.6),
        ({"keep": 0}, 0.6),
        ({"drop": 4}, 0.6),
        ({"keep": 2}, 1.0),
        ({"drop": 2}, 1.0),
        ({"keep": 3}, 0.9),  # p = 3/4: 1 - 0.4 (2 x 3/4 - 1)^2
        ({"drop": 1, "minimum": 1}, 0.9),
        ({"keep": 1}, 0.9),
    ],
)
def test_effort_is_least_where_all_stay_or_none_and_most_where_half_do(play, cut, share):
    scenario = programme(cut, effort={"stakes": 0.4})
    assert shares(play(scenario, Script({}), 0, 1)) == [pytest.approx([share] * 4, rel=1e-12)]


@both_engines
def test_both_answers_multiply(play):
    scenario = programme({"keep": 3}, effort={"rivals": 0.5, "field": 1, "stakes": 0.4})
    assert shares(play(scenario, Script({}), 0, 1)) == [pytest.approx([0.5 * 0.9] * 4, rel=1e-12)]


PLAN = load("k-ai-2025-plan")
NOTHING = {"rivals": 0, "stakes": 0, "saved": 0, "tests": 0}


@pytest.mark.parametrize("play", [batch.play_batch, event.play_events])
def test_effort_of_nothing_leaves_every_byte_as_it_was(play):
    public = {f"stages.stage-{n}.points.benchmark.public": True for n in (1, 2, 3)}
    still = with_values(PLAN.resolved(), {f"effort.{key}": zero for key, zero in NOTHING.items()} | public)
    assert_identical(arrays(play(PLAN, Draws(7), 5, 25)), arrays(play(still, Draws(7), 5, 25)))


def test_effort_that_is_the_same_for_all_moves_strength_and_nobody_s_fate():
    """It takes the same number of ECI from all, and no points are clipped here."""
    equal = load("equal-teams")
    lax = with_values(equal.resolved(), {"effort.rivals": 0.2, "effort.field": 1, "effort.stakes": 0.3})
    before, after = (batch.play_batch(each, Draws(3), 0, 2_000) for each in (equal, lax))
    for one, other in zip(before.stages, after.stages, strict=True):
        assert np.array_equal(one.fate, other.fate)
        apart = one.capability - other.capability
        assert np.nanmax(apart) - np.nanmin(apart) < 1e-9 < np.nanmin(apart)


def test_equal_teams_leave_alike_whatever_their_effort():
    """One in five at the first stage, and two in five are left, of a closed form; z-scores of all teams."""
    said = {"rivals": [0, 0.5], "stakes": [0, 0.5], "saved": [0, 0.9], "tests": [0, 0.3]}
    changes: dict[str, Any] = {f"effort.{key}": {"uniform": ends} for key, ends in said.items()}
    changes |= {f"stages.stage-{n}.points.benchmark.public": True for n in (1, 2, 3)}
    scenario, size = with_values(load("equal-teams").resolved(), changes), 20_000
    outcomes = batch.play_batch(scenario, Draws(11), 0, size)
    for fates, chance in (
        (outcomes.stages[0].fate == Fate.OUT_BY_POINTS, 0.2),
        (outcomes.stages[2].fate == KEPT, 0.4),
    ):
        z = (fates.mean(axis=0) - chance) / math.sqrt(chance * (1 - chance) / size)
        assert np.abs(z).max() <= 4


@both_engines
def test_a_quarter_that_is_kept_counts_a_stage_later(play):
    scenario = programme({}, {}, {}, effort={"saved": 0.25})
    found = [share[0] for share in shares(play(scenario, Script({}), 0, 1))]
    assert found == [0.75, 1.0, 1.25]  # of the last stage nothing is kept: there is none after it


@both_engines
@pytest.mark.parametrize("carry", [0.0, 0.5, 1.0])
def test_nothing_that_is_kept_is_lost(play, carry):
    """What counts of a stage's own: all of it adds up to all that was computed, whatever carries over."""
    saved = {"saved": {"uniform": [0, 1]}, "rivals": 0.0}
    capability = {"carry": carry}
    scenario = programme({}, {}, {}, {}, effort=saved, capability=capability)
    outcomes = play(scenario, Draws(5), 2, 8)
    before, own = np.zeros((6, 4)), np.zeros((6, 4))
    for one in outcomes.stages:
        own += one.effective - carry * before
        before = one.effective
    assert own / REFERENCE == pytest.approx(np.full((6, 4), 4.0), rel=1e-12)


def test_with_all_carried_over_what_is_kept_only_comes_later():
    """C_eff of the last stage is then all compute, kept or not."""
    saving = programme({}, {}, {}, effort={"saved": 0.4}, capability={"carry": 1.0})
    outcomes = batch.play_batch(saving, Script({}), 0, 1)
    assert [s.effective[0, 0] / REFERENCE for s in outcomes.stages] == pytest.approx([0.6, 1.6, 3.0])


@both_engines
def test_who_leaves_loses_what_it_kept_and_who_comes_back_has_it(play):
    entry = {"day": "2026-08-08", "returning": ["d"]}
    stages = [
        stage(1, EXAM, cut={"keep": 3}),
        stage(2, EXAM, entry=entry),
        stage(3, EXAM),
    ]
    field = {t: {"effect": EFFECTS[t]} for t in "abcd"}
    scenario = quiet(field, stages, effort={"saved": 0.25})
    found = shares(play(scenario, Script({}), 0, 1))
    assert found[0] == pytest.approx([0.75] * 4)
    assert found[1][:3] == pytest.approx([1.0] * 3)
    assert found[1][3] is None
    assert found[2] == pytest.approx([1.25] * 4)  # d has what it kept of stage 1


@both_engines
def test_what_is_kept_passes_over_a_stage_on_paper(play):
    paper = {"result": "2026-04-20", "points": EXAM}
    third = stage(2, EXAM, train="2026-04-21 to 2026-07-29", result="2026-07-29")
    scenario = quiet({"a": {}}, [stage(1, EXAM), paper, third], effort={"saved": 0.25})
    first, _, last = play(scenario, Script({}), 0, 1).stages
    assert [first.effective[0, 0], last.effective[0, 0]] == pytest.approx(
        [0.75 * REFERENCE, 1.25 * REFERENCE]
    )


@both_engines
def test_nothing_is_kept_for_a_stage_that_is_not_held(play):
    stages = [stage(1, EXAM), stage(2, EXAM, held=False)]
    scenario = quiet({"a": {}, "b": {"saves": 0.5}}, stages, effort={"saved": 0.25})
    assert play(scenario, Script({}), 0, 1).stages[0].effective.tolist() == [[REFERENCE] * 2]


@both_engines
def test_a_team_may_keep_what_others_do_not(play):
    stages = [stage(1, EXAM), stage(2, EXAM)]
    scenario = quiet({"a": {}, "b": {"saves": 1.0}}, stages)
    first, second = play(scenario, Script({}), 0, 1).stages
    assert first.effective.tolist() == [[REFERENCE, 0.0]]
    assert second.effective.tolist() == [[REFERENCE, 2 * REFERENCE]]
    assert np.isnan(first.capability[0, 1])  # all is kept, and nothing submitted
    assert second.capability[0, 1] - second.capability[0, 0] == pytest.approx(KAPPA * math.log10(2))


def test_a_change_that_teams_look_ahead_to_makes_a_whole_play():
    """A cut matters to effort before it is decided, and so does whether a stage is held to what is kept."""
    source = CachedSource(Draws(2))
    for effort, change in (({"effort.stakes": 0.5}, {"stages.stage-2.cut.keep": 1}), (
        {"effort.saved": 0.5}, {"stages.stage-3.held": False}
    )):  # fmt: skip
        one = with_values(PLAN.resolved(), effort)
        other = with_values(one.resolved(), change)
        assert changes_between(one, other) is None
        assert changes_between(PLAN, with_values(PLAN.resolved(), change)) is not None
        first, second = (batch.play_batch(s, source, 0, 50).stages[1].effective for s in (one, other))
        assert not np.array_equal(first, second, equal_nan=True)
    saving = with_values(PLAN.resolved(), {"effort.saved": 0.5})
    assert assert_as_whole(
        played(saving, source, 3), with_values(saving.resolved(), {"stages.stage-2.cut.keep": 2}), source
    )


TESTS = {
    "open": {
        "max": 40,
        "mean": 20,
        "per_eci": 1,
        "noise": 1,
        "items": {"common": 30, "own": 10},
        "public": True,
    },
    "closed": {"max": 40, "mean": 20, "per_eci": 1, "noise": 1},
    "experts": {"max": 20, "mean": 10, "spread": 2},
}


@both_engines
def test_points_are_inflated_on_public_tests_by_hand_and_nowhere_else(play):
    clean = programme({}, {}, points=TESTS)
    values = {"teams.b.trains_on_tests": 0.02, "teams.d.trains_on_tests": 0.05}
    dirty = with_values(clean.resolved(), values)
    for honest, other in zip(
        play(clean, Draws(4), 0, 40).stages, play(dirty, Draws(4), 0, 40).stages, strict=True
    ):
        gained = other.points - honest.points
        assert gained[:, 0] == pytest.approx(np.tile([0, 0.8, 0, 2.0], (40, 1)), abs=1e-9)
        assert np.array_equal(other.points[:, 1:], honest.points[:, 1:])
        assert other.total - honest.total == pytest.approx(gained[:, 0], abs=2e-6)  # totals are rounded
        assert np.array_equal(other.capability, honest.capability)


def test_ranks_on_private_tests_do_not_move():
    closed = {"closed": TESTS["closed"]}
    clean = programme({"keep": 2}, points=closed)
    dirty = with_values(clean.resolved(), {"effort.tests": {"uniform": [0, 1]}})
    assert_identical(
        arrays(batch.play_batch(clean, Draws(4), 0, 99)), arrays(batch.play_batch(dirty, Draws(4), 0, 99))
    )


def test_an_item_may_be_private_in_a_public_block_and_nothing_is_above_its_maximum():
    items = {"common": {"max": 30, "mean": 29.5, "noise": 0}, "own": {"max": 10, "mean": 5, "public": False}}
    block = {"max": 40, "mean": 20, "per_eci": 0, "noise": 0, "public": True, "items": items}
    scenario = quiet(
        {"a": {"trains_on_tests": 0.5}, "b": {"trains_on_tests": 0.01}}, [stage(1, {"exam": block})]
    )
    (found,) = batch.play_batch(scenario, Script({}), 0, 1).stages
    assert found.points[0, 0] == pytest.approx([35.0, 34.8])  # 29.5 + 15 is 30, and 29.5 + 0.3 is 29.8


def test_what_a_team_learns_by_heart_lasts_and_does_not_depend_on_the_others():
    """One draw by team for all stages, U(0, 3 points of 100), with the mean and the spread of that law."""
    points = {"exam": {"max": 100, "mean": 50, "per_eci": 0, "noise": 0, "public": True}}
    scenario = programme({}, {}, points=points, effort={"tests": {"uniform": [0, 0.03]}})
    size = 20_000
    first, second = (s.points[:, 0] - 50 for s in batch.play_batch(scenario, Draws(8), 0, size).stages)
    assert np.array_equal(first, second)
    z = (first.mean(axis=0) - 1.5) / (3 / math.sqrt(12 * size))
    assert np.abs(z).max() <= 4
    assert np.asarray(np.corrcoef(first.T))[np.triu_indices(4, 1)] == pytest.approx(
        np.zeros(6), abs=4 / math.sqrt(size)
    )
    assert (first.min(), first.max()) == pytest.approx((0, 3), abs=0.01)
    fewer = programme({}, {}, teams="ac", points=points, effort={"tests": {"uniform": [0, 0.03]}})
    assert np.array_equal(
        batch.play_batch(fewer, Draws(8), 0, 50).stages[0].points[:, 0] - 50, first[:50, [0, 2]]
    )


def test_a_trace_tells_of_effort_of_what_is_kept_and_of_tests():
    effort = {"rivals": 0.1, "saved": 0.25, "tests": 0.03}
    scenario = programme({"keep": 2}, {"keep": 1}, points=TESTS, effort=effort)
    told = trace_replication(scenario, 1, 0)
    (stays, _) = (one.team for one in told if one.what is What.STAYS and one.stage == "s1")
    submits = [one.values for one in told if one.what is What.SUBMITS and one.team == stays]
    assert submits[0]["saved"] == pytest.approx(0.25 * REFERENCE)
    assert "brought" not in submits[0]
    assert "saved" not in submits[1]
    assert submits[1]["brought"] == submits[0]["saved"]
    assert [each["effort"] for each in submits] == pytest.approx([1.0, 2**0.1])
    scores = [one.values["by_heart"] for one in told if one.what is What.SCORES]
    assert scores == pytest.approx([1.2] * 6)
    without = trace_replication(programme({"keep": 2}, points=TESTS), 1, 0)
    assert not {"effort", "saved", "brought", "by_heart"} & {key for one in without for key in one.values}


def refusal(changes, data=PLAN):
    with pytest.raises(ScenarioError) as error:
        from_data(data.resolved(), changes)
    return str(error.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"effort.rivals": -0.1}, "effort.rivals: -0.1, expected at least 0"),
        ({"effort.stakes": 1}, "effort.stakes: 1, expected at least 0 and at most 0.9"),
        (
            {"effort.saved": {"uniform": [0, 2]}},
            "effort.saved: values from 0 to 2, expected at least 0 and at most 1",
        ),
        ({"effort.field": 3}, "effort.field: `field` without `rivals`"),
        (
            {"effort.stakes": 0.2, "stages.stage-2.cut": {"minimum": 50}},
            "stages.stage-2.cut: a cut by no number of teams, beside `effort.stakes`",
        ),
        ({"stages.stage-1.points.users.public": True}, "users.public: `public` in a judged block"),
        (
            {"stages.stage-1.points.users.items": {"a": {"max": 25, "public": True}}},
            "a.public: `public` in a judged",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(changes, said):
    assert said in refusal(changes)


@pytest.mark.parametrize("changes", [{"effort.rivals": 0.1}, {"effort.saved": 0.1}, {"effort.stakes": 0.1}])
def test_effort_without_compute_is_refused_and_tests_are_not(changes):
    contest = {
        "format": 1,
        "name": "A contest",
        "as_of": "2026-01-01",
        "teams": {"red": {"trains_on_tests": 0.1}, "blue": {}},
        "stages": {
            "final": {"result": "2026-07-15", "points": {"quiz": {"max": 60, "mean": 30, "public": True}}}
        },
    }
    scenario = from_data(contest)
    assert "without hardware" in refusal(changes, scenario)
    assert "without hardware" in refusal({"teams.red.saves": 0.1}, scenario)
    clean = with_values(scenario.resolved(), {"teams.red.trains_on_tests": 0})
    points = [batch.play_batch(s, Draws(1), 0, 9).stages[0].points[:, 0] for s in (scenario, clean)]
    assert points[0] - points[1] == pytest.approx(np.tile([6.0, 0.0], (9, 1)))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"effort": {}}, "effort"),
        ({"effort.rivals": 1.5}, "effort.rivals"),
        ({"effort.tests": 0.03}, "effort.tests"),
        ({"teams.lg.trains_on_tests": 3 / 100}, "teams.lg.trains_on_tests"),
        ({"effort.tests": 0.3, "stages.stage-1.points.benchmark.public": True}, "effort.tests"),
        ({"effort.saved": 0.1, "stages.stage-2.held": False}, "effort.saved"),
    ],
)
def test_what_is_odd_is_warned_of(changes, path):
    before = set(lint_warnings(PLAN))
    found = [
        ".".join(one.path) for one in lint_warnings(from_data(PLAN.resolved(), changes)) if one not in before
    ]
    assert path in found


@pytest.mark.parametrize(
    "changes", [{"effort.rivals": 0.1}, {"teams.lg.saves": 0.1}, {"teams.lg.trains_on_tests": 0.1}]
)
def test_a_live_page_refuses_it_by_name(changes):
    scenario = with_values(PLAN.resolved(), changes)
    with pytest.raises(NotTakenError, match=next(iter(changes)).split(".", maxsplit=1)[0]):
        refuse_what_is_not_taken(scenario, scenario.ahead)


def test_facts_go_with_effort_and_with_public_tests_that_are_still_ahead():
    known = load("k-ai")
    ahead = with_values(
        known.resolved(), {"effort.tests": 0.03, "stages.stage-3.points.benchmark.public": True}
    )
    assert not list(forecast_errors(ahead))
    behind = with_values(
        known.resolved(), {"effort.tests": 0.03, "stages.stage-2.points.benchmark.public": True}
    )
    (error,) = forecast_errors(behind)
    assert error.found == "public tests that teams trained on in a decided stage of a forecast"
    assert past_identity(known, 1, FULL) != past_identity(
        ahead, 1, FULL
    )  # strength of decided stages is another


def test_teams_that_keep_otherwise_are_told_apart_by_what_lies_behind():
    stages = [stage(1, EXAM, happened={}), stage(2, EXAM)]
    stages[0]["grants"] = {"gpus": {"a": {"B200": 10}, "default": {"B200": 20}}}
    assert indistinguishable_teams(quiet({t: {} for t in "abc"}, stages)) == [("a", "b", "c")]
    saving = quiet({t: {} for t in "abc"}, stages, effort={"saved": 0.1})
    assert indistinguishable_teams(saving) == [("b", "c")]


@both_engines
def test_the_example_of_the_page_gives_what_the_page_says(play):
    scenario = programme({"keep": 2}, {"keep": 1}, **example_of("effort"))
    first, second = play(scenario, Script({}), 0, 1).stages
    assert first.effective[0] / REFERENCE == pytest.approx([0.75] * 4)
    assert second.effective[0, :2] / REFERENCE == pytest.approx([1.32] * 2, abs=0.005)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            ["FLOP kept for the next stage", "FLOP brought from before", "by training on tests", "effort 9"],
        ),
        ("ko", ["다음 단계로 보류", "앞 단계에서 보류한", "평가 문항 학습 효과", "노력 수준 9"]),
    ],
)
def test_the_bundled_file_has_no_warning_and_is_told_in_both_languages(lang, said):
    assert not lint_warnings(load("effort"))
    told = " ".join(command("trace", SCENARIOS / "effort.yaml", "--lang", lang).out.split())
    assert all(each in told for each in said)
