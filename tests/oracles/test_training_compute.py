"""FLOP of a training run."""

import pytest

from tests.oracles.cases import case
from tests.oracles.closed_forms import compute_from_tokens, implied_mfu, training_compute

A9 = case("A9_training_compute")
GIVEN, EXPECTED = A9.inputs, A9.expected


def test_gpus_at_their_peak_do_what_the_data_sheet_says():
    assert training_compute(GIVEN["gpus"], GIVEN["peak"], 1.0, GIVEN["days"]) == A9.near(
        EXPECTED["peak_FLOP"]
    )


def test_tokens_cost_six_flop_a_parameter():
    assert compute_from_tokens(GIVEN["N_active"], GIVEN["tokens"]) == A9.near(EXPECTED["C_from_6ND"])


@pytest.mark.parametrize(
    ("compute", "mfu"),
    [(EXPECTED["C_from_6ND"], "implied_MFU_6ND"), (GIVEN["stated_C"], "implied_MFU_stated")],
)
def test_a_stated_compute_implies_the_utilisation(compute, mfu):
    assert implied_mfu(compute, GIVEN["gpus"], GIVEN["peak"], GIVEN["days"]) == A9.near(EXPECTED[mfu])


def test_the_stated_compute_pays_for_so_many_tokens():
    tokens = GIVEN["stated_C"] / compute_from_tokens(GIVEN["N_active"], 1.0)
    assert tokens == A9.near(EXPECTED["tokens_at_stated_C"])
