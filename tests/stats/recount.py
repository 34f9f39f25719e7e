"""A second way to every count: plain loops over the rows of outcomes, one world after another."""

import math
from collections import Counter
from datetime import date
from typing import Any

from tests.oracles.cases import case

BENCHMARKS = case("B1_eci_affine").expected["benchmarks"].values()


def worlds(rows):
    """replication -> stage -> team -> row."""
    found: dict[int, Any] = {}
    for row in rows.itertuples():
        found.setdefault(row.replication, {}).setdefault(row.stage, {})[row.team] = row
    return found


def fates(rows):
    """(stage, team, fate) -> in how many replications."""
    return Counter((row.stage, row.team, row.fate) for row in rows.itertuples())


def together(rows):
    """Set of teams kept at the last stage -> in how many replications."""
    last = list(rows.stage.cat.categories)[-1]
    return Counter(
        frozenset(t for t, row in world[last].items() if row.fate == "kept")
        for world in worlds(rows).values()
    )


def evaluated(stage):
    """The rows of the teams that submitted a model."""
    return [row for row in stage.values() if row.fate != "gone" and not math.isnan(row.capability)]


def kept(rows):
    """Those of the rows whose team stayed."""
    return [row for row in rows if row.fate == "kept"]


def strength(row):
    """What teams are compared by."""
    return row.capability


def accuracy(eci):
    """Mean over the basket of published benchmarks."""
    shares = [1 / (1 + math.exp(-b["slope_per_ECI"] * (eci - b["EDI"]))) for b in BENCHMARKS]
    return sum(shares) / len(shares)


def frontier(result, level=150.0, growth=15.5, when=date(2025, 8, 7)):
    """The best model of the world at the end of the day `result`, by the defaults of a scenario."""
    return level + growth * ((result - when).days + 1) / 365.25


def chances(rows, target=0.95, result=date(2026, 12, 31)):
    """Response -> (holds, asked)."""
    found: Counter[Any] = Counter()

    def tell(name, holds):
        found[name, holds] += 1

    for world in worlds(rows).values():
        for name, stage in world.items():
            if field := evaluated(stage):
                tell(f"most_capable_dropped.{name}", max(field, key=strength).fate != "kept")
                tell(f"least_capable_kept.{name}", min(field, key=strength).fate == "kept")
        last = list(world.values())[-1]
        tell("nobody_selected", not any(row.fate == "kept" for row in last.values()))
        if best := kept(evaluated(last)):
            share = accuracy(max(map(strength, best))) / accuracy(frontier(result))
            tell("target_reached", share >= target)
    names = {name for name, _ in found}
    return {name: (found[name, True], found[name, True] + found[name, False]) for name in names}


def measures(rows, result=date(2026, 12, 31), growth=15.5):
    """Response -> list of its values."""
    found: dict[str, list[float]] = {}

    def tell(name, value):
        found.setdefault(name, []).append(value)

    for world in worlds(rows).values():
        for name, stage in world.items():
            field = evaluated(stage)
            if kept(field):
                tell(f"regret.{name}", max(map(strength, field)) - max(map(strength, kept(field))))
        last = list(world.values())[-1]
        if best := kept(evaluated(last)):
            top = max(map(strength, best))
            tell("strength_selected", top)
            tell("behind_frontier", frontier(result) - top)
            tell("behind_frontier_months", (frontier(result) - top) / growth * 12)
            tell("accuracy_against_frontier", accuracy(top) / accuracy(frontier(result)))
        leavers = [t for t, row in last.items() if row.fate != "kept"]
        for what in ("gpu_hours", "cost"):
            tell(what, sum(getattr(row, what) for stage in world.values() for row in stage.values()))
            tell(
                f"{what}_of_leavers",
                sum(getattr(stage[t], what) for stage in world.values() for t in leavers),
            )
        for what in ("own_gpu_hours", "own_cost"):
            tell(what, sum(getattr(row, what) for stage in world.values() for row in stage.values()))
    return found
