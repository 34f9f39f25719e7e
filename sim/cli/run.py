"""`sim run`: play a scenario and print the chances."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter, Token

from sim.cli.check import warn
from sim.cli.team import team_called
from sim.scenario import Scenario, read_overrides
from sim.scenario.load import check

if TYPE_CHECKING:
    from sim.studies.run import RunResult

Lang = Literal["en", "ko"]

RUNS, SEED = 10_000, 1  # as in sim.api, which is not imported for --help

_ADVANCED = Group("Advanced", sort_key=2)
_OUTPUT = Group("Output", sort_key=1)


def _whole(_: Any, tokens: Sequence[Token]) -> int:
    """A whole number as it is written; cyclopts alone would take 2.5 for 2."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"'{tokens[0].value}', expected a whole number such as 10000") from None


Whole = Annotated[int, Parameter(converter=_whole)]


def _share(_: Any, tokens: Sequence[Token]) -> float:
    """A share, 0.005, or percent of it, 0.5%."""
    text = tokens[0].value.strip()
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise ValueError(f"'{text}', expected a share such as 0.005, or 0.5%") from None


Share = Annotated[float, Parameter(converter=_share)]


def run(
    scenario: Path,
    /,
    *,
    runs: Whole | None = None,
    until_halfwidth: Share | None = None,
    replications: str | None = None,
    seed: Whole = SEED,
    from_start: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    team: str | None = None,
    set_: Annotated[tuple[str, ...], Parameter(name="--set", negative="", show_default=False)] = (),
    jobs: Whole | None = None,
    out: Annotated[Path | None, Parameter(group=_OUTPUT)] = None,
    keep: Annotated[Literal["rows", "counts"], Parameter(group=_OUTPUT)] = "rows",
    json: Annotated[bool, Parameter(group=_OUTPUT, negative="", show_default=False)] = False,
    lang: Annotated[Lang, Parameter(group=_OUTPUT)] = "en",
    engine: Annotated[Literal["auto", "batch", "event"], Parameter(group=_ADVANCED)] = "auto",
) -> None:
    """Play a scenario and print each team's chances.

    Parameters
    ----------
    scenario
        The scenario file, for example scenarios/k-ai.yaml, or the name of a bundled one such as k-ai.
    runs
        How many times it is played. [default: 10,000]
    until_halfwidth
        Play until every chance is this precise instead, 0.0001 to 0.1: 0.005, or 0.5%, is half a point.
    replications
        Play only the runs from A to before B of a longer one, as A:B.
    seed
        Another seed is other luck; the same seed is the same result.
    from_start
        Forget the results that are known and draw them too.
    team
        The team of which it is told what moves its chance, by its id in the file or its name.
    set_
        Change a value, PATH=VALUE, as in stages.stage-1.cut.keep=3; may be repeated.
    jobs
        Processes to use. [default: more than one only where it pays]
    out
        Folder for rows, tables, figures and a manifest.
    keep
        What --out keeps: a row for each run, stage and team, or counts only.
    json
        Print JSON for programs instead of text.
    lang
        Language of text and figures.
    engine
        How time is played: arrays of many runs, or single events (slow, and the same results).
    """
    from sim.cli.errors import at_least_one, warnings_as_lines

    found, suspicions = check(scenario, read_overrides(set_), from_start=from_start)
    warn(suspicions, lang)
    at_least_one("--jobs", jobs)
    team = team_called(found, team)
    how: dict[str, Any] = {
        "seed": seed,
        "engine": engine,
        "jobs": jobs,
        "keep": keep,
        "from_start": from_start,
        "team": team,
    }
    how["given"] = given_as(scenario, set_, from_start=from_start)
    how |= extent_of(runs, replications, until_halfwidth)
    result = _played(found, out, lang, how)
    with warnings_as_lines():  # what a run is set beside is played when it is told of
        if json:
            _tell_programs(result, out, lang)
        else:
            _tell_people(result, scenario, out, lang, team)


def _played(scenario: Scenario, out: Path | None, lang: Lang, how: dict[str, Any]) -> RunResult:
    # Imported late, so that a mistake is told at once.
    from sim import api
    from sim.cli.errors import plainly
    from sim.cli.progress import progress

    with plainly(out), progress(lang) as report:
        return api.run(scenario, out=out, tables=lang, progress=report, **how)


def _tell_programs(result: RunResult, out: Path | None, lang: Lang) -> None:
    from sim.folder.manifest import as_json_text

    _save(result, out, lang)
    sys.stdout.write(as_json_text(result.as_json()))


def _tell_people(result: RunResult, scenario: Path, out: Path | None, lang: Lang, team: str | None) -> None:
    from sim.cli.show import show_answer, show_rest
    from sim.render.text.telling import Telling

    told = Telling(result, scenario.name, lang)
    show_answer(told)
    named = team or (told.teams[0] if told.scenario.choices else None)
    show_rest(told, named, scenario, out, _save(result, out, lang))


def _save(result: RunResult, out: Path | None, lang: Lang) -> list[Path]:
    from sim.cli.errors import plainly

    with plainly(out):
        return result.write_tables(out, lang) if out is not None else []


def given_as(scenario: Path, changes: Sequence[str], *, from_start: bool) -> tuple[str, ...]:
    """How the command line names a scenario: what a command that plays one replication again begins with."""
    start = ["--from-start"] if from_start else []
    return (" ".join([quote(str(scenario)), *start, *(f"--set {quote(one)}" for one in changes)]),)


def extent_of(
    runs: int | None, replications: str | None, until_halfwidth: float | None = None
) -> dict[str, Any]:
    """What `--runs`, `--replications` or `--until-halfwidth` asks for, as `sim.api.run` takes it."""
    from sim.cli.errors import BadInputError

    given = {"--runs": runs, "--replications": replications, "--until-halfwidth": until_halfwidth}
    several = [option for option, value in given.items() if value is not None]
    if len(several) > 1:
        raise BadInputError(f"{' and '.join(several)}: expected one of them")
    if until_halfwidth is None:
        return {"replications": _range(runs, replications)}
    from sim.stats.precision import NARROWEST, WIDEST

    if not NARROWEST <= until_halfwidth <= WIDEST:
        expected = f"expected {NARROWEST:g} to {WIDEST:g}; 0.005 is half a point"
        raise BadInputError(f"--until-halfwidth {until_halfwidth:g}: {expected}")
    return {"until_halfwidth": until_halfwidth}


def _range(runs: int | None, replications: str | None) -> tuple[int, int]:
    from sim.cli.errors import BadInputError, at_least_one

    if replications is None:
        at_least_one("--runs", runs)
        return 0, RUNS if runs is None else runs
    first, colon, last = replications.partition(":")
    try:
        start, stop = int(first), int(last)
    except ValueError:
        start, stop = -1, -1
    if not colon or not 0 <= start < stop:
        raise BadInputError(f"--replications {replications}: expected A:B with 0 <= A < B, as in 5000:6000")
    return start, stop
