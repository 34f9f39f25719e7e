"""Who holds the most GPUs in one replication."""

from __future__ import annotations

from collections.abc import Mapping


def find_greatest_holders(peaks: Mapping[str, float]) -> list[str]:
    """Return the teams that hold the most at any time, in their order; several hold equally much."""
    most = max(peaks.values())
    return [team for team, peak in peaks.items() if peak >= most * (1 - 1e-9)]
