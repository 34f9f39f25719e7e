"""A sweep: a scenario at every point of a design, all with the same luck."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.runs.checkpoint import Checkpoint
from sim.runs.failures import said
from sim.runs.many import played
from sim.runs.problems import ResultsWarning
from sim.runs.run import Progress
from sim.runs.until import until
from sim.runs.visits import Request, Visit, visits
from sim.runs.work import Engine, Job, fault_modes
from sim.scenario.language.provenance import format_flow
from sim.scenario.models.scenario import Scenario
from sim.stats.responses import KRW_PER_EOK
from sim.stats.summary import Summary
from sim.stats.tables import chances_table, responses_table
from sim.stats.tally import Tally

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Sweep:
    """The points that were visited and what was found there, over the replications from start to stop."""

    request: Request
    start: int
    stop: int
    visits: tuple[Visit, ...]
    summaries: tuple[Summary, ...]  # of each visit

    def chances(self) -> pd.DataFrame:
        """A row per point, option, stage, team and chance: factors, then `sim.stats.tables.chances_table`.

        Beside them the means of all GPU-hours that were granted (`gpu_hours`) and of their cost in hundred
        million won (`cost_eok`), so that any figure can have them as its axis.
        """
        return self._table(chances_table(self.summaries))

    def responses(self) -> pd.DataFrame:
        """A row per point, option and response; likewise."""
        return self._table(responses_table(self.summaries))

    def _table(self, found: pd.DataFrame) -> pd.DataFrame:
        """What was found at each visit, with what was visited in front."""
        import pandas as pd

        return pd.DataFrame(self._labels()).join(found).reset_index(drop=True)

    def _labels(self) -> Iterator[dict[str, Any]]:
        for visit, summary in zip(self.visits, self.summaries, strict=True):
            levels = zip(self.request.factors, visit.point, strict=True)
            spent = summary.tally.measures
            yield {
                "point": visit.number,
                **{factor.path: _cell(value) for factor, value in levels},
                "option": visit.option,
                "default": visit.default,
                "gpu_hours": spent["gpu_hours"].mean(),
                "cost_eok": spent["cost"].mean() / KRW_PER_EOK,
            }


def _cell(value: Any) -> Any:
    """A level as a table can hold it: a number, or text."""
    return value if isinstance(value, (int, float, str)) and not isinstance(value, bool) else str(value)


def sweep(
    request: Request,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Play a scenario at every point of a design, all over the same replications.

    `workers`, `executor` and `progress` are those of `sim.runs.many.played`. Raises `ScenarioError` for a
    point that is no scenario, `ValueError` for too many points or a text that is no factor.
    """
    how = {"workers": workers, "executor": executor, "progress": progress}
    return swept(request, visits(request), how, None)


def swept(
    request: Request, visited: Sequence[Visit], how: dict[str, Any], checkpoint: Checkpoint | None
) -> Sweep:
    """What is found at the visits; pieces in the `checkpoint` are not played again."""
    jobs = [Job(visit.scenario, request.seed, _engine(visit.scenario)) for visit in visited]
    start, stop = request.replications
    if request.until_halfwidth is None:
        tallies = played(jobs, start, stop, checkpoint=checkpoint, **how)
    else:
        start, (stop, tallies) = 0, until(request.until_halfwidth, jobs, checkpoint=checkpoint, **how)
    _warn_of_failures(request, visited, jobs, tallies)
    summaries = (Summary(visit.scenario, tally) for visit, tally in zip(visited, tallies, strict=True))
    return Sweep(request, start, stop, tuple(visited), tuple(summaries))


def _warn_of_failures(
    request: Request, visited: Sequence[Visit], jobs: Sequence[Job], tallies: Sequence[Tally]
) -> None:
    """Name the first point at which a replication failed, and how to play it alone, in a `ResultsWarning`."""
    failed = [at for at in zip(visited, jobs, tallies, strict=True) if at[2].failures]
    if not failed:
        return
    visit, job, tally = failed[0]
    values = ((factor.path, value) for factor, value in zip(request.factors, visit.point, strict=True))
    file = " ".join([request.scenario, *(f"--set '{path}={format_flow(value)}'" for path, value in values)])
    more = f" (and at {len(failed) - 1} more)" if len(failed) > 1 else ""
    warnings.warn(
        f"point {visit.number}, {visit.option}{more}: {said(job, tally, file)}", ResultsWarning, stacklevel=3
    )


def _engine(scenario: Scenario) -> Engine:
    return "event" if "each" in fault_modes(scenario) else "batch"
