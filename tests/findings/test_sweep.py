"""How far chances go along the values of a factor."""

from sim.findings.sweep import find_widest_change, find_widest_span

CHANCES = {"there and back": (0.1, 0.9, 0.1), "falling": (0.5, 0.4, 0.2), "rising": (0.2, 0.3, 0.4)}


def test_a_change_is_between_the_ends_and_a_span_between_the_extremes():
    assert find_widest_change(CHANCES) == "falling"
    assert find_widest_span(CHANCES) == "there and back"
