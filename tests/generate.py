"""Whole scenarios for Hypothesis, as the plain data that `sim.scenario.from_data` takes.

Every rule and every kind of number occurs, and the corners: ties, empty fields, gates that nobody passes,
grants that come too late, teams without a GPU (tests/engines/test_generate.py counts them). In every choice
the plain comes first, so that a failing scenario shrinks to one team, one stage and plain numbers.
"""

import math
from datetime import date, timedelta
from functools import cache
from itertools import combinations

from hypothesis import strategies as st

TEAMS = ("a", "b", "c", "d", "e", "f", "g", "여덟")
HARDWARE = ("B200", "H100", "slow")
KINDS = ("constant", "uniform", "triangular", "weighted", "normal", "lognormal")


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
    }
    if kind == "lognormal" and middle > 0:
        room = math.log(high / middle) if low <= 0 else min(math.log(high / middle), math.log(middle / low))
        parameters[kind] = [short(middle), short(room / 9)]
    return {kind: parameters[kind]} if kind in parameters else {"uniform": parameters["uniform"]}


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


def some_of(names):
    """Some of the names in some order, perhaps none."""
    return st.lists(st.sampled_from(names), unique=True)


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


@st.composite
def teams(draw, types):
    """The teams; about half of the fields have equal teams, which tie."""
    names = TEAMS[: draw(st.integers(1, len(TEAMS)))]
    team = record(
        {"own": tables(types, numbers(0, 2048, 512))},
        mfu=tables(types, numbers(0, 1, 0.3), 1),
        effect=numbers(-4, 4, 0, 1),
        gate_risk=numbers(0, 1, 0, 1),
        main_run_share=numbers(0, 1, 0.5),
        faults=faults(2.0),
    )
    equal = draw(st.none() | team)
    return {name: {"name": name} | (draw(team) if equal is None else equal) for name in names}


@st.composite
def items(draw, maximum, kind):
    """The parts of a block: none, or some whose maxima sum to the block's."""
    weights, parts = draw(st.lists(st.integers(1, 3), max_size=3)), {}
    for name, weight in zip("xyz", weights, strict=False):
        part = maximum * weight / sum(weights)
        own = {"spread": numbers(0, 4, 2)} if kind == "spread" else {"per_eci": numbers(-0.5, 1.5, 0.5)}
        item = record(mean=numbers(-part, 2 * part, part / 2), noise=numbers(0, 4, 1, 0), **own)
        parts[name] = {"max": part, **draw(item)}
    return parts


@st.composite
def blocks(draw):
    """A block of points."""
    maximum = draw(st.sampled_from((40, 25, 10, 100)))
    kind = draw(st.sampled_from(("per_eci", "spread")))
    optional = {
        "noise": numbers(0, 8, 0, 1),
        "noise_shape": st.sampled_from(("normal", "gumbel-min", "gumbel-max")),
        "rescale": st.sampled_from(("none", "leader")),
        "items": items(maximum, kind),
    }
    required = {"mean": numbers(-maximum, 2 * maximum, 0.7 * maximum), kind: numbers(-0.5, 1.5, 0.5, 0)}
    if kind == "spread":
        required[kind] = numbers(0, 8, 2, 0)
        optional["follows_strength"] = numbers(-1, 1, 0.3, 0)
    return {"max": maximum, **draw(record(required, **optional))}


@st.composite
def grants(draw, names, types):
    """One of the rules for grants."""
    rule = draw(st.sampled_from(("none", "equal", "shares", "gpus")))
    delay = draw(record(delay=numbers(0, 80, 0, 5, 400)))
    if rule == "none":
        return delay
    if rule == "gpus":
        table = tables(types, numbers(0, 2048, 512)) | st.just("none")
        return delay | {"gpus": draw(tables((*names, "default"), table, 1))}
    lent = delay | {"pool": draw(tables(types, numbers(0, 4096, 1024), 1))}
    if rule == "equal":
        return lent | draw(record({"shares": st.just("equal")}, among=some_of(names)))
    most = short(1 / len(names) - 1e-6)  # so that rounding does not make them more than the pool
    each = numbers(0, most, most) | tables(list(lent["pool"]), numbers(0, most, most), 1)
    return lent | {"shares": draw(tables((*names, "default"), each, 1))}


@st.composite
def stages(draw, names, types, points, after):
    """A stage whose window opens after the day `after`."""
    first = after + timedelta(draw(st.integers(1, 30)))
    last = first + timedelta(draw(st.integers(0, 200)))
    scored = draw(st.sampled_from(points))
    limit = st.integers(0, len(names) + 1) | distributions(0, len(names) + 1)
    optional = record(
        reference_compute=st.sampled_from((1.5e24, 1e23, 1e25)),
        round_to=st.sampled_from((1e-6, 0.01, 1, 10, 1000)),
        gate=record(mode=st.sampled_from(("first", "apart")), risk=numbers(0, 1, 0.05, 0, 1)),
        cut=record({"keep": limit}) | record({"drop": limit}),
        ties=some_of(list(scored)),
    )
    result = last + timedelta(draw(st.integers(0, 20)))
    dates = {"train": f"{first} to {last}", "result": f"{result}"}
    return result, dates | {"grants": draw(grants(names, types)), "points": scored} | draw(optional)


GPU = record({"peak": numbers(100, 2500, 1000), "mfu": numbers(0, 1, 0.25)}, price=numbers(0, 9600, 9500))
NO_LUCK = {"team_spread": st.just(0), "stage_spread": st.just(0)}
STRENGTH = {
    "level": numbers(120, 150, 133.6),
    "reference_compute": numbers(1e23, 1e25, 1.5e24),
    "per_tenfold_compute": numbers(0, 9, 5.7, 0),
    "progress_per_year": numbers(-4, 12, 8.9),
    "carry": numbers(0, 1, 0, 1),
}
SCIENCE = {
    "capability": record(team_spread=numbers(0, 5, 2.5), stage_spread=numbers(0, 6, 4), **STRENGTH)
    | record(NO_LUCK, **STRENGTH),
    "frontier": record(level=numbers(140, 160, 150), growth_per_year=numbers(1, 17, 15.5)),
    "judging": record(follows_strength=numbers(-1, 1, 0.3, 0)),
    "training": record(main_run_share=numbers(0, 1, 0.5)),
    "faults": faults(0.5),
}


@st.composite
def scenarios(draw):
    """A whole scenario: 1 to 8 teams, 1 to 6 stages, 1 to 3 types of hardware."""
    types = HARDWARE[: draw(st.integers(1, len(HARDWARE)))]
    field = draw(teams(types))
    points = draw(st.lists(tables("pqr", blocks(), 1), min_size=1, max_size=2))
    programme, day = {}, date(2026, 1, 1)
    for s in range(draw(st.integers(1, 6))):
        day, programme[f"s{s + 1}"] = draw(stages(tuple(field), types, points, day))
    head = {"format": 1, "name": "generated", "as_of": "2026-01-01"}
    body = {"hardware": {name: draw(GPU) for name in types}, "teams": field, "stages": programme}
    return head | body | {name: block for name, block in draw(record(SCIENCE)).items() if block}
