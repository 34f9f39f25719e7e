"""How users of a thing grow in number: Bass's model, with closed forms both ways, and effort that changes.

Bass 1969 (Management Science 15:215): of those who do not have it yet, a share of innovation p + imitation
q F takes it up each year, where F is the share that has it. Effort that changes over time stretches the
clock: Bass, Krishnan and Jain 1994 (Marketing Science 13:203). All arrays broadcast; rates are per year.
"""

from __future__ import annotations

import numpy as np

from sim.model.draws import Floats, Numbers


def bass_share(years: Numbers, innovation: Numbers, imitation: Numbers) -> Floats:
    """F(t) = (1 - e^-(p+q)t) / (1 + (q/p) e^-(p+q)t), the share that has it after t `years`; 0 before.

    0 for good where nobody begins by himself (`innovation` 0).
    """
    years = np.maximum(np.asarray(years, dtype=np.float64), 0.0)
    rate = np.asarray(innovation, dtype=np.float64) + imitation
    left = np.exp(-rate * years)
    # Both sides times p, which may be 0; and 1 - e^-x is 0 for small x, where expm1 keeps its digits.
    taken, room = innovation * -np.expm1(-rate * years), innovation + imitation * left
    share: Floats = np.divide(taken, room, out=np.zeros(np.broadcast(taken, room).shape), where=room > 0)
    return share


def bass_years(share: Numbers, innovation: Numbers, imitation: Numbers) -> Floats:
    """The years until a `share` below 1 has it, the inverse of `bass_share`; infinite if that never comes."""
    share, innovation, imitation = np.broadcast_arrays(
        np.asarray(share, dtype=np.float64), np.asarray(innovation, dtype=np.float64), imitation
    )
    begins = innovation > 0
    p = np.where(begins, innovation, 1.0)
    years = (np.log1p(imitation * share / p) - np.log1p(-share)) / (p + imitation)
    return np.where(share > 0, np.where(begins, years, np.inf), 0.0)


def paced_years(years: Numbers, before: Numbers, pace: Numbers) -> Floats:
    """The years that effort makes of `years`: each counts `pace` once `before` years are over."""
    years, before = np.asarray(years, dtype=np.float64), np.asarray(before, dtype=np.float64)
    return np.minimum(years, before) + pace * np.maximum(years - before, 0.0)


def unpaced_years(paced: Numbers, before: Numbers, pace: Numbers) -> Floats:
    """The years of the calendar behind paced ones, the inverse of `paced_years`; `pace` is above 0."""
    paced, before = np.asarray(paced, dtype=np.float64), np.asarray(before, dtype=np.float64)
    # What is never reached stays so, and infinity less infinity is nothing.
    beyond = np.where(paced > before, paced - np.where(paced > before, before, 0.0), 0.0)
    return np.minimum(paced, before) + beyond / pace
