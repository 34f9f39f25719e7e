"""A bar while something is played: late, seldom, gone at the end, and only if asked or in a notebook."""

from dataclasses import replace

import pytest

import sim
from sim.cli import console
from sim.execute import piece
from sim.execute import runner as running
from sim.execute.case import Case
from sim.execute.group import tally_group
from sim.execute.runner import Runner
from sim.render import progress
from sim.render.progress import Bar, TimeLeft, Timer, bar_in_notebook, bar_in_terminal, format_progress
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
    # From 50 to 52 one was done, and two are left: of what was done by 50 nobody said when it began.
    assert places == [["1 of 2 done, 2 s left", ""], ["2 of 4 done, 4 s left", ""]]


def test_after_an_error_the_same_thing_begins_anew(bar, clock):
    bar, places = bar
    tell(bar, clock, (2.0, 3, 4), (60.0, 1, 4), (62.0, 2, 4))
    assert places == [["3 of 4 done, 1 s left"], ["2 of 4 done, 4 s left"]]


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


# How long it takes yet, against a plain history: seconds of work, and what it cost to begin.


def seconds_left(work, reports, began=0.0):
    """What is left after each report, (second, all that is done by then)."""
    left = TimeLeft(began, work)
    found = []
    for at, done in reports:
        left.advance(at, done)
        found.append(left.seconds(at))
    return found


def test_at_a_steady_pace_it_is_exact_from_the_first_report_on():
    assert seconds_left(100, [(t, t) for t in range(1, 100, 7)]) == pytest.approx(
        [100 - t for t in range(1, 100, 7)]
    )


def test_what_it_costs_to_begin_is_left_behind_within_twice_its_time():
    """Ten seconds of starting, then one unit a second: from the 20th second on it is exact."""
    told = [(10 + n, n) for n in range(1, 600)]
    left = dict(zip([at for at, _ in told], seconds_left(600, told), strict=True))
    for at in range(22, 600, 11):
        assert left[at] == pytest.approx(610 - at)
    # All the while it is at most what the first report makes of it, and never less than the truth.
    assert all(610 - at - 1e-9 <= each for at, each in left.items())


def test_two_workers_that_report_together_do_not_halve_it():
    """Pieces of 5 seconds on two workers, who began at once after 3 seconds."""
    told = [(3 + 5 * (n // 2 + 1) + 0.01 * (n % 2), n + 1) for n in range(40)]
    for (at, done), left in zip(told, seconds_left(40, told), strict=True):
        if done % 2 == 0 and at > 20:  # the start and the first pieces are half of the time by then
            assert left == pytest.approx(3 + 5 * 20 - at, rel=0.1, abs=0.1)


def test_between_reports_it_runs_down_and_not_below_0():
    left = TimeLeft(0.0, 10)
    assert left.seconds(5.0) is None
    left.advance(8.0, 4)
    assert [left.seconds(at) for at in (8.0, 10.0, 19.0, 30.0)] == [12.0, 10.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (None, "3 of 9 done"),
        (0.2, "3 of 9 done, 0 s left"),
        (119, "3 of 9 done, 119 s left"),
        (121, "3 of 9 done, 2 min left"),
        (7199, "3 of 9 done, 120 min left"),
        (9000, "3 of 9 done, 2.5 h left"),
    ],
)
def test_long_times_are_told_in_minutes_and_hours(left, said):
    assert format_progress("en", 3, 9, left) == said


def set_pace(clock, monkeypatch, *, start=0.0, **seconds):
    """Groups take their time on the clock: a start, and so many seconds a replication by the group's name."""
    really, to_begin = piece.play_piece, [start]

    def play(work, piece):
        group = work._groups[piece.group]
        clock.now += seconds[group.name] * piece.size + (to_begin.pop() if to_begin else 0.0)
        return really(group, piece.start, piece.stop)

    monkeypatch.setattr(running._Work, "__call__", play)


class Reckoning(Timer):
    """Notes the time left at each report."""

    def __init__(self, clock):
        super().__init__()
        self.clock, self.told = clock, []

    def __call__(self, done, of):
        _, left = self.tell(done, of)
        self.told.append((self.clock.now, left))


PLAIN = sim.load("minimal")
EACH = sim.load("minimal", {"faults.mode": "each"})


def test_points_of_events_and_of_arrays_are_weighed(clock, monkeypatch):
    """Ten points of arrays, then two of events that take a hundred times as long: sane from the start."""
    fast = tally_group(Case(PLAIN, 1, "batch"), ((0, 40),), name="batch")
    slow = tally_group(Case(EACH, 1, "event"), ((0, 40),), name="event")
    ratio = slow.duration / fast.duration
    assert 20 < ratio < 400  # of the minimal scenario, measured: some 100
    groups = [*(replace(fast, label=f"{n}") for n in range(10)), slow, replace(slow, label="again")]
    reckoning = Reckoning(clock)
    set_pace(clock, monkeypatch, start=5.0, batch=0.01, event=0.01 * ratio)
    Runner(jobs=1, progress=reckoning, block=10).play(groups)
    end = clock.now
    for at, left in reckoning.told:
        if at >= 10.0:  # twice what it took to begin
            assert left == pytest.approx(end - at, rel=0.05, abs=0.5)
    # By replications alone it would have been taken for nearly done after the points of arrays.
    after = next(left for at, left in reckoning.told[len(reckoning.told) * 10 // 12 :])
    assert after > 0.4 * (end - 9.0)


def test_what_was_played_before_took_no_time(clock, monkeypatch):
    """Resumed at nine tenths: the last tenth takes as long as it takes."""
    group = tally_group(Case(PLAIN, 1, "batch"), ((0, 100),), name="batch")
    set_pace(clock, monkeypatch, batch=1.0)
    reckoning = Reckoning(clock)
    Runner(jobs=1, progress=reckoning, block=10).play([group], done=900)
    assert reckoning.told == [(10.0 * n, pytest.approx(100 - 10 * n)) for n in range(1, 11)]


def test_one_thing_after_another_has_a_time_of_its_own(clock, monkeypatch):
    group = tally_group(Case(PLAIN, 1, "batch"), ((0, 30),), name="batch")
    reckoning = Reckoning(clock)
    set_pace(clock, monkeypatch, batch=1.0)
    Runner(jobs=1, progress=reckoning, block=10).play([group])
    clock.now += 500  # something that tells nothing
    Runner(jobs=1, progress=reckoning, block=10).play([group])
    assert [left for _, left in reckoning.told] == pytest.approx([20, 10, 0, 20, 10, 0])


def test_plain_lines_of_the_command_line_say_it_every_ten_seconds(clock, monkeypatch, capsys):
    monkeypatch.setattr(console, "time", clock)
    monkeypatch.setattr(console, "PLAIN_EVERY", 10.0)
    group = tally_group(Case(PLAIN, 1, "batch"), ((0, 300),), name="batch")
    set_pace(clock, monkeypatch, start=6.0, batch=1.0)
    with console.progress("en") as report:
        Runner(jobs=1, progress=report, block=60).play([group])
    assert capsys.readouterr().err.splitlines() == [
        "60 of 300 done, 4 min left",  # 66 seconds for each 60, as far as it can know
        "120 of 300 done, 3 min left",
        "180 of 300 done, 120 s left",
        "240 of 300 done, 60 s left",
    ]
