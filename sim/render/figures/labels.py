"""What a figure says beside the numbers: names, who is who, provenance, and how large the error is."""

import datetime
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.findings.cells import CellFacts
from sim.render.figures.identity import Mark, distinct_marks, team_mark
from sim.stats.percent import margin, percent
from sim.stats.summary import Estimate
from sim.text import Lang, say
from sim.text.money import CurrencyCode

_NOT_DRAWN = "\N{REPLACEMENT CHARACTER}"


class InputCount(NamedTuple):
    """How many numbers and dates a scenario has, and how many of them have a source or are guesses."""

    number: int
    sourced: int
    guessed: int


@dataclass(frozen=True)
class Calendar:
    """The days of a programme, as planned where they lie ahead."""

    starts: datetime.date  # the first day of all
    today: datetime.date  # until when results are known
    decided: Mapping[str, datetime.date]  # when the result of each stage comes
    enters: Mapping[str, datetime.date]  # when somebody may come in after a stage, by that stage


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
    order: tuple[str, ...] = ()  # all teams as the file has them, by which each has its look; else `teams`
    inputs: InputCount | None = None
    calendar: Calendar | None = None
    out: str = ""  # a sentence about who is out already; empty where nobody is, or all is known

    def team(self, team: str) -> str:
        """Return the team's display name on one line. Raises ValueError if there is none."""
        return _look_up(self.teams, team, "teams")

    def mark(self, team: str) -> Mark:
        """Return how a team looks in every figure: by its place in the file, wherever it stands here."""
        return team_mark(self._order.index(team))

    def marks(self, teams: Iterable[str]) -> list[Mark]:
        """Return how teams look whose lines cross: as in every figure, unless two of many look alike."""
        return distinct_marks(self._order.index(team) for team in teams)

    @property
    def _order(self) -> tuple[str, ...]:
        order = self.order or tuple(self.teams)
        # A team of another file than the first stands behind all of these.
        return (*order, *(each for each in self.teams if each not in order))

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


def format_footer(labels: Labels) -> tuple[str, ...]:
    """Say where a figure comes from: its inputs, then date, runs and hash; a line each."""
    key = "figure.footer_known" if labels.is_over else "figure.footer"
    found = {"date": labels.known_until, "n": labels.runs, "hash": labels.scenario_hash}
    source = say(labels.lang, key, **found)
    if labels.inputs is None:
        return (source,)
    return say(labels.lang, "figure.inputs", **labels.inputs._asdict()), source


def _look_up(names: Mapping[str, str], key: str, field: str) -> str:
    name = one_line(names.get(key, ""))
    if not name:
        raise ValueError(f"labels.{field} has no name for {key!r}")
    return name


def describe_error(found: CellFacts, labels: Labels) -> tuple[str, ...]:
    """Say how large the largest sampling error is that the figure shows; nothing where all is known."""
    error = found.largest_error
    return () if error is None else (say(labels.lang, "figure.error", points=margin(error)),)


def format_for_all(chance: Estimate, lang: Lang) -> str:
    """Format a chance by its interval that holds for all teams at once."""
    return format_percent(chance.p, chance.all_low, chance.all_high, lang)
