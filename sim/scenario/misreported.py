"""What makes no sense in reported points."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sim.scenario.nonsense import Nonsense
from sim.scenario.problems import did_you_mean
from sim.scenario.reported import Given, Reported, half_unit, summed
from sim.scenario.stages import Stage


def misreported(stage: Stage, teams: Collection[str]) -> Iterator[Nonsense]:
    """What cannot be meant in the reported points of `stage`; maxima are those of the report itself."""
    if stage.reported is None:
        return
    report = stage.reported
    yield from _maxima(stage, report)
    yield from _named("team", ("reported", "points"), report.points, teams)
    yield from _named("team with points", ("reported", "totals"), report.totals, report.points)
    for team, given in report.points.items():
        yield from _of_team(report, team, given)
    for block, items in report.items.items():
        yield from _items_alone(report, block, items)
    greatest = sum(summed(out_of) for out_of in report.out_of.values())
    for team, total in report.totals.items():
        yield from _above(("reported", "totals", team), total, greatest)


def _named(
    kind: str, path: tuple[str, ...], names: Iterable[str], known: Collection[str]
) -> Iterator[Nonsense]:
    """Names that are not among those known."""
    for name in names:
        if name not in known:
            yield Nonsense((*path, name), f"no {kind} '{name}'", hint=did_you_mean(name, known))


def _all(
    kind: str, path: tuple[str, ...], names: Collection[str], known: Collection[str]
) -> Iterator[Nonsense]:
    """Names that are not among those known, and known ones that are missing."""
    yield from _named(kind, path, names, known)
    missing = [name for name in known if name not in names]
    if missing:
        yield Nonsense(path, f"{kind} '{missing[0]}' is missing", f"all of {', '.join(known)}")


def _above(path: tuple[str, ...], points: float, maximum: float) -> Iterator[Nonsense]:
    if points > maximum * (1 + 1e-9):
        yield Nonsense(path, f"{points:g} points", f"at most {maximum:g}")


def _maxima(stage: Stage, report: Reported) -> Iterator[Nonsense]:
    here = ("reported", "out_of")
    yield from _all("block", here, report.out_of, stage.points)
    for block, maximum in report.out_of.items():
        if isinstance(maximum, dict) and block in stage.points:
            yield from _all("item", (*here, block), maximum, stage.points[block].items)


def _of_team(report: Reported, team: str, given: Mapping[str, Given]) -> Iterator[Nonsense]:
    here = ("reported", "points", team)
    yield from _all("block", here, given, report.out_of)
    first, standard = next(iter(report.points.items()))
    for block in (block for block in given if block in report.out_of):
        points, maximum = given[block], report.out_of[block]
        if isinstance(points, dict) != isinstance(standard.get(block, points), dict):
            yield Nonsense(
                (*here, block), "another form of points", f"items, or one number, as for '{first}'"
            )
        elif not isinstance(points, dict):
            yield from _above((*here, block), points, summed(maximum))
        elif isinstance(maximum, dict):
            yield from _all("item", (*here, block), points, maximum)
            for item in (item for item in points if item in maximum):
                yield from _above((*here, block, item), points[item], maximum[item])
        else:
            yield Nonsense((*here, block), "points by item", f"one number, as in `out_of: {{{block}: ...}}`")


def _items_alone(
    report: Reported, block: str, items: Mapping[str, Mapping[str, float]]
) -> Iterator[Nonsense]:
    here = ("reported", "items", block)
    maximum = report.out_of.get(block)
    if maximum is None:
        yield from _named("block", here[:-1], [block], report.out_of)
    elif not isinstance(maximum, dict):
        yield Nonsense(here, "items of a block whose maximum is one number", "their maxima in `out_of`")
    elif any(isinstance(given.get(block), dict) for given in report.points.values()):
        yield Nonsense(here, "items that are in `points` already", "each of them once")
    else:
        yield from _named("item", here, items, maximum)
        for item in (item for item in items if item in maximum):
            yield from _all("team", (*here, item), items[item], report.points)
            for team, points in items[item].items():
                yield from _above((*here, item, team), points, maximum[item])
        yield from _rest(report, block, {i: given for i, given in items.items() if i in maximum}, maximum)


def _rest(
    report: Reported, block: str, items: Mapping[str, Mapping[str, float]], maximum: Mapping[str, float]
) -> Iterator[Nonsense]:
    """What is left of a block for the items that are not known must lie within their maxima."""
    room = sum(most for item, most in maximum.items() if item not in items)
    whole = {team: given[block] for team, given in report.points.items() if block in given}
    columns = [list(known.values()) for known in items.values() if known]
    rounding = sum(half_unit(column) for column in [*columns, [summed(points) for points in whole.values()]])
    for team, points in whole.items():
        known = sum(of_teams.get(team, 0.0) for of_teams in items.values())
        rest = summed(points) - known
        if not -rounding * (1 + 1e-9) <= rest <= room + rounding * (1 + 1e-9):
            found = f"{summed(points):g} points, {known:g} of them in known items"
            expected = f"{known:g} to {known + room:g}"
            yield Nonsense(("reported", "points", team, block), found, expected)
