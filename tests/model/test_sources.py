"""The sources with which the same replications are played many times over."""

import numpy as np
import pytest

from sim.model.draws import (
    CachedSource,
    DesignSource,
    Draws,
    Key,
    Particles,
    PastSource,
    Purpose,
    SpySource,
    make_of,
)
from sim.model.quantiles import Sample, as_normal, normal
from sim.scenario import load

NUMBER, OTHER = Key(Purpose.PARAMETER, item="judging.x"), Key(Purpose.PARAMETER, item="judging.y")
GATE = Key(Purpose.GATE, "s1", "a", "judging.x")
POINTS = {"judging.x": np.array([0.1, 0.2, 0.3])}


def test_each_point_holds_for_its_replications_and_all_else_is_drawn_as_ever():
    laid = DesignSource(Draws(5), POINTS, 4)
    rows = laid.columns([NUMBER, OTHER, GATE], 2, 10)
    assert rows[0].tolist() == [0.1] * 2 + [0.2] * 4 + [0.3] * 2
    assert rows[1:].tolist() == Draws(5).columns([OTHER, GATE], 2, 10).tolist()


def test_what_is_cached_is_what_is_drawn_and_nobody_can_write_into_it():
    kept, keys = CachedSource(Draws(5)), [NUMBER, GATE]
    with pytest.raises(ValueError, match="read-only"):
        kept.columns(keys, 2, 10)[:] = 0
    assert kept.columns(keys, 2, 10).tolist() == Draws(5).columns(keys, 2, 10).tolist()
    assert kept.columns(keys, 3, 10).tolist() == Draws(5).columns(keys, 3, 10).tolist()
    assert kept.columns([GATE], 2, 10).tolist() == Draws(5).columns([GATE], 2, 10).tolist()


def test_sequences_are_those_of_the_source():
    key = Key(Purpose.FAULT, "s1", "a")
    assert next(DesignSource(Draws(5), POINTS, 4).sequence(key, 3)) == next(Draws(5).sequence(key, 3))
    assert next(CachedSource(Draws(5)).sequence(key, 3)) == next(Draws(5).sequence(key, 3))
    assert next(SpySource(Draws(5)).sequence(key, 3)) == next(Draws(5).sequence(key, 3))


def test_a_record_names_the_uncertain_numbers_once_in_order():
    recorded = SpySource(Draws(5))
    rows = recorded.columns([OTHER, GATE, NUMBER, OTHER], 0, 3)
    assert list(recorded.asked) == ["judging.y", "judging.x"]
    assert rows.tolist() == Draws(5).columns([OTHER, GATE, NUMBER, OTHER], 0, 3).tolist()


RATED = [Key(Purpose.NOISE, "s1", team, "jury", n) for n in range(3) for team in "abc"]
"""Three raters of three teams, as an engine asks for them."""


def means(uniforms, raters):
    """The mean of the normal ratings of each team, (teams, replications)."""
    return as_normal(uniforms).reshape(raters, -1, uniforms.shape[1]).sum(axis=0) / raters


def held(*teams):
    """Particles that hold the ratings of some teams, five of them."""
    rng = np.random.default_rng(3)
    return Particles({Key(Purpose.NOISE, "s1", team, "jury"): rng.random(5) for team in teams})


@pytest.mark.parametrize(
    "source",
    [
        Draws(5),
        CachedSource(Draws(5)),
        DesignSource(Draws(5), POINTS, 4),
        SpySource(CachedSource(Draws(5))),
        *(PastSource(CachedSource(Draws(5)), held(*teams)) for teams in ("", "b", "ac", "abc")),
    ],
    ids=["drawn", "cached", "design", "spied", "none held", "one held", "two held", "all held"],
)
def test_what_is_made_of_columns_is_made_of_them_whoever_makes_it(source):
    for start, stop in [(2, 10), (2, 7), (0, 23), (2, 12)]:
        made = make_of(source, means, RATED, start, stop, 3)
        np.testing.assert_array_equal(made, means(source.columns(RATED, start, stop).copy(), 3))
        normals = make_of(source, as_normal, [GATE, RATED[4]], start, stop)
        np.testing.assert_array_equal(normals, normal(source.columns([GATE, RATED[4]], start, stop).copy()))


def test_what_is_made_is_made_once_for_fewer_from_the_same_start_too():
    calls = []

    def noted(uniforms, *given):
        calls.append((uniforms.shape, given))
        return uniforms.copy()

    kept = CachedSource(Draws(5))
    for stop, given in [(10, ()), (8, ()), (10, ()), (12, ()), (11, ()), (10, ("more",))]:
        kept.make(noted, [GATE], 2, stop, *given)
    assert calls == [((1, 8), ()), ((1, 10), ()), ((1, 8), ("more",))]
    with pytest.raises(ValueError, match="read-only"):
        kept.make(noted, [GATE], 2, 10)[:] = 0
    particles = held("a", "b", "c")
    for stop in (3, 40):
        PastSource(Draws(5), particles).make(noted, RATED, 0, stop)
    assert calls[3:] == [((9, 5), ())]
    PastSource(Draws(5), particles).make(noted, RATED, 0, 3, "more")
    assert calls[4:] == [((9, 5), ("more",))]


def test_a_number_that_is_pinned_is_not_made_of_what_is_kept():
    design = DesignSource(CachedSource(Draws(5)), POINTS, 1)
    assert make_of(design, as_normal, [NUMBER], 0, 3).tolist() == [normal(POINTS["judging.x"]).tolist()]


def test_no_more_is_kept_than_fits_and_what_was_asked_for_last_stays():
    kept, size = CachedSource(Draws(5), most=3 * 8 * 100), 100
    keys = [Key(Purpose.GATE, "s1", team) for team in "abcd"]
    for key in (keys[0], keys[1], keys[0], keys[2], keys[0], keys[3]):
        kept.columns([key], 0, size)
    assert [asked[2][0].team for asked in kept._kept] == ["c", "a", "d"]
    assert kept._size == sum(values.nbytes for values in kept._kept.values()) == 3 * 8 * size


def test_a_sample_notes_which_numbers_are_asked_for_within():
    """By their names, whether they were drawn before or not; what is asked within is asked without, too."""
    plan = load(
        "k-ai-2025-plan", {"judging.lasting": {"uniform": [0, 1]}, "judging.agree": {"uniform": [0, 1]}}
    )
    sample = Sample(Draws(1), 0, 3)
    lasting, agree = plan.judging.lasting, plan.judging.agree
    assert lasting is not None and agree is not None  # noqa: PT018
    sample.one(agree)
    with sample.noting() as outer:
        sample.one(0.5)
        with sample.noting() as inner:
            sample.one(lasting)
        sample.one(agree)
    assert (inner, outer) == ({"judging.lasting"}, {"judging.lasting", "judging.agree"})
