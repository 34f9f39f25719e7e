"""A training job from fault to fault where nodes are repaired, spares stand by, or the job goes on.

Every node that is there fails at one rate; those that do not train (spares, or all while the job waits) have
luck of their own, so that spares do not shift the luck of the nodes that train. Times are in days.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from sim.engines.breakdowns import Job, JobLife, NodeConditions, Stretch


class RecoveryLife(JobLife):
    """A job and its nodes; `luck` and `idle` are runs of uniforms, one a fault of nodes that train or not."""

    def __init__(
        self, look: Callable[[Job], Stretch | None], luck: Iterator[float], idle: Iterator[float]
    ) -> None:
        super().__init__(look)
        self.replaced = self.repaired = 0
        self._missing: list[float] = []  # time until each node in repair is back, the next one first
        self._luck, self._idle = luck, idle
        self._ahead, self._idle_ahead = _hazard(luck), _hazard(idle)
        self._times = math.inf, math.inf, math.inf  # until a fault, one of an idle node, a repair's end

    def counts(self) -> dict[str, float]:
        """As `JobLife.counts`."""
        return super().counts() | {"replaced": float(self.replaced), "repaired": float(self.repaired)}

    def wait(self) -> float | None:
        """As `JobLife.wait`."""
        stretch = self._look(self.job)
        if stretch is None:
            return None
        self._stretch = stretch
        nodes = stretch.now.nodes
        if nodes is None or self._is_paused:  # no node's time passes
            self._times = math.inf, math.inf, math.inf
            return min(self.job.down, stretch.lasts) if self._is_paused else stretch.lasts
        working, idle = self._at_work(nodes)
        self._times = (
            _until(self._ahead, working * nodes.rate),
            _until(self._idle_ahead, idle * nodes.rate),
            self._missing[0] if self._missing else math.inf,
        )
        return min(*self._times, stretch.lasts)

    def after(self, time: float) -> Job:
        """As `JobLife.after`."""
        now = self._stretch.now
        if not self._stretch.runs or now.nodes is None:
            return self.job
        if self._is_paused:
            return self.job._replace(down=max(self.job.down - time, 0.0))
        working, _ = self._at_work(now.nodes)
        if not working:
            return self.job
        return self.job.after(time, now._replace(speed=now.speed * working / now.nodes.training))

    def go_on(self, time: float) -> None:
        """As `JobLife.go_on`; a node may come back, too."""
        paused, nodes = self._is_paused, self._stretch.now.nodes
        self.job = self.after(time)
        if nodes is None or paused:
            return
        working, idle = self._at_work(nodes)
        fault, fault_of_idle, back = self._times
        self._ahead = max(self._ahead - time * working * nodes.rate, 0.0)
        self._idle_ahead = max(self._idle_ahead - time * idle * nodes.rate, 0.0)
        self._missing = [max(left - time, 0.0) for left in self._missing]
        if time >= back:
            self._missing.pop(0)
            self.repaired += 1
        elif time >= fault:
            self._strike(nodes)
        elif time >= fault_of_idle:
            self._idle_ahead = _hazard(self._idle)
            self._take_out(nodes)

    @property
    def _is_paused(self) -> bool:
        """Whether a job that goes on has not yet begun again after a fault."""
        nodes = self._stretch.now.nodes
        return self._stretch.runs and nodes is not None and nodes.goes_on and self.job.down > 0

    def _at_work(self, nodes: NodeConditions) -> tuple[int, int]:
        """How many nodes train, and how many are there and do not."""
        there = max(nodes.all - len(self._missing), 0)
        working = min(nodes.training, there)
        if working < nodes.training and not nodes.goes_on:
            working = 0
        return working, there - working

    def _strike(self, nodes: NodeConditions) -> None:
        """A node that trains fails."""
        before, spares = self._at_work(nodes)
        self._ahead, self.faults = _hazard(self._luck), self.faults + 1
        self._take_out(nodes)
        self.replaced += bool(nodes.repair and spares and before)
        if nodes.goes_on:
            self.job = self.job._replace(down=nodes.pause)
        else:
            self.job = self.job.stopped(self._stretch.now.restart)

    def _take_out(self, nodes: NodeConditions) -> None:
        if nodes.repair:
            self._missing.append(nodes.repair)


def _hazard(luck: Iterator[float]) -> float:
    return -math.log1p(-next(luck))


def _until(hazard: float, rate: float) -> float:
    return hazard / rate if rate > 0 else math.inf
