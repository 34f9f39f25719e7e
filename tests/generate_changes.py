"""Generated changes of a scenario, most of them of its stages, that leave it valid."""

from contextlib import suppress
from datetime import date, timedelta

from hypothesis import strategies as st

from sim.scenario import from_data
from sim.scenario.problems import ScenarioError

_SAYING_NOTHING = {"name", "source", "confidence", "guess"}


def leaves(data, at=()):
    """(path, value) of everything in plain data that holds nothing else, in the order of the file."""
    if not isinstance(data, (dict, list)) or not data:
        yield at, data
        return
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if key not in _SAYING_NOTHING:
            yield from leaves(value, (*at, key))


def branches(data, at=()):
    """Paths of every key of plain data, of those that hold others too."""
    for key, value in data.items() if isinstance(data, dict) else ():
        yield (*at, key)
        yield from branches(value, (*at, key))


@st.composite
def changed(draw, scenario, where="stages"):
    """The scenario with other values, most of them `where`: those of four that leave it valid."""
    for _ in range(4):
        data = scenario.resolved()
        inside = draw(st.integers(0, 19)) > 0
        _change(draw, data, where if inside else draw(st.sampled_from(sorted(data))))
        with suppress(ScenarioError):
            scenario = from_data(data)
    return scenario


def _change(draw, data, part):
    whole = {part: data.get(part)}
    kind = draw(st.integers(0, 7))
    if kind == 0:
        path = draw(st.sampled_from(list(branches(whole))))
        if len(path) > 1 and path[0] in data:
            del _parent(data, path)[path[-1]]
    elif kind == 1 and part == "stages" and data.get("stages"):
        data["stages"][draw(st.sampled_from(list(data["stages"])))]["held"] = draw(st.booleans())
    elif kind == 2 and data.get(part):  # what a scenario leaves out has no order
        _turn(data, draw(st.sampled_from(list(branches(whole)))))
    elif found := list(leaves(whole)):
        path, value = draw(st.sampled_from(found))
        _parent(data, path)[path[-1]] = _another(draw, value)


def _turn(data, path):
    """Put a table's keys in the other order."""
    value = _parent(data, path).get(path[-1])
    if isinstance(value, dict):
        _parent(data, path)[path[-1]] = dict(reversed(value.items()))


def _parent(data, path):
    for key in path[:-1]:
        data = data[key]
    return data


def _another(draw, value):
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        others = {0, 1, 2, value + 1, value * 2, value / 2, value * 0.9} - {value}
        return draw(st.sampled_from(sorted(others)))
    if isinstance(value, str):
        try:
            return str(date.fromisoformat(value) + timedelta(draw(st.integers(-9, 30))))
        except ValueError:
            return draw(st.sampled_from(("equal", "winner", "by-score", "shared", "apart", "first", value)))
    return value
