"""What a figure prints beside the numbers: names, provenance, language."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Lang = Literal["en", "ko"]


@dataclass(frozen=True)
class Labels:
    """Names and provenance of one table.

    `title` is the programme's name. `teams` and `stages` map ids to display names. `runs` is the number of
    replications. `known_until` is the ISO date up to which results are known. `known` holds the (stage id,
    team id) pairs whose fate has happened: they are printed as facts and never as chances.
    """

    title: str
    teams: dict[str, str]
    stages: dict[str, str]
    runs: int
    scenario_hash: str
    known_until: str
    lang: Lang
    known: frozenset[tuple[str, str]] = frozenset()

    def team(self, team: str) -> str:
        """The team's display name on one line. Raises ValueError if there is none."""
        return _name(self.teams, team, "teams")

    def stage(self, stage: str) -> str:
        """The stage's display name on one line. Raises ValueError if there is none."""
        return _name(self.stages, stage, "stages")


def one_line(text: str) -> str:
    """The text without line breaks, its Hangul composed (fonts lack most decomposed syllables)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _name(names: Mapping[str, str], key: str, field: str) -> str:
    name = one_line(names.get(key, ""))
    if not name:
        raise ValueError(f"labels.{field} has no name for {key!r}")
    return name
