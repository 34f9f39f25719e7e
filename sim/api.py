"""What Python users call, and what the command line is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sim.execute.case import EngineChoice
from sim.execute.cluster import Cluster
from sim.execute.runner import Progress, Runner
from sim.render.progress import Bar, bar_in_notebook, bar_in_terminal
from sim.scenario import Scenario, load
from sim.scenario.evidence import Knowledge
from sim.stats.design import FILE, Design
from sim.studies import DEFAULT_POINTS, DEFAULT_RUNS, DEFAULT_SEED
from sim.studies.failures import warn_of_failures
from sim.studies.request import (
    MOST_REPLICATIONS,
    ComparisonRequest,
    Keep,
    RunRequest,
    SensitivityRequest,
    SweepRequest,
)
from sim.studies.study import Study, find_team, own_code, play_study
from sim.text import LANGS, Lang

if TYPE_CHECKING:
    from sim.engines.world import UserProcess
    from sim.studies.comparison import ComparisonResult
    from sim.studies.run import RunResult
    from sim.studies.score import ScoreResult
    from sim.studies.sensitivity import SensitivityResult
    from sim.studies.sweep import SweepResult

__all__ = [
    "DEFAULT_RUNS",
    "DEFAULT_SEED",
    "compare",
    "load",
    "resume",
    "run",
    "score",
    "sensitivity",
    "sweep",
]

Rules = Mapping[str, Callable[..., Any]]
_T = TypeVar("_T")


def run(
    scenario: Scenario,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    *,
    replications: tuple[int, int] | None = None,
    until_halfwidth: float | None = None,
    from_start: bool = False,
    engine: EngineChoice = "auto",
    rules: Rules | None = None,
    processes: Sequence[UserProcess] = (),
    jobs: int | None = None,
    executor: Executor | Cluster | None = None,
    block: int | None = None,
    out: str | Path | None = None,
    keep: Keep = "rows",
    tables: Lang | None = None,
    team: str | None = None,
    each_fact: bool = False,
    given: Sequence[str] = (),
    progress: Progress | bool | None = None,
) -> RunResult:
    """Play a scenario many times and count what happens.

    `replications` (start, stop) instead of `runs` plays just those. `until_halfwidth` instead of either
    plays until every chance, of each option of its choices too, has a 95 % interval of at most that
    half-width (see `sim.stats.precision`). `from_start` forgets the results that are known and draws them
    too. `rules` puts functions of one's own in the place of "rank", "cut" or "grants"; `processes` adds
    SimPy processes of one's own, which only the event engine can play. `out` names a folder for manifest
    and rows; what an unfinished run has left there is not played again. `tables` is the language of the
    tables that `RunResult.write_tables` will add, so that `sim resume` knows. `team` is the team that is
    looked into in them, by its id or display name, and `each_fact` adds the chances without each fact.
    `jobs`, `executor` and `block` change speed and nothing else. `progress` is a function that is told
    (done, of); True shows a bar, as notebooks do by themselves, and False none.

    A replication that raises is left out and told in a `ResultsWarning`, with how to play it alone; where
    all do, the run raises what the first one does. `given` is how the command line names the scenario there.

    Raises `RuleError` for a rule that breaks what it must keep, `TypeError` or `ValueError` for an impossible
    request, `ResultsError` where `out` holds anything else.
    """
    from sim.studies.precision import play_until_precise
    from sim.studies.run import RunStudy

    _check("scenario", scenario, Scenario)
    _check_one_of("engine", engine, ("auto", "batch", "event"))
    _check_one_of("keep", keep, ("rows", "counts"))
    team = _team(scenario, team)
    runner = _runner(jobs, executor, progress, block)
    scenario = scenario.from_start() if from_start else scenario
    if each_fact and not scenario.has_facts:
        raise ValueError("no facts about points are known, so there are no chances without each of them")
    start, stop = _range(runs, replications, until_halfwidth)
    code = own_code(rules, processes, len(scenario.teams))
    case = code.case(scenario, _whole("seed", seed), engine)
    counted = None
    if until_halfwidth is not None:
        stop, counted = play_until_precise(case, until_halfwidth, runner)
    request = RunRequest(
        scenario=scenario,
        seed=case.seed,
        ranges=((start, stop),),
        engine=case.engine,
        keep=keep,
        team=team,
        each_fact=each_fact,
        given=tuple(given),
        own_rules=code.rule_names,
        own_processes=code.process_names,
    )
    study = RunStudy(request, code)
    if counted is not None and out is None:  # with a folder it is played once more, for its rows
        warn_of_failures(study, [counted])
        return study.result([counted], study.ranges, runner)
    found: RunResult = _play(study, out, runner, tables)
    return found


def sweep(
    scenario: Scenario | str | Path,
    vary: Sequence[str] | str,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    *,
    design: Design = "grid",
    replications: tuple[int, int] | None = None,
    until_halfwidth: float | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - as --set on the command line
    from_start: bool = False,
    known: Knowledge | None = None,
    rules: Rules | None = None,
    processes: Sequence[UserProcess] = (),
    jobs: int | None = None,
    executor: Executor | Cluster | None = None,
    out: str | Path | None = None,
    tables: Lang | None = None,
    given: Sequence[str] = (),
    progress: Progress | bool | None = None,
) -> SweepResult:
    """Play a scenario at every point of a design, all over the same replications.

    `vary` is as `sim sweep --vary` takes it: "PATH=START:STOP:COUNT", "PATH=one,two" or "FILE=a.yaml,b.yaml".
    `scenario` is a file, the name of a bundled scenario, or a scenario. `known` is how much of its past is
    used at every point, a `sim.Knowledge`; None is all. The rest is as in `run`.

    Raises `ScenarioError` for a point that is no scenario, `ValueError` for too many points.
    """
    from sim.studies.sweep import SweepStudy

    _check("scenario", scenario, (Scenario, str, Path))
    factors = (vary,) if isinstance(vary, str) else _several("vary", vary, str)
    _check_one_of("design", design, ("grid", "lhs", "sobol"))
    runner = _runner(jobs, executor, progress)
    base = scenario if isinstance(scenario, Scenario) else load(scenario, dict(set or {}))
    code = own_code(rules, processes, len(base.teams))
    file = None if isinstance(scenario, Scenario) else str(scenario)
    varies_files = file is not None and any(factor.startswith(f"{FILE}=") for factor in factors)
    request = SweepRequest(
        scenario=str(file) if varies_files else base,
        vary=factors,
        design=design,
        seed=_whole("seed", seed),
        ranges=(_range(runs, replications, until_halfwidth),),
        until_halfwidth=until_halfwidth,
        set=dict(set or {}),
        from_start=from_start,
        known=None if known in (None, Knowledge()) else Knowledge(**vars(known)),
        given=tuple(given),
        own_rules=code.rule_names,
        own_processes=code.process_names,
    )
    # A function of the user's own is told of replications and of nothing else.
    study = SweepStudy(request, code, file, runner.progress if isinstance(runner.progress, Bar) else None)
    found: SweepResult = _play(study, out, runner, tables)
    return found


def compare(
    scenarios: Sequence[Scenario],
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    *,
    replications: tuple[int, int] | None = None,
    from_start: bool = False,
    rules: Rules | None = None,
    processes: Sequence[UserProcess] = (),
    jobs: int | None = None,
    executor: Executor | Cluster | None = None,
    out: str | Path | None = None,
    tables: Lang | None = None,
    given: Sequence[str] = (),
    progress: Progress | bool | None = None,
) -> ComparisonResult:
    """Play scenarios over the same replications, and compare each with the first, pair by pair.

    Choices are at their default. `given` names the scenarios. The rest is as in `run`.
    """
    from sim.studies.comparison import ComparisonStudy

    scenarios = _several("scenarios", scenarios, Scenario)
    if len(scenarios) < 2:
        raise ValueError(f"{len(scenarios)} scenarios to compare, expected two or more")
    if given and len(given) != len(scenarios):
        raise ValueError(f"{len(given)} names for {len(scenarios)} scenarios")
    runner = _runner(jobs, executor, progress)
    code = own_code(rules, processes, len(scenarios[0].teams))
    request = ComparisonRequest(
        scenarios=tuple(scenario.from_start() if from_start else scenario for scenario in scenarios),
        seed=_whole("seed", seed),
        ranges=(_range(runs, replications, None),),
        given=tuple(given),
        own_rules=code.rule_names,
        own_processes=code.process_names,
    )
    found: ComparisonResult = _play(ComparisonStudy(request, code), out, runner, tables)
    return found


def sensitivity(
    scenario: Scenario,
    points: int = DEFAULT_POINTS,
    seed: int = DEFAULT_SEED,
    *,
    team: str | None = None,
    from_start: bool = False,
    rules: Rules | None = None,
    processes: Sequence[UserProcess] = (),
    jobs: int | None = None,
    executor: Executor | Cluster | None = None,
    out: str | Path | None = None,
    tables: Lang | None = None,
    given: Sequence[str] = (),
    progress: Progress | bool | None = None,
) -> SensitivityResult:
    """Work out Sobol' indices of every uncertain input of a scenario, its choices at their default.

    Faults are taken at their mean. `team` is the one that the figure is about. The rest is as in `run`.
    Raises `ValueError` for a number of points that is no power of two, before anything is played or written.
    """
    from sim.studies.sensitivity import SensitivityStudy
    from sim.studies.sensitivity_counts import INNER

    _check("scenario", scenario, Scenario)
    team = _team(scenario, team)
    runner = _runner(jobs, executor, progress)
    scenario = scenario.from_start() if from_start else scenario
    code = own_code(rules, processes, len(scenario.teams))
    request = SensitivityRequest(
        scenario=scenario,
        points=_whole("points", points),
        inner=INNER,
        seed=_whole("seed", seed),
        team=team,
        given=tuple(given),
        own_rules=code.rule_names,
        own_processes=code.process_names,
    )
    found: SensitivityResult = _play(SensitivityStudy(request, code), out, runner, tables)
    return found


def score(
    scenario: Scenario,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    *,
    jobs: int | None = None,
    executor: Executor | Cluster | None = None,
    progress: Progress | bool | None = None,
) -> ScoreResult:
    """Score how the model would have forecast each decided stage, from what was known the evening before.

    What is scored is who left by points, given who was evaluated and who failed at the gate; `runs` are those
    of each stage. See docs/forecast.md. The rest is as in `run`.

    Raises `ValueError` where no stage is decided, or where facts known before do not tell a chance.
    """
    from sim.studies.score import play_scores

    _check("scenario", scenario, Scenario)
    start, stop = _range(runs, None, None)
    case = own_code(None, (), len(scenario.teams)).case(scenario, _whole("seed", seed))
    return play_scores(case, stop - start, _runner(jobs, executor, progress))


def resume(folder: str | Path, *, jobs: int | None = None, progress: Progress | bool | None = None) -> Any:
    """Go on with a study that was broken off, to the same bytes; see `sim.studies.saved`."""
    from sim.studies.saved import resume_folder

    return resume_folder(Path(folder), _runner(jobs, None, progress))


def _play(study: Study, out: str | Path | None, runner: Runner, tables: Lang | None) -> Any:
    if tables is not None:
        _check_one_of("tables", tables, LANGS)
    if out is not None:
        from sim.studies.save import play_into

        _check("out", out, (str, Path))
        return play_into(study, Path(out), runner, [tables] if tables else [])
    ranges, played = play_study(study, runner)
    warn_of_failures(study, played)
    return study.result(played, ranges, runner)


def _runner(
    jobs: int | None,
    executor: Executor | Cluster | None,
    progress: Progress | bool | None,
    block: int | None = None,
) -> Runner:
    """Return what plays. Raises `TypeError` or `ValueError` for numbers that are none."""
    jobs = None if jobs is None else _whole("jobs", jobs)
    block = None if block is None else _whole("block", block)
    report = _reporter(progress)
    return Runner(jobs=jobs, executor=executor, progress=report, block=block)


def _reporter(progress: Progress | bool | None) -> Progress | None:
    """Return what is told how far it has come: in a notebook a bar, unless that is refused."""
    if progress is None:
        return bar_in_notebook()
    if isinstance(progress, bool):
        return bar_in_notebook() or bar_in_terminal() if progress else None
    if not callable(progress):
        raise TypeError(f"progress={progress!r}, expected a function of (done, of), True or False")
    return progress


def _range(runs: int, replications: tuple[int, int] | None, until_halfwidth: float | None) -> tuple[int, int]:
    """The replications from start to before stop. Raises `ValueError` for none, or for two requests."""
    if until_halfwidth is not None:
        _check("until_halfwidth", until_halfwidth, (float, int))
        if replications:
            raise ValueError("replications and until_halfwidth, expected one of them")
    if replications is not None and not (isinstance(replications, Sequence) and len(replications) == 2):
        raise TypeError(f"replications={replications!r}, expected (start, stop)")
    name = "replications" if replications else "runs"
    start, stop = (_whole(name, end) for end in replications or (0, runs))
    if not 0 <= start < stop:
        raise ValueError(f"replications {start}:{stop}, expected at least one, counted from 0")
    if stop > MOST_REPLICATIONS:
        raise ValueError(f"replications {start}:{stop}, expected none above {MOST_REPLICATIONS:,}")
    return start, stop


def _team(scenario: Scenario, team: Any) -> str | None:
    """Return the id of a team. Raises `TypeError` for what is no name, `ValueError` for no such team."""
    if team is not None:
        _check("team", team, str)
    return find_team(scenario, team)


def _check(name: str, value: object, kind: type | tuple[type, ...]) -> None:
    """Raise `TypeError` for a value of another type; True is no number."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    if not isinstance(value, kinds) or isinstance(value, bool):
        expected = " or ".join("a path" if each is Path else each.__name__ for each in kinds)
        hint = "; sim.load reads a file" if kind is Scenario else ""
        raise TypeError(f"{name}={value!r}, expected {expected}{hint}")


def _whole(name: str, value: Any) -> int:
    """Return a whole number, one of NumPy's too, as Python has it. Raises `TypeError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        _check(name, value, int)
    return int(value)


def _several(name: str, values: Any, kind: type[_T]) -> tuple[_T, ...]:
    """Return some values of a type. Raises `TypeError` for others."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        _check(name, values, kind)
    found = tuple(values)
    for each in found:
        _check(name, each, kind)
    return found


def _check_one_of(name: str, value: object, known: Sequence[str]) -> None:
    if value not in known:
        raise ValueError(f"{name}={value!r}, expected {', '.join(known)}")
