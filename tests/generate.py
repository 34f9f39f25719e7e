"""Whole scenarios for Hypothesis, as the plain data that `sim.scenario.from_data` takes.

Every rule and every kind of number occurs, and the corners: ties, empty fields, gates that nobody passes,
grants that come too late, teams without a GPU (tests/engines/test_generate.py counts them). In every choice
the plain comes first, so that a failing scenario shrinks to one team, one stage and plain numbers.

Strategies are cached: to make one costs Hypothesis more than to draw from it.
"""

import math
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from sim.scenario.models.laws import Poisson
from tests.mended import mended

TEAMS = ("a", "b", "c", "d", "e", "f", "g", "여덟")
HARDWARE = ("B200", "H100", "slow")
KINDS = (
    *("constant", "uniform", "triangular", "weighted", "normal", "lognormal"),
    *("beta", "truncated", "poisson", "shared"),
)


def short(value):
    """The value in a few digits, as a person would write it."""
    return float(f"{value:.6g}")


def grid(low, high):
    """Round values from `low` to `high`; few, so that both ends and equal values are frequent."""
    return [short(low + (high - low) * step / 8) for step in range(9)]


def distribution(kind, ends):
    """A distribution of one kind whose draws all lie between two ends."""
    low, high = ends
    middle = (low + high) / 2
    parameters = {
        "constant": low,
        "uniform": [low, high],
        "triangular": [low, short(middle), high],
        "weighted": {str(low): 1, str(high): 3},
        "normal": [short(middle), short((high - low) / 18)],  # no draw is beyond 8.3 sd
        "beta": [0.7, 2.5, low, high],
        "truncated": {"normal": [high, short((high - low) / 2)], "low": low, "high": high},
    }
    if kind == "lognormal" and middle > 0:
        room = math.log(high / middle) if low <= 0 else min(math.log(high / middle), math.log(middle / low))
        parameters[kind] = [short(middle), short(room / 9)]
    if kind == "shared":
        return {"uniform": parameters["uniform"], "shared": "luck" if high > 1 else "운"}
    if kind == "poisson" and (mean := poisson_mean(low, high)) is not None:
        return {"poisson": mean}
    return {kind: parameters[kind]} if kind in parameters else {"uniform": parameters["uniform"]}


@cache
def poisson_mean(low, high):
    """The greatest of some means whose draws all lie between two ends; None if there is none."""
    means = (0, 0.01, 0.1, 1, 5, 20, 100, 300, 700, 1000, 1500)
    ends = {mean: Poisson(mean=mean).extremes() for mean in means}
    return max((mean for mean, (least, most) in ends.items() if low <= least and most <= high), default=None)


@cache
def distributions(low, high):
    """Any distribution within [low, high]."""
    ends = st.sampled_from(list(combinations(grid(low, high), 2)))
    return st.builds(distribution, st.sampled_from(KINDS), ends)


@cache
def numbers(low, high, *plain):
    """One of the plain numbers, any other from `low` to `high`, or a distribution."""
    return st.sampled_from(plain) | st.sampled_from(grid(low, high)) | distributions(low, high)


def record(required=None, **optional):
    """A block with keys that must be there and keys that may be left out."""
    return st.fixed_dictionaries(required or {}, optional=optional)


@cache
def some_of(names):
    """Some of the names in some order, perhaps none."""
    return st.lists(st.sampled_from(names), unique=True)


@cache
def tables(names, values, least=0):
    """Some of the names with a value each."""
    return st.dictionaries(st.sampled_from(names), values, min_size=least, max_size=len(names))


@cache
def faults(rate):
    """What the programme or a team says of faults; up to `rate` a node and day."""
    return record(
        per_node_day=numbers(0, rate, 0.0062, 0),
        gpus_per_node=numbers(1, 17, 8),
        restart=numbers(0, 120, 30, 0),
        checkpoint=numbers(0, 400, 60, 0),
        interval=st.just("best") | st.just(2) | distributions(0.5, 24.5),
    )


@cache
def team(types):
    """A team without its name."""
    return record(
        {"own": tables(types, numbers(0, 2048, 512))},
        mfu=tables(types, numbers(0, 1, 0.3), 1),
        effect=numbers(-4, 4, 0, 1),
        gate_risk=numbers(0, 1, 0, 1),
        main_run_share=numbers(0, 1, 0.5),
        faults=faults(2.0),
    )


@st.composite
def teams(draw, types):
    """The teams; about half of the fields have equal teams, which tie."""
    names = TEAMS[: draw(st.integers(1, len(TEAMS)))]
    equal = draw(st.none() | team(types))
    return {name: {"name": name} | (draw(team(types)) if equal is None else equal) for name in names}


@cache
@st.composite
def raters(draw, maximum):
    """A few people who rate, the outermost perhaps dropped."""
    trim = draw(st.integers(0, 2))
    return {"n": draw(st.integers(2 * trim + 1, 7)), "sd": draw(numbers(0, maximum / 4, 1)), "trim": trim}


@cache
def item(part, kind, *, rated, against_target, sharing):
    """An item of up to `part` points, without that maximum."""
    noise = {"raters": raters(part)} if rated else {"noise": numbers(0, 4, 1, 0)}
    if against_target:
        return record({"target": numbers(100, 160, 140)}, **noise)
    own = {"spread": numbers(0, 4, 2)} if kind == "spread" else {"per_eci": numbers(-0.5, 1.5, 0.5)}
    if sharing:
        own = {"per_eci_share": numbers(0, 0.5, 0.25)}
    return record(mean=numbers(-part, 2 * part, part / 2), **noise, **own)


@cache
@st.composite
def items(draw, maximum, kind):
    """The parts of a block: none, or some whose maxima sum to the block's."""
    weights = draw(st.lists(st.integers(1, 3), max_size=3))
    parts: dict[str, dict[str, Any]] = {}
    for name, weight in zip("xyz", weights, strict=False):
        part = maximum * weight / sum(weights)
        rated = not draw(st.integers(0, 3))
        against_target = kind == "per_eci" and not draw(st.integers(0, 3))
        # The last item takes what the others leave of the slope.
        sharing = kind == "per_eci" and len(parts) + 1 < len(weights) and draw(st.integers(0, 3)) > 0
        of = item(part, kind, rated=rated, against_target=against_target, sharing=sharing)
        parts[name] = {"max": part, **draw(of)}
    return parts


@cache
def block(maximum, kind, *, rated):
    """A block of up to `maximum` points, without that maximum."""
    optional = {
        "noise": numbers(0, 8, 0, 1),
        "noise_shape": st.sampled_from(("normal", "gumbel-min", "gumbel-max")),
        "rescale": st.sampled_from(("maximum", "leader")),
        "items": items(maximum, kind),
    }
    required = {"mean": numbers(-maximum, 2 * maximum, 0.7 * maximum), kind: numbers(-0.5, 1.5, 0.5, 0)}
    if rated:
        optional["raters"] = raters(maximum)
        optional.pop("noise")
    if kind == "spread":
        required[kind] = numbers(0, 8, 2, 0)
        optional["follows_strength"] = numbers(-1, 1, 0.3, 0)
        optional["lasting"] = numbers(0, 1, 0.5, 0, 1)
    return record(required, **optional)


@cache
@st.composite
def blocks(draw):
    """A block of points."""
    maximum = draw(st.sampled_from((40, 25, 10, 100)))
    kind = draw(st.sampled_from(("per_eci", "spread")))
    return {"max": maximum, **draw(block(maximum, kind, rated=not draw(st.integers(0, 3))))}


@st.composite
def grants(draw, names, types, suppliers, number):
    """One of the rules for grants."""
    rules = ("none", "equal", "shares", "gpus") + (("results",) * 3 if number else ())
    rule = draw(st.sampled_from(rules))
    optional = {"delay": numbers(0, 80, 0, 5, 400), "leftover": st.sampled_from(("returned", "shared"))}
    said = draw(record(**optional))
    if suppliers:
        one = st.sampled_from(suppliers)
        said["supplier"] = draw(one | tables((*names, "default"), one, 1))
    if rule == "none":
        return said
    if rule == "gpus":
        table = tables(types, numbers(0, 2048, 512)) | st.just("none")
        return said | {"gpus": draw(tables((*names, "default"), table, 1))}
    lent = said | {"pool": draw(tables(types, numbers(0, 4096, 1024), 1))}
    if rule == "equal":
        return lent | draw(record({"shares": st.just("equal")}, among=some_of(names)))
    if rule == "results":
        return lent | draw(by_results(names))
    most = short(1 / len(names) - 1e-6)  # so that rounding does not make them more than the pool
    each = numbers(0, most, most) | tables(tuple(lent["pool"]), numbers(0, most, most), 1)
    return lent | {"shares": draw(tables((*names, "default"), each, 1))}


@cache
def by_results(names):
    """Shares of a pool by what the stage before said."""
    places = st.integers(1, len(names)).flatmap(
        lambda n: st.lists(numbers(0, short(1 / n - 1e-6), 0), min_size=n, max_size=n)
    )
    rule = record({"shares": st.sampled_from(("by-score", "winner"))}, among=some_of(names))
    return rule | record({"shares": record({"by_rank": places})})


EXTENSIONS = ({"weighted": {"0": 1, "31": 1}}, {"uniform": [0, 40]}, {"uniform": [0, 40], "shared": "luck"})


@st.composite
def windows(draw, names, first, soonest):
    """A window for all, or one by team, open beyond the day `soonest`; and the last day of all."""

    def one():
        opens = first + timedelta(draw(st.integers(0, 20)))
        return opens, max(opens + timedelta(draw(st.integers(0, 200))), soonest + timedelta(1))

    by_team = {"default": one()}
    if not draw(st.sampled_from((1, 2, 3, 0))):
        by_team |= {t: one() for t in draw(some_of(names))}
    # One window of a stage at most may be extended: that of all, or the default.
    longer = draw(st.sampled_from((*[None] * 8, 31, 0, *EXTENSIONS)))
    last = max(b for _, b in by_team.values()) + timedelta(0 if longer is None else 40)
    written: dict[str, Any] = {t: f"{a} to {b}" for t, (a, b) in by_team.items()}
    if longer is not None:
        opens, closes = by_team["default"]
        written["default"] = {"first": f"{opens}", "last": f"{closes}", "extension": longer}
    return (written if len(written) > 1 else written["default"]), last


@st.composite
def stages(draw, field, types, points, after, soonest, number):
    """A stage whose windows open after the day `after` and close after `soonest`; and its last day."""
    names, suppliers = field
    train, last = draw(windows(names, after + timedelta(draw(st.integers(1, 30))), soonest))
    scored = draw(st.sampled_from(points))
    most = sum(block["max"] for block in scored.values())
    evaluated = last + timedelta(draw(st.integers(0, 10)))
    result = evaluated + timedelta(draw(st.integers(0, 20)))
    dates = {"train": train, "evaluated": f"{evaluated}", "result": f"{result}"}
    lent = draw(grants(names, types, suppliers, number))
    optional = draw(rules(names, types, tuple(scored), most))
    return result, dates | {"grants": lent, "points": scored} | optional


@cache
def rules(names, types, scored, most):
    """What a stage may say beside its windows, points and grants; `most` is the sum of the maxima."""
    beyond = len(names) + 1
    limit = st.integers(0, beyond) | st.integers(1, max(1, beyond // 2)) | distributions(0, beyond)
    by_number = record({"keep": limit}) | record({"drop": limit})
    least = record(
        {"minimum": numbers(short(0.65 * most), short(0.75 * most), short(0.7 * most), short(0.72 * most))}
    )
    both = st.builds(dict.__or__, by_number, least)
    cut = by_number | both | both | least
    return record(
        reference_compute=st.sampled_from((1.5e24, 1e23, 1e25)),
        round_to=st.sampled_from((1e-6, 0.01, 1, 10, 20, 1000)),
        gate=record(mode=st.sampled_from(("first", "apart")), risk=numbers(0, 1, 0.05, 0, 1)),
        cut=cut,
        ties=some_of(scored),
        shift=numbers(0, 60, 0, 30),
        own=tables((*names, "default"), tables(types, numbers(0, 2048, 512)) | st.just("none")),
    )


@cache
def choosing():
    """How an entry chooses among its candidates."""
    score = {
        "mean": numbers(0, 100, 70),
        "spread": numbers(0, 20, 10, 0),
        "follows_strength": numbers(-1, 1, 0.3, 0),
    }
    panel = record(**score) | record({"minimum": numbers(60, 100, 75, 80, 90)}, **score)
    limit = record({"when_fewer_than": st.sampled_from((8, 1, 2, 3, 1, 2))})
    several = record(places=st.sampled_from((2, 3)))
    judged = record({"panel": panel, "places": st.sampled_from((1, 3, 2))})
    return st.builds(dict.__or__, st.just({}) | limit, several | judged)


@st.composite
def entry(draw, candidates, decided):
    """An entry decided within two months of the result; the next window closes later (see `programme`)."""
    day = decided + timedelta(draw(st.integers(0, 60)))
    return {"day": f"{day}", "candidates": candidates} | draw(choosing())


@st.composite
def programme(draw, names, types, suppliers):
    """The stages; those who are no candidates of an entry are there from the start."""
    points = draw(st.lists(tables("pqr", blocks(), 1), min_size=1, max_size=2))
    count, decided, found = draw(st.integers(1, 6)), date(2026, 1, 1), {}
    outside = list(names[len(names) - draw(st.integers(0, len(names) // 2)) :]) if count > 1 else []
    known = draw(st.sampled_from((0, 0, 0, count - 1, 1)))
    ends = draw(st.sampled_from((*[count] * 6, *range(known, count))))  # the first stage that is not held
    present, soonest = set(names) - set(outside), decided
    for s in range(count):
        decided, stage = draw(
            stages((names, suppliers), types, points, decided, soonest, s if s > known else 0)
        )
        soonest = decided
        if s == ends:
            stage["held"] = False
        if s < known:
            stage["happened"] = draw(happened(stage, sorted(present)))
            present -= set(stage["happened"])
        if s + 1 < count and outside and (s + 2 == count or not draw(st.integers(0, 2))):
            stage["entry"], outside = draw(entry(outside, decided)), []
            soonest = date.fromisoformat(stage["entry"]["day"])
            if s < known:
                stage["entry"]["happened"] = draw(came_in(stage["entry"], len(present)))
                present |= (
                    set(stage["entry"]["happened"]) if stage["entry"]["happened"] != "nobody" else set()
                )
        found[f"s{s + 1}"] = stage
    return found


@st.composite
def came_in(draw, rules, remain):
    """Who entered, where that is known."""
    closed = remain >= rules.get("when_fewer_than", remain + 1)
    names = draw(some_of(tuple(rules["candidates"])))[: rules.get("places", 1)]
    return names if names and not closed else "nobody"


@st.composite
def happened(draw, stage, present):
    """A known result that the rules of the stage allow."""
    ways = ["out-by-points"] * bool(stage.get("cut")) + ["out-at-gate"] * ("gate" in stage)
    if not ways:
        return {}
    return draw(st.dictionaries(st.sampled_from(present), st.sampled_from(ways))) if present else {}


@st.composite
def supplier(draw):
    """A supplier, late at times and slow for some days."""
    slow = {}
    for name in "xy"[: draw(st.sampled_from((0, 2, 1)))]:
        starts = date(2026, 1, 1) + timedelta(draw(st.integers(0, 200)))
        slow[name] = {
            "starts": f"{starts}",
            "days": draw(numbers(0, 400, 30, 0, 100)),
            "speed": draw(numbers(0, 1, 0.5, 0)),
        }
    return draw(record(delay=numbers(0, 60, 0, 10))) | {"slow": slow}


GPU = record({"peak": numbers(100, 2500, 1000), "mfu": numbers(0, 1, 0.25)}, price=numbers(0, 9600, 9500))
NO_LUCK = {"team_spread": st.just(0), "stage_spread": st.just(0)}
STRENGTH = {
    "level": numbers(120, 150, 133.6),
    "reference_compute": numbers(1e23, 1e25, 1.5e24),
    "per_tenfold_compute": numbers(0, 9, 5.7, 0),
    "progress_per_year": numbers(-4, 12, 8.9),
    "carry": numbers(0, 1, 0, 1),
}
SCIENCE = record(
    capability=record(team_spread=numbers(0, 5, 2.5), stage_spread=numbers(0, 6, 4), **STRENGTH)
    | record(NO_LUCK, **STRENGTH),
    frontier=record(level=numbers(140, 160, 150), growth_per_year=numbers(1, 17, 15.5)),
    judging=record(
        follows_strength=numbers(-1, 1, 0.3, 0), lasting=numbers(0, 1, 0.5, 1), agree=numbers(0, 1, 0, 0.5)
    ),
    training=record(main_run_share=numbers(0, 1, 0.5)),
    faults=faults(0.5),
)


@st.composite
def scenarios(draw):
    """A whole scenario: 1 to 8 teams, 1 to 6 stages, 1 to 3 types of hardware, 0 to 2 suppliers."""
    types = HARDWARE[: draw(st.integers(1, len(HARDWARE)))]
    field = draw(teams(types))
    suppliers = {name: draw(supplier()) for name in ("lease", "other")[: draw(st.sampled_from((0, 2, 1)))]}
    stages = draw(programme(tuple(field), types, tuple(suppliers)))
    head = {"format": 1, "name": "generated", "as_of": "2040-01-01"}
    body = {"hardware": {name: draw(GPU) for name in types}, "teams": field, "stages": stages}
    if suppliers:
        body["suppliers"] = suppliers
    return mended(head | body | {name: block for name, block in draw(SCIENCE).items() if block})
