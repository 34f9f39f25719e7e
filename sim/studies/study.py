"""What every study is: cases from a request, counts that add in any order, a result with tables and figures.

What saves, resumes, merges, replays and draws knows only these classes; docs/development.md lists the
places of a new kind of study.
"""

from __future__ import annotations

import hashlib
import html
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sim.execute.case import Case, EngineChoice, engine_for
from sim.execute.group import Group, Played
from sim.execute.piece import Store
from sim.execute.runner import Runner
from sim.folder.rows import Range
from sim.folder.tables import read_table
from sim.rules.book import BUILT_IN, Rulebook, RuleError, verify
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import team_called
from sim.scenario.problems import did_you_mean
from sim.stats.tally import Failure
from sim.studies.evidence import refuse_few_particles
from sim.studies.request import AnyRequest, Keep
from sim.text import Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.engines.world import UserProcess
    from sim.findings.run import CountedFindings
    from sim.folder.workbook import Sheet
    from sim.render.figures.drawing import Drawing

Groups = Sequence[Group[Any]]
Yields = Sequence[Played[Any]]
Tables = Mapping[str, "pd.DataFrame"]
"""Tables by the name of their file."""

MOST_ROWS = 60
"""Rows of a table that a notebook shows: the first and the last."""


@dataclass(frozen=True)
class OwnCode:
    """Functions of a user's own: rules in the place of built-in ones, and SimPy processes."""

    rules: Rulebook = BUILT_IN
    processes: tuple[UserProcess, ...] = ()

    @property
    def rule_names(self) -> tuple[str, ...]:
        """The names of the rules, as a request holds them."""
        return self.rules.replaced()

    @property
    def process_names(self) -> tuple[str, ...]:
        """The names of the processes."""
        return tuple(getattr(process, "__name__", repr(process)) for process in self.processes)

    def case(self, scenario: Scenario, seed: int, engine: EngineChoice = "auto") -> Case:
        """Return the case of a scenario. Raises `ValueError` for an engine that cannot play it."""
        chosen = engine_for(scenario, self.processes, engine)
        return Case(scenario, seed, chosen, self.rules, self.processes)


NO_CODE = OwnCode()


def own_code(
    rules: Mapping[str, Callable[..., Any]] | None, processes: Sequence[UserProcess], teams: int
) -> OwnCode:
    """Return a user's functions, tried on `teams` teams.

    Raises `RuleError` for a rule that breaks what it must keep, `ValueError` for an unknown one, and
    `TypeError` for what holds no rules or no processes.
    """
    if not isinstance(processes, Sequence) or not all(callable(each) for each in processes):
        raise TypeError(f"processes={processes!r}, expected a list of functions")
    for name, rule in rules.items() if isinstance(rules, Mapping) else ():
        violations = verify(name, rule, teams)
        if violations:
            raise RuleError(name, violations)
    return OwnCode(Rulebook.with_own(rules), tuple(processes))


@dataclass(frozen=True)
class Study(ABC):
    """A request with everything that is needed to play it."""

    request: AnyRequest
    code: OwnCode = NO_CODE  # a user's own functions

    has_axis: ClassVar[bool] = False
    """Whether figures have an axis to choose. `sim plot` draws them then, and not whoever saves tables."""

    number_columns: ClassVar[tuple[str, ...]] = ()
    flag_columns: ClassVar[tuple[str, ...]] = ()
    """Columns of the CSV tables from which figures are drawn that hold no words."""

    float_format: ClassVar[str | None] = None
    """How numbers stand in CSV tables; None for as many digits as they have."""

    why_nothing_is_drawn: ClassVar[str]

    @property
    @abstractmethod
    def scenario(self) -> Scenario:
        """The scenario by which people are told of the study."""

    @property
    @abstractmethod
    def ranges(self) -> tuple[Range, ...] | None:
        """The replications of each case; None where playing tells how many it takes."""

    @property
    def keeps(self) -> Keep:
        """What a folder keeps of it in the end; while it is played, the counts of each part."""
        return "total"

    @property
    @abstractmethod
    def groups(self) -> Groups:
        """What is played."""

    @property
    @abstractmethod
    def drawn_from(self) -> tuple[str, ...]:
        """The names of the saved tables from which figures are drawn."""

    @abstractmethod
    def describe(self, lang: Lang) -> dict[str, object]:
        """Return what the sentence `results.kind.<kind>` about a folder of it names."""

    def is_precise(self, played: Yields) -> bool:
        """Tell whether enough is played; only asked where `ranges` is None."""
        return True

    @abstractmethod
    def result(self, played: Yields, ranges: tuple[Range, ...], runner: Runner) -> Result:
        """Return what was found; `runner` plays what is asked of it later."""

    @property
    @abstractmethod
    def reported_from(self) -> tuple[str, ...]:
        """The names of the saved files, beside counts, from which a report is made."""

    @abstractmethod
    def read_findings(self, folder: Path, counted: Callable[[], Any]) -> Any:
        """Read what was found from a complete folder, without playing anything.

        `counted` returns the result that its counts tell.
        Raises `ResultsError`, or an error of reading, where the folder lacks what it takes.
        """

    def read_tables(self, folder: Path) -> Tables:
        """Read the tables that figures are drawn from. Raises `FileNotFoundError` for one that is missing."""
        columns = self.number_columns, self.flag_columns
        return {name: read_table(folder / name, *columns) for name in self.drawn_from}

    @abstractmethod
    def figures(self, tables: Tables, lang: Lang, axis: str | None = None) -> dict[str, Drawing]:
        """Draw figures from tables, by the name of their file; empty where there is nothing to draw."""

    @abstractmethod
    def command_for(self, group: Group[Any], failure: Failure) -> str:
        """Return the command that plays one failed replication alone."""


@dataclass(frozen=True)
class Result(ABC):
    """What a study has found. Every kind is shown in a notebook, drawn and saved in the same way."""

    study: Study
    ranges: tuple[Range, ...]  # the replications of each case
    played: tuple[Played[Any], ...]  # what each group of the study yielded

    def _repr_html_(self) -> str:
        return table_in_notebook(repr(self), self.odds())

    @property
    def failures(self) -> Sequence[Failure]:
        """Replications that are not counted."""
        return [failure for one in self.played for failure in one.failures]

    @abstractmethod
    def odds(self) -> pd.DataFrame:
        """Return the chances that were found."""

    @abstractmethod
    def tables(self) -> Tables:
        """Return the tables that are saved, by the name of their file; the same in every language."""

    def documents(self) -> Mapping[str, str]:
        """Return further texts that are saved, by the name of their file."""
        return {}

    @abstractmethod
    def sheets(self, lang: Lang, tables: Tables) -> list[Sheet]:
        """Return the sheets of the workbook that is saved, in one language, from what is in `tables`."""

    def counted_findings(self) -> CountedFindings | None:
        """Return what is told of a folder by its counts alone, without playing; None if nothing is."""
        return None

    def save(self, folder: str | Path, lang: Lang = "en") -> list[Path]:
        """Write manifest, counts, tables and figures of what has been played; return the files.

        Rows are written while they are played: `sim.run(..., out=folder)`. Raises `ResultsError` where the
        folder holds anything else.
        """
        from sim.studies.save import save_result

        return save_result(self, Path(folder), lang)

    def write_tables(self, out: str | Path, lang: Lang = "en") -> list[Path]:
        """Write what stands beside the manifest in `out`; return the files. Raises `ResultsError`."""
        from sim.studies.save import write_tables

        return write_tables(self, Path(out), lang)

    def _draw(self, lang: Lang, axis: str | None = None) -> Figure:
        """Draw the one figure of the study. Raises `ValueError` where there is nothing to draw."""
        drawn = self.study.figures(self.tables(), lang, axis)
        if not drawn:
            raise ValueError(f"{self.study.why_nothing_is_drawn}; nothing to draw")
        (drawing,) = drawn.values()
        return drawing.figure


def table_in_notebook(title: str, table: pd.DataFrame) -> str:
    """Return HTML of a table below its title, its first and last rows: of a sweep there may be 100,000."""
    return f"<p>{html.escape(title.strip('<>'))}</p>{table.to_html(max_rows=MOST_ROWS, show_dimensions=True)}"


def hash_of(scenarios: Sequence[Scenario]) -> str:
    """Return one SHA-256 for all scenarios, in hexadecimal; of a single one its own."""
    digests = [scenario.digest() for scenario in scenarios]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def scenario_hash(study: Study) -> str:
    """Return the hash of all scenarios that a study plays; of its own where it plays none."""
    return hash_of([case.scenario for group in study.groups for case in group.cases] or [study.scenario])


def find_team(scenario: Scenario, given: str | None) -> str | None:
    """Return the id of a team that is named by its id or display name; None is any team.

    Raises `ValueError` for a team that the scenario does not have.
    """
    found = None if given is None else team_called(given, scenario.teams)
    if found is None and given is not None:
        raise ValueError(f"no team '{given}' ({did_you_mean(given, scenario.teams)})")
    return found


def play_study(
    study: Study, runner: Runner, store: Store | None = None
) -> tuple[tuple[Range, ...], list[Played[Any]]]:
    """Play a study; return the replications of each case and what each group yielded.

    Raises `TooFewParticlesError` where facts were inferred too roughly to tell a chance.
    """
    ranges = study.ranges
    if ranges is not None:
        played = runner.play(study.groups, store)
    else:
        stop, played = runner.play_until(study.groups, study.is_precise, store)
        ranges = ((0, stop),)
    refuse_few_particles(study.groups, runner)
    return ranges, played
