"""`sim trace`: what happens to whom on which day, in one replication."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from sim.cli.console import print_json
from sim.cli.errors import BadInputError, plainly
from sim.cli.options import (
    EVERYTHING,
    FigureLang,
    FromStart,
    GivenScenario,
    KnownOptions,
    PlainSetOptions,
    Switch,
    Whole,
    read_team,
)
from sim.folder.files import SavedFiles, without_companions
from sim.scenario import Scenario
from sim.studies import DEFAULT_SEED
from sim.text import Lang, say

if TYPE_CHECKING:
    from sim.engines.happenings import Happening
    from sim.execute.case import Case
    from sim.stats.tally import Failure

_MOST = 2**62
"""No replication has a higher number: the counter of the random numbers ends there."""


def trace(
    scenario: Path,
    /,
    *,
    replication: Whole | None = None,
    find: str | None = None,
    from_: Annotated[Whole | None, Parameter(name="--from")] = None,
    team: str | None = None,
    seed: Whole = DEFAULT_SEED,
    from_start: FromStart = False,
    known: KnownOptions = EVERYTHING,
    set_: PlainSetOptions = (),
    check_known: Switch = False,
    json: Switch = False,
    out: Path | None = None,
    lang: FigureLang = "en",
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
    check_known
        Print the runs that happened beside what the model makes of them, and nothing else.
    json
        Print JSON lines for programs, one a happening, instead of text.
    out
        Folder for a figure of the GPUs that each team holds as time passes.
    """
    given = GivenScenario(scenario, set_, known, from_start)
    played = given.load()
    if check_known:
        _check_known(played, lang)
        return
    team = read_team(played, team)
    # A question that was broken over two lines stays one command when it is told.
    find = None if find is None else " ".join(find.split())
    case = _case(played, seed)
    index = _replication(case, given.words, replication, find, from_)
    with plainly(None):
        happenings = case.trace(index)
    drawn = _drawn(played, happenings, index, out, lang)
    if json:
        from sim.render.json import trace_lines

        for line in trace_lines(played, index, happenings, team):
            print_json(line + "\n")
        return
    from rich.console import Group
    from rich.text import Text

    from sim.findings.trace import trace_findings
    from sim.render.text.layout import print_text
    from sim.render.text.trace import render_trace

    findings = trace_findings(played, seed, index, happenings, team)
    asked = None if find is None else (from_ or 0, find)
    text = render_trace(findings, scenario.name, lang, asked)
    of_seed = [f"--seed {seed}"] if seed != DEFAULT_SEED else []
    others = [*given.past_options, *of_seed, *given.set_options]
    command = _next_command(played, scenario, index, find, others)
    print_text(Group(text, Text(""), Text(say(lang, "results.next", command=command))))
    if drawn.files:
        files = " ".join(path.name for path in without_companions(drawn.files))
        kept = " ".join(path.name for path in drawn.kept)
        print(say(lang, "results.saved", files=files, folder=out))
        if kept:
            print(say(lang, "results.kept_figures", files=kept))


def _drawn(
    scenario: Scenario, happenings: Sequence[Happening], replication: int, out: Path | None, lang: Lang
) -> SavedFiles:
    """The files of the figure of holdings, if a folder for it is named."""
    if out is None:
        return SavedFiles([], [])
    from sim.render.figures.studies import draw_life

    with plainly(out):
        out.mkdir(parents=True, exist_ok=True)
        drawing = draw_life(scenario, happenings, replication, lang)
        return drawing.save_beside_others(out / f"holdings-{replication}-{lang}")


def _check_known(scenario: Scenario, lang: Lang) -> None:
    from sim.render.text.known_runs import render_known
    from sim.render.text.layout import print_text
    from sim.stats.known import checks

    print_text(render_known(checks(scenario), scenario.money, lang))


def _case(scenario: Scenario, seed: int) -> Case:
    """The case of a scenario, with what is inferred of its past."""
    from sim.execute.case import Case, engine_for
    from sim.execute.runner import Runner

    with plainly(None):
        return Runner().inform(Case(scenario, seed, engine_for(scenario)))


def _replication(case: Case, given: str, replication: int | None, find: str | None, start: int | None) -> int:
    """The replication to tell: the one asked for, or the first of which the question is true."""
    for option, number in (("--replication", replication), ("--from", start)):
        if number is not None and not 0 <= number < _MOST:
            raise BadInputError(f"{option} {number}: expected 0 or more, below 2^62")
    if find is None:
        if start is not None:
            raise BadInputError("--from: expected with --find; --replication names the one to tell")
        return replication or 0
    if replication is not None:
        raise BadInputError("--replication and --find: expected one of them; --from says where to begin")
    return _found(case, given, find, start or 0)


def _found(case: Case, given: str, question: str, start: int) -> int:
    from sim.studies.question import LIMIT, QuestionError, find

    with plainly(None):
        try:
            index, failures = find(case, question, start)
        except QuestionError as error:
            raise BadInputError(f"--find: {error}") from None
    _warn_of_passed_over(case, failures, given)
    if index is None:
        looked = f"{start:,} to {start + LIMIT - 1:,} with seed {case.seed}"
        known = len(case.scenario.ahead) < len(case.scenario.stages)
        draws = "; --from-start draws known results" if known else ""
        hint = f"--from {start + LIMIT} looks further{draws}"
        raise BadInputError(f"--find '{question}': true of none of the replications {looked} ({hint})")
    return index


def _warn_of_passed_over(case: Case, failures: Sequence[Failure], given: str) -> None:
    """Say on stderr that replications failed and were not asked, and how to play the first of them alone."""
    if failures:
        from sim.studies.failures import command_alone

        command = command_alone(case, failures[0], given)
        n = f"{len(failures):,}"
        told = f"{n} replications failed and were passed over. {failures[0]}. To see it: {command}"
        print(f"sim: {told}", file=sys.stderr)


def _next_command(scenario: Scenario, file: Path, index: int, find: str | None, others: Sequence[str]) -> str:
    """A command to try, on several lines if it is long: the next life of the same kind, or one of a kind."""
    from sim.render.text.trace import wrap_command

    if find is None:
        team, stage = (scenario.contenders or list(scenario.teams))[0], list(scenario.stages)[-1]
        others = ["--from-start", *others] if scenario.is_over else others
        asked = f'--find "{team} leaves at {stage}"'
    else:
        asked = f'--from {index + 1} --find "{find}"'
    return wrap_command([f"sim trace {file}", asked, *others])
