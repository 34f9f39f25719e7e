"""Small programmes for Hypothesis, full of what rules may settle, and luck at its worst."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.helpers import GPUS, quiet, stage

SMALLEST_U = 2.0**-53
"""The smallest uniform that can be drawn; the greatest is one minus it."""

JURY = {"jury": {"max": 100, "mean": 50, "spread": 5.0}}
TEAMS = "abcd"
RISKS = st.sampled_from([0.0, 0.3, 1.0, {"uniform": [0.0, 1.0]}, {"weighted": {"0": 1, "1": 1}}])
LIMITS = (
    st.integers(0, 5)
    | st.just({"uniform": [1.0, 3.0]})
    | st.just({"weighted": {"0": 1, "2": 3}})
    | st.just({"constant": 1.5})
)
CUTS: st.SearchStrategy[Any] = (
    st.just({}) | LIMITS.map(lambda k: {"keep": k}) | LIMITS.map(lambda k: {"drop": k})
)
GATES = st.fixed_dictionaries({"mode": st.sampled_from(["first", "apart"]), "risk": RISKS})
GRANTS = st.sampled_from([{"gpus": {"default": {"B200": GPUS}}}, {"gpus": {"a": {"B200": GPUS}}}, {}])


@st.composite
def programmes(draw):
    """One to four teams, one to four stages."""
    own: st.SearchStrategy[Any] = st.just({}) | RISKS.map(lambda r: {"gate_risk": r})
    teams = {t: draw(own) for t in TEAMS[: draw(st.integers(1, 4))]}
    stages = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        gate = draw(st.just({}) | GATES.map(lambda g: {"gate": g}))
        stages.append(stage(number, JURY, cut=draw(CUTS), grants=draw(GRANTS), **gate))
    return quiet(teams, stages, capability={"team_spread": 2.0})


class Extremes:
    """Luck at its worst: half of all uniforms are the smallest or the greatest that can be drawn."""

    def __init__(self, seed):
        self.seed = seed

    def columns(self, keys, start, stop):
        random = np.random.default_rng([self.seed, start, stop])
        ends = random.choice([SMALLEST_U, 1 - SMALLEST_U], (len(keys), stop - start))
        return np.where(random.random(ends.shape) < 0.5, ends, random.random(ends.shape))

    def sequence(self, key, index):
        raise NotImplementedError(key, index)
