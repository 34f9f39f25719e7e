"""What is left of a job's time where nodes are repaired, spares stand by, or the job goes on without them.

Every node of a team fails at one rate, spares too, and is back after `repair`, whatever happens to the rest.
So the number missing is binomial (k out of n with repair, Barlow and Proschan 1975), and by insensitivity
only the mean of the repair matters. Docs: docs/world/faults.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.model.compute import FaultInputs, availability, fold
from sim.model.draws import Floats, Numbers

_NEARLY = 1e-9
"""Share of a node below which GPUs are the rounding of a division, and no node more."""


@dataclass
class BadNodeInputs:
    """How the rate of a job's faults is drawn where nodes differ; arrays are (..., teams)."""

    luck: Floats  # a uniform of each team
    mean: Floats  # mean rate of a node against the average of all, once the worst are replaced
    shape: Floats  # of the gamma law of one node with that mean; nan for teams whose nodes are alike

    def factor(self, nodes: Floats) -> Floats:
        """Return the rate of all `nodes` of a team against the average: the mean of so many gamma laws."""
        from scipy.special import gammaincinv  # here, for most plays do without

        shape = np.maximum(nodes, _NEARLY) * np.where(np.isnan(self.shape), 1.0, self.shape)
        drawn = self.mean * gammaincinv(shape, self.luck) / shape
        return np.where(np.isnan(self.shape), 1.0, drawn)


@dataclass
class RecoveryInputs:
    """What jobs do about faults; arrays are (..., teams), times in hours."""

    per_node: Floats  # GPUs
    goes_on: Floats  # 1 for a job that goes on with the rest, 0 for one that stops whole
    pause: Floats  # of a job that goes on: until a fault is noticed and the rest has begun again
    repair: Floats
    spares: Floats  # whole nodes
    bad: BadNodeInputs | None


class JobNodes(NamedTuple):
    """The nodes of jobs, (..., teams)."""

    all: Floats  # whole nodes, spares too; GPUs are spread evenly over them
    training: Floats  # of them those that train while enough are there
    rate: Floats  # faults an hour of each


def nodes_of_jobs(total: Floats, faults: FaultInputs, recovery: RecoveryInputs) -> JobNodes:
    """Return the nodes of jobs that have `total` GPUs, spares included, (..., teams)."""
    exact = total / recovery.per_node
    rate = total * faults.rate
    if recovery.bad is not None:
        rate = rate * recovery.bad.factor(exact)
    nodes = np.ceil(exact - _NEARLY * np.maximum(exact, 1.0))
    training = np.maximum(nodes - recovery.spares, 0.0)
    return JobNodes(nodes, training, rate / np.maximum(nodes, 1.0))


def working_share(gpus: Floats, faults: FaultInputs) -> Floats:
    """Return the share of time that is work that counts, (..., teams), on `gpus`, (..., hardware, teams).

    In the long run, against all GPUs working without a fault: spares that stand by are lost, too.
    """
    total, recovery = fold(gpus), faults.recovery
    if recovery is None:
        return availability(total * faults.rate, faults.restart, faults.write, faults.interval)
    nodes = nodes_of_jobs(total, faults, recovery)
    stops = stopping_share(nodes, recovery.repair, faults.restart, faults.write, faults.interval)
    if not recovery.goes_on.any():
        return stops
    goes = going_share(nodes, recovery.repair, recovery.pause, faults.write, faults.interval)
    return np.where(recovery.goes_on > 0, goes, stops)


def stopping_share(
    nodes: JobNodes, repair: Floats, restart: Numbers, write: Numbers, interval: Floats | None
) -> Floats:
    """Return the share of a job that stops whole, and waits while fewer nodes are there than it trains on.

    While it waits its faults wait, too: what passes otherwise is time by Daly's closed form.
    """
    there = chance_of_enough(nodes, repair)
    share = availability(nodes.training * nodes.rate, restart, write, interval)
    return nodes.training / np.maximum(nodes.all, 1.0) * there * share


def going_share(
    nodes: JobNodes, repair: Floats, pause: Floats, write: Numbers, interval: Floats | None
) -> Floats:
    """Return the share of a job that goes on with the nodes that are there, after a `pause` at each fault.

    No work is lost but that of the pause, in which no node fails and no repair goes on. A checkpoint is
    written only where an interval is set: there is nothing else that it could save.
    """
    working = mean_working(nodes, repair)
    share = working / np.maximum(nodes.all, 1.0) / (1.0 + pause * nodes.rate * working)
    if interval is None:
        return share
    writing = np.where(np.isnan(interval), 1.0, interval / (interval + write))
    return share * writing


def chance_of_enough(nodes: JobNodes, repair: Floats) -> Floats:
    """Return the chance that at no moment fewer nodes are there than are to train, in the long run."""
    from scipy.special import betainc

    spares = nodes.all - nodes.training
    there = 1.0 / (1.0 + nodes.rate * repair)
    some = nodes.training > 0
    return np.where(some, betainc(np.where(some, nodes.training, 1.0), spares + 1.0, there), 0.0)


def mean_working(nodes: JobNodes, repair: Floats) -> Floats:
    """Return the mean number of nodes that train, in the long run, spares taking the place of missing ones.

    E[min(k, U)] with U of n binomial: n p P(U' <= k - 2) + k P(U >= k), with U' of n - 1 nodes.
    """
    from scipy.special import betainc

    missing = nodes.rate * repair / (1.0 + nodes.rate * repair)
    spares = nodes.all - nodes.training
    several = nodes.training > 1
    fewer = betainc(spares + 1.0, np.where(several, nodes.training - 1.0, 1.0), missing)
    fewer = np.where(several, nodes.all * fewer / (1.0 + nodes.rate * repair), 0.0)
    return fewer + nodes.training * chance_of_enough(nodes, repair)


def moments_of_a_node(shape: Floats, replaced: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of a node's rate, gamma with mean 1, once the worst share is replaced.

    Average nodes, of rate 1, have taken the places of those above the law's quantile 1 - `replaced`.
    """
    from scipy.special import gammainc, gammaincinv

    limit = gammaincinv(shape, 1.0 - replaced)  # infinite where none are replaced
    mean = gammainc(shape + 1.0, limit) + replaced
    square = (shape + 1.0) / shape * gammainc(shape + 2.0, limit) + replaced
    return mean, square - mean * mean
