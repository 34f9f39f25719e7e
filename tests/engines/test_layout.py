"""How arrays of a block lie in memory: replications side by side, or NumPy takes several times as long.

Nothing is timed: one array that lies the other way round makes all that come of it do so, too.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from sim.engines.replay import play_course
from sim.model.draws import Draws
from sim.scenario import load

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
SIZE = 100


def arrays(name, value) -> Iterator[tuple[str, np.ndarray]]:
    """Every array in a record, a tuple or a named tuple, with the path to it."""
    if isinstance(value, np.ndarray):
        yield name, value
    elif is_dataclass(value):
        for field in fields(value):
            yield from arrays(f"{name}.{field.name}", getattr(value, field.name))
    elif isinstance(value, tuple):
        for part, each in zip(getattr(value, "_fields", range(len(value))), value, strict=True):
            yield from arrays(f"{name}.{part}", each)


@pytest.mark.parametrize("name", ["k-ai-2025-plan", "k-ai", "late-gpus", "minimal", "fault-tolerance"])
def test_replications_lie_side_by_side(name):
    scenario = load(SCENARIOS / f"{name}.yaml").from_start()
    course = play_course(scenario, Draws(1), 0, SIZE)
    found = [*arrays("inputs", course.inputs), *arrays("played", course.stages)]
    large = [(path, array) for path, array in found if array.ndim > 1 and array.shape[0] == SIZE]
    across = [path for path, array in large if array.strides[0] != array.itemsize]
    # What nobody is paid or awarded is all zeros, and made at no cost.
    assert [path for path in across if path.rpartition(".")[2] not in ("paid", "budget_used", "award")] == []
    assert len(large) > 20
