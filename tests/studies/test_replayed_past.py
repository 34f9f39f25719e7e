"""A past that is not the one that was inferred is refused, before anything is said of its future."""

from copy import copy
from dataclasses import replace

import pytest

from sim.execute import inference
from sim.execute.case import Case
from sim.execute.runner import Runner
from sim.forecast.past import Past
from sim.scenario import load
from sim.studies.evidence import count_futures


def inferred(change):
    """What is known of the past of `k-ai`, whose particles come with the program, each uniform changed."""
    case = Case(load("k-ai").settled(), 1, "batch")
    known = inference.infer(case, Runner(jobs=1))
    found = copy(known)
    moved = {key: change(uniforms) for key, uniforms in known.past.uniforms.items()}
    found.futures = {}
    found.past = Past(known.past.islands, moved)
    return case, found


def test_a_past_that_is_replayed_is_counted_once():
    case, known = inferred(lambda uniforms: uniforms)
    counts = count_futures(replace(case, past=known.past), known, Runner(jobs=1))
    assert count_futures(replace(case, past=known.past), known, Runner(jobs=1)) is counts


def test_other_points_than_those_that_were_inferred_are_refused():
    case, known = inferred(lambda uniforms: 0.5 * uniforms)
    with pytest.raises(RuntimeError, match="does not replay the points of"):
        count_futures(replace(case, past=known.past), known, Runner(jobs=1))
