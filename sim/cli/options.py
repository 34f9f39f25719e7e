"""Options that several verbs have, with the help that they share, and what is read from them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

from cyclopts import Group, Parameter, Token

from sim.cli.errors import BadInputError, at_least_one
from sim.scenario import Scenario, evidence, read_overrides
from sim.scenario.language.load import load_with_places
from sim.scenario.language.yamltree import Tree
from sim.scenario.names import team_called
from sim.scenario.problems import ScenarioError, did_you_mean
from sim.studies import DEFAULT_RUNS
from sim.text import Lang

OUTPUT = Group("Output", sort_key=1)
"""The panel of the help in which stands what becomes of the results."""

ScenarioFile = Annotated[
    Path, Parameter(help="The scenario file, or the name of a bundled scenario such as k-ai.")
]
AnyScenario = Annotated[
    Path, Parameter(help="A scenario file, or the name of a bundled scenario such as k-ai.")
]
Switch = Annotated[bool, Parameter(negative="", show_default=False)]
Texts = Annotated[tuple[str, ...], Parameter(negative="", show_default=False)]
SetOptions = Annotated[Texts, Parameter(name="--set")]
PlainSetOptions = Annotated[
    SetOptions,
    Parameter(help="Change a value, PATH=VALUE, as in stages.stage-1.cut.keep=3; may be repeated."),
]
FromStart = Annotated[Switch, Parameter(help="Forget the results that are known and draw them too.")]
Json = Annotated[Switch, Parameter(help="Print JSON for programs instead of text.")]
TextLang = Annotated[Lang, Parameter(help="Language of the text.")]
FigureLang = Annotated[Lang, Parameter(help="Language of text and figure.")]
FiguresLang = Annotated[Lang, Parameter(help="Language of text and figures.")]
OutputFolder = Annotated[Path | None, Parameter(group=OUTPUT)]
RangeText = Annotated[
    str | None, Parameter(help="Play only the runs from A to before B of a longer one, as A:B.")
]


def _read_whole(_: Any, tokens: Sequence[Token]) -> int:
    """Read a whole number; cyclopts alone would take 2.5 for 2, and Python digits of any script."""
    text = tokens[0].value.strip()
    if not re.fullmatch(r"[-+]?[0-9]+", text):
        hint = "" if text.isascii() else ", in the digits 0 to 9"
        raise ValueError(f"'{text}', expected a whole number such as 10000{hint}")
    return int(text)


Whole = Annotated[int, Parameter(converter=_read_whole)]
Seed = Annotated[Whole, Parameter(help="Another seed is other luck.")]
Jobs = Annotated[
    Whole | None, Parameter(help="Processes to use. [default: more than one only where it pays]")
]


def _read_share(_: Any, tokens: Sequence[Token]) -> float:
    """Read a share, 0.005, or percent of it, 0.5%."""
    text = tokens[0].value.strip()
    try:
        number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        number = None
    if number is None or not text.isascii():
        raise ValueError(f"'{text}', expected a share such as 0.005, or 0.5%")
    return number


HalfWidth = Annotated[float, Parameter(converter=_read_share)]


def read_extent(
    runs: int | None, replications: str | None, until_halfwidth: float | None = None
) -> dict[str, Any]:
    """Return what `--runs`, `--replications` or `--until-halfwidth` asks for, as `sim.api.run` takes it.

    Raises `BadInputError` for two of them, or for one that asks for nothing.
    """
    given = {"--runs": runs, "--replications": replications, "--until-halfwidth": until_halfwidth}
    several = [option for option, value in given.items() if value is not None]
    if len(several) > 1:
        raise BadInputError(f"{' and '.join(several)}: expected one of them")
    if until_halfwidth is None:
        return {"replications": _read_range(runs, replications)}
    from sim.stats.precision import describe_wrong_halfwidth

    if wrong := describe_wrong_halfwidth(until_halfwidth):
        raise BadInputError(f"--until-halfwidth {until_halfwidth:g}: {wrong}")
    return {"until_halfwidth": until_halfwidth}


def _read_range(runs: int | None, replications: str | None) -> tuple[int, int]:
    if replications is None:
        at_least_one("--runs", runs)
        return 0, DEFAULT_RUNS if runs is None else runs
    found = re.fullmatch(r"\s*([0-9]+)\s*:\s*([0-9]+)\s*", replications)
    start, stop = (int(found[1]), int(found[2])) if found else (0, 0)
    if start >= stop:
        raise BadInputError(f"--replications {replications}: expected A:B with 0 <= A < B, as in 5000:6000")
    return start, stop


def read_day(text: str) -> datetime.date:
    """Read a day. Raises `ValueError` for anything else."""
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text.strip()}', expected a day such as 2026-08-17") from None


def _read_day(_: Any, tokens: Sequence[Token]) -> datetime.date:
    return read_day(tokens[0].value)


@dataclass(frozen=True)
class GivenKnowledge(evidence.Knowledge):
    """How much of what a scenario knows of its past is used."""

    as_of: Annotated[
        datetime.date | None,
        Parameter(
            converter=_read_day, help="Know only what was known at the end of a day; draw what came later."
        ),
    ] = None
    without_facts: Annotated[Switch, Parameter(help="Use no facts about points, only who left.")] = False
    without: Annotated[
        Texts, Parameter(help="Leave out a fact by its id, as in totals or stage-2.totals; may be repeated.")
    ] = ()


EVERYTHING = GivenKnowledge()
"""All that a scenario knows."""


KnownOptions = Annotated[GivenKnowledge, Parameter(name="*")]
"""The same as options of a verb."""


@dataclass(frozen=True)
class GivenScenario:
    """A scenario as the command line names it: a file, changes, and what of its past is used."""

    file: Path
    changes: Sequence[str] = ()
    known: GivenKnowledge = EVERYTHING
    from_start: bool = False

    def load(self) -> Scenario:
        """Load it. Raises `ScenarioError`."""
        return self.known.of(self._load()[0])

    def _load(self) -> tuple[Scenario, Tree]:
        return load_with_places(self.file, read_overrides(self.changes), from_start=self.from_start)

    @property
    def past_options(self) -> list[str]:
        """The options that say what of its past is used."""
        return [*(["--from-start"] if self.from_start else []), *self.known.words()]

    @property
    def set_options(self) -> list[str]:
        """The options that change values."""
        return [f"--set {quote(one)}" for one in self.changes]

    @property
    def words(self) -> str:
        """Its name with all options: a command that plays it again begins with that."""
        return " ".join([quote(str(self.file)), *self.past_options, *self.set_options])

    @contextmanager
    def placing_facts(self) -> Iterator[None]:
        """Say of facts that cannot all be true where they are written: what infers knows no file."""
        try:
            yield
        except ScenarioError:
            from sim.forecast.rows import evidence as rows_of

            found, tree = self._load()
            if (found := self.known.of(found)).has_facts:
                rows_of(found, tree)
            raise


def read_team(scenario: Scenario, given: str | None) -> str | None:
    """Return the id of the team that is meant by its id or name; None where none is asked for.

    Raises `BadInputError` for no such team, or for two.
    """
    if given is None:
        return None
    try:
        found = team_called(given, scenario.teams)
    except ValueError as error:
        raise BadInputError(f"--team {given}: {error}") from None
    if found is None:
        raise BadInputError(f"--team {given}: no such team ({did_you_mean(given, scenario.teams)})")
    return found
