"""The text that `sim trace` prints, within 80 columns: a life by date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.engines.happenings import Happening, What
from sim.findings.fold import MOST_ROWS
from sim.findings.trace import OfTeam, Section, TraceFindings
from sim.render.text.layout import WIDTH, Names, fit_named, origin, plain_table
from sim.render.text.training import TrainingPhrases, format_gpus
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import block_name
from sim.scenario.problems import fold_copies
from sim.text import say
from sim.text.money import format_money_briefly

_MOST_LISTED = 12
"""Teams that are named one by one where it is told who is selected, and who is out."""

NAME_WIDTH, STAGE_WIDTH = 18, 40
"""Cells for names of teams and of stages; longer names are shortened."""

_FIRST, _LAST = 20, 5
"""Of very many teams, those at either end that are told one by one."""

MARK = " *"
"""Follows what is known to have happened."""

_SHOWN = 0.05
"""Points below which those that training on tests brings are not told: they would be 0.0."""

_IN_TRAINING = (
    (What.GRANT, "trace.grants"),
    (What.DELIVERY, "trace.arrive"),
    (What.SUPPLY, "trace.arrive"),
    (What.TAKEN_BACK, "trace.taken_back"),
    (What.RETURNED, "trace.unused"),
    (What.SLOW, "trace.slow"),
    (What.NORMAL, "trace.normal"),
    (What.SLOW_STORAGE, "trace.slow_storage"),
    (What.STORAGE_NORMAL, "trace.storage_normal"),
    (What.FALLS_BACK, "trace.closes"),
)
"""Headings of what comes without a window that opens: the first that is there."""

_FATES = (
    (What.SELECTED, "trace.selected"),
    (What.STAYS, "trace.stays"),
    (What.OUT_BY_POINTS, "trace.points_out"),
    (What.OUT_AT_GATE, "trace.gate_out"),
)
"""From what says most to what says least of the same team."""

_NOBODY = ((What.NOBODY_ENTERS, "trace.nobody_enters"), (What.NOBODY_SELECTED, "trace.nobody_selected"))


def render_trace(
    found: TraceFindings, file: str, lang: str, asked: tuple[int, str] | None = None
) -> RenderableType:
    """Render one replication of the scenario that stands in `file`, in one language.

    `asked` is from where, and by what question, the replication was found.
    """
    return Group(*_Text(found, file, lang).parts(asked))


class _Text:
    """One replication, in one language."""

    def __init__(self, found: TraceFindings, file: str, lang: str) -> None:
        self.found, self.file, scenario = found, file, found.scenario
        names = Names.of(scenario, lang)
        self.say, self.lang, self.awards = names.say, lang, names.awards
        self.training = TrainingPhrases(found, names)
        self.names = fit_named(names.teams, NAME_WIDTH)
        self.stages = fit_named(names.stages, STAGE_WIDTH)
        entries = {s: stage.entry.name for s, stage in scenario.stages.items() if stage.entry is not None}
        called = {s: name.get(lang) if name else self.say("trace.entry") for s, name in entries.items()}
        self.entries = fit_named(called, STAGE_WIDTH)

    def parts(self, asked: tuple[int, str] | None) -> Iterator[RenderableType]:
        """Everything, from top to bottom."""
        yield from self._top()
        if asked is not None:
            yield Text(self.say("trace.found", start=asked[0], question=asked[1]))
        yield Text("")
        shown: date | None = None
        for section in self.found.sections:
            yield self._section(section, with_date=section.day != shown)
            shown = section.day

    def _top(self) -> Iterator[RenderableType]:
        found, scenario = self.found, self.found.scenario
        yield Text(" ".join(self._fates()))
        yield Text(scenario.name.get(self.lang))
        where = origin(scenario, self.file)
        yield Text(self.say("trace.about", **where, replication=found.replication, seed=found.seed))
        notes = [] if scenario.is_over else [self.say("trace.one_of_many")]
        notes += [self.say("trace.modelled")] if scenario.hardware else []
        if found.some_known:
            notes.append(self.say("trace.fixed_and_facts" if scenario.has_facts else "trace.fixed"))
        if found.team is not None:
            notes.append(self.say("trace.only", team=self.names[found.team]))
        yield Text(" ".join(notes))

    def _fates(self) -> Iterator[str]:
        """Who is selected, and who leaves where."""
        found = self.found
        if found.ended_before is not None:
            key = "trace.ended" if found.selected else "trace.ended_with_nobody"
            stage = self.stages[found.ended_before]
            yield self.say(key, stage=stage, teams=self._listed(found.selected))
        elif found.selected:
            yield self.say("trace.selected_in_the_end", teams=self._listed(found.selected))
        else:
            yield self.say("trace.nobody_in_the_end")
        if found.left:
            stages = (
                self.say("trace.out_at", teams=self._listed(teams), stage=self.stages[stage])
                for stage, teams in found.left.items()
            )
            yield self.say("trace.out", stages="; ".join(stages))
        if found.never_in:
            yield self.say("trace.not_in", teams=self._listed(found.never_in))

    def _listed(self, teams: Sequence[str]) -> str:
        rows = fold_copies(self.names[team] for team in teams)
        if len(rows) <= _MOST_LISTED:
            return ", ".join(
                first if first == last else self.say("run.copies", first=first, last=last)
                for first, last in rows
            )
        return self.say("run.many_teams", first=self.names[teams[0]], n=len(teams) - 1)

    def _section(self, section: Section, *, with_date: bool) -> RenderableType:
        table = plain_table(show_header=False)
        table.add_column(width=10, no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        table.add_row(Text(str(section.day) if with_date else ""), Text(self._heading(section)))
        teams = self._teams(section)
        if teams.row_count:
            table.add_row(Text(""), teams)
        return table

    def _teams(self, section: Section) -> Table:
        table = plain_table(width=None, show_header=False)
        table.add_column(width=2 + max(cell_len(name) for name in self.names.values()), no_wrap=True)
        table.add_column(overflow="fold")
        shown, folded = _fold(list(section.teams))
        for team in shown:
            if folded and team == shown[_FIRST]:
                table.add_row(Text("  …"), Text(self.say("trace.folded", n=folded)))
            phrase = ", ".join(self._phrases(section, team))
            if phrase:
                table.add_row(Text("  " + (self.names[team] if team else "–")), Text(phrase))
        return table

    def _heading(self, section: Section) -> str:
        heading = self._what(section)
        if section.planned is None:
            return heading
        return self.say("trace.planned", heading=heading, date=section.planned)

    def _what(self, section: Section) -> str:
        """What a section is about."""
        stage = self.stages[section.stage]
        if section.kind == "entry":
            return self._entry(section)
        if section.kind != "training":
            values: Mapping[str, float | str] = {}
            if section.kind == "not_held":
                values = dict(section.first(What.NOT_HELD).values)
            if section.kind == "research":
                values = {"names": self.training.name_research(section.first(What.FOUND))}
            return self.say(f"trace.heading.{section.kind}", stage=stage, **values)
        if What.WINDOW_OPENS in section.kinds:
            if section.closing is None:
                return self.say("trace.begins_apart", stage=stage)
            return self.say("trace.begins", stage=stage, date=section.closing)
        if section.kinds == {What.SLOW, What.NORMAL}:
            return self.say("trace.speeds", stage=stage)
        return self.say(next(key for what, key in _IN_TRAINING if what in section.kinds), stage=stage)

    def _entry(self, section: Section) -> str:
        name, one = self.entries[section.stage], section.first(What.ENTRY_HELD, What.ENTRY_NOT_HELD)
        if one.what is What.ENTRY_HELD:
            return self.say("trace.held", entry=name, **one.values)
        return self.say("trace.not_held", entry=name, **one.values) + _mark(one)

    def _phrases(self, section: Section, team: str) -> Iterator[str]:
        """What becomes of one team in one section, in a few words each."""
        of = section.teams[team]
        if not team:
            return self._of_nobody(of)
        if section.kind == "training":
            # Where all windows close together, the heading says when.
            told = section.closing is not None or What.WINDOW_OPENS not in of
            until = None if told else self.found.closes[section.stage, team]
            return self.training.begins(of, until)
        phrases: dict[str, Callable[[OfTeam], Iterator[str]]] = {
            "entry": self._entering,
            "ends": self.training.ends,
            "scores": self._scored,
            "result": self._decided,
            "afterwards": self._alone,
        }
        return phrases[section.kind](of)

    def _scored(self, of: OfTeam) -> Iterator[str]:
        """The total, and the blocks that it is made of."""
        values = of[What.SCORES].values
        blocks = [
            f"{block_name(name.removeprefix('points.'), self.lang)} {points:.1f}"
            for name, points in values.items()
            if name.startswith("points.")
        ]
        if "carried" in values:
            blocks.append(self.say("trace.carried", points=f"{values['carried']:.1f}"))
        total = f"{values['total']:.1f}"
        yield self.say("trace.total", total=total, blocks=", ".join(blocks)) if len(blocks) > 1 else total
        if values.get("by_heart", 0.0) >= _SHOWN:
            yield self.say("trace.by_heart", points=f"{values['by_heart']:.1f}")

    def _decided(self, of: OfTeam) -> Iterator[str]:
        """Rank and fate, and what goes back."""
        if What.RANK in of:
            place = of[What.RANK].values
            groups = [name.removeprefix("rank.") for name in place if name.startswith("rank.")]
            inside = (
                self.say(
                    "trace.rank_in_group",
                    rank=f"{place[f'rank.{group}']:.0f}",
                    of=f"{place[f'of.{group}']:.0f}",
                    group=group,
                )
                for group in groups
            )
            told = self.say("trace.rank", rank=f"{place['rank']:.0f}", of=f"{place['of']:.0f}")
            yield f"{told} ({', '.join(inside)})" if groups else told
            if place.get("behind"):
                yield self.say("trace.behind", points=f"{place['behind']:.1f}")
            if "asks" in place and (
                What.OUT_BY_POINTS not in of or "unpaid" in of[What.OUT_BY_POINTS].values
            ):
                currency = self.found.scenario.money
                asks, left = (
                    format_money_briefly(place[each], currency, self.lang) for each in ("asks", "left")
                )
                yield self.say("trace.asks", asks=asks, left=left)
        for what, key in _FATES:
            if what in of:
                yield self.say("trace.unpaid_out" if "unpaid" in of[what].values else key) + _mark(of[what])
                break
        if What.AWARD in of:
            yield self.award_of(of[What.AWARD])
        if What.PAID in of:
            money = format_money_briefly(of[What.PAID].values["paid"], self.found.scenario.money, self.lang)
            yield self.say("trace.paid", money=money)
        if What.RETURNED in of:
            yield self.say("trace.gives_back", gpus=format_gpus(of[What.RETURNED].values))

    def award_of(self, one: Happening) -> str:
        """Return what an award is called."""
        awards = list(self.found.scenario.stages[one.stage].awards or ())
        award = awards[int(one.values["award"]) - 1]
        return self.awards.get((one.stage, award), award)

    def _entering(self, of: OfTeam) -> Iterator[str]:
        """Whether a candidate comes in."""
        what = What.ENTERS if What.ENTERS in of else What.NOT_CHOSEN
        enters = "trace.enters_again" if "again" in of[what].values else "trace.enters"
        yield self.say(enters if what is What.ENTERS else "trace.not_chosen") + _mark(of[what])
        if "score" in of[what].values:
            yield self.say("trace.panel", score=f"{of[what].values['score']:.1f}")

    def _alone(self, of: OfTeam) -> Iterator[str]:
        """The model that a team makes that has left."""
        yield self.say("trace.makes_alone", eci=f"{of[What.MAKES_ALONE].values['strength']:.1f}")

    def _of_nobody(self, of: OfTeam) -> Iterator[str]:
        """What happens to no team in particular, apart from headings."""
        yield from ecosystem_phrases(self.found.scenario, self.lang, of)
        if What.RETURNED in of:
            yield self.say("trace.left_over", gpus=format_gpus(of[What.RETURNED].values))
        if What.SUPPLY in of:
            values = of[What.SUPPLY].values
            yield self.say("trace.supply", gpus=format_gpus(values), supplies=self._supplies(values))
            if left := format_gpus(values, "left."):
                yield self.say("trace.left_over", gpus=left)
        for what, key in _NOBODY:
            if what in of:
                yield self.say(key) + _mark(of[what])

    def _supplies(self, values: Mapping[str, float]) -> str:
        """What the supplies are called of which there is something."""
        known = self.found.scenario.supply or {}
        called = (name.removeprefix("of.") for name in values if name.startswith("of."))
        return ", ".join(one.get(self.lang) if (one := known[name].name) else name for name in called)


def _fold(teams: Sequence[str]) -> tuple[Sequence[str], int]:
    """Return the first and the last of very many teams, and how many between them are not shown."""
    if len(teams) <= MOST_ROWS:
        return teams, 0
    return [*teams[:_FIRST], *teams[-_LAST:]], len(teams) - _FIRST - _LAST


def wrap_command(parts: Sequence[str]) -> str:
    """Return a command, on several lines that a shell joins if it is long."""
    lines = list(parts[:1])
    for part in parts[1:]:
        if cell_len(lines[-1]) + cell_len(part) < WIDTH - 8:
            lines[-1] += f" {part}"
        else:
            lines.append(f"  {part}")
    return " \\\n".join(lines)


def _mark(happening: Happening) -> str:
    return MARK if happening.fixed else ""


_MOMENTS = (
    (What.INSTITUTES_BEGIN, "trace.institutes_begin"),
    (What.HALF_SERVED, "trace.half_served"),
    (What.COMPANIES_BEGIN, "trace.companies_begin"),
)


def ecosystem_phrases(scenario: Scenario, lang: str, of: OfTeam) -> Iterator[str]:
    """Return what one life tells of institutes and companies, and what there is on a day."""
    yield from (say(lang, key) for what, key in _MOMENTS if what in of)
    said = scenario.afterwards
    if What.ECOSYSTEM not in of or said is None:
        return
    values = of[What.ECOSYSTEM].values
    yield say(lang, "trace.models", n=round(values["domestic"]))
    if said.institutes is not None:
        yield say(lang, "trace.institutes", n=values["institutes"])
    if said.companies is not None:
        yield say(lang, "trace.companies", n=round(values["companies"]))
