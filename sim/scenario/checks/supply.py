"""Do supplies and the grants that lend them fit each other, and what else the programme has?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from sim.scenario.models.grants import ByRank, SupplyGrants
from sim.scenario.models.numbers import extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.supply import GpuSupply
from sim.scenario.models.windows import each_window
from sim.scenario.problems import Diagnostic, KeyPath, unknown_names

_ROUNDING = 1e-9
"""Three shares of a third need not sum exactly."""


def supply_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Supplies that nobody knows, of unknown hardware, and rules that share out more than there is."""
    for name, supply in (scenario.supply or {}).items():
        yield from _check_supply(scenario, supply, ("supply", name))
    before_known = has_total = False
    for stage_id, stage in scenario.stages.items():
        lent, here = stage.grants.supply, ("stages", stage_id, "grants", "supply")
        if lent is not None:
            yield from _check_lent(scenario, lent, here)
            if lent.by_results and (before_known or not has_total):
                found = "shares by results of a stage whose scores are not known"
                if not has_total:
                    found = "shares by results where no stage before has points"
                yield Diagnostic((*here, "shares"), found, "`equal`, or a table")
        if stage.has_total:
            before_known, has_total = stage.happened is not None, True


def _check_supply(scenario: Scenario, supply: GpuSupply, here: KeyPath) -> Iterator[Diagnostic]:
    for each, tranche in supply.tranches.items():
        path = (*here, "tranches", each)
        yield from unknown_names((*path, "gpus"), "hardware", tranche.gpus, scenario.hardware)
        if supply.until is not None and (latest := tranche.days[-1]) > supply.until:
            key = "day" if tranche.last is None else "last"
            found = f"a tranche of {latest}, after the last day of the supply, {supply.until}"
            yield Diagnostic((*path, key), found, "a day up to then, or another `until`")
    if supply.part_time and scenario.faults.mode == "each":
        key = "hours_a_day" if supply.hours_a_day is not None else "days_a_month"
        found = "hardware that is there in turns, with faults one by one"
        yield Diagnostic((*here, key), found, "`faults.mode: average`")


def _check_lent(scenario: Scenario, lent: SupplyGrants, here: KeyPath) -> Iterator[Diagnostic]:
    teams = [*scenario.teams, "default"]
    yield from unknown_names((*here, "of"), "supply", lent.supplies, scenario.supply or {})
    for name, times in Counter(lent.supplies).items():
        if times > 1:
            yield Diagnostic((*here, "of"), f"'{name}' {times} times", "each supply once")
    yield from unknown_names((*here, "among"), "team", lent.among or (), scenario.teams)
    yield from unknown_names((*here, "gpus"), "team", lent.gpus, teams)
    for team, table in lent.gpus.items():
        if isinstance(table, dict):
            yield from unknown_names((*here, "gpus", team), "hardware", table, scenario.hardware)
    if isinstance(lent.shares, ByRank):
        total = sum(extremes(share)[1] for share in lent.shares.by_rank)
        if total > 1 + _ROUNDING:
            yield Diagnostic((*here, "shares"), f"shares by rank that sum to {total:g}", "at most 1")
    elif isinstance(lent.shares, dict):
        yield from unknown_names((*here, "shares"), "team", lent.shares, teams)
        yield from _check_shares(scenario, lent, here)


def _check_shares(scenario: Scenario, lent: SupplyGrants, here: KeyPath) -> Iterator[Diagnostic]:
    for team, share in lent.shares.items() if isinstance(lent.shares, dict) else ():
        if isinstance(share, dict):
            yield from unknown_names((*here, "shares", team), "hardware", share, scenario.hardware)
    for hardware in scenario.hardware:
        total = sum(extremes(lent.share_of_type(team, hardware))[1] for team in scenario.teams)
        if total > 1 + _ROUNDING:
            yield Diagnostic((*here, "shares"), f"shares of {hardware} that sum to {total:g}", "at most 1")


def days_of_supply(scenario: Scenario) -> dict[KeyPath, date]:
    """Every day that a supply names, by where it stands."""
    found: dict[KeyPath, date] = {}
    for name, supply in (scenario.supply or {}).items():
        for each, tranche in supply.tranches.items():
            found["supply", name, "tranches", each, "day"] = tranche.day
            if tranche.last is not None:
                found["supply", name, "tranches", each, "last"] = tranche.last
        if supply.until is not None:
            found["supply", name, "until"] = supply.until
    return found


def may_supply(scenario: Scenario, stage_id: str) -> bool:
    """Whether the supplies of a stage may ever bring anything."""
    lent = scenario.stages[stage_id].grants.supply
    named = [] if lent is None else [(scenario.supply or {}).get(name) for name in lent.supplies]
    return any(
        extremes(gpus)[1] > 0
        for supply in named
        if supply is not None and extremes(supply.part)[1] > 0
        for tranche in supply.tranches.values()
        for gpus in tranche.gpus.values()
    )


def may_be_supplied(scenario: Scenario, stage_id: str, team: str) -> bool:
    """Whether the rule by which a stage lends its supplies can give a team anything."""
    lent = scenario.stages[stage_id].grants.supply
    if lent is None or not may_supply(scenario, stage_id):
        return False
    if lent.leftover == "shared":
        return lent.among is None or team in lent.among
    if lent.gpus:
        return any(extremes(gpus)[1] > 0 for gpus in lent.gpus_of(team).values())
    if isinstance(lent.shares, dict):
        share = lent.share_of(team)
        parts = share.values() if isinstance(share, dict) else [share]
        return any(extremes(part)[1] > 0 for part in parts)
    return lent.among is None or team in lent.among


def warn_of_idle_supplies(scenario: Scenario) -> Iterator[Diagnostic]:
    """Supplies that no stage lends, or of which something comes only when all windows have closed."""
    lending: dict[str, list[str]] = {name: [] for name in scenario.supply or {}}
    for stage_id, stage in scenario.stages.items():
        for name in stage.grants.supply.supplies if stage.grants.supply is not None else ():
            lending.get(name, []).append(stage_id)
    for name, supply in (scenario.supply or {}).items():
        if not lending[name]:
            found = "a supply that no stage lends: it changes nothing"
            yield Diagnostic(("supply", name), found, f"`supply: {{of: {name}, shares: equal}}` in grants")
            continue
        yield from _warn_of_late_tranches(scenario, name, supply, lending[name])
        yield from _warn_of_short_turns(scenario, name, supply)


def _warn_of_late_tranches(
    scenario: Scenario, name: str, supply: GpuSupply, stages: list[str]
) -> Iterator[Diagnostic]:
    windows = [(s, w) for s in stages for w in each_window(scenario.stages[s].train)]
    if not windows:
        return
    shifts = sum(max(0.0, extremes(stage.shift)[1]) for stage in scenario.stages.values())
    last = max(window.latest_last() for _, window in windows)
    room = (date.max - last).days
    last += timedelta(days=min(shifts, room))
    for each, tranche in supply.tranches.items():
        if tranche.day > last:
            found = f"on {tranche.day}, after every window of a stage that lends it: it never trains"
            yield Diagnostic(("supply", name, "tranches", each), found, f"a day up to {last}")


def _warn_of_short_turns(scenario: Scenario, name: str, supply: GpuSupply) -> Iterator[Diagnostic]:
    """Turns that are over before the job has restarted."""
    turn, key = supply.hours_a_day, "hours_a_day"
    factor = 1.0
    if turn is None:
        turn, key, factor = supply.days_a_month, "days_a_month", 24.0
    if turn is None:
        return
    most = factor * extremes(turn)[1]
    least = min(extremes(scenario.faults_of(team).restart)[0] for team in scenario.teams) / 60
    if most <= least:
        found = f"turns of {most:g} h, no longer than a restart of {least:g} h: nothing is trained in them"
        yield Diagnostic(("supply", name, key), found, "longer turns, or a shorter `faults.restart`")
