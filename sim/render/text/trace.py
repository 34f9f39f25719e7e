"""The text that `sim trace` prints, within 80 columns: a life by date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sim.engines.happenings import Happening, What
from sim.findings.fold import MOST_ROWS
from sim.findings.trace import OfTeam, Section, TraceFindings
from sim.render.text.ecosystem import ecosystem_phrases
from sim.render.text.layout import WIDTH, Names, fit_named, origin, plain_table, short
from sim.scenario.names import block_name
from sim.scenario.problems import fold_copies
from sim.text.hours import format_hours
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

_BASES = (("base.continued", "trace.from_continued"), ("base.open", "trace.from_open"))
"""What a team begins from, by the value of its window's opening."""

_NOBODY = ((What.NOBODY_ENTERS, "trace.nobody_enters"), (What.NOBODY_SELECTED, "trace.nobody_selected"))


def render_trace(
    found: TraceFindings, file: str, lang: str, asked: tuple[int, str] | None = None
) -> RenderableType:
    """Render one replication of the scenario that stands in `file`, in one language.

    `asked` is from where, and by what question, the replication was found.
    """
    return Group(*_Text(found, file, lang).parts(asked))


_STOPS = {"faults": "trace.faults", "replaced": "trace.replaced", "repaired": "trace.repaired"}
"""What stopped training, how often spares stood in, and how often nodes were repaired."""


class _Text:
    """One replication, in one language."""

    def __init__(self, found: TraceFindings, file: str, lang: str) -> None:
        self.found, self.file, scenario = found, file, found.scenario
        names = Names.of(scenario, lang)
        self.say, self.lang, self.awards = names.say, lang, names.awards
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
                values = {"names": self._research(section.first(What.FOUND))}
            return self.say(f"trace.heading.{section.kind}", stage=stage, **values)
        if What.WINDOW_OPENS in section.kinds:
            if section.closing is None:
                return self.say("trace.begins_apart", stage=stage)
            return self.say("trace.begins", stage=stage, date=section.closing)
        if section.kinds == {What.SLOW, What.NORMAL}:
            return self.say("trace.speeds", stage=stage)
        return self.say(next(key for what, key in _IN_TRAINING if what in section.kinds), stage=stage)

    def _research(self, one: Happening) -> str:
        """Name the research that a happening is about."""
        known, ids = self.found.scenario.breakthroughs or {}, ids_of_research(one)
        return ", ".join((name.get(self.lang) if (name := known[each].name) else each) for each in ids)

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
            return chain(self._training(of, until), self._late_data(of))
        phrases: dict[str, Callable[[OfTeam], Iterator[str]]] = {
            "entry": self._entering,
            "ends": self._submitted,
            "scores": self._scored,
            "result": self._decided,
            "afterwards": self._alone,
        }
        return phrases[section.kind](of)

    def _training(self, of: OfTeam, until: date | None) -> Iterator[str]:
        """A window opens, GPUs are granted, arrive, run slow."""
        grant, delivery, opens = (of.get(what) for what in (What.GRANT, What.DELIVERY, What.WINDOW_OPENS))
        if delivery is not None:
            yield self.say("trace.lent" if grant else "trace.arrived", gpus=format_gpus(delivery.values))
            if delivery.values["late"] > 0:
                yield self.say("trace.late", n=delivery.values["late"])
        elif grant is not None:
            yield self.say("trace.granted", gpus=format_gpus(grant.values))
        if opens is not None:
            yield from self._opening(opens, lent=grant is not None or delivery is not None)
        yield from self._changes(of)
        if until is not None:
            yield self.say("trace.until", date=until)

    def _changes(self, of: OfTeam) -> Iterator[str]:
        """What is lent goes again, runs slow, or recovers."""
        if What.TAKEN_BACK in of:
            yield self.say("trace.goes_back", gpus=format_gpus(of[What.TAKEN_BACK].values))
        yield from self._speeds(of)
        if What.FALLS_BACK in of:
            yield self.say("trace.falls_back", n=of[What.FALLS_BACK].values["lost"])

    def _speeds(self, of: OfTeam) -> Iterator[str]:
        """How fast GPUs run from now on: those that are lent, or all of them where storage is slow."""
        for slow in (of[what] for what in (What.SLOW, What.SLOW_STORAGE) if what in of):
            all_slow = slow.what is What.SLOW_STORAGE or "own_speed" in slow.values
            key = "trace.all_at_speed" if all_slow else "trace.at_speed"
            yield self.say(key, percent=f"{100 * slow.values['speed']:.0f}")
        if What.NORMAL in of or What.STORAGE_NORMAL in of:
            yield self.say("trace.full_speed")

    def _opening(self, opens: Happening, *, lent: bool) -> Iterator[str]:
        """What a team trains with beside what it is lent."""
        own = format_gpus(opens.values, "own.")
        if own:
            yield self.say("trace.own", gpus=own)
        elif not lent:
            yield self.say("trace.no_gpus")
        for value, key in _BASES:
            if value in opens.values:
                yield self.say(key)
        if ids_of_research(opens):
            yield self.say("trace.uses", names=self._research(opens))

    def _late_data(self, of: OfTeam) -> Iterator[str]:
        """How long a window was kept closed for want of data."""
        if What.WINDOW_OPENS in of and "until_data" in of[What.WINDOW_OPENS].values:
            yield self.say("trace.until_data", n=of[What.WINDOW_OPENS].values["until_data"])

    def _submitted(self, of: OfTeam) -> Iterator[str]:
        """What was trained, on how much, and how strong it is."""
        if What.TOO_LATE in of:
            yield self.say("trace.too_late", gpus=format_gpus(of[What.TOO_LATE].values))
        if What.SUBMITS_NOTHING in of:
            yield self.say("trace.nothing")
            return
        submits = of[What.SUBMITS]
        yield self.say("trace.submits", compute=format_flop(submits.values["compute"]))
        lent, own = submits.values["gpu_hours"], submits.values["own_gpu_hours"]
        if lent > 0:
            yield self.say("trace.hours", hours=format_hours(lent, self.lang))
        if own > 0:
            key = "trace.own_hours" if lent > 0 else "trace.only_own_hours"
            yield self.say(key, hours=format_hours(own, self.lang))
        yield from self._went(submits.values)
        eci = self.found.capability.get((submits.stage, submits.team))
        if eci is not None:
            yield self.say("trace.strength", eci=f"{eci:.1f}")

    def _went(self, values: Mapping[str, float]) -> Iterator[str]:
        """How training went: what was trained, what stopped it, and what effort made of it."""
        if "active" in values:
            yield from self._trained(values)
        for what in ("faults", "replaced", "repaired"):
            if values.get(what) or (what == "faults" and what in values):
                yield self.say(_STOPS[what], n=values[what])
        if values.get("hours_lost"):
            yield self.say("trace.hours_lost", hours=format_hours(values["hours_lost"], self.lang))
        if values.get("effort", 1.0) != 1:
            yield self.say("trace.effort", percent=f"{100 * values['effort']:.0f}")
        for what, key in (("brought", "trace.brought"), ("saved", "trace.saved")):
            if what in values:
                yield self.say(key, compute=format_flop(values[what]))

    def _trained(self, values: Mapping[str, float]) -> Iterator[str]:
        """The size of a model, its tokens, and what they make of compute."""
        size = format_size(values["parameters"], values["active"])
        yield self.say("trace.model", size=size, tokens=format_count(values["tokens"]))
        if values["epochs"] > 1:
            yield self.say("trace.epochs", n=f"{values['epochs']:.1f}")
        if values["unused"] > _NEXT_TO_NOTHING * values["compute"]:
            yield self.say("trace.unused_compute", compute=format_flop(values["unused"]))
        eci = f"{values['lost_eci']:.1f}"
        yield self.say("trace.equivalent", compute=format_flop(values["equivalent"]), eci=eci)

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


def ids_of_research(one: Happening) -> list[str]:
    """The breakthroughs that a happening names."""
    return [name.removeprefix("research.") for name in one.values if name.startswith("research.")]


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


def format_gpus(values: Mapping[str, float], kind: str = "gpus.") -> str:
    """Return the GPUs among the values of a happening as "512 B200 + 512 H100"."""
    return " + ".join(
        f"{short(number)} {name.removeprefix(kind)}"
        for name, number in values.items()
        if name.startswith(kind)
    )


_NEXT_TO_NOTHING = 1e-9
"""Share of compute below which what is unused is rounding."""

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


def format_count(number: float) -> str:
    """Return parameters or tokens as 250B or 12.5T."""
    scale, letter = next(((one, letter) for one, letter in _SCALES if number >= one), (1.0, ""))
    return f"{number / scale:.3g}{letter}"


def format_size(parameters: float, active: float) -> str:
    """Return the size of a model as 250B-A15B, or as 8B if it is dense."""
    whole = format_count(parameters)
    return whole if active == parameters else f"{whole}-A{format_count(active)}"


def format_flop(compute: float, digits: int = 1) -> str:
    """Return compute as 1.3e24."""
    return f"{compute:.{digits}e}".replace("e+", "e")


def _mark(happening: Happening) -> str:
    return MARK if happening.fixed else ""
