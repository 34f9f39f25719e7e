"""What is legal and yet suspicious: it is told, and not refused.

Numbers are odd mostly because a unit, a sign or a percent sign has been forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Literal

from sim.scenario.checks.afterwards import warn_of_idle_afterwards
from sim.scenario.checks.breakthroughs import idle_breakthroughs
from sim.scenario.checks.cuts import count_of_teams, feasible_counts, least_teams, round_teams
from sim.scenario.checks.data import farthest_shifts_by_data, warn_of_data, warn_of_late_data
from sim.scenario.checks.effort import warn_of_effort, warn_of_saving, warn_of_tests
from sim.scenario.checks.money import outside, warn_of_budgets, warn_of_prices, warn_of_prizes
from sim.scenario.checks.openness import idle_openness
from sim.scenario.checks.recovery import warn_of_spares
from sim.scenario.checks.supply import may_be_supplied, warn_of_idle_supplies
from sim.scenario.checks.trained_model import warn_of_models
from sim.scenario.models.grants import GpuTable, Grants
from sim.scenario.models.inputs import inputs
from sim.scenario.models.numbers import Number, extremes
from sim.scenario.models.points import Item, PointsBlock
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage
from sim.scenario.models.windows import each_window
from sim.scenario.problems import Diagnostic, KeyPath, quoted, unknown_names


def lint_warnings(scenario: Scenario) -> list[Diagnostic]:
    """Find everything that is allowed and that its writer may not have meant, in no particular order.

    What is odd in the same way in many places is one warning: it names the first place and counts the rest.
    """
    return [warning for rule in _RULES for warning in _as_one(list(rule(scenario)))]


_NAMED = 3
"""Further places that a warning names."""


def _as_one(found: list[Diagnostic]) -> list[Diagnostic]:
    if len(found) < 2:
        return found
    first, *others = found
    places = [".".join(other.path) for other in others[:_NAMED]]
    dots = ", ..." if len(others) > _NAMED else ""
    return [first._replace(hint=f"and {len(others)} more: {', '.join(places)}{dots}")]


def _warn_without_gpus(scenario: Scenario) -> Iterator[Diagnostic]:
    """Teams that hold no GPU in a stage that is still to be played: one line for each, with its stages."""
    for team in scenario.teams:
        may_play = _stages_of(scenario, team)
        coming = [s for s in scenario.to_come if s in may_play and team in scenario.in_play(s)]
        coming = [s for s in coming if scenario.trains(s)]
        idle = [s for s in coming if _never_holds(scenario, s, team)]
        if idle:
            found = f"no GPUs in {', '.join(idle)}: it submits nothing and gets 0 points"
            yield Diagnostic(
                ("teams", team), found, "`own` of the team, a grant, or no `train` in a stage on paper"
            )


def _stages_of(scenario: Scenario, team: str) -> list[str]:
    """The stages in which a team can take part: all, or those after the entry for which it is a candidate."""
    for s, stage in scenario.stages.items():
        if stage.entry is not None and team in stage.entry.candidates:
            return scenario.after(s)
    return list(scenario.stages)


def _never_holds(scenario: Scenario, stage_id: str, team: str) -> bool:
    own = scenario.own_gpus(stage_id, team)
    lent = _may_be_lent(scenario.stages[stage_id].grants, team) or may_be_supplied(scenario, stage_id, team)
    return not _has_gpus(own) and not lent


def _has_gpus(gpus: GpuTable | Literal["none"]) -> bool:
    """Whether a table of GPUs has any."""
    return gpus != "none" and any(map(_can_be_positive, gpus.values()))


def _can_be_positive(number: Number) -> bool:
    return extremes(number)[1] > 0


def _may_be_lent(grants: Grants, team: str) -> bool:
    """Whether the rules of a stage can lend a team anything."""
    if any(_has_gpus(more.gpus_of(team)) for more in (grants.more or {}).values()):
        return True
    if grants.gpus:
        shared = grants.gpus.values() if grants.leftover == "shared" else ()
        return any(map(_has_gpus, (grants.gpus_of(team), *shared)))
    if not _has_gpus(grants.pool) or (grants.among is not None and team not in grants.among):
        return False
    if not isinstance(grants.shares, dict):
        return True
    share = grants.share_of(team)
    parts = share.values() if isinstance(share, dict) else [share]
    return grants.leftover == "shared" or any(map(_can_be_positive, parts))


def _warn_of_parts_of_teams(scenario: Scenario) -> Iterator[Diagnostic]:
    """Cuts of numbers that are rounded."""
    for path, stage, _ in _cuts_ahead(scenario):
        for name in ("keep", "drop"):
            number = getattr(stage.cut, name)
            if isinstance(number, float) and number != round_teams(number):
                found = f"{number:g} teams, played as {round_teams(number)}"
                yield Diagnostic((*path, name), found, "a whole number")


def _warn_of_keeping_nobody(scenario: Scenario) -> Iterator[Diagnostic]:
    """Cuts that keep 0 teams, so that nobody is there afterwards."""
    last = list(scenario.stages.values())[-1]
    for path, stage, _ in _cuts_ahead(scenario):
        keep = stage.cut.keep
        if stage.entry is not None and stage.entry.returning:
            continue  # a round that ends for all, and an open call for the next
        if keep is not None and round_teams(extremes(keep)[1]) == 0:
            what = "nobody is selected" if stage is last else "with a stage to follow"
            yield Diagnostic((*path, "keep"), f"0 teams to keep, {what}", "at least 1")


def _warn_of_keeping_all(scenario: Scenario) -> Iterator[Diagnostic]:
    """Cuts that take nobody although they say a number."""
    for path, stage, most in _cuts_ahead(scenario):
        least = least_teams(stage.cut.keep)
        if least > most:
            found = f"{count_of_teams(least)} to keep of at most {most}: nobody leaves by it"
            yield Diagnostic((*path, "keep"), found, f"at most {most}")


def _warn_of_dropping_all(scenario: Scenario) -> Iterator[Diagnostic]:
    """Cuts that take everybody."""
    for path, stage, most in _cuts_ahead(scenario):
        least = least_teams(stage.cut.drop)
        if least >= most:
            found = f"{count_of_teams(least)} to drop of at most {most}: nobody stays"
            yield Diagnostic((*path, "drop"), found, f"less than {most}")


def _warn_of_minima(scenario: Scenario) -> Iterator[Diagnostic]:
    """Minima that lie above all points there are."""
    for path, stage, _ in _cuts_ahead(scenario):
        greatest = sum(block.max for block in stage.points.values())
        if stage.cut.minimum is not None and (least := extremes(stage.cut.minimum)[0]) > greatest:
            found = f"{least:g} points, which nobody can reach: nobody stays"
            yield Diagnostic((*path, "minimum"), found, f"at most {greatest:g}, the points of all blocks")


def _cuts_ahead(scenario: Scenario) -> Iterator[tuple[KeyPath, Stage, int]]:
    """Cuts that are still to be played by somebody: where each stands, its stage, the most teams there."""
    counts = feasible_counts(scenario)
    for s in scenario.to_come:
        if counts[s].most > 0:
            yield ("stages", s, "cut"), scenario.stages[s], counts[s].most


def _warn_of_idle_entries(scenario: Scenario) -> Iterator[Diagnostic]:
    """Entries that are never held, which a what-if such as a gate without risk may mean."""
    counts_of = feasible_counts(scenario)
    for stage_id, entry in _entries_ahead(scenario).items():
        least, limit = counts_of[stage_id].least_left, entry.when_fewer_than
        if limit is not None and least >= limit:
            found = f"an entry if fewer than {limit} remain: no fewer than {least} do"
            path = ("stages", stage_id, "entry", "when_fewer_than")
            yield Diagnostic(path, found, f"at least {least + 1}")


def _warn_of_empty_places(scenario: Scenario) -> Iterator[Diagnostic]:
    for stage_id, entry in _entries_ahead(scenario).items():
        back = sum(scenario.may_return(stage_id, team) for team in scenario.teams)
        if entry.places > (most := len(entry.candidates) + back):
            found = f"{entry.places} places for {most}: some stay empty"
            path = ("stages", stage_id, "entry", "places")
            yield Diagnostic(path, found, f"at most {most}")


def _entries_ahead(scenario: Scenario) -> dict[str, Entry]:
    """The entries whose outcome is not known, by the stage after which they are held."""
    entries = {s: stage.entry for s, stage in scenario.stages.items()}
    return {
        s: entry
        for s, entry in entries.items()
        if entry is not None and entry.happened is None and scenario.goes_on_after(s)
    }


def _warn_of_unused_suppliers(scenario: Scenario) -> Iterator[Diagnostic]:
    """Suppliers who deliver to nobody although something befalls them."""
    serving = {supplier for stage in scenario.stages.values() for supplier in stage.grants.suppliers}
    for supplier_id, supplier in scenario.suppliers.items():
        if supplier_id not in serving and (supplier.slow or extremes(supplier.delay)[1] > 0):
            found = "a supplier that no stage names: its delays and slow days change nothing"
            yield Diagnostic(("suppliers", supplier_id), found, "`supplier` in the grants of a stage")


def _warn_of_slow_periods(scenario: Scenario) -> Iterator[Diagnostic]:
    """Slow periods that are over before the programme begins, or begin after its end."""
    windows = [window for stage in scenario.stages.values() for window in each_window(stage.train)]
    if not windows:
        return
    ahead, back = _farthest_shifts(scenario)
    opens = _move_day(min(window.first for window in windows), ahead)
    closes = _move_day(max(window.latest_last() for window in windows), back)
    for supplier_id, supplier in scenario.suppliers.items():
        for slow_id, slow in supplier.slow.items():
            if slow.starts > closes or _move_day(slow.starts, extremes(slow.days)[1]) < opens:
                path = ("suppliers", supplier_id, "slow", slow_id)
                found = f"from {slow.starts}: outside the programme, it changes nothing"
                yield Diagnostic(path, found, f"days from {opens} to {closes}")


def _farthest_shifts(scenario: Scenario) -> tuple[float, float]:
    """The days by which anything in the programme can move ahead, at most 0, and back, at least 0."""
    shifts = [extremes(stage.shift) for stage in scenario.stages.values()]
    later = sum(max(0.0, high) for _, high in shifts) + sum(farthest_shifts_by_data(scenario).values())
    return sum(min(0.0, low) for low, _ in shifts), later


def _move_day(day: date, days: float) -> date:
    """A day so many days later, but not beyond any calendar."""
    return day + timedelta(days=min(max(days, 1 - day.toordinal()), date.max.toordinal() - day.toordinal()))


def _warn_of_open_results(scenario: Scenario) -> Iterator[Diagnostic]:
    """Results that are drawn although others, and days after theirs, are known."""
    some_known = any(stage.happened is not None for stage in scenario.stages.values())
    for stage_id in scenario.to_come if some_known else ():
        decided = scenario.stages[stage_id].decided
        if decided <= scenario.as_of and extremes(scenario.stages[stage_id].shift) == (0, 0):
            found = f"{scenario.as_of}, but the result of '{stage_id}' of {decided} is not in the file"
            yield Diagnostic(("as_of",), found, "`happened` of that stage, or an earlier day")
            return


def _warn_of_given(scenario: Scenario) -> Iterator[Diagnostic]:
    """Paths that lead to no number, so that nothing is known by them."""
    if scenario.given:
        numbers = [each.path for each in inputs(scenario)]
        yield from unknown_names(("given",), "number at", scenario.given, numbers)


def _warn_of_late_priors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Values that are said to have been set after results of a day that is still to come."""
    for each in inputs(scenario):
        if each.prior_from is not None and each.prior_from > scenario.as_of:
            found = f"set after results of {each.prior_from}, later than what is known"
            yield Diagnostic(tuple(each.path.split(".")), found, f"`prior_from` up to {scenario.as_of}")


def _warn_of_late_as_of(scenario: Scenario) -> Iterator[Diagnostic]:
    """A day after the whole programme, of which no result is known."""
    if any(stage.happened is not None for stage in scenario.stages.values()):
        return
    end = _move_day(max(stage.decided for stage in scenario.stages.values()), _farthest_shifts(scenario)[1])
    if scenario.as_of > end:
        found = f"{scenario.as_of}, after the end of the programme, of which no result is in the file"
        yield Diagnostic(("as_of",), found, f"a day up to {end}, or `happened` of its stages")


def _warn_of_same_names(scenario: Scenario) -> Iterator[Diagnostic]:
    """Teams that nothing on the screen tells apart, in one of the languages at least."""
    called: dict[tuple[str, str], str] = {}
    for team_id, team in scenario.teams.items():
        for language in ("en", "ko"):
            name = team.name.get(language)
            first = called.setdefault((language, " ".join(name.casefold().split())), team_id)
            if first != team_id:
                found = f"{quoted(name)}, which is the name of '{first}' too"
                yield Diagnostic(("teams", team_id, "name"), found, "names that tell teams apart")
                break


_LEAST_TFLOPS, _MOST_TFLOPS = 10.0, 100_000.0
"""A GPU of 2025 does 2,250 TFLOP/s; outside of this the number is meant in GFLOPS or PFLOPS."""

_LEAST_MFU, _MOST_MFU = 0.02, 0.8
"""No published run of a large model is near either end: 0.23 % is meant as 23 %, and 1 as the peak itself."""


def _warn_of_low_peaks(scenario: Scenario) -> Iterator[Diagnostic]:
    for name, hardware in scenario.hardware.items():
        if (peak := extremes(hardware.peak)[1]) < _LEAST_TFLOPS:
            found = f"a peak of {peak:g} TFLOPS, less than any such GPU has"
            yield Diagnostic(("hardware", name, "peak"), found, "a unit, as in 2.25 PFLOPS")


def _warn_of_high_peaks(scenario: Scenario) -> Iterator[Diagnostic]:
    for name, hardware in scenario.hardware.items():
        if (peak := extremes(hardware.peak)[0]) > _MOST_TFLOPS:
            found = f"a peak of {peak:,.0f} TFLOPS, more than any GPU has"
            yield Diagnostic(("hardware", name, "peak"), found, "a unit, as in 2250 TFLOPS")


def _warn_of_mfu(scenario: Scenario) -> Iterator[Diagnostic]:
    """Shares of peak that no training reaches, or falls to."""
    shares: dict[KeyPath, Number] = {
        ("hardware", name, "mfu"): hardware.mfu for name, hardware in scenario.hardware.items()
    }
    for team_id, team in scenario.teams.items():
        shares |= {("teams", team_id, "mfu", name): share for name, share in team.mfu.items()}
    for path, share in shares.items():
        if (odd := outside(share, _LEAST_MFU, _MOST_MFU)) is not None:
            found = f"{100 * odd:.3g} % of the peak"
            yield Diagnostic(path, found, "some 10 to 45 %, as published runs have; 0.23 is 23 %")


def _warn_of_means(scenario: Scenario) -> Iterator[Diagnostic]:
    """Means that lie above what can be given: everybody gets the maximum, or nearly."""
    for path, part in _parts(scenario):
        if part.mean is not None and (least := extremes(part.mean)[0]) > part.max:
            found = f"a mean of {least:g} points: most teams get all {part.max:g}"
            yield Diagnostic((*path, "mean"), found, f"at most {part.max:g}")


def _warn_of_negative_slopes(scenario: Scenario) -> Iterator[Diagnostic]:
    """Benchmarks on which the weaker get more."""
    for path, part in _parts(scenario):
        if part.slope is not None and (least := extremes(part.slope)[0]) < 0:
            key, unit = ("per_strength", "unit of strength") if part.per_eci is None else ("per_eci", "ECI")
            found = f"{least:g} points per {unit}: the stronger get fewer points"
            yield Diagnostic((*path, key), found, "a number above 0")


def _warn_of_wide_spreads(scenario: Scenario) -> Iterator[Diagnostic]:
    """Spreads and noise beyond all points that can be given: everybody gets 0 or the maximum."""
    for path, part in _parts(scenario):
        widths: dict[KeyPath, Number | None] = {("spread",): part.spread, ("noise",): part.noise}
        if part.raters is not None:
            widths["raters", "sd"] = part.raters.sd
        for key, width in widths.items():
            if width is not None and (least := extremes(width)[0]) > part.max:
                found = f"a standard deviation of {least:g} points, of {part.max:g} in all"
                yield Diagnostic((*path, *key), found, f"less than {part.max:g}")


def _parts(scenario: Scenario) -> Iterator[tuple[KeyPath, PointsBlock | Item]]:
    """The blocks of points that are still to be given, and their items."""
    for stage_id in scenario.to_come:
        for block_id, block in scenario.stages[stage_id].points.items():
            here = ("stages", stage_id, "points", block_id)
            yield here, block
            for item_id, item in block.items.items():
                yield (*here, "items", item_id), item


_RULES: tuple[Callable[[Scenario], Iterator[Diagnostic]], ...] = (
    _warn_without_gpus,
    _warn_of_same_names,
    _warn_of_parts_of_teams,
    _warn_of_keeping_nobody,
    _warn_of_keeping_all,
    _warn_of_dropping_all,
    _warn_of_minima,
    _warn_of_idle_entries,
    _warn_of_empty_places,
    _warn_of_unused_suppliers,
    _warn_of_slow_periods,
    warn_of_idle_supplies,
    _warn_of_open_results,
    _warn_of_late_as_of,
    _warn_of_given,
    _warn_of_late_priors,
    _warn_of_low_peaks,
    _warn_of_high_peaks,
    warn_of_prices,
    warn_of_budgets,
    warn_of_prizes,
    _warn_of_mfu,
    _warn_of_means,
    _warn_of_negative_slopes,
    _warn_of_wide_spreads,
    warn_of_spares,
    warn_of_models,
    idle_breakthroughs,
    idle_openness,
    warn_of_effort,
    warn_of_tests,
    warn_of_saving,
    warn_of_late_data,
    warn_of_data,
    warn_of_idle_afterwards,
)
"""Each finds one kind of thing."""
