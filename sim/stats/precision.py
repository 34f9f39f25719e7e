"""When a run is precise enough: the largest half-width of its chances, looked at on a fixed schedule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.scenario.models.scenario import Scenario
from sim.stats.intervals import wilson
from sim.stats.summary import Summary

FIRST_LOOK = 2_000
"""Replications before it is looked for the first time: fewer would let a lucky streak end a run."""

NARROWEST, WIDEST = 0.0001, 0.1
"""Half-widths that can be asked for: beyond the first a run takes more than 10^8 replications."""


def describe_wrong_halfwidth(target: float) -> str:
    """Return what is expected instead of a half-width that no run reaches or every run has; empty if fine."""
    if NARROWEST <= target <= WIDEST:
        return ""
    return f"expected {NARROWEST:g} to {WIDEST:g}; 0.005 is half a point"


def check_halfwidth(target: float, scenario: Scenario) -> None:
    """Raise `ValueError` for a half-width that no run could reach, or that every run has.

    Given facts none can be asked for: dice are how islands of particles differ, however many runs there are.
    """
    if wrong := describe_wrong_halfwidth(target):
        raise ValueError(f"a half-width of {target:g}, {wrong}")
    if scenario.has_facts:
        raise ValueError(
            "a half-width where points are known: more runs do not narrow what particles leave open; "
            "expected a number of runs, or a scenario without facts (--without-facts)"
        )


def looks() -> Iterator[int]:
    """Replications after which it is looked: 2,000, 2,500 .. 10,000, 15,000 .. 100,000, 150,000 and so on.

    Fixed beforehand and few, so that stopping by what was seen hardly biases what is told.
    """
    n = FIRST_LOOK
    while True:
        yield n
        n += 5 * 10 ** (len(str(n)) - 2)


def half_width(summary: Summary) -> float:
    """The largest half-width of a 95 % Wilson interval among the chances, as a share.

    Chances that the rules alone decide have none. Left out is what is asked of fewer than half of the
    replications: what follows a rare event would take millions of them.
    """
    n = summary.tally.runs
    asked = [(each.holds, each.of) for each in summary.counts() if each.certain is None]
    asked += [summary.tally.chances[name] for name in summary.tally.chances if summary.certain(name) is None]
    if not summary.nobody_can_leave:
        asked += [(count, n) for count in summary.tally.together.values()]
    holds, of = np.array(asked, dtype=np.int64).reshape(-1, 2).T
    low, high = wilson(holds, of)
    return float((high - low)[2 * of >= max(n, 1)].max(initial=0.0)) / 2
