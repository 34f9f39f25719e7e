"""The event engine alone: the phases of a day and a user's own processes."""

from itertools import permutations

import numpy as np
import pytest

from sim.engines import event
from sim.engines.calendar import Phase
from sim.engines.inputs import prepare
from sim.engines.programme import programme, team
from sim.engines.rows import Rows
from sim.engines.world import World
from sim.model.draws import Draws
from sim.rules.book import Rulebook
from sim.rules.decisions import Fate
from tests.engines.identical import arrays, assert_identical
from tests.helpers import DAYS, FLOP_OF_A_GPU_DAY, GPUS, quiet, stage

EXAM = {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 1}}


def two_stages(**more):
    """Three teams, two windows of 100 days; the second opens the moment after the first is decided."""
    return quiet(
        {"a": {}, "b": {}, "c": {}}, [stage(1, EXAM, result="2026-04-20", **more), stage(2, EXAM, **more)]
    )


def play(scenario, *processes, start=0, stop=8):
    return event.play_events(scenario, Draws(1), start, stop, processes=processes)


def gpu_days(outcomes, number=1):
    """Training of each team in a stage, in days of one GPU."""
    return outcomes.stages[number - 1].compute / FLOP_OF_A_GPU_DAY


def lived(scenario, order, index=3):
    """A replication whose processes are started in an order of ours; "p" is the programme."""
    source = Draws(1)
    inputs = prepare(scenario, source, index, index + 1)
    world = World(Rows(inputs).at(0), source, index, Rulebook())
    started = {}
    for who in order:
        started[who] = world.env.process(programme(world) if who == "p" else team(world, who))
    world.env.run(until=started["p"])
    return event.stack_verdicts(inputs, [world.verdicts])


@pytest.mark.parametrize("order", list(permutations(["p", 0, 1, 2])), ids=str)
def test_the_order_in_which_processes_are_made_is_of_no_account(order):
    late = {"gpus": {"default": {"B200": GPUS}}, "delay": {"uniform": [0, 120]}}
    scenario = two_stages(cut={"drop": 1}, gate={"risk": 0.2}, grants=late)
    assert_identical(arrays(lived(scenario, order)), arrays(play(scenario, start=3, stop=4)))


@pytest.mark.parametrize("made", [list(Phase), list(reversed(Phase)), [*list(Phase)[3:], *list(Phase)[:3]]])
def test_what_falls_on_one_day_comes_in_the_order_of_phases(made):
    came = []

    def watch(phase):
        def life(world):
            yield world.at(world.inputs.stages[0].days.decided, phase)
            came.append(phase)

        return life

    play(two_stages(), *[watch(phase) for phase in made], stop=1)
    assert came == sorted(Phase)


def seen(what, phase):
    """What one finds in a phase of the first stage's result day; one in three is out by points."""
    found = []

    def look(world):
        yield world.at(world.inputs.stages[0].days.decided, phase)
        found.append(what(world))

    play(two_stages(cut={"drop": 1}), look, stop=1)
    return found[0]


def test_every_model_is_in_before_points_are_given():
    assert (seen(lambda world: world.reported.copy(), Phase.SCORE) > 0).all()


@pytest.mark.parametrize(("phase", "present"), [(Phase.SCORE, 3), (Phase.GATE, 3), (Phase.ENTRY, 2)])
def test_who_is_out_is_out_from_the_entry_on(phase, present):
    assert np.count_nonzero(seen(lambda world: world.present, phase)) == present


def test_grants_of_the_day_of_a_cut_go_to_those_who_stayed():
    equal = {"pool": {"B200": 3 * GPUS}, "shares": "equal"}
    outcomes = play(two_stages(cut={"drop": 1}, grants=equal))
    stayed = outcomes.stages[0].fate == Fate.KEPT
    np.testing.assert_array_equal(outcomes.stages[1].gpu_hours, np.where(stayed, 1.5 * GPUS * DAYS * 24, 0))


def slow(team, first, last, speed, number=1):
    """A process: a team runs at `speed` from a day of a window to another, counted from 0."""

    def life(world):
        opens = world.inputs.stages[number - 1].days.starts
        yield world.at(opens + first, Phase.GRANT)
        world.hardware.set_speed(team, speed)
        yield world.at(opens + last, Phase.GRANT)
        world.hardware.set_speed(team, 1.0)

    return life


def test_half_the_speed_for_30_days_costs_15_days_of_training():
    outcomes = play(two_stages(), slow(1, 20, 50, 0.5))
    assert gpu_days(outcomes)[:, 1] == pytest.approx(GPUS * (DAYS - 15), rel=1e-12)


def test_a_slow_team_changes_nothing_for_the_others():
    others = [0, 2]
    slowed = play(two_stages(), slow(1, 20, 50, 0.5), slow(1, 3, 7, 0, number=2))
    of_others = arrays(slowed, teams=others, without=("rank",))
    assert_identical(of_others, arrays(play(two_stages()), teams=others, without=("rank",)))


def test_a_slow_team_holds_its_grants_all_the_same():
    slowed, normal = play(two_stages(), slow(1, 20, 50, 0.5)), play(two_stages())
    assert slowed.stages[0].gpu_hours.tobytes() == normal.stages[0].gpu_hours.tobytes()


def test_only_the_days_within_the_window_count():
    outcomes = play(two_stages(), slow(0, DAYS - 10, DAYS + 5, 0))
    assert gpu_days(outcomes)[:, 0] == pytest.approx(GPUS * (DAYS - 10), rel=1e-12)
    assert gpu_days(outcomes, 2)[:, 0] == pytest.approx(GPUS * DAYS, rel=1e-12)


def test_a_speed_lasts_over_windows_until_it_is_set_again():
    outcomes = play(two_stages(), slow(0, 60, DAYS + 10 + 40, 0.25))
    assert gpu_days(outcomes)[:, 0] == pytest.approx(GPUS * (60 + 40 * 0.25), rel=1e-12)
    assert gpu_days(outcomes, 2)[:, 0] == pytest.approx(GPUS * (40 * 0.25 + 60), rel=1e-12)


def test_watching_changes_nothing():
    def watch(world):
        for day in range(1, DAYS, 7):
            yield world.at(world.inputs.stages[0].days.starts + day, Phase.REPORT)
            world.hardware.trained()

    assert_identical(arrays(play(two_stages(), watch)), arrays(play(two_stages())))


def test_a_day_that_is_past_is_refused():
    def turn_back(world):
        opens = world.inputs.stages[0].days.starts
        yield world.at(opens + 50, Phase.REPORT)
        yield world.at(opens + 10, Phase.REPORT)

    with pytest.raises(ValueError, match="past"):
        play(two_stages(), turn_back)


def drawn(*names, start=0, stop=4, many=6):
    """The first uniforms that processes get under each name, by replication; read in turns."""
    found = []

    def read(world):
        luck = [world.uniforms(name) for name in names]
        found.append([tuple(next(each) for each in luck) for _ in range(many)])
        yield world.at(world.inputs.stages[0].days.starts, Phase.GRANT)

    play(two_stages(), read, start=start, stop=stop)
    return found


def test_uniforms_of_a_process_are_those_of_its_replication():
    assert drawn("outage", start=2, stop=4) == drawn("outage")[2:]


def test_uniforms_differ_from_replication_to_replication_and_from_name_to_name():
    numbers = [u for replication in drawn("outage", "strike") for pair in replication for u in pair]
    assert len(set(numbers)) == len(numbers) == 4 * 6 * 2
    assert all(0 < u < 1 for u in numbers)


def test_reading_two_names_in_turns_gives_what_each_gives_alone():
    together, alone = drawn("outage", "strike"), drawn("strike")
    assert [[pair[1:] for pair in replication] for replication in together] == alone


def outage(world):
    """A process of chance: team a stands still for some days of the first window."""
    first, length = (next(world.uniforms(name)) * DAYS / 2 for name in ("when", "how long"))
    yield from slow(0, first, first + length, 0)(world)


def test_a_process_of_chance_is_a_function_of_the_replication():
    whole, part = play(two_stages(), outage), play(two_stages(), outage, start=5, stop=8)
    assert len(set(gpu_days(whole)[:, 0].tolist())) == 8
    assert gpu_days(whole)[5:].tobytes() == gpu_days(part).tobytes()


def stop_for(team, first, last, speed=0):
    """A process in which a team's GPUs stand still from one day of the first window to another."""

    def life(world):
        opens = world.inputs.stages[0].days.starts
        yield world.at(opens + first, Phase.GRANT)
        world.hardware.set_speed(team, speed)
        yield world.at(opens + last, Phase.GRANT)
        world.hardware.set_speed(team, 1)

    return life


@pytest.mark.parametrize("team", ["b", 1, np.int64(1)])
def test_a_team_that_stands_still_computes_nothing_and_then_goes_on(team):
    outcomes = play(two_stages(), stop_for(team, 20, 50))
    assert gpu_days(outcomes)[:, 1] == pytest.approx(GPUS * (DAYS - 30), rel=1e-12)
    assert gpu_days(outcomes)[:, 0] == pytest.approx(GPUS * DAYS, rel=1e-12)


def test_a_team_that_stands_still_from_the_very_first_moment_submits_nothing():
    def strike(world):
        world.hardware.set_speed("b", 0)  # the first stage has not begun yet
        yield world.env.timeout(DAYS + 5)
        world.hardware.set_speed("b", 1)

    outcomes = play(two_stages(), strike)
    assert (outcomes.stages[0].compute[:, 1] == 0).all()
    assert np.isnan(outcomes.stages[0].capability[:, 1]).all()
    assert gpu_days(outcomes, 2)[:, 0] == pytest.approx(GPUS * DAYS, rel=1e-12)


@pytest.mark.parametrize(
    ("team", "speed", "error", "says"),
    [
        ("d", 0, ValueError, "no team 'd'"),
        (3, 0, ValueError, "no team 3, expected a position from 0 to 2"),
        (-1, 0, ValueError, "no team -1"),
        (None, 0, TypeError, "team None, expected an id such as 'a'"),
        (True, 0, TypeError, "team True"),
        ("b", -0.5, ValueError, r"a speed of -0\.5, expected a number of at least 0"),
        ("b", float("nan"), ValueError, "a speed of nan"),
        ("b", float("inf"), ValueError, "a speed of inf"),
        ("b", "0.5", TypeError, "a speed of '0.5', expected a number"),
        ("b", True, TypeError, "a speed of True"),
    ],
)
def test_a_speed_or_a_team_that_means_nothing_is_refused_in_one_line(team, speed, error, says):
    with pytest.raises(error, match=says) as raised:
        play(two_stages(), stop_for(team, 20, 50, speed))
    assert "\n" not in str(raised.value)


def watching(what):
    """A process that asks the world for something once."""

    def life(world):
        yield what(world)

    return life


@pytest.mark.parametrize(
    ("process", "error", "says"),
    [
        (5, TypeError, "process 5, expected a generator function"),
        (lambda world: None, TypeError, "gives None, expected a generator"),
        (watching(lambda world: world.at(float("nan"), Phase.GRANT)), ValueError, "day nan"),
        (watching(lambda world: world.at(30_000, "GRANT")), ValueError, "'GRANT' is not a valid Phase"),
        (watching(lambda world: world.uniforms(3)), TypeError, "uniforms by the name 3"),
    ],
)
def test_a_process_that_asks_for_what_there_is_not_is_refused(process, error, says):
    with pytest.raises(error, match=says):
        play(two_stages(), process)
