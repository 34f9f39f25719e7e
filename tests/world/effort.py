"""Effort, compute kept for later, and tests trained on, for generated scenarios."""

from hypothesis import strategies as st

from tests.generate import numbers, record, some_of

BY_NUMBER = ("keep", "drop")


def add(draw, data):
    """Write `effort`, what teams have of their own, and which tests are public."""
    trains = bool(data.get("hardware"))
    by_compute = {
        "rivals": numbers(0, 0.5, 0.1, 0),
        "saved": numbers(0, 1, 0.3, 0),
        "stakes": numbers(0, 0.9, 0.3, 0),
    }
    keys = by_compute if trains else {}
    effort = draw(record({}, tests=numbers(0, 0.3, 0.03, 0), **keys))
    if "stakes" in effort and not all(map(_is_counted, data["stages"].values())):
        del effort["stakes"]
    if "rivals" in effort and draw(st.booleans()):
        effort["field"] = draw(st.integers(1, 9))
    if effort:
        data["effort"] = effort
    own = {"trains_on_tests": numbers(0, 0.3, 0.03, 0)} | ({"saves": numbers(0, 1, 0.3)} if trains else {})
    for team in draw(some_of(tuple(data["teams"]))):
        data["teams"][team] = {**data["teams"][team], **draw(record({}, **own))}
    for stage in data["stages"].values():
        for block in stage.get("points", {}).values():
            if "spread" not in block:
                _make_public(draw, block)


def _is_counted(stage):
    """Whether the rule of a stage says how many stay."""
    cut = stage.get("cut", {})
    return not cut or any(key in cut for key in BY_NUMBER) or "train" not in stage


def _make_public(draw, block):
    """Say of a benchmark, and of some of its items, whether their tests are public."""
    for part in (block, *block.get("items", {}).values()):
        if isinstance(part, dict) and draw(st.booleans()):
            part["public"] = draw(st.booleans())
