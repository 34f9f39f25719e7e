"""What published points say: chances with and without them, what each of them moved, what is at hand else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor

from sim.findings.evidence import Change, FactEffect, FactFindings
from sim.findings.run import RunFindings
from sim.render.html.changes import format_by_points
from sim.render.html.document import (
    Listing,
    Paragraphs,
    ReportPart,
    ReportSection,
    RowGroup,
    Table,
    TableCell,
    TableColumn,
    TableRow,
)
from sim.render.text.evidence import MOST_NUMBERS, FactTitle, fact_titles, level_lines, most_changed
from sim.render.text.layout import MOST_NAMED, Names
from sim.scenario.names import input_names
from sim.stats.summary import Estimate

_MOST_FACTS = 3
"""Facts that are told one by one."""


def fact_section(names: Names, found: RunFindings, command: str) -> ReportSection:
    """Return the chances with and without what was published of points, and what each fact moved.

    `command` is the one that played the run; with one more option it tells what each fact moved.
    """
    title, evidence = names.say("report.facts"), found.evidence
    if evidence is None or found.headline.is_decided or found.chances.is_over:
        return ReportSection(title, ())
    effects = found.each_fact or ()
    titles = fact_titles(names, found.played.scenario)
    shown = [effect for effect in effects if _is_told(effect)][:_MOST_FACTS]
    rest = tuple(_rest(names, effects, len(shown)))
    few = len(evidence.chances) <= MOST_NAMED
    tables = (
        [_by_team(names, evidence, titles, shown, rest)]
        if few
        else _one_a_row(names, evidence, titles, shown, rest)
    )
    parts: list[ReportPart] = [Paragraphs(tuple(_paragraphs(names, found, evidence, titles))), *tables]
    if found.each_fact is None and evidence.facts > 1:
        asked = names.say("report.each_fact_ask")
        parts.append(Listing("", ((asked, _asking(command)),), few=True))
    return ReportSection(title, tuple(parts))


def _paragraphs(
    names: Names, found: RunFindings, evidence: FactFindings, titles: dict[str, FactTitle]
) -> Iterator[str]:
    """What is used and tells nobody apart, what others do not predict; and, if that is all, what moved."""
    used = names.say("report.facts_used", n=evidence.facts, stages=names.list_stages(evidence.stages))
    level = level_lines(names, found.chances.teams, evidence.level(found.chances))
    yield " ".join([used, *(line.strip() for line in level)])
    for one in evidence.far:
        yield names.say("report.far_fact", fact=titles[one.fact].told(names))
    if not found.each_fact:
        yield from _numbers(names, evidence)


def _asking(command: str) -> str:
    """The command that tells what each fact moved; of what was played in Python its file is not known."""
    return f"{command if command.startswith('sim run ') else 'sim run FILE'} --each-fact"


def _numbers(names: Names, found: FactFindings) -> Iterator[str]:
    """Which uncertain numbers the facts moved, and to which side."""
    moved = [each for each in found.numbers[:MOST_NUMBERS] if each.is_moved]
    called = input_names([each.path for each in moved], names.lang, names.teams, names.stages)
    listed = [
        names.say("report.number_higher" if each.is_raised else "report.number_lower", name=name)
        for each, name in zip(moved, called, strict=True)
    ]
    if moved:
        yield names.say("report.numbers_moved", listed="; ".join(listed))
    elif found.numbers:
        yield names.say("report.numbers_unmoved", n=len(found.numbers))


def _is_told(effect: FactEffect) -> bool:
    """Whether a change is seen that is a point when it is rounded."""
    return any(each.shows and _points(each) for each in effect.changes.values())


def _points(change: Change) -> int:
    return int(100 * abs(change.change) + 0.5)


def _rest(names: Names, effects: Sequence[FactEffect], told: int) -> Iterator[str]:
    """How far the facts that have no row move a chance at most."""
    if told < len(effects):
        least = floor(100 * max(effect.most for effect in effects[told:])) + 1
        yield names.say("report.few_facts" if told else "report.no_fact", n=least, facts=len(effects))


def _without(found: FactFindings, team: str) -> Estimate:
    """The chance without facts; one for all teams that no input tells apart."""
    return found.same_without or found.without.default.teams["", team, "leaves_at_all"].estimate


def _by_team(
    names: Names,
    found: FactFindings,
    titles: dict[str, FactTitle],
    effects: Sequence[FactEffect],
    rest: tuple[str, ...],
) -> Table:
    """A column a team: its chance with all facts, without any, and how it differs without one."""
    teams = list(found.chances)
    with_all = names.say("report.with_all_facts", n=found.facts)
    rows = (
        TableRow(with_all, tuple(TableCell(str(found.chances[team])) for team in teams)),
        TableRow(
            names.say("report.without_any_fact"), tuple(TableCell(str(_without(found, t))) for t in teams)
        ),
    )
    groups = [RowGroup("", rows)]
    notes = list(rest)
    if effects:
        each = tuple(
            _titled(titles[one.fact], *(_cell(one.changes[team]) for team in teams)) for one in effects
        )
        groups.append(RowGroup(names.say("report.without_one_fact"), each))
        notes.append(names.say("report.no_change_mark"))
    columns = tuple(TableColumn(names.teams[team]) for team in teams)
    return Table(
        names.say("report.facts_caption"), names.say("report.fact"), columns, tuple(groups), tuple(notes)
    )


def _cell(change: Change) -> str:
    if not change.shows:
        return "–"
    points = _points(change)
    return f"{'+' if change.change > 0 else '−'}{points}" if points else "<1"


def _one_a_row(
    names: Names,
    found: FactFindings,
    titles: dict[str, FactTitle],
    effects: Sequence[FactEffect],
    rest: tuple[str, ...],
) -> list[ReportPart]:
    """A row a team, and a row a fact with the team whose chance changes most: for many teams."""
    rows = tuple(
        TableRow(names.teams[team], (TableCell(str(chance)), TableCell(str(_without(found, team)))))
        for team, chance in found.chances.items()
    )
    columns = (TableColumn(names.say("report.with_facts")), TableColumn(names.say("report.without_facts")))
    both = Table(names.say("report.facts_caption"), names.say("report.team"), columns, (RowGroup("", rows),))
    if not effects:
        return [both, *([Paragraphs(rest)] if rest else [])]
    heads = (
        TableColumn(names.say("report.team"), words=True),
        TableColumn(names.say("report.without_it"), words=True),
    )
    each = RowGroup("", tuple(_fact_row(names, titles[one.fact], one) for one in effects))
    return [both, Table(names.say("report.each_fact"), names.say("report.fact"), heads, (each,), rest)]


def _fact_row(names: Names, title: FactTitle, effect: FactEffect) -> TableRow:
    team = most_changed(effect)
    change = effect.changes[team]
    moved = format_by_points(names, change.change) if change.shows else names.say("report.no_change")
    return _titled(title, names.teams[team], moved)


def _titled(title: FactTitle, *cells: str) -> TableRow:
    return TableRow(title.name, tuple(map(TableCell, cells)), title.source)
