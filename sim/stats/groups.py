"""Which teams stand apart from the others, as a group."""

from __future__ import annotations

from collections.abc import Mapping

from sim.stats.summary import Estimate


def leading(chances: Mapping[str, Estimate], *, reverse: bool = False) -> list[str]:
    """The smallest group whose intervals, good for all at once, lie above those of everybody else.

    In the order of `chances`; empty if no group stands apart. `reverse`: below instead of above.
    """
    sign = -1 if reverse else 1
    ranked = sorted(chances, key=lambda team: -sign * chances[team].p)
    for size in range(1, len(ranked)):
        group, others = ranked[:size], ranked[size:]
        inner = min(sign * _end(chances[team], -sign) for team in group)
        outer = max(sign * _end(chances[team], sign) for team in others)
        if inner > outer:
            return [team for team in chances if team in group]
    return []


def _end(e: Estimate, side: int) -> float:
    return e.all_high if side > 0 else e.all_low
