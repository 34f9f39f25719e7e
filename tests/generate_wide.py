"""Scenarios of the wider language for Hypothesis: stages without training, groups, money, awards, re-entry.

Half of them have no hardware at all; in the others some stages are trained for and some are judged on paper.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.generate import TEAMS, numbers, raters, record, some_of, tables
from tests.mended import mended

GROUPS = ("north", "south")


@cache
@st.composite
def block(draw, compute):
    """A block of points that follows strength, by a slope of its own or not, or that people judge."""
    maximum = draw(st.sampled_from((40, 25, 100)))
    said = {"max": maximum, "mean": draw(numbers(0, maximum, 0.6 * maximum))}
    slope = "per_eci" if compute else "per_strength"
    kinds = (slope, "spread") if compute else ("", slope, "spread")
    kind = draw(st.sampled_from(kinds))
    if kind:
        said[kind] = draw(numbers(0, 2, 0.5, 1))
    optional = {"noise": numbers(0, 8, 0, 1), "rescale": st.sampled_from(("maximum", "leader"))}
    if not draw(st.integers(0, 4)):
        optional = {"raters": raters(maximum)}
    if kind != "spread" and not draw(st.integers(0, 4)):
        optional["items"] = st.just({"x": maximum / 4, "y": {"max": 3 * maximum / 4, slope: 0.3}})
    return said | draw(record({}, **optional))


@st.composite
def cut(draw, names, groups, most):
    """A cut by number, by groups or by money, perhaps after a minimum or a distance."""
    keep = st.integers(0, len(names)) | st.just({"weighted": {"1": 1, "3": 2}})
    rules = ["keep", "none", "drop", "budget", "money alone", "money alone"] + ["groups"] * 4 * bool(groups)
    rule = draw(st.sampled_from(rules))
    said = draw(
        record({}, minimum=numbers(0, 0.6 * most, 0.4 * most), within=numbers(0, most / 2, most / 4, 0))
    )
    if rule in ("keep", "drop"):
        return said | {rule: draw(keep)}
    if rule in ("budget", "money alone"):
        each = numbers(0, 50, 10)
        asks = each | tables((*names, "default"), each, 1)
        money = {"budget": draw(numbers(0, 100, 30)), "asks": draw(asks)}
        return money if rule == "money alone" else said | money | draw(record({}, keep=keep))
    if rule == "groups":
        places = tables(groups, st.integers(0, 3), 1)
        limits = record({"places": places}, at_most=tables(groups, st.integers(0, 3), 1))
        return said | draw(limits | record({"at_most": tables(groups, st.integers(0, 3), 1)}, keep=keep))
    return said


@st.composite
def entry(draw, names, outside, day):
    """An entry of new teams, of those who left, or of both."""
    said = {"day": f"{day}", "places": draw(st.integers(1, 3))}
    if outside:
        said["candidates"] = outside
    inside = tuple(t for t in names if t not in outside)
    back = draw(
        st.sampled_from((None, "all", "all")) | st.lists(st.sampled_from(inside), min_size=1, unique=True)
    )
    if back is not None or not outside:
        said["returning"] = back or "all"
    chance = numbers(0, 1, 0.5, 1)
    optional = {
        "applies": chance | tables((*names, "default"), chance, 1),
        "when_fewer_than": st.integers(1, 6),
        "panel": record({}, mean=numbers(0, 100, 70), spread=numbers(0, 20, 10)),
    }
    return said | draw(record({}, **optional))


@cache
def further_grants(names, first, last):
    """GPU-hours, grants with a day of their own, and deliveries that come late."""
    day = st.dates(first - timedelta(5), last + timedelta(5)).map(str)
    gpus = tables((*names, "default"), st.just({"B200": 256}) | st.just("none"), 1)
    one = record({"day": day, "gpus": gpus})
    return record(
        {},
        counted_in=st.just("gpu-hours"),
        more=tables(("more", "most"), one, 1),
        delay=numbers(0, 80, 0, 5),
    )


@st.composite
def stage(draw, names, groups, compute, days, has_total):
    """A stage after a day on which all is decided; its last day, and whether teams are ranked in it.

    `days` has that day, and the one up to which somebody may still come in, whose window is then open.
    """
    after, soonest = days
    trains = draw(st.booleans())
    blocks = draw(tables("pq", block(compute), 0 if draw(st.integers(0, 3)) == 0 else 1))
    said: dict[str, Any] = {}
    if trains:
        first = after + timedelta(1 + draw(st.integers(0, 10)))
        after = max(first + timedelta(draw(st.integers(0, 60))), soonest + timedelta(1))
        said["train"] = f"{first} to {after}"
        if compute:
            said["grants"] = {"pool": {"B200": 512}, "shares": "equal"}
            if has_total:
                said["grants"]["shares"] = draw(st.sampled_from(("equal", "by-score", "winner")))
            said["grants"] |= draw(further_grants(names, first, after))
    scored = max(after, soonest) + timedelta(draw(st.integers(0, 10)))
    result = scored + timedelta(draw(st.integers(0, 5)))
    said |= {"evaluated": f"{scored}", "result": f"{result}", "points": blocks}
    if has_total and draw(st.booleans()):
        said["points_carried"] = draw(numbers(0, 1, 1, 0.5))
    ranked = bool(blocks) or "points_carried" in said
    most = sum(each["max"] for each in blocks.values()) or 50
    optional = {
        "gate": record({}, mode=st.sampled_from(("first", "apart")), risk=numbers(0, 1, 0.2, 0)),
        "shift": numbers(0, 30, 0),
    }
    if ranked:
        optional |= {
            "cut": cut(names, groups, most),
            "round_to": st.sampled_from((1e-6, 1, 10, 30)),
            "awards": tables(("gold", "silver"), st.integers(1, 3), 1),
        }
    if blocks:
        optional["ties"] = some_of(tuple(blocks))
    each = numbers(0, 100, 10)
    pays = dict.fromkeys(("start", "stay"), each | tables((*names, "default"), each, 1))
    if ranked:
        pays["by_rank"] = st.lists(numbers(0, 100, 50), min_size=1, max_size=3)
    optional["pays"] = record({}, **pays)
    return said | draw(record({}, **optional)), result, ranked


@st.composite
def programme(draw, names, groups, compute):
    """Stages one after another, entries between them, the first perhaps known."""
    count, day, has_total, found = draw(st.integers(1, 5)), date(2026, 1, 1), False, {}
    outside = list(names[len(names) - draw(st.integers(0, len(names) // 2)) :]) if count > 1 else []
    soonest = day
    for s in range(count):
        said, day, ranked = draw(stage(names, groups, compute, (day, soonest), has_total))
        soonest = day
        has_total = has_total or ranked
        waiting = outside and (s + 2 == count or draw(st.booleans()))
        if s + 1 < count and (waiting or draw(st.booleans())):
            soonest += timedelta(draw(st.integers(0, 30)))
            said["entry"] = draw(entry(names, outside if waiting else [], soonest))
            outside = [] if waiting else outside
        found[f"s{s + 1}"] = said
    return found


@st.composite
def wide_scenarios(draw):
    """A whole scenario of the wider language: 1 to 8 teams, 1 to 5 stages."""
    compute = draw(st.booleans())
    names = TEAMS[: draw(st.integers(1, len(TEAMS)))]
    team = record({}, effect=numbers(-4, 4, 0, 1), gate_risk=numbers(0, 1, 0, 1))
    field = {name: draw(team) for name in names}
    groups = dict(zip(GROUPS, (list(names[::2]), list(names[1::2])), strict=True))
    if not draw(st.integers(0, 2)) or len(names) < 2:
        groups = {}
    found = {"format": 1, "name": "generated", "as_of": "2025-01-01", "teams": field}
    if groups:
        found["groups"] = groups
    if compute:
        found["hardware"] = {"B200": {"peak": 2250, "mfu": 0.23, "price": draw(numbers(0, 9000, 9500))}}
        found["capability"] = {"carry": draw(numbers(0, 1, 0, 0.5))}
    else:
        found["currency"] = draw(st.sampled_from(("KRW", "USD", "JPY")))
        found["strength"] = draw(record({}, spread=numbers(0, 10, 5), luck=numbers(0, 10, 5, 0)))
    found["judging"] = draw(record({}, follows_strength=numbers(-1, 1, 0.3), lasting=numbers(0, 1, 0.5)))
    found["stages"] = draw(programme(names, tuple(groups), compute))
    return mended({key: value for key, value in found.items() if value != {}})
