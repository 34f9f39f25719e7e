"""Names that stand together are shortened so that they still differ."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sim.render.text.layout import fit_names, fitted
from tests.cli.command import MINIMAL, command

LONG = "Consortium for national language models {} team of the university"


def test_names_that_fit_stay_as_they_are():
    assert fit_names(["LG AI연구원", "Upstage"], 18) == ["LG AI연구원", "Upstage"]


def test_a_long_name_alone_is_shortened_in_its_middle():
    names = [LONG.format("red"), "Upstage"]
    assert fit_names(names, 18) == [fitted(names[0], 18), "Upstage"]


@pytest.mark.parametrize("cells", [9, 10, 18, 22, 26, 40])
def test_what_tells_long_names_apart_is_kept(cells):
    fits = fit_names([LONG.format(each) for each in ("red", "blue", "green")], cells)
    for fit, word in zip(fits, ("red", "blue", "green"), strict=True):
        assert word[:3] in fit
        assert cell_len(fit) <= cells


def test_names_that_differ_at_several_places_are_told_apart_too():
    names = [LONG.format(each) for each in ("red one", "red two", "blue")]
    assert fit_names(names, 22)[:2] == ["Consort…red one team…", "Consort…red two team…"]
    assert fit_names(names, 9) == ["Con…one…", "Con…two…", "Con…blue…"]


def test_the_same_name_reads_the_same():
    first, second, third = fit_names([LONG.format("red"), LONG.format("blue"), LONG.format("red")], 18)
    assert first == third != second


LETTERS = st.sampled_from("ab가 …")
NAMES = st.lists(
    st.builds("".join, st.tuples(st.sampled_from(["", "a" * 30, "가" * 20]), st.text(LETTERS, max_size=40))),
    min_size=1,
    max_size=8,
)


@given(NAMES, st.integers(9, 30))
def test_any_names_fit_and_differ_where_they_are_different(names, cells):
    fits = fit_names(names, cells)
    assert all(cell_len(fit) <= cells for fit in fits)
    assert len(set(zip(names, fits, strict=True))) == len(set(names)) == len(set(fits))


def test_teams_of_much_the_same_name_are_told_apart_in_a_trace(tmp_path):
    text = MINIMAL.read_text(encoding="utf-8")
    for team in ("Red", "Blue", "Green"):
        text = text.replace(f"name: {team}", f"name: {LONG.format(team)}")
    file = tmp_path / "long.yaml"
    file.write_text(text, encoding="utf-8")
    out = command("trace", file).out
    points = out[out.index("first: points") :].splitlines()[1:4]
    assert {re.findall("Red|Blue|Green", line)[0] for line in points} == {"Red", "Blue", "Green"}
    assert [line for line in out.splitlines() if cell_len(line) > 80] == []
