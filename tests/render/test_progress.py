"""A bar while something is played: late, seldom, gone at the end, and only if asked or in a notebook."""

import pytest

import sim
from sim.render import progress
from sim.render.progress import Bar, bar_in_notebook, bar_in_terminal
from tests.studies.small_studies import MINIMAL


class Clock:
    """Time that passes as told."""

    now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(progress, "time", found)
    return found


@pytest.fixture
def bar(clock):
    """A bar, and what was drawn: a list for each place that it was given."""
    places: list[list[str]] = []

    def open_place():
        places.append([])
        return lambda _, plain, place=places[-1]: place.append(plain)

    return Bar(open_place), places


def tell(bar, clock, *reports):
    for at, done, of in reports:
        clock.now = at
        bar(done, of)


def test_what_is_quick_shows_nothing(bar, clock):
    bar, places = bar
    tell(bar, clock, (0.3, 1, 3), (0.6, 2, 3), (0.9, 3, 3))
    assert places == []


def test_it_appears_after_a_second_with_what_is_left_and_goes_at_the_end(bar, clock):
    bar, places = bar
    tell(bar, clock, (0.5, 1, 10), (2.0, 4, 10), (2.1, 5, 10), (4.0, 8, 10), (5.0, 10, 10))
    assert places == [["4 of 10 done, 3 s left", "8 of 10 done, 1 s left", ""]]  # at 2.1 it was too soon


def test_the_next_thing_begins_anew_in_a_place_of_its_own(bar, clock):
    bar, places = bar
    tell(bar, clock, (2.0, 1, 2), (3.0, 2, 2), (50.0, 1, 4), (52.0, 2, 4), (53.0, 4, 4))
    assert places == [["1 of 2 done, 2 s left", ""], ["2 of 4 done, 2 s left", ""]]


def test_after_an_error_the_same_thing_begins_anew(bar, clock):
    bar, places = bar
    tell(bar, clock, (2.0, 3, 4), (60.0, 1, 4), (62.0, 2, 4))
    assert places == [["3 of 4 done, 1 s left"], ["2 of 4 done, 2 s left"]]


def test_a_script_shows_nothing_unless_asked(monkeypatch, capsys):
    monkeypatch.setattr(progress, "QUIET_FOR", 0.0)
    monkeypatch.setattr(progress, "REDRAWN_EVERY", 0.0)
    sim.run(MINIMAL, 200, block=20, jobs=1)
    sim.run(MINIMAL, 200, block=20, jobs=1, progress=False)
    assert capsys.readouterr() == ("", "")
    sim.run(MINIMAL, 200, block=20, jobs=1, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "\r\x1b[K20 of 200 done" in err
    assert err.endswith("\r\x1b[K")
    assert bar_in_notebook() is None


def test_what_is_asked_of_a_result_later_has_a_bar_too(monkeypatch, capsys):
    monkeypatch.setattr(progress, "QUIET_FOR", 0.0)
    monkeypatch.setattr(progress, "REDRAWN_EVERY", 0.0)
    result = sim.run(MINIMAL, 200, jobs=1, progress=bar_in_terminal())
    capsys.readouterr()
    assert result.effects
    assert "done" in capsys.readouterr().err


def test_what_is_no_progress_is_a_type_error():
    with pytest.raises(
        TypeError, match=r"progress='yes', expected a function of \(done, of\), True or False"
    ):
        sim.run(MINIMAL, 5, progress="yes")  # type: ignore[arg-type]


VARY = "stages.first.cut.keep=1,2"


def test_a_sweep_shows_how_far_its_points_are_before_they_are_played(bar, clock, monkeypatch):
    bar, places = bar
    monkeypatch.setattr(progress, "QUIET_FOR", 0.0)
    monkeypatch.setattr(progress, "REDRAWN_EVERY", 0.0)
    sim.sweep(MINIMAL, VARY, 100, jobs=1, progress=bar)
    assert places[0][0].startswith("1 of 2 done")
    assert places[1][0].startswith("100 of 200 done")
    assert [each[-1] for each in places] == ["", ""]


def test_a_function_of_ones_own_is_told_of_replications_alone():
    told: list[tuple[int, int]] = []
    sim.sweep(MINIMAL, VARY, 100, jobs=1, progress=lambda done, of: told.append((done, of)))
    assert told == [(100, 200), (200, 200)]
