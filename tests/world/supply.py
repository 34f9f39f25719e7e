"""Supplies that arrive over time, for generated scenarios."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tests.generate import numbers, record, some_of, tables

NAMES = ("state", "uniform")  # an id may be the name of a law


def add(draw, data):
    """Let one or two supplies arrive around the windows of the programme, and some stages lend them."""
    windows = {s: stage for s, stage in data["stages"].items() if "train" in stage}
    if "hardware" not in data or not windows:
        return
    names = NAMES[: draw(st.integers(1, 2))]
    first = min(_days(stage)[0] for stage in windows.values())
    last = max(_days(stage)[1] for stage in windows.values())
    data["supply"] = {name: draw(supply(tuple(data["hardware"]), first, last)) for name in names}
    lending = draw(st.sets(st.sampled_from(sorted(windows)), min_size=1))
    has_total, known = False, False
    for s, stage in data["stages"].items():
        if s in lending:
            by_results = has_total and not known
            stage.setdefault("grants", {})
            stage["grants"]["supply"] = draw(lent(tuple(data["teams"]), data, names, by_results))
        if stage.get("points") or "points_carried" in stage:
            has_total, known = True, "happened" in stage


def _days(stage):
    """The first and the last day of a stage's windows."""
    train = stage["train"]
    if not isinstance(train, str):
        train = next(iter(train.values())) if "first" not in train else train
    if not isinstance(train, str):
        return date.fromisoformat(train["first"]), date.fromisoformat(train["last"])
    one, _, other = train.split()
    return date.fromisoformat(one), date.fromisoformat(other)


@st.composite
def supply(draw, types, first, last):
    """A supply of one to three tranches."""
    early = st.dates(first - timedelta(20), first + (last - first) // 2)
    days = (early | early | st.dates(first, max(last, first) + timedelta(20))).map(str)
    tranche = record(
        {"gpus": tables(types, numbers(0, 4096, 1024), 1), "day": days},
        late=numbers(0, 90, 0, 30),
        chance=numbers(0, 1, 0.5, 1, 0),
    )
    said = {"part": draw(numbers(0, 1, 0.5, 1)), "tranches": draw(tables("xyz", tranche, 1))}
    if draw(st.sampled_from((0, 1, 1))):
        latest = max(date.fromisoformat(each["day"]) for each in said["tranches"].values())
        said["until"] = str(latest + timedelta(draw(st.integers(0, 60))))
    turns = record({"hours_a_day": numbers(0, 24, 8, 24)}) | record({"days_a_month": numbers(0, 30, 10)})
    return said | draw(record({}) | record({}) | turns)


@st.composite
def lent(draw, teams, data, names, by_results):
    """A rule by which a stage lends supplies."""
    of = draw(st.permutations(names).map(list) | st.just(names[0]))
    said = {"of": of} | draw(record({}, leftover=st.sampled_from(("returned", "shared"))))
    types = tuple(data["hardware"])
    rule = draw(st.sampled_from(("equal", "gpus", "shares", *(["results"] * by_results * 2))))
    if rule == "equal":
        return said | draw(record({"shares": st.just("equal")}, among=some_of(teams)))
    if rule == "gpus":
        table = tables(types, numbers(0, 2048, 512)) | st.just("none")
        return said | {"gpus": draw(tables((*teams, "default"), table, 1))}
    each = numbers(0, 0.12, 0.1) | tables(types, numbers(0, 0.12, 0.1), 1)  # of at most eight teams
    if rule == "shares":
        return said | {"shares": draw(tables((*teams, "default"), each, 1))}
    places = st.just({"by_rank": [0.5, 0.3]}) | st.just({"by_rank": [{"uniform": [0, 1]}]})
    return said | {"shares": draw(st.sampled_from(("by-score", "winner")) | places)}
