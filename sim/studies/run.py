"""A run: one scenario, played many times."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sim.execute.case import Case, has_single_faults, with_mean_faults
from sim.execute.group import Group, play_block, tally_group
from sim.execute.runner import Runner
from sim.findings.chances import chances
from sim.findings.doubts import doubts_table, read_doubts_table
from sim.findings.evidence import NUMBERS, FactEffect, FactFindings, numbers_table
from sim.findings.headline import headline
from sim.findings.run import (
    CountedFindings,
    RunFacts,
    RunFindings,
    ending,
    guesses,
    known_results,
    named_team,
    what_moves,
)
from sim.findings.saved_run import read_run_findings
from sim.folder.errors import ResultsWarning
from sim.folder.files import as_json_text
from sim.folder.rows import Range, count_replications, read_rows
from sim.folder.tables import read_table
from sim.render.json import run_as_json
from sim.render.progress import Bar
from sim.render.text.layout import Names
from sim.scenario.comparison import indistinguishable_teams
from sim.scenario.models.scenario import Scenario
from sim.scenario.names import input_names
from sim.stats.alternatives import Alternative, PlayedWhatIf, options_table
from sim.stats.input_effects import Effect
from sim.stats.summary import Summary
from sim.stats.tally import Failure, Tally
from sim.studies.evidence import each_fact_table, find_evidence, play_each_fact
from sim.studies.failures import command_alone
from sim.studies.request import Keep, RunRequest
from sim.studies.study import Groups, Result, Study, Tables, Yields, find_team
from sim.studies.what_ifs import (
    default_alone,
    moves_table,
    play_alternatives,
    play_effects,
    play_moves,
    play_wait,
)
from sim.text import LANGS, Lang

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.findings.waiting import Wait
    from sim.folder.workbook import Sheet
    from sim.render.figures.drawing import Drawing
    from sim.render.figures.run import RunKind

DOUBTS, ROWS = "doubts", "rows"
"""Names of tables that are no files of their own: they are read from `result.json` and from the rows."""

DRAWN_ROWS, MOST_DRAWN = ("replication", "stage", "team", "fate", "total", "capability"), 100_000
"""Columns of rows that figures are drawn from, and how many replications at most."""

_DOUBTED, _BY_ROWS = ("leaving", "survival"), ("totals", "strength", "growth")
"""Figures that show ranges over doubts, and those that show run by run."""

CHANCES, RESPONSES, OPTIONS, FACTS = "chances.csv", "responses.csv", "options.csv", "facts.csv"
JSON = "result.json"
MOVED = "numbers.csv"

UNPLAYED = (
    "beside processes of your own only the default option is played; ask for more if you can wait for the "
    "event engine: options() plays all options and doubts, moved(team) what moves a team, effects the guesses"
)


@dataclass(frozen=True)
class RunStudy(Study):
    """A run, as it was asked for."""

    request: RunRequest

    number_columns: ClassVar[tuple[str, ...]] = (
        *("count", "of", "p", "low", "high", "range_low", "range_high", "without", "all_low", "all_high"),
        *("mean", "q05", "q50", "q95", *NUMBERS),
    )
    flag_columns: ClassVar[tuple[str, ...]] = ("default",)
    why_nothing_is_drawn: ClassVar[str] = "nothing is left to chance"

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played."""
        return self.request.scenario

    @cached_property
    def case(self) -> Case:
        """The case that is played."""
        return self.code.case(self.scenario, self.request.seed, self.request.engine)

    @property
    def ranges(self) -> tuple[Range, ...]:
        """The replications."""
        return self.request.ranges

    @property
    def keeps(self) -> Keep:
        """What a folder keeps."""
        return self.request.keep

    @property
    def indistinct(self) -> list[tuple[str, ...]]:
        """Groups of teams that no input tells apart; none where a user's own code may."""
        return indistinguishable_teams(self.scenario) if self.case.is_by_the_file else []

    @cached_property
    def groups(self) -> Groups:
        """The scenario alone; what it is set beside is played when it is asked for."""
        return [tally_group(self.case, self.ranges)]

    @property
    def drawn_from(self) -> tuple[str, ...]:
        """The names of the tables from which figures are drawn."""
        options = [OPTIONS] if self._has_options else []
        moved = [MOVED] if self.scenario.has_facts else []
        return (CHANCES, *options, *moved)

    @property
    def reported_from(self) -> tuple[str, ...]:
        """The files from which a report is made."""
        return (JSON,)

    def read_findings(self, folder: Path, counted: Callable[[], Any]) -> RunFindings:
        """Read what was found, with options, doubts and what moves it, which counts alone do not tell."""
        data = json.loads((folder / JSON).read_text("utf-8"))
        first, stop = data["replications"]
        return read_run_findings(data, self.facts((first, stop), data["runs"], data["failed"]))

    def facts(self, replications: Range, runs: int, failed: int) -> RunFacts:
        """Return what was run and how, as the text and the JSON tell it."""
        case, single_faults = self.case, has_single_faults(self.scenario)
        return RunFacts(
            scenario=self.scenario,
            seed=case.seed,
            engine=case.engine,
            replications=replications,
            runs=runs,
            failed=failed,
            single_faults=single_faults,
            mean_faults=single_faults and with_mean_faults(case) is not case,
        )

    def describe(self, lang: Lang) -> dict[str, object]:
        """Return what the sentence about a folder of it names."""
        return {"name": self.scenario.name.get(lang)}

    def result(self, played: Yields, ranges: tuple[Range, ...], runner: Runner) -> RunResult:
        """Return what was found."""
        # A user's own progress may be over by then.
        later = runner.for_later(runner.progress if isinstance(runner.progress, Bar) else None)
        return RunResult(self, ranges, tuple(played), later)

    def command_for(self, group: Group[Any], failure: Failure) -> str:
        """Return the command that plays one failed replication alone."""
        return command_alone(self.case, failure, " ".join(self.request.given))

    @property
    def _has_options(self) -> bool:
        return self.plays_beside and bool(self.scenario.choices or self.scenario.doubts)

    @property
    def plays_beside(self) -> bool:
        """Whether options, doubts and guesses are played without being asked for.

        Not with processes of a user's own: each takes the event engine as long as the run itself, and more.
        """
        return not self.request.own_processes

    def read_tables(self, folder: Path) -> Tables:
        """Read the tables that figures are drawn from: those of files, ranges over doubts, and rows."""
        found = {**super().read_tables(folder), DOUBTS: read_doubts_table(folder / JSON)}
        rows = read_rows(folder, DRAWN_ROWS, MOST_DRAWN) if self.keeps == "rows" else None
        if rows is not None:
            found[ROWS] = rows
        if (folder / RESPONSES).exists():
            found[RESPONSES] = read_table(folder / RESPONSES, self.number_columns)
        return found

    def figures(self, tables: Tables, lang: Lang, axis: str | None = None) -> dict[str, Drawing]:
        """Draw every figure that says something about the scenario, by the name of its file."""
        from sim.render.figures.run import RunTables, draw_all

        runs = count_replications(self.ranges)
        given = RunTables(
            tables[CHANCES],
            tables.get(RESPONSES),
            tables[OPTIONS] if self._has_options else None,
            tables.get(DOUBTS),
            tables.get(MOVED),
            tables.get(ROWS),
        )
        return draw_all(given, self.scenario, runs, lang, self.indistinct)


@dataclass(frozen=True)
class RunResult(Result):
    """A run: its counts, and everything that they tell. Rows are played again when they are asked for.

    Replications that failed are in `tally.failures` and in nothing else.
    """

    study: RunStudy
    runner: Runner

    def __repr__(self) -> str:
        name, runs = self.scenario.name.en, f"{self.tally.runs:,}"
        return f"<Result: {runs} runs of '{name}', seed {self.study.request.seed}>"

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.study.scenario

    @property
    def case(self) -> Case:
        """What decided the outcomes."""
        return self.study.case

    @cached_property
    def tally(self) -> Tally:
        """What was counted, and which replications failed."""
        counted: Tally = self.played[0].counts
        return replace(counted, failures=self.played[0].failures)

    @property
    def summary(self) -> Summary:
        """Chances with intervals, as plain objects."""
        return Summary(self.scenario, self.tally, self.case.is_by_the_file)

    def odds(self) -> pd.DataFrame:
        """Return chances by stage and team with their 95 % intervals; see `chances_table`."""
        from sim.stats.tables import chances_table

        return chances_table([self.summary]).reset_index(drop=True)

    def responses(self) -> pd.DataFrame:
        """Return responses with sampling error and spread; see `sim.stats.tables.responses_table`."""
        from sim.stats.tables import responses_table

        return responses_table([self.summary]).reset_index(drop=True)

    def outcomes(self, start: int | None = None, stop: int | None = None) -> pd.DataFrame:
        """Play again and return a row per replication, stage and team; from start to stop, or of all.

        Raises `ValueError` for replications that are not in the run.
        """
        import pandas as pd

        from sim.stats.tables import outcomes_table

        (group,) = self.study.groups
        if start is not None or stop is not None:
            first = self.ranges[0][0] if start is None else start
            last = self.ranges[-1][1] if stop is None else stop
            if not any(a <= first < last <= b for a, b in self.ranges):
                there = ", ".join(f"{a}:{b}" for a, b in self.ranges)
                raise ValueError(f"replications {first}:{last} are not in this run, {there}")
            group = group.over((first, last))
        blocks = (block for part in group.parts() for block in group.blocks(*part))
        worlds = (each for block in blocks for each in play_block(group.cases, *block)[0])
        return pd.concat([outcomes_table(self.scenario, each[0]) for each in worlds], ignore_index=True)

    @cached_property
    def effects(self) -> list[Effect]:
        """Which guessed and uncertain inputs matter, most influential first; faults by their mean."""
        return play_effects(self.case, self.runner)

    @cached_property
    def alternatives(self) -> list[Alternative]:
        """Each option of the scenario's choices, the default first, with its range over the doubts."""
        return play_alternatives(self.case, self.ranges, self.tally, self.runner)

    @property
    def _told_alternatives(self) -> list[Alternative]:
        """The options that are told of without being asked for: the default alone where others take long."""
        return self.alternatives if self.study.plays_beside else default_alone(self.case, self.tally)

    @cached_property
    def evidence(self) -> FactFindings | None:
        """What is known of the past, and what it says of the future; None for a scenario without facts.

        Raises `TooFewParticlesError` where particles do not tell a chance.
        """
        if not self.scenario.has_facts:
            return None
        return find_evidence(self.case, self.ranges, self.summary, self.runner)

    @cached_property
    def wait(self) -> Wait | None:
        """What the shifts of stages ahead did, beside the same without them; None where there are none."""
        return play_wait(self.case, self.ranges, self.runner) if self.study.plays_beside else None

    @cached_property
    def each_fact(self) -> list[FactEffect]:
        """By how much chances change without each fact, most first; nothing where there are not two.

        Takes minutes the first time: particles are mixed again for each. Raises `ScenarioError` for a fact
        without which the others leave too much open.
        """
        if self.evidence is None:
            return []
        return play_each_fact(self.case, list(self.evidence.chances), self.runner)

    def options(self) -> pd.DataFrame:
        """Return chances of leaving by option, with their range over the doubts.

        Of a forecast, also the chance `without` facts, and the ends that hold for all teams at once.
        """
        table = options_table(self.alternatives)
        if self.evidence is None:
            return table
        pairs = list(zip(table.option, table.team, strict=True))
        without = {one.name: one.teams for one in self.evidence.without.options}
        here = {one.name: one.teams for one in chances(self.alternatives).options}
        estimates = [here[option]["", team, "leaves_at_all"].estimate for option, team in pairs]
        return table.assign(
            without=[
                without[option]["", team, "leaves_at_all"].estimate.p if option in without else math.nan
                for option, team in pairs
            ],
            all_low=[e.all_low for e in estimates],
            all_high=[e.all_high for e in estimates],
        )

    def numbers(self) -> pd.DataFrame:
        """Return where each uncertain number behind the points lies before and after the facts.

        Most moved first; of a run without facts the table is empty.
        """
        numbers = () if self.evidence is None else self.evidence.numbers
        paths = [each.path for each in numbers]
        names = {lang: Names.of(self.scenario, lang) for lang in LANGS}
        called = {lang: input_names(paths, lang, each.teams, each.stages) for lang, each in names.items()}
        return numbers_table(numbers, called)

    def moved(self, team: str) -> pd.DataFrame:
        """Play what moves a team's chance of leaving; return a row for each change, beside the default.

        `team` is its id or display name. Columns: kind ("gpus" of the team alone, "all_gpus", "weight"), what
        (a block of points), factor, estimate (of the difference of the two chances), low, high (95 %,
        paired), gained and lost (replications in which it leaves only with the change, only without), of,
        cost (by which lending costs more), months (by which the best that stays is further behind), name_en,
        name_ko. Options of
        choices stand in `options`. Raises `ValueError` for a team that the scenario does not have.
        """
        return moves_table(self.play_what_ifs(team), {lang: Names.of(self.scenario, lang) for lang in LANGS})

    def play_what_ifs(self, team: str) -> list[PlayedWhatIf]:
        """Play what `moved` tells, and return it as plain objects."""
        found = find_team(self.scenario, team)
        assert found is not None
        if found not in self._moved:
            self._moved[found] = play_moves(self.case, found, self.ranges, self.runner)
        return self._moved[found]

    def _warn_of_unplayed(self) -> None:
        """Say what is left out beside a user's own processes, and how to ask for it."""
        if not self.study.plays_beside and (self.scenario.choices or self.scenario.doubts):
            warnings.warn(UNPLAYED, ResultsWarning, stacklevel=3)

    @cached_property
    def _moved(self) -> dict[str, list[PlayedWhatIf]]:
        """What `play_what_ifs` has played already, by team: text and saved results ask for the same."""
        return {}

    def settled(self) -> RunResult:
        """Return the run with its choices at their default and without doubts: what its counts alone tell."""
        request = self.study.request.model_copy(update={"scenario": self.scenario.settled()})
        return replace(self, study=replace(self.study, request=request))

    def counted_findings(self) -> CountedFindings:
        """Return what the counts alone tell: playing options and doubts could take hours."""
        settled = self.settled()
        found = chances(settled.alternatives)
        ending_of = ending(settled.scenario, found.default)
        return CountedFindings(settled.scenario, settled.tally.runs, found, ending_of)

    def plot(self, kind: RunKind = "leaving", lang: Lang = "en") -> Figure:
        """Draw one figure of the run, by its name; `docs/figures.md` says what each shows.

        They are `ends`, `leaving`, `survival`, `briefing`, `totals`, `strength`, `growth` and `numbers`.
        Raises `ValueError` for what there is not.
        """
        from sim.render.figures.run import RunTables, draw_run

        tables = RunTables(
            self.odds(),
            self.responses() if kind == "strength" else None,
            self.options() if kind == "briefing" else None,
            doubts_table(chances(self._told_alternatives)) if kind in _DOUBTED else None,
            self.numbers() if kind == "numbers" else None,
            self._first_outcomes() if kind in _BY_ROWS else None,
        )
        indistinct = self.study.indistinct
        return draw_run(tables, self.scenario, self.tally.runs, kind, lang, indistinct=indistinct).figure

    def _first_outcomes(self) -> pd.DataFrame:
        """Play the first replications again, for figures that show run by run."""
        start, stop = self.ranges[0]
        return self.outcomes(start, min(stop, start + MOST_DRAWN))

    def tables(self) -> Tables:
        """Return the tables that are saved, by the name of their file."""
        found = {CHANCES: self.odds(), RESPONSES: self.responses()}
        if self.study._has_options:
            found[OPTIONS] = self.options()
        if self.study.request.each_fact:
            found[FACTS] = each_fact_table(self.each_fact)
        if self.evidence is not None:
            found[MOVED] = self.numbers()
        return found

    def documents(self) -> dict[str, str]:
        """Return `result.json`: everything that a report needs."""
        return {JSON: as_json_text(self.as_json())}

    def sheets(self, lang: Lang, tables: Tables) -> list[Sheet]:
        """Return chances, options, responses, what moves it, sources and guesses as sheets."""
        from sim.render.workbook.run import run_sheets

        return run_sheets(self.findings(), lang)

    @property
    def facts(self) -> RunFacts:
        """What was run and how, as the text and the JSON tell it."""
        whole = self.ranges[0][0], self.ranges[-1][1]
        return self.study.facts(whole, self.tally.runs, len(self.failures))

    def findings(self) -> RunFindings:
        """Work out everything that is told of the run, with what moves the team of its request.

        Without one that is the first team, where the scenario has choices, or none.
        """
        told = self._told_alternatives
        self._warn_of_unplayed()
        found = chances(told)
        named = named_team(found, self.study.request.team)
        return RunFindings(
            self.facts,
            headline(self.summary),
            known_results(self.scenario),
            found,
            ending(self.scenario, found.default),
            what_moves(named, told, self.play_what_ifs(named)) if named else None,
            guesses(self.scenario, self.effects if self.study.plays_beside else None),
            self.evidence,
            self.each_fact if self.study.request.each_fact else None,
            self.wait,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the `--json` output; its format is described in docs/output.md."""
        return run_as_json(self.findings())
