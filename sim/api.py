"""What Python users call, and what the command line is made of: load, run, look, save."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.engines.batch import NOT_EACH
from sim.figures import Kind, Lang, figure, saved_figures
from sim.findings.headline import headline
from sim.findings.run import (
    Played,
    RunFindings,
    chances,
    ending,
    guesses,
    known_results,
    named_team,
    what_moves,
)
from sim.render.json.run import run_as_json
from sim.rules.book import Rulebook
from sim.rules.verify import RuleError, verify
from sim.runs import manifest as manifests
from sim.runs.alternatives import alternatives
from sim.runs.failures import said
from sim.runs.influence import influences
from sim.runs.lock import locked
from sim.runs.parts import ranges
from sim.runs.problems import ResultsWarning
from sim.runs.run import Progress
from sim.runs.run import run as play_all
from sim.runs.until import until
from sim.runs.variants import beside
from sim.runs.whole import write_whole
from sim.runs.work import Engine, Job, Keep, fault_modes, play, played, with_mean_faults
from sim.scenario import Scenario, load
from sim.scenario.options import options
from sim.scenario.problems import did_you_mean
from sim.scenario.what_ifs import WhatIf, what_ifs
from sim.stats.alternatives import Alternative, options_table
from sim.stats.effects import Effect
from sim.stats.paired import Difference
from sim.stats.summary import Summary
from sim.stats.tally import Tally

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.engines.event import UserProcess

__all__ = ["DEFAULT_RUNS", "DEFAULT_SEED", "Result", "Scenario", "load", "run", "saved_figures"]

DEFAULT_RUNS = 10_000
DEFAULT_SEED = 1


@dataclass(frozen=True)
class Result:
    """A run: its counts, and everything that they tell. Rows are played again when they are asked for.

    Replications that failed are in `tally.failures` and in nothing else.
    """

    job: Job
    start: int
    stop: int
    tally: Tally

    def __repr__(self) -> str:
        name, runs = self.scenario.name.en, f"{self.tally.runs:,}"
        return f"<Result: {runs} runs of '{name}', seed {self.job.seed}>"

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.job.scenario

    @property
    def summary(self) -> Summary:
        """Chances with intervals, as plain objects."""
        return Summary(self.scenario, self.tally, self.job.by_the_file)

    def odds(self) -> pd.DataFrame:
        """Chances by stage and team with 95 % Wilson intervals; see `sim.stats.tables.chances_table`."""
        from sim.stats.tables import chances_table

        return chances_table([self.summary]).reset_index(drop=True)

    def responses(self) -> pd.DataFrame:
        """Responses with sampling error and spread; see `sim.stats.tables.responses_table`."""
        from sim.stats.tables import responses_table

        return responses_table([self.summary]).reset_index(drop=True)

    def outcomes(self, start: int | None = None, stop: int | None = None) -> pd.DataFrame:
        """A row per replication, stage and team; of the replications from start to stop, or of all."""
        import pandas as pd

        from sim.stats.tables import outcomes_table

        first, last = self.start if start is None else start, self.stop if stop is None else stop
        if not self.start <= first < last <= self.stop:
            raise ValueError(f"replications {first}:{last} are not in this run, {self.start}:{self.stop}")
        stretches = (
            each for a, b in ranges(self.scenario, first, last) for each in played(self.job, a, b)[0]
        )
        return pd.concat([outcomes_table(self.scenario, each) for each in stretches], ignore_index=True)

    def influences(self) -> list[Effect]:
        """Which guessed and uncertain inputs matter, most influential first; faults by their mean."""
        return self._influences

    @cached_property
    def _influences(self) -> list[Effect]:
        return influences(_quickly(self.job))

    @cached_property
    def _moved(self) -> dict[str, list[tuple[WhatIf, Difference]]]:
        """What `moved` has played already, by team: text and saved results ask for the same."""
        return {}

    @cached_property
    def alternatives(self) -> list[Alternative]:
        """Each option of the scenario's choices, the default first, with its range over the doubts."""
        return alternatives(self.job, self.start, self.stop, self.tally, by_the_file=self.job.by_the_file)

    def options(self) -> pd.DataFrame:
        """Chances of leaving by option, with their range over the doubts; see `sim.runs.tables`."""
        return options_table(self.alternatives)

    def moved(self, team: str) -> list[tuple[WhatIf, Difference]]:
        """What moves the team's chance of leaving: paired differences from the default, faults by their mean.

        Raises `ValueError` for a team that the scenario does not have.
        """
        if team not in self.scenario.teams:
            raise ValueError(f"no team '{team}' ({did_you_mean(team, self.scenario.teams)})")
        if team not in self._moved:
            job = _quickly(replace(self.job, scenario=self.scenario.settled()))
            changes = what_ifs(job.scenario, team)
            played = beside(job, [move.scenario for move in changes], self.start, self.stop)
            pairs = zip(changes, played, strict=True)
            self._moved[team] = [(change, one.change_in_leaving(team)) for change, one in pairs]
        return self._moved[team]

    @property
    def played(self) -> Played:
        """What was run and how, as the text and the JSON tell it."""
        job, scenario = self.job, self.scenario
        single_faults = "each" in fault_modes(scenario)
        return Played(
            name=scenario.name.model_dump(),
            digest=scenario.digest(),
            as_of=scenario.as_of,
            seed=job.seed,
            engine=job.engine,
            replications=(self.start, self.stop),
            runs=self.tally.runs,
            failed=len(self.tally.failures),
            single_faults=single_faults,
            mean_faults=single_faults and with_mean_faults(job) is not job,
        )

    def findings(self, team: str | None = None) -> RunFindings:
        """Everything that is told of the run; `team` is the one of which it is told what moves it.

        Without it that is the first team, where the scenario has choices, or none.
        """
        found = chances(self.alternatives)
        named = named_team(found, team)
        return RunFindings(
            self.played,
            headline(self.summary),
            known_results(self.scenario),
            found,
            ending(self.scenario, found.default),
            what_moves(named, self.alternatives, self.moved(named)) if named else None,
            # Not with processes of one's own: playing single events thousands of times takes minutes.
            guesses(self.scenario, None if self.job.processes else self.influences()),
        )

    def as_json(self, team: str | None = None) -> dict[str, Any]:
        """The `--json` output, with what moves `team` (see `findings`); docs/output.md describes it."""
        return run_as_json(self.findings(team))

    def plot(self, kind: Kind = "leaving", lang: Lang = "en") -> Figure:
        """A figure: the chance of `leaving` by stage and team, the curves of `survival`, or a `briefing`."""
        table = self.options() if kind == "briefing" else self.odds()
        return figure(table, self.scenario, self.tally.runs, kind, lang)

    def save(self, folder: str | Path, keep: Keep = "rows", lang: Lang = "en") -> list[Path]:
        """Write manifest, rows (unless `keep` is "counts"), tables and figures; return the files.

        Raises `ResultsError` where the folder holds anything else.
        """
        return run(
            self.scenario,
            seed=self.job.seed,
            replications=(self.start, self.stop),
            engine=self.job.engine,
            rules=_own_rules(self.job.rules),
            processes=self.job.processes,
            out=folder,
            keep=keep,
            tables=lang,
        ).write_tables(Path(folder), lang)

    def write_tables(self, out: Path, lang: Lang) -> list[Path]:
        """Write tables and figures beside the manifest in `out`; return the files. Raises `ResultsError`."""
        tables = {"chances.csv": self.odds(), "responses.csv": self.responses()}
        if self.scenario.choices or self.scenario.doubts:
            tables["options.csv"] = self.options()
        told = manifests.as_text(self.as_json())
        with locked(out):
            for name, table in tables.items():
                # The byte-order mark lets spreadsheets on Korean Windows find out that this is UTF-8.
                write_whole(out / name, table.to_csv(index=False, lineterminator="\r\n"), "utf-8-sig")
            write_whole(out / "result.json", told)
            files = [*(out / name for name in tables), out / "result.json", *saved_figures(out, (lang,))]
            manifests.seal_tables(out, lang, files)
        return [out / manifests.NAME, *files]


def run(
    scenario: Scenario,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    *,
    replications: tuple[int, int] | None = None,
    until_halfwidth: float | None = None,
    from_start: bool = False,
    engine: Literal["auto", "batch", "event"] = "auto",
    rules: Mapping[str, Callable[..., Any]] | None = None,
    processes: Sequence[UserProcess] = (),
    jobs: int | None = None,
    executor: Executor | None = None,
    block: int | None = None,
    out: str | Path | None = None,
    keep: Keep = "rows",
    tables: Lang | None = None,
    progress: Progress | None = None,
) -> Result:
    """Play a scenario many times and count what happens.

    `replications` (start, stop) instead of `runs` plays just those. `until_halfwidth` instead of either plays
    until every chance, of each option of its choices too, has a 95 % interval of at most that half-width
    (see `sim.runs.until`). `from_start` forgets the results that are known and draws them too. `rules` puts
    functions of one's own in the place of "rank", "cut" or "grants"; `processes` adds SimPy processes of
    one's own, which only the event engine can play. `out` names a folder for manifest and rows; what an
    unfinished run has left there is not played again. `tables` is the language of the tables that
    `Result.write_tables` will add, so that `sim resume` knows. `jobs`, `executor` and `block` change speed
    and nothing else.

    A replication that raises is left out and told in a `ResultsWarning`, with how to play it alone; where
    all do, the run raises what the first one does.

    Raises `RuleError` for a rule that breaks what it must keep, `ValueError` for an impossible request,
    `ResultsError` where `out` holds anything else.
    """
    scenario = scenario.from_start() if from_start else scenario
    start, stop = _range(runs, replications, until_halfwidth)
    if (jobs is not None and jobs < 1) or (block is not None and block < 1):
        raise ValueError("jobs and block, where given, are at least 1")
    book, chosen = _verified(rules or {}, len(scenario.teams)), _chosen(engine, scenario, processes)
    folder = Path(out) if out is not None else None
    job = Job(scenario, seed, chosen, book, tuple(processes), block=block, out=folder, keep=keep)
    counted = None
    if until_halfwidth is not None:
        stop, counted = _enough(job, until_halfwidth, workers=jobs, executor=executor, progress=progress)
    play_here = partial(play_all, job, start, stop, jobs=jobs, executor=executor, progress=progress)
    if folder is None:
        tally = counted or play_here()
    else:
        with locked(folder):
            claimed = manifests.claim(folder, manifests.manifest(job, start, stop, sys.argv, tables))
            tally = play_here()
            manifests.seal(folder, job, claimed, tally.failures)
    if not tally.runs:
        play(job, start, start + 1)  # raises what they all raise
    if tally.failures:
        warnings.warn(said(job, tally), ResultsWarning, stacklevel=2)
    return Result(job, start, stop, tally)


def _range(runs: int, replications: tuple[int, int] | None, until_halfwidth: float | None) -> tuple[int, int]:
    """The replications from start to before stop. Raises `ValueError` for none, or for two requests."""
    if replications and until_halfwidth is not None:
        raise ValueError("replications and until_halfwidth, expected one of them")
    start, stop = replications or (0, runs)
    if not 0 <= start < stop:
        raise ValueError(f"replications {start}:{stop}, expected at least one, counted from 0")
    return start, stop


def _enough(job: Job, target: float, **how: Any) -> tuple[int, Tally]:
    """How many replications make every chance of every option precise, and the counts of the default."""
    each = [replace(job, scenario=option.scenario, out=None) for option in options(job.scenario)]
    stop, (default, *_) = until(target, each, **how)
    return stop, default


def _verified(rules: Mapping[str, Callable[..., Any]], teams: int) -> Rulebook:
    """The rules with a user's own among them. Raises `RuleError` for one that breaks what it must keep."""
    for name, rule in rules.items():
        violations = verify(name, rule, teams)
        if violations:
            raise RuleError(name, violations)
    return Rulebook.with_own(rules)


def _chosen(
    engine: Literal["auto", "batch", "event"], scenario: Scenario, processes: Sequence[UserProcess]
) -> Engine:
    """The engine that plays. Raises `ValueError` where the batch engine is asked for what it cannot play."""
    single_faults = "each" in fault_modes(scenario)
    if engine == "batch" and processes:
        raise ValueError("the batch engine cannot play processes of your own; take the event engine, or auto")
    if engine == "batch" and single_faults:
        raise ValueError(NOT_EACH)
    return "event" if engine == "event" or processes or single_faults else "batch"


def _quickly(job: Job) -> Job:
    """A job as it is played beside the run, many times: by the batch engine if it can play it.

    Engines agree run by run, so the same is found. Faults that strike one by one have their mean.
    """
    job = with_mean_faults(job)
    single_faults = "each" in fault_modes(job.scenario)
    return job if job.processes or single_faults else replace(job, engine="batch", block=None, out=None)


def _own_rules(rules: Rulebook) -> dict[str, Callable[..., Any]]:
    return {name: getattr(rules, name) for name in rules.replaced()}
