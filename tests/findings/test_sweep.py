"""How far chances go along the values of a factor."""

from sim.findings.sweep import choose_movers, find_seen_change, find_seen_span, find_widest_span

CHANCES = {"there and back": (0.1, 0.9, 0.1), "falling": (0.5, 0.4, 0.2), "rising": (0.2, 0.3, 0.4)}


def test_a_change_is_between_the_ends_and_a_span_between_the_extremes():
    chances = {team: [(p, p - 0.06, p + 0.06) for p in values] for team, values in CHANCES.items()}
    change, span = find_seen_change(chances), find_seen_span(chances)
    assert (change.team, change.first, change.last) == ("falling", 0, 2)
    assert (span.team, span.first, span.last) == ("there and back", 0, 1)
    assert find_widest_span(CHANCES) == "there and back"
    assert change.is_seen
    assert not find_seen_change({"rising": [(p, p - 0.1, p + 0.1) for p in CHANCES["rising"]]}).is_seen


def test_of_very_many_teams_those_that_move_most_are_shown_in_their_order():
    chances = {f"t{k}": [0.5, 0.5 + 0.01 * (k % 7)] for k in range(21)}
    assert choose_movers(chances, 4) == ["t5", "t6", "t13", "t20"]
    assert choose_movers(chances, 100) == list(chances)
