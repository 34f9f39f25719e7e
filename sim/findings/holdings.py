"""Who holds the most GPUs in one replication."""

from __future__ import annotations

from collections.abc import Mapping

from sim.findings.fold import MOST_ROWS

_MOST_STRIPS = 16


def choose_holders(gpu_days: Mapping[str, float]) -> list[str]:
    """Return the teams that have a strip, in their order: of many those that held the most."""
    if len(gpu_days) <= MOST_ROWS:
        return list(gpu_days)
    most = sorted(gpu_days, key=lambda team: -gpu_days[team])[:_MOST_STRIPS]
    return [team for team in gpu_days if team in most]


def find_greatest_holders(peaks: Mapping[str, float]) -> list[str]:
    """Return the teams that hold the most at any time, in their order; several hold equally much."""
    most = max(peaks.values())
    return [team for team, peak in peaks.items() if peak >= most * (1 - 1e-9)]
