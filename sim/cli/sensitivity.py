"""`sim sensitivity`: which uncertain numbers matter for who leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from sim.cli.run import SEED, Whole
from sim.scenario import read_overrides
from sim.scenario.load import load_with_places

if TYPE_CHECKING:
    from sim.runs.sensitivity import Sensitivity

_OUTPUT = Group("Output", sort_key=1)


def sensitivity(
    scenario: Path,
    /,
    *,
    points: Whole | None = None,
    seed: Whole = SEED,
    team: str | None = None,
    from_start: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    set_: Annotated[tuple[str, ...], Parameter(name="--set", negative="", show_default=False)] = (),
    jobs: Whole | None = None,
    out: Annotated[Path | None, Parameter(group=_OUTPUT)] = None,
    lang: Annotated[Literal["en", "ko"], Parameter(group=_OUTPUT)] = "en",
) -> None:
    """Say which uncertain numbers matter for who leaves, by Sobol' indices.

    Numbers with a distribution count, and guesses that have a plausible range.

    Parameters
    ----------
    scenario
        The scenario file, or the name of a bundled scenario such as k-ai.
    points
        Points of the design, a power of two; 4 times as many halve the intervals. [default: 512]
    seed
        Another seed is other luck.
    team
        The team whose chances are told and drawn. [default: the one that the numbers move most]
    from_start
        Forget the results that are known and draw them too.
    set_
        Change a value, PATH=VALUE; may be repeated.
    jobs
        Processes to use. [default: more than one only where it pays]
    out
        Folder for a table of all indices, a figure and a manifest.
    lang
        Language of text and figure.
    """
    from sim.cli.errors import BadInputError, at_least_one, plainly
    from sim.cli.run import known_team

    found, _ = load_with_places(scenario, read_overrides(set_), from_start=from_start)
    known_team(found, team)
    at_least_one("--jobs", jobs)
    from sim.cli.layout import show
    from sim.cli.progress import progress
    from sim.cli.sensitivity_text import SensitivityText
    from sim.runs import sensitivity as analysis
    from sim.runs import sensitivity_store

    number = analysis.POINTS if points is None else points
    if wrong := analysis.points_wrong(number):
        raise BadInputError(f"--points {wrong}")
    with plainly(out), progress(lang) as told:
        if out is not None:
            sensitivity_store.claim(out)
        result = analysis.sensitivity(found, seed, number, jobs=jobs, progress=told)
    about = team or result.most_moved()
    with plainly(out):
        files = [] if out is None else _saved(result, out, about, lang)
    show(SensitivityText(result, scenario.name, about, lang).text(files, out))


def _saved(result: Sensitivity, out: Path, team: str | None, lang: Literal["en", "ko"]) -> list[Path]:
    from sim.figures import saved_tornado
    from sim.runs.sensitivity_store import save

    return [*save(result, out, team), *saved_tornado(out, lang)]
