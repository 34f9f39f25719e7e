"""How chances are printed: no false digits, nothing called impossible or certain that dice decided."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats.intervals import wilson
from sim.stats.percent import margin, percent, points, whole_numbers, whole_percent, within_span


def chance(count, of):
    """A chance and the ends of its interval."""
    low, high = (float(end) for end in wilson(count, of))
    return count / of if of else math.nan, low, high


@pytest.mark.parametrize(
    ("count", "of", "printed"),
    [
        (0, 1, "<80"),
        (1, 1, ">20"),
        (0, 3, "<57"),
        (3, 3, ">43"),
        (0, 100, "<4"),
        (100, 100, ">96"),
        (0, 10_000, "<0.1"),
        (10_000, 10_000, ">99.9"),
        (37, 100, "37"),
        (1, 3, "33"),
        (4, 1_000, "<1"),
        (5, 1_000, "1"),
        (994, 1_000, "99"),
        (996, 1_000, ">99"),
        (40, 10_000, "<1"),  # 0.4 %, known to 0.13 points
        (9_960, 10_000, ">99"),
        (2_049, 10_000, "20"),
        (2_050, 10_000, "21"),
        (4_000, 1_000_000, "0.4"),
        (996_000, 1_000_000, "99.6"),
        (123_456, 1_000_000, "12.3"),
        (200_000, 1_000_000, "20.0"),
        (1, 1_000_000, "<0.1"),
        (499, 1_000_000, "<0.1"),
        (501, 1_000_000, "0.1"),
        (999_999, 1_000_000, ">99.9"),
        (0, 0, "–"),
    ],
)
def test_a_chance_is_printed_in_as_many_digits_as_its_error_supports(count, of, printed):
    assert percent(*chance(count, of)) == printed


@pytest.mark.parametrize("p", [0.0, 1.0, math.nan])
def test_only_what_the_rules_decide_prints_as_0_or_100(p):
    assert percent(p, 0.0, 0.0) == "0"
    assert percent(p, 1.0, 1.0) == "100"


@st.composite
def counts(draw):
    of = draw(st.integers(1, 50) | st.sampled_from([1_000, 10_000, 10**6, 10**9]))
    near = st.integers(0, min(of, 20))
    return draw(near | near.map(lambda k: of - k) | st.integers(0, of)), of


@given(counts())
def test_dice_never_print_as_impossible_or_certain(count):
    number = float(percent(*chance(*count)).strip("<>"))
    assert 0 < number < 100


@given(counts())
def test_what_is_printed_is_true(count):
    p, low, high = chance(*count)
    ((sign, number),) = re.findall(r"^([<>]?)(\d+(?:\.\d)?)$", percent(p, low, high))
    if sign == "<":
        assert 100 * (high if p == 0 else p) <= float(number)
    elif sign == ">":
        assert 100 * (low if p == 1 else p) >= float(number)
    else:
        assert abs(100 * p - float(number)) <= (0.05 if "." in number else 0.5) + 1e-9


@given(counts())
def test_a_decimal_is_printed_only_where_the_error_is_a_tenth_of_a_point_or_less(count):
    p, low, high = chance(*count)
    assert "." not in percent(p, low, high) or (high - low) / 2 <= 0.001


@pytest.mark.parametrize(
    ("share", "printed"),
    [
        (0.0098, "1.0"),
        (0.009, "0.9"),
        (0.0961, "9.7"),
        (0.27, "27"),
        (0.2701, "28"),
        (0.0001, "0.1"),
        (0.0, "0.1"),
    ],
)
def test_a_sampling_error_is_rounded_up(share, printed):
    assert margin(share) == printed


@given(st.floats(0, 0.5))
def test_a_sampling_error_is_never_understated(share):
    assert float(margin(share)) >= 100 * share - 1e-6


@pytest.mark.parametrize(
    ("value", "span", "printed"),
    [
        (1.2, 1.03, "1.20"),
        (3.383, 2.5, "3.4"),
        (0.0, 1.0, "0.00"),
        (-0.0004, 1.0, "0.00"),
        (-0.2039, 1.17, "-0.20"),
        (32.4, 30.0, "32"),
        (31.9, 25.0, "32"),
        (12345.6, 9000.0, "12,346"),
        (1.25, 0.0, "1.25"),
        (6.2e-9, 1e-9, "6.20e-09"),
        (3.1e7, 1e6, "3.10e+07"),
    ],
)
def test_a_number_has_the_decimals_that_its_span_needs(value, span, printed):
    assert within_span(value, span) == printed


@given(st.floats(0.001, 1e5), st.floats(-10, 10))
def test_what_is_a_fifth_of_its_span_away_is_printed_as_another_number(span, times):
    assert within_span(times * span, span) != within_span((times + 0.2) * span, span)


def test_a_difference_that_is_told_from_0_is_not_printed_as_0():
    assert points(0.0045, 0.002, 0.007) == "+0.5"
    assert points(-0.0045, -0.007, -0.002) == "-0.5"
    assert points(0.0045, -0.002, 0.011) == "0"


def test_whole_numbers_are_told_where_they_are_asked_for_however_exact_chances_are():
    exact = (0.2434, 0.2431, 0.2437)
    assert percent(*exact) == "24.3"
    assert points(0.0534, 0.0531, 0.0537) == "+5.3"
    with whole_numbers():
        assert (percent(*exact), percent(0.0, 0.0, 1e-6), percent(1.0, 0.999999, 1.0)) == ("24", "<1", ">99")
        assert (points(0.0534, 0.0531, 0.0537), margin(0.0004), margin(0.017)) == ("+5", "1", "2")
    assert percent(*exact) == "24.3"


def test_an_end_of_a_range_is_told_as_a_chance_is_before_and_after_it_was_saved():
    for end in (hundredths / 10000 for hundredths in range(0, 10001, 5)):
        told = percent(end, end - 0.1, end + 0.1) if 0 < end < 1 else f"{100 * end:.0f}"
        for almost in (end, math.nextafter(end, 2), math.nextafter(end, -1)):
            assert whole_percent(almost) == told.replace("<1", "0").replace(">99", "100")
