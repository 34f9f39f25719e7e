"""Adds models that teams begin from to generated scenarios."""

from hypothesis import strategies as st

from tests.generate import numbers, record, some_of

KINDS = ("open", "continued")


def add(draw, data):
    """Let some teams begin from models that are there, for good or at a stage, some of which close."""
    if not data.get("hardware"):
        return
    each = data.get("faults", {}).get("mode") == "each"
    data["openness"] = {kind: draw(base(each)) for kind in KINDS}
    names, kind = tuple(data["teams"]), st.sampled_from((*KINDS, "scratch"))
    for team in draw(some_of(names)) or names[:1]:
        data["teams"][team]["base"] = draw(kind)
    for stage in data["stages"].values():
        if not draw(st.integers(0, 3)):
            stage["base"] = draw(st.dictionaries(st.sampled_from((*names, "default")), kind, min_size=1))


@st.composite
def base(draw, each):
    """What it does to begin from a model; with faults one by one none closes."""
    said = {"compute": draw(numbers(0.5, 8.5, 3, 1))}
    said |= draw(record({}, gate_risk=numbers(0, 1, 0.5, 1), leak=numbers(0, 1e9, 1e8)))
    if each or not draw(st.integers(0, 2)):
        return said
    first = f"{draw(st.integers(2025, 2027))}-{draw(st.integers(1, 12)):02}-01"
    day = {"earliest": first} | draw(record({}, after=numbers(0, 600, 0, 90), chance=numbers(0, 1, 0.5, 1)))
    return said | {"closes": day} | draw(record({}, delay=numbers(0, 200, 30, 0)))
