"""Whether what `--set` changes moves anybody: what is the same for every team often does not."""

from __future__ import annotations

from collections.abc import Iterable

from sim.execute.case import Case, engine_for
from sim.execute.inference import is_inferred
from sim.execute.runner import Runner
from sim.findings.comparison import BesideFirst, Unmoved, common_keys
from sim.scenario.comparison import differences
from sim.scenario.models.scenario import Scenario
from sim.studies.comparison import ComparisonStudy
from sim.studies.request import ComparisonRequest

RUNS = 500
"""Replications, the first ones, in which fates are compared: people are waiting."""


def find_unmoved(
    before: Scenario, after: Scenario, paths: Iterable[str], seed: int, runner: Runner
) -> Unmoved | None:
    """Play the first replications of a scenario without and with changes at `paths`.

    None where somebody's chance moves, where a path is about one team, or where the past before the changes
    is still to be inferred, which would take minutes.
    """
    keys = common_keys(after, list(paths))
    if after.is_over or not keys or not differences(before, after) or not _is_quick(before, seed):
        return None
    beside = _compare(before, after, seed, runner)
    if beside.same is None and (beside.past is None or beside.seen):
        return None
    return Unmoved(keys, RUNS, beside.same is not None)


def _is_quick(scenario: Scenario, seed: int) -> bool:
    played = scenario.settled()
    return not played.has_facts or is_inferred(Case(played, seed, engine_for(played)))


def _compare(before: Scenario, after: Scenario, seed: int, runner: Runner) -> BesideFirst:
    request = ComparisonRequest(scenarios=(before, after), seed=seed, ranges=((0, RUNS),))
    study = ComparisonStudy(request)
    found = study.result(runner.play(study.groups), study.ranges, runner)
    return found.findings().beside_first[0]
