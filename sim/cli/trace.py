"""`sim trace`: what happens to whom on which day, in one replication."""

from __future__ import annotations

import json as jsons
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from sim.cli.run import SEED, Whole
from sim.cli.team import team_called
from sim.scenario import Scenario, read_overrides
from sim.scenario.language.load import load_with_places

if TYPE_CHECKING:
    from sim.cli.trace_text import TraceText
    from sim.engines.record import Happening

Lang = Literal["en", "ko"]

_FLAG = Parameter(negative="", show_default=False)

MOST = 2**62
"""No replication has a higher number: the counter of the random numbers ends there."""


def trace(
    scenario: Path,
    /,
    *,
    replication: Whole | None = None,
    find: str | None = None,
    from_: Annotated[Whole | None, Parameter(name="--from")] = None,
    team: str | None = None,
    seed: Whole = SEED,
    from_start: Annotated[bool, _FLAG] = False,
    set_: Annotated[tuple[str, ...], Parameter(name="--set", negative="", show_default=False)] = (),
    check_known: Annotated[bool, _FLAG] = False,
    json: Annotated[bool, _FLAG] = False,
    out: Path | None = None,
    lang: Lang = "en",
) -> None:
    """Tell one replication: what happens to whom on which day. One of many, and no forecast.

    Parameters
    ----------
    scenario
        The scenario file, for example scenarios/k-ai.yaml.
    replication
        Which one, counted from 0. [default: 0]
    find
        Tell the first of which this is true, such as "upstage leaves at stage-2", "lg wins stage-3",
        "nobody is selected"; two of them joined by "and".
    from_
        Where --find begins to look. [default: 0]
    team
        Tell only what happens to this team, by its id in the file or its name.
    seed
        Another seed is other luck; the same seed and replication are the same life.
    from_start
        Forget the results that are known and draw them too.
    set_
        Change a value, PATH=VALUE, as in stages.stage-1.cut.keep=3; may be repeated.
    check_known
        Print the runs that happened beside what the model makes of them, and nothing else.
    json
        Print JSON lines for programs, one a happening, instead of text.
    out
        Folder for a figure of the GPUs that each team holds as time passes.
    lang
        Language of text and figure.
    """
    played, _ = load_with_places(scenario, read_overrides(set_), from_start=from_start)
    if check_known:
        _check_known(played, lang)
        return
    team = team_called(played, team)
    find = None if find is None else " ".join(find.split())
    index = _replication(played, seed, replication, find, from_)
    from sim.cli.errors import plainly
    from sim.engines.trace import trace as happenings_of

    with plainly(None):
        happenings = happenings_of(played, seed, index)
    drawn = _drawn(played, happenings, index, out, lang)
    if json:
        _tell_programs(played, index, happenings, team)
        return
    others = [*(["--from-start"] if from_start else []), *([f"--seed {seed}"] if seed != SEED else [])]
    others += [f"--set {quote(one)}" for one in set_]
    found = None if find is None else (from_ or 0, find)
    from sim.cli.trace_text import TraceText

    text = TraceText(played, scenario.name, index, seed, happenings, lang, team, found)
    _tell_people(text, _next(played, scenario, index, find, others), drawn, out)


def _tell_people(text: TraceText, next_command: str, drawn: Sequence[Path], out: Path | None) -> None:
    from rich.console import Group
    from rich.text import Text

    from sim.cli.layout import show

    show(Group(*text.lines(), Text(""), Text(text.say("next", command=next_command))))
    if drawn:
        print(text.say("saved", files=" ".join(path.name for path in drawn), folder=out))


def _drawn(
    scenario: Scenario, happenings: Sequence[Happening], replication: int, out: Path | None, lang: Lang
) -> list[Path]:
    """The files of the figure of holdings, if a folder for it is named."""
    if out is None:
        return []
    from sim.cli.errors import plainly
    from sim.figures import saved_holdings

    with plainly(out):
        return saved_holdings(scenario, happenings, replication, out, lang)


def _check_known(scenario: Scenario, lang: Lang) -> None:
    from sim.cli.known_report import told
    from sim.cli.layout import show
    from sim.stats.known import checks

    show(told(checks(scenario), lang))


def _replication(
    scenario: Scenario, seed: int, replication: int | None, find: str | None, start: int | None
) -> int:
    """The replication to tell: the one asked for, or the first of which the question is true."""
    from sim.cli.errors import BadInputError

    for option, number in (("--replication", replication), ("--from", start)):
        if number is not None and not 0 <= number < MOST:
            raise BadInputError(f"{option} {number}: expected 0 or more, below 2^62")
    if find is None:
        if start is not None:
            raise BadInputError("--from: expected with --find; --replication names the one to tell")
        return replication or 0
    if replication is not None:
        raise BadInputError("--replication and --find: expected one of them; --from says where to begin")
    return _found(scenario, seed, find, start or 0)


def _found(scenario: Scenario, seed: int, question: str, start: int) -> int:
    from sim.cli.errors import BadInputError, plainly
    from sim.runs.find import LIMIT
    from sim.runs.find import find as first_of
    from sim.runs.question import QuestionError, parsed
    from sim.runs.work import Job

    try:
        asked = parsed(scenario, question)
    except QuestionError as error:
        raise BadInputError(f"--find: {error}") from None
    with plainly(None):
        index = first_of(Job(scenario, seed, "batch"), asked, start)
    if index is None:
        looked = f"{start:,} to {start + LIMIT - 1:,} with seed {seed}"
        known = len(scenario.ahead) < len(scenario.stages)
        draws = "; --from-start draws known results" if known else ""
        hint = f"--from {start + LIMIT} looks further{draws}"
        raise BadInputError(f"--find '{question}': true of none of the replications {looked} ({hint})")
    return index


def _tell_programs(
    scenario: Scenario, replication: int, happenings: Sequence[Happening], team: str | None
) -> None:
    for happening in happenings:
        if team is None or happening.team == team:
            line = dict(_fields(scenario, replication, happening))
            sys.stdout.write(jsons.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")


def _fields(scenario: Scenario, replication: int, happening: Happening) -> Iterator[tuple[str, Any]]:
    from sim.stats.planned import planned

    yield "replication", replication
    yield "day", str(happening.date)
    yield "phase", happening.phase.name.lower()
    yield "stage", happening.stage
    yield "team", happening.team
    yield "what", str(happening.what)
    yield "fixed", happening.fixed
    day = planned(scenario, happening)
    if day is not None:
        yield "planned", str(day)
    yield from happening.values.items()


def _next(scenario: Scenario, file: Path, index: int, find: str | None, others: Sequence[str]) -> str:
    """A command to try, on several lines if it is long: the next life of the same kind, or one of a kind."""
    from rich.cells import cell_len

    from sim.cli.layout import WIDTH

    if find is None:
        team, stage = (scenario.contenders or list(scenario.teams))[0], list(scenario.stages)[-1]
        asked = f'--find "{team} leaves at {stage}"'
    else:
        asked = f'--from {index + 1} --find "{find}"'
    parts = [f"sim trace {file}", asked, *others]
    lines = parts[:1]
    for part in parts[1:]:
        if cell_len(lines[-1]) + cell_len(part) < WIDTH - 8:
            lines[-1] += f" {part}"
        else:
            lines.append(f"  {part}")
    return " \\\n".join(lines)
