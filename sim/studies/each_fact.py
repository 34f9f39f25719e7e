"""By how much chances change without each fact: it is left out, and the same particles are mixed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sim.execute.case import Case
from sim.execute.inference import Inference, infer, infer_again
from sim.execute.runner import Runner
from sim.findings.evidence import Change, FactEffect
from sim.forecast.island import AGAIN
from sim.model.draws import Floats
from sim.scenario.evidence import fact_names, leave_out
from sim.stats.intervals import island_interval
from sim.studies.evidence import count_futures

if TYPE_CHECKING:
    import pandas as pd


def play_each_fact(case: Case, teams: Sequence[str], runner: Runner) -> list[FactEffect]:
    """Play the futures of a case without each of its facts; the fact that changes most is first.

    Nothing for a case with one fact: without it there is none. Raises `ScenarioError` for a fact without
    which the others leave too much open.
    """
    facts = list(fact_names(case.scenario))
    if len(facts) < 2:
        return []
    known, names = infer(case, runner), list(case.scenario.teams)
    effort = replace(AGAIN, islands=case.effort.islands, particles=case.effort.particles)
    less = [
        replace(case, scenario=leave_out(case.scenario, [fact]), past=None, effort=effort) for fact in facts
    ]
    at = [names.index(team) for team in teams]
    here = _by_island(case, known, runner)[:, at]
    found = zip(less, infer_again(known, less, runner), strict=True)
    without = [_by_island(each, inference, runner)[:, at] for each, inference in found]
    effects = [
        FactEffect(fact, dict(zip(teams, map(_change, (each - here).T), strict=True)))
        for fact, each in zip(facts, without, strict=True)
    ]
    return sorted(effects, key=lambda effect: -effect.most)


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
