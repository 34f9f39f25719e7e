"""What a trace comes to, happening by happening, without words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Literal

from sim.engines.happenings import LEAVES, Happening, What
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import window_of

_ENTRY = (What.ENTRY_NOT_HELD, What.ENTRY_HELD, What.ENTERS, What.NOT_CHOSEN, What.NOBODY_ENTERS)
_CLOSES = (What.SUBMITS, What.SUBMITS_NOTHING)
_LENDING = (
    *(What.SUPPLY, What.GRANT, What.DELIVERY, What.TAKEN_BACK, What.SLOW, What.NORMAL),
    *(What.SLOW_STORAGE, What.STORAGE_NORMAL, What.FALLS_BACK),
)
_AFTERWARDS = (
    *(What.MAKES_ALONE, What.INSTITUTES_BEGIN, What.HALF_SERVED, What.COMPANIES_BEGIN, What.ECOSYSTEM),
)


def planned(scenario: Scenario, happening: Happening) -> date | None:
    """The day that was planned, where that is another than the one on which it happens; None otherwise."""
    day = _planned(scenario, happening) if _may_be_planned(happening) else None
    return None if day == happening.date else day


def _planned(scenario: Scenario, happening: Happening) -> date | None:
    stage, what = scenario.stages[happening.stage], happening.what
    if what in _ENTRY:
        return stage.entry.day.planned if stage.entry else None
    if what is What.SCORES:
        return stage.evaluated or stage.result.planned
    if what is What.WINDOW_OPENS or what in (What.TOO_LATE, *_CLOSES):
        window = window_of(stage.train, happening.team)
        assert window is not None  # it has opened
        return window.first if what is What.WINDOW_OPENS else window.last
    return stage.result.planned


Kind = Literal["entry", "training", "ends", "scores", "result", "not_held", "research", "afterwards"]

OfTeam = Mapping[What, Happening]
"""What happens to one team in one section, by what it is."""

_KIND: Mapping[What, Kind] = {
    **dict.fromkeys(_ENTRY, "entry"),
    **dict.fromkeys((What.WINDOW_OPENS, *_LENDING), "training"),
    **dict.fromkeys((What.TOO_LATE, *_CLOSES), "ends"),
    What.SCORES: "scores",
    What.NOT_HELD: "not_held",
    What.FOUND: "research",
    **dict.fromkeys(_AFTERWARDS, "afterwards"),
}
"""All else is part of a result."""


@dataclass(frozen=True)
class Section:
    """What happens on one date of one kind at one stage.

    `teams` come by rank or points where there are some, as in the file elsewhere; what is nobody's is that of
    the team "", and comes last.
    """

    day: date
    planned: date | None  # the day that the file had planned, where all of it was planned for another one
    stage: str
    kind: Kind
    teams: Mapping[str, OfTeam]
    closing: date | None  # the day on which all windows that open here close, if it is the same

    @property
    def kinds(self) -> set[What]:
        """What happens."""
        return {what for of in self.teams.values() for what in of}

    def first(self, *kinds: What) -> Happening:
        """Return the first happening of one of these kinds, of which there is one."""
        return next(one for of in self.teams.values() for one in of.values() if one.what in kinds)


@dataclass(frozen=True)
class TraceFindings:
    """One replication. `sections` are those that concern `team`, or all; the rest is about all teams."""

    scenario: Scenario
    replication: int
    seed: int
    team: str | None
    ended_before: str | None  # the first stage that is not held, before which the programme ends
    selected: tuple[str, ...]  # by its last stage; or who is still in when it ends before
    left: Mapping[str, tuple[str, ...]]  # teams by the stage at which they left, in order of time
    never_in: tuple[str, ...]  # candidates that have not come in
    some_known: bool  # whether anything of it is known to have happened
    sections: tuple[Section, ...]
    capability: Mapping[tuple[str, str], float]  # in ECI points, by stage and team
    closes: Mapping[tuple[str, str], date]  # when the window of a stage and team closes


def trace_findings(
    scenario: Scenario, seed: int, replication: int, happenings: Sequence[Happening], team: str | None = None
) -> TraceFindings:
    """Work out what a record of one replication comes to, for all teams or for `team`."""
    left: dict[str, tuple[str, ...]] = {}
    for one in happenings:
        if one.what in LEAVES:
            left[one.stage] = (*left.get(one.stage, ()), one.team)
        elif one.what is What.ENTERS:  # who has come in again is not out
            left = {stage: tuple(t for t in teams if t != one.team) for stage, teams in left.items()}
    left = {stage: teams for stage, teams in left.items() if teams}
    seen = {one.team for one in happenings if one.what in (What.WINDOW_OPENS, What.ENTERS)}
    never_in = tuple(t for t in scenario.teams if t in scenario.candidates - seen)
    ended = scenario.ended_before
    selected = {one.team for one in happenings if one.what is What.SELECTED}
    if ended is not None:
        selected = set(scenario.teams).difference(never_in, *left.values())
    closes = {(one.stage, one.team): one.date for one in happenings if one.what in _CLOSES}
    return TraceFindings(
        scenario,
        replication,
        seed,
        team,
        ended_before=ended,
        selected=tuple(t for t in scenario.teams if t in selected),
        left=left,
        never_in=never_in,
        some_known=any(one.fixed for one in happenings),
        sections=tuple(_sections(scenario, [h for h in happenings if _concerns(scenario, team, h)], closes)),
        capability={
            (h.stage, h.team): h.values["capability"] for h in happenings if "capability" in h.values
        },
        closes=closes,
    )


def _concerns(scenario: Scenario, team: str | None, one: Happening) -> bool:
    """Whether it is of the team, or of interest to it although it is nobody's."""
    if team is None or one.team == team:
        return True
    if one.what in (What.ENTRY_HELD, What.ENTRY_NOT_HELD, What.NOBODY_ENTERS):
        entry = scenario.stages[one.stage].entry
        return entry is not None and (team in entry.candidates or scenario.may_return(one.stage, team))
    return one.what in (What.NOBODY_SELECTED, What.NOT_HELD, What.FOUND)


def _sections(
    scenario: Scenario, happenings: Sequence[Happening], closes: Mapping[tuple[str, str], date]
) -> Iterator[Section]:
    """What happens by date, stage and kind, in order of time."""
    found: dict[tuple[date, str, Kind], list[Happening]] = {}
    for one in happenings:
        kind = _KIND.get(one.what, "result")
        if _is_left_over(one):
            kind = "training"
        found.setdefault((one.date, one.stage, kind), []).append(one)
    for (day, stage, kind), section in found.items():
        teams: dict[str, dict[What, Happening]] = {}
        for one in section:
            teams.setdefault(one.team, {})[one.what] = one
        ordered = {team: teams[team] for team in _by_rank(scenario, teams)}
        opening = (closes[one.stage, one.team] for one in section if one.what is What.WINDOW_OPENS)
        other_days = (planned(scenario, one) for one in section if _may_be_planned(one))
        yield Section(day, _common(other_days), stage, kind, ordered, _common(opening))


def _common(days: Iterator[date | None]) -> date | None:
    """The day, if they are all the same."""
    found = set(days)
    return found.pop() if len(found) == 1 else None


def _is_left_over(one: Happening) -> bool:
    """Whether it is GPUs of the pool that nobody gets, and not what a team gives back."""
    return one.what is What.RETURNED and not one.team


def _may_be_planned(one: Happening) -> bool:
    """Whether the file has a day for it."""
    return one.what not in (*_LENDING, *_AFTERWARDS, What.NOT_HELD, What.FOUND) and not _is_left_over(one)


def _by_rank(scenario: Scenario, teams: Mapping[str, OfTeam]) -> list[str]:
    """Teams by rank or points where there are some, as in the file elsewhere; what is nobody's comes last."""
    places = {name: i for i, name in enumerate(scenario.teams)}

    def key(team: str) -> tuple[bool, float, int]:
        rank, points = teams[team].get(What.RANK), teams[team].get(What.SCORES)
        first = rank.values["rank"] if rank else -points.values["total"] if points else inf
        return not team, first, places.get(team, 0)

    return sorted(teams, key=key)
