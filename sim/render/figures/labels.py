"""What a figure prints beside the numbers: names, provenance, language."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from sim.stats.percent import percent
from sim.text import Lang, say

_NOT_DRAWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Labels:
    """Names and provenance of one table.

    `title` is the programme's name. `teams` and `stages` map ids to display names. `runs` is the number of
    replications. `known_until` is the ISO date up to which results are known. `known` holds the (stage id,
    team id) pairs whose fate has happened: they are printed as facts and never as chances. `indistinct` holds
    groups of teams that no input tells apart: what differs between them is luck.
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
    found = {"date": labels.known_until, "n": labels.runs, "hash": labels.scenario_hash}
    return say(labels.lang, "figure.footer", **found)


def _look_up(names: Mapping[str, str], key: str, field: str) -> str:
    name = one_line(names.get(key, ""))
    if not name:
        raise ValueError(f"labels.{field} has no name for {key!r}")
    return name
