"""Luck of points is put into memory that nobody has cleared: every number of it has to be written."""

from typing import Any

import numpy as np
import pytest

from sim.engines.inputs import prepare
from sim.model.draws import Draws
from tests.helpers import quiet, stage

ITEMS = {"plain": 10, "noisy": {"max": 10, "noise": 1.0}, "rated": {"max": 20, "raters": {"n": 5, "sd": 2}}}
BLOCKS: dict[str, dict[str, Any]] = {
    "nothing is noisy": {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 0}},
    "some items are": {"exam": {"max": 40, "mean": 20, "per_eci": 0.5, "noise": 0, "items": ITEMS}},
    "judged": {"jury": {"max": 40, "mean": 20, "spread": 2, "noise": 0}},
}


def littered(shape, dtype=float, **more):
    """Memory in which something stands."""
    return np.full(shape, 7, dtype=dtype, **more)


@pytest.mark.parametrize("name", BLOCKS)
def test_every_number_of_luck_is_written(monkeypatch, name):
    scenario = quiet({"a": {}, "b": {}}, [stage(1, BLOCKS[name])])
    expected = prepare(scenario, Draws(1), 0, 9).stages[0].scoring.blocks[0].luck.copy()
    monkeypatch.setattr(np, "empty", littered)
    assert np.array_equal(prepare(scenario, Draws(1), 0, 9).stages[0].scoring.blocks[0].luck, expected)


def test_without_noise_luck_is_the_mean():
    scenario = quiet({"a": {}, "b": {}}, [stage(1, BLOCKS["nothing is noisy"])])
    assert np.all(prepare(scenario, Draws(1), 0, 9).stages[0].scoring.blocks[0].luck == 20.0)
