"""Inference of a past: its islands are played by the runner, or read where they were played before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.execute.case import Case
from sim.execute.group import Group, Played, Worlds
from sim.folder.islands import IslandFolder, KeptPast, cache_folder, read_past, write_past
from sim.folder.rows import Range
from sim.forecast.island import Effort, Island, mix_again, play_island
from sim.forecast.past import Past, past_identity, past_of
from sim.forecast.posterior import Posterior
from sim.forecast.prior import Prior
from sim.forecast.rows import evidence
from sim.scenario.language.files import bundled_folder
from sim.scenario.models.scenario import Scenario
from sim.stats.particles import ParticleCounts
from sim.stats.tally import Failure

if TYPE_CHECKING:
    from sim.execute.runner import Runner

SHIPPED = "pasts"
"""Folder beside the bundled scenarios with the particles of their pasts."""

_LONG = 200_000
"""Moves of single particles that take about three seconds."""

_MOST_KEPT = 64
"""Pasts that are kept in memory: a sweep over priors has one for each of its points."""


@dataclass(frozen=True)
class Islands:
    """Islands by their number; those of two pieces together are those of both."""

    of: Mapping[int, Island] = field(default_factory=dict)

    def __add__(self, other: Islands) -> Islands:
        return Islands({**self.of, **other.of})


@dataclass(frozen=True)
class IslandGroup(Group[Islands]):
    """Islands in the place of replications: each is a piece of work of its own."""

    posterior: Posterior | None = None
    begun: tuple[Island, ...] = ()  # islands that know more, and forget it; none: from the prior

    def play(
        self, start: int, stop: int, *, keep: bool = False
    ) -> tuple[list[Islands], list[Failure], list[Worlds]]:
        """Play the islands from `start` to before `stop`."""
        (case,) = self.cases
        assert self.posterior is not None
        numbers = range(start, stop)
        if self.begun:
            found = {n: mix_again(self.posterior, self.begun[n], case.seed, n, case.effort) for n in numbers}
        else:
            found = {n: play_island(self.posterior, case.seed, n, case.effort) for n in numbers}
        return [Islands(found)], [], []

    def blocks(self, start: int, stop: int) -> Iterator[Range]:
        """Return each island by itself, however many replications are played at a time."""
        yield from ((number, number + 1) for number in range(start, stop))

    def parts(self) -> Iterator[Range]:
        """Return each island by itself: they are kept one by one."""
        for start, stop in self.ranges:
            yield from self.blocks(start, stop)

    @property
    def is_long(self) -> bool:
        """Whether an island takes seconds, by how often its particles are moved."""
        effort = self.cases[0].effort
        return effort.particles * effort.lines >= _LONG

    @property
    def uninformed(self) -> tuple[Case, ...]:
        """Return nothing: it is what others are informed by."""
        return ()


class IslandStore:
    """Keeps every island as soon as it is played, until all of a past are kept together (see `Store`)."""

    row_writer = None

    def load(self, group: Group[Any], part: Range) -> Played[Any] | None:
        """Return an island that an inference which was broken off has left."""
        found = _folder(group.name).read(part[0])
        return None if found is None else Played(Islands({part[0]: found}))

    def save(self, group: Group[Any], part: Range, played: Played[Any], rows: str | None) -> None:
        """Keep an island."""
        with suppress(OSError):  # what cannot be kept costs time, and no result
            _folder(group.name).write(part[0], played.counts.of[part[0]])


def _folder(identity: str) -> IslandFolder:
    return IslandFolder(cache_folder() / _file(identity))


class Inference:
    """What was inferred of a case's past: its islands, and what they stand for."""

    def __init__(self, case: Case, prior: Prior, kept: KeptPast) -> None:
        self.case, self.prior, self.islands = case, prior, tuple(kept.islands)
        self._answers = kept.answers
        self.futures: dict[str, ParticleCounts] = {}
        """What was counted of its futures, by the hash of the scenario that was played."""

    @cached_property
    def posterior(self) -> Posterior:
        """What the particles follow."""
        return Posterior(self.prior, evidence(self.case.scenario, answers=self._answers))

    @cached_property
    def past(self) -> Past:
        """The draws of all particles."""
        return past_of(self.prior, self.case.seed, self.islands)


_known: dict[str, Inference] = {}
"""By identity: many cases share a past, and each asks for it."""


def is_inferred(case: Case) -> bool:
    """Tell whether the past of a case with facts need not be inferred any more: it was, or it is shipped."""
    identity = identify_past(case)
    return identity in _known or _read(identity) is not None


def is_inferred_again(known: Inference, case: Case) -> bool:
    """Tell whether a past need not be inferred from the particles of `known` any more: it was once."""
    identity = _again(identify_past(case), identify_past(known.case))
    return identity in _known or _read(identity) is not None


def with_scenario(case: Case, scenario: Scenario, effort: Effort) -> Case:
    """Return a case with another scenario, and with the same past if it is that of the other one too.

    Else its past is inferred by `effort`, when it is played.
    """
    other = replace(case, scenario=scenario, past=None)
    if case.past is None or not scenario.has_facts:
        return replace(other, effort=effort)
    is_same = identify_past(replace(other, effort=case.effort)) == identify_past(case)
    return replace(other, past=case.past) if is_same else replace(other, effort=effort)


def infer(case: Case, runner: Runner) -> Inference:
    """Infer the past of a case whose scenario has facts, or read it where it was inferred before.

    Raises `ScenarioError` for facts that cannot all be true, and `StuckError`.
    """
    identity = identify_past(case)
    if identity not in _known:
        infer_all([case], runner)
    return _known[identity]


def infer_all(cases: Sequence[Case], runner: Runner) -> None:
    """Infer the pasts of many cases together, each once, so that workers are never idle between two of them.

    Raises as `infer` does.
    """
    _infer_all({identify_past(case): case for case in cases}, (), runner)


def infer_again(known: Inference, cases: Sequence[Case], runner: Runner) -> list[Inference]:
    """Infer the pasts of cases with fewer facts from the particles of one that has them all.

    Raises `ScenarioError` for facts that leave too much open.
    """
    identities = [_again(identify_past(case), identify_past(known.case)) for case in cases]
    found = _infer_all(dict(zip(identities, cases, strict=True)), known.islands, runner)
    return [found[identity] for identity in identities]


def _again(identity: str, known: str) -> str:
    return hashlib.sha256(f"{identity} from {known}".encode()).hexdigest()


def _infer_all(wanted: Mapping[str, Case], begun: tuple[Island, ...], runner: Runner) -> dict[str, Inference]:
    """What is wanted, by its identity; read where it was inferred before."""
    found: dict[str, Inference] = {}
    groups: list[IslandGroup] = []
    for identity, case in wanted.items():
        if identity in _known:
            found[identity] = _known[identity]
            continue
        if kept := _read(identity):
            found[identity] = Inference(case, Prior(case.scenario, kept.numbers), kept)
            continue
        posterior = Posterior(Prior(case.scenario), evidence(case.scenario))
        ranges = ((0, case.effort.islands),)
        groups.append(
            IslandGroup((case,), ranges, _count, Islands(), identity, "past", None, posterior, begun)
        )
    for group, played in zip(groups, runner.play(groups, IslandStore()) if groups else (), strict=True):
        (case,), known = group.cases, group.posterior
        assert known is not None
        islands = [played.counts.of[number] for number in range(case.effort.islands)]
        kept = KeptPast(islands, known.prior.numbers, known.evidence.answers)
        with suppress(OSError):  # a cache that cannot be written costs time, and no result
            write_past(cache_folder() / _file(group.name), kept)
            _folder(group.name).remove()
        found[group.name] = Inference(case, known.prior, kept)
    for identity, each in found.items():
        _keep(identity, each)
    return found


def identify_past(case: Case) -> str:
    """Return what the past of a case is known by: cases of the same one need one inference."""
    asked = id(case.scenario), case.seed, case.effort
    if asked not in _identified:
        while len(_identified) >= _MOST_KEPT:
            del _identified[next(iter(_identified))]
        _identified[asked] = case.scenario, past_identity(case.scenario, case.seed, case.effort)
    return _identified[asked][1]


_identified: dict[tuple[int, int, Effort], tuple[Scenario, str]] = {}
"""Identities by the scenario itself, which is kept beside so that no other comes to be in its place."""


def name_pasts(cases: Iterable[Case]) -> tuple[str | None, ...]:
    """Return what tells the pasts of cases apart; None for a case without facts."""
    return tuple(identify_past(case) if case.scenario.has_facts else None for case in cases)


def _file(identity: str) -> str:
    return f"{identity[:32]}.npz"


def _read(identity: str) -> KeptPast | None:
    name = _file(identity)
    return read_past(bundled_folder() / SHIPPED / name) or read_past(cache_folder() / name)


def _keep(identity: str, found: Inference) -> None:
    while len(_known) >= _MOST_KEPT:
        del _known[next(iter(_known))]
    _known[identity] = found


def _count(cases: tuple[Case, ...], worlds: Worlds) -> Islands:
    # Every group has a way to count; `IslandGroup.play` never comes to it.
    raise NotImplementedError("islands are played, not counted")
