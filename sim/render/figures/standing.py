"""What the figures of a run say in words: who stands out, and how large the error is."""

from collections.abc import Mapping

import numpy as np

from sim.findings.cells import Bools, CellFacts
from sim.findings.standing import compare_chances
from sim.render.figures.labels import Labels, format_percent
from sim.stats.percent import margin
from sim.stats.summary import Estimate
from sim.text import Lang, say


def describe_standing(
    chances: Mapping[str, Estimate], compared: Bools, labels: Labels, keys: tuple[str, str, str]
) -> str:
    """Say in a sentence who stands out, if anybody does; nothing where nobody can be compared.

    `compared` says which of the teams it is fair to compare. `keys` are the sentences that name the team
    with the greatest chance, that with the least, and both.
    """
    fair = {
        team: one
        for (team, one), is_fair in zip(chances.items(), compared, strict=True)
        if is_fair and not np.isnan(one.p)
    }
    if not fair:
        return ""
    if len(fair) == 1:
        (team,) = fair
        text = say(labels.lang, "figure.stand_alone", team=_name(team, fair, labels))
    else:
        text = _say_who(fair, labels, keys)
    return text if compared.all() else say(labels.lang, "figure.stand_partly", finding=text)


def describe_error(found: CellFacts, labels: Labels) -> tuple[str, ...]:
    """Say how large the largest sampling error is that the figure shows; nothing where all is known."""
    error = found.largest_error
    return () if error is None else (say(labels.lang, "figure.error", points=margin(error)),)


def format_for_all(chance: Estimate, lang: Lang) -> str:
    """Format a chance by its interval that holds for all teams at once."""
    return format_percent(chance.p, chance.all_low, chance.all_high, lang)


def _say_who(fair: Mapping[str, Estimate], labels: Labels, keys: tuple[str, str, str]) -> str:
    standing, (most, least, both) = compare_chances(fair, labels.indistinct), keys
    if standing.is_decided:
        return say(labels.lang, "figure.stand_decided")
    if standing.kind == "alike":
        return say(labels.lang, "figure.stand_alike")
    if standing.kind == "level":
        return say(labels.lang, "figure.stand_level")
    # A sentence under a title has room for one team at either end, and not for groups.
    first, last = (
        _name(group[0], fair, labels) if len(group) == 1 else None
        for group in (standing.most, standing.least)
    )
    if first or last:
        return say(labels.lang, both if first and last else most if first else least, most=first, least=last)
    low, high = (format_for_all(fair[team], labels.lang) for team in (standing.lowest, standing.highest))
    return say(labels.lang, "figure.stand_between", low=low, high=high)


def _name(team: str, chances: Mapping[str, Estimate], labels: Labels) -> str:
    return f"{labels.team(team)} ({format_for_all(chances[team], labels.lang)})"
