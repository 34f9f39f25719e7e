"""Calibration on few programmes, and that it can fail; all of it: `python -m tests.forecast.calibration`."""

import numpy as np
import pytest

from sim.engines import batch
from sim.forecast.island import Effort
from sim.forecast.prior import with_free_means
from sim.forecast.rows import evidence
from sim.model.draws import Draws, Particles, PastSource
from tests.forecast import calibration
from tests.forecast.synthetic import BLOCKS, PARTS, TEAMS, draw, published, scenario_of

EFFORT = Effort(islands=1, particles=100, lines=200, singles=100, numbers=40)


@pytest.fixture(scope="module")
def programmes():
    return [draw(np.random.default_rng([1, number])) for number in range(12)]


def test_the_engine_gives_the_points_of_a_synthetic_programme(programmes):
    """How points come about was written down twice."""
    for programme in programmes:
        facts, last = published(programme)
        held = {key: np.array([u]) for key, u in programme.uniforms.items()}
        free = with_free_means(scenario_of(facts, last))
        stages = batch.play_batch(free, PastSource(Draws(1), Particles(held)), 0, 1).stages
        for (stage_id, blocks), outcome in zip(BLOCKS.items(), stages[:2], strict=True):
            for b, block in enumerate(blocks):
                np.testing.assert_allclose(
                    outcome.points[0, b], programme.of(stage_id, block), rtol=0, atol=1e-9
                )


def test_what_is_published_holds_of_the_programme_in_one_way(programmes):
    """Facts are cells: of all that can be published of points, just one thing is true."""
    names = [(part.stage, part.block, part.item) for part in PARTS]
    for programme in programmes:
        found = evidence(scenario_of(*published(programme)))
        at = [(TEAMS.index(p.team), names.index((p.stage, p.block, p.item or p.block))) for p in found.places]
        values = found.matrix @ np.array([programme.printed[where] for where in at])
        holds = ((found.low <= values + 1e-9) & (values <= found.high + 1e-9)).all(1)
        assert holds.sum() == 1


def test_what_is_true_is_ranked_evenly_among_particles():
    ranks, stuck, _ = calibration.calibrate(range(32), 2, EFFORT, report=None)
    assert stuck == 0
    assert ranks.shape == (32, len(calibration.QUANTITIES))
    # Few programmes: their mean rank and their spread, each to 4 standard errors of an even law.
    share = (ranks + 0.5) / (calibration.RANKS + 1)
    z_mean = (share.mean(0) - 0.5) * np.sqrt(12 * len(share))
    z_spread = (((share - 0.5) ** 2).mean(0) - 1 / 12) * np.sqrt(180 * len(share))
    assert np.all(np.abs(z_mean) <= 4), z_mean
    assert np.all(np.abs(z_spread) <= 4), z_spread


def test_ranks_that_are_even_pass_and_others_do_not():
    rng = np.random.default_rng(5)
    even = rng.integers(0, calibration.RANKS + 1, (400, 11))
    text, passed = calibration.table(even)
    assert passed
    assert text.count("\n") == 13
    narrow = even.copy()
    narrow[:, 3] = (narrow[:, 3] + 32) // 2
    text, passed = calibration.table(narrow)
    assert not passed
