"""What is legal and yet suspicious: it is told, and not refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sim.scenario.checks.cuts import count_of_teams
from sim.scenario.checks.feasible import feasible_counts, round_teams
from sim.scenario.models.grants import Grants
from sim.scenario.models.inputs import inputs
from sim.scenario.models.numbers import Uncertain, extremes
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage
from sim.scenario.models.windows import each_window
from sim.scenario.problems import Diagnostic, unknown_names


def lint_warnings(scenario: Scenario) -> list[Diagnostic]:
    """Everything that is allowed and that its writer may not have meant, in no particular order."""
    parts = (
        _warn_without_gpus,
        _warn_of_cuts,
        _warn_of_entries,
        _warn_of_unused_suppliers,
        _warn_of_slow_periods,
        _warn_of_scales,
        _warn_of_points,
        _warn_of_open_results,
        _warn_of_given,
    )
    return [found for part in parts for found in part(scenario)]


def _warn_without_gpus(scenario: Scenario) -> Iterator[Diagnostic]:
    """Teams that hold no GPU in a stage that is still to be played: one line for each, with its stages."""
    for team in scenario.teams:
        coming = [
            s for s in scenario.ahead if team in scenario.in_play(s) and s in _stages_of(scenario, team)
        ]
        idle = [s for s in coming if _never_holds(scenario, scenario.stages[s], team)]
        if idle:
            expected = "`own` of the team, or a grant"
            yield Diagnostic(
                ("teams", team),
                f"no GPUs in {', '.join(idle)}: it submits nothing and gets 0 points",
                expected,
            )


def _stages_of(scenario: Scenario, team: str) -> list[str]:
    """The stages in which a team can take part: all, or those after the entry for which it is a candidate."""
    order = list(scenario.stages)
    entered = [
        i
        for i, s in enumerate(scenario.stages.values())
        if s.entry is not None and team in s.entry.candidates
    ]
    return order[entered[0] + 1 :] if entered else order


def _never_holds(scenario: Scenario, stage: Stage, team: str) -> bool:
    own = stage.own.get(team, stage.own.get("default", scenario.teams[team].own))
    return not _has_gpus(own) and not _may_be_lent(stage.grants, team)


def _has_gpus(gpus: object) -> bool:
    """Whether a table of GPUs has any."""
    return isinstance(gpus, dict) and any(extremes(number)[1] > 0 for number in gpus.values())


def _may_be_lent(grants: Grants, team: str) -> bool:
    """Whether the rules of a stage can lend a team anything."""
    if grants.gpus:
        lent = grants.gpus.get(team, grants.gpus.get("default", "none"))
        return _has_gpus(lent) or (grants.leftover == "shared" and any(map(_has_gpus, grants.gpus.values())))
    if not _has_gpus(grants.pool) or (grants.among is not None and team not in grants.among):
        return False
    if not isinstance(grants.shares, dict):
        return True
    share = grants.shares.get(team, grants.shares.get("default", 0.0))
    parts = share.values() if isinstance(share, dict) else [share]
    return grants.leftover == "shared" or any(_can_be_positive(part) for part in parts)


def _can_be_positive(number: float | Uncertain) -> bool:
    return extremes(number)[1] > 0


def _warn_of_cuts(scenario: Scenario) -> Iterator[Diagnostic]:
    """Cuts that take nobody although they say a number, and such as take everybody."""
    counts_of = feasible_counts(scenario)
    for stage_id, stage in scenario.stages.items():
        counts = counts_of[stage_id]
        if stage.happened is not None or counts.most == 0:
            continue
        cut, here = stage.cut, ("stages", stage_id, "cut")
        for name in ("keep", "drop"):
            number = getattr(cut, name)
            if isinstance(number, float) and number != round_teams(number):
                found = f"{number:g} teams, played as {round_teams(number)}"
                yield Diagnostic((*here, name), found, "a whole number")
        last = stage_id == list(scenario.stages)[-1]
        if cut.keep is not None and round_teams(extremes(cut.keep)[1]) == 0 and not last:
            yield Diagnostic((*here, "keep"), "0 teams to keep, with a stage to follow", "at least 1")
        if cut.keep is not None and counts.most < round_teams(extremes(cut.keep)[0]):
            least = count_of_teams(round_teams(extremes(cut.keep)[0]))
            found = f"{least} to keep of at most {counts.most}: nobody leaves by it"
            yield Diagnostic((*here, "keep"), found, f"at most {counts.most}")
        if cut.drop is not None and round_teams(extremes(cut.drop)[0]) >= counts.most:
            least = count_of_teams(round_teams(extremes(cut.drop)[0]))
            found = f"{least} to drop of at most {counts.most}: nobody stays"
            yield Diagnostic((*here, "drop"), found, f"less than {counts.most}")
        greatest = sum(block.max for block in stage.points.values())
        if cut.minimum is not None and extremes(cut.minimum)[0] > greatest:
            found = f"{extremes(cut.minimum)[0]:g} points, which nobody can reach: nobody stays"
            yield Diagnostic((*here, "minimum"), found, f"at most {greatest:g}, the points of all blocks")


def _warn_of_entries(scenario: Scenario) -> Iterator[Diagnostic]:
    """Entries that are never held, which a what-if such as a gate without risk may mean, and empty places."""
    counts_of = feasible_counts(scenario)
    for stage_id, stage in scenario.stages.items():
        counts = counts_of[stage_id]
        entry: Entry | None = stage.entry
        limit = entry.when_fewer_than if entry is not None and entry.happened is None else None
        if limit is not None and counts.least_left >= limit:
            found = f"an entry if fewer than {limit} remain: no fewer than {counts.least_left} do"
            yield Diagnostic(
                ("stages", stage_id, "entry", "when_fewer_than"), found, f"at least {counts.least_left + 1}"
            )
        if entry is not None and entry.happened is None and entry.places > len(entry.candidates):
            found = f"{entry.places} places for {len(entry.candidates)}: some stay empty"
            yield Diagnostic(
                ("stages", stage_id, "entry", "places"), found, f"at most {len(entry.candidates)}"
            )


def _warn_of_unused_suppliers(scenario: Scenario) -> Iterator[Diagnostic]:
    """Suppliers who deliver to nobody although something befalls them."""
    serving = set[str]()
    for stage in scenario.stages.values():
        named = stage.grants.supplier
        if isinstance(named, dict):
            serving.update(named.values())
        elif named is not None:
            serving.add(named)
    for supplier_id, supplier in scenario.suppliers.items():
        if supplier_id not in serving and (supplier.slow or extremes(supplier.delay)[1] > 0):
            found = "a supplier that no stage names: its delays and slow days change nothing"
            yield Diagnostic(("suppliers", supplier_id), found, "`supplier` in the grants of a stage")


def _warn_of_slow_periods(scenario: Scenario) -> Iterator[Diagnostic]:
    """Slow periods that are over before the programme begins, or begin after its end."""
    windows = [window for stage in scenario.stages.values() for window in each_window(stage.train)]
    shifts = [extremes(stage.shift) for stage in scenario.stages.values()]
    opens = _move_day(min(w.first for w in windows), sum(min(0.0, low) for low, _ in shifts))
    closes = _move_day(max(w.last for w in windows), sum(max(0.0, high) for _, high in shifts))
    for supplier_id, supplier in scenario.suppliers.items():
        for slow_id, slow in supplier.slow.items():
            if slow.starts > closes or _move_day(slow.starts, extremes(slow.days)[1]) < opens:
                path = ("suppliers", supplier_id, "slow", slow_id)
                found = f"from {slow.starts}: outside the programme, it changes nothing"
                yield Diagnostic(path, found, f"days from {opens} to {closes}")


def _move_day(day: date, days: float) -> date:
    """A day so many days later, but not beyond any calendar."""
    return day + timedelta(days=min(max(days, 1 - day.toordinal()), date.max.toordinal() - day.toordinal()))


_LEAST_TFLOPS, _LEAST_KRW = 10.0, 100.0
"""Below these a GPU or its hour is of another unit than it says: PFLOPS, or 만원."""


def _warn_of_scales(scenario: Scenario) -> Iterator[Diagnostic]:
    """Numbers that look as if their unit had been forgotten."""
    for name, hardware in scenario.hardware.items():
        here = ("hardware", name)
        if extremes(hardware.peak)[1] < _LEAST_TFLOPS:
            found = f"a peak of {extremes(hardware.peak)[1]:g} TFLOPS, less than any such GPU has"
            yield Diagnostic((*here, "peak"), found, "a unit, as in 2.25 PFLOPS")
        if 0 < extremes(hardware.price)[1] < _LEAST_KRW:
            found = f"a price of {extremes(hardware.price)[1]:g} KRW an hour"
            yield Diagnostic((*here, "price"), found, "a unit, as in 1.2만원")


def _warn_of_points(scenario: Scenario) -> Iterator[Diagnostic]:
    """Means that lie above what can be given: everybody gets the maximum, or nearly."""
    for stage_id in scenario.ahead:
        for block_id, block in scenario.stages[stage_id].points.items():
            here = ("stages", stage_id, "points", block_id)
            if extremes(block.mean)[0] > block.max:
                found = f"a mean of {extremes(block.mean)[0]:g} points: most teams get all {block.max:g}"
                yield Diagnostic((*here, "mean"), found, f"at most {block.max:g}")


def _warn_of_open_results(scenario: Scenario) -> Iterator[Diagnostic]:
    """Results that are drawn although others, and days after theirs, are known."""
    some_known = any(stage.happened is not None for stage in scenario.stages.values())
    for stage_id in scenario.ahead if some_known else ():
        decided = scenario.stages[stage_id].decided
        if decided <= scenario.as_of and extremes(scenario.stages[stage_id].shift) == (0, 0):
            found = f"{scenario.as_of}, but the result of '{stage_id}' of {decided} is not in the file"
            yield Diagnostic(("as_of",), found, "`happened` of that stage, or an earlier day")
            return


def _warn_of_given(scenario: Scenario) -> Iterator[Diagnostic]:
    """Paths that lead to no number, so that nothing is known by them."""
    if scenario.given:
        yield from unknown_names(
            ("given",), "number at", scenario.given, (each.path for each in inputs(scenario))
        )
