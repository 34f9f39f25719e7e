"""Jobs whose nodes are repaired, with spares or going on: fixed work against closed forms, and by hand."""

import math
from itertools import chain, repeat

import numpy as np
import pytest

from sim.engines.breakdowns import BreakdownLife, Conditions, NodeConditions, Stretch
from sim.engines.recovery_life import RecoveryLife
from sim.model.compute import availability
from sim.model.draws import Draws, Key, Purpose
from sim.model.recovery import JobNodes, going_share, stopping_share
from tests.oracles.closed_forms import wall_clock

HOURS = 2_400.0
RUNS = 24


def hours_to_do(conditions, work, luck, idle):
    """Wall clock of one job until so many hours of work of all training nodes are done, and its life."""
    nodes, cycle = conditions.nodes, conditions.interval + conditions.write
    loses_nothing = nodes is not None and nodes.goes_on

    def look(job):
        if loses_nothing:
            left = work - job.saved - job.unsaved
            return None if left < 1e-6 else Stretch(job.down + left, conditions)
        segments = round((work - job.saved) / conditions.interval)
        if not segments:
            return None
        return Stretch(max(job.down + segments * cycle - job.worked - job.written, 1e-9), conditions)

    life = BreakdownLife(look, luck) if nodes is None else RecoveryLife(look, luck, idle)
    clock = 0.0
    while (wait := life.wait()) is not None:
        life.go_on(wait)
        clock += wait
    return clock, life


def clocks_of(conditions, work, runs=RUNS):
    """Wall clocks of so many jobs."""
    source, key = Draws(20260916), Key(Purpose.FAULT, "s", "t")
    other = key._replace(item="idle")
    return np.array(
        [
            hours_to_do(conditions, work, source.sequence(key, i), source.sequence(other, i))[0]
            for i in range(runs)
        ]
    )


def assert_mean_clock(clocks, expected):
    z = (clocks.mean() - expected) / (clocks.std(ddof=1) / math.sqrt(clocks.size))
    assert abs(z) <= 4, f"z-score {z}"


def a_job(nodes, spares, rate, repair, *, pause=None, restart=0.6, write=0.1, interval=3.0):
    """Conditions of a job by the hour, and its nodes as the closed forms take them."""
    training = nodes - spares
    of_nodes = NodeConditions(nodes, training, rate, repair, pause or 0.0, goes_on=pause is not None)
    as_arrays = JobNodes(*(np.array(float(x)) for x in (nodes, training, rate)))
    return Conditions(1.0, training * rate, interval, write, restart, of_nodes), as_arrays


STOPPING = [(8, 0, 0.004, 12.0), (10, 2, 0.008, 12.0), (24, 4, 0.01, 8.0), (1, 0, 0.03, 5.0), (6, 5, 0.02, 9)]


@pytest.mark.parametrize("given", STOPPING)
def test_a_job_that_stops_takes_the_time_of_the_closed_form(given):
    conditions, nodes = a_job(*given)
    share = stopping_share(nodes, np.array(given[-1]), 0.6, 0.1, np.array(3.0))  # of all nodes
    assert_mean_clock(clocks_of(conditions, HOURS), HOURS * (given[0] - given[1]) / given[0] / share)


GOING = [(8, 0, 0.02, 12.0, 0.3), (10, 2, 0.03, 12.0, 0.3), (1, 0, 0.03, 5.0, 0.5), (6, 5, 0.05, 9.0, 0.05)]


@pytest.mark.parametrize("interval", [math.inf, 3.0])
@pytest.mark.parametrize("given", GOING)
def test_a_job_that_goes_on_takes_the_time_of_the_closed_form(given, interval):
    *of_nodes, pause = given
    write = 0.1 if interval < math.inf else 0.0
    conditions, nodes = a_job(*of_nodes, pause=pause, write=write, interval=interval)
    written = None if interval == math.inf else np.array(interval)
    share = going_share(nodes, np.array(given[3]), np.array(pause), 0.1, written)
    assert_mean_clock(clocks_of(conditions, HOURS), HOURS * (given[0] - given[1]) / given[0] / share)


def test_where_repair_takes_no_time_it_is_the_job_of_dalys_closed_form():
    """With the same luck, whatever the spares."""
    plain = Conditions(1.0, 8 * 0.02, 3.0, 0.1, 0.6)
    for spares in (0, 3):
        conditions, _ = a_job(8 + spares, spares, 0.02, 0.0)
        assert clocks_of(conditions, 600.0, 5) == pytest.approx(clocks_of(plain, 600.0, 5), rel=1e-12)


def test_so_it_is_where_there_are_spares_enough():
    conditions, _ = a_job(8 + 60, 60, 0.02, 1.0)
    assert clocks_of(conditions, 600.0, 5) == pytest.approx(
        clocks_of(Conditions(1.0, 8 * 0.02, 3.0, 0.1, 0.6), 600.0, 5), rel=1e-12
    )


@pytest.mark.parametrize("given", [(40.0, 50.0, 0.5, 0.4), (100.0, 40.0, 2.0, 0.0), (20.0, 400.0, 0.1, 1.0)])
def test_without_checkpoints_a_job_begins_from_scratch(given):
    """E[T] = M (e^(W/M) - 1) e^((R+D)/M): a fault while it restarts, or is not noticed, begins that anew."""
    work, mttf, restart, detection = given
    expected = mttf * math.expm1(work / mttf) * math.exp((restart + detection) / mttf)
    share = availability(np.array(1 / mttf), restart + detection, 1e-30, np.array(work))
    assert work / share == pytest.approx(expected, rel=1e-12)
    assert wall_clock(work, mttf, restart + detection, 0.0, work) == pytest.approx(expected, rel=1e-12)
    conditions, _ = a_job(4, 0, 1 / mttf / 4, 0.0, restart=restart + detection, write=1e-12, interval=work)
    assert_mean_clock(clocks_of(conditions, work, 2000), expected)


def uniform(hazard):
    """The uniform that gives a hazard."""
    return -math.expm1(-hazard)


def lived(conditions, hazards, until, idle=()):
    """A job until a moment, with these hazards between faults and then none."""
    clock, never = 0.0, repeat(uniform(30.0))

    def look(_):
        return Stretch(until - clock, conditions) if clock < until else None

    life = RecoveryLife(look, chain(map(uniform, hazards), never), chain(map(uniform, idle), never))
    while (wait := life.wait()) is not None:
        life.go_on(wait)
        clock += wait
    return life


@pytest.mark.parametrize(
    ("spares", "hazards", "idle", "until", "saved", "counts"),
    [
        # Four nodes that train, a fault a node in 40 h; 1 h of work, 0.1 h of writing, 0.5 h of restart.
        (0, [0.2], [], 7.05, 1, (1, 0, 1)),  # at 2 h one is saved; 4 h of repair, restart until 6.5, the next
        (0, [0.2], [], 7.65, 2, (1, 0, 1)),  # at 7.6
        (1, [0.2], [], 3.55, 1, (1, 1, 0)),  # a spare is free: restart until 2.5, the next at 3.6
        (1, [0.2], [], 3.65, 2, (1, 1, 0)),
        (1, [0.2], [0.025], 6.55, 1, (1, 0, 2)),  # the spare failed at 1 h: wait until it is back at 5 h
        (1, [0.2], [0.025], 6.65, 2, (1, 0, 2)),
        (1, [0.2, 0.1], [], 6.45, 1, (2, 1, 1)),  # again at 3 h: the first is back at 6 h, restart until 6.5
        (1, [0.2, 0.1], [], 7.65, 2, (2, 1, 2)),
    ],
)
def test_a_job_that_stops_by_hand(spares, hazards, idle, until, saved, counts):
    conditions, _ = a_job(4 + spares, spares, 1 / 40, 4.0, restart=0.5, interval=1.0)
    life = lived(conditions, hazards, until, idle)
    assert life.job.saved == pytest.approx(saved)
    assert (life.faults, life.replaced, life.repaired) == counts


@pytest.mark.parametrize(
    ("spares", "hazards", "until", "done"),
    [
        # Four nodes that train, a fault a node in 40 h, 0.5 h until the rest goes on, 4 h of repair.
        (0, [0.2], 2.4, 2.0),
        (0, [0.2], 6.5, 2 + 0.75 * 4),
        (0, [0.2], 8.5, 2 + 0.75 * 4 + 2),
        (0, [0.2, 0.075], 6.5, 2 + 0.75 * 1 + 0.5 * 2.5),  # again after an hour of three: at 3.5; two from 4
        (0, [0.2, 0.075], 8.0, 2 + 0.75 * 1 + 0.5 * 3 + 0.75),  # the first is back at 7, for pauses count not
        (1, [0.2], 8.5, 2 + 6.0),  # a spare takes its place
    ],
)
def test_a_job_that_goes_on_by_hand(spares, hazards, until, done):
    conditions, _ = a_job(4 + spares, spares, 1 / 40, 4.0, pause=0.5, write=0.0, interval=math.inf)
    life = lived(conditions, hazards, until)
    assert life.job.saved + life.job.unsaved == pytest.approx(done)


META = {
    (64, 0.0065, 10, 60, 60): 0.972240437158,
    (128, 0.0065, 10, 60, 60): 0.96087431694,
    (128, 0.0237, 30, 180, 120): 0.738989010989,
    (2048, 0.0065, 5, 30, 20): 0.806153846154,
}
"""Kokolis et al. 2025: nodes, rate a day, minutes lost, minutes between checkpoints, seconds to write."""


@pytest.mark.parametrize(("given", "expected"), META.items())
def test_metas_formula_for_small_losses_is_near(given, expected):
    """E[ETTR] = (1 - N r (u0 + dt/2)) / (1 + w/dt), to the square of what is lost; u0 is R + D here."""
    nodes, rate, u0, dt, write = given
    assert (1 - nodes * rate * (u0 + dt / 2) / 1440) / (1 + write / 60 / dt) == pytest.approx(expected)
    share = availability(np.array(nodes * rate / 24), u0 / 60, write / 3600, np.array(dt / 60))
    assert abs(share - expected) < (1 - expected) ** 2
