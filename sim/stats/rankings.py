"""Rankings in which teams may share places, and the forecast of a cut that each of them makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import comb

import numpy as np

from sim.model.draws import Floats
from sim.stats.scoring_rules import Classes

Ranking = Sequence[Collection[str]]
"""Groups of teams, the best first; nothing says in which order those of one group are."""


def cut_classes(
    ranking: Ranking, taken: Mapping[int, float], unseen: Collection[str], left: Collection[str]
) -> Classes:
    """Return the chances of each set of teams that may be seen to leave, if the last of a ranking do.

    `taken` has the chance of each number of teams that the cut takes. Those `unseen` have left otherwise
    already: whether the cut takes them too is not to be seen. `left` is the set that was seen to leave.
    """
    by_size: defaultdict[int, float] = defaultdict(float)
    for number, chance in taken.items():
        for size, part in _visible_sizes(ranking, number, unseen).items():
            by_size[size] += chance * part
    # All teams that are seen of the groups at the end, and some of the next: sets of one size are all alike.
    alike = {size: comb(*_next_group(ranking, size, unseen)) for size in by_size}
    chances = {size: chance / alike[size] for size, chance in by_size.items()}
    happened = chances.get(len(left), 0.0) if _could_leave(ranking, left, unseen) else 0.0
    return Classes(tuple(chances.values()), tuple(alike[size] for size in chances), happened)


def place_chances(ranking: Ranking) -> dict[str, Floats]:
    """Return the chance of each place, (places,), by team: those of a group share theirs equally."""
    size, before = sum(map(len, ranking)), 0
    found: dict[str, Floats] = {}
    for group in ranking:
        chances = np.zeros(size)
        chances[before : before + len(group)] = 1 / max(len(group), 1)
        found |= dict.fromkeys(group, chances)
        before += len(group)
    return found


def _visible_sizes(ranking: Ranking, number: int, unseen: Collection[str]) -> dict[int, float]:
    """The chance of each number of teams that are seen to leave, if the cut takes the last `number`."""
    seen = 0
    for group in reversed(ranking):
        shown, hidden = _split(group, unseen)
        if number < len(group):
            ways = comb(len(group), number)
            return {
                seen + k: comb(shown, k) * comb(hidden, number - k) / ways
                for k in range(max(0, number - hidden), min(shown, number) + 1)
            }
        number, seen = number - len(group), seen + shown
    return {seen: 1.0}


def _next_group(ranking: Ranking, size: int, unseen: Collection[str]) -> tuple[int, int]:
    """Of the group of which some are seen to leave if `size` teams are: how many are seen, and leave."""
    for group in reversed(ranking):
        shown, _ = _split(group, unseen)
        if size <= shown:
            return shown, size
        size -= shown
    return 0, 0


def _could_leave(ranking: Ranking, left: Collection[str], unseen: Collection[str]) -> bool:
    """Whether those who left are the last of a ranking."""
    rest = set(left)
    for group in reversed(ranking):
        shown = set(group) - set(unseen)
        if not shown <= rest:
            return rest <= shown
        rest -= shown
    return not rest


def _split(group: Collection[str], unseen: Collection[str]) -> tuple[int, int]:
    hidden = len(set(group) & set(unseen))
    return len(group) - hidden, hidden
