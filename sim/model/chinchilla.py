"""The model that is trained: from size and tokens to a loss, and to the compute of an optimal run.

Hoffmann et al. 2022 (arXiv:2203.15556): L = E + A / N^alpha + B / D^beta with C = 6 N D. Constants by
Besiroglu et al. 2024 (arXiv:2404.10102); tokens seen again by Muennighoff et al. 2023 (arXiv:2305.16264);
mixtures of experts by Tian et al. 2025 (arXiv:2507.17702). Arrays are (..., teams).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.draws import Floats, Numbers

FLOP_PER_PARAMETER_AND_TOKEN = 6.0
"""Forward and backward pass of a transformer: C = 6 N D."""


@dataclass
class LossLaw:
    """The constants of a loss; each a number, or (.., 1)."""

    irreducible: Numbers  # E, nats
    parameters: Numbers  # A
    parameters_exponent: Numbers  # alpha
    tokens: Numbers  # B
    tokens_exponent: Numbers  # beta
    repeats: Numbers  # R: epochs after which further ones bring little


def tokens_reached(compute: Floats, active: Numbers, most: Numbers) -> Floats:
    """D: tokens on which `compute` trains `active` parameters, and at most so many."""
    return np.asarray(np.minimum(most, compute / (FLOP_PER_PARAMETER_AND_TOKEN * active)))


def distinct_tokens(tokens: Numbers, unique: Numbers, repeats: Numbers) -> Floats:
    """D' = U + U R (1 - exp(-(D / U - 1) / R)): what D tokens are worth, of which only U are distinct."""
    again = np.maximum(np.asarray(tokens) / unique - 1.0, 0.0)
    # Below one epoch nothing is seen twice, and D' is D itself.
    return np.where(again > 0, unique - unique * repeats * np.expm1(-again / repeats), tokens)


def reducible_loss(active: Numbers, tokens: Numbers, law: LossLaw) -> Floats:
    """L - E = A / N^alpha + B / D^beta, in nats."""
    of_size = law.parameters * np.power(active, -np.asarray(law.parameters_exponent))
    of_tokens = law.tokens * np.power(tokens, -np.asarray(law.tokens_exponent))
    return np.asarray(of_size + of_tokens)


def frontier_exponent(law: LossLaw) -> Floats:
    """Return gamma = alpha beta / (alpha + beta) of the best loss with compute, L*(C) = E + K / C^gamma."""
    alpha, beta = law.parameters_exponent, law.tokens_exponent
    return np.asarray(np.multiply(alpha, beta) / np.add(alpha, beta))


def log_frontier_factor(law: LossLaw) -> Floats:
    """Return ln K of the best loss with compute: L* = E + K / C^gamma."""
    alpha, beta = law.parameters_exponent, law.tokens_exponent
    log_g = _log_balance(law)
    whole = law.parameters * np.exp(-alpha * log_g) + law.tokens * np.exp(beta * log_g)
    return np.asarray(np.log(whole) + frontier_exponent(law) * np.log(FLOP_PER_PARAMETER_AND_TOKEN))


def _log_balance(law: LossLaw) -> Floats:
    alpha, beta = law.parameters_exponent, law.tokens_exponent
    ratio = np.multiply(alpha, law.parameters) / np.multiply(beta, law.tokens)
    return np.asarray(np.log(ratio) / np.add(alpha, beta))


def equivalent_compute(
    compute: Floats, active: Numbers, most_tokens: Numbers, unique: Numbers, law: LossLaw
) -> Floats:
    """FLOP of the optimal run, without repeated tokens, of the same loss: (K / (L - E))^(1 / gamma).

    It is `compute` where size and tokens are at their best, and less otherwise: never more. 0 without
    compute, missing where it is missing.
    """
    trained = compute > 0
    tokens = tokens_reached(np.where(trained, compute, np.nan), active, most_tokens)
    loss = reducible_loss(active, distinct_tokens(tokens, unique, law.repeats), law)
    # In logarithms: K and the loss have powers of ten of their own that need not meet.
    found = np.exp((log_frontier_factor(law) - np.log(loss)) / frontier_exponent(law))
    return np.where(trained, found, compute)


ACTIVATION_START, ACTIVATION_LIMIT = 1.63e-2, 5.28e16
LEVERAGE_EXPONENT, PER_LOG_COMPUTE = 1.23, -7.61e-2
PER_SQUARED_LOG_GRANULARITY, PER_LOG_GRANULARITY = 1.67e-2, -0.117
"""Tian et al. 2025, equation 13 and table 2. The paper does not say which logarithms it takes: 10 for compute
and 2 for granularity come to its stated 7 times at 3.1 % and to its best granularity of 8 to 12."""

FITTED_COMPUTE = 1e22
"""FLOP up to which the law was fitted: it is not extrapolated beyond."""


def experts_leverage(
    active_share: Numbers, granularity: Numbers, compute: Numbers = FITTED_COMPUTE
) -> Floats:
    """By how much less compute a mixture of experts needs than a dense model, by its share of active ones."""
    log_g = np.log2(granularity)
    power = LEVERAGE_EXPONENT + PER_LOG_COMPUTE * np.log10(compute)
    power = power + PER_SQUARED_LOG_GRANULARITY * log_g**2 + PER_LOG_GRANULARITY * log_g
    shift = 1 / (1 / ACTIVATION_START - 1 / ACTIVATION_LIMIT)
    inverse = 1 / (np.asarray(active_share, dtype=np.float64) + shift) + 1 / ACTIVATION_LIMIT
    return np.asarray(np.power(inverse, -power))


def halvings(active: Numbers, reference: Numbers) -> Floats:
    """How often a reference size is halved to come to `active` parameters; below 0 if those are more."""
    return np.asarray(np.log2(np.asarray(reference) / active))
