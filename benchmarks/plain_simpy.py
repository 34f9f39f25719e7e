"""The programme of scenarios/k-ai-2025-plan.yaml as a plain SimPy script, written by hand for it alone.

Nothing is general and nothing is read from a file: dates, teams, GPUs, points and rules are numbers in the
code, a replication is computed with Python floats, and only its fates are kept. Its random numbers are the
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

B200, HOPPER = 2250e12 * 0.23, 989e12 * 0.35  # useful FLOP/s of a GPU; H100 and H200 alike
MAIN_RUN = 0.5  # share of GPU time

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
USERS_MAX = 25

# Of each item its maximum, its share of the block, and its noise; users give points for one thing only.
BENCHMARK = [(top, top / 40, top / math.sqrt(600)) for top in (10, 20, 10)]
EXPERTS = [(top, top / 35, top / math.sqrt(425)) for top in (10, 15, 10)]
USERS = [(USERS_MAX, 1.0, 1.1)]


class Stage(NamedTuple):
    """A stage; days are ordinals, a window closes and a result comes at the end of a day."""

    opens: int
    closes: int
    result: int
    keep: int
    years: float  # from 2026-01-01 to the close
    reference: float  # ECI of a model that gets the mean points


def stage(opens: date, last: date, result: date, keep: int, reference_compute: float) -> Stage:
    """A stage from its dates."""
    closes = last.toordinal() + 1
    years = (closes - date(2026, 1, 1).toordinal()) / 365.25
    reference = LEVEL + KAPPA_MEDIAN * math.log10(reference_compute / REFERENCE_COMPUTE) + PER_YEAR * years
    return Stage(opens.toordinal(), closes, result.toordinal() + 1, keep, years, reference)


STAGES = [
    stage(date(2025, 9, 9), date(2025, 12, 30), date(2025, 12, 31), 4, 1.3e24),
    stage(date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30), 3, 4.0e24),
    stage(date(2026, 7, 1), date(2026, 12, 31), date(2026, 12, 31), 2, 4.0e24),
]

Process = Generator[simpy.Event, Any, None]
Fates = list[list[int]]  # a number of each team, for each stage


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
        self.opening = self.env.event()  # carries the stage and the grants
        self.submitted: dict[int, simpy.Event] = {}
        self.compute: dict[int, float] = {}  # FLOP of each submitted model


def programme(world: World) -> Process:
    """Open a window, wait for the models, evaluate them on the day, and so on."""
    env = world.env
    for s, stage in enumerate(STAGES):
        yield env.timeout(stage.opens - env.now)
        world.submitted = {t: env.event() for t in world.live}
        opening, world.opening = world.opening, env.event()
        opening.succeed((stage, grants(s, world.live)))
        yield env.all_of(world.submitted.values())
        yield env.timeout(stage.result - env.now)
        evaluate(world, s)


def team(world: World, t: int) -> Process:
    """Train while the window is open and submit a model when it closes, until out."""
    while True:
        stage, granted = yield world.opening
        if t not in world.live:
            return
        gpus, speed = granted[t]
        rate = training_rate(world.own[t], gpus, speed, world.fault_rate[t])
        yield world.env.timeout(stage.closes - stage.opens)
        world.compute[t] = rate * (stage.closes - stage.opens)
        world.submitted[t].succeed()


def kappa(u: float) -> float:
    """Quantile of the triangular distribution of ECI per tenfold compute."""
    width, rise = KAPPA_HIGH - KAPPA_LOW, KAPPA_LIKELY - KAPPA_LOW
    if u * width < rise:
        return KAPPA_LOW + math.sqrt(u * width * rise)
    return KAPPA_HIGH - math.sqrt((1 - u) * width * (width - rise))


def grants(s: int, live: list[int]) -> list[tuple[float, float]]:
    """What each team is lent, as GPUs and FLOP/s of one: named in the first stage, equal shares later."""
    if s == 0:
        return [(512, B200), (512, B200), (1024, HOPPER), (0, B200), (0, B200)]
    sharing = [t for t in SHARERS if t in live]
    return [(POOL / len(sharing) if t in sharing else 0, B200) for t in range(len(TEAMS))]


def training_rate(own: float, granted: float, speed: float, fault_rate: float) -> float:
    """FLOP a day of `own` H200 and of `granted` GPUs in one job, less what faults cost (Daly 2006)."""
    write, restart = 60 / 3600, 0.5  # hours
    mttf = 24 / ((own + granted) / 8 * fault_rate)
    interval = mttf
    if write < 2 * mttf:
        half = write / (2 * mttf)
        interval = math.sqrt(2 * write * mttf) * (1 + math.sqrt(half) / 3 + half / 9) - write
    working = interval / (mttf * math.exp(restart / mttf) * math.expm1((interval + write) / mttf))
    return (own * HOPPER + granted * speed) * MAIN_RUN * working * 86400


def evaluate(world: World, s: int) -> None:
    """Points, then the gate, then the cut."""
    luck, scores = world.luck, score(world, s)
    passed = [t for t in world.live if luck.gate[s][t] >= GATE_RISK]
    order = sorted(passed, key=lambda t: scores[t], reverse=True)
    if any(scores[a] == scores[b] for a, b in pairwise(order)):
        drawn = tie_luck(world.source, s, luck.replication)
        order.sort(key=lambda t: (*scores[t], drawn[t]), reverse=True)
    kept = order[: STAGES[s].keep]
    fates = [GONE] * len(TEAMS)
    for t in world.live:
        fates[t] = KEPT if t in kept else OUT_BY_POINTS if t in passed else OUT_AT_GATE
    world.fates.append(fates)
    world.live = sorted(kept)


def score(world: World, s: int) -> dict[int, tuple[float, float, float]]:
    """Of each team its total, and the benchmark and expert points that break ties."""
    stage, luck, blocks = STAGES[s], world.luck, {}
    for t in world.live:
        q = LEVEL + world.kappa * math.log10(world.compute[t] / REFERENCE_COMPUTE) + PER_YEAR * stage.years
        q += TEAM_SPREAD * luck.lasting[t] + STAGE_SPREAD * luck.passing[s][t]
        ahead = q - stage.reference
        seen = [FOLLOWS * ahead / SPREAD + IMPRESSION * x for x in luck.impression[s][t]]
        noise = luck.noise[s][t]
        blocks[t] = (
            points(BENCHMARK, 30.4 + 0.5 * ahead, noise[:3]),
            points(EXPERTS, 28.56 + 1.6 * seen[0], noise[3:6]),
            points(USERS, 17.6 + 2.7 * seen[1], noise[6:]),
        )
    best = max((users for _, _, users in blocks.values()), default=0.0)
    factor = USERS_MAX / best if best > 0 else 1.0  # the leader gets them all
    return {
        t: (round((benchmark + experts + users * factor) / 1e-6) * 1e-6, benchmark, experts)
        for t, (benchmark, experts, users) in blocks.items()
    }


def points(items: list[tuple[int, float, float]], mean: float, noise: list[float]) -> float:
    """Points of a block, whose items have a share of its mean and noise of their own."""
    total = 0.0
    for (maximum, share, sd), luck in zip(items, noise, strict=True):
        total += min(max(share * mean + sd * luck, 0.0), maximum)
    return total


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
