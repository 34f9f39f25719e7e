"""Days of the programme: shifts, windows by team and evaluation days, in both engines."""

from datetime import date, timedelta

import numpy as np
import pytest

from sim.engines.calendar import programme_days
from sim.model.draws import Draws, Key, Purpose
from sim.model.quantiles import Sample
from sim.rules.decisions import Fate
from sim.scenario import ScenarioError
from tests.engines.identical import arrays, assert_identical
from tests.helpers import DAYS, FLOP_OF_A_GPU_DAY, GPUS, Script, both_engines, quiet, stage

EXAM = {"exam": {"max": 1000, "mean": 500, "per_eci": 1, "noise": 3}}
OWN = 50.0
MOVING = {"capability": {"progress_per_year": 8.9, "team_spread": 2.5, "stage_spread": 4.0, "carry": 0.3}}
TEAMS = {"a": {"own": {"B200": OWN}}, "b": {}, "c": {}, "in": {}, "out": {}}


def later(day, days):
    return str(date.fromisoformat(day) + timedelta(days=days))


def moved(data, days):
    """A stage whose dates are moved by hand."""
    first, last = data["train"].split(" to ")
    changed = {
        "train": f"{later(first, days)} to {later(last, days)}",
        "result": later(data["result"], days),
        "evaluated": later(data["evaluated"], days),
    }
    if "entry" in data:
        changed["entry"] = data["entry"] | {"day": later(data["entry"]["day"], days)}
    return data | changed


def three(shift=None):
    """Three stages, an entry that is late after the first; `shift` is a stage's number and its shift."""
    stages = [stage(n, EXAM, cut={"keep": 4 - n}) for n in (1, 2, 3)]
    stages = [data | {"evaluated": data["result"], "result": later(data["result"], 5)} for data in stages]
    stages[0]["entry"] = {"day": "2026-05-10", "candidates": ["in", "out"]}
    if shift is not None:
        stages[shift[0] - 1]["shift"] = shift[1]
    return stages


def play_stages(play, stages, source=None, size=40, **more):
    return play(quiet(TEAMS, stages, **{**MOVING, **more}), source or Draws(11), 0, size)


@both_engines
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("days", [1, 45])
def test_a_shift_moves_its_stage_and_everything_after_it(play, number, days):
    by_hand = [moved(data, days) if n >= number else data for n, data in enumerate(three(), start=1)]
    # The entry after the first stage is decided on its own day: it moves with the first stage alone.
    assert_identical(arrays(play_stages(play, three((number, days)))), arrays(play_stages(play, by_hand)))


@both_engines
def test_shifts_of_several_stages_add_up(play):
    stages = three((1, 10))
    stages[1]["shift"] = "2 weeks"
    first, second, third = three()
    by_hand = [moved(first, 10), moved(second, 24), moved(third, 24)]
    assert_identical(arrays(play_stages(play, stages)), arrays(play_stages(play, by_hand)))


@both_engines
def test_a_shift_of_nothing_changes_nothing(play):
    same = arrays(play_stages(play, three()))
    for nothing in (0, "0 days", {"constant": 0}, {"constant": 0.49}, {"constant": -0.5}):
        assert_identical(arrays(play_stages(play, three((2, nothing)))), same)


@both_engines
def test_a_stage_may_come_earlier(play):
    first, second, third = three()
    by_hand = [first, moved(second, -4), moved(third, -4)]
    assert_identical(arrays(play_stages(play, three((2, -4)))), arrays(play_stages(play, by_hand)))


@both_engines
def test_a_shift_moves_the_frontier_that_the_last_stage_is_held_against(play):
    still, shifted = (play_stages(play, three(s)).frontier for s in (None, (2, 73)))
    assert shifted - still == pytest.approx(np.full(40, 15.5 * 73 / 365.25), rel=1e-3)


@both_engines
@pytest.mark.parametrize("days", [1, 61])
def test_a_later_result_adds_its_days_to_the_time_behind_the_frontier(play, days):
    """Closed form: a model stands still while its result waits, and the frontier gains g d / 365.25 ECI."""
    first, second, third = three()
    waits = [first, second, third | {"result": later(third["result"], days)}]
    soon, late = (play_stages(play, stages) for stages in (three(), waits))
    for one, other in zip(soon.stages, late.stages, strict=True):
        for name in ("fate", "rank", "capability", "total"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    months = 12 * (late.frontier - soon.frontier) / soon.frontier_growth
    assert months == pytest.approx(np.full(40, 12 * days / 365.25), rel=1e-9)


@both_engines
@pytest.mark.parametrize("days", [1, 61])
def test_a_shift_without_progress_adds_its_days_to_the_time_behind_the_frontier(play, days):
    """Likewise for a whole stage where software makes no progress, and so models stay as they are."""
    soon, late = (play(quiet(TEAMS, stages), Draws(11), 0, 40) for stages in (three(), three((3, days))))
    for one, other in zip(soon.stages, late.stages, strict=True):
        np.testing.assert_array_equal(one.capability, other.capability)
    months = 12 * (late.frontier - soon.frontier) / soon.frontier_growth
    assert months == pytest.approx(np.full(40, 12 * days / 365.25), rel=1e-9)


@both_engines
def test_when_scores_are_fixed_does_not_move_the_frontier(play):
    first, second, third = three()
    early = [first, second, third | {"evaluated": later(third["train"].split(" to ")[1], 1)}]
    one, other = (play_stages(play, stages).frontier for stages in (three(), early))
    np.testing.assert_array_equal(one, other)


@both_engines
def test_an_uncertain_shift_is_in_whole_days_and_one_for_all(play):
    law = {"uniform": [0, 60]}
    key = Key(Purpose.PARAMETER, item="stages.s2.shift")
    for u, days in ((0.1, 6), (0.508, 30), (0.509, 31), (0.9999, 60)):
        one = play_stages(play, three((2, law)), Script({key: u}), 1)
        other = play_stages(play, three((2, days)), Script({}), 1)
        for before, after in zip(one.stages, other.stages, strict=True):
            # q_ref is that of the central day, so that points move by what 30 days more or less bring.
            for name in ("fate", "compute", "capability", "gpu_hours"):
                np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
        gained = 8.9 * (days - 30) / 365.25
        there = one.stages[1].fate[0] != Fate.NOT_ENTERED
        difference = (one.stages[1].total - other.stages[1].total)[0, there]
        assert difference == pytest.approx(np.full(there.sum(), gained), abs=1e-2)


@both_engines
def test_replications_are_shifted_each_by_its_own_draw(play):
    outcomes = play_stages(play, three((2, {"uniform": [0, 60]})), size=200)
    day = (outcomes.frontier - outcomes.frontier.min()) / (15.5 / 365.25)
    assert 50 < day.max() <= 61
    assert len(np.unique(np.round(day))) > 40
    assert np.abs(day - np.round(day)).max() < 0.05


def last_of_three(train):
    """Three stages, the last of which is evaluated two months after its window and has these windows."""
    first, second, third = three()
    evaluated, result = (later(third[key], 60) for key in ("evaluated", "result"))
    return [first, second, third | {"train": train, "evaluated": evaluated, "result": result}]


FIRST, LAST = three()[2]["train"].split(" to ")
LONGER_KEY = Key(Purpose.PARAMETER, item="stages.s3.train.default.extension")


def extended(extension, **others):
    """Windows of which the default may close later, and others may not."""
    return {"default": {"first": FIRST, "last": LAST, "extension": extension}, **others}


@both_engines
@pytest.mark.parametrize("days", [0, 1, 31])
def test_an_extension_moves_the_close_of_a_window(play, days):
    by_hand = f"{FIRST} to {later(LAST, days)}"
    own = {"b": f"{FIRST} to {LAST}"}
    for written, meant in (
        (extended(days), {"default": by_hand}),
        (extended(days)["default"], by_hand),
        (extended(days, **own), {"default": by_hand, **own}),
    ):
        one, other = (arrays(play_stages(play, last_of_three(train))) for train in (written, meant))
        assert_identical(one, other)


@both_engines
def test_an_uncertain_extension_is_in_whole_days_and_the_common_day_is_central(play):
    for u, days in ((0.1, 4), (0.4124, 16), (0.4126, 17), (0.9999, 40)):
        uncertain = last_of_three(extended({"uniform": [0, 40]}))
        one = play_stages(play, uncertain, Script({LONGER_KEY: u}), 1)
        other = play_stages(play, last_of_three(extended(days)), Script({}), 1)
        for name in ("fate", "compute", "capability", "gpu_hours"):
            np.testing.assert_array_equal(getattr(one.stages[2], name), getattr(other.stages[2], name))
        assert one.frontier == other.frontier  # the day of the result stays
        gained = 8.9 * (days - 20) / 365.25  # q_ref is that of the central day
        difference = (one.stages[2].total - other.stages[2].total)[0]
        there = np.isfinite(difference)
        assert there.any()
        assert difference[there] == pytest.approx(np.full(there.sum(), gained), abs=1e-2)


@both_engines
def test_a_window_that_is_extended_closes_at_once_for_all_who_take_it(play):
    """a and c have its close, each day drawn now and then; b has another window, and its own extension."""
    own = {"b": {"first": FIRST, "last": LAST, "extension": {"weighted": {0: 1, 9: 1}}}}
    stages = last_of_three(extended({"weighted": {0: 1, 31: 3}}, **own))
    for data in stages:
        del data["cut"]  # so that all are there to the end
    hours = play_stages(play, stages, size=400).stages[2].gpu_hours
    days = hours / (GPUS * 24) - DAYS
    a, b, c = days[:, :3].T
    assert a.tolist() == c.tolist()
    assert set(a) == {0, 31}
    assert set(b) == {0, 9}
    for drawn, share in ((a == 31, 0.75), (b == 9, 0.5), ((a == 31) & (b == 9), 0.375)):
        z = (drawn.mean() - share) / np.sqrt(share * (1 - share) / 400)
        assert abs(z) <= 4, f"z-score {z}"


def test_without_a_default_the_common_day_is_the_latest_of_all_windows_with_their_extensions():
    def reference(train):
        scenario = quiet(TEAMS, last_of_three(train))
        return programme_days(scenario, Sample(Draws(11), 0, 1))[2].reference

    early = dict.fromkeys(("a", "b", "in"), f"{FIRST} to {LAST}")
    longest = {"first": FIRST, "last": later(LAST, 10), "extension": 20}
    found = reference(early | {"c": longest, "out": f"{FIRST} to {later(LAST, 25)}"})
    assert found == reference(f"{FIRST} to {later(LAST, 30)}")


@both_engines
def test_a_shift_does_not_move_a_suppliers_slow_period(play):
    suppliers = {"lease": {"slow": {"p": {"starts": "2026-04-21", "days": 10, "speed": 0}}}}
    lent = {"gpus": {"default": {"B200": GPUS}}, "supplier": "lease"}
    for shift, days in ((0, 10), (4, 6), (10, 0)):
        stages = [stage(1, EXAM), stage(2, EXAM, grants=lent, shift=shift)]
        outcome = play(quiet({"t": {}}, stages, suppliers=suppliers), Script({}), 0, 1).stages[1]
        assert outcome.compute[0, 0] / FLOP_OF_A_GPU_DAY == pytest.approx(GPUS * (DAYS - days), rel=1e-12)


@both_engines
def test_the_day_of_the_evaluation_changes_no_outcome(play):
    same = arrays(play_stages(play, three()))
    for evaluated in ("2026-04-10", "2026-04-12", "2026-04-15"):
        stages = three()
        stages[0] |= {"evaluated": evaluated}
        assert_identical(arrays(play_stages(play, stages)), same)
    without = [{k: v for k, v in data.items() if k != "evaluated"} for data in three()]
    assert_identical(arrays(play_stages(play, without)), same)


@both_engines
def test_the_actual_day_of_a_result_counts_and_the_planned_one_does_not(play):
    same = arrays(play_stages(play, three()))
    for planned in ("2020-01-01", "2026-04-15", "2030-01-01"):
        stages = three()
        stages[0] |= {"result": {"planned": planned, "actual": "2026-04-15"}}
        assert_identical(arrays(play_stages(play, stages)), same)


@both_engines
def test_the_actual_day_of_an_entry_counts(play):
    same = arrays(play_stages(play, three()))
    stages = three()
    stages[0]["entry"] |= {"day": {"planned": "2026-04-16", "actual": "2026-05-10"}}
    assert_identical(arrays(play_stages(play, stages)), same)


# Windows by team: b opens 20 days later than the others and closes 30 days later.

WINDOWS = {"default": "2026-01-01 to 2026-04-10", "b": "2026-01-21 to 2026-05-10"}
OF_A, OF_B = 100, 110


def apart(play, delay=0, progress=0.0, **more):
    own = {"own": {"B200": OWN}}
    lent = {"gpus": {"default": {"B200": GPUS}}, "delay": delay}
    first = stage(1, {"exam": EXAM["exam"] | {"noise": 0}}, grants=lent, **more)
    first |= {"train": WINDOWS, "result": "2026-05-10"}
    hardware = {"B200": {"peak": 1000.0, "mfu": 0.5, "price": 9500, "own_price": 100}}
    scenario = quiet({"a": own, "b": own}, [first], hardware=hardware,
                     capability={"progress_per_year": progress})  # fmt: skip
    return play(scenario, Script({}), 0, 1).stages[0]


@both_engines
@pytest.mark.parametrize("delay", [0, 15, 100, 105, 110])
def test_each_team_trains_in_its_own_window(play, delay):
    outcome = apart(play, delay)
    days, lent = np.array([OF_A, OF_B]), np.maximum([OF_A - delay, OF_B - delay], 0)
    expected = days * OWN + lent * GPUS
    assert outcome.compute[0] / FLOP_OF_A_GPU_DAY == pytest.approx(expected, rel=1e-12)
    assert outcome.gpu_hours[0].tolist() == (lent * GPUS * 24).tolist()
    assert outcome.cost[0].tolist() == (lent * GPUS * 24 * 9500).tolist()
    assert outcome.own_gpu_hours[0].tolist() == (days * OWN * 24).tolist()
    assert outcome.own_cost[0].tolist() == (days * OWN * 24 * 100).tolist()


@both_engines
def test_a_window_that_closes_later_has_more_progress_in_it(play):
    still, moving = apart(play), apart(play, progress=8.9)
    gained = (moving.capability - still.capability)[0]
    assert gained[1] - gained[0] == pytest.approx(8.9 * 30 / 365.25, rel=1e-3)


@both_engines
def test_points_are_those_of_the_reference_at_the_close_of_the_common_window(play):
    # a closes with the common window and has the compute of the reference and half as much again.
    outcome = apart(play, progress=8.9)
    assert outcome.total[0, 0] == pytest.approx(500 + 5 * np.log10(1.5), abs=1e-6)


@both_engines
def test_a_table_that_gives_all_the_same_window_is_one_window(play):
    one, table = three(), three()
    for data in table:
        data["train"] = {"default": data["train"], "b": data["train"]}
    assert_identical(arrays(play_stages(play, one)), arrays(play_stages(play, table)))


def problems(stages, teams=None):
    with pytest.raises(ScenarioError) as refused:
        quiet(teams or TEAMS, stages)
    return str(refused.value)


def test_windows_that_leave_a_team_out_are_refused():
    stages = three()
    stages[1]["train"] = {"a": stages[1]["train"], "b": stages[1]["train"]}
    assert "no window for 'c'" in problems(stages)


@pytest.mark.parametrize("shift", [-6, {"uniform": [-6, 30]}, {"normal": [0, 2]}])
def test_a_stage_that_may_open_before_the_result_of_the_one_before_is_refused(shift):
    # Stage 1 is decided on 2026-04-15 and stage 2 opens on 2026-04-21.
    assert "stages.s2.train" in problems(three((2, shift)))


def chosen_in_july(**second):
    """An entrant is chosen on 2026-07-20, while a window is open whose stage may be moved."""
    stages = three()[:2]
    stages[0]["entry"] |= {"day": "2026-07-20"}
    stages[1] |= {"evaluated": stages[1]["result"], **second}
    return stages


@pytest.mark.parametrize("shift", [-30, -5, {"uniform": [-5, 0]}])
def test_a_window_that_may_close_before_its_entrant_is_chosen_is_refused(shift):
    # It closes ten days after the entrant is chosen, and its stage may be up to ten days earlier.
    early = {"train": "2026-05-01 to 2026-07-25", "result": "2026-07-30", "evaluated": "2026-07-30"}
    stages = chosen_in_july(**early, shift=shift)
    assert "a window of 'in' that closes on" in problems(stages)
    assert quiet(TEAMS, chosen_in_july(**early, shift=-4)).stages["s2"].shift == -4


@both_engines
def test_an_entrant_may_be_chosen_on_the_eve_of_the_close_of_a_window_moved_ahead(play):
    early = {"train": "2026-05-01 to 2026-07-25", "result": "2026-07-30", "evaluated": "2026-07-30"}
    outcome = play_stages(play, chosen_in_july(**early, shift=-4)).stages[1]
    entered = outcome.fate[:, 3:] != Fate.NOT_ENTERED
    assert (entered.sum(axis=1) == 1).all()
    came = np.where(entered, outcome.compute[:, 3:], np.nan) / FLOP_OF_A_GPU_DAY
    assert np.nanmin(came) == np.nanmax(came) == pytest.approx(GPUS, rel=1e-12)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("shift", [1e6, 1e15, -1e6, -1e300, {"uniform": [-1e15, 0]}, {"normal": [0, 1e300]}])
def test_a_shift_beyond_all_dates_is_refused_in_words(number, shift):
    assert f"stages.s{number}" in problems(three((number, shift)))
