"""Questions about a replication, such as "upstage leaves at stage-2", and the first of which one is true.

    question = clause {" and " clause}
    clause   = TEAM ( "leaves" | "leaves by points" | "leaves at the gate" | "fails the gate" ) ["at" STAGE]
             | TEAM ( "stays at" | "is last at" | "wins" ) STAGE
             | TEAM ( "is selected" | "enters" | "does not enter" )
             | "nobody is selected"

TEAM and STAGE are ids or display names in any language of the scenario; case and blanks do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.engines.outcomes import Outcomes, StageOutcome
from sim.execute.case import Case
from sim.execute.group import block_size, play_block
from sim.model.points import Bools
from sim.rules.decisions import Fate
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.science import Team
from sim.scenario.models.stages import Stage
from sim.scenario.problems import did_you_mean, printable
from sim.stats.tally import Failure


class QuestionError(ValueError):
    """A question that cannot be understood, in one plain line."""


StageTest = Callable[[StageOutcome], Bools]
"""(replications, teams) of a stage: for which teams something is so."""


def _fate(*fates: Fate) -> StageTest:
    return lambda stage: np.isin(stage.fate, fates)


def _last(stage: StageOutcome) -> Bools:
    # Whoever has no rank, being gone or not there yet, has 0, and where nobody has one nobody is last.
    last: Bools = (stage.rank > 0) & (stage.rank == stage.rank.max(axis=-1, keepdims=True))
    return last


_OUT = (Fate.OUT_BY_POINTS, Fate.OUT_AT_GATE)

_ANY_STAGE: dict[str, StageTest] = {
    "leaves": _fate(*_OUT),
    "leaves by points": _fate(Fate.OUT_BY_POINTS),
    "leaves at the gate": _fate(Fate.OUT_AT_GATE),
    "fails the gate": _fate(Fate.OUT_AT_GATE),
}
_ONE_STAGE: dict[str, StageTest] = {
    **{f"{verb} at": at for verb, at in _ANY_STAGE.items()},
    "stays at": _fate(Fate.KEPT),
    "is last at": _last,
    "wins": lambda stage: stage.rank == 1,
}
_AT_THE_END: dict[str, StageTest] = {
    "is selected": _fate(Fate.KEPT),
    "enters": lambda stage: stage.fate != Fate.NOT_ENTERED,
    "does not enter": _fate(Fate.NOT_ENTERED),
}
_NOBODY = "nobody is selected"
_NEEDS_POINTS = ("is last at", "wins")

_VERBS = (*_ONE_STAGE, *_ANY_STAGE, *_AT_THE_END)


@dataclass(frozen=True)
class Clause:
    """One statement: a team and a stage by position, None where the verb has none."""

    verb: str
    team: int | None = None
    stage: int | None = None

    def holds(self, outcomes: Outcomes) -> Bools:
        """In which replications it is true, (replications,)."""
        true: Bools
        if self.team is None:
            true = ~np.logical_or.reduce(_AT_THE_END["is selected"](outcomes.stages[-1]), axis=-1)
        elif self.stage is not None:
            true = _ONE_STAGE[self.verb](outcomes.stages[self.stage])[:, self.team]
        elif self.verb in _ANY_STAGE:
            at = _ANY_STAGE[self.verb]
            true = np.logical_or.reduce([at(stage)[:, self.team] for stage in outcomes.stages])
        else:
            true = _AT_THE_END[self.verb](outcomes.stages[-1])[:, self.team]
        return true


@dataclass(frozen=True)
class Question:
    """All of its clauses are to be true of the same replication."""

    clauses: tuple[Clause, ...]

    def holds(self, outcomes: Outcomes) -> Bools:
        """In which replications it is true, (replications,)."""
        true: Bools = np.logical_and.reduce([clause.holds(outcomes) for clause in self.clauses])
        return true


LIMIT = 100_000
"""Replications that are looked at before giving up."""

_FIRST_BLOCK = 128
"""What is frequent is found at once; blocks double until they are as large as those of a run."""


class Search(NamedTuple):
    """What came of looking: the replication, None if there is none, and those that failed on the way."""

    replication: int | None
    failures: tuple[Failure, ...]


def find(case: Case, question: str, start: int = 0, limit: int = LIMIT) -> Search:
    """Look for the first replication, of so many from `start` on, of which the question is true.

    A replication that raises is passed over and told. Raises `QuestionError` for a text that is no question,
    and what a replication raises where the first hundred all do.
    """
    asked = parse_question(case.scenario, question)
    failures: list[Failure] = []
    first, stop = start, start + limit
    size, largest = _FIRST_BLOCK, block_size(case.scenario, case.engine)
    while first < stop:
        last = min(first + min(size, largest), stop)
        stretches, failed = play_block([case], first, last)
        failures += failed
        for (outcomes,) in stretches:
            true = np.flatnonzero(asked.holds(outcomes))
            if true.size:
                found = outcomes.start + int(true[0])
                # What failed behind it in the same block depends on the size of blocks, and is not told.
                return Search(found, tuple(each for each in failures if each.replication < found))
        first, size = last, 2 * size
    return Search(None, tuple(failures))


def parse_question(scenario: Scenario, text: str) -> Question:
    """The question that a text asks. Raises `QuestionError` with one line that says what was expected."""
    teams, stages = _names(scenario, "team"), _names(scenario, "stage")
    clauses = re.compile(_clause_pattern(teams, stages))
    plain, found, at = _plain(text), list[Clause](), 0
    while match := clauses.match(plain, at):
        found.append(_clause(scenario, match, teams, stages))
        if match.end() == len(plain):
            return Question(tuple(found))
        at = match.end() + len(" and ")
    raise QuestionError(_complaint(scenario, plain[at:].split(" and ")[0], teams, stages))


def _clause_pattern(teams: Iterable[str], stages: Iterable[str]) -> str:
    """A clause, followed by another or by the end; longer names and verbs go before those they begin with."""

    def one_of(words: Iterable[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    with_stage = f"(?P<at>{one_of(_ONE_STAGE)}) (?P<stage>{one_of(stages)})"
    without = f"(?P<verb>{one_of((*_ANY_STAGE, *_AT_THE_END))})"
    team = f"(?P<team>{one_of(teams)}) (?:{with_stage}|{without})"
    return f"(?:{team}|{_NOBODY})(?=$| and )"


def _clause(
    scenario: Scenario, match: re.Match[str], teams: dict[str, list[int]], stages: dict[str, list[int]]
) -> Clause:
    if match["team"] is None:
        return Clause(_NOBODY)
    verb = match["at"] or match["verb"]
    team = _the_one("team", match["team"], teams, list(scenario.teams))
    if verb in ("enters", "does not enter"):
        _must_be_candidate(scenario, team)
    if match["stage"] is None:
        return Clause(verb, team)
    stage = _the_one("stage", match["stage"], stages, list(scenario.stages))
    if verb in _NEEDS_POINTS and list(scenario.stages.values())[stage].happened is not None:
        raise QuestionError(
            f"'{match[0]}': the result of {match['stage']} is known and its points are not drawn, so there "
            "are no ranks (--from-start draws them)"
        )
    return Clause(verb, team, stage)


def _must_be_candidate(scenario: Scenario, team: int) -> None:
    name = list(scenario.teams)[team]
    if name not in scenario.candidates:
        some = ", ".join(t for t in scenario.teams if t in scenario.candidates)
        hint = f" (candidates: {some})" if some else " (nobody can: the scenario has no entry)"
        if any(scenario.may_return(s, name) for s in scenario.stages):
            hint = "; that it comes in again is asked by 'TEAM leaves at STAGE and TEAM stays at LATER STAGE'"
        raise QuestionError(f"'{name}' is there from the start and cannot enter{hint}")


def _the_one(kind: str, name: str, names: dict[str, list[int]], ids: list[str]) -> int:
    if len(names[name]) > 1:
        raise QuestionError(
            f"'{name}' names more than one {kind}, expected an id: {', '.join(ids[i] for i in names[name])}"
        )
    return names[name][0]


def _names(scenario: Scenario, kind: str) -> dict[str, list[int]]:
    """Ids and display names in plain form -> positions; an id goes before the name of another."""
    blocks: Mapping[str, Team | Stage] = scenario.teams if kind == "team" else scenario.stages
    found: dict[str, list[int]] = {}
    for i, block in enumerate(blocks.values()):
        if block.name:
            for name in dict.fromkeys((_plain(block.name.en), _plain(block.name.ko))):
                found.setdefault(name, []).append(i)
    ids: dict[str, list[int]] = {}
    for i, name in enumerate(blocks):
        ids.setdefault(_plain(name), []).append(i)
    return found | ids


def _plain(text: str) -> str:
    """Text to be compared: case and blanks do not count, Hangul is composed."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _complaint(scenario: Scenario, clause: str, teams: Iterable[str], stages: Iterable[str]) -> str:
    """What is wrong with a clause: its team, its stage, or its verb."""
    for verb, team, stage in _readings(clause):
        if team not in teams:
            return f"no team '{printable(team)}'{_hint(team, teams, scenario.teams)}"
        if verb in _ONE_STAGE:
            return f"no stage '{printable(stage)}'{_hint(stage, stages, scenario.stages)}"
    if not clause:
        return "no question, expected one such as 'TEAM leaves at STAGE'"
    verb = _between(clause, teams, stages)
    if verb in _ONE_STAGE:
        return f"'{printable(clause)}', expected a stage after '{verb}'{_hint('', (), scenario.stages)}"
    if begins := next(
        (v for v in sorted(_VERBS, key=len, reverse=True) if f"{clause} ".startswith(f"{v} ")), ""
    ):
        return f"'{printable(clause)}', expected a team before '{begins}'{_hint('', (), scenario.teams)}"
    known = (f"TEAM {', '.join(_shown())}", f"and {_NOBODY}")
    return f"'{printable(clause)}' is no question{_hint(verb, _VERBS, known)}"


def _between(clause: str, teams: Iterable[str], stages: Iterable[str]) -> str:
    """What stands between a team that begins the clause and a stage that ends it."""
    team = max((t for t in teams if clause.startswith(f"{t} ")), key=len, default="")
    stage = max((s for s in stages if clause.endswith(f" {s}")), key=len, default="")
    return clause[len(team) : len(clause) - len(stage)].strip()


def _readings(clause: str) -> Iterator[tuple[str, str, str]]:
    """The clause as (verb, team, stage) by the verbs that occur in it, the longest first."""
    for verb in sorted(_VERBS, key=len, reverse=True):
        before, found, after = f"{clause} ".partition(f" {verb} ")
        if found and bool(after.strip()) == (verb in _ONE_STAGE):
            yield verb, before, after.strip()


def _hint(word: str, spellings: Iterable[str], known: Iterable[str]) -> str:
    """The nearest of the spellings, or else what is known."""
    near = did_you_mean(word, spellings)
    hint = near if near.startswith("did") else did_you_mean("", known)
    return f" ({hint})" if hint else ""


def _shown() -> Iterator[str]:
    yield from (f"{verb} [at STAGE]" for verb in _ANY_STAGE)
    yield from (f"{verb} STAGE" for verb in ("stays at", *_NEEDS_POINTS))
    yield from _AT_THE_END
