"""What a figure says beside the numbers: names, provenance, who stands out, and how large the error is."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.findings.cells import Bools, CellFacts
from sim.findings.headline import compare_chances
from sim.stats.percent import margin, percent
from sim.stats.summary import Estimate
from sim.text import Lang, say
from sim.text.money import CurrencyCode

_NOT_DRAWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Labels:
    """Names and provenance of one table.

    `title` is the programme's name. `teams` and `stages` map ids to display names. `runs` is the number of
    replications. `known_until` is the ISO date up to which results are known. `known` holds the (stage id,
    team id) pairs whose fate has happened: they are printed as facts and never as chances. `indistinct` holds
    groups of teams that no input tells apart: what differs between them is luck. `groups` are the programme's
    tracks, kinds or regions, by their names.
    """

    title: str
    teams: dict[str, str]
    stages: dict[str, str]
    runs: int
    scenario_hash: str
    known_until: str
    lang: Lang
    known: frozenset[tuple[str, str]] = frozenset()
    indistinct: tuple[tuple[str, ...], ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    currency: CurrencyCode = "KRW"
    is_over: bool = False  # every result is known, so that facts are drawn and no chances

    def team(self, team: str) -> str:
        """Return the team's display name on one line. Raises ValueError if there is none."""
        return _look_up(self.teams, team, "teams")

    def stage(self, stage: str) -> str:
        """Return the stage's display name on one line. Raises ValueError if there is none."""
        return _look_up(self.stages, stage, "stages")


def one_line(text: str) -> str:
    """Return the text as it can be drawn: on one line, its Hangul composed, without invisible signs.

    Fonts lack most decomposed syllables. Signs without a shape would spoil an SVG file (XML has no place for
    a NUL or a lone surrogate) or turn what stands beside them round; a box stands for those.
    """
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(filter(None, map(_drawable, composed)))


def _drawable(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cf":  # joins letters, or says in which direction they run
        return ""
    return _NOT_DRAWN if kind in {"Cc", "Cn", "Co", "Cs"} else letter


def format_percent(p: float, low: float, high: float, lang: Lang) -> str:
    """Format a chance with its interval, in 0..1, as figures print it: with the sign, or a dash."""
    number = percent(p, low, high)
    return number if number == "–" else say(lang, "figure.percent", p=number)


def format_footer(labels: Labels) -> str:
    """Say in one line where a figure comes from."""
    if labels.is_over:
        return say(labels.lang, "figure.footer_known", date=labels.known_until, hash=labels.scenario_hash)
    found = {"date": labels.known_until, "n": labels.runs, "hash": labels.scenario_hash}
    return say(labels.lang, "figure.footer", **found)


def _look_up(names: Mapping[str, str], key: str, field: str) -> str:
    name = one_line(names.get(key, ""))
    if not name:
        raise ValueError(f"labels.{field} has no name for {key!r}")
    return name


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


def describe_known(left: int, of: int, labels: Labels) -> str:
    """Say how many of how many teams were left in the end, where every result is known."""
    return say(labels.lang, "figure.all_known", n=left, of=of)


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
