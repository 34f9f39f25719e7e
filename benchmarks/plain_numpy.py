"""The programme of scenarios/k-ai-2025-plan.yaml as a NumPy script, as a good user would write it.

Its random numbers are NumPy's own (PCG64, normals by the ziggurat), without keys: its chances are those of
the engines to sampling error, its replications are not. Numbers of the plan are those of the SimPy script.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks import plain_simpy as plan

Array = NDArray[np.float64]

SPEED = np.array([speed for _, speed in plan.FIRST_GRANTS])
FIRST = np.array([float(gpus) for gpus, _ in plan.FIRST_GRANTS])
SHARERS = np.isin(np.arange(5), plan.SHARERS)
BENCHMARK, EXPERTS = np.array([10, 20, 10]), np.array([10, 15, 10])  # maxima of items


def play(seed: int, size: int) -> NDArray[np.bool_]:
    """Who is selected in each of `size` replications, (replications, teams)."""
    rng = np.random.default_rng(seed)
    kappa = rng.triangular(plan.KAPPA_LOW, plan.KAPPA_LIKELY, plan.KAPPA_HIGH, (size, 1))
    own = np.zeros((size, 5))
    own[:, 3], own[:, 4] = 1024, rng.uniform(512, 2048, size)
    fault_rate = 6.2e-3 * np.exp(0.8 * rng.standard_normal((size, 5)))
    lasting = plan.TEAM_SPREAD * rng.standard_normal((size, 5))
    live = np.ones((size, 5), dtype=bool)
    for s, stage in enumerate(plan.STAGES):
        sharing = live & SHARERS
        granted = sharing * plan.POOL / np.maximum(sharing.sum(axis=1, keepdims=True), 1) if s else FIRST
        flop = train(own, granted, plan.B200 if s else SPEED, fault_rate) * (stage.closes - stage.opens)
        with np.errstate(divide="ignore"):  # who is out has no GPUs
            ahead = stage.ahead + kappa * np.log10(flop / plan.REFERENCE_COMPUTE) + lasting
        ahead += plan.STAGE_SPREAD * rng.standard_normal((size, 5))
        in_field = live & (rng.random((size, 5)) >= plan.GATE_RISK)
        points = np.where(in_field, score(rng, ahead, live), -1.0)
        live = in_field & (points >= np.sort(points, axis=1)[:, [-stage.keep]])
    return live


def train(own: Array, granted: Array, speed: Array | float, fault_rate: Array) -> Array:
    """FLOP a day of `own` H200 and of `granted` GPUs in one job, less what faults cost (Daly 2006)."""
    mttf = 192 / np.maximum((own + granted) * fault_rate, 1e-99)  # hours
    half = plan.WRITE / (2 * mttf)
    interval = np.sqrt(2 * plan.WRITE * mttf) * (1 + np.sqrt(half) / 3 + half / 9) - plan.WRITE
    lost = mttf * np.exp(plan.RESTART / mttf) * np.expm1((interval + plan.WRITE) / mttf)
    return (own * plan.HOPPER + granted * speed) * interval / lost


def score(rng: np.random.Generator, ahead: Array, live: NDArray[np.bool_]) -> Array:
    """Points of each team; the leader in users' points gets all of them."""
    seen = plan.FOLLOWS / plan.SPREAD * ahead[..., None]
    seen = seen + plan.IMPRESSION * rng.standard_normal((*ahead.shape, 2))
    noise = rng.standard_normal((*ahead.shape, 7))
    benchmark = (30.4 + 0.5 * ahead[..., None]) / plan.BENCHMARK_MAX + plan.BENCHMARK_NOISE * noise[..., :3]
    experts = (28.56 + 1.6 * seen[..., :1]) / plan.EXPERTS_MAX + plan.EXPERTS_NOISE * noise[..., 3:6]
    users = np.clip(17.6 + 2.7 * seen[..., 1] + plan.USERS_NOISE * noise[..., 6], 0, plan.USERS_MAX)
    best = (users * live).max(axis=1, keepdims=True)
    users *= plan.USERS_MAX / np.where(best > 0, best, plan.USERS_MAX)
    users += np.clip(BENCHMARK * benchmark, 0, BENCHMARK).sum(axis=-1)
    users += np.clip(EXPERTS * experts, 0, EXPERTS).sum(axis=-1)
    return users
