"""Which teams have a row of their own in a table, where there are too many for one each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from math import isnan, nan
from typing import Literal, NamedTuple

from sim.findings.chances import Chances, OptionChances, RangedChance
from sim.stats.summary import Estimate, Kind

MOST_ROWS = 32
"""Teams that have a row each."""

_ALIKE = 4
"""Teams that no input tells apart, from which on they share a row of a long table."""

_FIRST, _LAST = 10, 5
"""Rows of a long table: of those with the best chances to stay, and of those with the worst."""


class TeamRow(NamedTuple):
    """Teams in one row: one alone, `each` of some that no input tells apart, or the `rest` with a range."""

    teams: tuple[str, ...]
    kind: Literal["one", "each", "rest"]


def team_rows(found: Chances, *, pool: bool = False) -> list[TeamRow]:
    """Return the rows of a table: in the order of the file, or by the chance to stay where it is folded.

    `pool`: teams that no input tells apart share a row in a short table, too.
    """
    return fold_teams(found.teams, found.indistinct, partial(_merit, found), pool=pool)


def fold_teams(
    teams: Sequence[str],
    indistinct: Iterable[tuple[str, ...]],
    merit: Callable[[TeamRow], tuple[float, ...]],
    *,
    pool: bool = False,
) -> list[TeamRow]:
    """Return the same of any table of teams; `merit` is a key by which the best come first."""
    if len(teams) <= MOST_ROWS and not pool:
        return [TeamRow((team,), "one") for team in teams]
    alike = {group[0]: group for group in indistinct if len(group) >= _ALIKE}
    others = {team for group in alike.values() for team in group[1:]}
    rows = [
        TeamRow(alike[team], "each") if team in alike else TeamRow((team,), "one")
        for team in teams
        if team not in others
    ]
    if len(rows) <= MOST_ROWS:
        return rows
    rows.sort(key=merit)
    folded = tuple(team for row in rows[_FIRST:-_LAST] for team in row.teams)
    return [*rows[:_FIRST], TeamRow(folded, "rest"), *rows[-_LAST:]]


def group_rows(found: Chances) -> dict[str, TeamRow]:
    """Return a row for each group, by its name, where teams are too many for a row each."""
    if len(found.teams) <= MOST_ROWS:
        return {}
    return {name: TeamRow(members, "each") for name, members in found.groups.items()}


def number_that_stays(one: OptionChances, teams: Sequence[str]) -> float:
    """Return how many of some teams stay to the end, on average: the sum of their chances."""
    return sum(one.teams["", team, "selected"].estimate.p for team in teams)


def _merit(found: Chances, row: TeamRow) -> tuple[float, ...]:
    """A key by which the best come first: by the chance to stay, then by leaving late rather than early."""
    stays = mean_chance(found.default, row.teams, "", "selected").estimate.p
    return -stays, *(mean_chance(found.default, row.teams, s, "leaves").estimate.p for s in found.ahead)


def mean_chance(one: OptionChances, teams: Sequence[str], stage: str, kind: Kind) -> RangedChance:
    """Return a chance of a team, or its mean over several, whose error is at most that of one."""
    return mean_of([one.teams[stage, team, kind] for team in teams])


def mean_of(chances: Sequence[RangedChance]) -> RangedChance:
    """Return the mean of chances, whose error is at most that of one."""
    if len(chances) == 1:
        return chances[0]
    estimates = [chance.estimate for chance in chances]

    def mean(values: Sequence[float]) -> float:
        asked = [value for value in values if not isnan(value)]
        return sum(asked) / len(asked) if asked else nan

    certain = {each.certain for each in estimates}
    together = Estimate(
        count=sum(each.count for each in estimates),
        of=sum(each.of for each in estimates),
        p=mean([each.p for each in estimates]),
        low=mean([each.low for each in estimates]),
        high=mean([each.high for each in estimates]),
        all_low=mean([each.all_low for each in estimates]),
        all_high=mean([each.all_high for each in estimates]),
        certain=certain.pop() if len(certain) == 1 else None,
    )
    ends = [chance.range for chance in chances if chance.range is not None]
    span = (mean([low for low, _ in ends]), mean([high for _, high in ends])) if ends else None
    return RangedChance(together, span)


def chance_span(
    one: OptionChances, teams: Sequence[str], stage: str, kind: Kind
) -> tuple[Estimate, Estimate]:
    """Return the least and the greatest chance of some teams."""
    ranked = sorted((one.teams[stage, team, kind].estimate for team in teams), key=lambda each: each.p)
    return ranked[0], ranked[-1]
