"""A sweep: a scenario at every point of a design, all with the same luck."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.runs.design import Design, Point, points
from sim.runs.factors import FILE, Factor
from sim.runs.levers import overrides
from sim.runs.many import played
from sim.runs.run import Progress
from sim.runs.work import Engine, Job, fault_modes
from sim.scenario.load import variations
from sim.scenario.options import options
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.stats.responses import KRW_PER_EOK
from sim.stats.summary import Summary
from sim.stats.tables import chances_table, responses_table

if TYPE_CHECKING:
    import pandas as pd

Vary = Callable[[Mapping[str, Any]], Scenario]


@dataclass(frozen=True)
class Visit:
    """One option of a scenario's choices at one point of the design."""

    number: int  # of the point, from 0
    point: Point
    option: str
    default: bool  # whether it is the first option, by which a scenario is told
    scenario: Scenario


@dataclass(frozen=True)
class Sweep:
    """The points that were visited and what was found there."""

    factors: tuple[Factor, ...]
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
            spent = summary.tally.measures
            yield {
                "point": visit.number,
                **{factor.path: _cell(v) for factor, v in zip(self.factors, visit.point, strict=True)},
                "option": visit.option,
                "default": visit.default,
                "gpu_hours": spent["gpu_hours"].mean(),
                "cost_eok": spent["cost"].mean() / KRW_PER_EOK,
            }


def _cell(value: Any) -> Any:
    """A level as a table can hold it: a number, or text."""
    return value if isinstance(value, (int, float, str)) and not isinstance(value, bool) else str(value)


def sweep(
    path: Path,
    factors: Sequence[Factor],
    design: Design,
    start: int,
    stop: int,
    seed: int,
    *,
    fixed: Mapping[str, Any] | None = None,
    from_start: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Play the scenario at `path` at every point of a design over the replications from `start` to `stop`.

    `fixed` holds at all points, as `--set` does. Raises `ScenarioError` for a point that is no scenario,
    `ValueError` for too many points.
    """
    space = _Space(path, factors, fixed or {}, from_start=from_start)
    visits: list[Visit] = []
    for number, point in enumerate(points(factors, design, seed)):
        visits += (
            Visit(number, point, one.name, not one.path, one.scenario.settled())
            for one in options(space.at(point))
        )
    jobs = [Job(visit.scenario, seed, _engine(visit.scenario)) for visit in visits]
    tallies = played(jobs, start, stop, workers=workers, executor=executor, progress=progress)
    summaries = (Summary(visit.scenario, tally) for visit, tally in zip(visits, tallies, strict=True))
    return Sweep(tuple(factors), start, stop, tuple(visits), tuple(summaries))


def _engine(scenario: Scenario) -> Engine:
    return "event" if "each" in fault_modes(scenario) else "batch"


class _Space:
    """The scenarios of points; each file is read once."""

    def __init__(
        self, path: Path, factors: Sequence[Factor], fixed: Mapping[str, Any], *, from_start: bool
    ) -> None:
        self.path, self.factors, self.fixed, self.from_start = path, factors, fixed, from_start
        self._read: dict[Path, tuple[Vary, Scenario]] = {}

    def at(self, point: Point) -> Scenario:
        """The scenario of a point; what is wrong with it says at which."""
        values = {factor.path: value for factor, value in zip(self.factors, point, strict=True)}
        told = ", ".join(f"{path}={value}" for path, value in values.items())
        vary, base = self._file(Path(str(values.pop(FILE, self.path))))
        try:
            return vary({**self.fixed, **overrides(base, values)}) if values else base
        except ScenarioError as error:
            raise ScenarioError(
                replace(one, hint=f"{one.hint}; at {told}" if one.hint else f"at {told}")
                for one in error.problems
            ) from None

    def _file(self, path: Path) -> tuple[Vary, Scenario]:
        if path not in self._read:
            vary = variations(path, from_start=self.from_start)
            self._read[path] = vary, vary(self.fixed)
        return self._read[path]
