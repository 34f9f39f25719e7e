"""What is in points of a block is known to be, whatever key the language gets."""

from sim.scenario.language.catalogue import keys
from sim.scenario.weights import _IN_POINTS

POINTS = ("stages", "*", "points", "*")


def test_every_key_in_points_of_a_block_grows_with_its_weight():
    of_blocks = [key.path[len(POINTS) :] for key in keys() if key.path[:4] == POINTS and in_points(key.unit)]
    assert ("max",) in of_blocks
    assert ("efficiency", "per_halving") in of_blocks
    left = [path for path in of_blocks if path[-1] not in _IN_POINTS and "rewards" not in path]
    assert left == []


def in_points(unit):
    return unit is not None and unit.startswith("points")
