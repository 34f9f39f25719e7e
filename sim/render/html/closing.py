"""What a report is not, how it is repeated, and whom to ask."""

from __future__ import annotations

from sim.render.html.document import Listing, Origin, Paragraphs, ReportSection
from sim.render.text.layout import Names
from sim.scenario.models.scenario import Scenario


def closing_section(names: Names, scenario: Scenario, origin: Origin, runs: int) -> ReportSection:
    """Return what the report is not, and how to repeat it."""
    repeat = (
        (names.say("report.command"), origin.command),
        (names.say("report.version"), origin.version),
        (
            names.say("report.runs_and_seed"),
            names.say("report.of_runs", n=runs, runs=f"{runs:,}", seed=origin.seed),
        ),
        (names.say("report.hash"), origin.scenario_hash),
    )
    limits = Paragraphs((names.say("report.limits"), names.say("report.not_ranked")))
    return ReportSection(
        names.say("report.is_not"), (limits, Listing(names.say("report.repeat"), repeat, few=True))
    )


def header_lines(names: Names, scenario: Scenario, origin: Origin) -> tuple[str, ...]:
    """Return what stands above the answer: until when what is known, and whom to ask."""
    asked = [names.say("report.contact", contact=origin.contact)] if origin.contact else []
    return (names.say("report.as_of", date=scenario.as_of), *asked)


def footer_lines(names: Names, scenario: Scenario, origin: Origin) -> tuple[str, ...]:
    """Return whom to ask, and the day from which the report is out of date."""
    asked = [names.say("report.contact", contact=origin.contact)] if origin.contact else []
    ahead = list(scenario.to_come)
    if not ahead:
        return (*asked, names.say("report.known_on", date=scenario.as_of))
    day = scenario.stages[ahead[0]].decided
    until = names.say("report.until", date=scenario.as_of, stage=names.stages[ahead[0]], day=day)
    return (*asked, until)
