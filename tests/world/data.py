"""Data that come late, budgets for them, and people, for generated scenarios."""

from hypothesis import strategies as st

from tests.generate import numbers, record, some_of, tables


def add(draw, data):
    """Write `data` and `talent` where models are trained on hardware."""
    if not data.get("hardware"):
        return
    teams, trained = tuple(data["teams"]), [s for s, stage in data["stages"].items() if "train" in stage]
    days, money = numbers(0, 80, 7, 0), numbers(0, 80, 28, 0)
    said = record(
        {},
        access_delay=days | tables((*trained, "default"), days, 1),
        kind=st.sampled_from(("shortens", "shifts")),
        joint=numbers(8, 80, 16),
        own=money | tables((*teams, "default"), money, 1),
    )
    block = draw(said)
    if "joint" in block and draw(st.booleans()):
        block |= {"reference": 50, "per_tenfold": draw(numbers(-2, 2, 1))}
    if block:
        data["data"] = block
    if draw(st.booleans()):
        data["talent"] = {
            "per_tenfold": draw(numbers(-2, 2, 1)),
            **draw(record({}, reference=numbers(1, 801, 101))),
        }
    for team in draw(some_of(teams)):
        data["teams"][team] = {**data["teams"][team], "people": draw(numbers(1, 801, 31))}
