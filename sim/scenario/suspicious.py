"""What is legal and yet suspicious: it is told, and not refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sim.scenario.field import fields, whole
from sim.scenario.grants import Grants
from sim.scenario.marks import inputs
from sim.scenario.nonsense import Nonsense, unknown
from sim.scenario.numbers import Uncertain, extremes
from sim.scenario.scenario import Scenario
from sim.scenario.sense_of_cuts import teams
from sim.scenario.stages import Entry
from sim.scenario.windows import each_window


def suspicions(scenario: Scenario) -> list[Nonsense]:
    """Everything that is allowed and that its writer may not have meant, in no particular order."""
    parts = (_without_gpus, _cuts, _entries, _unused, _slow_periods, _scales, _points, _past, _given)
    return [found for part in parts for found in part(scenario)]


def _without_gpus(scenario: Scenario) -> Iterator[Nonsense]:
    """Teams that hold no GPU in a stage that is still to be played: one line for each, with its stages."""
    for team in scenario.teams:
        coming = [
            s for s in scenario.ahead if team in scenario.in_play(s) and s in _stages_of(scenario, team)
        ]
        idle = [s for s in coming if _never_holds(scenario, s, team)]
        if idle:
            expected = "`own` of the team, or a grant"
            yield Nonsense(
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


def _never_holds(scenario: Scenario, stage_id: str, team: str) -> bool:
    own = scenario.own_gpus(stage_id, team)
    return not _some(own) and not _lent(scenario.stages[stage_id].grants, team)


def _some(gpus: object) -> bool:
    """Whether a table of GPUs has any."""
    return isinstance(gpus, dict) and any(extremes(number)[1] > 0 for number in gpus.values())


def _lent(grants: Grants, team: str) -> bool:
    """Whether the rules of a stage can lend a team anything."""
    if grants.gpus:
        return _some(grants.gpus_of(team)) or (
            grants.leftover == "shared" and any(map(_some, grants.gpus.values()))
        )
    if not _some(grants.pool) or (grants.among is not None and team not in grants.among):
        return False
    if not isinstance(grants.shares, dict):
        return True
    share = grants.share_of(team)
    parts = share.values() if isinstance(share, dict) else [share]
    return grants.leftover == "shared" or any(_can_be_positive(part) for part in parts)


def _can_be_positive(number: float | Uncertain) -> bool:
    return extremes(number)[1] > 0


def _cuts(scenario: Scenario) -> Iterator[Nonsense]:
    """Cuts that take nobody although they say a number, and such as take everybody."""
    for (stage_id, stage), field in zip(scenario.stages.items(), fields(scenario).values(), strict=True):
        if stage.happened is not None or field.most == 0:
            continue
        cut, here = stage.cut, ("stages", stage_id, "cut")
        for name in ("keep", "drop"):
            number = getattr(cut, name)
            if isinstance(number, float) and number != whole(number):
                found = f"{number:g} teams, played as {whole(number)}"
                yield Nonsense((*here, name), found, "a whole number")
        last = stage_id == list(scenario.stages)[-1]
        if cut.keep is not None and whole(extremes(cut.keep)[1]) == 0 and not last:
            yield Nonsense((*here, "keep"), "0 teams to keep, with a stage to follow", "at least 1")
        if cut.keep is not None and field.most < whole(extremes(cut.keep)[0]):
            found = (
                f"{teams(whole(extremes(cut.keep)[0]))} to keep of at most {field.most}: nobody leaves by it"
            )
            yield Nonsense((*here, "keep"), found, f"at most {field.most}")
        if cut.drop is not None and whole(extremes(cut.drop)[0]) >= field.most:
            found = f"{teams(whole(extremes(cut.drop)[0]))} to drop of at most {field.most}: nobody stays"
            yield Nonsense((*here, "drop"), found, f"less than {field.most}")
        greatest = sum(block.max for block in stage.points.values())
        if cut.minimum is not None and extremes(cut.minimum)[0] > greatest:
            found = f"{extremes(cut.minimum)[0]:g} points, which nobody can reach: nobody stays"
            yield Nonsense((*here, "minimum"), found, f"at most {greatest:g}, the points of all blocks")


def _entries(scenario: Scenario) -> Iterator[Nonsense]:
    """Entries that are never held, which a what-if such as a gate without risk may mean, and empty places."""
    for (stage_id, stage), field in zip(scenario.stages.items(), fields(scenario).values(), strict=True):
        entry: Entry | None = stage.entry
        limit = entry.when_fewer_than if entry is not None and entry.happened is None else None
        if limit is not None and field.least_left >= limit:
            found = f"an entry if fewer than {limit} remain: no fewer than {field.least_left} do"
            yield Nonsense(
                ("stages", stage_id, "entry", "when_fewer_than"), found, f"at least {field.least_left + 1}"
            )
        if entry is not None and entry.happened is None and entry.places > len(entry.candidates):
            found = f"{entry.places} places for {len(entry.candidates)}: some stay empty"
            yield Nonsense(("stages", stage_id, "entry", "places"), found, f"at most {len(entry.candidates)}")


def _unused(scenario: Scenario) -> Iterator[Nonsense]:
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
            yield Nonsense(("suppliers", supplier_id), found, "`supplier` in the grants of a stage")


def _slow_periods(scenario: Scenario) -> Iterator[Nonsense]:
    """Slow periods that are over before the programme begins, or begin after its end."""
    windows = [window for stage in scenario.stages.values() for window in each_window(stage.train)]
    shifts = [extremes(stage.shift) for stage in scenario.stages.values()]
    opens = _moved(min(w.first for w in windows), sum(min(0.0, low) for low, _ in shifts))
    closes = _moved(max(w.last for w in windows), sum(max(0.0, high) for _, high in shifts))
    for supplier_id, supplier in scenario.suppliers.items():
        for slow_id, slow in supplier.slow.items():
            if slow.starts > closes or _moved(slow.starts, extremes(slow.days)[1]) < opens:
                path = ("suppliers", supplier_id, "slow", slow_id)
                found = f"from {slow.starts}: outside the programme, it changes nothing"
                yield Nonsense(path, found, f"days from {opens} to {closes}")


def _moved(day: date, days: float) -> date:
    """A day so many days later, but not beyond any calendar."""
    return day + timedelta(days=min(max(days, 1 - day.toordinal()), date.max.toordinal() - day.toordinal()))


_LEAST_TFLOPS, _LEAST_KRW = 10.0, 100.0
"""Below these a GPU or its hour is of another unit than it says: PFLOPS, or 만원."""


def _scales(scenario: Scenario) -> Iterator[Nonsense]:
    """Numbers that look as if their unit had been forgotten."""
    for name, hardware in scenario.hardware.items():
        here = ("hardware", name)
        if extremes(hardware.peak)[1] < _LEAST_TFLOPS:
            found = f"a peak of {extremes(hardware.peak)[1]:g} TFLOPS, less than any such GPU has"
            yield Nonsense((*here, "peak"), found, "a unit, as in 2.25 PFLOPS")
        if 0 < extremes(hardware.price)[1] < _LEAST_KRW:
            found = f"a price of {extremes(hardware.price)[1]:g} KRW an hour"
            yield Nonsense((*here, "price"), found, "a unit, as in 1.2만원")


def _points(scenario: Scenario) -> Iterator[Nonsense]:
    """Means that lie above what can be given: everybody gets the maximum, or nearly."""
    for stage_id in scenario.ahead:
        for block_id, block in scenario.stages[stage_id].points.items():
            here = ("stages", stage_id, "points", block_id)
            if extremes(block.mean)[0] > block.max:
                found = f"a mean of {extremes(block.mean)[0]:g} points: most teams get all {block.max:g}"
                yield Nonsense((*here, "mean"), found, f"at most {block.max:g}")


def _past(scenario: Scenario) -> Iterator[Nonsense]:
    """Results that are drawn although others, and days after theirs, are known."""
    some_known = any(stage.happened is not None for stage in scenario.stages.values())
    for stage_id in scenario.ahead if some_known else ():
        decided = scenario.stages[stage_id].decided
        if decided <= scenario.as_of and extremes(scenario.stages[stage_id].shift) == (0, 0):
            found = f"{scenario.as_of}, but the result of '{stage_id}' of {decided} is not in the file"
            yield Nonsense(("as_of",), found, "`happened` of that stage, or an earlier day")
            return


def _given(scenario: Scenario) -> Iterator[Nonsense]:
    """Paths that lead to no number, so that nothing is known by them."""
    if scenario.given:
        yield from unknown(("given",), "number at", scenario.given, (each.path for each in inputs(scenario)))
