"""The normal quantile against SciPy's, and what it owes to symmetry."""

import numpy as np
import pytest
from scipy.special import ndtri

from sim.model.draws import Draws, Key, Purpose
from sim.model.quantiles import normal

LEAST, GREATEST = 2.0**-53, 1 - 2.0**-53
EDGES = [0.5 - 0.425, 0.5 + 0.425, np.exp(-25.0), -np.expm1(-25.0)]
GRID = np.concatenate(
    [
        [LEAST, GREATEST, 0.5, *EDGES, *np.nextafter(EDGES, 0), *np.nextafter(EDGES, 1)],
        np.geomspace(LEAST, 0.5, 20_001),
        1 - np.geomspace(LEAST, 0.5, 20_001),
        (np.arange(100_003) + 0.5) / 100_003,
    ]
)
GRID.setflags(write=False)


def test_it_is_scipys_to_a_few_units_in_the_last_place():
    expected = ndtri(GRID)
    apart = np.abs(normal(GRID) - expected)
    assert np.all(apart <= 8 * np.spacing(np.abs(expected)))


def test_it_is_odd_about_one_half_where_both_sides_are_exact():
    u = (np.arange(2**16) + 0.5) / 2**17
    assert np.array_equal(normal(u), -normal(1 - u))


def test_it_never_falls():
    assert np.all(np.diff(normal(np.sort(GRID))) >= -8 * np.spacing(8.3))


@pytest.mark.parametrize("shape", [(0,), (1,), (3, 5), (2, 3, 16_385), (2**14 + 1,)])
def test_every_shape_is_filled_number_by_number(shape):
    u = Draws(4).columns([Key(Purpose.TEAM)], 0, int(np.prod(shape)) or 1)[0][: int(np.prod(shape))]
    whole = normal(u.reshape(shape))
    assert whole.shape == shape
    assert np.array_equal(whole.ravel()[:50], [normal(one[None])[0] for one in u[:50]])
    assert whole.ravel()[-50:] == pytest.approx(ndtri(u[-50:]), rel=1e-14)


def test_it_does_not_depend_on_how_the_numbers_lie_in_memory():
    u = Draws(4).columns([Key(Purpose.TEAM, team=t) for t in "abc"], 0, 30_000)
    expected = np.vstack([normal(row) for row in u])
    assert np.array_equal(normal(u.T).T, expected)
    assert np.array_equal(normal(u[:, 1:-1:2]), expected[:, 1:-1:2])


def test_it_is_written_where_asked_even_over_the_uniforms():
    u = GRID.copy()
    assert normal(u, out=u) is u
    assert np.array_equal(u, normal(GRID))
