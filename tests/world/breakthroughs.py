"""Adds research that bends scaling to generated scenarios."""

from hypothesis import strategies as st

from tests.generate import numbers, record


def add(draw, data):
    """Write one or two breakthroughs, early and late ones, into a scenario in which models are trained."""
    names = tuple(data["teams"])
    if not data.get("hardware"):
        return
    trained = [s for s, stage in data["stages"].items() if stage.get("train")]
    if not trained:
        return
    ids = draw(st.sampled_from((("hub",), ("hub", "로봇"))))
    data["breakthroughs"] = {name: draw(breakthrough(names)) for name in ids}


@st.composite
def breakthrough(draw, names):
    """One breakthrough, with at least one thing that it changes."""
    year = draw(st.integers(2025, 2027))
    day = {"earliest": f"{year}-{draw(st.integers(1, 12)):02}-01"}
    day |= draw(record({}, after=numbers(0, 600, 0, 120), chance=numbers(0, 1, 0.5, 1)))
    effects = record(
        {},
        efficiency=numbers(0.5, 8.5, 2, 1),
        slope=numbers(0, 4, 1),
        level=numbers(-2, 6, 3),
        frontier=numbers(0, 4, 1),
    )
    said = {"day": day, **draw(effects.filter(bool)), **draw(record({}, adoption=numbers(0, 240, 60)))}
    if draw(st.booleans()):
        said["teams"] = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        said |= draw(record({}, others_after=numbers(0, 400, 180, 0)))
    return said
