"""The programme of scenarios/k-ai-2025-plan.yaml as a SimPy script, written by hand for speed.

Nothing is general and nothing is read from a file: dates, teams, GPUs, points and rules are numbers in the
code, a replication is computed with Python floats, and only its fates are kept. All teams wait for the same
two events of a stage, and what replications have in common is worked out once. Its random numbers are the
keyed draws of the engines (`benchmarks.luck`), so its fates must be theirs in every replication.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import simpy

from benchmarks.luck import TEAMS, Luck, lucks, tie_luck
from sim.model.draws import Source

GONE, KEPT, OUT_BY_POINTS, OUT_AT_GATE = range(4)

SECONDS_PER_DAY = 86400
MAIN_RUN = 0.5  # share of GPU time
B200 = 2250e12 * 0.23 * MAIN_RUN * SECONDS_PER_DAY  # useful FLOP a day of a GPU
HOPPER = 989e12 * 0.35 * MAIN_RUN * SECONDS_PER_DAY  # H100 and H200 alike

LEVEL, REFERENCE_COMPUTE, PER_YEAR = 133.6, 1.5e24, 8.9  # ECI, FLOP, ECI
TEAM_SPREAD, STAGE_SPREAD = 2.5, 4.0  # ECI
SPREAD = math.hypot(TEAM_SPREAD, STAGE_SPREAD)
FOLLOWS = 0.3  # correlation of judged points with strength
IMPRESSION = math.sqrt(1 - FOLLOWS**2)
KAPPA_LOW, KAPPA_LIKELY, KAPPA_HIGH = 3.0, 5.7, 8.9
KAPPA_MEDIAN = KAPPA_HIGH - math.sqrt(0.5 * (KAPPA_HIGH - KAPPA_LOW) * (KAPPA_HIGH - KAPPA_LIKELY))

GATE_RISK = 0.05
POOL = 3000  # B200 from the second stage on
SHARERS = (0, 1, 2)  # positions in TEAMS: all but the two suppliers
FIRST_GRANTS: list[tuple[float, float]] = [(512, B200), (512, B200), (1024, HOPPER), (0, B200), (0, B200)]
WRITE, RESTART = 60 / 3600, 0.5  # hours

BENCHMARK_MAX, EXPERTS_MAX, USERS_MAX = 40, 35, 25
BENCHMARK_NOISE, EXPERTS_NOISE, USERS_NOISE = 1 / math.sqrt(600), 1 / math.sqrt(425), 1.1  # of a point


class Stage(NamedTuple):
    """A stage; days are ordinals, a window closes and a result comes at the end of a day."""

    opens: int
    closes: int
    result: int
    keep: int
    ahead: float  # ECI of a model of the reference compute at the close, above one that gets the mean points


def stage(opens: date, last: date, result: date, keep: int, reference_compute: float) -> Stage:
    """A stage from its dates."""
    ahead = -KAPPA_MEDIAN * math.log10(reference_compute / REFERENCE_COMPUTE)
    return Stage(opens.toordinal(), last.toordinal() + 1, result.toordinal() + 1, keep, ahead)


STAGES = [
    stage(date(2025, 9, 9), date(2025, 12, 30), date(2025, 12, 31), 4, 1.3e24),
    stage(date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30), 3, 4.0e24),
    stage(date(2026, 7, 1), date(2026, 12, 31), date(2026, 12, 31), 2, 4.0e24),
]

Process = Generator[simpy.Event, Any, None]
Fates = list[list[int]]  # a number of each team, for each stage
Scored = tuple[float, float, float]  # total, and the benchmark and expert points that break ties


class World:
    """One replication."""

    def __init__(self, luck: Luck, source: Source) -> None:
        self.env = simpy.Environment(initial_time=STAGES[0].opens)
        self.luck, self.source = luck, source
        self.live = list(range(len(TEAMS)))
        self.fates: Fates = []
        self.kappa = kappa(luck.per_tenfold)
        self.own = [0.0, 0.0, 0.0, 1024.0, 512 + (2048 - 512) * luck.naver]
        self.fault_rate = [6.2e-3 * math.exp(0.8 * z) for z in luck.faults]  # per node and day
        self.opening = self.env.event()  # carries the close, in days and as an event, and the grants
        self.compute = [0.0] * len(TEAMS)  # FLOP of each submitted model


def programme(world: World) -> Process:
    """Open a window, wait until it closes, evaluate the models on the day, and so on."""
    env = world.env
    for s, stage in enumerate(STAGES):
        yield env.timeout(stage.opens - env.now)
        days = stage.closes - stage.opens
        closing = env.timeout(days)
        opening, world.opening = world.opening, env.event()
        opening.succeed((days, closing, grants(s, world.live)))
        yield closing
        yield env.timeout(stage.result - env.now)  # after all teams have submitted, even on the same day
        evaluate(world, s)


def team(world: World, t: int) -> Process:
    """Train while the window is open and submit a model when it closes, until out."""
    own, fault_rate, compute = world.own[t], world.fault_rate[t], world.compute
    while True:
        days, closing, granted = yield world.opening
        if t not in world.live:
            return
        gpus, speed = granted[t]
        rate = training_rate(own, gpus, speed, fault_rate)
        yield closing
        compute[t] = rate * days


def kappa(u: float) -> float:
    """Quantile of the triangular distribution of ECI per tenfold compute."""
    width, rise = KAPPA_HIGH - KAPPA_LOW, KAPPA_LIKELY - KAPPA_LOW
    if u * width < rise:
        return KAPPA_LOW + math.sqrt(u * width * rise)
    return KAPPA_HIGH - math.sqrt((1 - u) * width * (width - rise))


def grants(s: int, live: list[int]) -> list[tuple[float, float]]:
    """What each team is lent, as GPUs and FLOP a day of one: named in the first stage, equal shares later."""
    if s == 0:
        return FIRST_GRANTS
    sharing = [t for t in SHARERS if t in live]
    return [(POOL / len(sharing) if t in sharing else 0, B200) for t in range(len(TEAMS))]


def training_rate(own: float, granted: float, speed: float, fault_rate: float) -> float:
    """FLOP a day of `own` H200 and of `granted` GPUs in one job, less what faults cost (Daly 2006)."""
    mttf = 192 / ((own + granted) * fault_rate)  # hours; a node has eight GPUs
    interval = mttf
    if 2 * mttf > WRITE:
        half = WRITE / (2 * mttf)
        interval = math.sqrt(2 * WRITE * mttf) * (1 + math.sqrt(half) / 3 + half / 9) - WRITE
    working = interval / (mttf * math.exp(RESTART / mttf) * math.expm1((interval + WRITE) / mttf))
    return (own * HOPPER + granted * speed) * working


def evaluate(world: World, s: int) -> None:
    """Points, then the gate, then the cut."""
    gate, scores = world.luck.gate[s], score(world, s)
    passed = [t for t in world.live if gate[t] >= GATE_RISK]
    order = sorted(passed, key=scores.__getitem__, reverse=True)
    if any(scores[a] == scores[b] for a, b in pairwise(order)):
        drawn = tie_luck(world.source, s, world.luck.replication)
        order.sort(key=lambda t: (*scores[t], drawn[t]), reverse=True)
    kept = order[: STAGES[s].keep]
    fates = [GONE] * len(TEAMS)
    for t in world.live:
        fates[t] = KEPT if t in kept else OUT_BY_POINTS if t in passed else OUT_AT_GATE
    world.fates.append(fates)
    world.live = sorted(kept)


def score(world: World, s: int) -> dict[int, Scored]:
    """The points of every team."""
    luck, kappa, compute, blocks = world.luck, world.kappa, world.compute, {}
    lasting, passing, impression, noise = luck.lasting, luck.passing[s], luck.impression[s], luck.noise[s]
    common = STAGES[s].ahead
    for t in world.live:
        ahead = common + kappa * math.log10(compute[t] / REFERENCE_COMPUTE)
        ahead += TEAM_SPREAD * lasting[t] + STAGE_SPREAD * passing[t]
        blocks[t] = points(ahead, impression[t], noise[t])
    best = max([users for _, _, users in blocks.values()], default=0.0)
    factor = USERS_MAX / best if best > 0 else 1.0  # the leader gets them all
    return {
        t: (round((benchmark + experts + users * factor) / 1e-6) * 1e-6, benchmark, experts)
        for t, (benchmark, experts, users) in blocks.items()
    }


def points(ahead: float, impression: list[float], noise: list[float]) -> tuple[float, float, float]:
    """Points of the three blocks of a model so many ECI ahead; an item has a share of its block's mean."""
    seen, seen_by_users = impression
    benchmark = (30.4 + 0.5 * ahead) / BENCHMARK_MAX
    experts = (28.56 + 1.6 * (FOLLOWS / SPREAD * ahead + IMPRESSION * seen)) / EXPERTS_MAX
    users = 17.6 + 2.7 * (FOLLOWS / SPREAD * ahead + IMPRESSION * seen_by_users)
    nia, common, individual, technique, results, impact, liked = noise
    return (
        clip(10 * (benchmark + BENCHMARK_NOISE * nia), 10)
        + clip(20 * (benchmark + BENCHMARK_NOISE * common), 20)
        + clip(10 * (benchmark + BENCHMARK_NOISE * individual), 10),
        clip(10 * (experts + EXPERTS_NOISE * technique), 10)
        + clip(15 * (experts + EXPERTS_NOISE * results), 15)
        + clip(10 * (experts + EXPERTS_NOISE * impact), 10),
        clip(users + USERS_NOISE * liked, USERS_MAX),
    )


def clip(value: float, maximum: int) -> float:
    """Points between 0 and the maximum."""
    return 0.0 if value < 0 else maximum if value > maximum else value


def play(source: Source, start: int, stop: int) -> list[Fates]:
    """The fates of the replications from `start` to before `stop`."""
    played = []
    for luck in lucks(source, start, stop):
        world = World(luck, source)
        end = world.env.process(programme(world))
        for t in range(len(TEAMS)):
            world.env.process(team(world, t))
        world.env.run(until=end)
        played.append(world.fates)
    return played
