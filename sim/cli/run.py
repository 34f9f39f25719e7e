"""`sim run`: play a scenario and print the chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Group, Parameter

from sim.cli import options
from sim.cli.check import warn
from sim.cli.cluster import Address, check_place, open_cluster
from sim.cli.console import following, print_as_json, progress
from sim.cli.errors import plainly, warnings_as_lines
from sim.scenario import ScenarioError, read_overrides
from sim.scenario.language.load import check_file
from sim.studies import DEFAULT_SEED
from sim.text import Lang

if TYPE_CHECKING:
    from sim.findings.comparison import Unmoved
    from sim.render.text.layout import Names
    from sim.render.text.run import WhereSaved
    from sim.studies.run import RunResult

_ADVANCED = Group("Advanced", sort_key=2)


def run(
    scenario: Path,
    /,
    *,
    runs: options.Whole | None = None,
    until_halfwidth: options.HalfWidth | None = None,
    replications: options.RangeText = None,
    seed: options.Whole = DEFAULT_SEED,
    from_start: options.FromStart = False,
    known: options.KnownOptions = options.EVERYTHING,
    team: str | None = None,
    each_fact: options.Switch = False,
    set_: options.PlainSetOptions = (),
    jobs: options.Jobs = None,
    cluster: Address = None,
    out: options.OutputFolder = None,
    keep: Annotated[Literal["rows", "counts"], Parameter(group=options.OUTPUT)] = "rows",
    details: Annotated[options.Switch, Parameter(group=options.OUTPUT)] = False,
    json: Annotated[options.Json, Parameter(group=options.OUTPUT)] = False,
    lang: Annotated[options.FiguresLang, Parameter(group=options.OUTPUT)] = "en",
    engine: Annotated[Literal["auto", "batch", "event"], Parameter(group=_ADVANCED)] = "auto",
) -> None:
    """Play a scenario and print each team's chances; facts about points that it has make it a forecast.

    Parameters
    ----------
    scenario
        The scenario file, for example scenarios/k-ai.yaml, or the name of a bundled one such as k-ai.
    runs
        How many times it is played. [default: 10,000]
    until_halfwidth
        Play until every chance is this precise instead, 0.0001 to 0.1: 0.005, or 0.5%, is half a point.
    seed
        Another seed is other luck; the same seed is the same result.
    team
        The team of which it is told what moves its chance, by its id in the file or its name.
    each_fact
        Also tell how chances change without each published fact; takes minutes the first time.
    out
        Folder for rows, tables, an Excel workbook (results.xlsx), figures and a manifest.
    keep
        What --out keeps: a row for each run, stage and team, or counts only.
    details
        Print everything: by points and gate, what facts moved, every change and the guesses that matter.
    engine
        How time is played: arrays of many runs, or single events (slow, and the same results).
    """
    found, suspicions = check_file(scenario, read_overrides(set_), from_start=from_start)
    warn(suspicions, lang)
    found = known.of(found)
    check_place(cluster, jobs)
    team = options.read_team(found, team)
    extent = options.read_extent(runs, replications, until_halfwidth)
    from sim import api  # late, so that a mistake is told at once

    given = options.GivenScenario(scenario, set_, known, from_start)
    with open_cluster(cluster) as executor:
        with plainly(out), given.placing_facts(), progress(lang) as report:
            result = api.run(
                found,
                seed=seed,
                from_start=from_start,
                engine=engine,
                jobs=jobs,
                executor=executor,
                out=out,
                keep=keep,
                tables=lang,
                team=team,
                each_fact=each_fact,
                given=[given.words],
                progress=report,
                **extent,
            )
        with warnings_as_lines():  # what a run is set beside is played when it is told of
            if json:
                _tell_programs(result, out, lang)
            else:
                _tell_people(result, given, out, lang, details=details)


def _tell_programs(result: RunResult, out: Path | None, lang: Lang) -> None:
    with following(result.runner, lang):
        told = result.as_json()
    _save(result, out, lang)
    print_as_json(told)


def _tell_people(
    result: RunResult, given: options.GivenScenario, out: Path | None, lang: Lang, *, details: bool
) -> None:
    """Print each part as soon as it is known: people wait for the chances before anything is saved."""
    from sim.findings import run as findings
    from sim.findings.chances import chances
    from sim.findings.headline import headline
    from sim.render.text.brief import BriefText
    from sim.render.text.compared_headline import unmoved_lines
    from sim.render.text.layout import Names, print_text
    from sim.render.text.run import DetailedText, fixed, wait_line, without_each

    names, found = Names.of(result.scenario, lang), result.scenario
    text = DetailedText(names, result.facts) if details else BriefText(names, result.facts)
    with following(result.runner, lang):  # particles may not tell a chance
        evidence = result.evidence
    print_text(text.opening(headline(result.summary), evidence))
    if details and not found.is_over:
        print_text(fixed(names, findings.known_results(found), evidence))
    with following(result.runner, lang):
        told = chances(result.alternatives)  # which plays the scenario's choices and doubts first
    end = findings.ending(found, told.default)
    print_text(text.answer(told, end, findings.guesses(found, None), evidence))
    with following(result.runner, lang):
        wait = result.wait
    if wait is not None:
        print_text(wait_line(names, wait))
    if result.study.request.each_fact:
        with following(result.runner, lang):
            effects = result.each_fact
        print_text(without_each(names, effects))
    files = _save(result, out, lang)
    named = findings.named_team(told, result.study.request.team)
    with following(result.runner, lang):
        moves = (
            findings.what_moves(named, result.alternatives, result.play_what_ifs(named)) if named else None
        )
        guesses = findings.guesses(found, result.effects)
        unmoved = _find_unmoved(result, given)
    print_text(text.rest(moves, guesses, told))
    if unmoved is not None:
        print_text(unmoved_lines(names, unmoved))
    where = _where(names, result, given.file, out, files)
    print_text(text.closing(given.file.name, where))


def _find_unmoved(result: RunResult, given: options.GivenScenario) -> Unmoved | None:
    """What `--set` changed and moves nobody; None where the file cannot be read without the changes."""
    from sim.studies.unmoved import find_unmoved

    paths = read_overrides(given.changes)
    if not paths:
        return None
    try:
        before = replace(given, changes=()).load()
    except ScenarioError:
        return None
    return find_unmoved(before, result.scenario, paths, result.facts.seed, result.runner)


def _where(
    names: Names, result: RunResult, scenario: Path, out: Path | None, files: Sequence[Path]
) -> WhereSaved:
    """Where the files are, and a command that looks closer: at one replication, or at the saved results."""
    from sim.folder.files import without_companions
    from sim.folder.rows import part_files
    from sim.render.text.run import WhereSaved

    if out is None:
        start = result.ranges[0][0]
        one = f" --replication {start}" if start else ""
        return WhereSaved(None, (), f"sim trace {quote(str(scenario))}{one}")
    told = [path.name for path in without_companions(files)]
    if parts := len(part_files(out)):
        told.append(names.say("run.rows", n=parts))
    return WhereSaved(str(out), tuple(told), f"sim plot {quote(str(out))}")


def _save(result: RunResult, out: Path | None, lang: Lang) -> list[Path]:
    with plainly(out):
        return result.write_tables(out, lang) if out is not None else []
