"""Bass's model against its differential equation, limit cases and its own inverse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from sim.model.diffusion import bass_share, bass_years, paced_years, unpaced_years

RATES = [(0.03, 0.38), (0.1, 0.0), (1e-6, 2.0), (5.0, 20.0), (0.4, 0.4)]


@pytest.mark.parametrize(("p", "q"), RATES)
def test_shares_are_those_of_the_differential_equation(p, q):
    years = np.linspace(0, 12, 25)
    solved = solve_ivp(
        lambda _, f: (p + q * f) * (1 - f),
        (0, 12),
        [0.0],
        t_eval=years,
        rtol=1e-10,
        atol=1e-13,
        method="Radau",
    )
    np.testing.assert_allclose(bass_share(years, p, q), solved.y[0], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("p", "q"), RATES)
def test_shares_are_those_of_the_closed_form(p, q):
    years = np.linspace(0, 12, 25)
    e = np.exp(-(p + q) * years)
    np.testing.assert_allclose(bass_share(years, p, q), (1 - e) / (1 + q / p * e), rtol=1e-9, atol=1e-15)


def test_without_imitation_those_who_lack_it_decay():
    years = np.array([0.0, 1e-9, 0.5, 3.0, 200.0])
    np.testing.assert_allclose(bass_share(years, 0.2, 0.0), -np.expm1(-0.2 * years), rtol=1e-14)


def test_without_innovation_nobody_begins():
    assert bass_share(1e6, 0.0, 0.38) == 0
    assert bass_share(1e6, 0.0, 0.0) == 0
    assert bass_years(0.5, 0.0, 0.38) == np.inf


def test_nobody_has_it_before_it_begins_and_nearly_all_do_in_the_end():
    assert bass_share(-3.0, 0.03, 0.38) == 0
    assert bass_share(0.0, 0.03, 0.38) == 0
    assert bass_share(1e4, 0.03, 0.38) == 1


def test_adoption_peaks_where_the_model_says():
    """Bass 1969: at t* = ln(q/p) / (p+q), with F = 1/2 - p / 2q."""
    p, q = 0.03, 0.38
    peak = np.log(q / p) / (p + q)
    assert bass_share(peak, p, q) == pytest.approx(0.5 - p / (2 * q), rel=1e-12)
    rate = np.diff(bass_share(peak + np.array([-0.3, -0.1, 0.1, 0.3]), p, q))
    assert rate[1] > rate[0]
    assert rate[1] > rate[2]


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 0.99), st.floats(1e-6, 10), st.floats(0, 20), st.floats(0, 30), st.floats(0.05, 20))
def test_both_inverses_undo(share, p, q, before, pace):
    years = bass_years(share, p, q)
    np.testing.assert_allclose(bass_share(years, p, q), share, rtol=1e-9, atol=1e-12)
    calendar = unpaced_years(years, before, pace)
    np.testing.assert_allclose(paced_years(calendar, before, pace), years, rtol=1e-9, atol=1e-300)


def test_effort_that_changes_solves_the_equation_with_it():
    """Bass, Krishnan and Jain: dF/dt = (p + q F)(1 - F) x(t), where x is the pace."""
    p, q, before, pace = 0.05, 0.5, 1.5, 3.0
    years = np.linspace(0, 5, 21)
    solved = solve_ivp(
        lambda t, f: (p + q * f) * (1 - f) * (pace if t > before else 1.0),
        (0, 5), [0.0], t_eval=years, rtol=1e-10, atol=1e-12, max_step=0.01,
    )  # fmt: skip
    found = bass_share(paced_years(years, before, pace), p, q)
    np.testing.assert_allclose(found, solved.y[0], atol=1e-6)


def test_a_hub_that_never_opens_and_what_never_comes_stay_so():
    assert paced_years(3.0, np.inf, 2.0) == 3.0
    assert unpaced_years(3.0, np.inf, 2.0) == 3.0
    assert unpaced_years(np.inf, 1.0, 2.0) == np.inf
    assert unpaced_years(np.inf, np.inf, 2.0) == np.inf
