"""`sim sweep`: a scenario at many points, by what varies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sim.cli import options
from sim.cli.check import warn
from sim.cli.cluster import Address, check_place, open_cluster
from sim.cli.console import following, print_as_json, progress
from sim.cli.errors import plainly
from sim.scenario import read_overrides
from sim.scenario.checks.lint import lint_warnings
from sim.scenario.problems import Problem
from sim.studies import DEFAULT_SEED
from sim.text import Lang

if TYPE_CHECKING:
    from sim.studies.sweep import SweepResult

_MOST_WARNINGS = 3


def sweep(
    scenario: options.ScenarioFile,
    /,
    *,
    vary: Annotated[tuple[str, ...], Parameter(negative="", required=True)],
    design: Literal["grid", "lhs", "sobol"] = "grid",
    runs: options.Whole | None = None,
    until_halfwidth: options.HalfWidth | None = None,
    replications: options.RangeText = None,
    seed: options.Seed = DEFAULT_SEED,
    from_start: options.FromStart = False,
    known: options.KnownOptions = options.EVERYTHING,
    set_: options.SetOptions = (),
    jobs: options.Jobs = None,
    cluster: Address = None,
    out: options.OutputFolder = None,
    json: Annotated[options.Json, Parameter(group=options.OUTPUT)] = False,
    lang: Annotated[options.FiguresLang, Parameter(group=options.OUTPUT)] = "en",
) -> None:
    """Play a scenario at many points, all with the same luck, and print how the chances change.

    Parameters
    ----------
    vary
        What varies: PATH=START:STOP:COUNT, "PATH=100:10000:9 log", PATH=one,two,three or
        FILE=a.yaml,b.yaml; may be repeated. The path stages.<stage>.train.days is a window's length,
        stages.<stage>.grants.shares_rescaled.<team> one share with the others rescaled, and
        stages.<stage>.points.<block>.max_rescaled what a block counts.
    design
        grid crosses all values; lhs (Latin hypercube) and sobol sample the space between the ends.
    runs
        How many times each point is played. [default: 10,000]
    until_halfwidth
        Play until every chance of every point is this precise instead: 0.005, or 0.5%, is half a point.
    set_
        Change a value at all points, PATH=VALUE; may be repeated.
    out
        Folder for tables, an Excel workbook (results.xlsx) and a manifest; sim plot draws from it.
    """
    check_place(cluster, jobs)
    changes, extent = read_overrides(set_), options.read_extent(runs, replications, until_halfwidth)
    from sim import api  # late, so that a mistake is told at once

    given = options.GivenScenario(scenario, set_, known, from_start)
    with open_cluster(cluster) as executor:
        with plainly(out), given.placing_facts(), progress(lang) as report:
            found = api.sweep(
                scenario,
                vary,
                seed=seed,
                design=design,
                set=changes,
                from_start=from_start,
                known=known,
                jobs=jobs,
                executor=executor,
                out=out,
                tables=lang,
                given=[given.words],
                progress=report,
                **extent,
            )
        with following(found.runner, lang, out):
            findings = found.findings()  # which plays what a point costs
            files = [] if out is None else found.write_tables(out, lang)
    _warn(found, lang)
    if json:
        print_as_json(found.as_json())
        return
    from sim.render.text.layout import print_text
    from sim.render.text.sweep import render_sweep

    names = [path.name for path in files[1:] + files[:1]]  # the manifest last
    print_text(render_sweep(findings, lang, out, names))


def _warn(found: SweepResult, lang: Lang) -> None:
    """Tell what is legal and yet suspicious at some points: each thing once, and no more than a few."""
    told: dict[tuple[str, str], Problem] = {}
    # Points differ by what varies and little else, so most of their warnings are the same.
    for point in found.points:
        for one in lint_warnings(point.scenario) if point.default else ():
            where = f"point {point.number}"
            problem = Problem(where, 0, 0, ".".join(one.path), one.found, one.expected, one.hint)
            told.setdefault((problem.path, problem.found), problem)
    warn(list(told.values())[:_MOST_WARNINGS], lang)
