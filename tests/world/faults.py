"""What generated scenarios say of recovery: detection, going on, spares, repair, bad nodes, slow storage."""

from functools import cache

from hypothesis import strategies as st

from tests.generate import numbers, record


@cache
def recovery():
    """What a programme or a team does about faults; something at least."""
    bad_nodes = record({"shape": numbers(0.05, 4, 0.13, 1)}, replaced=numbers(0, 1, 0, 0.05))
    storage = st.fixed_dictionaries(
        {"chance": numbers(0, 1, 0.5, 1), "days": numbers(0, 200, 5), "speed": numbers(0, 1, 0.1, 0)}
    )
    return record(
        detection=numbers(0, 90, 10, 0),
        on_fault=st.sampled_from(("stop", "go-on")),
        regroup=numbers(0, 30, 1, 0),
        repair=numbers(0, 100, 24, 0),
        spares=numbers(0, 9, 0, 1),
        bad_nodes=bad_nodes,
        storage=storage,
    ).filter(bool)


def add(draw, data):
    """Say what is done about faults: of all, of a team, or both."""
    if not data.get("hardware"):
        return
    where = draw(st.integers(0, 2))
    if where != 1:
        data["faults"] = data.get("faults", {}) | draw(recovery())
    if where:
        team = data["teams"][draw(st.sampled_from(sorted(data["teams"])))]
        team["faults"] = team.get("faults", {}) | draw(recovery())
