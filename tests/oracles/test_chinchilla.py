"""Size and tokens to loss and to the compute of an optimal run: what was published, and a second way."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from sim.model.capability import capability, strength_without_compute
from sim.model.chinchilla import (
    LossLaw,
    distinct_tokens,
    equivalent_compute,
    experts_leverage,
    frontier_exponent,
    log_frontier_factor,
    reducible_loss,
    tokens_reached,
)
from sim.scenario.models.trained_model import Scaling
from tests.oracles.cases import case
from tests.oracles.closed_forms import best_size

FITS = {
    "hoffmann": (case("A1_hoffmann2022"), case("A2_hoffmann2022")),
    "besiroglu": (case("A1_besiroglu2024"), case("A2_besiroglu2024")),
}
A3, A4, A5 = case("A3_loss_points"), case("A4_kaplan"), case("A5_muennighoff_loss")
A6, A7 = case("A6_effective_epochs"), case("A7_moe_leverage")
A10, A11 = case("A10_llama3_tokens"), case("A11_alg_progress")

NEVER = 1e30
"""Distinct tokens of which nobody sees one twice."""


def law_of(params, repeats=15.387756):
    """The constants of a case as the simulator has them."""
    return LossLaw(params["E"], params["A"], params["alpha"], params["B"], params["beta"], repeats)


def default_law():
    """The law of a scenario that says nothing of it."""
    said: Any = Scaling()
    of_size = said.parameters, said.parameters_exponent
    return LossLaw(said.irreducible, *of_size, said.tokens, said.tokens_exponent, said.repeats)


HOFFMANN, BESIROGLU = (law_of(FITS[name][0].inputs["params"]) for name in ("hoffmann", "besiroglu"))


def test_the_law_of_a_scenario_that_says_nothing_is_the_published_refit():
    assert default_law() == BESIROGLU


@pytest.mark.parametrize("name", FITS)
def test_the_best_size_and_its_loss_are_the_published_ones(name):
    oracle = FITS[name][0]
    law = law_of(oracle.inputs["params"])
    for row in oracle.expected:
        size = best_size(row["C"], law)
        tokens = tokens_reached(np.array(row["C"]), size, np.inf)
        loss = law.irreducible + reducible_loss(size, tokens, law)
        found = {"N_opt": size, "D_opt": tokens, "tokens_per_param": tokens / size, "L": loss}
        assert {key: float(value) for key, value in found.items()} == oracle.near(
            {key: row[key] for key in found}
        )


@pytest.mark.parametrize("name", FITS)
def test_the_frontier_is_a_power_law(name):
    oracle = FITS[name][1]
    law = law_of(oracle.inputs["params"])
    k, gamma = float(np.exp(log_frontier_factor(law))), float(frontier_exponent(law))
    gain = k * 1e24**-gamma * (1 - 2**-gamma)
    assert (k, gamma, gain) == oracle.near(
        tuple(oracle.expected[key] for key in ("K", "gamma", "loss_gain_per_doubling_at_1e24"))
    )


def test_the_loss_of_published_models():
    for (label, size, tokens), row in zip(A3.inputs["points"], A3.expected, strict=True):
        assert row["label"] == label
        for law, name in ((HOFFMANN, "hoffmann"), (BESIROGLU, "besiroglu")):
            assert float(law.irreducible + reducible_loss(size, tokens, law)) == A3.near(row[name])


def test_without_a_term_of_tokens_it_is_the_law_of_kaplan():
    alpha = A4.inputs["alpha_N"]
    law = LossLaw(0.0, A4.inputs["Nc"] ** alpha, alpha, 0.0, 1.0, 1.0)
    assert list(reducible_loss(np.array(A4.inputs["N"]), 1.0, law)) == A4.near(A4.expected)


def test_repeated_tokens_and_surplus_parameters_give_the_published_loss():
    """Muennighoff et al. let surplus parameters decay as repeated tokens do; the model has the latter."""
    said = A5.inputs["params"]
    law = LossLaw(
        np.exp(said["e"]), np.exp(said["a"]), said["alpha"], np.exp(said["b"]), said["beta"], said["rd"]
    )
    for (size, tokens, unique), expected in zip(A5.inputs["cases"], A5.expected, strict=True):
        compute = brentq(
            lambda c, u=unique: c / (6 * float(best_size(c, law))) - u, 1e15, 1e27, xtol=1, rtol=1e-15
        )
        base = min(size, float(best_size(compute, law)))
        parameters = distinct_tokens(size, base, said["rn"])
        found = law.irreducible + reducible_loss(parameters, distinct_tokens(tokens, unique, said["rd"]), law)
        assert float(found) == A5.near(expected)


def test_what_epochs_are_worth():
    epochs = np.array(A6.inputs["epochs"], dtype=float)
    assert list(distinct_tokens(7e12 * epochs, 7e12, A6.inputs["R_D_star"]) / 7e12) == A6.near(A6.expected)
    assert distinct_tokens(3e12, 7e12, 15.4) == 3e12


def test_the_leverage_of_experts_is_the_published_one():
    for (_, share, granularity, compute), expected in zip(A7.inputs["cases"], A7.expected, strict=True):
        assert float(experts_leverage(share, granularity, compute)) == A7.near(expected)
        assert float(experts_leverage(share, granularity)) == A7.near(expected)  # 1e22, if nothing is said


@pytest.mark.parametrize(
    ("factor", "power", "name"),
    [(A10.inputs["A"], A10.inputs["alpha"], "D"), (0.29, 0.53, "D_with_rounded_paper_constants")],
)
def test_a_law_of_tokens_is_one_of_sizes(factor, power, name):
    """Llama 3: D* = 0.299 C^0.537 is the optimum of a law with these exponents, whose sum is 1."""
    g = 6**-power / factor  # D = (C / 6)^power / G
    law = LossLaw(0.0, g * (1 - power) / power, power, 1.0, 1 - power, 1.0)
    compute = A10.inputs["C"]
    tokens = float(tokens_reached(np.array(compute), best_size(compute, law), np.inf))
    assert tokens == A10.near(A10.expected[name])


@pytest.mark.parametrize(("horizon", "name"), [(6, "six_month"), (12, "twelve_month")])
def test_progress_is_worth_so_many_times_the_compute(horizon, name):
    for months, factor, oom in zip(
        A11.inputs["doubling_months"], A11.expected[name], A11.expected["oom_per_year"], strict=True
    ):
        assert 12 / months * np.log10(2) == A11.near(oom)
        per_tenfold = 5.7
        later = strength_without_compute(horizon / 12, 100.0, per_tenfold * oom, 0.0)
        one, more = np.array(1e24), np.array(1e24 * factor)
        waited = capability(one, 1e24, per_tenfold, later)
        assert float(capability(more, 1e24, per_tenfold, 100.0)) == pytest.approx(float(waited), rel=1e-11)


@pytest.mark.parametrize(
    ("law", "half", "third"), [(HOFFMANN, 1.21, 2.06), (BESIROGLU, 1.26, 2.61)], ids=["hoffmann", "besiroglu"]
)
def test_a_model_that_is_too_small_costs_compute(law, half, third):
    """At 1e24 FLOP: half the best size takes 1.21 or 1.26 times the compute, 0.3 of it 2.06 or 2.61 times."""
    size = float(best_size(1e24, law))
    for share, costs in ((0.5, half), (0.3, third)):
        found = brentq(lambda c, n=share * size: worth(c, n, law) - 1e24, 1e24, 1e26)
        assert found / 1e24 == pytest.approx(costs, abs=0.005)


def worth(compute, size, law, tokens=np.inf, unique=NEVER):
    """Compute-equivalent of one run."""
    return float(equivalent_compute(np.array([compute]), size, tokens, unique, law)[0])


@pytest.mark.parametrize("law", [HOFFMANN, BESIROGLU], ids=["hoffmann", "besiroglu"])
@pytest.mark.parametrize("compute", [1e18, 1e24, 3.5e24, 1e27])
def test_at_the_best_size_nothing_is_lost(law, compute):
    size = float(best_size(compute, law))
    assert worth(compute, size, law) == pytest.approx(compute, rel=1e-9)
    assert worth(compute, size, law, tokens=1e18) == pytest.approx(compute, rel=1e-9)


@pytest.mark.parametrize("size", [1e9, 1.5e10, 3.3e10, 2e11, 4e12])
@pytest.mark.parametrize("unique", [1e11, 2e13])
@pytest.mark.parametrize("tokens", [2e12, np.inf])
def test_a_second_way_finds_the_same(size, unique, tokens):
    """The compute whose best loss, found by trying sizes, is that of the run: without the algebra."""
    compute, law = 3.5e24, BESIROGLU

    def loss(n, d):
        again = d / unique - 1
        if again > 0:
            d = unique + unique * law.repeats * (1 - np.exp(-again / law.repeats))
        return law.parameters / n**law.parameters_exponent + law.tokens / d**law.tokens_exponent

    def best_loss(c):
        def at(log_n):
            n = np.exp(log_n)
            return (
                law.parameters / n**law.parameters_exponent + law.tokens * (6 * n / c) ** law.tokens_exponent
            )

        return minimize_scalar(at, bounds=(10, 40), method="bounded", options={"xatol": 1e-10}).fun

    reached = min(tokens, compute / (6 * size))
    found = np.exp(brentq(lambda x: np.log(best_loss(np.exp(x)) / loss(size, reached)), 30, 65, xtol=1e-12))
    assert worth(compute, size, law, tokens, unique) == pytest.approx(found, rel=1e-8)
    assert worth(compute, size, law, tokens, unique) < compute * (1 + 1e-9)


def test_more_compute_leads_no_further_than_the_size_allows():
    """C -> infinity: the loss goes to E + A / N^alpha, and the equivalent to (K N^alpha / A)^(1 / gamma)."""
    law, size = BESIROGLU, 1.5e10
    gamma = float(frontier_exponent(law))
    limit = (np.exp(float(log_frontier_factor(law))) * size**law.parameters_exponent / law.parameters) ** (
        1 / gamma
    )
    found = [worth(c, size, law) for c in (1e24, 1e26, 1e30, 1e40)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(limit, rel=1e-4)
    assert worth(1e26, size, law, tokens=1e12) == worth(1e25, size, law, tokens=1e12)


def test_nothing_comes_of_nothing_and_what_is_missing_stays_missing():
    found = equivalent_compute(np.array([0.0, np.nan, 1e24]), 1e11, np.inf, 2e13, BESIROGLU)
    assert found[0] == 0
    assert np.isnan(found[1])
    assert found[2] > 0
