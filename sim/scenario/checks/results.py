"""Do candidates, known results and reported points agree with the rules and with one another?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from sim.scenario.models.facts import Given, Reported, half_unit, sum_points
from sim.scenario.models.scenario import Scenario
from sim.scenario.models.stages import Entry, Stage
from sim.scenario.problems import Diagnostic, KeyPath, by_number, list_known, unknown_names


def result_errors(scenario: Scenario) -> Iterator[Diagnostic]:
    """Known fates of teams that are not there, results after one that is open, entries nobody can win."""
    yield from _check_candidates(scenario)
    yield from _check_held(scenario)
    present = set(scenario.teams) - scenario.candidates
    unknown_since: str | None = None
    before: Stage | None = None
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id)
        if before is not None and before.happened is not None and stage.grants.by_results:
            found = "shares by results of a stage whose scores are not known"
            yield Diagnostic((*here, "grants", "shares"), found, "`equal`, or a table")
        before = stage if stage.has_total else before
        if stage.happened is None:
            unknown_since = unknown_since or stage_id
        elif unknown_since is not None:
            found = f"a known result after '{unknown_since}', whose result is not known"
            yield Diagnostic((*here, "happened"), found, "results known in order")
        else:
            yield from _check_happened(stage, present, here)
            present -= set(stage.happened)
        entry = stage.entry
        if entry is not None and entry.happened is not None:
            if unknown_since is not None:
                found = "a known entry after a stage whose result is not known"
                yield Diagnostic((*here, "entry", "happened"), found)
            else:
                yield from _check_entered(scenario, entry, stage_id, present, (*here, "entry"))
            present |= set(entry.entered)
        elif entry is not None:
            unknown_since = unknown_since or f"{stage_id}.entry"


def _check_held(scenario: Scenario) -> Iterator[Diagnostic]:
    """Stages that are held although one before is not, or that are not although their result is known."""
    ended: str | None = None
    for stage_id, stage in scenario.stages.items():
        here = ("stages", stage_id, "held")
        if stage.held is False and stage.happened is not None:
            yield Diagnostic(here, "not held, though its result is known", "`happened` or `held: false`")
        elif stage.held and stage.happened is None and ended is not None:
            found = f"held, though '{ended}' before it is not"
            rival = Diagnostic(("stages", ended, "held"), f"not held, though '{stage_id}' after it is")
            yield Diagnostic(here, found, "`false`, or nothing: the programme has ended", "", rival)
        if stage.held is False:
            ended = ended or stage_id


def _check_candidates(scenario: Scenario) -> Iterator[Diagnostic]:
    named: set[str] = set()
    for stage_id, stage in scenario.stages.items():
        if stage.entry is not None:
            here = ("stages", stage_id, "entry", "candidates")
            yield from unknown_names(here, "team", stage.entry.candidates, scenario.teams)
            named.update(stage.entry.candidates)
            for team, times in Counter(stage.entry.candidates).items():
                if times > 1:
                    yield Diagnostic(here, f"'{team}' a second time", "each team once")
    if scenario.teams and set(scenario.teams) <= named:
        yield Diagnostic(("teams",), "nobody who is there from the start", "a team that is no candidate")


def _check_happened(stage: Stage, present: set[str], here: KeyPath) -> Iterator[Diagnostic]:
    assert stage.happened is not None
    for team, how in stage.happened.items():
        path = (*here, "happened", team)
        if team not in present:
            found = f"'{team}', which is not there at this stage"
            yield Diagnostic(path, found, f"one of {list_known(sorted(present, key=by_number))}")
        elif how == "out-at-gate" and stage.gate is None:
            found = "a team out at the gate of a stage without a gate"
            yield Diagnostic(path, found, "`gate`, or out-by-points")
        elif how == "out-by-points" and not stage.cut.has_rule:
            yield Diagnostic(path, "a team out by points of a stage without a cut", "`cut`")


def _check_entered(
    scenario: Scenario, entry: Entry, stage_id: str, present: set[str], here: KeyPath
) -> Iterator[Diagnostic]:
    path, names, remain = (*here, "happened"), entry.entered, len(present)
    back = [t for t in scenario.teams if t not in present and scenario.may_return(stage_id, t)]
    yield from unknown_names(path, "candidate", names, [*entry.candidates, *back])
    if len(names) > entry.places:
        yield Diagnostic(path, f"{len(names)} entrants", f"at most {entry.places}, its places")
    if names and entry.when_fewer_than is not None and remain >= entry.when_fewer_than:
        found = f"an entry although {remain} teams remained"
        yield Diagnostic(path, found, f"fewer than {entry.when_fewer_than}")


def report_errors(stage: Stage, teams: Collection[str]) -> Iterator[Diagnostic]:
    """What cannot be meant in the reported points of `stage`; maxima are those of the report itself."""
    if stage.reported is None:
        return
    report = stage.reported
    yield from _check_maxima(stage, report)
    yield from unknown_names(("reported", "points"), "team", report.points, teams)
    yield from unknown_names(("reported", "totals"), "team with points", report.totals, report.points)
    for team, given in report.points.items():
        yield from _check_team(report, team, given)
    for block, items in report.items.items():
        yield from _check_items(report, block, items)
    greatest = sum(sum_points(out_of) for out_of in report.out_of.values())
    for team, total in report.totals.items():
        yield from _check_maximum(("reported", "totals", team), total, greatest)


def _unknown_or_missing(
    kind: str, path: KeyPath, names: Collection[str], known: Collection[str]
) -> Iterator[Diagnostic]:
    """Names that are not among those known, and known ones that are missing."""
    yield from unknown_names(path, kind, names, known)
    missing = [name for name in known if name not in names]
    if missing:
        yield Diagnostic(path, f"{kind} '{missing[0]}' is missing", f"all of {', '.join(known)}")


def _check_maximum(path: KeyPath, points: float, maximum: float) -> Iterator[Diagnostic]:
    if points > maximum * (1 + 1e-9):
        yield Diagnostic(path, f"{points:g} points", f"at most {maximum:g}")


def _check_maxima(stage: Stage, report: Reported) -> Iterator[Diagnostic]:
    here = ("reported", "out_of")
    yield from _unknown_or_missing("block", here, report.out_of, stage.points)
    for block, maximum in report.out_of.items():
        if isinstance(maximum, dict) and block in stage.points:
            yield from _unknown_or_missing("item", (*here, block), maximum, stage.points[block].items)


def _check_team(report: Reported, team: str, given: Mapping[str, Given]) -> Iterator[Diagnostic]:
    here = ("reported", "points", team)
    yield from _unknown_or_missing("block", here, given, report.out_of)
    first, standard = next(iter(report.points.items()))
    for block in (block for block in given if block in report.out_of):
        path, points, maximum = (*here, block), given[block], report.out_of[block]
        if isinstance(points, dict) != isinstance(standard.get(block, points), dict):
            yield Diagnostic(path, "another form of points", f"items, or one number, as for '{first}'")
        elif not isinstance(points, dict):
            yield from _check_maximum(path, points, sum_points(maximum))
        elif isinstance(maximum, dict):
            yield from _unknown_or_missing("item", path, points, maximum)
            for item in (item for item in points if item in maximum):
                yield from _check_maximum((*path, item), points[item], maximum[item])
        else:
            yield Diagnostic(path, "points by item", f"one number, as in `out_of: {{{block}: ...}}`")


def _check_items(
    report: Reported, block: str, items: Mapping[str, Mapping[str, float]]
) -> Iterator[Diagnostic]:
    here = ("reported", "items", block)
    maximum = report.out_of.get(block)
    if maximum is None:
        yield from unknown_names(here[:-1], "block", [block], report.out_of)
    elif not isinstance(maximum, dict):
        yield Diagnostic(here, "items of a block whose maximum is one number", "their maxima in `out_of`")
    elif any(isinstance(given.get(block), dict) for given in report.points.values()):
        yield Diagnostic(here, "items that are in `points` already", "each of them once")
    else:
        yield from unknown_names(here, "item", items, maximum)
        known = {item: given for item, given in items.items() if item in maximum}
        for item, given in known.items():
            yield from _unknown_or_missing("team", (*here, item), given, report.points)
            for team, points in given.items():
                yield from _check_maximum((*here, item, team), points, maximum[item])
        yield from _check_rest(report, block, known, maximum)


def _check_rest(
    report: Reported, block: str, items: Mapping[str, Mapping[str, float]], maximum: Mapping[str, float]
) -> Iterator[Diagnostic]:
    """What is left of a block for the items that are not known must lie within their maxima."""
    room = sum(most for item, most in maximum.items() if item not in items)
    whole = {team: given[block] for team, given in report.points.items() if block in given}
    columns = [list(known.values()) for known in items.values() if known]
    rounding = sum(
        half_unit(column) for column in [*columns, [sum_points(points) for points in whole.values()]]
    )
    for team, points in whole.items():
        known = sum(of_teams.get(team, 0.0) for of_teams in items.values())
        rest = sum_points(points) - known
        if not -rounding * (1 + 1e-9) <= rest <= room + rounding * (1 + 1e-9):
            found = f"{sum_points(points):g} points, {known:g} of them in known items"
            expected = f"{known:g} to {known + room:g}"
            yield Diagnostic(("reported", "points", team, block), found, expected)
