"""Quiet scenarios in a few words, luck to order, and the z-test: for tests of every package.

In a quiet scenario nothing happens by itself: no faults, no luck, no progress, and every team that holds
`GPUS` for the `DAYS` of a stage has exactly the reference strength plus its own effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import repeat
from math import sqrt
from typing import Any

import numpy as np
import pytest

from sim.engines import batch, event
from sim.model.draws import Draws, Key
from sim.scenario import Scenario, from_data

GPUS, DAYS = 100.0, 100
FLOP_OF_A_GPU_DAY = 1000e12 * 0.5 * 86_400  # 1000 TFLOP/s at MFU 0.5
REFERENCE = GPUS * DAYS * FLOP_OF_A_GPU_DAY

QUIET: dict[str, Any] = {
    "capability": {
        "level": 100.0,
        "reference_compute": REFERENCE,
        "progress_per_year": 0.0,
        "per_tenfold_compute": 5.0,
        "team_spread": 0.0,
        "stage_spread": 0.0,
    },
    "training": {"main_run_share": 1.0},
    "faults": {"per_node_day": 0.0},
}

Play = Any
"""What plays, of an engine: `play_batch` or `play_events`."""

both_engines = pytest.mark.parametrize("play", [batch.play_batch, event.play_events], ids=["batch", "event"])

both_engines_often = pytest.mark.parametrize(
    ("play", "size"), [(batch.play_batch, 200_000), (event.play_events, 3_000)], ids=["batch", "event"]
)
"""Each engine with as many replications as it plays in a second or two."""


def stage(number: int, points: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Stage `number` (from 1): `DAYS` days of training, `GPUS` lent to each team unless said otherwise."""
    first = date(2026, 1, 1) + timedelta(days=(number - 1) * (DAYS + 10))
    last = first + timedelta(days=DAYS - 1)
    return {
        "train": f"{first} to {last}",
        "result": str(last),
        "grants": {"gpus": {"default": {"B200": GPUS}}},
        "points": dict(points),
        **more,
    }


def quiet(
    teams: Mapping[str, Mapping[str, Any]], stages: Sequence[Mapping[str, Any]], **more: Any
) -> Scenario:
    """A quiet scenario; `more` is laid over its blocks, key by key. Stages are s1, s2, and so on."""
    return from_data(quiet_data(teams, stages, **more))


def quiet_data(
    teams: Mapping[str, Mapping[str, Any]], stages: Sequence[Mapping[str, Any]], **more: Any
) -> dict[str, Any]:
    """The data of a quiet scenario."""
    blocks = {name: {**QUIET.get(name, {}), **block} for name, block in {**QUIET, **more}.items()}
    return {
        "format": 1,
        "name": "A test",
        "as_of": "2040-01-01",
        "hardware": {"B200": {"peak": 1000.0, "mfu": 0.5}},
        "teams": {t: {"name": t, **team} for t, team in teams.items()},
        "stages": {f"s{n}": dict(s) for n, s in enumerate(stages, start=1)},
        **blocks,
    }


class Script:
    """Luck to order: for each key the uniform that is named, 0.5 for all others."""

    def __init__(self, uniforms: Mapping[Key, float]) -> None:
        self.uniforms = uniforms
        self.asked: list[Key] = []

    def columns(self, keys: Sequence[Key], start: int, stop: int) -> Any:
        self.asked += keys
        return np.array([[self.uniforms.get(key, 0.5)] * (stop - start) for key in keys])

    def sequence(self, key: Key, index: int) -> Iterator[float]:
        return repeat(self.uniforms.get(key, 0.5))


def played(play: Play, scenario: Scenario, size: int, seed: int = 20260115) -> Any:
    """Outcomes of the first `size` replications."""
    return play(scenario, Draws(seed), 0, size)


def z_score(count: Any, of: Any, chance: Any) -> Any:
    """Standard errors between a count and what is expected; the error is that of the expected chance."""
    chance = np.asarray(chance, dtype=float)
    return (np.asarray(count) / of - chance) / np.sqrt(chance * (1 - chance) / of)


def assert_chances(hits: Any, chances: Any) -> None:
    """Each column of `hits` (replications, cells) is true as often as `chances` say, to 4 standard errors."""
    hits = np.asarray(hits)
    z = z_score(hits.sum(axis=0), len(hits), chances)
    assert np.all(np.abs(z) <= 4), f"z-scores {z}"


def assert_mean(values: Any, mean: float, sd: float) -> None:
    """The mean of independent values is within 4 standard errors of `mean`; `sd` is the expected one."""
    z = (np.mean(values) - mean) / (sd / sqrt(np.size(values)))
    assert abs(z) <= 4, f"z-score {z}"


def assert_sd(values: Any, sd: float, kurtosis: float = 3.0) -> None:
    """The spread of independent values is within 4 standard errors of `sd`; the normal law has kurtosis 3."""
    values = np.asarray(values)
    z = (np.std(values) / sd - 1) / sqrt((kurtosis - 1) / (4 * values.size))
    assert abs(z) <= 4, f"z-score {z}"
