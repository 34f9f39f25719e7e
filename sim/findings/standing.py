"""Who stands out among several chances, as far as the runs tell: one definition for all renderers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

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


Kind = Literal["nobody", "everybody", "settled", "alike", "level", "unclear", "apart"]
"""How the teams stand to one another.

The rules alone decide the chance of each: 0 for all (`nobody`), 1 for all (`everybody`), or both are there
(`settled`). No input tells the teams apart (`alike`). All intervals overlap (`level`). Some do not, but no
group lies apart from all others on both sides (`unclear`). One group lies above all others and one below
(`apart`).
"""


@dataclass(frozen=True)
class TeamOrder:
    """How the chances of several teams compare.

    `most` and `least` are the teams that are certain where the rules decide, else the smallest groups whose
    intervals, good for all teams at once, lie above, or below, those of everybody else; empty where none
    does. `lowest` and `highest` are the teams with the least and the greatest chance seen.
    """

    kind: Kind
    most: tuple[str, ...]
    least: tuple[str, ...]
    lowest: str
    highest: str

    @property
    def is_decided(self) -> bool:
        """Whether the rules alone decide all of the chances."""
        return self.kind in ("nobody", "everybody", "settled")


def compare_chances(chances: Mapping[str, Estimate], indistinct: Iterable[tuple[str, ...]] = ()) -> TeamOrder:
    """Compare the chances of teams, by team id; `indistinct` are groups of teams that no input tells apart.

    Raises ValueError if there is no chance.
    """
    if not chances:
        raise ValueError("no chances to compare")
    by_chance = {team: one.p for team, one in chances.items()}
    lowest, highest = (of(by_chance, key=by_chance.__getitem__) for of in (min, max))
    kind, most, least = _judge(chances, indistinct)
    return TeamOrder(kind, tuple(most), tuple(least), lowest, highest)


def _judge(
    chances: Mapping[str, Estimate], indistinct: Iterable[tuple[str, ...]]
) -> tuple[Kind, list[str], list[str]]:
    certain = {team: one.certain for team, one in chances.items()}
    if None not in certain.values():
        surely, never = ([team for team in certain if certain[team] == sure] for sure in (1, 0))
        return "nobody" if not surely else "everybody" if not never else "settled", surely, never
    # Before any look at intervals: whatever separates these is luck, and 5 % of samples would name somebody.
    if len(chances) > 1 and any(set(chances) <= set(group) for group in indistinct):
        return "alike", [], []
    if max(one.all_low for one in chances.values()) <= min(one.all_high for one in chances.values()):
        return "level", [], []
    most, least = leading(chances), leading(chances, reverse=True)
    return "apart" if most and least else "unclear", most, least
