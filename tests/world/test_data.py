"""Data that come late, budgets for them, and people: by hand, and against grants that come late."""

import math

import numpy as np
import pytest

from sim.engines import batch, event
from sim.engines.event import trace_replication
from sim.engines.happenings import What
from sim.live.taken import NotTakenError, refuse_what_is_not_taken
from sim.model.draws import CachedSource, Draws
from sim.scenario import ScenarioError, from_data, load
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.language.load import with_values
from sim.stats.responses import responses
from sim.text import LANGS
from tests.cli.command import command
from tests.engines.identical import arrays, assert_identical
from tests.engines.test_replay import assert_as_whole, changes_between, played
from tests.helpers import DAYS, REFERENCE, Script, assert_mean, both_engines, quiet, stage
from tests.world.pages import example_of

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 0}}
KAPPA = 5.0
PLAN = load("k-ai-2025-plan")


def programme(stages=2, teams=("a", "b"), own=True, grants=None, **blocks):
    """Teams with a hundred GPUs of their own, or lent ones."""
    field = {t: {"own": {"B200": 100.0}} if own else {} for t in teams}
    lent = grants or ({} if own else {"gpus": {"default": {"B200": 100.0}}})
    return quiet(field, [stage(n, EXAM, grants=lent) for n in range(1, stages + 1)], **blocks)


def compute(outcomes):
    return [(s.compute[0] / REFERENCE).tolist() for s in outcomes.stages]


@both_engines
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(("days", "left"), [(0, 1.0), (25, 0.75), (24.6, 0.75), (99, 0.01), (250, 0.0)])
def test_a_delay_takes_its_part_of_the_window_and_no_more(play, own, days, left):
    outcomes = play(programme(own=own, data={"access_delay": days}), Script({}), 0, 1)
    assert compute(outcomes) == [pytest.approx([left] * 2, abs=1e-12)] * 2
    if left:
        lost = KAPPA * math.log10(left)
        assert outcomes.stages[0].capability[0] == pytest.approx([100 + lost] * 2, rel=1e-12)


@both_engines
def test_where_all_gpus_are_lent_late_data_are_late_grants(play):
    lent = {"gpus": {"default": {"B200": 100.0}}}
    late = programme(own=False, grants=lent | {"delay": 13})
    data = programme(own=False, grants=lent, data={"access_delay": 13})
    assert_identical(*(arrays(play(each, Draws(1), 0, 9)) for each in (late, data)))


@both_engines
def test_data_of_a_stage_come_when_its_table_says(play):
    delay = {"s2": 50, "default": 10}
    assert compute(play(programme(3, data={"access_delay": delay}), Script({}), 0, 1)) == [
        pytest.approx([left] * 2) for left in (0.9, 0.5, 0.9)
    ]
    assert compute(play(programme(2, data={"access_delay": {"s2": 50}}), Script({}), 0, 1))[0] == [1.0, 1.0]


def test_each_team_waits_for_itself_at_each_stage_unless_the_law_is_shared():
    law = {"uniform": [0, 50]}
    size = 4_000
    apart = batch.play_batch(programme(data={"access_delay": law}), Draws(4), 0, size)
    lost = [DAYS * (1 - s.compute / REFERENCE) for s in apart.stages]
    for each in (*lost[0].T, *lost[1].T):
        assert_mean(each, 25, 50 / math.sqrt(12))
    found = np.asarray(np.corrcoef(np.concatenate(lost, axis=1).T))[np.triu_indices(4, 1)]
    assert found == pytest.approx(np.zeros(6), abs=4 / math.sqrt(size))
    together = programme(data={"access_delay": law | {"shared": "procedure"}})
    first, second = (s.compute for s in batch.play_batch(together, Draws(4), 0, 50).stages)
    assert np.array_equal(first[:, 0], first[:, 1])
    assert np.array_equal(first, second)
    more = programme(teams=("z", "a", "b"), data={"access_delay": law})
    assert np.array_equal(
        batch.play_batch(more, Draws(4), 0, 50).stages[0].compute[:, 1:], apart.stages[0].compute[:50]
    )


@both_engines
def test_a_delay_that_shifts_is_a_shift_of_each_stage_that_trains(play):
    """Nothing is lost of a window; but results come later, and everybody's progress goes on."""
    capability = {"progress_per_year": 8.0}
    shifted = programme(capability=capability)
    shifted = with_values(shifted.resolved(), {f"stages.s{n}.shift": 20 for n in (1, 2)})
    data = programme(data={"access_delay": 20, "kind": "shifts"}, capability=capability)
    found = play(data, Draws(1), 0, 9)
    assert_identical(arrays(play(shifted, Draws(1), 0, 9)), arrays(found))
    still = play(programme(capability=capability), Draws(1), 0, 9)
    gained = [a.capability - b.capability for a, b in zip(found.stages, still.stages, strict=True)]
    assert gained[0] == pytest.approx(np.full((9, 2), 8.0 * 20 / 365.25))
    assert gained[1] == pytest.approx(np.full((9, 2), 8.0 * 40 / 365.25))


@both_engines
def test_who_comes_in_late_waits_for_data_only_if_they_are_not_there_yet(play):
    entry = {"day": "2026-05-10", "candidates": ["b"]}
    second = stage(2, EXAM)  # from 2026-04-21
    scenario = quiet(
        {"a": {}, "b": {}}, [stage(1, EXAM, entry=entry), second], data={"access_delay": {"s2": 30}}
    )
    late = {"access_delay": {"s2": 10}}
    (_, found) = compute(play(scenario, Script({}), 0, 1))
    assert found == pytest.approx([0.7, 0.7])
    (_, found) = compute(play(quiet({"a": {}, "b": {}}, list(_stages(entry)), data=late), Script({}), 0, 1))
    assert found == pytest.approx([0.9, 0.8])


def _stages(entry):
    yield stage(1, EXAM, entry=entry)
    yield stage(2, EXAM)


NOTHING = {
    "data.access_delay": 0,
    "data.joint": 0,
    "data.own": 10,
    "data.reference": 10,
    "data.per_tenfold": 2,
    "talent.per_tenfold": 2,
    "teams.lg.people": 100,
}


@pytest.mark.parametrize("play", [batch.play_batch, event.play_events])
def test_nothing_late_and_budgets_of_reference_leave_every_byte_but_money(play):
    found = arrays(play(with_values(PLAN.resolved(), NOTHING), Draws(7), 5, 25), without=("paid",))
    assert_identical(arrays(play(PLAN, Draws(7), 5, 25), without=("paid",)), found)


@both_engines
def test_budgets_are_paid_and_add_strength_by_hand(play):
    """All have the 40 of the joint budget; the second has 360 of its own, and so ten times the data."""
    data = {"joint": 40, "own": {"b": 360}, "reference": 40, "per_tenfold": 1.5}
    first, second = play(programme(data=data), Script({}), 0, 1).stages
    assert first.capability[0] == pytest.approx([100, 101.5], rel=1e-12)
    assert first.paid.tolist() == second.paid.tolist() == [[20, 380]]


def test_a_joint_budget_is_spent_once_however_many_take_part():
    data = {"joint": {"uniform": [100, 200]}, "own": {"default": {"uniform": [5, 10]}}}
    scenario = with_values(PLAN.resolved(), {"stages.stage-1.pays.start": 7})
    paying = from_data({**scenario.resolved(), "data": data})
    without, outcomes = (batch.play_batch(s, Draws(3), 0, 200) for s in (scenario, paying))
    for k, one in enumerate(outcomes.stages):
        there = ~np.isnan(one.compute)
        spent = (one.paid - without.stages[k].paid).sum(axis=1)
        joint = spent - _own(paying, there)
        assert np.all((joint >= 100 - 1e-9) & (joint <= 200 + 1e-9))
        assert joint == pytest.approx(spent_at_first(outcomes, without, paying))  # one budget, drawn once
    named = [each.name for each in responses(paying)]
    assert {"paid", "paid.stage-1", "paid.stage-3"} <= set(named)


def _own(scenario, there):
    """What those who take part spend on data of their own."""
    from sim.model.quantiles import Sample

    budgets = Sample(Draws(3), 0, len(there)).row(scenario.data.own_budget(t) for t in scenario.teams)
    return (budgets * there).sum(axis=1)


def spent_at_first(outcomes, without, scenario):
    """The joint budget as the first stage has it."""
    there = ~np.isnan(outcomes.stages[0].compute)
    return (outcomes.stages[0].paid - without.stages[0].paid).sum(axis=1) - _own(scenario, there)


@both_engines
def test_people_add_strength_by_hand_where_a_model_is_trained(play):
    paper = {"result": "2026-04-20", "points": EXAM}
    field = {"a": {"people": 30}, "b": {"people": 300}, "c": {}}
    scenario = quiet(field, [stage(1, EXAM), paper], talent={"per_tenfold": 2, "reference": 300})
    first, second = play(scenario, Script({}), 0, 1).stages
    assert first.capability[0] == pytest.approx([98, 100, 100], rel=1e-12)
    assert second.capability[0] == pytest.approx([100, 100, 100], rel=1e-12)


def test_the_text_of_a_life_tells_how_long_data_took():
    said = ("--set", "data.access_delay=12")
    told = [
        " ".join(command("trace", "data-and-talent", *said, "--lang", lang).out.split()) for lang in LANGS
    ]
    assert told[0].count("12 days until data came") == 5 + 4 + 3  # a team leaves at each of three stages
    assert told[1].count("데이터 확보까지 12일") == 5 + 4 + 3


def test_a_trace_tells_of_days_until_data_came_and_of_money():
    scenario = programme(data={"access_delay": 12, "joint": 100})
    told = trace_replication(scenario, 1, 0)
    opened = [one for one in told if one.what is What.WINDOW_OPENS]
    assert [one.values["until_data"] for one in opened] == [12.0] * 4
    assert [str(one.date) for one in opened[:2]] == ["2026-01-13"] * 2
    assert [one.values["paid"] for one in told if one.what is What.PAID] == [50.0] * 4
    still = trace_replication(programme(), 1, 0)
    assert "until_data" not in {key for one in still for key in one.values}


def test_another_delay_makes_a_whole_play_and_other_money_does_not():
    source = CachedSource(Draws(2))
    one = with_values(PLAN.resolved(), {"data.joint": 10, "stages.stage-2.pays.stay": 5})
    assert changes_between(one, with_values(one.resolved(), {"data.access_delay": 5})) is None
    other = with_values(one.resolved(), {"stages.stage-2.pays.stay": 50})
    assert assert_as_whole(played(one, source, 3), other, source)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data.access_delay": -1}, "data.access_delay: -1, expected at least 0"),
        ({"data.access_delay": 4000}, "data.access_delay: 4000, expected at least 0 and at most 3660"),
        ({"data.access_delay": {"stage-4": 5}}, "data.access_delay.stage-4: no stage 'stage-4'"),
        ({"data.own": {"motif": 5}}, "data.own.motif: no team 'motif'"),
        ({"data.kind": "stops"}, "data.kind"),
        ({"data.reference": 5}, "`reference` without `per_tenfold`"),
        ({"data.joint": 5, "data.per_tenfold": 5}, "`per_tenfold` without `reference`"),
        ({"data.reference": 5, "data.per_tenfold": 1}, "`per_tenfold` without a budget"),
        (
            {"data.own": {"lg": 50}, "data.reference": 5, "data.per_tenfold": 1},
            "no budget of 'upstage', beside `per_tenfold`",
        ),
        ({"teams.lg.people": 0}, "teams.lg.people: 0, expected at least 1"),
        ({"data": {"access_delay": 3650, "kind": "shifts"}, "stages.stage-1.shift": 55_000}, "moved by"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, said):
    with pytest.raises(ScenarioError) as error:
        from_data(PLAN.resolved(), changes)
    assert said in str(error.value)


@pytest.mark.parametrize("block", [{"data": {"joint": 5}}, {"talent": {"per_tenfold": 1}}])
def test_data_and_talent_without_hardware_are_refused(block):
    contest = {
        "format": 1,
        "name": "A contest",
        "as_of": "2026-01-01",
        "teams": {"red": {}, "blue": {}},
        "stages": {"final": {"result": "2026-07-15", "points": {"quiz": {"max": 60, "mean": 30}}}},
    }
    with pytest.raises(ScenarioError, match="without hardware"):
        from_data({**contest, **block})


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"data": {}}, "data"),
        ({"data.joint": 5, "data.kind": "shifts"}, "data.kind"),
        ({"data.access_delay": 150}, "data.access_delay"),
        ({"teams.lg.people": 50}, "teams.lg.people"),
        ({"talent.per_tenfold": 1}, "talent"),
    ],
)
def test_what_is_odd_is_warned_of(changes, path):
    before = set(lint_warnings(PLAN))
    found = [
        ".".join(one.path) for one in lint_warnings(from_data(PLAN.resolved(), changes)) if one not in before
    ]
    assert path in found


@pytest.mark.parametrize("changes", [{"data.joint": 5}, {"talent.per_tenfold": 1}, {"teams.lg.people": 9}])
def test_a_live_page_refuses_it_by_name(changes):
    scenario = with_values(PLAN.resolved(), changes)
    with pytest.raises(NotTakenError, match=next(iter(changes)).split(".", maxsplit=1)[0]):
        refuse_what_is_not_taken(scenario, scenario.ahead)


@both_engines
def test_the_example_of_the_page_gives_what_the_page_says(play):
    first, _ = play(programme(**example_of("data")), Script({}), 0, 1).stages
    assert first.compute[0] / REFERENCE == pytest.approx([0.75, 0.75])
    lost = KAPPA * math.log10(0.75)
    assert first.capability[0] == pytest.approx([100 + lost, 101.5 + lost])
    assert first.paid.tolist() == [[20, 380]]


def test_the_bundled_file_has_no_warning_and_tells_of_late_data():
    scenario = load("data-and-talent")
    assert not lint_warnings(scenario)
    told = trace_replication(scenario, 1, 0)
    late = [one.values.get("until_data", 0) for one in told if one.what is What.WINDOW_OPENS]
    assert 0 < max(late) <= 42
    assert sum(one.values["paid"] for one in told if one.what is What.PAID) == pytest.approx(
        sum(
            100e8 + 28e8 * sum(one.what is What.WINDOW_OPENS and one.stage == s for one in told)
            for s in scenario.stages
        )
    )
