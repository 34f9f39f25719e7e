"""Programmes that people brought, written without GPUs: chances that are known without a computer.

Twenty compounds in four trials, a song contest of 98, riders under a time limit, a grant for one of eight,
a call that keeps two or three of seven. No team differs from another, so that each chance is that of a lot.
"""

from math import prod

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from sim.engines import batch, event
from sim.model.draws import Draws
from sim.rules.decisions import Fate
from sim.scenario import from_data
from sim.scenario.checks.lint import lint_warnings
from tests.engines.agree import first_difference
from tests.helpers import assert_chances

RISKS = (0.48, 0.711, 0.422, 0.094)
"""How often a compound fails at each trial and at approval: BIO, Clinical Development Success 2011-2020."""

JURY = {"jury": {"max": 100, "mean": 50}}


def contest(teams, stages, spread=10.0, luck=0.0):
    return from_data(
        {
            "format": 1,
            "name": "A contest",
            "as_of": "2026-01-01",
            "strength": {"spread": spread, "luck": luck},
            "teams": {"each": {"copies": teams}},
            "stages": {
                f"s{i}": {"result": f"2026-0{i}-15", **each} for i, each in enumerate(stages, start=1)
            },
        }
    )


COMPOUNDS = contest(20, [{"gate": {"risk": risk}} for risk in RISKS])
SONGS = contest(98, [{"points": JURY, "cut": {"keep": keep}} for keep in (60, 35, 20, 11)], luck=5.0)
RIDERS = contest(176, [{"points": JURY, "cut": {"within": 40}}], spread=8.0)
GRANT = contest(8, [{"gate": {"risk": 0.3}, "points": JURY, "cut": {"keep": 1}}])
CALL = contest(7, [{"points": JURY, "cut": {"keep": {"weighted": {"2": 0.5, "3": 0.5}}}}])
CONTESTS = {"compounds": COMPOUNDS, "songs": SONGS, "riders": RIDERS, "grant": GRANT, "call": CALL}


def outlasts(distance, spread, riders):
    """The chance that one of `riders` who are all alike lies within `distance` of the best.

    It is 1 less the mean, over its own value x, of the chance that the best of the others is beyond
    x + distance.
    """

    def late(x):
        return norm.pdf(x) * (1 - norm.cdf(x + distance / spread) ** (riders - 1))

    return 1 - quad(late, -10, 10, epsabs=1e-12)[0]


LEFT = {
    "compounds": prod(1 - risk for risk in RISKS),
    "songs": 11 / 98,
    "riders": outlasts(40, 8.0, 176),
    "grant": (1 - 0.3**8) / 8,
    "call": 2.5 / 7,
}
"""The chance of a team to be left in the end."""


@pytest.mark.parametrize("name", CONTESTS)
def test_each_is_left_with_the_chance_of_a_lot(name):
    last = batch.play_batch(CONTESTS[name], Draws(20_170_407), 0, 20_000).stages[-1]
    kept = last.fate == Fate.KEPT
    # Some teams, far apart: riders and songs have too many for a bound on all to be sharp.
    at = np.unique(np.linspace(0, kept.shape[1] - 1, 8).astype(int))
    assert_chances(kept[:, at], [LEFT[name]] * len(at))


@pytest.mark.parametrize("name", CONTESTS)
def test_both_engines_agree_and_nothing_is_odd(name):
    played = [play(CONTESTS[name], Draws(3), 5, 65) for play in (event.play_events, batch.play_batch)]
    assert first_difference(CONTESTS[name], *played) is None
    assert lint_warnings(CONTESTS[name]) == []
