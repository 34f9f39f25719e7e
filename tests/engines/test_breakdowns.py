"""Faults one by one: against the closed forms on fixed work and in windows, and by hand."""

import math
import re
from itertools import chain, repeat

import numpy as np
import pytest
from hypothesis import given, settings

from sim.engines import batch, event
from sim.engines.breakdowns import BreakdownLife, Conditions, Job, Stretch
from sim.engines.calendar import Phase
from sim.engines.outcomes import concatenate
from sim.model.compute import availability
from sim.model.draws import Draws, Key, Purpose
from sim.scenario import from_data
from tests.engines.agree import first_difference
from tests.engines.identical import arrays, assert_identical
from tests.generate import scenarios
from tests.helpers import (
    DAYS,
    FLOP_OF_A_GPU_DAY,
    GPUS,
    Script,
    assert_chances,
    assert_mean,
    assert_sd,
    played,
    quiet,
    stage,
)
from tests.oracles.cases import case
from tests.oracles.closed_forms import wall_clock, wall_clock_sd
from tests.oracles.test_faults import DALY, RUNS, of_a_run

C3 = case("C3_daly_published")
EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5}}
NODE_DAYS = GPUS / 8 * DAYS
HOUR = 1 / 24


def hours_to_do(segments, conditions, luck):
    """Wall clock until so many checkpoints hold `interval` hours of work each, and the faults meanwhile."""
    cycle = conditions.interval + conditions.write

    def look(job):
        left = segments - round(job.saved / (conditions.speed * conditions.interval))
        if not left:
            return None
        needed = job.down + left * cycle - job.worked - job.written
        return Stretch(max(needed, 1e-9), conditions)  # rounding must not leave a rest that takes no time

    life, clock = BreakdownLife(look, luck), 0.0
    while (wait := life.wait()) is not None:
        life.go_on(wait)
        clock += wait
    return clock, life.faults


def many_runs(work, mttf, restart, write, interval, size):
    """Wall clocks and counts of faults of `size` runs of about `work` hours, and the work they really are."""
    segments = round(work / interval)
    conditions = Conditions(2.5, 1 / mttf, interval, write, restart)
    source, key = Draws(20260115), Key(Purpose.FAULT, "s", "t")
    runs = [hours_to_do(segments, conditions, source.sequence(key, index)) for index in range(size)]
    clocks, faults = np.array(runs).T
    return segments * interval, clocks, faults


def assert_like_closed_form(work, mttf, restart, write, interval, size=400):
    """Mean and spread of the wall clock are those of the closed form, and faults strike at the rate."""
    work, clocks, faults = many_runs(work, mttf, restart, write, interval, size)
    given = work, mttf, restart, write, interval
    assert_mean(clocks, float(wall_clock(*given)), float(wall_clock_sd(*given)))
    assert_sd(clocks, float(wall_clock_sd(*given)))
    assert abs(faults.sum() - clocks.sum() / mttf) <= 4 * math.sqrt(clocks.sum() / mttf)


@pytest.mark.parametrize("given", [given for given, _ in RUNS])
def test_a_hundred_days_of_work_take_the_time_of_the_closed_form(given):
    assert_like_closed_form(*of_a_run(given))


@pytest.mark.parametrize("hours", [0.25, 2.0, 12.0])
@pytest.mark.parametrize("given", [given for given, _ in RUNS])
def test_so_they_do_with_an_interval_that_is_set(given, hours):
    work, mttf, restart, write, _ = of_a_run(given)
    assert_like_closed_form(work, mttf, restart, write, hours, 200)


@pytest.mark.parametrize(("given", "expected"), DALY)
def test_faults_strike_during_restarts_too(given, expected):
    """Where a restart lasts two thirds of the time to a fault, restarts without faults would save 14 %."""
    interval, mttf = expected["daly_high"] / 60, given["M_h"]
    size = 30 if mttf < 1 else 400
    assert_like_closed_form(
        C3.inputs["Ts_h"], mttf, given["R_min"] / 60, given["delta_min"] / 60, interval, size
    )


def test_without_faults_the_wall_clock_is_work_and_writes():
    conditions = Conditions(1.0, 0.0, 3.0, 0.25, 1.0)
    assert hours_to_do(40, conditions, repeat(0.5)) == (pytest.approx(40 * 3.25, rel=1e-12), 0)


def uniform(hazard):
    """The uniform that gives a hazard."""
    return -math.expm1(-hazard)


def lived(hazards, until):
    """A job with one fault expected an hour, 1 h of work, 0.1 h of writing, 0.5 h of restart."""
    conditions = Conditions(10.0, 1.0, 1.0, 0.1, 0.5)
    clock = 0.0

    def look(_):
        return Stretch(until - clock, conditions) if clock < until else None

    life = BreakdownLife(look, chain(map(uniform, hazards), repeat(uniform(30.0))))
    while (wait := life.wait()) is not None:
        life.go_on(wait)
        clock += wait
    return life


@pytest.mark.parametrize(
    ("hazards", "until", "saved", "faults"),
    [
        ([2.0], 3.55, 10, 1),  # one checkpoint at 1.1; 0.9 h are lost; again from 2.5, the next at 3.6
        ([2.0], 3.65, 20, 1),
        ([2.0, 0.3], 3.85, 10, 2),  # in the restart: again from 2.8, the next at 3.9
        ([2.0, 0.3], 3.95, 20, 2),
        ([2.0, 0.3, 0.4], 4.25, 10, 3),  # and again in it: from 3.2
        ([1.05], 2.6, 0, 1),  # in the write: nothing is saved; again from 1.55, done at 2.65
        ([1.05], 2.7, 10, 1),
        ([1.11], 5.0, 40, 1),  # just after it: again from 1.61, three checkpoints until 4.91
    ],
)
def test_lives_worked_out_by_hand(hazards, until, saved, faults):
    life = lived(hazards, until)
    assert (life.job.saved, life.faults) == (pytest.approx(saved), faults)


def test_a_wait_cut_into_pieces_comes_to_the_same():
    conditions = Conditions(10.0, 0.0, 1.0, 0.1, 0.5)
    whole, cut = Job(down=0.5).after(97.3, conditions), Job(down=0.5)
    for piece in np.diff(np.sort(np.r_[0, Draws(1).columns([Key(Purpose.USER)], 0, 500)[0], 1])) * 97.3:
        cut = cut.after(piece, conditions)
    assert cut == pytest.approx(whole, rel=1e-9)


def faulty(teams=("a", "b"), stages=1, more=None, **faults):
    """Teams with 100 GPUs for 100 days, by default with a fault in about two days."""
    faults = {"mode": "each", "per_node_day": 0.04} | faults
    chosen = {t: {} for t in teams} if not isinstance(teams, dict) else teams
    return quiet(chosen, [stage(n + 1, EXAM, **(more or {})) for n in range(stages)], faults=faults)


def play(scenario, start=0, stop=200, *processes):
    return event.play_events(scenario, Draws(1), start, stop, processes=processes)


def days_of(outcomes, number=1):
    """Days of all `GPUS` that count, (replications, teams)."""
    return outcomes.stages[number - 1].compute / (GPUS * FLOP_OF_A_GPU_DAY)


def test_without_faults_both_modes_are_the_same_to_the_byte():
    each, average = (faulty(per_node_day=0, mode=mode, stages=2) for mode in ("each", "average"))
    assert_identical(arrays(play(each)), arrays(play(average)))


@settings(max_examples=25)
@given(data=scenarios())
def test_without_faults_and_for_free_checkpoints_change_nothing(data):
    """Whatever the grants, delays, slow periods and windows: the process follows every change of hardware."""
    free = {"per_node_day": 0, "checkpoint": 0, "interval": 2}
    data["teams"] = {t: {k: v for k, v in team.items() if k != "faults"} for t, team in data["teams"].items()}
    each, average = (from_data(data | {"faults": free | {"mode": mode}}) for mode in ("each", "average"))
    one, other = event.play_events(each, Draws(1), 3, 9), batch.play_batch(average, Draws(1), 3, 9)
    assert first_difference(average, one, other) is None


def test_a_window_without_faults_by_hand():
    """60 h of work and 4 h of writing fit 37 times into 2,400 h; of the 32 h left the last 4 are a write."""
    outcomes = play(faulty(per_node_day=0, interval=60, checkpoint=4 * 3600), stop=1)
    assert days_of(outcomes) == pytest.approx((37 * 60 + 28) * HOUR, rel=1e-12)


@pytest.mark.parametrize("rate", [400, 1e4, 1e6])
def test_an_enormous_rate_leaves_nothing(rate):
    assert (days_of(play(faulty(per_node_day=rate), stop=3)) < 1e-3).all()


def test_more_faults_than_can_be_played_are_refused_in_one_line():
    with pytest.raises(ValueError, match="faults") as refused:
        play(faulty(per_node_day=1e6, restart=0, checkpoint=0), stop=1)
    assert re.fullmatch(r"faults\.mode each: .*1e\+07; take average", str(refused.value))


def test_a_checkpoint_of_a_whole_window_leaves_nothing():
    assert (days_of(play(faulty(checkpoint=DAYS * 86_400), stop=3)) == 0).all()


NO_CHECKPOINTS = {"interval": 24 * DAYS, "checkpoint": 3600.0, "restart": 0}
"""Only the last one is written: at the close counts what has been done since the last fault."""


def test_a_window_survives_with_the_chance_of_no_fault():
    rate = 0.7 / NODE_DAYS
    whole = days_of(play(faulty(per_node_day=rate, **NO_CHECKPOINTS), stop=1500)) > DAYS - 1.5 * HOUR
    assert_chances(whole, [math.exp(-0.7)] * 2)


def test_what_has_been_done_since_the_last_fault_is_exponential():
    done = days_of(play(faulty(per_node_day=0.02, **NO_CHECKPOINTS), stop=600))
    mean = DAYS / (0.02 * NODE_DAYS)  # 4 days, less what a fault in the last write loses; all 100 never occur
    lost = math.exp(-HOUR / mean)
    second = 2 * mean**2 * lost
    assert_mean(done, mean * lost, math.sqrt(second - (mean * lost) ** 2))


def test_the_rate_is_that_of_the_hardware_of_the_moment():
    """A fifth of the GPUs are the team's own, the rest come after 60 days."""
    late = {"gpus": {"default": {"B200": 0.8 * GPUS}}, "delay": 60}
    teams = {t: {"own": {"B200": 0.2 * GPUS}} for t in "ab"}
    scenario = faulty(teams, more={"grants": late}, per_node_day=1.5 / NODE_DAYS, **NO_CHECKPOINTS)
    done = days_of(play(scenario, stop=1500))
    whole = 0.2 * 60 + 40  # days of all GPUs; 1 h of writing at the end
    assert done.max() == pytest.approx(whole - HOUR)
    hazard = 1.5 * (0.2 * 0.6 + 0.4)
    assert_chances(done > whole - 1.5 * HOUR, [math.exp(-hazard)] * 2)
    since_delivery = done > 40 - 1.5 * HOUR  # no fault since the delivery at least
    assert_chances(since_delivery, [math.exp(-1.5 * 0.4)] * 2)


def test_twice_the_gpus_have_twice_the_faults():
    teams = {"a": {}, "b": {"own": {"B200": GPUS}}}
    done = days_of(play(faulty(teams, per_node_day=0.7 / NODE_DAYS, **NO_CHECKPOINTS), stop=1500))
    assert_chances(done > np.array([1, 2]) * (DAYS - 1.5 * HOUR), [math.exp(-0.7), math.exp(-1.4)])


def in_a_window(hours, mttf, restart, write, interval):
    """Expected hours of work that count in a window of many checkpoints, its ends included.

    Checkpoints are renewals (Smith 1958): by t there are t / m + (s^2 / m^2 - 1) / 2 of them, with m and s
    the mean and SD of the time for one. The last write saves what is in hand unless a fault strikes in it.
    """
    length, m = interval + write, wall_clock(interval, mttf, restart, write, interval)
    s = wall_clock_sd(interval, mttf, restart, write, interval)
    checkpoints = (hours - write) / m + (s**2 / m**2 - 1) / 2
    # A segment is begun e^(L/M) times; the work in hand grows while it is done and stays while it is written.
    x = 1 / mttf
    growing = (1 - math.exp(-x * interval) * (1 + x * interval)) / x**2
    waiting = interval * (math.exp(-x * interval) - math.exp(-x * length)) / x
    in_hand = math.exp(x * length) * (growing + waiting) / m
    return float(interval * checkpoints + in_hand * math.exp(-x * write))


@pytest.mark.parametrize("days", [30, 100])
@pytest.mark.parametrize("interval", [1.0, 5.0])
def test_a_window_has_the_mean_of_the_closed_form_and_its_ends(days, interval):
    """A fault in 19.2 h, restarts of 4 h, writes of 0.5 h: far from what faults cost in reality."""
    faults = {"per_node_day": 0.1, "restart": 240, "checkpoint": 1800, "interval": interval}
    window = {"train": f"2026-01-01 to 2026-{'01-30' if days == 30 else '04-10'}", "result": "2026-04-20"}
    done = 24 * days_of(play(faulty(more=window, **faults), stop=400))
    mttf = 24 / (0.1 * GPUS / 8)
    given = mttf, 4.0, 0.5, interval
    sd = done.std(ddof=1)  # that of the closed form is for fixed work
    assert_mean(done, in_a_window(24 * days, *given), sd)
    long_run = 24 * days * float(availability(np.array(1 / mttf), 4.0, 0.5, np.array(interval)))
    assert done.mean() == pytest.approx(long_run, abs=1.5 * interval + 4 * sd / math.sqrt(done.size))


def test_two_teams_have_luck_of_their_own():
    a, b = days_of(play(faulty(per_node_day=0.04, restart=600), stop=600)).T
    assert abs(np.corrcoef(a, b)[0, 1]) <= 4 / math.sqrt(600)


def test_two_stages_have_luck_of_their_own():
    outcomes = play(faulty(stages=2, restart=600), stop=600)
    one, two = (days_of(outcomes, number)[:, 0] for number in (1, 2))
    assert abs(np.corrcoef(one, two)[0, 1]) <= 4 / math.sqrt(600)


@pytest.mark.parametrize("teams", ["abc", "cab"])
def test_another_team_changes_nobody_elses_luck(teams):
    both = [teams.index("a"), teams.index("b")]
    same = {"teams": both, "without": ("rank",)}
    assert_identical(
        arrays(play(faulty(teams, 2)), **same), arrays(play(faulty("ab", 2)), teams=[0, 1], without=("rank",))
    )


def test_a_later_stage_changes_nothing_before_it():
    assert_identical(arrays(play(faulty(stages=2)), 1), arrays(play(faulty(stages=1)), 1))


def test_ranges_put_together_are_the_longer_run():
    parts = [play(faulty(stages=2), start, stop) for start, stop in ((3, 4), (4, 11), (11, 30))]
    assert_identical(arrays(concatenate(parts)), arrays(play(faulty(stages=2), 3, 30)))


def test_each_fault_takes_one_number_of_its_team_and_stage():
    """With hazards of 1/2 for ever a job of `n` expected faults has 2 n of them: after each, 12.5 h."""
    luck = Script({Key(Purpose.FAULT, "s1", "a"): uniform(0.5)})
    scenario = faulty("a", per_node_day=96 / NODE_DAYS, restart=60, checkpoint=1800, interval=5)
    done = 24 * event.play_events(scenario, luck, 0, 1).stages[0].compute / (GPUS * FLOP_OF_A_GPU_DAY)
    # The first lasts 12.5 h, the others 11.5 h of running: two checkpoints of 5.5 h each, but for the last.
    assert done[0, 0] == pytest.approx(2 * 5 * 192, abs=6)


def test_watching_changes_nothing():
    def watch(world):
        for day in range(1, DAYS, 7):
            yield world.at(world.inputs.stages[0].days.starts + day, Phase.REPORT)
            world.hardware.trained()

    assert_identical(arrays(play(faulty(), 0, 20, watch)), arrays(play(faulty(), 0, 20)))


def test_what_counts_grows_checkpoint_by_checkpoint():
    seen = []

    def watch(world):
        for _ in range(1, 24 * DAYS):
            yield world.env.timeout(HOUR)
            seen.append(world.hardware.trained()[0] / (GPUS * FLOP_OF_A_GPU_DAY * HOUR))

    play(faulty(interval=10, checkpoint=3600), 0, 1, watch)
    assert seen == sorted(seen)
    np.testing.assert_allclose(np.unique(np.round(seen, 6)) % 10, 0, atol=1e-6)
    assert len(set(np.round(seen))) > 50


def test_a_slow_team_does_less_and_fails_as_often():
    def slow(world):
        yield world.at(world.inputs.stages[0].days.starts, Phase.GRANT)
        world.hardware.set_speed(0, 0.5)

    slowed, normal = days_of(play(faulty(), 0, 50, slow)), days_of(play(faulty(), 0, 50))
    np.testing.assert_allclose(slowed, normal * [0.5, 1.0], rtol=1e-9)


def test_a_job_that_stands_still_for_a_while_does_nothing_and_then_goes_on():
    """Without a stop, 100 days; with one of 30 days, the 70 that are left, but for the faults in them."""

    def stop(world):
        opens = world.inputs.stages[0].days.starts
        yield world.at(opens + 20, Phase.GRANT)
        world.hardware.set_speed("a", 0)
        before = world.hardware.trained()[0]
        yield world.at(opens + 50, Phase.GRANT)
        still = world.hardware.trained()[0] - before
        assert still <= FLOP_OF_A_GPU_DAY * GPUS * HOUR * 30  # a checkpoint may save what was done before
        world.hardware.set_speed("a", 1)

    stopped, normal = days_of(play(faulty(), 0, 200, stop)), days_of(play(faulty(), 0, 200))
    assert np.all(stopped[:, 0] < normal[:, 0])
    assert stopped[:, 0].mean() == pytest.approx(0.7 * normal[:, 0].mean(), rel=0.01)
    assert stopped[:, 1].tolist() == normal[:, 1].tolist()


def test_the_batch_engine_refuses_it_by_name():
    with pytest.raises(ValueError, match=r"`faults\.mode: each`"):
        played(batch.play_batch, faulty(), 1)
