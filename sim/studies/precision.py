"""Whether the chances of a study are precise enough, and a run that goes on until they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.execute.case import Case
from sim.execute.group import Played, tally_group
from sim.execute.runner import Runner
from sim.scenario.options import options
from sim.stats.precision import check_halfwidth, half_width
from sim.stats.summary import Summary
from sim.stats.tally import Tally
from sim.studies.study import Groups, Yields


def summaries_of(groups: Groups, played: Yields) -> Iterator[Summary]:
    """Give the chances of each group that is made of one case."""
    for group, one in zip(groups, played, strict=True):
        (case,) = group.cases
        yield Summary(case.scenario, one.counts, case.is_by_the_file)


def are_precise(groups: Groups, played: Yields, target: float) -> bool:
    """Tell whether every chance of every group has a half-width of at most `target`."""
    return all(half_width(summary) <= target for summary in summaries_of(groups, played))


def play_until_precise(case: Case, target: float, runner: Runner) -> tuple[int, Played[Tally]]:
    """Play until every chance of every option is precise; return how many it takes, and the default's counts.

    Raises `ValueError` for a half-width that cannot be asked for.
    """
    check_halfwidth(target, case.scenario)
    groups = [tally_group(replace(case, scenario=option.scenario), ()) for option in options(case.scenario)]
    stop, (default, *_) = runner.play_until(groups, lambda played: are_precise(groups, played, target))
    return stop, default
