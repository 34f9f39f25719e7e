"""Small programmes for Hypothesis, full of what rules may settle, and luck at its worst."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.scenario import from_data
from tests.helpers import DAYS, GPUS, quiet_data, stage
from tests.mended import mended

SMALLEST_U = 2.0**-53
"""The smallest uniform that can be drawn; the greatest is one minus it."""

JURY = {"jury": {"max": 100, "mean": 50, "spread": 5.0}}
TEAMS = "abcde"
RISKS = st.sampled_from([0.0, 0.3, 1.0, {"uniform": [0.0, 1.0]}, {"weighted": {"0": 1, "1": 1}}])
LIMITS = (
    st.integers(0, 5)
    | st.just({"uniform": [1.0, 3.0]})
    | st.just({"weighted": {"0": 1, "2": 3}})
    | st.just({"constant": 1.5})
)
MINIMA = st.sampled_from([0.0, 45.0, {"uniform": [0.0, 60.0]}, 101.0])
CUTS: st.SearchStrategy[Any] = st.builds(
    dict.__or__,
    st.just({}) | LIMITS.map(lambda k: {"keep": k}) | LIMITS.map(lambda k: {"drop": k}),
    st.just({}) | st.just({}) | MINIMA.map(lambda m: {"minimum": m}),
)
GATES = st.fixed_dictionaries({"mode": st.sampled_from(["first", "apart"]), "risk": RISKS})
GRANTS = st.sampled_from([{"gpus": {"default": {"B200": GPUS}}}, {"gpus": {"a": {"B200": GPUS}}}, {}])


PANELS = st.sampled_from([{}, {"minimum": 70.0}, {"minimum": 95.0, "spread": 5.0}])


@st.composite
def programmes(draw):
    """One to five teams, one to four stages, perhaps an entry, and perhaps results that are known."""
    own: st.SearchStrategy[Any] = st.just({}) | RISKS.map(lambda r: {"gate_risk": r})
    teams = {t: draw(own) for t in TEAMS[: draw(st.integers(1, len(TEAMS)))]}
    number = draw(st.integers(1, 4))
    outside = list(teams)[len(teams) - draw(st.integers(0, min(3, len(teams) - 1))) :] if number > 1 else []
    entry_after = draw(st.integers(1, number - 1)) if outside else 0
    known = draw(st.sampled_from([0, 0, 1, number]))
    ends = draw(st.sampled_from([number + 1] * 3 + list(range(known + 1, number + 1))))
    present, stages = set(teams) - set(outside), []
    for n in range(1, number + 1):
        gate = draw(st.just({}) | GATES.map(lambda g: {"gate": g}))
        rules = {"cut": draw(CUTS), **gate}
        if n == ends:
            rules["held"] = False
        if n <= known:
            rules["happened"] = draw(results(sorted(present), rules))
            present -= set(rules["happened"])
        if n == entry_after:
            rules["entry"] = draw(entries(outside, n, len(present) if n <= known else None, n < known))
            came = rules["entry"].get("happened", [])
            present |= set() if came == "nobody" else set(came)
        stages.append(stage(n, JURY, grants=draw(GRANTS), **rules))
    return from_data(mended(quiet_data(teams, stages, capability={"team_spread": 2.0})))


@st.composite
def results(draw, present, rules):
    """A known result that the rules of its stage allow."""
    ways = ["out-by-points"] * bool(rules["cut"]) + ["out-at-gate"] * ("gate" in rules)
    if not ways or not present:
        return {}
    return draw(st.dictionaries(st.sampled_from(present), st.sampled_from(ways)))


@st.composite
def entries(draw, outside, number, remain, must):
    """An entry in the ten days after stage `number`; known at times if it is known how many `remain`."""
    day = date(2026, 1, 1) + timedelta(days=number * (DAYS + 10) - draw(st.integers(2, 11)))
    found = {"day": f"{day}", "candidates": outside, "panel": draw(PANELS), "places": draw(st.integers(1, 3))}
    found |= draw(st.just({}) | st.integers(1, 4).map(lambda n: {"when_fewer_than": n}))
    if remain is not None and (must or draw(st.booleans())):
        closed = remain >= found.get("when_fewer_than", remain + 1)
        names = draw(st.lists(st.sampled_from(outside), unique=True, max_size=found["places"]))
        found["happened"] = names if names and not closed else "nobody"
    return found


class Extremes:
    """Luck at its worst: half of all uniforms are the smallest or the greatest that can be drawn."""

    def __init__(self, seed):
        self.seed = seed

    def columns(self, keys, start, stop):
        random = np.random.default_rng([self.seed, start, stop])
        ends = random.choice([SMALLEST_U, 1 - SMALLEST_U], (len(keys), stop - start))
        return np.where(random.random(ends.shape) < 0.5, ends, random.random(ends.shape))

    def sequence(self, key, index):
        raise NotImplementedError(key, index)  # the batch engine, for which this is, draws no sequences
