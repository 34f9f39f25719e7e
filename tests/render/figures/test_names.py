"""Long names are cut so that different ones stay different."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.render.figures.texts import shorten_names


def cut(names, room):
    return shorten_names(names, lambda _, text: len(text) <= room)


COLOURS = [f"Consortium for national language models {c} team of the university" for c in ("red", "blue")]


def test_a_name_that_fits_stays_and_a_longer_one_loses_its_end():
    assert cut(["short", "a name that is long"], 10) == ["short", "a name th…"]


@pytest.mark.parametrize("room", [12, 16, 24, 40])
def test_names_that_share_beginning_and_end_keep_the_word_between(room):
    made = cut(COLOURS, room)
    assert [len(text) <= room for text in made] == [True, True]
    assert "red" in made[0]
    assert "blue" in made[1]
    assert all(text.startswith("Con") for text in made)


def test_names_without_spaces_keep_the_letters_that_differ():
    made = cut(
        ["전국대학공동연구컨소시엄의언어모형개발팀하나", "전국대학공동연구컨소시엄의언어모형개발팀둘"], 12
    )
    assert "하나" in made[0]
    assert "둘" in made[1]


def test_a_name_that_goes_on_where_another_ends_shows_how():
    assert cut(["a long name of team one", "a long name of team one two"], 14) == [
        "a long nam…one",
        "a long nam…two",
    ]


def test_names_that_part_early_and_late_are_all_told_apart():
    names = [f"{'x' * 20} {a} {'y' * 20} {b}" for a in ("p", "q") for b in ("1", "2", "3")]
    assert set(cut(names, 18)) == {f"{'x' * 14}…{a}…{b}" for a in ("p", "q") for b in ("1", "2", "3")}


def test_each_name_may_have_a_room_of_its_own():
    room = [14, 20]
    made = shorten_names(COLOURS, lambda i, text: len(text) <= room[i])
    assert [len(text) for text in made] <= room
    assert "red" in made[0]
    assert "blue" in made[1]


def test_a_cut_that_another_name_shows_whole_is_left_as_it_is():
    assert cut(["a long name", "a long name of somebody"], 12) == ["a long name", "a long name…"]


def test_equal_names_are_cut_alike():
    assert cut(["one long name", "one long name"], 8) == ["one lon…", "one lon…"]


words = st.text("ab 가", min_size=1, max_size=30).map(lambda text: " ".join(text.split()) or "a")


@given(st.lists(words, min_size=1, max_size=6), st.integers(2, 20))
def test_whatever_is_cut_fits_and_begins_as_its_name_does(names, room):
    for name, text in zip(names, cut(names, room), strict=True):
        assert len(text) <= room
        assert text == name or name.startswith(text.split("…")[0])
