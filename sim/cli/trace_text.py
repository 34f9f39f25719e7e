"""The text that `sim trace` prints: within 80 columns, by date, a plain sentence first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sim.cli.layout import WIDTH, fitted
from sim.cli.trace_lines import Of, Phrases
from sim.engines.record import LEAVES, Happening, What
from sim.scenario.models.scenario import Scenario
from sim.stats.planned import planned

NAME_WIDTH, STAGE_WIDTH = 18, 40
"""Cells for names of teams and of stages; longer names lose their middle."""

_KINDS = {
    "entry": (What.ENTRY_NOT_HELD, What.ENTRY_HELD, What.ENTERS, What.NOT_CHOSEN, What.NOBODY_ENTERS),
    "training": (What.WINDOW_OPENS, What.GRANT, What.DELIVERY, What.SLOW, What.NORMAL),
    "ends": (What.TOO_LATE, What.SUBMITS, What.SUBMITS_NOTHING),
    "scores": (What.SCORES,),
}
_KIND = {what: kind for kind, several in _KINDS.items() for what in several}
_CLOSES = frozenset({What.SUBMITS, What.SUBMITS_NOTHING})


@dataclass
class Section:
    """What happens on one date of one kind at one stage, by team as in the file; "" is nobody's."""

    day: date
    stage: str
    kind: str
    teams: dict[str, dict[What, Happening]]

    @property
    def happenings(self) -> list[Happening]:
        """All of it."""
        return [one for of in self.teams.values() for one in of.values()]

    @property
    def kinds(self) -> set[What]:
        """What of."""
        return {one.what for one in self.happenings}


@dataclass
class TraceText:
    """One replication in one language; only one team's part if `team` is given."""

    scenario: Scenario
    file: str
    replication: int
    seed: int
    happenings: Sequence[Happening]
    lang: str
    team: str | None = None
    found: tuple[int, str] | None = None  # from where, and by what question, the replication was found

    def __post_init__(self) -> None:
        self.names = {
            t: fitted(team.name.get(self.lang), NAME_WIDTH) for t, team in self.scenario.teams.items()
        }
        self.stages = {
            s: fitted(stage.name.get(self.lang) if stage.name else s, STAGE_WIDTH)
            for s, stage in self.scenario.stages.items()
        }
        self.phrases = Phrases(
            self.lang,
            {(h.stage, h.team): h.values["capability"] for h in self.happenings if "capability" in h.values},
            {(h.stage, h.team): h.date for h in self.happenings if h.what in _CLOSES},
        )
        self.say = self.phrases.say

    def lines(self) -> Iterator[RenderableType]:
        """Everything, from top to bottom."""
        yield from self._top()
        yield Text("")
        shown: date | None = None
        for section in self.sections:
            yield self._section(section, with_date=section.day != shown)
            shown = section.day

    @cached_property
    def sections(self) -> list[Section]:
        """What is shown, in order of time."""
        found: dict[tuple[date, str, str], Section] = {}
        for one in self.happenings:
            if not self._is_shown(one):
                continue
            kind = _KIND.get(one.what, "result")
            if one.what is What.RETURNED and not one.team:
                kind = "training"
            section = found.setdefault((one.date, one.stage, kind), Section(one.date, one.stage, kind, {}))
            section.teams.setdefault(one.team, {})[one.what] = one
        return list(found.values())

    def _is_shown(self, one: Happening) -> bool:
        """Whether it is of the team that is shown, or of interest to it although it is nobody's."""
        if self.team is None or one.team == self.team:
            return True
        if one.what in (What.ENTRY_HELD, What.ENTRY_NOT_HELD, What.NOBODY_ENTERS):
            entry = self.scenario.stages[one.stage].entry
            return entry is not None and self.team in entry.candidates
        return one.what is What.NOBODY_SELECTED

    def _top(self) -> Iterator[RenderableType]:
        yield Text(" ".join(self._fates()))
        yield Text(self.scenario.name.get(self.lang))
        about = {"file": self.file, "hash": self.scenario.digest()[:8], "date": self.scenario.as_of}
        yield Text(self.say("about", replication=self.replication, seed=self.seed, **about))
        notes = [self.say("one_of_many"), self.say("modelled")]
        if any(one.fixed for one in self.happenings):
            notes.append(self.say("fixed"))
        if self.team is not None:
            notes.append(self.say("only", team=self.names[self.team]))
        yield Text(" ".join(notes))
        if self.found is not None:
            yield Text(self.say("found", start=self.found[0], question=self.found[1]))

    def _fates(self) -> Iterator[str]:
        """Who is selected, and who leaves where."""
        selected = [h.team for h in self.happenings if h.what is What.SELECTED]
        yield self.say("selected_are", teams=self._listed(selected)) if selected else self.say("nobody")
        left: dict[str, list[str]] = {}
        for one in self.happenings:
            if one.what in LEAVES:
                left.setdefault(one.stage, []).append(one.team)
        if left:
            each = [self.say("out_at", teams=self._listed(t), stage=self.stages[s]) for s, t in left.items()]
            yield self.say("out", stages="; ".join(each))
        seen = {one.team for one in self.happenings if one.what is What.WINDOW_OPENS}
        never = [t for t in self.scenario.teams if t in self.scenario.candidates - seen]
        if never:
            yield self.say("not_in", teams=self._listed(never))

    def _listed(self, teams: Sequence[str]) -> str:
        return ", ".join(self.names[t] for t in teams)

    def _section(self, section: Section, *, with_date: bool) -> RenderableType:
        table = Table(
            box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), width=WIDTH
        )
        table.add_column(width=10, no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        heading, closing = self._heading(section), self._closing(section)
        table.add_row(Text(str(section.day) if with_date else ""), Text(heading))
        teams = self._teams(section, closing)
        if teams is not None:
            table.add_row(Text(""), teams)
        return table

    def _teams(self, section: Section, closing: date | None) -> Table | None:
        table = Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(width=2 + max(cell_len(name) for name in self.names.values()), no_wrap=True)
        table.add_column(overflow="fold")
        for team in self._order(section):
            phrase = ", ".join(self._of(section, team, closing))
            if phrase:
                table.add_row(Text("  " + (self.names[team] if team else "–")), Text(phrase))
        return table if table.row_count else None

    def _order(self, section: Section) -> list[str]:
        """Teams by rank where there is one, as in the file elsewhere; what is nobody's comes last."""
        places = {name: i for i, name in enumerate(self.scenario.teams)}

        def key(team: str) -> tuple[bool, float, int]:
            rank = section.teams[team].get(What.RANK)
            total = section.teams[team].get(What.SCORES)
            first = rank.values["rank"] if rank else -total.values["total"] if total else 99.0
            return not team, first, places.get(team, 0)

        return sorted(section.teams, key=key)

    def _of(self, section: Section, team: str, closing: date | None) -> Iterator[str]:
        of = section.teams[team]
        if not team:
            return self.phrases.of_nobody(of)
        if section.kind == "training":
            until = self.phrases.closes[section.stage, team] if What.WINDOW_OPENS in of else None
            return self.phrases.training(of, until if closing is None else None)
        tell: dict[str, Callable[[Of], Iterator[str]]] = {
            "entry": self.phrases.entry,
            "ends": self.phrases.submitted,
            "scores": self.phrases.scored,
            "result": self.phrases.decided,
        }
        return tell[section.kind](of)

    def _closing(self, section: Section) -> date | None:
        """The day on which all windows that open now close, if it is one."""
        days = {
            self.phrases.closes[one.stage, one.team]
            for one in section.happenings
            if one.what is What.WINDOW_OPENS
        }
        return days.pop() if len(days) == 1 else None

    def _heading(self, section: Section) -> str:
        told = self._what(section)
        days = {planned(self.scenario, one) for one in section.happenings if _dated(one)}
        day = days.pop() if len(days) == 1 else None
        return told if day is None else told + self.say("planned", date=day)

    def _what(self, section: Section) -> str:
        stage, kinds = self.stages[section.stage], section.kinds
        if section.kind == "entry":
            return self._entry(section)
        if section.kind != "training":
            return self.say(section.kind, stage=stage)
        if What.WINDOW_OPENS in kinds:
            closing = self._closing(section)
            word = "begins_apart" if closing is None else "begins"
            return self.say(word, stage=stage, date=closing)
        if kinds == {What.SLOW, What.NORMAL}:
            return self.say("speeds", stage=stage)
        return self.say(next(word for what, word in _SUPPLY if what in kinds), stage=stage)

    def _entry(self, section: Section) -> str:
        entry = self.scenario.stages[section.stage].entry
        assert entry is not None
        name = fitted(entry.name.get(self.lang), STAGE_WIDTH) if entry.name else self.say("entry")
        (one,) = [h for h in section.happenings if h.what in (What.ENTRY_HELD, What.ENTRY_NOT_HELD)]
        word = "held" if one.what is What.ENTRY_HELD else "not_held"
        numbers = {name: f"{value:.0f}" for name, value in one.values.items()}
        return self.say(word, entry=name, **numbers) + (self.phrases.mark(one) if word == "not_held" else "")


_SUPPLY = (
    (What.GRANT, "grants"),
    (What.DELIVERY, "arrive"),
    (What.RETURNED, "unused"),
    (What.SLOW, "slow"),
    (What.NORMAL, "normal"),
)
"""Headings of what comes without a window that opens: the first that is there."""


def _dated(one: Happening) -> bool:
    """Whether the file has a day for it."""
    return one.what not in _KINDS["training"][1:] and (bool(one.team) or one.what is not What.RETURNED)
