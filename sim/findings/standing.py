"""Who stands apart from whom, as far as the intervals of their chances tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.stats.groups import leading
from sim.stats.summary import Estimate


@dataclass(frozen=True)
class Standing:
    """How the chances of several teams compare; their intervals hold for all teams at once.

    `most` and `least` are the smallest groups whose intervals lie above, or below, those of everybody else;
    empty if none does. `is_level`: all intervals overlap, so nobody can be told from anybody. `lowest` and
    `highest` are the teams with the least and the greatest chance seen.
    """

    most: tuple[str, ...]
    least: tuple[str, ...]
    is_level: bool
    lowest: str
    highest: str

    @property
    def first(self) -> str | None:
        """The one team that stands above all others, if there is one."""
        return self.most[0] if len(self.most) == 1 else None

    @property
    def last(self) -> str | None:
        """The one team that stands below all others, if there is one."""
        return self.least[0] if len(self.least) == 1 else None


def compare_chances(chances: Mapping[str, Estimate]) -> Standing:
    """Compare the chances of teams, by team id. Raises ValueError if there is none."""
    if not chances:
        raise ValueError("no chances to compare")
    by_chance = {team: one.p for team, one in chances.items()}
    lowest, highest = (of(by_chance, key=by_chance.__getitem__) for of in (min, max))
    return Standing(
        most=tuple(leading(chances)),
        least=tuple(leading(chances, reverse=True)),
        is_level=max(one.all_low for one in chances.values())
        <= min(one.all_high for one in chances.values()),
        lowest=lowest,
        highest=highest,
    )
