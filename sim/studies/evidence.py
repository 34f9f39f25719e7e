"""What facts say of the chances of a run: beside those without facts, particle by particle, fact by fact.

Without one fact the same particles are mixed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.execute.case import Case
from sim.execute.group import Group, Worlds, tally_group
from sim.execute.inference import Inference, identify_past, infer, infer_again, infer_all
from sim.execute.runner import Runner
from sim.findings.chances import Chances, chances
from sim.findings.evidence import (
    Change,
    FactEffect,
    FactFindings,
    MovedNumber,
    Mover,
    Spread,
    Surprise,
    Trust,
)
from sim.folder.rows import Range
from sim.forecast.diagnostics import MOST_R_HAT, diagnose, log_evidence, printed_points
from sim.forecast.island import AGAIN, BRIEF, FULL
from sim.forecast.surprise import surprises
from sim.model.draws import Floats, Key, Purpose
from sim.model.quantiles import quantile
from sim.scenario.evidence import fact_names, leave_out, up_to, without_facts
from sim.scenario.models.facts import TOTAL
from sim.scenario.models.inputs import Input, inputs
from sim.scenario.models.numbers import Uncertain
from sim.scenario.options import default_name
from sim.stats.intervals import HIGH, LOW, island_interval
from sim.stats.particles import (
    ParticleCounts,
    count_particles,
    effective_size,
    error_by_islands,
    no_particle_counts,
    sd_told_by,
)
from sim.stats.summary import Summary
from sim.studies.what_ifs import default_alone, play_alternatives

if TYPE_CHECKING:
    import pandas as pd

FUTURES = 8
"""Futures of each particle by which it is found out what would move a chance."""

LEAST_EFFECTIVE = 400
"""Independent particles below which no chance is told: the dice would be two points and more."""

SMALL_ERROR = 0.005
"""A standard error, of half a point, with which a chance is told whatever its particles are worth.

Where the past hardly decides a chance, nothing tells how many of them are independent, and nothing needs to.
"""

_NOTICED = 0.01
"""A standard deviation below this is about what any number would seem to tell."""


class TooFewParticlesError(ValueError):
    """Particles that do not tell a chance; says by what."""


def find_evidence(case: Case, ranges: Sequence[Range], summary: Summary, runner: Runner) -> FactFindings:
    """Work out what the facts of a case say; `summary` has the chances with them, of the default option.

    Raises `TooFewParticlesError` where particles are too few, or islands do not agree.
    """
    scenario = case.scenario
    inference = infer(case, runner)
    teams = scenario.contenders or list(scenario.teams)
    trust, counts = look_into(inference, replace(case, past=inference.past), teams, runner)
    by_island = dict(zip(scenario.teams, counts.by_island(inference.past.islands).T.tolist(), strict=True))
    told = {row.team: row.estimate for row in summary.rows() if row.chance == "leaves_at_all"}
    here = {team: told[team] for team in teams}
    return FactFindings(
        facts=len(fact_names(scenario)),
        stages=tuple(s for s, stage in scenario.stages.items() if stage.facts),
        option=default_name(scenario) if scenario.choices else "",
        chances=here,
        without=_without(case, ranges, runner),
        by_island={team: by_island[team] for team in teams},
        numbers=tuple(moved_numbers(inference)),
        movers=tuple(_movers(inference, counts, teams)),
        surprises=rank_surprises(inference),
        log_evidence=_evidence_by_stage(inference, trust.log_evidence, runner),
        trust=trust,
    )


def _evidence_by_stage(inference: Inference, whole: float, runner: Runner) -> dict[str, float]:
    """The log evidence that each stage with facts adds to that of earlier ones; `whole` is that of all."""
    case = inference.case
    stages = [s for s, stage in case.scenario.stages.items() if stage.facts]
    earlier = [replace(case, scenario=up_to(case.scenario, s), past=None, effort=BRIEF) for s in stages[:-1]]
    infer_all(earlier, runner)
    sums = [log_evidence(infer(each, runner).islands) for each in earlier]
    return dict(zip(stages, np.diff([0.0, *sums, whole]).tolist(), strict=True))


def look_into(
    inference: Inference, case: Case, teams: Sequence[str], runner: Runner
) -> tuple[Trust, ParticleCounts]:
    """Play several futures of each particle; return how far they can be trusted, and what was counted.

    Raises `TooFewParticlesError`.
    """
    past, names = inference.past, list(case.scenario.teams)
    counts = count_futures(case, inference, runner)
    said = diagnose(inference.posterior, inference.islands, past)
    at = [names.index(team) for team in teams]
    effective = effective_size(counts, past.islands, at)
    if effective < LEAST_EFFECTIVE and error_by_islands(counts, past.islands, at) <= SMALL_ERROR:
        effective = float(past.size)  # each tells as much as any other
    if effective < LEAST_EFFECTIVE or said.future.r_hat > MOST_R_HAT:
        raise TooFewParticlesError(
            f"{past.size:,} particles are worth {effective:,.0f} independent ones (R-hat "
            f"{said.future.r_hat:.2f}), expected at least {LEAST_EFFECTIVE} (and at most {MOST_R_HAT}); "
            f"slowest: {said.future.name}, and points of {said.points.name}: leave out or widen a fact about "
            "them, or take another --seed"
        )
    trust = Trust(
        particles=past.size,
        islands=past.islands,
        effective=effective,
        r_hat=said.future.r_hat,
        stuck=said.future.name,
        r_hat_points=said.points.r_hat,
        log_evidence=said.log_evidence,
        levels=said.levels,
        worst=said.worst,
    )
    return trust, counts


def refuse_few_particles(groups: Sequence[Group[Any]], runner: Runner) -> None:
    """Raise `TooFewParticlesError` where particles do not tell a chance; each past is looked into once.

    What was inferred with less effort is set beside a forecast, and no dice are told of it.
    """
    looked_into = set()
    for case in (case for group in groups for case in group.cases):
        if not case.scenario.has_facts or case.effort != FULL or identify_past(case) in looked_into:
            continue
        looked_into.add(identify_past(case))
        look_into(infer(case, runner), case, case.scenario.contenders or list(case.scenario.teams), runner)


def count_futures(case: Case, inference: Inference, runner: Runner) -> ParticleCounts:
    """Play several futures of each particle of a case's past; count in how many each team leaves.

    Raises `RuntimeError` where the past is not replayed.
    """
    past = inference.past
    settled = _by_the_file(replace(case, past=past))
    key = settled.scenario.digest()
    if key not in inference.futures:
        check_replay(inference, settled)
        (played,) = runner.play([group_futures(settled, past.size)])
        inference.futures[key] = played.counts
    return inference.futures[key]


def group_futures(case: Case, particles: int, name: str = "", label: str = "") -> Group[ParticleCounts]:
    """Return a case that is played several times for each of so many particles of its past."""
    none = no_particle_counts(particles, len(case.scenario.teams))
    return Group((case,), ((0, FUTURES * particles),), _count_by_particle, none, name, label)


def _count_by_particle(cases: tuple[Case, ...], worlds: Worlds) -> ParticleCounts:
    past = cases[0].past
    assert past is not None
    return count_particles(worlds[0], past.size)


def _by_the_file(case: Case) -> Case:
    """A case with its choices made, by the file alone.

    A user's own code may fail, is slow to play, and is no part of what was inferred. Neither is what a study
    pins.
    """
    return Case(case.scenario.settled(), case.seed, "batch", effort=case.effort, past=case.past)


_REPLAYED, _ALIKE = 20, 1e-6
"""Particles whose past is played again in every forecast, and points by which it may differ."""


def check_replay(inference: Inference, case: Case) -> None:
    """Raise `RuntimeError` where the engine does not play the past to the very points that were inferred."""
    grid, points = inference.prior.grid, _printed(inference)[:_REPLAYED]
    outcomes = case.play(0, min(_REPLAYED, len(points)))
    decided = list(dict.fromkeys(item.stage for item in grid.items))
    for stage, played in zip(decided, outcomes.stages, strict=False):
        for b, block in enumerate(case.scenario.stages[stage].points):
            mine = [(grid.items[i].stage, grid.items[i].block) == (stage, block) for i in grid.item_of]
            for t in np.unique(grid.team_of[mine]).tolist():
                expected = points[:, np.array(mine) & (grid.team_of == t)].sum(1)
                if (
                    case.scenario.stages[stage].facts
                    and (abs(played.points[:, b, t] - expected) > _ALIKE).any()
                ):
                    raise RuntimeError(f"{stage}: the engine does not replay the points of {grid.teams[t]}")


def _without(case: Case, ranges: Sequence[Range], runner: Runner) -> Chances:
    """The chances by option without facts, over the same replications; their doubts are another question.

    With processes of a user's own the default option alone: it takes as long as the run itself.
    """
    bare = without_facts(case.scenario).model_copy(update={"doubts": {}})
    plain = replace(case, scenario=bare, past=None)
    (played,) = runner.play([tally_group(plain, ranges)])
    if case.processes:
        return chances(default_alone(plain, played.counts))
    return chances(play_alternatives(plain, ranges, played.counts, runner))


def rank_surprises(inference: Inference) -> tuple[Surprise, ...]:
    """Return every fact, the one that lies farthest from what the others predict first."""
    found = surprises(inference.posterior, inference.islands)
    return tuple(Surprise(*name, sd) for name, sd in found)


def moved_numbers(inference: Inference) -> Iterator[MovedNumber]:
    """Give every number that decides how points come about, most moved first."""
    prior, by_name = inference.prior, _first_by_name(inference)
    grid = (np.arange(_GRID) + 0.5) / _GRID
    found = []
    for k in prior.numbers.of_points:
        name = prior.numbers.all[k]
        if name not in by_name:
            continue  # a share of a default: it is told of nowhere else by itself
        each = by_name[name]
        assert isinstance(each.value, Uncertain)
        uniforms = inference.past.uniforms[Key(Purpose.PARAMETER, item=name)]
        before, after = (_spread(quantile(each.value, u)) for u in (grid, uniforms))
        found.append(MovedNumber(each.path, each.meaning, each.unit, before, after))
    yield from sorted(found, key=lambda number: -number.by)


def _first_by_name(inference: Inference) -> dict[str, Input]:
    """The uncertain numbers by the name under which they are drawn; of several the first of the file."""
    every = reversed(inputs(inference.prior.scenario))
    return {each.value.draw_name: each for each in every if isinstance(each.value, Uncertain)}


_GRID = 20_000
"""Quantiles by which a law is summed up."""


def _spread(values: Floats) -> Spread:
    q05, q95 = np.quantile(values, (LOW, HIGH))
    return Spread(float(values.mean()), float(q05), float(q95))


def _movers(inference: Inference, counts: ParticleCounts, teams: Sequence[str]) -> Iterator[Mover]:
    """What is not known and would move a chance: uncertain numbers, and points that were not published."""
    names = inference.prior.grid.teams
    at = {team: names.index(team) for team in teams}
    found = []
    for kind, what, of, values in (*_numbers(inference), *_points(inference)):
        if values.std() <= _TOLD:
            continue
        by_team = {team: sd_told_by(counts, values, t) for team, t in at.items()}
        team = max(by_team, key=lambda each: by_team[each])
        found.append(Mover(kind, what, of, team, by_team[team]))
    yield from sorted((one for one in found if one.sd >= _NOTICED), key=lambda one: -one.sd)


_TOLD = 0.05
"""Points whose spread is below this are known as well as they are ever printed."""

_Candidate = tuple[Literal["number", "points"], str, str, Floats]


def _numbers(inference: Inference) -> Iterator[_Candidate]:
    by_name = _first_by_name(inference)
    for name in inference.prior.numbers.all:
        if name in by_name:
            yield "number", by_name[name].path, "", inference.past.uniforms[Key(Purpose.PARAMETER, item=name)]


def _printed(inference: Inference) -> Floats:
    """Points as they would be printed, (particles, places), in the order of the past: islands take turns."""
    printed = [printed_points(inference.posterior, island) for island in inference.islands]
    return np.stack(printed, axis=1).reshape(inference.past.size, -1)


def _points(inference: Inference) -> Iterator[_Candidate]:
    """Totals and points of blocks of every team, as they would be printed, (particles,)."""
    grid = inference.prior.grid
    points = _printed(inference)
    items = [grid.items[i] for i in grid.item_of.tolist()]
    for s in dict.fromkeys(item.stage for item in items):
        blocks = list(dict.fromkeys(item.block for item in items if item.stage == s))
        for t, team in enumerate(grid.teams):
            for block in (*blocks, TOTAL):
                at = [
                    i
                    for i, item in enumerate(items)
                    if item.stage == s and grid.team_of[i] == t and block in (item.block, TOTAL)
                ]
                if at:
                    yield "points", f"{s} {block}", team, points[:, at].sum(1)


def play_each_fact(case: Case, teams: Sequence[str], runner: Runner) -> list[FactEffect]:
    """Play the futures of a case without each of its facts; the fact that changes most is first.

    Nothing for a case with one fact: without it there is none. Raises `ScenarioError` for a fact without
    which the others leave too much open.
    """
    less = without_each_fact(case)
    if not less:
        return []
    known = infer(case, runner)
    found = infer_again(known, list(less.values()), runner)
    return rank_effects(
        _effect(fact, (case, known), (each, inference), teams, runner)
        for (fact, each), inference in zip(less.items(), found, strict=True)
    )


def rank_effects(effects: Iterable[FactEffect]) -> list[FactEffect]:
    """Return effects with that of the fact that changes most first."""
    return sorted(effects, key=lambda effect: -effect.most)


def without_each_fact(case: Case) -> dict[str, Case]:
    """Return a case without each of its facts, by the fact; none where there are not two."""
    facts = list(fact_names(case.scenario))
    effort = replace(AGAIN, islands=case.effort.islands, particles=case.effort.particles)
    less = {fact: leave_out(case.scenario, [fact]) for fact in facts if len(facts) > 1}
    return {f: replace(case, scenario=each, past=None, effort=effort) for f, each in less.items()}


def play_without(case: Case, fact: str, less: Case, teams: Sequence[str], runner: Runner) -> FactEffect:
    """Play the futures of a case, and of `less`, the same without one fact; return how chances change."""
    known = infer(case, runner)
    (inference,) = infer_again(known, [less], runner)
    return _effect(fact, (case, known), (less, inference), teams, runner)


_Inferred = tuple[Case, Inference]


def _effect(fact: str, given: _Inferred, less: _Inferred, teams: Sequence[str], runner: Runner) -> FactEffect:
    names = list(given[0].scenario.teams)
    at = [names.index(team) for team in teams]
    here, there = (_by_island(*each, runner)[:, at] for each in (given, less))
    return FactEffect(fact, dict(zip(teams, map(_change, (there - here).T), strict=True)))


def each_fact_table(effects: Sequence[FactEffect]) -> pd.DataFrame:
    """Return a row for each fact and team: how much higher its chance of leaving is without the fact."""
    import pandas as pd

    rows = [(effect.fact, team, *change) for effect in effects for team, change in effect.changes.items()]
    return pd.DataFrame(rows, columns=["fact", "team", *Change._fields])


def _by_island(case: Case, inference: Inference, runner: Runner) -> Floats:
    """The chance of leaving of every team in the futures of each island, (islands, teams)."""
    return count_futures(case, inference, runner).by_island(inference.past.islands)


def _change(differences: Floats) -> Change:
    """The mean of the differences of islands, with its interval by how these differ."""
    mean = float(np.mean(differences))
    return Change(mean, *island_interval(mean, differences.tolist()))
