"""The time after leaving as text: domestic models, and institutes and companies that are served."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from sim.findings.chances import Amount
from sim.findings.ecosystem import EcosystemFindings, OnDay
from sim.render.text.layout import Names, justify_line
from sim.text.hours import format_hours

TOLD_OF_ECOSYSTEM = {
    "strongest_domestic": "compare.strongest_domestic",
    "strongest_outside": "compare.strongest_outside",
    "two_domestic_models": "compare.two_domestic_models",
    "three_domestic_models": "compare.three_domestic_models",
    "institutes_begin": "compare.institutes_begin",
    "half_of_institutes": "compare.half_of_institutes",
    "months_to_half": "compare.months_to_half",
    "domestic_models": "compare.domestic_models",
    "institutes_served": "compare.institutes_served",
    "domain_models": "compare.domain_models",
    "companies_served": "compare.companies_served",
    "institutes_on_foreign": "compare.institutes_on_foreign",
    "institutes_stranded": "compare.institutes_stranded",
}
"""What the responses are called that a comparison tells; those of hours are in its tables alone."""

TOLD_OF_DAY = {
    "domestic_models": "compare.domestic_models_on",
    "institutes_served": "compare.institutes_served_on",
    "domain_models": "compare.domain_models_on",
    "companies_served": "compare.companies_served_on",
    "institutes_on_foreign": "compare.institutes_on_foreign_on",
    "institutes_stranded": "compare.institutes_stranded_on",
}
"""The same of another day than the last, which follows the name: `domestic_models.2026-12-31`."""

COUNTED = (*TOLD_OF_DAY, "months_to_half")
"""Measures of which a comparison tells tenths, without a unit."""


def ecosystem_lines(names: Names, found: EcosystemFindings | None) -> Iterator[Text]:
    """Return what there is on the last day; nothing where the scenario does not ask."""
    return (justify_line(*each) for each in ecosystem_sentences(names, found))


def ecosystem_sentences(names: Names, found: EcosystemFindings | None) -> Iterator[tuple[str, str]]:
    """Return the same as pairs: what it is, and how much."""
    if found is None:
        return
    label = names.say("run.domestic_models", share=f"{100 * found.share:g}", day=found.last.day)
    chances = {f"p{number}": chance for number, chance in found.at_least.items()}
    yield label, names.say("run.domestic_models_n", n=_tenths(found.last.models), **chances)
    if found.outside is not None and found.outside.of:
        ends = {"low": round(found.outside.q05), "high": round(found.outside.q95)}
        told = names.say("run.outside_eci", eci=round(found.outside.mean), **ends)
        yield names.say("run.outside"), told
    yield from _served(names, found)


def _served(names: Names, found: EcosystemFindings) -> Iterator[tuple[str, str]]:
    last, (institutes, companies) = found.last, found.of
    if last.institutes is not None and institutes is not None:
        told = names.say("run.served", n=_tenths(last.institutes), of=f"{institutes:,.0f}")
        yield names.say("run.institutes_served", day=last.day), told
        yield names.say("run.half_served", day=last.day), _half(names, found)
    if last.domain_models is not None:
        made = names.say("run.domain_models_made", n=_tenths(last.domain_models))
        yield names.say("run.domain_models", day=last.day), made
    if last.on_foreign is not None and last.stranded is not None:
        told = names.say("run.stranded", n=_tenths(last.stranded), open=_tenths(last.on_foreign))
        yield names.say("run.institutes_stranded", day=last.day), told
    if last.companies is not None and companies is not None:
        told = names.say("run.served", n=_whole(last.companies), of=f"{companies:,.0f}")
        yield names.say("run.companies_served", day=last.day), told


def _half(names: Names, found: EcosystemFindings) -> str:
    months = found.months_to_half
    if months is None or not months.of:
        return names.say("run.half_served_chance", p=found.half)
    return names.say("run.half_served_after", p=found.half, months=round(months.mean))


def ecosystem_details(names: Names, found: EcosystemFindings | None) -> Iterator[Text]:
    """Return the same, what there is on the other days, and what teams that were out used."""
    yield from ecosystem_lines(names, found)
    if found is None:
        return
    for one in found.on[:-1]:
        yield justify_line(names.say("run.on_day", day=one.day), ", ".join(_on_day(names, one)))
    if found.hours is not None:
        hours = format_hours(found.hours.mean, names.lang)
        yield justify_line(names.say("run.hours_outside"), names.say("run.hours_of_gpus", hours=hours))


def _on_day(names: Names, one: OnDay) -> Iterator[str]:
    yield names.say("run.count.models", n=_tenths(one.models))
    if one.institutes is not None:
        yield names.say("run.count.institutes", n=_tenths(one.institutes))
    if one.companies is not None:
        yield names.say("run.count.companies", n=_whole(one.companies))


def _tenths(amount: Amount) -> str:
    return f"{amount.mean:.1f}"


def _whole(amount: Amount) -> str:
    return f"{amount.mean:,.0f}"
