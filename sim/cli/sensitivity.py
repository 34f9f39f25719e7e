"""`sim sensitivity`: which uncertain numbers matter for who leaves."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from sim.cli import options
from sim.cli.cluster import Address, check_place, open_cluster
from sim.cli.console import progress
from sim.cli.errors import BadInputError, plainly
from sim.studies import DEFAULT_POINTS, DEFAULT_SEED


def sensitivity(
    scenario: options.ScenarioFile,
    /,
    *,
    points: options.Whole | None = None,
    seed: options.Seed = DEFAULT_SEED,
    team: str | None = None,
    from_start: options.FromStart = False,
    known: options.KnownOptions = options.EVERYTHING,
    set_: options.SetOptions = (),
    jobs: options.Jobs = None,
    cluster: Address = None,
    out: options.OutputFolder = None,
    lang: Annotated[options.FigureLang, Parameter(group=options.OUTPUT)] = "en",
) -> None:
    """Say which uncertain numbers matter for who leaves, by Sobol' indices.

    Numbers with a distribution count, and guesses that have a plausible range; given facts about points,
    those ahead of them.

    Parameters
    ----------
    points
        Points of the design, a power of two from 64 to 65,536; 4 times as many halve the intervals.
        [default: 512]
    team
        The team whose chances are told and drawn. [default: the one that the numbers move most]
    set_
        Change a value, PATH=VALUE; may be repeated. A guess that is set counts as known.
    out
        Folder for a table of all indices, an Excel workbook, a figure and a manifest.
    """
    given = options.GivenScenario(scenario, set_, known, from_start)
    found = given.load()
    team = options.read_team(found, team)
    check_place(cluster, jobs)
    from sim import api
    from sim.render.text.layout import print_text
    from sim.render.text.sensitivity import render_sensitivity
    from sim.studies.sensitivity import describe_wrong_points

    number = DEFAULT_POINTS if points is None else points
    if wrong := describe_wrong_points(number):
        raise BadInputError(f"--points {wrong}")
    with open_cluster(cluster) as executor, plainly(out), given.placing_facts(), progress(lang) as report:
        result = api.sensitivity(
            found,
            number,
            seed,
            team=team,
            jobs=jobs,
            executor=executor,
            out=out,
            tables=lang,
            given=[given.words],
            progress=report,
        )
        files = [] if out is None else result.write_tables(out, lang)
    print_text(render_sensitivity(result.findings(), scenario.name, lang, files, out))
