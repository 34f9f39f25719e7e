"""A report put together: what was found, how sure it is, its sections, and those that all reports have."""

from __future__ import annotations

from collections.abc import Iterable

from sim.findings.run import guesses
from sim.render.html.assumptions import assumption_section
from sim.render.html.closing import closing_section, footer_lines, header_lines
from sim.render.html.document import Document, Origin, ReportSection, without_empty
from sim.render.text.layout import Names
from sim.scenario.models.scenario import Scenario


def make_report(
    names: Names,
    scenario: Scenario,
    origin: Origin,
    runs: int,
    headline: str,
    sure: Iterable[tuple[str, str]],
    sections: Iterable[ReportSection],
) -> Document:
    """Return a report in the language of `names`; what it rests on and what it is not come last."""
    common = assumption_section(names, scenario), closing_section(names, scenario, origin, runs)
    return Document(
        names.lang,
        scenario.name.get(names.lang),
        header_lines(names, scenario, origin),
        headline,
        tuple(sure),
        without_empty((*sections, *common)),
        footer_lines(names, scenario, origin),
    )


def guessed_inputs(names: Names, scenario: Scenario) -> tuple[str, str]:
    """Return how many inputs are guesses, as what nobody knows."""
    counted = guesses(scenario, None)
    told = {"guesses": counted.guesses, "inputs": counted.inputs, "date": scenario.as_of}
    return names.say("report.unknown_term"), names.say("run.brief.odds", n=counted.guesses, **told)
