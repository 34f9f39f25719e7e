"""Small programmes with facts, and the conditional law of normal numbers: what closed forms are made of."""

import numpy as np
from scipy.stats import multivariate_normal

from tests.helpers import quiet, stage

S_A, S_H = 3.0, 4.0
STRENGTH = {"team_spread": S_A, "stage_spread": S_H}
"""Spread of what lasts of a team's strength, and of its luck of a stage."""

EXACT = [-1e-6, 1e-6]
LOG_EXACT = np.log(2e-6)
"""A fact of +-h on a continuous number has its log density, and log 2h besides."""

LOG_TENTH = np.log(0.1)
"""The same of a number with one decimal."""

BENCHMARK = {"max": 200, "mean": 100, "per_eci": 1, "noise": 0}
JUDGED = {"max": 200, "mean": 100, "spread": 2, "noise": 0}
MEAN_SD = 30.0
"""How free the mean of an item of 200 points is: 15 % of them."""


def programme(teams, facts, points=BENCHMARK, keep=1, ahead=None, **more):
    """Teams alike, of whom all stay at the decided stages, one for each of `facts`; then some are kept."""
    points = {"b": points} if "max" in points else points
    past = [
        stage(n, points, cut={"keep": len(teams)}, happened={}, facts=each) for n, each in enumerate(facts, 1)
    ]
    last = stage(len(facts) + 1, ahead or points, cut={"keep": keep})
    return quiet({team: {} for team in teams}, [*past, last], **{"capability": STRENGTH, **more})


def conditioned(mean, covariance, rows, values):
    """Mean and covariance of normal numbers given `rows @ numbers = values`, and the log density of these."""
    mean, covariance, rows, values = (
        np.asarray(each, dtype=float) for each in (mean, covariance, rows, values)
    )
    spread = rows @ covariance @ rows.T
    gain = covariance @ rows.T @ np.linalg.inv(spread)
    density = float(multivariate_normal(rows @ mean, spread).logpdf(values))
    return mean + gain @ (values - rows @ mean), covariance - gain @ rows @ covariance, density


def of_latents(variances, **loadings):
    """Covariance of sums of independent latents: each sum is a mapping from latent to weight."""
    names = list(variances)
    weights = np.array([[sums.get(name, 0.0) for name in names] for sums in loadings.values()])
    return weights @ np.diag([variances[name] for name in names]) @ weights.T
