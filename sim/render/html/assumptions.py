"""What a report rests on: guesses first, those with doubts before all others, then sources by confidence."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from sim.findings.sources import SourcedInput, sourced_inputs
from sim.model.quantiles import at
from sim.render.html.changes import format_input
from sim.render.html.document import Listing, ReportSection
from sim.render.text.layout import Names
from sim.scenario.models.base import is_number
from sim.scenario.models.inputs import Input
from sim.scenario.models.numbers import Uncertain
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.windows import Window
from sim.scenario.names import block_name, input_name, over_stages
from sim.stats.intervals import HIGH, LOW

_MOST_GUESSES, _MOST_SOURCES = 60, 40
"""Lines of guesses and of sources: a programme of 32 stages would have hundreds."""

_BOUNDED = ("constant", "uniform", "triangular", "weighted", "beta", "truncated")
"""Laws that end somewhere; of others nine tenths are told."""

_CONFIDENCE = {
    "H": "report.confidence.H",
    "M": "report.confidence.M",
    "D": "report.confidence.D",
    "L": "report.confidence.L",
    "": "report.confidence.none",
}
"""How sure sources are, the surest first."""


def assumption_section(names: Names, scenario: Scenario) -> ReportSection:
    """Return guesses with their values and ranges in words, then from where all other numbers come."""
    found = sourced_inputs(scenario)
    guesses = [one.input for one in found if one.input.guess]
    parts = [
        *_guesses(names, scenario, guesses),
        *_sources(names, [one for one in found if not one.input.guess]),
    ]
    return ReportSection(names.say("report.assumptions"), tuple(parts), folded=True)


def _guesses(names: Names, scenario: Scenario, guesses: Sequence[Input]) -> Iterator[Listing]:
    """Guesses that mean the same and have the same value at several stages share a line."""
    told: dict[tuple[str, str], list[Input]] = {}
    for each in guesses:
        told.setdefault((over_stages(each.path), _value(names, each)), []).append(each)
    # What is doubted comes first, for it moves the answer; all others in the order of the file.
    doubted = {over_stages(path) for path in scenario.doubts}
    ordered = sorted(told.items(), key=lambda each: each[0][0] not in doubted)
    suppliers = {s: one.name.get(names.lang) for s, one in scenario.suppliers.items() if one.name}
    blocks = {b: block_name(b, names.lang) for stage in scenario.stages.values() for b in stage.points}
    called = {"default": names.say("input.every_team"), **blocks, **suppliers, **names.teams}
    lines = [_line(names, called, value, of_value, len(scenario.stages)) for (_, value), of_value in ordered]
    if not lines:
        return
    if left_out := len(lines) - _MOST_GUESSES:
        more = [(names.say("report.more_guesses", n=left_out), "")] if left_out > 0 else []
        lines = [*lines[:_MOST_GUESSES], *more]
    yield Listing(names.say("report.guesses", n=len(guesses)), tuple(lines))


def _line(
    names: Names, called: dict[str, str], value: str, same: Sequence[Input], of: int
) -> tuple[str, str]:
    path = over_stages(same[0].path) if len(same) > 1 else same[0].path
    name = input_name(over_stages(path), names.lang, called)
    stages = [each.path.split(".")[1] for each in same if each.path.startswith("stages.")]
    if stages and len(stages) < of and all(s in names.stages for s in stages):
        name = names.say("report.input_at", name=name, stage=names.list_stages(list(dict.fromkeys(stages))))
    return name, value


def _value(names: Names, each: Input) -> str:
    """A value with its range: from where to where a distribution reaches, else what is plausible."""
    value, span = each.value, each.plausible
    if isinstance(value, Window):
        return names.say("report.days", first=value.first, last=value.last)
    if isinstance(value, datetime.date):
        return str(value)
    if isinstance(value, Uncertain):
        ends = value.extremes() if value.kinds()[0] in _BOUNDED else (at(value, LOW), at(value, HIGH))
        low, high = (format_input(each.path, end, names) for end in ends)
        return names.say("report.span", low=low, high=high) if low != high else low
    told = format_input(each.path, value, names) if is_number(value) else str(value)
    if span is None:
        return told
    low, high = (format_input(each.path, end, names) for end in span)
    return names.say("report.value_within", value=told, low=low, high=high)


def _sources(names: Names, found: Sequence[SourcedInput]) -> Iterator[Listing]:
    """Sources with how many numbers each has, the most reliable first."""
    for confidence, title in _CONFIDENCE.items():
        counted: dict[str, list[Input]] = {}
        for one in found:
            if one.confidence == confidence and one.source:
                counted.setdefault(one.source.strip(), []).append(one.input)
        items = [(source, names.say("report.numbers", n=len(each))) for source, each in counted.items()]
        if left_out := max(0, len(items) - _MOST_SOURCES):
            items = [*items[:_MOST_SOURCES], (names.say("report.more_sources", n=left_out), "")]
        if items:
            yield Listing(names.say(title), tuple(items))
    if bare := sum(not one.source for one in found):
        yield Listing(names.say("report.without_source", n=bare), ())
