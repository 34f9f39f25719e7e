"""Workbooks as a person who opens them sees them: read back with another library."""

import datetime
import math
import zipfile

import openpyxl
import pytest

from sim.folder import workbook
from sim.folder.workbook import Cell, Column, Kind, Sheet, write_workbook


def written(tmp_path, columns, rows, name="results.xlsx"):
    write_workbook(tmp_path / name, [Sheet("one", columns, rows)])
    return openpyxl.load_workbook(tmp_path / name)["one"]


@pytest.mark.parametrize("text", ["=1+1", "+82", "-5", "@SUM(A1)", "\tx", "'=1", '=HYPERLINK("http://a")'])
def test_what_looks_like_a_formula_is_text(text, tmp_path):
    page = written(tmp_path, [Column("a")], [[text]])
    assert (page["A2"].value, page["A2"].data_type) == (text, "s")
    assert page["A2"].quotePrefix


def test_names_are_plain_text_and_an_address_is_no_link(tmp_path):
    page = written(tmp_path, [Column("a")], [["하늘"], ["http://example.org"], ["007"]])
    assert [page[f"A{i}"].value for i in (2, 3, 4)] == ["하늘", "http://example.org", "007"]
    assert not any(page[f"A{i}"].quotePrefix or page[f"A{i}"].hyperlink for i in (2, 3, 4))


def test_numbers_are_numbers_in_the_form_of_their_kind(tmp_path):
    rows = [[0.25, 0.25, 1.5, 12345.0, datetime.date(2026, 1, 15)]]
    kinds: tuple[Kind, ...] = ("percent", "chance", "number", "whole", "date")
    page = written(tmp_path, [Column("x", kind) for kind in kinds], rows)
    cells = list(page[2])
    assert [cell.data_type for cell in cells] == ["n", "n", "n", "n", "d"]
    assert [cell.value for cell in cells[:4]] == [0.25, 0.25, 1.5, 12345]
    assert cells[4].value == datetime.datetime(2026, 1, 15)
    assert [cells[i].number_format for i in (0, 3, 4)] == ["0.0%", "#,##0", "yyyy-mm-dd"]


def test_what_dice_decide_never_looks_impossible_or_certain(tmp_path):
    page = written(tmp_path, [Column("p", "chance"), Column("q")], [[0.0, Cell(0.0, "certain")]])
    assert page["A2"].value == page["B2"].value == 0
    assert page["A2"].number_format.startswith('[<0.0005]"<0.1%";[>0.9995]">99.9%"')
    assert page["B2"].number_format == "0%"


@pytest.mark.parametrize(
    ("value", "form"),
    [(2250.0, "#,##0"), (0.017, "0.0####"), (1e-6, "0.00E+00"), (1.3e24, "0.00E+00"), (149.1, "#,##0.0##")],
)
def test_a_number_can_be_read_whatever_its_size(value, form, tmp_path):
    page = written(tmp_path, [Column("x", "number")], [[value]])
    assert (page["A2"].value, page["A2"].number_format) == (value, form)


def test_nothing_and_nan_are_empty_cells_and_fractions_end(tmp_path):
    page = written(tmp_path, [Column("x", "number")], [[None], [math.nan], [math.inf], [0.1 + 0.2]])
    assert [page[f"A{i}"].value for i in (2, 3, 4, 5)] == [None, None, None, 0.3]


def test_the_header_stays_and_columns_are_as_wide_as_what_they_hold(tmp_path):
    columns = [Column("A long title of two lines"), Column("팀"), Column("x")]
    page = written(tmp_path, columns, [["a", "네이버클라우드 컨소시엄", "x" * 300]])
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:C2"
    assert page["A1"].font.bold
    widths = [page.column_dimensions[letter].width for letter in "ABC"]
    assert widths[0] < len("A long title of two lines")
    assert widths[1] > len("네이버클라우드 컨소시엄") * 1.8  # a syllable is as wide as two letters
    assert widths[2] < 60


def test_the_same_cells_are_the_same_bytes_and_tell_no_time(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        written(tmp_path, [Column("x"), Column("y", "number")], [["=1", 1.0], ["b", 2.0]], name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_more_rows_than_a_sheet_can_hold_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    assert written(tmp_path, [Column("x", "whole")], [[i] for i in range(9)]).max_row == 4


def test_what_is_there_stays_if_writing_fails(tmp_path):
    path = tmp_path / "results.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="zip"):
        write_workbook(path, [Sheet("one", [Column("x")], [["too", "many"]])])
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["results.xlsx"]
